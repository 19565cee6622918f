package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"go.temporal.io/sdk/client"

	"certflow/api"
	"certflow/console"
	"certflow/worker"
)

// keyUseEvery is how often it is written down which keys were used.
const keyUseEvery = time.Minute

// ServeAPI serves the HTTP API, and metrics on their own listener, until ctx ends; then requests under way may end.
func (s *Service) ServeAPI(ctx context.Context) error {
	pages, err := s.console()
	if err != nil {
		return err
	}
	server, handlers, err := s.api(pages.Sessions())
	if err != nil {
		return err
	}
	if err := s.DB.CheckRole(ctx); err != nil {
		slog.WarnContext(ctx, "the database role could not be checked or is not fit to serve", "error", err)
	}
	listener, err := net.Listen("tcp", s.Config.Addr)
	if err != nil {
		return fmt.Errorf("CERTFLOW_ADDR: %w", err)
	}
	metrics, err := s.serveMetrics()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer metrics.Close()
	var noting sync.WaitGroup
	noting.Go(func() { server.NoteKeyUse(ctx, s.DB, keyUseEvery) })
	defer noting.Wait()
	noting.Go(func() { s.registerAttributes(ctx) })
	web := server.HTTPServer(s.Config.Addr)
	web.Handler = beside(pages, web.Handler)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	slog.InfoContext(ctx, "the API serves", "addr", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serve the API: %w", err)
	case <-ctx.Done():
	}
	handlers.EndStreams()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Config.ShutdownTime)
	defer cancel()
	if err := web.Shutdown(stopping); err != nil {
		slog.WarnContext(ctx, "requests were cut off at shutdown", "error", err)
		_ = web.Close()
	}
	handlers.Wait()
	return nil
}

// registerAttributes registers the search attributes with which reviews are started, as soon as Temporal answers: the first uploads may
// come before the first worker.
func (s *Service) registerAttributes(ctx context.Context) {
	if s.awaitTemporal(ctx) != nil {
		return // the process ends
	}
	if err := worker.EnsureSearchAttributes(ctx, s.Temporal, s.Config.TemporalNamespace); err != nil && ctx.Err() == nil {
		slog.ErrorContext(ctx, "reviews cannot be started before search attributes are registered", "error", err)
	}
}

// api assembles the edge and the handlers.
func (s *Service) api(browsers *console.Sessions) (*api.Server, *api.Handlers, error) {
	guard, err := s.Config.Guard()
	if err != nil {
		return nil, nil, err
	}
	handlers, err := api.NewHandlers(api.HandlersConfig{
		Log: slog.Default(), DB: s.DB, Files: s.Blobs, Secrets: s.Secrets, LinkKeys: s.Config.SecretKeys, Judge: s.Judge, Guard: guard,
		Starter: s.Starter, Recoverer: s.Starter, PublicURL: s.Config.PublicURL,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make the handlers: %w", err)
	}
	server, err := api.New(api.Config{
		Traces: s.traces,
		Log: slog.Default(), Registry: s.Registry, Keys: s.DB, Sessions: sessions{browsers}, Claims: claims{db: s.DB, secrets: s.Secrets},
		Limiter:  limiter{db: s.DB, quota: s.Config.RateLimit, window: s.Config.RateWindow},
		Handlers: handlers,
		Checks: []api.Check{
			{Name: "database", Required: true, Do: s.DB.Ping},
			{Name: "blobs", Required: true, Do: s.Blobs.Check},
			{Name: "temporal", Do: func(ctx context.Context) error {
				_, err := s.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
				return err
			}},
		},
	})
	if err != nil {
		return nil, nil, fmt.Errorf("assemble the API: %w", err)
	}
	return server, handlers, nil
}
