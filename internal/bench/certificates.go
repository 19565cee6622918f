package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"golang.org/x/sync/errgroup"

	"certflow/internal/sample"
	"certflow/workflows"
)

// uploaders are the clients that upload at once.
const uploaders = 8

func measureCertificates(ctx context.Context, r *run) error {
	noop, err := r.noopReviews(ctx)
	if err != nil {
		return err
	}
	files, err := drawn(r.seed, r.certificates, 0, sample.Text)
	if err != nil {
		return err
	}
	read, err := r.readings(ctx, files)
	if err != nil {
		return err
	}
	return r.endToEnd(ctx, files, noop, read)
}

// noopReviews is the CPU time in seconds of a review whose activities do nothing.
func (r *run) noopReviews(ctx context.Context) (seconds float64, err error) {
	b, err := r.startBare(ctx, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.stop()) }()
	if _, _, _, err := b.reviews(ctx, min(50, r.noops)); err != nil { // the first ones warm caches
		return 0, err
	}
	seconds, rate, parts, err := b.reviews(ctx, r.noops)
	if err != nil {
		return 0, err
	}
	r.say("a review of no-op activities takes %.0f ms of CPU", seconds*1000)
	r.add(Figure{Name: "CPU of a review of no-op activities", Value: seconds * 1000, Unit: "ms", Note: parts})
	r.add(Figure{Name: "reviews of no-op activities", Value: rate, Unit: "/s"})
	return seconds, nil
}

// readings is the CPU time in seconds of reading one certificate in a child process.
func (r *run) readings(ctx context.Context, files []file) (float64, error) {
	read, err := r.newReader()
	if err != nil {
		return 0, err
	}
	defer read.Close()
	all := func(n int) error {
		for i := range n {
			if _, err := read.Read(ctx, files[i%len(files)].pdf, func() {}); err != nil {
				return fmt.Errorf("read %s: %w", files[i%len(files)].name, err)
			}
		}
		return nil
	}
	if err := all(min(5, r.reads)); err != nil { // the first ones start the child
		return 0, err
	}
	before, err := treeCPU(os.Getpid())
	if err != nil {
		return 0, err
	}
	if err := all(r.reads); err != nil {
		return 0, err
	}
	after, err := treeCPU(os.Getpid())
	if err != nil {
		return 0, err
	}
	used := spent(before, after)
	seconds := total(used).Seconds() / float64(r.reads)
	r.say("reading one takes %.0f ms of CPU", seconds*1000)
	r.add(Figure{Name: fmt.Sprintf("CPU of reading one digital page of %d kB", len(files[0].pdf)/1000), Value: seconds * 1000, Unit: "ms", Note: perUnit(used, r.reads)})
	return seconds, nil
}

// endToEnd uploads certificates and compares the rate of verdicts with the limit.
func (r *run) endToEnd(ctx context.Context, files []file, noop, read float64) (err error) {
	s, err := r.start(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	t, err := s.warmTenant(ctx, files, "Certificates")
	if err != nil {
		return err
	}
	before, err := treeCPU(os.Getpid())
	if err != nil {
		return err
	}
	busy, err := machineCPU()
	if err != nil {
		return err
	}
	began := time.Now()
	last, err := s.reviewAll(ctx, t, files)
	if err != nil {
		return err
	}
	took := time.Since(began)
	after, err := treeCPU(os.Getpid())
	if err != nil {
		return err
	}
	busyAfter, err := machineCPU()
	if err != nil {
		return err
	}
	seconds, statuses, err := s.span(ctx, t.account)
	if err != nil {
		return err
	}
	used := spent(before, after)
	others := max(0, (busyAfter-busy-total(used)).Seconds()/took.Seconds())
	r.compare("certificates", float64(len(files))/seconds, noop, read, others)
	r.add(Figure{Name: "CPU of a certificate end to end", Value: total(used).Seconds() * 1000 / float64(len(files)), Unit: "ms", Note: perUnit(used, len(files))})
	r.out.Notes = append(r.out.Notes, "verdicts: "+statuses)
	return r.historyOf(ctx, s, t, last)
}

// warmTenant is a tenant of a stack whose processes have reviewed some of the files for another one.
func (s *stack) warmTenant(ctx context.Context, files []file, name string) (*tenant, error) {
	warm, err := s.tenant(ctx, "Warming")
	if err != nil {
		return nil, err
	}
	if _, err := s.reviewAll(ctx, warm, files[:min(10, len(files))]); err != nil {
		return nil, err
	}
	return s.tenant(ctx, name)
}

// compare adds the rate of verdicts and how much of the limit it is.
func (r *run) compare(what string, rate, noop, read, others float64) {
	cores := float64(thisMachine().Cores)
	whole := limit(cores, noop, read)
	r.add(Figure{Name: what + " a second ÷ the limit that their parts predict", Value: share(rate, whole), Unit: "%", Target: atLeast(80),
		Note: fmt.Sprintf("%.1f/s of %.1f/s = %.0f cores ÷ (%.1f ms no-op + %.1f ms reading)", rate, whole, cores, noop*1000, read*1000)})
	if left := cores - others; others > 0.05 && left > 0 {
		r.add(Figure{Name: "the same, of the cores that other processes left", Value: share(rate, limit(left, noop, read)), Unit: "%",
			Note: fmt.Sprintf("others kept %.2f cores busy", others)})
	}
	r.add(Figure{Name: what + " a second", Value: rate, Unit: "/s"})
}

// reviewAll uploads files with several clients and returns when all have verdicts; last is the id of one of them.
func (s *stack) reviewAll(ctx context.Context, t *tenant, files []file) (last string, err error) {
	var id atomic.Value
	g, uploading := errgroup.WithContext(ctx)
	g.SetLimit(uploaders)
	for _, f := range files {
		g.Go(func() error {
			body, err := t.single(f)
			if err != nil {
				return err
			}
			made, err := t.upload(uploading, body)
			id.Store(made)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return id.Load().(string), s.verdicts(ctx, t, len(files))
}

// verdicts returns when an account has so many.
func (s *stack) verdicts(ctx context.Context, t *tenant, n int) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	return until(ctx, 500*time.Millisecond, func() (bool, error) {
		ended, err := s.ended(ctx, t.account)
		return ended >= n, err
	})
}

// historyOf counts events and billable actions of a review.
func (r *run) historyOf(ctx context.Context, s *stack, t *tenant, certificate string) error {
	id := workflows.ReviewID(t.account, certificate)
	events, err := eventsOf(ctx, s.dev.Service.Temporal, id)
	if err != nil {
		return err
	}
	actions := 0
	for _, event := range events {
		if billable(event.GetEventType()) {
			actions++
		}
	}
	r.add(Figure{Name: "history events of a certificate", Value: float64(len(events)), Unit: "events", Target: atMost(30)})
	r.add(Figure{Name: "billable actions of a certificate", Value: float64(actions), Unit: "actions", Target: atMost(6)})
	return nil
}

// billable reports whether Temporal Cloud counts an event as an action: what a workflow asks for, and its start. Retries of activities
// and heartbeats count too and leave no event; a digital certificate has none.
func billable(t enums.EventType) bool {
	switch t {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enums.EVENT_TYPE_TIMER_STARTED,
		enums.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, enums.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
		enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED, enums.EVENT_TYPE_MARKER_RECORDED,
		enums.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED:
		return true
	}
	return false
}
