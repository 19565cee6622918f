package document

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// tool is a program of the machine that reading uses.
type tool struct {
	name    string // as found on the PATH
	pkg     string // the Debian package that brings it
	limits  bounds
	maxSize int64 // bytes of output
	// work is the processor time of one run at most; 0 is as long as it may take. Unlike the time on the wall it does not depend on what else
	// the machine does, so that what exceeds it is to blame on the document.
	work time.Duration
}

// bounds is what a helper process may take.
type bounds struct {
	memory  int64 // bytes of writable memory
	timeout time.Duration
}

var errOutput = errors.New("more output than expected")

// installed is an *Unavailable when the program is not on the PATH.
func (t tool) installed() error {
	if _, err := exec.LookPath(t.name); err != nil {
		return &Unavailable{Tool: t.name, Package: t.pkg}
	}
	return nil
}

// run gives a program input and returns what it prints. It has its own process group and its limits before it sees a byte of
// the input. It fails with *Unavailable, *Fault or the context's error.
func (t tool) run(ctx context.Context, input []byte, args ...string) ([]byte, error) {
	path, err := exec.LookPath(t.name)
	if err != nil {
		return nil, &Unavailable{Tool: t.name, Package: t.pkg}
	}
	limited, cancel := context.WithTimeout(ctx, t.limits.timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, path, args...)
	ownGroup(cmd)
	cmd.Env = append(environment(), "OMP_THREAD_LIMIT=1")
	cmd.Dir = os.TempDir()
	cmd.WaitDelay = time.Second
	stdout := &capped{left: t.maxSize, overflow: cancel}
	stderr := &capped{left: 4 << 10}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, &Fault{NotStarted, t.name, err}
	}
	if err := cmd.Start(); err != nil {
		return nil, &Fault{NotStarted, t.name, err}
	}
	work := t.limits.timeout + time.Second
	if t.work > 0 {
		work = min(t.work, work)
	}
	if err := confine(cmd.Process.Pid, t.limits.memory, uint64(work.Seconds())); err != nil && !errors.Is(err, syscall.ESRCH) {
		cancel()
		err = errors.Join(err, cmd.Wait())
		return nil, &Fault{NotStarted, t.name, err}
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		// A program that has seen enough closes its end: what it printed and how it ended say whether that was right.
		_, _ = stdin.Write(input)
		_ = stdin.Close()
	}()
	err = cmd.Wait()
	<-fed
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case stdout.full:
		return nil, &Fault{Crashed, t.name, errOutput}
	case err != nil && limited.Err() == nil && t.spent(cmd.ProcessState):
		return nil, &Fault{Endless, t.name, err}
	case limited.Err() != nil:
		return nil, &Fault{TimedOut, t.name, nil}
	case err != nil && starved(stderr.String()):
		return nil, &Fault{OutOfMemory, t.name, err}
	case err != nil:
		return nil, &Fault{Crashed, t.name, errors.Join(err, errors.New(strings.TrimSpace(stderr.String())))}
	}
	return stdout.buffer.Bytes(), nil
}

// spent reports whether the system ended a program that had worked as long as it may. The limit counts in ticks of a clock and the usage does not,
// so that they differ where many programs run.
func (t tool) spent(p *os.ProcessState) bool {
	status, ok := p.Sys().(syscall.WaitStatus)
	return ok && t.work > 0 && status.Signaled() && p.UserTime()+p.SystemTime() > t.work/2
}

// starved reports whether a program's last words are about memory.
func starved(stderr string) bool {
	s := strings.ToLower(stderr)
	return strings.Contains(s, "out of memory") || strings.Contains(s, "bad_alloc") || strings.Contains(s, "cannot allocate") || strings.Contains(s, "failed to allocate")
}

// environment is all that a helper process learns of ours: where programs and their data are, and no secret.
func environment() []string {
	var out []string
	for _, key := range []string{"PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "FONTCONFIG_PATH", "TMPDIR"} {
		if v := os.Getenv(key); v != "" {
			out = append(out, key+"="+v)
		}
	}
	return append(out, "LC_ALL=C")
}

// capped is a buffer that takes no more than it should. What comes beyond that it drops, and calls overflow. It holds its buffer
// instead of being one: io.Copy would read into a bytes.Buffer past Write.
type capped struct {
	buffer   bytes.Buffer
	left     int64
	full     bool
	overflow func()
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	kept := p
	if int64(len(p)) > c.left {
		if !c.full && c.overflow != nil {
			c.overflow()
		}
		c.full = true
		kept = p[:c.left]
	}
	c.left -= int64(len(kept))
	c.buffer.Write(kept)
	return len(p), nil
}

// String is what was kept.
func (c *capped) String() string { return c.buffer.String() }
