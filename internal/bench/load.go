package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"certflow/internal/certificate"
	"certflow/internal/sample"
)

// file is a PDF to upload.
type file struct {
	name string
	pdf  []byte
}

// drawn are certificates of one digital page, each exactly size bytes; 0 leaves them as small as they are.
func drawn(seed uint64, n, size int, kind sample.Kind) ([]file, error) {
	today := certificate.DateOf(time.Now().UTC())
	var files []file
	for at := seed; len(files) < n; at++ {
		s := sample.Random(at, today)
		if s.Pages() > 1 || s.Style.Layout != sample.Standard {
			continue
		}
		pdf, err := s.Draw(kind)
		if err != nil {
			return nil, fmt.Errorf("draw certificate %d: %w", at, err)
		}
		if size > 0 {
			if pdf, err = sample.Padded(pdf, size); err != nil {
				return nil, fmt.Errorf("draw certificate %d: %w", at, err)
			}
		}
		files = append(files, file{name: fmt.Sprintf("certificate-%d.pdf", at), pdf: pdf})
	}
	return files, nil
}

// form is a multipart body whose files stay where they are.
type form struct {
	contentType string
	parts       [][]byte
	length      int64
}

// reader reads the body from its beginning.
func (f *form) reader() io.Reader {
	readers := make([]io.Reader, len(f.parts))
	for i, part := range f.parts {
		readers[i] = bytes.NewReader(part)
	}
	return io.MultiReader(readers...)
}

// newForm puts files into the field of that name, after the text fields.
func newForm(texts [][2]string, field string, files []file) (*form, error) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	f := &form{contentType: w.FormDataContentType()}
	add := func(part []byte) {
		f.parts = append(f.parts, part)
		f.length += int64(len(part))
	}
	flush := func() {
		add(bytes.Clone(text.Bytes()))
		text.Reset()
	}
	for _, t := range texts {
		if err := w.WriteField(t[0], t[1]); err != nil {
			return nil, fmt.Errorf("write a form: %w", err)
		}
	}
	for _, file := range files {
		_, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf("form-data; name=%q; filename=%q", field, file.name)},
			"Content-Type":        {"application/pdf"},
		})
		if err != nil {
			return nil, fmt.Errorf("write a form: %w", err)
		}
		flush()
		add(file.pdf)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write a form: %w", err)
	}
	flush()
	return f, nil
}

// post sends a form and decodes the answer; another status than 201 is an error.
func (t *tenant) post(ctx context.Context, path string, f *form, answer any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url+"/api/v1"+path, f.reader())
	if err != nil {
		return err
	}
	request.ContentLength = f.length
	request.Header.Set("Content-Type", f.contentType)
	return t.do(request, http.StatusCreated, answer)
}

// get reads a page or an object.
func (t *tenant) get(ctx context.Context, path string, answer any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.url+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	return t.do(request, http.StatusOK, answer)
}

func (t *tenant) do(request *http.Request, status int, answer any) error {
	request.SetBasicAuth(t.key.Reveal(), "")
	response, err := t.web.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", request.Method, request.URL.Path, err)
	}
	if response.StatusCode != status {
		return fmt.Errorf("%s %s: the API answered %s: %s", request.Method, request.URL.Path, response.Status, bytes.TrimSpace(body))
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("read the answer to %s %s: %w", request.Method, request.URL.Path, err)
	}
	return nil
}

// single is a form that uploads one certificate.
func (t *tenant) single(f file) (*form, error) {
	return newForm([][2]string{{"contractor", t.contractor}}, "certificate", []file{f})
}

// upload uploads a certificate and returns its id.
func (t *tenant) upload(ctx context.Context, f *form) (string, error) {
	var made struct{ ID string }
	err := t.post(ctx, "/files/certificates", f, &made)
	return made.ID, err
}

// closedLoop has clients that each begin the next call when the last has ended, for a while, and returns the calls a second.
func closedLoop(ctx context.Context, clients int, lasting time.Duration, do func(context.Context) error) (float64, error) {
	var calls atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for range clients {
		g.Go(func() error {
			for time.Since(began) < lasting {
				if err := do(ctx); err != nil {
					return err
				}
				calls.Add(1)
			}
			return nil
		})
	}
	err := g.Wait()
	return float64(calls.Load()) / time.Since(began).Seconds(), err
}

// openLoop begins calls at even distances whether or not earlier ones have ended, and returns how long each took from when it was due:
// a call that had to wait for its start is not forgiven that.
func openLoop(ctx context.Context, rate float64, lasting time.Duration, do func(context.Context) error) ([]time.Duration, error) {
	var mu sync.Mutex
	var took []time.Duration
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	distance := time.Duration(float64(time.Second) / rate)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for due := began; due.Sub(began) < lasting; due = due.Add(distance) {
		timer.Reset(time.Until(due))
		select {
		case <-ctx.Done():
			return nil, g.Wait()
		case <-timer.C:
		}
		g.Go(func() error {
			if err := do(ctx); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
			return nil
		})
	}
	err := g.Wait()
	return took, err
}
