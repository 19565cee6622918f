package deploytest

import (
	"slices"
	"syscall"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"certflow/internal/certificate"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/sample"
	"certflow/workflows"
)

func TestAReviewEndsOnTheBuildThatBeganIt(t *testing.T) {
	w := newWorld(t)
	address := stacktest.FreeAddress(t)
	w.api(address)
	w.seed(address)
	promote := func(build string) {
		t.Helper()
		// Temporal knows a build from the moment that its workers poll.
		w.until("build "+build+" can be made current", func() bool {
			_, err := w.run(w.env(), "worker", "promote", build)
			return err == nil
		})
	}
	builds := func(id string) []string {
		t.Helper()
		var builds []string
		for it := w.dev.Service.Temporal.GetWorkflowHistory(t.Context(), workflows.ReviewID(w.dev.Account, id), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
			event, err := it.Next()
			if err != nil {
				t.Fatal(err)
			}
			if done := event.GetWorkflowTaskCompletedEventAttributes(); done != nil {
				if build := done.GetDeploymentVersion().GetBuildId(); !slices.Contains(builds, build) {
					builds = append(builds, build)
				}
				if done.GetVersioningBehavior() != enums.VERSIONING_BEHAVIOR_PINNED {
					t.Errorf("the review of %s is %s, want pinned", id, done.GetVersioningBehavior())
				}
			}
		}
		return builds
	}
	verdict := func(id string) {
		t.Helper()
		w.until(id+" has its verdict", func() bool { return ended(w.statusOf(address, id)) })
		if got := w.statusOf(address, id); got != "approved" {
			t.Errorf("%s is %s, want approved", id, got)
		}
	}

	old := w.start(w.program, w.env("CERTFLOW_BUILD_ID=2026.11.1"), "worker")
	promote("2026.11.1")
	// A scan takes seconds to read: while it is read, the old worker is halted, so that its review is under way when the build changes.
	files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		t.Fatal(err)
	}
	scan := files[slices.IndexFunc(files, func(f sample.File) bool { return f.Name == "scan.pdf" })]
	begunOnOld := w.upload(address, scan.PDF)
	w.until("the scan is being read", func() bool { return w.statusOf(address, begunOnOld) == "processing" })
	old.Signal(syscall.SIGSTOP)
	defer old.Signal(syscall.SIGCONT) // or it could not be stopped in order
	w.start(w.program, w.env("CERTFLOW_BUILD_ID=2026.11.2"), "worker")
	promote("2026.11.2")
	begunOnNew := w.upload(address, w.pdf)
	verdict(begunOnNew)
	if got := w.statusOf(address, begunOnOld); got != "processing" {
		t.Fatalf("the scan is %s although the build that reads it is halted", got)
	}
	old.Signal(syscall.SIGCONT)
	verdict(begunOnOld)
	for id, want := range map[string]string{begunOnOld: "2026.11.1", begunOnNew: "2026.11.2"} {
		if got := builds(id); !slices.Equal(got, []string{want}) {
			t.Errorf("%s was reviewed by the builds %v, want %s alone", id, got, want)
		}
		// As docs/deploy.md tells operators to look for what a build still has.
		query := `WorkflowType="ReviewCertificate" AND TemporalWorkerDeploymentVersion="certflow:` + want + `"`
		w.until("Temporal finds one review of build "+want, func() bool {
			found, err := w.dev.Service.Temporal.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{Namespace: "default", Query: query})
			return err == nil && found.GetCount() == 1
		})
	}
}
