package webhook

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

func TestNoMoreThanTheLimitRunAtOnceForOneEndpoint(t *testing.T) {
	t.Parallel()
	limiter := NewLimiter(3)
	var running, given atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			for given.Load() < 200 {
				release, ok := limiter.TryAcquire("whe_1")
				if !ok {
					runtime.Gosched()
					continue
				}
				given.Add(1)
				if now := running.Add(1); now > 3 {
					t.Errorf("%d run at once, want 3 at most", now)
				}
				runtime.Gosched()
				running.Add(-1)
				release()
			}
		})
	}
	all.Wait()
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
