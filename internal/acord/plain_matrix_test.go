package acord_test

import "testing"

func TestCoveragesMayStandAsColumns(t *testing.T) {
	t.Parallel()
	const body = `
200,130 General Liability
330,130 Umbrella
330,140 Liability
54,156 Policy Number
200,156 GL-12
330,156 UM-13
54,170 Effective
200,170 04/01/2026
330,170 05/01/2026
54,184 Each Occurrence
200,184 $1,000,000
330,184 $5,000,000
54,198 Aggregate
200,198 $2,000,000
330,198 N/A
54,226 Remarks: Lobby only.
`
	const rules = "rule 50,122,480,122.5\nrule 50,148,480,148.5\nrule 50,163,480,163.5\nrule 50,177,480,177.5\nrule 50,191,480,191.5\nrule 50,205,480,205.5\n" +
		"rule 50,122,50.5,205\nrule 190,122,190.5,205\nrule 320,122,320.5,205\nrule 480,122,480.5,205\n"
	for name, drawing := range map[string]string{"without rules": body, "between rules": body + rules} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, tableHead+drawing)
			c := r.Certificate.Coverages
			if c.GeneralLiability == nil || c.UmbrellaLiability == nil || len(c.Other) > 0 {
				t.Fatalf("the coverages are %+v", c)
			}
			const gl, umbrella = "coverages.commercial_general_liability.", "coverages.umbrella_excess_liability."
			sure(t, r, gl+"policy_number_string", c.GeneralLiability.Number, "GL-12")
			sure(t, r, umbrella+"policy_number_string", c.UmbrellaLiability.Number, "UM-13")
			sure(t, r, gl+"limits.each_occurrence_dollars", c.GeneralLiability.Limits.EachOccurrence, 1_000_000)
			sure(t, r, umbrella+"limits.each_occurrence_dollars", c.UmbrellaLiability.Limits.EachOccurrence, 5_000_000)
			if a := c.UmbrellaLiability.Limits.Aggregate; a != nil {
				t.Errorf("the umbrella's aggregate is %v, want null", *a)
			}
		})
	}
}

func TestALabelLeftOfSeveralCoveragesIsOfNoneOfThem(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"200,130 General Liability\n330,130 Umbrella Liability\n54,156 Policy Number\n200,156 GL-12\n330,156 UM-13\n")
	if u := r.Certificate.Coverages.UmbrellaLiability; u != nil && u.Number != nil && *u.Number != "UM-13" && r.Evidence["coverages.umbrella_excess_liability.policy_number_string"].Confidence >= 0.85 {
		t.Errorf("the umbrella's policy is a sure %s", *u.Number)
	}
}

func TestAValueIsAllThatStandsInItsCell(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE
54,74 Named Insured
200,69 Harrow Plumbing and
200,79 Heating Builders Inc
54,94 Insured Address
200,94 46 Grove Road, Westmere, GA 30303
54,130 General Liability
54,154 Policy Number
200,149 GL-12-
200,159 34
54,174 Each Occurrence
200,174 $1,000,000
rule 50,64,400,64.5
rule 50,84,400,84.5
rule 50,104,400,104.5
rule 50,144,400,144.5
rule 50,164,400,164.5
rule 50,184,400,184.5
rule 50,64,50.5,104
rule 190,64,190.5,104
rule 400,64,400.5,104
rule 50,144,50.5,184
rule 190,144,190.5,184
rule 400,144,400.5,184
`)
	sure(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Plumbing and Heating Builders Inc")
	sure(t, r, "coverages.commercial_general_liability.policy_number_string", r.Certificate.Coverages.GeneralLiability.Number, "GL-12-34")
}

func TestBordersMayBeTyped(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
50,130 +----------+---------------------------+------------+------------+--------------+----------------------------+
50,140 |
56,140 CO
82,140 |
90,140 COVERAGE
170,140 |
176,140 POLICY NUMBER
240,140 |
246,140 EFF DATE
290,140 |
296,140 EXP DATE
340,140 |
346,140 LIMITS
440,140 |
50,150 +----------+---------------------------+------------+------------+--------------+----------------------------+
50,160 |
56,160 A
82,160 |
90,160 GENERAL LIABILITY
170,160 |
176,160 GL-12
240,160 |
246,160 04/01/2026
290,160 |
296,160 04/01/2027
340,160 |
346,160 EACH OCC
390,160 $1,000,000
440,160 |
50,170 +----------+---------------------------+------------+------------+--------------+----------------------------+
50,180 |
56,180 B
82,180 |
90,180 UMBRELLA LIABILITY
170,180 |
176,180 UM-13
240,180 |
246,180 04/01/2026
290,180 |
296,180 04/01/2027
340,180 |
346,180 EACH OCC
390,180 $5,000,000
440,180 |
`)
	c := r.Certificate.Coverages
	if c.GeneralLiability == nil || c.UmbrellaLiability == nil {
		t.Fatalf("the coverages are %+v", c)
	}
	sure(t, r, "coverages.commercial_general_liability.policy_number_string", c.GeneralLiability.Number, "GL-12")
	sure(t, r, "coverages.umbrella_excess_liability.policy_number_string", c.UmbrellaLiability.Number, "UM-13")
	sure(t, r, "coverages.umbrella_excess_liability.limits.each_occurrence_dollars", c.UmbrellaLiability.Limits.EachOccurrence, 5_000_000)
	sure(t, r, "coverages.umbrella_excess_liability.insurer_letter", c.UmbrellaLiability.InsurerLetter, "B")
}
