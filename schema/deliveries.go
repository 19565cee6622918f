package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Delivery is the way of one event to one endpoint. NextAttemptAt is set while it is open.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries,alias:delivery"`

	Seq            int64     `bun:"seq,scanonly"`
	ID             string    `bun:"id,pk"`
	AccountID      string    `bun:"account_id"`
	EventID        string    `bun:"event_id"`
	EventCreatedAt time.Time `bun:"event_created_at,pk"`
	EventType      string    `bun:"event_type"`
	EndpointID     string    `bun:"endpoint_id"`
	Status         string    `bun:"status"`
	Reason         *string   `bun:"reason"`
	Attempts       int       `bun:"attempts"`
	NextAttemptAt  time.Time `bun:"next_attempt_at,nullzero"`
	CreatedAt      time.Time `bun:"created_at,nullzero,default:now()"`
	UpdatedAt      time.Time `bun:"updated_at,nullzero,default:now()"`
}

// The states of a delivery. Pending waits for an attempt; the rest are ends: Failed was refused for good, Exhausted ran through
// the schedule, Skipped met a disabled endpoint and can be recovered.
const (
	DeliveryPending   = "pending"
	DeliverySucceeded = "succeeded"
	DeliveryFailed    = "failed"
	DeliveryExhausted = "exhausted"
	DeliverySkipped   = "skipped"
	DeliveryCancelled = "cancelled"
)

// Why a delivery is skipped or cancelled; the reasons of failed attempts are their error classes.
const (
	ReasonEndpointDisabled = "endpoint_disabled"
	ReasonEndpointDeleted  = "endpoint_deleted"
	ReasonObjectDeleted    = "object_deleted"
	ReasonRecovered        = "recovered" // a recovery made another delivery of the event, which does not wait
)

// Open reports whether attempts may follow.
func (d *Delivery) Open() bool { return d.Status == DeliveryPending }

// Attempt is one request of a delivery and what came of it.
type Attempt struct {
	bun.BaseModel `bun:"table:attempts,alias:attempt"`

	AccountID      string    `bun:"account_id"`
	DeliveryID     string    `bun:"delivery_id,pk"`
	EventCreatedAt time.Time `bun:"event_created_at,pk"`
	Number         int       `bun:"number,pk"` // from 1
	StatusCode     *int      `bun:"status_code"`
	ErrorClass     *string   `bun:"error_class"`
	Detail         *string   `bun:"detail"` // a sentence of ours about the error
	DurationMS     int       `bun:"duration_ms"`
	RemoteIP       *string   `bun:"remote_ip"`
	Answer         *string   `bun:"answer"`
	CreatedAt      time.Time `bun:"created_at,nullzero,default:now()"`
}

// GetDelivery reads a delivery.
func GetDelivery(ctx context.Context, tx bun.IDB, id string) (*Delivery, error) {
	return get[Delivery](ctx, tx, id)
}

// LockDelivery reads a delivery and holds it until the transaction ends.
func LockDelivery(ctx context.Context, tx bun.IDB, id string) (*Delivery, error) {
	return lock[Delivery](ctx, tx, id)
}

// DeliveryFilter narrows a list of deliveries; zero values do not.
type DeliveryFilter struct {
	Endpoint, Status, Type, Object string
	Undelivered                    bool      // those of events that the endpoint has not got, by whatever delivery
	CreatedFrom                    time.Time // inclusive
	CreatedBefore                  time.Time // exclusive
}

// ListDeliveries lists deliveries.
func ListDeliveries(ctx context.Context, tx bun.IDB, page Page, by DeliveryFilter) (Listed[Delivery], error) {
	return list[Delivery](ctx, tx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		if by.Endpoint != "" {
			q = q.Where("endpoint_id = ?", by.Endpoint)
		}
		if by.Status != "" {
			q = q.Where("delivery.status = ?", by.Status)
		}
		if by.Undelivered {
			q = q.Where("delivery.status <> 'succeeded' AND delivery.reason IS DISTINCT FROM ?", ReasonRecovered).
				Where("NOT EXISTS (SELECT FROM deliveries other WHERE other.account_id = ?account AND other.event_id = delivery.event_id " +
					"AND other.endpoint_id = delivery.endpoint_id AND other.status = 'succeeded')")
		}
		if by.Type != "" {
			q = q.Where("event_type = ?", by.Type)
		}
		if by.Object != "" {
			q = q.Where("event_id IN (SELECT id FROM events WHERE account_id = ?account AND object_id = ?)", by.Object)
		}
		return created(q, by.CreatedFrom, by.CreatedBefore)
	})
}

// OpenDeliveries reads the open deliveries of an object's events.
func OpenDeliveries(ctx context.Context, tx bun.IDB, object string) ([]Delivery, error) {
	var open []Delivery
	err := selectOwn(tx, &open).
		Join("JOIN events AS e ON e.account_id = ?account AND e.id = delivery.event_id AND e.created_at = delivery.event_created_at").
		Where("e.object_id = ? AND delivery.status = 'pending'", object).OrderExpr("delivery.seq").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the open deliveries of %s: %w", object, err)
	}
	return open, nil
}

// cancelDeliveries ends the open deliveries that a condition names.
func cancelDeliveries(ctx context.Context, tx bun.IDB, reason, condition string, args ...any) error {
	_, err := updateOwn(tx, (*Delivery)(nil)).Set("status = ?", DeliveryCancelled).Set("reason = ?", reason).
		Set("next_attempt_at = NULL").Set("updated_at = now()").
		Where("status = 'pending'").Where(condition, args...).Exec(ctx)
	return Mapped(err)
}

// SupersedeDeliveries ends the open deliveries of an event to an endpoint, which another one is about to replace.
func SupersedeDeliveries(ctx context.Context, tx bun.IDB, event, endpoint string) error {
	return cancelDeliveries(ctx, tx, ReasonRecovered, "event_id = ? AND endpoint_id = ?", event, endpoint)
}

// RecordAttempt adds an attempt to a locked delivery and writes the delivery's state after it.
func RecordAttempt(ctx context.Context, tx bun.IDB, d *Delivery, a *Attempt) error {
	if err := insert(ctx, tx, a); err != nil {
		return fmt.Errorf("record an attempt of %s: %w", d.ID, err)
	}
	return UpdateDelivery(ctx, tx, d)
}

// UpdateDelivery writes the state of a locked delivery.
func UpdateDelivery(ctx context.Context, tx bun.IDB, d *Delivery) error {
	_, err := updateOwn(tx, d).WherePK().Column("status", "reason", "attempts", "next_attempt_at").
		Set("updated_at = now()").Exec(ctx)
	return Mapped(err)
}

// AttemptsOf reads the attempts of a delivery, the first one first.
func AttemptsOf(ctx context.Context, tx bun.IDB, delivery string) ([]Attempt, error) {
	var rows []Attempt
	if err := selectOwn(tx, &rows).Where("delivery_id = ?", delivery).Order("number").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the attempts of %s: %w", delivery, err)
	}
	return rows, nil
}

// NeverDelivered names events of a time range that an endpoint wanted and never got, oldest first, after a place in the order: what a
// recovery sends again. An event whose next attempt comes before soon is on its way and left alone. Nothing is told any more of a
// certificate that was deleted (CONTRACT §2).
func NeverDelivered(ctx context.Context, tx bun.IDB, endpoint string, since, until, soon time.Time, after int64, limit int) ([]Event, error) {
	var rows []Event
	err := selectOwn(tx, &rows).
		Where("event.created_at >= ? AND event.created_at < ? AND event.seq > ?", since, until, after).
		Where("EXISTS (SELECT FROM deliveries d WHERE d.account_id = ?account AND d.event_id = event.id AND d.endpoint_id = ?)", endpoint).
		Where("NOT EXISTS (SELECT FROM deliveries d WHERE d.account_id = ?account AND d.event_id = event.id AND d.endpoint_id = ? "+
			"AND (d.status = 'succeeded' OR d.status = 'pending' AND d.next_attempt_at < ?))", endpoint, soon).
		Where("NOT EXISTS (SELECT FROM certificates c WHERE c.account_id = ?account AND c.id = event.object_id AND c.deleted_at IS NOT NULL)").
		Order("event.seq").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for events that %s never got: %w", endpoint, err)
	}
	return rows, nil
}
