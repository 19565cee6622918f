package apitest

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// Counted is what a registry's counter or gauge without labels shows.
func Counted(t testing.TB, registry prometheus.Gatherer, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			m := family.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}
