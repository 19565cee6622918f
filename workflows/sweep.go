package workflows

import (
	"context"
	"errors"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Sweep starts what the database says should run and does not run: jobs first, since their certificates are theirs, then reviews,
// then deliveries; it ends reviews that took too long, and once an hour it clears the store. A step that fails is reported when the
// others have had their turn, so that one broken part keeps nothing else waiting.
func Sweep(ctx workflow.Context) error {
	var failed error
	sweep := func(summary string, step any) {
		ctx := workflow.WithActivityOptions(ctx, sweepOptions(summary))
		if err := workflow.ExecuteActivity(ctx, step).Get(ctx, nil); err != nil {
			failed = errors.Join(failed, err)
		}
	}
	sweep("start due jobs", sweepSteps.SweepJobs)
	sweep("end overdue reviews", sweepSteps.SweepOverdue)
	sweep("start due reviews", sweepSteps.SweepReviews)
	sweep("start overdue deliveries", sweepSteps.SweepDeliveries)
	if workflow.Now(ctx).Minute() == storeMinute {
		sweep("clear the store", sweepSteps.SweepStore)
	}
	if failed != nil {
		return temporal.NewApplicationErrorWithCause("a part of the sweep failed", "sweep", failed)
	}
	return nil
}

// storeMinute is the minute of the hour in which the store is swept.
const storeMinute = 17

// EnsureSweep makes the schedule that sweeps every minute, unless it is there. A sweep that runs long is not overtaken.
func (s Starter) EnsureSweep(ctx context.Context) error {
	return s.ensureSchedule(ctx, client.ScheduleOptions{
		ID:            "certflow-sweep",
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Minute}}},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{
			ID: "sweep", Workflow: Sweep, TaskQueue: ReviewsQueue,
			WorkflowExecutionTimeout: 10 * time.Minute,
			StaticSummary:            "start what should run and does not",
		},
	})
}
