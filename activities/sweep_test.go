package activities_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"certflow/activities"
	"certflow/internal/blob"
	"certflow/internal/id"
	"certflow/schema"
)

// aged lets everything seem made an hour ago.
func (w *world) aged() {
	w.t.Helper()
	w.exec("UPDATE certificates SET created_at = now() - interval '1 hour', updated_at = now() - interval '1 hour', begun_at = begun_at - interval '1 hour'")
	w.exec("UPDATE jobs SET created_at = now() - interval '1 hour', updated_at = now() - interval '1 hour'")
}

func TestReviewsThatShouldRunAreStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lost, begun, ended, deleted := w.upload(standard), w.upload(standard), w.parsed(standard), w.upload(standard)
	if _, err := w.review().ValidateDocument(t.Context(), named(begun)); err != nil {
		t.Fatal(err)
	}
	w.evaluate(ended, noon)
	w.delete(deleted.ID)
	w.aged()
	fresh := w.upload(standard)
	got := must[activities.Swept](t, w.sweep().SweepReviews)
	slices.Sort(w.starter.reviews)
	want := []string{lost.ID, begun.ID}
	slices.Sort(want)
	if diff := cmp.Diff(want, w.starter.reviews); diff != "" || got != (activities.Swept{Found: 2, Started: 2}) {
		t.Errorf("%+v; started (-want +got), with %s too young:\n%s", got, fresh.ID, diff)
	}
	if starts := w.certificate(lost.ID).Starts; starts != 1 {
		t.Errorf("%d starts are noted, want one", starts)
	}
	if got := must[activities.Swept](t, w.sweep().SweepReviews); got.Found != 0 {
		t.Errorf("a minute later: %+v, want what was started to be left alone", got)
	}
}

func TestAReviewThatRunsIsNotCountedAsStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.aged()
	w.starter.running = true
	if got := must[activities.Swept](t, w.sweep().SweepReviews); got != (activities.Swept{Found: 1}) {
		t.Errorf("%+v, want one found", got)
	}
	if after := w.certificate(c.ID); after.Starts != 0 || after.LastStartAt.IsZero() {
		t.Errorf("certificate %+v", after)
	}
}

func TestAReviewThatNeverEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "certificate.error")
	c := w.upload(standard)
	w.aged()
	for range 8 {
		if got := must[activities.Swept](t, w.sweep().SweepReviews); got.Started != 1 {
			t.Fatalf("%+v, want it started", got)
		}
		w.exec("UPDATE certificates SET last_start_at = now() - interval '1 hour'")
	}
	if got := must[activities.Swept](t, w.sweep().SweepReviews); got != (activities.Swept{Found: 1, Ended: 1}) {
		t.Errorf("%+v, want it ended", got)
	}
	after := w.certificate(c.ID)
	if after.Status != schema.Errored || *w.verdict(after).Audit.ErrorCode != "internal" {
		t.Errorf("certificate %+v", after)
	}
	if diff := cmp.Diff([]string{c.ID}, w.starter.ended); diff != "" || len(w.starter.deliveries) != 1 {
		t.Errorf("deliveries %v; terminated (-want +got):\n%s", w.starter.deliveries, diff)
	}
}

func TestWithoutTemporalASweepChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.aged()
	w.starter.err = errTemporal
	if _, err := perform[activities.Swept](t, w.sweep().SweepReviews); err == nil {
		t.Error("a sweep that could start nothing says that all is well")
	}
	if after := w.certificate(c.ID); after.Starts != 0 || !after.LastStartAt.IsZero() {
		t.Errorf("certificate %+v", after)
	}
}

func TestAReviewIsOverAfterTwoHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	late, intime := w.upload(standard), w.upload(standard)
	for _, c := range []*schema.Certificate{late, intime} {
		if _, err := w.review().ValidateDocument(t.Context(), named(c)); err != nil {
			t.Fatal(err)
		}
	}
	w.exec("UPDATE certificates SET begun_at = now() - interval '121 minutes' WHERE id = $1", late.ID)
	w.exec("UPDATE certificates SET begun_at = now() - interval '119 minutes' WHERE id = $1", intime.ID)
	if got := must[activities.Swept](t, w.sweep().SweepOverdue); got != (activities.Swept{Found: 1, Ended: 1}) {
		t.Errorf("%+v, want one ended", got)
	}
	after := w.certificate(late.ID)
	if after.Status != schema.Errored || *w.verdict(after).Audit.ErrorCode != activities.TimedOut || w.certificate(intime.ID).Status != schema.Processing {
		t.Errorf("certificate %+v", after)
	}
	if diff := cmp.Diff([]string{late.ID}, w.starter.ended); diff != "" {
		t.Errorf("terminated (-want +got):\n%s", diff)
	}
}

func TestJobsComeBeforeTheirCertificates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	open, _ := w.running(2)
	ended, _ := w.running(1)
	w.exec("UPDATE jobs SET status = 'failed' WHERE id = $1", ended.ID)
	w.aged()
	if got := must[activities.Swept](t, w.sweep().SweepJobs); got != (activities.Swept{Found: 1, Started: 1}) {
		t.Errorf("%+v, want one started", got)
	}
	if diff := cmp.Diff([]string{open.ID}, w.starter.jobs); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
	must[activities.Swept](t, w.sweep().SweepReviews)
	if diff := cmp.Diff([]string{ended.Plan.Files[0].CertificateID}, w.starter.reviews); diff != "" {
		t.Errorf("reviews: those of an open job are its own affair (-want +got):\n%s", diff)
	}
}

func TestDeliveriesAreStartedWhenTheyAreOverdue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "*")
	late, fresh := w.told("certificate.approved")[0], w.told("certificate.denied")[0]
	w.exec("UPDATE deliveries SET next_attempt_at = now() - interval '2 minutes' WHERE id = $1", late.ID)
	if got := must[activities.Swept](t, w.sweep().SweepDeliveries); got != (activities.Swept{Found: 1, Started: 1}) {
		t.Errorf("%+v, want one started and %s left alone", got, fresh.ID)
	}
	if diff := cmp.Diff([]string{late.ID}, w.starter.deliveries); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

// put stores a blob that seems so old.
func (w *world) put(key string, age time.Duration) {
	w.t.Helper()
	if err := w.blobs.Write(w.t.Context(), key, []byte("whole")); err != nil {
		w.t.Fatal(err)
	}
	at := time.Now().Add(-age)
	if err := os.Chtimes(filepath.Join(w.folder, filepath.FromSlash(key)), at, at); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) has(key string) bool {
	w.t.Helper()
	_, err := os.Stat(filepath.Join(w.folder, filepath.FromSlash(key)))
	return err == nil
}

func TestUploadsThatNothingRefersToAreRemovedAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const old = 25 * time.Hour
	orphan, young := blob.NewKey(time.Now(), w.account, id.New(id.Certificate)), blob.NewKey(time.Now(), w.account, id.New(id.Certificate))
	known, deleted := w.upload(standard), w.upload(standard)
	w.delete(deleted.ID)
	waiting := w.planned(schema.PlanPlaceholder, schema.PlannedContractor{Email: "ann@example.com"})
	failed := w.planned(schema.PlanPlaceholder, schema.PlannedContractor{Email: "bob@example.com"})
	w.exec("UPDATE jobs SET status = 'failed' WHERE id = $1", failed.ID)
	kept := []string{known.BlobKey, blob.TrimmedKey(known.BlobKey), deleted.BlobKey, waiting.Plan.Files[0].BlobKey}
	gone := []string{orphan, blob.TrimmedKey(orphan), failed.Plan.Files[0].BlobKey}
	for _, key := range append(slices.Clone(kept), gone...) {
		w.put(key, old)
	}
	w.put(young, time.Hour)
	got := must[activities.Swept](t, w.sweep().SweepStore)
	if got.Removed != len(gone) || got.Found != len(kept)+len(gone) {
		t.Errorf("%+v, want %d of %d removed", got, len(gone), len(kept)+len(gone))
	}
	for _, key := range append(kept, young) {
		if !w.has(key) {
			t.Errorf("%s is gone", key)
		}
	}
	for _, key := range gone {
		if w.has(key) {
			t.Errorf("%s is still there", key)
		}
	}
}

func TestASweepLooksAtTheLastDaysAndAtOneOlderDayInTurn(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 4, 17, 0, 0, time.UTC)
	recent := []string{"2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"}
	old := []string{"2025-01-01", "2026-10-31", "2026-11-19"}
	if diff := cmp.Diff(recent, activities.SweptDays(recent, at)); diff != "" {
		t.Errorf("of recent days alone (-want +got):\n%s", diff)
	}
	if got := activities.SweptDays(nil, at); len(got) != 0 {
		t.Errorf("an empty bucket has the days %v", got)
	}
	seen := map[string]int{}
	for hour := range len(old) {
		got := activities.SweptDays(append(slices.Clone(old), recent...), at.Add(time.Duration(hour)*time.Hour))
		if diff := cmp.Diff(recent, got[1:]); diff != "" {
			t.Errorf("after %d hours (-want +got):\n%s", hour, diff)
		}
		seen[got[0]]++
	}
	for _, day := range old {
		if seen[day] != 1 {
			t.Errorf("%s was looked at %d times in %d hours, want once", day, seen[day], len(old))
		}
	}
}

func TestOrphansOfAnOldDayAreRemovedInTheirTurnAndOtherDaysNotListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var keys []string
	for days := range 3 {
		key := blob.NewKey(time.Now().AddDate(0, 0, -30-days), w.account, id.New(id.Certificate))
		w.put(key, 30*24*time.Hour)
		keys = append(keys, key)
	}
	if got := must[activities.Swept](t, w.sweep().SweepStore); got.Found != 1 || got.Removed != 1 {
		t.Errorf("%+v, want the one orphan of one of three days found and removed", got)
	}
	left := slices.DeleteFunc(keys, func(key string) bool { return !w.has(key) })
	if len(left) != 2 {
		t.Errorf("%d orphans are left, want 2", len(left))
	}
}

func TestTheStoreIsKeptReadyForTheComingMonths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	month := time.Now().UTC().AddDate(0, 0, 1-time.Now().UTC().Day()).AddDate(0, 3, 0).Format("200601")
	for _, table := range []string{"attempts", "deliveries", "events"} {
		w.exec("DROP TABLE " + table + "_" + month + " CASCADE")
	}
	must[activities.Swept](t, w.sweep().SweepStore)
	for _, table := range []string{"attempts", "deliveries", "events"} {
		if n := w.count("SELECT count(*) FROM pg_class WHERE relname = $1 AND relrowsecurity AND relforcerowsecurity", table+"_"+month); n != 1 {
			t.Errorf("%s has no partition %s behind the wall", table, month)
		}
	}
}

func TestIdempotencyKeysAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	claim := func(key, age, lease string) {
		w.exec(`INSERT INTO idempotency_keys (account_id, key, operation, lease_token, lease_until, created_at)
			VALUES ($1, $2, 'op', 'token', now() + $4::interval, now() - $3::interval)`, w.account, key, age, lease)
	}
	claim("old", "25 hours", "-1 hour")
	claim("old but being worked on", "25 hours", "1 minute")
	claim("young", "23 hours", "-1 hour")
	must[activities.Swept](t, w.sweep().SweepStore)
	if left := w.text("SELECT string_agg(key, ', ' ORDER BY key) FROM idempotency_keys"); left != "old but being worked on, young" {
		t.Errorf("left: %s", left)
	}
}
