package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"certflow/internal/blob"
	"certflow/schema"
)

const (
	// retentionBatch bounds the events of one account that are forgotten in one transaction, retentionBatches how many follow in one sweep.
	retentionBatch   = 500
	retentionBatches = 20
)

// retain lets go what accounts do not want kept any longer: events with their deliveries and attempts, the PDFs and parses of deleted
// certificates, and whole months when no account keeps anything of them.
func (s *Sweep) retain(ctx context.Context) (removed int, err error) {
	if _, err := s.DB.DropMonths(ctx); err != nil {
		return 0, databaseFault("drop old months", err)
	}
	accounts, err := s.DB.RetainingAccounts(ctx)
	if err != nil {
		return 0, databaseFault("look for accounts with a retention", err)
	}
	for _, account := range accounts {
		for range retentionBatches {
			activity.RecordHeartbeat(ctx)
			forgotten, err := s.DB.ForgetEvents(ctx, account, retentionBatch)
			if err != nil {
				return 0, databaseFault("forget events", err)
			}
			if forgotten < retentionBatch {
				break
			}
		}
	}
	due, err := s.DB.DuePurges(ctx, sweepBatch)
	if err != nil {
		return 0, databaseFault("look for certificates to purge", err)
	}
	purged, err := s.each(ctx, due, func(ref schema.Ref) (SweepResult, error) { return s.purge(ctx, ref) })
	return purged.Removed, err
}

// purge removes what is kept of a deleted certificate beside its verdicts. The blobs go first: a purge that ends half-way is found again.
func (s *Sweep) purge(ctx context.Context, ref schema.Ref) (SweepResult, error) {
	c, err := inAccount(ctx, s.DB, ref, schema.GetDeletedCertificate)
	if err != nil {
		return SweepResult{}, err
	}
	if err := s.Blobs.Delete(ctx, c.BlobKey, blob.TrimmedKey(c.BlobKey)); err != nil {
		return SweepResult{}, storageFault("remove a deleted certificate's file", err)
	}
	return SweepResult{Removed: 2}, s.DB.Purge(ctx, c.ID)
}
