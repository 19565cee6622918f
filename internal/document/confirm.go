package document

import (
	"context"
	"slices"
	"strings"

	"certflow/internal/page"
)

// unproven reports whether something on a page has to be looked at before it may be believed. What a signature lies on is no value.
func unproven(p *page.Page) bool {
	return slices.ContainsFunc(p.Words, func(w page.Word) bool { return w.Unproven && !w.Hidden && !underSignatures[w.Text] }) ||
		slices.ContainsFunc(p.Fields, func(f page.Field) bool { return f.Unproven && !f.Hidden && f.Kind != page.Button })
}

const (
	// fewPlaces is how many places are looked at one by one; of more the whole page is read first.
	fewPlaces = 40
	// mostPlaces bounds what is looked at one by one. What is beyond it stays unproven.
	mostPlaces = 240
	// faintest is the difference in grey, 0–255, between ink and paper below which people see nothing.
	faintest = 28
)

// underSignatures are the words that forms print where people sign.
var underSignatures = map[string]bool{"AUTHORIZED": true, "REPRESENTATIVE": true, "Authorized": true, "Representative": true, "SIGNATURE": true, "Signature": true}

// claim is a word or a field's value that the picture of the page is to confirm.
type claim struct {
	box   rect // in points
	text  string
	word  *page.Word
	field *page.Field
}

// confirm looks at the picture of a page whether it shows what its unproven words and fields say. What it shows is believed, where it shows
// nothing nothing is, and all else stays unproven. It takes the rulings away from the picture.
func (r *recogniser) confirm(ctx context.Context, m *bitmap, p *page.Page) error {
	scale := point{float64(m.width) / max(p.Width, 1), float64(m.height) / max(p.Height, 1)}
	var open []claim
	for i := range p.Words {
		if w := &p.Words[i]; w.Unproven && !w.Hidden {
			open = append(open, claim{box: box(w.Box), text: w.Text, word: w})
		}
	}
	for i := range p.Fields {
		if f := &p.Fields[i]; f.Unproven && !f.Hidden && f.Kind != page.Button {
			open = append(open, claim{box: box(f.Box), text: f.Value, field: f})
		}
	}
	open = slices.DeleteFunc(open, func(c claim) bool {
		if !m.bare(scaled(c.box, scale)) {
			return false
		}
		c.hide()
		return true
	})
	m.takeRulings(m.threshold())
	if len(open) > fewPlaces {
		words, err := r.recognise(ctx, sparse, m)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(c claim) bool {
			at := scaled(c.box, scale).grow(2)
			return c.settle(slices.DeleteFunc(slices.Clone(words), func(w seen) bool { return !at.contains(w.box.center()) }))
		})
	}
	// Digits decide more than letters.
	slices.SortStableFunc(open, func(a, b claim) int { return digitsFirst(a.text) - digitsFirst(b.text) })
	open = open[:min(len(open), mostPlaces)]
	cuts := make([]*bitmap, len(open))
	for i, c := range open {
		cuts[i] = m.cut(scaled(c.box, scale))
	}
	for _, mode := range []string{oneLine, block} {
		if len(open) == 0 {
			break
		}
		words, err := r.recognise(ctx, mode, cuts...)
		if err != nil {
			return err
		}
		rest, restCuts, found := open[:0:0], cuts[:0:0], byImage(words, len(open))
		for i, c := range open {
			if !c.settle(found[i]) {
				rest, restCuts = append(rest, c), append(restCuts, cuts[i])
			}
		}
		open, cuts = rest, restCuts
	}
	return nil
}

func digitsFirst(s string) int {
	if strings.ContainsAny(s, digits) {
		return 0
	}
	return 1
}

func scaled(b rect, by point) rect { return rect{b.x0 * by.x, b.y0 * by.y, b.x1 * by.x, b.y1 * by.y} }

// hide takes a claim for what nobody sees.
func (c claim) hide() {
	if c.word != nil {
		c.word.Hidden, c.word.Unproven = true, false
		return
	}
	c.field.Hidden, c.field.Unproven = true, false
}

// settle believes a claim if the words that were read in its place say the same, and reports whether they do.
func (c claim) settle(words []seen) bool {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.text)
	}
	if !alike(b.String(), c.text) {
		return false
	}
	if c.word != nil {
		c.word.Unproven, c.word.Confidence = false, 1
		return true
	}
	c.field.Unproven = false
	return true
}

// alike reports whether OCR read a text in a place: letter by letter but for case, marks and what OCR cannot tell apart, and of words without
// digits all but one letter in five.
func alike(read, said string) bool {
	a, b := lookalikes(essence(read)), lookalikes(essence(said))
	if a == b {
		return a != "" || strings.TrimSpace(read) == strings.TrimSpace(said)
	}
	if strings.ContainsAny(essence(said), digits) {
		return false
	}
	return len(b) > 4 && distance(a, b) <= len(b)/5
}

// lookalikes puts one letter for those that look the same.
func lookalikes(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case 'o':
			return '0'
		case 'i', 'l', '|':
			return '1'
		}
		return r
	}, s)
}

// distance is how many letters have to be changed, added or left out to make one text of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost = 1 + min(last, row[j], row[j+1])
			}
			last, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// bare reports whether nothing can be seen in a place of the picture.
func (m *bitmap) bare(place rect) bool {
	x0, y0 := max(0, int(place.x0)), max(0, int(place.y0))
	x1, y1 := min(m.width, int(place.x1)+1), min(m.height, int(place.y1)+1)
	lightest, darkest := byte(0), byte(255)
	for y := y0; y < y1; y++ {
		for _, v := range m.pix[y*m.width+x0 : max(y*m.width+x0, y*m.width+x1)] {
			lightest, darkest = max(lightest, v), min(darkest, v)
		}
	}
	return int(lightest)-int(darkest) < faintest
}

// fade hides the printed words of a page of which its picture shows nothing: letters in the colour of a picture under them.
func (m *bitmap) fade(p *page.Page) {
	scale := point{float64(m.width) / max(p.Width, 1), float64(m.height) / max(p.Height, 1)}
	for i := range p.Words {
		if w := &p.Words[i]; !w.Hidden && m.bare(scaled(box(w.Box), scale)) {
			w.Hidden = true
		}
	}
}
