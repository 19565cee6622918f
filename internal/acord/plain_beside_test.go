package acord_test

import "testing"

func TestALineMayNameTheCoverageWithItsPolicy(t *testing.T) {
	t.Parallel()
	const glAt = "coverages.commercial_general_liability."
	const list = "54,116 Insurers:\n54,128 (A) Kestrel Casualty Co., NAIC 34610\n"
	for name, line := range map[string]string{
		"by words":      "General Liability Insurer A Policy GL-12-34 04/01/2026 - 04/01/2027",
		"with brackets": "General Liability (Insurer A) Policy No. GL-12-34, 04/01/2026 to 04/01/2027",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, tableHead+list+"54,150 "+line+"\n54,164 Each Occurrence: $1,000,000\n")
			gl := r.Certificate.Coverages.GeneralLiability
			sure(t, r, glAt+"policy_number_string", gl.Number, "GL-12-34")
			sure(t, r, glAt+"insurer_letter", gl.InsurerLetter, "A")
			sure(t, r, glAt+"insurer_name", gl.InsurerName, "Kestrel Casualty Co.")
			if gl.Effective == nil || gl.Effective.String() != "04/01/2026" || gl.Expiration == nil || gl.Expiration.String() != "04/01/2027" {
				t.Errorf("the period is %v to %v", gl.Effective, gl.Expiration)
			}
		})
	}
}

func TestALabelMaySayItselfInAnotherLanguage(t *testing.T) {
	t.Parallel()
	r := readPlain(t, `
54,40 CERTIFICATE OF INSURANCE / CERTIFICADO DE SEGURO
54,60 Named Insured / Asegurado
260,60 Harrow Builders Inc
54,74 Insured Address / Dirección del asegurado
260,74 46 Grove Road, Westmere, GA 30303
54,100 General Liability / Responsabilidad civil general
54,114 Policy Number / Número de póliza:
260,114 GL-12
54,128 Each Occurrence · Cada ocurrencia
260,128 $1,000,000
54,142 Waiver of Subrogation / Renuncia de subrogación
260,142 Yes / Sí
`)
	const at = "coverages.commercial_general_liability."
	sure(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	gl := r.Certificate.Coverages.GeneralLiability
	sure(t, r, at+"policy_number_string", gl.Number, "GL-12")
	sure(t, r, at+"limits.each_occurrence_dollars", gl.Limits.EachOccurrence, 1_000_000)
	sure(t, r, at+"waiver_of_subrogation", gl.WaiverOfSubrogation, true)
}

func TestAnAnswerThatNobodyGaveIsNone(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Waiver of Subrogation:\n150,144 Yes / No\n54,158 Additional Insured:\n150,158 Y / N\n54,172 Each Occurrence: $1,000,000\n")
	gl := r.Certificate.Coverages.GeneralLiability
	if gl.WaiverOfSubrogation != nil || gl.AdditionalInsured != nil {
		t.Errorf("the answers are %v and %v, want null", gl.WaiverOfSubrogation, gl.AdditionalInsured)
	}
}

func TestAnAddressEndsWithItsZIPCode(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "54,40 CERTIFICATE OF INSURANCE\n54,60 Insured\n54,70 Harrow Builders Inc\n54,80 46 Grove Road\n54,90 Westmere, GA 30303\n54,100 Summary of Coverage\n54,130 General Liability\n54,144 Each Occurrence: $1,000,000\n")
	want(t, r, "insured.address", r.Certificate.Insured.Address, "46 Grove Road, Westmere, GA 30303")
}

func TestTwoLimitsMayStandOnALine(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Each Occurrence\n160,144 $1,000,000\n195,144 Damage to Rented Premises\n330,144 $100,000\n")
	l := r.Certificate.Coverages.GeneralLiability.Limits
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", l.EachOccurrence, 1_000_000)
	sure(t, r, "coverages.commercial_general_liability.limits.damage_to_rented_premises_dollars", l.DamageToRentedPremises, 100_000)
}

func TestTheStateOfColoradoIsNoCompany(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "54,40 CERTIFICATE OF INSURANCE\n54,60 Insured: Harrow Builders Inc\n54,80 Certificate Holder: Wren Housing Authority, 706 Maple Avenue, Suite 239, Denver, CO\n54,88 80202\n54,130 General Liability\n54,144 Each Occurrence: $1,000,000\n")
	want(t, r, "certificate_holder.name", r.Certificate.Holder.Name, "Wren Housing Authority")
}

func TestALineWithoutAPolicyOrLimitIsNoCoverage(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 Coverage\n200,130 Policy Number\n280,130 Effective\n350,130 Expires\n420,130 Limits\n54,144 General Liability\n200,144 GL-12\n280,144 04/01/2026\n350,144 04/01/2027\n420,144 $1,000,000 each occurrence\n54,166 Proof of insurance only.\n")
	if others := r.Certificate.Coverages.Other; len(others) > 0 {
		t.Errorf("the other coverages are %+v, want none", others)
	}
}

func TestANameThatIsBrokenAtTheEndOfTheWidestLineIsNotSure(t *testing.T) {
	t.Parallel()
	r := readPlain(t, "54,40 CERTIFICATE OF INSURANCE\n54,60 Insured\n54,70 Harrow Concrete LLC dba Granite Peak\n54,80 Plumbing & Heating\n54,90 46 Grove Road\n54,100 Westmere, GA 30303\n54,130 General Liability\n54,144 Each Occurrence: $1,000,000\n")
	if e := r.Evidence["insured.name"]; e.Confidence >= 0.85 && *r.Certificate.Insured.Name != "Harrow Concrete LLC dba Granite Peak Plumbing & Heating" {
		t.Errorf("the insured is a sure %q", *r.Certificate.Insured.Name)
	}
}
