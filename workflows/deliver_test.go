package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/mock"

	"certflow/activities"
	"certflow/workflows"
)

func TestADeliveryMakesItsAttemptsWhenTheyAreDue(t *testing.T) {
	env := environment(t)
	in := activities.DeliverInput{Account: "acct_test", ID: "del_test", Endpoint: "whe_test"}
	waits := []time.Duration{5 * time.Second, 5 * time.Minute, 24 * time.Hour}
	var at []time.Time
	env.OnActivity(attempt.AttemptDelivery, mock.Anything, in).Return(
		func(context.Context, activities.DeliverInput) (activities.AttemptResult, error) {
			at = append(at, env.Now())
			if n := len(at) - 1; n < len(waits) {
				return activities.AttemptResult{Wait: waits[n]}, nil
			}
			return activities.AttemptResult{Over: true}, nil
		})
	env.ExecuteWorkflow(workflows.DeliverWebhook, in)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	var waited []time.Duration
	for i := range at[1:] {
		waited = append(waited, at[i+1].Sub(at[i]))
	}
	if diff := cmp.Diff(waits, waited); diff != "" {
		t.Errorf("waits between attempts (-want +got):\n%s", diff)
	}
}
