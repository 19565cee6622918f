package schema

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Endpoint is where an account wants its events.
type Endpoint struct {
	bun.BaseModel `bun:"table:webhook_endpoints,alias:endpoint"`
	Row

	URL            string    `bun:"url"`
	Description    *string   `bun:"description"`
	Events         []string  `bun:"events,array"` // types, or "*"
	Status         string    `bun:"status,nullzero,default:'enabled'"`
	DisabledReason *string   `bun:"disabled_reason"`
	FailingSince   time.Time `bun:"failing_since,nullzero"`
	RunSince       time.Time `bun:"run_since,nullzero"`
	LastFailureAt  time.Time `bun:"last_failure_at,nullzero"`
	LastSuccessAt  time.Time `bun:"last_success_at,nullzero"`
}

// The states of an endpoint.
const (
	EndpointEnabled  = "enabled"
	EndpointDisabled = "disabled"
)

// Wants reports whether the endpoint asked for events of a type.
func (e *Endpoint) Wants(eventType string) bool {
	return slices.Contains(e.Events, "*") || slices.Contains(e.Events, eventType)
}

// InsertEndpoint makes an endpoint with its first secret, sealed.
func InsertEndpoint(ctx context.Context, tx bun.IDB, e *Endpoint, sealed []byte) error {
	if err := insert(ctx, tx, e); err != nil {
		return err
	}
	return insertSecret(ctx, tx, e, sealed)
}

func insertSecret(ctx context.Context, tx bun.IDB, e *Endpoint, sealed []byte) error {
	return insert(ctx, tx, &EndpointSecret{AccountID: e.AccountID, EndpointID: e.ID, Sealed: sealed})
}

// GetEndpoint reads a living endpoint.
func GetEndpoint(ctx context.Context, tx bun.IDB, id string) (*Endpoint, error) {
	return get[Endpoint](ctx, tx, id)
}

// LockEndpoint reads a living endpoint and holds it for an update. Deliveries to it may be written meanwhile: two endpoints that are
// disabled at once tell each other of it.
func LockEndpoint(ctx context.Context, tx bun.IDB, id string) (*Endpoint, error) {
	e := new(Endpoint)
	if err := selectOwn(tx, e).Where("id = ?", id).For("NO KEY UPDATE").Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return e, nil
}

// ListEndpoints lists endpoints.
func ListEndpoints(ctx context.Context, tx bun.IDB, page Page) (Listed[Endpoint], error) {
	return list[Endpoint](ctx, tx, page, nil)
}

// CountEndpoints counts an account's living endpoints. Whoever else counts them waits until the transaction ends, so that what is made of
// the number holds.
func CountEndpoints(ctx context.Context, tx bun.IDB) (int, error) {
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('endpoints ' || ?account, 0))"); err != nil {
		return 0, Mapped(err)
	}
	n, err := selectOwn(tx, (*Endpoint)(nil)).Count(ctx)
	return int(n), Mapped(err)
}

// UpdateEndpoint writes an endpoint that LockEndpoint read.
func UpdateEndpoint(ctx context.Context, tx bun.IDB, e *Endpoint) error { return update(ctx, tx, e) }

// DeleteEndpoint soft-deletes an endpoint and cancels its open deliveries.
func DeleteEndpoint(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	at, err := softDelete[Endpoint](ctx, tx, id)
	if err != nil {
		return time.Time{}, err
	}
	return at, cancelDeliveries(ctx, tx, ReasonEndpointDeleted, "endpoint_id = ?", id)
}

// EndpointSecret is a signing secret, sealed. One without an end is the current one; others sign until they end.
type EndpointSecret struct {
	bun.BaseModel `bun:"table:endpoint_secrets,alias:secret"`

	ID         int64     `bun:"id,pk,scanonly"`
	AccountID  string    `bun:"account_id"`
	EndpointID string    `bun:"endpoint_id"`
	Sealed     []byte    `bun:"sealed"`
	CreatedAt  time.Time `bun:"created_at,nullzero,default:now()"`
	ExpiresAt  time.Time `bun:"expires_at,nullzero"`
}

// RotateSecret gives a locked endpoint a new secret; the current one signs until it ends.
func RotateSecret(ctx context.Context, tx bun.IDB, e *Endpoint, sealed []byte, ends time.Time) error {
	_, err := updateOwn(tx, (*EndpointSecret)(nil)).Set("expires_at = ?", ends).
		Where("endpoint_id = ? AND expires_at IS NULL", e.ID).Exec(ctx)
	if err != nil {
		return Mapped(err)
	}
	return insertSecret(ctx, tx, e, sealed)
}

// ValidSecrets reads the sealed secrets that sign at a time, the current one first.
func ValidSecrets(ctx context.Context, tx bun.IDB, endpoint string, at time.Time) ([][]byte, error) {
	var sealed [][]byte
	err := selectOwn(tx, (*EndpointSecret)(nil)).Column("sealed").
		Where("endpoint_id = ? AND (expires_at IS NULL OR expires_at > ?)", endpoint, at).Order("id DESC").Scan(ctx, &sealed)
	if err != nil {
		return nil, fmt.Errorf("read the secrets of %s: %w", endpoint, err)
	}
	return sealed, nil
}

// CurrentSecrets reads the current signing secrets of an account's living endpoints.
func CurrentSecrets(ctx context.Context, tx bun.IDB) ([]EndpointSecret, error) {
	var rows []EndpointSecret
	err := selectOwn(tx, &rows).ColumnExpr("secret.*").Where("secret.expires_at IS NULL").
		Where("EXISTS (SELECT FROM webhook_endpoints e WHERE e.id = secret.endpoint_id AND e.account_id = ?account AND e.deleted_at IS NULL)").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the signing secrets: %w", err)
	}
	return rows, nil
}

// LockSecrets reads all signing secrets of an account, those that sign no more too, and holds them for an update.
func LockSecrets(ctx context.Context, tx bun.IDB) ([]EndpointSecret, error) {
	var rows []EndpointSecret
	if err := selectOwn(tx, &rows).ColumnExpr("secret.*").Order("id").For("UPDATE").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the signing secrets: %w", err)
	}
	return rows, nil
}

// ReplaceSealed writes a secret that LockSecrets read and that was sealed again.
func ReplaceSealed(ctx context.Context, tx bun.IDB, s *EndpointSecret) error {
	_, err := updateOwn(tx, (*EndpointSecret)(nil)).Set("sealed = ?", s.Sealed).Where("id = ?", s.ID).Exec(ctx)
	return Mapped(err)
}
