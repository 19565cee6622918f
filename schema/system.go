package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Ref names a row of some account: all that the functions which look across accounts give.
type Ref struct {
	AccountID string `bun:"account_id"`
	ID        string `bun:"id"`
}

// KeyOwner is whom an API key belongs to.
type KeyOwner struct {
	AccountID  string `bun:"account_id"`
	KeyID      string `bun:"key_id"`
	Live       bool   `bun:"live"`
	ListFormat string `bun:"list_format"`
}

// KeyOwner finds the account of a living key by the key's SHA-256: ErrNotFound when there is none.
func (db *DB) KeyOwner(ctx context.Context, hash []byte) (*KeyOwner, error) {
	owner := new(KeyOwner)
	if err := db.bun.NewRaw("SELECT * FROM certflow_key_of(?)", hash).Scan(ctx, owner); err != nil {
		return nil, Mapped(err)
	}
	return owner, nil
}

// Accounts lists the ids of all accounts.
func (db *DB) Accounts(ctx context.Context) ([]string, error) {
	var ids []string
	if err := db.bun.NewRaw("SELECT certflow_accounts()").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return ids, nil
}

// Now is the database's clock: the one that all processes share, and by which rows are dated. A machine's own may be wrong.
func (db *DB) Now(ctx context.Context) (time.Time, error) {
	var now time.Time
	if err := db.bun.NewRaw("SELECT clock_timestamp()").Scan(ctx, &now); err != nil {
		return time.Time{}, fmt.Errorf("ask the database for the time: %w", Mapped(err))
	}
	return now, nil
}

// DueReviews names open certificates made before olderThan whose review was not tried to start since triedBefore; those of an open
// bulk job are left to it.
func (db *DB) DueReviews(ctx context.Context, olderThan, triedBefore time.Time, limit int) ([]Ref, error) {
	return db.refs(ctx, "certflow_due_reviews(?, ?, ?)", olderThan, triedBefore, limit)
}

// DueJobs names open bulk jobs that nothing has touched since olderThan.
func (db *DB) DueJobs(ctx context.Context, olderThan time.Time, limit int) ([]Ref, error) {
	return db.refs(ctx, "certflow_due_jobs(?, ?)", olderThan, limit)
}

// OverdueReviews names open certificates whose review began before begunBefore.
func (db *DB) OverdueReviews(ctx context.Context, begunBefore time.Time, limit int) ([]Ref, error) {
	return db.refs(ctx, "certflow_overdue_reviews(?, ?)", begunBefore, limit)
}

// DueDeliveries names open deliveries whose next attempt was due before dueBefore.
func (db *DB) DueDeliveries(ctx context.Context, dueBefore time.Time, limit int) ([]Ref, error) {
	return db.refs(ctx, "certflow_due_deliveries(?, ?)", dueBefore, limit)
}

func (db *DB) refs(ctx context.Context, call string, args ...any) ([]Ref, error) {
	var rows []Ref
	if err := db.bun.NewRaw("SELECT account_id, id FROM "+call, args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("look across accounts: %w", err)
	}
	return rows, nil
}

// KnownBlobs is the subset of keys that a certificate or an open bulk job refers to.
func (db *DB) KnownBlobs(ctx context.Context, keys []string) (map[string]bool, error) {
	var found []string
	if err := db.bun.NewRaw("SELECT certflow_known_blobs(ARRAY[?]::text[])", bun.List(keys)).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("look for the certificates of blobs: %w", err)
	}
	known := make(map[string]bool, len(found))
	for _, key := range found {
		known[key] = true
	}
	return known, nil
}

// ForgetIdempotencyKeys deletes up to limit keys made before olderThan and returns how many.
func (db *DB) ForgetIdempotencyKeys(ctx context.Context, olderThan time.Time, limit int) (int, error) {
	var n int
	err := db.bun.NewRaw("SELECT certflow_forget_idempotency_keys(?, ?)", olderThan, limit).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("forget idempotency keys: %w", err)
	}
	return n, nil
}

// NoteKeyUses counts uses of keys; those of a key that is not there are dropped.
func (db *DB) NoteKeyUses(ctx context.Context, uses []KeyUse) error {
	list, err := json.Marshal(uses)
	if err != nil {
		return fmt.Errorf("write the uses of keys: %w", err)
	}
	if _, err := db.bun.ExecContext(ctx, "SELECT certflow_note_key_uses(?::jsonb)", string(list)); err != nil {
		return fmt.Errorf("note the use of keys: %w", err)
	}
	return nil
}

// ForgetKeyUses deletes up to limit counts of the use of keys that are older than olderThan and returns how many.
func (db *DB) ForgetKeyUses(ctx context.Context, olderThan time.Time, limit int) (int, error) {
	var n int
	if err := db.bun.NewRaw("SELECT certflow_forget_key_uses(?, ?)", olderThan, limit).Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("forget uses of keys: %w", err)
	}
	return n, nil
}

// Backlog is what waits for its verdict.
type Backlog struct {
	Certificates int           // of all accounts
	Oldest       time.Duration // how long the first of them has waited
}

// Backlog counts the certificates of all accounts that wait for their verdict, those that bulk uploads are still to make among them. It
// stops counting at limit.
func (db *DB) Backlog(ctx context.Context, limit int) (Backlog, error) {
	var found struct {
		Certificates  int     `bun:"certificates"`
		OldestSeconds float64 `bun:"oldest_seconds"`
	}
	if err := db.bun.NewRaw("SELECT * FROM certflow_backlog(?)", limit).Scan(ctx, &found); err != nil {
		return Backlog{}, fmt.Errorf("count what waits for its verdict: %w", err)
	}
	return Backlog{Certificates: found.Certificates, Oldest: time.Duration(found.OldestSeconds * float64(time.Second))}, nil
}

// EnsurePartitions makes the monthly partitions from now to so many months ahead and returns how many were missing.
func (db *DB) EnsurePartitions(ctx context.Context, ahead int) (int, error) {
	var made int
	if err := db.bun.NewRaw("SELECT certflow_ensure_partitions(?)", ahead).Scan(ctx, &made); err != nil {
		return 0, fmt.Errorf("make monthly partitions: %w", err)
	}
	return made, nil
}

// TakeRequest counts one request of a key in its present window, which it begins if the last one is over, and returns the count and
// what is left of the window.
func (db *DB) TakeRequest(ctx context.Context, key string, window time.Duration) (requests int, left time.Duration, err error) {
	var taken struct {
		Requests    int     `bun:"requests"`
		LeftSeconds float64 `bun:"left_seconds"`
	}
	if err := db.bun.NewRaw("SELECT * FROM certflow_take_request(?, ?)", key, window.Seconds()).Scan(ctx, &taken); err != nil {
		return 0, 0, fmt.Errorf("count a request: %w", err)
	}
	return taken.Requests, time.Duration(taken.LeftSeconds * float64(time.Second)), nil
}
