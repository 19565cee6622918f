package schema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/uptrace/bun"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestATraceShowsWhichQueriesAndNotWhatTheySay(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	db.Trace()
	account := schematest.Account(t, db)
	seen := tracetest.NewSpanRecorder()
	ctx, request := trace.NewTracerProvider(trace.WithSpanProcessor(seen)).Tracer("test").Start(t.Context(), "a request")
	insert := func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertContractor(ctx, tx, &schema.Contractor{
			Row: schema.Row{ID: id.New(id.Contractor), AccountID: account}, Email: "june@harbor.example", FirstName: "June", LastName: "Abernathy",
			CustomMetadata: map[string]string{},
		})
	}
	if err := db.InAccount(ctx, account, insert); err != nil {
		t.Fatal(err)
	}
	if err := db.InAccount(ctx, account, insert); err == nil {
		t.Fatal("the same address was taken twice")
	}
	request.End()
	var names []string
	for _, span := range seen.Ended() {
		names = append(names, span.Name()+" "+span.Status().Description)
		text := strings.ToLower(fmt.Sprint(span.Name(), span.Attributes(), span.Events(), span.Status()))
		for _, never := range []string{"june", "abernathy", "harbor", account} {
			if strings.Contains(text, strings.ToLower(never)) {
				t.Errorf("a span holds %q: %s", never, text)
			}
		}
	}
	for _, want := range []string{"BEGIN ", "INSERT contractors ", "COMMIT ", "INSERT contractors 23505", "ROLLBACK "} {
		if !strings.Contains(strings.Join(names, "|")+"|", want+"|") {
			t.Errorf("no span %q among %q", want, names)
		}
	}
}
