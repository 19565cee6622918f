package acord_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/acord"
	"certflow/internal/certificate"
	"certflow/internal/page"
)

// readPlain reads a page that is drawn by the lines of a case file.
func readPlain(t *testing.T, text string) *certificate.Reading {
	t.Helper()
	return readPages(t, draw(t, text))
}

func readPages(t *testing.T, pages []page.Page) *certificate.Reading {
	t.Helper()
	r, err := acord.Read(pages)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// want compares a value and, where it is one, whether it is sure.
func want(t *testing.T, r *certificate.Reading, path string, got *string, value string) {
	t.Helper()
	switch {
	case got == nil && value != "":
		t.Errorf("%s is null, want %q", path, value)
	case got != nil && *got != value:
		t.Errorf("%s is %q with confidence %.2f, want %q", path, *got, r.Evidence[path].Confidence, value)
	}
}

// plainScan is a certificate of labels and values as OCR gives it.
const plainScan = `
ocr 0.96
54,50 CERTIFICATE OF LIABILITY INSURANCE
54,80 PRODUCER
66,92 Producer:
230,92 Gull Point Insurance Agency
66,104 Address:
230,104 12 Quay Road, Dover, DE 19901
54,125 INSURED
66,137 Insured:
230,137 Harrow Builders Inc
66,149 Address:
230,149 46 Grove Road, Westmere, GA 30303
54,170 INSURERS AFFORDING COVERAGE
66,182 Insurer A
230,182 Kestrel Casualty Company (NAIC # 34610)
66,194 Insurer D
230,194 Palisade Specialty Insurance Company (NAIC # 65037)
54,215 COMMERCIAL GENERAL LIABILITY
66,227 Insurer Letter:
230,227 D
66,239 Policy Number:
230,239 GL-1204
66,251 Effective Date:
230,251 04/01/2026
66,263 Expiration Date:
230,263 04/01/2027
66,275 Each Occurrence:
230,275 $1,000,000
`

func TestInsurerDIsNotTakenForTheInsured(t *testing.T) {
	t.Parallel()
	r := readPlain(t, plainScan)
	want(t, r, "coverages.commercial_general_liability.insurer_name", r.Certificate.Coverages.GeneralLiability.InsurerName, "Palisade Specialty Insurance Company")
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
}

func TestAWordBoxedWithTheRuleAboveStaysInItsLine(t *testing.T) {
	t.Parallel()
	straight := readPlain(t, plainScan)
	pages := draw(t, plainScan)
	for i, w := range pages[0].Words {
		if w.Text == "Harrow" || w.Text == "46" || w.Text == "Each" {
			pages[0].Words[i].Box[1] -= 8
		}
	}
	high := readPages(t, pages)
	if diff := cmp.Diff(asJSON(t, straight.Certificate), asJSON(t, high.Certificate)); diff != "" {
		t.Errorf("the page with high boxes reads otherwise (-straight +high):\n%s", diff)
	}
}

func TestAnAdditionalInsuredThatIsNotAddedBelongsToTheDescription(t *testing.T) {
	t.Parallel()
	const text = "Additional Insured: None. This certificate does not add Wren Towers LLC as an additional insured."
	r := readPlain(t, plainScan+"54,300 DESCRIPTION OF OPERATIONS\n54,312 Catering only.\n54,324 "+text+"\n54,345 CERTIFICATE HOLDER\n66,357 Wren Towers LLC\n")
	want(t, r, "description_of_operations.text", r.Certificate.Description.Text, "Catering only. "+text)
}

func TestADateOfWhichOCROverlookedASlashIsNotSure(t *testing.T) {
	t.Parallel()
	const path = "coverages.commercial_general_liability.policy_expiration_date"
	r := readPlain(t, replaced(plainScan, "04/01/2027", "04 01/2027"))
	d := r.Certificate.Coverages.GeneralLiability.Expiration
	if d == nil || d.String() != "04/01/2027" || r.Evidence[path].Confidence >= 0.85 {
		t.Errorf("the date is %v with confidence %.2f, want 04/01/2027 below 0.85", d, r.Evidence[path].Confidence)
	}
}

// replaced is a drawing with other words; the words must be there.
func replaced(drawing, words, by string) string { return strings.Replace(drawing, words, by, 1) }

func TestAPieceOfRulingUnderAHeadingDoesNotEndItsBlock(t *testing.T) {
	t.Parallel()
	pages := draw(t, plainScan+"54,300 CERTIFICATE HOLDER\n54,322 Wren Towers LLC\n54,334 8 Fork Road\n")
	pages[0].Words = append(pages[0].Words, page.Word{Text: "—", Box: certificate.Box{54, 311.5, 60, 312}, Source: certificate.OCR, Confidence: 0.3})
	r := readPages(t, pages)
	want(t, r, "certificate_holder.name", r.Certificate.Holder.Name, "Wren Towers LLC")
	want(t, r, "certificate_holder.address", r.Certificate.Holder.Address, "8 Fork Road")
}
