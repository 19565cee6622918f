package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"certflow/internal/devstack/stacktest"
	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestADatabaseThatIsAwayOrTakesNothingIsNoFaultOfWhatWasAsked(t *testing.T) {
	t.Parallel()
	db, err := schema.Open("postgres://certflow:x@"+stacktest.FreeAddress(t)+"/certflow?sslmode=disable", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.CheckRole(t.Context()); !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("a server that is not there is %v", err)
	}
	for code, away := range map[string]bool{
		"57P01": true, "57P03": true, "08006": true, "53100": true, "53200": true, "53300": true, "25006": true, "57014": true, "55P03": true,
		"40P01": true, "58030": true, "42601": false, "28P01": false, "23514": false, "22001": false,
	} {
		if err := schema.Mapped(&pgconn.PgError{Code: code}); errors.Is(err, schema.ErrUnavailable) != away {
			t.Errorf("SQLSTATE %s is %v", code, err)
		}
	}
	if err := schema.Mapped(context.Canceled); errors.Is(err, schema.ErrUnavailable) {
		t.Error("a client that has gone is taken for a database that is away")
	}
}

func TestATransactionThatHasEndedIsNotTheDatabasesFaultUnlessItsUserHasGone(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	// ask asks until the transaction has ended.
	ask := func(ctx context.Context, tx bun.Tx) error {
		for until := time.Now().Add(30 * time.Second); time.Now().Before(until); {
			if _, err := schema.GetAccount(ctx, tx); errors.Is(err, sql.ErrTxDone) {
				return err
			}
		}
		return errors.New("the transaction does not end")
	}
	gone, goes := context.WithCancel(t.Context())
	err := db.InAccount(gone, account, func(_ context.Context, tx bun.Tx) error {
		goes()
		return ask(t.Context(), tx)
	})
	if !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("a transaction that was rolled back under its user is %v", err)
	}
	var over bun.Tx
	schematest.Do(t, db, account, func(_ context.Context, tx bun.Tx) error {
		over = tx
		return nil
	})
	err = db.InAccount(t.Context(), account, func(ctx context.Context, _ bun.Tx) error { return ask(ctx, over) })
	if !errors.Is(err, sql.ErrTxDone) || errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("a transaction that is used after its end is %v", err)
	}
}

func TestADatabaseThatIsReadOnlyAnswersAndTakesNothing(t *testing.T) {
	t.Parallel()
	url := schematest.URL(t)
	writable := schematest.Open(t, url)
	if err := writable.CheckWrite(t.Context()); err != nil {
		t.Errorf("a database that takes writes is answered with %v", err)
	}
	account := schematest.Account(t, writable)
	db := schematest.Open(t, url+"&default_transaction_read_only=on")
	if err := errors.Join(db.Ping(t.Context()), db.CheckRole(t.Context())); err != nil {
		t.Errorf("it does not answer: %v", err)
	}
	if err := db.CheckWrite(t.Context()); !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("the check says %v", err)
	}
	err := db.InAccount(t.Context(), account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertContractor(ctx, tx, &schema.Contractor{
			Row: schema.Row{ID: id.New(id.Contractor), AccountID: account}, Email: "june@example.com", FirstName: "June", LastName: "Abernathy"})
	})
	if !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("what is written is answered with %v", err)
	}
}
