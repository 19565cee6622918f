package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"certflow/internal/devstack/stacktest"
	"certflow/schema"
)

func TestADatabaseThatIsAwayIsNoFaultOfWhatWasAsked(t *testing.T) {
	t.Parallel()
	db, err := schema.Open("postgres://certflow:x@"+stacktest.FreeAddress(t)+"/certflow?sslmode=disable", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.CheckRole(t.Context()); !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("a server that is not there is %v", err)
	}
	for code, away := range map[string]bool{"57P01": true, "57P03": true, "08006": true, "53300": true, "42601": false, "28P01": false, "57014": false} {
		if err := schema.Mapped(&pgconn.PgError{Code: code}); errors.Is(err, schema.ErrUnavailable) != away {
			t.Errorf("SQLSTATE %s is %v", code, err)
		}
	}
	if err := schema.Mapped(fmt.Errorf("read: %w", sql.ErrTxDone)); !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("a transaction that was rolled back under its user is %v", err)
	}
	if err := schema.Mapped(context.Canceled); errors.Is(err, schema.ErrUnavailable) {
		t.Error("a client that has gone is taken for a database that is away")
	}
}
