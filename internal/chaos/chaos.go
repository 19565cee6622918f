// Package chaos breaks certflow on purpose and proves that it kept its promises (CONTRACT §8). It runs the real processes (PostgreSQL,
// Temporal, two APIs, two workers, a receiver of webhooks), kills, restarts and pauses each of them and breaks every connection between
// them by a schedule that a seed decides, while clients upload certificates and repeat what got no answer, as the documentation tells
// them to. Then the faults stop, what is under way must end in time, and a checker that shares no query and no signing code with the product
// reads the database as its owner, the folder of blobs, Temporal's lists and the receiver's log, and names everything that is not as
// promised.
//
// It runs on Linux, whose /proc says which processes belong to a server.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options say how long and by which schedule certflow is broken.
type Options struct {
	Seed     uint64
	For      time.Duration // how long faults are injected
	Dir      string        // where logs and state are kept; the run makes a folder of its own in it
	Progress func(string)
}

const (
	// settleTime bounds how long every part may take to be healthy once no more faults come.
	settleTime = time.Minute
	// repeatTime bounds how long clients repeat their requests after that.
	repeatTime = 4 * time.Minute
	// drainTime bounds how long what was accepted may take to end after that: the sweep's minute, the longest wait between two tries, and
	// a machine that has other work.
	drainTime = 5 * time.Minute
)

// Run breaks, waits and checks. A report without violations is the proof; an error says that there could be none. On either failure the folder
// that the report names stays, with the logs.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	if len(Schedule(o.Seed, o.For)) == 0 {
		return nil, fmt.Errorf("in %s no fault is injected, so that nothing would be shown: choose a longer time, such as 3m", o.For)
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return nil, fmt.Errorf("the processes of a server are found in /proc, which only Linux has: %w", err)
	}
	began := time.Now()
	dir, err := filepath.Abs(filepath.Join(o.Dir, fmt.Sprintf("%s-seed-%d", began.UTC().Format("20060102-150405"), o.Seed)))
	if err != nil {
		return nil, fmt.Errorf("find the folder of this run: %w", err)
	}
	r := &run{Options: o, dir: dir, report: &Report{Seed: o.Seed, For: o.For, Dir: dir}}
	defer func() {
		if err == nil && len(report.Violations) == 0 {
			err = os.RemoveAll(dir)
			report.Dir = ""
		}
	}()
	if err := r.all(ctx); err != nil {
		return r.report, fmt.Errorf("%w (what was logged is in %s)", err, dir)
	}
	r.report.Took = time.Since(began)
	return r.report, nil
}

// run is one run.
type run struct {
	Options
	dir    string
	stack  *stack
	report *Report
}

func (r *run) say(format string, args ...any) { r.Progress(fmt.Sprintf(format, args...)) }

func (r *run) all(ctx context.Context) (err error) {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of this run: %w", err)
	}
	if r.stack, err = startStack(ctx, r.dir, r.Progress); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stack.stop()) }()
	load, err := newLoad(ctx, r.stack, r.Seed)
	if err != nil {
		return err
	}
	faults := Schedule(r.Seed, r.For)
	r.say("%d faults in %s, by seed %d", len(faults), r.For, r.Seed)
	done := load.start(ctx, r.For)
	r.report.Injected = r.stack.inject(ctx, faults, r.For, r.say)
	calm := time.Now()
	r.say("no more faults: %d were injected", len(r.report.Injected))
	w := &World{}
	if err := r.settle(ctx, w); err != nil {
		return err
	}
	r.report.Settled = time.Since(calm)
	w.Uploads = load.finish(done, repeatTime)
	r.report.Repeated = time.Since(calm)
	r.say("the clients have their answers; waiting for what was accepted to end")
	if err := r.drain(ctx, w); err != nil {
		return err
	}
	r.report.Drained = time.Since(calm)
	r.say("checking")
	w.Crashes, w.Exits = r.stack.crashes()
	if err := gather(ctx, r.stack, load, w); err != nil {
		return err
	}
	if err := w.keep(filepath.Join(r.dir, "world.json")); err != nil {
		return err
	}
	r.report.of(w)
	return nil
}

// settle waits until every part answers, or notes which does not.
func (r *run) settle(ctx context.Context, w *World) error {
	waiting, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	var ill []string
	err := until(waiting, 200*time.Millisecond, func() bool {
		ill = r.stack.ill(waiting)
		return len(ill) == 0
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.Ill = ill
	}
	return nil
}

// drain waits until nothing is under way, or leaves it to the checker to name what still is.
func (r *run) drain(ctx context.Context, w *World) error {
	waiting, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	var open string
	var fault error
	said := time.Now()
	err := until(waiting, time.Second, func() bool {
		open, fault = r.stack.underWay(waiting)
		if open != "" && time.Since(said) > 20*time.Second {
			r.say("under way: %s", open)
			said = time.Now()
		}
		return fault == nil && open == ""
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		w.Late = fmt.Sprintf("%s were under way %s after the last fault", open, drainTime)
		if open == "" {
			return fmt.Errorf("ask what is under way: %w", fault)
		}
	}
	return nil
}

// until asks again and again until the answer is yes or ctx ends.
func until(ctx context.Context, every time.Duration, done func() bool) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
