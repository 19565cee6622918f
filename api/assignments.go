package api

import (
	"context"
	"errors"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

func shownAssignment(a *schema.Assignment) Assignment {
	return Assignment{
		ID: a.ID, Object: AssignmentObjectAssignment, Contractor: a.ContractorID, Job: a.JobID,
		Bind: storedValue(a.Stored, "bind"), CoverageType: storedValue(a.Stored, "coverage_type"),
		EffectiveDate: storedValue(a.Stored, "effective_date"), EndDate: storedValue(a.Stored, "end_date"),
		CustomMetadata: shownMetadata(a.CustomMetadata), Created: a.CreatedAt.Unix(),
	}
}

// ListAssignments answers a page of assignments.
func (h *Handlers) ListAssignments(ctx context.Context, request ListAssignmentsRequestObject) (ListAssignmentsResponseObject, error) {
	p := request.Params
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Assignment], error) {
			return schema.ListAssignments(ctx, tx, page, orEmpty(p.Contractor), orEmpty(p.Job))
		}, eachRow(shownAssignment), func(a *schema.Assignment) string { return a.ID })
	if err != nil {
		return nil, err
	}
	return ListAssignments200JSONResponse{Body: body, Headers: ListAssignments200ResponseHeaders{Link: link}}, nil
}

func orEmpty[T ~string](p *T) string {
	if p == nil {
		return ""
	}
	return string(*p)
}

// CreateAssignment assigns a contractor to a job.
func (h *Handlers) CreateAssignment(ctx context.Context, request CreateAssignmentRequestObject) (CreateAssignmentResponseObject, error) {
	body := request.Body
	return inAccountOnce(ctx, h.DB, CreateAssignmentResponseObject.VisitCreateAssignmentResponse, func(ctx context.Context, tx bun.IDB) (CreateAssignmentResponseObject, error) {
		if _, err := lookupReference(ctx, tx, id.Contractor, body.Contractor, schema.HoldContractor, noContractor(body.Contractor)); err != nil {
			return nil, err
		}
		if _, err := lookupReference(ctx, tx, id.Job, body.Job, schema.HoldJob, refuse(400, ErrorCodeInvalidJobID, "%s", absent("job", body.Job))); err != nil {
			return nil, err
		}
		a := &schema.Assignment{Row: schema.Row{ID: id.New(id.Assignment), AccountID: accountOf(ctx)}, ContractorID: body.Contractor, JobID: body.Job, Stored: map[string]any{}}
		setStored(a.Stored, "bind", body.Bind)
		setStored(a.Stored, "coverage_type", body.CoverageType)
		setStored(a.Stored, "effective_date", body.EffectiveDate)
		setStored(a.Stored, "end_date", body.EndDate)
		if err := mergeMetadata(&a.CustomMetadata, body.CustomMetadata); err != nil {
			return nil, err
		}
		if err := schema.InsertAssignment(ctx, tx, a); errors.Is(err, schema.ErrDuplicate) {
			return nil, refuse(409, ErrorCodeInvalidState, "The contractor is assigned to this job already.")
		} else if err != nil {
			return nil, err
		}
		return CreateAssignment201JSONResponse{Body: shownAssignment(a),
			Headers: CreateAssignment201ResponseHeaders{Location: location("assignments", a.ID)}}, nil
	})
}

// noContractor is the refusal of a contractor that a body names and the account does not have.
func noContractor(id string) *Problem {
	return refuse(400, ErrorCodeInvalidContractorID, "%s", absent("contractor", id))
}

// GetAssignment answers one assignment.
func (h *Handlers) GetAssignment(ctx context.Context, request GetAssignmentRequestObject) (GetAssignmentResponseObject, error) {
	a, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Assignment, error) {
		return lookup(ctx, tx, id.Assignment, request.ID, schema.GetAssignment)
	})
	if err != nil {
		return nil, err
	}
	return GetAssignment200JSONResponse(shownAssignment(a)), nil
}

// DeleteAssignment soft-deletes an assignment.
func (h *Handlers) DeleteAssignment(ctx context.Context, request DeleteAssignmentRequestObject) (DeleteAssignmentResponseObject, error) {
	gone, err := softDelete(ctx, h, id.Assignment, request.ID, schema.DeleteAssignment)
	if err != nil {
		return nil, err
	}
	return DeleteAssignment200JSONResponse(gone), nil
}
