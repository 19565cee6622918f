package activities

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"certflow/schema"
)

// ListJobInput asks for the certificates of a job from a position on.
type ListJobInput struct {
	JobRef
	From, Most int
}

// ListJobResult is a page of a job's certificates in the order of its files.
type ListJobResult struct {
	Reviews   []JobReview
	Cancelled bool // what has not begun shall not begin
}

// JobReview names a certificate of a job with what its review's search attributes say.
type JobReview struct {
	Certificate string
	Contractor  string
	Tracker     string
	Evaluation  int
	Ended       bool // by an earlier run of the job
	Status      schema.Status
}

// ListJob reads a page of a job's certificates.
func (b *Bulk) ListJob(ctx context.Context, in ListJobInput) (ListJobResult, error) {
	var out ListJobResult
	err := b.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		job, err := schema.GetJob(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out.Cancelled = !job.CancelRequestedAt.IsZero()
		if err := schema.TouchJob(ctx, tx, in.ID); err != nil {
			return err
		}
		rows, err := schema.CertificatesOfJob(ctx, tx, in.ID, in.From, in.Most)
		for _, c := range rows {
			review := JobReview{
				Certificate: c.ID, Contractor: c.ContractorID, Tracker: orEmpty(c.TrackerID), Evaluation: c.EvaluationNo,
				Ended: !c.Status.Open(), Status: c.Status,
			}
			if c.Status.Open() && !c.DeletedAt.IsZero() {
				review.Ended, review.Status = true, schema.Errored // as WatchRow has it
			}
			out.Reviews = append(out.Reviews, review)
		}
		return err
	})
	if err != nil {
		return ListJobResult{}, databaseFault("list a job's certificates", err)
	}
	return out, nil
}

// WatchJobResult says how many of a job's certificates have ended, and whether the rest shall not begin.
type WatchJobResult struct {
	Ended     int
	Cancelled bool
}

// WatchJobInput asks to be told when enough of a job has ended.
type WatchJobInput struct {
	JobRef
	AtLeast int           // certificates that have ended
	Most    time.Duration // how long to wait for that
}

// watchInterval is how often WatchJob looks.
const watchInterval = 200 * time.Millisecond

// WatchJob answers when as many of a job's certificates have ended as was asked for, the job was cancelled, or the time is over.
// While a local activity runs, Temporal keeps what children report and hands it over at once: a job of hundreds of files
// needs a few tasks instead of hundreds.
func (b *Bulk) WatchJob(ctx context.Context, in WatchJobInput) (WatchJobResult, error) {
	until := time.NewTimer(in.Most)
	defer until.Stop()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	for {
		out, err := b.watched(ctx, in.JobRef)
		if err != nil || out.Cancelled || out.Ended >= in.AtLeast {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, nil
		case <-until.C:
			return out, nil
		case <-tick.C:
		}
	}
}

func (b *Bulk) watched(ctx context.Context, in JobRef) (WatchJobResult, error) {
	var out WatchJobResult
	err := b.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		job, err := schema.GetJob(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		out.Cancelled = !job.CancelRequestedAt.IsZero()
		counts, err := schema.JobCounts(ctx, tx, in.ID)
		for status, n := range counts {
			if !status.Open() {
				out.Ended += n
			}
		}
		return err
	})
	if err != nil {
		return WatchJobResult{}, databaseFault("watch a job", err)
	}
	return out, nil
}

// WatchRowResult is what the row of a certificate says of an evaluation.
type WatchRowResult struct {
	Over   bool
	Status schema.Status
}

// WatchRow looks whether an evaluation that somebody else runs has ended.
func (b *Bulk) WatchRow(ctx context.Context, in CertificateRef) (WatchRowResult, error) {
	var out WatchRowResult
	err := b.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		c, err := schema.GetCertificate(ctx, tx, in.ID)
		if errors.Is(err, schema.ErrNotFound) {
			out = WatchRowResult{Over: true, Status: schema.Errored}
			return nil
		}
		if err == nil {
			out = WatchRowResult{Over: !c.Status.Open(), Status: c.Status}
		}
		return err
	})
	if err != nil {
		return WatchRowResult{}, databaseFault("watch a certificate", err)
	}
	return out, nil
}

// cancelBatch bounds the certificates that one transaction ends.
const cancelBatch = 100

// Cancelled is how many certificates ended as cancelled.
type Cancelled int

// CancelRest ends what has not begun of a job as cancelled, and tells about each.
func (b *Bulk) CancelRest(ctx context.Context, in JobRef) (Cancelled, error) {
	var cancelled Cancelled
	for from := 0; ; {
		page, err := b.ListJob(ctx, ListJobInput{JobRef: in, From: from, Most: cancelBatch})
		if err != nil || len(page.Reviews) == 0 {
			return cancelled, err
		}
		for _, r := range page.Reviews {
			if r.Ended {
				continue
			}
			ended, err := cancelPending(ctx, b.DB, CertificateRef{Account: in.Account, ID: r.Certificate, Evaluation: r.Evaluation})
			if err != nil {
				return cancelled, err
			}
			if ended.Status == schema.Errored {
				cancelled++
			}
			b.start(ctx, in.Account, ended.Deliveries)
		}
		from += len(page.Reviews)
	}
}

// cancelPending ends a certificate that no review has begun.
func cancelPending(ctx context.Context, db *schema.DB, in CertificateRef) (Outcome, error) {
	var out Outcome
	err := db.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		c, err := lockOpen(ctx, tx, in)
		if err != nil || c == nil || c.Status != schema.Pending {
			return err
		}
		out, err = endAsError(ctx, tx, ErrorInput{CertificateRef: in, Code: "cancelled",
			Message: "The job was cancelled before this certificate was reviewed. Upload it again to have it reviewed."})
		return err
	})
	if err != nil {
		return Outcome{}, databaseFault("cancel a certificate", err)
	}
	return out, nil
}

// start sends deliveries on their way; those that do not start now are swept.
func (b *Bulk) start(ctx context.Context, account string, deliveries []DeliveryRef) {
	for _, d := range deliveries {
		if err := b.Starter.StartDelivery(ctx, &schema.Delivery{AccountID: account, ID: d.ID, EndpointID: d.Endpoint}); err != nil {
			slog.WarnContext(ctx, "a delivery waits for the sweep", "delivery", d.ID, "error", err)
		}
	}
}

// EndJobInput says how a job ends.
type EndJobInput struct {
	JobRef
	Status string // completed, cancelled or failed
	Fault  string // for people, with failed
}

// EndJob sets a job to its end and tells about it, once.
func (b *Bulk) EndJob(ctx context.Context, in EndJobInput) ([]DeliveryRef, error) {
	var deliveries []schema.Delivery
	err := b.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		job, err := schema.LockJob(ctx, tx, in.ID)
		if errors.Is(err, schema.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if *job.Status != schema.JobProvisioning && *job.Status != schema.JobRunning {
			deliveries, err = schema.OpenDeliveries(ctx, tx, in.ID)
			return err
		}
		var fault *string
		if in.Fault != "" {
			fault = &in.Fault
		}
		deliveries, err = schema.EndJob(ctx, tx, job, in.Status, fault)
		return err
	})
	if err != nil {
		return nil, databaseFault("end a job", err)
	}
	return deliveryRefs(deliveries), nil
}
