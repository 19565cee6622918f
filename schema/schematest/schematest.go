// Package schematest gives each test a database of its own: migrated, behind the walls between accounts, and served by a role as
// unprivileged as in production.
package schematest

import (
	"context"
	"net/url"
	"testing"

	"github.com/uptrace/bun"

	"certflow/internal/devstack/stacktest"
	"certflow/internal/id"
	"certflow/schema"
)

// Serving is the login role of the tests' connections.
const Serving = "certflow_tests"

// New opens a migrated database that lives as long as the test. The test binary's TestMain must call stacktest.Run.
func New(t testing.TB) *schema.DB {
	t.Helper()
	return Open(t, URL(t))
}

// Open opens the database of a URL for as long as the test lives. A query that does not name its account fails the test. The hooks see every
// query.
func Open(t testing.TB, url string, hooks ...bun.QueryHook) *schema.DB {
	t.Helper()
	db, err := schema.Open(url, 10, append(hooks, named{t})...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Unwalled is New without the walls: its role sees through row-level security, so that nothing but what the queries themselves say keeps
// the accounts apart.
func Unwalled(t testing.TB) *schema.DB {
	t.Helper()
	return Open(t, stacktest.Database(t, Migrated))
}

// URL is the serving role's connection to a migrated database that lives as long as the test.
func URL(t testing.TB) string {
	t.Helper()
	return ServingURL(t, stacktest.Database(t, Migrated))
}

// ServingURL is the serving role's connection to the database of an owner's URL, for tests that look at it as both.
func ServingURL(t testing.TB, owner string) string {
	t.Helper()
	return serving(owner)
}

// Migrated prepares a database for stacktest.Database.
func Migrated(ctx context.Context, owner string) error {
	if err := schema.EnsureRoles(ctx, owner, serving(owner)); err != nil {
		return err
	}
	_, err := schema.Migrate(ctx, owner)
	return err
}

func serving(owner string) string {
	u, err := url.Parse(owner)
	if err != nil {
		panic(err) // the stack makes it
	}
	u.User = url.UserPassword(Serving, "unprivileged")
	return u.String()
}

// Account makes a test-mode account with the default settings and returns its id.
func Account(t testing.TB, db *schema.DB) string {
	t.Helper()
	a := &schema.Account{ID: id.New(id.Account), Name: "Test"}
	Do(t, db, a.ID, func(ctx context.Context, tx bun.Tx) error { return schema.InsertAccount(ctx, tx, a) })
	return a.ID
}

// Do runs do in an account and ends the test when it fails.
func Do(t testing.TB, db *schema.DB, account string, do func(ctx context.Context, tx bun.Tx) error) {
	t.Helper()
	if err := db.InAccount(t.Context(), account, do); err != nil {
		t.Fatal(err)
	}
}
