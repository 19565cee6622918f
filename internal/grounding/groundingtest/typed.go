// Package groundingtest makes pages of words out of typed text, so that tests show what a page looks like.
package groundingtest

import (
	"strings"
	"unicode"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// The grid of a typed page, in points: type of 8 points on lines of 12.
const (
	character  = 5.0
	lineHeight = 12.0
	size       = 8.0
	margin     = 20.0
)

// Typed is a page whose words stand where they stand in the text, one line a line and one column a character.
func Typed(text string) page.Page {
	p := page.Page{Number: 1, Width: 612, Height: 792}
	for n, line := range strings.Split(text, "\n") {
		runes := []rune(line)
		for from := 0; from < len(runes); {
			if unicode.IsSpace(runes[from]) {
				from++
				continue
			}
			to := from
			for to < len(runes) && !unicode.IsSpace(runes[to]) {
				to++
			}
			top := margin + float64(n)*lineHeight
			p.Words = append(p.Words, page.Word{
				Text: string(runes[from:to]), Source: certificate.Text, Confidence: 1, Size: size,
				Box: certificate.Box{margin + float64(from)*character, top, margin + float64(to)*character - 0.5, top + size},
			})
			from = to
		}
	}
	return p
}
