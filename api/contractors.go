package api

import (
	"context"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

func shownContractor(c *schema.Contractor) Contractor {
	return Contractor{
		ID: c.ID, Object: ContractorObjectContractor, Email: c.Email, FirstName: c.FirstName, LastName: c.LastName,
		MiddleName: orNull(c.MiddleName), CompanyName: orNull(c.CompanyName), Phone: orNull(c.Phone), Address: shownAddress(c.Address),
		WithholdPremium: rawOrNull(c.WithholdPremium), CustomMetadata: shownMetadata(c.CustomMetadata), Placeholder: c.Placeholder,
		Created: c.CreatedAt.Unix(),
	}
}

// ListContractors answers a page of contractors.
func (h *Handlers) ListContractors(ctx context.Context, request ListContractorsRequestObject) (ListContractorsResponseObject, error) {
	p := request.Params
	email := ""
	if p.Email != nil {
		email = *p.Email
	}
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Contractor], error) {
			return schema.ListContractors(ctx, tx, page, email)
		}, eachRow(shownContractor), func(c *schema.Contractor) string { return c.ID })
	if err != nil {
		return nil, err
	}
	return ListContractors200JSONResponse{Body: body, Headers: ListContractors200ResponseHeaders{Link: link}}, nil
}

// CreateContractor makes a contractor.
func (h *Handlers) CreateContractor(ctx context.Context, request CreateContractorRequestObject) (CreateContractorResponseObject, error) {
	body := request.Body
	return inAccountOnce(ctx, h.DB, CreateContractorResponseObject.VisitCreateContractorResponse, func(ctx context.Context, tx bun.IDB) (CreateContractorResponseObject, error) {
		c := &schema.Contractor{Row: schema.Row{ID: id.New(id.Contractor), AccountID: accountOf(ctx)},
			Email: string(body.Email), FirstName: body.FirstName, LastName: body.LastName}
		setText(&c.MiddleName, body.MiddleName)
		setText(&c.CompanyName, body.CompanyName)
		setText(&c.Phone, body.Phone)
		setRaw(&c.WithholdPremium, body.WithholdPremium)
		if err := setAddress(&c.Address, body.Address); err != nil {
			return nil, err
		}
		if err := mergeMetadata(&c.CustomMetadata, body.CustomMetadata); err != nil {
			return nil, err
		}
		if err := schema.InsertContractor(ctx, tx, c); err != nil {
			return nil, err
		}
		return CreateContractor201JSONResponse{Body: shownContractor(c),
			Headers: CreateContractor201ResponseHeaders{Location: location("contractors", c.ID)}}, nil
	})
}

// GetContractor answers one contractor.
func (h *Handlers) GetContractor(ctx context.Context, request GetContractorRequestObject) (GetContractorResponseObject, error) {
	c, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Contractor, error) {
		return lookup(ctx, tx, id.Contractor, request.ID, schema.GetContractor)
	})
	if err != nil {
		return nil, err
	}
	return GetContractor200JSONResponse(shownContractor(c)), nil
}

// UpdateContractor changes what is given. A placeholder that is given a name is one no more.
func (h *Handlers) UpdateContractor(ctx context.Context, request UpdateContractorRequestObject) (UpdateContractorResponseObject, error) {
	body := request.Body
	c, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Contractor, error) {
		c, err := lookup(ctx, tx, id.Contractor, request.ID, schema.LockContractor)
		if err != nil {
			return nil, err
		}
		if body.Email != nil {
			c.Email = string(*body.Email)
		}
		if body.FirstName != nil {
			c.FirstName, c.Placeholder = *body.FirstName, false
		}
		if body.LastName != nil {
			c.LastName, c.Placeholder = *body.LastName, false
		}
		setText(&c.MiddleName, body.MiddleName)
		setText(&c.CompanyName, body.CompanyName)
		setText(&c.Phone, body.Phone)
		setRaw(&c.WithholdPremium, body.WithholdPremium)
		if name, err := body.CompanyName.Get(); err == nil && name != "" {
			c.Placeholder = false
		}
		if err := setAddress(&c.Address, body.Address); err != nil {
			return nil, err
		}
		if err := mergeMetadata(&c.CustomMetadata, body.CustomMetadata); err != nil {
			return nil, err
		}
		return c, schema.UpdateContractor(ctx, tx, c)
	})
	if err != nil {
		return nil, err
	}
	return UpdateContractor200JSONResponse(shownContractor(c)), nil
}

// DeleteContractor soft-deletes a contractor.
func (h *Handlers) DeleteContractor(ctx context.Context, request DeleteContractorRequestObject) (DeleteContractorResponseObject, error) {
	gone, err := softDelete(ctx, h, id.Contractor, request.ID, schema.DeleteContractor)
	if err != nil {
		return nil, err
	}
	return DeleteContractor200JSONResponse(gone), nil
}
