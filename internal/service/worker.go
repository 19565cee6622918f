package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"certflow/activities"
	"certflow/internal/reader"
	"certflow/internal/webhook"
	"certflow/schema"
	"certflow/worker"
	"certflow/workflows"
)

// Worker is a worker with the helper processes that read documents for it.
type Worker struct {
	worker  *worker.Worker
	reader  *reader.Reader
	letGo   context.CancelFunc // ends keeping
	keeping sync.WaitGroup
}

// prepareInterval is how often a worker sees to it that Temporal has what certflow needs of it, and looks at its clock; prepareTimeout how long
// each may take.
const prepareInterval, prepareTimeout = time.Minute, 30 * time.Second

// StartWorker starts a worker for the queues, none meaning all, once database and Temporal answer: it waits for them as long as ctx
// lasts.
func (s *Service) StartWorker(ctx context.Context, queues []string) (*Worker, error) {
	options, read, err := s.workerOptions(queues)
	if err != nil {
		return nil, err
	}
	w, err := s.startWorker(ctx, options)
	if err != nil {
		read.Close()
		return nil, err
	}
	kept, letGo := context.WithCancel(context.WithoutCancel(ctx))
	started := &Worker{worker: w, reader: read, letGo: letGo}
	started.keeping.Go(func() { s.keepPrepared(kept, prepareInterval) })
	started.keeping.Go(func() { repeat(kept, prepareInterval, "the clock is wrong, or could not be checked", s.CheckClock) })
	started.keeping.Go(func() {
		if err := s.CheckSecrets(kept); err != nil && kept.Err() == nil {
			slog.ErrorContext(kept, "signing secrets were tried", "error", err)
		}
	})
	return started, nil
}

func (s *Service) startWorker(ctx context.Context, options worker.Options) (*worker.Worker, error) {
	if err := s.awaitDatabase(ctx); err != nil {
		return nil, err
	}
	if err := s.awaitTemporal(ctx); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	w, err := worker.New(s.Temporal, options)
	if err != nil {
		return nil, err
	}
	return w, w.Start()
}

// prepare makes what Temporal has to have before a worker serves, unless it is there: search attributes, and the schedules of sweep and watch.
func (s *Service) prepare(ctx context.Context) error {
	if err := worker.EnsureSearchAttributes(ctx, s.Temporal, s.Config.TemporalNamespace); err != nil {
		return err
	}
	if err := s.Starter.EnsureSweep(ctx); err != nil {
		return err
	}
	return s.Starter.EnsureExpiryWatch(ctx)
}

// keepPrepared prepares Temporal again and again until ctx ends. One that lost everything under its workers, or was restored to an earlier
// time, has no sweep that could start anew what the database says should run, and takes no review without its search attributes.
func (s *Service) keepPrepared(ctx context.Context, every time.Duration) {
	repeat(ctx, every, "search attributes and schedules could not be looked at", s.prepare)
}

// repeat does something again and again until ctx ends, and logs in words of the caller's what came of it where that is an error.
func repeat(ctx context.Context, every time.Duration, words string, do func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		once, done := context.WithTimeout(ctx, prepareTimeout)
		err := do(once)
		done()
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, words, "error", err)
		}
	}
}

// Failed answers when the worker has stopped by itself.
func (w *Worker) Failed() <-chan error { return w.worker.Failed() }

// Stop lets what runs end and stops the helper processes.
func (w *Worker) Stop() {
	w.letGo()
	w.keeping.Wait()
	w.worker.Stop()
	w.reader.Close()
}

// RunWorker serves queues, none meaning all, until ctx ends; then it lets what runs end. Metrics are served as long. A worker that stops by
// itself is an error: whoever runs the process starts it again.
func (s *Service) RunWorker(ctx context.Context, queues []string) error {
	metrics, err := s.serveMetrics()
	if err != nil {
		return err
	}
	defer metrics.Close()
	w, err := s.StartWorker(ctx, queues)
	if err != nil {
		return err
	}
	slog.InfoContext(ctx, "the worker serves", "queues", queues)
	select {
	case <-ctx.Done():
	case err = <-w.Failed():
	}
	w.Stop()
	return err
}

func (s *Service) workerOptions(queues []string) (worker.Options, *reader.Reader, error) {
	c := s.Config
	guard, err := c.Guard()
	if err != nil {
		return worker.Options{}, nil, err
	}
	schedule, err := webhook.ParseSchedule(c.WebhookSchedule)
	if err != nil {
		return worker.Options{}, nil, fmt.Errorf("CERTFLOW_WEBHOOK_SCHEDULE: %w", err)
	}
	program, err := reader.Program()
	if err != nil {
		return worker.Options{}, nil, err
	}
	read, err := reader.New(c, program)
	if err != nil {
		return worker.Options{}, nil, err
	}
	model, err := newModel(c, read, newModelMetrics(s.Registry))
	if err != nil {
		return worker.Options{}, nil, err
	}
	metrics := worker.NewMetrics(s.Registry)
	return worker.Options{
		Queues: queues, BuildID: c.BuildID, StopTime: c.ShutdownTime, ModelRate: c.ModelRate,
		Metrics: metrics,
		Slots: map[string]int{
			workflows.ReviewsQueue: c.ReviewSlots, workflows.DocumentsQueue: c.DocumentSlots,
			workflows.ModelsQueue: c.ModelSlots, workflows.WebhooksQueue: c.WebhookSlots,
		},
		Review: &activities.Review{DB: s.DB, Blobs: s.Blobs, Reader: read, Model: model, Judge: s.Judge, Observe: metrics.Read},
		Deliver: &activities.Deliver{
			DB: s.DB, Secrets: s.Secrets, Schedule: schedule, Starter: s.Starter,
			Sender:  webhook.NewSender(webhook.SenderOptions{Guard: guard}),
			Limiter: webhook.NewLimiter(c.WebhookConcurrency),
			Observe: metrics.Attempted,
		},
		Bulk:  &activities.Bulk{DB: s.DB, Starter: s.Starter},
		Sweep: &activities.Sweep{DB: s.DB, Blobs: s.Blobs, Starter: s.Starter},
	}, read, nil
}

// awaitDatabase returns when the database answers; a role that is not fit to serve is an error, and so is a schema that lacks a step.
func (s *Service) awaitDatabase(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for said := false; ; said = true {
		err := s.DB.CheckRole(ctx)
		if err == nil {
			err = s.DB.CheckSchema(ctx)
		}
		if !errors.Is(err, schema.ErrUnavailable) {
			return err
		}
		if !said {
			slog.WarnContext(ctx, "waiting for the database", "error", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the database: %w", err)
		case <-tick.C:
		}
	}
}

// awaitTemporal returns when Temporal answers.
func (s *Service) awaitTemporal(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for said := false; ; said = true {
		_, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
		if err == nil {
			return nil
		}
		if !said {
			slog.WarnContext(ctx, "waiting for Temporal", "address", s.Config.TemporalAddress, "error", err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for Temporal at %s: %w", s.Config.TemporalAddress, err)
		case <-tick.C:
		}
	}
}
