package sample

import (
	"fmt"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifbold"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a typeface in one weight.
type face struct {
	family Typeface
	bold   bool
}

// baseName is the name of the standard PDF font.
func (f face) baseName() string {
	switch {
	case f.family == Times && f.bold:
		return "Times-Bold"
	case f.family == Times:
		return "Times-Roman"
	case f.bold:
		return string(f.family) + "-Bold"
	}
	return string(f.family)
}

// faces holds the Liberation fonts, which have the same widths as the standard PDF fonts: text is measured, rasterised
// and turned into outlines with them, so that all kinds of a sample look alike on every machine.
type faces struct {
	fonts  map[face]*sfnt.Font
	buffer sfnt.Buffer
	glyphs map[glyphKey]glyph
}

type glyphKey struct {
	face face
	char rune
}

// glyph is one character at a size of 1,000 units per em.
type glyph struct {
	advance  float64
	outlines sfnt.Segments
}

const unitsPerEm = 1000

func loadFaces() (*faces, error) {
	f := &faces{fonts: map[face]*sfnt.Font{}, glyphs: map[glyphKey]glyph{}}
	for key, data := range map[face][]byte{
		{Helvetica, false}: liberationsansregular.TTF, {Helvetica, true}: liberationsansbold.TTF,
		{Times, false}: liberationserifregular.TTF, {Times, true}: liberationserifbold.TTF,
		{Courier, false}: liberationmonoregular.TTF, {Courier, true}: liberationmonobold.TTF,
	} {
		parsed, err := sfnt.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("reading the font for %s: %w", key.baseName(), err)
		}
		f.fonts[key] = parsed
	}
	return f, nil
}

// glyph gives the character in the face; one that the font lacks is drawn as its box for missing characters.
func (f *faces) glyph(in face, char rune) glyph {
	key := glyphKey{in, char}
	if g, ok := f.glyphs[key]; ok {
		return g
	}
	var g glyph
	em := fixed.I(unitsPerEm)
	if index, err := f.fonts[in].GlyphIndex(&f.buffer, char); err == nil {
		if a, err := f.fonts[in].GlyphAdvance(&f.buffer, index, em, font.HintingNone); err == nil {
			g.advance = float64(a) / 64
		}
		if s, err := f.fonts[in].LoadGlyph(&f.buffer, index, em, nil); err == nil {
			g.outlines = append(sfnt.Segments(nil), s...)
		}
	}
	f.glyphs[key] = g
	return g
}

// width is the length of the line in points.
func (f *faces) width(in face, size, spacing float64, line string) float64 {
	w := 0.0
	for _, c := range line {
		w += f.glyph(in, c).advance*size/unitsPerEm + spacing
	}
	return w
}
