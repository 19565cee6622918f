package sample

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
)

// Padded makes a PDF of this package exactly as long as asked, by an incremental update with one unused stream of bytes that
// do not compress. It fails for a file that is longer already or of another origin.
func Padded(file []byte, size int) ([]byte, error) {
	trailer := regexp.MustCompile(`/Size (\d+) /Root (\d+) 0 R >>\nstartxref\n(\d+)\n%%EOF\n$`).FindSubmatch(file)
	if trailer == nil {
		return nil, fmt.Errorf("padding a PDF to %d bytes: it does not end as those drawn here do", size)
	}
	next, _ := strconv.Atoi(string(trailer[1]))
	padding := size - len(pad(file, next, string(trailer[2]), string(trailer[3]), 0))
	if padding < 0 {
		return nil, fmt.Errorf("padding a PDF of %d bytes to %d bytes: there is no room", len(file), size)
	}
	return pad(file, next, string(trailer[2]), string(trailer[3]), padding), nil
}

// pad writes its numbers with a fixed width, so that the length does not depend on them.
func pad(file []byte, number int, root, previous string, padding int) []byte {
	out := bytes.NewBuffer(bytes.Clone(file))
	object := out.Len()
	fmt.Fprintf(out, "%d 0 obj\n<< /Length %010d >>\nstream\n", number, padding)
	random := rand.New(rand.NewPCG(1, 1))
	for range padding {
		out.WriteByte(byte(random.Uint32()))
	}
	out.WriteString("\nendstream\nendobj\n")
	start := out.Len()
	fmt.Fprintf(out, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s 0 R /Prev %s >>\nstartxref\n%010d\n%%%%EOF\n", number, object, number+1, root, previous, start)
	return out.Bytes()
}
