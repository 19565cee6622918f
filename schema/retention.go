package schema

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// RetainingAccounts lists the ids of the accounts that do not keep everything.
func (db *DB) RetainingAccounts(ctx context.Context) ([]string, error) {
	var ids []string
	if err := db.bun.NewRaw("SELECT certflow_retaining_accounts()").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("list the accounts with a retention: %w", err)
	}
	return ids, nil
}

// ForgetEvents deletes up to limit of an account's events that are older than its retention, with their deliveries and attempts, and
// returns how many. What is still to be delivered stays until that has ended.
func (db *DB) ForgetEvents(ctx context.Context, account string, limit int) (int, error) {
	var n int
	if err := db.bun.NewRaw("SELECT certflow_forget_events(?, ?)", account, limit).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("forget events: %w", err)
	}
	return n, nil
}

// DuePurges names certificates that were deleted longer ago than their account's retention and were not purged.
func (db *DB) DuePurges(ctx context.Context, limit int) ([]Ref, error) {
	return db.refs(ctx, "certflow_due_purges(?)", limit)
}

// Purge forgets what was read of a certificate that was deleted longer ago than its account's retention; another one stays as it is.
// Its verdicts and its history stay. The caller has removed its blobs.
func (db *DB) Purge(ctx context.Context, certificate string) error {
	if _, err := db.bun.ExecContext(ctx, "SELECT certflow_purge(?)", certificate); err != nil {
		return fmt.Errorf("purge a certificate: %w", err)
	}
	return nil
}

// DropMonths drops the monthly partitions of events, deliveries and attempts that end before the longest retention of all accounts
// begins, and returns how many. As long as one account keeps everything, none goes.
func (db *DB) DropMonths(ctx context.Context) (int, error) {
	var n int
	if err := db.bun.NewRaw("SELECT certflow_drop_months()").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("drop old months: %w", err)
	}
	return n, nil
}

// GetDeletedCertificate reads a certificate that was deleted: ErrNotFound when it lives or never did.
func GetDeletedCertificate(ctx context.Context, tx bun.IDB, id string) (*Certificate, error) {
	c := new(Certificate)
	if err := selectOwn(tx, c).WhereDeleted().Where("id = ?", id).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return c, nil
}
