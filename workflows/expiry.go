package workflows

import (
	"context"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
)

// ExpiryWatch tells all accounts which of their approved certificates' coverage ends soon (certificate.expiring, CONTRACT §7), a page of
// accounts after the other. It runs each hour, since the day of an account begins in its own time zone; what was told is told once. It
// returns how many events it published.
func ExpiryWatch(ctx workflow.Context, in activities.ExpiryInput) (int, error) {
	if in.At.IsZero() {
		in.At = workflow.Now(ctx)
	}
	told := 0
	for {
		var page activities.ExpiryResult
		step := workflow.WithActivityOptions(ctx, sweepOptions("tell what ends"))
		if err := workflow.ExecuteActivity(step, sweepSteps.WatchExpiries, in).Get(ctx, &page); err != nil {
			return told, err
		}
		told += page.Told
		in.After = page.After
		if page.Over {
			return told, nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return told, workflow.NewContinueAsNewError(ctx, ExpiryWatch, in)
		}
	}
}

// expiryOffset keeps the watch away from the full hour, at which much else begins.
const expiryOffset = 5 * time.Minute

// EnsureExpiryWatch makes the schedule that looks each hour for coverage that ends, unless it is there. A watch that was missed is made up
// for by the next one.
func (s Starter) EnsureExpiryWatch(ctx context.Context) error {
	return s.ensureSchedule(ctx, client.ScheduleOptions{
		ID:            "certflow-expiry-watch",
		Spec:          client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour, Offset: expiryOffset}}},
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: time.Hour,
		Action: &client.ScheduleWorkflowAction{
			ID: "expiry-watch", Workflow: ExpiryWatch, Args: []any{activities.ExpiryInput{}}, TaskQueue: ReviewsQueue,
			WorkflowExecutionTimeout: 6 * time.Hour,
			StaticSummary:            "tell which coverage ends soon",
		},
	})
}
