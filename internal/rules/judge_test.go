package rules_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"certflow/internal/certificate"
	"certflow/internal/rules"
)

// baseInput is the input of testdata/base.json with one rule of each check.
func baseInput(t testing.TB) rules.Input {
	t.Helper()
	return readCase(t, &txtar.Archive{Files: []txtar.File{{Name: "rules", Data: []byte(`[
		{"name": "Present", "path": "coverages.commercial_general_liability", "check": "required"},
		{"name": "Limits", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "umbrella": true,
			"value": {"each_occurrence_dollars": 4000000, "general_aggregate_dollars": 2000000}},
		{"name": "Not expired", "path": "coverages", "check": "not_expired", "days": 30},
		{"name": "In force", "path": "coverages.automobile_liability", "check": "effective"},
		{"name": "Insured", "path": "insured.name", "check": "name_matches", "value": "contractor"},
		{"name": "Named", "path": "description_of_operations", "check": "contains_name", "value": ["Fernhill Estates"], "where": ["names", "text"]},
		{"name": "Form", "path": "coverages.umbrella_excess_liability.form", "check": "equals", "value": "umbrella"},
		{"name": "Aggregate", "path": "judgement", "check": "expression",
			"value": "certificate.coverages.commercial_general_liability.limits.general_aggregate_dollars >= 2 * certificate.coverages.commercial_general_liability.limits.each_occurrence_dollars"}
	]`)}}})
}

func TestOneMomentIsAnotherDayInAnotherZone(t *testing.T) {
	t.Parallel()
	moment := time.Date(2026, time.July, 2, 3, 0, 0, 0, time.UTC)
	judge := newJudge(t)
	for _, tt := range []struct {
		name string
		zone *time.Location
		want rules.Status
	}{
		{"where it is still the day of expiration the policy counts", time.FixedZone("UTC-7", -7*60*60), rules.Approved},
		{"where the next day has begun it has expired", time.UTC, rules.Flagged},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := baseInput(t)
			in.Requirement.Rules = []rules.Rule{{Name: "A", Path: "coverages.commercial_general_liability.policy_expiration_date", Check: rules.NotExpired}}
			in.Today = certificate.DateOf(moment.In(tt.zone))
			if got := judge.Evaluate(in); got.Status != tt.want {
				t.Errorf("the status is %s, want %s: %s", got.Status, tt.want, got.Results[0].Message)
			}
		})
	}
}

func TestAJudgeMayBeAskedByManyAtOnce(t *testing.T) {
	t.Parallel()
	judge, err := rules.NewJudge(2)
	if err != nil {
		t.Fatal(err)
	}
	in := baseInput(t)
	want := judge.Evaluate(in)
	if want.Status != rules.Approved {
		t.Fatalf("the status is %s: %+v", want.Status, want.Results)
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 20 {
				other := in
				other.Requirement.Rules = []rules.Rule{{Name: "A", Check: rules.Expression, Value: fmt.Appendf(nil, `"size(contractor.first_name) != %d"`, 1000+worker*100+i)}}
				if got := judge.Evaluate(other); got.Status != rules.Approved {
					t.Errorf("the status is %s", got.Status)
				}
				if diff := cmp.Diff(want, judge.Evaluate(in)); diff != "" {
					t.Errorf("verdict (-alone +together):\n%s", diff)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkEvaluate100Rules(b *testing.B) {
	judge := newJudge(b)
	in := baseInput(b)
	one := in.Requirement.Rules
	in.Requirement.Rules = nil
	for i := range 100 {
		r := one[i%len(one)]
		r.Name = fmt.Sprintf("%s %d", r.Name, i)
		in.Requirement.Rules = append(in.Requirement.Rules, r)
	}
	b.ReportAllocs()
	for b.Loop() {
		if v := judge.Evaluate(in); v.Status != rules.Approved {
			b.Fatalf("the status is %s", v.Status)
		}
	}
}

func BenchmarkEvaluateCheck(b *testing.B) {
	judge := newJudge(b)
	in := baseInput(b)
	for _, r := range in.Requirement.Rules {
		b.Run(string(r.Check), func(b *testing.B) {
			one := in
			one.Requirement.Rules = []rules.Rule{r}
			b.ReportAllocs()
			for b.Loop() {
				judge.Evaluate(one)
			}
		})
	}
}

func BenchmarkCompileExpression(b *testing.B) {
	judge, err := rules.NewJudge(1)
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		r := rules.Rule{Name: "A", Check: rules.Expression, Value: fmt.Appendf(nil, `"certificate.coverages.commercial_general_liability.limits.each_occurrence_dollars > %d"`, i)}
		if faults := judge.Validate([]rules.Rule{r}); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
