package schema_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"certflow/schema"
	"certflow/schema/schematest"
)

func TestASessionHasTimeoutsUnlessItsURLChoosesOthers(t *testing.T) {
	t.Parallel()
	url := schematest.URL(t)
	for _, test := range []struct {
		name, url, idle, statement string
	}{
		{"by default", url, "1min", "2min"},
		{"chosen by the URL", url + "&statement_timeout=5min&idle_in_transaction_session_timeout=0", "0", "5min"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := schematest.Open(t, test.url)
			schematest.Do(t, db, schematest.Account(t, db), func(ctx context.Context, tx bun.Tx) error {
				var idle, statement string
				err := tx.NewRaw("SELECT current_setting('idle_in_transaction_session_timeout'), current_setting('statement_timeout')").Scan(ctx, &idle, &statement)
				if idle != test.idle || statement != test.statement {
					t.Errorf("%s idle and %s for a statement, want %s and %s", idle, statement, test.idle, test.statement)
				}
				return err
			})
		})
	}
}

func TestAProcessThatDoesNothingInATransactionLosesItsLocks(t *testing.T) {
	t.Parallel()
	url := schematest.URL(t)
	db, stopped := schematest.Open(t, url), schematest.Open(t, url+"&idle_in_transaction_session_timeout=100ms")
	account := schematest.Account(t, db)
	contractor := newContractor(account, "ann@example.com")
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error { return schema.InsertContractor(ctx, tx, contractor) })
	err := stopped.InAccount(t.Context(), account, func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.LockContractor(ctx, tx, contractor.ID); err != nil {
			return err
		}
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error { // waits for the lock
			_, err := schema.LockContractor(ctx, tx, contractor.ID)
			return err
		})
		_, err := schema.GetContractor(ctx, tx, contractor.ID)
		return err
	})
	if !errors.Is(err, schema.ErrUnavailable) {
		t.Errorf("the stopped process is told %v", err)
	}
}
