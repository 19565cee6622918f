package acord_test

import "testing"

func TestTwoAmountsUnderOneLabelAreNotSure(t *testing.T) {
	t.Parallel()
	for name, amounts := range map[string]string{
		"one under the other":       "Personal & Adv Injury:\n200,132 $1,000,000\n200,144 $2,000,000",
		"one behind the other":      "Personal & Adv Injury: $1,000,000 ea. / $2,000,000 agg.",
		"with a slash between them": "Personal & Adv Injury: 1,000,000/2,000,000",
	} {
		r := readPlain(t, tableHead+"54,118 General Liability\n54,132 "+amounts+"\n54,160 General Aggregate: $3,000,000\n")
		if e := r.Evidence["coverages.commercial_general_liability.limits.personal_and_advertising_injury_dollars"]; e.Confidence >= 0.85 {
			t.Errorf("of two amounts, %s, %q is sure", name, e.Text)
		}
		sure(t, r, "coverages.commercial_general_liability.limits.general_aggregate_dollars", r.Certificate.Coverages.GeneralLiability.Limits.GeneralAggregate, 3_000_000)
	}
}
