package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"

	"certflow/internal/config"
)

// tracesFlush bounds how long the last spans are waited for when a process ends.
const tracesFlush = 5 * time.Second

// openTraces sends this process's spans to the collector that is configured; nil without one.
func openTraces(ctx context.Context, c *config.Config) (*trace.TracerProvider, error) {
	if c.TelemetryOff || c.OTLPEndpoint == "" && c.OTLPTracesEndpoint == "" {
		return nil, nil
	}
	exporter, err := newExporter(ctx, cmp.Or(c.OTLPTracesProtocol, c.OTLPProtocol))
	if err != nil {
		return nil, err
	}
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "certflow"), attribute.String("service.version", cmp.Or(c.BuildID, "unversioned"))),
		resource.WithFromEnv()) // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return trace.NewTracerProvider(trace.WithBatcher(toldExporter{exporter}), trace.WithResource(about)), nil
}

// newExporter speaks OTLP; where to and with which headers it reads from the environment itself.
func newExporter(ctx context.Context, protocol string) (trace.SpanExporter, error) {
	var exporter trace.SpanExporter
	var err error
	switch protocol {
	case "http/protobuf":
		exporter, err = otlptracehttp.New(ctx)
	case "grpc":
		exporter, err = otlptracegrpc.New(ctx)
	default:
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL is %q and should be http/protobuf or grpc", protocol)
	}
	if err != nil {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_…: %w", err)
	}
	return exporter, nil
}

// toldExporter writes to the log what could not be sent, where the library would print it by itself.
type toldExporter struct{ trace.SpanExporter }

// ExportSpans sends spans; those that cannot be sent are lost.
func (e toldExporter) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	if err := e.SpanExporter.ExportSpans(ctx, spans); err != nil {
		slog.WarnContext(ctx, "spans were not taken by the collector and are lost", "spans", len(spans), "error", err)
	}
	return nil
}

// closeTraces sends what has not been sent yet.
func closeTraces(provider *trace.TracerProvider) error {
	ctx, cancel := context.WithTimeout(context.Background(), tracesFlush)
	defer cancel()
	if err := provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last spans: %w", err)
	}
	return nil
}
