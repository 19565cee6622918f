package webhook

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTheDefaultScheduleIsThatOfTheContract(t *testing.T) {
	t.Parallel()
	want := "0s,5s,5m0s,30m0s,2h0m0s,5h0m0s,10h0m0s,14h0m0s,20h0m0s,24h0m0s"
	if got := DefaultSchedule().String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestTheNextTryWaitsForWhicheverIsLater(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempt    int
		retryAfter time.Duration
		status     int
		jitter     float64
		delay      time.Duration
		more       bool
	}{
		"the first try comes at once":                    {0, 0, 0, 0.9, 0, true},
		"the second after five seconds":                  {1, 0, 500, 0.5, 5 * time.Second, true},
		"jitter takes up to a fifth away":                {2, 0, 500, 0, 4 * time.Minute, true},
		"jitter adds up to a fifth":                      {2, 0, 500, 1, 6 * time.Minute, true},
		"the last one after a day":                       {9, 0, 500, 0.5, 24 * time.Hour, true},
		"there is no eleventh":                           {10, 0, 500, 0.5, 0, false},
		"not even if one is asked for":                   {10, time.Minute, 503, 0.5, 0, false},
		"a longer Retry-After counts":                    {1, 10 * time.Minute, 503, 0.5, 10 * time.Minute, true},
		"jitter never comes before Retry-After":          {2, 5 * time.Minute, 503, 0, 5 * time.Minute, true},
		"a shorter Retry-After does not":                 {3, time.Minute, 503, 0.5, 30 * time.Minute, true},
		"Retry-After counts for an hour at most":         {1, 9 * time.Hour, 503, 0.5, time.Hour, true},
		"429 waits a minute at least":                    {1, 0, 429, 0.5, time.Minute, true},
		"429 with a short Retry-After too":               {1, 10 * time.Second, 429, 0.5, time.Minute, true},
		"429 with a longer one waits for that":           {1, 2 * time.Minute, 429, 0.5, 2 * time.Minute, true},
		"429 late in the schedule waits by the schedule": {4, 0, 429, 0.5, 2 * time.Hour, true},
		"a jitter out of range is brought into it":       {2, 0, 500, 7, 6 * time.Minute, true},
		"an attempt below zero is none":                  {-1, 0, 500, 0.5, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			delay, more := DefaultSchedule().Next(c.attempt, c.retryAfter, c.status, c.jitter)
			if delay != c.delay || more != c.more {
				t.Errorf("%v, %v; want %v, %v", delay, more, c.delay, c.more)
			}
		})
	}
}

func TestEveryWaitLiesWithinTheBoundsOfTheContract(t *testing.T) {
	t.Parallel()
	schedule := DefaultSchedule()
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(0, len(schedule)-1).Draw(t, "attempt")
		retryAfter := time.Duration(rapid.Int64Range(0, int64(maxDelay)).Draw(t, "retryAfter"))
		status := rapid.SampledFrom([]int{0, 308, 404, 429, 500, 503}).Draw(t, "status")
		jitter := rapid.Float64Range(0, 1).Draw(t, "jitter")
		delay, more := schedule.Next(attempt, retryAfter, status, jitter)
		base := float64(schedule[attempt])
		least := max(time.Duration(base*0.79999), min(retryAfter, time.Hour))
		most := max(time.Duration(base*1.20001), time.Hour)
		if status == 429 {
			least = max(least, time.Minute)
		}
		if !more || delay < least || delay > most {
			t.Fatalf("%v, want %v to %v", delay, least, most)
		}
	})
}

func TestSchedulesAreReadAsOperatorsWriteThem(t *testing.T) {
	t.Parallel()
	var got Schedule
	if err := got.UnmarshalText([]byte("0s, 1s ,1m30s")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Schedule{0, time.Second, 90 * time.Second}, got); diff != "" {
		t.Error(diff)
	}
	again, err := ParseSchedule(DefaultSchedule().String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(DefaultSchedule(), again); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{
		"":           "the retry schedule is empty; it wants delays such as 0s,5s,5m",
		"0s,,5m":     `delay 2 of the retry schedule, "", is not a duration such as 30m`,
		"0s,five":    `delay 2 of the retry schedule, "five", is not a duration such as 30m`,
		"-1s":        "delay 1 of the retry schedule, -1s, is not between 0 and 720h0m0s",
		"0s,721h":    "delay 2 of the retry schedule, 721h0m0s, is not between 0 and 720h0m0s",
		"0s,1000000": `delay 2 of the retry schedule, "1000000", is not a duration such as 30m`,
	} {
		if _, err := ParseSchedule(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"":                               0,
		"0":                              0,
		" 120 ":                          2 * time.Minute,
		"86400":                          24 * time.Hour,
		"99999999999999999999":           maxDelay,
		"-5":                             0,
		"1.5":                            0,
		"soon":                           0,
		"Sun, 01 Mar 2026 12:02:00 GMT":  2 * time.Minute,
		"Sunday, 01-Mar-26 12:02:00 GMT": 2 * time.Minute,
		"Sun Mar  1 12:02:00 2026":       2 * time.Minute,
		"Sun, 01 Mar 2026 11:59:00 GMT":  0,
		"Sun, 01 Mar 2099 12:00:00 GMT":  maxDelay,
	} {
		if got := ParseRetryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}
