package webhook

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// maxRetryAfter is the most that a receiver's Retry-After can put off the
	// next try beyond the schedule (CONTRACT §7).
	maxRetryAfter = time.Hour
	// minAfterTooMany is the least that a 429 puts it off (CONTRACT §7).
	minAfterTooMany = time.Minute
	// jitterShare is the share of a delay by which it may be shorter or longer,
	// so that what failed together does not come back together (CONTRACT §7).
	jitterShare = 0.2
	// maxDelay bounds what an operator may configure between two tries.
	maxDelay = 30 * 24 * time.Hour
	// maxTries bounds how many tries an operator may configure.
	maxTries = 100
)

// Schedule holds the delay before each try: Schedule[0] before the first one,
// counted from the event, each other one counted from the end of the try before
// it. Its length is the number of tries.
type Schedule []time.Duration

// DefaultSchedule returns the schedule of CONTRACT §7: ten tries in about 75
// hours.
func DefaultSchedule() Schedule {
	return Schedule{
		0, 5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour,
		5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
	}
}

// ParseSchedule reads a schedule as an operator writes it: 0s,5s,5m,30m,2h.
func ParseSchedule(text string) (Schedule, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("the retry schedule is empty; it wants delays such as 0s,5s,5m")
	}
	var schedule Schedule
	for field := range strings.SplitSeq(text, ",") {
		delay, err := time.ParseDuration(strings.TrimSpace(field))
		if err != nil {
			return nil, fmt.Errorf("delay %d of the retry schedule, %q, is not a duration such as 30m", len(schedule)+1, field)
		}
		if delay < 0 || delay > maxDelay {
			return nil, fmt.Errorf("delay %d of the retry schedule, %s, is not between 0 and %s", len(schedule)+1, delay, maxDelay)
		}
		schedule = append(schedule, delay)
	}
	if len(schedule) > maxTries {
		return nil, fmt.Errorf("the retry schedule has %d tries; %d is the most", len(schedule), maxTries)
	}
	return schedule, nil
}

// UnmarshalText is ParseSchedule for configuration from the environment.
func (s *Schedule) UnmarshalText(text []byte) error {
	parsed, err := ParseSchedule(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}

// String returns the schedule in the form that ParseSchedule reads.
func (s Schedule) String() string {
	fields := make([]string, len(s))
	for i, delay := range s {
		fields[i] = delay.String()
	}
	return strings.Join(fields, ",")
}

// Next says how long to wait after attempt tries have been made, and whether
// there is another one at all. retryAfter is what the last answer asked for (0:
// nothing) and status its HTTP status (0: no answer). jitter is a random number
// in [0, 1), as from rand.Float64; 0.5 leaves the schedule as it is.
//
// The wait is max(schedule ± 20 %, min(retryAfter, 1 h)), and at least 60 s
// after 429 (CONTRACT §7): a receiver is never called before it asked.
func (s Schedule) Next(attempt int, retryAfter time.Duration, status int, jitter float64) (delay time.Duration, more bool) {
	if attempt < 0 || attempt >= len(s) {
		return 0, false
	}
	jitter = min(max(jitter, 0), 1)
	delay = time.Duration(float64(s[attempt]) * (1 - jitterShare + 2*jitterShare*jitter))
	delay = max(delay, min(retryAfter, maxRetryAfter))
	if status == http.StatusTooManyRequests {
		delay = max(delay, minAfterTooMany)
	}
	return delay, true
}

// ParseRetryAfter reads a Retry-After header (RFC 9110 §10.2.3), whole seconds
// or an HTTP date, as a wait from now. What cannot be read, and a date that is
// past, is 0; the result is at most 30 days.
func ParseRetryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if header == "" {
		return 0
	}
	if strings.Trim(header, "0123456789") == "" {
		seconds, err := strconv.ParseInt(header, 10, 64)
		if err != nil || seconds > int64(maxDelay/time.Second) {
			return maxDelay
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(date.Sub(now), 0), maxDelay)
}
