package calibration

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// Sample is a value that was read from a document whose truth is known.
type Sample struct {
	Document string             `json:"document"` // prints and scans of one certificate have one name
	Source   certificate.Source `json:"source"`
	Kind     Kind               `json:"kind"`
	Score    float64            `json:"score"`
	Right    bool               `json:"right"`
	Judged   bool               `json:"judged"` // rules judge such values
}

// steps are the scores at which ranges may begin. From Sure on scores stand as they are, so that they are one range.
func steps() []float64 { return []float64{0, 0.15, 0.3, 0.4, 0.5, 0.6, 0.7, lowest, 0.8, Sure} }

// Fit counts what became of scores: a curve for each source and kind that the samples hold.
func Fit(samples []Sample) Table {
	var out Table
	for _, source := range []certificate.Source{certificate.FormField, certificate.Text, certificate.OCR} {
		for _, kind := range Kinds() {
			var of []Sample
			for _, s := range samples {
				if s.Source == source && s.Kind == kind && s.Score > 0 {
					of = append(of, s)
				}
			}
			if len(of) > 0 {
				out = append(out, Curve{source, kind, fitted(of)})
			}
		}
	}
	return out
}

// fitted makes the ranges of one curve. A range that may become sure takes in the steps below it until it tells; then ranges are pooled
// wherever the share of right values would fall with the score (isotonic regression).
func fitted(samples []Sample) []Range {
	from := steps()
	for i := len(from) - 2; i > 0; i-- { // the top range stands alone
		to := from[i+1]
		if r := counted(samples, from[i], to); from[i] > lowest && r.Right == r.All && !r.tells() {
			from = slices.Delete(from, i, i+1)
		}
	}
	var out []Range
	for i, at := range from {
		to := math.Inf(1)
		if i+1 < len(from) {
			to = from[i+1]
		}
		r := counted(samples, at, to)
		if r.All == 0 && i > 0 && at < Sure {
			continue // what was never seen counts as the range below
		}
		for n := len(out); n > 0 && at < Sure && r.share() < out[n-1].share(); n = len(out) {
			r, out = counted(samples, out[n-1].From, to), out[:n-1]
		}
		out = append(out, r)
	}
	return out
}

// counted is what became of the samples with scores from one up to another.
func counted(samples []Sample, from, to float64) Range {
	r := Range{From: from}
	documents := map[string]bool{}
	for _, s := range samples {
		if s.Score < from || s.Score >= to {
			continue
		}
		r.All++
		documents[s.Document] = true
		if s.Right {
			r.Right++
		}
	}
	r.Documents = len(documents)
	return r
}

func (r Range) share() float64 { return float64(r.Right) / float64(max(r.All, 1)) }

// Literal is a table as earned.go holds it.
func (t Table) Literal() string {
	var b strings.Builder
	for _, c := range t {
		fmt.Fprintf(&b, "{certificate.%s, %s, []Range{", sources()[c.Source], capital(string(c.Kind)))
		for i, r := range c.Ranges {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "{%g, %d, %d, %d}", r.From, r.All, r.Right, r.Documents)
		}
		b.WriteString("}},\n")
	}
	return b.String()
}

// sources are the sources whose scores are counted, by the names of their constants.
func sources() map[certificate.Source]string {
	return map[certificate.Source]string{certificate.FormField: "FormField", certificate.Text: "Text", certificate.OCR: "OCR"}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
