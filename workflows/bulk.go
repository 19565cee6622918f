package workflows

import (
	"cmp"
	"context"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/schema"
)

// BulkInput names a bulk job and, after continue-as-new, how far it is.
type BulkInput struct {
	Account string
	Job     string
	Tracker string

	Provisioned bool
	Total       int
	From        int // position of the first certificate that no run has taken
	PerRun      int // children that one run starts; 0 is childrenPerRun
	Counts      map[schema.Status]int
}

// BulkResult is how a job ended: certificates by status. A review that failed by a bug of ours counts as error.
type BulkResult struct {
	Status string
	Counts map[schema.Status]int
}

const (
	// ProvisionUpdate is the update that answers when a job's contractors, assignments and certificates are made.
	ProvisionUpdate = "provision"
	// CancelSignal asks a job to begin no more reviews.
	CancelSignal = "cancel"

	// window is how many reviews of a job are under way at once.
	window = 50
	// childrenPerRun is how many children one run starts before it continues as new (Temporal suggests it at 4,096 events).
	childrenPerRun = 1000
	// pageSize is how many certificates are listed at once.
	pageSize = 250
	// progressWait is how long one look at a job's progress waits. It has to be much shorter than a workflow task, which is 10 s.
	progressWait = 3 * time.Second
	// rowPollInterval is how often the row of a certificate is looked at whose review somebody else started.
	rowPollInterval = 15 * time.Second
)

// BulkReview provisions a bulk upload and reviews its certificates, a window of them at a time. A review that fails is counted and
// hurts no other. Cancelling stops what has not begun and leaves the rest.
func BulkReview(ctx workflow.Context, in BulkInput) (BulkResult, error) {
	b := &bulk{in: in, job: activities.JobRef{Account: in.Account, ID: in.Job}}
	if b.in.Counts == nil {
		b.in.Counts = map[schema.Status]int{}
	}
	err := workflow.SetUpdateHandlerWithOptions(ctx, ProvisionUpdate, b.awaitProvisioned,
		workflow.UpdateHandlerOptions{Description: "answers when contractors, assignments and certificates are made"})
	if err != nil {
		return BulkResult{}, err
	}
	return b.run(ctx)
}

// bulk is the state of one run of a BulkReview.
type bulk struct {
	in  BulkInput
	job activities.JobRef

	provisioned  bool
	fault        string // why it could not be provisioned
	cancelled    bool
	started      int // children of this run
	running      int // of them, those that have not ended
	progress     int // grows with every child that ends
	batch        int // children are asked for in batches, one a workflow task: the newest
	startedBatch int // the newest batch of which Temporal has started a child
}

// awaitProvisioned answers with an empty code, or with that of the fault for which there is nothing to await.
func (b *bulk) awaitProvisioned(ctx workflow.Context) (string, error) {
	err := workflow.Await(ctx, func() bool { return b.provisioned || b.fault != "" })
	return b.fault, err
}

func (b *bulk) run(ctx workflow.Context) (BulkResult, error) {
	over, err := b.provision(ctx)
	if err != nil || over {
		return b.result(schema.JobFailed), err
	}
	workflow.Go(ctx, b.awaitCancel)
	if err := b.review(ctx); err != nil {
		return BulkResult{}, err
	}
	if b.continues() {
		return BulkResult{}, b.continueAsNew(ctx)
	}
	status := schema.JobCompleted
	if b.cancelled {
		status = schema.JobCancelled
		if err := b.cancelRest(ctx); err != nil {
			return BulkResult{}, err
		}
	}
	return b.result(status), b.end(ctx, activities.EndJobInput{JobRef: b.job, Status: status})
}

// provision makes what the upload planned. A plan that cannot be made ends the job as failed; over says that there is nothing to do.
func (b *bulk) provision(ctx workflow.Context) (over bool, err error) {
	if b.in.Provisioned {
		b.provisioned = true
		return false, nil
	}
	var out activities.ProvisionResult
	step := workflow.WithActivityOptions(ctx, provisionOptions("make contractors, assignments and certificates"))
	if err := workflow.ExecuteActivity(step, bulkSteps.ProvisionJob, b.job).Get(ctx, &out); err != nil {
		b.fault = "internal"
		return true, b.end(ctx, activities.EndJobInput{JobRef: b.job, Status: schema.JobFailed,
			Fault: "The upload could not be provisioned. Nothing of it was made; upload it again."})
	}
	b.provisioned, b.in.Provisioned, b.in.Total = true, true, out.Total
	return out.Over, b.showStatus(ctx, schema.JobRunning)
}

// awaitCancel waits for somebody to cancel the job, here or in the Temporal UI.
func (b *bulk) awaitCancel(ctx workflow.Context) {
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(workflow.GetSignalChannel(ctx, CancelSignal), func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) })
	selector.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) {})
	selector.Select(ctx)
	b.cancelled = true
}

// review starts a review for each certificate, page by page, and returns when all that it started have ended.
func (b *bulk) review(ctx workflow.Context) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx) // cancelling stops what has not begun; what has, goes on
	for !b.stops(ctx) && b.in.From < b.in.Total {
		page, err := b.list(ctx, b.in.From, pageSize)
		if err != nil {
			return err
		}
		if len(page.Reviews) == 0 {
			break
		}
		b.cancelled = b.cancelled || page.Cancelled
		for _, r := range page.Reviews {
			if b.running == window {
				if err := b.awaitRunning(ctx, window/2); err != nil {
					return err
				}
			}
			if b.stops(ctx) {
				break
			}
			b.in.From++
			b.start(ctx, r)
		}
	}
	return b.awaitRunning(ctx, 0)
}

// stops reports whether this run begins no more reviews.
func (b *bulk) stops(ctx workflow.Context) bool {
	return b.cancelled || b.started >= cmp.Or(b.in.PerRun, childrenPerRun) || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

// continues reports whether another run has to go on.
func (b *bulk) continues() bool { return !b.cancelled && b.in.From < b.in.Total }

// awaitRunning returns when at most so many reviews are running. It looks in the database until so many have ended, so that one task takes in many
// of their reports; a job in which nothing moves is left to its children.
func (b *bulk) awaitRunning(ctx workflow.Context, most int) error {
	for b.running > most {
		// What a task asks for is done when the task ends: a look would hold up children that were asked for in the same one.
		if err := workflow.Await(ctx, func() bool { return b.startedBatch >= b.batch }); err != nil {
			return err
		}
		before := b.progress
		var seen activities.WatchJobResult
		look := workflow.WithLocalActivityOptions(ctx, watchJobOptions())
		in := activities.WatchJobInput{JobRef: b.job, AtLeast: b.ended() + b.running - most, Most: progressWait}
		// A look that fails, since the database is away for longer than a task may take, is no reason to fail: the children still report.
		if err := workflow.ExecuteLocalActivity(look, bulkSteps.WatchJob, in).Get(ctx, &seen); err == nil {
			b.cancelled = b.cancelled || seen.Cancelled
			workflow.SetCurrentDetails(ctx, fmt.Sprintf("%d of %d reviewed, %d under way", seen.Ended, b.in.Total, b.running))
		}
		if b.progress > before || b.running <= most {
			continue
		}
		if err := workflow.Await(ctx, func() bool { return b.progress > before }); err != nil {
			return err
		}
	}
	return nil
}

// ended is how many certificates all runs have seen end.
func (b *bulk) ended() int {
	n := 0
	for _, status := range []schema.Status{schema.Approved, schema.Flagged, schema.Denied, schema.Errored} {
		n += b.in.Counts[status]
	}
	return n
}

// start begins the review of one certificate and counts how it ends. One that ended under an earlier run of the job is counted at once: it is
// no child that Temporal will start.
func (b *bulk) start(ctx workflow.Context, r activities.JobReview) {
	if r.Ended {
		b.in.Counts[r.Status]++
		return
	}
	if b.startedBatch == b.batch {
		b.batch++
	}
	b.started++
	b.running++
	workflow.Go(ctx, func(ctx workflow.Context) {
		status := b.reviewOne(ctx, r)
		b.running--
		b.progress++
		b.in.Counts[status]++
	})
}

// reviewOne runs the review of one certificate as a child, or watches the row of one that somebody else reviews.
func (b *bulk) reviewOne(ctx workflow.Context, r activities.JobReview) schema.Status {
	attributes := append(reviewAttributes(b.in.Account, r.Contractor, schema.Pending), AttributeJob.ValueSet(b.in.Job))
	if r.Tracker != "" {
		attributes = append(attributes, AttributeTracker.ValueSet(r.Tracker))
	}
	child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: ReviewID(b.in.Account, r.Certificate), TaskQueue: ReviewsQueue,
		ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
		WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         r.Certificate + " of " + r.Contractor + " in " + b.in.Job,
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
		Priority:              temporal.Priority{FairnessKey: b.in.Account},
	})
	batch := b.batch
	review := workflow.ExecuteChildWorkflow(child, ReviewCertificate, ReviewInput{Account: b.in.Account, Certificate: r.Certificate, Evaluation: r.Evaluation})
	err := review.GetChildWorkflowExecution().Get(ctx, nil)
	b.startedBatch = max(b.startedBatch, batch)
	var out ReviewResult
	if err == nil {
		err = review.Get(ctx, &out)
	}
	switch {
	case temporal.IsWorkflowExecutionAlreadyStartedError(err):
		return b.watchRow(ctx, r)
	case err != nil || out.Status == "":
		return schema.Errored
	}
	return out.Status
}

// watchRow waits until a certificate has ended whose review is not this job's child.
func (b *bulk) watchRow(ctx workflow.Context, r activities.JobReview) schema.Status {
	for {
		var seen activities.WatchRowResult
		look := workflow.WithActivityOptions(ctx, databaseOptions("watch "+r.Certificate, activities.ReviewTimeout))
		in := activities.CertificateRef{Account: b.in.Account, ID: r.Certificate, Evaluation: r.Evaluation}
		if err := workflow.ExecuteActivity(look, bulkSteps.WatchRow, in).Get(ctx, &seen); err != nil {
			return schema.Errored
		}
		if seen.Over {
			return seen.Status
		}
		if err := sleep(ctx, rowPollInterval, "until the row is looked at again"); err != nil {
			return schema.Errored
		}
	}
}

func (b *bulk) list(ctx workflow.Context, from, most int) (activities.ListJobResult, error) {
	var page activities.ListJobResult
	step := workflow.WithActivityOptions(ctx, databaseOptions(fmt.Sprintf("list certificates from %d", from), unbounded))
	return page, workflow.ExecuteActivity(step, bulkSteps.ListJob, activities.ListJobInput{JobRef: b.job, From: from, Most: most}).Get(ctx, &page)
}

func (b *bulk) cancelRest(ctx workflow.Context) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	step := workflow.WithActivityOptions(ctx, cancelOptions("end what has not begun"))
	var cancelled activities.Cancelled
	if err := workflow.ExecuteActivity(step, bulkSteps.CancelRest, b.job).Get(ctx, &cancelled); err != nil {
		return err
	}
	b.in.Counts[schema.Errored] += int(cancelled)
	return nil
}

// end sets the job to its end, shows it and tells about it.
func (b *bulk) end(ctx workflow.Context, how activities.EndJobInput) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	var deliveries []activities.DeliveryRef
	step := workflow.WithActivityOptions(ctx, databaseOptions("end the job as "+how.Status, unbounded))
	if err := workflow.ExecuteActivity(step, bulkSteps.EndJob, how).Get(ctx, &deliveries); err != nil {
		return err
	}
	if err := b.showStatus(ctx, how.Status); err != nil {
		return err
	}
	return startDeliveries(ctx, b.in.Account, deliveries)
}

// showStatus sets the search attribute by which operators find the job.
func (b *bulk) showStatus(ctx workflow.Context, status string) error {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("%s: %d of %d reviewed", status, b.ended(), b.in.Total))
	return workflow.UpsertTypedSearchAttributes(ctx, AttributeStatus.ValueSet(status))
}

func (b *bulk) continueAsNew(ctx workflow.Context) error {
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, BulkReview, b.in)
}

func (b *bulk) result(status string) BulkResult {
	return BulkResult{Status: status, Counts: b.in.Counts}
}

// jobOptions start the workflow of a job, whose id is the job's.
func jobOptions(j *schema.Job) client.StartWorkflowOptions {
	attributes := []temporal.SearchAttributeUpdate{
		AttributeAccount.ValueSet(j.AccountID), AttributeJob.ValueSet(j.ID), AttributeStatus.ValueSet(schema.JobProvisioning),
	}
	if j.TrackerID != nil {
		attributes = append(attributes, AttributeTracker.ValueSet(*j.TrackerID))
	}
	return client.StartWorkflowOptions{
		ID: j.ID, TaskQueue: ReviewsQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		TypedSearchAttributes:    temporal.NewSearchAttributes(attributes...),
		StaticSummary:            fmt.Sprintf("%s: %d files", j.ID, len(j.Plan.Files)),
		Priority:                 temporal.Priority{FairnessKey: j.AccountID},
	}
}

func jobInput(j *schema.Job) BulkInput {
	in := BulkInput{Account: j.AccountID, Job: j.ID}
	if j.TrackerID != nil {
		in.Tracker = *j.TrackerID
	}
	return in
}

// StartJob starts the workflow of an open bulk job unless it runs.
func (s Starter) StartJob(ctx context.Context, j *schema.Job) error {
	return s.start(ctx, "job "+j.ID, jobOptions(j), BulkReview, jobInput(j))
}

// ProvisionJob starts the workflow of a bulk job unless it runs, and waits until the job is provisioned, as long as ctx lasts.
// Whatever it returns, the job is in the database and goes on by itself: an error says only that nobody waits for it any more.
func (s Starter) ProvisionJob(ctx context.Context, j *schema.Job) error {
	handle, err := s.Client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.Client.NewWithStartWorkflowOperation(jobOptions(j), BulkReview, jobInput(j)),
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: ProvisionUpdate, WorkflowID: j.ID, UpdateName: ProvisionUpdate, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err != nil {
		return fmt.Errorf("provision job %s: %w", j.ID, err)
	}
	var fault string
	if err := handle.Get(ctx, &fault); err != nil {
		return fmt.Errorf("provision job %s: %w", j.ID, err)
	}
	if fault != "" {
		return fmt.Errorf("provision job %s: %s", j.ID, fault)
	}
	return nil
}

// CancelJob asks a running job to begin no more reviews; one that does not run reads it in its row.
func (s Starter) CancelJob(ctx context.Context, job string) error {
	return ignoreNotFound(s.Client.SignalWorkflow(ctx, job, "", CancelSignal, nil), "cancel job "+job)
}
