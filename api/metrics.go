package api

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

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
