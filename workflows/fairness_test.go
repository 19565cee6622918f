package workflows_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"certflow/activities"
	"certflow/internal/devstack/stacktest"
	"certflow/schema"
	certflow "certflow/worker"
	"certflow/workflows"
)

// crowd is how many reviews of one account wait for their first step when another account's only one comes.
const crowd = 100

// TestOneReviewDoesNotWaitBehindAnotherAccountsHundred measures fairness as a ratio: the place at which the only review of an account is
// taken from a queue in which a hundred of another's came before it, without fairness keys and with those that reviews are started with.
func TestOneReviewDoesNotWaitBehindAnotherAccountsHundred(t *testing.T) {
	t.Parallel()
	unfair := placeInQueue(t, func(ctx context.Context, c client.Client, one *schema.Certificate) error {
		_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: one.ID, TaskQueue: workflows.ReviewsQueue}, workflows.ReviewCertificate,
			workflows.ReviewInput{Account: one.AccountID, Certificate: one.ID, Evaluation: one.EvaluationNo})
		return err
	})
	fair := placeInQueue(t, func(ctx context.Context, c client.Client, one *schema.Certificate) error {
		_, err := workflows.Starter{Client: c}.StartReview(ctx, one)
		return err
	})
	ratio := float64(unfair) / float64(fair)
	t.Logf("of %d the only review of its account was taken as number %d without fairness keys and as number %d with them: %.1f times sooner", crowd+1, unfair, fair, ratio)
	if unfair <= crowd*9/10 {
		t.Errorf("without keys it was taken as number %d: the comparison says nothing", unfair)
	}
	if ratio < 5 {
		t.Errorf("fairness brings it forward %.1f times, want 5 or more", ratio)
	}
}

// placeInQueue lets the first steps of a hundred reviews of one account and then one of another wait for a worker, and tells as which
// number a worker takes the last one.
func placeInQueue(t *testing.T, start func(context.Context, client.Client, *schema.Certificate) error) int {
	t.Helper()
	namespace := stacktest.Temporal(t)
	c, err := client.Dial(client.Options{HostPort: namespace.Address, Namespace: namespace.Name,
		Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	if err := certflow.EnsureSearchAttributes(ctx, c, namespace.Name); err != nil {
		t.Fatal(err)
	}
	reviews := worker.New(c, workflows.ReviewsQueue, worker.Options{})
	workflows.RegisterReviews(reviews)
	if err := reviews.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reviews.Stop)
	for i := range crowd + 1 {
		one := &schema.Certificate{Row: schema.Row{ID: fmt.Sprintf("ci_%d", i), AccountID: "acct_many"}, ContractorID: "cn_1", Status: schema.Pending, EvaluationNo: 1}
		if i == crowd {
			waiting(ctx, t, c, namespace.Name, crowd) // the hundred came first
			one.ID, one.AccountID = "ci_only", "acct_one"
		}
		if err := start(ctx, c, one); err != nil {
			t.Fatal(err)
		}
	}
	waiting(ctx, t, c, namespace.Name, crowd+1)
	var mu sync.Mutex
	var taken []string
	all := make(chan struct{})
	documents := worker.New(c, workflows.DocumentsQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 1, MaxConcurrentActivityTaskPollers: 1, DisableEagerActivities: true, DisableWorkflowWorker: true,
	})
	documents.RegisterActivityWithOptions(func(_ context.Context, in activities.CertificateRef) (activities.ValidateResult, error) {
		mu.Lock()
		defer mu.Unlock()
		if taken = append(taken, in.ID); len(taken) == crowd+1 {
			close(all)
		}
		return activities.ValidateResult{Over: true}, nil
	}, activity.RegisterOptions{Name: "ValidateDocument"})
	if err := documents.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(documents.Stop)
	select {
	case <-all:
	case <-ctx.Done():
		t.Fatal("the reviews were not taken in time")
	}
	mu.Lock()
	defer mu.Unlock()
	return slices.Index(taken, "ci_only") + 1
}

// waiting returns when so many steps wait in the queue of documents.
func waiting(ctx context.Context, t *testing.T, c client.Client, namespace string, n int) {
	t.Helper()
	for {
		described, err := c.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueue.TaskQueue{Name: workflows.DocumentsQueue}, TaskQueueType: enums.TASK_QUEUE_TYPE_ACTIVITY, ReportStats: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if described.GetStats().GetApproximateBacklogCount() >= int64(n) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d steps wait, want %d", described.GetStats().GetApproximateBacklogCount(), n)
		case <-time.After(50 * time.Millisecond): // the server has no signal for it
		}
	}
}
