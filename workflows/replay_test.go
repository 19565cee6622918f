package workflows_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"certflow/workflows"
)

// histories is where recorded executions lie: a folder for each release, a file for each scenario.
const histories = "testdata/histories"

// TestReplay replays every recorded execution with today's workflows. A failure means that what is running in production when this
// build is deployed unversioned would stop with a non-determinism error and wait for a person: see CONTRIBUTING.md,
// "Changing a workflow".
func TestReplay(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(histories, "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found no recorded histories in %s (%v)", histories, err)
	}
	for _, file := range files {
		name, _ := filepath.Rel(histories, file)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := replay(t, file); err != nil {
				t.Errorf("certificates and jobs like %s that are under way when this build is deployed would stop and wait for a person:\n%v", name, err)
			}
		})
	}
}

func replay(t *testing.T, file string) error {
	history := readHistory(t, file)
	started := history.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes()
	replayer := worker.NewWorkflowReplayer()
	workflows.RegisterReviews(replayer)
	workflows.RegisterWebhooks(replayer)
	// Children are named after their parent: it has to be replayed under the id that it had.
	return replayer.ReplayWorkflowHistoryWithOptions(log.NewStructuredLogger(slog.New(slog.DiscardHandler)), history, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: started.GetWorkflowId(), RunID: started.GetOriginalExecutionRunId()},
	})
}

func readHistory(t *testing.T, file string) *historypb.History {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	history, err := client.HistoryFromJSON(f, client.HistoryJSONOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return history
}

// TestAReviewWithoutEndpointsIsCheap holds a review to the events and activities that it is allowed.
func TestAReviewWithoutEndpointsIsCheap(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(histories, "*", "review-approved.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("found no recorded approval", err)
	}
	for _, file := range files {
		events := readHistory(t, file).GetEvents()
		activities := 0
		for _, event := range events {
			if event.GetActivityTaskScheduledEventAttributes() != nil {
				activities++
			}
		}
		if len(events) > 30 || activities != 4 {
			t.Errorf("%s has %d events and %d activities, want at most 30 and 4", file, len(events), activities)
		}
	}
}
