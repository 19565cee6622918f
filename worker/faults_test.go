package worker

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"certflow/activities"
)

// leak stands where a library's text would.
const leak = "Whitlock-GL-4410"

func TestWhateverAnActivityDoesAHistoryHoldsOnlyACode(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		does func(context.Context) (string, error)
		want string
	}{
		"a panic with a text": {func(context.Context) (string, error) { panic(leak) }, activities.FaultInternal},
		"a panic with an error": {func(context.Context) (string, error) {
			panic(&pgconn.PgError{Message: leak})
		}, activities.FaultInternal},
		"a panic of the runtime": {func(context.Context) (string, error) {
			var parts []string
			return parts[len(leak)], nil
		}, activities.FaultInternal},
		"an error after a result": {func(context.Context) (string, error) { return leak, errors.New(leak) }, activities.FaultInternal},
		"an end of the worker": {func(ctx context.Context) (string, error) {
			stopped, stop := context.WithCancelCause(ctx)
			stop(errors.New(leak))
			return "", stopped.Err()
		}, activities.FaultStopped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := prometheus.NewRegistry()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&faultInterceptor{metrics: NewMetrics(registry)}}})
			env.RegisterActivity(test.does)
			_, err := env.ExecuteActivity(test.does)
			var fault *temporal.ApplicationError
			if !errors.As(err, &fault) || fault.Type() != test.want || fault.NonRetryable() {
				t.Errorf("%v, want %s, to be tried again", err, test.want)
			}
			text := temporal.GetDefaultFailureConverter().ErrorToFailure(err).String()
			for _, never := range []string{leak, "goroutine", "runtime error", ".go:"} {
				if strings.Contains(text, never) {
					t.Errorf("the history holds %q: %s", never, text)
				}
			}
			counted, err := registry.Gather()
			if err != nil || len(counted) == 0 {
				t.Fatal("nothing is counted:", err)
			}
			var outcome string
			for _, label := range counted[0].GetMetric()[0].GetLabel() {
				if label.GetName() == "outcome" {
					outcome = label.GetValue()
				}
			}
			if outcome != test.want {
				t.Errorf("counted as %q, want %s", outcome, test.want)
			}
		})
	}
}

func TestWhatAnActivityAnswersPasses(t *testing.T) {
	t.Parallel()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&faultInterceptor{metrics: NewMetrics(prometheus.NewRegistry())}}})
	answers := func(context.Context) (string, error) { return "fine", nil }
	env.RegisterActivity(answers)
	value, err := env.ExecuteActivity(answers)
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := value.Get(&got); err != nil || got != "fine" {
		t.Errorf("%q, %v", got, err)
	}
}
