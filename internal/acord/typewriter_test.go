package acord_test

import (
	"strings"
	"testing"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// typewriter is a page of lines as OCR reads them in the type of a typewriter: every letter and space is as wide as letters are high, and
// boxes hold the ink alone. Two spaces part texts.
func typewriter(lines ...string) []page.Page {
	const pitch, height, side = 6.0, 5.6, 0.6
	p := page.Page{Number: 1, Width: 612, Height: 792}
	for i, line := range lines {
		x, y := 40.0, 40+12*float64(i)
		for _, word := range strings.Split(line, " ") {
			n := float64(len(word))
			if word != "" {
				p.Words = append(p.Words, page.Word{Text: word, Box: certificate.Box{x + side, y, x + n*pitch - side, y + height},
					Source: certificate.OCR, Confidence: 0.96, Size: height})
			}
			x += (n + 1) * pitch
		}
	}
	return []page.Page{p}
}

func TestTheWideSpacesOfATypewriterPartNoTexts(t *testing.T) {
	t.Parallel()
	r := readPages(t, typewriter(
		"CERTIFICATE OF LIABILITY INSURANCE",
		"",
		"INSURERS AFFORDING COVERAGE",
		"INSURER A: Harrow Casualty Insurance Company",
		"",
		"GENERAL LIABILITY (Insurer A)",
		"Policy Number: GL-100200",
		"Policy Eff: 02/01/2026  Policy Exp: 02/01/2027",
		"Each Occurrence:        $1,000,000",
		"",
		"DESCRIPTION OF OPERATIONS:",
		"Certificate holder is NOT an additional insured. No waiver is",
		"provided.",
		"",
		"CERTIFICATE HOLDER:",
		"Wren Towers Property LLC",
		"8 Fork Road",
		"Westmere, GA 30304",
	))
	c := r.Certificate
	want(t, r, "certificate_holder.name", c.Holder.Name, "Wren Towers Property LLC")
	want(t, r, "certificate_holder.address", c.Holder.Address, "8 Fork Road, Westmere, GA 30304")
	if c.Coverages.GeneralLiability == nil {
		t.Fatalf("the coverages are %+v", c.Coverages)
	}
	want(t, r, "coverages.commercial_general_liability.insurer_name", c.Coverages.GeneralLiability.InsurerName, "Harrow Casualty Insurance Company")
	if e := c.Coverages.GeneralLiability.Expiration; e == nil || e.String() != "02/01/2027" {
		t.Errorf("general liability expires on %v, want 02/01/2027", e)
	}
}
