package grounding_test

import (
	"strconv"
	"testing"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/document"
	"certflow/internal/grounding"
	"certflow/internal/page"
	"certflow/internal/sample"
)

// drawn is a random certificate and the words of its pages.
func drawn(t *testing.T, seed uint64, kind sample.Kind) (certificate.Certificate, []page.Page) {
	t.Helper()
	s := sample.Random(seed, certificate.DateOf(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)))
	if kind == sample.Form && !s.FitsForm() {
		kind = sample.Text
	}
	pdf, err := s.Draw(kind)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := document.Words(t.Context(), pdf, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s.Certificate, pages
}

// TestTheTruthIsGroundedAndItsValuesInOtherPlacesAreNot takes certificates that the project draws, and moves every amount and every
// date of each to every other field that holds one.
func TestTheTruthIsGroundedAndItsValuesInOtherPlacesAreNot(t *testing.T) {
	t.Parallel()
	limits, sure := 0, 0
	for seed := range uint64(12) {
		kind := []sample.Kind{sample.Text, sample.Form}[seed%2]
		c, pages := drawn(t, seed, kind)
		probe := grounding.NewProbe(&c, pages)
		fields := map[string]any{}
		certificate.Walk(&c, func(path string, v any) {
			switch v.(type) {
			case certificate.Dollars, certificate.Date:
				fields[path] = v
			}
		})
		for path, truth := range fields {
			limits++
			if e := probe.At(path, truth); e.Confidence >= grounding.Certain {
				sure++
			} else if e.Confidence == 0 {
				t.Errorf("seed %d, %s: %s = %v is not found", seed, kind, path, truth)
			}
			for other, v := range fields {
				if v == truth || kindOf(v) != kindOf(truth) {
					continue
				}
				if e := probe.At(path, v); e.Confidence >= grounding.Certain {
					t.Errorf("seed %d, %s: %s = %v, which is %s, is sure: %+v", seed, kind, path, v, other, e)
				}
			}
		}
	}
	if share := float64(sure) / float64(limits); share < 0.9 {
		t.Errorf("only %d of %d true amounts and dates are sure", sure, limits)
	}
}

func kindOf(v any) string {
	if _, ok := v.(certificate.Date); ok {
		return "date"
	}
	return "dollars"
}

// TestANumberThatIsNotPrintedIsNeverFound claims amounts that no certificate of the sample shows.
func TestANumberThatIsNotPrintedIsNeverFound(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		c, pages := drawn(t, seed, sample.Text)
		probe := grounding.NewProbe(&c, pages)
		certificate.Walk(&c, func(path string, v any) {
			d, ok := v.(certificate.Dollars)
			if !ok {
				return
			}
			for _, invented := range []certificate.Dollars{d*10 + 7, d + 123_457, 987_654_321} {
				if e := probe.At(path, invented); e.Confidence > 0 {
					t.Errorf("seed %s: %s = %v: %+v", strconv.FormatUint(seed, 10), path, invented, e)
				}
			}
		})
	}
}
