package sample

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/charmap"
)

// document is a PDF being written from sheets.
type document struct {
	pdf
	kind  Kind
	style Style
	faces *faces
	fonts map[fontKey]*fontResource
	pages int // the number of the page tree
}

// fontKey tells the fonts of a document apart: form fields never use a remapped one.
type fontKey struct {
	face     face
	remapped bool
}

// fontResource is a font of the document. Codes are the characters that a remapped font has met, by their code.
type fontResource struct {
	name   string
	object int
	codes  map[string]byte
	order  []string
}

func writePDF(kind Kind, faces *faces, style Style, sheets []*sheet) ([]byte, error) {
	d := &document{kind: kind, style: style, faces: faces, fonts: map[fontKey]*fontResource{}}
	d.pages = d.reserve()
	var kids, fields []string
	for _, s := range sheets {
		page, widgets, err := d.page(s)
		if err != nil {
			return nil, err
		}
		kids = append(kids, fmt.Sprintf("%d 0 R", page))
		fields = append(fields, widgets...)
	}
	d.objects[d.pages-1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	catalog := fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R", d.pages)
	if kind == Form {
		catalog += " /AcroForm " + d.acroForm(fields)
	}
	root := d.add(catalog + " >>")
	d.finishFonts()
	return d.bytes(root), nil
}

// page writes a sheet and gives the number of its page object and references to its widgets.
func (d *document) page(s *sheet) (int, []string, error) {
	page := d.reserve()
	var widgets []string
	var under int
	switch d.kind {
	case Form:
		for _, f := range s.fields {
			widgets = append(widgets, fmt.Sprintf("%d 0 R", d.widget(f, page, s)))
		}
	case Overlay:
		var err error
		if under, err = d.emptyForm(s); err != nil {
			return 0, nil, err
		}
	default:
		s.flatten()
	}
	var c bytes.Buffer
	media, rotate := "0 0 612 792", ""
	if d.style.Rotated {
		// Stored lying on its side: /Rotate 90 turns the page clockwise for display.
		media, rotate = "0 0 792 612", " /Rotate 90"
		c.WriteString("0 1 -1 0 792 0 cm\n")
	}
	if under != 0 {
		c.WriteString("q 612 0 0 792 0 0 cm /Under Do Q\n")
	}
	for _, st := range s.strokes {
		fmt.Fprintf(&c, "%s w", num(st.width))
		for i, p := range st.points {
			op := "l"
			if i == 0 {
				op = "m"
			}
			fmt.Fprintf(&c, " %s %s %s", num(p[0]), num(pageHeight-p[1]), op)
		}
		c.WriteString(" S\n")
	}
	for _, l := range s.lines {
		if d.kind == Outlines {
			d.outline(&c, l)
		} else {
			d.line(&c, l)
		}
	}
	resources := "/Font " + d.fontDict()
	var pictures string
	if under != 0 {
		pictures = fmt.Sprintf(" /Under %d 0 R", under)
	}
	if s.image != nil {
		b := *s.image
		pictures += fmt.Sprintf(" /Sig %d 0 R", d.signature())
		fmt.Fprintf(&c, "q %s 0 0 %s %s %s cm /Sig Do Q\n", num(b[2]-b[0]), num(b[3]-b[1]), num(b[0]), num(pageHeight-b[3]))
	}
	if pictures != "" {
		resources += " /XObject <<" + pictures + " >>"
	}
	content := d.stream("", c.Bytes())
	annots := ""
	if len(widgets) > 0 {
		annots = " /Annots [" + strings.Join(widgets, " ") + "]"
	}
	d.objects[page-1] = fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [%s]%s /Contents %d 0 R /Resources << %s >>%s >>",
		d.pages, media, rotate, content, resources, annots)
	return page, widgets, nil
}

// emptyForm adds a picture of what is printed on a sheet, and leaves what is filled in to be written over it.
func (d *document) emptyForm(s *sheet) (picture int, err error) {
	form := sheet{lines: s.lines, strokes: s.strokes}
	if picture, err = d.picture(newRaster(d.faces, Scanner{}).draw(&form), Scanner{}); err != nil {
		return 0, err
	}
	s.lines, s.strokes = nil, nil
	s.flatten()
	return picture, nil
}

func (d *document) font(f fontKey) *fontResource {
	if r, ok := d.fonts[f]; ok {
		return r
	}
	r := &fontResource{name: fmt.Sprintf("F%d", len(d.fonts)+1), object: d.reserve(), codes: map[string]byte{}}
	d.fonts[f] = r
	return r
}

func (d *document) fontDict() string {
	var b strings.Builder
	b.WriteString("<<")
	for _, f := range slices.SortedFunc(maps.Keys(d.fonts), func(a, b fontKey) int { return strings.Compare(d.fonts[a].name, d.fonts[b].name) }) {
		fmt.Fprintf(&b, " /%s %d 0 R", d.fonts[f].name, d.fonts[f].object)
	}
	return b.String() + " >>"
}

func (d *document) finishFonts() {
	for f, r := range d.fonts {
		encoding := "/Encoding /WinAnsiEncoding"
		if len(r.order) > 0 {
			encoding = r.differences()
		}
		d.objects[r.object-1] = fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /%s %s >>", f.face.baseName(), encoding)
	}
	for _, f := range slices.SortedFunc(maps.Keys(d.fonts), func(a, b fontKey) int { return strings.Compare(d.fonts[a].name, d.fonts[b].name) }) {
		if r := d.fonts[f]; len(r.order) > 0 {
			cmap := d.stream("", r.toUnicode())
			at := r.object - 1
			d.objects[at] = strings.TrimSuffix(d.objects[at], " >>") + fmt.Sprintf(" /FirstChar %d /LastChar %d /Widths %s /ToUnicode %d 0 R >>",
				firstCode, firstCode+len(r.order)-1, d.widths(f.face, r), cmap)
		}
	}
}

func (d *document) widths(f face, r *fontResource) string {
	var b strings.Builder
	b.WriteString("[")
	for _, piece := range r.order {
		fmt.Fprintf(&b, " %s", num(d.faces.width(f, unitsPerEm, 0, piece)))
	}
	return b.String() + " ]"
}

// line writes a line of text in the style's way of storing it.
func (d *document) line(c *bytes.Buffer, l line) {
	font := d.font(fontKey{l.face, d.style.Runs == Remapped})
	y := pageHeight - l.y
	fmt.Fprintf(c, "BT /%s %s Tf %s g %s Tc", font.name, num(l.size), num(l.gray), num(l.spacing))
	switch d.style.Runs {
	case Split:
		x := l.x
		for i, run := range runs(l.text) {
			fmt.Fprintf(c, " 1 0 0 1 %s %s Tm %s Tj", num(x), num(y), quote(winAnsi(run)))
			if i%2 == 0 {
				c.WriteString("\n")
			}
			x += d.faces.width(l.face, l.size, l.spacing, run)
		}
	case Remapped:
		fmt.Fprintf(c, " %s %s Td %s Tj", num(l.x), num(y), quote(font.encode(l.text)))
	default:
		fmt.Fprintf(c, " %s %s Td %s Tj", num(l.x), num(y), quote(winAnsi(l.text)))
	}
	c.WriteString(" ET\n")
}

// runs cuts a line into pieces of one to three characters, by a fixed pattern.
func runs(text string) []string {
	var out []string
	chars := []rune(text)
	for i := 0; len(chars) > 0; i++ {
		n := min([]int{2, 1, 3}[i%3], len(chars))
		out = append(out, string(chars[:n]))
		chars = chars[n:]
	}
	return out
}

// winAnsi encodes text for the standard fonts; a character that they lack becomes a question mark.
func winAnsi(text string) []byte {
	var out []byte
	for _, r := range text {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			b = '?'
		}
		out = append(out, b)
	}
	return out
}

// outline draws a line of text as filled paths.
func (d *document) outline(c *bytes.Buffer, l line) {
	x := l.x
	k := l.size / unitsPerEm
	fmt.Fprintf(c, "%s g\n", num(l.gray))
	for _, char := range l.text {
		g := d.faces.glyph(l.face, char)
		var px, py float64
		place := func(i int, s sfnt.Segment) (float64, float64) {
			return x + float64(s.Args[i].X)/64*k, pageHeight - (l.y + float64(s.Args[i].Y)/64*k)
		}
		for _, s := range g.outlines {
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				px, py = place(0, s)
				fmt.Fprintf(c, "%s %s m ", num(px), num(py))
			case sfnt.SegmentOpLineTo:
				px, py = place(0, s)
				fmt.Fprintf(c, "%s %s l ", num(px), num(py))
			case sfnt.SegmentOpQuadTo:
				// A quadratic curve is the cubic one whose control points lie two thirds of the way to its own.
				qx, qy := place(0, s)
				ex, ey := place(1, s)
				fmt.Fprintf(c, "%s %s %s %s %s %s c ", num(px+(qx-px)*2/3), num(py+(qy-py)*2/3), num(ex+(qx-ex)*2/3), num(ey+(qy-ey)*2/3), num(ex), num(ey))
				px, py = ex, ey
			case sfnt.SegmentOpCubeTo:
				ax, ay := place(0, s)
				bx, by := place(1, s)
				px, py = place(2, s)
				fmt.Fprintf(c, "%s %s %s %s %s %s c ", num(ax), num(ay), num(bx), num(by), num(px), num(py))
			}
		}
		if len(g.outlines) > 0 {
			c.WriteString("f\n")
		}
		x += g.advance*k + l.spacing
	}
}
