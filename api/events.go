package api

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// eventData is an event's data as it is sent.
func eventData(e *schema.Event) EventData {
	return append(append(json.RawMessage(`{"object":`), e.Data...), '}')
}

func shownEvent(e *schema.Event) Event {
	return Event{ID: e.ID, Object: EventObjectEvent, Type: EventType(e.Type), Created: e.CreatedAt.Unix(), Data: eventData(e)}
}

// ListEvents answers a page of events.
func (h *Handlers) ListEvents(ctx context.Context, request ListEventsRequestObject) (ListEventsResponseObject, error) {
	p := request.Params
	by := schema.EventFilter{Type: orEmpty(p.Type)}
	by.CreatedFrom, by.CreatedBefore = createdRange(p.CreatedGt, p.CreatedGte, p.CreatedLt, p.CreatedLte)
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Event], error) {
			return schema.ListEvents(ctx, tx, page, by)
		}, eachRow(shownEvent), func(e *schema.Event) string { return e.ID })
	if err != nil {
		return nil, err
	}
	return ListEvents200JSONResponse{Body: body, Headers: ListEvents200ResponseHeaders{Link: link}}, nil
}

// GetEvent answers one event.
func (h *Handlers) GetEvent(ctx context.Context, request GetEventRequestObject) (GetEventResponseObject, error) {
	e, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Event, error) {
		return lookup(ctx, tx, id.Event, request.ID, schema.GetEvent)
	})
	if err != nil {
		return nil, err
	}
	return GetEvent200JSONResponse(shownEvent(e)), nil
}
