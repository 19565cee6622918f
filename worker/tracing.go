package worker

import (
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/contrib/opentelemetry"
	"go.temporal.io/sdk/interceptor"

	"certflow/internal/telemetry"
)

// Tracing carries a trace from whoever starts a workflow through the workflow into its activities, in a header that Temporal keeps in the
// history: it holds the trace's id and nothing else. It is given to the client, whose workers take it from there, and stands
// outside of what turns errors into codes of ours, so that spans show only those.
func Tracing(provider trace.TracerProvider) (interceptor.Interceptor, error) {
	tracing, err := opentelemetry.NewTracingInterceptor(opentelemetry.TracerOptions{
		Tracer:            provider.Tracer(telemetry.Tracer),
		TextMapPropagator: propagation.TraceContext{}, // no baggage: it may hold whatever a client sent
		DisableBaggage:    true,
		// A header that cannot be read must not fail a review.
		AllowInvalidParentSpans: true,
	})
	if err != nil {
		return nil, fmt.Errorf("prepare the tracing of workflows: %w", err)
	}
	return tracing, nil
}
