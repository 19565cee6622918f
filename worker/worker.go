// Package worker says what a worker process serves: which task queues, with which limits, and which workflows and activities belong
// to each. The replay tests register the same workflows.
package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"

	"certflow/activities"
	"certflow/workflows"
)

// Deployment is the name under which Temporal knows the versions of certflow's workers.
const Deployment = "certflow"

// workflowPollers ask for workflow tasks of a queue. The SDK's two leave one for workflows that are new to the process, which in a burst of
// uploads are fetched one by one while slots are free.
const workflowPollers = 4

// Queues lists the task queues that a worker may serve.
func Queues() []string {
	return []string{workflows.ReviewsQueue, workflows.DocumentsQueue, workflows.ModelsQueue, workflows.WebhooksQueue}
}

// CheckQueues refuses the name of a queue that there is not.
func CheckQueues(names []string) error {
	for _, name := range names {
		if !slices.Contains(Queues(), name) {
			return fmt.Errorf("there is no queue %q: the queues are %s", name, strings.Join(Queues(), ", "))
		}
	}
	return nil
}

// Options says what a worker serves and with how much.
type Options struct {
	Queues []string       // none: all
	Slots  map[string]int // activities at once, by queue
	// ModelRate is how many requests a second all workers of the models queue make together.
	ModelRate float64
	// BuildID versions the worker; empty: unversioned.
	BuildID  string
	StopTime time.Duration
	Metrics  *Metrics

	Review  *activities.Review
	Deliver *activities.Deliver
	Bulk    *activities.Bulk
	Sweep   *activities.Sweep
}

// Worker serves its queues from Start to Stop.
type Worker struct {
	parts  []worker.Worker
	failed chan error
}

// New makes a worker; an unknown queue is an error.
func New(c client.Client, o Options) (*Worker, error) {
	if len(o.Queues) == 0 {
		o.Queues = Queues()
	}
	if err := CheckQueues(o.Queues); err != nil {
		return nil, err
	}
	w := &Worker{failed: make(chan error, 1)}
	for _, queue := range o.Queues {
		options := o.worker(queue)
		options.OnFatalError = func(err error) { w.fail(queue, err) }
		part := worker.New(c, queue, options)
		register(part, queue, o)
		w.parts = append(w.parts, part)
	}
	return w, nil
}

// Start begins to serve. What was started before an error is stopped.
func (w *Worker) Start() error {
	for i, part := range w.parts {
		if err := part.Start(); err != nil {
			(&Worker{parts: w.parts[:i]}).Stop()
			return fmt.Errorf("start a worker: %w", err)
		}
	}
	return nil
}

// fail keeps the first reason why a queue is not served any longer.
func (w *Worker) fail(queue string, err error) {
	select {
	case w.failed <- fmt.Errorf("the queue %s is not served any longer: %w", queue, err):
	default:
	}
}

// Failed answers when Temporal has refused a queue's polls for minutes in a way that does not pass by itself, such as by a namespace that is not
// there. The queue is not served any longer then, although the process runs.
func (w *Worker) Failed() <-chan error { return w.failed }

// Stop lets what runs end within the stop time and gives the rest back to Temporal.
func (w *Worker) Stop() {
	done := make(chan struct{})
	for _, part := range w.parts {
		go func() {
			part.Stop()
			done <- struct{}{}
		}()
	}
	for range w.parts {
		<-done
	}
}

func (o Options) worker(queue string) worker.Options {
	options := worker.Options{
		MaxConcurrentActivityExecutionSize: o.Slots[queue],
		WorkerStopTimeout:                  o.StopTime,
		MaxConcurrentWorkflowTaskPollers:   workflowPollers,
		Interceptors:                       []interceptor.WorkerInterceptor{&faultInterceptor{metrics: o.Metrics}},
		DisableWorkflowWorker:              queue == workflows.DocumentsQueue || queue == workflows.ModelsQueue,
		BackgroundActivityContext:          context.Background(),
	}
	if queue == workflows.ModelsQueue {
		options.TaskQueueActivitiesPerSecond = o.ModelRate
	}
	if o.BuildID != "" {
		options.DeploymentOptions = worker.DeploymentOptions{
			UseVersioning: true,
			Version:       worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: o.BuildID},
		}
	}
	return options
}

// register gives a queue's worker what the queue is for.
func register(w worker.Registry, queue string, o Options) {
	switch queue {
	case workflows.ReviewsQueue:
		workflows.RegisterReviews(w)
		w.RegisterActivity(o.Review.EvaluateRules)
		w.RegisterActivity(o.Review.RecordError)
		w.RegisterActivity(o.Bulk)
		w.RegisterActivity(o.Sweep)
	case workflows.DocumentsQueue:
		w.RegisterActivity(o.Review.ValidateDocument)
		w.RegisterActivity(o.Review.TrimPages)
		w.RegisterActivity(o.Review.ParseCertificate)
	case workflows.ModelsQueue:
		w.RegisterActivity(o.Review.AskModel)
	case workflows.WebhooksQueue:
		workflows.RegisterWebhooks(w)
		w.RegisterActivity(o.Deliver)
	}
}
