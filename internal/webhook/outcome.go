package webhook

import (
	"net/http"
	"time"
)

// State is where a delivery stands.
type State string

// The states of a delivery. All but StatePending are final.
const (
	StatePending State = "pending"
	// StateSucceeded: a 2xx came.
	StateSucceeded State = "succeeded"
	// StateFailed: the endpoint said that there is no point in trying again.
	StateFailed State = "failed"
	// StateExhausted: the schedule ran out.
	StateExhausted State = "exhausted"
	// StateSkipped: the endpoint is disabled.
	StateSkipped State = "skipped"
	// StateCancelled: the endpoint or the event's object was deleted.
	StateCancelled State = "cancelled"
)

// IsFinal reports whether nothing more will be tried.
func (s State) IsFinal() bool { return s != StatePending }

// Reason says why a delivery has its state; empty while it is pending for the
// first time and when it succeeded.
type Reason string

// The reasons that Decide gives; a failed try's is its ErrorClass.
const (
	// ReasonGone: the endpoint answered 410.
	ReasonGone Reason = "endpoint_gone"
	// ReasonDisabled: the endpoint is disabled.
	ReasonDisabled Reason = "endpoint_disabled"
)

// Disable says why an endpoint is to be disabled; empty: it is not.
type Disable string

// The reasons for disabling an endpoint.
const (
	// DisableGone: the endpoint answered 410.
	DisableGone Disable = "gone"
	// DisableFailing: five days without one success.
	DisableFailing Disable = "failing"
)

// History is what went before a try.
type History struct {
	// Attempts is how many tries of this delivery were made before it, counted
	// from the rows of attempts.
	Attempts int
	// Health is that of the endpoint, over all its deliveries.
	Health Health
}

// Decision is what follows from a try. The caller writes it down.
type Decision struct {
	State  State
	Reason Reason
	// NextAttemptAt is set while State is StatePending.
	NextAttemptAt time.Time
	// Counts is false for a try that we gave up ourselves: it is no attempt,
	// leaves no row and may be made again at once.
	Counts bool
	// Health replaces that of the endpoint.
	Health Health
	// Disable is not empty if the endpoint is to be disabled.
	Disable Disable
}

// Decide says what follows from a try that ended at now (CONTRACT §7): 2xx is
// success, 410 fails the delivery and disables the endpoint, anything else is
// tried again by the schedule until that runs out or the endpoint has gone five
// days without one success. jitter is as in Schedule.Next.
func Decide(schedule Schedule, before History, result Result, now time.Time, jitter float64) Decision {
	if result.Error == ErrorCancelled {
		return Decision{State: StatePending, NextAttemptAt: now, Health: before.Health}
	}
	if result.Succeeded() {
		return Decision{State: StateSucceeded, Counts: true}
	}
	decision := Decision{Reason: Reason(result.Error), Counts: true, Health: before.Health.afterFailure(now)}
	if result.Status == http.StatusGone {
		decision.State, decision.Reason, decision.Disable = StateFailed, ReasonGone, DisableGone
		return decision
	}
	if decision.Health.isFailing(now) {
		decision.Disable = DisableFailing
	}
	delay, more := schedule.Next(before.Attempts+1, result.RetryAfter, result.Status, jitter)
	switch {
	case !more:
		decision.State = StateExhausted
	case decision.Disable != "":
		decision.State, decision.Reason = StateSkipped, ReasonDisabled
	default:
		decision.State, decision.NextAttemptAt = StatePending, now.Add(delay)
	}
	return decision
}
