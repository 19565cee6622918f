package worker

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"certflow/activities"
	"certflow/schema"
)

func TestOnlyResultsThatSayThatReviewsEndedAreCounted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		result any
		want   map[string]float64
	}{
		{"a verdict", activities.Outcome{Status: schema.Approved}, map[string]float64{"approved": 1}},
		{"a review that has not ended", activities.Outcome{}, nil},
		{"what a sweep ended", activities.SweepResult{Ended: 3}, map[string]float64{"error": 3}},
		{"what a job's cancellation ended", activities.Cancelled(150), map[string]float64{"error": 150}},
		{"a number of something else", 7, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			registry := prometheus.NewRegistry()
			NewMetrics(registry).countReviews(test.result)
			families, err := registry.Gather()
			if err != nil {
				t.Fatal(err)
			}
			for _, family := range families {
				if family.GetName() != "certflow_verdicts_total" {
					continue
				}
				for _, m := range family.GetMetric() {
					status := m.GetLabel()[0].GetValue()
					if got := m.GetCounter().GetValue(); got != test.want[status] {
						t.Errorf("%v verdicts are %s, want %v", got, status, test.want[status])
					}
				}
			}
		})
	}
}
