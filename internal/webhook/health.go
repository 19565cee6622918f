package webhook

import "time"

const (
	// failingTime is how long an endpoint may go without one success before it
	// is disabled (CONTRACT §7).
	failingTime = 5 * 24 * time.Hour
	// runGap ends a run of failures: the schedule's longest wait, 24 h and
	// jitter, fits into it, so that it is silence, not patience.
	runGap = 48 * time.Hour
	// runTime is how long the present run must have lasted.
	runTime = 12 * time.Hour
)

// Health is what is known of an endpoint's failures since its last success. The
// zero Health is that of an endpoint without any: a success, and whoever enables
// an endpoint again, sets it back.
type Health struct {
	// FailingSince is the first failure since the last success.
	FailingSince time.Time
	// RunSince is the first failure of the present run, in which no two failures
	// lie more than 48 hours apart.
	RunSince time.Time
	// LastFailure is the latest failure.
	LastFailure time.Time
}

func (h Health) afterFailure(now time.Time) Health {
	if h.FailingSince.IsZero() {
		h.FailingSince = now
	}
	if h.LastFailure.IsZero() || now.Sub(h.LastFailure) > runGap {
		h.RunSince = now
	}
	h.LastFailure = now
	return h
}

// isFailing reports whether the endpoint has gone five days without one success
// and is failing at present. Without the second, an endpoint that hears of an
// event once a week would be disabled by the first hiccup after an old failure.
func (h Health) isFailing(now time.Time) bool {
	return now.Sub(h.FailingSince) >= failingTime && now.Sub(h.RunSince) >= runTime
}
