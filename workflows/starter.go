package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// Starter starts, signals and ends the workflows of certflow with a Temporal client.
type Starter struct {
	Client client.Client
}

// start starts a workflow unless it runs. what names it in errors.
func (s Starter) start(ctx context.Context, what string, options client.StartWorkflowOptions, workflow, input any) error {
	_, err := s.Client.ExecuteWorkflow(ctx, options, workflow, input)
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &running) {
		return fmt.Errorf("start %s: %w", what, err)
	}
	return nil
}

// ensureSchedule makes a schedule unless it is there.
func (s Starter) ensureSchedule(ctx context.Context, options client.ScheduleOptions) error {
	_, err := s.Client.ScheduleClient().Create(ctx, options)
	switch {
	case errors.Is(err, temporal.ErrScheduleAlreadyRunning):
		return nil
	case err != nil:
		return fmt.Errorf("make the schedule %s: %w", options.ID, err)
	}
	slog.InfoContext(ctx, "a schedule was not there and was made", "schedule", options.ID)
	return nil
}

// ignoreNotFound forgives that a workflow is not there.
func ignoreNotFound(err error, doing string) error {
	var missing *serviceerror.NotFound
	if err == nil || errors.As(err, &missing) {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
