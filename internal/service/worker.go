package service

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"

	"certflow/activities"
	"certflow/internal/reader"
	"certflow/internal/webhook"
	"certflow/worker"
	"certflow/workflows"
)

// Worker makes a worker for the queues, none meaning all, once database and Temporal answer: it waits for them as long as ctx lasts.
func (s *Service) Worker(ctx context.Context, queues []string) (*worker.Worker, error) {
	options, err := s.workerOptions(queues)
	if err != nil {
		return nil, err
	}
	if err := s.DB.CheckRole(ctx); err != nil {
		return nil, err
	}
	if err := s.awaitTemporal(ctx); err != nil {
		return nil, err
	}
	if err := worker.EnsureSearchAttributes(ctx, s.Temporal, s.Config.TemporalNamespace); err != nil {
		return nil, err
	}
	if err := s.Starter.EnsureSweep(ctx); err != nil {
		return nil, err
	}
	return worker.New(s.Temporal, options)
}

// RunWorker serves queues, none meaning all, until ctx ends; then it lets what runs end.
func (s *Service) RunWorker(ctx context.Context, queues []string) error {
	w, err := s.Worker(ctx, queues)
	if err != nil {
		return err
	}
	if err := w.Start(); err != nil {
		return err
	}
	slog.InfoContext(ctx, "the worker serves", "queues", queues)
	<-ctx.Done()
	w.Stop()
	return nil
}

func (s *Service) workerOptions(queues []string) (worker.Options, error) {
	c := s.Config
	guard, err := c.Guard()
	if err != nil {
		return worker.Options{}, err
	}
	schedule, err := webhook.ParseSchedule(c.WebhookSchedule)
	if err != nil {
		return worker.Options{}, fmt.Errorf("CERTFLOW_WEBHOOK_SCHEDULE: %w", err)
	}
	program, err := reader.Program()
	if err != nil {
		return worker.Options{}, err
	}
	read, err := reader.New(c, program)
	if err != nil {
		return worker.Options{}, err
	}
	return worker.Options{
		Queues: queues, BuildID: c.BuildID, StopTime: c.ShutdownTime, ModelRate: c.ModelRate,
		Slots: map[string]int{
			workflows.ReviewsQueue: c.ReviewSlots, workflows.DocumentsQueue: c.DocumentSlots,
			workflows.ModelsQueue: c.ModelSlots, workflows.WebhooksQueue: c.WebhookSlots,
		},
		Review: &activities.Review{DB: s.DB, Blobs: s.Blobs, Reader: read, Model: nil, Judge: s.Judge},
		Deliver: &activities.Deliver{
			DB: s.DB, Secrets: s.Secrets, Schedule: schedule, Starter: s.Starter,
			Sender:  webhook.NewSender(webhook.SenderOptions{Guard: guard}),
			Limiter: webhook.NewLimiter(c.WebhookConcurrency),
		},
		Bulk:  &activities.Bulk{DB: s.DB, Starter: s.Starter},
		Sweep: &activities.Sweep{DB: s.DB, Blobs: s.Blobs, Starter: s.Starter},
	}, nil
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
			return fmt.Errorf("Temporal at %s does not answer: %w", s.Config.TemporalAddress, err)
		case <-tick.C:
		}
	}
}
