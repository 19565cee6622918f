package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Job is a piece of work that contractors are assigned to. One that a bulk upload made has a status and a plan.
type Job struct {
	bun.BaseModel `bun:"table:jobs,alias:job"`
	Row

	Name              string            `bun:"name"`
	Description       *string           `bun:"description"`
	EntityID          *string           `bun:"entity_id"`
	RequirementID     *string           `bun:"requirement_id"`
	Stored            map[string]any    `bun:"stored,type:jsonb"`
	CustomMetadata    map[string]string `bun:"custom_metadata,type:jsonb"`
	TrackerID         *string           `bun:"tracker_id"`
	TrackerSessionID  *string           `bun:"tracker_session_id"`
	Status            *string           `bun:"status"`
	Fault             *string           `bun:"fault"`
	Plan              *Plan             `bun:"plan,type:jsonb"`
	Answer            json.RawMessage   `bun:"answer,type:jsonb,nullzero"` // to the upload, once it is provisioned
	Starts            int               `bun:"starts"`
	CancelRequestedAt time.Time         `bun:"cancel_requested_at,nullzero"`
}

// The states of a job that a bulk upload made (CONTRACT §4).
const (
	JobProvisioning = "provisioning"
	JobRunning      = "running"
	JobCompleted    = "completed"
	JobCancelled    = "cancelled"
	JobFailed       = "failed"
)

// InsertJob makes a job.
func InsertJob(ctx context.Context, tx bun.IDB, j *Job) error { return insert(ctx, tx, j) }

// GetJob reads a living job.
func GetJob(ctx context.Context, tx bun.IDB, id string) (*Job, error) { return get[Job](ctx, tx, id) }

// GetJobEvenDeleted reads a job whether or not it was deleted: what an upload was answered stays true.
func GetJobEvenDeleted(ctx context.Context, tx bun.IDB, id string) (*Job, error) {
	job := new(Job)
	if err := selectOwn(tx, job).WhereAllWithDeleted().Where("id = ?", id).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return job, nil
}

// HoldJob reads a living job that is to be referred to, and keeps it from being deleted until the transaction ends.
func HoldJob(ctx context.Context, tx bun.IDB, id string) (*Job, error) {
	return hold[Job](ctx, tx, id)
}

// LockJob reads a living job and holds it for an update.
func LockJob(ctx context.Context, tx bun.IDB, id string) (*Job, error) { return lock[Job](ctx, tx, id) }

// ListJobs lists jobs.
func ListJobs(ctx context.Context, tx bun.IDB, page Page) (Listed[Job], error) {
	return list[Job](ctx, tx, page, nil)
}

// UpdateJob writes a job that LockJob read.
func UpdateJob(ctx context.Context, tx bun.IDB, j *Job) error { return update(ctx, tx, j) }

// DeleteJob soft-deletes a job: ErrInUse while a living assignment or certificate refers to it.
func DeleteJob(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	if _, err := lock[Job](ctx, tx, id); err != nil {
		return time.Time{}, err
	}
	if err := refuseInUse(ctx, tx, id, inUseBy[Assignment]("assignments", "job_id"), inUseBy[Certificate]("certificates", "job_id")); err != nil {
		return time.Time{}, err
	}
	return softDelete[Job](ctx, tx, id)
}

// JobCounts counts a job's living certificates by status; every status is there.
func JobCounts(ctx context.Context, tx bun.IDB, job string) (map[Status]int, error) {
	var rows []struct {
		Status Status `bun:"status"`
		N      int    `bun:"n"`
	}
	err := selectOwn(tx, (*Certificate)(nil)).Column("status").ColumnExpr("count(*) AS n").
		Where("job_id = ? AND in_job", job).Group("status").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count the certificates of job %s: %w", job, err)
	}
	counts := map[Status]int{Pending: 0, Processing: 0, Approved: 0, Flagged: 0, Denied: 0, Errored: 0}
	for _, row := range rows {
		counts[row.Status] = row.N
	}
	return counts, nil
}

// StartJobRun gives a locked, provisioning job its answer and sets it running.
func StartJobRun(ctx context.Context, tx bun.IDB, job string, answer json.RawMessage) error {
	_, err := updateOwn(tx, (*Job)(nil)).Set("status = ?", JobRunning).Set("answer = ?", string(answer)).
		Set("updated_at = now()").Where("id = ?", job).Exec(ctx)
	return Mapped(err)
}

// EndJob sets an open, locked job to an end state and publishes job.completed. It returns the deliveries to start.
func EndJob(ctx context.Context, tx bun.IDB, j *Job, status string, fault *string) ([]Delivery, error) {
	_, err := updateOwn(tx, j).WherePK().Set("status = ?", status).Set("fault = ?", fault).
		Set("updated_at = now()").Returning("*").Exec(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	counts, err := JobCounts(ctx, tx, j.ID)
	if err != nil {
		return nil, err
	}
	return Publish(ctx, tx, NewEvent(j.AccountID, EventJobCompleted, j.ID, struct {
		ID      string         `json:"id"`
		Tracker *string        `json:"tracker"`
		Status  string         `json:"status"`
		Counts  map[Status]int `json:"counts"`
	}{j.ID, j.TrackerID, status, counts}))
}

// RequestJobCancel notes that what has not begun of an open job shall not begin: ErrState when the job has ended or is none of a
// bulk upload.
func RequestJobCancel(ctx context.Context, tx bun.IDB, id string) (*Job, error) {
	j, err := lock[Job](ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if j.Status == nil || (*j.Status != JobProvisioning && *j.Status != JobRunning) {
		return nil, ErrState
	}
	_, err = updateOwn(tx, j).WherePK().Set("cancel_requested_at = coalesce(cancel_requested_at, now())").
		Set("updated_at = now()").Returning("*").Exec(ctx)
	return j, Mapped(err)
}

// TouchJob keeps the sweep away from a job that runs.
func TouchJob(ctx context.Context, tx bun.IDB, id string) error {
	_, err := updateOwn(tx, (*Job)(nil)).Set("updated_at = now()").Where("id = ?", id).Exec(ctx)
	return Mapped(err)
}
