//go:build unix

package devstack

import (
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"certflow/internal/proc"
)

// child is a server that runs as a process of ours and does not outlive us.
type child struct {
	cmd    *exec.Cmd
	exited <-chan struct{} // closed when the process has ended and was waited for
	guard  *guard
}

// startChild starts cmd bound to this process. Should the parent die, the child gets the signal, and then remove, if not
// empty, is deleted with all that is in it.
func startChild(cmd *exec.Cmd, onParentDeath syscall.Signal, remove string) (*child, error) {
	exited, err := proc.Bind(cmd, onParentDeath)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	c := &child{cmd: cmd, exited: exited}
	if c.guard, err = startGuard(cmd.Process.Pid, onParentDeath, remove); err != nil {
		c.stop(syscall.SIGKILL)
		return nil, err
	}
	return c, nil
}

// grace is how long a child has after each signal but the last.
const grace = 10 * time.Second

// stop sends the signals in turn until the child has ended, and SIGKILL after the last. It may be called again.
func (c *child) stop(signals ...syscall.Signal) {
	for _, s := range append(signals, syscall.SIGKILL) {
		_ = c.cmd.Process.Signal(s)
		timer := time.NewTimer(grace)
		select {
		case <-c.exited:
			timer.Stop()
			c.guard.dismiss()
			return
		case <-timer.C:
		}
	}
	<-c.exited
	c.guard.dismiss()
}

// guard is a shell that waits for the end of its standard input. A line there means that all is well; an end
// without one means that the parent is gone. It works where there is no such thing as a parent death signal, and it
// is what removes an ephemeral folder after a kill -9.
type guard struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

const guardScript = `
read -r line && exit 0
kill -s "$2" "$1" 2>/dev/null
tries=0
while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$1" 2>/dev/null
[ -z "$3" ] || rm -rf -- "$3"
`

func startGuard(pid int, s syscall.Signal, remove string) (*guard, error) {
	cmd := exec.Command("/bin/sh", "-c", guardScript, "certflow-guard", strconv.Itoa(pid), signalName(s), remove)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the guard of process %d: %w", pid, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard of process %d: %w", pid, err)
	}
	return &guard{cmd: cmd, stdin: stdin}, nil
}

// dismiss ends the guard without its doing anything. It may be called again, and on a guard that never was.
func (g *guard) dismiss() {
	if g == nil {
		return
	}
	_, _ = io.WriteString(g.stdin, "done\n")
	_ = g.stdin.Close()
	_ = g.cmd.Wait()
}

// signalName is the name that the shell's kill takes.
func signalName(s syscall.Signal) string {
	switch s {
	case syscall.SIGINT:
		return "INT"
	default:
		return "TERM"
	}
}
