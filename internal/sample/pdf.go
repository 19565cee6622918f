package sample

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// No PDF library for Go that is free to use writes interactive forms or gives a say in how text is stored, and both are
// what these samples are about; so the objects are written here.

// pdf collects the objects of a file. Object numbers start at 1.
type pdf struct {
	objects []string
}

// reserve gives the number of an object that is written later.
func (w *pdf) reserve() int {
	w.objects = append(w.objects, "")
	return len(w.objects)
}

func (w *pdf) add(body string) int {
	n := w.reserve()
	w.objects[n-1] = body
	return n
}

// stream adds a compressed stream; dict is what stands in its dictionary besides length and filter.
func (w *pdf) stream(dict string, data []byte) int {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(data) // a bytes.Buffer takes everything
	z.Close()
	return w.raw(dict+" /Filter /FlateDecode", packed.Bytes())
}

func (w *pdf) raw(dict string, data []byte) int {
	return w.add(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", strings.TrimSpace(dict), len(data), data))
}

// bytes is the finished file with the catalog given.
func (w *pdf) bytes(catalog int) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(w.objects))
	for i, o := range w.objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(w.objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.objects)+1, catalog, start)
	return out.Bytes()
}

// quote writes a string object in the encoding WinAnsi.
func quote(encoded []byte) string {
	var b strings.Builder
	b.WriteByte('(')
	for _, c := range encoded {
		switch {
		case c == '(' || c == ')' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < 32 || c > 126:
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte(')')
	return b.String()
}

// num writes a coordinate.
func num(v float64) string {
	s := strings.TrimRight(fmt.Sprintf("%.3f", v), "0")
	return strings.TrimSuffix(s, ".")
}
