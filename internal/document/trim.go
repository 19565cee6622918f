package document

import (
	"context"
	"errors"
	"fmt"
)

// Engine writes PDFs. Reading never depends on which one is configured.
type Engine interface {
	// Name is how the engine is configured and logged.
	Name() string
	// Trim gives a PDF of the first n pages, n ≥ 1, without a password; form fields on them keep their values. A document
	// with no more pages and no password comes back as it is. A document that cannot be opened is a *certificate.Refusal.
	Trim(ctx context.Context, pdf []byte, n int) ([]byte, error)
}

// Licence is what an engine that is sold needs. A key without a customer is a metered API key; with one it is the text of a
// licence file issued to that customer.
type Licence struct {
	Key      string
	Customer string
}

// NewEngine is the engine of that name: "pdfcpu", which "" means too, or "unipdf", which is an error without a valid licence.
func NewEngine(name string, licence Licence) (Engine, error) {
	switch name {
	case "", "pdfcpu":
		return pdfcpuEngine{}, nil
	case "unipdf":
		return newUniPDF(licence)
	}
	return nil, fmt.Errorf("the PDF engine %q is unknown: choose pdfcpu or unipdf", name)
}

// trim gives cut, an engine's own part, a document that has to be cut; one that is short already, and opens for everybody, is returned as it is. A
// panic of cut means that the document cannot be read.
func trim(ctx context.Context, pdf []byte, n int, cut func(Info) ([]byte, error)) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, unreadable(fmt.Errorf("panic while trimming: %v", p))
		}
	}()
	if n < 1 {
		return nil, errors.New("a document is trimmed to at least one page")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := Inspect(pdf)
	if err != nil {
		return nil, err
	}
	if info.Pages <= n && !info.Encrypted {
		return pdf, nil
	}
	return cut(info)
}
