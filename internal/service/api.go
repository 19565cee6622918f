package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"certflow/api"
	"certflow/console"
	"certflow/worker"
)

const (
	// keyUseInterval is how often it is written down what keys were used for.
	keyUseInterval = 10 * time.Second
	// unwindTimeout is how long requests that were cut off at shutdown may take to give back what they hold.
	unwindTimeout = 5 * time.Second
)

// ServeAPI serves the HTTP API, and metrics on their own listener, until ctx ends. Then it says that it is not ready and goes on serving for
// the drain time, so that whoever spreads requests learns of it; after that it takes no more and lets those under way end.
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
	var beside sync.WaitGroup
	defer beside.Wait()
	served, end := context.WithCancel(context.WithoutCancel(ctx))
	defer end()
	beside.Go(func() { server.NoteKeyUses(served, s.DB, keyUseInterval) })
	beside.Go(func() { s.registerAttributes(served) })
	beside.Go(func() { newWatch(s, s.watched()).run(served) })
	web := server.HTTPServer(s.Config.Addr)
	web.Handler = withPages(pages, web.Handler)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(server.LimitListener(listener)) }()
	slog.InfoContext(ctx, "the API serves", "addr", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serve the API: %w", err)
	case <-ctx.Done():
	}
	server.Drain()
	slog.InfoContext(ctx, "the API is about to stop", "drain", s.Config.DrainTime)
	select {
	case err := <-failed:
		return fmt.Errorf("serve the API: %w", err)
	case <-time.After(s.Config.DrainTime):
	}
	handlers.EndStreams()
	s.shutdown(context.WithoutCancel(ctx), web, server)
	handlers.Wait()
	return nil
}

// shutdown lets the requests under way end, and cuts off those that take longer than the shutdown time; these get a moment to give back what
// they hold.
func (s *Service) shutdown(ctx context.Context, web *http.Server, server *api.Server) {
	stopping, cancel := context.WithTimeout(ctx, s.Config.ShutdownTime)
	defer cancel()
	err := web.Shutdown(stopping)
	if err == nil {
		return
	}
	slog.WarnContext(ctx, "requests were cut off at shutdown", "error", err)
	_ = web.Close()
	unwinding, cancel := context.WithTimeout(ctx, unwindTimeout)
	defer cancel()
	server.Wait(unwinding)
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
		Starter: s.Starter, Recoverer: s.Starter, PublicURL: s.Config.PublicURL, Limits: s.limits(),
	})
	if err != nil {
		return nil, nil, fmt.Errorf("make the handlers: %w", err)
	}
	server, err := api.New(api.Config{
		Log: slog.Default(), Registry: s.Registry, Keys: s.DB, Sessions: sessions{browsers}, Claims: claims{db: s.DB, secrets: s.Secrets},
		Limiter:  limiter{db: s.DB, quota: s.Config.RateLimit, window: s.Config.RateWindow},
		Handlers: handlers, RuleFaults: handlers.RuleFaults, Backlogs: s.DB, Limits: s.limits(), Proxies: s.Config.TrustedProxies,
		Checks: s.checks(), Traces: s.traces,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("assemble the API: %w", err)
	}
	return server, handlers, nil
}

// limits are those of the configuration.
func (s *Service) limits() api.Limits {
	c := s.Config
	return api.Limits{
		Header: c.HeaderKB << 10, Body: c.BodyKB << 10, File: c.FileMB << 20, BulkFiles: c.BulkFiles, BulkBytes: c.BulkMB << 20,
		Metadata: c.MetadataKB << 10, CustomMetadata: c.CustomMetadataKB << 10,
		Pause: c.BodyPause, Rate: c.BodyRate, UploadTime: c.UploadTime,
		Connections: c.Connections, Requests: c.Requests, Uploads: c.Uploads, AccountUploads: c.AccountUploads, AccountStreams: c.AccountStreams, Backlog: c.Backlog,
	}
}
