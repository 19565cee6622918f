// Package grounding looks every value of a certificate up in the words of its pages. It is pure: whoever read the values, a person
// can be shown where each of them stands, and a value that stands nowhere is known as such (CONTRACT §3).
//
// That a number stands somewhere on the page says little: most certificates print 1,000,000 a dozen times. A value is therefore
// well grounded only where it stands beside its own label, in the row of its own coverage; anywhere else it is grounded weakly, with
// a confidence under Certain. What is hidden (white, tiny, off the page) grounds nothing.
package grounding

import (
	"math"
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Certain is the confidence from which an account's rules trust a value unless the account says otherwise.
const Certain = 0.85

// The confidence of a value by where it was found, before the engine's own confidence in the words is multiplied in. They are
// bounds, not measurements: all that may decide a rule on a model's word alone are the first two.
const (
	beside    = 0.95 // beside its label, in the row of its coverage
	inPlace   = 0.92 // in the part of the page where its label says that it stands
	mentioned = 0.8  // found whole, where nothing contradicts it but nothing marks it either
	ticked    = 0.8  // a mark stands where the box is: words cannot say more of a box
	elsewhere = 0.6  // on the page, but not beside its label
	loosely   = 0.5  // printed another way, such as $1M, or only most of its words
	unmarked  = 0.4  // a box that is printed, without a mark that can be seen in the words
)

// Ground gives the evidence for every value of the certificate. A value that no visible word shows has confidence 0, page 0 and an
// empty box. Boxes are in the coordinates of the pages given.
//
// Boxes that may be ticked never reach Certain here: words alone do not show whether a box is ticked.
func Ground(c *certificate.Certificate, pages []page.Page) map[string]certificate.Evidence {
	g := newGround(c, pages)
	out := map[string]certificate.Evidence{}
	certificate.Walk(c, func(path string, value any) {
		out[path] = g.find(path, value).evidence()
	})
	return out
}

// Confirm looks the amounts and dates of a reading up in the words of its pages, whoever read them: one that no visible word shows is
// no longer certain, though its evidence still says where it was taken from. It changes the evidence of r.
func Confirm(r *certificate.Reading, pages []page.Page) {
	g := newGround(&r.Certificate, pages)
	certificate.Walk(&r.Certificate, func(path string, value any) {
		switch value.(type) {
		case certificate.Dollars, certificate.Date:
		default:
			return
		}
		e, ok := r.Evidence[path]
		if ok && e.Confidence > loosely && g.find(path, value).evidence().Confidence == 0 {
			e.Confidence = loosely
			r.Evidence[path] = e
		}
	})
}

// Expiration is an expiration date where it is printed.
type Expiration struct {
	Page int
	Date certificate.Date
}

// UnreadExpirations are the dates that stand as expiration dates in rows of the pages, and that the certificate has of no policy.
func UnreadExpirations(c *certificate.Certificate, pages []page.Page) []Expiration {
	read := map[certificate.Date]bool{}
	certificate.Walk(c, func(path string, value any) {
		if d, ok := value.(certificate.Date); ok && strings.HasSuffix(path, "."+expColumn) {
			read[d] = true
		}
	})
	var out []Expiration
	for _, s := range newGround(c, pages).sheets {
		for _, d := range s.dates {
			if d.column == expColumn && d.row != nil && !read[d.value] {
				out = append(out, Expiration{s.number, d.value})
			}
		}
	}
	return out
}

// Text is the visible words of the pages line by line, as a reader without the picture would see them.
func Text(pages []page.Page) string {
	var b strings.Builder
	for _, s := range newSheets(pages) {
		for _, l := range s.lines {
			for i, t := range l.tokens {
				if i > 0 {
					b.WriteByte(' ')
					if gap(l.tokens[i-1], t) > 2*t.height() {
						b.WriteString("  ")
					}
				}
				b.WriteString(t.text)
			}
			b.WriteByte('\n')
		}
		b.WriteByte('\f')
	}
	return b.String()
}

// ground is one certificate over its pages.
type ground struct {
	c      *certificate.Certificate
	sheets []*sheet
	away   []*sheet // pages that do not name the insured in its place, of a document of several: coverages there may be another's
}

func newGround(c *certificate.Certificate, pages []page.Page) *ground {
	g := &ground{c: c, sheets: newSheets(pages)}
	for _, s := range g.sheets {
		s.label(labelsOf(c))
		s.assignAmounts()
		s.assignDates()
	}
	if len(g.sheets) > 1 {
		g.away = slices.DeleteFunc(slices.Clone(g.sheets), g.namesInsured)
	}
	return g
}

// namesInsured reports whether a page shows the insured's name under its label.
func (g *ground) namesInsured(s *sheet) bool {
	return g.c.Insured.Name != nil && slices.ContainsFunc(s.phrase(Fold(*g.c.Insured.Name)), func(m match) bool {
		return s.under(m.tokens[0], sectionLabel, insured)
	})
}

// found is where a value stands and how surely it is that value.
type found struct {
	sheet      *sheet
	tokens     []*token
	confidence float64
}

// none is what is found of a value that stands nowhere.
func none() found { return found{} }

// evidence rounds to four places so that the same page gives the same bytes everywhere.
func (f found) evidence() certificate.Evidence {
	if f.sheet == nil || len(f.tokens) == 0 || !(f.confidence > 0) {
		return certificate.Evidence{Source: certificate.Model}
	}
	confidence := f.confidence
	source := certificate.FormField
	for _, t := range f.tokens {
		confidence = min(confidence, f.confidence*t.confidence)
		switch {
		case t.source == certificate.OCR:
			source = certificate.OCR
		case t.source == certificate.Text && source == certificate.FormField:
			source = certificate.Text
		}
	}
	return certificate.Evidence{
		Page: f.sheet.number, Box: bounds(f.tokens), Text: textOf(f.tokens), Source: source,
		Confidence: math.Round(min(1, max(0, confidence))*1e4) / 1e4,
	}
}

// better is the one of two that shows more.
func better(a, b found) found {
	if b.confidence > a.confidence {
		return b
	}
	return a
}

// raise makes a finding of exactly one confidence another.
func (f found) raise(from, to float64) found {
	if f.confidence == from {
		f.confidence = to
	}
	return f
}

// atMost lowers a finding.
func (f found) atMost(confidence float64) found {
	f.confidence = min(f.confidence, confidence)
	return f
}

// find looks for the value at a path.
func (g *ground) find(path string, value any) found {
	field, ok := certificate.FieldAt(path)
	if !ok {
		return none()
	}
	f := none()
	switch v := value.(type) {
	case certificate.Dollars:
		f = g.amount(path, field, v)
	case certificate.Date:
		f = g.date(path, field, v)
	case bool:
		f = g.box(path, field, v)
	case string:
		f = g.text(path, field, v)
	}
	if rowOf(path) != "" && slices.Contains(g.away, f.sheet) {
		return f.atMost(mentioned)
	}
	return f
}
