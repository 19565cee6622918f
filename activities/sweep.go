package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"certflow/internal/blob"
	"certflow/schema"
)

// Sweep holds the steps of what runs by the clock, which is the database's: a worker whose own is hours ahead would end reviews that have just
// begun, and take uploads under way for forgotten ones. They are those of the Sweep workflow, each of which closes a gap between what the database says
// should run and what runs, and that of ExpiryWatch.
type Sweep struct {
	DB      *schema.DB
	Blobs   *blob.Store
	Starter Starter
}

// SweepResult counts what one step found.
type SweepResult struct {
	Found, Started, Ended, Removed int
}

const (
	// startGrace leaves what was just made to whoever made it.
	startGrace = 20 * time.Second
	// restartAfter is how long a review that was started is trusted to run before it is looked at again.
	restartAfter = 2 * time.Minute
	// maxStarts is how often a review may be started without ending before it is given up.
	maxStarts = 8
	// DeliveryGrace is how late a delivery may be before its workflow is missed.
	DeliveryGrace = time.Minute
	// orphanAge is how old a blob must be that nothing refers to.
	orphanAge = 24 * time.Hour
	// recentUploads is how far back each sweep of the store looks at every day of uploads.
	recentUploads = 3 * 24 * time.Hour
	// roundHours is after how many hours every older day of uploads has been looked at: thirty days.
	roundHours = 30 * 24
	// keyUseAge is how long it is kept what keys were used for.
	keyUseAge = 400 * 24 * time.Hour
	// sweepBatch bounds what one step does at once.
	sweepBatch = 500
	// monthsAhead is how many monthly partitions are kept ready.
	monthsAhead = 3
)

// SweepJobs starts bulk jobs that should run and do not.
func (s *Sweep) SweepJobs(ctx context.Context) (SweepResult, error) {
	now, err := s.DB.Now(ctx)
	if err != nil {
		return SweepResult{}, databaseFault("look for due jobs", err)
	}
	due, err := s.DB.DueJobs(ctx, now.Add(-startGrace), sweepBatch)
	if err != nil {
		return SweepResult{}, databaseFault("look for due jobs", err)
	}
	return s.each(ctx, due, func(ref schema.Ref) (SweepResult, error) {
		job, err := inAccount(ctx, s.DB, ref, schema.GetJob)
		if err != nil {
			return SweepResult{}, err
		}
		return SweepResult{Started: 1}, s.Starter.StartJob(ctx, job)
	})
}

// SweepReviews starts reviews that should run and do not, and ends those that were started too often without ending.
func (s *Sweep) SweepReviews(ctx context.Context) (SweepResult, error) {
	now, err := s.DB.Now(ctx)
	if err != nil {
		return SweepResult{}, databaseFault("look for due reviews", err)
	}
	due, err := s.DB.DueReviews(ctx, now.Add(-startGrace), now.Add(-restartAfter), sweepBatch)
	if err != nil {
		return SweepResult{}, databaseFault("look for due reviews", err)
	}
	return s.each(ctx, due, func(ref schema.Ref) (SweepResult, error) {
		c, err := inAccount(ctx, s.DB, ref, schema.GetCertificate)
		if err != nil {
			return SweepResult{}, err
		}
		if c.Starts >= maxStarts {
			return SweepResult{Ended: 1}, s.end(ctx, c, "internal",
				fmt.Sprintf("The review was started %d times and never ended. Upload the certificate again; if that fails too, tell the operator.", c.Starts))
		}
		began, err := s.Starter.StartReview(ctx, c)
		if err != nil {
			return SweepResult{}, err
		}
		if err := s.noteStart(ctx, ref, began); err != nil || !began {
			return SweepResult{}, err
		}
		return SweepResult{Started: 1}, nil
	})
}

// noteStart counts a start, so that a review which never ends is given up, and leaves one that runs alone for a while.
func (s *Sweep) noteStart(ctx context.Context, ref schema.Ref, began bool) error {
	return s.DB.InAccount(ctx, ref.AccountID, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.NoteStart(ctx, tx, ref.ID, began)
		return err
	})
}

// SweepOverdue ends reviews that began more than two hours ago.
func (s *Sweep) SweepOverdue(ctx context.Context) (SweepResult, error) {
	now, err := s.DB.Now(ctx)
	if err != nil {
		return SweepResult{}, databaseFault("look for overdue reviews", err)
	}
	due, err := s.DB.OverdueReviews(ctx, now.Add(-ReviewTimeout), sweepBatch)
	if err != nil {
		return SweepResult{}, databaseFault("look for overdue reviews", err)
	}
	return s.each(ctx, due, func(ref schema.Ref) (SweepResult, error) {
		c, err := inAccount(ctx, s.DB, ref, schema.GetCertificate)
		if err != nil {
			return SweepResult{}, err
		}
		return SweepResult{Ended: 1}, s.end(ctx, c, TimedOut, TimedOutMessage)
	})
}

// end records an error and stops what may still run for the certificate.
func (s *Sweep) end(ctx context.Context, c *schema.Certificate, code, message string) error {
	ended, err := recordError(ctx, s.DB, ErrorInput{
		CertificateRef: CertificateRef{Account: c.AccountID, ID: c.ID, Evaluation: c.EvaluationNo}, Code: code, Message: message,
	})
	if err != nil {
		return err
	}
	for _, d := range ended.Deliveries {
		if err := s.Starter.StartDelivery(ctx, &schema.Delivery{AccountID: c.AccountID, ID: d.ID, EndpointID: d.Endpoint}); err != nil {
			return err
		}
	}
	return s.Starter.EndReview(ctx, c.AccountID, c.ID)
}

// SweepDeliveries starts deliveries that are overdue.
func (s *Sweep) SweepDeliveries(ctx context.Context) (SweepResult, error) {
	now, err := s.DB.Now(ctx)
	if err != nil {
		return SweepResult{}, databaseFault("look for overdue deliveries", err)
	}
	due, err := s.DB.DueDeliveries(ctx, now.Add(-DeliveryGrace), sweepBatch)
	if err != nil {
		return SweepResult{}, databaseFault("look for overdue deliveries", err)
	}
	return s.each(ctx, due, func(ref schema.Ref) (SweepResult, error) {
		d, err := inAccount(ctx, s.DB, ref, schema.GetDelivery)
		if err != nil {
			return SweepResult{}, err
		}
		return SweepResult{Started: 1}, s.Starter.StartDelivery(ctx, d)
	})
}

// SweepStore removes uploads older than a day that nothing refers to, forgets old Idempotency-Keys, old uses of keys and what accounts do not
// want kept any longer, and keeps the coming months' partitions ready.
func (s *Sweep) SweepStore(ctx context.Context) (SweepResult, error) {
	var out SweepResult
	now, err := s.DB.Now(ctx)
	if err != nil {
		return out, databaseFault("clear the store", err)
	}
	if _, err := s.DB.EnsurePartitions(ctx, monthsAhead); err != nil {
		return out, databaseFault("keep partitions ready", err)
	}
	if _, err := s.DB.ForgetIdempotencyKeys(ctx, now.Add(-schema.IdempotencyKeyLife), 10*sweepBatch); err != nil {
		return out, databaseFault("forget idempotency keys", err)
	}
	if _, err := s.DB.ForgetKeyUses(ctx, now.Add(-keyUseAge), 10*sweepBatch); err != nil {
		return out, databaseFault("forget uses of keys", err)
	}
	if out.Removed, err = s.retain(ctx); err != nil {
		return out, err
	}
	days, err := s.Blobs.Days(ctx)
	if err != nil {
		return out, storageFault("list the days of uploads", err)
	}
	for _, day := range sweptDays(days, now) {
		found, err := s.removeOrphans(ctx, day, now)
		if err != nil {
			return out, storageFault("sweep uploads", err)
		}
		out.Found, out.Removed = out.Found+found.Found, out.Removed+found.Removed
	}
	return out, nil
}

// sweptDays chooses of the days that have uploads those that one sweep looks at: the last ones, where new orphans are, and those older ones whose
// hour it is. Each day has an hour of its own in every round of thirty days, whatever other days there are: none is left out, and a sweep lists one
// older day for every thirty that there are in seven hundred.
func sweptDays(days []string, at time.Time) []string {
	young := at.Add(-recentUploads).UTC().Format(time.DateOnly)
	hour := at.Unix() / 3600
	return slices.DeleteFunc(slices.Clone(days), func(name string) bool {
		if name >= young {
			return false
		}
		day, err := time.Parse(time.DateOnly, name)
		return err == nil && day.Unix()/(24*3600)%roundHours != hour%roundHours
	})
}

// removeOrphans removes the uploads of a day that are older than a day at a time and that nothing refers to.
func (s *Sweep) removeOrphans(ctx context.Context, day string, now time.Time) (SweepResult, error) {
	var out SweepResult
	err := s.Blobs.Uploads(ctx, day, now.Add(-orphanAge), sweepBatch, func(keys []string) error {
		activity.RecordHeartbeat(ctx)
		uploads := make([]string, len(keys))
		for i, key := range keys {
			uploads[i] = blob.UploadKey(key)
		}
		known, err := s.DB.KnownBlobs(ctx, uploads)
		if err != nil {
			return err
		}
		for i, key := range keys {
			if known[uploads[i]] {
				continue
			}
			if err := s.Blobs.Delete(ctx, key); err != nil {
				return err
			}
			out.Removed++
		}
		out.Found += len(keys)
		return nil
	})
	return out, err
}

// each does one thing to every row that was found. A row that fails is logged and left to the next minute: it must not keep
// the others waiting.
func (s *Sweep) each(ctx context.Context, rows []schema.Ref, do func(schema.Ref) (SweepResult, error)) (SweepResult, error) {
	out := SweepResult{Found: len(rows)}
	failed := 0
	var last error
	for _, ref := range rows {
		activity.RecordHeartbeat(ctx)
		one, err := do(ref)
		switch {
		case errors.Is(err, schema.ErrNotFound):
			continue // deleted since it was found
		case ctx.Err() != nil:
			return out, ctx.Err()
		case err != nil:
			slog.WarnContext(ctx, "a swept row waits for the next sweep", "account", ref.AccountID, "id", ref.ID, "error", err)
			failed, last = failed+1, err
			continue
		}
		out.Started, out.Ended, out.Removed = out.Started+one.Started, out.Ended+one.Ended, out.Removed+one.Removed
	}
	if failed > 0 && failed == len(rows) {
		return out, fmt.Errorf("none of %d rows could be swept: %w", failed, last)
	}
	return out, nil
}

// inAccount reads one row behind the wall of its account.
func inAccount[T any](ctx context.Context, db *schema.DB, ref schema.Ref, get func(context.Context, bun.IDB, string) (*T, error)) (*T, error) {
	var row *T
	err := db.InAccount(ctx, ref.AccountID, func(ctx context.Context, tx bun.Tx) error {
		var err error
		row, err = get(ctx, tx, ref.ID)
		return err
	})
	return row, err
}
