package schema

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Status is where a certificate is in its life (CONTRACT §2).
type Status string

// The states of a certificate. Pending and Processing are open; the rest are ends that a person may revise.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Approved   Status = "approved"
	Flagged    Status = "flagged"
	Denied     Status = "denied"
	Errored    Status = "error"
)

// Open reports whether a review still has to end.
func (s Status) Open() bool { return s == Pending || s == Processing }

// Certificate is an uploaded PDF and the state of its review.
type Certificate struct {
	bun.BaseModel `bun:"table:certificates,alias:certificate"`
	Row

	ContractorID   string            `bun:"contractor_id"`
	RequirementID  string            `bun:"requirement_id"`
	JobID          *string           `bun:"job_id"`
	AssignmentID   *string           `bun:"assignment_id"`
	TrackerID      *string           `bun:"tracker_id"`
	Status         Status            `bun:"status,nullzero,default:'pending'"`
	Filename       string            `bun:"filename"`
	FilenameLower  string            `bun:"filename_lower,scanonly"` // the database makes it, to be searched
	BlobKey        string            `bun:"blob_key"`
	SHA256         []byte            `bun:"sha256"`
	Size           int64             `bun:"size"`
	CustomMetadata map[string]string `bun:"custom_metadata,type:jsonb"`
	EvaluationNo   int               `bun:"evaluation_no,nullzero,default:1"`
	InJob          bool              `bun:"in_job"`   // reviewed by its job's workflow
	Position       *int              `bun:"position"` // in that job, from 0
	Starts         int               `bun:"starts"`
	LastStartAt    time.Time         `bun:"last_start_at,nullzero"`
	BegunAt        time.Time         `bun:"begun_at,nullzero"`
	FinishedAt     time.Time         `bun:"finished_at,nullzero"`
	PurgedAt       time.Time         `bun:"purged_at,nullzero"` // its PDF and what was read of it are gone
}

// InsertCertificates makes certificates, in batches, with the first row of their history.
func InsertCertificates(ctx context.Context, tx bun.IDB, actor string, certificates []*Certificate) error {
	for len(certificates) > 0 {
		batch := certificates[:min(insertBatch, len(certificates))]
		certificates = certificates[len(batch):]
		if _, err := tx.NewInsert().Model(&batch).Returning("*").Exec(ctx); err != nil {
			return Mapped(err)
		}
		uploaded := make([]*History, len(batch))
		for i, c := range batch {
			uploaded[i] = &History{AccountID: c.AccountID, CertificateID: c.ID, Kind: HistoryUploaded, Actor: actor, Status: c.Status}
		}
		if _, err := tx.NewInsert().Model(&uploaded).Exec(ctx); err != nil {
			return Mapped(err)
		}
	}
	return nil
}

// GetCertificate reads a living certificate.
func GetCertificate(ctx context.Context, tx bun.IDB, id string) (*Certificate, error) {
	return get[Certificate](ctx, tx, id)
}

// LockCertificate reads a living certificate and holds it until the transaction ends: decisions about one certificate are
// taken one after another.
func LockCertificate(ctx context.Context, tx bun.IDB, id string) (*Certificate, error) {
	return lock[Certificate](ctx, tx, id)
}

// CertificateFilter narrows a list of certificates; zero values do not.
type CertificateFilter struct {
	Contractor, Job, Tracker string
	Status                   Status
	Filename                 string    // a part of the file name, in any case
	CreatedFrom              time.Time // inclusive
	CreatedBefore            time.Time // exclusive
}

// ListCertificates lists certificates.
func ListCertificates(ctx context.Context, tx bun.IDB, page Page, by CertificateFilter) (Listed[Certificate], error) {
	return list[Certificate](ctx, tx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		for column, value := range map[string]string{
			"contractor_id": by.Contractor, "job_id": by.Job, "tracker_id": by.Tracker, "status": string(by.Status),
		} {
			if value != "" {
				q = q.Where("? = ?", bun.Ident(column), value)
			}
		}
		if by.Filename != "" {
			q = q.Where("strpos(filename_lower, lower(?)) > 0", by.Filename)
		}
		return created(q, by.CreatedFrom, by.CreatedBefore)
	})
}

// CertificatesOfJob reads a job's certificates from a position on, in the order of the upload's files.
func CertificatesOfJob(ctx context.Context, tx bun.IDB, job string, from, limit int) ([]Certificate, error) {
	var rows []Certificate
	err := selectOwn(tx, &rows).WhereAllWithDeleted().Where("job_id = ? AND in_job AND position >= ?", job, from).
		Order("position").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the certificates of job %s: %w", job, err)
	}
	return rows, nil
}

// BeginReview sets a certificate that waits for an evaluation to processing, and locks it so: ErrNotFound unless it is pending and waits for that
// one. The two hours of a review run from the first time.
func BeginReview(ctx context.Context, tx bun.IDB, id string, evaluation int) (*Certificate, error) {
	c := new(Certificate)
	res, err := updateOwn(tx, c).Where("id = ? AND status = ? AND evaluation_no = ?", id, Pending, evaluation).Set("status = ?", Processing).
		Set("begun_at = coalesce(begun_at, now())").Set("updated_at = now()").Returning("*").Exec(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, errors.Join(ErrNotFound, err)
	}
	return c, nil
}

// NoteStart records that the review of an open certificate was tried to start; began counts one that really began.
func NoteStart(ctx context.Context, tx bun.IDB, id string, began bool) (starts int, err error) {
	var counts []int
	_, err = updateOwn(tx, (*Certificate)(nil)).Set("last_start_at = now()").
		Set("starts = starts + CASE WHEN ? THEN 1 ELSE 0 END", began).
		Where("id = ? AND status IN ('pending', 'processing')", id).Returning("starts").Exec(ctx, &counts)
	if err != nil {
		return 0, Mapped(err)
	}
	if len(counts) == 0 {
		return 0, ErrNotFound
	}
	return counts[0], nil
}

// DeleteCertificate soft-deletes a certificate in any state; an open review has nothing left to end, and what was still to be told of
// it is not told any more (CONTRACT §2).
func DeleteCertificate(ctx context.Context, tx bun.IDB, id, actor string) (time.Time, error) {
	c, err := LockCertificate(ctx, tx, id)
	if err != nil {
		return time.Time{}, err
	}
	if err := AddHistory(ctx, tx, &History{AccountID: c.AccountID, CertificateID: id, Kind: HistoryDeleted, Actor: actor, Status: c.Status}); err != nil {
		return time.Time{}, err
	}
	err = cancelDeliveries(ctx, tx, ReasonObjectDeleted, "(event_id, event_created_at) IN (SELECT id, created_at FROM events WHERE account_id = ?account AND object_id = ?)", id)
	if err != nil {
		return time.Time{}, err
	}
	return softDelete[Certificate](ctx, tx, id)
}
