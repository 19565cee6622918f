package acord

import (
	"testing"

	"certflow/internal/certificate"
)

// What the type of the page bears out may become sure; neither a number of which one word was not borne out, nor one whose place is in doubt.
func TestANumberIsBorneOutByTheTypeOfThePage(t *testing.T) {
	t.Parallel()
	number := func(doubt float64, typed ...bool) float64 {
		c := block(certificate.OCR, "GL 4471982")
		c.doubt = doubt
		for i, is := range typed {
			c.tokens[i].typed = is
		}
		r := newRecord(1)
		r.number("certificate_number", &r.certificate.Number, c)
		return r.evidence["certificate_number"].Confidence
	}
	if got := number(1, true, true); got <= 0.85 {
		t.Errorf("a typed number has the score %.3f", got)
	}
	for what, got := range map[string]float64{"untyped": number(1), "half typed": number(1, true, false), "typed in a place that may be another's": number(misplaced, true, true)} {
		if got >= 0.85 {
			t.Errorf("a number that is %s has the score %.3f", what, got)
		}
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
