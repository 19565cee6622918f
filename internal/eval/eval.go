// Package eval measures how well certificates are read: it compares what a reader gives with what is known to stand on
// the page, field by field, and says which values are right, wrong, missing or invented, and what the reader's
// confidence is worth.
//
// A field counts when the page or the reading has a value for it; a field that is empty in both counts nowhere, since it
// would flatter. What is compared how is said at Same; which fields rules judge is said at Judged.
package eval

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"certflow/internal/certificate"
)

// Reader reads a certificate. A document that is none is a *certificate.Refusal.
type Reader func(ctx context.Context, pdf []byte) (*certificate.Reading, error)

// Options say what is measured and how it is shown.
type Options struct {
	Dir       string           // a folder with certificates/*.pdf and truth/*.json; empty for none
	Generated int              // so many certificates that the project draws itself, each as form and as text
	Scans     int              // and so many more as scans
	Seed      uint64           // of the generated ones
	Today     certificate.Date // around which the generated ones are dated; needed for those only

	Confidence float64 // from which a value may decide; 0 counts as DefaultConfidence
	Parallel   int     // certificates read at the same time; 0 counts as 1, which is what times are comparable for
	JSON       bool    // print the report as JSON and not as tables

	// Samples takes the values that were read as lines of JSON, for calibration.Fit, where the reader gives scores; nil for nowhere.
	Samples io.Writer
}

// DefaultConfidence is the threshold below which no rule rests on a value, unless an account sets its own (CONTRACT §5).
const DefaultConfidence = 0.85

// Case is one document with what is known about it.
type Case struct {
	Name     string
	Kind     Kind
	Pages    int // that are read; times are given per page
	Expected Expected
	Open     func() ([]byte, error)
}

// Kind is where a document's words come from.
type Kind string

// The kinds that are told apart in reports.
const (
	Form Kind = "form fields"
	Text Kind = "text"
	Scan Kind = "no text layer" // pictures and drawn outlines
)

// Run measures the reader on the cases that the options name, prints the report and gives it.
func Run(ctx context.Context, o Options, read Reader, out io.Writer) (Report, error) {
	var cases []Case
	if o.Dir != "" {
		found, err := Folder(o.Dir)
		if err != nil {
			return Report{}, err
		}
		cases = append(cases, found...)
	}
	cases = append(cases, Generated(o.Seed, o.Generated, o.Scans, o.Today)...)
	report, err := Measure(ctx, cases, read, o)
	if err != nil {
		return Report{}, err
	}
	if o.Samples != nil {
		encoder := json.NewEncoder(o.Samples)
		for _, sample := range report.Samples() {
			if err := encoder.Encode(sample); err != nil {
				return Report{}, fmt.Errorf("writing the values that were read: %w", err)
			}
		}
	}
	if o.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		err = report.Print(out)
	}
	if err != nil {
		return Report{}, fmt.Errorf("printing the report of an evaluation: %w", err)
	}
	return report, nil
}

// Measure reads every case and counts. It fails only when the context ends or a document cannot be opened at all; what
// a reader does with a document is a result.
func Measure(ctx context.Context, cases []Case, read Reader, o Options) (Report, error) {
	if o.Confidence == 0 {
		o.Confidence = DefaultConfidence
	}
	results := make([]FileResult, len(cases))
	faults := make([]error, len(cases))
	var wait sync.WaitGroup
	slots := make(chan struct{}, max(1, o.Parallel))
	for i, c := range cases {
		slots <- struct{}{}
		if ctx.Err() != nil {
			return Report{}, ctx.Err()
		}
		wait.Go(func() {
			defer func() { <-slots }()
			results[i], faults[i] = measure(ctx, c, read, o.Confidence)
		})
	}
	wait.Wait()
	if err := errors.Join(faults...); err != nil {
		return Report{}, err
	}
	return summarise(results, o.Confidence), ctx.Err()
}

func measure(ctx context.Context, c Case, read Reader, threshold float64) (FileResult, error) {
	pdf, err := c.Open()
	if err != nil {
		return FileResult{}, fmt.Errorf("opening %s: %w", c.Name, err)
	}
	start := time.Now()
	reading, err := read(ctx, pdf)
	took := time.Since(start)
	result := FileResult{Name: c.Name, Kind: c.Kind, Pages: max(1, c.Pages), Milliseconds: float64(took.Microseconds()) / 1000}
	if err != nil {
		result.Refusal = err.Error()
		var refusal *certificate.Refusal
		if errors.As(err, &refusal) {
			result.Refusal = string(refusal.Code)
		}
		if c.Expected.Refused != "" && result.Refusal != string(c.Expected.Refused) {
			result.Mistaken = fmt.Sprintf("refused as %s, not as %s", result.Refusal, c.Expected.Refused)
		}
		reading = &certificate.Reading{}
	}
	switch {
	case c.Expected.Refused != "" && err == nil:
		result.Mistaken = fmt.Sprintf("read, though it is %s", c.Expected.Refused)
	case c.Expected.Refused == "" && err != nil:
		result.Mistaken = "refused: " + err.Error()
	}
	for _, f := range Compare(c.Expected, reading) {
		result.count(f, threshold)
	}
	return result, nil
}
