package acord_test

import (
	"strings"
	"testing"

	"certflow/internal/acord"
)

func TestAPlainCertificateGoesOnOnTheNextPage(t *testing.T) {
	t.Parallel()
	const more = "page\n54,40 Umbrella Liability\n54,54 Policy Number: UM-13\n54,68 Each Occurrence: $5,000,000\n54,96 Remarks\n54,110 Lobby only.\n"
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Policy Number: GL-12\n54,158 Each Occurrence: $1,000,000\n"+more)
	c := r.Certificate.Coverages
	if c.UmbrellaLiability == nil || c.GeneralLiability == nil {
		t.Fatalf("the coverages are %+v", c)
	}
	const limit = "coverages.umbrella_excess_liability.limits.each_occurrence_dollars"
	sure(t, r, limit, c.UmbrellaLiability.Limits.EachOccurrence, 5_000_000)
	sure(t, r, "coverages.commercial_general_liability.policy_number_string", c.GeneralLiability.Number, "GL-12")
	want(t, r, "description_of_operations.text", r.Certificate.Description.Text, "Lobby only.")
	if e := r.Evidence[limit]; e.Page != 2 || e.Box[1] < 60 || e.Box[3] > 80 {
		t.Errorf("the evidence of the second page is %+v", e)
	}
}

func TestTheFirstPageNeedNotHoldACoverage(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"page\n54,40 General Liability\n54,54 Policy Number: GL-12\n54,68 Each Occurrence: $1,000,000\n")
	want(t, r, "insured.name", r.Certificate.Insured.Name, "Harrow Builders Inc")
	sure(t, r, "coverages.commercial_general_liability.limits.each_occurrence_dollars", r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence, 1_000_000)
}

func TestTwoPlainCertificatesAreNotJoined(t *testing.T) {
	t.Parallel()
	one := tableHead + "54,130 General Liability\n54,144 Policy Number: GL-12\n"
	two := strings.ReplaceAll(strings.ReplaceAll(one, "Harrow", "Quarry"), "GL-12", "GL-99")
	if _, err := acord.Read(draw(t, one+"page\n"+two)); err == nil || !strings.Contains(err.Error(), "more than one certificate") {
		t.Errorf("the error is %v, want that there are two", err)
	}
}

func TestWhatIsNoWholeNumberIsNotSureOfOne(t *testing.T) {
	t.Parallel()
	const at = "coverages.commercial_general_liability.policy_number_string"
	for printed, value := range map[string]string{"GL-12, effective on 04/01/2026": "GL-12", "GL-12;": "GL-12", "GL-12-": "", "+-----+-----+": ""} {
		r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Policy Number: "+printed+"\n54,158 Each Occurrence: $1,000,000\n")
		got := r.Certificate.Coverages.GeneralLiability.Number
		switch {
		case value != "" && (got == nil || *got != value):
			t.Errorf("%q is read as %v, want %s", printed, got, value)
		case value == "" && got != nil && r.Evidence[at].Confidence >= 0.85:
			t.Errorf("%q is read as a sure %s", printed, *got)
		}
	}
}
