package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/net/netutil"
)

// Check is something that the service needs. Required ones decide readiness; the rest are reported beside them.
type Check struct {
	Name     string
	Required bool
	Do       func(ctx context.Context) error
}

// Config is what a server is made of. All fields but Sessions, RuleFaults, Backlogs, Limits, Checks, Proxies and Traces are needed.
type Config struct {
	Log      *slog.Logger
	Registry prometheus.Registerer
	Keys     Keys
	Sessions Sessions // nil: browsers need a key too
	Claims   Claims
	Limiter  Limiter
	Handlers StrictServerInterface
	// RuleFaults tells of a body that the contract refuses what its rules would be refused for, by field, so that their author hears of both
	// at once; nil: nothing.
	RuleFaults func(body map[string]any) map[string]string
	Backlogs   Backlogs // nil: uploads are never held back
	Limits     Limits
	Checks     []Check
	// Proxies are the addresses and ranges whose X-Forwarded-For is believed; none: a client's address is its connection's.
	Proxies []string
	// Traces is where spans go; nil: nowhere.
	Traces trace.TracerProvider
}

// Server is the HTTP edge in front of handlers.
type Server struct {
	log        *slog.Logger
	metrics    *metrics
	keys       Keys
	sessions   Sessions
	keyUse     keyUseCounter
	claims     Claims
	limiter    Limiter
	limits     Limits
	checks     []Check
	operations map[string]*operation
	backlog    *backlog
	engine     *gin.Engine
	ruleFaults func(body map[string]any) map[string]string
	traces     trace.TracerProvider
	// What the process takes on at a time.
	requestSlots, uploadSlots, streamSlots *slots
	anonymousDrains                        chan struct{} // whose bodies are drained
	draining                               atomic.Bool
	open                                   sync.WaitGroup // requests
}

// New assembles a server.
func New(config Config) (*Server, error) {
	doc, err := loadSpec()
	if err != nil {
		return nil, err
	}
	index, err := operations(doc)
	if err != nil {
		return nil, err
	}
	return assemble(config, index)
}

func assemble(config Config, index map[string]*operation) (*Server, error) {
	m, err := newMetrics(config.Registry)
	if err != nil {
		return nil, err
	}
	s := &Server{log: config.Log, metrics: m, keys: config.Keys, sessions: config.Sessions, claims: config.Claims, limiter: config.Limiter,
		limits: config.Limits.withDefaults(), checks: config.Checks, operations: index, ruleFaults: config.RuleFaults, traces: config.Traces}
	s.requestSlots, s.uploadSlots = newSlots(s.limits.Requests, 0), newSlots(s.limits.Uploads, s.limits.AccountUploads)
	s.streamSlots = newSlots(0, s.limits.AccountStreams)
	s.anonymousDrains = make(chan struct{}, maxAnonymousDrains)
	s.backlog = &backlog{of: config.Backlogs, limit: s.limits.Backlog, log: config.Log}
	if config.Backlogs != nil {
		if err := s.measureBacklog(config.Registry); err != nil {
			return nil, err
		}
	}
	s.engine = s.newEngine(config.Handlers)
	if err := s.engine.SetTrustedProxies(config.Proxies); err != nil {
		return nil, fmt.Errorf("the trusted proxies: %w", err)
	}
	return s, nil
}

// newEngine lays the way of a request: log and state, slot, key, rate, idempotency claim, backlog, slot of its kind, validation, stored answer,
// handler.
func (s *Server) newEngine(handlers StrictServerInterface) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ContextWithFallback = true
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.UseRawPath = false
	engine.Use(s.trace, s.begin)
	engine.NoRoute(s.noRoute)
	engine.NoMethod(s.noMethod)
	engine.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	engine.GET("/readyz", s.ready)
	engine.GET("/openapi.yaml", func(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", OpenAPI) })

	group := engine.Group("", s.takeRequestSlot, s.authenticate, s.follow, s.limitRate, chooseListFormat, s.claimIdempotencyKey, s.holdBack, s.takeOperationSlot, s.validate, s.settleParsed)
	strict := NewStrictHandlerWithOptions(handlers, []StrictMiddlewareFunc{ownContext}, StrictGinServerOptions{
		RequestErrorHandlerFunc:  func(c *gin.Context, err error) { s.fail(c, malformed(err)) },
		HandlerErrorFunc:         s.fail,
		ResponseErrorHandlerFunc: s.fail,
	})
	RegisterHandlersWithOptions(group, strict, GinServerOptions{
		BaseURL:      basePath,
		ErrorHandler: func(c *gin.Context, err error, _ int) { s.fail(c, malformed(err)) },
	})
	return engine
}

// ownContext gives handlers a context that stays theirs. Gin uses its contexts again for other requests, while database/sql and
// everything that is started beside a request may look at one after its request is over.
func ownContext(handle StrictHandlerFunc, _ string) StrictHandlerFunc {
	return func(c *gin.Context, request any) (any, error) { return handle(c.Copy(), request) }
}

// malformed is the refusal of what passed validation and still does not fit the handler's types.
func malformed(err error) error {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{Status: http.StatusBadRequest, Code: ErrorCodeBadRequest, Message: "The request is not well-formed.", Cause: err}
}

// Engine is the Gin engine, for whoever mounts pages beside the API.
func (s *Server) Engine() *gin.Engine { return s.engine }

// HTTPServer is a server for the handler, with bounds on headers and on slow clients. Bodies have bounds of their own; a stream of events lifts
// its write deadline.
func (s *Server) HTTPServer(addr string) *http.Server {
	return &http.Server{
		Addr: addr, Handler: headAsGet(s.engine), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		WriteTimeout: s.limits.writeTime(), MaxHeaderBytes: s.limits.Header, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// headAsGet answers HEAD as GET is answered: net/http keeps the body back. What watches a service, and what follows a link to a PDF, asks so.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead && answersHead(r.URL.Path) {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		next.ServeHTTP(w, r)
	})
}

// answersHead reports whether HEAD may be asked of a path that takes GET: of a stream, which has no end, it may not. The console's pages answer
// for themselves.
func answersHead(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/openapi.yaml" || strings.HasPrefix(path, basePath+"/") && path != basePath+"/events/stream"
}

// LimitListener bounds the connections that come from a listener: those beyond wait to be accepted. Without that a process runs out of files, and with
// them out of connections to its database.
func (s *Server) LimitListener(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, s.limits.Connections)
}

// Drain lets the process say that it is about to stop: it is not ready from now on and gives connections up with the answers that it still
// makes, so that whoever spreads requests sends them to others before the listener closes.
func (s *Server) Drain() { s.draining.Store(true) }

// Wait returns when no request is open, or ctx ends: those that were cut off give back what they hold.
func (s *Server) Wait(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.open.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// ready answers whether requests can be served: 200 when every required part answers and the process is not about to stop, with the state of
// all. A backlog that holds uploads back leaves it ready: everything else is served, and it is the same for all processes.
func (s *Server) ready(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), 3*time.Second)
	defer cancel()
	type result struct {
		check Check
		err   error
	}
	results := make(chan result, len(s.checks))
	for _, check := range s.checks {
		go func() { results <- result{check, check.Do(ctx)} }()
	}
	status, overall, parts := http.StatusOK, "ok", gin.H{}
	for range s.checks {
		r := <-results
		parts[r.check.Name] = "ok"
		if r.err == nil {
			continue
		}
		s.log.WarnContext(ctx, "a part does not answer", slog.String("part", r.check.Name), slog.Any("error", r.err))
		parts[r.check.Name] = "unreachable"
		switch {
		case r.check.Required:
			status, overall = http.StatusServiceUnavailable, "unavailable"
		case overall == "ok":
			overall = "degraded"
		}
	}
	answer := gin.H{"parts": parts}
	if s.backlog.of != nil {
		known, held := s.backlog.look(ctx)
		answer["backlog"] = gin.H{"certificates": known.Certificates, "oldest_seconds": int(known.Oldest.Seconds()), "limit": s.limits.Backlog,
			"uploads_held_back": held}
		if held && overall == "ok" {
			overall = "degraded"
		}
	}
	if s.draining.Load() {
		status, overall = http.StatusServiceUnavailable, "stopping"
	}
	answer["status"] = overall
	c.JSON(status, answer)
}
