package acord

import (
	"testing"

	"certflow/internal/certificate"
)

// What the type of the page bears out is less in doubt, but not sure: a part of the number may not have been read at all.
func TestANumberIsBorneOutByTheTypeOfThePage(t *testing.T) {
	t.Parallel()
	number := func(doubt float64, typed ...bool) float64 {
		c := block(certificate.OCR, "GL 4471982")
		c.doubt = doubt
		for i, is := range typed {
			c.tokens[i].typed, c.tokens[i].conf = is, 0.6
		}
		r := newRecord(1)
		r.number("certificate_number", &r.certificate.Number, c)
		return r.evidence["certificate_number"].Confidence
	}
	plain, half, all := number(1, false, false), number(1, true, false), number(1, true, true)
	if plain != half || all <= plain || all >= 0.85 {
		t.Errorf("the scores are %.3f, %.3f where one word is typed, and %.3f where both are", plain, half, all)
	}
	if elsewhere := number(misplaced, true, true); elsewhere >= all {
		t.Errorf("typed in a place that may be another's, it has the score %.3f", elsewhere)
	}
}

func TestANameOfOCRIsNotSureAboveALineThatIsNoAddressNorBehindAFullStop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lines []string
		sure  bool
	}{
		{[]string{"Weir Flooring, Inc.", "OBA: Weir Builders", "97 Mill Ave", "Dover, DE 19901"}, false},
		{[]string{"Weir Flooring, Inc.", "97 Mill Ave", "Dover, DE 19901"}, true},
		{[]string{"Mar Lowe. Concrete Co", "97 Mill Ave", "Dover, DE 19901"}, false},
		{[]string{"Weir Bros. Concrete Co", "97 Mill Ave", "Dover, DE 19901"}, true},
		{[]string{"Weir Flooring, Inc.", "Attn: Risk Management", "97 Mill Ave", "Dover, DE 19901"}, true},
	} {
		r := newRecord(1)
		r.party("insured", &r.certificate.Insured, block(certificate.OCR, tt.lines...))
		if e := r.evidence["insured.name"]; (e.Confidence >= 0.85) != tt.sure {
			t.Errorf("%q of %q has the score %.3f", e.Text, tt.lines, e.Confidence)
		}
	}
}
