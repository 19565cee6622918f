package api

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// sessionTime is how long a tracker session lasts unless said otherwise (CONTRACT §6).
const sessionTime = 30 * 24 * time.Hour

func (h *Handlers) shownTracker(t *schema.Tracker, sessions []schema.TrackerSession) Tracker {
	shown := Tracker{
		ID: t.ID, Object: TrackerObjectTracker, Name: t.Name, Entity: orNull(t.EntityID), InsuranceRequirement: orNull(t.RequirementID),
		Sessions: make([]TrackerSession, len(sessions)), Created: t.CreatedAt.Unix(), Updated: t.UpdatedAt.Unix(),
	}
	for i := range sessions {
		shown.Sessions[i] = h.shownSession(&sessions[i])
	}
	return shown
}

func (h *Handlers) shownSession(s *schema.TrackerSession) TrackerSession {
	status := TrackerSessionStatusOpen
	switch {
	case !s.ClosedAt.IsZero():
		status = TrackerSessionStatusClosed
	case !s.Open(h.Now()):
		status = TrackerSessionStatusExpired
	}
	return TrackerSession{ID: s.ID, Object: TrackerSessionObjectTrackerSession, Tracker: s.TrackerID, Status: status,
		ExpiresAt: s.ExpiresAt.Unix(), Created: s.CreatedAt.Unix()}
}

// withSessions shows trackers with their sessions.
func (h *Handlers) withSessions(ctx context.Context, tx bun.IDB, rows []schema.Tracker) ([]Tracker, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	sessions, err := schema.Sessions(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	shown := make([]Tracker, len(rows))
	for i := range rows {
		shown[i] = h.shownTracker(&rows[i], sessions[rows[i].ID])
	}
	return shown, nil
}

func (h *Handlers) withItsSessions(ctx context.Context, tx bun.IDB, t *schema.Tracker) (Tracker, error) {
	shown, err := h.withSessions(ctx, tx, []schema.Tracker{*t})
	if err != nil {
		return Tracker{}, err
	}
	return shown[0], nil
}

// ListTrackers answers a page of trackers.
func (h *Handlers) ListTrackers(ctx context.Context, request ListTrackersRequestObject) (ListTrackersResponseObject, error) {
	p := request.Params
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore, schema.ListTrackers, h.withSessions,
		func(t *schema.Tracker) string { return t.ID })
	if err != nil {
		return nil, err
	}
	return ListTrackers200JSONResponse{Body: body, Headers: ListTrackers200ResponseHeaders{Link: link}}, nil
}

// CreateTracker makes a tracker with an open session.
func (h *Handlers) CreateTracker(ctx context.Context, request CreateTrackerRequestObject) (CreateTrackerResponseObject, error) {
	body := request.Body
	return inAccountOnce(ctx, h.DB, CreateTrackerResponseObject.VisitCreateTrackerResponse, func(ctx context.Context, tx bun.IDB) (CreateTrackerResponseObject, error) {
		t := &schema.Tracker{Row: schema.Row{ID: id.New(id.Tracker), AccountID: accountOf(ctx)}, Name: body.Name}
		if err := setEntity(ctx, tx, &t.EntityID, body.Entity); err != nil {
			return nil, err
		}
		if err := setRequirement(ctx, tx, &t.RequirementID, body.InsuranceRequirement); err != nil {
			return nil, err
		}
		if err := schema.InsertTracker(ctx, tx, t); err != nil {
			return nil, err
		}
		s := &schema.TrackerSession{ID: id.New(id.TrackerSession), AccountID: t.AccountID, TrackerID: t.ID, ExpiresAt: h.Now().Add(sessionTime)}
		if err := schema.InsertSession(ctx, tx, s); err != nil {
			return nil, err
		}
		return CreateTracker201JSONResponse{Body: h.shownTracker(t, []schema.TrackerSession{*s}),
			Headers: CreateTracker201ResponseHeaders{Location: location("trackers", t.ID)}}, nil
	})
}

// GetTracker answers one tracker.
func (h *Handlers) GetTracker(ctx context.Context, request GetTrackerRequestObject) (GetTrackerResponseObject, error) {
	t, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (Tracker, error) {
		t, err := lookup(ctx, tx, id.Tracker, request.ID, schema.GetTracker)
		if err != nil {
			return Tracker{}, err
		}
		return h.withItsSessions(ctx, tx, t)
	})
	if err != nil {
		return nil, err
	}
	return GetTracker200JSONResponse(t), nil
}

// UpdateTracker changes what is given.
func (h *Handlers) UpdateTracker(ctx context.Context, request UpdateTrackerRequestObject) (UpdateTrackerResponseObject, error) {
	body := request.Body
	t, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (Tracker, error) {
		t, err := lookup(ctx, tx, id.Tracker, request.ID, schema.LockTracker)
		if err != nil {
			return Tracker{}, err
		}
		if body.Name != nil {
			t.Name = *body.Name
		}
		if err := setEntity(ctx, tx, &t.EntityID, body.Entity); err != nil {
			return Tracker{}, err
		}
		if err := setRequirement(ctx, tx, &t.RequirementID, body.InsuranceRequirement); err != nil {
			return Tracker{}, err
		}
		if err := schema.UpdateTracker(ctx, tx, t); err != nil {
			return Tracker{}, err
		}
		return h.withItsSessions(ctx, tx, t)
	})
	if err != nil {
		return nil, err
	}
	return UpdateTracker200JSONResponse(t), nil
}

// DeleteTracker soft-deletes a tracker.
func (h *Handlers) DeleteTracker(ctx context.Context, request DeleteTrackerRequestObject) (DeleteTrackerResponseObject, error) {
	gone, err := softDelete(ctx, h, id.Tracker, request.ID, schema.DeleteTracker)
	if err != nil {
		return nil, err
	}
	return DeleteTracker200JSONResponse(gone), nil
}

// CreateTrackerSession opens a session of a tracker.
func (h *Handlers) CreateTrackerSession(ctx context.Context, request CreateTrackerSessionRequestObject) (CreateTrackerSessionResponseObject, error) {
	lasts := sessionTime
	if request.Body.ExpiresIn != nil {
		lasts = time.Duration(*request.Body.ExpiresIn) * time.Second
	}
	return inAccountOnce(ctx, h.DB, CreateTrackerSessionResponseObject.VisitCreateTrackerSessionResponse, func(ctx context.Context, tx bun.IDB) (CreateTrackerSessionResponseObject, error) {
		t, err := lookup(ctx, tx, id.Tracker, request.ID, schema.LockTracker)
		if err != nil {
			return nil, err
		}
		s := &schema.TrackerSession{ID: id.New(id.TrackerSession), AccountID: t.AccountID, TrackerID: t.ID, ExpiresAt: h.Now().Add(lasts)}
		if err := schema.InsertSession(ctx, tx, s); err != nil {
			return nil, err
		}
		return CreateTrackerSession201JSONResponse(h.shownSession(s)), nil
	})
}

// CloseTrackerSession closes an open session.
func (h *Handlers) CloseTrackerSession(ctx context.Context, request CloseTrackerSessionRequestObject) (CloseTrackerSessionResponseObject, error) {
	at, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (time.Time, error) {
		if _, err := lookup(ctx, tx, id.Tracker, request.ID, schema.GetTracker); err != nil {
			return time.Time{}, err
		}
		if !id.Valid(id.TrackerSession, request.Session) {
			return time.Time{}, schema.ErrNotFound
		}
		return schema.CloseSession(ctx, tx, request.ID, request.Session)
	})
	if err != nil {
		return nil, orNotFound(err, "open session", request.Session)
	}
	return CloseTrackerSession200JSONResponse(deletedObject(id.TrackerSession, request.Session, at)), nil
}
