package schema_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/internal/devstack/stacktest"
	"certflow/schema"
	"certflow/schema/schematest"
)

// beside are the tables that belong to no account. The serving role has no access to them.
var beside = []string{"bun_migrations", "bun_migration_locks", "request_windows"}

// catalogued is a table as the database's catalogue has it.
type catalogued struct {
	name                    string
	month                   bool // a partition
	account, walled, forced bool
	policies                string // whose, and what they let through
	grants                  string // to whom, beside its owner
}

func catalogue(t *testing.T, db *sql.DB) []catalogued {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT c.relname, c.relispartition, a.attnum IS NOT NULL, c.relrowsecurity, c.relforcerowsecurity,
			coalesce((SELECT string_agg(concat_ws(' ', p.roles::text, p.cmd, p.permissive, p.qual, p.with_check), '; ' ORDER BY p.roles::text)
				FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname), ''),
			coalesce((SELECT string_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'public' ELSE g.grantee::regrole::text END, ', ')
				FROM aclexplode(c.relacl) g WHERE g.grantee <> c.relowner), '')
		FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND a.attnotnull
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var tables []catalogued
	for rows.Next() {
		var c catalogued
		if err := rows.Scan(&c.name, &c.month, &c.account, &c.walled, &c.forced, &c.policies, &c.grants); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tables
}

func TestEveryTableStandsBehindAWall(t *testing.T) {
	t.Parallel()
	db := open(t, stacktest.Database(t, schematest.Migrated))
	const wall = "{certflow_app} ALL PERMISSIVE (account_id = certflow_account()); {certflow_system} ALL PERMISSIVE true"
	walled := 0
	for _, c := range catalogue(t, db) {
		switch {
		case slices.Contains(beside, c.name):
			if strings.Contains(c.grants, "certflow_app") || strings.Contains(c.grants, "public") {
				t.Errorf("%s is no account's and may be used by %s", c.name, c.grants)
			}
		case !c.account:
			t.Errorf("%s has no account_id that must be set: give it one and a wall (certflow_wall), or name it as no account's here", c.name)
		case !c.walled || !c.forced:
			t.Errorf("%s has no forced row-level security: SELECT certflow_wall('%s', …) puts it behind one", c.name, c.name)
		case c.month && (c.policies != "" || c.grants != ""):
			t.Errorf("the month %s is reached past its table: %s, by %s", c.name, c.policies, c.grants)
		case c.month:
			walled++
		case c.policies != wall:
			t.Errorf("the wall of %s is %q, want %q", c.name, c.policies, wall)
		case strings.Contains(c.grants, "public"):
			t.Errorf("%s is open to everybody", c.name)
		default:
			walled++
		}
	}
	if walled < 30 {
		t.Errorf("%d tables were looked at, which cannot be all", walled)
	}
}

// ofOnePiece are the references that do not carry the account: to what lies under the same certificate, which both carry with its account, and to
// what certflow itself has made in the same transaction. No id of a client's comes into them, and the account would take a further unique index of
// the tables that are written most.
var ofOnePiece = []string{"attempts to deliveries", "audits to parses", "deliveries to events"}

func TestNoRowRefersToAnotherAccounts(t *testing.T) {
	t.Parallel()
	db := open(t, stacktest.Database(t, schematest.Migrated))
	rows, err := db.QueryContext(t.Context(), `
		SELECT format('%s to %s', k.conrelid::regclass, k.confrelid::regclass) FROM pg_constraint k
		WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = 'public'::regnamespace AND NOT EXISTS (
			SELECT FROM unnest(k.conkey, k.confkey) AS pair (mine, theirs)
			JOIN pg_attribute m ON m.attrelid = k.conrelid AND m.attnum = pair.mine AND m.attname = 'account_id'
			JOIN pg_attribute h ON h.attrelid = k.confrelid AND h.attnum = pair.theirs AND h.attname = 'account_id')
		ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var without []string
	for rows.Next() {
		var reference string
		if err := rows.Scan(&reference); err != nil {
			t.Fatal(err)
		}
		without = append(without, reference)
	}
	if diff := cmp.Diff(ofOnePiece, without); diff != "" {
		t.Errorf("references that do not carry the account: %s", diff)
	}
}

func TestWithoutAnAccountThereIsNothing(t *testing.T) {
	t.Parallel()
	owner := stacktest.Database(t, schematest.Migrated)
	db, err := schema.Open(schematest.ServingURL(t, owner), 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c := certificateOf(t, db, schematest.Account(t, db))
	endpoint := newEndpoint(c.AccountID, "*")
	schematest.Do(t, db, c.AccountID, func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertEndpoint(ctx, tx, endpoint, []byte("sealed")); err != nil {
			return err
		}
		_, err := schema.Publish(ctx, tx, schema.NewEvent(c.AccountID, schema.EventPing, endpoint.ID, struct{}{}))
		return err
	})
	if err := db.InAccount(t.Context(), "", func(context.Context, bun.Tx) error { return nil }); err == nil {
		t.Error("a transaction without an account begins")
	}
	super, serving := open(t, owner), open(t, schematest.ServingURL(t, owner))
	filled := 0
	for _, table := range catalogue(t, super) {
		if table.month || slices.Contains(beside, table.name) {
			continue
		}
		count := func(on *sql.DB) (n int) {
			if err := on.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table.name).Scan(&n); err != nil {
				t.Errorf("count %s: %v", table.name, err)
			}
			return n
		}
		if count(super) > 0 {
			filled++
		}
		if n := count(serving); n != 0 {
			t.Errorf("%d rows of %s are seen without an account", n, table.name)
		}
	}
	if filled < 9 {
		t.Errorf("only %d tables had a row to be seen", filled)
	}
	for name, statement := range map[string]string{
		"a row is written":            fmt.Sprintf("INSERT INTO contractors (id, account_id, email, first_name, last_name) VALUES ('cn_1', '%s', 'a@x.io', 'A', 'B')", c.AccountID),
		"an account is made":          "INSERT INTO accounts (account_id, name, live) VALUES ('acct_1', 'x', false)",
		"a month is read by its name": "SELECT FROM " + month(t, super),
		"row security is lifted":      "ALTER TABLE contractors NO FORCE ROW LEVEL SECURITY",
		"the role is changed":         "SET ROLE certflow_system",
		"the owner's role is taken":   "SET SESSION AUTHORIZATION postgres",
	} {
		if _, err := serving.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("without an account %s", name)
		}
	}
	for _, statement := range []string{"UPDATE contractors SET first_name = 'Eve'", "UPDATE certificates SET status = 'approved', finished_at = now()"} {
		result, err := serving.ExecContext(t.Context(), statement)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := result.RowsAffected(); n != 0 || err != nil {
			t.Errorf("%s touched %d rows, %v", statement, n, err)
		}
	}
}

// month is the name of a partition.
func month(t *testing.T, db *sql.DB) string {
	t.Helper()
	var name string
	if err := db.QueryRowContext(t.Context(), "SELECT min(relname) FROM pg_class WHERE relispartition AND relname LIKE 'events\\_%' AND relkind = 'r'").Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}
