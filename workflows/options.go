package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
)

// Every timeout and retry policy of certflow's workflows stands here, but the two hours of a review: activities.ReviewTimeout.

const (
	// readTimeout is how long one attempt at reading may take (CONTRACT §8).
	readTimeout = 5 * time.Minute
	// readHeartbeat is how soon a worker that died while reading is noticed.
	readHeartbeat = 20 * time.Second
	// maxLostWorkers is how many workers a document may take down before its review ends.
	maxLostWorkers = 8
	// maxRetryInterval is the longest wait between two attempts at a step.
	maxRetryInterval = 30 * time.Second
	// stepTimeout is how long one attempt at a step that touches the database and the store may take.
	stepTimeout = time.Minute
)

// readerBackoff are the waits before a reader that was not available is asked again (CONTRACT §8).
var readerBackoff = []time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second}

// persistentRetries retries until the time of the whole is over: what fails is our database or store, and a certificate must not be
// lost to that. The number of attempts is a year's; without one, Temporal's test environment would stop at ten.
func persistentRetries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: maxRetryInterval, MaximumAttempts: 1_000_000,
	}
}

// unbounded lets a step wait and be retried for as long as it takes.
const unbounded time.Duration = 0

// documentOptions are for a step that handles untrusted bytes but does not read them, within a time over all.
func documentOptions(summary string, within time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: DocumentsQueue, Summary: summary,
		StartToCloseTimeout: stepTimeout, ScheduleToCloseTimeout: within, RetryPolicy: persistentRetries(),
	}
}

// databaseOptions are for a step that touches only the database, within a time over all.
func databaseOptions(summary string, within time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: stepTimeout, ScheduleToCloseTimeout: within, RetryPolicy: persistentRetries(),
	}
}

// readOptionsFor gives the options of one reading by what is left of the review's time.
type readOptionsFor func(left time.Duration) workflow.ActivityOptions

// readOptions are for one reading. Temporal retries for lost workers; the workflow itself waits for a reader that is not available, and for a
// database or store that is away for longer than these attempts last.
func readOptions(queue, summary string) readOptionsFor {
	return func(left time.Duration) workflow.ActivityOptions {
		return workflow.ActivityOptions{
			TaskQueue: queue, Summary: summary,
			StartToCloseTimeout: readTimeout, HeartbeatTimeout: readHeartbeat, ScheduleToCloseTimeout: left,
			RetryPolicy: &temporal.RetryPolicy{
				InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second,
				MaximumAttempts: 1 + maxLostWorkers, NonRetryableErrorTypes: []string{activities.FaultReader},
			},
		}
	}
}

// askModelOptions are for one reading by the language model. Where the layout reader's reading will do, no review waits longer than half of its
// time for a worker that asks models: there may be none.
func askModelOptions(required bool) readOptionsFor {
	return func(left time.Duration) workflow.ActivityOptions {
		options := readOptions(ModelsQueue, "ask the language model")(left)
		if !required {
			options.ScheduleToStartTimeout = left / 2
		}
		return options
	}
}

// attemptOptions are for one request to an endpoint, which ends by itself within 15 s.
func attemptOptions(in activities.DeliverInput) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: WebhooksQueue, Summary: in.ID + " to " + in.Endpoint,
		StartToCloseTimeout: 30 * time.Second, RetryPolicy: persistentRetries(),
		Priority: temporal.Priority{FairnessKey: in.Endpoint},
	}
}

// provisionOptions are for making what a bulk upload planned; what cannot be made in two hours never can.
func provisionOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 2 * time.Minute, ScheduleToCloseTimeout: activities.ReviewTimeout, RetryPolicy: persistentRetries(),
	}
}

// cancelOptions are for ending what has not begun of a job, a transaction for each.
func cancelOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 10 * time.Minute, RetryPolicy: persistentRetries(),
	}
}

// watchJobOptions are for a look at a job's progress, which is shorter than a workflow task (10 s).
func watchJobOptions() workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout: progressWait + 2*time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	}
}

// recoverOptions are for one batch of a recovery.
func recoverOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{TaskQueue: WebhooksQueue, Summary: summary, StartToCloseTimeout: stepTimeout, RetryPolicy: persistentRetries()}
}

// sweepOptions are for one sweep. What it does not get to is found by the next.
func sweepOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 5 * time.Minute, HeartbeatTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, MaximumAttempts: 3},
	}
}

// sleep is workflow.Sleep with the words that the timeline has for it.
func sleep(ctx workflow.Context, d time.Duration, until string) error {
	return workflow.NewTimerWithOptions(ctx, d, workflow.TimerOptions{Summary: until}).Get(ctx, nil)
}
