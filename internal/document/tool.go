package document

import (
	"bytes"
	"context"
	"errors"
	"io"
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
}

// bounds is what a helper process may take.
type bounds struct {
	memory  int64 // bytes of writable memory
	timeout time.Duration
}

var errOutput = errors.New("more output than expected")

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
	stdout := &capped{left: t.maxSize}
	stderr := &capped{left: 4 << 10, drop: true}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, &Fault{NotStarted, t.name, err}
	}
	if err := cmd.Start(); err != nil {
		return nil, &Fault{NotStarted, t.name, err}
	}
	if err := confine(cmd.Process.Pid, t.limits.memory, uint64(t.limits.timeout.Seconds())+1); err != nil && !errors.Is(err, syscall.ESRCH) {
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
	case limited.Err() != nil:
		return nil, &Fault{TimedOut, t.name, nil}
	case stdout.full:
		return nil, &Fault{Crashed, t.name, errOutput}
	case err != nil && starved(stderr.String()):
		return nil, &Fault{OutOfMemory, t.name, err}
	case err != nil:
		return nil, &Fault{Crashed, t.name, errors.Join(err, errors.New(strings.TrimSpace(stderr.String())))}
	}
	return stdout.Bytes(), nil
}

// starved reports whether a program's last words are about memory.
func starved(stderr string) bool {
	s := strings.ToLower(stderr)
	return strings.Contains(s, "out of memory") || strings.Contains(s, "bad_alloc") || strings.Contains(s, "cannot allocate")
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

// capped is a buffer that takes no more than it should. Beyond that it fails, which ends the writer, or drops.
type capped struct {
	bytes.Buffer
	left int64
	drop bool
	full bool
}

// Write implements io.Writer.
func (c *capped) Write(p []byte) (int, error) {
	if int64(len(p)) > c.left {
		c.full = true
		if !c.drop {
			return 0, io.ErrShortBuffer
		}
		c.Buffer.Write(p[:c.left])
		c.left = 0
		return len(p), nil
	}
	c.left -= int64(len(p))
	return c.Buffer.Write(p)
}
