package document

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/font"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding/charmap"
)

// typeface is a font of the document: what its codes mean and how wide they are.
type typeface struct {
	name     string
	simple   *[256]character
	codes    *cmap             // of a composite font: code → CID
	unicode  map[uint32]string // of a composite font: code → text
	glyphs   map[uint32]string // of a composite font: CID → text, by the character map of the embedded font
	ucs2     bool              // codes are UTF-16
	pictures map[byte]string   // of a composite font of pictures: code of its family → text
	widths   map[uint32]float64
	standard float64 // width of a CID that is not in widths
	ascent   float64
	descent  float64
	drawn    bool // by the document's own drawings, which need not look like what they say, or not where it is thought to be
}

// character is what one code shows. Width is in units of the type size. Text is empty for what is no character, one space for
// white space, and U+FFFD where the document does not say.
type character struct {
	text  string
	width float64
}

const unknownText = "\uFFFD"

// contradicts reports whether a font draws one thing and says that it is another, and either is a digit: who sees the page and who copies its
// text would read different amounts. Of letters it says nothing, since honest subsets name those as they like.
func contradicts(said, drawn string) bool {
	return said != drawn && drawn != "" && drawn != unknownText && said != unknownText && strings.ContainsAny(said+drawn, digits)
}

// decode reads the first character of s and says how many bytes it took, at least 1. s is not empty.
func (t *typeface) decode(s []byte) (character, int) {
	if t.simple != nil {
		return t.simple[s[0]], 1
	}
	code, n := t.codes.next(s)
	cid := t.codes.cid(code, n)
	c := character{width: t.standard}
	if w, ok := t.widths[cid]; ok {
		c.width = w
	}
	text, ok := t.unicode[code]
	switch {
	case ok && contradicts(text, t.glyphs[cid]):
		c.text = unknownText
	case ok:
		c.text = text
	case t.ucs2:
		c.text = clean(string(rune(code)))
	case t.glyphs != nil:
		if c.text, ok = t.glyphs[cid]; !ok {
			c.text = unknownText
		}
	default:
		c.text = unknownText
	}
	c.text = shown(t.pictures, c.text)
	return c, n
}

// font is the font that o refers to, built once per document.
func (f *file) font(o types.Object) *typeface {
	n := ref(o)
	if t, ok := f.fonts[n]; ok && n != 0 {
		return t
	}
	if f.built++; f.built > maxFonts {
		f.partial = true
		return f.fallbackFont()
	}
	t := f.buildFont(f.dict(o))
	if n != 0 {
		f.fonts[n] = t
	}
	return t
}

// fallbackFont stands in for a font that the resources lack, as viewers do: Helvetica.
func (f *file) fallbackFont() *typeface {
	t, ok := f.fonts[0]
	if !ok {
		t = f.buildFont(types.Dict{"Subtype": types.Name("Type1"), "BaseFont": types.Name("Helvetica")})
		f.fonts[0] = t
	}
	return t
}

func (f *file) buildFont(d types.Dict) *typeface {
	t := &typeface{name: f.name(d["BaseFont"])}
	if i := strings.IndexByte(t.name, '+'); i == 6 {
		t.name = t.name[7:]
	}
	unicode := parseToUnicode(f.stream(d["ToUnicode"]), f.mayMap)
	descriptor := f.dict(d["FontDescriptor"])
	switch f.name(d["Subtype"]) {
	case "Type0":
		descendant := types.Dict(nil)
		if a := f.array(d["DescendantFonts"]); len(a) > 0 {
			descendant = f.dict(a[0])
		}
		descriptor = f.dict(descendant["FontDescriptor"])
		f.composite(t, d, descendant, descriptor, unicode)
		f.extent(t, descriptor, 0.001)
	case "Type3":
		t.drawn = true
		scale := 0.001
		if m := f.numbers(d["FontMatrix"], 7); len(m) == 6 && m[0] != 0 {
			scale = m[0]
		}
		t.simple = f.encoding(t, d, nil, unicode)
		f.simpleWidths(t, d, nil, scale)
		t.ascent, t.descent = 0.75, -0.2
	default:
		t.simple = f.encoding(t, d, descriptor, unicode)
		f.simpleWidths(t, d, descriptor, 0.001)
		f.extent(t, descriptor, 0.001)
		switch {
		case f.get(d["Encoding"]) != nil || pictureFont(t.name) != nil:
		case numbered(f.integer(d["FirstChar"]), f.numbers(d["Widths"], 256), unicode) && (f.get(descriptor["FontFile2"]) != nil || f.get(descriptor["FontFile3"]) != nil):
			t.unsay(unicode)
		case f.name(d["Subtype"]) == "TrueType":
			t.macintosh(unicode)
		}
	}
	return t
}

// numbered reports whether a font without an encoding numbers its characters as they come, from 1: it has several below the space,
// where no encoding has any.
func numbered(first int, widths []float64, unicode map[uint32]string) bool {
	n := 0
	for i, w := range widths {
		code := first + i
		if _, said := unicode[uint32(code)]; code > 0 && code < ' ' && w > 0 && !said && code != '\t' && code != '\n' && code != '\r' {
			n++
		}
	}
	return n > 1
}

// unsay takes the meaning of codes away that only an encoding could have, so that the page is looked at.
func (t *typeface) unsay(unicode map[uint32]string) {
	for code := range t.simple {
		if _, said := unicode[uint32(code)]; !said && t.simple[code].width > 0 {
			t.simple[code].text = unknownText
		}
	}
}

// How far a character's width may be off that of the same character in the standard font of the kind, in units of the type size, and
// from where on it is another character's.
const (
	asWide     = 0.06
	notSoWide  = 0.12
	firstUpper = 0x80 // codes below mean the same in both encodings
)

// macintosh settles what the upper codes of a TrueType font without an encoding mean. Its character map is either Windows' or
// Macintosh's, and a program that copies such a font need not say which; but a quotation mark is not as wide as an O with a tilde.
func (t *typeface) macintosh(unicode map[uint32]string) {
	core := coreFont(t.name)
	for code := firstUpper; code < len(t.simple); code++ {
		c := &t.simple[code]
		other := clean(string(charmap.Macintosh.DecodeByte(byte(code))))
		if _, said := unicode[uint32(code)]; said || c.width == 0 || other == "" || other == c.text {
			continue
		}
		windows, mac := coreWidth(core, c.text, byte(code)), coreWidth(core, other, byte(code))
		if math.Abs(c.width-windows) > notSoWide && math.Abs(c.width-mac) < asWide {
			c.text = other
		}
	}
}

// extent sets how far the type reaches above and below the baseline. Descriptors lie so often that only plausible values count.
func (f *file) extent(t *typeface, descriptor types.Dict, scale float64) {
	t.ascent, t.descent = 0.75, -0.2
	if v, ok := f.number(descriptor["Ascent"]); ok && v*scale > 0.5 && v*scale <= 1.05 {
		t.ascent = v * scale
	}
	if v, ok := f.number(descriptor["Descent"]); ok && v*scale < -0.1 && v*scale >= -0.4 {
		t.descent = v * scale
	}
}

// encoding is the text of each code of a simple font: ToUnicode first, then the named encoding with its differences, then what the
// font itself implies.
func (f *file) encoding(t *typeface, d, descriptor types.Dict, unicode map[uint32]string) *[256]character {
	var out [256]character
	base := f.name(d["Encoding"])
	enc := f.dict(d["Encoding"])
	if enc != nil {
		base = f.name(enc["BaseEncoding"])
	}
	pictures := pictureFont(t.name)
	for code := range 256 {
		text := ""
		switch {
		case pictures != nil:
			text = pictures[byte(code)]
		case base == "MacRomanEncoding":
			text = string(charmap.Macintosh.DecodeByte(byte(code)))
		case base == "WinAnsiEncoding":
			text = winAnsi(byte(code))
		case base == "" && f.name(d["Subtype"]) != "TrueType":
			text = standardEncoding(byte(code))
		default:
			text = winAnsi(byte(code))
		}
		out[code].text = clean(text)
	}
	if base == "" && pictures == nil && f.name(d["Subtype"]) != "Type3" {
		for code, name := range type1Encoding(f.stream(descriptor["FontFile"])) {
			out[code].text = glyphText(name)
		}
	}
	// Only what the document names may contradict ToUnicode: without a name, the codes of a subset mean what ToUnicode says. Those of a font
	// that is not in the document mean what its encoding says.
	named := [256]bool{}
	embedded := f.name(d["Subtype"]) == "Type3" || f.get(descriptor["FontFile"]) != nil || f.get(descriptor["FontFile2"]) != nil || f.get(descriptor["FontFile3"]) != nil
	for code := range named {
		named[code] = base == "WinAnsiEncoding" || base == "MacRomanEncoding" || !embedded && pictures == nil
	}
	code := 0
	for _, o := range f.array(enc["Differences"]) {
		if n, ok := f.number(o); ok {
			code = clampInt(n)
			continue
		}
		if code >= 0 && code < 256 {
			out[code].text = clean(f.differenceText(t, f.name(o)))
			named[code] = !t.drawn // those who draw their letters name them as they like
		}
		code++
	}
	for code := range 256 {
		text := unicode[uint32(code)]
		switch {
		case text == "":
		case named[code] && pictures == nil && contradicts(text, out[code].text):
			out[code].text = unknownText
		default:
			out[code].text = shown(pictures, text)
		}
	}
	return &out
}

// differenceText is the text of a glyph name in an encoding's differences. A name that means nothing outside its font
// is unknown text until ToUnicode says more.
func (f *file) differenceText(t *typeface, name string) string {
	if text := pictureGlyph(t.name, name); text != "" {
		return text
	}
	if text := glyphText(name); text != "" {
		return text
	}
	if name == ".notdef" || name == "" {
		return ""
	}
	return unknownText
}

// simpleWidths sets the widths of a simple font in units of the type size.
func (f *file) simpleWidths(t *typeface, d, descriptor types.Dict, scale float64) {
	missing, _ := f.number(descriptor["MissingWidth"])
	widths := f.numbers(d["Widths"], 256)
	if len(widths) == 0 {
		core := coreFont(t.name)
		for code := range t.simple {
			t.simple[code].width = coreWidth(core, t.simple[code].text, byte(code))
		}
		return
	}
	first := f.integer(d["FirstChar"])
	for code := range t.simple {
		w := missing
		if i := code - first; i >= 0 && i < len(widths) {
			w = widths[i]
		}
		t.simple[code].width = w * scale
	}
}

// coreFont names the standard font (ISO 32000-1 §9.6.2.2) that has the widths of a font which brings none.
func coreFont(name string) string {
	if font.IsCoreFont(name) {
		return name
	}
	n := strings.ToLower(name)
	bold := strings.Contains(n, "bold") || strings.Contains(n, "black")
	slanted := strings.Contains(n, "italic") || strings.Contains(n, "oblique")
	pick := func(names [4]string) string {
		i := 0
		if bold {
			i++
		}
		if slanted {
			i += 2
		}
		return names[i]
	}
	switch {
	case strings.Contains(n, "zapf"):
		return "ZapfDingbats"
	case strings.Contains(n, "symbol"):
		return "Symbol"
	case strings.Contains(n, "courier"), strings.Contains(n, "mono"), strings.Contains(n, "consol"):
		return pick([4]string{"Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"})
	case strings.Contains(n, "times"), strings.Contains(n, "serif") && !strings.Contains(n, "sans"), strings.Contains(n, "georgia"):
		return pick([4]string{"Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"})
	}
	return pick([4]string{"Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"})
}

func coreWidth(core, text string, code byte) float64 {
	c := rune(code)
	if core != "Symbol" && core != "ZapfDingbats" {
		first, _ := utf8.DecodeRuneInString(text)
		if b, ok := charmap.Windows1252.EncodeRune(first); ok {
			c = rune(b)
		}
	}
	w, err := font.CharWidth(core, c)
	if err != nil {
		return 0.5
	}
	return float64(w) / 1000
}

// composite fills a Type0 font.
func (f *file) composite(t *typeface, d, descendant, descriptor types.Dict, unicode map[uint32]string) {
	t.unicode = unicode
	t.pictures = pictureFont(t.name)
	t.standard = 1
	if v, ok := f.number(descendant["DW"]); ok {
		t.standard = v / 1000
	}
	t.widths = f.cidWidths(descendant["W"])
	name := f.name(d["Encoding"])
	// Where type that runs downwards stands is not followed, and what stands in for a font without a program is each viewer's choice.
	t.drawn = f.get(descriptor["FontFile"]) == nil && f.get(descriptor["FontFile2"]) == nil && f.get(descriptor["FontFile3"]) == nil || strings.HasSuffix(name, "-V") || f.integer(f.dict(d["Encoding"])["WMode"]) != 0
	t.ucs2 = strings.Contains(name, "UCS2") || strings.Contains(name, "UTF16")
	if stream := f.stream(d["Encoding"]); len(stream) > 0 {
		t.codes = parseCMap(stream)
	} else {
		t.codes = identityCMap()
	}
	if !t.ucs2 {
		t.glyphs = glyphTexts(f.stream(descriptor["FontFile2"]), f.stream(descendant["CIDToGIDMap"]), f.mayMap)
	}
}

// mayMap counts an entry of a character map or a list of widths, and reports whether the document may have so many.
func (f *file) mayMap() bool {
	f.mapped++
	f.partial = f.partial || f.mapped > maxMapped
	return f.mapped <= maxMapped
}

// cidWidths reads the array W: c [w1 w2 …] and c1 c2 w.
func (f *file) cidWidths(o types.Object) map[uint32]float64 {
	out := map[uint32]float64{}
	a := f.array(o)
	for i := 0; i+1 < len(a) && len(out) < 1<<16; {
		first := f.integer(a[i])
		if list := f.array(a[i+1]); list != nil {
			for j, w := range list {
				if first+j < 0 || first+j > 0xffff || !f.mayMap() {
					break
				}
				v, _ := f.number(w)
				out[uint32(first+j)] = v / 1000
			}
			i += 2
			continue
		}
		if i+2 >= len(a) {
			break
		}
		last := min(f.integer(a[i+1]), 0xffff)
		v, _ := f.number(a[i+2])
		for c := max(first, 0); c <= last && f.mayMap(); c++ {
			out[uint32(c)] = v / 1000
		}
		i += 3
	}
	return out
}
