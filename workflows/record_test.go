package workflows_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/internal/devstack/stacktest"
	"certflow/schema"
	certflow "certflow/worker"
	"certflow/workflows"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }

// record names the release whose histories are to be recorded: go test ./workflows -run TestRecord -record v1.2.
var record = flag.String("record", "", "record the histories of a release, which must not have any yet")

// scenario is a workflow to record, with what its activities answer.
type scenario struct {
	name  string
	steps fakes
	run   func(ctx context.Context, s workflows.Starter, queue fakes) (workflowID string, err error)
}

// fakes answer in the place of activities.
type fakes struct {
	validate func(activities.CertificateRef) (activities.ValidateResult, error)
	parse    func(activities.ParseInput) (activities.ParseResult, error)
	evaluate func(activities.EvaluateInput) (activities.Outcome, error)
	attempt  func(activities.DeliverInput) (activities.AttemptResult, error)
	total    int // certificates of a job
	watched  func() activities.WatchJobResult
}

// TestRecord records the execution of every scenario against a real server. It refuses to overwrite: a release's histories are
// what that release did, whatever the code does today.
func TestRecord(t *testing.T) {
	if *record == "" {
		t.Skip("records only when it is asked to: -record RELEASE (CONTRIBUTING.md, \"Changing a workflow\")")
	}
	folder := filepath.Join(histories, *record)
	if _, err := os.Stat(folder); err == nil {
		t.Fatalf("%s is there already: a release is recorded once", folder)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			history := execute(t, s)
			text, err := temporalproto.CustomJSONMarshalOptions{Indent: "  "}.Marshal(history)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, s.name+".json"), append(text, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// execute runs a scenario on a real server and returns its history.
func execute(t *testing.T, s scenario) *historypb.History {
	namespace := stacktest.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := certflow.EnsureSearchAttributes(ctx, c, namespace.Name); err != nil {
		t.Fatal(err)
	}
	for _, queue := range certflow.Queues() {
		w := worker.New(c, queue, worker.Options{})
		workflows.RegisterReviews(w)
		workflows.RegisterWebhooks(w)
		s.steps.register(w)
		if err := w.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(w.Stop)
	}
	id, err := s.run(ctx, workflows.Starter{Client: c}, s.steps)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		t.Fatalf("%s ended with %v", id, err)
	}
	described, err := c.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		t.Fatal(err)
	}
	// Of a chain of runs the first one is kept: it is the one that continued as new.
	first := described.GetWorkflowExecutionInfo().GetFirstRunId()
	history := &historypb.History{}
	for it := c.GetWorkflowHistory(ctx, id, first, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		history.Events = append(history.Events, event)
	}
	return history
}

const (
	recordedAccount = "acct_recorded"
	recordedJob     = "jb_recorded"
)

// register gives a worker activities that answer as the scenario says.
func (f fakes) register(w worker.Worker) {
	named := func(name string) activity.RegisterOptions { return activity.RegisterOptions{Name: name} }
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.CertificateRef) (activities.ValidateResult, error) {
		if f.validate != nil {
			return f.validate(in)
		}
		return activities.ValidateResult{Key: "2026-01-02/acct_recorded/ci_recorded.pdf", Pages: 1, Analysed: 1}, nil
	}, named("ValidateDocument"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.TrimInput) (activities.TrimResult, error) {
		return activities.TrimResult{Key: in.Key}, nil
	}, named("TrimPages"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.ParseInput) (activities.ParseResult, error) {
		if f.parse != nil {
			return f.parse(in)
		}
		return activities.ParseResult{}, nil
	}, named("ParseCertificate"))
	w.RegisterActivityWithOptions(func(context.Context, activities.ParseInput) (activities.ParseResult, error) {
		return activities.ParseResult{}, nil
	}, named("AskModel"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.EvaluateInput) (activities.Outcome, error) {
		if f.evaluate != nil {
			return f.evaluate(in)
		}
		return activities.Outcome{Status: schema.Approved}, nil
	}, named("EvaluateRules"))
	w.RegisterActivityWithOptions(func(context.Context, activities.ErrorInput) (activities.Outcome, error) {
		return activities.Outcome{Status: schema.Errored}, nil
	}, named("RecordError"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.DeliverInput) (activities.AttemptResult, error) {
		if f.attempt != nil {
			return f.attempt(in)
		}
		return activities.AttemptResult{Over: true}, nil
	}, named("AttemptDelivery"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.RecoverInput) (activities.RecoverResult, error) {
		// Two batches of two deliveries.
		out := activities.RecoverResult{After: in.After + 2, Over: in.After > 0}
		for i := in.After; i < out.After; i++ {
			out.Deliveries = append(out.Deliveries, activities.DeliveryRef{ID: fmt.Sprintf("del_%d", i), Endpoint: in.Endpoint})
		}
		return out, nil
	}, named("RecoverBatch"))
	w.RegisterActivityWithOptions(func(context.Context, activities.JobRef) (activities.ProvisionResult, error) {
		return activities.ProvisionResult{Total: f.total}, nil
	}, named("ProvisionJob"))
	w.RegisterActivityWithOptions(func(_ context.Context, in activities.ListJobInput) (activities.ListJobResult, error) {
		var page activities.ListJobResult
		for i := in.From; i < min(in.From+in.Most, f.total); i++ {
			page.Reviews = append(page.Reviews, activities.JobReview{Certificate: fmt.Sprintf("ci_%d", i), Contractor: "cn_recorded", Evaluation: 1})
		}
		return page, nil
	}, named("ListJob"))
	w.RegisterActivityWithOptions(func(context.Context, activities.WatchJobInput) (activities.WatchJobResult, error) {
		if f.watched != nil {
			return f.watched(), nil
		}
		return activities.WatchJobResult{}, nil
	}, named("WatchJob"))
	w.RegisterActivityWithOptions(func(context.Context, activities.JobRef) (activities.Cancelled, error) { return 1, nil }, named("CancelRest"))
	w.RegisterActivityWithOptions(func(context.Context, activities.EndJobInput) ([]activities.DeliveryRef, error) {
		return nil, nil
	}, named("EndJob"))
}

// reviewed starts a review.
func reviewed(ctx context.Context, s workflows.Starter, _ fakes) (string, error) {
	c := &schema.Certificate{Row: schema.Row{ID: "ci_recorded", AccountID: recordedAccount}, ContractorID: "cn_recorded", Status: schema.Pending, EvaluationNo: 1}
	_, err := s.StartReview(ctx, c)
	return workflows.ReviewID(recordedAccount, c.ID), err
}

// bulked starts a job.
func bulked(perRun int) func(context.Context, workflows.Starter, fakes) (string, error) {
	return func(ctx context.Context, s workflows.Starter, _ fakes) (string, error) {
		_, err := s.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: recordedJob, TaskQueue: workflows.ReviewsQueue},
			workflows.BulkReview, workflows.BulkInput{Account: recordedAccount, Job: recordedJob, PerRun: perRun})
		return recordedJob, err
	}
}

func scenarios() []scenario {
	toEndpoint := func(activities.EvaluateInput) (activities.Outcome, error) {
		return activities.Outcome{Status: schema.Flagged, Deliveries: []activities.DeliveryRef{{ID: "del_recorded", Endpoint: "whe_recorded"}}}, nil
	}
	var reads, tries, looks atomic.Int32
	return []scenario{
		{name: "review-approved", run: reviewed},
		{name: "review-flagged-with-endpoint", run: reviewed, steps: fakes{evaluate: toEndpoint}},
		{name: "review-not-a-certificate", run: reviewed, steps: fakes{parse: func(activities.ParseInput) (activities.ParseResult, error) {
			return activities.ParseResult{Refusal: &certificate.Refusal{Code: certificate.NotACertificate, Message: "This is an invoice."}}, nil
		}}},
		{name: "review-deleted", run: reviewed, steps: fakes{validate: func(activities.CertificateRef) (activities.ValidateResult, error) {
			return activities.ValidateResult{Over: true}, nil
		}}},
		{name: "review-asks-model", run: reviewed, steps: fakes{parse: func(activities.ParseInput) (activities.ParseResult, error) {
			return activities.ParseResult{AskModel: true}, nil
		}}},
		{name: "review-transient-read-failure", run: reviewed, steps: fakes{parse: func(activities.ParseInput) (activities.ParseResult, error) {
			if reads.Add(1) == 1 {
				return activities.ParseResult{}, activities.Fault(&certificate.Unavailable{Message: "The reader is busy."})
			}
			return activities.ParseResult{}, nil
		}}},
		{name: "deliver-down-then-up", steps: fakes{attempt: func(activities.DeliverInput) (activities.AttemptResult, error) {
			if tries.Add(1) < 3 {
				return activities.AttemptResult{Wait: 2 * time.Second}, nil
			}
			return activities.AttemptResult{Over: true}, nil
		}}, run: func(ctx context.Context, s workflows.Starter, _ fakes) (string, error) {
			d := &schema.Delivery{ID: "del_recorded", AccountID: recordedAccount, EndpointID: "whe_recorded"}
			return workflows.DeliveryID(d.ID), s.StartDelivery(ctx, d)
		}},
		{name: "recover-in-batches", run: func(ctx context.Context, s workflows.Starter, _ fakes) (string, error) {
			since, until := time.Unix(1_790_000_000, 0), time.Unix(1_790_086_400, 0)
			return workflows.RecoveryID("whe_recorded", since, until), s.StartRecovery(ctx, recordedAccount, "whe_recorded", since, until)
		}},
		{name: "bulk-small", run: bulked(0), steps: fakes{total: 4}},
		{name: "bulk-failing-child", run: bulked(0), steps: fakes{total: 4, evaluate: func(in activities.EvaluateInput) (activities.Outcome, error) {
			if in.ID == "ci_2" {
				return activities.Outcome{}, temporal.NewNonRetryableApplicationError("a bug", activities.FaultInternal, nil)
			}
			return activities.Outcome{Status: schema.Approved}, nil
		}}},
		{name: "bulk-continue-as-new", run: bulked(3), steps: fakes{total: 7}},
		{name: "bulk-cancelled", run: bulked(0), steps: fakes{total: 60, watched: func() activities.WatchJobResult {
			return activities.WatchJobResult{Ended: int(looks.Add(1)), Cancelled: true}
		}}},
	}
}
