package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"certflow/schema"
)

// Backlogs knows how much waits for its verdict.
type Backlogs interface {
	// Backlog counts the certificates of all accounts that wait for their verdict, and stops at most.
	Backlog(ctx context.Context, most int) (schema.Backlog, error)
}

const (
	// backlogFresh is how old the known backlog may be, and backlogWait how long it is asked for. What comes in meanwhile is taken.
	backlogFresh = 2 * time.Second
	backlogWait  = time.Second
	// heldBackFor is what a client whose upload is refused for the backlog is told to wait.
	heldBackFor = 30 * time.Second
)

// backlog is what this process knows of the backlog. It is read from the database, where all processes see the same, when somebody asks
// and what is known is too old; one asks and the others go by what is known.
type backlog struct {
	of    Backlogs // nil: uploads are never held back
	limit int
	log   *slog.Logger

	asking sync.Mutex // held by whoever asks
	mu     sync.Mutex
	at     time.Time
	known  schema.Backlog
	held   bool
}

// look answers the backlog and whether uploads are held back for it. While the database does not answer, the last answer stands.
func (b *backlog) look(ctx context.Context) (schema.Backlog, bool) {
	if b.of == nil {
		return schema.Backlog{}, false
	}
	b.mu.Lock()
	fresh := time.Since(b.at) < backlogFresh
	b.mu.Unlock()
	if !fresh && b.asking.TryLock() {
		b.ask(ctx)
		b.asking.Unlock()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known, b.held
}

// ask reads the backlog anew. It says when uploads begin to be held back, and when they are taken again.
func (b *backlog) ask(ctx context.Context) {
	// Others go by the answer: it must not depend on the one client that happens to ask.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), backlogWait)
	defer cancel()
	now, err := b.of.Backlog(ctx, b.limit)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = time.Now()
	if err != nil {
		b.log.WarnContext(ctx, "the backlog is not known", slog.Any("error", err))
		return
	}
	held := now.Certificates >= b.limit
	switch {
	case held && !b.held:
		b.log.WarnContext(ctx, "uploads are held back: too many certificates wait for their verdict",
			slog.Int("limit", b.limit), slog.Duration("oldest", now.Oldest))
	case !held && b.held:
		b.log.WarnContext(ctx, "uploads are taken again", slog.Int("backlog", now.Certificates), slog.Int("limit", b.limit))
	}
	b.known, b.held = now, held
}

// holdBack refuses an upload while too many certificates wait. What was accepted before is answered all the same: a request whose
// idempotency key has an answer, or a job that works it out, makes nothing.
func (s *Server) holdBack(c *gin.Context) {
	state := callOf(c.Request.Context())
	if state.operation == nil || !state.operation.multipart || state.claim.replays() {
		return
	}
	if _, held := s.backlog.look(c.Request.Context()); !held {
		return
	}
	s.metrics.heldBack.Inc()
	// Without a cause: the log has said once what happens, and must not grow with the crowd.
	s.fail(c, &Problem{Status: http.StatusServiceUnavailable, Code: ErrorCodeUnavailable, RetryAfter: heldBackFor,
		Message: "Too many certificates wait for their review at the moment. Nothing was stored; try again later."})
}

// measureBacklog registers what is known of the backlog as metrics.
func (s *Server) measureBacklog(registry prometheus.Registerer) error {
	for _, gauge := range []struct {
		name, help string
		value      func(schema.Backlog) float64
	}{
		{"certflow_backlog_certificates", "Certificates of all accounts that wait for their verdict; counted up to CERTFLOW_BACKLOG.",
			func(b schema.Backlog) float64 { return float64(b.Certificates) }},
		{"certflow_backlog_oldest_seconds", "How long the certificate that waits longest has waited for its verdict.",
			func(b schema.Backlog) float64 { return b.Oldest.Seconds() }},
	} {
		err := registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: gauge.name, Help: gauge.help}, func() float64 {
			known, _ := s.backlog.look(context.Background())
			return gauge.value(known)
		}))
		if err != nil {
			return fmt.Errorf("register the metrics of the backlog: %w", err)
		}
	}
	return nil
}
