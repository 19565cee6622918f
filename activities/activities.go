// Package activities is what workflows do to the world, one file per step: validate, trim, parse and evaluate a certificate,
// deliver a webhook, sweep. Every activity may run more than once and ends the same; only ids, codes and blob keys
// pass between them and Temporal, whose histories are clear text. What an activity returns as an error is put into a code and a
// sentence of ours by the worker before Temporal sees it (Fault).
package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/internal/rules"
	"certflow/schema"
)

// Reader reads PDFs. Its methods return *certificate.Refusal when the document is at fault and *certificate.Unavailable when the
// reader could not work just now.
type Reader interface {
	// Validate opens the document and counts its pages.
	Validate(ctx context.Context, pdf []byte) (pages int, err error)
	// Trim makes a document of the first pages.
	Trim(ctx context.Context, pdf []byte, pages int) ([]byte, error)
	// Read reads a trimmed document. alive is called at least every few seconds while it works.
	Read(ctx context.Context, pdf []byte, alive func()) (*certificate.Reading, error)
}

// Starter starts and ends workflows; package workflows has it.
type Starter interface {
	// StartReview starts the review of a certificate unless it runs; began says whether it did.
	StartReview(ctx context.Context, c *schema.Certificate) (began bool, err error)
	// StartJob starts the workflow of a bulk job unless it runs.
	StartJob(ctx context.Context, j *schema.Job) error
	// StartDelivery starts a delivery unless it runs.
	StartDelivery(ctx context.Context, d *schema.Delivery) error
	// EndReview terminates a review whose certificate has ended without it; one that does not run does not matter.
	EndReview(ctx context.Context, account, certificate string) error
}

// Review holds the steps of ReviewCertificate.
type Review struct {
	DB     *schema.DB
	Blobs  *blob.Store
	Reader Reader
	Model  ModelReader // nil: no language model is configured
	Judge  *rules.Judge
	// Observe is told of every reading that was stored; nil: nobody is.
	Observe func(*certificate.Reading)
}

// CertificateRef names one evaluation of a certificate: what a step works on.
type CertificateRef struct {
	Account    string
	ID         string
	Evaluation int // from 1
}

const (
	// ReviewTimeout is how long a review may take once ValidateDocument has begun it (CONTRACT §8).
	ReviewTimeout = 2 * time.Hour
	// TimedOut is the code of a review that took longer, TimedOutMessage the sentence with what to do next.
	TimedOut        = "timed_out"
	TimedOutMessage = "The review did not end within two hours. Upload the certificate again."
)

// The types of the errors that workflows tell apart.
const (
	// FaultReader is a *certificate.Unavailable: the workflow waits and tries again.
	FaultReader = "reader_unavailable"
	// FaultDatabase and FaultStorage are retried by Temporal until the review's time is over.
	FaultDatabase = "database_unavailable"
	FaultStorage  = "storage_unavailable"
	// FaultSealed is a signing secret that no key of CERTFLOW_SECRET_KEY opens. Nothing is sent meanwhile.
	FaultSealed = "secret_sealed"
	// FaultStopped says that the worker was stopped before the step was done; another one does it again.
	FaultStopped = "stopped"
	// FaultInternal is everything else: a bug, or something that nobody thought of.
	FaultInternal = "internal"
)

// Fault turns an activity's error into what a history may hold: a code and a sentence of ours. The original is for the
// worker's log. What a context says that was cancelled is a fault like others: a workflow that was cancelled itself does not wait for
// its steps, and one that was not would take the end of a worker for a wish to stop.
func Fault(err error) error {
	var ours *temporal.ApplicationError
	var cancelled *temporal.CanceledError
	var unavailable *certificate.Unavailable
	switch {
	case err == nil:
		return nil
	case errors.As(err, &cancelled), errors.Is(err, context.Canceled):
		return temporal.NewApplicationError("the worker was stopped before the step was done", FaultStopped)
	case errors.As(err, &ours) && ours.Unwrap() == nil:
		return ours // without what wraps it, whose text would reach the history too
	case errors.As(err, &unavailable):
		return temporal.NewApplicationErrorWithOptions(unavailable.Message, FaultReader, temporal.ApplicationErrorOptions{
			NonRetryable: true, Details: []any{unavailable.RetryAfter},
		})
	case errors.Is(err, errSealed):
		return temporal.NewApplicationError("no key of CERTFLOW_SECRET_KEY opens the endpoint's signing secret: certflow doctor says what to do", FaultSealed)
	case errors.Is(err, errStorage):
		return temporal.NewApplicationError("the blob store did not do what was asked; the worker's log has the cause", FaultStorage)
	case errors.Is(err, errDatabase):
		return temporal.NewApplicationError("the database did not do what was asked; the worker's log has the cause", FaultDatabase)
	}
	return temporal.NewApplicationError("something went wrong that nobody foresaw; the worker's log has the cause", FaultInternal)
}

var (
	errDatabase = errors.New("database")
	errStorage  = errors.New("storage")
	errSealed   = errors.New("sealed")
)

func databaseFault(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", errDatabase, doing, err)
}

func storageFault(doing string, err error) error {
	return fmt.Errorf("%w: %s: %w", errStorage, doing, err)
}

// Outcome is how an evaluation ended, and which deliveries tell about it.
type Outcome struct {
	Status     schema.Status // empty when the certificate was deleted
	Deliveries []DeliveryRef
}

// DeliveryRef names a delivery and the endpoint whose share of the workers it uses.
type DeliveryRef struct {
	ID       string
	Endpoint string
}
