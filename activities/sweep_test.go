package activities_test

import (
	"bytes"
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
	got := must[activities.SweepResult](t, w.sweep().SweepReviews)
	slices.Sort(w.starter.reviews)
	want := []string{lost.ID, begun.ID}
	slices.Sort(want)
	if diff := cmp.Diff(want, w.starter.reviews); diff != "" || got != (activities.SweepResult{Found: 2, Started: 2}) {
		t.Errorf("%+v; started (-want +got), with %s too young:\n%s", got, fresh.ID, diff)
	}
	if starts := w.certificate(lost.ID).Starts; starts != 1 {
		t.Errorf("%d starts are noted, want one", starts)
	}
	if got := must[activities.SweepResult](t, w.sweep().SweepReviews); got.Found != 0 {
		t.Errorf("a minute later: %+v, want what was started to be left alone", got)
	}
}

func TestAReviewThatRunsIsNotCountedAsStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.aged()
	w.starter.running = true
	if got := must[activities.SweepResult](t, w.sweep().SweepReviews); got != (activities.SweepResult{Found: 1}) {
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
		if got := must[activities.SweepResult](t, w.sweep().SweepReviews); got.Started != 1 {
			t.Fatalf("%+v, want it started", got)
		}
		w.exec("UPDATE certificates SET last_start_at = now() - interval '1 hour'")
	}
	if got := must[activities.SweepResult](t, w.sweep().SweepReviews); got != (activities.SweepResult{Found: 1, Ended: 1}) {
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
	if _, err := perform[activities.SweepResult](t, w.sweep().SweepReviews); err == nil {
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
	if got := must[activities.SweepResult](t, w.sweep().SweepOverdue); got != (activities.SweepResult{Found: 1, Ended: 1}) {
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
	if got := must[activities.SweepResult](t, w.sweep().SweepJobs); got != (activities.SweepResult{Found: 1, Started: 1}) {
		t.Errorf("%+v, want one started", got)
	}
	if diff := cmp.Diff([]string{open.ID}, w.starter.jobs); diff != "" {
		t.Errorf("jobs (-want +got):\n%s", diff)
	}
	must[activities.SweepResult](t, w.sweep().SweepReviews)
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
	if got := must[activities.SweepResult](t, w.sweep().SweepDeliveries); got != (activities.SweepResult{Found: 1, Started: 1}) {
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
	got := must[activities.SweepResult](t, w.sweep().SweepStore)
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

func TestASweepLooksAtTheLastDaysAndAtEachOlderOneInItsHour(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 4, 17, 0, 0, time.UTC)
	recent := []string{"2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"}
	if diff := cmp.Diff(recent, activities.SweptDays(recent, at)); diff != "" {
		t.Errorf("of recent days alone (-want +got):\n%s", diff)
	}
	if got := activities.SweptDays(nil, at); len(got) != 0 {
		t.Errorf("an empty bucket has the days %v", got)
	}
	// Ten years of uploads, to which every day adds one while thirty days of sweeps go by.
	var old []string
	for day := time.Date(2016, 11, 20, 0, 0, 0, 0, time.UTC); day.Before(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
		old = append(old, day.Format(time.DateOnly))
	}
	seen, most := map[string]int{}, 0
	for hour := range 30 * 24 {
		now := at.Add(time.Duration(hour) * time.Hour)
		var days []string
		for day := at.AddDate(0, 0, -3); !day.Truncate(24 * time.Hour).After(now); day = day.AddDate(0, 0, 1) {
			days = append(days, day.Format(time.DateOnly))
		}
		got := activities.SweptDays(append(slices.Clone(old), days...), now)
		if diff := cmp.Diff(days[len(days)-4:], got[len(got)-4:]); diff != "" {
			t.Fatalf("after %d hours (-want +got):\n%s", hour, diff)
		}
		most = max(most, len(got))
		for _, day := range got {
			seen[day]++
		}
	}
	for _, day := range old {
		if seen[day] != 1 {
			t.Errorf("%s was looked at %d times in thirty days, want once", day, seen[day])
		}
	}
	if most > 4+6 {
		t.Errorf("a sweep looked at %d days", most)
	}
}

func TestOrphansOfAnOldDayAreRemovedInTheirTurnAndOtherDaysNotListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Now().UTC()
	// turn is an old day that is looked at so many hours from now.
	turn := func(hours int) string {
		at := now.Add(time.Duration(hours) * time.Hour)
		for back := 30; ; back++ {
			day := now.AddDate(0, 0, -back)
			if len(activities.SweptDays([]string{day.Format(time.DateOnly)}, at)) == 1 {
				return blob.NewKey(day, w.account, id.New(id.Certificate))
			}
		}
	}
	keys := []string{turn(0), turn(1), turn(100)} // the hour may turn while the test runs
	for _, key := range keys {
		w.put(key, 30*24*time.Hour)
	}
	if got := must[activities.SweepResult](t, w.sweep().SweepStore); got.Found != 1 || got.Removed != 1 {
		t.Errorf("%+v, want the one orphan of one of three days found and removed", got)
	}
	if left := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !w.has(key) }); len(left) != 2 || !w.has(keys[2]) {
		t.Errorf("%v are left of %v, want the last and one of the others", left, keys)
	}
}

func TestTheStoreIsKeptReadyForTheComingMonths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Now().UTC()
	month := now.AddDate(0, 0, 1-now.Day()).AddDate(0, 3, 0).Format("200601")
	for _, table := range []string{"attempts", "deliveries", "events"} {
		w.exec("DROP TABLE " + table + "_" + month + " CASCADE")
	}
	must[activities.SweepResult](t, w.sweep().SweepStore)
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
	must[activities.SweepResult](t, w.sweep().SweepStore)
	if left := w.text("SELECT string_agg(key, ', ' ORDER BY key) FROM idempotency_keys"); left != "old but being worked on, young" {
		t.Errorf("left: %s", left)
	}
}

// TestNoSweepAsksItsOwnMachineForTheTime reads the source: a test cannot give its process another clock than its database has.
func TestNoSweepAsksItsOwnMachineForTheTime(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sweep.go", "retention.go"} {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(source, []byte("time.Now()")) {
			t.Errorf("%s goes by the worker's clock; ask the database's", name)
		}
	}
}
