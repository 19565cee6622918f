package chaos

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"certflow/internal/devstack"
	"certflow/internal/proc"
)

// target is a process, or a server of several, that can be ended and started again. Its methods are not for concurrent use.
type target interface {
	start(ctx context.Context) error
	// stop ends it in order.
	stop()
	// processes are the ids of all that it consists of, its first one first.
	processes() []int
	// exited is closed when it has ended. After start, ask again.
	exited() <-chan struct{}
	alive() bool
	// keepLog puts aside a log that the next start begins anew.
	keepLog()
}

// processTarget is a process of certflow.
type processTarget struct {
	program string
	env     []string
	args    []string
	log     string
	process *proc.Process
}

func (t *processTarget) start(context.Context) error {
	log, err := os.OpenFile(t.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of a process: %w", err)
	}
	defer log.Close() // the process has it
	fmt.Fprintf(log, "=== started at %s\n", time.Now().UTC().Format(time.RFC3339Nano))
	t.process, err = proc.Start(t.program, t.env, log, t.args...)
	return err
}

func (t *processTarget) stop()                   { t.process.Stop() }
func (t *processTarget) processes() []int        { return []int{t.process.PID()} }
func (t *processTarget) exited() <-chan struct{} { return t.process.Exited() }
func (t *processTarget) alive() bool             { return t.process != nil && lives(t.process.Exited()) }
func (t *processTarget) keepLog()                {}

// databaseTarget is PostgreSQL.
type databaseTarget struct {
	server *devstack.Postgres
	logs   string
}

func (t *databaseTarget) start(ctx context.Context) error { return t.server.Restart(ctx) }
func (t *databaseTarget) stop()                           { _ = syscall.Kill(t.server.PID(), syscall.SIGINT) }
func (t *databaseTarget) processes() []int                { return tree(t.server.PID()) }
func (t *databaseTarget) exited() <-chan struct{}         { return t.server.Done() }
func (t *databaseTarget) alive() bool                     { return lives(t.server.Done()) }
func (t *databaseTarget) keepLog()                        { appendTo(filepath.Join(t.logs, "postgres.log"), t.server.Log()) }

// temporalTarget is Temporal.
type temporalTarget struct {
	server *devstack.Temporal
	logs   string
}

func (t *temporalTarget) start(ctx context.Context) error { return t.server.Restart(ctx) }
func (t *temporalTarget) stop()                           { _ = syscall.Kill(t.server.PID(), syscall.SIGTERM) }
func (t *temporalTarget) processes() []int                { return tree(t.server.PID()) }
func (t *temporalTarget) exited() <-chan struct{}         { return t.server.Done() }
func (t *temporalTarget) alive() bool                     { return lives(t.server.Done()) }
func (t *temporalTarget) keepLog()                        { appendTo(filepath.Join(t.logs, "temporal.log"), t.server.Log()) }

func lives(exited <-chan struct{}) bool {
	select {
	case <-exited:
		return false
	default:
		return true
	}
}

// tree is a process and all that it started; just itself when they cannot be listed.
func tree(pid int) []int {
	pids := []int{pid}
	all, err := proc.List()
	if err != nil {
		return pids
	}
	for _, s := range proc.Descendants(all, pid) {
		if s.PID != pid {
			pids = append(pids, s.PID)
		}
	}
	return pids
}

// appendTo adds what a log says to another file. Nothing depends on it.
func appendTo(kept, log string) {
	from, err := os.Open(log)
	if err != nil {
		return
	}
	defer from.Close()
	to, err := os.OpenFile(kept, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer to.Close()
	_, _ = io.Copy(to, from)
}
