package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Tracker collects bulk uploads; it may name the requirement that judges them.
type Tracker struct {
	bun.BaseModel `bun:"table:trackers,alias:tracker"`
	Row

	Name          string  `bun:"name"`
	EntityID      *string `bun:"entity_id"`
	RequirementID *string `bun:"requirement_id"`
}

// TrackerSession is the time in which a tracker takes bulk uploads.
type TrackerSession struct {
	bun.BaseModel `bun:"table:tracker_sessions,alias:session"`

	Seq       int64     `bun:"seq,scanonly"`
	ID        string    `bun:"id,pk"`
	AccountID string    `bun:"account_id"`
	TrackerID string    `bun:"tracker_id"`
	ExpiresAt time.Time `bun:"expires_at"`
	ClosedAt  time.Time `bun:"closed_at,nullzero"`
	CreatedAt time.Time `bun:"created_at,nullzero,default:now()"`
}

// Open reports whether the session takes uploads at the given time.
func (s *TrackerSession) Open(now time.Time) bool {
	return s.ClosedAt.IsZero() && now.Before(s.ExpiresAt)
}

// InsertTracker makes a tracker; its first session is made by the caller in the same transaction.
func InsertTracker(ctx context.Context, tx bun.IDB, t *Tracker) error { return insert(ctx, tx, t) }

// GetTracker reads a living tracker.
func GetTracker(ctx context.Context, tx bun.IDB, id string) (*Tracker, error) {
	return get[Tracker](ctx, tx, id)
}

// HoldTracker reads a living tracker that is to be referred to, and keeps it from being deleted until the transaction ends.
func HoldTracker(ctx context.Context, tx bun.IDB, id string) (*Tracker, error) {
	return hold[Tracker](ctx, tx, id)
}

// LockTracker reads a living tracker and holds it for an update.
func LockTracker(ctx context.Context, tx bun.IDB, id string) (*Tracker, error) {
	return lock[Tracker](ctx, tx, id)
}

// ListTrackers lists trackers.
func ListTrackers(ctx context.Context, tx bun.IDB, page Page) (Listed[Tracker], error) {
	return list[Tracker](ctx, tx, page, nil)
}

// UpdateTracker writes a tracker that LockTracker read.
func UpdateTracker(ctx context.Context, tx bun.IDB, t *Tracker) error { return update(ctx, tx, t) }

// DeleteTracker soft-deletes a tracker: ErrInUse while a living job or certificate refers to it.
func DeleteTracker(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	if _, err := lock[Tracker](ctx, tx, id); err != nil {
		return time.Time{}, err
	}
	if err := refuseInUse(ctx, tx, id, inUseBy[Job]("jobs", "tracker_id"), inUseBy[Certificate]("certificates", "tracker_id")); err != nil {
		return time.Time{}, err
	}
	return softDelete[Tracker](ctx, tx, id)
}

// InsertSession opens a session of a tracker.
func InsertSession(ctx context.Context, tx bun.IDB, s *TrackerSession) error {
	return insert(ctx, tx, s)
}

// GetSession reads a session of a living tracker.
func GetSession(ctx context.Context, tx bun.IDB, id string) (*TrackerSession, error) {
	s := new(TrackerSession)
	err := selectOwn(tx, s).Join("JOIN trackers AS t ON t.account_id = ?account AND t.id = session.tracker_id AND t.deleted_at IS NULL").
		Where("session.id = ?", id).Scan(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	return s, nil
}

// Sessions lists the sessions of trackers, newest first within each, keyed by tracker.
func Sessions(ctx context.Context, tx bun.IDB, trackers []string) (map[string][]TrackerSession, error) {
	byTracker := make(map[string][]TrackerSession, len(trackers))
	if len(trackers) == 0 {
		return byTracker, nil
	}
	var rows []TrackerSession
	if err := selectOwn(tx, &rows).Where("tracker_id IN (?)", bun.List(trackers)).Order("seq DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range rows {
		byTracker[s.TrackerID] = append(byTracker[s.TrackerID], s)
	}
	return byTracker, nil
}

// CloseSession closes an open session of a tracker and returns when: ErrNotFound when there is none.
func CloseSession(ctx context.Context, tx bun.IDB, tracker, id string) (time.Time, error) {
	var at []time.Time
	_, err := updateOwn(tx, (*TrackerSession)(nil)).Set("closed_at = now()").
		Where("id = ? AND tracker_id = ? AND closed_at IS NULL", id, tracker).Returning("closed_at").Exec(ctx, &at)
	if err != nil {
		return time.Time{}, Mapped(err)
	}
	if len(at) == 0 {
		return time.Time{}, ErrNotFound
	}
	return at[0], nil
}
