package webhook

import "sync"

// Limiter bounds how many tries to one endpoint this process makes at once, so
// that an endpoint that hangs holds up no other. It is safe for concurrent use
// and remembers only endpoints that are in use.
type Limiter struct {
	perEndpoint int

	mu    sync.Mutex
	slots map[string]*slots
}

// slots are the places of one endpoint.
type slots struct {
	taken chan struct{}
	// users are those who hold a place or are about to try for one.
	users int
}

// NewLimiter allows perEndpoint tries at once to each endpoint, at least one.
func NewLimiter(perEndpoint int) *Limiter {
	return &Limiter{perEndpoint: max(perEndpoint, 1), slots: map[string]*slots{}}
}

// TryAcquire takes a place if one is free. release gives it back, and may be
// called more than once.
func (l *Limiter) TryAcquire(endpoint string) (release func(), ok bool) {
	s := l.enter(endpoint)
	select {
	case s.taken <- struct{}{}:
		return l.releaser(endpoint, s), true
	default:
		l.leave(endpoint, s)
		return nil, false
	}
}

func (l *Limiter) releaser(endpoint string, s *slots) func() {
	return sync.OnceFunc(func() {
		<-s.taken
		l.leave(endpoint, s)
	})
}

func (l *Limiter) enter(endpoint string) *slots {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.slots[endpoint]
	if s == nil {
		s = &slots{taken: make(chan struct{}, l.perEndpoint)}
		l.slots[endpoint] = s
	}
	s.users++
	return s
}

func (l *Limiter) leave(endpoint string, s *slots) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.users--
	if s.users == 0 {
		delete(l.slots, endpoint)
	}
}
