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

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.temporal.io/sdk/client"

	"certflow/api"
)

// keyUseEvery is how often it is written down which keys were used.
const keyUseEvery = time.Minute

// ServeAPI serves the HTTP API, and metrics on their own listener, until ctx ends; then requests under way may end.
func (s *Service) ServeAPI(ctx context.Context) error {
	registry := newRegistry()
	server, handlers, err := s.api(registry)
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
	metrics, err := serveMetrics(s.Config.MetricsAddr, registry)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer metrics.Close()
	var noting sync.WaitGroup
	noting.Go(func() { server.NoteKeyUse(ctx, s.DB, keyUseEvery) })
	defer noting.Wait()
	web := server.HTTPServer(s.Config.Addr)
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	slog.InfoContext(ctx, "the API serves", "addr", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serve the API: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.Config.ShutdownTime)
	defer cancel()
	if err := web.Shutdown(stopping); err != nil {
		slog.WarnContext(ctx, "requests were cut off at shutdown", "error", err)
		_ = web.Close()
	}
	handlers.Wait()
	return nil
}

// api assembles the edge and the handlers.
func (s *Service) api(registry *prometheus.Registry) (*api.Server, *api.Handlers, error) {
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
		Log: slog.Default(), Registry: registry, Keys: s.DB, Claims: claims{db: s.DB, secrets: s.Secrets},
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

// newRegistry holds the metrics of one process.
func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// serveMetrics serves a registry until it is closed. An empty address serves nothing.
func serveMetrics(addr string, registry *prometheus.Registry) (*http.Server, error) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if addr == "" {
		return server, nil
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("CERTFLOW_METRICS_ADDR: %w", err)
	}
	go func() { _ = server.Serve(listener) }() // ends with Close
	return server, nil
}
