package schema

import (
	"context"
	"fmt"
	"reflect"
	"slices"
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

// Page is one page of a list, newest first. At most one of the cursors is set; each is the id of a row of the same list, living
// or deleted.
type Page struct {
	Limit         int
	StartingAfter string
	EndingBefore  string
}

// Listed is a page of rows, newest first. More says whether rows follow in the direction that was asked for; the
// other direction has rows when a cursor was given.
type Listed[T any] struct {
	Rows []T
	More bool
}

// list reads one page of T by keyset on seq. narrow adds the filters; it may be nil.
func list[T any](ctx context.Context, tx bun.IDB, page Page, narrow func(*bun.SelectQuery) *bun.SelectQuery) (Listed[T], error) {
	var rows []T
	query := selectOwn(tx, &rows).Limit(int64(page.Limit) + 1)
	if narrow != nil {
		query = narrow(query)
	}
	backwards := page.EndingBefore != ""
	switch {
	case backwards:
		seq, err := cursor[T](ctx, tx, page.EndingBefore)
		if err != nil {
			return Listed[T]{}, err
		}
		query = query.Where("?TableAlias.seq > ?", seq).OrderExpr("?TableAlias.seq ASC")
	case page.StartingAfter != "":
		seq, err := cursor[T](ctx, tx, page.StartingAfter)
		if err != nil {
			return Listed[T]{}, err
		}
		query = query.Where("?TableAlias.seq < ?", seq).OrderExpr("?TableAlias.seq DESC")
	default:
		query = query.OrderExpr("?TableAlias.seq DESC")
	}
	if err := query.Scan(ctx); err != nil {
		return Listed[T]{}, fmt.Errorf("list rows: %w", err)
	}
	more := len(rows) > page.Limit
	if more {
		rows = rows[:page.Limit]
	}
	if backwards {
		slices.Reverse(rows)
	}
	return Listed[T]{Rows: rows, More: more}, nil
}

// cursor is the place of a row in its list: ErrBadCursor when the account has no such row.
func cursor[T any](ctx context.Context, tx bun.IDB, id string) (int64, error) {
	var seq []int64
	query := selectOwn(tx, (*T)(nil)).Column("seq").Where("?TableAlias.id = ?", id)
	if tx.Dialect().Tables().Get(reflect.TypeFor[T]()).SoftDeleteField != nil {
		query = query.WhereAllWithDeleted()
	}
	err := query.Scan(ctx, &seq)
	if err != nil {
		return 0, fmt.Errorf("look up the cursor: %w", err)
	}
	if len(seq) == 0 {
		return 0, ErrBadCursor
	}
	return seq[0], nil
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

// remove soft-deletes a living row and returns when: ErrNotFound when there is none.
func remove[T any](ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
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
