package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

const (
	// provisionWait is how long a bulk upload is awaited before it is answered with 202 (CONTRACT §6).
	provisionWait = 10 * time.Second
	// retryJobAfter is how many seconds a client should wait before it repeats a bulk upload that was accepted.
	retryJobAfter = 5
)

// bulkAnswer is the response to any of the three bulk uploads.
type bulkAnswer struct {
	status int
	header http.Header
	body   []byte
}

func (a bulkAnswer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	// A client that has gone does not read it.
	_, _ = w.Write(a.body)
}

// VisitUploadTrackerCertificatesResponse writes the answer.
func (a bulkAnswer) VisitUploadTrackerCertificatesResponse(w http.ResponseWriter) error {
	a.write(w)
	return nil
}

// VisitUploadTrackerCertificatesBulkResponse writes the answer.
func (a bulkAnswer) VisitUploadTrackerCertificatesBulkResponse(w http.ResponseWriter) error {
	a.write(w)
	return nil
}

// VisitUploadTrackerPlaceholderBulkResponse writes the answer.
func (a bulkAnswer) VisitUploadTrackerPlaceholderBulkResponse(w http.ResponseWriter) error {
	a.write(w)
	return nil
}

// bulkAccepted is the 202 of a bulk upload that is still being provisioned. It is never stored.
func bulkAccepted(job string) bulkAnswer {
	body, err := json.Marshal(BulkAccepted{Job: job,
		Message: "The certificates are safe and are being set up. Repeat the request with its idempotency key for their ids, or watch the job."})
	if err != nil {
		panic(fmt.Sprintf("two texts do not marshal: %v", err))
	}
	return bulkAnswer{http.StatusAccepted, http.Header{"Content-Type": {"application/json"}, "Location": {basePath + "/jobs/" + job},
		"Retry-After": {strconv.Itoa(retryJobAfter)}}, body}
}

// bulkMade is the 201 of a bulk upload.
func bulkMade(body []byte) bulkAnswer {
	return bulkAnswer{http.StatusCreated, http.Header{"Content-Type": {"application/json"}}, body}
}

// replayedBulk is the stored answer to a bulk upload.
func replayedBulk(a *Answer) bulkAnswer {
	header := a.Header.Clone()
	header.Set(replayedHeader, "true")
	return bulkAnswer{a.Status, header, a.Body}
}

// planner turns an upload whose files are in order into the contractors of its files, or a refusal. It looks nothing up but what it must.
type planner func(ctx context.Context, tx bun.IDB, u *upload) ([]planned, error)

// planned is what an upload says about one of its files.
type planned struct {
	contractor  schema.PlannedContractor
	requirement string // the one it names
}

// bulkUpload is what tells the three bulk uploads apart.
type bulkUpload struct {
	kind  schema.PlanKind
	texts []string // beside tracker_id and certificates_metadata
	plan  planner
	kept  []string // texts that are stored with the job
	// contractors says that the metadata must name a contractor for each file.
	contractors bool
}

// UploadTrackerPlaceholderBulk takes certificates whose contractors may be unknown.
func (h *Handlers) UploadTrackerPlaceholderBulk(ctx context.Context, request UploadTrackerPlaceholderBulkRequestObject) (UploadTrackerPlaceholderBulkResponseObject, error) {
	return h.bulk(ctx, request.Body, bulkUpload{kind: schema.PlanPlaceholder, plan: planEntries})
}

// UploadTrackerCertificatesBulk takes certificates with a contractor for each.
func (h *Handlers) UploadTrackerCertificatesBulk(ctx context.Context, request UploadTrackerCertificatesBulkRequestObject) (UploadTrackerCertificatesBulkResponseObject, error) {
	return h.bulk(ctx, request.Body, bulkUpload{kind: schema.PlanBulk, plan: planEntries, contractors: true})
}

// UploadTrackerCertificates takes the certificates of one contractor.
func (h *Handlers) UploadTrackerCertificates(ctx context.Context, request UploadTrackerCertificatesRequestObject) (UploadTrackerCertificatesResponseObject, error) {
	return h.bulk(ctx, request.Body, bulkUpload{kind: schema.PlanContractor, plan: planOne,
		texts: []string{"business_name", "email", "first_name", "last_name", "create_new_contractor", "insurance_requirement_id", "tracker_session_id",
			"purchase_order_contact_name", "purchase_order_contact_email"},
		kept: []string{"purchase_order_contact_name", "purchase_order_contact_email"}})
}

// bulk takes an upload of many certificates: files stream into storage one after another, everything is checked before anything is made, and
// the job with its plan is one transaction. Provisioning it is a workflow's first step, which is awaited for a while.
func (h *Handlers) bulk(ctx context.Context, reader *multipart.Reader, kind bulkUpload) (bulkAnswer, error) {
	held := callOf(ctx).claim
	form := uploadForm{files: []string{"certificates[]", "certificates"}, maxFiles: h.Limits.BulkFiles, maxFile: h.Limits.File, texts: map[string]int64{"tracker_id": 0}}
	if kind.kind != schema.PlanContractor {
		form.texts["certificates_metadata"] = h.Limits.Metadata
	}
	for _, name := range kind.texts {
		form.texts[name] = 0
	}
	u, err := readUpload(ctx, reader, form, h.storageFor(held), h.newFile(accountOf(ctx)))
	var earlier *Answer
	if err == nil {
		earlier, err = held.settle(u.fingerprint())
	}
	if err == nil && earlier == nil {
		err = h.checkBulk(u, kind)
	}
	if err != nil {
		h.discard(ctx, u)
		return bulkAnswer{}, err
	}
	switch {
	case earlier != nil && held.job != "":
		return bulkAccepted(held.job), nil
	case earlier != nil:
		return replayedBulk(earlier), nil
	}
	job, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Job, error) {
		job, err := h.planJob(ctx, tx, u, kind)
		if err != nil {
			return nil, err
		}
		if err := schema.InsertJob(ctx, tx, job); err != nil {
			return nil, err
		}
		return job, held.bind(ctx, tx, job.ID)
	})
	if err != nil {
		h.discardRefused(ctx, u, err)
		return bulkAnswer{}, err
	}
	held.keep()
	return h.awaitProvisioning(ctx, job)
}

// checkBulk is the faults of a bulk upload that can be told without the database: all of them, those of files under their names.
func (h *Handlers) checkBulk(u *upload, kind bulkUpload) error {
	switch {
	case len(u.files) == 0:
		return refuse(http.StatusBadRequest, ErrorCodeMissingCertificates, "Give the PDFs as the files certificates[].")
	case len(u.files) > h.Limits.BulkFiles:
		return invalidField("certificates[]", "An upload takes at most %d files; this one has %d.", h.Limits.BulkFiles, len(u.files))
	}
	names, wrong, code := fileNames(u), u.textFaults(), ErrorCodeInvalidInput
	_, unread := wrong[metadataField]
	for i, f := range u.files {
		if f.fault == nil {
			continue
		}
		wrong.also(names[i], f.fault.Message)
		if code == ErrorCodeInvalidInput {
			code = f.fault.Code
		}
	}
	if kind.kind != schema.PlanContractor && !unread {
		u.describe(names, kind.contractors, wrong)
	}
	if len(wrong) > 0 {
		return &Problem{Status: http.StatusBadRequest, Code: code, Fields: wrong}
	}
	return nil
}

// fileNames tells the files of an upload apart: a name that was there before gets its number, as name#2 (CONTRACT §6).
func fileNames(u *upload) []string {
	seen := map[string]int{}
	names := make([]string, len(u.files))
	for i, f := range u.files {
		seen[f.filename]++
		names[i] = f.filename
		if n := seen[f.filename]; n > 1 {
			names[i] = fmt.Sprintf("%s#%d", f.filename, n)
		}
	}
	return names
}

// planJob makes the job of an upload with the plan of what its workflow is to make.
func (h *Handlers) planJob(ctx context.Context, tx bun.IDB, u *upload, kind bulkUpload) (*schema.Job, error) {
	tracker, session, err := h.openSession(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	about, err := kind.plan(ctx, tx, u)
	if err != nil {
		return nil, err
	}
	job := &schema.Job{Row: schema.Row{ID: id.New(id.Job), AccountID: accountOf(ctx)}, Name: printable("Upload to " + tracker.Name), EntityID: tracker.EntityID,
		Stored: map[string]any{}, CustomMetadata: map[string]string{}, TrackerID: &tracker.ID, TrackerSessionID: &session.ID, Plan: &schema.Plan{Kind: kind.kind}}
	status := schema.JobProvisioning
	job.Status = &status
	for _, name := range kind.kept {
		if text := u.texts[name]; text != "" {
			job.Stored[name] = text
		}
	}
	names, wrong := fileNames(u), faults{}
	chosen := map[string]string{}
	for i, f := range u.files {
		given := about[i].requirement
		if _, known := chosen[given]; !known {
			requirement, err := requirementOfUpload(ctx, tx, given, tracker)
			var refusal *Problem
			if err != nil && !errors.As(err, &refusal) {
				return nil, err
			}
			if refusal != nil {
				wrong.add(names[i], "%s", refusal.Message)
				continue
			}
			chosen[given] = requirement.ID
		}
		job.Plan.Files = append(job.Plan.Files, schema.PlannedFile{CertificateID: f.id, BlobKey: f.key, Filename: f.filename,
			SHA256: slices.Clone(f.sha256[:]), Size: f.size, RequirementID: chosen[given], Contractor: about[i].contractor})
	}
	if len(wrong) > 0 {
		return nil, &Problem{Status: http.StatusBadRequest, Code: ErrorCodeNoInsuranceRequirementFound, Fields: wrong}
	}
	return job, u.unknownParts(ctx)
}

// requirementOfUpload chooses as CONTRACT §5 says. The job is yet to be made: its entity will be the tracker's.
func requirementOfUpload(ctx context.Context, tx bun.IDB, given string, tracker *schema.Tracker) (*schema.Requirement, error) {
	if given == "" && tracker.RequirementID == nil && tracker.EntityID != nil {
		switch entity, err := schema.GetEntity(ctx, tx, *tracker.EntityID); {
		case errors.Is(err, schema.ErrNotFound):
		case err != nil:
			return nil, err
		case entity.RequirementID != nil:
			given = *entity.RequirementID
		}
	}
	return chooseRequirement(ctx, tx, schema.Sources{Given: given, TrackerID: tracker.ID})
}

// awaitProvisioning starts the workflow of a job and answers what it made, or the 202 when that takes too long. Whatever happens here,
// the job is committed and goes on by itself.
func (h *Handlers) awaitProvisioning(ctx context.Context, job *schema.Job) (bulkAnswer, error) {
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), provisionWait)
	defer cancel()
	if err := h.Starter.ProvisionJob(wait, job); err != nil {
		h.Log.WarnContext(ctx, "a bulk upload is not provisioned yet", slog.String("id", job.ID), slog.Any("error", err))
	}
	made, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Job, error) { return schema.GetJob(ctx, tx, job.ID) })
	if err != nil {
		h.Log.WarnContext(ctx, "the answer to a bulk upload could not be read", slog.String("id", job.ID), slog.Any("error", err))
	}
	if err != nil || len(made.Answer) == 0 {
		return bulkAccepted(job.ID), nil
	}
	return bulkMade(made.Answer), nil
}
