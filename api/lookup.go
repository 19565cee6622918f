package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// orNotFound turns the error of a lookup by id into the 404 that names what was looked for.
func orNotFound(err error, what, id string) error {
	if errors.Is(err, schema.ErrNotFound) {
		return notFound(what, id)
	}
	return err
}

// lookup looks a row up by the id of a path. What has not the form of an id is not looked up.
func lookup[T any](ctx context.Context, tx bun.IDB, prefix id.Prefix, wanted string, get func(context.Context, bun.IDB, string) (*T, error)) (*T, error) {
	what := noun(prefix)
	if !id.Valid(prefix, wanted) {
		return nil, notFound(what, wanted)
	}
	row, err := get(ctx, tx, wanted)
	return row, orNotFound(err, what, wanted)
}

// lookupReference looks a row up by an id that stands in a body: refusal is the 400 when there is none.
func lookupReference[T any](ctx context.Context, tx bun.IDB, prefix id.Prefix, wanted string, get func(context.Context, bun.IDB, string) (*T, error), refusal *Problem) (*T, error) {
	if !id.Valid(prefix, wanted) {
		return nil, refusal
	}
	row, err := get(ctx, tx, wanted)
	if errors.Is(err, schema.ErrNotFound) {
		return nil, refusal
	}
	return row, err
}

// softDelete soft-deletes by the id of a path and says so.
func softDelete(ctx context.Context, h *Handlers, prefix id.Prefix, wanted string, remove func(ctx context.Context, tx bun.IDB, id string) (time.Time, error)) (Deleted, error) {
	what := noun(prefix)
	if !id.Valid(prefix, wanted) {
		return Deleted{}, notFound(what, wanted)
	}
	at, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (time.Time, error) { return remove(ctx, tx, wanted) })
	if err != nil {
		return Deleted{}, orNotFound(err, what, wanted)
	}
	return deletedObject(prefix, wanted, at), nil
}

func deletedObject(prefix id.Prefix, id string, at time.Time) Deleted {
	return Deleted{ID: id, Object: objectOf(prefix), Deleted: true, DeletedAt: at.Unix()}
}

// objectOf is the `object` of what an id of a path names, as in insurance_requirement.
func objectOf(prefix id.Prefix) string {
	switch prefix {
	case id.Assignment:
		return string(AssignmentObjectAssignment)
	case id.Certificate:
		return string(CertificateObjectCertificate)
	case id.Contractor:
		return string(ContractorObjectContractor)
	case id.Delivery:
		return string(DeliveryObjectDelivery)
	case id.Entity:
		return string(EntityObjectEntity)
	case id.Event:
		return string(EventObjectEvent)
	case id.InsuranceRequirement:
		return string(InsuranceRequirementObjectInsuranceRequirement)
	case id.Job:
		return string(JobObjectJob)
	case id.Tracker:
		return string(TrackerObjectTracker)
	case id.TrackerSession:
		return string(TrackerSessionObjectTrackerSession)
	case id.WebhookEndpoint:
		return string(WebhookEndpointObjectWebhookEndpoint)
	default:
		return "object"
	}
}

// noun is what messages call it, as in insurance requirement.
func noun(prefix id.Prefix) string { return strings.ReplaceAll(objectOf(prefix), "_", " ") }

// noRequirement is the refusal of a requirement that a body names and the account does not have.
func noRequirement(id string) *Problem {
	return refuse(http.StatusBadRequest, ErrorCodeNoInsuranceRequirementFound, "%s", absent("insurance requirement", id))
}
