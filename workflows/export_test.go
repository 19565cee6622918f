package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// AskModelOptions are the options of a reading by the language model.
func AskModelOptions(required bool, left time.Duration) workflow.ActivityOptions {
	return askModelOptions(required)(left)
}
