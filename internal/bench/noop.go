package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"golang.org/x/sync/errgroup"

	"certflow/activities"
	"certflow/internal/devstack"
	"certflow/schema"
	certflow "certflow/worker"
	"certflow/workflows"
)

// bareTemporal is a Temporal of its own with a worker, in this process, of certflow's workflows, whose activities do nothing: what a
// workflow of that shape costs however little is done in it.
type bareTemporal struct {
	server  *devstack.Temporal
	client  client.Client
	workers []worker.Worker
	steps   *noSteps
	pid     int
}

func (r *run) startBare(ctx context.Context, total int) (_ *bareTemporal, err error) {
	b := &bareTemporal{steps: &noSteps{total: total}, pid: os.Getpid()}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.stop())
		}
	}()
	if b.server, err = devstack.StartTemporal(ctx, devstack.Options{Ephemeral: true}); err != nil {
		return nil, fmt.Errorf("start Temporal: %w", err)
	}
	// As certflow's own client, nothing is compressed.
	b.client, err = client.Dial(client.Options{HostPort: b.server.Address(), Namespace: "default", Logger: quiet{},
		ConnectionOptions: client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}}})
	if err != nil {
		return nil, fmt.Errorf("reach Temporal: %w", err)
	}
	if err := certflow.EnsureSearchAttributes(ctx, b.client, "default"); err != nil {
		return nil, err
	}
	// The same slots as a worker has, so that the shape of the load is the same.
	for queue, slots := range map[string]int{workflows.ReviewsQueue: 20, workflows.DocumentsQueue: 4} {
		w := worker.New(b.client, queue, worker.Options{
			MaxConcurrentActivityExecutionSize: slots, DisableWorkflowWorker: queue == workflows.DocumentsQueue,
		})
		if queue == workflows.ReviewsQueue {
			workflows.RegisterReviews(w)
		}
		w.RegisterActivity(b.steps)
		if err := w.Start(); err != nil {
			return nil, fmt.Errorf("start a worker: %w", err)
		}
		b.workers = append(b.workers, w)
	}
	return b, nil
}

func (b *bareTemporal) stop() error {
	for _, w := range b.workers {
		w.Stop()
	}
	if b.client != nil {
		b.client.Close()
	}
	if b.server == nil {
		return nil
	}
	return b.server.Stop()
}

// reviews runs so many reviews, a window of them at a time, and returns the CPU seconds that one cost.
func (b *bareTemporal) reviews(ctx context.Context, n int) (seconds, rate float64, parts string, err error) {
	starter := workflows.Starter{Client: b.client}
	before, err := treeCPU(b.pid)
	if err != nil {
		return 0, 0, "", err
	}
	began := time.Now()
	g, running := errgroup.WithContext(ctx)
	g.SetLimit(50)
	for i := range n {
		g.Go(func() error {
			c := &schema.Certificate{
				Row: schema.Row{ID: fmt.Sprintf("ci_bench%07d", i), AccountID: "acct_bench"}, ContractorID: "cn_bench",
				Status: schema.Pending, EvaluationNo: 1,
			}
			if _, err := starter.StartReview(running, c); err != nil {
				return err
			}
			return b.client.GetWorkflow(running, workflows.ReviewID(c.AccountID, c.ID), "").Get(running, nil)
		})
	}
	if err := g.Wait(); err != nil {
		return 0, 0, "", fmt.Errorf("run reviews of no-op activities: %w", err)
	}
	took := time.Since(began)
	after, err := treeCPU(b.pid)
	if err != nil {
		return 0, 0, "", err
	}
	used := spent(before, after)
	return total(used).Seconds() / float64(n), float64(n) / took.Seconds(), perUnit(used, n), nil
}

// chain is what a job and its runs came to.
type chain struct {
	runs, events int
	counted      int // certificates that the job counted
	seconds      float64
	rate         float64
	parts        string
}

// job runs a bulk job of no-op reviews to its end; a run starts perRun of them, or as many as the workflow thinks right when that is 0.
func (b *bareTemporal) job(ctx context.Context, n, perRun int) (chain, error) {
	before, err := treeCPU(b.pid)
	if err != nil {
		return chain{}, err
	}
	began := time.Now()
	const id = "jb_bench"
	run, err := b.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: workflows.ReviewsQueue},
		workflows.BulkReview, workflows.BulkInput{Account: "acct_bench", Job: id, PerRun: perRun})
	if err != nil {
		return chain{}, fmt.Errorf("start a job: %w", err)
	}
	first := run.GetRunID()
	var result workflows.BulkResult
	if err := run.Get(ctx, &result); err != nil {
		return chain{}, fmt.Errorf("run a job of no-op activities: %w", err)
	}
	took := time.Since(began)
	after, err := treeCPU(b.pid)
	if err != nil {
		return chain{}, err
	}
	used := spent(before, after)
	out := chain{seconds: total(used).Seconds() / float64(n), rate: float64(n) / took.Seconds(), parts: perUnit(used, n)}
	for _, count := range result.Counts {
		out.counted += count
	}
	for next := first; next != ""; out.runs++ {
		events, following, err := runEvents(ctx, b.client, id, next)
		if err != nil {
			return chain{}, err
		}
		out.events += events
		next = following
	}
	return out, nil
}

// runEvents counts the events of a run and names the run that continued it.
func runEvents(ctx context.Context, c client.Client, id, run string) (events int, following string, err error) {
	for it := c.GetWorkflowHistory(ctx, id, run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); events++ {
		event, err := it.Next()
		if err != nil {
			return 0, "", fmt.Errorf("read the history of %s: %w", id, err)
		}
		following = event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	}
	return events, following, nil
}

// noSteps answer as the steps of reviews and jobs do and do nothing. Their names are those of package activities.
type noSteps struct {
	total int // certificates of the job
	ended atomic.Int64
}

// ValidateDocument implements the step.
func (*noSteps) ValidateDocument(context.Context, activities.CertificateRef) (activities.ValidateResult, error) {
	return activities.ValidateResult{Key: "2026-11-01/acct_bench/ci_bench.pdf", Pages: 1, Analysed: 1}, nil
}

// TrimPages implements the step.
func (*noSteps) TrimPages(_ context.Context, in activities.TrimInput) (activities.TrimResult, error) {
	return activities.TrimResult{Key: in.Key}, nil
}

// ParseCertificate implements the step.
func (*noSteps) ParseCertificate(context.Context, activities.ParseInput) (activities.ParseResult, error) {
	return activities.ParseResult{}, nil
}

// EvaluateRules implements the step.
func (n *noSteps) EvaluateRules(context.Context, activities.EvaluateInput) (activities.Outcome, error) {
	n.ended.Add(1)
	return activities.Outcome{Status: schema.Approved}, nil
}

// ProvisionJob implements the step.
func (n *noSteps) ProvisionJob(context.Context, activities.JobRef) (activities.ProvisionResult, error) {
	return activities.ProvisionResult{Total: n.total}, nil
}

// ListJob implements the step.
func (n *noSteps) ListJob(_ context.Context, in activities.ListJobInput) (activities.ListJobResult, error) {
	var page activities.ListJobResult
	for i := in.From; i < min(in.From+in.Most, n.total); i++ {
		page.Reviews = append(page.Reviews, activities.JobReview{Certificate: fmt.Sprintf("ci_bulk%07d", i), Contractor: "cn_bench", Evaluation: 1})
	}
	return page, nil
}

// WatchJob implements the step: it looks as often as the real one.
func (n *noSteps) WatchJob(ctx context.Context, in activities.WatchJobInput) (activities.WatchJobResult, error) {
	ctx, cancel := context.WithTimeout(ctx, in.Most)
	defer cancel()
	_ = until(ctx, 200*time.Millisecond, func() (bool, error) { return int(n.ended.Load()) >= in.AtLeast, nil }) // what it saw is the answer
	return activities.WatchJobResult{Ended: int(n.ended.Load())}, nil
}

// EndJob implements the step.
func (*noSteps) EndJob(context.Context, activities.EndJobInput) ([]activities.DeliveryRef, error) {
	return nil, nil
}

// quiet drops what the Temporal client logs.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
