package activities

import (
	"context"
	"errors"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/schema"
)

// ParseInput names the trimmed document to read.
type ParseInput struct {
	Certificate
	Key string
	// LayoutOnly stores what the layout reader reads, whether or not a model should be asked.
	LayoutOnly bool
}

// Parsed says what became of reading.
type Parsed struct {
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
	// Read has both readers read a trimmed document and settles what they say. What it cost is known even where there is an error.
	Read(ctx context.Context, pdf []byte, alive func()) (*ModelReading, error)
}

// ModelReading is a reading with what it cost.
type ModelReading struct {
	Reading                   *certificate.Reading
	InputTokens, OutputTokens int64
	CostMicroUSD              int64
}

// ParseCertificate reads the trimmed document and stores what it read, once per evaluation.
func (r *Review) ParseCertificate(ctx context.Context, in ParseInput) (Parsed, error) {
	if done, err := r.parsed(ctx, in.Certificate); done != nil || err != nil {
		return deref(done), err
	}
	pdf, err := r.document(ctx, in.Key)
	if err != nil {
		return Parsed{}, err
	}
	reading, err := r.Reader.Read(ctx, pdf, alive(ctx))
	refused, err := refusal(err)
	if err != nil {
		return Parsed{}, err
	}
	if r.Model != nil && !in.LayoutOnly && r.Model.Wanted(reading, refused) {
		return Parsed{AskModel: true, ModelRequired: r.Model.Required()}, nil
	}
	return r.store(ctx, in.Certificate, &ModelReading{Reading: reading}, refused)
}

// AskModel has a language model read the document as a second reader and stores what both make of it.
func (r *Review) AskModel(ctx context.Context, in ParseInput) (Parsed, error) {
	if done, err := r.parsed(ctx, in.Certificate); done != nil || err != nil {
		return deref(done), err
	}
	if r.Model == nil {
		return Parsed{}, &certificate.Unavailable{Message: "No language model is configured on this worker."}
	}
	pdf, err := r.document(ctx, in.Key)
	if err != nil {
		return Parsed{}, err
	}
	read, err := r.Model.Read(ctx, pdf, alive(ctx))
	refused, err := refusal(err)
	if err != nil {
		return Parsed{}, err
	}
	if read == nil {
		read = &ModelReading{}
	}
	return r.store(ctx, in.Certificate, read, refused)
}

func deref(p *Parsed) Parsed {
	if p == nil {
		return Parsed{}
	}
	return *p
}

// alive tells Temporal that the worker lives.
func alive(ctx context.Context) func() {
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
func (r *Review) parsed(ctx context.Context, in Certificate) (*Parsed, error) {
	var out *Parsed
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		p, err := schema.GetParse(ctx, tx, in.ID, in.Evaluation)
		if errors.Is(err, schema.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		out = &Parsed{}
		if p.ErrorCode != nil {
			out.Refusal = &certificate.Refusal{Code: certificate.RefusalCode(*p.ErrorCode), Message: *p.ErrorMessage}
		}
		return nil
	})
	if err != nil {
		return nil, databaseFault("look for a parse", err)
	}
	return out, nil
}

func (r *Review) store(ctx context.Context, in Certificate, read *ModelReading, refused *certificate.Refusal) (Parsed, error) {
	row := &schema.Parse{
		AccountID: in.Account, CertificateID: in.ID, EvaluationNo: in.Evaluation,
		InputTokens: read.InputTokens, OutputTokens: read.OutputTokens, CostMicroUSD: read.CostMicroUSD,
	}
	if refused != nil {
		code := string(refused.Code)
		row.ErrorCode, row.ErrorMessage = &code, &refused.Message
	} else {
		row.Reading = read.Reading
	}
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertParse(ctx, tx, row)
	})
	if err != nil {
		return Parsed{}, databaseFault("store a parse", err)
	}
	if row.Reading != nil && r.Observe != nil {
		r.Observe(row.Reading)
	}
	return Parsed{Refusal: refused}, nil
}
