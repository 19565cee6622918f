package api

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"certflow/schema"
)

// KeyUses keeps who used which key for what.
type KeyUses interface {
	NoteKeyUses(ctx context.Context, uses []schema.KeyUse) error
}

const (
	// maxKeyUses bounds the uses that wait to be written while the database is away.
	maxKeyUses = 100_000
	// keyUseBatch is how many are written at a time, within keyUsesTime: all that have gathered might take longer each time.
	keyUseBatch   = 5000
	keyUseTimeout = 5 * time.Second
)

// keyUseCounter collects the uses of keys, so that a request does not wait until they are written.
type keyUseCounter struct {
	mu      sync.Mutex
	uses    map[keyUseKey]*schema.KeyUse
	dropped int64 // requests for whose use there was no place, since it was last asked
}

// keyUseKey is what uses are counted by. They are counted by the hour.
type keyUseKey struct {
	key       string
	hour      time.Time
	address   netip.Addr
	operation string
	status    int
}

// note counts what a key was used for.
func (u *keyUseCounter) note(one schema.KeyUse) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.uses == nil {
		u.uses = map[keyUseKey]*schema.KeyUse{}
	}
	by := keyUseKey{one.KeyID, one.LastAt.Truncate(time.Hour), one.Address, one.Operation, one.Status}
	known := u.uses[by]
	switch {
	case known != nil:
		known.Requests += one.Requests
		known.FirstAt, known.LastAt = earliest(known.FirstAt, one.FirstAt), latest(known.LastAt, one.LastAt)
	case len(u.uses) < maxKeyUses:
		u.uses[by] = &one
	default:
		u.dropped += one.Requests
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// lost is how many requests were not counted since it was last asked.
func (u *keyUseCounter) lost() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := u.dropped
	u.dropped = 0
	return n
}

func (u *keyUseCounter) take() []schema.KeyUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	uses := make([]schema.KeyUse, 0, len(u.uses))
	for _, one := range u.uses {
		uses = append(uses, *one)
	}
	u.uses = nil
	return uses
}

// usedKey notes that the request's key was used, once it has been answered.
func (s *Server) usedKey(c *gin.Context, operation string) {
	state := callOf(c.Request.Context())
	if state.owner.KeyID == "" {
		return
	}
	address, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		address = netip.IPv6Unspecified() // a listener without addresses
	}
	now := time.Now()
	s.keyUse.note(schema.KeyUse{KeyID: state.owner.KeyID, Address: address.Unmap().WithZone(""), Operation: operation, Status: c.Writer.Status(),
		FirstAt: now, LastAt: now, Requests: 1})
}

// NoteKeyUses writes what keys were used for, every interval until ctx ends and once more then. What cannot be written is kept for the next
// time, up to maxKeyUses; the log and a metric say how much there was no place for.
func (s *Server) NoteKeyUses(ctx context.Context, uses KeyUses, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		ended := false
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		s.writeKeyUses(ctx, uses)
		if ended {
			return
		}
	}
}

func (s *Server) writeKeyUses(ctx context.Context, uses KeyUses) {
	defer s.reportLostUses(ctx)
	noted := s.keyUse.take()
	for len(noted) > 0 {
		some := noted[:min(len(noted), keyUseBatch)]
		write, cancel := context.WithTimeout(context.WithoutCancel(ctx), keyUseTimeout)
		err := uses.NoteKeyUses(write, some)
		cancel()
		if err != nil {
			s.log.WarnContext(ctx, "the use of keys was not noted", slog.Any("error", err))
			for _, one := range noted {
				s.keyUse.note(one)
			}
			return
		}
		noted = noted[len(some):]
	}
}

func (s *Server) reportLostUses(ctx context.Context) {
	if lost := s.keyUse.lost(); lost > 0 {
		s.metrics.usesLost.Add(float64(lost))
		s.log.ErrorContext(ctx, "uses of keys are lost: too many wait to be written", slog.Int64("requests", lost), slog.Int("limit", maxKeyUses))
	}
}
