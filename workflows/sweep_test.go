package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"

	"certflow/activities"
	"certflow/workflows"
)

func TestASweepGoesOnPastAPartThatFails(t *testing.T) {
	env := environment(t)
	var sweep *activities.Sweep
	env.RegisterActivity(sweep)
	env.SetStartTime(time.Date(2031, 5, 6, 7, 17, 0, 0, time.UTC))
	env.OnActivity(sweep.SweepJobs, mock.Anything).Return(activities.SweepResult{}, activities.Fault(errors.New("no database"))).Times(3)
	for _, step := range []any{sweep.SweepOverdue, sweep.SweepReviews, sweep.SweepDeliveries, sweep.SweepStore} {
		env.OnActivity(step, mock.Anything).Return(activities.SweepResult{}, nil).Once()
	}
	env.ExecuteWorkflow(workflows.Sweep)
	if env.GetWorkflowError() == nil {
		t.Error("the failed part is not reported")
	}
}
