package document

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Options configure a Reader. The zero value opens documents in this process, which only tests and a person's own command
// line may do.
type Options struct {
	// Command starts a process that calls ServeChild on its standard input and output, such as {"/proc/self/exe", "read-pdf"}.
	Command []string
	// EngineName and Licence choose what trims; see NewEngine.
	EngineName string
	Licence    Licence
	// Memory is how many bytes a helper process may write to, 512 MB by default.
	Memory int64
	// OpenTimeout ends a child that works longer on one document, 20 s by default. OCRTimeout ends tesseract on one page, 90 s by default, of
	// which it may work a third, and a quarter of it pdftoppm.
	OpenTimeout time.Duration
	OCRTimeout  time.Duration
	// OpenJobs is how many children work at once, OCRJobs how many pages are recognised at once; by default as many as there are
	// processors.
	OpenJobs int
	OCRJobs  int
	// Looks names the places of a page read by OCR that are to be looked at again, given what was read so far; nil for none.
	Looks func(page.Page) []page.Look
	// NoOCR leaves pages without text as they are.
	NoOCR bool
}

// Reader reads untrusted PDFs. It is safe for concurrent use. Close ends its children.
type Reader struct {
	engine Engine
	pool   *pool
	ocr    *recogniser
}

// NewReader fails when the engine is unknown or lacks its licence.
func NewReader(o Options) (*Reader, error) {
	if o.Memory == 0 {
		o.Memory = 512 << 20
	}
	if o.OpenTimeout == 0 {
		o.OpenTimeout = 20 * time.Second
	}
	if o.OCRTimeout == 0 {
		o.OCRTimeout = 90 * time.Second
	}
	if o.OpenJobs == 0 {
		o.OpenJobs = runtime.NumCPU()
	}
	if o.OCRJobs == 0 {
		o.OCRJobs = runtime.NumCPU()
	}
	engine, err := NewEngine(o.EngineName, o.Licence)
	if err != nil {
		return nil, err
	}
	letWritesFail()
	r := &Reader{engine: engine}
	if len(o.Command) > 0 {
		r.pool = &pool{
			command: o.Command,
			setup:   setup{Memory: o.Memory * 3 / 4, Engine: o.EngineName, Licence: o.Licence},
			limits:  bounds{o.Memory, o.OpenTimeout},
			jobs:    make(chan struct{}, o.OpenJobs),
		}
	}
	if !o.NoOCR {
		r.ocr = newRecogniser(o)
	}
	return r, nil
}

// Ready reports the programs that reading pictures needs and that are not installed, as *Unavailable joined, or nil.
func (r *Reader) Ready() error {
	if r.ocr == nil {
		return nil
	}
	return errors.Join(r.ocr.draw.installed(), r.ocr.read.installed())
}

// Close ends the helper processes that are idle; those at work end with their document.
func (r *Reader) Close() {
	if r.pool != nil {
		r.pool.close()
	}
}

// Inspect opens a document, or says in a *certificate.Refusal why it cannot be read.
func (r *Reader) Inspect(ctx context.Context, pdf []byte) (Info, error) {
	a, err := r.do(ctx, order{Do: inspectDeed, PDF: pdf})
	return a.Info, err
}

// Trim is a PDF of the first n pages without a password; see Engine.
func (r *Reader) Trim(ctx context.Context, pdf []byte, n int) ([]byte, error) {
	a, err := r.do(ctx, order{Do: trimDeed, PDF: pdf, Pages: n})
	return a.PDF, err
}

// Pages reads the first n pages, or all when n is 0: fields, words and marks, and by OCR what shows as a picture only or may show as
// something else than it says. It
// fails with
//
//   - *certificate.Refusal when the document is to blame: it cannot be opened, needs a password, is blank, or broke a helper
//     process twice;
//   - *Unavailable when a page needs a program that is not installed;
//   - *Fault when a helper process failed for reasons that may pass;
//   - the context's error.
func (r *Reader) Pages(ctx context.Context, pdf []byte, n int) ([]page.Page, error) {
	a, err := r.do(ctx, order{Do: wordsDeed, PDF: pdf, Pages: n})
	if err != nil {
		return nil, err
	}
	pages := a.Pages
	if r.ocr != nil {
		g, ctx := errgroup.WithContext(ctx)
		for i := range pages {
			doubted, pictured := unproven(&pages[i]), pictured(&pages[i])
			if !doubted && !pictured {
				continue
			}
			g.Go(func() error { return r.ocr.look(ctx, pdf, &pages[i], doubted, pictured) })
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
	}
	for i := range pages {
		if !empty(&pages[i]) {
			return pages, nil
		}
	}
	return nil, blank(len(pages))
}

// empty reports whether a page shows nothing at all that could be read.
func empty(p *page.Page) bool {
	for i := range p.Words {
		if !p.Words[i].Hidden {
			return false
		}
	}
	for i := range p.Fields {
		if p.Fields[i].Value != "" && !p.Fields[i].Hidden {
			return false
		}
	}
	return true
}

// attempts is how often a document may break a helper process before it is refused.
const attempts = 2

// do carries out an order in a child, or in this process where there are none.
func (r *Reader) do(ctx context.Context, o order) (answer, error) {
	if r.pool == nil {
		a := o.answer(ctx, r.engine)
		switch {
		case ctx.Err() != nil:
			return answer{}, ctx.Err()
		case a.Refusal != nil:
			return answer{}, a.Refusal
		case a.Failed != "":
			return answer{}, errors.New(a.Failed)
		}
		return a, nil
	}
	var last *Fault
	for range attempts {
		a, err := r.pool.do(ctx, o)
		if err == nil {
			return a, nil
		}
		if !errors.As(err, &last) || last.Kind == NotStarted {
			return answer{}, err
		}
	}
	return answer{}, tooMuch(last, last.Kind)
}

// tooMuch refuses a document that a program cannot cope with.
func tooMuch(cause error, kind FaultKind) error {
	what := "is built in a way that cannot be read"
	switch kind {
	case TimedOut, Endless:
		what = "takes too long to read"
	case OutOfMemory:
		what = "takes too much memory to read"
	}
	return &refused{cause: cause, Refusal: certificate.Refusal{Code: certificate.Unreadable,
		Message: fmt.Sprintf("The PDF %s. Print the certificate to a new PDF and upload that file.", what)}}
}
