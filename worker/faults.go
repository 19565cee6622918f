package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"certflow/activities"
	"certflow/internal/telemetry"
)

// faultInterceptor stands between activities and Temporal: whatever an activity returns or panics with is logged here, once, with its cause,
// and reaches the history as a code and a sentence of ours. Histories are clear text and may be read by people who may not
// read certificates. What is logged and traced within an activity carries the ids of what it works on.
type faultInterceptor struct {
	interceptor.WorkerInterceptorBase
	metrics *Metrics
}

func (f *faultInterceptor) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &activityFaults{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, metrics: f.metrics}
}

type activityFaults struct {
	interceptor.ActivityInboundInterceptorBase
	metrics *Metrics
}

func (f *activityFaults) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (result any, err error) {
	info := activity.GetInfo(ctx)
	ctx = telemetry.With(ctx, subject(info, in.Args))
	telemetry.Note(ctx)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		if err == nil {
			f.metrics.observe(info, "ok")
			f.metrics.countReviews(result)
			slog.InfoContext(ctx, "activity", "attempt", info.Attempt, "duration", time.Since(info.StartedTime))
			return
		}
		slog.ErrorContext(ctx, "an activity failed", "attempt", info.Attempt, "duration", time.Since(info.StartedTime), "error", err)
		result, err = nil, activities.Fault(err)
		f.metrics.observe(info, outcome(err))
	}()
	return f.Next.ExecuteActivity(ctx, in)
}

// subject is what an activity works on, by its input.
func subject(info activity.Info, args []any) telemetry.IDs {
	var ids telemetry.IDs
	for _, arg := range args {
		if of, ok := arg.(interface{ Subject() telemetry.IDs }); ok {
			ids = of.Subject()
		}
	}
	ids.Activity, ids.Workflow, ids.Run = info.ActivityType.Name, info.WorkflowExecution.ID, info.WorkflowExecution.RunID
	return ids
}

// outcome is the code of a fault, for metrics.
func outcome(fault error) string {
	var ours *temporal.ApplicationError
	if errors.As(fault, &ours) {
		return ours.Type()
	}
	return "cancelled"
}
