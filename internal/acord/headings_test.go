package acord

import "testing"

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
