package schema

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// InsertAssignments makes assignments in batches.
func InsertAssignments(ctx context.Context, tx bun.IDB, rows []*Assignment) error {
	return insertAll(ctx, tx, rows)
}

// Assignment says that a contractor works on a job.
type Assignment struct {
	bun.BaseModel `bun:"table:assignments,alias:assignment"`
	Row

	ContractorID   string            `bun:"contractor_id"`
	JobID          string            `bun:"job_id"`
	Stored         map[string]any    `bun:"stored,type:jsonb"`
	CustomMetadata map[string]string `bun:"custom_metadata,type:jsonb"`
}

// InsertAssignment makes an assignment: ErrDuplicate when the contractor has one to that job.
func InsertAssignment(ctx context.Context, tx bun.IDB, a *Assignment) error {
	return insert(ctx, tx, a)
}

// GetAssignment reads a living assignment.
func GetAssignment(ctx context.Context, tx bun.IDB, id string) (*Assignment, error) {
	return get[Assignment](ctx, tx, id)
}

// ListAssignments lists assignments; an empty contractor or job does not narrow the list.
func ListAssignments(ctx context.Context, tx bun.IDB, page Page, contractor, job string) (Listed[Assignment], error) {
	return list[Assignment](ctx, tx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		if contractor != "" {
			q = q.Where("contractor_id = ?", contractor)
		}
		if job != "" {
			q = q.Where("job_id = ?", job)
		}
		return q
	})
}

// DeleteAssignment soft-deletes an assignment.
func DeleteAssignment(ctx context.Context, tx bun.IDB, id string) (time.Time, error) {
	return softDelete[Assignment](ctx, tx, id)
}

// NewestAssignment is the contractor's newest living assignment, or nil.
func NewestAssignment(ctx context.Context, tx bun.IDB, contractor string) (*Assignment, error) {
	page, err := ListAssignments(ctx, tx, Page{Limit: 1}, contractor, "")
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	return &page.Rows[0], nil
}
