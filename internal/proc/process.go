// Package proc runs certflow's own commands as processes, for what has to be seen from outside: memory and CPU time of one process, or
// what is left when one is killed. They do not outlive the program that started them; Bind does that for other programs too.
package proc

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Process is a certflow process that this program started.
type Process struct {
	cmd    *exec.Cmd
	exited <-chan struct{}
}

// Start starts a command of a certflow binary with further variables in its environment. It writes its log, and what it would say as it
// crashes, to log.
func Start(program string, env []string, log io.Writer, args ...string) (*Process, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = log
	exited, err := Bind(cmd, syscall.SIGKILL)
	if err != nil {
		return nil, fmt.Errorf("start certflow %s: %w", strings.Join(args, " "), err)
	}
	return &Process{cmd: cmd, exited: exited}, nil
}

// PID is the process's.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Command is the program and its arguments.
func (p *Process) Command() string { return strings.Join(p.cmd.Args, " ") }

// Exited is closed when the process has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// State says how the process ended, once Exited is closed: "exit status 1", "signal: killed".
func (p *Process) State() string { return p.cmd.ProcessState.String() }

// Signal sends a signal; a process that has ended does not get it.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the process as kill -9 does and returns when it has ended.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// stopTime is how long a process may take to end in order.
const stopTime = 20 * time.Second

// Stop ends the process in order. It may be called again, and on none.
func (p *Process) Stop() {
	if p == nil {
		return
	}
	p.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		p.Kill()
	}
}
