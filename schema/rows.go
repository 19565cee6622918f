package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Row is what the rows of most tables begin with. Seq is the order of creation; a row with DeletedAt is gone from every read and
// kept for audit.
type Row struct {
	Seq       int64     `bun:"seq,scanonly"`
	ID        string    `bun:"id,pk"`
	AccountID string    `bun:"account_id"`
	CreatedAt time.Time `bun:"created_at,nullzero,default:now()"`
	UpdatedAt time.Time `bun:"updated_at,nullzero,default:now()"`
	DeletedAt time.Time `bun:"deleted_at,soft_delete,nullzero"`
}

// get reads one living row by id: ErrNotFound when the account has none.
func get[T any](ctx context.Context, tx bun.IDB, id string) (*T, error) {
	row := new(T)
	if err := selectOwn(tx, row).Where("?TableAlias.id = ?", id).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return row, nil
}

// hold is get that keeps the row from being deleted until the transaction ends, for what is to be referred to: an insert alone would not see that
// a soft delete has just been committed.
func hold[T any](ctx context.Context, tx bun.IDB, id string) (*T, error) {
	row := new(T)
	if err := selectOwn(tx, row).Where("?TableAlias.id = ?", id).For("KEY SHARE OF ?TableAlias").Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return row, nil
}

// lock is get that holds the row until the transaction ends.
func lock[T any](ctx context.Context, tx bun.IDB, id string) (*T, error) {
	row := new(T)
	if err := selectOwn(tx, row).Where("?TableAlias.id = ?", id).For("UPDATE").Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return row, nil
}

// insert writes a row and reads back what the database chose.
func insert[T any](ctx context.Context, tx bun.IDB, row *T) error {
	if _, err := tx.NewInsert().Model(row).Returning("*").Exec(ctx); err != nil {
		return Mapped(err)
	}
	return nil
}

// update writes all columns of a living row and sets updated_at.
func update[T any](ctx context.Context, tx bun.IDB, row *T) error {
	_, err := updateOwn(tx, row).WherePK().ExcludeColumn("id", "account_id", "created_at", "deleted_at", "updated_at").
		Set("updated_at = now()").Returning("*").Exec(ctx)
	return Mapped(err)
}

// softDelete soft-deletes a living row and returns when: ErrNotFound when there is none.
func softDelete[T any](ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	var at []time.Time
	_, err := updateOwn(tx, (*T)(nil)).Set("deleted_at = now()").Where("?TableAlias.id = ?", id).Returning("deleted_at").Exec(ctx, &at)
	if err != nil {
		return time.Time{}, Mapped(err)
	}
	if len(at) == 0 {
		return time.Time{}, ErrNotFound
	}
	return at[0], nil
}

// inUse answers whether a living row of T has id in column.
func inUse[T any](ctx context.Context, tx bun.IDB, column, id string) (bool, error) {
	used, err := selectOwn(tx, (*T)(nil)).Where("?TableAlias.? = ?", bun.Ident(column), id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for rows that refer to %s: %w", id, err)
	}
	return used, nil
}

func insertAll[T any](ctx context.Context, tx bun.IDB, rows []*T) error {
	for len(rows) > 0 {
		batch := rows[:min(insertBatch, len(rows))]
		rows = rows[len(batch):]
		if _, err := tx.NewInsert().Model(&batch).Returning("*").Exec(ctx); err != nil {
			return Mapped(err)
		}
	}
	return nil
}

// insertBatch bounds the rows of one INSERT.
const insertBatch = 200

// reference looks for living rows that refer to an id, and says what they are.
type reference struct {
	by   string
	used func(ctx context.Context, tx bun.IDB, id string) (bool, error)
}

func inUseBy[T any](by, column string) reference {
	return reference{by, func(ctx context.Context, tx bun.IDB, id string) (bool, error) { return inUse[T](ctx, tx, column, id) }}
}

func refuseInUse(ctx context.Context, tx bun.IDB, id string, references ...reference) error {
	for _, r := range references {
		switch found, err := r.used(ctx, tx, id); {
		case err != nil:
			return err
		case found:
			return &InUseError{By: r.by}
		}
	}
	return nil
}
