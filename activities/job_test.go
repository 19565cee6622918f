package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/schema"
)

// running makes a provisioned job of so many files.
func (w *world) running(files int) (*schema.Job, activities.JobRef) {
	w.t.Helper()
	contractors := make([]schema.PlannedContractor, files)
	for i := range contractors {
		contractors[i].Email = fmt.Sprintf("c%d@example.com", i)
	}
	job := w.planned(schema.PlanPlaceholder, contractors...)
	w.provision(job)
	return job, activities.JobRef{Account: w.account, ID: job.ID}
}

// set gives a certificate of a job a status, past its review.
func (w *world) set(job *schema.Job, position int, status schema.Status) {
	w.t.Helper()
	finished := "now()"
	if status.Open() {
		finished = "NULL"
	}
	w.exec("UPDATE certificates SET status = $2, begun_at = now(), finished_at = "+finished+" WHERE id = $1", job.Plan.Files[position].CertificateID, status)
}

func (w *world) requestCancel(job *schema.Job) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.RequestJobCancel(ctx, tx, job.ID)
		return err
	})
}

func TestAJobsCertificatesAreListedInTheOrderOfItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job, in := w.running(5)
	w.set(job, 1, schema.Flagged)
	w.delete(job.Plan.Files[2].CertificateID)
	w.exec("UPDATE jobs SET updated_at = now() - interval '1 hour' WHERE id = $1", job.ID)
	page, err := w.bulk().ListJob(t.Context(), activities.ListJobInput{JobRef: in, From: 1, Most: 3})
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ID     string
		Ended  bool
		Status schema.Status
	}
	var got []listed
	for _, r := range page.Reviews {
		got = append(got, listed{r.Certificate, r.Ended, r.Status})
		if r.Contractor == "" || r.Tracker != *job.TrackerID || r.Evaluation != 1 {
			t.Errorf("review %+v", r)
		}
	}
	want := []listed{
		{job.Plan.Files[1].CertificateID, true, schema.Flagged},
		{job.Plan.Files[2].CertificateID, true, schema.Errored}, // deleted: counted as a review that was deleted under way
		{job.Plan.Files[3].CertificateID, false, schema.Pending},
	}
	if diff := cmp.Diff(want, got); diff != "" || page.Cancelled {
		t.Errorf("cancelled %v; listed (-want +got):\n%s", page.Cancelled, diff)
	}
	if time.Since(w.job(job.ID).UpdatedAt) > time.Minute {
		t.Error("the sweep would take the job for one that does not run")
	}
	w.requestCancel(job)
	if page, err := w.bulk().ListJob(t.Context(), activities.ListJobInput{JobRef: in, From: 9, Most: 3}); err != nil || len(page.Reviews) != 0 || !page.Cancelled {
		t.Errorf("past the end of a cancelled job: %+v, %v", page, err)
	}
}

func TestWatchingAJobEndsWhenEnoughHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job, in := w.running(3)
	w.set(job, 0, schema.Approved)
	started := time.Now()
	seen, err := w.bulk().WatchJob(t.Context(), activities.WatchJobInput{JobRef: in, AtLeast: 1, Most: time.Minute})
	if err != nil || seen.Ended != 1 || seen.Cancelled || time.Since(started) > 30*time.Second {
		t.Errorf("%+v, %v after %v", seen, err, time.Since(started))
	}
	if seen, err = w.bulk().WatchJob(t.Context(), activities.WatchJobInput{JobRef: in, AtLeast: 2, Most: time.Millisecond}); err != nil || seen.Ended != 1 {
		t.Errorf("when the time is over: %+v, %v", seen, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	watched := make(chan error, 1)
	go func() {
		_, err := w.bulk().WatchJob(stopped, activities.WatchJobInput{JobRef: in, AtLeast: 2, Most: time.Minute})
		watched <- err
	}()
	stop()
	select {
	case <-watched:
	case <-time.After(30 * time.Second):
		t.Error("whoever stops watching waits for the minute to be over")
	}
	w.requestCancel(job)
	if seen, err = w.bulk().WatchJob(t.Context(), activities.WatchJobInput{JobRef: in, AtLeast: 2, Most: time.Minute}); err != nil || !seen.Cancelled {
		t.Errorf("when it is cancelled: %+v, %v", seen, err)
	}
}

func TestARowIsWatchedUntilItsReviewHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job, _ := w.running(3)
	w.set(job, 1, schema.Denied)
	w.delete(job.Plan.Files[2].CertificateID)
	for i, want := range []activities.WatchRowResult{
		{Status: schema.Pending}, {Over: true, Status: schema.Denied}, {Over: true, Status: schema.Errored},
	} {
		got, err := w.bulk().WatchRow(t.Context(), activities.CertificateRef{Account: w.account, ID: job.Plan.Files[i].CertificateID, Evaluation: 1})
		if err != nil || got != want {
			t.Errorf("%d: %+v, %v; want %+v", i, got, err, want)
		}
	}
}

func TestCancellingAJobEndsWhatHasNotBegun(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "certificate.error")
	job, in := w.running(5)
	w.set(job, 0, schema.Approved)
	w.set(job, 1, schema.Processing)
	w.delete(job.Plan.Files[2].CertificateID)
	for try, want := range []activities.Cancelled{2, 0} {
		cancelled, err := w.bulk().CancelRest(t.Context(), in)
		if err != nil || cancelled != want {
			t.Errorf("try %d: %d cancelled, %v; want %d", try, cancelled, err, want)
		}
	}
	for i, want := range map[int]schema.Status{0: schema.Approved, 1: schema.Processing, 3: schema.Errored, 4: schema.Errored} {
		c := w.certificate(job.Plan.Files[i].CertificateID)
		if c.Status != want {
			t.Errorf("certificate %d is %s, want %s", i, c.Status, want)
		}
		if want == schema.Errored && *w.verdict(c).Audit.ErrorCode != "cancelled" {
			t.Errorf("certificate %d ended as %s", i, *w.verdict(c).Audit.ErrorCode)
		}
	}
	if len(w.starter.deliveries) != 2 {
		t.Errorf("deliveries started: %v, want one for each", w.starter.deliveries)
	}
}

func TestCancellingGoesOnWithoutTemporal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "certificate.error")
	_, in := w.running(2)
	w.starter.err = errTemporal
	if cancelled, err := w.bulk().CancelRest(t.Context(), in); err != nil || cancelled != 2 {
		t.Errorf("%d cancelled, %v; want 2, whose deliveries wait for the sweep", cancelled, err)
	}
}

func TestAJobEndsOnceWithItsCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	endpoint, _ := w.endpoint("https://example.com", "job.completed")
	job, in := w.running(4)
	for i, status := range []schema.Status{schema.Approved, schema.Approved, schema.Flagged, schema.Errored} {
		w.set(job, i, status)
	}
	first, err := w.bulk().EndJob(t.Context(), activities.EndJobInput{JobRef: in, Status: schema.JobCompleted})
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.bulk().EndJob(t.Context(), activities.EndJobInput{JobRef: in, Status: schema.JobFailed, Fault: "too late"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || len(first) != 1 || first[0].Endpoint != endpoint.ID {
		t.Errorf("first %+v; a retry answers something else (-first +again):\n%s", first, diff)
	}
	if ended := w.job(job.ID); *ended.Status != schema.JobCompleted || ended.Fault != nil {
		t.Errorf("job %+v", ended)
	}
	if diff := cmp.Diff([]string{"job.completed"}, w.events(job.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(w.text("SELECT data::text FROM events WHERE object_id = $1", job.ID)), &object); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"id": job.ID, "tracker": *job.TrackerID, "status": "completed",
		"counts": map[string]any{"pending": 0.0, "processing": 0.0, "approved": 2.0, "flagged": 1.0, "denied": 0.0, "error": 1.0}}
	if diff := cmp.Diff(want, object); diff != "" {
		t.Errorf("the event's object (-want +got):\n%s", diff)
	}
}

func TestAJobThatFailedSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.planned(schema.PlanPlaceholder, schema.PlannedContractor{Email: "ann@example.com"})
	in := activities.EndJobInput{JobRef: activities.JobRef{Account: w.account, ID: job.ID}, Status: schema.JobFailed, Fault: "It could not be provisioned."}
	if _, err := w.bulk().EndJob(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if ended := w.job(job.ID); *ended.Status != schema.JobFailed || *ended.Fault != in.Fault {
		t.Errorf("job %+v", ended)
	}
	in.ID = "jb_nobody"
	if deliveries, err := w.bulk().EndJob(t.Context(), in); err != nil || len(deliveries) != 0 {
		t.Errorf("a job that is gone: %+v, %v", deliveries, err)
	}
}
