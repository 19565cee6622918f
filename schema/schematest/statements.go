package schematest

import (
	"context"
	"sync"

	"github.com/uptrace/bun"
)

// Statements is a hook that notes what a database is asked, BEGIN and COMMIT among it: each is a round trip, and they are most of what a
// certificate costs there.
type Statements struct {
	mu   sync.Mutex
	said []string
}

// BeforeQuery lets the query run.
func (*Statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery notes it.
func (s *Statements) AfterQuery(_ context.Context, event *bun.QueryEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, event.Query)
}

// Take returns what was noted since the last time.
func (s *Statements) Take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.said
	s.said = nil
	return said
}
