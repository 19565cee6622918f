package service

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"

	"certflow/internal/config"
	"certflow/internal/devstack/stacktest"
	"certflow/workflows"
)

// TestATemporalThatLostEverythingIsPreparedAgainWhileWorkersServe takes from Temporal what a new database would not have.
func TestATemporalThatLostEverythingIsPreparedAgainWhileWorkersServe(t *testing.T) {
	t.Parallel()
	namespace := stacktest.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &Service{Config: &config.Config{TemporalNamespace: namespace.Name}, Temporal: c, Starter: workflows.Starter{Client: c}}
	if err := s.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	had := prepared(t, c, namespace.Name)
	if len(had.Schedules) != 2 || len(had.Attributes) != 5 {
		t.Fatalf("a Temporal that was prepared has %+v", had)
	}
	for _, id := range had.Schedules {
		if err := c.ScheduleClient().GetHandle(t.Context(), id).Delete(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	_, err = c.OperatorService().RemoveSearchAttributes(t.Context(), &operatorservice.RemoveSearchAttributesRequest{
		Namespace: namespace.Name, SearchAttributes: had.Attributes})
	if err != nil {
		t.Fatal(err)
	}
	const patience = 2 * time.Minute
	for until := time.Now().Add(patience); cmp.Equal(had, prepared(t, c, namespace.Name)); time.Sleep(50 * time.Millisecond) { // Temporal has no signal for it
		if time.Now().After(until) {
			t.Fatal("nothing was taken")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var keeping sync.WaitGroup
	keeping.Go(func() { s.keepPrepared(ctx, 50*time.Millisecond) })
	defer keeping.Wait()
	defer cancel()
	deadline := time.Now().Add(patience)
	for diff := "?"; diff != ""; {
		if diff = cmp.Diff(had, prepared(t, c, namespace.Name)); time.Now().After(deadline) {
			t.Fatalf("what was lost is not made anew (-had +has):\n%s", diff)
		}
		time.Sleep(50 * time.Millisecond) // Temporal has no signal for it
	}
}

// preparation is what Temporal has of certflow.
type preparation struct{ Schedules, Attributes []string }

func prepared(t *testing.T, c client.Client, namespace string) preparation {
	t.Helper()
	var p preparation
	for _, id := range []string{"certflow-expiry-watch", "certflow-sweep"} {
		if _, err := c.ScheduleClient().GetHandle(t.Context(), id).Describe(t.Context()); err == nil {
			p.Schedules = append(p.Schedules, id)
		}
	}
	known, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(known.GetCustomAttributes())) {
		if strings.HasPrefix(name, "Certflow") {
			p.Attributes = append(p.Attributes, name)
		}
	}
	return p
}
