package service

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"certflow/api"
	"certflow/internal/config"
	"certflow/internal/devstack/stacktest"
)

func TestAPartThatHangsIsTheOnlyOneThatIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(&Service{Registry: newRegistry()}, []api.Check{
			{Name: "hanging", Do: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			{Name: "another", Do: func(ctx context.Context) error { return ctx.Err() }},
			{Name: "broken", Do: func(context.Context) error { return errors.New("broken") }},
		})
		w.observe(t.Context())
		families, err := w.service.Registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, family := range families {
			for _, m := range family.GetMetric() {
				if family.GetName() == "certflow_part_up" {
					got[m.GetLabel()[0].GetValue()] = m.GetGauge().GetValue()
				}
			}
		}
		for part, want := range map[string]float64{"hanging": 0, "another": 1, "broken": 0} {
			if up, ok := got[part]; !ok || up != want {
				t.Errorf("certflow_part_up of %s is %v, want %v", part, up, want)
			}
		}
	})
}

// What is known of the queues must be there whenever Prometheus asks, and no longer than it is known.
func TestWhatIsShownOfTheQueuesStaysWhileTheyAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	namespace := stacktest.Temporal(t)
	registry := newRegistry()
	// shown counts the queues by metric.
	shown := func() map[string]int {
		families, err := registry.Gather()
		if err != nil {
			t.Error(err)
		}
		queues := map[string]int{}
		for _, family := range families {
			if strings.HasPrefix(family.GetName(), "certflow_queue_") {
				queues[family.GetName()] = len(family.GetMetric())
			}
		}
		return queues
	}
	var meanwhile []map[string]int // at each question to Temporal
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name, ConnectionOptions: client.ConnectionOptions{
		DialOptions: []grpc.DialOption{grpc.WithChainUnaryInterceptor(
			func(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
				if strings.HasSuffix(method, "/DescribeTaskQueue") {
					meanwhile = append(meanwhile, shown())
				}
				return invoke(ctx, method, request, reply, conn, options...)
			})}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	state := error(nil)
	w := newWatch(&Service{Registry: registry, Temporal: c, Config: &config.Config{TemporalNamespace: namespace.Name}},
		[]api.Check{{Name: "temporal", Do: func(context.Context) error { return state }}})
	w.observe(t.Context())
	all := shown()
	if len(all) != 3 || all["certflow_queue_pollers"] == 0 {
		t.Fatalf("a look shows %v", all)
	}
	asked := len(meanwhile)
	w.observe(t.Context())
	for _, then := range meanwhile[asked:] {
		if diff := cmp.Diff(all, then); diff != "" {
			t.Errorf("while they are looked at again (-want +got):\n%s", diff)
		}
	}
	if state = errors.New("away"); len(meanwhile) != 2*asked {
		t.Errorf("%d questions at the second look, want %d", len(meanwhile)-asked, asked)
	}
	w.observe(t.Context())
	if left := shown(); len(left) != 0 {
		t.Errorf("without Temporal it shows %v", left)
	}
}
