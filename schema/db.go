// Package schema is the database: its migrations, its rows as Go values, and the queries, one file per aggregate.
//
// Every query of an account's data runs inside InAccount, which opens a transaction that PostgreSQL's row-level security
// confines to that account. What must look across accounts is a named function in the database that gives ids only; see
// system.go. Query functions take a bun.IDB, so that callers decide what shares a transaction.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

// DB is the connection pool of the serving role.
type DB struct {
	bun *bun.DB
}

// Open connects to PostgreSQL with a postgres:// URL. The URL's role must be a member of certflow_app and must not be able to
// bypass row-level security; CheckRole says so. Nothing is dialled before the first query. The hooks see every query.
func Open(url string, connections int, hooks ...bun.QueryHook) (*DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database URL cannot be parsed: it should look like postgres://user:password@host:5432/database")
	}
	// bun writes values into a query's text, the account's or a row's id among them: to prepare one is a round trip, and few come again.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	for name, value := range timeouts() {
		if _, chosen := config.RuntimeParams[name]; !chosen {
			config.RuntimeParams[name] = value
		}
	}
	pool := sql.OpenDB(connector{stdlib.GetConnector(*config)})
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := bun.NewDB(pool, dialect{pgdialect.New()}, bun.WithDiscardUnknownColumns())
	for _, hook := range hooks {
		db = db.WithQueryHook(hook)
	}
	return &DB{bun: db}, nil
}

// timeouts are what a session asks of PostgreSQL unless its URL chooses otherwise: a process that was cut off from the database, or stopped, must
// not keep what it has locked, and whoever waits for a lock must not wait for ever. Nothing that certflow does takes near as long.
func timeouts() map[string]string {
	return map[string]string{"idle_in_transaction_session_timeout": "60s", "statement_timeout": "120s"}
}

// Close closes all connections.
func (db *DB) Close() error { return db.bun.Close() }

// Ping answers whether the database takes queries.
func (db *DB) Ping(ctx context.Context) error { return db.bun.PingContext(ctx) }

// CheckWrite answers whether the database takes what is written. A standby does not, nor one that was made read-only, as some providers do
// when its disk is nearly full; both answer Ping.
func (db *DB) CheckWrite(ctx context.Context) error {
	var readOnly bool
	if err := db.bun.NewRaw("SELECT current_setting('transaction_read_only')::boolean").Scan(ctx, &readOnly); err != nil {
		return fmt.Errorf("ask whether the database takes writes: %w", Mapped(err))
	}
	if readOnly {
		return fmt.Errorf("%w: it is read-only", ErrUnavailable)
	}
	return nil
}

// InAccount runs do in a transaction that sees and writes the rows of one account only, which row-level security sees to; in the text of
// its queries, ?account is the account. An error of do rolls the transaction back and is returned mapped, as Mapped does.
func (db *DB) InAccount(ctx context.Context, account string, do func(ctx context.Context, tx bun.Tx) error) error {
	if account == "" {
		return errors.New("a query of tenant data needs an account")
	}
	own := db.bun.WithNamedArg("account", account)
	begin := own.QueryGen().FormatQuery("BEGIN; SELECT set_config('app.account_id', ?account, true)")
	err := own.RunInTx(beginningWith(ctx, begin), nil, func(_ context.Context, tx bun.Tx) error { return do(ctx, tx) })
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, sql.ErrTxDone) {
		// database/sql rolled it back under its user, because whoever asked has gone. With ctx alive it is used after its end, a fault of ours.
		return fmt.Errorf("%w: the transaction was rolled back: %w", ErrUnavailable, cause)
	}
	return Mapped(err)
}

// CheckRole refuses a connection whose role would see through the walls between accounts.
func (db *DB) CheckRole(ctx context.Context) error {
	var role struct {
		Name   string
		Bypass bool
		Member bool
	}
	err := db.bun.NewRaw(`SELECT rolname AS name, rolsuper OR rolbypassrls AS bypass, pg_has_role(rolname, 'certflow_app', 'USAGE') AS member
		FROM pg_roles WHERE rolname = current_user`).Scan(ctx, &role)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("look at the database role: %w", Mapped(err))
	case role.Bypass:
		return fmt.Errorf("the database role %q is a superuser or bypasses row-level security: serve with an unprivileged role (certflow migrate up makes one)", role.Name)
	case !role.Member:
		return fmt.Errorf("the database role %q is not a member of certflow_app: run certflow migrate up with this URL as CERTFLOW_DATABASE_URL", role.Name)
	}
	return nil
}
