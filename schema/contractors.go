package schema

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"
)

// Contractor is a person or firm whose certificates are reviewed. A placeholder was made by a bulk upload that knew no better.
type Contractor struct {
	bun.BaseModel `bun:"table:contractors,alias:contractor"`
	Row

	Email           string            `bun:"email"`
	FirstName       string            `bun:"first_name"`
	LastName        string            `bun:"last_name"`
	MiddleName      *string           `bun:"middle_name"`
	CompanyName     *string           `bun:"company_name"`
	Phone           *string           `bun:"phone"`
	Address         json.RawMessage   `bun:"address,type:jsonb,nullzero"`
	WithholdPremium json.RawMessage   `bun:"withhold_premium,type:jsonb,nullzero"`
	CustomMetadata  map[string]string `bun:"custom_metadata,type:jsonb"`
	Placeholder     bool              `bun:"placeholder"`
}

// InsertContractor makes a contractor: ErrDuplicateEmail when a living one of the account has the address.
func InsertContractor(ctx context.Context, tx bun.IDB, c *Contractor) error {
	return insert(ctx, tx, c)
}

// GetContractor reads a living contractor.
func GetContractor(ctx context.Context, tx bun.IDB, id string) (*Contractor, error) {
	return get[Contractor](ctx, tx, id)
}

// HoldContractor reads a living contractor that is to be referred to, and keeps it from being deleted until the transaction ends.
func HoldContractor(ctx context.Context, tx bun.IDB, id string) (*Contractor, error) {
	return hold[Contractor](ctx, tx, id)
}

// LockContractor reads a living contractor and holds it for an update.
func LockContractor(ctx context.Context, tx bun.IDB, id string) (*Contractor, error) {
	return lock[Contractor](ctx, tx, id)
}

// ListContractors lists contractors; email, compared without case, narrows the list unless it is empty.
func ListContractors(ctx context.Context, tx bun.IDB, page Page, email string) (Listed[Contractor], error) {
	return list[Contractor](ctx, tx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		if email != "" {
			q = q.Where("lower(email) = lower(?)", email)
		}
		return q
	})
}

// HoldContractorsByEmail finds the living contractors with the given addresses, keyed by the address in lower case, and keeps them from being
// deleted until the transaction ends: they are to be referred to. They are held in one order, so that two bulk uploads do not wait for each other.
func HoldContractorsByEmail(ctx context.Context, tx bun.IDB, lowerEmails []string) (map[string]*Contractor, error) {
	found := map[string]*Contractor{}
	if len(lowerEmails) == 0 {
		return found, nil
	}
	var rows []struct {
		Contractor `bun:",extend"`
		Lower      string `bun:"lower,scanonly"`
	}
	err := selectOwn(tx, &rows).ColumnExpr("contractor.*, lower(email) AS lower").
		Where("lower(email) IN (?)", bun.List(lowerEmails)).Order("id").For("KEY SHARE OF ?TableAlias").Scan(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	for i := range rows {
		found[rows[i].Lower] = &rows[i].Contractor
	}
	return found, nil
}

// UpdateContractor writes a contractor that LockContractor read.
func UpdateContractor(ctx context.Context, tx bun.IDB, c *Contractor) error {
	return update(ctx, tx, c)
}

// DeleteContractor soft-deletes a contractor: ErrInUse while a living certificate or assignment refers to it.
func DeleteContractor(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	if _, err := lock[Contractor](ctx, tx, id); err != nil {
		return time.Time{}, err
	}
	if err := refuseInUse(ctx, tx, id, inUseBy[Certificate]("certificates", "contractor_id"), inUseBy[Assignment]("assignments", "contractor_id")); err != nil {
		return time.Time{}, err
	}
	return softDelete[Contractor](ctx, tx, id)
}

// InsertContractors makes contractors in batches.
func InsertContractors(ctx context.Context, tx bun.IDB, rows []*Contractor) error {
	return insertAll(ctx, tx, rows)
}
