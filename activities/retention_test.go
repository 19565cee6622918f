package activities_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/blob"
	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

// retention lets the account keep things for so many days; 0 keeps all.
func (w *world) retention(days int) {
	w.t.Helper()
	w.exec("UPDATE accounts SET retention_days = nullif($2, 0) WHERE account_id = $1", w.account, days)
}

// month makes the partitions of a past month and returns how they end and how many days ago its middle was.
func (w *world) month(ago int) (suffix string, daysAgo int) {
	w.t.Helper()
	now := time.Now().UTC()
	first := time.Date(now.Year(), now.Month()-time.Month(ago), 1, 0, 0, 0, 0, time.UTC)
	for _, table := range []string{"events", "deliveries", "attempts"} {
		part := table + "_" + first.Format("200601")
		w.exec(fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s PARTITION OF %s FOR VALUES FROM ('%s+00') TO ('%s+00')", part, table,
			first.Format(time.DateTime), first.AddDate(0, 1, 0).Format(time.DateTime)))
		w.exec(fmt.Sprintf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", part))
	}
	return first.Format("200601"), int(now.Sub(first.AddDate(0, 0, 14)).Hours() / 24)
}

// happened publishes an event of so many days ago with a delivery in a state and one attempt, and returns its id.
func (w *world) happened(e *schema.Endpoint, daysAgo int, state string) string {
	w.t.Helper()
	event := schema.NewEvent(w.account, "certificate.approved", id.New(id.Certificate), map[string]string{})
	event.CreatedAt = time.Now().AddDate(0, 0, -daysAgo)
	w.do(func(ctx context.Context, tx bun.Tx) error {
		made, err := schema.PublishTo(ctx, tx, event, []schema.Endpoint{*e})
		if err != nil {
			return err
		}
		d, err := schema.LockDelivery(ctx, tx, made[0].ID)
		if err != nil {
			return err
		}
		d.Attempts, d.Status = 1, state
		if state != schema.DeliveryPending {
			d.NextAttemptAt = time.Time{}
		}
		return schema.RecordAttempt(ctx, tx, d, &schema.Attempt{AccountID: w.account, DeliveryID: d.ID, EventCreatedAt: d.EventCreatedAt, Number: 1})
	})
	return event.ID
}

// kept counts what there is of an event.
func (w *world) kept(event string) string {
	w.t.Helper()
	return fmt.Sprintf("%d event, %d deliveries, %d attempts", w.count("SELECT count(*) FROM events WHERE id = $1", event),
		w.count("SELECT count(*) FROM deliveries WHERE event_id = $1", event),
		w.count("SELECT count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE d.event_id = $1", event))
}

const (
	whole   = "1 event, 1 deliveries, 1 attempts"
	nothing = "0 event, 0 deliveries, 0 attempts"
)

func TestEventsAreForgottenAfterTheAccountsRetention(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for ago := 1; ago <= 4; ago++ {
		w.month(ago)
	}
	e, _ := w.endpoint("https://example.com", "*")
	old, young, open := w.happened(e, 31, schema.DeliverySucceeded), w.happened(e, 29, schema.DeliverySucceeded), w.happened(e, 90, schema.DeliveryPending)
	w.retention(30)
	w.account = schematest.Account(t, w.db)
	other, _ := w.endpoint("https://example.com", "*")
	others := w.happened(other, 100, schema.DeliveryExhausted)
	must[activities.SweepResult](t, w.sweep().SweepStore)
	for name, want := range map[string]struct{ event, kept string }{
		"older than the retention":      {old, nothing},
		"younger than the retention":    {young, whole},
		"old, but still to be sent":     {open, whole},
		"of an account that keeps all":  {others, whole},
		"and nothing is left of others": {"evt_nobody", nothing},
	} {
		if got := w.kept(want.event); got != want.kept {
			t.Errorf("%s: %s, want %s", name, got, want.kept)
		}
	}
	if n := w.count("SELECT count(*) FROM deliveries") + w.count("SELECT count(*) FROM attempts"); n != 6 {
		t.Errorf("%d deliveries and attempts are left, want 6", n)
	}
}

func TestMoreEventsThanOneBatchAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.month(1)
	w.month(2)
	w.retention(1)
	w.exec(`INSERT INTO events (id, account_id, type, object_id, data, created_at)
		SELECT 'evt_' || n, $1, 'ping', 'x', '{}', now() - interval '3 days' FROM generate_series(1, 1300) n`, w.account)
	must[activities.SweepResult](t, w.sweep().SweepStore)
	if n := w.count("SELECT count(*) FROM events"); n != 0 {
		t.Errorf("%d events are left", n)
	}
}

func TestMonthsGoAsAWholeWhenNobodyKeepsThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		ours     int // retention in days
		theirs   int
		waiting  bool // something of the oldest month is still to be delivered
		wantGone bool // whether that month goes
	}{
		{"all accounts have a retention", 60, 30, false, true},
		{"an account keeps everything", 60, 0, false, false},
		{"an account keeps for longer", 60, 400, false, false},
		{"something is still to be delivered", 60, 30, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			last, _ := w.month(1)
			oldest, daysAgo := w.month(6)
			e, _ := w.endpoint("https://example.com", "*")
			state := schema.DeliverySucceeded
			if test.waiting {
				state = schema.DeliveryPending
			}
			event := w.happened(e, daysAgo, state)
			w.retention(test.ours)
			w.account = schematest.Account(t, w.db)
			w.retention(test.theirs)
			must[activities.SweepResult](t, w.sweep().SweepStore)
			for _, table := range []string{"events", "deliveries", "attempts"} {
				if n := w.count("SELECT count(*) FROM pg_class WHERE relname = $1", table+"_"+oldest); (n == 0) != test.wantGone {
					t.Errorf("%s of %s: %d tables", table, oldest, n)
				}
				if n := w.count("SELECT count(*) FROM pg_class WHERE relname = $1", table+"_"+last); n != 1 {
					t.Errorf("%s of last month are gone", table)
				}
			}
			if got := w.kept(event); test.waiting && got != whole {
				t.Errorf("what is still to be delivered: %s", got)
			}
			if got := w.told("certificate.approved"); len(got) != 0 { // the tables still take what comes
				t.Errorf("deliveries of an account without endpoints: %v", got)
			}
		})
	}
}

func TestADeletedCertificateIsPurgedAfterTheRetention(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.retention(30)
	old, young, living := w.parsed(standard), w.parsed(standard), w.parsed(standard)
	for _, c := range []*schema.Certificate{old, young, living} {
		w.evaluate(c, noon)
		if err := w.blobs.Write(t.Context(), blob.TrimmedKey(c.BlobKey), []byte("short")); err != nil {
			t.Fatal(err)
		}
	}
	w.delete(old.ID)
	w.delete(young.ID)
	w.exec("UPDATE certificates SET deleted_at = now() - interval '31 days' WHERE id = $1", old.ID)
	w.exec("UPDATE certificates SET deleted_at = now() - interval '29 days' WHERE id = $1", young.ID)
	w.exec("UPDATE certificates SET created_at = now() - interval '99 days'")
	for try := range 2 {
		must[activities.SweepResult](t, w.sweep().SweepStore)
		for c, want := range map[*schema.Certificate]bool{old: false, young: true, living: true} {
			for _, key := range []string{c.BlobKey, blob.TrimmedKey(c.BlobKey)} {
				if _, err := w.blobs.Read(t.Context(), key); errors.Is(err, blob.ErrNotFound) == want {
					t.Errorf("try %d: %s: %v, want it there: %v", try, key, err, want)
				}
			}
			if n := w.count("SELECT count(*) FROM parses WHERE certificate_id = $1", c.ID); (n == 1) != want {
				t.Errorf("try %d: %d parses of %s", try, n, c.ID)
			}
			if n := w.count("SELECT count(*) FROM certificates WHERE id = $1 AND purged_at IS NULL", c.ID); (n == 1) != want {
				t.Errorf("try %d: %s is marked wrong", try, c.ID)
			}
			// Who decided what stays.
			if n := w.count("SELECT count(*) FROM audits a JOIN audit_results r ON r.audit_id = a.id WHERE certificate_id = $1", c.ID); n != 2 {
				t.Errorf("try %d: %d results of %s, want 2", try, n, c.ID)
			}
		}
	}
}

func TestAnAccountWithoutARetentionKeepsItsDeletedCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.parsed(standard)
	w.delete(c.ID)
	w.exec("UPDATE certificates SET deleted_at = now() - interval '9 years'")
	must[activities.SweepResult](t, w.sweep().SweepStore)
	if _, err := w.blobs.Read(t.Context(), c.BlobKey); err != nil || w.count("SELECT count(*) FROM parses") != 1 {
		t.Errorf("it is gone: %v", err)
	}
}

// The serving role may ask for what it is allowed to forget, and for nothing else.
func TestNothingYoungCanBeForgottenByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	event := w.happened(e, 0, schema.DeliverySucceeded)
	c := w.parsed(standard)
	w.delete(c.ID)
	for _, days := range []int{0, 1} {
		w.retention(days)
		if n, err := w.db.ForgetEvents(t.Context(), w.account, 100); n != 0 || err != nil {
			t.Errorf("%d events forgotten, %v", n, err)
		}
		if err := w.db.Purge(t.Context(), c.ID); err != nil {
			t.Error(err)
		}
		if n, err := w.db.DropMonths(t.Context()); n != 0 || err != nil {
			t.Errorf("%d tables dropped, %v", n, err)
		}
	}
	if got := w.kept(event); got != whole || w.count("SELECT count(*) FROM parses") != 1 {
		t.Errorf("kept %s", got)
	}
	err := w.db.InAccount(t.Context(), w.account, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM events")
		return err
	})
	if err == nil {
		t.Error("the serving role deletes events by itself")
	}
}

func TestMonthsThatSomebodyReadsAreLeftToTheNextSweep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	oldest, _ := w.month(6)
	w.retention(30)
	reading, err := w.owner.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := reading.ExecContext(t.Context(), "SELECT count(*) FROM events"); err != nil {
		t.Fatal(err)
	}
	if n, err := w.db.DropMonths(t.Context()); n != 0 || err != nil {
		t.Errorf("%d dropped, %v; want none", n, err)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if n, err := w.db.DropMonths(t.Context()); n != 3 || err != nil {
		t.Errorf("%d dropped, %v; want the three tables of %s", n, err, oldest)
	}
	if diff := cmp.Diff("", w.text("SELECT string_agg(relname, ', ') FROM pg_class WHERE relname LIKE '%' || $1", oldest)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}
