package workflows

import (
	"context"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/schema"
)

// DeliverWebhook makes the attempts of one delivery, each when it is due, until the delivery has ended. Where in the schedule it is
// stands in the database: this workflow may be started again at any time.
func DeliverWebhook(ctx workflow.Context, in activities.DeliverInput) error {
	for {
		var out activities.AttemptResult
		attempt := workflow.WithActivityOptions(ctx, attemptOptions(in))
		if err := workflow.ExecuteActivity(attempt, deliverSteps.AttemptDelivery, in).Get(ctx, &out); err != nil {
			return err
		}
		if out.Over {
			return nil
		}
		if err := sleep(ctx, out.Wait, "until the next attempt"); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, DeliverWebhook, in)
		}
	}
}

// startDeliveries starts a DeliverWebhook for each delivery and waits until all have started, not until they end: they may take days and outlive
// the workflow. One that runs already is somebody else's.
func startDeliveries(ctx workflow.Context, account string, deliveries []activities.DeliveryRef) error {
	started := make([]workflow.ChildWorkflowFuture, len(deliveries))
	for i, d := range deliveries {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: DeliveryID(d.ID), TaskQueue: WebhooksQueue,
			ParentClosePolicy:     enums.PARENT_CLOSE_POLICY_ABANDON,
			WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
			StaticSummary:         d.ID + " to " + d.Endpoint,
			TypedSearchAttributes: temporal.NewSearchAttributes(AttributeAccount.ValueSet(account)),
			Priority:              temporal.Priority{FairnessKey: d.Endpoint},
		})
		started[i] = workflow.ExecuteChildWorkflow(child, DeliverWebhook, activities.DeliverInput{Account: account, ID: d.ID, Endpoint: d.Endpoint})
	}
	for _, child := range started {
		err := child.GetChildWorkflowExecution().Get(ctx, nil)
		if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
			return err
		}
	}
	return nil
}

// DeliveryID is the id of the workflow of a delivery.
func DeliveryID(delivery string) string { return "delivery/" + delivery }

// StartDelivery starts a delivery unless it runs.
func (s Starter) StartDelivery(ctx context.Context, d *schema.Delivery) error {
	return s.start(ctx, "delivery "+d.ID, client.StartWorkflowOptions{
		ID: DeliveryID(d.ID), TaskQueue: WebhooksQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            d.ID + " to " + d.EndpointID,
		TypedSearchAttributes:    temporal.NewSearchAttributes(AttributeAccount.ValueSet(d.AccountID)),
		Priority:                 temporal.Priority{FairnessKey: d.EndpointID},
	}, DeliverWebhook, activities.DeliverInput{Account: d.AccountID, ID: d.ID, Endpoint: d.EndpointID})
}
