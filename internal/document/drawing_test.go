package document

import (
	"bytes"
	"fmt"
	"strings"
)

// drawing is a small PDF in the making: object 1 is the catalogue, 2 the page tree, 3 the font F1 (Helvetica).
type drawing struct {
	objects []string // from number 4
	kids    []int
	catalog string // further entries of the catalogue
	pages   string // further entries of the page tree's root
}

// add gives a new object its number.
func (d *drawing) add(body string) int {
	d.objects = append(d.objects, body)
	return len(d.objects) + 3
}

// stream adds a stream.
func (d *drawing) stream(entries, data string) int {
	return d.add(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(data), data))
}

// page adds a page of 612 × 792 points with F1 among its resources.
func (d *drawing) page(content, entries, resources string) int {
	c := d.stream("", content)
	n := d.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R %s %s >>",
		c, fonts(resources), entries))
	d.kids = append(d.kids, n)
	return n
}

// fonts splits "fonts | rest" of a page's resources, and closes the font dictionary between them.
func fonts(resources string) string {
	f, rest, _ := strings.Cut(resources, "|")
	return f + " >> " + rest + " >>"
}

// bytes is the file.
func (d *drawing) bytes() []byte {
	var b bytes.Buffer
	var offsets []int
	object := func(n int, body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n, body)
	}
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	kids := ""
	for _, k := range d.kids {
		kids += fmt.Sprintf("%d 0 R ", k)
	}
	object(1, "<< /Type /Catalog /Pages 2 0 R "+d.catalog+" >>")
	object(2, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d %s >>", kids, len(d.kids), d.pages))
	object(3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
	for i, o := range d.objects {
		object(i+4, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, at)
	return b.Bytes()
}

// onePage is a PDF with one page of that content.
func onePage(content string) []byte {
	var d drawing
	d.page(content, "", "")
	return d.bytes()
}
