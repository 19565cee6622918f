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
	// contending is the share of the smaller of two fields that lies on the other from which one hides the other.
	contending = 0.5
	// leastField is the side in points of a form field below which nobody reads its value.
	leastField = 2.0
)

// overlay is all on a page that can change what people see of a word: what is painted under it and over it, and what crosses it out.
type overlay struct {
	covers    painting // hide what was painted before them
	veils     painting // may hide it in part
	lines     boxes    // level ones, which cross words out
	scribbles boxes    // open lines that are neither level nor upright
	crossings boxes    // annotations that cross words out
	view      rect
	effort    *effort
}

func newOverlay(c *canvas, view rect) *overlay {
	var covers, veils []shape
	var lines, scribbles []rect
	for _, s := range c.shapes {
		if s.opaque && s.box.width() > 3 && s.box.height() > 3 {
			covers = append(covers, s)
		}
		if s.kind != frameShape && !s.hollow {
			veils = append(veils, s)
		}
		if strikes(s) {
			lines = append(lines, s.box)
		}
		if s.pen && s.kind == curveShape && s.light <= 1-contrast {
			scribbles = append(scribbles, s.box)
		}
	}
	for _, g := range c.glyphs {
		switch {
		case g.ink.empty():
		case g.light > 1-contrast: // hides whatever is under it
			veils = append(veils, shape{kind: areaShape, box: g.ink, light: g.light, order: g.order})
		case g.size > overprint*smallType:
			veils = append(veils, shape{kind: curveShape, box: g.ink, light: g.light, order: g.order})
		}
	}
	slices.SortStableFunc(veils, func(a, b shape) int { return cmp.Compare(a.order, b.order) })
	e := &c.effort
	return &overlay{newPainting(covers, view, e), newPainting(veils, view, e), newBoxes(lines, view, e), newBoxes(scribbles, view, e), newBoxes(c.crossings, view, e), view, e}
}

// smallType is the size of type in points below which no letter is looked at as one that may cover others.
const smallType = 7.0

// veil reports whether paint may hide a letter of what stands in a box, which was painted after order: type only where it is larger than size.
// What lies over the outermost fifth of its height, where the background of the next row of a table begins, hides nothing.
func (o *overlay) veil(b rect, order int, size float64) bool {
	b.y0, b.y1 = b.y0+0.2*b.height(), b.y1-0.2*b.height()
	paint, lines := 0.0, 0.0
	v := &o.veils
	for n, last := v.strips.at(b.y0), v.strips.at(b.y1); n <= last; n++ {
		from, to := v.strips.bounds(n)
		part := rect{b.x0, max(b.y0, from), b.x1, min(b.y1, to)}
		for _, i := range slices.Backward(v.strips.lists[n]) {
			s := &v.shapes[i]
			if s.order <= order || !o.effort.more() {
				break
			}
			if s.kind == curveShape && s.box.height() <= overprint*size && s.box.area() <= b.area()/2 {
				continue
			}
			if covered := s.box.intersect(part).area(); s.kind == lineShape && s.light < dark {
				lines += covered
			} else {
				paint += covered
			}
			if paint > veiled*b.area() || lines > hatched*b.area() {
				return true
			}
		}
	}
	return false
}

// doubt marks the runs that may not be what people see.
func (o *overlay) doubt(runs []run) {
	for i := range runs {
		r := &runs[i]
		if r.unseen {
			continue
		}
		if !r.unsure && o.veil(r.box, r.last, r.size) {
			r.unsure = true
		}
		if r.angle == 0 && (o.scribbled(r.box) || o.crossed(r.box)) {
			r.struck = true
		}
	}
	overwrite(runs, o.effort)
}

// struckOut reports whether a level line runs through the middle of a box.
func (o *overlay) struckOut(b rect) bool {
	return o.lines.any(b.y0, b.y1, func(l rect) bool { return through(l, b) })
}

// scribbled reports whether an open line that is neither level nor upright runs over a box.
func (o *overlay) scribbled(b rect) bool {
	return o.scribbles.any(b.y0, b.y1, func(s rect) bool {
		both := s.intersect(b)
		return s.height() <= scribbleHighest*b.height() && both.width() > scribbleWidth*b.width() && both.height() > scribbleHeight*b.height()
	})
}

// crossed reports whether an annotation crosses out most of a box.
func (o *overlay) crossed(b rect) bool {
	return o.crossings.any(b.y0, b.y1, func(c rect) bool { return c.intersect(b).area() > crossing*b.area() })
}

// overwrite marks the words over which others of about their size are written: a typewriter's X over a date, a digit over another. Lines of
// underscores and dots are what forms have under values.
func overwrite(runs []run, e *effort) {
	const filler = "_.…·"
	order := make([]int, 0, len(runs))
	for i := range runs {
		if r := &runs[i]; !r.unseen && r.angle == 0 && (utf8.RuneCountInString(r.text) > 1 || essence(r.text) != "") && strings.Trim(r.text, filler) != "" {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(runs[i].box.y0, runs[j].box.y0) })
	for n, i := range order {
		a := &runs[i]
		for _, j := range order[n+1:] {
			b := &runs[j]
			if b.box.y0 > a.box.y1 || !e.more() {
				break
			}
			larger, smaller := max(a.size, b.size), min(a.size, b.size)
			if larger > overprint*smaller || a.text == b.text {
				continue
			}
			// A lone letter in a box may be its tick.
			if !strings.ContainsAny(a.text, digits) && !strings.ContainsAny(b.text, digits) && min(a.letters, b.letters) == 1 {
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
func vouch(fd *page.Field, w painted, c *canvas, over *overlay) {
	b := box(fd.Box)
	if fd.Hidden || fd.Value == "" && !fd.On {
		return
	}
	if !over.view.contains(b.center()) || b.width() < leastField || b.height() < leastField {
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
	if over.struckOut(b) || over.scribbled(b) || over.crossed(b) {
		fd.Struck = true
		return
	}
	if over.veil(b, w.order, math.Inf(1)) {
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
	runs := assemble(all, &boxes{})
	over.conceal(runs)
	over.doubt(runs)
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
		apart := interpreter{ctx: in.ctx, f: f, out: &c, active: map[int]bool{}, operators: in.operators}
		w.paint(f, &apart, types.Dict{"AP": types.Dict{"N": states[state]}}, box, display, view)
		in.operators = apart.operators
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
		return state != "" && !in.f.redraws() // nothing is shown, unless viewers draw their own mark
	}
	marks, letters := ink(state)
	return marks <= off && letters == ""
}

// annotated notes an annotation without an appearance, which viewers draw in their own ways: some cross out what is under them, some cover it.
func (in *interpreter) annotated(a types.Dict, subtype string, box rect, display matrix, view rect) {
	switch subtype {
	case "StrikeOut", "Squiggly", "Line", "PolyLine", "Ink", "Redact":
		in.out.crossings = append(in.out.crossings, display.bounds(box))
	case "Link":
		if width := in.f.border(a); width > thinnest {
			g := graphics{clip: view, stroke: colour{shading, grey}}
			in.sides(&g, display.bounds(box), width)
		}
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

// border is the width in points of the border of an annotation.
func (f *file) border(a types.Dict) float64 {
	if width, ok := f.number(f.dict(a["BS"])["W"]); ok {
		return width
	}
	if sides := f.numbers(a["Border"], 3); len(sides) == 3 {
		return sides[2]
	}
	return 1
}

// contend marks the fields of which one lies on another and says something else: which of them people see, nobody can tell.
func contend(fields []page.Field, view rect, e *effort) {
	all := make([]rect, len(fields))
	for i := range fields {
		all[i] = box(fields[i].Box)
	}
	at := newStrips(view, len(all), func(i int) rect { return all[i] })
	for i := range fields {
		a := &fields[i]
		if a.Hidden || a.Value == "" || a.Kind == page.Signature {
			continue
		}
		for n, last := at.at(all[i].y0), at.at(all[i].y1); n <= last; n++ {
			for _, j := range at.lists[n] {
				b := &fields[j]
				if int(j) <= i || !e.more() || b.Hidden || b.Value == "" || b.Kind != a.Kind || b.Value == a.Value {
					continue
				}
				if all[i].intersect(all[j]).area() > contending*min(all[i].area(), all[j].area()) {
					a.Unproven, b.Unproven = true, true
				}
			}
		}
	}
}

// How large the type of a field's default appearance is at most, in units of the field's smaller side, and how wide its value, in units of the
// larger.
const (
	fieldType  = 1.5
	fieldValue = 1.3
)

// plain reports whether viewers that draw a field anew show its value as black letters on paper: its default appearance names a colour that is
// seen and a size in which the value fits, and asks for nothing else.
func (f *file) plain(a types.Dict, value string, b rect) bool {
	flags := f.integer(f.inherited(a, "Ff"))
	if flags&richFlag != 0 && f.inherited(a, "RV") != nil {
		return false
	}
	ink, size := colour{0, grey}, 0.0
	l := newLexer([]byte(f.text(f.inherited(a, "DA"))))
	for op := l.next(); op != nil; op = l.next() {
		switch string(op) {
		case "g":
			ink = colour{lightness(grey, l.args), grey}
		case "rg":
			ink = colour{lightness(rgb, l.args), rgb}
		case "k":
			ink = colour{lightness(cmyk, l.args), cmyk}
		case "Tf":
			if n := len(l.args); n > 0 {
				size = l.args[n-1].num
			}
		default:
			return false
		}
	}
	if ink.light >= 1-contrast {
		return false
	}
	if size == 0 { // as large as fits
		return true
	}
	if size < small || size > fieldType*min(b.width(), b.height()) {
		return false
	}
	width := 0.0
	for _, r := range value {
		width += size * coreWidth("Helvetica", string(r), ' ')
	}
	return flags&multilineFlag != 0 || width <= fieldValue*max(b.width(), b.height())
}
