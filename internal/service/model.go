package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/llm"
	"certflow/internal/reader"
)

// modelReader reads certificates with a language model beside the layout reader.
type modelReader struct {
	reader *reader.Reader
	model  *llm.Model
	// required is set where every certificate is to be read by the model.
	required bool
}

// newModel makes the language model that is configured; nil when none is. observe is told of every request to it.
func newModel(c *config.Config, r *reader.Reader, observe func(llm.Call)) (activities.ModelReader, error) {
	options := llm.Options{
		Mode: llm.Mode(c.Reader), Provider: llm.Provider(c.ModelProvider), Model: c.Model, URL: c.ModelURL, Key: c.ModelKey,
		PriceIn: c.ModelPriceIn, PriceOut: c.ModelPriceOut, Observe: observe,
	}
	if c.ModelPictures {
		options.Draw = llm.Pdftoppm
	}
	if err := options.Check(); err != nil {
		return nil, fmt.Errorf("the language model is not configured well:\n%w", err)
	}
	if !options.Configured() {
		return nil, nil
	}
	m, err := llm.New(options)
	if err != nil {
		return nil, err
	}
	return &modelReader{reader: r, model: m, required: options.Mode == llm.Always}, nil
}

// Required reports whether the model has to be asked, or the layout reader's reading will do when the model is not available.
func (m *modelReader) Required() bool { return m.required }

// Wanted reports whether the model should be asked after what the layout reader made of the document.
func (m *modelReader) Wanted(reading *certificate.Reading, refused *certificate.Refusal) bool {
	return m.model.Wanted(reading, refused)
}

// problemsLogged bounds the line that names what was not taken of an answer: by its place in the certificate, not by what was said.
const problemsLogged = 20

// Read has both readers read a trimmed document and settles what they say.
func (m *modelReader) Read(ctx context.Context, pdf []byte, alive func(), spent func(activities.ModelCall)) (*certificate.Reading, error) {
	pages, err := m.reader.Pages(ctx, pdf, 0, alive)
	if err != nil {
		return nil, err
	}
	in := llm.Input{PDF: pdf, Pages: pages, Spent: func(c llm.Call) {
		spent(activities.ModelCall{
			Provider: string(c.Provider), Model: c.Model, Outcome: string(c.Outcome), InputTokens: c.Usage.InputTokens,
			OutputTokens: c.Usage.OutputTokens, CostMicroUSD: c.CostMicroUSD, Duration: c.Duration,
		})
	}}
	if in.Layout, err = reader.Layout(pages); err != nil && !errors.As(err, &in.Refused) {
		return nil, err
	}
	result, err := m.model.Read(ctx, in, alive)
	if result.Reading != nil {
		reader.Settle(result.Reading, pages)
	}
	if len(result.Problems) > 0 {
		slog.InfoContext(ctx, "values of the language model's answer were not taken", "number", len(result.Problems), "problems", result.Problems[:min(len(result.Problems), problemsLogged)])
	}
	return result.Reading, err
}
