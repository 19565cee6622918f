package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/internal/webhook"
	"certflow/schema"
)

const (
	// maxEndpoints is how many endpoints an account may have (CONTRACT §7).
	maxEndpoints = 16
	// rotationTime is how long an old secret signs beside the new one unless said otherwise.
	rotationTime = 24 * time.Hour
	// recoverySpan bounds the range that one recovery sends again.
	recoverySpan = 14 * 24 * time.Hour
)

func shownEndpoint(e *schema.Endpoint) WebhookEndpoint {
	return WebhookEndpoint{
		ID: e.ID, Object: WebhookEndpointObjectWebhookEndpoint, URL: e.URL, Description: orNull(e.Description), Events: e.Events,
		Status: WebhookEndpointStatus(e.Status), DisabledReason: orNull(e.DisabledReason), Created: e.CreatedAt.Unix(), Updated: e.UpdatedAt.Unix(),
	}
}

// checkURL gives an endpoint's URL as it is stored.
func (h *Handlers) checkURL(raw string) (string, error) {
	u, err := h.Guard.ParseURL(raw)
	var refused *webhook.RefusedError
	switch {
	case errors.As(err, &refused):
		return "", invalidField("url", "Is refused: %s.", refused.Refusal.Sentence())
	case err != nil:
		return "", err
	}
	return u.String(), nil
}

// subscribed is the list of types that an endpoint asks for; none stands for the published four (CONTRACT §7).
func subscribed(given *EventSubscription) []string {
	if given == nil {
		return schema.PublishedEvents()
	}
	var types []string
	for _, event := range *given {
		if !slices.Contains(types, event) {
			types = append(types, event)
		}
	}
	return types
}

// newSecret makes a signing secret and seals it for its endpoint.
func (h *Handlers) newSecret(endpoint string) (text string, sealed []byte, err error) {
	text = webhook.NewSecret().Reveal()
	if sealed, err = h.Secrets.Seal([]byte(text), endpoint); err != nil {
		return "", nil, fmt.Errorf("seal a webhook secret: %w", err)
	}
	return text, sealed, nil
}

// ListWebhookEndpoints answers a page of endpoints.
func (h *Handlers) ListWebhookEndpoints(ctx context.Context, request ListWebhookEndpointsRequestObject) (ListWebhookEndpointsResponseObject, error) {
	p := request.Params
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore, schema.ListEndpoints, eachRow(shownEndpoint),
		func(e *schema.Endpoint) string { return e.ID })
	if err != nil {
		return nil, err
	}
	return ListWebhookEndpoints200JSONResponse{Body: body, Headers: ListWebhookEndpoints200ResponseHeaders{Link: link}}, nil
}

// CreateWebhookEndpoint makes an endpoint and shows its secret.
func (h *Handlers) CreateWebhookEndpoint(ctx context.Context, request CreateWebhookEndpointRequestObject) (CreateWebhookEndpointResponseObject, error) {
	body := request.Body
	url, err := h.checkURL(body.URL)
	if err != nil {
		return nil, err
	}
	e := &schema.Endpoint{Row: schema.Row{ID: id.New(id.WebhookEndpoint), AccountID: accountOf(ctx)}, URL: url, Events: subscribed(body.Events)}
	setText(&e.Description, body.Description)
	text, sealed, err := h.newSecret(e.ID)
	if err != nil {
		return nil, err
	}
	return inAccountOnce(ctx, h.DB, CreateWebhookEndpointResponseObject.VisitCreateWebhookEndpointResponse, func(ctx context.Context, tx bun.IDB) (CreateWebhookEndpointResponseObject, error) {
		n, err := schema.CountEndpoints(ctx, tx)
		if err != nil {
			return nil, err
		}
		if n >= maxEndpoints {
			return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "An account has at most %d webhook endpoints. Delete one first.", maxEndpoints)
		}
		if err := schema.InsertEndpoint(ctx, tx, e, sealed); err != nil {
			return nil, err
		}
		shown := shownEndpoint(e)
		shown.Secret = &text
		return CreateWebhookEndpoint201JSONResponse{Body: shown,
			Headers: CreateWebhookEndpoint201ResponseHeaders{Location: location("webhook_endpoints", e.ID)}}, nil
	})
}

// GetWebhookEndpoint answers one endpoint.
func (h *Handlers) GetWebhookEndpoint(ctx context.Context, request GetWebhookEndpointRequestObject) (GetWebhookEndpointResponseObject, error) {
	e, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Endpoint, error) {
		return findEndpoint(ctx, tx, request.ID, schema.GetEndpoint)
	})
	if err != nil {
		return nil, err
	}
	return GetWebhookEndpoint200JSONResponse(shownEndpoint(e)), nil
}

func findEndpoint(ctx context.Context, tx bun.IDB, wanted string, get func(context.Context, bun.IDB, string) (*schema.Endpoint, error)) (*schema.Endpoint, error) {
	return lookup(ctx, tx, id.WebhookEndpoint, wanted, get)
}

// UpdateWebhookEndpoint changes what is given. Switched on again, an endpoint begins with a clean record.
func (h *Handlers) UpdateWebhookEndpoint(ctx context.Context, request UpdateWebhookEndpointRequestObject) (UpdateWebhookEndpointResponseObject, error) {
	body := request.Body
	var url string
	if body.URL != nil {
		var err error
		if url, err = h.checkURL(*body.URL); err != nil {
			return nil, err
		}
	}
	e, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Endpoint, error) {
		e, err := findEndpoint(ctx, tx, request.ID, schema.LockEndpoint)
		if err != nil {
			return nil, err
		}
		if url != "" {
			e.URL = url
		}
		setText(&e.Description, body.Description)
		if body.Events != nil {
			e.Events = subscribed(body.Events)
		}
		if body.Status != nil {
			switchEndpoint(e, *body.Status)
		}
		return e, schema.UpdateEndpoint(ctx, tx, e)
	})
	if err != nil {
		return nil, err
	}
	return UpdateWebhookEndpoint200JSONResponse(shownEndpoint(e)), nil
}

func switchEndpoint(e *schema.Endpoint, to WebhookEndpointUpdateStatus) {
	switch {
	case to == WebhookEndpointUpdateStatusDisabled && e.Status != schema.EndpointDisabled:
		reason := "it was switched off through the API"
		e.Status, e.DisabledReason = schema.EndpointDisabled, &reason
	case to == WebhookEndpointUpdateStatusEnabled && e.Status != schema.EndpointEnabled:
		e.Status, e.DisabledReason = schema.EndpointEnabled, nil
		e.FailingSince, e.RunSince, e.LastFailureAt = time.Time{}, time.Time{}, time.Time{}
	}
}

// DeleteWebhookEndpoint soft-deletes an endpoint; its open deliveries are cancelled.
func (h *Handlers) DeleteWebhookEndpoint(ctx context.Context, request DeleteWebhookEndpointRequestObject) (DeleteWebhookEndpointResponseObject, error) {
	gone, err := softDelete(ctx, h, id.WebhookEndpoint, request.ID, schema.DeleteEndpoint)
	if err != nil {
		return nil, err
	}
	return DeleteWebhookEndpoint200JSONResponse(gone), nil
}

// RotateWebhookSecret gives an endpoint a new secret; the old one signs beside it for a while.
func (h *Handlers) RotateWebhookSecret(ctx context.Context, request RotateWebhookSecretRequestObject) (RotateWebhookSecretResponseObject, error) {
	overlap := rotationTime
	if request.Body.ExpireAfter != nil {
		overlap = time.Duration(*request.Body.ExpireAfter) * time.Second
	}
	return inAccountOnce(ctx, h.DB, RotateWebhookSecretResponseObject.VisitRotateWebhookSecretResponse, func(ctx context.Context, tx bun.IDB) (RotateWebhookSecretResponseObject, error) {
		e, err := findEndpoint(ctx, tx, request.ID, schema.LockEndpoint)
		if err != nil {
			return nil, err
		}
		text, sealed, err := h.newSecret(e.ID)
		if err != nil {
			return nil, err
		}
		if err := schema.RotateSecret(ctx, tx, e, sealed, h.Now().Add(overlap)); err != nil {
			return nil, err
		}
		shown := shownEndpoint(e)
		shown.Secret = &text
		return RotateWebhookSecret200JSONResponse(shown), nil
	})
}

// TestWebhookEndpoint sends a ping to an endpoint, whatever types it asks for.
func (h *Handlers) TestWebhookEndpoint(ctx context.Context, request TestWebhookEndpointRequestObject) (TestWebhookEndpointResponseObject, error) {
	var start []schema.Delivery
	answer, err := inAccountOnce(ctx, h.DB, TestWebhookEndpointResponseObject.VisitTestWebhookEndpointResponse, func(ctx context.Context, tx bun.IDB) (TestWebhookEndpointResponseObject, error) {
		e, err := findEndpoint(ctx, tx, request.ID, schema.GetEndpoint)
		if err != nil {
			return nil, err
		}
		if e.Status == schema.EndpointDisabled {
			return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "The endpoint is disabled. Enable it first.")
		}
		event := schema.NewEvent(e.AccountID, schema.EventPing, e.ID, struct{}{})
		if start, err = schema.PublishTo(ctx, tx, event, []schema.Endpoint{*e}); err != nil {
			return nil, err
		}
		d, err := schema.GetDelivery(ctx, tx, start[0].ID)
		if err != nil {
			return nil, err
		}
		return TestWebhookEndpoint201JSONResponse{Body: shownDelivery(d),
			Headers: TestWebhookEndpoint201ResponseHeaders{Location: location("deliveries", d.ID)}}, nil
	})
	if err != nil {
		return nil, err
	}
	h.startDeliveries(ctx, start)
	return answer, nil
}

// RecoverWebhookEndpoint begins to send again what the endpoint never got.
func (h *Handlers) RecoverWebhookEndpoint(ctx context.Context, request RecoverWebhookEndpointRequestObject) (RecoverWebhookEndpointResponseObject, error) {
	now := h.Now()
	since, until := time.Unix(min(request.Body.Since, maxUnix), 0), now
	if request.Body.Until != nil {
		until = time.Unix(min(*request.Body.Until, maxUnix), 0)
	}
	switch {
	case !since.Before(until):
		return nil, invalidField("since", "Must be before until.")
	case until.Sub(since) > recoverySpan:
		return nil, invalidField("since", "A recovery covers at most 14 days.")
	}
	answer, err := inAccountOnce(ctx, h.DB, RecoverWebhookEndpointResponseObject.VisitRecoverWebhookEndpointResponse, func(ctx context.Context, tx bun.IDB) (RecoverWebhookEndpointResponseObject, error) {
		e, err := findEndpoint(ctx, tx, request.ID, schema.GetEndpoint)
		if err != nil {
			return nil, err
		}
		if e.Status == schema.EndpointDisabled {
			return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "The endpoint is disabled. Enable it first.")
		}
		if h.Recoverer == nil {
			return nil, unavailable(errors.New("recoveries are not wired"))
		}
		// Started within the transaction: a recovery that did not begin must not be answered, and one that begins twice sends nothing twice.
		if err := h.Recoverer.StartRecovery(ctx, e.AccountID, e.ID, since, until); err != nil {
			return nil, unavailable(err)
		}
		return RecoverWebhookEndpoint200JSONResponse(RecoveryStarted{Object: RecoveryStartedObjectRecovery, WebhookEndpoint: e.ID,
			Since: since.Unix(), Until: until.Unix()}), nil
	})
	return answer, err
}
