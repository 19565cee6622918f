package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"certflow/internal/page"
)

// What a document says is printed and what people see can differ in more ways than can be followed: half transparent paint, white letters
// over others, masks, blends, clips, drawings in place of letters. Here is found where that may be so; recogniser.confirm then looks at the
// picture. A word that nobody vouches for is not certain.

const (
	// veiled is the share of a word from which on paint over it may hide a letter of it, and hatched that of dark lines, which rule tables.
	veiled, hatched = 0.07, 0.3
	// overprint is how many times as large as a word the type is that may cover it.
	overprint = 1.6
	// Shares of a word's width and height over which an open line runs that crosses it out, and how many times as high as the word it is at
	// most: signatures are higher.
	scribbleWidth, scribbleHeight, scribbleHighest = 0.6, 0.5, 2.5
	// overwritten is the share of the smaller of two words that lies on the other where one was written over the other.
	overwritten = 0.8
	// crossing is the share of a word's box that an annotation covers which crosses out what is under it.
	crossing = 0.4
	// leastField is the side in points of a form field below which nobody reads its value.
	leastField = 2.0
)

// veils are the shapes that were painted after others, by the band of the page in which they lie.
type veils struct {
	bands map[int][]shape
}

// band is the height in points of the bands in which shapes are looked for.
const band = 24.0

func newVeils(shapes []shape, glyphs []glyph) veils {
	v := veils{map[int][]shape{}}
	add := func(s shape) {
		for b := int(math.Floor(s.box.y0 / band)); b <= int(math.Floor(s.box.y1/band)); b++ {
			v.bands[b] = append(v.bands[b], s)
		}
	}
	for _, s := range shapes {
		if s.kind != frameShape && !s.hollow {
			add(s)
		}
	}
	for _, g := range glyphs {
		switch {
		case g.unseen:
		case g.light > 1-contrast: // hides whatever is under it
			add(shape{kind: areaShape, box: g.box, light: g.light, order: g.order})
		case g.size > overprint*smallType:
			add(shape{kind: curveShape, box: g.box, light: g.light, order: g.order})
		}
	}
	return v
}

// smallType is the size of type in points below which no letter is looked at as one that may cover others.
const smallType = 7.0

// over reports whether paint may hide a letter of what stands in a box, which was painted after order: type only where it is larger than size.
// What lies over the outermost fifth of its height, where the background of the next row of a table begins, hides nothing.
func (v veils) over(b rect, order int, size float64) bool {
	b.y0, b.y1 = b.y0+0.2*b.height(), b.y1-0.2*b.height()
	paint, lines := 0.0, 0.0
	for n := int(math.Floor(b.y0 / band)); n <= int(math.Floor(b.y1/band)); n++ {
		part := rect{b.x0, math.Max(b.y0, float64(n)*band), b.x1, math.Min(b.y1, float64(n+1)*band)}
		for _, s := range v.bands[n] {
			if s.order <= order || s.kind == curveShape && s.box.height() <= overprint*size && s.box.area() <= b.area()/2 {
				continue
			}
			if covered := s.box.intersect(part).area(); s.kind == lineShape && s.light < dark {
				lines += covered
			} else {
				paint += covered
			}
		}
	}
	return paint > veiled*b.area() || lines > hatched*b.area()
}

// doubt marks the runs that may not be what people see.
func doubt(runs []run, c *canvas, v veils) {
	for i := range runs {
		r := &runs[i]
		if r.unseen {
			continue
		}
		if !r.unsure && v.over(r.box, r.last, r.size) {
			r.unsure = true
		}
		if r.angle == 0 && (scribbled(r.box, c.shapes) || crossed(r.box, c.crossings)) {
			r.struck = true
		}
	}
	overwrite(runs)
}

// struckOut reports whether a level line runs through the middle of a box.
func struckOut(b rect, shapes []shape) bool {
	return slices.ContainsFunc(shapes, func(s shape) bool { return strikes(s) && through(s.box, b) })
}

// scribbled reports whether an open line that is neither level nor upright runs over a box.
func scribbled(b rect, shapes []shape) bool {
	return slices.ContainsFunc(shapes, func(s shape) bool {
		if !s.pen || s.kind != curveShape || s.light > 1-contrast || s.box.height() > scribbleHighest*b.height() {
			return false
		}
		both := s.box.intersect(b)
		return both.width() > scribbleWidth*b.width() && both.height() > scribbleHeight*b.height()
	})
}

// crossed reports whether an annotation crosses out most of a box.
func crossed(b rect, crossings []rect) bool {
	return slices.ContainsFunc(crossings, func(c rect) bool { return c.intersect(b).area() > crossing*b.area() })
}

// overwrite marks the words over which others of about their size are written: a typewriter's X over a date. Lines of underscores and dots
// are what forms have under values.
func overwrite(runs []run) {
	const filler = "_.…·"
	order := make([]int, 0, len(runs))
	for i := range runs {
		if r := &runs[i]; !r.unseen && r.angle == 0 && utf8.RuneCountInString(r.text) > 1 && strings.Trim(r.text, filler) != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(runs[i].box.y0, runs[j].box.y0) })
	for n, i := range order {
		a := &runs[i]
		for _, j := range order[n+1:] {
			b := &runs[j]
			if b.box.y0 > a.box.y1 {
				break
			}
			larger, smaller := max(a.size, b.size), min(a.size, b.size)
			if larger > overprint*smaller || a.text == b.text {
				continue
			}
			both := a.box.intersect(b.box)
			if both.area() > overwritten*min(a.box.area(), b.box.area()) {
				a.struck, b.struck = true, true
			}
		}
	}
}

// painted is how a form field was painted.
type painted struct {
	glyphs  span // of its appearance
	order   int  // the last that its appearance painted
	redrawn bool // viewers draw it anew from its value
	plain   bool // in a colour that is seen
}

// vouch says of a form field whether people see its value: by what its appearance paints, and by what lies over it.
func vouch(fd *page.Field, w painted, c *canvas, v veils, view rect) {
	b := box(fd.Box)
	if fd.Hidden || fd.Value == "" && !fd.On {
		return
	}
	if !view.contains(b.center()) || b.width() < leastField || b.height() < leastField {
		fd.Hidden = true
		return
	}
	if fd.Kind == page.Signature {
		return
	}
	for i, g := range c.glyphs[w.glyphs.from:w.glyphs.to] { // where its text stands, which may be a small part of the field
		if b = b.union(g.box); i == 0 {
			b = g.box
		}
	}
	if struckOut(b, c.shapes) || scribbled(b, c.shapes) || crossed(b, c.crossings) {
		fd.Struck = true
		return
	}
	if v.over(b, w.order, math.Inf(1)) {
		fd.Unproven = true
		return
	}
	if fd.Kind == page.Button || w.redrawn && w.plain {
		return
	}
	if w.redrawn {
		fd.Unproven = true
		return
	}
	all := c.glyphs[w.glyphs.from:w.glyphs.to]
	if !says(all, fd.Value) {
		return // what it shows instead is among the words
	}
	runs := assemble(all, nil)
	conceal(runs, c.shapes, view)
	doubt(runs, c, v)
	var shown strings.Builder
	for i := range runs {
		if !runs[i].unseen && !runs[i].unsure && !runs[i].struck {
			shown.WriteString(runs[i].text)
		}
	}
	seen, want := essence(shown.String()), essence(fd.Value)
	if same := len(seen) == len(want) || len(seen) >= cutOff && len(seen) <= len(want); !same {
		fd.Unproven = true
	}
}

// ticks are what the marks of tick boxes are as text.
const ticks = "XxYy✓✔✕✖✗✘●■"

// contrary reports whether a button shows something else than its state: nothing where it is on, or a mark where it is off.
func (in *interpreter) contrary(a types.Dict, on bool, box rect, display matrix, view rect) bool {
	f := in.f
	states := f.dict(f.dict(a["AP"])["N"])
	if _, stream := f.get(f.dict(a["AP"])["N"]).(types.StreamDict); stream || len(states) == 0 {
		return false
	}
	ink := func(state string) (marks int, letters string) {
		if _, ok := f.get(states[state]).(types.StreamDict); !ok {
			return 0, ""
		}
		var c canvas
		var w widgets
		w.paint(f, &interpreter{ctx: in.ctx, f: f, out: &c, active: map[int]bool{}}, types.Dict{"AP": types.Dict{"N": states[state]}}, box, display, view)
		for _, g := range c.glyphs {
			if !g.unseen && g.light < 1-contrast {
				letters += g.text
			}
		}
		for _, s := range c.shapes {
			if s.kind != frameShape && s.light < 1-contrast {
				marks++
			}
		}
		return marks, strings.TrimSpace(letters)
	}
	off, letters := ink("Off")
	if !on {
		return strings.ContainsAny(letters, ticks)
	}
	state := f.name(a["AS"])
	if _, drawn := states[state]; !drawn {
		return false // viewers draw their own mark
	}
	marks, letters := ink(state)
	return marks <= off && letters == ""
}

// annotated notes an annotation without an appearance, which viewers draw in their own ways: some cross out what is under them, some cover it.
func (in *interpreter) annotated(a types.Dict, subtype string, box rect, display matrix, view rect) {
	switch subtype {
	case "StrikeOut", "Squiggly", "Line", "PolyLine", "Ink", "Redact":
		in.out.crossings = append(in.out.crossings, display.bounds(box))
	case "Square", "Circle", "Polygon":
		if len(in.f.array(a["IC"])) == 0 {
			return // a border
		}
		fallthrough
	case "FreeText", "Stamp", "Movie", "Screen", "RichMedia", "3D":
		g := graphics{clip: view}
		in.shape(&g, shape{kind: areaShape, box: display.bounds(box), light: shading})
	}
}

// plainInk reports whether a field's default appearance has a colour that is seen on paper.
func (f *file) plainInk(a types.Dict) bool {
	ink := colour{0, grey}
	l := newLexer([]byte(f.text(f.inherited(a, "DA"))))
	for op := l.next(); op != nil; op = l.next() {
		switch string(op) {
		case "g":
			ink = colour{lightness(grey, l.args), grey}
		case "rg":
			ink = colour{lightness(rgb, l.args), rgb}
		case "k":
			ink = colour{lightness(cmyk, l.args), cmyk}
		}
	}
	return ink.light < 1-contrast
}
