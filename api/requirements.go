package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/schema"
)

// shownRequirement shows a requirement with the rules of its current version.
func shownRequirement(r *schema.Requirement, v *schema.RequirementVersion) (InsuranceRequirement, error) {
	list, err := shownRules(v.Rules)
	return InsuranceRequirement{
		ID: r.ID, Object: InsuranceRequirementObjectInsuranceRequirement, Name: r.Name, Default: r.IsDefault, Version: r.Version,
		Rules: list, Created: r.CreatedAt.Unix(), Updated: r.UpdatedAt.Unix(),
	}, err
}

func shownRules(stored json.RawMessage) ([]Rule, error) {
	var list []Rule
	if err := json.Unmarshal(stored, &list); err != nil {
		return nil, fmt.Errorf("read stored rules: %w", err)
	}
	return list, nil
}

// etag changes with everything that a requirement shows.
func etag(r *schema.Requirement) string {
	return fmt.Sprintf(`"%d-%d"`, r.Version, r.UpdatedAt.UnixMicro())
}

// checkMatch honours If-Match.
func checkMatch(r *schema.Requirement, match *IfMatch) error {
	if match == nil {
		return nil
	}
	for tag := range strings.SplitSeq(*match, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag(r) {
			return nil
		}
	}
	return refuse(http.StatusPreconditionFailed, ErrorCodePreconditionFailed, "The requirement has changed since it was read: its ETag is %s by now.", etag(r))
}

// checkRules reads and judges rules as a whole and gives them as they are stored.
func (h *Handlers) checkRules(raw json.RawMessage) ([]rules.Rule, json.RawMessage, error) {
	list, found := h.Judge.Read(raw)
	if len(found) > 0 {
		return nil, nil, invalid(ruleFaults(found))
	}
	stored, err := json.Marshal(list)
	if err != nil {
		return nil, nil, fmt.Errorf("write rules: %w", err)
	}
	return list, stored, nil
}

func ruleFaults(found []rules.Fault) faults {
	wrong := faults{}
	for _, f := range found {
		wrong.also(f.Position, f.Message)
	}
	return wrong
}

// RuleFaults says what the rules of a body would be refused for, by field.
func (h *Handlers) RuleFaults(body map[string]any) map[string]string {
	list, ok := body["rules"].([]any)
	if !ok {
		return nil
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return nil
	}
	_, found := h.Judge.Read(raw)
	return ruleFaults(found)
}

func currentVersion(ctx context.Context, tx bun.IDB, r *schema.Requirement) (*schema.RequirementVersion, error) {
	return schema.GetRequirementVersion(ctx, tx, r.ID, r.Version)
}

// ListInsuranceRequirements answers a page of requirements.
func (h *Handlers) ListInsuranceRequirements(ctx context.Context, request ListInsuranceRequirementsRequestObject) (ListInsuranceRequirementsResponseObject, error) {
	p := request.Params
	show := func(ctx context.Context, tx bun.IDB, rows []schema.Requirement) ([]InsuranceRequirement, error) {
		ids := make([]string, len(rows))
		for i := range rows {
			ids[i] = rows[i].ID
		}
		versions, err := schema.CurrentVersions(ctx, tx, ids)
		if err != nil {
			return nil, err
		}
		shown := make([]InsuranceRequirement, len(rows))
		for i := range rows {
			if shown[i], err = shownRequirement(&rows[i], versions[rows[i].ID]); err != nil {
				return nil, err
			}
		}
		return shown, nil
	}
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore, schema.ListRequirements, show,
		func(r *schema.Requirement) string { return r.ID })
	if err != nil {
		return nil, err
	}
	return ListInsuranceRequirements200JSONResponse{Body: body, Headers: ListInsuranceRequirements200ResponseHeaders{Link: link}}, nil
}

// CreateInsuranceRequirement makes a requirement with version 1 of its rules.
func (h *Handlers) CreateInsuranceRequirement(ctx context.Context, request CreateInsuranceRequirementRequestObject) (CreateInsuranceRequirementResponseObject, error) {
	body := request.Body
	_, stored, err := h.checkRules(body.Rules)
	if err != nil {
		return nil, err
	}
	return inAccountOnce(ctx, h.DB, CreateInsuranceRequirementResponseObject.VisitCreateInsuranceRequirementResponse,
		func(ctx context.Context, tx bun.IDB) (CreateInsuranceRequirementResponseObject, error) {
			r := &schema.Requirement{Row: schema.Row{ID: id.New(id.InsuranceRequirement), AccountID: accountOf(ctx)}, Name: body.Name}
			r.IsDefault = body.Default != nil && *body.Default
			v, err := schema.InsertRequirement(ctx, tx, r, stored)
			if err != nil {
				return nil, err
			}
			shown, err := shownRequirement(r, v)
			tag := etag(r)
			return CreateInsuranceRequirement201JSONResponse{Body: shown,
				Headers: CreateInsuranceRequirement201ResponseHeaders{Location: location("insurance_requirements", r.ID), ETag: &tag}}, err
		})
}

// taggedRequirement is a requirement as it is shown, with its ETag.
type taggedRequirement struct {
	shown InsuranceRequirement
	etag  string
}

func tagged(ctx context.Context, tx bun.IDB, r *schema.Requirement) (taggedRequirement, error) {
	v, err := currentVersion(ctx, tx, r)
	if err != nil {
		return taggedRequirement{}, err
	}
	shown, err := shownRequirement(r, v)
	return taggedRequirement{shown, etag(r)}, err
}

// GetInsuranceRequirement answers one requirement.
func (h *Handlers) GetInsuranceRequirement(ctx context.Context, request GetInsuranceRequirementRequestObject) (GetInsuranceRequirementResponseObject, error) {
	r, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (taggedRequirement, error) {
		r, err := lookup(ctx, tx, id.InsuranceRequirement, request.ID, schema.GetRequirement)
		if err != nil {
			return taggedRequirement{}, err
		}
		return tagged(ctx, tx, r)
	})
	if err != nil {
		return nil, err
	}
	return GetInsuranceRequirement200JSONResponse{Body: r.shown, Headers: GetInsuranceRequirement200ResponseHeaders{ETag: &r.etag}}, nil
}

// UpdateInsuranceRequirement changes what is given; rules make a new version.
func (h *Handlers) UpdateInsuranceRequirement(ctx context.Context, request UpdateInsuranceRequirementRequestObject) (UpdateInsuranceRequirementResponseObject, error) {
	body := request.Body
	var stored json.RawMessage
	if body.Rules != nil {
		var err error
		if _, stored, err = h.checkRules(*body.Rules); err != nil {
			return nil, err
		}
	}
	r, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (taggedRequirement, error) {
		r, err := lookup(ctx, tx, id.InsuranceRequirement, request.ID, schema.LockRequirement)
		if err != nil {
			return taggedRequirement{}, err
		}
		if err := checkMatch(r, request.Params.IfMatch); err != nil {
			return taggedRequirement{}, err
		}
		if body.Name != nil {
			r.Name = *body.Name
		}
		if body.Default != nil {
			r.IsDefault = *body.Default
		}
		if err := schema.UpdateRequirement(ctx, tx, r, stored); err != nil {
			return taggedRequirement{}, err
		}
		return tagged(ctx, tx, r)
	})
	if err != nil {
		return nil, err
	}
	return UpdateInsuranceRequirement200JSONResponse{Body: r.shown, Headers: UpdateInsuranceRequirement200ResponseHeaders{ETag: &r.etag}}, nil
}

// DeleteInsuranceRequirement soft-deletes a requirement.
func (h *Handlers) DeleteInsuranceRequirement(ctx context.Context, request DeleteInsuranceRequirementRequestObject) (DeleteInsuranceRequirementResponseObject, error) {
	remove := func(ctx context.Context, tx bun.IDB, wanted string) (time.Time, error) {
		r, err := schema.LockRequirement(ctx, tx, wanted)
		if err != nil {
			return time.Time{}, err
		}
		if err := checkMatch(r, request.Params.IfMatch); err != nil {
			return time.Time{}, err
		}
		return schema.DeleteRequirement(ctx, tx, wanted)
	}
	gone, err := softDelete(ctx, h, id.InsuranceRequirement, request.ID, remove)
	if err != nil {
		return nil, err
	}
	return DeleteInsuranceRequirement200JSONResponse(gone), nil
}

// ListInsuranceRequirementVersions answers all versions of a requirement, newest first.
func (h *Handlers) ListInsuranceRequirementVersions(ctx context.Context, request ListInsuranceRequirementVersionsRequestObject) (ListInsuranceRequirementVersionsResponseObject, error) {
	shown, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) ([]InsuranceRequirementVersion, error) {
		if _, err := lookup(ctx, tx, id.InsuranceRequirement, request.ID, schema.GetRequirement); err != nil {
			return nil, err
		}
		versions, err := schema.RequirementVersions(ctx, tx, request.ID)
		if err != nil {
			return nil, err
		}
		shown := make([]InsuranceRequirementVersion, len(versions))
		for i, v := range versions {
			list, err := shownRules(v.Rules)
			if err != nil {
				return nil, err
			}
			shown[i] = InsuranceRequirementVersion{Object: InsuranceRequirementVersionObjectInsuranceRequirementVersion,
				InsuranceRequirement: v.RequirementID, Version: v.Version, Name: v.Name, Rules: list, Created: v.CreatedAt.Unix()}
		}
		return shown, nil
	})
	if err != nil {
		return nil, err
	}
	body, err := listBody(ctx, shown, false)
	return ListInsuranceRequirementVersions200JSONResponse(body), err
}

// ListInsuranceRequirementTemplates answers the ready-made requirements.
func (h *Handlers) ListInsuranceRequirementTemplates(ctx context.Context, _ ListInsuranceRequirementTemplatesRequestObject) (ListInsuranceRequirementTemplatesResponseObject, error) {
	templates, err := rules.Templates()
	if err != nil {
		return nil, err
	}
	shown := make([]InsuranceRequirementTemplate, len(templates))
	for i, t := range templates {
		raw, err := json.Marshal(t.Rules)
		if err != nil {
			return nil, fmt.Errorf("write the rules of a template: %w", err)
		}
		list, err := shownRules(raw)
		if err != nil {
			return nil, err
		}
		shown[i] = InsuranceRequirementTemplate{ID: t.ID, Object: InsuranceRequirementTemplateObjectInsuranceRequirementTemplate,
			Name: t.Name, Description: t.Description, Rules: list}
	}
	body, err := listBody(ctx, shown, false)
	return ListInsuranceRequirementTemplates200JSONResponse(body), err
}
