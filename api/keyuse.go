package api

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// KeyUses records that keys were used.
type KeyUses interface {
	NoteKeyUse(ctx context.Context, keys []string) error
}

// keyUse collects the keys that were used and writes them now and then, so that a request does not wait for it.
type keyUse struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (u *keyUse) note(key string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.keys == nil {
		u.keys = map[string]bool{}
	}
	u.keys[key] = true
}

func (u *keyUse) take() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	keys := slices.Sorted(maps.Keys(u.keys))
	u.keys = nil
	return keys
}

// NoteKeyUse writes which keys were used, every interval until ctx ends and once more then.
func (s *Server) NoteKeyUse(ctx context.Context, uses KeyUses, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		ended := false
		select {
		case <-ctx.Done():
			ended = true
		case <-tick.C:
		}
		if keys := s.keyUse.take(); len(keys) > 0 {
			write, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			if err := uses.NoteKeyUse(write, keys); err != nil {
				s.log.WarnContext(ctx, "the use of keys was not noted", slog.Any("error", err))
			}
			cancel()
		}
		if ended {
			return
		}
	}
}
