package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"certflow/activities"
)

// faults stands between activities and Temporal: whatever an activity returns or panics with is logged here, once, with its cause,
// and reaches the history as a code and a sentence of ours. Histories are clear text and may be read by people who may not
// read certificates.
type faults struct {
	interceptor.WorkerInterceptorBase
	metrics *Metrics
}

func (f *faults) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &faultsOfActivity{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, metrics: f.metrics}
}

type faultsOfActivity struct {
	interceptor.ActivityInboundInterceptorBase
	metrics *Metrics
}

func (f *faultsOfActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		info := activity.GetInfo(ctx)
		if err == nil {
			f.metrics.observe(info, "ok")
			return
		}
		slog.ErrorContext(ctx, "an activity failed", "activity", info.ActivityType.Name, "workflow", info.WorkflowExecution.ID,
			"run", info.WorkflowExecution.RunID, "attempt", info.Attempt, "error", err)
		result, err = nil, activities.Fault(err)
		f.metrics.observe(info, outcome(err))
	}()
	return f.Next.ExecuteActivity(ctx, in)
}

// outcome is the code of a fault, for metrics.
func outcome(fault error) string {
	var ours *temporal.ApplicationError
	if errors.As(fault, &ours) {
		return ours.Type()
	}
	return "cancelled"
}
