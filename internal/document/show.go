package document

import (
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Render modes of ISO 32000-1 table 106 that leave no ink.
const (
	invisibleMode = 3
	firstClipMode = 4
	clipOnlyMode  = 7
)

// tiny is the height of type in points below which nobody reads it, and small that below which hardly anybody does.
const tiny, small = 2.0, 3.0

// The bounds of type that people can read: how narrow and wide its characters are, as a share of what the type is made for, how far they lean,
// as the cosine of the angle between foot and stem, and how thick their outline is drawn, as a share of the size.
const (
	narrowest, widest = 0.3, 4.0
	leaning           = 0.7
	thickest          = 0.15
)

// distorted reports whether type is mirrored, or so narrow, wide or leaning that people do not read it.
func (g *graphics) distorted(trm matrix) bool {
	base, across := math.Hypot(trm[0], trm[1]), math.Hypot(trm[2], trm[3])
	breadth := base * math.Abs(g.scale) / across
	mirrored := (trm[0]*trm[3]-trm[1]*trm[2])*g.scale > 0 // in display space, where y runs down
	return mirrored || breadth < narrowest || breadth > widest || math.Abs(trm[0]*trm[2]+trm[1]*trm[3]) > leaning*base*across
}

// outlined reports whether the outline of letters is drawn so that it may hide them, or they are nothing but an outline that may not be there.
func (g *graphics) outlined(size float64) bool {
	switch g.mode {
	case 1, 5:
		return g.dashed || g.penWidth() > thickest*size
	case 2, 6:
		return g.penWidth() > thickest*size || math.Abs(g.stroke.light-g.fill.light) > contrast || !g.stroke.told()
	}
	return false
}

// show paints the characters of one string and moves the text matrix behind it.
func (in *interpreter) show(g *graphics, text *matrix, s []byte, resources types.Dict, depth int) error {
	if g.font == nil {
		g.font = in.f.fallbackFont()
	}
	f := g.font
	trm := text.mul(g.ctm)
	if !trm.finite() || math.IsNaN(g.size) {
		return nil
	}
	// The direction of the baseline and the height of the type do not change within a string.
	base := math.Hypot(trm[0], trm[1])
	across := math.Hypot(trm[2], trm[3])
	size := math.Abs(g.size) * across
	heading := math.Atan2(trm[1]*g.size, trm[0]*g.size)
	angle := int16(math.Round(heading * 180 / math.Pi))
	if angle == -180 {
		angle = 180
	}
	ink, alpha := g.fill, g.fillAlpha
	if g.mode == 1 || g.mode == 5 {
		ink, alpha = g.stroke, g.strokeAlpha
	}
	alpha *= g.group.alpha
	unsure := g.unsure() || !ink.told() || f.drawn || size < small || g.distorted(trm) || g.outlined(size)
	unseen := g.mode == invisibleMode || g.mode == clipOnlyMode || in.off > 0 || alpha < 0.1 ||
		size < tiny || math.Abs(g.size)*base*math.Abs(g.scale) < tiny/2
	in.out.order++
	for len(s) > 0 {
		ch, n := f.decode(s)
		width := ch.width * g.size * g.scale
		extra := g.spacing
		if n == 1 && s[0] == ' ' {
			extra += g.words
		}
		s = s[n:]
		if in.operators++; in.operators > maxOperators || len(in.out.glyphs) >= maxGlyphs {
			return errTooMuch
		}
		if ch.text != "" {
			origin := trm.apply(0, g.rise)
			gl := glyph{
				text:   ch.text,
				origin: origin,
				end:    trm.apply(width, g.rise),
				box:    around(trm.apply(0, g.rise+f.descent*g.size)),
				size:   size,
				angle:  angle,
				extra:  g.spacing * g.scale * base,
				light:  1 - (1-ink.light)*clamp01(alpha), // over paper
				order:  in.out.order,
				font:   f,
				unseen: unseen,
				unsure: unsure,
				placed: in.placed,
			}
			in.placed = false
			gl.box = gl.box.add(trm.apply(width, g.rise+f.descent*g.size)).
				add(trm.apply(0, g.rise+f.ascent*g.size)).add(trm.apply(width, g.rise+f.ascent*g.size))
			if !unseen {
				gl.ink = gl.box.intersect(g.clip)
			}
			if !g.clip.grow(0.5).contains(gl.box.center()) {
				gl.unseen = true
			}
			in.out.glyphs = append(in.out.glyphs, gl)
		}
		move := matrix{1, 0, 0, 1, width + extra*g.scale, 0}
		*text = move.mul(*text)
		trm = move.mul(trm)
	}
	return nil
}
