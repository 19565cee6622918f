package api

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"
)

const requestIDHeader = "Request-Id"

// begin gives a request its identifier and its state, bounds its body, and logs and counts it when it has been answered. The log holds ids and figures,
// never a path, a query or a body: these may name a person.
func (s *Server) begin(c *gin.Context) {
	started := time.Now()
	state := &call{requestID: "req-" + rand.Text(), operation: s.operations[c.Request.Method+" "+c.FullPath()]}
	limit := s.limits.Body
	if state.operation != nil && state.operation.multipart {
		limit = s.limits.uploadBody(state.operation.id)
	}
	controller := http.NewResponseController(c.Writer)
	state.body = newBody(c.Request, limit, controller.SetReadDeadline)
	state.body.limits = s.limits
	// The copy gets the body: the server must find its own on the original, to know what is left of it.
	c.Request = c.Request.WithContext(withCall(c.Request.Context(), state))
	c.Request.Body = state.body
	c.Header(requestIDHeader, state.requestID)
	setSecurityHeaders(c.Writer.Header())
	if s.draining.Load() {
		c.Header("Connection", "close")
	}

	s.open.Add(1)
	s.metrics.open.Inc()
	defer func() {
		defer s.open.Done()
		s.metrics.open.Dec()
		if failure := recover(); failure != nil {
			s.log.ErrorContext(c.Request.Context(), "a handler panicked", slog.String("request", state.requestID),
				slog.String("panic", fmt.Sprint(failure)), slog.String("stack", string(debug.Stack())))
			s.fail(c, errors.New("panic in a handler"))
		}
		name := "none"
		if state.operation != nil {
			name = state.operation.id
		}
		taken := time.Since(started)
		s.metrics.seen(name, c.Writer.Status(), taken)
		s.usedKey(c, name)
		s.log.InfoContext(c.Request.Context(), "request", slog.String("request", state.requestID), slog.String("account", state.owner.AccountID),
			slog.String("key", state.owner.KeyID), slog.String("operation", name), slog.Int("status", c.Writer.Status()),
			slog.Int64("received", state.body.read), slog.Int("sent", max(c.Writer.Size(), 0)), slog.Duration("duration", taken))
	}()
	c.Next()
}

// setSecurityHeaders sets the headers that keep a browser from making anything of an answer but data.
func setSecurityHeaders(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Strict-Transport-Security", "max-age=63072000")
}
