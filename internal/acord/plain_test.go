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

func TestWhatEndsAtTheEdgeOfThePaperIsNotSure(t *testing.T) {
	t.Parallel()
	const path = "coverages.commercial_general_liability.limits.each_occurrence_dollars"
	r := readPlain(t, replaced(plainScan, "230,275 $1,000,000", "585,275 $500,000"))
	if e := r.Evidence[path]; e.Confidence >= 0.85 {
		t.Errorf("the amount at the edge is %+v, want it below 0.85", e)
	}
}

func TestLimitsSaidInWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, lines                string
		occurrence, aggregate, med string // dollars, empty for null
	}{
		{"amounts before their words", "66,275 Limits of Liability:\n230,275 $1,000,000 each occurrence / $2,000,000 general aggregate", "$1,000,000", "$2,000,000", ""},
		{"commas part them as well", "66,275 Limits of Liability:\n230,275 $1,000,000 each occurrence, $2,000,000 general aggregate", "$1,000,000", "$2,000,000", ""},
		{"nothing parts them", "66,275 Limits:\n230,275 $1,000,000 each occurrence $2,000,000 general aggregate", "$1,000,000", "$2,000,000", ""},
		{"a slash joins a word and an amount", "66,275 Limits:\n230,275 $1,000,000 per occurrence/$2,000,000 general aggregate", "$1,000,000", "$2,000,000", ""},
		{"on two lines, broken within a label", "66,275 Limits:\n230,275 $1,000,000 each occurrence / $2,000,000 general\n230,284 aggregate / $5,000 medical expense", "$1,000,000", "$2,000,000", "$5,000"},
		{"the aggregate first", "66,275 Limits:\n230,275 $2,000,000 general aggregate / $1,000,000 each occurrence", "$1,000,000", "$2,000,000", ""},
		{"a word in place of the first amount", "66,275 Limits:\n230,275 Excluded medical expense / $2,000,000 general aggregate", "", "$2,000,000", ""},
		{"labels before their amounts", "66,275 Limits:\n230,275 Each Occurrence: $1,000,000\n230,284 General Aggregate: $2,000,000", "$1,000,000", "$2,000,000", ""},
		{"words that name no limit", "66,275 Limits:\n230,275 $1,000,000 of something / $2,000,000 general aggregate", "", "$2,000,000", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, replaced(plainScan, "66,275 Each Occurrence:\n230,275 $1,000,000", tt.lines))
			l := r.Certificate.Coverages.GeneralLiability.Limits
			for _, c := range []struct {
				limit string
				got   *certificate.Dollars
				want  string
			}{{"each occurrence", l.EachOccurrence, tt.occurrence}, {"general aggregate", l.GeneralAggregate, tt.aggregate}, {"medical expense", l.MedicalExpense, tt.med}} {
				got := ""
				if c.got != nil {
					got = c.got.String()
				}
				if got != c.want {
					t.Errorf("%s is %q, want %q", c.limit, got, c.want)
				}
			}
		})
	}
}

func TestTwoAmountsWithoutWordsAreNotSure(t *testing.T) {
	t.Parallel()
	for _, amounts := range []string{"$1,000,000 / $2,000,000", "$1,000,000/$2,000,000"} {
		bareAmountsAreNotSure(t, amounts)
	}
}

func bareAmountsAreNotSure(t *testing.T, amounts string) {
	t.Helper()
	r := readPlain(t, replaced(plainScan, "66,275 Each Occurrence:\n230,275 $1,000,000", "66,275 Limits:\n230,275 "+amounts))
	l := r.Certificate.Coverages.GeneralLiability.Limits
	if l.EachOccurrence == nil || l.EachOccurrence.String() != "$1,000,000" || l.GeneralAggregate == nil || l.GeneralAggregate.String() != "$2,000,000" {
		t.Errorf("the limits are %v and %v, want $1,000,000 and $2,000,000", l.EachOccurrence, l.GeneralAggregate)
	}
	for _, limit := range []string{"each_occurrence_dollars", "general_aggregate_dollars"} {
		if e := r.Evidence["coverages.commercial_general_liability.limits."+limit]; e.Confidence >= 0.85 {
			t.Errorf("%s is sure: %.2f", limit, e.Confidence)
		}
	}
}

func TestAnAmountInPiecesIsNotTwoAmounts(t *testing.T) {
	t.Parallel()
	r := readPlain(t, plainScan+"54,300 INSTALLATION FLOATER\n66,312 Policy Number:\n230,312 IM-1206\n66,324 Limit:\n230,324 $250, 000\n")
	others := r.Certificate.Coverages.Other
	if len(others) != 1 || len(others[0].Limits) != 1 || others[0].Limits[0].Amount == nil || *others[0].Limits[0].Amount != 250_000 {
		t.Errorf("the other coverages are %+v, want one of $250,000", others)
	}
}

func TestACoverageMayNameItsInsurer(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,50 CERTIFICATE OF INSURANCE
54,80 Named Insured:
54,92 Harrow Builders Inc
54,104 46 Grove Road, Westmere, GA 30303
54,130 General Liability
66,142 Insurer:
230,142 Kestrel Casualty Company (NAIC # 34610)
66,154 Policy Number:
230,154 GL-1204
66,166 Policy Period:
230,166 04/01/2026 to 04/01/2027
54,190 Contractors Pollution Liability
66,202 Insurer:
230,202 Palisade Specialty Insurance Company
66,214 Policy Number:
230,214 CP-77
66,226 Policy Period:
230,226 05/01/2026 to 05/01/2027
`)
	c := r.Certificate.Coverages
	want(t, r, "coverages.commercial_general_liability.insurer_name", c.GeneralLiability.InsurerName, "Kestrel Casualty Company")
	want(t, r, "coverages.commercial_general_liability.insurer_letter", c.GeneralLiability.InsurerLetter, "")
	if len(c.Other) != 1 {
		t.Fatalf("%d other coverages, want 1", len(c.Other))
	}
	want(t, r, "coverages.other.0.label", c.Other[0].Label, "Contractors Pollution Liability")
	want(t, r, "coverages.other.0.insurer_name", c.Other[0].InsurerName, "Palisade Specialty Insurance Company")
	if n := len(r.Certificate.Insurers); n != 2 {
		t.Errorf("%d insurers, want 2", n)
	}
}

// plainTable is a table of policies under the headings of the form.
const plainTable = `
54,40 CERTIFICATE OF INSURANCE
54,70 PRODUCER
330,70 INSURED
54,82 Gull Point Insurance Agency
330,82 Harrow Builders Inc
54,94 12 Quay Road
330,94 46 Grove Road
54,106 Dover, DE 19901
330,106 Westmere, GA 30303
54,125 INSURERS AFFORDING COVERAGE
66,137 Insurer A:
230,137 Kestrel Casualty Company (NAIC # 34610)
40,160 INSR LTR
84,160 TYPE OF INSURANCE
214,160 POLICY NUMBER
304,160 EFFECTIVE
360,160 EXPIRATION
424,160 LIMITS
46,178 A
84,178 COMMERCIAL GENERAL LIABILITY
214,178 GL-1204
304,178 04/01/2026
360,178 04/01/2027
424,178 Each Occurrence: $1,000,000
84,189 Occurrence
424,189 Damage to Rented Premises: $100,000
424,200 Medical Expense: $5,000
424,211 Personal & Adv Injury: $1,000,000
424,222 General Aggregate: $2,000,000
46,240 A
84,240 WORKERS COMPENSATION
214,240 WC-1205
304,240 04/01/2026
360,240 04/01/2027
424,240 E.L. Each Accident: $500,000
46,260 A
84,260 INSTALLATION FLOATER
214,260 IM-1206
304,260 05/01/2026
360,260 05/01/2027
424,260 Limit: $250,000
84,271 Additional Insured: No
84,282 Waiver of Subrogation: Yes
54,310 DESCRIPTION OF OPERATIONS
66,322 Waiver of subrogation is granted as required by written contract.
54,345 CERTIFICATE HOLDER
66,357 Name:
230,357 Wren Towers LLC
66,369 Address:
230,369 8 Fork Road, Dover, DE 19901
`

func TestATableUnderTheFormsHeadingsIsNotTheForm(t *testing.T) {
	t.Parallel()
	r := readPlain(t, plainTable)
	c := r.Certificate.Coverages
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	want(t, r, "producer.name", r.Certificate.Producer.Name, "Gull Point Insurance Agency")
	want(t, r, "certificate_holder.name", r.Certificate.Holder.Name, "Wren Towers LLC")
	if c.GeneralLiability == nil || c.WorkersCompensation == nil || c.AutomobileLiability != nil || c.UmbrellaLiability != nil {
		t.Fatalf("the coverages are %+v, want general liability and workers compensation", c)
	}
	want(t, r, "coverages.workers_compensation.policy_number_string", c.WorkersCompensation.Number, "WC-1205")
}

func TestARowOfAnUnknownKindIsACoverageOfItsOwn(t *testing.T) {
	t.Parallel()
	r := readPlain(t, plainTable)
	c := r.Certificate.Coverages
	if wc := c.WorkersCompensation; wc.AdditionalInsured != nil || wc.WaiverOfSubrogation != nil {
		t.Errorf("workers compensation has the boxes of the row below: %v, %v", wc.AdditionalInsured, wc.WaiverOfSubrogation)
	}
	if len(c.Other) != 1 {
		t.Fatalf("%d other coverages, want 1", len(c.Other))
	}
	other := c.Other[0]
	want(t, r, "coverages.other.0.label", other.Label, "INSTALLATION FLOATER")
	want(t, r, "coverages.other.0.policy_number_string", other.Number, "IM-1206")
	want(t, r, "coverages.other.0.insurer_name", other.InsurerName, "Kestrel Casualty Company")
	if other.AdditionalInsured == nil || *other.AdditionalInsured || other.WaiverOfSubrogation == nil || !*other.WaiverOfSubrogation {
		t.Errorf("its boxes are %v, %v; want No and Yes", other.AdditionalInsured, other.WaiverOfSubrogation)
	}
}

func TestAPeriodWithoutAnEndHasItsBeginning(t *testing.T) {
	t.Parallel()
	r := readPlain(t, replaced(plainScan, "66,251 Effective Date:\n230,251 04/01/2026\n66,263 Expiration Date:\n230,263 04/01/2027", "66,251 Policy Period:\n230,251 04/01/2026 to Continuous"))
	gl := r.Certificate.Coverages.GeneralLiability
	if gl.Effective == nil || gl.Effective.String() != "04/01/2026" || gl.Expiration != nil {
		t.Errorf("the period is %v to %v, want 04/01/2026 and null", gl.Effective, gl.Expiration)
	}
}

func TestCoveragesSideBySideKeepToTheirColumns(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE
54,60 Insured
330,60 Broker
54,72 Harrow Builders Inc
330,72 Gull Point Insurance
54,84 46 Grove Road, Westmere, GA 30303
54,110 GENERAL LIABILITY
330,110 UMBRELLA LIABILITY
54,122 Policy Number: GL-1204
330,122 Policy Number: UM-1205
54,134 Effective Date: 01/01/2026
330,134 Effective Date: 02/01/2026
54,146 Expiration Date: 01/01/2027
330,146 Expiration Date: 02/01/2027
54,158 Each Occurrence: $1,000,000
330,158 Aggregate: $5,000,000
`)
	c := r.Certificate.Coverages
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	want(t, r, "producer.name", r.Certificate.Producer.Name, "Gull Point Insurance")
	if c.GeneralLiability == nil || c.UmbrellaLiability == nil {
		t.Fatalf("the coverages are %+v, want general liability and umbrella", c)
	}
	want(t, r, "coverages.commercial_general_liability.policy_number_string", c.GeneralLiability.Number, "GL-1204")
	want(t, r, "coverages.umbrella_excess_liability.policy_number_string", c.UmbrellaLiability.Number, "UM-1205")
	if c.UmbrellaLiability.Limits.EachOccurrence != nil || c.GeneralLiability.Limits.EachOccurrence == nil {
		t.Errorf("each occurrence is %v and %v, want it on the left alone", c.GeneralLiability.Limits.EachOccurrence, c.UmbrellaLiability.Limits.EachOccurrence)
	}
}

func TestDatesOfAPageThatPutsTheDayFirstAreNotSure(t *testing.T) {
	t.Parallel()
	const path = "coverages.commercial_general_liability.policy_effective_date"
	r := readPlain(t, replaced(strings.Replace(plainScan, "ocr 0.96", "", 1), "04/01/2027", "31/03/2027"))
	if e := r.Evidence[path]; e.Confidence >= 0.85 {
		t.Errorf("the date is %+v, want it below 0.85: another date of the page is 31/03/2027", e)
	}
}

func TestLabelsOnOneLineAreNoHeadingsOfATable(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE
54,60 Insured: Harrow Builders Inc
54,80 General Liability
54,92 Policy Number: GL-1 Effective: 01/01/2026 Expires: 01/01/2027
54,104 $1,000,000 Each Occurrence
54,116 $2,000,000 General Aggregate
54,140 Professional Liability
54,152 Policy Number: PL-7, 02/01/2026 - 02/01/2027
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.ProfessionalLiability == nil {
		t.Fatalf("the coverages are %+v, want general and professional liability", c)
	}
	gl := c.GeneralLiability
	want(t, r, "coverages.commercial_general_liability.policy_number_string", gl.Number, "GL-1")
	if gl.Effective == nil || gl.Effective.String() != "01/01/2026" || gl.Expiration == nil || gl.Expiration.String() != "01/01/2027" {
		t.Errorf("the period is %v to %v, want 01/01/2026 to 01/01/2027", gl.Effective, gl.Expiration)
	}
	if l := gl.Limits; l.EachOccurrence == nil || *l.EachOccurrence != 1_000_000 || l.GeneralAggregate == nil || *l.GeneralAggregate != 2_000_000 {
		t.Errorf("the limits are %v and %v, want $1,000,000 and $2,000,000", l.EachOccurrence, l.GeneralAggregate)
	}
	want(t, r, "coverages.professional_liability.policy_number_string", c.ProfessionalLiability.Number, "PL-7")
	if e := r.Evidence["coverages.professional_liability.policy_effective_date"]; c.ProfessionalLiability.Effective == nil || e.Confidence >= 0.85 {
		t.Errorf("the date behind the number is %v with %.2f, want it below 0.85", c.ProfessionalLiability.Effective, e.Confidence)
	}
}

func TestATableMayNameInsurersAndOneLimit(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF LIABILITY INSURANCE
54,60 Named Insured
54,72 Harrow Builders Inc
54,120 Coverage
170,120 Carrier
280,120 Policy Number
360,120 Effective
420,120 Expiration
490,120 Limit
54,136 General Liability
170,136 Kestrel Casualty
280,136 GL-1204
360,136 01/01/2026
420,136 01/01/2027
490,136 $1,000,000
54,148 Inland Marine
170,148 Osprey Mutual
280,148 IM-9
360,148 04/01/2026
420,148 04/01/2027
490,148 $50,000
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || len(c.Other) != 1 {
		t.Fatalf("the coverages are %+v, want general liability and one other", c)
	}
	want(t, r, "coverages.commercial_general_liability.insurer_name", c.GeneralLiability.InsurerName, "Kestrel Casualty")
	if d := c.GeneralLiability.Expiration; d == nil || d.String() != "01/01/2027" {
		t.Errorf("it expires on %v, want 01/01/2027", d)
	}
	if e := r.Evidence["coverages.commercial_general_liability.limits.each_occurrence_dollars"]; c.GeneralLiability.Limits.EachOccurrence == nil || e.Confidence >= 0.85 {
		t.Errorf("the only limit is %v with %.2f, want $1,000,000 below 0.85", c.GeneralLiability.Limits.EachOccurrence, e.Confidence)
	}
	want(t, r, "coverages.other.0.label", c.Other[0].Label, "Inland Marine")
	want(t, r, "coverages.other.0.insurer_name", c.Other[0].InsurerName, "Osprey Mutual")
}

func TestAnAmountBehindWhichTheLabelStandsIsNotTakenFromTheNextLine(t *testing.T) {
	t.Parallel()
	r := readPlain(t, replaced(plainScan, "66,275 Each Occurrence:\n230,275 $1,000,000", "66,275 Notes\n200,275 $5,000 Medical Expense\n222,284 $2,000,000"))
	if got := r.Certificate.Coverages.GeneralLiability; got != nil && got.Limits.MedicalExpense != nil && *got.Limits.MedicalExpense != 5000 {
		t.Errorf("the medical expense is %v, want $5,000 or null", *got.Limits.MedicalExpense)
	}
}

func TestCentsBehindABrokenAmountAreNoDollars(t *testing.T) {
	t.Parallel()
	r := readPlain(t, replaced(plainScan, "230,275 $1,000,000", "230,275 $500, 000.00"))
	const path = "coverages.commercial_general_liability.limits.each_occurrence_dollars"
	if got := r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence; got == nil || *got != 500_000 || r.Evidence[path].Confidence >= 0.85 {
		t.Errorf("the limit is %v with %.2f, want $500,000 below 0.85", got, r.Evidence[path].Confidence)
	}
}

func TestAnNAICNumberBehindALooseFullStopIsNotPartOfTheName(t *testing.T) {
	t.Parallel()
	r := readPlain(t, replaced(plainScan, "(NAIC # 65037)", "(NAIC. #. 65037)"))
	want(t, r, "coverages.commercial_general_liability.insurer_name", r.Certificate.Coverages.GeneralLiability.InsurerName, "Palisade Specialty Insurance Company")
}

func TestATableMayHaveOneColumnForThePeriodAndAmountsBeforeTheirWords(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE
54,60 Insured
54,72 Harrow Builders Inc
54,120 Type of Insurance
200,120 Policy Number
300,120 Policy Period
420,120 Limits of Liability
54,136 Commercial General Liability
200,136 GL-1204
300,136 01/01/2026 - 01/01/2027
420,136 $1,000,000 Each Occurrence
420,146 $2,000,000 General Aggregate
54,160 Automobile Liability
200,160 BA-1205
300,160 02/01/2026 - 02/01/2027
420,160 $500,000 Combined Single Limit
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.AutomobileLiability == nil {
		t.Fatalf("the coverages are %+v, want general and automobile liability", c)
	}
	if l := c.GeneralLiability.Limits; l.EachOccurrence == nil || *l.EachOccurrence != 1_000_000 || l.GeneralAggregate == nil || *l.GeneralAggregate != 2_000_000 {
		t.Errorf("the limits are %v and %v, want $1,000,000 and $2,000,000", l.EachOccurrence, l.GeneralAggregate)
	}
	if l := c.AutomobileLiability.Limits.CombinedSingleLimit; l == nil || *l != 500_000 {
		t.Errorf("the combined single limit is %v, want $500,000", l)
	}
	if p := c.AutomobileLiability.Policy; p.Effective == nil || p.Effective.String() != "02/01/2026" || p.Expiration == nil || p.Expiration.String() != "02/01/2027" {
		t.Errorf("the period is %v to %v, want 02/01/2026 to 02/01/2027", p.Effective, p.Expiration)
	}
}

func TestAColonMayIntroduceTheNameOfACoverage(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE
54,60 Insured: Harrow Builders Inc
54,80 Coverage: General Liability
54,92 Policy Number: GL-1204
54,104 Limits: $1,000,000 per occurrence; $2,000,000 general aggregate
54,124 Coverage: Automobile Liability
54,136 Policy Number: BA-1205
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.AutomobileLiability == nil {
		t.Fatalf("the coverages are %+v, want general and automobile liability", c)
	}
	want(t, r, "coverages.automobile_liability.policy_number_string", c.AutomobileLiability.Number, "BA-1205")
	if l := c.GeneralLiability.Limits; l.EachOccurrence == nil || *l.EachOccurrence != 1_000_000 || l.GeneralAggregate == nil || *l.GeneralAggregate != 2_000_000 {
		t.Errorf("the limits are %v and %v, want $1,000,000 and $2,000,000", l.EachOccurrence, l.GeneralAggregate)
	}
}

func TestAnAmountInPiecesBeforeItsWordsIsNotItsLastPiece(t *testing.T) {
	t.Parallel()
	r := readPlain(t, replaced(plainScan, "66,275 Each Occurrence:\n230,275 $1,000,000", "66,275 Limits:\n230,275 $2, 500,000 each occurrence / $5, 000, 000 general aggregate"))
	l := r.Certificate.Coverages.GeneralLiability.Limits
	if l.EachOccurrence == nil || *l.EachOccurrence != 2_500_000 || l.GeneralAggregate == nil || *l.GeneralAggregate != 5_000_000 {
		t.Errorf("the limits are %v and %v, want $2,500,000 and $5,000,000", l.EachOccurrence, l.GeneralAggregate)
	}
	for _, limit := range []string{"each_occurrence_dollars", "general_aggregate_dollars"} {
		if e := r.Evidence["coverages.commercial_general_liability.limits."+limit]; e.Confidence >= 0.85 {
			t.Errorf("%s is sure: %.2f", limit, e.Confidence)
		}
	}
}

func TestAnInsurerWhoseColonWasOverlookedIsRead(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
ocr 0.96
54,50 CERTIFICATE OF INSURANCE
54,80 Named Insured:
54,92 Harrow Builders Inc
54,130 General Liability
66,142 Insurer
230,142 Kestrel Casualty Company
66,154 Policy Number:
230,154 GL-1204
`)
	want(t, r, "coverages.commercial_general_liability.insurer_name", r.Certificate.Coverages.GeneralLiability.InsurerName, "Kestrel Casualty Company")
}

func TestANameWithAFullStopInsideIsNotSureOnAScan(t *testing.T) {
	t.Parallel()
	r := readPlain(t, plainScan+"54,300 DESCRIPTION OF OPERATIONS\n54,312 OSPREY.HOMES AND ALDER SCHOOL DISTRICT ARE INCLUDED AS ADDITIONAL INSUREDS.\n54,345 CERTIFICATE HOLDER\n66,357 Wren Towers LLC\n")
	for path, e := range r.Evidence {
		if strings.HasPrefix(path, "description_of_operations.additional_insured_names") && e.Confidence >= 0.85 {
			t.Errorf("%s is sure: %+v", path, e)
		}
	}
}

func TestAHeadingBesideALabelIsNotItsValue(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "54,40 CERTIFICATE OF INSURANCE\n54,60 Insured\n330,60 Account Manager\n54,72 Harrow Builders Inc\n330,72 Otto Quist\n54,84 46 Grove Road\n"+
		"54,110 GENERAL LIABILITY\n54,122 Policy Number: GL-1204\n")
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	want(t, r, "insured.address", r.Certificate.Insured.Address, "46 Grove Road")
}

func TestAPolicyNumberWithAWordIsNotSure(t *testing.T) {
	t.Parallel()
	const path = "coverages.commercial_general_liability.policy_number_string"
	for number, sure := range map[string]bool{"GL-1204": true, "LIABILITY GL-1204": false} {
		r := readPlain(t, replaced(strings.Replace(plainScan, "ocr 0.96", "", 1), "230,239 GL-1204", "230,239 "+number))
		if got := r.Evidence[path].Confidence >= 0.85; got != sure {
			t.Errorf("%q has %.2f; sure is to be %t", number, r.Evidence[path].Confidence, sure)
		}
	}
}
