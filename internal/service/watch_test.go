package service

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"certflow/api"
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
