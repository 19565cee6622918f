package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"certflow/internal/certificate"
)

// question is one document as a model is shown it: the PDF itself, pictures of its pages, or the words on them.
type question struct {
	pdf      []byte
	pictures [][]byte
	words    string
}

// asker is a model's API. It makes one request.
type asker interface {
	// ask gives the model's answer as JSON, and what it used even when it fails. Its errors are *failure, *objection,
	// *malformed or the context's.
	ask(ctx context.Context, q question) (json.RawMessage, Usage, error)
}

// malformed says that an answer came and cannot be taken for one.
type malformed struct{ reason string }

// Error is for the log.
func (m *malformed) Error() string { return "the language model's answer is malformed: " + m.reason }

// objection says that the model, or the server before it, will not have this document.
type objection struct {
	refusal *certificate.Refusal
	reason  string
}

// Error is for the log.
func (o *objection) Error() string {
	return "the language model will not read the document: " + o.reason
}

// declined is the objection of a model that answers that it does not want to.
func declined(reason string) *objection {
	return &objection{reason: reason, refusal: &certificate.Refusal{Code: certificate.Unreadable,
		Message: "The language model declined to read this document. Upload another copy of the certificate, or one on an ACORD 25 form."}}
}

// ask asks until an answer can be read, twice at most. spent is told of every request.
func (m *Model) ask(ctx context.Context, q question, spent func(Call)) (answer, error) {
	var last error
	for range 2 {
		got, err := m.request(ctx, q, spent)
		var bad *malformed
		if !errors.As(err, &bad) {
			return got, err
		}
		last = err
	}
	return answer{}, &certificate.Unavailable{
		Message: "The language model answered twice in a form that cannot be read. Check that CERTFLOW_MODEL names a model that supports structured outputs.",
		Cause:   last,
	}
}

// request makes one request within its time and says how it ended.
func (m *Model) request(ctx context.Context, q question, spent func(Call)) (answer, error) {
	limited, cancel := context.WithTimeout(ctx, m.left(ctx))
	defer cancel()
	began := time.Now()
	raw, used, err := m.asker.ask(limited, q)
	var got answer
	if err == nil {
		got, err = decode(raw)
	}
	outcome := Answered
	if err != nil {
		outcome, err = m.settle(ctx, limited, err)
	}
	used = used.bounded()
	call := Call{Provider: m.options.Provider, Model: m.options.Model, Outcome: outcome, Duration: time.Since(began), Usage: used, CostMicroUSD: m.options.cost(used)}
	for _, told := range []func(Call){m.options.Observe, spent} {
		if told != nil {
			told(call)
		}
	}
	return got, err
}

// reserve is what is kept of a reading's time to note what was spent and to end by ourselves: whoever limits it from outside learns
// nothing of the model.
const reserve = 15 * time.Second

// left is the time that a request may take.
func (m *Model) left(ctx context.Context) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(m.options.Timeout, time.Until(deadline)-reserve)
	}
	return m.options.Timeout
}

// settle turns the error of a request into one of Read's, or leaves *malformed and *objection to their callers.
func (m *Model) settle(ctx, limited context.Context, err error) (Outcome, error) {
	var bad *malformed
	var no *objection
	var f *failure
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Cut, fmt.Errorf("ask the language model: %w", context.Canceled)
	case limited.Err() != nil:
		return Cut, &certificate.Unavailable{
			Message: "The language model did not answer in time.", Cause: fmt.Errorf("ask the language model: %w", context.DeadlineExceeded)}
	case errors.As(err, &bad):
		return Malformed, err
	case errors.As(err, &no):
		return Declined, err
	case errors.As(err, &f):
		return f.settle()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return Failed, &certificate.Unavailable{
			Message: "The connection to the language model's server broke off before the answer was whole.", Cause: err}
	}
	return Failed, &certificate.Unavailable{
		Message: "The language model could not be reached. Check CERTFLOW_MODEL_URL and the network.", Cause: err}
}
