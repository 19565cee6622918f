package api

import (
	"testing"
	"time"

	"certflow/schema"
)

func TestAStreamSendsAnEventOnceNothingCanComeBeforeItAnyMore(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_760_000_000, 0)
	s := &stream{}
	for _, step := range []struct {
		name  string
		after time.Duration
		seen  schema.Horizon
		until int64
	}{
		{"nothing is there", 0, schema.Horizon{Until: 0, Open: 100, NotYet: 100}, 0},
		{"an event while nobody writes", 1 * time.Second, schema.Horizon{Until: 5, Open: 101, NotYet: 101}, 5},
		{"an event while an earlier transaction is open", 2 * time.Second, schema.Horizon{Until: 7, Open: 101, NotYet: 103}, 5},
		{"a later one too", 3 * time.Second, schema.Horizon{Until: 9, Open: 101, NotYet: 105}, 5},
		{"the first of these transactions has ended", 4 * time.Second, schema.Horizon{Until: 9, Open: 103, NotYet: 106}, 7},
		{"all have", 5 * time.Second, schema.Horizon{Until: 9, Open: 106, NotYet: 107}, 9},
		{"an event while somebody writes for long", 6 * time.Second, schema.Horizon{Until: 11, Open: 106, NotYet: 108}, 9},
		{"longer than is waited for", 7*time.Second + streamPatience, schema.Horizon{Until: 11, Open: 106, NotYet: 109}, 11},
	} {
		if s.see(at.Add(step.after), step.seen); s.until != step.until {
			t.Errorf("%s: sends up to %d, want %d", step.name, s.until, step.until)
		}
	}
}
