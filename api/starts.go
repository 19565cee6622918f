package api

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	// startTimeout bounds the start of one workflow whose row is committed.
	startTimeout = 5 * time.Second
	// maxConcurrentStarts is how many are started at a time: a Temporal server that is slow gets no faster by more of them.
	maxConcurrentStarts = 4
	// maxQueuedStarts is how many may wait for their turn, and maxQueueTime for how long: then the sweep has found the row.
	maxQueuedStarts = 4096
	maxQueueTime    = 20 * time.Second
)

// errLeftToSweep says that a workflow was not even tried: its row is found by the sweep.
var errLeftToSweep = errors.New("too much is being started")

// startQueue starts workflows beside the requests that committed their rows, so that clients do not wait for Temporal: some at a time, the
// others in line. What does not start is swept.
type startQueue struct {
	log     *slog.Logger
	turns   chan struct{}
	line    chan struct{}
	ended   chan struct{} // closed when nothing waits for its turn any more
	endOnce sync.Once
	running sync.WaitGroup
}

func newStartQueue(log *slog.Logger) *startQueue {
	return &startQueue{log: log, turns: make(chan struct{}, maxConcurrentStarts), line: make(chan struct{}, maxQueuedStarts), ended: make(chan struct{})}
}

// start has do called beside the request of ctx. id names the row in the log.
func (s *startQueue) start(ctx context.Context, id string, do func(ctx context.Context) error) {
	select {
	case s.line <- struct{}{}:
	default:
		s.leftToSweep(ctx, id, errLeftToSweep)
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.running.Go(func() {
		err := s.turn()
		<-s.line
		if err != nil {
			s.leftToSweep(ctx, id, err)
			return
		}
		defer func() { <-s.turns }()
		ctx, cancel := context.WithTimeout(ctx, startTimeout)
		defer cancel()
		if err := do(ctx); err != nil {
			s.leftToSweep(ctx, id, err)
		}
	})
}

// turn returns when a start may begin, or says why it may not.
func (s *startQueue) turn() error {
	waited := time.NewTimer(maxQueueTime)
	defer waited.Stop()
	select {
	case s.turns <- struct{}{}:
		return nil
	case <-waited.C:
	case <-s.ended:
	}
	return errLeftToSweep
}

func (s *startQueue) leftToSweep(ctx context.Context, id string, err error) {
	s.log.WarnContext(ctx, "a workflow did not start and waits for the sweep", slog.String("id", id), slog.Any("error", err))
}

// wait returns when everything was started, or given up; what is in line has startTimeout to get its turn.
func (s *startQueue) wait() {
	end := time.AfterFunc(startTimeout, func() { s.endOnce.Do(func() { close(s.ended) }) })
	defer end.Stop()
	s.running.Wait()
}
