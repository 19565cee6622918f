package schema

import (
	"context"
	"database/sql/driver"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// beginKey is where a context keeps the statements with which a transaction begins.
type beginKey struct{}

// beginningWith makes the context of a transaction that begins with these statements, of which the first is BEGIN: what has to be said
// before the first query then takes no round trip of its own.
func beginningWith(ctx context.Context, query string) context.Context {
	return context.WithValue(ctx, beginKey{}, query)
}

// connector makes connections whose transactions heed beginningWith, which database/sql has no word for.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := made.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("a connection is a %T and not pgx's", made)
	}
	return conn{pg}, nil
}

// conn is pgx's connection but for how its transactions begin.
type conn struct{ *stdlib.Conn }

// BeginTx implements driver.ConnBeginTx.
func (c conn) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	query, ok := ctx.Value(beginKey{}).(string)
	if !ok {
		return c.Conn.BeginTx(ctx, options)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	tx, err := c.Conn.Conn().BeginTx(ctx, pgx.TxOptions{BeginQuery: query})
	if err != nil {
		return nil, err
	}
	return transaction{ctx, tx}, nil
}

// transaction is pgx's transaction as database/sql wants it, ended in the context in which it began, as pgx's own is.
type transaction struct {
	ctx context.Context
	tx  pgx.Tx
}

// Commit implements driver.Tx.
func (t transaction) Commit() error { return t.tx.Commit(t.ctx) }

// Rollback implements driver.Tx.
func (t transaction) Rollback() error { return t.tx.Rollback(t.ctx) }
