//go:build unix

package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// hold takes the lock that makes a data folder one process's own, until release. The kernel gives it back when the
// process dies, so there is no such thing as a stale one.
func hold(file string) (release func(), err error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock of a data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s is in use by another certflow: stop it, or choose another data folder", filepath.Dir(file))
		}
		return nil, fmt.Errorf("lock %s: %w", file, err)
	}
	return func() {
		// A process that is being started elsewhere has a copy of the file until its program begins, which may be after the close.
		_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
		f.Close()
	}, nil
}

// endOrphan ends the server that an earlier, killed parent left behind, if pidFile names one that still runs. A pid
// may have been given to another program since: only a process whose command line holds needle is touched. The
// caller holds the data folder's lock, so no living parent minds.
func endOrphan(ctx context.Context, pidFile, needle string, s syscall.Signal) error {
	text, err := os.ReadFile(pidFile)
	if err != nil {
		return nil
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err == nil && pid > 1 && strings.Contains(commandLine(ctx, pid), needle) {
		if err := endProcess(ctx, pid, s); err != nil {
			return err
		}
	}
	if err := os.Remove(pidFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a stale pid file: %w", err)
	}
	return nil
}

// endProcess ends a process that is no child of ours: s first, SIGKILL when it is still there after the grace time.
func endProcess(ctx context.Context, pid int, s syscall.Signal) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(grace)
	for next := s; running(ctx, pid); {
		if next != 0 {
			if err := syscall.Kill(pid, next); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("end process %d, left behind by an earlier run: %w", pid, err)
			}
			next = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now := <-tick.C:
			if now.After(deadline) {
				next, deadline = syscall.SIGKILL, now.Add(grace)
			}
		}
	}
	return nil
}

// running tells whether the process lives; one that has ended and was not yet waited for does not.
func running(ctx context.Context, pid int) bool {
	p, err := process.NewProcessWithContext(ctx, int32(pid))
	if err != nil {
		return !errors.Is(err, process.ErrorProcessNotRunning)
	}
	status, err := p.StatusWithContext(ctx)
	return err != nil || !slices.Contains(status, process.Zombie)
}

// commandLine is the program and arguments of a process; empty when it is gone.
func commandLine(ctx context.Context, pid int) string {
	p, err := process.NewProcessWithContext(ctx, int32(pid))
	if err != nil {
		return ""
	}
	text, err := p.CmdlineWithContext(ctx)
	if err != nil {
		return ""
	}
	return text
}
