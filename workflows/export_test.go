package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// AskOptions are the options of a reading by the language model.
func AskOptions(required bool, left time.Duration) workflow.ActivityOptions {
	return askOptions(required)(left)
}
