package workflows

import (
	"context"
	"fmt"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
)

// RecoverEndpoint sends an endpoint the events of a time range again that it never got, batch by batch. It returns how many deliveries it
// made.
func RecoverEndpoint(ctx workflow.Context, in activities.RecoverInput) (int, error) {
	made := 0
	for {
		var batch activities.RecoverResult
		step := workflow.WithActivityOptions(ctx, recoverOptions(fmt.Sprintf("recover events after %d", in.After)))
		if err := workflow.ExecuteActivity(step, deliverSteps.RecoverBatch, in).Get(ctx, &batch); err != nil {
			return made, err
		}
		if err := startDeliveries(ctx, in.Account, batch.Deliveries); err != nil {
			return made, err
		}
		made += len(batch.Deliveries)
		in.After = batch.After
		workflow.SetCurrentDetails(ctx, fmt.Sprintf("%d deliveries made", made))
		if batch.Over {
			return made, nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return made, workflow.NewContinueAsNewError(ctx, RecoverEndpoint, in)
		}
	}
}

// RecoveryID is the id of the workflow of a recovery. Recoveries of several ranges may run beside each other.
func RecoveryID(endpoint string, since, until time.Time) string {
	return fmt.Sprintf("recovery/%s/%d-%d", endpoint, since.Unix(), until.Unix())
}

// StartRecovery starts sending the events of [since, until) that the endpoint wanted and never got, unless a recovery of that range runs.
func (s Starter) StartRecovery(ctx context.Context, account, endpoint string, since, until time.Time) error {
	return s.start(ctx, "the recovery of "+endpoint, client.StartWorkflowOptions{
		ID: RecoveryID(endpoint, since, until), TaskQueue: WebhooksQueue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		StaticSummary:            "recover " + endpoint,
		TypedSearchAttributes:    temporal.NewSearchAttributes(AttributeAccount.ValueSet(account)),
		Priority:                 temporal.Priority{FairnessKey: endpoint},
	}, RecoverEndpoint, activities.RecoverInput{Account: account, Endpoint: endpoint, Since: since, Until: until})
}
