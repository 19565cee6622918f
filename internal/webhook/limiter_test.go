package webhook

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestNoMoreThanTheLimitRunAtOnceForOneEndpoint(t *testing.T) {
	t.Parallel()
	limiter := NewLimiter(3)
	var running, most atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			release, err := limiter.Acquire(t.Context(), "whe_1")
			if err != nil {
				t.Error(err)
				return
			}
			defer release()
			now := running.Add(1)
			defer running.Add(-1)
			for {
				seen := most.Load()
				if now <= seen || most.CompareAndSwap(seen, now) {
					break
				}
			}
		})
	}
	all.Wait()
	if most.Load() > 3 {
		t.Errorf("%d ran at once, want 3 at most", most.Load())
	}
	if len(limiter.slots) != 0 {
		t.Errorf("%d endpoints are remembered, want none", len(limiter.slots))
	}
}

func TestAHungEndpointHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	limiter := NewLimiter(1)
	hung, ok := limiter.TryAcquire("whe_hung")
	if !ok {
		t.Fatal("the first place is not free")
	}
	if _, ok := limiter.TryAcquire("whe_hung"); ok {
		t.Fatal("a second place was given")
	}
	release, ok := limiter.TryAcquire("whe_other")
	if !ok {
		t.Fatal("another endpoint has to wait")
	}
	release()
	hung()
	hung()
	again, ok := limiter.TryAcquire("whe_hung")
	if !ok {
		t.Fatal("the place was not given back")
	}
	if _, ok := limiter.TryAcquire("whe_hung"); ok {
		t.Fatal("giving a place back twice made two")
	}
	again()
	if len(limiter.slots) != 0 {
		t.Errorf("%d endpoints are remembered, want none", len(limiter.slots))
	}
}

func TestWaitingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		limiter := NewLimiter(1)
		release, err := limiter.Acquire(t.Context(), "whe_1")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started := time.Now()
		if _, err := limiter.Acquire(ctx, "whe_1"); !errors.Is(err, context.DeadlineExceeded) || time.Since(started) != time.Minute {
			t.Errorf("%v after %v, want the deadline after a minute", err, time.Since(started))
		}
		release()
		if len(limiter.slots) != 0 {
			t.Errorf("%d endpoints are remembered, want none", len(limiter.slots))
		}
	})
}
