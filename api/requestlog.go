package api

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
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
	secure(c.Writer.Header())
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
			s.fail(c, fmt.Errorf("panic in a handler"))
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

// secure sets the headers that keep a browser from making anything of an answer but data.
func secure(header http.Header) {
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Strict-Transport-Security", "max-age=63072000")
}

// metrics counts requests for Prometheus.
type metrics struct {
	open      prometheus.Gauge
	requests  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	refusals  *prometheus.CounterVec
	heldBack  prometheus.Counter
	usesLost  prometheus.Counter
	unlimited prometheus.Counter // requests that the limiter could not count
}

// newMetrics registers the metrics of one server; registering two servers at one registry is an error.
func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		open: prometheus.NewGauge(prometheus.GaugeOpts{Name: "certflow_http_requests_open", Help: "Requests that are being answered."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "certflow_http_requests_total", Help: "Requests by operation and status."},
			[]string{"operation", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "certflow_http_request_duration_seconds",
			Help: "Time from the first byte of a request to the last of its answer.", Buckets: []float64{.001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 100}},
			[]string{"operation"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "certflow_http_refusals_total", Help: "Refused requests by error code."}, []string{"code"}),
		heldBack: prometheus.NewCounter(prometheus.CounterOpts{Name: "certflow_uploads_held_back_total",
			Help: "Uploads that were refused because too many certificates wait for their verdict."}),
		usesLost: prometheus.NewCounter(prometheus.CounterOpts{Name: "certflow_key_uses_lost_total",
			Help: "Requests that the uses of keys do not show, because too many uses waited to be written."}),
		unlimited: prometheus.NewCounter(prometheus.CounterOpts{Name: "certflow_requests_unlimited_total",
			Help: "Requests that passed without being counted against their key's rate, because the database did not answer."}),
	}
	for _, c := range []prometheus.Collector{m.open, m.requests, m.duration, m.refusals, m.heldBack, m.usesLost, m.unlimited} {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("register the metrics of HTTP: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) seen(operation string, status int, taken time.Duration) {
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	m.duration.WithLabelValues(operation).Observe(taken.Seconds())
}

func (m *metrics) refused(code ErrorCode) { m.refusals.WithLabelValues(string(code)).Inc() }
