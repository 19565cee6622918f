package schema

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

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

func created(q *bun.SelectQuery, from, before time.Time) *bun.SelectQuery {
	if !from.IsZero() {
		q = q.Where("?TableAlias.created_at >= ?", from)
	}
	if !before.IsZero() {
		q = q.Where("?TableAlias.created_at < ?", before)
	}
	return q
}
