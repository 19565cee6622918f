package acord_test

import "testing"

func TestBoxesSayWhichOfTheWordsBesideThemHold(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, boxes string }{
		{"before their words", "54,144 [X] Occurrence [ ] Claims-Made\n54,158 ☐ Additional Insured ☑ Waiver of Subrogation\n"},
		{"as letters of a font", "54,144 ☒ Occurrence ☐ Claims-Made\n54,158 ☐ Additional Insured ☒ Waiver of Subrogation\n"},
		{"behind their words", "54,144 Occurrence [X] Claims-Made [ ]\n54,158 Additional Insured ☐ Waiver of Subrogation ☑\n"},
		{"behind a label", "54,144 Form: ☐ Claims-Made ☒ Occurrence\n54,158 [X] Waiver of Subrogation\n"},
		{"of an answer", "54,144 Form: ☐ Claims-Made ☒ Occurrence\n54,158 Waiver of Subrogation: [X] Yes [ ] No\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, tableHead+"54,130 General Liability\n"+test.boxes+"54,172 Each Occurrence: $1,000,000\n")
			const at = "coverages.commercial_general_liability."
			gl := r.Certificate.Coverages.GeneralLiability
			sure(t, r, at+"occurrence", gl.Occurrence, true)
			sure(t, r, at+"claims_made", gl.ClaimsMade, false)
			sure(t, r, at+"waiver_of_subrogation", gl.WaiverOfSubrogation, true)
			if gl.AdditionalInsured != nil {
				t.Errorf("additional insured is %v, want null: its box is empty", *gl.AdditionalInsured)
			}
		})
	}
}

func TestOnlyTheAutosWhoseBoxesAreTickedAreCovered(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 Automobile Liability\n54,144 ☐ Any Auto ☐ Owned Autos Only ☑ Hired Autos Only\n54,158 Combined Single Limit $500,000\n")
	autos := r.Certificate.Coverages.AutomobileLiability.Autos
	if len(autos) != 1 || autos[0] != "hired_autos_only" {
		t.Errorf("the autos are %v, want the hired ones alone", autos)
	}
}

func TestTheBoxesOfTheNextCardAreNoPartOfAnAmount(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n330,130 Umbrella Liability\n54,144 Each Occurrence\n250,144 $1,000,000\n330,144 ☑ Additional Insured ☐ Waiver of Subrogation\n330,158 Aggregate\n500,158 $5,000,000\n")
	c := r.Certificate.Coverages
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", c.GeneralLiability.Limits.EachOccurrence, 1_000_000)
	sure(t, r, "coverages.umbrella_excess_liability.additional_insured", c.UmbrellaLiability.AdditionalInsured, true)
	if c.GeneralLiability.AdditionalInsured != nil {
		t.Errorf("the general liability's additional insured is %v, want null", *c.GeneralLiability.AdditionalInsured)
	}
}

func TestDotsLeadFromALabelToItsValue(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Each Occurrence .............. $1,000,000\n")
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence, 1_000_000)
}

// formTable is a table in the likeness of the form, of which rules part the limits.
const formTable = `
37,148 Ltr
80,148 Coverage
200,148 AI
255,148 Policy No.
340,148 Effective
400,148 Expires
470,148 Limits
37,168 A
60,168 [X] UMBRELLA LIAB [X] OCCUR
60,178 [ ] EXCESS LIAB [ ] CLAIMS-MADE
60,188 DED RETENTION $10,000
255,168 UMB-
255,178 8141-25
340,168 04/01/2026
400,168 04/01/2027
470,168 EACH
470,178 OCCURRENCE
540,168 $
540,178 5,000,000
470,192 AGGREGATE
540,192 $ 5,000,000
37,212 B
60,212 WORKERS COMPENSATION
60,222 OFFICER EXCLUDED? (Y/N) N
255,212 WC-77
340,212 04/01/2026
400,212 04/01/2027
470,212 E.L. EACH
470,222 ACCIDENT
540,212 $ 500,000
470,236 E.L. DISEASE -
470,246 POLICY LIMIT
540,236 $
540,246 500,000
rule 30,158,590,158.5
rule 465,184,590,184.5
rule 30,202,590,202.5
rule 465,228,590,228.5
rule 30,252,590,252.5
`

func TestRulesPartTheLimitsOfARow(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+formTable)
	c := r.Certificate.Coverages
	if c.UmbrellaLiability == nil || c.WorkersCompensation == nil || len(c.Other) > 0 {
		t.Fatalf("the coverages are %+v", c)
	}
	const umbrella, workers = "coverages.umbrella_excess_liability.", "coverages.workers_compensation."
	sure(t, r, umbrella+"limits.each_occurrence_dollars", c.UmbrellaLiability.Limits.EachOccurrence, 5_000_000)
	sure(t, r, umbrella+"limits.aggregate_dollars", c.UmbrellaLiability.Limits.Aggregate, 5_000_000)
	sure(t, r, umbrella+"limits.retention_dollars", c.UmbrellaLiability.Limits.Retention, 10_000)
	sure(t, r, umbrella+"occurrence", c.UmbrellaLiability.Occurrence, true)
	sure(t, r, umbrella+"policy_number_string", c.UmbrellaLiability.Number, "UMB-8141-25")
	sure(t, r, workers+"limits.each_accident_dollars", c.WorkersCompensation.Limits.EachAccident, 500_000)
	sure(t, r, workers+"limits.disease_policy_limit_dollars", c.WorkersCompensation.Limits.DiseasePolicyLimit, 500_000)
	sure(t, r, workers+"proprietor_excluded", c.WorkersCompensation.ProprietorExcluded, false)
}

func TestWordsBehindABoxGoOnBehindAHyphen(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
37,148 Ltr
80,148 Coverage
200,148 Policy No.
280,148 Effective
350,148 Expires
420,148 Limits
37,168 A
60,168 Automobile Liability
60,178 [X] Hired Autos Only
60,188 [X] Non-
60,198 Owned Autos Only
60,208 [ ] Any Auto
200,168 BA-12
280,168 04/01/2026
350,168 04/01/2027
420,168 Combined Single Limit $1,000,000
`)
	auto := r.Certificate.Coverages.AutomobileLiability
	if auto == nil || len(auto.Autos) != 2 || auto.Autos[1] != "non_owned_autos_only" {
		t.Errorf("the automobile liability is %+v, want hired and non-owned autos", auto)
	}
}

func TestAnAnswerThatRunsIntoTheNextColumnIsNoPartOfItsNumber(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+`
54,148 Coverage
124,148 Policy Number
200,148 Effective
270,148 Expires
340,148 Limits
54,168 Automobile Liability
124,168 BA-1204
200,168 04/01/2026
270,168 04/01/2027
340,168 Combined Single Limit $1,000,000
54,178 Waiver of Subrogation: Yes
54,194 Workers Compensation
124,194 WC-1205
200,194 04/01/2026
270,194 04/01/2027
340,194 Each Accident $500,000
54,204 Proprietor Excluded: No
`)
	c := r.Certificate.Coverages
	if c.AutomobileLiability == nil || c.WorkersCompensation == nil || len(c.Other) > 0 {
		t.Fatalf("the coverages are %+v", c)
	}
	sure(t, r, "coverages.automobile_liability.policy_number_string", c.AutomobileLiability.Number, "BA-1204")
	sure(t, r, "coverages.automobile_liability.waiver_of_subrogation", c.AutomobileLiability.WaiverOfSubrogation, true)
	sure(t, r, "coverages.workers_compensation.proprietor_excluded", c.WorkersCompensation.ProprietorExcluded, false)
}
