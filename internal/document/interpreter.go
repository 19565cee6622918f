package document

import (
	"context"
	"errors"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The bounds of one page's content. A dense certificate has some 10,000 operators and 5,000 glyphs.
const (
	maxOperators = 5_000_000
	maxGlyphs    = 200_000
	maxShapes    = 50_000
	maxForms     = 24 // nested
	maxSaved     = 256
	maxPoints    = 4096 // of a part of a path
	// maxImages bounds the pixels of all images of a page, each time that it is painted: ten pages at 600 dpi. To draw one takes some seconds.
	maxImages = 350e6
)

// shading is how light a shading counts as: what it looks like, only a picture shows.
const shading = 0.9

var errTooMuch = errors.New("a page holds more than is allowed")

// glyph is one shown character in display space.
type glyph struct {
	text   string
	origin point   // on the baseline
	end    point   // the origin of a following character without extra spacing
	box    rect    // from descent to ascent
	ink    rect    // what clips let through of it, empty where it leaves no ink
	size   float64 // height of the type
	angle  int16   // direction of the baseline in whole degrees, clockwise as displayed
	extra  float64 // character spacing that the content asked for, which is no word break
	light  float64 // 0 black – 1 white
	order  int     // position among all that is painted
	font   *typeface
	unseen bool // invisible by render mode, clip, layer or transparency
	unsure bool // painted in a way of which only a picture tells what is seen
	placed bool // the content said where it stands; other glyphs follow the one before
}

// shape is a painted path or image in display space.
type shape struct {
	kind   shapeKind
	box    rect
	light  float64
	order  int
	opaque bool // hides what was painted under it
	hollow bool // a curve that is an outline
	pen    bool // an open one, such as a scribble
	untold bool // of a colour that only a picture shows
}

type shapeKind byte

const (
	imageShape shapeKind = iota
	curveShape
	lineShape
	frameShape // stroked rectangle
	areaShape  // filled rectangle
)

// canvas is what interpreting a page or an appearance gives.
type canvas struct {
	glyphs []glyph
	shapes []shape
	order  int
	// crossings are where annotations cross out what is under them.
	crossings []rect
	effort    effort // that it takes to compare all this
}

type graphics struct {
	ctm         matrix
	clip        rect
	fill        colour
	stroke      colour
	fillAlpha   float64
	strokeAlpha float64
	blended     bool // a blend mode other than Normal: does not hide what is under it
	masked      bool // by a soft mask, the same
	changed     bool // in colour by a transfer function
	dashed      bool // lines are not drawn through
	group       group
	cut         bool // clipped by something else than upright rectangles; clip holds its bounds
	lineWidth   float64

	font    *typeface
	size    float64
	spacing float64
	words   float64
	scale   float64
	leading float64
	rise    float64
	mode    int
}

// group is what the transparency groups around some content do to all of it.
type group struct {
	alpha  float64 // the product of theirs
	unsure bool    // whether one is blended or masked
}

// solid reports whether what is painted with an alpha hides what is under it.
func (g *graphics) solid(alpha float64) bool {
	return alpha*g.group.alpha > 0.95 && !g.unsure()
}

// unsure reports whether only a picture tells what is seen of what is painted.
func (g *graphics) unsure() bool {
	return g.blended || g.masked || g.changed || g.cut || g.group.unsure
}

// interpreter runs content streams.
type interpreter struct {
	ctx       context.Context
	f         *file
	out       *canvas
	operators int
	pixels    float64 // of the images that were painted
	off       int     // nesting of marked content whose layer is off
	placed    bool    // the content moved to where the next glyph stands
	active    map[int]bool
}

// colour is a current colour: its lightness, and how many components its space has.
type colour struct {
	light float64
	space colourSpace
}

type colourSpace byte

const (
	grey colourSpace = iota
	rgb
	cmyk
	tint // Separation and DeviceN of process colours: 0 is no ink
	spot // the same of other inks, of which only their names tell how they look
	lab
	unknownSpace
)

// newInterpreter paints into out.
func newInterpreter(ctx context.Context, f *file, out *canvas) *interpreter {
	return &interpreter{ctx: ctx, f: f, out: out, active: map[int]bool{}}
}

// run interprets content with base as the transformation from its space to display space.
func (in *interpreter) run(content []byte, resources types.Dict, base matrix, clip rect) error {
	g := graphics{ctm: base, clip: clip, fillAlpha: 1, strokeAlpha: 1, scale: 1, lineWidth: 1, group: group{alpha: 1}}
	return in.stream(content, resources, g, 0)
}

type path struct {
	start   point
	current point
	subs    []subpath
	cut     bool // it has more parts or points than are kept
}

type subpath struct {
	points []point
	curved bool
	closed bool
}

func (p *path) move(to point) {
	if n := len(p.subs); n > 0 && len(p.subs[n-1].points) == 1 {
		p.subs[n-1].points[0] = to
	} else if n < maxShapes {
		p.subs = append(p.subs, subpath{points: []point{to}})
	} else {
		p.cut = true
	}
	p.start, p.current = to, to
}

func (p *path) add(to point, curved bool) {
	if len(p.subs) == 0 {
		return
	}
	s := &p.subs[len(p.subs)-1]
	if s.closed {
		if len(p.subs) >= maxShapes {
			p.cut = true
			return
		}
		p.subs = append(p.subs, subpath{points: []point{p.start}})
		s = &p.subs[len(p.subs)-1]
	}
	s.curved = s.curved || curved
	if len(s.points) < maxPoints {
		s.points = append(s.points, to)
	} else {
		s.points[len(s.points)-1] = to
		p.cut = true
	}
	p.current = to
}

func (p *path) close() {
	if len(p.subs) > 0 {
		p.subs[len(p.subs)-1].closed = true
		p.current = p.start
	}
}

// stream interprets one content stream. Text and graphics state do not leak out of it.
func (in *interpreter) stream(content []byte, resources types.Dict, g graphics, depth int) error {
	l := newLexer(content)
	f := in.f
	var saved []graphics
	var marked []bool
	var text, line matrix
	var p path
	clipNext := ""
	fonts := f.dict(resources["Font"])
	off := in.off
	defer func() { in.off = off }()

	show := func(s []byte) error { return in.show(&g, &text, s, resources, depth) }
	nextLine := func(x, y float64) {
		line = matrix{1, 0, 0, 1, x, y}.mul(line)
		text = line
		in.placed = true
	}
	for {
		op := l.next()
		if op == nil {
			return nil
		}
		if in.operators++; in.operators > maxOperators || len(in.out.glyphs) > maxGlyphs {
			return errTooMuch
		}
		if in.operators&0xfff == 0 && in.ctx.Err() != nil {
			return in.ctx.Err()
		}
		a := l.args
		num := func(i int) float64 {
			if i < len(a) && a[i].kind == numberOperand {
				return a[i].num
			}
			return 0
		}
		name := func(i int) string {
			if i < len(a) && i >= 0 && a[i].kind == nameOperand {
				return string(a[i].str)
			}
			return ""
		}
		switch string(op) {
		case "q":
			if len(saved) < maxSaved {
				saved = append(saved, g)
			} else {
				f.partial = true
			}
		case "Q":
			if n := len(saved); n > 0 {
				g, saved = saved[n-1], saved[:n-1]
			}
		case "cm":
			if len(a) >= 6 {
				m := matrix{num(0), num(1), num(2), num(3), num(4), num(5)}.mul(g.ctm)
				if m.finite() {
					g.ctm = m
				}
			}
		case "w":
			g.lineWidth = num(0)
		case "d":
			g.dashed = len(a) > 0 && a[0].kind == arrayOperand && a[0].to > a[0].from
		case "gs":
			in.graphicsState(&g, f.dict(f.dict(resources["ExtGState"])[name(0)]))

		case "BT":
			text, line = identity, identity
			in.placed = true
		case "Tf":
			g.size = num(1)
			if o, ok := fonts[name(0)]; ok {
				g.font = f.font(o)
			} else {
				g.font = f.fallbackFont()
			}
		case "Tc":
			g.spacing = num(0)
		case "Tw":
			g.words = num(0)
		case "Tz":
			g.scale = num(0) / 100
		case "TL":
			g.leading = num(0)
		case "Ts":
			g.rise = num(0)
		case "Tr":
			g.mode = clampInt(num(0))
			g.cut = g.cut || g.mode >= firstClipMode
		case "Td":
			nextLine(num(0), num(1))
		case "TD":
			g.leading = -num(1)
			nextLine(num(0), num(1))
		case "Tm":
			line = matrix{num(0), num(1), num(2), num(3), num(4), num(5)}
			text = line
			in.placed = true
		case "T*":
			nextLine(0, -g.leading)
		case "Tj", "'", "\"":
			if op[0] == '"' && len(a) >= 3 {
				g.words, g.spacing = num(0), num(1)
			}
			if op[0] != 'T' {
				nextLine(0, -g.leading)
			}
			if n := len(a); n > 0 && a[n-1].kind == stringOperand {
				if err := show(a[n-1].str); err != nil {
					return err
				}
			}
		case "TJ":
			if len(a) == 0 || a[0].kind != arrayOperand {
				break
			}
			for _, item := range l.items[a[0].from:a[0].to] {
				switch item.kind {
				case stringOperand:
					if err := show(item.str); err != nil {
						return err
					}
				case numberOperand:
					text = matrix{1, 0, 0, 1, -item.num / 1000 * g.size * g.scale, 0}.mul(text)
				}
			}

		case "g":
			g.fill = colour{clamp01(num(0)), grey}
		case "G":
			g.stroke = colour{clamp01(num(0)), grey}
		case "rg":
			g.fill = colour{lightness(rgb, l.args), rgb}
		case "RG":
			g.stroke = colour{lightness(rgb, l.args), rgb}
		case "k":
			g.fill = colour{lightness(cmyk, l.args), cmyk}
		case "K":
			g.stroke = colour{lightness(cmyk, l.args), cmyk}
		case "cs":
			g.fill = in.initialColour(name(0), resources)
		case "CS":
			g.stroke = in.initialColour(name(0), resources)
		case "sc", "scn":
			g.fill.light = lightness(g.fill.space, l.args)
		case "SC", "SCN":
			g.stroke.light = lightness(g.stroke.space, l.args)

		case "m":
			p.move(g.ctm.apply(num(0), num(1)))
		case "l":
			p.add(g.ctm.apply(num(0), num(1)), false)
		case "c":
			p.add(g.ctm.apply(num(0), num(1)), true)
			p.add(g.ctm.apply(num(2), num(3)), true)
			p.add(g.ctm.apply(num(4), num(5)), true)
		case "v", "y":
			p.add(g.ctm.apply(num(0), num(1)), true)
			p.add(g.ctm.apply(num(2), num(3)), true)
		case "h":
			p.close()
		case "re":
			x, y, w, h := num(0), num(1), num(2), num(3)
			p.move(g.ctm.apply(x, y))
			p.add(g.ctm.apply(x+w, y), false)
			p.add(g.ctm.apply(x+w, y+h), false)
			p.add(g.ctm.apply(x, y+h), false)
			p.close()
		case "W", "W*":
			clipNext = string(op)
		case "n", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*":
			switch op[0] {
			case 's':
				p.close()
				in.paint(&g, &p, false, true)
			case 'S':
				in.paint(&g, &p, false, true)
			case 'f', 'F':
				in.paint(&g, &p, true, false)
			case 'B':
				in.paint(&g, &p, true, true)
			case 'b':
				p.close()
				in.paint(&g, &p, true, true)
			}
			f.partial = f.partial || p.cut
			if clipNext != "" {
				g.cut = g.cut || !p.whole(clipNext == "W*")
				g.clip = g.clip.intersect(p.bounds())
				clipNext = ""
			}
			p = path{subs: p.subs[:0]}

		case "BDC":
			hidden := name(0) == "OC" && f.layerOff(f.dict(resources["Properties"])[name(1)])
			marked = append(marked, hidden)
			if hidden {
				in.off++
			}
		case "BMC":
			marked = append(marked, false)
		case "EMC":
			if n := len(marked); n > 0 {
				if marked[n-1] {
					in.off--
				}
				marked = marked[:n-1]
			}
		case "Do":
			if err := in.object(&g, f.dict(resources["XObject"])[name(0)], resources, depth); err != nil {
				return err
			}
		case "BI":
			if !l.inlineImage() {
				f.partial = true
			}
			in.image(&g, false)
		case "sh":
			in.shape(&g, shape{kind: areaShape, box: g.clip, light: shading})
		}
		if len(marked) > maxSaved {
			return errTooMuch
		}
	}
}

// graphicsState applies an ExtGState: transparency, blending, line width and font.
func (in *interpreter) graphicsState(g *graphics, d types.Dict) {
	f := in.f
	if v, ok := f.number(d["ca"]); ok {
		g.fillAlpha = v
	}
	if v, ok := f.number(d["CA"]); ok {
		g.strokeAlpha = v
	}
	if v, ok := f.number(d["LW"]); ok {
		g.lineWidth = v
	}
	if dash := f.array(d["D"]); len(dash) > 0 {
		g.dashed = len(f.array(dash[0])) > 0
	}
	for _, key := range []string{"TR", "TR2"} {
		if o, ok := d[key]; ok {
			g.changed = f.name(o) != "Identity" && f.name(o) != "Default"
		}
	}
	if o, ok := d["BM"]; ok {
		mode := f.name(o)
		if modes := f.array(o); len(modes) > 0 {
			mode = f.name(modes[0])
		}
		g.blended = mode != "Normal" && mode != "Compatible"
	}
	if o, ok := d["SMask"]; ok {
		g.masked = f.dict(o) != nil
	}
	if a := f.array(d["Font"]); len(a) == 2 {
		g.font = f.font(a[0])
		g.size, _ = f.number(a[1])
	}
}

// object draws an XObject: a form is interpreted in place, an image becomes a shape.
func (in *interpreter) object(g *graphics, o types.Object, resources types.Dict, depth int) error {
	f := in.f
	d := f.dict(o)
	if d == nil {
		return nil
	}
	if f.layerOff(d["OC"]) {
		in.off++
		defer func() { in.off-- }()
	}
	switch f.name(d["Subtype"]) {
	case "Image":
		width, _ := f.number(d["Width"])
		height, _ := f.number(d["Height"])
		if in.pixels += math.Abs(width * height); !(in.pixels <= maxImages) {
			return errPicture(errTooMuch)
		}
		_, masked := d["Mask"]
		_, soft := d["SMask"]
		stencil, _ := f.get(d["ImageMask"]).(types.Boolean)
		in.image(g, !masked && !soft && !bool(stencil))
	case "Form":
		return in.form(*g, o, d, resources, depth)
	}
	return nil
}

func (in *interpreter) form(g graphics, o types.Object, d types.Dict, resources types.Dict, depth int) error {
	f := in.f
	n := ref(o)
	if depth >= maxForms || n != 0 && in.active[n] {
		f.partial = true
		return nil
	}
	if n != 0 {
		in.active[n] = true
		defer delete(in.active, n)
	}
	if m := f.numbers(d["Matrix"], 7); len(m) == 6 {
		g.ctm = matrix(m).mul(g.ctm)
	}
	if !g.ctm.finite() {
		return nil
	}
	if box, ok := f.rect(d["BBox"]); ok {
		g.clip = g.clip.intersect(g.ctm.bounds(box))
		g.cut = g.cut || !g.ctm.upright()
	}
	if own := f.dict(d["Resources"]); own != nil {
		resources = own
	}
	if f.name(f.dict(d["Group"])["S"]) == "Transparency" {
		g.group = group{g.group.alpha * clamp01(g.fillAlpha), g.group.unsure || g.blended || g.masked}
		g.fillAlpha, g.strokeAlpha, g.blended, g.masked = 1, 1, false, false
	}
	return in.stream(f.stream(o), resources, g, depth+1)
}

// image notes an image, which fills the unit square.
func (in *interpreter) image(g *graphics, opaque bool) {
	box := g.ctm.bounds(rect{0, 0, 1, 1})
	in.shape(g, shape{kind: imageShape, box: box, light: -1, opaque: opaque && g.solid(g.fillAlpha)})
}

// shape notes a painted shape, cut to what the clip lets through.
func (in *interpreter) shape(g *graphics, s shape) {
	in.out.order++
	s.order = in.out.order
	s.box = s.box.intersect(g.clip)
	if in.off > 0 || s.box.x0 > s.box.x1 || s.box.y0 > s.box.y1 {
		return
	}
	if len(in.out.shapes) >= maxShapes {
		in.f.partial = true
		return
	}
	in.out.shapes = append(in.out.shapes, s)
}

// paint sorts the subpaths of a painted path into rules, frames, areas and drawings.
func (in *interpreter) paint(g *graphics, p *path, fill, stroke bool) {
	fill = fill && g.fillAlpha > 0.02
	stroke = stroke && g.strokeAlpha > 0.02
	if !fill && !stroke {
		return
	}
	width := g.penWidth()
	for i := range p.subs {
		s := &p.subs[i]
		if len(s.points) < 2 {
			continue
		}
		box := s.bounds()
		thin := min(box.width(), box.height())
		switch {
		case s.rectangular():
			if fill {
				kind := areaShape
				if thin <= thinnest {
					kind = lineShape
				}
				in.shape(g, shape{kind: kind, box: box, light: g.fill.light,
					opaque: g.solid(g.fillAlpha) && len(p.subs) == 1, untold: !g.fill.told()})
			}
			if stroke {
				kind := frameShape
				if thin <= thinnest {
					kind = lineShape
				}
				in.shape(g, shape{kind: kind, box: box.grow(width / 2), light: g.stroke.light})
				if kind == frameShape && width > thinnest {
					in.sides(g, box, width)
				}
			}
		case stroke && !s.curved && thin <= 0.5:
			in.shape(g, shape{kind: lineShape, box: box.grow(width / 2), light: g.stroke.light, opaque: g.solid(g.strokeAlpha)})
		default:
			sh := shape{kind: curveShape, box: box, light: g.stroke.light, hollow: !fill && width <= thinnest, pen: !fill && !s.closed && !near(s.points[0], s.points[len(s.points)-1])}
			if fill {
				sh.light = g.fill.light
				sh.opaque = len(p.subs) == 1 && g.solid(g.fillAlpha) && s.fills(box, mostOfBox)
			}
			in.shape(g, sh)
			if stroke && width > thinnest {
				in.shape(g, shape{kind: curveShape, box: box.grow(width / 2), light: g.stroke.light})
			}
		}
	}
}

// penWidth is the width in points of lines, where they are widest.
func (g *graphics) penWidth() float64 {
	return math.Abs(g.lineWidth) * max(math.Hypot(g.ctm[0], g.ctm[1]), math.Hypot(g.ctm[2], g.ctm[3]))
}

// sides notes the sides of a frame that are wide enough to cover letters.
func (in *interpreter) sides(g *graphics, b rect, width float64) {
	outer, inner := b.grow(width/2), b.grow(-width/2)
	for _, side := range []rect{{outer.x0, outer.y0, inner.x0, outer.y1}, {inner.x1, outer.y0, outer.x1, outer.y1}, {outer.x0, outer.y0, outer.x1, inner.y0}, {outer.x0, inner.y1, outer.x1, outer.y1}} {
		in.shape(g, shape{kind: lineShape, box: side.intersect(outer), light: g.stroke.light})
	}
}

// thinnest is the height in points up to which a filled rectangle is a rule.
const thinnest = 2.5

func (p *path) bounds() rect {
	var out rect
	first := true
	for i := range p.subs {
		if b := p.subs[i].bounds(); first {
			out, first = b, false
		} else {
			out = out.union(b)
		}
	}
	return out
}

func (s *subpath) bounds() rect {
	out := around(s.points[0])
	for _, q := range s.points[1:] {
		out = out.add(q)
	}
	return out
}

// rectangular reports whether the subpath is a rectangle with sides along the axes.
func (s *subpath) rectangular() bool {
	pts := s.points
	if n := len(pts); n == 5 && near(pts[0], pts[4]) {
		pts = pts[:4]
	}
	if s.curved || len(pts) != 4 || !s.closed && len(s.points) != 5 {
		return false
	}
	horizontal := math.Abs(pts[0].y-pts[1].y) < 0.1
	for i := range pts {
		a, b := pts[i], pts[(i+1)%4]
		level, upright := math.Abs(a.y-b.y) < 0.1, math.Abs(a.x-b.x) < 0.1
		if (i%2 == 0) == horizontal && !level || (i%2 == 0) != horizontal && !upright {
			return false
		}
	}
	return true
}

// The share of its bounding box that a polygon covers: nearly all of it, and as much as a rectangle with rounded corners does.
const (
	wholeBox  = 0.99
	mostOfBox = 0.9
)

// fills reports whether the polygon covers more than a share of its bounding box.
func (s *subpath) fills(box rect, share float64) bool {
	return math.Abs(s.area()) > share*box.area() && box.area() > 0
}

// area is the area of the polygon, negative where it runs the other way around.
func (s *subpath) area() float64 {
	sum := 0.0
	for i, a := range s.points {
		b := s.points[(i+1)%len(s.points)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum / 2
}

// whole reports whether a path encloses all of its bounding box: one of its parts does, and none cuts a hole.
func (p *path) whole(evenOdd bool) bool {
	if len(p.subs) == 0 {
		return true
	}
	box, found, sign := p.bounds(), 0, 0.0
	for i := range p.subs {
		s := &p.subs[i]
		area := s.area()
		switch {
		case area == 0:
			continue
		case sign*area < 0, evenOdd && found > 0:
			return false
		}
		sign = area
		if !s.curved && s.fills(box, wholeBox) {
			found++
		}
	}
	return found > 0 || sign == 0
}

func near(a, b point) bool { return math.Abs(a.x-b.x) < 0.1 && math.Abs(a.y-b.y) < 0.1 }

// initialColour is the colour that selecting a space sets.
func (in *interpreter) initialColour(name string, resources types.Dict) colour {
	var o types.Object = types.Name(name)
	if defined, ok := in.f.dict(resources["ColorSpace"])[name]; ok {
		o = defined
	}
	space := in.space(o, 0)
	return colour{0, space}
}

// told reports whether the document tells how light a colour is. How spot colours, patterns and tables of colours look, only a picture shows.
func (c colour) told() bool { return c.space != spot && c.space != unknownSpace }

func (in *interpreter) space(o types.Object, depth int) colourSpace {
	if depth > 8 {
		return unknownSpace
	}
	f := in.f
	name := f.name(o)
	a := f.array(o)
	if len(a) > 0 {
		name = f.name(a[0])
	}
	switch name {
	case "DeviceGray", "CalGray", "G":
		return grey
	case "DeviceRGB", "CalRGB", "RGB":
		return rgb
	case "DeviceCMYK", "CMYK":
		return cmyk
	case "Separation", "DeviceN":
		if len(a) > 1 && f.process(a[1]) {
			return tint
		}
		return spot
	case "Lab":
		return lab
	case "ICCBased":
		if len(a) < 2 {
			return unknownSpace
		}
		switch f.integer(f.dict(a[1])["N"]) {
		case 1:
			return grey
		case 3:
			return rgb
		case 4:
			return cmyk
		}
	}
	return unknownSpace
}

// process reports whether the inks that o names are those of every printer.
func (f *file) process(o types.Object) bool {
	inks := f.array(o)
	if inks == nil {
		inks = types.Array{o}
	}
	if len(inks) > maxInks {
		return false
	}
	for _, ink := range inks {
		switch f.name(ink) {
		case "Black", "All", "Cyan", "Magenta", "Yellow":
		default:
			return false
		}
	}
	return len(inks) > 0
}

// lightness is how light a colour is, 0–1. Colours of unknown spaces and patterns count as black: they are seen.
func lightness(space colourSpace, args []operand) float64 {
	var c [4]float64
	n := 0
	for _, a := range args {
		if a.kind != numberOperand {
			return 0
		}
		if n < 4 {
			c[n] = a.num
		}
		n++
	}
	if space != lab {
		for i := range c {
			c[i] = clamp01(c[i])
		}
	}
	switch {
	case space == grey && n >= 1:
		return c[0]
	case space == rgb && n >= 3:
		return 0.299*c[0] + 0.587*c[1] + 0.114*c[2]
	case space == cmyk && n >= 4:
		return (1 - c[3]) * (1 - 0.299*c[0] - 0.587*c[1] - 0.114*c[2])
	case (space == tint || space == spot) && n >= 1:
		most := 0.0
		for _, v := range c[:min(n, 4)] {
			most = max(most, v)
		}
		return 1 - most
	case space == lab && n >= 1:
		return clamp01(c[0] / 100)
	}
	return 0
}

func clamp01(v float64) float64 { return max(0, min(1, v)) }
