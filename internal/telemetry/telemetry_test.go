package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	apitrace "go.opentelemetry.io/otel/trace"
)

func TestALineSaysWhatItsContextKnows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ids  []IDs
		said []any
		want map[string]any
	}{
		"nothing":                      {nil, nil, map[string]any{}},
		"ids are added to those there": {[]IDs{{Request: "req-1", Account: "acct_1"}, {Certificate: "ci_1"}}, nil, map[string]any{"request": "req-1", "account": "acct_1", "certificate": "ci_1"}},
		"the last one stands":          {[]IDs{{Certificate: "ci_1"}, {Certificate: "ci_2"}}, nil, map[string]any{"certificate": "ci_2"}},
		"what a line says itself":      {[]IDs{{Account: "acct_1"}}, []any{"account", "acct_2"}, map[string]any{"account": "acct_2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			ctx := t.Context()
			for _, ids := range c.ids {
				ctx = With(ctx, ids)
			}
			slog.New(Handler(slog.NewJSONHandler(&out, nil))).InfoContext(ctx, "said", c.said...)
			var got map[string]any
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			for _, always := range []string{"time", "level", "msg"} {
				delete(got, always)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("the line differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASpanIsMadeOnlyWithinARecordedTrace(t *testing.T) {
	t.Parallel()
	seen := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(seen))
	outside := With(context.Background(), IDs{Account: "acct_1"})
	ctx, span := Start(outside, "a query", apitrace.SpanKindClient)
	Fail(span, "23505")
	span.End()
	if ctx != outside || len(seen.Ended()) != 0 {
		t.Error("a span was made outside of any trace")
	}
	within, parent := provider.Tracer("test").Start(outside, "a request")
	Note(within)
	_, span = Start(within, "a query", apitrace.SpanKindClient)
	Fail(span, "23505")
	span.End()
	parent.End()
	ended := seen.Ended()
	if len(ended) != 2 || ended[0].Name() != "a query" || ended[0].Parent().SpanID() != parent.SpanContext().SpanID() || ended[0].Status().Description != "23505" {
		t.Fatalf("the spans are %v", ended)
	}
	for _, s := range ended {
		if s.Attributes()[0].Value.AsString() != "acct_1" {
			t.Errorf("%s does not name the account: %v", s.Name(), s.Attributes())
		}
	}
}
