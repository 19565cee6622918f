// Package llm has a language model read a certificate as a second reader: Anthropic's by its SDK, or any server that speaks OpenAI's
// protocol, so that a model on one's own machine serves too. What a model says is a claim: every value is looked up in the words of
// the page (package grounding) and held against what the layout reader made of it, and nothing that a page says is an instruction.
//
// A Model never retries on behalf of an overloaded service: it says how long to wait, and the workflow waits.
package llm

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/page"
	"certflow/internal/secret"
)

// Mode says when a model reads.
type Mode string

// The values of CERTFLOW_READER.
const (
	Layout Mode = "acord" // never
	Always Mode = "model" // every certificate
	Auto   Mode = "auto"  // certificates that the layout reader does not know, or is not sure of
)

// Provider names the protocol that a model's server speaks.
type Provider string

// The values of CERTFLOW_MODEL_PROVIDER.
const (
	Anthropic Provider = "anthropic"
	OpenAI    Provider = "openai" // OpenAI, and every server with its chat completions and structured outputs
)

// Options say which model reads and when. The zero Options ask no model.
type Options struct {
	Mode     Mode
	Provider Provider
	Model    string      // as the provider names it
	URL      string      // of the API; empty for the provider's own. OpenAI-compatible servers end in /v1
	Key      secret.Text // empty for a server that asks for none
	// PriceIn and PriceOut are what a million tokens cost in US dollars, read and written; 0 when nobody pays.
	PriceIn, PriceOut float64
	// Threshold is the confidence under which a value is asked after in mode auto; 0 means grounding.Certain.
	Threshold float64
	// Timeout bounds one request; 0 means three minutes.
	Timeout time.Duration
	// Draw makes pictures of pages for OpenAI-compatible servers. Nil: the words of the page are sent as text, for models that
	// see no pictures. Anthropic takes the PDF itself.
	Draw Draw
	// Observe is told of every request, for metrics; it may be nil.
	Observe func(Call)
}

// Draw makes a PNG or JPEG picture of each of the first pages of a PDF. Its errors are *certificate.Refusal, *certificate.Unavailable or
// the context's.
type Draw func(ctx context.Context, pdf []byte, pages int) ([][]byte, error)

// Configured reports whether a model is to be made of the options: in mode auto only where one is named.
func (o Options) Configured() bool {
	return o.Mode == Always || o.Mode == Auto && o.Model != ""
}

// maxPrice bounds what a million tokens may cost, in US dollars: more is a slip of the hand.
const maxPrice = 1e6

// Check names what is wrong with the options, by the variables that set them.
func (o Options) Check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	switch o.Mode {
	case "", Layout, Always, Auto:
	default:
		fault("CERTFLOW_READER is %q and should be acord, model or auto", o.Mode)
	}
	if o.Configured() {
		if o.Provider != Anthropic && o.Provider != OpenAI {
			fault("CERTFLOW_MODEL_PROVIDER is %q and should be anthropic or openai", o.Provider)
		}
		if o.Model == "" {
			fault("CERTFLOW_MODEL is not set")
		}
		if o.Key.IsZero() && o.URL == "" {
			fault("CERTFLOW_MODEL_API_KEY is not set")
		}
		if u, err := url.Parse(o.URL); o.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
			fault("CERTFLOW_MODEL_URL is not an http or https URL")
		}
	}
	for _, price := range []struct {
		name    string
		dollars float64
	}{{"CERTFLOW_MODEL_PRICE_IN", o.PriceIn}, {"CERTFLOW_MODEL_PRICE_OUT", o.PriceOut}} {
		if !(price.dollars >= 0) || price.dollars > maxPrice { // not a number is neither
			fault("%s is not a price in US dollars per million tokens", price.name)
		}
	}
	return errors.Join(faults...)
}

// Model is a language model that reads certificates. It is safe for concurrent use.
type Model struct {
	options Options
	asker   asker
	beat    time.Duration // how often alive is called
}

// New makes a Model. The error is that of Check.
func New(o Options) (*Model, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if !o.Configured() {
		return nil, errors.New("no language model is configured")
	}
	if o.Threshold == 0 {
		o.Threshold = grounding.Certain
	}
	if o.Timeout == 0 {
		o.Timeout = 3 * time.Minute
	}
	m := &Model{options: o, beat: 4 * time.Second}
	switch o.Provider {
	case Anthropic:
		m.asker = newAnthropic(o)
	case OpenAI:
		m.asker = newOpenAI(o)
	}
	return m, nil
}

// Parser names what reads alone: the provider and model, and the version of the prompt.
func (m *Model) Parser() certificate.Parser {
	return certificate.Parser{Name: string(m.options.Provider) + "/" + m.options.Model, Version: promptVersion}
}

// Input is a document and what is known of it.
type Input struct {
	PDF   []byte      // trimmed to the pages that are analysed
	Pages []page.Page // the words of those pages
	// Layout is what the layout reader read, nil when it refused; Refused says why.
	Layout  *certificate.Reading
	Refused *certificate.Refusal
	// Spent is told of every request as soon as it has ended, however it ended; it may be nil.
	Spent func(Call)
}

// Result is a reading. Reading is nil when the document was refused.
type Result struct {
	Reading  *certificate.Reading
	Problems []Problem // what the model answered and was not taken
}

// Read has the model read a document and settles its answer with the words of the pages and with the layout reader's reading.
// alive is called every few seconds meanwhile. The Result is never nil. Errors are
// *certificate.Refusal for the document's fault, *certificate.Unavailable for the model's, and the context's when that was cancelled.
//
// A document that the layout reader refused is shown to the model only if one of its pages is titled as a certificate of liability
// insurance; otherwise the refusal stands. A model that declines to read, or takes the document for something else, and pages that cannot be
// drawn for it, leave the layout reader's reading as it was, with its doubts.
func (m *Model) Read(ctx context.Context, in Input, alive func()) (*Result, error) {
	if in.Refused != nil && (in.Refused.Code != certificate.NotACertificate || !titled(in.Pages)) {
		return &Result{}, in.Refused
	}
	stop := keepAlive(alive, m.beat)
	defer stop()
	q, err := m.question(ctx, in)
	var undrawn *certificate.Refusal
	switch {
	case errors.As(err, &undrawn):
		return m.asBefore(&Result{}, in, undrawn)
	case err != nil:
		return &Result{}, err
	}
	said, err := m.ask(ctx, q, in.Spent)
	result := &Result{Problems: said.problems}
	var objection *objection
	switch {
	case errors.As(err, &objection):
		return m.asBefore(result, in, objection.refusal)
	case err != nil:
		return result, err
	}
	switch said.document {
	case severalCertificates:
		return result, &certificate.Refusal{Code: certificate.SeveralCertificates,
			Message: "The document holds more than one certificate. Upload each certificate as a file of its own."}
	case otherDocument:
		return m.asBefore(result, in, &certificate.Refusal{Code: certificate.NotACertificate,
			Message: "This document does not seem to be a certificate of liability insurance. Upload the certificate itself."})
	case unreadableDocument:
		return m.asBefore(result, in, &certificate.Refusal{Code: certificate.Unreadable,
			Message: "Nothing could be read on the pages of this document. Upload a clearer copy."})
	}
	result.Reading = merge(in.Layout, &said.certificate, in.Pages, m.Parser())
	return result, nil
}

// asBefore is what comes of a document that the model has not read: what the layout reader made of it, or else the refusal.
func (m *Model) asBefore(result *Result, in Input, refusal *certificate.Refusal) (*Result, error) {
	switch {
	case in.Layout != nil:
		result.Reading = in.Layout
		return result, nil
	case in.Refused != nil:
		return result, in.Refused
	}
	return result, refusal
}

// question is what is asked of the model.
func (m *Model) question(ctx context.Context, in Input) (question, error) {
	q := question{pdf: in.PDF}
	if m.options.Provider != OpenAI {
		return q, nil
	}
	if m.options.Draw == nil {
		q.words = grounding.Text(in.Pages)
		return q, nil
	}
	pictures, err := m.options.Draw(ctx, in.PDF, max(1, len(in.Pages)))
	if err != nil {
		return q, fmt.Errorf("draw the pages for the language model: %w", err)
	}
	q.pictures = pictures
	return q, nil
}

// keepAlive calls alive now and then until stop is called, which waits for the last call to end.
func keepAlive(alive func(), every time.Duration) (stop func()) {
	if alive == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				alive()
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
