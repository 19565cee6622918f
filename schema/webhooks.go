package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
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
	at, err := remove[Endpoint](ctx, tx, id)
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

// Event is something that happened to an object; Data is the body's data.object (CONTRACT §7).
type Event struct {
	bun.BaseModel `bun:"table:events,alias:event"`

	Seq       int64           `bun:"seq,nullzero"`
	ID        string          `bun:"id,pk"`
	AccountID string          `bun:"account_id"`
	Type      string          `bun:"type"`
	ObjectID  string          `bun:"object_id"`
	Data      json.RawMessage `bun:"data,type:jsonb"`
	CreatedAt time.Time       `bun:"created_at,nullzero,default:now()"`
}

// The types of events that are not a certificate's status.
const (
	EventExpiring         = "certificate.expiring"
	EventJobCompleted     = "job.completed"
	EventEndpointDisabled = "webhook_endpoint.disabled"
	EventPing             = "ping"
)

// PublishedEvents are what an endpoint gets that names no types: the four that the published API has.
func PublishedEvents() []string {
	return []string{"certificate.approved", "certificate.flagged", "certificate.denied", "certificate.error"}
}

// EventTypes are all types that an endpoint may name.
func EventTypes() []string {
	return append(PublishedEvents(), "certificate.processing", EventExpiring, EventJobCompleted, EventEndpointDisabled, EventPing)
}

// NewEvent makes an event of an account about an object. data must be a value that marshals.
func NewEvent(account, eventType, object string, data any) Event {
	body, err := json.Marshal(data)
	if err != nil {
		panic(fmt.Sprintf("event data of %s does not marshal: %v", eventType, err))
	}
	return Event{ID: id.New(id.Event), AccountID: account, Type: eventType, ObjectID: object, Data: body}
}

// CertificateObject is the object of a certificate's events. It is thin: the receiver fetches the rest.
type CertificateObject struct {
	ID         string `json:"id"`
	Contractor string `json:"contractor"`
	Status     Status `json:"status"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`
	Filename   string `json:"filename"`
}

// ObjectOf is the event object of a certificate as it stands.
func ObjectOf(c *Certificate) CertificateObject {
	return CertificateObject{ID: c.ID, Contractor: c.ContractorID, Status: c.Status,
		Created: c.CreatedAt.Unix(), Updated: c.UpdatedAt.Unix(), Filename: c.Filename}
}

// CertificateEvent is the event of a certificate's present status.
func CertificateEvent(c *Certificate) Event {
	return NewEvent(c.AccountID, "certificate."+string(c.Status), c.ID, ObjectOf(c))
}

// Publish writes an event with one delivery for each endpoint that wants it, all in the caller's transaction, and returns the
// deliveries to start. A disabled endpoint's delivery is recorded as skipped, so that it can be recovered.
func Publish(ctx context.Context, tx bun.IDB, e Event) ([]Delivery, error) {
	var endpoints []Endpoint
	if err := selectOwn(tx, &endpoints).Order("seq").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the endpoints of event %s: %w", e.ID, err)
	}
	var wanted []Endpoint
	for _, endpoint := range endpoints {
		if endpoint.Wants(e.Type) {
			wanted = append(wanted, endpoint)
		}
	}
	return PublishTo(ctx, tx, e, wanted)
}

// PublishTo is Publish to the given endpoints, whatever types they ask for.
func PublishTo(ctx context.Context, tx bun.IDB, e Event, endpoints []Endpoint) ([]Delivery, error) {
	if err := insert(ctx, tx, &e); err != nil {
		return nil, fmt.Errorf("publish %s: %w", e.Type, err)
	}
	return Deliver(ctx, tx, e, endpoints)
}

// Deliver writes a new delivery of a stored event for each of the endpoints and returns those to start.
func Deliver(ctx context.Context, tx bun.IDB, e Event, endpoints []Endpoint) ([]Delivery, error) {
	if len(endpoints) == 0 {
		return nil, nil
	}
	var rows []*Delivery
	var start []Delivery
	for _, endpoint := range endpoints {
		d := &Delivery{ID: id.New(id.Delivery), AccountID: e.AccountID, EventID: e.ID, EventCreatedAt: e.CreatedAt,
			EventType: e.Type, EndpointID: endpoint.ID, Status: DeliveryPending, NextAttemptAt: time.Now()}
		if endpoint.Status == EndpointDisabled {
			reason := ReasonEndpointDisabled
			d.Status, d.Reason, d.NextAttemptAt = DeliverySkipped, &reason, time.Time{}
		} else {
			start = append(start, *d)
		}
		rows = append(rows, d)
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return nil, fmt.Errorf("record the deliveries of %s: %w", e.ID, Mapped(err))
	}
	return start, nil
}

// GetEvent reads an event.
func GetEvent(ctx context.Context, tx bun.IDB, id string) (*Event, error) {
	return get[Event](ctx, tx, id)
}

// EventFilter narrows a list of events; zero values do not.
type EventFilter struct {
	Type          string
	CreatedFrom   time.Time // inclusive
	CreatedBefore time.Time // exclusive
}

// ListEvents lists events.
func ListEvents(ctx context.Context, tx bun.IDB, page Page, by EventFilter) (Listed[Event], error) {
	return list[Event](ctx, tx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		if by.Type != "" {
			q = q.Where("type = ?", by.Type)
		}
		return created(q, by.CreatedFrom, by.CreatedBefore)
	})
}

// EventsBetween reads the events that follow a place in the account's order, up to another place and oldest first: what a stream sends.
func EventsBetween(ctx context.Context, tx bun.IDB, after, until int64, most int) ([]Event, error) {
	var rows []Event
	if err := selectOwn(tx, &rows).Where("seq > ? AND seq <= ?", after, until).Order("seq").Limit(int64(most)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the events that follow: %w", err)
	}
	return rows, nil
}

// EventSeq is the place of an event in the account's order: ErrNotFound when the account has none of that id.
func EventSeq(ctx context.Context, tx bun.IDB, id string) (int64, error) {
	var seq int64
	if err := selectOwn(tx, (*Event)(nil)).Column("seq").Where("id = ?", id).Scan(ctx, &seq); err != nil {
		return 0, Mapped(err)
	}
	return seq, nil
}

// Horizon is how far an account's events go, and which transactions may still put events between them: those number their events before they
// commit. Transactions are numbered as they begin to write, and whoever publishes an event has locked or written a row before.
type Horizon struct {
	Until  int64 `bun:"until"`   // the place of the newest event, 0 when there is none
	Open   int64 `bun:"open"`    // no transaction before this one is under way
	NotYet int64 `bun:"not_yet"` // neither this one nor one after it has begun
}

// EventHorizon looks how far the account's events go. All up to Until are there once a later look has an Open that has reached this NotYet.
func EventHorizon(ctx context.Context, tx bun.IDB) (Horizon, error) {
	var h Horizon
	err := selectOwn(tx, (*Event)(nil)).ColumnExpr("coalesce(max(seq), 0) AS until").
		ColumnExpr("pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS open").
		ColumnExpr("pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS not_yet").Scan(ctx, &h)
	return h, Mapped(err)
}

func created(q *bun.SelectQuery, from, before time.Time) *bun.SelectQuery {
	if !from.IsZero() {
		q = q.Where("?TableAlias.created_at >= ?", from)
	}
	if !before.IsZero() {
		q = q.Where("?TableAlias.created_at < ?", before)
	}
	return q
}
