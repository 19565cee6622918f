package document

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"sync"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// order is what a child is asked to do with a document.
type order struct {
	Do    deed
	PDF   []byte
	Pages int
}

type deed byte

const (
	inspectDeed deed = iota + 1
	wordsDeed
	trimDeed
)

// setup is the first message to a child.
type setup struct {
	Memory  int64 // bytes that it should stay under; the hard limit is the parent's to set
	Engine  string
	Licence Licence
}

// answer is what a child says. Exactly one of the results is set unless there is an error.
type answer struct {
	Info    Info
	Pages   []page.Page
	PDF     []byte
	Refusal *certificate.Refusal
	Failed  string // an error that is no refusal
}

// ServeChild is the whole of the hidden subcommand behind Options.Command: it opens documents that come in on in, one after the
// other, until in ends. It is meant for a process of its own, whose memory limit it sets.
func ServeChild(in io.Reader, out io.Writer) error {
	read, write := gob.NewDecoder(in), gob.NewEncoder(out)
	var s setup
	if err := read.Decode(&s); err != nil {
		return fmt.Errorf("read the set-up of a document child: %w", err)
	}
	debug.SetMemoryLimit(s.Memory)
	debug.SetMaxStack(64 << 20)
	engine, err := NewEngine(s.Engine, s.Licence)
	if err != nil {
		return err
	}
	for {
		var o order
		if err := read.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read an order of a document child: %w", err)
		}
		if err := write.Encode(o.answer(context.Background(), engine)); err != nil {
			return fmt.Errorf("answer from a document child: %w", err)
		}
	}
}

func (o order) answer(ctx context.Context, engine Engine) answer {
	var a answer
	var err error
	switch o.Do {
	case inspectDeed:
		a.Info, err = Inspect(o.PDF)
	case wordsDeed:
		a.Pages, err = Words(ctx, o.PDF, o.Pages)
	case trimDeed:
		a.PDF, err = engine.Trim(ctx, o.PDF, o.Pages)
	default:
		err = fmt.Errorf("unknown order %d", o.Do)
	}
	if r := refusal(err); r != nil {
		a.Refusal = r
	} else if err != nil {
		a.Failed = err.Error()
	}
	return a
}

// documentsPerChild is after how many documents a child is replaced, so that what a library leaks or caches does not add up. To start one
// takes as much processor time as to review a certificate; after 3,000 documents one had grown by 1 MB.
const documentsPerChild = 1000

// child is a running helper process.
type child struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	write *gob.Encoder
	read  *gob.Decoder
	done  int
	last  *capped // the end of its standard error
}

// pool keeps the children that are idle, and lets so many work at once as jobs has room for.
type pool struct {
	command []string
	setup   setup
	limits  bounds
	jobs    chan struct{}

	mu     sync.Mutex
	idle   []*child
	closed bool
}

// take is an idle child or a new one.
func (p *pool) take() (*child, error) {
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	return p.start()
}

func (p *pool) start() (*child, error) {
	cmd := exec.Command(p.command[0], p.command[1:]...)
	ownGroup(cmd)
	cmd.Cancel = nil
	cmd.Env = environment()
	cmd.Dir = os.TempDir()
	cmd.WaitDelay = time.Second
	c := &child{cmd: cmd, last: &capped{left: 4 << 10}}
	cmd.Stderr = c.last
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, &Fault{NotStarted, childName, err}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, &Fault{NotStarted, childName, err}
	}
	if err := cmd.Start(); err != nil {
		return nil, &Fault{NotStarted, childName, err}
	}
	c.in, c.write, c.read = in, gob.NewEncoder(in), gob.NewDecoder(out)
	if err = confine(cmd.Process.Pid, p.limits.memory, childSeconds); err == nil {
		err = c.write.Encode(p.setup)
	}
	if err != nil {
		c.end()
		return nil, &Fault{NotStarted, childName, err}
	}
	return c, nil
}

const (
	childName    = "document child"
	childSeconds = 3600 // of processor time in its life; each document has its own deadline
)

// put takes a child back that did its work, or lets it go.
func (p *pool) put(c *child) {
	p.mu.Lock()
	keep := !p.closed && c.done < documentsPerChild
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.end()
	}
}

// close ends the idle children; those at work end when they come back.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		c.end()
	}
}

// end kills a child with its group and waits for it. How it ended is the state of cmd.
func (c *child) end() {
	_ = c.in.Close()
	_ = endGroup(c.cmd)
	_ = c.cmd.Wait()
}

// do has a child carry out an order. It fails with *Fault when the child does not live to answer, with the context's error,
// or with what the child answered.
func (p *pool) do(ctx context.Context, o order) (answer, error) {
	select {
	case p.jobs <- struct{}{}:
		defer func() { <-p.jobs }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	c, err := p.take()
	if err != nil {
		return answer{}, err
	}
	type outcome struct {
		answer answer
		err    error
	}
	answered := make(chan outcome, 1)
	go func() {
		var out outcome
		if out.err = c.write.Encode(o); out.err == nil {
			out.err = c.read.Decode(&out.answer)
		}
		answered <- out
	}()
	deadline := time.NewTimer(p.limits.timeout)
	defer deadline.Stop()
	select {
	case <-ctx.Done():
		_ = endGroup(c.cmd)
		<-answered
		c.end()
		return answer{}, ctx.Err()
	case <-deadline.C:
		_ = endGroup(c.cmd)
		<-answered
		c.end()
		return answer{}, &Fault{TimedOut, childName, nil}
	case out := <-answered:
		if out.err != nil {
			c.end()
			kind := Crashed
			if starved(c.last.String()) {
				kind = OutOfMemory
			}
			return answer{}, &Fault{kind, childName, out.err}
		}
		c.done++
		p.put(c)
		if r := out.answer.Refusal; r != nil {
			return answer{}, r
		}
		if out.answer.Failed != "" {
			return answer{}, errors.New(out.answer.Failed)
		}
		return out.answer, nil
	}
}
