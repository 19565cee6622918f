package schema

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// EnsureRoles makes what belongs to the server and not to a database: the group roles certflow_app and certflow_system and,
// as a member of certflow_app, the login role that serving names. The owner's role needs CREATEROLE for what is missing; it may
// be run any number of times, by several processes at once. serving may be empty: then only the group roles are made.
func EnsureRoles(ctx context.Context, owner, serving string) error {
	db, err := openOwner(owner)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL as the owner: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", rolesLock); err != nil {
		return fmt.Errorf("lock the making of roles: %w", err)
	}
	for _, group := range []string{"certflow_app", "certflow_system"} {
		if err := ensureRole(ctx, tx, group, "NOLOGIN"); err != nil {
			return err
		}
	}
	// The owner hands functions to certflow_system, for which it must be a member.
	if _, err := tx.ExecContext(ctx, `DO $$ BEGIN
		IF NOT pg_has_role(current_user, 'certflow_system', 'MEMBER') THEN
			EXECUTE format('GRANT certflow_system TO %I', current_user);
		END IF; END $$`); err != nil {
		return fmt.Errorf("make the owner a member of certflow_system: %w", err)
	}
	if serving != "" {
		if err := ensureServing(ctx, tx, serving); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit the roles: %w", err)
	}
	return nil
}

// rolesLock and migrateLock are advisory lock numbers; they only have to differ from each other.
const (
	rolesLock   = 7401101
	migrateLock = 7401102
)

// ensureServing makes the login role of a serving URL, with its password, unless it exists.
func ensureServing(ctx context.Context, tx *sql.Tx, serving string) error {
	u, err := url.Parse(serving)
	if err != nil || u.User.Username() == "" {
		return fmt.Errorf("the serving database URL names no user")
	}
	name := u.User.Username()
	login := "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
	if password, ok := u.User.Password(); ok {
		var quoted string
		if err := tx.QueryRowContext(ctx, "SELECT quote_literal($1::text)", password).Scan(&quoted); err != nil {
			return fmt.Errorf("quote the serving role's password: %w", err)
		}
		login += " PASSWORD " + quoted
	}
	if err := ensureRole(ctx, tx, name, login); err != nil {
		return err
	}
	grant := fmt.Sprintf("GRANT certflow_app TO %s", pgx.Identifier{name}.Sanitize())
	var member bool
	if err := tx.QueryRowContext(ctx, "SELECT pg_has_role($1, 'certflow_app', 'MEMBER')", name).Scan(&member); err != nil {
		return fmt.Errorf("look at the membership of role %q: %w", name, err)
	}
	if member {
		return nil
	}
	if _, err := tx.ExecContext(ctx, grant); err != nil {
		return fmt.Errorf("make role %q a member of certflow_app: %w", name, err)
	}
	return nil
}

func ensureRole(ctx context.Context, tx *sql.Tx, name, attributes string) error {
	var exists bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", name).Scan(&exists); err != nil {
		return fmt.Errorf("look for role %q: %w", name, err)
	}
	if exists {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "CREATE ROLE "+pgx.Identifier{name}.Sanitize()+" "+attributes); err != nil {
		// The driver's error may quote the statement, and that the password.
		return fmt.Errorf("create role %q: the owner's role needs CREATEROLE, or make the role by hand", name)
	}
	return nil
}

// openOwner opens a plain pool for the owner of the tables.
func openOwner(url string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the owner's database URL cannot be parsed: it should look like postgres://user:password@host:5432/database")
	}
	return stdlib.OpenDB(*config), nil
}
