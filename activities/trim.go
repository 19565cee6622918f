package activities

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/schema"
)

// TrimInput says how many pages of a document are to be analysed.
type TrimInput struct {
	CertificateRef
	Key             string // of the upload
	Pages, Analysed int
}

// TrimResult says where the pages to analyse are kept.
type TrimResult struct {
	Key     string
	Refusal *certificate.Refusal
}

// TrimPages keeps the pages that are analysed beside the whole upload. A document that has no more is its own trimmed copy.
func (r *Review) TrimPages(ctx context.Context, in TrimInput) (TrimResult, error) {
	if in.Pages <= in.Analysed {
		return TrimResult{Key: in.Key}, nil
	}
	var c *schema.Certificate
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) (err error) {
		c, err = schema.GetCertificate(ctx, tx, in.ID)
		return err
	})
	if errors.Is(err, schema.ErrNotFound) {
		return TrimResult{Refusal: deletedMeanwhile()}, nil
	}
	if err != nil {
		return TrimResult{}, databaseFault("read a certificate", err)
	}
	pdf, err := r.Blobs.Read(ctx, in.Key)
	if err != nil {
		return TrimResult{}, storageFault("read an upload", err)
	}
	if refused := r.altered(ctx, pdf, c.SHA256); refused != nil {
		return TrimResult{Refusal: refused}, nil
	}
	short, err := r.Reader.Trim(ctx, pdf, in.Analysed)
	refused, err := refusal(err)
	if err != nil || refused != nil {
		return TrimResult{Refusal: refused}, err
	}
	key := blob.TrimmedKey(in.Key)
	if err := r.Blobs.Write(ctx, key, short); err != nil {
		return TrimResult{}, storageFault("store a trimmed document", err)
	}
	return TrimResult{Key: key}, nil
}

// deletedMeanwhile ends a review whose certificate was deleted: nobody sees it.
func deletedMeanwhile() *certificate.Refusal {
	return &certificate.Refusal{Code: "cancelled", Message: "The certificate was deleted."}
}
