// Package reader puts the reading of a certificate together: package document turns the PDF into words in a child process, package acord
// reads the certificate from them, package calibration says what its scores are worth, and package grounding confirms what it read.
package reader

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"certflow/internal/acord"
	"certflow/internal/calibration"
	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/document"
	"certflow/internal/grounding"
	"certflow/internal/page"
)

// ChildCommand is the hidden subcommand of the certflow binary that opens untrusted documents for its parent.
const ChildCommand = "read-pdf"

// Reader reads certificates. It is safe for concurrent use. Close ends its child processes.
type Reader struct {
	documents *document.Reader
}

// New makes a reader as it is configured. Documents are opened in child processes of this program, or, with an empty program, in
// this process, which only tests may do.
func New(c *config.Config, program string) (*Reader, error) {
	options := document.Options{
		EngineName: c.PDFEngine, Licence: document.Licence{Key: c.UnipdfLicence.Reveal()},
		Memory: int64(c.ReaderMemory) << 20, Looks: acord.Looks,
	}
	if program != "" {
		options.Command = []string{program, ChildCommand}
	}
	documents, err := document.NewReader(options)
	if err != nil {
		return nil, fmt.Errorf("make the reader: %w", err)
	}
	return &Reader{documents: documents}, nil
}

// Program is the path of this program, for New.
func Program() (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program, which reads documents in child processes: %w", err)
	}
	return program, nil
}

// Close ends the child processes that are idle.
func (r *Reader) Close() { r.documents.Close() }

// Validate opens the document and counts its pages.
func (r *Reader) Validate(ctx context.Context, pdf []byte) (int, error) {
	info, err := r.documents.Inspect(ctx, pdf)
	return info.Pages, mapped(err)
}

// Trim makes a document of the first pages.
func (r *Reader) Trim(ctx context.Context, pdf []byte, pages int) ([]byte, error) {
	short, err := r.documents.Trim(ctx, pdf, pages)
	return short, mapped(err)
}

// beat is how often a reader that works says so.
const beat = 4 * time.Second

// Read reads the certificate on all pages of a trimmed document and calls alive every few seconds meanwhile.
func (r *Reader) Read(ctx context.Context, pdf []byte, alive func()) (*certificate.Reading, error) {
	pages, err := r.Pages(ctx, pdf, 0, alive)
	if err != nil {
		return nil, err
	}
	reading, err := Layout(pages)
	if err != nil {
		return nil, err
	}
	Settle(reading, pages)
	return reading, nil
}

// Score reads the certificate with the layout reader alone. What its evidence holds are scores, from which confidences are made.
func (r *Reader) Score(ctx context.Context, pdf []byte) (*certificate.Reading, error) {
	pages, err := r.Pages(ctx, pdf, 0, func() {})
	if err != nil {
		return nil, err
	}
	return acord.Read(pages)
}

// Layout reads the certificate on pages with the layout reader and makes confidences of its scores. What it is sure of and no visible word
// shows is no longer certain.
func Layout(pages []page.Page) (*certificate.Reading, error) {
	reading, err := acord.Read(pages)
	if err != nil {
		return nil, err
	}
	calibration.Earned().Apply(reading)
	grounding.Confirm(reading, pages)
	return reading, nil
}

// Settle ends a reading, whoever read: nothing on a page that is stamped as void is certain, nor what the certificate takes back in words, and the boxes of its evidence move from where
// they lie on the straightened pages to where people see them.
func Settle(reading *certificate.Reading, pages []page.Page) {
	doubtRetracted(reading, pages)
	doubtStamped(reading, pages)
	for path, evidence := range reading.Evidence {
		for i := range pages {
			if pages[i].Number == evidence.Page {
				evidence.Box = pages[i].Displayed(evidence.Box)
				reading.Evidence[path] = evidence
			}
		}
	}
}

// Pages reads the words of the first n pages, or of all when n is 0.
func (r *Reader) Pages(ctx context.Context, pdf []byte, n int, alive func()) ([]page.Page, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(beat)
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
	pages, err := r.documents.Pages(ctx, pdf, n)
	return pages, mapped(err)
}

// mapped turns what package document says of itself into what a review understands; refusals and the context's errors pass.
func mapped(err error) error {
	var missing *document.Unavailable
	var fault *document.Fault
	var refused *certificate.Refusal
	switch {
	case errors.As(err, &refused):
		return refused
	case errors.As(err, &missing):
		return &certificate.Unavailable{Message: missing.Error(), Cause: err}
	case errors.As(err, &fault):
		return &certificate.Unavailable{Message: "The process that reads documents failed.", Cause: err}
	}
	return err
}
