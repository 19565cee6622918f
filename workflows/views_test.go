package workflows_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"certflow/internal/devstack/stacktest"
	"certflow/worker"
)

// The queries that README.md tells operators to save are ones that Temporal answers.
func TestTheViewsOfTheReadmeAreQueries(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "## Operating certflow in the Temporal UI")
	section, _, _ = strings.Cut(section, "\n## ")
	queries := regexp.MustCompile("(?m)^\\|.*\\| `([^`]*(?:WorkflowType|ExecutionStatus)[^`]*)` \\|$").FindAllStringSubmatch(section, -1)
	if len(queries) < 8 {
		t.Fatalf("README.md has %d queries", len(queries))
	}
	namespace := stacktest.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := worker.EnsureSearchAttributes(t.Context(), c, namespace.Name); err != nil {
		t.Fatal(err)
	}
	for _, query := range queries {
		// A namespace that was just made takes a moment to know its attributes.
		for deadline := time.Now().Add(2 * time.Minute); ; {
			_, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Query: query[1]})
			if err == nil {
				break
			}
			if time.Now().After(deadline) {
				t.Errorf("%s: %v", query[1], err)
				break
			}
			select {
			case <-t.Context().Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}
