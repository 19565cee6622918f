package webhook

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const day = 24 * time.Hour

func TestWhatFollowsFromATry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	first := Health{FailingSince: now, RunSince: now, LastFailure: now}
	down := func(since time.Duration) Health {
		return Health{FailingSince: now.Add(-since), RunSince: now.Add(-since), LastFailure: now.Add(-day)}
	}
	after := func(h Health) Health { h.LastFailure = now; return h }
	for name, c := range map[string]struct {
		before History
		result Result
		want   Decision
	}{
		"2xx is success and forgets every failure": {
			History{Attempts: 3, Health: down(4 * day)}, Result{Status: 204},
			Decision{State: StateSucceeded, Counts: true},
		},
		"2xx is success even if its answer was not finished": {
			History{}, Result{Status: 200, AnswerNote: AnswerSlow},
			Decision{State: StateSucceeded, Counts: true},
		},
		"500 is tried again by the schedule": {
			History{Attempts: 1}, Result{Status: 500, Error: ErrorStatus},
			Decision{State: StatePending, Reason: "status", NextAttemptAt: now.Add(5 * time.Minute), Counts: true, Health: first},
		},
		"429 waits a minute": {
			History{}, Result{Status: 429, Error: ErrorStatus},
			Decision{State: StatePending, Reason: "status", NextAttemptAt: now.Add(time.Minute), Counts: true, Health: first},
		},
		"Retry-After is honoured": {
			History{}, Result{Status: 503, Error: ErrorStatus, RetryAfter: 7 * time.Minute},
			Decision{State: StatePending, Reason: "status", NextAttemptAt: now.Add(7 * time.Minute), Counts: true, Health: first},
		},
		"a redirect is a failure": {
			History{}, Result{Status: 308, Error: ErrorRedirect},
			Decision{State: StatePending, Reason: "redirect", NextAttemptAt: now.Add(5 * time.Second), Counts: true, Health: first},
		},
		"a refused address is tried again, for names move": {
			History{}, Result{Error: ErrorRefusedAddress, Refusal: RefusedPrivate},
			Decision{State: StatePending, Reason: "refused_address", NextAttemptAt: now.Add(5 * time.Second), Counts: true, Health: first},
		},
		"the tenth failure is the last": {
			History{Attempts: 9}, Result{Error: ErrorTimeout},
			Decision{State: StateExhausted, Reason: "timeout", Counts: true, Health: first},
		},
		"410 ends it and disables the endpoint": {
			History{}, Result{Status: 410, Error: ErrorStatus},
			Decision{State: StateFailed, Reason: ReasonGone, Counts: true, Health: first, Disable: DisableGone},
		},
		"five days without one success disable the endpoint": {
			History{Attempts: 4, Health: down(5 * day)}, Result{Error: ErrorConnect},
			Decision{State: StateSkipped, Reason: ReasonDisabled, Counts: true, Health: after(down(5 * day)), Disable: DisableFailing},
		},
		"with the last try of the schedule the delivery is exhausted all the same": {
			History{Attempts: 9, Health: down(5 * day)}, Result{Error: ErrorConnect},
			Decision{State: StateExhausted, Reason: "connect", Counts: true, Health: after(down(5 * day)), Disable: DisableFailing},
		},
		"a second less than five days does not": {
			History{Attempts: 1, Health: down(5*day - time.Second)}, Result{Error: ErrorConnect},
			Decision{State: StatePending, Reason: "connect", NextAttemptAt: now.Add(5 * time.Minute), Counts: true, Health: after(down(5*day - time.Second))},
		},
		"a try that we gave up ourselves is none": {
			History{Attempts: 9, Health: down(6 * day)}, Result{Error: ErrorCancelled},
			Decision{State: StatePending, NextAttemptAt: now, Health: down(6 * day)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Decide(DefaultSchedule(), c.before, c.result, now, 0.5)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.State.IsFinal() == !got.NextAttemptAt.IsZero() {
				t.Errorf("state %s with a next attempt at %v", got.State, got.NextAttemptAt)
			}
		})
	}
}

// runDown runs one delivery against an endpoint that never answers, and says when
// it ended.
func runDown(h Health, start time.Time) (Health, time.Time, Decision) {
	now := start
	for attempts := 0; ; attempts++ {
		decision := Decide(DefaultSchedule(), History{Attempts: attempts, Health: h}, Result{Error: ErrorConnect}, now, 0.5)
		h = decision.Health
		if decision.State.IsFinal() {
			return h, now, decision
		}
		now = decision.NextAttemptAt
	}
}

func TestADeliveryToADeadEndpointIsExhaustedAfterAboutThreeDays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	_, end, decision := runDown(Health{}, start)
	want := 75*time.Hour + 35*time.Minute + 5*time.Second
	if decision.State != StateExhausted || decision.Disable != "" || end.Sub(start) != want {
		t.Errorf("%s after %v (disable %q), want exhausted after %v", decision.State, end.Sub(start), decision.Disable, want)
	}
}

func TestADeadEndpointWithAnEventADayIsDisabledAfterFiveDays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	var h Health
	for i := range 10 {
		now := start.Add(time.Duration(i) * day)
		decision := Decide(DefaultSchedule(), History{Health: h}, Result{Error: ErrorTimeout}, now, 0.5)
		h = decision.Health
		if got, want := decision.Disable != "", i >= 5; got != want {
			t.Errorf("day %d: disabled = %v, want %v", i, got, want)
		}
	}
}

func TestASporadicFailureDoesNotDisableAnEndpoint(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

	t.Run("one success in between starts the five days again", func(t *testing.T) {
		t.Parallel()
		var h Health
		for hour := 0; hour < 24*30; hour++ {
			result := Result{Error: ErrorTimeout}
			if hour%100 == 99 {
				result = Result{Status: 200}
			}
			decision := Decide(DefaultSchedule(), History{Health: h}, result, start.Add(time.Duration(hour)*time.Hour), 0.5)
			h = decision.Health
			if decision.Disable != "" {
				t.Fatalf("disabled after %d hours", hour)
			}
		}
	})

	t.Run("a hiccup long after an exhausted delivery does not either", func(t *testing.T) {
		t.Parallel()
		h, end, _ := runDown(Health{}, start)
		decision := Decide(DefaultSchedule(), History{Health: h}, Result{Status: 502, Error: ErrorStatus}, end.Add(10*day), 0.5)
		if decision.Disable != "" {
			t.Error("disabled by one failure")
		}
		// Still failing half a day later, it has gone five days without a success.
		_, _, last := runDown(decision.Health, end.Add(10*day+5*time.Second))
		if last.Disable != DisableFailing {
			t.Error("not disabled although it goes on failing")
		}
	})
}
