package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Tracer is the name under which certflow's own spans stand.
const Tracer = "certflow"

// Start begins a span within the one that a context carries, with the context's ids. Outside of a recorded trace it begins none and costs
// nothing, so that what calls it needs no provider; the span it answers may always be used.
func Start(ctx context.Context, name string, kind trace.SpanKind, attributes ...attribute.KeyValue) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, noop.Span{}
	}
	return parent.TracerProvider().Tracer(Tracer).Start(ctx, name, trace.WithSpanKind(kind), trace.WithAttributes(Of(ctx).attributes()...),
		trace.WithAttributes(attributes...))
}

// Note adds the context's ids to the span that it carries, which was begun by somebody who did not know them.
func Note(ctx context.Context) {
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(Of(ctx).attributes()...)
	}
}

// Fail marks a span as failed by a class of ours. The error's own text stays in the log: it may hold anything.
func Fail(span trace.Span, class string) {
	span.SetStatus(codes.Error, class)
	span.SetAttributes(attribute.String("error.type", class))
}
