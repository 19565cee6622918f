package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// shownJob shows a job; counts are those of a job that a bulk upload made.
func shownJob(j *schema.Job, counts map[schema.Status]int) Job {
	shown := Job{
		ID: j.ID, Object: JobObjectJob, Name: j.Name, Description: orNull(j.Description), Entity: orNull(j.EntityID),
		InsuranceRequirement: orNull(j.RequirementID), CustomMetadata: shownMetadata(j.CustomMetadata),
		CategoryCode: storedValue(j.Stored, "category_code"), Wage: storedValue(j.Stored, "wage"), WageType: storedValue(j.Stored, "wage_type"),
		YearsExperience: storedValue(j.Stored, "years_experience"), DurationHours: storedValue(j.Stored, "duration_hours"),
		PurchaseOrderContactName: storedText(j.Stored, "purchase_order_contact_name"), PurchaseOrderContactEmail: storedText(j.Stored, "purchase_order_contact_email"),
		Created: j.CreatedAt.Unix(), Updated: j.UpdatedAt.Unix(),
	}
	if j.Status == nil {
		return shown
	}
	status := JobStatus(*j.Status)
	shown.Status, shown.Tracker, shown.Fault = &status, j.TrackerID, orNull(j.Fault)
	shown.Counts = &JobCounts{Pending: counts[schema.Pending], Processing: counts[schema.Processing], Approved: counts[schema.Approved],
		Flagged: counts[schema.Flagged], Denied: counts[schema.Denied], Error: counts[schema.Errored]}
	return shown
}

func storedText(from map[string]any, name string) *string {
	if text, ok := from[name].(string); ok {
		return &text
	}
	return nil
}

// countedJob shows a job with its counts, if it has any.
func countedJob(ctx context.Context, tx bun.IDB, j *schema.Job) (Job, error) {
	if j.Status == nil {
		return shownJob(j, nil), nil
	}
	counts, err := schema.JobCounts(ctx, tx, j.ID)
	return shownJob(j, counts), err
}

// ListJobs answers a page of jobs.
func (h *Handlers) ListJobs(ctx context.Context, request ListJobsRequestObject) (ListJobsResponseObject, error) {
	p := request.Params
	show := func(ctx context.Context, tx bun.IDB, rows []schema.Job) ([]Job, error) {
		jobs := make([]Job, len(rows))
		for i := range rows {
			var err error
			if jobs[i], err = countedJob(ctx, tx, &rows[i]); err != nil {
				return nil, err
			}
		}
		return jobs, nil
	}
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore, schema.ListJobs, show, func(j *schema.Job) string { return j.ID })
	if err != nil {
		return nil, err
	}
	return ListJobs200JSONResponse{Body: body, Headers: ListJobs200ResponseHeaders{Link: link}}, nil
}

// CreateJob makes a job.
func (h *Handlers) CreateJob(ctx context.Context, request CreateJobRequestObject) (CreateJobResponseObject, error) {
	body := request.Body
	return inAccountOnce(ctx, h.DB, CreateJobResponseObject.VisitCreateJobResponse, func(ctx context.Context, tx bun.IDB) (CreateJobResponseObject, error) {
		j := &schema.Job{Row: schema.Row{ID: id.New(id.Job), AccountID: accountOf(ctx)}, Name: body.Name}
		update := JobUpdate{Description: body.Description, Entity: body.Entity, InsuranceRequirement: body.InsuranceRequirement,
			CategoryCode: body.CategoryCode, Wage: body.Wage, WageType: body.WageType, YearsExperience: body.YearsExperience,
			DurationHours: body.DurationHours, CustomMetadata: body.CustomMetadata}
		if err := changeJob(ctx, tx, j, &update); err != nil {
			return nil, err
		}
		if err := schema.InsertJob(ctx, tx, j); err != nil {
			return nil, err
		}
		return CreateJob201JSONResponse{Body: shownJob(j, nil), Headers: CreateJob201ResponseHeaders{Location: location("jobs", j.ID)}}, nil
	})
}

func changeJob(ctx context.Context, tx bun.IDB, j *schema.Job, body *JobUpdate) error {
	if body.Name != nil {
		j.Name = *body.Name
	}
	setText(&j.Description, body.Description)
	if j.Stored == nil {
		j.Stored = map[string]any{}
	}
	setStored(j.Stored, "category_code", body.CategoryCode)
	setStored(j.Stored, "wage", body.Wage)
	setStored(j.Stored, "wage_type", body.WageType)
	setStored(j.Stored, "years_experience", body.YearsExperience)
	setStored(j.Stored, "duration_hours", body.DurationHours)
	if err := mergeMetadata(&j.CustomMetadata, body.CustomMetadata); err != nil {
		return err
	}
	if err := setEntity(ctx, tx, &j.EntityID, body.Entity); err != nil {
		return err
	}
	return setRequirement(ctx, tx, &j.RequirementID, body.InsuranceRequirement)
}

// GetJob answers one job with its progress.
func (h *Handlers) GetJob(ctx context.Context, request GetJobRequestObject) (GetJobResponseObject, error) {
	j, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (Job, error) {
		j, err := lookup(ctx, tx, id.Job, request.ID, schema.GetJob)
		if err != nil {
			return Job{}, err
		}
		return countedJob(ctx, tx, j)
	})
	if err != nil {
		return nil, err
	}
	return GetJob200JSONResponse(j), nil
}

// UpdateJob changes what is given.
func (h *Handlers) UpdateJob(ctx context.Context, request UpdateJobRequestObject) (UpdateJobResponseObject, error) {
	j, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (Job, error) {
		j, err := lookup(ctx, tx, id.Job, request.ID, schema.LockJob)
		if err != nil {
			return Job{}, err
		}
		if err := changeJob(ctx, tx, j, request.Body); err != nil {
			return Job{}, err
		}
		if err := schema.UpdateJob(ctx, tx, j); err != nil {
			return Job{}, err
		}
		return countedJob(ctx, tx, j)
	})
	if err != nil {
		return nil, err
	}
	return UpdateJob200JSONResponse(j), nil
}

// DeleteJob soft-deletes a job. One that a bulk upload made is in use while it runs.
func (h *Handlers) DeleteJob(ctx context.Context, request DeleteJobRequestObject) (DeleteJobResponseObject, error) {
	remove := func(ctx context.Context, tx bun.IDB, wanted string) (time.Time, error) {
		j, err := schema.LockJob(ctx, tx, wanted)
		if err != nil {
			return time.Time{}, err
		}
		if j.Status != nil && (*j.Status == schema.JobProvisioning || *j.Status == schema.JobRunning) {
			return time.Time{}, refuse(http.StatusConflict, ErrorCodeInUse, "The job is under way. Cancel it first, or wait for its end.")
		}
		return schema.DeleteJob(ctx, tx, wanted)
	}
	gone, err := softDelete(ctx, h, id.Job, request.ID, remove)
	if err != nil {
		return nil, err
	}
	return DeleteJob200JSONResponse(gone), nil
}

// CancelJob notes that what has not begun of a bulk job shall not begin, and tells its workflow.
func (h *Handlers) CancelJob(ctx context.Context, request CancelJobRequestObject) (CancelJobResponseObject, error) {
	answer, err := inAccountOnce(ctx, h.DB, CancelJobResponseObject.VisitCancelJobResponse, func(ctx context.Context, tx bun.IDB) (CancelJobResponseObject, error) {
		j, err := lookup(ctx, tx, id.Job, request.ID, schema.RequestJobCancel)
		if errors.Is(err, schema.ErrState) {
			return nil, whyNotCancelled(ctx, tx, request.ID)
		}
		if err != nil {
			return nil, err
		}
		shown, err := countedJob(ctx, tx, j)
		return CancelJob200JSONResponse(shown), err
	})
	if err != nil {
		return nil, err
	}
	h.starts.start(ctx, request.ID, func(ctx context.Context) error {
		if err := h.Starter.CancelJob(ctx, request.ID); err != nil {
			h.Log.WarnContext(ctx, "a job was not told of its cancellation and will see it in its row", slog.String("id", request.ID), slog.Any("error", err))
		}
		return nil
	})
	return answer, nil
}

// whyNotCancelled is the refusal to cancel a job that is not open.
func whyNotCancelled(ctx context.Context, tx bun.IDB, wanted string) error {
	j, err := schema.GetJob(ctx, tx, wanted)
	if err != nil {
		return err
	}
	if j.Status == nil {
		return refuse(http.StatusConflict, ErrorCodeInvalidState, "This job was not made by an upload: there is nothing to cancel.")
	}
	return refuse(http.StatusConflict, ErrorCodeInvalidState, "A job that is %s cannot be cancelled.", *j.Status)
}
