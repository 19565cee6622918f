package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"certflow/internal/config"
	"certflow/internal/devstack"
	"certflow/internal/secret"
	"certflow/schema"
)

// DevOptions say where the development stack keeps its state and what it listens on. A port of 0 is any free one.
type DevOptions struct {
	DataDir                  string // empty: a temporary folder that goes with the stack
	Addr                     string
	MetricsAddr              string // empty: none
	TemporalPort, TemporalUI int
	NoWorker                 bool // leave the worker to another process
	NoAPI                    bool // and the API, which is to listen on what the configuration then says
	Progress                 func(string)
}

// Dev is a running development stack: a private PostgreSQL and Temporal, the API and a worker, with an account whose key is
// DevKey. Everything listens on loopback.
type Dev struct {
	URL     string // of the API
	UIURL   string // of the Temporal UI; empty when Temporal is somebody else's
	Metrics string // URL of the metrics; empty when they are off
	Account string
	Service *Service
	// Postgres and Temporal are the private servers; nil where somebody else's are used.
	Postgres *devstack.Postgres
	Temporal *devstack.Temporal

	stops  []func() error
	failed chan error
}

const devDatabase = "certflow"

// StartDev starts the stack and returns when every part answers. What was started before an error is stopped.
func StartDev(ctx context.Context, c *config.Config, o DevOptions) (dev *Dev, err error) {
	d := &Dev{failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Stop())
		}
	}()
	if err := o.check(); err != nil {
		return nil, err
	}
	stack := devstack.Options{
		DataDir: o.DataDir, Ephemeral: o.DataDir == "", TemporalPort: o.TemporalPort, TemporalUIPort: o.TemporalUI, Progress: o.Progress,
	}
	if err := d.database(ctx, c, stack); err != nil {
		return nil, err
	}
	if err := d.temporal(ctx, c, stack); err != nil {
		return nil, err
	}
	if err := d.settle(c, o); err != nil {
		return nil, err
	}
	if d.Service, err = Open(ctx, c); err != nil {
		return nil, err
	}
	d.onStop(d.Service.Close)
	if d.Account, err = EnsureDevAccount(ctx, d.Service.DB); err != nil {
		return nil, err
	}
	if !o.NoWorker {
		o.Progress("starting the worker")
		if err := d.startWorker(ctx); err != nil {
			return nil, err
		}
	}
	if o.NoAPI {
		return d, nil
	}
	o.Progress("starting the API")
	d.startAPI(ctx)
	return d, d.await(ctx)
}

// database starts PostgreSQL, unless one is configured, and brings it to the newest schema.
func (d *Dev) database(ctx context.Context, c *config.Config, stack devstack.Options) error {
	if c.OwnerDatabaseURL.IsZero() {
		server, err := devstack.StartPostgres(ctx, stack)
		if err != nil {
			return fmt.Errorf("start PostgreSQL: %w", err)
		}
		d.onStop(server.Stop)
		d.Postgres = server
		exists, err := server.DatabaseExists(ctx, devDatabase)
		if err == nil && !exists {
			err = server.CreateDatabase(ctx, devDatabase, "")
		}
		if err != nil {
			return err
		}
		c.OwnerDatabaseURL = secret.NewText(server.URL(devDatabase))
		c.DatabaseURL = secret.Text{}
	}
	if c.DatabaseURL.IsZero() {
		serving, err := url.Parse(c.OwnerDatabaseURL.Reveal())
		if err != nil {
			return errors.New("the owner's database URL cannot be parsed")
		}
		serving.User = url.UserPassword("certflow_dev", "unprivileged")
		c.DatabaseURL = secret.NewText(serving.String())
	}
	stack.Progress("bringing the database to the newest schema")
	if err := schema.EnsureRoles(ctx, c.OwnerDatabaseURL.Reveal(), c.DatabaseURL.Reveal()); err != nil {
		return err
	}
	_, err := schema.Migrate(ctx, c.OwnerDatabaseURL.Reveal())
	return err
}

// temporal starts Temporal, unless one is configured.
func (d *Dev) temporal(ctx context.Context, c *config.Config, stack devstack.Options) error {
	if c.TemporalAddress != "" {
		d.UIURL = c.TemporalUIURL
		return nil
	}
	server, err := devstack.StartTemporal(ctx, stack)
	if err != nil {
		return fmt.Errorf("start Temporal: %w", err)
	}
	d.onStop(server.Stop)
	d.Temporal = server
	c.TemporalAddress, c.TemporalNamespace, c.TemporalUIURL = server.Address(), "default", server.UIURL()
	d.UIURL = server.UIURL()
	return nil
}

// devSecretKey encrypts what the development stack keeps; nothing else may use it.
const devSecretKey = "Y2VydGZsb3ctZGV2ZWxvcG1lbnQta2V5LTMyLWJ5dGU="

// devShutdown is how long each part may take to stop; the stack stops within 20 s of Ctrl-C.
const devShutdown = 5 * time.Second

// settle gives the configuration what only a development stack may have.
func (d *Dev) settle(c *config.Config, o DevOptions) error {
	if c.SecretKeys.IsZero() {
		c.SecretKeys = secret.NewText(devSecretKey)
	}
	if c.BlobURL == "" {
		dir, err := d.blobs(o)
		if err != nil {
			return err
		}
		c.BlobURL = "file://" + filepath.ToSlash(dir)
	}
	c.WebhookHTTP = true
	if c.WebhookAllow == "" {
		c.WebhookAllow = "127.0.0.0/8,::1/128"
	}
	addr, err := withFreePort(o.Addr)
	if err != nil {
		return err
	}
	c.Addr, c.MetricsAddr = addr, o.MetricsAddr
	if o.MetricsAddr != "" && o.MetricsAddr != "off" {
		if c.MetricsAddr, err = withFreePort(o.MetricsAddr); err != nil {
			return err
		}
		d.Metrics = "http://" + c.MetricsAddr + "/metrics"
	}
	c.OperatorAccounts = []string{devAccount}
	c.DrainTime, c.ShutdownTime = 0, devShutdown
	c.PublicURL = "http://" + addr
	d.URL = c.PublicURL
	return nil
}

// blobs is the folder for PDFs: beside the rest of the state, or one that goes with the stack.
func (d *Dev) blobs(o DevOptions) (string, error) {
	if o.DataDir != "" {
		return filepath.Abs(filepath.Join(o.DataDir, "blobs"))
	}
	dir, err := os.MkdirTemp("", "certflow-blobs-")
	if err != nil {
		return "", fmt.Errorf("make a folder for blobs: %w", err)
	}
	d.onStop(func() error { return os.RemoveAll(dir) })
	return dir, nil
}

// check sees to it that the API and the metrics can be served where they are asked for, before anything is started for them.
func (o DevOptions) check() error {
	if err := checkListenable(o.Addr); err != nil {
		return fmt.Errorf("%w with --addr (CERTFLOW_ADDR)", err)
	}
	if o.MetricsAddr == "" || o.MetricsAddr == "off" {
		return nil
	}
	if err := checkListenable(o.MetricsAddr); err != nil {
		return fmt.Errorf("%w with CERTFLOW_METRICS_ADDR; off serves no metrics", err)
	}
	return nil
}

// checkListenable checks that an address can be listened on.
func checkListenable(addr string) error {
	if _, _, err := net.SplitHostPort(addr); err != nil {
		return fmt.Errorf("%q should look like 127.0.0.1:8080: choose an address", addr)
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken: stop what listens there, or choose another address", addr)
	case err != nil:
		return fmt.Errorf("%s cannot be listened on (%w): choose another address", addr, err)
	}
	return l.Close()
}

// withFreePort puts a free port in the place of port 0.
func withFreePort(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port != "0" {
		return addr, err
	}
	return devstack.FreeAddr(host)
}

func (d *Dev) startWorker(ctx context.Context) error {
	w, err := d.Service.StartWorker(ctx, nil)
	if err != nil {
		return err
	}
	watched := make(chan struct{})
	go func() {
		select {
		case err := <-w.Failed():
			d.fail(err)
		case <-watched:
		}
	}()
	d.onStop(func() error {
		close(watched)
		w.Stop()
		return nil
	})
	return nil
}

// fail keeps the first error that ended a part by itself.
func (d *Dev) fail(err error) {
	select {
	case d.failed <- err:
	default:
	}
}

// startAPI serves the API until Stop; an error that ends it before is told by Failed.
func (d *Dev) startAPI(ctx context.Context) {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() {
		err := d.Service.ServeAPI(serving)
		if err != nil {
			d.fail(err)
		}
		done <- err
	}()
	d.onStop(func() error {
		stop()
		return <-done
	})
}

// ready reports whether the API says that it is.
func (d *Dev) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// await returns when the API says that it is ready.
func (d *Dev) await(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if d.ready(ctx) {
			return nil
		}
		select {
		case err := <-d.failed:
			return err
		case <-ctx.Done():
			return fmt.Errorf("wait for the API: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

// Failed answers when the API or the worker has stopped by itself.
func (d *Dev) Failed() <-chan error { return d.failed }

func (d *Dev) onStop(stop func() error) { d.stops = append(d.stops, stop) }

// Stop stops every part, the last one started first.
func (d *Dev) Stop() error {
	var all error
	for len(d.stops) > 0 {
		last := d.stops[len(d.stops)-1]
		d.stops = d.stops[:len(d.stops)-1]
		all = errors.Join(all, last())
	}
	return all
}
