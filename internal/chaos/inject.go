package chaos

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"
)

// inject carries out a schedule and returns what was carried out. Each target takes its faults one after the other: one that is still
// recovering from the last is left to it, and what does not come before the time is over is dropped. In the end everything runs.
func (s *stack) inject(ctx context.Context, faults []Fault, lasting time.Duration, say func(string, ...any)) []Fault {
	began := time.Now()
	ctx, cancel := context.WithDeadline(ctx, began.Add(lasting))
	defer cancel()
	byTarget := map[string][]Fault{}
	for _, f := range faults {
		byTarget[f.Target] = append(byTarget[f.Target], f)
	}
	var mu sync.Mutex
	var injected []Fault
	note := func(f Fault) {
		f.At = time.Since(began)
		mu.Lock()
		defer mu.Unlock()
		injected = append(injected, f)
	}
	var all sync.WaitGroup
	for name, t := range s.targets {
		all.Go(func() { s.breakProcess(ctx, name, t, began, byTarget[name], note, say) })
	}
	for name, l := range s.links {
		all.Go(func() { breakLink(ctx, l, began, byTarget[name], note) })
	}
	all.Wait()
	slices.SortFunc(injected, func(a, b Fault) int { return int(a.At - b.At) })
	return injected
}

// breakLink carries out the faults of a link.
func breakLink(ctx context.Context, l *link, began time.Time, faults []Fault, note func(Fault)) {
	for _, f := range faults {
		if wait(ctx, time.Until(began.Add(f.At))) != nil {
			return
		}
		note(f)
		switch f.Kind {
		case Cut:
			l.cut()
		case Hold:
			l.hold(true)
			_ = wait(ctx, f.For)
			l.hold(false)
		case Refuse:
			l.refuse(true)
			_ = wait(ctx, f.For)
			l.refuse(false)
		}
	}
}

// breakProcess carries out the faults of a process, and starts it again when it ends by itself, as whoever runs it in production does.
func (s *stack) breakProcess(ctx context.Context, name string, t target, began time.Time, faults []Fault, note func(Fault), say func(string, ...any)) {
	for ctx.Err() == nil {
		var due <-chan time.Time
		timer := (*time.Timer)(nil)
		if len(faults) > 0 {
			timer = time.NewTimer(time.Until(began.Add(faults[0].At)))
			due = timer.C
		}
		select {
		case <-ctx.Done():
		case <-t.exited():
			s.exited(name, "ended by itself after "+time.Since(began).Round(time.Second).String()+how(t))
			_ = wait(ctx, time.Second)
			s.startAgain(ctx, name, t, say)
		case <-due:
			note(faults[0])
			s.breakOnce(ctx, name, t, faults[0], say)
			faults = faults[1:]
		}
		if timer != nil {
			timer.Stop()
		}
	}
	// What ended in the last moment.
	if !t.alive() {
		s.startAgain(ctx, name, t, say)
	}
}

// how says how a process ended.
func how(t target) string {
	if p, ok := t.(*processTarget); ok {
		return " with " + p.process.State()
	}
	return ""
}

func (s *stack) breakOnce(ctx context.Context, name string, t target, f Fault, say func(string, ...any)) {
	switch f.Kind {
	case Pause:
		pids := t.processes()
		signal(pids, syscall.SIGSTOP)
		_ = wait(ctx, f.For)
		signal(pids, syscall.SIGCONT)
	case Crash:
		if backends := t.processes()[1:]; len(backends) > 0 {
			slices.Sort(backends)
			signal(backends[f.Which%len(backends):][:1], syscall.SIGKILL)
		}
	case Kill:
		signal(t.processes(), syscall.SIGKILL)
		<-t.exited()
		_ = wait(ctx, f.For)
		s.startAgain(ctx, name, t, say)
	case Restart:
		t.stop()
		select {
		case <-t.exited():
		case <-time.After(stopTime):
			signal(t.processes(), syscall.SIGKILL)
			s.exited(name, "did not stop in order within "+stopTime.String())
			<-t.exited()
		}
		_ = wait(ctx, f.For)
		s.startAgain(ctx, name, t, say)
	}
}

// stopTime is how long a server may take to end in order.
const stopTime = 30 * time.Second

// startAgain starts a target, again and again until it runs: a port may be taken, or a server may still see what it left behind. The end of
// the faults does not end it.
func (s *stack) startAgain(ctx context.Context, name string, t target, say func(string, ...any)) {
	t.keepLog()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	for {
		err := t.start(ctx)
		if err == nil {
			return
		}
		say("%s does not start: %v", name, err)
		if wait(ctx, 500*time.Millisecond) != nil {
			s.exited(name, fmt.Sprintf("could not be started again: %v", err))
			return
		}
	}
}

func signal(pids []int, s syscall.Signal) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, s) // one that has ended meanwhile does not matter
	}
}

// wait returns after a while, or with the error of ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
