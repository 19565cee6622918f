package api

import (
	"context"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

func shownEntity(e *schema.Entity) Entity {
	return Entity{
		ID: e.ID, Object: EntityObjectEntity, Name: e.Name, Address: shownAddress(e.Address), InsuranceRequirement: orNull(e.RequirementID),
		CoverageLimit: rawOrNull(e.CoverageLimit), RequiredCoverage: rawOrNull(e.RequiredCoverage),
		CustomMetadata: shownMetadata(e.CustomMetadata), Created: e.CreatedAt.Unix(), Updated: e.UpdatedAt.Unix(),
	}
}

// setReference takes an optional id of a body: absent leaves it, null and "" clear it, and one that the account does not have is refused.
func setReference[T any](ctx context.Context, tx bun.IDB, to **string, given nullable.Nullable[string], prefix id.Prefix, get func(context.Context, bun.IDB, string) (*T, error), refusal func(id string) *Problem) error {
	setText(to, given)
	if !given.IsSpecified() || *to == nil {
		return nil
	}
	_, err := lookupReference(ctx, tx, prefix, **to, get, refusal(**to))
	return err
}

// setRequirement is setReference for an insurance requirement.
func setRequirement(ctx context.Context, tx bun.IDB, to **string, given nullable.Nullable[string]) error {
	return setReference(ctx, tx, to, given, id.InsuranceRequirement, schema.HoldRequirement, noRequirement)
}

// setEntity is setReference for an entity.
func setEntity(ctx context.Context, tx bun.IDB, to **string, given nullable.Nullable[string]) error {
	return setReference(ctx, tx, to, given, id.Entity, schema.HoldEntity, func(id string) *Problem {
		return refuse(400, ErrorCodeInvalidEntityID, "%s", absent("entity", id))
	})
}

// ListEntities answers a page of entities.
func (h *Handlers) ListEntities(ctx context.Context, request ListEntitiesRequestObject) (ListEntitiesResponseObject, error) {
	p := request.Params
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore, schema.ListEntities, eachRow(shownEntity),
		func(e *schema.Entity) string { return e.ID })
	if err != nil {
		return nil, err
	}
	return ListEntities200JSONResponse{Body: body, Headers: ListEntities200ResponseHeaders{Link: link}}, nil
}

// CreateEntity makes an entity.
func (h *Handlers) CreateEntity(ctx context.Context, request CreateEntityRequestObject) (CreateEntityResponseObject, error) {
	body := request.Body
	return inAccountOnce(ctx, h.DB, CreateEntityResponseObject.VisitCreateEntityResponse, func(ctx context.Context, tx bun.IDB) (CreateEntityResponseObject, error) {
		e := &schema.Entity{Row: schema.Row{ID: id.New(id.Entity), AccountID: accountOf(ctx)}, Name: body.Name}
		update := EntityUpdate{Address: body.Address, InsuranceRequirement: body.InsuranceRequirement, CoverageLimit: body.CoverageLimit,
			RequiredCoverage: body.RequiredCoverage, CustomMetadata: body.CustomMetadata}
		if err := changeEntity(ctx, tx, e, &update); err != nil {
			return nil, err
		}
		if err := schema.InsertEntity(ctx, tx, e); err != nil {
			return nil, err
		}
		return CreateEntity201JSONResponse{Body: shownEntity(e), Headers: CreateEntity201ResponseHeaders{Location: location("entities", e.ID)}}, nil
	})
}

func changeEntity(ctx context.Context, tx bun.IDB, e *schema.Entity, body *EntityUpdate) error {
	if body.Name != nil {
		e.Name = *body.Name
	}
	setRaw(&e.CoverageLimit, body.CoverageLimit)
	setRaw(&e.RequiredCoverage, body.RequiredCoverage)
	if err := setAddress(&e.Address, body.Address); err != nil {
		return err
	}
	if err := mergeMetadata(&e.CustomMetadata, body.CustomMetadata); err != nil {
		return err
	}
	return setRequirement(ctx, tx, &e.RequirementID, body.InsuranceRequirement)
}

// GetEntity answers one entity.
func (h *Handlers) GetEntity(ctx context.Context, request GetEntityRequestObject) (GetEntityResponseObject, error) {
	e, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Entity, error) {
		return lookup(ctx, tx, id.Entity, request.ID, schema.GetEntity)
	})
	if err != nil {
		return nil, err
	}
	return GetEntity200JSONResponse(shownEntity(e)), nil
}

// UpdateEntity changes what is given.
func (h *Handlers) UpdateEntity(ctx context.Context, request UpdateEntityRequestObject) (UpdateEntityResponseObject, error) {
	e, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Entity, error) {
		e, err := lookup(ctx, tx, id.Entity, request.ID, schema.LockEntity)
		if err != nil {
			return nil, err
		}
		if err := changeEntity(ctx, tx, e, request.Body); err != nil {
			return nil, err
		}
		return e, schema.UpdateEntity(ctx, tx, e)
	})
	if err != nil {
		return nil, err
	}
	return UpdateEntity200JSONResponse(shownEntity(e)), nil
}

// DeleteEntity soft-deletes an entity.
func (h *Handlers) DeleteEntity(ctx context.Context, request DeleteEntityRequestObject) (DeleteEntityResponseObject, error) {
	gone, err := softDelete(ctx, h, id.Entity, request.ID, schema.DeleteEntity)
	if err != nil {
		return nil, err
	}
	return DeleteEntity200JSONResponse(gone), nil
}
