// Package service wires certflow's processes from their configuration, in one place: the commands start them, and so do the tests.
package service

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"

	"certflow/internal/blob"
	"certflow/internal/config"
	"certflow/internal/rules"
	"certflow/internal/secret"
	"certflow/schema"
	"certflow/worker"
	"certflow/workflows"
)

// Service is what the API and the worker have in common.
type Service struct {
	Config  *config.Config
	DB      *schema.DB
	Blobs   *blob.Store
	Secrets *secret.Box
	Judge   *rules.Judge
	// Temporal dials when it is first used: an upload is accepted while Temporal is away.
	Temporal client.Client
	Starter  workflows.Starter
	// Registry holds the metrics of this process.
	Registry *prometheus.Registry

	traces     trace.TracerProvider // nil: no traces
	stopTraces func() error
}

// compiledExpressions bounds the expressions of requirements that a process keeps compiled.
const compiledExpressions = 1000

// Open opens the parts. Only the blob store's folder is touched; whether the rest answers shows Ready.
func Open(ctx context.Context, c *config.Config) (*Service, error) {
	if err := c.Serving(); err != nil {
		return nil, fmt.Errorf("the configuration is incomplete (see README.md, \"Configuration\"):\n%w", err)
	}
	s := &Service{Config: c, Registry: newRegistry(), stopTraces: func() error { return nil }}
	var err error
	if s.Secrets, err = secret.NewBox(c.SecretKeys); err != nil {
		return nil, fmt.Errorf("CERTFLOW_SECRET_KEY: %w", err)
	}
	if s.Judge, err = rules.NewJudge(compiledExpressions); err != nil {
		return nil, err
	}
	if s.DB, err = schema.Open(c.DatabaseURL.Reveal(), c.DatabaseConnections); err != nil {
		return nil, fmt.Errorf("CERTFLOW_DATABASE_URL: %w", err)
	}
	if s.Blobs, err = blob.Open(ctx, c.BlobURL); err != nil {
		return nil, errors.Join(fmt.Errorf("CERTFLOW_BLOB_URL: %w", err), s.DB.Close())
	}
	if err := s.dial(ctx); err != nil {
		return nil, errors.Join(err, s.DB.Close(), s.Blobs.Close())
	}
	s.Starter = workflows.Starter{Client: s.Temporal}
	return s, nil
}

// dial prepares the Temporal client, and what follows a request through it.
func (s *Service) dial(ctx context.Context) error {
	c := s.Config
	if c.TemporalAddress == "" {
		c.TemporalAddress = client.DefaultHostPort
	}
	options := client.Options{
		HostPort: c.TemporalAddress, Namespace: c.TemporalNamespace,
		Logger: log.NewStructuredLogger(slog.Default()),
	}
	if !c.TemporalAPIKey.IsZero() {
		options.Credentials = client.NewAPIKeyStaticCredentials(c.TemporalAPIKey.Reveal())
		options.ConnectionOptions.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	} else {
		// Temporal is in the same network: to compress its small messages costs both sides more than to send them.
		options.ConnectionOptions.GrpcCompression = &client.GrpcCompressionNone{}
	}
	var err error
	if options.MetricsHandler, err = worker.SDKMetrics(s.Registry); err != nil {
		return err
	}
	traces, err := openTraces(ctx, c)
	if err != nil {
		return err
	}
	if traces != nil {
		s.traces, s.stopTraces = traces, func() error { return closeTraces(traces) }
		tracing, err := worker.Tracing(traces)
		if err != nil {
			return errors.Join(err, s.stopTraces())
		}
		options.Interceptors = []interceptor.ClientInterceptor{tracing}
		s.DB.Trace()
	}
	if s.Temporal, err = client.NewLazyClient(options); err != nil {
		return fmt.Errorf("prepare the Temporal client: %w", err)
	}
	return nil
}

// Close closes the parts.
func (s *Service) Close() error {
	s.Temporal.Close()
	return errors.Join(s.DB.Close(), s.Blobs.Close(), s.stopTraces())
}
