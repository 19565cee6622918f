package acord_test

import "testing"

const (
	filledForm = "form\n36,126 Marlow Agency\n86,200 Quillan Framing LLC\n"
	glRowOfIt  = "25,344 A\n218,344 GL 4471\n333,344 01/01/2026\n380,344 01/01/2027\n530,308 1,000,000\n"
	glOfIt     = "coverages.commercial_general_liability"
)

func TestTheNameOfAnInsurerEndsBeforeItsNumberAndItsRating(t *testing.T) {
	t.Parallel()
	for printed, naic := range map[string]string{
		"Kestrel Casualty Company (NAIC 34610)":  "34610",
		"Kestrel Casualty Company NAIC# 34610":   "34610",
		"Kestrel Casualty Company A++ XV":        "",
		"Kestrel Casualty Company (A- VIII)":     "",
		"Kestrel Casualty Company, A+":           "",
		"Kestrel Casualty Company (A.M. Best A)": "",
	} {
		in := readPlain(t, filledForm+glRowOfIt+"351,176 "+printed+"\n").Certificate.Insurers[0]
		if in.Name == nil || *in.Name != "Kestrel Casualty Company" || naic != "" && (in.NAIC == nil || *in.NAIC != naic) {
			t.Errorf("%q reads as %v", printed, in)
		}
	}
	for _, whole := range []string{"Kestrel Casualty Company XV", "Fund A", "Kestrel Mutual A"} {
		if in := readPlain(t, filledForm+glRowOfIt+"351,176 "+whole+"\n").Certificate.Insurers[0]; in.Name == nil || *in.Name != whole {
			t.Errorf("%q reads as %v", whole, in.Name)
		}
	}
}

// Issuers print a long name in two lines of small type within its line of the form.
func TestTheNameOfAnInsurerMayHaveTwoLinesBetweenRules(t *testing.T) {
	t.Parallel()
	const names = "351,169.5 Kestrel Guarantee and Liability\n351,176.5 Insurance Company of Ohio\n351,188 Palisade Specialty Insurance Co.\n"
	rules := ""
	for _, y := range []string{"167", "180", "192", "204"} {
		rules += "rule 309," + y + ",590," + y + ".5\n"
	}
	r := readPlain(t, filledForm+glRowOfIt+rules+names)
	want(t, r, "insurers.0.name", r.Certificate.Insurers[0].Name, "Kestrel Guarantee and Liability Insurance Company of Ohio")
	want(t, r, "insurers.1.name", r.Certificate.Insurers[1].Name, "Palisade Specialty Insurance Co.")
}

// What is printed too high leaves a line of a name to the insurer above.
func TestNamesInTwoLinesThatAreOffTheirPlaceAreNotSure(t *testing.T) {
	t.Parallel()
	r := readPlain(t, filledForm+"25,344 B\n218,344 GL 4471\n351,176 Palisade Casualty Co.\n351,181 Kestrel Guarantee and Liability\n351,188 Insurance Company of Ohio\n351,200 Wren Mutual\n351,212 Heron Mutual\n")
	for path, sure := range map[string]bool{"insurers.0.name": false, "insurers.1.name": false, "insurers.3.name": true} {
		if e := r.Evidence[path]; (e.Confidence >= 0.85) != sure {
			t.Errorf("%s is %q with the confidence %.2f", path, e.Text, e.Confidence)
		}
	}
}

func TestAMarkOnABorderIsOfNeitherColumn(t *testing.T) {
	t.Parallel()
	for at, sure := range map[string]bool{"182,344": true, "191.5,344": false} {
		r := readPlain(t, filledForm+glRowOfIt+at+" X\n")
		e, other := r.Evidence[glOfIt+".additional_insured"], r.Evidence[glOfIt+".waiver_of_subrogation"]
		if (e.Confidence >= 0.85) != sure || other.Confidence >= 0.85 {
			t.Errorf("an X at %s is one of an additional insured with %.2f, of a waiver with %.2f", at, e.Confidence, other.Confidence)
		}
	}
}

func TestAPolicyNumberThatRunsOverItsColumnIsNotSure(t *testing.T) {
	t.Parallel()
	for number, sure := range map[string]bool{"218,332 MWZY 315 204 0118": true, "258,332 MWZY 315 204 0118-2026 EXTENDED": false} {
		r := readPlain(t, filledForm+"25,344 A\n333,344 01/01/2026\n380,344 01/01/2027\n530,308 1,000,000\n"+number+"\n")
		if e := r.Evidence[glOfIt+".policy_number_string"]; (e.Confidence >= 0.85) != sure {
			t.Errorf("of %s the number %q has the confidence %.2f", number, e.Text, e.Confidence)
		}
	}
}

func TestTwoLimitsThatASlashPartsAreTwo(t *testing.T) {
	t.Parallel()
	r := readPlain(t, filledForm+"25,546 A\n42,546 Contractors Pollution\n218,546 CPL-4410\n333,546 01/01/2026\n380,546 01/01/2027\n430,546 $1,000,000 Incident/$2,000,000 Agg\n")
	if got := r.Certificate.Coverages.Other; len(got) != 1 || len(got[0].Limits) != 2 || *got[0].Limits[1].Amount != 2_000_000 {
		t.Errorf("the row is %+v", got)
	}
}
