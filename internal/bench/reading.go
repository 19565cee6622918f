package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"certflow/internal/acord"
	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/document"
	"certflow/internal/reader"
	"certflow/internal/rules"
	"certflow/internal/sample"
)

func measureReading(ctx context.Context, r *run) error {
	if err := r.digital(ctx); err != nil {
		return err
	}
	return r.scanned(ctx)
}

// newReader is the reader as the worker has it.
func (r *run) newReader() (*reader.Reader, error) {
	c, err := config.Load()
	if err != nil {
		return nil, err
	}
	return reader.New(c, r.program)
}

// digital compares the words of a page, read in this process, with what pdftotext takes as a whole process.
func (r *run) digital(ctx context.Context) error {
	files, err := drawn(r.seed, r.readFiles, 0, sample.Text)
	if err != nil {
		return err
	}
	var ratios, ours, theirs, layout []float64
	for _, f := range files {
		var words, tool []time.Duration
		for i := range r.readRuns + 1 {
			began := time.Now()
			pages, err := document.Words(ctx, f.pdf, 1)
			if err != nil {
				return fmt.Errorf("read the words of %s: %w", f.name, err)
			}
			a := time.Since(began)
			b, err := pdftotext(ctx, f.pdf)
			if err != nil {
				return err
			}
			if i == 0 {
				continue // the first run of each warms caches
			}
			words, tool = append(words, a), append(tool, b)
			began = time.Now()
			if _, err := acord.Read(pages); err != nil {
				return fmt.Errorf("read the certificate %s: %w", f.name, err)
			}
			layout = append(layout, time.Since(began).Seconds()*1000)
		}
		a, b := median(milliseconds(words)), median(milliseconds(tool))
		ratios, ours, theirs = append(ratios, a/b), append(ours, a), append(theirs, b)
	}
	r.add(Figure{Name: "words of a digital page ÷ pdftotext -bbox", Value: median(ratios), Unit: "×", Target: atMost(2),
		Note: fmt.Sprintf("median of %d files, %d runs each, taken alternately; in this process ÷ whole process", len(files), r.readRuns)})
	r.add(Figure{Name: "the same, worst file", Value: quantile(ratios, 1), Unit: "×"})
	r.add(Figure{Name: "words of a digital page", Value: median(ours), Unit: "ms"})
	r.add(Figure{Name: "pdftotext -bbox of it", Value: median(theirs), Unit: "ms"})
	r.add(Figure{Name: "certificate from the words of a page", Value: median(layout), Unit: "ms"})
	return r.judged(ctx, files[0])
}

// judged measures the rules of the demo on a certificate.
func (r *run) judged(ctx context.Context, f file) error {
	pages, err := document.Words(ctx, f.pdf, 1)
	if err != nil {
		return err
	}
	reading, err := acord.Read(pages)
	if err != nil {
		return err
	}
	var demo struct{ Rules json.RawMessage }
	if err := json.Unmarshal([]byte(sample.DemoRequirement), &demo); err != nil {
		return fmt.Errorf("read the demo's requirement: %w", err)
	}
	requirement, faults := rules.Decode(demo.Rules)
	if len(faults) > 0 {
		return fmt.Errorf("read the demo's rules: %v", faults)
	}
	judge, err := rules.NewJudge(1000)
	if err != nil {
		return err
	}
	in := rules.Input{
		Certificate: reading.Certificate, Evidence: reading.Evidence, Requirement: rules.Requirement{Rules: requirement},
		Contractor: rules.Contractor{CompanyName: sample.DemoCompany}, Today: certificate.DateOf(time.Now().UTC()), Settings: rules.Settings{ConfidenceThreshold: 0.85},
	}
	const n = 2000
	began := time.Now()
	for range n {
		judge.Evaluate(in)
	}
	r.add(Figure{Name: fmt.Sprintf("verdict by %d rules", len(requirement)), Value: time.Since(began).Seconds() * 1e6 / n, Unit: "µs"})
	return nil
}

// scanned compares a whole reading of a scan with its two tools alone.
func (r *run) scanned(ctx context.Context) error {
	files, err := drawn(r.seed, r.scanFiles, 0, sample.Scan)
	if err != nil {
		return err
	}
	read, err := r.newReader()
	if err != nil {
		return err
	}
	defer read.Close()
	var ratios, ours, theirs []float64
	for _, f := range files {
		var whole, tools []time.Duration
		for range r.scanRuns {
			began := time.Now()
			if _, err := read.Pages(ctx, f.pdf, 0, func() {}); err != nil {
				return fmt.Errorf("read the scan %s: %w", f.name, err)
			}
			whole = append(whole, time.Since(began))
			took, err := tesseract(ctx, f.pdf)
			if err != nil {
				return err
			}
			tools = append(tools, took)
		}
		a, b := median(milliseconds(whole)), median(milliseconds(tools))
		ratios, ours, theirs = append(ratios, a/b), append(ours, a), append(theirs, b)
	}
	r.add(Figure{Name: "a scanned page ÷ pdftoppm and tesseract alone", Value: median(ratios), Unit: "×", Target: atMost(1.3),
		Note: fmt.Sprintf("median of %d files, %d runs each, taken alternately", len(files), r.scanRuns)})
	r.add(Figure{Name: "the same, worst file", Value: quantile(ratios, 1), Unit: "×"})
	r.add(Figure{Name: "a scanned page", Value: median(ours), Unit: "ms"})
	r.add(Figure{Name: "pdftoppm and tesseract of it", Value: median(theirs), Unit: "ms"})
	return nil
}

// pdftotext is how long pdftotext takes for the first page of a file.
func pdftotext(ctx context.Context, pdf []byte) (time.Duration, error) {
	path, remove, err := temporary(pdf)
	if err != nil {
		return 0, err
	}
	defer remove()
	began := time.Now()
	_, err = tool(ctx, nil, "pdftotext", "-bbox", "-l", "1", path, "-")
	return time.Since(began), err
}

// tesseract is how long pdftoppm and tesseract take for the first page of a file, with the options that reading uses.
func tesseract(ctx context.Context, pdf []byte) (time.Duration, error) {
	path, remove, err := temporary(pdf)
	if err != nil {
		return 0, err
	}
	defer remove()
	began := time.Now()
	picture, err := tool(ctx, nil, "pdftoppm", "-q", "-gray", "-cropbox", "-f", "1", "-l", "1", "-r", "300", path)
	if err != nil {
		return 0, err
	}
	_, err = tool(ctx, picture, "tesseract", "stdin", "stdout", "--psm", "11", "--dpi", "300", "-l", "eng", "tsv")
	return time.Since(began), err
}

func temporary(pdf []byte) (path string, remove func(), err error) {
	f, err := os.CreateTemp("", "certflow-bench-*.pdf")
	if err != nil {
		return "", nil, fmt.Errorf("keep a file for a tool: %w", err)
	}
	_, err = f.Write(pdf)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", nil, errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), func() { _ = os.Remove(f.Name()) }, nil // in the system's folder for such files
}

// tool runs a program with one thread for OpenMP, as reading does, and returns what it prints.
func tool(ctx context.Context, stdin []byte, name string, arguments ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, arguments...)
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	return out, nil
}
