package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/activity"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/internal/webhook"
	"certflow/schema"
)

// Metrics are what a worker counts of its activities. Labels are names of ours: never an id.
type Metrics struct {
	took, waited      *prometheus.HistogramVec
	verdicts          *prometheus.CounterVec
	confidence        *prometheus.HistogramVec
	attempts          *prometheus.CounterVec
	deliveries        *prometheus.CounterVec
	requested         prometheus.Histogram
	arrived           prometheus.Histogram
	endpointsDisabled *prometheus.CounterVec
}

// NewMetrics registers a worker's metrics.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "certflow_activity_seconds", Help: "Time that attempts at activities took, by outcome: ok, or the code of the fault.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
		}, []string{"activity", "outcome"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "certflow_activity_wait_seconds", Help: "Time that activities waited in their task queue for a worker.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 5, 15, 60, 300, 1800, 7200},
		}, []string{"queue"}),
		verdicts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "certflow_verdicts_total", Help: "Reviews that ended, by the status that the certificate got; people's decisions are not among them.",
		}, []string{"status"}),
		confidence: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "certflow_read_confidence", Help: "Confidence of the values that were read, 0 to 1, by where they were read from.",
			Buckets: []float64{0, .25, .5, .6, .7, .8, .85, .9, .95, .99, 1},
		}, []string{"source"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "certflow_delivery_attempts_total", Help: "Requests to clients' webhook endpoints, by outcome: ok, or the class of the error.",
		}, []string{"outcome"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "certflow_deliveries_total", Help: "Webhook deliveries that ended with an attempt, by how: succeeded, failed, exhausted or skipped.",
		}, []string{"state"}),
		requested: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "certflow_delivery_attempt_seconds", Help: "Time that requests to clients' webhook endpoints took.",
			Buckets: []float64{.01, .03, .1, .3, 1, 2, 5, 10, 15},
		}),
		arrived: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "certflow_delivery_arrival_seconds", Help: "Time from an event to the arrival of its webhook.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 60, 600, 3600, 6 * 3600, 24 * 3600, 4 * 24 * 3600},
		}),
		endpointsDisabled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "certflow_endpoints_disabled_total", Help: "Webhook endpoints that were disabled because they failed, by reason.",
		}, []string{"reason"}),
	}
	registry.MustRegister(m.took, m.waited, m.verdicts, m.confidence, m.attempts, m.deliveries, m.requested, m.arrived, m.endpointsDisabled)
	m.startAtZero()
	return m
}

// startAtZero makes the series that alerts watch begin at 0: what first appears with a value has not risen to it.
func (m *Metrics) startAtZero() {
	for _, status := range []schema.Status{schema.Approved, schema.Flagged, schema.Denied, schema.Errored} {
		m.verdicts.WithLabelValues(string(status))
	}
	for _, state := range []webhook.State{webhook.StateSucceeded, webhook.StateFailed, webhook.StateExhausted, webhook.StateSkipped} {
		m.deliveries.WithLabelValues(string(state))
	}
	for _, reason := range []webhook.Disable{webhook.DisableGone, webhook.DisableFailing} {
		m.endpointsDisabled.WithLabelValues(string(reason))
	}
}

// observe counts one attempt that ended now.
func (m *Metrics) observe(info activity.Info, outcome string) {
	m.took.WithLabelValues(info.ActivityType.Name, outcome).Observe(time.Since(info.StartedTime).Seconds())
	m.waited.WithLabelValues(info.TaskQueue).Observe(max(0, info.StartedTime.Sub(info.ScheduledTime)).Seconds())
}

// countReviews counts the reviews that an activity's result says have ended.
func (m *Metrics) countReviews(result any) {
	switch ended := result.(type) {
	case activities.Outcome:
		if ended.Status != "" {
			m.verdicts.WithLabelValues(string(ended.Status)).Inc()
		}
	case activities.SweepResult:
		m.verdicts.WithLabelValues(string(schema.Errored)).Add(float64(ended.Ended))
	case activities.Cancelled:
		m.verdicts.WithLabelValues(string(schema.Errored)).Add(float64(ended))
	}
}

// Read counts a reading that was stored. It is the Observe of activities.Review.
func (m *Metrics) Read(reading *certificate.Reading) {
	for _, value := range reading.Evidence {
		m.confidence.WithLabelValues(string(value.Source)).Observe(value.Confidence)
	}
}

// Attempted counts a request to an endpoint. It is the Observe of activities.Deliver.
func (m *Metrics) Attempted(seen activities.AttemptSeen) {
	outcome := "ok"
	if seen.Result.Error != "" {
		outcome = string(seen.Result.Error)
	}
	m.attempts.WithLabelValues(outcome).Inc()
	m.requested.Observe(seen.Result.Duration.Seconds())
	if seen.State.IsFinal() {
		m.deliveries.WithLabelValues(string(seen.State)).Inc()
	}
	if seen.State == webhook.StateSucceeded {
		m.arrived.Observe(seen.Since.Seconds())
	}
	if seen.Disabled != "" {
		m.endpointsDisabled.WithLabelValues(string(seen.Disabled)).Inc()
	}
}
