package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

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
	body, link, err := listed(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Event], error) {
			return schema.ListEvents(ctx, tx, page, by)
		}, each(shownEvent), func(e *schema.Event) string { return e.ID })
	if err != nil {
		return nil, err
	}
	return ListEvents200JSONResponse{Body: body, Headers: ListEvents200ResponseHeaders{Link: link}}, nil
}

// GetEvent answers one event.
func (h *Handlers) GetEvent(ctx context.Context, request GetEventRequestObject) (GetEventResponseObject, error) {
	e, err := read(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Event, error) {
		return find(ctx, tx, id.Event, "event", request.ID, schema.GetEvent)
	})
	if err != nil {
		return nil, err
	}
	return GetEvent200JSONResponse(shownEvent(e)), nil
}

const (
	// streamPoll is how often a stream looks for events, streamQuiet how long it says nothing before it shows that it lives, and streamBatch
	// how many events it reads at a time.
	streamPoll  = time.Second
	streamQuiet = 15 * time.Second
	streamBatch = 100
	// streamLag is how long a stream looks again past an event: transactions commit in another order than they number their events.
	streamLag = 10 * time.Second
)

// StreamEvents follows the account's events as server-sent events.
func (h *Handlers) StreamEvents(ctx context.Context, request StreamEventsRequestObject) (StreamEventsResponseObject, error) {
	after, err := read(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (int64, error) {
		if request.Params.LastEventID == nil {
			return schema.LastEventSeq(ctx, tx)
		}
		wanted := *request.Params.LastEventID
		e, err := referred(ctx, tx, id.Event, wanted, schema.GetEvent,
			refuse(http.StatusBadRequest, ErrorCodeInvalidEventID, "There is no event %s.", printable(wanted)))
		if err != nil {
			return 0, err
		}
		return e.Seq, nil
	})
	if err != nil {
		return nil, err
	}
	return &stream{h: h, ctx: ctx, after: after, sent: map[int64]bool{}}, nil
}

// stream writes the events that follow a place in the account's order until the client goes.
type stream struct {
	h     *Handlers
	ctx   context.Context
	after int64          // everything up to here was sent, and nothing more comes to be there
	sent  map[int64]bool // what was sent of the rest
}

// VisitStreamEventsResponse writes the stream.
func (s *stream) VisitStreamEventsResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	controller := http.NewResponseController(w)
	// Each piece must be taken within a while; the whole may last for ever. A connection without deadlines is one of a test.
	write := func(piece []byte) error {
		_ = controller.SetWriteDeadline(time.Now().Add(idleTime))
		if _, err := w.Write(piece); err != nil {
			return err
		}
		return controller.Flush()
	}
	if err := write([]byte(": the events that follow\n\n")); err != nil {
		return gone(err)
	}
	tick := time.NewTicker(streamPoll)
	defer tick.Stop()
	quiet := time.Now()
	for {
		select {
		case <-s.ctx.Done():
			return nil
		case <-tick.C:
		}
		piece, err := s.next()
		if errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(piece) == 0 && time.Since(quiet) > streamQuiet {
			piece = []byte(": still here\n\n")
		}
		if len(piece) == 0 {
			continue
		}
		if err := write(piece); err != nil {
			return gone(err)
		}
		quiet = time.Now()
	}
}

// gone drops the error of writing to a client that has left.
func gone(error) error { return nil }

// next is what has happened since the last look, as server-sent events.
func (s *stream) next() ([]byte, error) {
	var b bytes.Buffer
	for from, more := s.after, true; more; {
		rows, err := read(s.ctx, s.h.DB, func(ctx context.Context, tx bun.IDB) ([]schema.Event, error) {
			return schema.EventsAfter(ctx, tx, from, streamBatch)
		})
		if err != nil {
			return nil, fmt.Errorf("read the events of a stream: %w", err)
		}
		for i := range rows {
			if err := s.send(&b, &rows[i]); err != nil {
				return nil, err
			}
			from = rows[i].Seq
		}
		more = len(rows) == streamBatch
	}
	maps.DeleteFunc(s.sent, func(seq int64, _ bool) bool { return seq <= s.after })
	return b.Bytes(), nil
}

// send writes an event that was not sent before.
func (s *stream) send(b *bytes.Buffer, e *schema.Event) error {
	if !s.sent[e.Seq] {
		body, err := json.Marshal(struct {
			ID      string    `json:"id"`
			Type    string    `json:"type"`
			Created int64     `json:"created"`
			Data    EventData `json:"data"`
		}{e.ID, e.Type, e.CreatedAt.Unix(), eventData(e)})
		if err != nil {
			return fmt.Errorf("write an event: %w", err)
		}
		fmt.Fprintf(b, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, body)
		s.sent[e.Seq] = true
	}
	if time.Since(e.CreatedAt) > streamLag {
		s.after = max(s.after, e.Seq)
	}
	return nil
}
