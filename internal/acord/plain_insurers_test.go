package acord_test

import "testing"

// policies are two coverages that name their insurers by letter.
const policies = "54,200 General Liability\n300,200 Insurer: B\n54,214 Policy Number: GL-12\n54,228 Umbrella Liability (Insurer A)\n54,242 Policy Number: UM-13\n"

func TestALetterBesideTheWordInsurerPointsToTheList(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, list string }{
		{"of lines", "54,130 Insurer A: Kestrel Casualty Company NAIC # 34610\n54,144 Insurer B: Palisade Specialty Insurance Co.\n"},
		{"in a table", "54,130 Insurer\n120,130 Company\n400,130 NAIC #\n54,144 A\n120,144 Kestrel Casualty Company\n400,144 34610\n54,158 B\n120,158 Palisade Specialty Insurance Co.\n"},
		{"in a table with ratings", "54,130 Ltr\n120,130 Name of Insurer\n350,130 A.M. Best\n450,130 NAIC No.\n54,144 A\n120,144 Kestrel Casualty Company\n350,144 A+ XV\n450,144 34610\n54,158 B\n120,158 Palisade Specialty Insurance Co.\n350,158 A XII\n"},
		{"under its heading", "54,130 INSURERS AFFORDING COVERAGE\n54,144 A. Kestrel Casualty Company\n54,158 B. Palisade Specialty Insurance Co.\n"},
		{"with a name that is broken", "54,130 Insurer A: Kestrel Casualty\n54,142 Company\n54,160 Insurer B: Palisade Specialty Insurance Co.\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := readPlain(t, tableHead+test.list+policies)
			c := r.Certificate.Coverages
			const gl, umbrella = "coverages.commercial_general_liability.", "coverages.umbrella_excess_liability."
			sure(t, r, gl+"insurer_letter", c.GeneralLiability.InsurerLetter, "B")
			sure(t, r, gl+"insurer_name", c.GeneralLiability.InsurerName, "Palisade Specialty Insurance Co.")
			sure(t, r, umbrella+"insurer_letter", c.UmbrellaLiability.InsurerLetter, "A")
			sure(t, r, umbrella+"insurer_name", c.UmbrellaLiability.InsurerName, "Kestrel Casualty Company")
			for _, insurer := range r.Certificate.Insurers {
				if insurer.Letter == "B" && insurer.NAIC != nil {
					t.Errorf("the second insurer has the number %s, which is the first one's or none", *insurer.NAIC)
				}
			}
		})
	}
}

func TestTheNameOfAnInsurerGoesOnBelow(t *testing.T) {
	t.Parallel()
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Carrier: Kestrel Property Casualty\n81.5,156 Company of America\n54,170 Each Occurrence: $1,000,000\n")
	sure(t, r, "coverages.commercial_general_liability.insurer_name", r.Certificate.Coverages.GeneralLiability.InsurerName, "Kestrel Property Casualty Company of America")
}

func TestTheNextInsurerOfAListIsNoPartOfTheOneBeforeIt(t *testing.T) {
	t.Parallel()
	const at = "coverages.commercial_general_liability.insurer_name"
	r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Carrier: Kestrel Insurance Exchange,\n81.5,156 Wexley Mutual Insurance Company\n54,170 Each Occurrence: $1,000,000\n")
	if name := r.Certificate.Coverages.GeneralLiability.InsurerName; name == nil || *name != "Kestrel Insurance Exchange" && r.Evidence[at].Confidence >= 0.85 {
		t.Errorf("the insurer is %+v, want the first or one that is not sure", r.Evidence[at])
	}
}
