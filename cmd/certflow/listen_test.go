package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"certflow/internal/secret"
)

func TestListeningWaitsAsLongAsTheServerAsksFor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int
	}{
		{"when there are too many streams", http.StatusTooManyRequests},
		{"when the service cannot take it", http.StatusServiceUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, end := context.WithCancel(t.Context())
			defer end()
			var asked []time.Time
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if asked = append(asked, time.Now()); len(asked) == 1 {
					w.Header().Set("Retry-After", "1")
					w.WriteHeader(test.status)
					return
				}
				fmt.Fprint(w, "id: evt_1\nevent: ping\ndata: {}\n\n")
				w.(http.Flusher).Flush()
				end()
			}))
			defer server.Close()
			var out, notes strings.Builder
			l := &listener{remote: &remote{url: server.URL, key: secret.NewText("sk_test_x"), out: &out, json: true}, http: server.Client(), notes: &notes}
			if err := l.run(ctx); err != nil {
				t.Fatalf("listening ended: %v", err)
			}
			if len(asked) != 2 || asked[1].Sub(asked[0]) < time.Second {
				t.Errorf("asked at %v, want twice, a second apart at least", asked)
			}
			if !strings.Contains(notes.String(), "trying again in 1s") {
				t.Errorf("said %q", notes.String())
			}
		})
	}
}

func TestListeningEndsWhereTryingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer server.Close()
	var out strings.Builder
	l := &listener{remote: &remote{url: server.URL, key: secret.NewText("sk_test_x"), out: &out}, http: server.Client(), notes: &out}
	if err := l.run(t.Context()); err == nil {
		t.Error("no error")
	}
}

func TestHowLongAnAnswerAsksToWait(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, header string
		want         time.Duration
	}{
		{"in seconds", "40", 40 * time.Second},
		{"as a date", now.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{"not at all", "", reconnectWait},
		{"in words", "soon", reconnectWait},
		{"no time", "0", time.Second},
		{"until a moment that is past", now.Add(-time.Hour).Format(http.TimeFormat), time.Second},
		{"for a day", "86400", mostReconnectWait},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := retryAfter(http.Header{"Retry-After": {test.header}}, now); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}
