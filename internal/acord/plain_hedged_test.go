package acord_test

import "testing"

func TestANumberOfAPlainCertificateThatMayGoOnBelowIsNotSure(t *testing.T) {
	t.Parallel()
	for printed, sure := range map[string]bool{
		"54,144 Policy Number: GL 4471982\n54,158 Each Occurrence: $1,000,000\n":                                  true,
		"54,144 Policy Number: GL 4471982\n54,156 0326-01\n54,168 Each Occurrence: $1,000,000\n":                  false,
		"54,144 Policy Number\n160,144 GL 4471982\n160,156 0326-01\n54,168 Each Occurrence\n160,168 $1,000,000\n": false,
		"54,144 Policy Number\n160,144 CPP 88\n160,156 4471982 A\n54,168 Each Occurrence\n160,168 $1,000,000\n":   false,
		"54,144 Policy Number: GL 4471982 /\n54,158 Each Occurrence: $1,000,000\n":                                false,
		"54,144 Policy Number: GL 4471982 is in force\n54,158 Each Occurrence: $1,000,000\n":                      false,
		"54,144 Policy Number: GL 4471982\n54,156 NAIC: 34610\n54,168 Each Occurrence: $1,000,000\n":              true,
	} {
		r := readPlain(t, tableHead+"54,130 General Liability\n"+printed)
		if e := r.Evidence[glOfIt+".policy_number_string"]; (e.Confidence >= 0.85) != sure {
			t.Errorf("in %q the number %q has the confidence %.2f", printed, e.Text, e.Confidence)
		}
	}
}

func TestAnEndThatWordsBehindItPutOffIsNotSure(t *testing.T) {
	t.Parallel()
	for period, sure := range map[string]bool{
		"01/01/2026 to 01/01/2027":                       true,
		"01/01/2026 to 01/01/2027 unless renewed":        false,
		"01/01/2026 - 01/01/2027 unless sooner ended":    false,
		"01/01/2026 - 01/01/2027, extended to 3/1/2027":  false,
		"01/01/2026 - 01/01/2027 or until cancelled":     false,
		"01/01/2026 - 01/01/2027 at 12:01 AM local time": true,
	} {
		r := readPlain(t, tableHead+"54,130 General Liability\n54,144 Policy Number: GL-12\n54,158 Policy Period: "+period+"\n54,172 Each Occurrence: $1,000,000\n")
		if e := r.Evidence[glOfIt+".policy_expiration_date"]; (e.Confidence >= 0.85) != sure {
			t.Errorf("of %q the end %q has the confidence %.2f", period, e.Text, e.Confidence)
		}
	}
}
