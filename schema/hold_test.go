package schema_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestWhatIsBeingDeletedIsNotReferredTo(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	entity := &schema.Entity{Row: schema.Row{ID: id.New(id.Entity), AccountID: account}, Name: "E", CustomMetadata: map[string]string{}}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error { return schema.InsertEntity(ctx, tx, entity) })
	refers := make(chan error, 1)
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.DeleteEntity(ctx, tx, entity.ID); err != nil {
			return err
		}
		go func() {
			refers <- db.InAccount(t.Context(), account, func(ctx context.Context, tx bun.Tx) error {
				if _, err := schema.HoldEntity(ctx, tx, entity.ID); err != nil {
					return err
				}
				return schema.InsertJob(ctx, tx, &schema.Job{Row: schema.Row{ID: id.New(id.Job), AccountID: account}, Name: "J", EntityID: &entity.ID,
					Stored: map[string]any{}, CustomMetadata: map[string]string{}})
			})
		}()
		return waitsForALock(ctx, tx)
	})
	if err := <-refers; !errors.Is(err, schema.ErrNotFound) {
		t.Errorf("a job that refers to a deleted entity: %v", err)
	}
}

func TestAContractorThatIsBeingDeletedIsNotFoundByItsAddress(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	contractor := newContractor(account, "Ann@example.com")
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error { return schema.InsertContractor(ctx, tx, contractor) })
	type found struct {
		known map[string]*schema.Contractor
		err   error
	}
	finds := make(chan found, 1)
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.DeleteContractor(ctx, tx, contractor.ID); err != nil {
			return err
		}
		go func() {
			var f found
			f.err = db.InAccount(t.Context(), account, func(ctx context.Context, tx bun.Tx) (err error) {
				f.known, err = schema.HoldContractorsByEmail(ctx, tx, []string{"ann@example.com"})
				return err
			})
			finds <- f
		}()
		return waitsForALock(ctx, tx)
	})
	if f := <-finds; f.err != nil || len(f.known) != 0 {
		t.Errorf("found %v, %v; it was deleted meanwhile", f.known, f.err)
	}
}

// waitsForALock returns when another transaction of the database waits for a lock.
func waitsForALock(ctx context.Context, tx bun.Tx) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		var waiting bool
		// Within a transaction what is known of other sessions stands still unless it is dropped.
		if _, err := tx.ExecContext(ctx, "SELECT pg_stat_clear_snapshot()"); err != nil {
			return err
		}
		err := tx.NewRaw("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(ctx, &waiting)
		if err != nil || waiting {
			return err
		}
	}
}
