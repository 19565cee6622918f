package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/schema"
)

// ParseInput names the trimmed document to read.
type ParseInput struct {
	CertificateRef
	Key string
	// LayoutOnly stores what the layout reader reads, whether or not a model should be asked.
	LayoutOnly bool
}

// ParseResult says what became of reading.
type ParseResult struct {
	Refusal *certificate.Refusal
	// AskModel is set when the layout reader was unsure and a language model is to be asked as well.
	AskModel bool
	// ModelRequired is set when the layout reader's reading may not stand in for a model that is not available.
	ModelRequired bool
}

// ModelReader has a language model read a document again that the layout reader is unsure of, or does not know.
type ModelReader interface {
	// Wanted reports whether the model should be asked after what the layout reader made of the document.
	Wanted(reading *certificate.Reading, refused *certificate.Refusal) bool
	// Required reports whether the model has to be asked, or the layout reader's reading will do when the model is not available.
	Required() bool
	// Read has both readers read a trimmed document and settles what they say. spent is told of every request to the model as soon as
	// it has ended, however it ended.
	Read(ctx context.Context, pdf []byte, alive func(), spent func(ModelCall)) (*certificate.Reading, error)
}

// ModelCall is one request to a language model and what it used.
type ModelCall struct {
	Provider, Model, Outcome  string
	InputTokens, OutputTokens int64
	CostMicroUSD              int64 // millionths of a US dollar
	Duration                  time.Duration
}

// ParseCertificate reads the trimmed document and stores what it read, once per evaluation: what an attempt stored stands, and a later one,
// which is rare and cheap enough to read again, answers that.
func (r *Review) ParseCertificate(ctx context.Context, in ParseInput) (ParseResult, error) {
	pdf, err := r.document(ctx, in.Key)
	if err != nil {
		return ParseResult{}, err
	}
	reading, err := r.Reader.Read(ctx, pdf, heartbeat(ctx))
	refused, err := refusal(err)
	if err != nil {
		return ParseResult{}, err
	}
	if r.Model != nil && !in.LayoutOnly && r.Model.Wanted(reading, refused) {
		return ParseResult{AskModel: true, ModelRequired: r.Model.Required()}, nil
	}
	return r.store(ctx, in.CertificateRef, reading, refused)
}

// AskModel has a language model read the document as a second reader and stores what both make of it, and what each request to the model
// used, whatever comes of it.
func (r *Review) AskModel(ctx context.Context, in ParseInput) (ParseResult, error) {
	if done, err := r.parsed(ctx, in.CertificateRef); done != nil || err != nil {
		return parseResult(done), err
	}
	if r.Model == nil {
		return ParseResult{}, &certificate.Unavailable{Message: "No language model is configured on this worker."}
	}
	pdf, err := r.document(ctx, in.Key)
	if err != nil {
		return ParseResult{}, err
	}
	reading, err := r.Model.Read(ctx, pdf, heartbeat(ctx), func(c ModelCall) { r.recordModelCall(ctx, in.CertificateRef, c) })
	refused, err := refusal(err)
	if err != nil {
		return ParseResult{}, err
	}
	return r.store(ctx, in.CertificateRef, reading, refused)
}

// modelCallTimeout bounds the noting of a request to the model. What was spent is noted even when the activity has been cancelled.
const modelCallTimeout = 10 * time.Second

// recordModelCall notes a request to the model. Where that fails, the log has what was spent: a reading that was paid for is not thrown away for it.
func (r *Review) recordModelCall(ctx context.Context, in CertificateRef, c ModelCall) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), modelCallTimeout)
	defer cancel()
	row := &schema.ModelCall{
		AccountID: in.Account, CertificateID: in.ID, EvaluationNo: in.Evaluation, Provider: c.Provider, Model: c.Model, Outcome: c.Outcome,
		InputTokens: c.InputTokens, OutputTokens: c.OutputTokens, CostMicroUSD: c.CostMicroUSD, DurationMS: c.Duration.Milliseconds(),
	}
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error { return schema.InsertModelCall(ctx, tx, row) })
	if err != nil {
		slog.ErrorContext(ctx, "a request to the language model could not be noted", "outcome", c.Outcome, "input_tokens", c.InputTokens,
			"output_tokens", c.OutputTokens, "cost_microusd", c.CostMicroUSD, "error", err)
	}
}

// parseResult is what a step answers whose evaluation has a parse.
func parseResult(p *schema.Parse) ParseResult {
	if p == nil || p.ErrorCode == nil {
		return ParseResult{}
	}
	return ParseResult{Refusal: &certificate.Refusal{Code: certificate.RefusalCode(*p.ErrorCode), Message: *p.ErrorMessage}}
}

// heartbeat tells Temporal that the worker lives.
func heartbeat(ctx context.Context) func() {
	return func() { activity.RecordHeartbeat(ctx) }
}

func (r *Review) document(ctx context.Context, key string) ([]byte, error) {
	pdf, err := r.Blobs.Read(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, &certificate.Unavailable{Message: "The stored file could not be found.", Cause: err}
	}
	if err != nil {
		return nil, storageFault("read a trimmed document", err)
	}
	return pdf, nil
}

// parsed finds what an earlier attempt stored; nil when there is nothing.
func (r *Review) parsed(ctx context.Context, in CertificateRef) (*schema.Parse, error) {
	var found *schema.Parse
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		var err error
		found, err = schema.GetParse(ctx, tx, in.ID, in.Evaluation)
		return err
	})
	if errors.Is(err, schema.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, databaseFault("look for a parse", err)
	}
	return found, nil
}

func (r *Review) store(ctx context.Context, in CertificateRef, reading *certificate.Reading, refused *certificate.Refusal) (ParseResult, error) {
	row := &schema.Parse{AccountID: in.Account, CertificateID: in.ID, EvaluationNo: in.Evaluation}
	if refused != nil {
		code := string(refused.Code)
		row.ErrorCode, row.ErrorMessage = &code, &refused.Message
	} else {
		row.Reading = reading
	}
	var stands *schema.Parse
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		var err error
		stands, err = schema.InsertParse(ctx, tx, row)
		return err
	})
	if err != nil {
		return ParseResult{}, databaseFault("store a parse", err)
	}
	if stands == row && row.Reading != nil && r.Observe != nil {
		r.Observe(row.Reading)
	}
	return parseResult(stands), nil
}
