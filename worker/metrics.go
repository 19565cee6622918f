package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/activity"
)

// Metrics are what a worker counts of its activities. Labels are names of ours: never an id.
type Metrics struct {
	took   *prometheus.HistogramVec
	waited *prometheus.HistogramVec
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
	}
	registry.MustRegister(m.took, m.waited)
	return m
}

// observe counts one attempt that ended now.
func (m *Metrics) observe(info activity.Info, outcome string) {
	m.took.WithLabelValues(info.ActivityType.Name, outcome).Observe(time.Since(info.StartedTime).Seconds())
	m.waited.WithLabelValues(info.TaskQueue).Observe(max(0, info.StartedTime.Sub(info.ScheduledTime)).Seconds())
}
