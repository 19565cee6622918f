package api

import (
	"context"
	"net/http"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// openSession finds the session that an upload uses: the one it names, or the newest of the tracker that it names. Where it names both
// they must belong together.
func (h *Handlers) openSession(ctx context.Context, tx bun.IDB, u *upload) (*schema.Tracker, *schema.TrackerSession, error) {
	wanted, named := u.texts["tracker_id"], u.texts["tracker_session_id"]
	if wanted == "" {
		wanted, named = named, ""
	}
	if wanted == "" {
		return nil, nil, invalidField("tracker_id", "This field is required: a tracker, or one of its sessions.")
	}
	tracker, session, err := h.sessionOf(ctx, tx, wanted)
	if err != nil || named == "" || named == session.ID || named == tracker.ID {
		return tracker, session, err
	}
	other := invalidField("tracker_session_id", "Is not a session of what tracker_id names.")
	if !id.Valid(id.Tracker, wanted) {
		return nil, nil, other
	}
	session, err = lookupReference(ctx, tx, id.TrackerSession, named, schema.GetSession, unknownSession(named))
	switch {
	case err != nil:
		return nil, nil, err
	case session.TrackerID != tracker.ID:
		return nil, nil, other
	}
	session, err = h.usableSession([]schema.TrackerSession{*session}, unknownSession(named))
	return tracker, session, err
}

// unknownSession is the refusal of an id under which no upload is taken.
func unknownSession(wanted string) *Problem {
	if !idForm.MatchString(wanted) {
		return refuse(http.StatusBadRequest, ErrorCodeInvalidSessionID, "%s", absent("tracker or session", wanted))
	}
	return refuse(http.StatusBadRequest, ErrorCodeInvalidSessionID, "There is no tracker and no open session %s.", printable(wanted))
}

// sessionOf finds a session by its id, or the open session of a tracker by the tracker's.
func (h *Handlers) sessionOf(ctx context.Context, tx bun.IDB, wanted string) (*schema.Tracker, *schema.TrackerSession, error) {
	unknown := unknownSession(wanted)
	if id.Valid(id.Tracker, wanted) {
		tracker, err := lookupReference(ctx, tx, id.Tracker, wanted, schema.HoldTracker, unknown)
		if err != nil {
			return nil, nil, err
		}
		sessions, err := schema.Sessions(ctx, tx, []string{tracker.ID})
		if err != nil {
			return nil, nil, err
		}
		session, err := h.usableSession(sessions[tracker.ID], unknown)
		return tracker, session, err
	}
	session, err := lookupReference(ctx, tx, id.TrackerSession, wanted, schema.GetSession, unknown)
	if err != nil {
		return nil, nil, err
	}
	if _, err := h.usableSession([]schema.TrackerSession{*session}, unknown); err != nil {
		return nil, nil, err
	}
	tracker, err := schema.GetTracker(ctx, tx, session.TrackerID)
	return tracker, session, err
}

// usableSession is the first session that is open. Where one has merely expired, that is what is said.
func (h *Handlers) usableSession(sessions []schema.TrackerSession, unknown *Problem) (*schema.TrackerSession, error) {
	refusal := unknown
	for i := range sessions {
		s := &sessions[i]
		if s.Open(h.Now()) {
			return s, nil
		}
		if s.ClosedAt.IsZero() {
			refusal = refuse(http.StatusBadRequest, ErrorCodeSessionExpired, "The tracker's session has expired. Open another one.")
		}
	}
	return nil, refusal
}
