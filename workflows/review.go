package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
)

// ReviewInput names the evaluation that a ReviewCertificate makes.
type ReviewInput struct {
	Account     string
	Certificate string
	Evaluation  int // from 1
}

// ReviewResult is how a review ended: the certificate's status, or empty when it was deleted meanwhile.
type ReviewResult struct {
	Status schema.Status
}

// ReviewCertificate takes a certificate from upload to verdict: validate, trim, parse, evaluate, and start the deliveries that tell of it.
// A bad document is a result, not a failure: the workflow fails only by a bug of ours. What it was cancelled or ran out of time for ends
// as error as well, since no certificate may stay open.
func ReviewCertificate(ctx workflow.Context, in ReviewInput) (ReviewResult, error) {
	r := &review{in: activities.CertificateRef{Account: in.Account, ID: in.Certificate, Evaluation: in.Evaluation}}
	ended, err := r.run(ctx)
	if err != nil {
		ended, err = r.fail(ctx, r.refusalOf(ctx, err))
	}
	if err != nil {
		return ReviewResult{}, err
	}
	return ReviewResult{Status: ended.Status}, r.finish(ctx, ended)
}

// review is the state of one ReviewCertificate.
type review struct {
	in       activities.CertificateRef
	deadline time.Time // two hours after the review began
}

func (r *review) run(ctx workflow.Context) (activities.Outcome, error) {
	validated, err := r.validate(ctx)
	if err != nil || validated.Over {
		return activities.Outcome{}, err
	}
	if err := startDeliveries(ctx, r.in.Account, validated.Deliveries); err != nil {
		return activities.Outcome{}, err
	}
	trimmed, err := r.trim(ctx, validated)
	if err != nil {
		return activities.Outcome{}, err
	}
	if err := r.parse(ctx, trimmed); err != nil {
		return activities.Outcome{}, err
	}
	return r.evaluate(ctx)
}

func (r *review) validate(ctx workflow.Context) (activities.ValidateResult, error) {
	var out activities.ValidateResult
	ctx = workflow.WithActivityOptions(ctx, documentOptions("open the PDF", unbounded))
	if err := workflow.ExecuteActivity(ctx, reviewSteps.ValidateDocument, r.in).Get(ctx, &out); err != nil {
		return out, err
	}
	r.deadline = workflow.Now(ctx).Add(activities.ReviewTimeout)
	return out, refusalError(out.Refusal)
}

func (r *review) trim(ctx workflow.Context, v activities.ValidateResult) (activities.TrimResult, error) {
	var out activities.TrimResult
	ctx = workflow.WithActivityOptions(ctx, documentOptions(fmt.Sprintf("keep %d of %d pages", v.Analysed, v.Pages), r.left(ctx)))
	in := activities.TrimInput{CertificateRef: r.in, Key: v.Key, Pages: v.Pages, Analysed: v.Analysed}
	if err := workflow.ExecuteActivity(ctx, reviewSteps.TrimPages, in).Get(ctx, &out); err != nil {
		return out, err
	}
	return out, refusalError(out.Refusal)
}

// parse reads the document, and asks a language model where the layout reader is unsure and a model is configured. A model that does not
// answer, for whatever reason, costs no reading, unless every certificate is to be read by it: what the layout reader is unsure of approves
// nothing.
func (r *review) parse(ctx workflow.Context, t activities.TrimResult) error {
	in := activities.ParseInput{CertificateRef: r.in, Key: t.Key}
	parsed, err := r.read(ctx, reviewSteps.ParseCertificate, readOptions(DocumentsQueue, "read the certificate"), in)
	if err != nil || !parsed.AskModel {
		return err
	}
	_, err = r.read(ctx, reviewSteps.AskModel, askModelOptions(parsed.ModelRequired), in)
	var why *certificate.Refusal
	if err == nil || parsed.ModelRequired || errors.As(err, &why) || temporal.IsCanceledError(err) {
		return err
	}
	in.LayoutOnly = true
	_, err = r.read(ctx, reviewSteps.ParseCertificate, readOptions(DocumentsQueue, "read the certificate without the model"), in)
	return err
}

// read makes up to four attempts at a reader that is not available, with the waits of CONTRACT §8 between them; a reader that
// says how long to wait is obeyed where that is longer. A database or store that is away is no fault of the reader's or the document's: it is
// waited for within the review's time, beyond the attempts that Temporal makes for lost workers.
func (r *review) read(ctx workflow.Context, step any, options readOptionsFor, in activities.ParseInput) (activities.ParseResult, error) {
	for asked := 0; ; {
		var out activities.ParseResult
		ctx := workflow.WithActivityOptions(ctx, options(r.left(ctx)))
		err := workflow.ExecuteActivity(ctx, step, in).Get(ctx, &out)
		if err == nil {
			return out, refusalError(out.Refusal)
		}
		wait, unavailable := readerFault(err)
		switch {
		case unavailable && asked < len(readerBackoff):
			wait = max(readerBackoff[asked], wait)
			asked++
		case partFault(err):
			wait = maxRetryInterval
		default:
			return out, err
		}
		if wait > r.left(ctx) {
			return out, err
		}
		if err := sleep(ctx, wait, "until the certificate is read again"); err != nil {
			return out, err
		}
	}
}

func (r *review) evaluate(ctx workflow.Context) (activities.Outcome, error) {
	var out activities.Outcome
	ctx = workflow.WithActivityOptions(ctx, databaseOptions("judge against the requirement", r.left(ctx)))
	in := activities.EvaluateInput{CertificateRef: r.in, At: workflow.Now(ctx)}
	return out, workflow.ExecuteActivity(ctx, reviewSteps.EvaluateRules, in).Get(ctx, &out)
}

// fail records why there is no verdict, even when the workflow itself was cancelled.
func (r *review) fail(ctx workflow.Context, why *certificate.Refusal) (activities.Outcome, error) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	var out activities.Outcome
	ctx = workflow.WithActivityOptions(ctx, databaseOptions("record "+string(why.Code), unbounded))
	in := activities.ErrorInput{CertificateRef: r.in, Code: string(why.Code), Message: why.Message}
	return out, workflow.ExecuteActivity(ctx, reviewSteps.RecordError, in).Get(ctx, &out)
}

// finish shows the status to operators and sends the deliveries on their way.
func (r *review) finish(ctx workflow.Context, ended activities.Outcome) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	if ended.Status != "" {
		if err := workflow.UpsertTypedSearchAttributes(ctx, AttributeStatus.ValueSet(string(ended.Status))); err != nil {
			return err
		}
	}
	return startDeliveries(ctx, r.in.Account, ended.Deliveries)
}

// left is what remains of the two hours. It is never zero: to Temporal that would mean without limit.
func (r *review) left(ctx workflow.Context) time.Duration {
	return max(time.Second, r.deadline.Sub(workflow.Now(ctx)))
}

// refusalError makes an error of a step's refusal; it ends the review.
func refusalError(why *certificate.Refusal) error {
	if why == nil {
		return nil
	}
	return why
}

// refusalOf says with which code a review ends that a step did not refuse itself. A step that failed so late that it was not tried
// again has run out of time, whatever it failed of.
func (r *review) refusalOf(ctx workflow.Context, err error) *certificate.Refusal {
	var why *certificate.Refusal
	var timeout *temporal.TimeoutError
	late := !r.deadline.IsZero() && r.left(ctx) <= maxRetryInterval
	_, unavailable := readerFault(err)
	switch {
	case errors.As(err, &why):
		return why
	case temporal.IsCanceledError(err):
		return &certificate.Refusal{Code: "cancelled", Message: "The review was cancelled. Upload the certificate again to have it reviewed."}
	case unavailable:
		return &certificate.Refusal{Code: "reader_unavailable", Message: "The reader was not available. Upload the certificate again later."}
	case errors.As(err, &timeout) && timeout.TimeoutType() == enums.TIMEOUT_TYPE_HEARTBEAT:
		return &certificate.Refusal{Code: "internal", Message: "Reading this file stopped the worker again and again. Ask for a digital copy of the certificate that was made anew, and upload that."}
	case errors.As(err, &timeout), late:
		return &certificate.Refusal{Code: activities.TimedOut, Message: activities.TimedOutMessage}
	}
	return &certificate.Refusal{Code: "internal", Message: "The review failed for a reason of ours. Upload the certificate again; if that fails too, tell the operator."}
}

// readerFault reports whether a reader was not available, and how long it asked to be left alone.
func readerFault(err error) (time.Duration, bool) {
	var fault *temporal.ApplicationError
	if !errors.As(err, &fault) || fault.Type() != activities.FaultReader {
		return 0, false
	}
	var wait time.Duration
	if fault.HasDetails() {
		_ = fault.Details(&wait) // a fault without a wait asks for none
	}
	return wait, true
}

// partFault reports whether a step failed of what certflow stands on, or was stopped with its worker.
func partFault(err error) bool {
	var fault *temporal.ApplicationError
	if !errors.As(err, &fault) {
		return false
	}
	return slices.Contains([]string{activities.FaultDatabase, activities.FaultStorage, activities.FaultStopped}, fault.Type())
}

// ReviewID is the id of the workflow that reviews a certificate.
func ReviewID(account, certificate string) string {
	return "certificate/" + account + "/" + certificate
}

// reviewAttributes are the search attributes that every review has.
func reviewAttributes(account, contractor string, status schema.Status) []temporal.SearchAttributeUpdate {
	return []temporal.SearchAttributeUpdate{
		AttributeAccount.ValueSet(account), AttributeContractor.ValueSet(contractor), AttributeStatus.ValueSet(string(status)),
	}
}

// StartReview starts the review of a certificate unless it runs; began says whether it did.
func (s Starter) StartReview(ctx context.Context, c *schema.Certificate) (began bool, err error) {
	attributes := reviewAttributes(c.AccountID, c.ContractorID, c.Status)
	summary := c.ID + " of " + c.ContractorID
	if c.JobID != nil {
		attributes = append(attributes, AttributeJob.ValueSet(*c.JobID))
		summary += " in " + *c.JobID
	}
	if c.TrackerID != nil {
		attributes = append(attributes, AttributeTracker.ValueSet(*c.TrackerID))
	}
	_, err = s.Client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: ReviewID(c.AccountID, c.ID), TaskQueue: ReviewsQueue,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		TypedSearchAttributes:                    temporal.NewSearchAttributes(attributes...),
		StaticSummary:                            summary,
		Priority:                                 temporal.Priority{FairnessKey: c.AccountID},
	}, ReviewCertificate, ReviewInput{Account: c.AccountID, Certificate: c.ID, Evaluation: c.EvaluationNo})
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &running) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("start the review of %s: %w", c.ID, err)
	}
	return true, nil
}

// CancelReview asks a running review to stop; one that does not run does not matter.
func (s Starter) CancelReview(ctx context.Context, account, certificate string) error {
	return ignoreNotFound(s.Client.CancelWorkflow(ctx, ReviewID(account, certificate), ""), "cancel the review of "+certificate)
}

// EndReview terminates a review whose certificate has ended without it; one that does not run does not matter.
func (s Starter) EndReview(ctx context.Context, account, certificate string) error {
	err := s.Client.TerminateWorkflow(ctx, ReviewID(account, certificate), "", "the certificate has ended without it")
	return ignoreNotFound(err, "end the review of "+certificate)
}
