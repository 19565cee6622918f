package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/blob"
	"certflow/internal/id"
	"certflow/schema"
)

// planned makes a bulk upload that waits to be provisioned, with a file for each contractor.
func (w *world) planned(kind schema.PlanKind, contractors ...schema.PlannedContractor) *schema.Job {
	w.t.Helper()
	tracker := &schema.Tracker{Row: schema.Row{ID: id.New(id.Tracker), AccountID: w.account}, Name: "Site"}
	requirement := w.requirement(standard)
	status := schema.JobProvisioning
	job := &schema.Job{
		Row: schema.Row{ID: id.New(id.Job), AccountID: w.account}, Name: "Upload", TrackerID: &tracker.ID, Status: &status,
		Stored: map[string]any{}, CustomMetadata: map[string]string{}, Plan: &schema.Plan{Kind: kind},
	}
	for i, c := range contractors {
		certificate := id.New(id.Certificate)
		job.Plan.Files = append(job.Plan.Files, schema.PlannedFile{
			CertificateID: certificate, BlobKey: blob.NewKey(time.Now(), w.account, certificate), Filename: fmt.Sprintf("cert%d.pdf", i+1),
			SHA256: make([]byte, 32), Size: 5, RequirementID: requirement.ID, Contractor: c,
		})
	}
	w.do(func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertTracker(ctx, tx, tracker); err != nil {
			return err
		}
		return schema.InsertJob(ctx, tx, job)
	})
	return job
}

func (w *world) provision(job *schema.Job) {
	w.t.Helper()
	out, err := w.bulk().ProvisionJob(w.t.Context(), activities.JobRef{Account: w.account, ID: job.ID})
	if err != nil || out.Over || out.Total != len(job.Plan.Files) {
		w.t.Fatalf("%+v, %v", out, err)
	}
}

func (w *world) job(job string) *schema.Job {
	w.t.Helper()
	var j *schema.Job
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		j, err = schema.GetJob(ctx, tx, job)
		return err
	})
	return j
}

// answer is the stored answer to an upload, with ids replaced by their prefixes.
func (w *world) answer(job *schema.Job) map[string]any {
	w.t.Helper()
	var body map[string]any
	if err := json.Unmarshal(w.job(job.ID).Answer, &body); err != nil {
		w.t.Fatal(err)
	}
	return anonymous(body).(map[string]any)
}

func anonymous(value any) any {
	switch v := value.(type) {
	case string:
		for _, prefix := range []id.Prefix{id.Assignment, id.Contractor, id.Certificate, id.Job} {
			if id.Valid(prefix, v) {
				return string(prefix)
			}
		}
	case []any:
		for i := range v {
			v[i] = anonymous(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = anonymous(v[key])
		}
	}
	return value
}

func (w *world) madeOf(job *schema.Job) (contractors, assignments, certificates int) {
	w.t.Helper()
	return w.count("SELECT count(*) FROM contractors"), w.count("SELECT count(*) FROM assignments WHERE job_id = $1", job.ID),
		w.count("SELECT count(*) FROM certificates WHERE job_id = $1", job.ID)
}

func TestAnUploadIsProvisionedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.planned(schema.PlanPlaceholder,
		schema.PlannedContractor{Email: "ann@example.com", FirstName: "Ann", LastName: "Lee"},
		schema.PlannedContractor{Email: "x1@placeholder.invalid", Generated: true})
	var several sync.WaitGroup
	for range 3 {
		several.Go(func() {
			out, err := w.bulk().ProvisionJob(t.Context(), activities.JobRef{Account: w.account, ID: job.ID})
			if err != nil || out.Over || out.Total != 2 {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
	several.Wait()
	if contractors, assignments, certificates := w.madeOf(job); contractors != 2 || assignments != 2 || certificates != 2 {
		t.Errorf("%d contractors, %d assignments, %d certificates; want 2 each", contractors, assignments, certificates)
	}
	if status := *w.job(job.ID).Status; status != schema.JobRunning {
		t.Errorf("the job is %s, want running", status)
	}
	want := map[string]any{
		"certificates": []any{
			map[string]any{"assignment": "an", "contractor": "cn", "email": "ann@example.com", "email_was_generated": false, "filename": "cert1.pdf", "id": "ci"},
			map[string]any{"assignment": "an", "contractor": "cn", "email": "x1@placeholder.invalid", "email_was_generated": true, "filename": "cert2.pdf", "id": "ci"},
		},
		"job":     "jb",
		"message": "2 certificates uploaded for 2 contractors; 1 placeholder e-mail address was generated.",
	}
	if diff := cmp.Diff(want, w.answer(job)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	var body struct{ Certificates []struct{ ID string } }
	if err := json.Unmarshal(w.job(job.ID).Answer, &body); err != nil {
		t.Fatal(err)
	}
	for i, f := range job.Plan.Files {
		if body.Certificates[i].ID != f.CertificateID {
			t.Errorf("file %d is answered as %s, want %s", i, body.Certificates[i].ID, f.CertificateID)
		}
		row := w.certificate(f.CertificateID)
		if row.Status != schema.Pending || !row.InJob || *row.Position != i || row.BlobKey != f.BlobKey || row.Filename != f.Filename ||
			row.RequirementID != f.RequirementID || *row.TrackerID != *job.TrackerID || row.AssignmentID == nil {
			t.Errorf("certificate %+v", row)
		}
	}
}

func TestAnUploadForOneContractorIsAnsweredWithThatContractor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := schema.PlannedContractor{Email: "office@example.com", CompanyName: "Larkspur Masonry LLC"}
	job := w.planned(schema.PlanContractor, one, one)
	w.provision(job)
	want := map[string]any{
		"assignment": "an", "contractor": "cn", "job": "jb",
		"certificates": []any{map[string]any{"filename": "cert1.pdf", "id": "ci"}, map[string]any{"filename": "cert2.pdf", "id": "ci"}},
	}
	if diff := cmp.Diff(want, w.answer(job)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if contractors, assignments, certificates := w.madeOf(job); contractors != 1 || assignments != 1 || certificates != 2 {
		t.Errorf("%d contractors, %d assignments, %d certificates; want 1, 1 and 2", contractors, assignments, certificates)
	}
}

func TestABulkUploadIsAnsweredWithTheFirstAssignmentAndEachOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.planned(schema.PlanBulk,
		schema.PlannedContractor{Email: "ann@example.com", FirstName: "Ann"}, schema.PlannedContractor{Email: "bob@example.com", FirstName: "Bob"})
	w.provision(job)
	one := func(file string) any {
		return map[string]any{"assignment": "an", "contractor": "cn", "filename": file, "id": "ci"}
	}
	want := map[string]any{"assignment": "an", "job": "jb", "certificates": []any{one("cert1.pdf"), one("cert2.pdf")}}
	if diff := cmp.Diff(want, w.answer(job)); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	var body struct {
		Assignment   string
		Certificates []struct{ Assignment string }
	}
	if err := json.Unmarshal(w.job(job.ID).Answer, &body); err != nil {
		t.Fatal(err)
	}
	if body.Assignment != body.Certificates[0].Assignment || body.Assignment == body.Certificates[1].Assignment {
		t.Errorf("assignments %+v: want the first certificate's, and another one's for the second", body)
	}
}

func TestOneAddressIsOneContractorWithOneAssignment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	known := w.contractor("Known@Example.com")
	job := w.planned(schema.PlanPlaceholder,
		schema.PlannedContractor{Email: "KNOWN@example.COM", FirstName: "Somebody", LastName: "Else", CompanyName: "Other Inc"},
		schema.PlannedContractor{Email: "twice@example.com", FirstName: "Bob"},
		schema.PlannedContractor{Email: "Twice@Example.com", FirstName: "Robert"})
	w.provision(job)
	if contractors, assignments, certificates := w.madeOf(job); contractors != 2 || assignments != 2 || certificates != 3 {
		t.Errorf("%d contractors, %d assignments, %d certificates; want 2, 2 and 3", contractors, assignments, certificates)
	}
	first, second, third := w.certificate(job.Plan.Files[0].CertificateID), w.certificate(job.Plan.Files[1].CertificateID), w.certificate(job.Plan.Files[2].CertificateID)
	if first.ContractorID != known.ID || second.ContractorID != third.ContractorID || *second.AssignmentID != *third.AssignmentID {
		t.Errorf("contractors %s, %s, %s", first.ContractorID, second.ContractorID, third.ContractorID)
	}
	w.do(func(ctx context.Context, tx bun.Tx) error {
		after, err := schema.GetContractor(ctx, tx, known.ID)
		if err == nil && (after.FirstName != "Ann" || after.LastName != "Lee" || after.CompanyName != nil || after.Email != "Known@Example.com") {
			t.Errorf("an upload overwrote a contractor: %+v", after)
		}
		return err
	})
}

func TestAContractorThatIsNotNamedIsAPlaceholder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.planned(schema.PlanPlaceholder,
		schema.PlannedContractor{Email: "x1@placeholder.invalid", Generated: true},
		schema.PlannedContractor{Email: "ann@example.com", FirstName: "Ann"},
		schema.PlannedContractor{Email: "firm@example.com", CompanyName: "Larkspur Masonry LLC"})
	w.provision(job)
	type named struct {
		First, Last string
		Placeholder bool
	}
	var got []named
	w.do(func(ctx context.Context, tx bun.Tx) error {
		for _, f := range job.Plan.Files {
			c, err := schema.GetContractor(ctx, tx, w.certificate(f.CertificateID).ContractorID)
			if err != nil {
				return err
			}
			got = append(got, named{c.FirstName, c.LastName, c.Placeholder})
		}
		return nil
	})
	want := []named{{"Placeholder", "1", true}, {"Ann", "2", false}, {"Placeholder", "3", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contractors (-want +got):\n%s", diff)
	}
}

func TestAProvisioningThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.planned(schema.PlanPlaceholder, schema.PlannedContractor{Email: "ann@example.com"}, schema.PlannedContractor{Email: "bob@example.com"})
	taken := w.upload(standard) // has the key of the second file
	w.exec("UPDATE certificates SET blob_key = $1 WHERE id = $2", job.Plan.Files[1].BlobKey, taken.ID)
	before := w.count("SELECT count(*) FROM contractors")
	_, err := w.bulk().ProvisionJob(t.Context(), activities.JobRef{Account: w.account, ID: job.ID})
	if !errors.Is(err, schema.ErrDuplicate) {
		t.Fatalf("got %v, want the duplicate", err)
	}
	if contractors, assignments, certificates := w.madeOf(job); contractors != before || assignments != 0 || certificates != 0 {
		t.Errorf("%d contractors more, %d assignments, %d certificates; want none", contractors-before, assignments, certificates)
	}
	if status := *w.job(job.ID).Status; status != schema.JobProvisioning {
		t.Errorf("the job is %s", status)
	}
	w.exec("UPDATE certificates SET blob_key = 'elsewhere' WHERE id = $1", taken.ID)
	w.provision(job) // a later try makes all
}

func TestManyFilesAreProvisionedInBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	contractors := make([]schema.PlannedContractor, 450)
	for i := range contractors {
		contractors[i] = schema.PlannedContractor{Email: fmt.Sprintf("c%d@placeholder.invalid", i), Generated: true}
	}
	job := w.planned(schema.PlanPlaceholder, contractors...)
	w.provision(job)
	if contractors, assignments, certificates := w.madeOf(job); contractors != 450 || assignments != 450 || certificates != 450 {
		t.Errorf("%d contractors, %d assignments, %d certificates; want 450 each", contractors, assignments, certificates)
	}
	if message := w.answer(job)["message"].(string); !strings.HasPrefix(message, "450 certificates") {
		t.Error(message)
	}
}

func TestThereIsNothingToProvisionOfAJobThatHasEndedOrIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ended := w.planned(schema.PlanPlaceholder, schema.PlannedContractor{Email: "ann@example.com"})
	w.exec("UPDATE jobs SET status = 'failed' WHERE id = $1", ended.ID)
	for _, job := range []string{ended.ID, "jb_nobody"} {
		out, err := w.bulk().ProvisionJob(t.Context(), activities.JobRef{Account: w.account, ID: job})
		if err != nil || !out.Over {
			t.Errorf("%s: %+v, %v; want it over", job, out, err)
		}
	}
}
