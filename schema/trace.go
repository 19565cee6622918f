package schema

import (
	"context"
	"database/sql"
	"errors"
	"regexp"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"certflow/internal/telemetry"
)

// Trace has every query that belongs to a recorded trace show itself there. It is called before the first query.
func (db *DB) Trace() { db.bun = db.bun.WithQueryHook(spans{}) }

// spans makes a span of a query: its verb, its table, and PostgreSQL's code where it failed. Never its text, which bun writes with the values in it;
// that is why this stands here instead of bun's own hook, which keeps the text.
type spans struct{}

// word is what may stand in the name of a span: an expression in the place of a table may hold values.
var word = regexp.MustCompile(`^[A-Za-z_]+`)

// BeforeQuery begins the span. Nothing is made within it: BEGIN would otherwise hold what follows.
func (spans) BeforeQuery(ctx context.Context, event *bun.QueryEvent) context.Context {
	name := word.FindString(event.Operation())
	attributes := []attribute.KeyValue{attribute.String("db.system.name", "postgresql"), attribute.String("db.operation.name", name)}
	if event.IQuery != nil {
		if table := event.IQuery.GetTableName(); table != "" && word.FindString(table) == table {
			name += " " + table
			attributes = append(attributes, attribute.String("db.collection.name", table))
		}
	}
	_, span := telemetry.Start(ctx, name, trace.SpanKindClient, attributes...)
	if event.Stash == nil {
		event.Stash = map[any]any{}
	}
	event.Stash[spans{}] = span
	return ctx
}

// AfterQuery ends the span that BeforeQuery began.
func (spans) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	span, ok := event.Stash[spans{}].(trace.Span)
	if !ok {
		return
	}
	var refused *pgconn.PgError
	switch {
	case event.Err == nil, errors.Is(event.Err, sql.ErrNoRows):
	case errors.As(event.Err, &refused):
		telemetry.Fail(span, refused.Code)
	default:
		telemetry.Fail(span, "connection")
	}
	span.End()
}
