package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"

	"certflow/internal/devstack"
	"certflow/internal/devstack/stacktest"
	"certflow/schema"
	"certflow/schema/schematest"
)

// In production the owner of the tables is no superuser: row-level security binds it too, and what runs in its name must bear that.
func TestAnOwnerThatIsNoSuperuserMigratesAndServes(t *testing.T) {
	t.Parallel()
	// Group roles belong to a server, and to who made them: this owner wants one of its own.
	schematest.URL(t) // skips where there is no PostgreSQL
	server, err := devstack.StartPostgres(t.Context(), devstack.Options{Ephemeral: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	super := open(t, server.URL("postgres"))
	for _, statement := range []string{"CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'keeper'", "CREATE DATABASE certflow OWNER keeper"} {
		if _, err := super.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	owner := as(t, server.URL("certflow"), "keeper", "keeper")
	serving := as(t, server.URL("certflow"), "server", "server")
	for range 2 {
		if err := schema.EnsureRoles(t.Context(), owner, serving); err != nil {
			t.Fatal(err)
		}
		if _, err := schema.Migrate(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
		if _, err := schema.Rollback(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
	}
	undone, err := schema.Open(serving, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := undone.CheckSchema(t.Context()); err == nil || !strings.Contains(err.Error(), "run certflow migrate up") {
		t.Errorf("a schema that was undone is answered with %v", err)
	}
	if err := undone.Close(); err != nil {
		t.Error(err)
	}
	if n := leftovers(t, open(t, server.URL("certflow"))); n != "" {
		t.Errorf("undone migrations leave %s", n)
	}
	if _, err := schema.Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	db, err := schema.Open(serving, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := errors.Join(db.CheckRole(t.Context()), db.CheckSchema(t.Context())); err != nil {
		t.Error(err)
	}
	super = open(t, server.URL("certflow"))
	for _, change := range []struct{ statement, want string }{
		{"INSERT INTO bun_migrations (name, group_id, migrated_at) VALUES ('20990101000001', 99, now())", "<nil>"}, // of a newer build
		{"UPDATE bun_migrations SET name = '0' WHERE name = '20261101000011'", "the schema lacks step 20261101000011"},
		{"ALTER FUNCTION certflow_steps RENAME TO elsewhere", "this build's schema is not there: run certflow migrate up"},
		{"ALTER FUNCTION elsewhere RENAME TO certflow_steps", "the schema lacks step 20261101000011"},
		{"UPDATE bun_migrations SET name = '20261101000011' WHERE name = '0'", "<nil>"},
		{"DELETE FROM bun_migrations WHERE name = '20990101000001'", "<nil>"},
	} {
		if _, err := super.ExecContext(t.Context(), change.statement); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(db.CheckSchema(t.Context())); !strings.HasPrefix(got, change.want) {
			t.Errorf("after %s: %s, want %s", change.statement, got, change.want)
		}
	}
	keeper := open(t, owner)
	for _, table := range []string{"events", "deliveries", "attempts"} {
		_, err := keeper.ExecContext(t.Context(), "CREATE TABLE "+table+"_200101 PARTITION OF "+table+" FOR VALUES FROM ('2001-01-01 00:00:00+00') TO ('2001-02-01 00:00:00+00')")
		if err != nil {
			t.Fatal(err)
		}
	}
	c := certificateOf(t, db, schematest.Account(t, db))
	if n, err := db.DropMonths(t.Context()); n != 0 || err != nil {
		t.Errorf("%d tables dropped although an account keeps everything, %v", n, err)
	}
	schematest.Do(t, db, c.AccountID, func(ctx context.Context, tx bun.Tx) error {
		account, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return err
		}
		account.RetentionDays = 30
		return schema.UpdateAccount(ctx, tx, account)
	})
	if n, err := db.DropMonths(t.Context()); n != 3 || err != nil {
		t.Errorf("%d tables dropped, %v; want the three of a month", n, err)
	}
	if _, err := db.EnsurePartitions(t.Context(), 5); err != nil {
		t.Error(err)
	}
}

// A migration is applied while the last release serves: every table may get a column that this build knows nothing of.
func TestColumnsOfALaterReleaseDoNotMatter(t *testing.T) {
	t.Parallel()
	url := stacktest.Database(t, schematest.Migrated)
	owner := open(t, url)
	_, err := owner.ExecContext(t.Context(), `DO $$ DECLARE tab regclass; BEGIN
		FOR tab IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT LIKE 'bun%' LOOP
			EXECUTE format('ALTER TABLE %s ADD COLUMN of_a_later_release text', tab);
		END LOOP; END $$`)
	if err != nil {
		t.Fatal(err)
	}
	db, err := schema.Open(schematest.ServingURL(t, url), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c := certificateOf(t, db, schematest.Account(t, db))
	schematest.Do(t, db, c.AccountID, func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.GetAccount(ctx, tx); err != nil {
			return err
		}
		_, err := schema.GetCertificate(ctx, tx, c.ID)
		return err
	})
}

func open(t *testing.T, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// as is a URL with another role.
func as(t *testing.T, server, name, password string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, password)
	return u.String()
}

// leftovers names what is left of a schema beside bun's own tables.
func leftovers(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'bun\_%' AND relkind IN ('r', 'p')
		UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}
