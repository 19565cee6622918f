package acord

import (
	"strings"
	"testing"

	"certflow/internal/certificate"
)

// ocrCell is a cell of words that OCR read with a confidence.
func ocrCell(text string, conf float64) cell {
	c := cell{doubt: 1}
	for i, word := range strings.Fields(text) {
		at := certificate.Box{float64(40 * i), 0, float64(40*i + 30), 8}
		c.tokens = append(c.tokens, &token{text: word, key: key(word), box: rectOf(at), at: at, source: certificate.OCR, conf: conf})
	}
	return c
}

func TestLimitsOfACoverageBearEachOtherOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		occurrence, aggregate string
		better, worse         bool // than the aggregate's amount by itself
	}{
		"the aggregate is twice the occurrence": {"1,000,000", "2,000,000", true, false},
		"they are the same":                     {"2,000,000", "2,000,000", true, false},
		"they have nothing in common":           {"300,000", "2,000,000", false, false},
		"the aggregate is below the occurrence": {"4,000,000", "2,000,000", false, true},
		"the same misreading twice":             {"2,006,900", "2,006,900", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(1)
			r.certificate.Coverages.UmbrellaLiability = &certificate.UmbrellaLiability{}
			r.umbrellaLimits(umbrellaPath+".limits", &r.certificate.Coverages.UmbrellaLiability.Limits,
				map[labelID]cell{eachOccurrence: ocrCell(test.occurrence, 0.92), aggregateLimit: ocrCell(test.aggregate, 0.92)})
			before := r.evidence[umbrellaPath+".limits.aggregate_dollars"].Confidence
			r.corroborate()
			if after := r.evidence[umbrellaPath+".limits.aggregate_dollars"].Confidence; (after > before) != test.better || (after < before) != test.worse {
				t.Errorf("the aggregate had a score of %.3f, and has %.3f", before, after)
			}
		})
	}
}

func TestNoSupportMakesAValueSurerThanItsPlace(t *testing.T) {
	t.Parallel()
	r := newRecord(1)
	r.certificate.Coverages.UmbrellaLiability = &certificate.UmbrellaLiability{}
	aggregate := ocrCell("1,000,000", 0.96)
	aggregate.doubt = disagreeing
	r.umbrellaLimits(umbrellaPath+".limits", &r.certificate.Coverages.UmbrellaLiability.Limits,
		map[labelID]cell{eachOccurrence: ocrCell("1,000,000", 0.96), aggregateLimit: aggregate})
	r.corroborate()
	if got := r.evidence[umbrellaPath+".limits.aggregate_dollars"].Confidence; got > disagreeing {
		t.Errorf("an amount beside which another stands has a score of %.3f", got)
	}
}

func TestARowWhoseNumberHoldsADateIsNotSure(t *testing.T) {
	t.Parallel()
	for number, sure := range map[string]bool{"WC-6089057": true, "6089057 11/01/2026 11/01/2027": false} {
		r := newRecord(1)
		r.certificate.Insurers = []certificate.Insurer{{Letter: "A"}}
		p := &certificate.Policy{}
		r.policy(wcPath, p, policyCells{letter: ocrCell("A", 0.96), addl: ocrCell("N", 0.96), subr: cell{doubt: 1}, number: ocrCell(number, 0.96),
			effective: cell{doubt: 1}, expiration: cell{doubt: 1}})
		for _, field := range []string{".insurer_letter", ".additional_insured"} {
			if got := r.evidence[wcPath+field].Confidence; (got >= 0.85) != sure {
				t.Errorf("%s beside the number %q has a score of %.3f, want sure: %t", field, number, got, sure)
			}
		}
	}
}

func TestALetterThatIsListedIsBorneOut(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		letter string
		listed string
		sure   bool
	}{
		"it is listed":                      {"A", "AC", true},
		"it is not listed":                  {"E", "AC", false},
		"its like is listed, too":           {"B", "ABD", false},
		"its like alone is listed":          {"B", "AD", false},
		"nobody is listed":                  {"A", "", false},
		"another pair of letters is listed": {"A", "ABD", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(1)
			for _, l := range test.listed {
				r.certificate.Insurers = append(r.certificate.Insurers, certificate.Insurer{Letter: string(l)})
			}
			if got := r.letterConfidence(test.letter, ocrCell(test.letter, 0.7)); (got >= 0.85) != test.sure {
				t.Errorf("the score is %.3f, want sure: %t", got, test.sure)
			}
		})
	}
}
