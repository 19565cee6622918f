package schema

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// IdempotencyKey is a client's claim on one request and, once that is done, its answer. A bulk upload's key names its job, whose
// row holds the answer.
type IdempotencyKey struct {
	bun.BaseModel `bun:"table:idempotency_keys,alias:claim"`

	AccountID   string    `bun:"account_id,pk"`
	Key         string    `bun:"key,pk"`
	Operation   string    `bun:"operation"`
	LeaseToken  string    `bun:"lease_token"`
	LeaseUntil  time.Time `bun:"lease_until"`
	Fingerprint []byte    `bun:"fingerprint,nullzero"`
	Status      *int      `bun:"status"`
	Response    []byte    `bun:"response,nullzero"` // sealed
	JobID       *string   `bun:"job_id"`
	CreatedAt   time.Time `bun:"created_at,nullzero,default:now()"`
}

// IdempotencyKeyLife is how long a key is kept (CONTRACT §1).
const IdempotencyKeyLife = 24 * time.Hour

// ClaimKey claims a key for as long as the lease, by the database's clock, or returns the row of who has it: ok says which. A claim without an
// answer whose lease has run out, and a key older than keep, are taken over.
func ClaimKey(ctx context.Context, tx bun.IDB, claim *IdempotencyKey, lease, keep time.Duration) (held *IdempotencyKey, ok bool, err error) {
	res, err := tx.NewInsert().Model(claim).Value("lease_until", "now() + make_interval(secs => ?)", lease.Seconds()).
		On("CONFLICT (account_id, key) DO UPDATE").
		Set("operation = EXCLUDED.operation").Set("lease_token = EXCLUDED.lease_token").Set("lease_until = EXCLUDED.lease_until").
		Set("fingerprint = NULL").Set("status = NULL").Set("response = NULL").Set("job_id = NULL").Set("created_at = now()").
		Where("claim.status IS NULL AND claim.job_id IS NULL AND claim.lease_until < now() OR claim.created_at < now() - make_interval(secs => ?)", keep.Seconds()).
		Exec(ctx)
	if err != nil {
		return nil, false, Mapped(err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return claim, err == nil, err
	}
	held = new(IdempotencyKey)
	err = selectOwn(tx, held).Where("account_id = ? AND key = ?", claim.AccountID, claim.Key).Scan(ctx)
	return held, false, Mapped(err)
}

// ErrTakenOver says that a claim's lease ran out and somebody else has it now.
var ErrTakenOver = errors.New("the idempotency key was taken over")

// RenewKey lets the lease of a claim that is being worked on begin anew; one that was settled or taken over stays as it is.
func RenewKey(ctx context.Context, tx bun.IDB, account, key, token string, lease time.Duration) error {
	_, err := updateOwn(tx, (*IdempotencyKey)(nil)).Set("lease_until = now() + make_interval(secs => ?)", lease.Seconds()).
		Where("account_id = ? AND key = ? AND lease_token = ? AND status IS NULL AND job_id IS NULL", account, key, token).Exec(ctx)
	return Mapped(err)
}

// FinishKey stores the sealed answer of a claim.
func FinishKey(ctx context.Context, tx bun.IDB, claim *IdempotencyKey) error {
	return settleKey(ctx, tx, claim, "fingerprint", "status", "response")
}

// BindKey gives a claim to a bulk job, in whose row the answer will stand.
func BindKey(ctx context.Context, tx bun.IDB, claim *IdempotencyKey) error {
	return settleKey(ctx, tx, claim, "fingerprint", "job_id")
}

func settleKey(ctx context.Context, tx bun.IDB, claim *IdempotencyKey, columns ...string) error {
	res, err := updateOwn(tx, claim).Column(columns...).WherePK().Where("lease_token = ? AND status IS NULL", claim.LeaseToken).Exec(ctx)
	if err != nil {
		return Mapped(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ErrTakenOver, err)
	}
	return nil
}

// ReleaseKey forgets a claim that came to nothing; one that was settled or taken over stays.
func ReleaseKey(ctx context.Context, tx bun.IDB, account, key, token string) error {
	_, err := deleteOwn(tx, (*IdempotencyKey)(nil)).
		Where("account_id = ? AND key = ? AND lease_token = ? AND status IS NULL AND job_id IS NULL", account, key, token).Exec(ctx)
	return Mapped(err)
}
