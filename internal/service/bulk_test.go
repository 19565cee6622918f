package service_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the owner's connection
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"certflow/api/client"
	"certflow/internal/service"
)

const placeholderBulk = "/api/v1/files/external_certificates/tracker/placeholder/bulk"

// wholeJob makes the job whose workers are killed as large as promised, which takes minutes: go test ./internal/service -run Killed -whole-job
var wholeJob = flag.Bool("whole-job", false, "kill the workers of a job of 200 files five times, not of 24 files twice")

// file is a part of a bulk upload.
type file struct {
	name string
	pdf  []byte
}

// bulkAnswer is what a bulk upload was answered.
type bulkAnswer struct {
	status int
	header http.Header
	body   []byte

	Job          string
	Certificates []struct{ Assignment, Contractor, Filename, ID string }
	Message      json.RawMessage
}

// tracker makes a tracker with an open session.
func (s *stack) tracker(t *testing.T) string {
	t.Helper()
	made, err := s.api.CreateTrackerWithResponse(t.Context(), nil, client.TrackerCreate{Name: "Crews"})
	if err != nil || made.JSON201 == nil {
		t.Fatalf("create a tracker: %v %s", err, made.Body)
	}
	return made.JSON201.ID
}

// bulk uploads files for contractors whom nobody knows yet.
func (s *stack) bulk(t *testing.T, tracker, key string, files []file) bulkAnswer {
	t.Helper()
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	for _, f := range files {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/pdf"},
			"Content-Disposition": {fmt.Sprintf(`form-data; name="certificates[]"; filename=%q`, f.name)}})
		if err == nil {
			_, err = w.Write(f.pdf)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(parts.WriteField("tracker_id", tracker), parts.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+placeholderBulk, &form)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(service.DevKey, "")
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Idempotency-Key", key)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	a := bulkAnswer{status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(a.body, &a); err != nil {
		t.Fatalf("the answer is no JSON: %s", a.body)
	}
	return a
}

// owner is a connection that sees all accounts.
func (s *stack) owner(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", s.config.OwnerDatabaseURL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func count(t *testing.T, db *sql.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// jobEnds waits until a job has ended and returns it.
func (s *stack) jobEnds(t *testing.T, job string, within time.Duration) *client.Job {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		got, err := s.api.GetJobWithResponse(t.Context(), job, nil)
		if err != nil || got.JSON200 == nil {
			t.Fatalf("fetch %s: %v %s", job, err, got.Body)
		}
		if status := *got.JSON200.Status; status != "provisioning" && status != "running" {
			return got.JSON200
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is still %s after %v with %+v", job, *got.JSON200.Status, within, got.JSON200.Counts)
		}
		time.Sleep(100 * time.Millisecond) // there is no signal from another process
	}
}

// copies are files of the same certificate.
func copies(t *testing.T, n int) []file {
	t.Helper()
	pdf := samples(t)["approved.pdf"].PDF
	files := make([]file, n)
	for i := range files {
		files[i] = file{fmt.Sprintf("c%d.pdf", i), pdf}
	}
	return files
}

// traces counts what an upload leaves: rows, files of the store, and workflows.
func (s *stack) traces(t *testing.T) map[string]int {
	t.Helper()
	db, found := s.owner(t), map[string]int{}
	for _, table := range []string{"jobs", "contractors", "assignments", "certificates", "parses", "audits", "events", "deliveries", "history", "idempotency_keys"} {
		found[table] = count(t, db, "SELECT count(*) FROM "+table)
	}
	folder, ok := strings.CutPrefix(s.config.BlobURL, "file://")
	if !ok {
		t.Fatalf("the store is at %s, not in a folder", s.config.BlobURL)
	}
	folder, _, _ = strings.Cut(folder, "?")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found["files"]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	workflows, err := s.Service.Temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
		Query: "WorkflowType IN ('BulkReview', 'ReviewCertificate')"})
	if err != nil {
		t.Fatal(err)
	}
	found["workflows"] = int(workflows.GetCount())
	return found
}

func TestOneBadFileAmongTenLeavesNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	tracker := s.tracker(t)
	files := copies(t, 10)
	files[6] = file{"scan of June.pdf", []byte("GIF89a, whatever it is called")}
	before := s.traces(t)
	a := s.bulk(t, tracker, "k", files)
	var why map[string]string
	if err := json.Unmarshal(a.Message, &why); err != nil || a.status != http.StatusBadRequest || len(why) != 1 ||
		!strings.Contains(why["scan of June.pdf"], "not a PDF") {
		t.Errorf("answered %d %s, want a 400 that names the file and what ails it", a.status, a.body)
	}
	if diff := cmp.Diff(before, s.traces(t)); diff != "" {
		t.Errorf("what the refused upload left (-before +after):\n%s", diff)
	}
}

func TestAnUploadWithoutWorkersIsAcceptedAndAnsweredInTheEnd(t *testing.T) {
	t.Parallel()
	s := start(t)
	tracker, files := s.tracker(t), copies(t, 3)
	began := time.Now()
	accepted := s.bulk(t, tracker, "k", files)
	if accepted.status != http.StatusAccepted || accepted.Job == "" || accepted.header.Get("Location") != "/api/v1/jobs/"+accepted.Job ||
		accepted.header.Get("Retry-After") == "" {
		t.Fatalf("without a worker it answered %d %s with %v", accepted.status, accepted.body, accepted.header)
	}
	if took := time.Since(began); took < 9*time.Second {
		t.Errorf("the 202 came after %v, want about ten seconds of waiting", took)
	}
	if again := s.bulk(t, tracker, "k", files); again.status != http.StatusAccepted || again.Job != accepted.Job {
		t.Errorf("repeated without a worker it answered %d %s", again.status, again.body)
	}
	s.worker(t)
	if job := s.jobEnds(t, accepted.Job, patience); *job.Status != "completed" {
		t.Errorf("the job ended as %s", *job.Status)
	}
	made := s.bulk(t, tracker, "k", files)
	if made.status != http.StatusCreated || made.Job != accepted.Job || len(made.Certificates) != len(files) {
		t.Fatalf("repeated after the job it answered %d %s", made.status, made.body)
	}
	db := s.owner(t)
	for i, c := range made.Certificates {
		if c.Filename != files[i].name || count(t, db, "SELECT count(*) FROM certificates WHERE id = $1 AND job_id = $2 AND position = $3", c.ID, made.Job, i) != 1 {
			t.Errorf("file %d is answered as %+v, which is not its certificate", i, c)
		}
	}
	// Temporal forgets workflows after a while; the answer is in the database.
	s.forget(t, made.Job)
	again := s.bulk(t, tracker, "k", files)
	if again.status != http.StatusCreated || !bytes.Equal(made.body, again.body) {
		t.Errorf("after Temporal's retention it answered %d %s, want %s", again.status, again.body, made.body)
	}
	if n := count(t, db, "SELECT count(*) FROM jobs"); n != 1 {
		t.Errorf("%d jobs were made", n)
	}
	if n := count(t, db, "SELECT count(*) FROM audits"); n != len(files) {
		t.Errorf("%d audits were made, want %d", n, len(files))
	}
}

// forget deletes a workflow as Temporal's retention does.
func (s *stack) forget(t *testing.T, id string) {
	t.Helper()
	_, err := s.Service.Temporal.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: s.config.TemporalNamespace, WorkflowExecution: &common.WorkflowExecution{WorkflowId: id}})
	if err != nil {
		t.Fatal(err)
	}
	until(t, func() string { return fmt.Sprintf("%s is gone (%v)", id, err) }, func() bool { // Temporal deletes when it gets to it
		_, err = s.Service.Temporal.DescribeWorkflowExecution(t.Context(), id, "")
		var gone *serviceerror.NotFound
		return errors.As(err, &gone)
	})
}

func TestAJobWhoseWorkersAreKilledAgainAndAgainJudgesEachCertificateOnce(t *testing.T) {
	t.Parallel()
	n, kills := 24, 2
	if *wholeJob {
		n, kills = 200, 5
	}
	s := start(t)
	db := s.owner(t)
	worker := s.worker(t)
	began := time.Now()
	made := s.bulk(t, s.tracker(t), "k", copies(t, n))
	if made.status != http.StatusCreated && made.status != http.StatusAccepted {
		t.Fatalf("answered %d %s", made.status, made.body)
	}
	for kill := range kills {
		done, due := 0, n*(kill+1)/(kills+2) // spread over the job
		until(t, func() string { return fmt.Sprintf("%d certificates are done, which are %d", due, done) }, func() bool {
			done = count(t, db, "SELECT count(*) FROM certificates WHERE finished_at IS NOT NULL")
			return done >= due
		})
		if err := worker.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		worker = s.worker(t)
	}
	job := s.jobEnds(t, made.Job, 8*time.Minute)
	t.Logf("%d files, %d workers killed: %s after %.0f s", n, kills, *job.Status, time.Since(began).Seconds())
	if *job.Status != "completed" {
		t.Errorf("the job ended as %s", *job.Status)
	}
	got := map[string]int{
		"audits":                    count(t, db, "SELECT count(*) FROM audits"),
		"audited certificates":      count(t, db, "SELECT count(DISTINCT certificate_id) FROM audits"),
		"certificates":              count(t, db, "SELECT count(*) FROM certificates WHERE job_id = $1", made.Job),
		"certificates with verdict": count(t, db, "SELECT count(*) FROM certificates WHERE status IN ('approved', 'flagged')"),
		"assignments":               count(t, db, "SELECT count(*) FROM assignments WHERE job_id = $1", made.Job),
		"assigned contractors":      count(t, db, "SELECT count(DISTINCT contractor_id) FROM assignments WHERE job_id = $1", made.Job),
		"verdicts told":             count(t, db, "SELECT count(*) FROM events WHERE type IN ('certificate.approved', 'certificate.flagged', 'certificate.error')"),
		"ends of jobs told":         count(t, db, "SELECT count(*) FROM events WHERE type = 'job.completed'"),
	}
	want := map[string]int{"ends of jobs told": 1}
	for what := range got {
		if _, other := want[what]; !other {
			want[what] = n
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the job made (-want +got):\n%s", diff)
	}
}
