package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
)

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

// NewCertificateObject is the event object of a certificate as it stands.
func NewCertificateObject(c *Certificate) CertificateObject {
	return CertificateObject{ID: c.ID, Contractor: c.ContractorID, Status: c.Status,
		Created: c.CreatedAt.Unix(), Updated: c.UpdatedAt.Unix(), Filename: c.Filename}
}

// CertificateEvent is the event of a certificate's present status.
func CertificateEvent(c *Certificate) Event {
	return NewEvent(c.AccountID, "certificate."+string(c.Status), c.ID, NewCertificateObject(c))
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
	return InsertDeliveries(ctx, tx, e, endpoints)
}

// InsertDeliveries writes a new delivery of a stored event for each of the endpoints and returns those to start.
func InsertDeliveries(ctx context.Context, tx bun.IDB, e Event, endpoints []Endpoint) ([]Delivery, error) {
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
func EventsBetween(ctx context.Context, tx bun.IDB, after, until int64, limit int) ([]Event, error) {
	var rows []Event
	if err := selectOwn(tx, &rows).Where("seq > ? AND seq <= ?", after, until).Order("seq").Limit(int64(limit)).Scan(ctx); err != nil {
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
