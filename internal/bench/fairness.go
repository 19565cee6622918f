package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"certflow/internal/sample"
	"certflow/workflows"
)

// measureFairness compares how long a single upload takes to its verdict on an idle service and while another account's job runs.
func measureFairness(ctx context.Context, r *run) (err error) {
	s, err := r.start(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	files, err := drawn(r.seed, max(r.bulk, r.singles), uploadSize, sample.Text)
	if err != nil {
		return err
	}
	single, err := s.tenant(ctx, "Single")
	if err != nil {
		return err
	}
	busy, err := s.tenant(ctx, "Busy")
	if err != nil {
		return err
	}
	body, err := busy.bulkForm(ctx, files[:r.bulk])
	if err != nil {
		return err
	}
	if _, _, err := s.latency(ctx, single, files[0]); err != nil { // the first one warms caches
		return err
	}
	var idle, during []time.Duration
	var last waits
	for i := range r.singles {
		took, spent, err := s.latency(ctx, single, files[i])
		if err != nil {
			return err
		}
		idle, last = append(idle, took), spent
	}
	r.out.Notes = append(r.out.Notes, "of an idle one "+last.String())
	var answer struct{ Job string }
	if err := busy.post(ctx, bulkPath, body, &answer); err != nil {
		return err
	}
	for i := range r.singles {
		took, spent, err := s.latency(ctx, single, files[i])
		if err != nil {
			return err
		}
		ended, err := s.ended(ctx, busy.account)
		if err != nil {
			return err
		}
		r.say("a single one took %.1f s while %d of %d were done", took.Seconds(), ended, r.bulk)
		if ended >= r.bulk {
			break // no longer during the job
		}
		during, last = append(during, took), spent
	}
	if len(during) == 0 {
		return fmt.Errorf("the job of %d files ended before a single upload did", r.bulk)
	}
	r.out.Notes = append(r.out.Notes, "of one during the job "+last.String())
	a, b := median(milliseconds(during)), median(milliseconds(idle))
	r.add(Figure{Name: fmt.Sprintf("a single upload's verdict during another account's job of %d ÷ idle", r.bulk), Value: a / b, Unit: "×", Target: atMost(5),
		Note: fmt.Sprintf("medians of %d and %d", len(during), len(idle))})
	r.add(Figure{Name: "the same, slowest during the job", Value: quantile(milliseconds(during), 1) / b, Unit: "×"})
	r.add(Figure{Name: "upload to verdict, idle", Value: b, Unit: "ms"})
	r.add(Figure{Name: "upload to verdict, during the job", Value: a, Unit: "ms"})
	return nil
}

// latency is the time from the beginning of an upload to its verdict, and where the review's went.
func (s *stack) latency(ctx context.Context, t *tenant, f file) (time.Duration, waits, error) {
	body, err := t.single(f)
	if err != nil {
		return 0, waits{}, err
	}
	began := time.Now()
	id, err := t.upload(ctx, body)
	if err != nil {
		return 0, waits{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	var finished *time.Time
	err = until(ctx, 100*time.Millisecond, func() (bool, error) {
		err := s.owner.QueryRowContext(ctx, "SELECT finished_at FROM certificates WHERE id = $1", id).Scan(&finished)
		return finished != nil, err
	})
	if err != nil {
		return 0, waits{}, fmt.Errorf("wait for the verdict of %s: %w", id, err)
	}
	events, err := eventsOf(ctx, s.dev.Service.Temporal, workflows.ReviewID(t.account, id))
	if err != nil {
		return 0, waits{}, err
	}
	return finished.Sub(began), waitsOf(events), nil
}
