package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	// drainBytes and drainTime bound how much of a refused body is read on, so that the client gets to its answer: a server that stops
	// reading resets the connection under a client that is still sending.
	drainBytes = 64 << 20
	drainTime  = 30 * time.Second
	// anonymousDrainBytes and anonymousDrainTime are these bounds for whoever has shown no key that is known, enough for one certificate, and
	// maxAnonymousDrains is for how many of them at a time: the rest may see a reset.
	anonymousDrainBytes = 16 << 20
	anonymousDrainTime  = 5 * time.Second
	maxAnonymousDrains  = 8
)

// errBodyTaken is what reads answer once a body has been parsed: the parsed value is the body from then on, and a value that does not fit
// the handler's types is refused.
var errBodyTaken = refuse(http.StatusBadRequest, ErrorCodeInvalidInput, "A value of the body is out of range.")

// errPartHeader refuses a part of a multipart body whose header has no end.
var errPartHeader = refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The header of a part is too long.")

// body is a request's body: it counts, bounds and times what is read, and carries the parsed value for the generated code.
type body struct {
	io.ReadCloser
	limit       int64
	read        int64
	headers     *partHeaders // of an upload
	headerLeft  int64        // bytes that a part's header may still have; negative outside of headers
	waits       bool         // the client waits for 100 Continue and has sent nothing
	setDeadline func(time.Time) error
	limits      Limits        // what it must keep to: Pause, Rate and UploadTime
	waited      time.Duration // for the client: the rest of a request's time is the server's
	slow        bool          // it did not come in time
	taken       bool
	value       any
}

// newBody wraps the body of r, of which a handler may read limit bytes. setDeadline sets the connection's read deadline.
func newBody(r *http.Request, limit int64, setDeadline func(time.Time) error) *body {
	return &body{ReadCloser: r.Body, limit: limit, headerLeft: -1, setDeadline: setDeadline, limits: Limits{}.withDefaults(),
		waits: strings.EqualFold(r.Header.Get("Expect"), "100-continue")}
}

// Read reads the body within its bounds. One byte over the limit is read to know that it is too long. Where a whole piece is taken out of the
// header of a part it reads on: readers give up on a body that brings nothing a hundred times.
func (b *body) Read(p []byte) (int, error) {
	for {
		n, err := b.readOnce(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

func (b *body) readOnce(p []byte) (int, error) {
	if b.taken {
		return 0, errBodyTaken
	}
	if b.read > b.limit {
		return 0, &http.MaxBytesError{Limit: b.limit}
	}
	if b.headerLeft == 0 {
		return 0, errPartHeader
	}
	most := b.limit - b.read + 1
	if b.headerLeft > 0 {
		most = min(most, b.headerLeft)
	}
	if int64(len(p)) > most {
		p = p[:most]
	}
	b.waits = false
	// A connection without deadlines is one of a test.
	began := time.Now()
	_ = b.setDeadline(b.deadline(began))
	n, err := b.ReadCloser.Read(p)
	b.waited += time.Since(began)
	b.read += int64(n)
	b.slow = b.slow || errors.Is(err, os.ErrDeadlineExceeded)
	if b.headerLeft > 0 {
		b.headerLeft -= int64(n)
	}
	if b.headers != nil {
		n = len(b.headers.clean(p[:n]))
	}
	if b.read > b.limit {
		return n, &http.MaxBytesError{Limit: b.limit}
	}
	return n, err
}

// deadline is when the next piece must have come: a client that sends a byte now and then would otherwise keep its place for as long as the
// whole body may take. What the server itself takes, for the key, a slot or the blob store, is not held against it.
func (b *body) deadline(now time.Time) time.Time {
	earned := time.Duration(float64(b.read) / float64(b.limits.Rate) * float64(time.Second))
	return now.Add(min(b.limits.Pause, b.limits.Pause+earned-b.waited, b.limits.UploadTime-b.waited))
}

// take makes value the body.
func (b *body) take(value any) {
	b.value, b.taken = value, true
}

// ValidatedValue is the parsed body; the generated code binds it instead of decoding a second time.
func (b *body) ValidatedValue() any { return b.value }

// drain reads on, within bounds, what a refused client still sends. A client that waits for leave to send is not given it, and one that was
// too slow is not waited for.
func (b *body) drain(most int64, within time.Duration) {
	if b.waits || b.slow {
		return
	}
	_ = b.setDeadline(time.Now().Add(within))
	// What ends the drain early ends the connection too; there is nobody to tell.
	_, _ = io.CopyN(io.Discard, b.ReadCloser, most)
}

// drain reads on what a refused client still sends, of clients without a key less, and of few of them at a time: nobody need pay for what they send.
func (s *Server) drain(state *call) {
	if state.owner.KeyID != "" {
		state.body.drain(drainBytes, drainTime)
		return
	}
	select {
	case s.anonymousDrains <- struct{}{}:
		defer func() { <-s.anonymousDrains }()
		state.body.drain(anonymousDrainBytes, anonymousDrainTime)
	default:
		state.body.drain(0, anonymousDrainTime)
	}
}

// readAll reads a body that is small.
func (b *body) readAll() ([]byte, error) {
	data, err := io.ReadAll(b)
	var p *Problem
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil, errors.As(err, &p), errors.As(err, &tooLarge):
		return data, err
	}
	return nil, brokenBody(err)
}

// brokenBody is the refusal of a body that ended early or came too slowly. Mostly nobody is left to read it.
func brokenBody(cause error) *Problem {
	if errors.Is(cause, os.ErrDeadlineExceeded) {
		return &Problem{Status: http.StatusBadRequest, Code: ErrorCodeBadRequest, Message: "The body of the request came too slowly.", Cause: cause}
	}
	return &Problem{Status: http.StatusBadRequest, Code: ErrorCodeBadRequest, Message: "The body of the request ended before it was complete.", Cause: cause}
}
