package worker

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/client"
)

// Promote makes a build the current version of the deployment: new workflows begin on its workers, and those that move between
// builds move to it. Workers of the build must have polled before.
func Promote(ctx context.Context, c client.Client, build string) error {
	handle := c.WorkerDeploymentClient().GetHandle(Deployment)
	_, err := handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
	if err != nil {
		return fmt.Errorf("make build %s current (have its workers started?): %w", build, err)
	}
	return nil
}
