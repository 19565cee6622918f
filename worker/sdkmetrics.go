package worker

import (
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	otelprometheus "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/opentelemetry"

	"certflow/internal/telemetry"
)

// SDKMetrics gives what the Temporal SDK counts of itself to a registry: temporal_…, among them how long tasks wait in their queues, how
// many slots are free and how long workflows take from start to close. Its labels are names of ours and of Temporal's, never an id.
func SDKMetrics(registry prometheus.Registerer) (client.MetricsHandler, error) {
	exporter, err := otelprometheus.New(otelprometheus.WithRegisterer(registry), otelprometheus.WithoutScopeInfo(), otelprometheus.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("prepare Temporal's metrics: %w", err)
	}
	// The library's own buckets are for milliseconds; the SDK measures seconds.
	seconds := metric.NewView(metric.Instrument{Kind: metric.InstrumentKindHistogram}, metric.Stream{
		Aggregation: metric.AggregationExplicitBucketHistogram{
			Boundaries: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400}, NoMinMax: true,
		},
	})
	provider := metric.NewMeterProvider(metric.WithReader(exporter), metric.WithView(seconds))
	handler := opentelemetry.NewMetricsHandler(opentelemetry.MetricsHandlerOptions{
		Meter: provider.Meter(telemetry.Tracer), UseMonotonicCounters: true,
		OnError: func(err error) { slog.Warn("something that Temporal's library counts is not counted", "error", err) },
	})
	// What alerts watch is there before it happens.
	for _, name := range []string{"temporal_workflow_failed", "temporal_workflow_task_execution_failed", "temporal_request_failure"} {
		handler.Counter(name).Inc(0)
	}
	return handler, nil
}
