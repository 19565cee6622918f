package service

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"certflow/internal/llm"
)

// MetricsTold is the names of the metrics that the table of ARCHITECTURE.md tells of, in order.
func MetricsTold(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, found := range regexp.MustCompile("(?m)^\\| `((?:certflow|temporal)_[a-z_]+)`").FindAllStringSubmatch(string(text), -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return names
}

func TestTheMetricsOfALanguageModelAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	newModelMetrics(registry)(llm.Call{Provider: llm.OpenAI, Model: "a model", Outcome: llm.Answered})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, family := range families {
		shown = append(shown, family.GetName())
	}
	slices.Sort(shown)
	told := slices.DeleteFunc(MetricsTold(t), func(name string) bool { return !strings.HasPrefix(name, "certflow_model_") })
	if diff := cmp.Diff(told, shown); diff != "" {
		t.Errorf("the table tells of other metrics than there are (-told +shown):\n%s", diff)
	}
}
