package activities

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"

	"github.com/uptrace/bun"

	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/schema"
)

// ValidateResult says what ValidateDocument found.
type ValidateResult struct {
	// Over is set when there is nothing to review: the certificate was deleted, or this evaluation has ended.
	Over    bool
	Refusal *certificate.Refusal
	// Key is where the upload is kept.
	Key string
	// Pages is how many pages the document has, and Analysed how many of them the account lets be read.
	Pages, Analysed int
	Deliveries      []DeliveryRef
}

// ValidateDocument sets the certificate to processing, from when on its two hours run, and opens its PDF.
func (r *Review) ValidateDocument(ctx context.Context, in CertificateRef) (ValidateResult, error) {
	var out ValidateResult
	var sum []byte
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		c, deliveries, err := begin(ctx, tx, in)
		if err != nil || c == nil {
			out.Over = c == nil
			return err
		}
		account, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return err
		}
		out.Key, out.Analysed, out.Deliveries, sum = c.BlobKey, account.PageLimit, deliveryRefs(deliveries), c.SHA256
		return nil
	})
	if err != nil {
		return ValidateResult{}, databaseFault("begin a review", err)
	}
	if out.Over {
		return out, nil
	}
	pdf, err := r.Blobs.Read(ctx, out.Key)
	if errors.Is(err, blob.ErrNotFound) {
		out.Refusal = &certificate.Refusal{Code: "internal", Message: "The stored file is gone. Upload the certificate again."}
		return out, nil
	}
	if err != nil {
		return ValidateResult{}, storageFault("read an upload", err)
	}
	if out.Refusal = r.altered(ctx, pdf, sum); out.Refusal != nil {
		return out, nil
	}
	out.Pages, err = r.Reader.Validate(ctx, pdf)
	out.Refusal, err = refusal(err)
	if err != nil {
		return ValidateResult{}, err
	}
	out.Analysed = min(out.Analysed, out.Pages)
	return out, nil
}

// altered refuses a stored file that is not the one that was uploaded: a verdict on it would be one on something that nobody sent.
func (r *Review) altered(ctx context.Context, pdf, sum []byte) *certificate.Refusal {
	if got := sha256.Sum256(pdf); bytes.Equal(got[:], sum) {
		return nil
	}
	slog.ErrorContext(ctx, "a stored file is not the one that was uploaded: the blob store lost or changed it", "bytes", len(pdf))
	return &certificate.Refusal{Code: "internal", Message: "The stored file is not the one that was uploaded. Upload the certificate again."}
}

// begin sets the certificate of an evaluation to processing and tells about it, once; nil when it was deleted or has ended.
func begin(ctx context.Context, tx bun.IDB, in CertificateRef) (*schema.Certificate, []schema.Delivery, error) {
	c, err := schema.BeginReview(ctx, tx, in.ID, in.Evaluation)
	if errors.Is(err, schema.ErrNotFound) {
		return begunBefore(ctx, tx, in)
	}
	if err != nil {
		return nil, nil, err
	}
	err = schema.AddHistory(ctx, tx, &schema.History{
		AccountID: c.AccountID, CertificateID: c.ID, Kind: schema.HistoryProcessing, Actor: schema.Certflow, Status: c.Status,
	})
	if err != nil {
		return nil, nil, err
	}
	deliveries, err := schema.Publish(ctx, tx, schema.CertificateEvent(c))
	return c, deliveries, err
}

// begunBefore is what a retry of begin answers whose first try had committed.
func begunBefore(ctx context.Context, tx bun.IDB, in CertificateRef) (*schema.Certificate, []schema.Delivery, error) {
	c, err := lockOpen(ctx, tx, in)
	if err != nil || c == nil {
		return nil, nil, err
	}
	deliveries, err := schema.OpenDeliveries(ctx, tx, c.ID)
	return c, deliveries, err
}

// lockOpen locks the certificate of an evaluation that has not ended; nil when it was deleted or has ended.
func lockOpen(ctx context.Context, tx bun.IDB, in CertificateRef) (*schema.Certificate, error) {
	c, err := schema.LockCertificate(ctx, tx, in.ID)
	if errors.Is(err, schema.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !c.Status.Open() || c.EvaluationNo != in.Evaluation {
		return nil, nil
	}
	return c, nil
}

// refusal takes a document's refusal out of an error.
func refusal(err error) (*certificate.Refusal, error) {
	var refused *certificate.Refusal
	if errors.As(err, &refused) {
		return refused, nil
	}
	return nil, err
}

// deliveryRefs reduces deliveries to what may pass through Temporal.
func deliveryRefs(deliveries []schema.Delivery) []DeliveryRef {
	names := make([]DeliveryRef, len(deliveries))
	for i, d := range deliveries {
		names[i] = DeliveryRef{ID: d.ID, Endpoint: d.EndpointID}
	}
	return names
}
