package acord_test

import (
	"strings"
	"testing"

	"certflow/internal/acord"
	"certflow/internal/certificate"
)

// tableHead is a certificate up to the headings of a table of policies.
const tableHead = `
54,40 CERTIFICATE OF INSURANCE
54,60 Named Insured: Harrow Builders Inc
54,74 Insured Address: 46 Grove Road, Westmere, GA 30303
54,88 Certificate Holder: Wren Towers LLC
54,102 Holder Address: 8 Fork Road, Westmere, GA 30304
`

// sure fails where a value is not read, or not sure.
func sure[T comparable](t *testing.T, r *certificate.Reading, path string, got *T, value T) {
	t.Helper()
	switch e := r.Evidence[path]; {
	case got == nil:
		t.Errorf("%s is null, want %v", path, value)
	case *got != value || e.Confidence < 0.85:
		t.Errorf("%s is %v with confidence %.2f, want a sure %v", path, *got, e.Confidence, value)
	}
}

func TestPlainLabelsNameWhoseAddressFollows(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Each Occurrence: $1,000,000\n")
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	want(t, r, "insured.address", r.Certificate.Insured.Address, "46 Grove Road, Westmere, GA 30303")
	want(t, r, "certificate_holder.name", r.Certificate.Holder.Name, "Wren Towers LLC")
	want(t, r, "certificate_holder.address", r.Certificate.Holder.Address, "8 Fork Road, Westmere, GA 30304")
}

func TestALabelMayNameTheCoverageWithItsValue(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,130 Policy No.:
300,130 GC-2026
54,144 Effective Date:
300,144 06/01/2026
54,158 Expiration Date:
300,158 06/01/2027
54,172 General Liability Each Occurrence:
300,172 $2,000,000
54,186 General Liability General Aggregate:
300,186 $4,000,000
54,200 Umbrella Each Occurrence:
300,200 $3,000,000
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.UmbrellaLiability == nil {
		t.Fatalf("the coverages are %+v", c)
	}
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", c.GeneralLiability.Limits.EachOccurrence, 2_000_000)
	sure(t, r, "coverages.commercial_general_liability.limits.general_aggregate_dollars", c.GeneralLiability.Limits.GeneralAggregate, 4_000_000)
	sure(t, r, "coverages.umbrella_excess_liability.limits.each_occurrence_dollars", c.UmbrellaLiability.Limits.EachOccurrence, 3_000_000)
	// What is said before any coverage is meant for all of them.
	want(t, r, "coverages.commercial_general_liability.policy_number_string", c.GeneralLiability.Number, "GC-2026")
	want(t, r, "coverages.umbrella_excess_liability.policy_number_string", c.UmbrellaLiability.Number, "GC-2026")
	if e := c.UmbrellaLiability.Expiration; e == nil || e.String() != "06/01/2027" {
		t.Errorf("the umbrella expires on %v, want 06/01/2027", e)
	}
}

// OCR reads the letters at the edge of a narrow cell wrongly, or runs them into the heading beside it.
func TestATableKeepsItsColumnsWhereAHeadingIsMisread(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"a letter of the first is wrong":  "54,148 INSRLTF\n94,148 TYPE OF INSURANCE",
		"the first runs into the second":  "54,148 INSR\n74,148 LTRTYPE OF INSURANCE",
		"a letter is drawn as a rule is":  "54,148 INSR LTR\n94,148 TYPE OF INSURANCE\nrule 115.5,145,116.3,151",
		"a letter of the second is wrong": "54,148 INSR LTR\n94,148 TYPE OF INSURANGE",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, "ocr 0.96\n"+tableHead+head+`
230,148 POLICY NUMBER
320,148 POLICY EFF
400,148 POLICY EXP
480,148 LIMITS
54,168 A
94,168 GENERAL LIABILITY
230,168 GC-2026
320,168 06/01/2026
400,168 06/01/2027
480,168 Each Occurrence: $2,000,000
54,192 B
94,192 UMBRELLA LIABILITY
230,192 UX-2026
320,192 07/01/2026
400,192 07/01/2027
480,192 Each Occurrence: $3,000,000
`)
			c := r.Certificate.Coverages
			if c.GeneralLiability == nil || c.UmbrellaLiability == nil {
				t.Fatalf("the coverages are %+v", c)
			}
			want(t, r, "coverages.commercial_general_liability.policy_number_string", c.GeneralLiability.Number, "GC-2026")
			want(t, r, "coverages.umbrella_excess_liability.policy_number_string", c.UmbrellaLiability.Number, "UX-2026")
			if e := c.UmbrellaLiability.Expiration; e == nil || e.String() != "07/01/2027" {
				t.Errorf("the umbrella expires on %v, want 07/01/2027", e)
			}
		})
	}
}

func TestAListOfInsurersIsReadOnScans(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "ocr 0.96\n"+tableHead+`
54,120 Insurer
130,120 Company
480,120 NAIC #
54,132 A
130,132 Harrow Casualty Company
480,132 34610
54,144 B
130,144 Sable Mutual Insurance Company
54,170 GENERAL LIABILITY
54,182 Insurer: B
54,194 Policy Number: GC-2026
54,206 Each Occurrence: $2,000,000
`)
	if r.Certificate.Coverages.GeneralLiability == nil || len(r.Certificate.Insurers) != 2 {
		t.Fatalf("read %+v", r.Certificate)
	}
	want(t, r, "insurers.0.name", r.Certificate.Insurers[0].Name, "Harrow Casualty Company")
	want(t, r, "insurers.0.naic", r.Certificate.Insurers[0].NAIC, "34610")
	want(t, r, "coverages.commercial_general_liability.insurer_name", r.Certificate.Coverages.GeneralLiability.InsurerName, "Sable Mutual Insurance Company")
}

func TestACellThatBeginsAboveTheNameOfItsCoverageBelongsToItsRow(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "ocr 0.96\n"+tableHead+`
54,148 Coverage Type
150,148 Insurer
250,148 Policy No.
330,148 Effective
390,148 Expiration
450,148 Limits
54,164 Automobile Liability
150,164 Harrow Casualty
250,164 BA-2026
330,164 06/01/2026
390,164 06/01/2027
450,164 $500,000 combined single limit
150,176 Sable Mutual Fire
54,182 Umbrella Liability
250,182 UX-2026
330,182 07/01/2026
390,182 07/01/2027
450,182 $3,000,000 each occurrence
150,188 Insurance Co
`)
	c := r.Certificate.Coverages
	if c.AutomobileLiability == nil || c.UmbrellaLiability == nil {
		t.Fatalf("the coverages are %+v", c)
	}
	want(t, r, "coverages.automobile_liability.insurer_name", c.AutomobileLiability.InsurerName, "Harrow Casualty")
	want(t, r, "coverages.umbrella_excess_liability.insurer_name", c.UmbrellaLiability.InsurerName, "Sable Mutual Fire Insurance Co")
}

func TestTheQuestionWhetherProprietorsAreExcludedIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, question := range map[string]string{
		"broken over two lines":              "54,176 OFFICER/MEMBER EXCLUDED? Y /\n54,184 N",
		"with a letter that OCR read twice":  "54,176 OFFICER/MEMBER EXCLUDED? Y Y /",
		"with the stroke that OCR left away": "54,176 OFFICER/MEMBER EXCLUDED? Y N",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, "ocr 0.96\n"+tableHead+`
54,148 Type of Insurance
230,148 Policy Number
320,148 Policy Eff
400,148 Policy Exp
480,148 Limits
54,168 WORKERS COMPENSATION
230,168 WC-2026
320,168 06/01/2026
400,168 06/01/2027
480,168 E.L. Each Accident $500,000
`+question+"\n")
			if wc := r.Certificate.Coverages.WorkersCompensation; wc == nil || wc.ProprietorExcluded != nil {
				t.Errorf("workers compensation is %+v, want it without an answer", wc)
			}
		})
	}
}

func TestATableOfPoliciesIsReadByItsHeadings(t *testing.T) {
	t.Parallel()
	const rules = "rule 50,160,560,160.5\nrule 50,184,560,184.5\nrule 50,208,560,208.5\n"
	tests := []struct{ name, table string }{
		{"with a policy in each row", `
54,148 Coverage
130,148 Carrier
230,148 Policy
290,148 Effective
360,148 Expires
430,148 Limit
54,168 General Liability
130,168 Kestrel Casualty Co.
230,168 GL-1204
290,168 04/01/2026
360,168 04/01/2027
430,168 $1,000,000 Each Occurrence
430,178 $2,000,000 General Aggregate
54,192 Umbrella Liability
130,192 Palisade Excess Ltd
230,192 UM-1205
290,192 04/01/2026
360,192 04/01/2027
430,192 $5,000,000 Each Occurrence
430,202 $5,000,000 Aggregate
`},
		{"with a period in one column and columns of limits", `
54,148 Line of Coverage
140,148 Insurance Company
240,148 Policy No.
300,148 Policy Period
430,148 Per Occurrence/Claim
530,148 Aggregate
54,168 General Liability
140,168 Kestrel Casualty Co.
240,168 GL-1204
300,168 04/01/2026 - 04/01/2027
430,168 $1,000,000
530,168 $2,000,000
54,192 Umbrella Liability
140,192 Palisade Excess Ltd
240,192 UM-1205
300,192 04/01/2026 - 04/01/2027
430,192 $5,000,000
530,192 $5,000,000
`},
		{"with a row for each limit", `
54,148 Coverage
140,148 Insurer
240,148 Policy Number
310,148 Effective Date
380,148 Expiration Date
450,148 Limit Type
540,148 Amount
54,168 General Liability
140,168 Kestrel Casualty Co.
240,168 GL-1204
310,168 04/01/2026
380,168 04/01/2027
450,168 Each Occurrence
540,168 $1,000,000
450,180 General Aggregate
540,180 $2,000,000
54,192 Umbrella Liability
140,192 Palisade Excess Ltd
240,192 UM-1205
310,192 04/01/2026
380,192 04/01/2027
450,192 Each Occurrence
540,192 $5,000,000
450,204 Aggregate
540,204 $5,000,000
`},
	}
	for _, test := range tests {
		for name, drawing := range map[string]string{"": test.table, ", ruled": test.table + rules} {
			t.Run(test.name+name, func(t *testing.T) {
				t.Parallel()
				r := readPlain(t, tableHead+drawing)
				gl, um := r.Certificate.Coverages.GeneralLiability, r.Certificate.Coverages.UmbrellaLiability
				if gl == nil || um == nil || len(r.Certificate.Coverages.Other) > 0 || len(gl.AdditionalPolicies) > 0 {
					t.Fatalf("the coverages are %+v", r.Certificate.Coverages)
				}
				const glAt, umAt = "coverages.commercial_general_liability.", "coverages.umbrella_excess_liability."
				sure(t, r, glAt+"policy_number_string", gl.Number, "GL-1204")
				sure(t, r, glAt+"insurer_name", gl.InsurerName, "Kestrel Casualty Co.")
				sure(t, r, glAt+"limits.each_occurrence_dollars", gl.Limits.EachOccurrence, 1_000_000)
				sure(t, r, umAt+"policy_number_string", um.Number, "UM-1205")
				sure(t, r, umAt+"insurer_name", um.InsurerName, "Palisade Excess Ltd")
				sure(t, r, umAt+"limits.each_occurrence_dollars", um.Limits.EachOccurrence, 5_000_000)
				sure(t, r, umAt+"limits.aggregate_dollars", um.Limits.Aggregate, 5_000_000)
				sure(t, r, umAt+"form", um.Form, "umbrella")
				if gl.Limits.GeneralAggregate == nil || *gl.Limits.GeneralAggregate != 2_000_000 {
					t.Errorf("the general aggregate is %v, want $2,000,000", gl.Limits.GeneralAggregate)
				}
				if gl.Effective == nil || gl.Effective.String() != "04/01/2026" || um.Expiration == nil || um.Expiration.String() != "04/01/2027" {
					t.Errorf("the dates are %v and %v", gl.Effective, um.Expiration)
				}
			})
		}
	}
}

func TestATableOfWhatIsRequiredGivesNoLimits(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,148 Coverage
200,148 Required Limits
330,148 Policy Number
430,148 Limits
54,168 General Liability
200,168 $5,000,000 Each Occurrence
330,168 GL-1204
430,168 $1,000,000 Each Occurrence
54,200 Automobile Liability
54,212 Combined Single Limit: $1,000,000
`)
	if gl := r.Certificate.Coverages.GeneralLiability; gl != nil && gl.Limits.EachOccurrence != nil {
		t.Errorf("each occurrence is %v, want null: the table says what is asked for", *gl.Limits.EachOccurrence)
	}
}

func TestAColumnThatIsNotUnderstoodGivesNothing(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,148 Coverage Type
240,148 Limit
440,148 Deductible
54,168 General Liability
240,168 $1,000,000 per occurrence
440,168 $2,500
54,180 General Aggregate
240,180 $2,000,000
440,180 $7,500
54,210 Policy Number:
240,210 GL-1204
`)
	gl := r.Certificate.Coverages.GeneralLiability
	if gl == nil {
		t.Fatal("no general liability")
	}
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", gl.Limits.EachOccurrence, 1_000_000)
	sure(t, r, "coverages.commercial_general_liability.limits.general_aggregate_dollars", gl.Limits.GeneralAggregate, 2_000_000)
	want(t, r, "coverages.commercial_general_liability.policy_number_string", gl.Number, "GL-1204")
}

func TestCardsSideBySideKeepTheirInsurers(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,130 General Liability
330,130 Umbrella
54,144 Carrier: Kestrel Casualty Co.
330,144 Carrier: Palisade Excess Ltd
54,158 Each Occurrence: $1,000,000
330,158 Each Occurrence: $5,000,000
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.UmbrellaLiability == nil {
		t.Fatalf("the coverages are %+v", c)
	}
	want(t, r, "coverages.commercial_general_liability.insurer_name", c.GeneralLiability.InsurerName, "Kestrel Casualty Co.")
	want(t, r, "coverages.umbrella_excess_liability.insurer_name", c.UmbrellaLiability.InsurerName, "Palisade Excess Ltd")
	want(t, r, "coverages.umbrella_excess_liability.form", c.UmbrellaLiability.Form, "umbrella")
}

func TestAmountsOfCoveragesAsColumnsAreNotTakenForOneOfThem(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
200,130 General Liability
330,130 Automobile
460,130 Umbrella
54,144 Aggregate
200,144 $2,000,000
330,144 N/A
460,144 $3,000,000
`)
	if u := r.Certificate.Coverages.UmbrellaLiability; u != nil && u.Limits.Aggregate != nil && *u.Limits.Aggregate != 3_000_000 {
		t.Errorf("the umbrella's aggregate is %v", *u.Limits.Aggregate)
	}
}

func TestWhatATemplateHasInPlaceOfValuesIsNone(t *testing.T) {
	t.Parallel()
	r, err := acord.Read(draw(t, `
54,40 CERTIFICATE OF INSURANCE
54,60 Producer: [PRODUCER NAME]
54,74 Insured: [INSURED NAME], [INSURED ADDRESS]
54,88 Insurer A: [CARRIER NAME]
54,110 General Liability
54,124 Policy Number: [POLICY NUMBER]
54,138 Each Occurrence: $[AMOUNT]
54,160 Certificate Holder: [HOLDER NAME]
`))
	if err == nil || !strings.Contains(err.Error(), "blank certificate form") {
		t.Errorf("the error is %v, want that the form is blank; it was read as %+v", err, r)
	}
}

func TestRequirementsAndGuidesAreNamed(t *testing.T) {
	t.Parallel()
	for title, says := range map[string]string{"Vendor Insurance Requirements": "insurance requirements", "Sample Certificate of Insurance: How to Read It": "guide"} {
		_, err := acord.Read(draw(t, "54,40 "+title+"\n54,70 Insured: Harrow Builders Inc\n54,90 General Liability\n54,104 Each Occurrence: $1,000,000\n"))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: the error is %v, want %q in it", title, err, says)
		}
	}
}

func TestAnUnsignedLineUnderANameIsNotSurelyUnsigned(t *testing.T) {
	t.Parallel()
	const label = "350,300 Authorized Representative\n"
	body := tableHead + "54,130 General Liability\n54,144 Each Occurrence: $1,000,000\n"
	const path = "description_of_operations.signature"
	if e := readPlain(t, body+"350,288 Jennifer Moss\n"+label).Evidence[path]; e.Confidence >= 0.85 {
		t.Errorf("under a name the signature's confidence is %.2f, want it below 0.85", e.Confidence)
	}
	if e := readPlain(t, body+label).Evidence[path]; e.Confidence < 0.85 {
		t.Errorf("under nothing the signature's confidence is %.2f, want it sure that there is none", e.Confidence)
	}
}

func TestTheBordersOfCellsOfOneLinePartTheirHeadings(t *testing.T) {
	t.Parallel()
	const rows = "rule 50,143,500,143.5\nrule 50,153,500,153.5\nrule 50,163,500,163.5\n"
	borders := ""
	for _, x := range []string{"50", "138", "172", "230", "290", "500"} {
		borders += "rule " + x + ",143.5," + x + ".5,153\nrule " + x + ",153.5," + x + ".5,163\n"
	}
	r := readPlain(t, tableHead+"54,148 Coverage\n140,148 Policy No.\n174,148 From\n234,148 To\n294,148 Limit of Liability\n"+
		"54,158 GL - Each Occurrence\n140,158 GL-12\n174,158 04/01/2026\n234,158 04/01/2027\n294,158 $1,000,000\n"+rows+borders)
	const at = "coverages.commercial_general_liability."
	gl := r.Certificate.Coverages.GeneralLiability
	if gl == nil {
		t.Fatal("no general liability")
	}
	sure(t, r, at+"policy_number_string", gl.Number, "GL-12")
	sure(t, r, at+"limits.each_occurrence_dollars", gl.Limits.EachOccurrence, 1_000_000)
}

func TestTheBrokenLinesOfARowAreNoRowsOfTheirOwn(t *testing.T) {
	t.Parallel()
	const table = `
54,148 Line of Coverage
140,148 Insurer
230,148 Policy Number
300,148 Policy Term
380,148 Limit Type
470,148 Limit
54,168 Commercial General
140,168 Kestrel Casualty
230,168 GL-1204-
300,168 04/01/2026 -
380,168 Each Occurrence
470,168 $1,000,000
54,178 Liability
140,178 Company
230,178 26
300,178 04/01/2027
54,192 Commercial General
140,192 Kestrel Casualty
230,192 GL-1204-
300,192 04/01/2026 -
380,192 General Aggregate
470,192 $2,000,000
54,202 Liability
140,202 Company
230,202 26
300,202 04/01/2027
`
	const rules = "rule 50,160,560,160.5\nrule 50,185,560,185.5\nrule 50,209,560,209.5\n"
	for name, drawing := range map[string]string{"without rules": table, "between rules": table + rules} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, tableHead+drawing)
			const at = "coverages.commercial_general_liability."
			gl := r.Certificate.Coverages.GeneralLiability
			if gl == nil || len(r.Certificate.Coverages.Other) > 0 || len(gl.AdditionalPolicies) > 0 {
				t.Fatalf("the coverages are %+v", r.Certificate.Coverages)
			}
			sure(t, r, at+"policy_number_string", gl.Number, "GL-1204-26")
			sure(t, r, at+"limits.each_occurrence_dollars", gl.Limits.EachOccurrence, 1_000_000)
			sure(t, r, at+"limits.general_aggregate_dollars", gl.Limits.GeneralAggregate, 2_000_000)
			if gl.Effective == nil || gl.Effective.String() != "04/01/2026" || gl.Expiration == nil || gl.Expiration.String() != "04/01/2027" {
				t.Errorf("the period is %v to %v", gl.Effective, gl.Expiration)
			}
		})
	}
}

func TestARowMayNameItsCoverageOnTwoLinesAroundItsDate(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,148 Coverage
140,148 Policy Number
220,148 Effective
300,148 Expires
380,148 Limits
54,168 Commercial
140,168 GL
380,168 $1,000,000 Each Occurrence
54,176 General Liability
140,176 1204
220,176 04/01/2026
300,176 04/01/2027
54,196 Umbrella Liability
140,196 UM-1205
220,196 04/01/2026
300,196 04/01/2027
380,196 $5,000,000 Each Occurrence
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.UmbrellaLiability == nil || len(c.Other) > 0 {
		t.Fatalf("the coverages are %+v", c)
	}
	const at = "coverages.commercial_general_liability."
	want(t, r, at+"policy_number_string", c.GeneralLiability.Number, "GL 1204")
	if e := r.Evidence[at+"policy_number_string"]; e.Confidence >= 0.85 {
		t.Errorf("the number of two lines has confidence %.2f, want it below 0.85", e.Confidence)
	}
	sure(t, r, at+"limits.each_occurrence_dollars", c.GeneralLiability.Limits.EachOccurrence, 1_000_000)
	sure(t, r, "coverages.umbrella_excess_liability.policy_number_string", c.UmbrellaLiability.Number, "UM-1205")
}

func TestALabelOverItsValueDoesNotTakeTheNextCardsValue(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,130 General Liability
330,130 Umbrella Liability
54,144 Policy Number
54,154 GL-12
54,166 Each Occurrence
160,166 Damage to Rented Premises
330,166 $5,000,000
54,176 $1,000,000
160,176 $50,000
330,156 Each Occurrence
`)
	l := r.Certificate.Coverages.GeneralLiability.Limits
	const at = "coverages.commercial_general_liability.limits."
	sure(t, r, at+"each_occurrence_dollars", l.EachOccurrence, 1_000_000)
	if d := l.DamageToRentedPremises; d != nil && *d != 50_000 {
		t.Errorf("damage to rented premises is %v, want 50000", *d)
	}
}
