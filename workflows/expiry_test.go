package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/client"

	"certflow/activities"
	"certflow/internal/devstack/stacktest"
	"certflow/workflows"
)

func TestAnExpiryWatchGoesThroughAllAccountsAtOneTime(t *testing.T) {
	env := environment(t)
	var sweep *activities.Sweep
	env.RegisterActivity(sweep)
	at := time.Date(2031, 5, 6, 7, 5, 0, 0, time.UTC)
	env.SetStartTime(at)
	for _, page := range []struct {
		after string
		out   activities.ExpiryResult
	}{
		{"", activities.ExpiryResult{After: "acct_b", Told: 2}},
		{"acct_b", activities.ExpiryResult{After: "acct_b"}}, // its time was over within an account
		{"acct_b", activities.ExpiryResult{After: "acct_d", Told: 1, Over: true}},
	} {
		env.OnActivity(sweep.WatchExpiries, mock.Anything, activities.ExpiryInput{At: at, After: page.after}).Return(page.out, nil).Once()
	}
	env.ExecuteWorkflow(workflows.ExpiryWatch, activities.ExpiryInput{})
	var told int
	if err := env.GetWorkflowResult(&told); err != nil || told != 3 {
		t.Errorf("%d told, %v; want 3", told, err)
	}
}

func TestAnExpiryWatchThatFailsIsLeftToTheNext(t *testing.T) {
	env := environment(t)
	var sweep *activities.Sweep
	env.RegisterActivity(sweep)
	env.OnActivity(sweep.WatchExpiries, mock.Anything, mock.Anything).Return(activities.ExpiryResult{}, activities.Fault(errors.New("no database"))).Times(3)
	env.ExecuteWorkflow(workflows.ExpiryWatch, activities.ExpiryInput{})
	if env.GetWorkflowError() == nil {
		t.Error("a watch that saw nothing says that all is well")
	}
}

func TestTheExpiryWatchIsScheduledOnce(t *testing.T) {
	namespace := stacktest.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for range 2 {
		if err := (workflows.Starter{Client: c}).EnsureExpiryWatch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	schedule, err := c.ScheduleClient().GetHandle(t.Context(), "certflow-expiry-watch").Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []client.ScheduleIntervalSpec{{Every: time.Hour, Offset: 5 * time.Minute}}
	if diff := cmp.Diff(want, schedule.Schedule.Spec.Intervals); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
	if next := schedule.Info.NextActionTimes; len(next) == 0 || next[0].Minute() != 5 {
		t.Errorf("next at %v", next)
	}
}
