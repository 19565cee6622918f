package api

import (
	"net/http"
	"path"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"certflow/internal/id"
	"certflow/internal/telemetry"
)

// trace makes a request a trace of its own, named after its operation, and links it to the one that the client says it belongs to: a public
// API lets nobody choose its traces' ids, nor which of them are kept. The route stands in it, never the path: that may hold anything.
func (s *Server) trace(c *gin.Context) {
	if s.traces == nil {
		return
	}
	theirs := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header)))
	name := "none"
	if operation := s.operations[c.Request.Method+" "+c.FullPath()]; operation != nil {
		name = operation.id
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithNewRoot(),
		trace.WithAttributes(attribute.String("http.route", c.FullPath()), attribute.String("http.request.method", methodName(c.Request.Method)))}
	if theirs.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: theirs}))
	}
	ctx, span := s.traces.Tracer(telemetry.Tracer).Start(c.Request.Context(), name, options...)
	defer span.End()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
	telemetry.Note(c.Request.Context())
	span.SetAttributes(attribute.Int("http.response.status_code", c.Writer.Status()))
	if c.Writer.Status() >= http.StatusInternalServerError {
		telemetry.Fail(span, http.StatusText(c.Writer.Status()))
	}
}

// methodName is a method by its name, or _OTHER: a client can send any word.
func methodName(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "_OTHER"
}

// follow lets logs and traces say which request of whom something belongs to, and which object it names or made.
func (s *Server) follow(c *gin.Context) {
	state := callOf(c.Request.Context())
	ids := named(c.Param("id"))
	ids.Request, ids.Account = state.requestID, state.owner.AccountID
	c.Request = c.Request.WithContext(telemetry.With(c.Request.Context(), ids))
	c.Next()
	if made := c.Writer.Header().Get("Location"); made != "" {
		c.Request = c.Request.WithContext(telemetry.With(c.Request.Context(), named(path.Base(made))))
	}
}

// named says what an id is of. What a client put in the place of an id is not repeated: it may be anything.
func named(text string) telemetry.IDs {
	switch {
	case id.Valid(id.Certificate, text):
		return telemetry.IDs{Certificate: text}
	case id.Valid(id.Job, text):
		return telemetry.IDs{Job: text}
	case id.Valid(id.Delivery, text):
		return telemetry.IDs{Delivery: text}
	case id.Valid(id.WebhookEndpoint, text):
		return telemetry.IDs{Endpoint: text}
	}
	return telemetry.IDs{}
}
