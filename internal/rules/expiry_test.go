package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

func TestFirstExpiry(t *testing.T) {
	t.Parallel()
	const dates = `{"coverages": {
		"commercial_general_liability": {"policy_expiration_date": "06/30/2026", "additional_policies": [{"policy_expiration_date": "06/01/2026", "limits": {}}]},
		"automobile_liability": {"policy_expiration_date": "05/01/2026"},
		"umbrella_excess_liability": {"policy_expiration_date": "04/01/2026"},
		"workers_compensation": {"policy_expiration_date": null},
		"other": [{"label": "Inland marine", "policy_expiration_date": "03/01/2026", "limits": []}]}}`
	judge := newJudge(t)
	for _, tt := range []struct{ name, rules, coverage, on string }{
		{"a row that a rule names, by its earliest policy", `[{"name": "A", "path": "coverages.commercial_general_liability", "check": "required"}]`, "coverages.commercial_general_liability", "06/01/2026"},
		{"the earlier of two rows", `[{"name": "A", "path": "coverages.commercial_general_liability.occurrence", "check": "required"}, {"name": "B", "path": "coverages.automobile_liability", "check": "effective"}]`, "coverages.automobile_liability", "05/01/2026"},
		{"the umbrella where a limit may rest on it", `[{"name": "A", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "umbrella": true, "value": {"each_occurrence_dollars": 1}}]`, "coverages.umbrella_excess_liability", "04/01/2026"},
		{"a row that an expression names", `[{"name": "A", "path": "x", "check": "expression", "value": "certificate.coverages.automobile_liability.limits.combined_single_limit_dollars > 1"}]`, "coverages.automobile_liability", "05/01/2026"},
		{"the whole table", `[{"name": "A", "path": "coverages", "check": "not_expired"}]`, "coverages.other.0", "03/01/2026"},
		{"coverages of another kind", `[{"name": "A", "path": "coverages.other", "check": "required"}]`, "coverages.other.0", "03/01/2026"},
		{"a row without a date", `[{"name": "A", "path": "coverages.workers_compensation", "check": "required"}]`, "", ""},
		{"a row that is not shown", `[{"name": "A", "path": "coverages.cyber_liability", "check": "required"}]`, "", ""},
		{"rules about no coverage", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": "contractor"}, {"name": "B", "path": "description_of_operations", "check": "contains_name", "value": ["C"]}]`, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := readCase(t, &txtar.Archive{Files: []txtar.File{{Name: "certificate", Data: []byte(dates)}, {Name: "rules", Data: []byte(tt.rules)}}})
			got, found := judge.FirstExpiry(&in.Certificate, in.Requirement.Rules)
			if found != (tt.on != "") {
				t.Fatalf("found is %v", found)
			}
			if !found {
				return
			}
			if diff := cmp.Diff([]string{tt.coverage, tt.on}, []string{got.Coverage, got.On.String()}); diff != "" {
				t.Errorf("expiry (-want +got):\n%s", diff)
			}
		})
	}
}
