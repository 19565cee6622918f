package acord_test

import (
	"slices"
	"testing"

	"certflow/internal/acord"
	"certflow/internal/certificate"
	"certflow/internal/page"
)

func TestTheCellsOfAScannedTableAreWorthACloserLook(t *testing.T) {
	t.Parallel()
	looks := acord.Looks(draw(t, "ocr 0.96\nform\n37,200 Quillan Framing LLC\n")[0])
	holds := func(kind page.LookKind, x, y float64) bool {
		for _, l := range looks {
			if l.Kind == kind && l.Box[0] < x && x < l.Box[2] && l.Box[1] < y && y < l.Box[3] {
				return true
			}
		}
		return false
	}
	for name, test := range map[string]struct {
		kind page.LookKind
		x, y float64
	}{
		"the letter of general liability":   {page.LookLetter, 27, 306},
		"its additional insured":            {page.LookMark, 185, 306},
		"its waiver":                        {page.LookMark, 203, 306},
		"its effective date":                {page.LookDate, 354, 306},
		"its expiration date":               {page.LookDate, 401, 306},
		"its aggregate":                     {page.LookAmount, 550, 355},
		"the umbrella's retention":          {page.LookAmount, 155, 476},
		"whether proprietors are excluded":  {page.LookMark, 163, 506},
		"the limit of workers compensation": {page.LookAmount, 550, 500},
		"the letter of a free row":          {page.LookLetter, 27, 545},
	} {
		if !holds(test.kind, test.x, test.y) {
			t.Errorf("no closer look for %s", name)
		}
	}
	for _, l := range looks {
		if b := l.Box; b[0] >= b[2] || b[1] >= b[3] || b[3] > 600 || b[1] < 280 {
			t.Errorf("%s at %v is not in the table", l.Kind, b)
		}
	}
}

func TestTheMarksOfAPlainTableAreWorthACloserLook(t *testing.T) {
	t.Parallel()
	looks := acord.Looks(draw(t, "ocr 0.96\n"+tableHead+`
54,148 TYPE OF INSURANCE
180,148 ADDL INSD
230,148 SUBR WVD
290,148 POLICY NUMBER
370,148 POLICY EFF
440,148 POLICY EXP
510,148 LIMITS
54,168 GENERAL LIABILITY
290,168 GC-2026
370,168 06/01/2026
440,168 06/01/2027
510,168 Each Occurrence: $2,000,000
`)[0])
	for _, x := range []float64{188, 238} {
		if !slices.ContainsFunc(looks, func(l page.Look) bool {
			return l.Kind == page.LookMark && l.Box[0] < x && x < l.Box[2] && l.Box[1] < 168 && 168 < l.Box[3]
		}) {
			t.Errorf("no closer look for the mark at %v: %v", x, looks)
		}
	}
}

func TestOnlyScansOfCertificatesAreWorthACloserLook(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]page.Page{
		"print":             draw(t, "form\n37,200 Quillan Framing LLC\n")[0],
		"another page":      draw(t, "ocr 0.96\n100,100 INVOICE\n100,120 Total 1,000\n")[0],
		"nothing":           {Number: 1, Width: 612, Height: 792},
		"a page of no size": {Number: 1, Words: []page.Word{{Text: "LIMITS", Source: certificate.OCR, Confidence: 1}}},
	} {
		if looks := acord.Looks(p); len(looks) > 0 {
			t.Errorf("%s: %v", name, looks)
		}
	}
}
