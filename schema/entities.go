package schema

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Entity is a company for which contractors work; it may name the requirement of its jobs.
type Entity struct {
	bun.BaseModel `bun:"table:entities,alias:entity"`
	Row

	Name             string            `bun:"name"`
	Address          json.RawMessage   `bun:"address,type:jsonb,nullzero"`
	RequirementID    *string           `bun:"requirement_id"`
	CoverageLimit    json.RawMessage   `bun:"coverage_limit,type:jsonb,nullzero"`
	RequiredCoverage json.RawMessage   `bun:"required_coverage,type:jsonb,nullzero"`
	CustomMetadata   map[string]string `bun:"custom_metadata,type:jsonb"`
}

// InsertEntity makes an entity.
func InsertEntity(ctx context.Context, tx bun.IDB, e *Entity) error { return insert(ctx, tx, e) }

// GetEntity reads a living entity.
func GetEntity(ctx context.Context, tx bun.IDB, id string) (*Entity, error) {
	return get[Entity](ctx, tx, id)
}

// HoldEntity reads a living entity that is to be referred to, and keeps it from being deleted until the transaction ends.
func HoldEntity(ctx context.Context, tx bun.IDB, id string) (*Entity, error) {
	return hold[Entity](ctx, tx, id)
}

// LockEntity reads a living entity and holds it for an update.
func LockEntity(ctx context.Context, tx bun.IDB, id string) (*Entity, error) {
	return lock[Entity](ctx, tx, id)
}

// ListEntities lists entities.
func ListEntities(ctx context.Context, tx bun.IDB, page Page) (Listed[Entity], error) {
	return list[Entity](ctx, tx, page, nil)
}

// UpdateEntity writes an entity that LockEntity read.
func UpdateEntity(ctx context.Context, tx bun.IDB, e *Entity) error { return update(ctx, tx, e) }

// DeleteEntity soft-deletes an entity: ErrInUse while a living job or tracker refers to it.
func DeleteEntity(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	if _, err := lock[Entity](ctx, tx, id); err != nil {
		return time.Time{}, err
	}
	if err := refuseInUse(ctx, tx, id, inUseBy[Job]("jobs", "entity_id"), inUseBy[Tracker]("trackers", "entity_id")); err != nil {
		return time.Time{}, err
	}
	return softDelete[Entity](ctx, tx, id)
}
