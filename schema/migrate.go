package schema

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/migrate"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migration is one step of the schema and whether this database has it.
type Migration struct {
	Name    string
	Applied bool
}

// Migrate brings the database of the owner's URL to the newest schema and returns what it applied. Several processes may call
// it at once: the others wait. A step that fails is rolled back whole and is not recorded.
func Migrate(ctx context.Context, owner string) ([]Migration, error) {
	var done []Migration
	err := withMigrator(ctx, owner, func(m *migrate.Migrator) error {
		group, err := m.Migrate(ctx)
		if err != nil {
			return fmt.Errorf("apply migrations: %w", err)
		}
		for _, step := range group.Migrations {
			done = append(done, Migration{Name: step.String(), Applied: true})
		}
		return nil
	})
	return done, err
}

// CheckSchema refuses a database that lacks a step of this build: nothing that serves would work on it, or only in part. One that a newer
// build has brought further is none of its business.
func (db *DB) CheckSchema(ctx context.Context) error {
	steps := migrate.NewMigrations()
	if err := steps.Discover(migrationFiles); err != nil {
		return fmt.Errorf("read the embedded migrations: %w", err)
	}
	var applied []string
	err := db.bun.NewRaw("SELECT certflow_steps()").Scan(ctx, &applied)
	var missing *pgconn.PgError
	switch {
	case errors.As(err, &missing) && missing.Code == "42883": // no such function
		return errors.New("this build's schema is not there: run certflow migrate up with it")
	case err != nil:
		return fmt.Errorf("look at the schema: %w", Mapped(err))
	}
	for _, step := range steps.Sorted() {
		if !slices.Contains(applied, step.Name) {
			return fmt.Errorf("the schema lacks step %s of this build: run certflow migrate up with it", step)
		}
	}
	return nil
}

// Rollback undoes the steps that the last Migrate applied and returns them.
func Rollback(ctx context.Context, owner string) ([]Migration, error) {
	var undone []Migration
	err := withMigrator(ctx, owner, func(m *migrate.Migrator) error {
		group, err := m.Rollback(ctx)
		if err != nil {
			return fmt.Errorf("undo migrations: %w", err)
		}
		for _, step := range group.Migrations {
			undone = append(undone, Migration{Name: step.String()})
		}
		return nil
	})
	return undone, err
}

// LastMigrations lists the steps that Rollback would undo: those of the last Migrate that applied any.
func LastMigrations(ctx context.Context, owner string) ([]Migration, error) {
	var last []Migration
	err := withMigrator(ctx, owner, func(m *migrate.Migrator) error {
		steps, err := m.MigrationsWithStatus(ctx)
		if err != nil {
			return fmt.Errorf("read the state of migrations: %w", err)
		}
		for _, step := range steps.LastGroup().Migrations {
			last = append(last, Migration{Name: step.String(), Applied: true})
		}
		return nil
	})
	return last, err
}

// Migrations lists every step in order with whether it was applied.
func Migrations(ctx context.Context, owner string) ([]Migration, error) {
	var all []Migration
	err := withMigrator(ctx, owner, func(m *migrate.Migrator) error {
		steps, err := m.MigrationsWithStatus(ctx)
		if err != nil {
			return fmt.Errorf("read the state of migrations: %w", err)
		}
		for _, step := range steps {
			all = append(all, Migration{Name: step.String(), Applied: step.IsApplied()})
		}
		return nil
	})
	return all, err
}

// withMigrator runs do under an advisory lock: bun's own lock is a row, which a killed process would leave behind.
func withMigrator(ctx context.Context, owner string, do func(*migrate.Migrator) error) error {
	steps := migrate.NewMigrations()
	if err := steps.Discover(migrationFiles); err != nil {
		return fmt.Errorf("read the embedded migrations: %w", err)
	}
	pool, err := openOwner(owner)
	if err != nil {
		return err
	}
	defer pool.Close()
	lock, err := pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL as the owner: %w", err)
	}
	defer unlock(lock)
	if _, err := lock.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return fmt.Errorf("lock migrations: %w", err)
	}
	migrator := migrate.NewMigrator(bun.NewDB(pool, pgdialect.New()), steps, migrate.WithMarkAppliedOnSuccess(true))
	if err := migrator.Init(ctx); err != nil {
		return fmt.Errorf("make the table of migrations: %w", err)
	}
	return do(migrator)
}

// unlock gives the lock back with the connection: closing the session ends it even when the context is over.
func unlock(lock *sql.Conn) {
	_, _ = lock.ExecContext(context.Background(), "SELECT pg_advisory_unlock($1)", migrateLock)
	_ = lock.Close()
}
