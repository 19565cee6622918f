package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

const (
	// streamPoll is how often a stream looks for events, streamQuiet how long it says nothing before it shows that it lives, and streamMost
	// how many events it reads at a time.
	streamPoll  = time.Second
	streamQuiet = 15 * time.Second
	streamMost  = 1000
	// streamSoon is how often a stream looks while there are events that may not be sent yet, and streamPatience how long it lets them wait: longer
	// than a transaction of ours can last, but a database may be shared with others whose take hours.
	streamSoon     = 200 * time.Millisecond
	streamPatience = 3 * time.Minute
)

// StreamEvents follows the account's events as server-sent events.
func (h *Handlers) StreamEvents(ctx context.Context, request StreamEventsRequestObject) (StreamEventsResponseObject, error) {
	return inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (StreamEventsResponseObject, error) {
		s := &stream{h: h, ctx: ctx}
		var err error
		if last := request.Params.LastEventID; last != nil {
			s.after, err = placeOf(ctx, tx, *last)
		} else {
			s.opens, s.after, err = newestEvent(ctx, tx)
		}
		return s, err
	})
}

// beforeAll stands for an event before the account's first one.
const beforeAll = "none"

// newestEvent is the account's newest event and its place in the order.
func newestEvent(ctx context.Context, tx bun.IDB) (event string, place int64, err error) {
	newest, err := schema.ListEvents(ctx, tx, schema.Page{Limit: 1}, schema.EventFilter{})
	if err != nil {
		return "", 0, err
	}
	if len(newest.Rows) == 0 {
		return beforeAll, 0, nil
	}
	return newest.Rows[0].ID, newest.Rows[0].Seq, nil
}

// placeOf is the place of an event in the account's order.
func placeOf(ctx context.Context, tx bun.IDB, wanted string) (int64, error) {
	if wanted == beforeAll {
		return 0, nil
	}
	if id.Valid(id.Event, wanted) {
		if seq, err := schema.EventSeq(ctx, tx, wanted); !errors.Is(err, schema.ErrNotFound) {
			return seq, err
		}
	}
	return 0, refuse(http.StatusBadRequest, ErrorCodeInvalidEventID, "%s", absent("event", wanted))
}

// stream writes the events that follow a place in the account's order until the client goes. Transactions commit in another order than they number
// their events: an event waits until nothing can come before it any more, so that a client which goes on behind it misses none.
type stream struct {
	h     *Handlers
	ctx   context.Context
	opens string // the event behind which the stream begins, where the client named none
	after int64  // everything up to here was sent
	until int64  // nothing more comes to be up to here
	looks []look // those behind until, oldest first
}

// look is a look at the events, and how far they went then.
type look struct {
	at time.Time
	schema.Horizon
}

// see takes in how far the events go now, and moves until past the looks since when every transaction has ended.
func (s *stream) see(now time.Time, seen schema.Horizon) {
	last := s.until
	if len(s.looks) > 0 {
		last = s.looks[len(s.looks)-1].Until
	}
	if seen.Until > last {
		s.looks = append(s.looks, look{now, seen})
	}
	for len(s.looks) > 0 && (s.looks[0].NotYet <= seen.Open || now.Sub(s.looks[0].at) > streamPatience) {
		s.until, s.looks = s.looks[0].Until, s.looks[1:]
	}
}

// VisitStreamEventsResponse writes the stream.
func (s *stream) VisitStreamEventsResponse(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	controller := http.NewResponseController(w)
	// Each piece must be taken within a while; the whole may last for ever. A connection without deadlines is one of a test.
	write := func(piece []byte) error {
		_ = controller.SetWriteDeadline(time.Now().Add(s.h.Limits.Pause))
		if _, err := w.Write(piece); err != nil {
			return err
		}
		return controller.Flush()
	}
	opening := ": the events that follow\n"
	if s.opens != "" {
		opening += "id: " + s.opens + "\n" // a client that reconnects before the first event came misses none
	}
	if err := write([]byte(opening + "\n")); err != nil {
		return nil // the client has left: nobody is there to be told
	}
	tick := time.NewTimer(streamPoll)
	defer tick.Stop()
	quiet := time.Now()
	for {
		select {
		case <-s.ctx.Done():
			return nil
		case <-s.h.ending:
			return nil
		case <-tick.C:
		}
		piece, err := s.next()
		if errors.Is(err, context.Canceled) || errors.Is(err, errKeyEnded) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(s.looks) > 0 || s.after < s.until {
			tick.Reset(streamSoon)
		} else {
			tick.Reset(streamPoll)
		}
		if len(piece) == 0 && time.Since(quiet) > streamQuiet {
			piece = []byte(": still here\n\n")
		}
		if len(piece) == 0 {
			continue
		}
		if err := write(piece); err != nil {
			return nil // the client has left: nobody is there to be told
		}
		quiet = time.Now()
	}
}

// errKeyEnded says that the key which a stream was opened with was revoked or has expired: no stream outlives its key.
var errKeyEnded = errors.New("the key of the stream has ended")

// next is what has happened since the last look, as server-sent events.
func (s *stream) next() ([]byte, error) {
	rows, err := inAccount(s.ctx, s.h.DB, func(ctx context.Context, tx bun.IDB) ([]schema.Event, error) {
		switch lives, err := schema.KeyLives(ctx, tx, callOf(s.ctx).owner.KeyID); {
		case err != nil:
			return nil, err
		case !lives:
			return nil, errKeyEnded
		}
		seen, err := schema.EventHorizon(ctx, tx)
		if err != nil {
			return nil, err
		}
		if s.see(time.Now(), seen); s.until <= s.after {
			return nil, nil
		}
		return schema.EventsBetween(ctx, tx, s.after, s.until, streamMost)
	})
	if err != nil {
		return nil, fmt.Errorf("read the events of a stream: %w", err)
	}
	var b bytes.Buffer
	for i := range rows {
		if err := writeEvent(&b, &rows[i]); err != nil {
			return nil, err
		}
	}
	if len(rows) == streamMost {
		s.after = rows[len(rows)-1].Seq
	} else {
		s.after = max(s.after, s.until)
	}
	return b.Bytes(), nil
}

// writeEvent writes an event with the body of its webhook.
func writeEvent(b *bytes.Buffer, e *schema.Event) error {
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
	return nil
}
