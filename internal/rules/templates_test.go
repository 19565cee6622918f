package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/rules"
)

func TestTemplatesAreSoundRequirements(t *testing.T) {
	t.Parallel()
	templates, err := rules.Templates()
	if err != nil {
		t.Fatal(err)
	}
	judge := newJudge(t)
	var ids []string
	for _, tpl := range templates {
		ids = append(ids, tpl.ID)
		if tpl.Name == "" || tpl.Description == "" {
			t.Errorf("%s has no name or no description", tpl.ID)
		}
		if faults := judge.Validate(tpl.Rules); len(faults) > 0 {
			t.Errorf("%s is not sound: %v", tpl.ID, faults)
		}
	}
	if diff := cmp.Diff([]string{"high_risk", "hired_auto", "professional_services", "standard_contractor"}, ids); diff != "" {
		t.Errorf("templates (-want +got):\n%s", diff)
	}
}
