package service

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"certflow/internal/config"
)

// taker hands on what comes by gRPC.
type taker struct {
	collector.UnimplementedTraceServiceServer
	came chan *collector.ExportTraceServiceRequest
}

func (s taker) Export(_ context.Context, r *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	s.came <- r
	return &collector.ExportTraceServiceResponse{}, nil
}

// TestSpansGoOutByBothProtocols sets the environment, as an operator would, and so runs by itself.
func TestSpansGoOutByBothProtocols(t *testing.T) {
	came := make(chan *collector.ExportTraceServiceRequest, 10)
	for protocol, serve := range map[string]func(t *testing.T) string{
		"http/protobuf": func(t *testing.T) string {
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // a broken body is no span
				var request collector.ExportTraceServiceRequest
				if err := proto.Unmarshal(body, &request); err != nil {
					t.Error(err)
				}
				came <- &request
			}))
			t.Cleanup(server.Close)
			return server.URL
		},
		"grpc": func(t *testing.T) string {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			server := grpc.NewServer()
			collector.RegisterTraceServiceServer(server, taker{came: came})
			go func() { _ = server.Serve(listener) }() // ends with Stop
			t.Cleanup(server.Stop)
			return "http://" + listener.Addr().String()
		},
	} {
		t.Run(protocol, func(t *testing.T) {
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", serve(t))
			t.Setenv("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)
			t.Setenv("OTEL_SERVICE_NAME", "certflow-worker")
			c, err := config.Load()
			if err != nil {
				t.Fatal(err)
			}
			provider, err := openTraces(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			_, span := provider.Tracer("test").Start(t.Context(), "a span")
			span.End()
			if err := closeTraces(provider); err != nil {
				t.Fatal(err)
			}
			got := <-came
			if name := got.ResourceSpans[0].ScopeSpans[0].Spans[0].Name; name != "a span" {
				t.Errorf("got the span %q", name)
			}
			var service string
			for _, a := range got.ResourceSpans[0].Resource.Attributes {
				if a.Key == "service.name" {
					service = a.Value.GetStringValue()
				}
			}
			if service != "certflow-worker" {
				t.Errorf("the service is called %q, want what OTEL_SERVICE_NAME says", service)
			}
		})
	}
}

func TestWithoutACollectorThereAreNoTraces(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*config.Config{
		"no endpoint":  {},
		"switched off": {OTLPEndpoint: "http://127.0.0.1:4318", TelemetryOff: true},
	} {
		if provider, err := openTraces(t.Context(), c); provider != nil || err != nil {
			t.Errorf("%s: %v, %v", name, provider, err)
		}
	}
	if _, err := openTraces(t.Context(), &config.Config{OTLPEndpoint: "http://127.0.0.1:4318", OTLPProtocol: "http/json"}); err == nil {
		t.Error("a protocol that is not spoken is taken")
	}
}
