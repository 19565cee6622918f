package schema

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/uptrace/bun"
)

// Account is one client of the service with its settings (CONTRACT §5).
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:account"`

	ID                  string    `bun:"account_id,pk"`
	Name                string    `bun:"name"`
	Live                bool      `bun:"live"`
	PageLimit           int       `bun:"page_limit,nullzero,default:2"`
	ListFormat          string    `bun:"list_format,nullzero,default:'array'"`
	ConfidenceThreshold float64   `bun:"confidence_threshold,nullzero,default:0.85"`
	TimeZone            string    `bun:"time_zone,nullzero,default:'UTC'"`
	RetentionDays       int       `bun:"retention_days,nullzero"` // 0 keeps everything
	CreatedAt           time.Time `bun:"created_at,nullzero,default:now()"`
	UpdatedAt           time.Time `bun:"updated_at,nullzero,default:now()"`
}

// InsertAccount makes an account; the transaction must be InAccount of the account's own id.
func InsertAccount(ctx context.Context, tx bun.IDB, a *Account) error { return insert(ctx, tx, a) }

// GetAccount reads the account that the transaction is in.
func GetAccount(ctx context.Context, tx bun.IDB) (*Account, error) {
	a := new(Account)
	if err := selectOwn(tx, a).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return a, nil
}

// UpdateAccount writes an account's settings.
func UpdateAccount(ctx context.Context, tx bun.IDB, a *Account) error {
	_, err := updateOwn(tx, a).WherePK().Column("name", "page_limit", "list_format", "confidence_threshold", "time_zone", "retention_days").
		Set("updated_at = now()").Returning("*").Exec(ctx)
	return Mapped(err)
}

// Key is an API key: its hash and its last four characters are all that is kept of it.
type Key struct {
	bun.BaseModel `bun:"table:api_keys,alias:key"`

	ID         string    `bun:"id,pk"`
	AccountID  string    `bun:"account_id"`
	Hash       []byte    `bun:"hash"`
	Last4      string    `bun:"last4"`
	CreatedAt  time.Time `bun:"created_at,nullzero,default:now()"`
	ExpiresAt  time.Time `bun:"expires_at,nullzero"`
	RevokedAt  time.Time `bun:"revoked_at,nullzero"`
	LastUsedAt time.Time `bun:"last_used_at,nullzero"`
}

// InsertKey makes a key.
func InsertKey(ctx context.Context, tx bun.IDB, k *Key) error { return insert(ctx, tx, k) }

// ListKeys lists an account's keys, newest first, revoked ones too.
func ListKeys(ctx context.Context, tx bun.IDB) ([]Key, error) {
	var keys []Key
	if err := selectOwn(tx, &keys).Order("created_at DESC", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// EndKey lets a key end at the given time, or at once when that is past: ErrNotFound when the account has no such living key.
func EndKey(ctx context.Context, tx bun.IDB, id string, at time.Time) error {
	res, err := updateOwn(tx, (*Key)(nil)).Set("expires_at = ?", at).
		Set("revoked_at = CASE WHEN ? <= now() THEN now() END", at).
		Where("id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", id, at).Exec(ctx)
	if err != nil {
		return fmt.Errorf("end key %s: %w", id, err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return ErrNotFound
	}
	return nil
}

// KeyLives reports whether a key of the account that the transaction is in may still be used.
func KeyLives(ctx context.Context, tx bun.IDB, id string) (bool, error) {
	lives, err := selectOwn(tx, (*Key)(nil)).Where("id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())", id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for key %s: %w", id, err)
	}
	return lives, nil
}

// KeyUse counts what a key was used for within an hour: requests of one operation from one address that were answered with one status.
type KeyUse struct {
	bun.BaseModel `bun:"table:key_uses,alias:use" json:"-"`

	KeyID     string     `bun:"key_id" json:"key_id"`
	Address   netip.Addr `bun:"address" json:"address"`
	Operation string     `bun:"operation" json:"operation"`
	Status    int        `bun:"status" json:"status"`
	FirstAt   time.Time  `bun:"first_at" json:"first_at"`
	LastAt    time.Time  `bun:"last_at" json:"last_at"`
	Requests  int64      `bun:"requests" json:"requests"`
}

// ListKeyUses lists up to limit counts of the use of the account's keys since a moment, the last first; of one key, or of all where none is
// named.
func ListKeyUses(ctx context.Context, tx bun.IDB, key string, since time.Time, limit int) ([]KeyUse, error) {
	var uses []KeyUse
	query := selectOwn(tx, &uses).Where("last_at >= ?", since).Order("last_at DESC", "key_id", "operation").Limit(int64(limit))
	if key != "" {
		query = query.Where("key_id = ?", key)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list uses of keys: %w", err)
	}
	return uses, nil
}
