package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
)

// Every timeout and retry policy of certflow's workflows stands here.

const (
	// reviewTime is how long a review may take from when ValidateDocument began it (CONTRACT §8).
	reviewTime = 2 * time.Hour
	// readTime is how long one attempt at reading may take (CONTRACT §8).
	readTime = 5 * time.Minute
	// readerBeat is how soon a worker that died while reading is noticed.
	readerBeat = 20 * time.Second
	// lostWorkers is how many workers a document may take down before its review ends.
	lostWorkers = 8
	// lastWait is the longest wait between two attempts at a step.
	lastWait = 30 * time.Second
	// stepTime is how long one attempt at a step that touches the database and the store may take.
	stepTime = time.Minute
)

// readerWaits are the waits before a reader that was not available is asked again (CONTRACT §8).
var readerWaits = []time.Duration{30 * time.Second, 60 * time.Second, 120 * time.Second}

// patient retries until the time of the whole is over: what fails is our database or store, and a certificate must not be
// lost to that. The number of attempts is a year's; without one, Temporal's test environment would stop at ten.
func patient() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: lastWait, MaximumAttempts: 1_000_000,
	}
}

// validateOptions have no limit over all: a review waits in the queue however long, and its time runs from its first step.
func validateOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: DocumentsQueue, Summary: summary,
		StartToCloseTimeout: stepTime, RetryPolicy: patient(),
	}
}

// documentOptions are for a step that handles untrusted bytes but does not read them.
func documentOptions(summary string, left time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: DocumentsQueue, Summary: summary,
		StartToCloseTimeout: stepTime, ScheduleToCloseTimeout: left, RetryPolicy: patient(),
	}
}

// reading gives the options of one reading, by what is left of the review's time.
type reading func(left time.Duration) workflow.ActivityOptions

// readOptions are for one reading. Temporal retries only lost workers; the workflow itself waits for a reader that is not available.
func readOptions(queue, summary string) reading {
	return func(left time.Duration) workflow.ActivityOptions {
		return workflow.ActivityOptions{
			TaskQueue: queue, Summary: summary,
			StartToCloseTimeout: readTime, HeartbeatTimeout: readerBeat, ScheduleToCloseTimeout: left,
			RetryPolicy: &temporal.RetryPolicy{
				InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second,
				MaximumAttempts: 1 + lostWorkers, NonRetryableErrorTypes: []string{activities.FaultReader},
			},
		}
	}
}

// askOptions are for one reading by the language model. Where the layout reader's reading will do, no review waits longer than half of its
// time for a worker that asks models: there may be none.
func askOptions(required bool) reading {
	return func(left time.Duration) workflow.ActivityOptions {
		options := readOptions(ModelsQueue, "ask the language model")(left)
		if !required {
			options.ScheduleToStartTimeout = left / 2
		}
		return options
	}
}

// verdictOptions are for the step that judges.
func verdictOptions(summary string, left time.Duration) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: stepTime, ScheduleToCloseTimeout: left, RetryPolicy: patient(),
	}
}

// errorOptions are for the step that records an error: it is tried for ever, since a review must end.
func errorOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: stepTime, RetryPolicy: patient(),
	}
}

// attemptOptions are for one request to an endpoint, which ends by itself within 15 s.
func attemptOptions(in activities.DeliverInput) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: WebhooksQueue, Summary: in.ID + " to " + in.Endpoint,
		StartToCloseTimeout: 30 * time.Second, RetryPolicy: patient(),
		Priority: temporal.Priority{FairnessKey: in.Endpoint},
	}
}

// provisionOptions are for making what a bulk upload planned; what cannot be made in two hours never can.
func provisionOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 2 * time.Minute, ScheduleToCloseTimeout: reviewTime, RetryPolicy: patient(),
	}
}

// cancelOptions are for ending what has not begun of a job, a transaction for each.
func cancelOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 10 * time.Minute, RetryPolicy: patient(),
	}
}

// watchOptions are for a look at a job's progress, which is shorter than a workflow task (10 s).
func watchOptions() workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout: patience + 2*time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	}
}

// recoverOptions are for one batch of a recovery.
func recoverOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{TaskQueue: WebhooksQueue, Summary: summary, StartToCloseTimeout: stepTime, RetryPolicy: patient()}
}

// sweepOptions are for one sweep. What it does not get to is found by the next.
func sweepOptions(summary string) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		TaskQueue: ReviewsQueue, Summary: summary,
		StartToCloseTimeout: 5 * time.Minute, HeartbeatTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 2 * time.Second, MaximumAttempts: 3},
	}
}
