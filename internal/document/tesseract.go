package document

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// seen is a word that tesseract read, in pixels.
type seen struct {
	text       string
	box        rect
	confidence float64 // 0–1
	line       int     // words of one line share it
	typed      bool    // as page.Word says
	page       int     // from 1, of the images that were read in one run
}

// byImage parts words that were read in one run by the image, of n, that each was read on.
func byImage(words []seen, n int) [][]seen {
	out := make([][]seen, n)
	for _, w := range words {
		if w.page >= 1 && w.page <= n {
			out[w.page-1] = append(out[w.page-1], w)
		}
	}
	return out
}

// parseTSV reads tesseract's table of words. A line that is not one is skipped; a table without its header is an error.
func parseTSV(out []byte) ([]seen, error) {
	header, rest, _ := bytes.Cut(out, []byte("\n"))
	if !bytes.HasPrefix(header, []byte("level\tpage_num")) {
		return nil, fmt.Errorf("tesseract printed no table")
	}
	var words []seen
	line := 0
	for row := range bytes.Lines(rest) {
		col := strings.Split(strings.TrimRight(string(row), "\r\n"), "\t")
		if len(col) != 12 {
			continue
		}
		if col[0] == "4" {
			line++
		}
		if col[0] != "5" {
			continue
		}
		n := [4]float64{}
		number, err := strconv.Atoi(col[1])
		ok := err == nil
		for i := range n {
			v, err := strconv.Atoi(col[6+i])
			ok = ok && err == nil
			n[i] = float64(v)
		}
		confidence, err := strconv.ParseFloat(col[10], 64)
		text := strings.TrimSpace(clean(col[11]))
		if !ok || err != nil || text == "" || confidence < 0 || n[2] <= 0 || n[3] <= 0 {
			continue
		}
		words = append(words, seen{text: text, box: rect{n[0], n[1], n[0] + n[2], n[1] + n[3]}, confidence: clamp01(confidence / 100), line: line, page: number})
	}
	return words, nil
}
