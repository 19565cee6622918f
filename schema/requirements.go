package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Requirement is what a client asks of certificates. Its rules stand in its versions.
type Requirement struct {
	bun.BaseModel `bun:"table:requirements,alias:requirement"`
	Row

	Name      string `bun:"name"`
	IsDefault bool   `bun:"is_default"`
	Version   int    `bun:"version"`
}

// RequirementVersion is one version of a requirement's rules; it never changes.
type RequirementVersion struct {
	bun.BaseModel `bun:"table:requirement_versions,alias:version"`

	AccountID     string          `bun:"account_id"`
	RequirementID string          `bun:"requirement_id,pk"`
	Version       int             `bun:"version,pk"`
	Name          string          `bun:"name"`
	Rules         json.RawMessage `bun:"rules,type:jsonb"`
	CreatedAt     time.Time       `bun:"created_at,nullzero,default:now()"`
}

// InsertRequirement makes a requirement with version 1 of its rules. A new default clears the account's earlier one.
func InsertRequirement(ctx context.Context, tx bun.IDB, r *Requirement, rules json.RawMessage) (*RequirementVersion, error) {
	r.Version = 1
	if err := clearDefault(ctx, tx, r); err != nil {
		return nil, err
	}
	if err := insert(ctx, tx, r); err != nil {
		return nil, err
	}
	return insertVersion(ctx, tx, r, rules)
}

// UpdateRequirement writes a requirement that LockRequirement read. Rules other than nil make the next version.
func UpdateRequirement(ctx context.Context, tx bun.IDB, r *Requirement, rules json.RawMessage) error {
	if err := clearDefault(ctx, tx, r); err != nil {
		return err
	}
	if rules != nil {
		r.Version++
	}
	if err := update(ctx, tx, r); err != nil {
		return err
	}
	if rules == nil {
		return nil
	}
	_, err := insertVersion(ctx, tx, r, rules)
	return err
}

func insertVersion(ctx context.Context, tx bun.IDB, r *Requirement, rules json.RawMessage) (*RequirementVersion, error) {
	v := &RequirementVersion{AccountID: r.AccountID, RequirementID: r.ID, Version: r.Version, Name: r.Name, Rules: rules}
	return v, insert(ctx, tx, v)
}

// clearDefault makes room for a new default. The account's row is locked, so that two new defaults do not meet.
func clearDefault(ctx context.Context, tx bun.IDB, r *Requirement) error {
	if !r.IsDefault {
		return nil
	}
	if err := selectOwn(tx, new(Account)).For("UPDATE").Scan(ctx); err != nil {
		return fmt.Errorf("lock the account: %w", err)
	}
	_, err := updateOwn(tx, (*Requirement)(nil)).Set("is_default = false").Set("updated_at = now()").
		Where("is_default AND id <> ?", r.ID).Exec(ctx)
	return Mapped(err)
}

// GetRequirement reads a living requirement.
func GetRequirement(ctx context.Context, tx bun.IDB, id string) (*Requirement, error) {
	return get[Requirement](ctx, tx, id)
}

// HoldRequirement reads a living requirement that is to be referred to, and keeps it from being deleted until the transaction ends.
func HoldRequirement(ctx context.Context, tx bun.IDB, id string) (*Requirement, error) {
	return hold[Requirement](ctx, tx, id)
}

// LockRequirement reads a living requirement and holds it for an update.
func LockRequirement(ctx context.Context, tx bun.IDB, id string) (*Requirement, error) {
	return lock[Requirement](ctx, tx, id)
}

// ListRequirements lists requirements.
func ListRequirements(ctx context.Context, tx bun.IDB, page Page) (Listed[Requirement], error) {
	return list[Requirement](ctx, tx, page, nil)
}

// GetRequirementVersion reads one version, of a deleted requirement too: old audits show theirs.
func GetRequirementVersion(ctx context.Context, tx bun.IDB, id string, version int) (*RequirementVersion, error) {
	v := new(RequirementVersion)
	if err := selectOwn(tx, v).Where("requirement_id = ? AND version = ?", id, version).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return v, nil
}

// RequirementVersions lists all versions of a requirement, newest first.
func RequirementVersions(ctx context.Context, tx bun.IDB, id string) ([]RequirementVersion, error) {
	var versions []RequirementVersion
	if err := selectOwn(tx, &versions).Where("requirement_id = ?", id).Order("version DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list the versions of %s: %w", id, err)
	}
	return versions, nil
}

// CurrentVersions reads the current versions of the given requirements, keyed by requirement.
func CurrentVersions(ctx context.Context, tx bun.IDB, ids []string) (map[string]*RequirementVersion, error) {
	current := make(map[string]*RequirementVersion, len(ids))
	if len(ids) == 0 {
		return current, nil
	}
	var versions []*RequirementVersion
	err := selectOwn(tx, &versions).
		Join("JOIN requirements AS r ON r.account_id = ?account AND r.id = version.requirement_id AND r.version = version.version").
		Where("version.requirement_id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read current versions: %w", err)
	}
	for _, v := range versions {
		current[v.RequirementID] = v
	}
	return current, nil
}

// DeleteRequirement soft-deletes a requirement: ErrInUse while something living names it or an open certificate waits for it.
func DeleteRequirement(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	if _, err := lock[Requirement](ctx, tx, id); err != nil {
		return time.Time{}, err
	}
	err := refuseInUse(ctx, tx, id, inUseBy[Entity]("entities", "requirement_id"), inUseBy[Job]("jobs", "requirement_id"),
		inUseBy[Tracker]("trackers", "requirement_id"), inUseBy[Certificate]("certificates", "requirement_id"))
	if err != nil {
		return time.Time{}, err
	}
	return softDelete[Requirement](ctx, tx, id)
}

// Sources are the places that may name the requirement of an upload, in the order of CONTRACT §5.
type Sources struct {
	Given     string // with the upload or its metadata entry
	TrackerID string
	JobID     string
}

// ChooseRequirement finds the requirement that judges an upload: the one given, else the tracker's, the job's, that of the
// job's entity, the account's default. ErrNotFound when none applies or the one given is not the account's.
func ChooseRequirement(ctx context.Context, tx bun.IDB, from Sources) (*Requirement, error) {
	if from.Given != "" {
		return HoldRequirement(ctx, tx, from.Given)
	}
	var candidates []*bun.SelectQuery
	if from.TrackerID != "" {
		candidates = append(candidates, selectOwn(tx, (*Tracker)(nil)).Column("requirement_id").Where("id = ?", from.TrackerID))
	}
	if from.JobID != "" {
		candidates = append(candidates, selectOwn(tx, (*Job)(nil)).Column("requirement_id").Where("id = ?", from.JobID),
			selectOwn(tx, (*Job)(nil)).ColumnExpr("e.requirement_id").
				Join("JOIN entities AS e ON e.account_id = ?account AND e.id = job.entity_id AND e.deleted_at IS NULL").Where("job.id = ?", from.JobID))
	}
	candidates = append(candidates, selectOwn(tx, (*Requirement)(nil)).ColumnExpr("id").Where("is_default"))
	for _, candidate := range candidates {
		var ids []*string
		if err := candidate.Scan(ctx, &ids); err != nil {
			return nil, fmt.Errorf("look for the requirement of an upload: %w", err)
		}
		if len(ids) == 0 || ids[0] == nil {
			continue
		}
		switch r, err := HoldRequirement(ctx, tx, *ids[0]); {
		case errors.Is(err, ErrNotFound):
			continue
		default:
			return r, err
		}
	}
	return nil, ErrNotFound
}
