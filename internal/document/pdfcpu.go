package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// pdfcpuEngine trims over pdfcpu's objects. It copies what the kept pages reach instead of calling the library's Trim, which
// validates every object first, loses form fields, and refuses real certificates for entries that no page needs.
type pdfcpuEngine struct{}

// Name is "pdfcpu".
func (pdfcpuEngine) Name() string { return "pdfcpu" }

// Trim implements Engine.
func (pdfcpuEngine) Trim(ctx context.Context, pdf []byte, n int) ([]byte, error) {
	return trim(ctx, pdf, n, func(Info) ([]byte, error) {
		f, err := open(pdf)
		if err != nil {
			return nil, err
		}
		c := newCopier(f, min(n, len(f.pages)))
		if err := c.document(ctx); err != nil {
			return nil, err
		}
		return c.out.Bytes(), nil
	})
}

// The object numbers that every copy begins with.
const (
	catalogNumber = 1
	treeNumber    = 2
)

// copier writes a PDF of the first pages of another.
type copier struct {
	f       *file
	pages   []leaf
	numbers map[int]int  // of the source's objects in the copy
	queue   []int        // source objects that are numbered and not written
	left    map[int]bool // source objects that belong to pages which are left out
	next    int
	offsets map[int]int
	out     bytes.Buffer
}

func newCopier(f *file, n int) *copier {
	c := &copier{f: f, pages: f.pages[:n], numbers: map[int]int{}, left: map[int]bool{}, next: treeNumber + 1, offsets: map[int]int{}}
	for _, l := range f.pages[n:] {
		c.left[l.ref] = true
		for _, a := range f.array(l.dict["Annots"]) {
			c.left[ref(a)] = true
		}
	}
	for _, l := range c.pages {
		delete(c.left, l.ref)
		for _, a := range f.array(l.dict["Annots"]) {
			delete(c.left, ref(a))
		}
	}
	delete(c.left, 0)
	return c
}

var errTooLarge = errors.New("the copy grows larger than is allowed")

func (c *copier) document(ctx context.Context) error {
	c.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	kids := make([]int, len(c.pages))
	for i, l := range c.pages {
		kids[i] = c.next
		if l.ref != 0 {
			c.numbers[l.ref] = c.next
		}
		c.next++
	}
	for i, l := range c.pages {
		c.begin(kids[i])
		d := maps.Clone(l.dict)
		for _, key := range []string{"Parent", "B", "StructParents", "Thumb", "Metadata", "PieceInfo", "AA"} {
			delete(d, key)
		}
		d["MediaBox"] = types.NewNumberArray(l.media.x0, l.media.y0, l.media.x1, l.media.y1)
		if l.crop != (rect{}) {
			d["CropBox"] = types.NewNumberArray(l.crop.x0, l.crop.y0, l.crop.x1, l.crop.y1)
		}
		d["Rotate"] = types.Integer(l.rotate)
		if l.resources != nil {
			d["Resources"] = l.resources
		}
		fmt.Fprintf(&c.out, "<</Parent %d 0 R", treeNumber)
		c.entries(d, 0)
		c.out.WriteString(">>")
		c.end()
	}
	c.begin(treeNumber)
	fmt.Fprintf(&c.out, "<</Type/Pages/Count %d/Kids[", len(kids))
	for _, k := range kids {
		fmt.Fprintf(&c.out, "%d 0 R ", k)
	}
	c.out.WriteString("]>>")
	c.end()
	c.begin(catalogNumber)
	fmt.Fprintf(&c.out, "<</Type/Catalog/Pages %d 0 R", treeNumber)
	root, err := c.f.x.Catalog()
	if err != nil {
		return unreadable(fmt.Errorf("read the catalogue: %w", err))
	}
	keep := types.Dict{}
	if form := c.f.dict(root["AcroForm"]); form != nil {
		form = maps.Clone(form)
		delete(form, "XFA")
		keep["AcroForm"] = form
	}
	if layers, ok := root["OCProperties"]; ok {
		keep["OCProperties"] = layers
	}
	c.entries(keep, 0)
	c.out.WriteString(">>")
	c.end()
	for len(c.queue) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.next > maxObjects || c.out.Len() > maxDecoded {
			return unreadable(errTooLarge)
		}
		n := c.queue[0]
		c.queue = c.queue[1:]
		c.begin(c.numbers[n])
		c.object(c.f.get(*types.NewIndirectRef(n, 0)), 0)
		c.end()
	}
	c.trailer()
	return nil
}

func (c *copier) begin(n int) {
	c.offsets[n] = c.out.Len()
	fmt.Fprintf(&c.out, "%d 0 obj\n", n)
}

func (c *copier) end() { c.out.WriteString("\nendobj\n") }

func (c *copier) trailer() {
	at := c.out.Len()
	fmt.Fprintf(&c.out, "xref\n0 %d\n0000000000 65535 f \n", c.next)
	for n := 1; n < c.next; n++ {
		fmt.Fprintf(&c.out, "%010d 00000 n \n", c.offsets[n])
	}
	fmt.Fprintf(&c.out, "trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", c.next, catalogNumber, at)
}

// entries writes a dictionary's entries in a fixed order, without those that lead to pages which are left out.
func (c *copier) entries(d types.Dict, depth int) {
	for _, key := range slices.Sorted(maps.Keys(d)) {
		if c.left[ref(d[key])] {
			continue
		}
		c.out.WriteString("/" + types.EncodeName(key) + " ")
		c.object(d[key], depth+1)
	}
}

func (c *copier) object(o types.Object, depth int) {
	if depth > maxDepth {
		c.out.WriteString("null")
		return
	}
	switch o := o.(type) {
	case types.IndirectRef:
		c.reference(o.ObjectNumber.Value())
	case types.Dict:
		c.out.WriteString("<<")
		c.entries(o, depth)
		c.out.WriteString(">>")
	case types.StreamDict:
		d := maps.Clone(o.Dict)
		d["Length"] = types.Integer(len(o.Raw))
		c.out.WriteString("<<")
		c.entries(d, depth)
		c.out.WriteString(">>\nstream\n")
		c.out.Write(o.Raw)
		c.out.WriteString("\nendstream")
	case types.Array:
		c.out.WriteByte('[')
		for _, item := range o {
			if c.left[ref(item)] {
				continue
			}
			c.object(item, depth+1)
			c.out.WriteByte(' ')
		}
		c.out.WriteByte(']')
	case types.Name, types.StringLiteral, types.HexLiteral, types.Integer, types.Float, types.Boolean:
		c.out.WriteString(o.PDFString())
	default:
		c.out.WriteString("null")
	}
}

// reference writes a reference, and has its object copied the first time.
func (c *copier) reference(n int) {
	to, ok := c.numbers[n]
	if !ok {
		to = c.next
		c.next++
		c.numbers[n] = to
		c.queue = append(c.queue, n)
	}
	fmt.Fprintf(&c.out, "%d 0 R", to)
}
