package api

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"certflow/api/apitest"
)

func TestAKeyThatAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_760_000_000, 0)
	e := newEdge(t, func(c *Config) { c.Limiter = newLocalLimiter(2, time.Minute, func() time.Time { return now }) })
	ask := func(key string) answer {
		r := request("GET", "/api/v1/contractors", "")
		r.SetBasicAuth(key, "")
		return e.do(t, r)
	}
	first, second := ask(testKey), ask(testKey)
	now = now.Add(20500 * time.Millisecond)
	third, other := ask(testKey), ask("sk_test_obj")
	now = now.Add(40 * time.Second)
	later := ask(testKey)

	for _, c := range []struct {
		name      string
		answer    answer
		status    int
		rateLimit string
	}{
		{"the first request", first, 200, `"default";r=1;t=60`},
		{"the second request", second, 200, `"default";r=0;t=60`},
		{"the third request", third, 429, `"default";r=0;t=40`},
		{"another key's request", other, 200, `"default";r=1;t=60`},
		{"a request in the next window", later, 200, `"default";r=1;t=60`},
	} {
		if c.answer.status != c.status || c.answer.header.Get("RateLimit") != c.rateLimit || c.answer.header.Get("RateLimit-Policy") != `"default";q=2;w=60` {
			t.Errorf("%s answered %d with RateLimit %s and RateLimit-Policy %s", c.name, c.answer.status, c.answer.header.Get("RateLimit"), c.answer.header.Get("RateLimit-Policy"))
		}
	}
	if third.Code != "rate_limited" || third.header.Get("Retry-After") != "40" {
		t.Errorf("the refusal is %s with Retry-After %s", third.body, third.header.Get("Retry-After"))
	}
}

func TestWindowsThatAreOverAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_760_000_000, 0)
	l := newLocalLimiter(1, time.Minute, func() time.Time { return now })
	for _, key := range []string{"a", "b", "c"} {
		if _, err := l.Take(context.Background(), key); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute)
	if _, err := l.Take(context.Background(), "d"); err != nil || len(l.windows) != 1 {
		t.Errorf("%d windows are kept, %v", len(l.windows), err)
	}
}

// brokenLimiter is a limiter whose store does not answer.
type brokenLimiter struct{}

func (brokenLimiter) Take(context.Context, string) (Allowance, error) {
	return Allowance{}, errors.New("connection refused")
}

func TestALimiterThatIsDownStopsNobody(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	e := newEdge(t, func(c *Config) { c.Limiter, c.Registry = brokenLimiter{}, registry })
	if a := e.do(t, request("GET", "/api/v1/contractors", "")); a.status != 200 {
		t.Errorf("answered %d %s", a.status, a.body)
	}
	if n := apitest.Counted(t, registry, "certflow_requests_unlimited_total"); n != 1 {
		t.Errorf("%v requests are told of as not limited, want 1", n)
	}
}

// localLimiter counts within one process, in windows that begin with a key's first request.
type localLimiter struct {
	quota  int
	window time.Duration
	now    func() time.Time

	mu      sync.Mutex
	windows map[string]*window
	swept   time.Time
}

type window struct {
	began time.Time
	used  int
}

// newLocalLimiter allows each key quota requests in a window.
func newLocalLimiter(quota int, length time.Duration, now func() time.Time) *localLimiter {
	return &localLimiter{quota: quota, window: length, now: now, windows: map[string]*window{}}
}

// Take counts one request of a key.
func (l *localLimiter) Take(_ context.Context, key string) (Allowance, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.sweep(now)
	w := l.windows[key]
	if w == nil || now.Sub(w.began) >= l.window {
		w = &window{began: now}
		l.windows[key] = w
	}
	allowed := w.used < l.quota
	if allowed {
		w.used++
	}
	return Allowance{Allowed: allowed, Quota: l.quota, Window: l.window, Remaining: l.quota - w.used, Reset: w.began.Add(l.window).Sub(now)}, nil
}

// sweep forgets windows that are over, once in each window's time.
func (l *localLimiter) sweep(now time.Time) {
	if now.Sub(l.swept) < l.window {
		return
	}
	l.swept = now
	for key, w := range l.windows {
		if now.Sub(w.began) >= l.window {
			delete(l.windows, key)
		}
	}
}
