package api

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestABurstOfUploadsIsStartedWholeAndNotAllAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := newStartQueue(slog.New(slog.NewTextHandler(&log, nil)))
		var mu sync.Mutex
		var running, most, started int
		const burst = 500
		for i := range burst {
			s.start(t.Context(), fmt.Sprint("ci_", i), func(context.Context) error {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(20 * time.Millisecond) // of the bubble's clock: what Temporal takes
				mu.Lock()
				running--
				started++
				mu.Unlock()
				return nil
			})
		}
		s.wait()
		if started != burst || log.Len() != 0 {
			t.Errorf("started %d of %d, and logged:\n%s", started, burst, log.String())
		}
		if most != maxConcurrentStarts {
			t.Errorf("%d were started at a time, want %d", most, maxConcurrentStarts)
		}
	})
}

func TestWhatCannotBeStartedInTimeIsLeftToTheSweepByName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := newStartQueue(slog.New(slog.NewTextHandler(&log, nil)))
		hangs := func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		}
		// Temporal answers nobody: by maxQueueTime, four rounds of startsAtOnce have had their turn.
		const burst = 5*maxConcurrentStarts + 1
		for i := range burst {
			s.start(t.Context(), fmt.Sprint("ci_", i), hangs)
		}
		time.Sleep(maxQueueTime + startTimeout + time.Second)
		synctest.Wait()
		if got := strings.Count(log.String(), "waits for the sweep"); got != burst {
			t.Errorf("%d of %d were said to wait for the sweep", got, burst)
		}
		if !strings.Contains(log.String(), "id=ci_0 ") || !strings.Contains(log.String(), errLeftToSweep.Error()) {
			t.Errorf("the log does not name them:\n%s", log.String())
		}
	})
}

func TestAStopGivesTheLineItsTimeAndNoMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStartQueue(slog.New(slog.DiscardHandler))
		for i := range 10 * maxConcurrentStarts {
			s.start(t.Context(), fmt.Sprint("ci_", i), func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			})
		}
		began := time.Now()
		s.wait()
		if took := time.Since(began); took > 2*startTimeout+time.Second {
			t.Errorf("a stop took %v", took)
		}
	})
}
