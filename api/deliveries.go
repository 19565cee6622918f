package api

import (
	"context"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

func shownDelivery(d *schema.Delivery) Delivery {
	shown := Delivery{
		ID: d.ID, Object: DeliveryObjectDelivery, Event: d.EventID, EventType: EventType(d.EventType), WebhookEndpoint: d.EndpointID,
		Status: DeliveryStatus(d.Status), Reason: orNull(d.Reason), AttemptCount: d.Attempts, NextAttemptAt: nullable.NewNullNullable[int64](),
		Created: d.CreatedAt.Unix(), Updated: d.UpdatedAt.Unix(),
	}
	if !d.NextAttemptAt.IsZero() {
		shown.NextAttemptAt.Set(d.NextAttemptAt.Unix())
	}
	return shown
}

// ListDeliveries answers a page of the account's deliveries.
func (h *Handlers) ListDeliveries(ctx context.Context, request ListDeliveriesRequestObject) (ListDeliveriesResponseObject, error) {
	p := request.Params
	by := schema.DeliveryFilter{Endpoint: orEmpty(p.Endpoint), Status: orEmpty(p.Status), Type: orEmpty(p.Type), Object: orEmpty(p.Object),
		Undelivered: p.Undelivered != nil && *p.Undelivered}
	by.CreatedFrom, by.CreatedBefore = createdRange(p.CreatedGt, p.CreatedGte, p.CreatedLt, p.CreatedLte)
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Delivery], error) {
			return schema.ListDeliveries(ctx, tx, page, by)
		}, eachRow(shownDelivery), func(d *schema.Delivery) string { return d.ID })
	if err != nil {
		return nil, err
	}
	return ListDeliveries200JSONResponse{Body: body, Headers: ListDeliveries200ResponseHeaders{Link: link}}, nil
}

// ListWebhookEndpointDeliveries answers a page of one endpoint's deliveries.
func (h *Handlers) ListWebhookEndpointDeliveries(ctx context.Context, request ListWebhookEndpointDeliveriesRequestObject) (ListWebhookEndpointDeliveriesResponseObject, error) {
	p := request.Params
	by := schema.DeliveryFilter{Endpoint: request.ID, Status: orEmpty(p.Status), Type: orEmpty(p.Type), Object: orEmpty(p.Object),
		Undelivered: p.Undelivered != nil && *p.Undelivered}
	by.CreatedFrom, by.CreatedBefore = createdRange(p.CreatedGt, p.CreatedGte, p.CreatedLt, p.CreatedLte)
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Delivery], error) {
			if _, err := findEndpoint(ctx, tx, request.ID, schema.GetEndpoint); err != nil {
				return schema.Listed[schema.Delivery]{}, err
			}
			return schema.ListDeliveries(ctx, tx, page, by)
		}, eachRow(shownDelivery), func(d *schema.Delivery) string { return d.ID })
	if err != nil {
		return nil, err
	}
	return ListWebhookEndpointDeliveries200JSONResponse{Body: body, Headers: ListWebhookEndpointDeliveries200ResponseHeaders{Link: link}}, nil
}

// GetDelivery answers one delivery with its attempts.
func (h *Handlers) GetDelivery(ctx context.Context, request GetDeliveryRequestObject) (GetDeliveryResponseObject, error) {
	shown, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (Delivery, error) {
		d, err := lookup(ctx, tx, id.Delivery, request.ID, schema.GetDelivery)
		if err != nil {
			return Delivery{}, err
		}
		rows, err := schema.AttemptsOf(ctx, tx, d.ID)
		if err != nil {
			return Delivery{}, err
		}
		attempts := make([]DeliveryAttempt, len(rows))
		for i, a := range rows {
			attempts[i] = DeliveryAttempt{Number: a.Number, StatusCode: orNull(a.StatusCode), ErrorClass: orNull(a.ErrorClass), Detail: orNull(a.Detail),
				DurationMs: a.DurationMS, RemoteIP: orNull(a.RemoteIP), Answer: orNull(a.Answer), Created: a.CreatedAt.Unix()}
		}
		shown := shownDelivery(d)
		shown.Attempts = &attempts
		return shown, nil
	})
	if err != nil {
		return nil, err
	}
	return GetDelivery200JSONResponse(shown), nil
}

// ResendDelivery makes a new delivery of the same event to the same endpoint.
func (h *Handlers) ResendDelivery(ctx context.Context, request ResendDeliveryRequestObject) (ResendDeliveryResponseObject, error) {
	var start []schema.Delivery
	answer, err := inAccountOnce(ctx, h.DB, ResendDeliveryResponseObject.VisitResendDeliveryResponse, func(ctx context.Context, tx bun.IDB) (ResendDeliveryResponseObject, error) {
		d, err := lookup(ctx, tx, id.Delivery, request.ID, schema.GetDelivery)
		if err != nil {
			return nil, err
		}
		e, err := schema.GetEndpoint(ctx, tx, d.EndpointID)
		if err != nil {
			return nil, orNotFound(err, "webhook endpoint", d.EndpointID)
		}
		if e.Status == schema.EndpointDisabled {
			return nil, refuse(409, ErrorCodeInvalidState, "The endpoint is disabled. Enable it first.")
		}
		event, err := schema.GetEvent(ctx, tx, d.EventID)
		if err != nil {
			return nil, err
		}
		if start, err = schema.InsertDeliveries(ctx, tx, *event, []schema.Endpoint{*e}); err != nil {
			return nil, err
		}
		made, err := schema.GetDelivery(ctx, tx, start[0].ID)
		if err != nil {
			return nil, err
		}
		return ResendDelivery201JSONResponse{Body: shownDelivery(made),
			Headers: ResendDelivery201ResponseHeaders{Location: location("deliveries", made.ID)}}, nil
	})
	if err != nil {
		return nil, err
	}
	h.startDeliveries(ctx, start)
	return answer, nil
}
