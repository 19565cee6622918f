package acord

import (
	"testing"

	"certflow/internal/certificate"
)

func TestOfTwoHeadingsTheBetterReadOneCounts(t *testing.T) {
	t.Parallel()
	at := func(id labelID, x float64, errors int) anchor {
		box := rect{x, 248, x + 30, 252}
		return anchor{id: id, box: box, first: box, errors: errors}
	}
	for name, anchors := range map[string][]anchor{
		"which stands first": {at(policyColumn, 250, 0), at(policyColumn, 366, 1), at(effColumn, 320, 0)},
		"which stands last":  {at(effColumn, 320, 0), at(policyColumn, 366, 1), at(policyColumn, 250, 0)},
	} {
		s := &sheet{anchors: anchors, em: 4}
		if got := s.headings()[policyColumn]; got.errors != 0 {
			t.Errorf("%s: POLICY NUMBER is taken to stand at %.0f, where OCR left POLICY E. of another heading", name, got.box.x0)
		}
	}
}

func TestAPrintedTickBeginsTheTextOfItsBox(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line   string
		source certificate.Source
		at     int
		want   bool
	}{
		{"CLAIMS-MADE X OCCUR", certificate.Text, 2, true},
		{"CLAIMS-MADE OCCUR", certificate.Text, 1, false},
		{"CLAIMS-MADE X OCCUR", certificate.OCR, 2, false}, // OCR makes such marks of ruling
	} {
		if got := begins(block(tt.source, tt.line).tokens, tt.at); got != tt.want {
			t.Errorf("%q (%s): word %d begins a text: %t, want %t", tt.line, tt.source, tt.at, got, tt.want)
		}
	}
}
