package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// Limits bounds what one request may be. Zero values are replaced by those of CONTRACT §1, §2 and §6.
type Limits struct {
	Body       int64 // bytes of a body that is no upload; 1 MiB
	File       int64 // bytes of one PDF; 15 MiB
	BulkFiles  int   // files of one bulk upload; 500
	BulkBytes  int64 // bytes of one bulk upload; 1 GiB
	Metadata   int64 // bytes of certificates_metadata; 1 MiB
	Concurrent int   // uploads that one process takes at a time; 128
}

func (l Limits) withDefaults() Limits {
	set := func(v *int64, d int64) {
		if *v == 0 {
			*v = d
		}
	}
	set(&l.Body, 1<<20)
	set(&l.File, 15<<20)
	set(&l.BulkBytes, 1<<30)
	set(&l.Metadata, 1<<20)
	if l.BulkFiles == 0 {
		l.BulkFiles = 500
	}
	if l.Concurrent == 0 {
		l.Concurrent = 128
	}
	return l
}

// singleUploadSlack is what a single upload may hold beside its file, and how much too large that file may be and still be refused for its
// own size rather than the request's.
const singleUploadSlack = 16 << 20

// uploadBody bounds the body of an upload.
func (l Limits) uploadBody(operation string) int64 {
	if operation == "UploadCertificate" {
		return l.File + singleUploadSlack
	}
	return l.BulkBytes
}

// Check is something that the service needs. Required ones decide readiness; the rest are reported beside them.
type Check struct {
	Name     string
	Required bool
	Do       func(ctx context.Context) error
}

// Config is what a server is made of. All fields but Sessions, Limits, Checks and Traces are needed.
type Config struct {
	Log      *slog.Logger
	Registry prometheus.Registerer
	Keys     Keys
	Sessions Sessions // nil: browsers need a key too
	Claims   Claims
	Limiter  Limiter
	Handlers StrictServerInterface
	Limits   Limits
	Checks   []Check
	// Traces is where spans go; nil: nowhere.
	Traces trace.TracerProvider
}

// Server is the HTTP edge in front of handlers.
type Server struct {
	log        *slog.Logger
	metrics    *metrics
	keys       Keys
	sessions   Sessions
	keyUse     keyUse
	claims     Claims
	limiter    Limiter
	limits     Limits
	checks     []Check
	operations map[string]*operation
	uploads    chan struct{}
	engine     *gin.Engine
	traces     trace.TracerProvider
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
		limits: config.Limits.withDefaults(), checks: config.Checks, operations: index, traces: config.Traces}
	s.uploads = make(chan struct{}, s.limits.Concurrent)
	s.engine = s.newEngine(config.Handlers)
	return s, nil
}

// newEngine lays the way of a request: log and state, key, rate, idempotency claim, upload slot, validation, stored answer, handler.
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

	group := engine.Group("", s.authenticate, s.follow, s.limitRate, chooseListFormat, s.claimKey, s.takeUploadSlot, s.validate, s.settleParsed)
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

// takeUploadSlot keeps a process from taking more uploads at a time than its memory and storage were planned for.
func (s *Server) takeUploadSlot(c *gin.Context) {
	if state := callOf(c.Request.Context()); state.operation == nil || !state.operation.multipart {
		return
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
		c.Next()
	default:
		s.fail(c, unavailable(fmt.Errorf("all %d uploads that this process takes at a time are under way", cap(s.uploads))))
	}
}

// Engine is the Gin engine, for whoever mounts pages beside the API.
func (s *Server) Engine() *gin.Engine { return s.engine }

// HTTPServer is a server for the handler, with bounds on headers and on slow clients. Bodies have bounds of their own; a stream of events lifts
// its write deadline.
func (s *Server) HTTPServer(addr string) *http.Server {
	return &http.Server{
		Addr: addr, Handler: s.engine, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		WriteTimeout: uploadTime + 2*time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

// ready answers whether requests can be served: 200 when every required part answers, with the state of all.
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
	c.JSON(status, gin.H{"status": overall, "parts": parts})
}
