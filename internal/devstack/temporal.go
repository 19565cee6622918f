//go:build unix

package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Temporal is a running Temporal server of our own, with its web UI. Its methods are not for concurrent use, but for
// the addresses and CreateNamespace.
type Temporal struct {
	program      string
	dir          string
	ephemeral    bool
	port, uiPort int
	child        *child
	release      func()
}

// StartTemporal starts the server and its UI and returns when both answer. The context bounds the start, not the
// server's life. It has the namespace default, and fair task queues.
func StartTemporal(ctx context.Context, o Options) (*Temporal, error) {
	program, err := temporaldProgram(o)
	if err != nil {
		return nil, err
	}
	t := &Temporal{program: program, ephemeral: o.Ephemeral, release: func() {}}
	if err := t.openDir(ctx, o); err != nil {
		return nil, err
	}
	attempts := startAttempts
	if o.TemporalPort != 0 {
		attempts = 1
	}
	for range attempts {
		var ports []int
		if ports, err = choosePorts(o.TemporalPort, o.TemporalUIPort); err != nil {
			break
		}
		t.port, t.uiPort = ports[0], ports[1]
		o.progress("starting Temporal on port %d, its UI on port %d", t.port, t.uiPort)
		if err = t.start(ctx); err == nil {
			return t, nil
		}
	}
	return nil, errors.Join(err, t.closeDir())
}

func (t *Temporal) openDir(ctx context.Context, o Options) error {
	if o.Ephemeral {
		dir, err := os.MkdirTemp("", "certflow-temporal-")
		if err != nil {
			return fmt.Errorf("make a temporary folder for Temporal: %w", err)
		}
		t.dir = dir
		return nil
	}
	data, err := o.dataDir()
	if err != nil {
		return err
	}
	t.dir = filepath.Join(data, "temporal")
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return fmt.Errorf("make Temporal's folder: %w", err)
	}
	release, err := hold(filepath.Join(data, "temporal.lock"))
	if err != nil {
		return err
	}
	if err := endOrphan(ctx, t.pidFile(), t.database(), syscall.SIGTERM); err != nil {
		release()
		return err
	}
	t.release = release
	return nil
}

func (t *Temporal) closeDir() error {
	t.release()
	if !t.ephemeral {
		return nil
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return fmt.Errorf("remove Temporal's temporary folder: %w", err)
	}
	return nil
}

func (t *Temporal) database() string { return filepath.Join(t.dir, "temporal.db") }
func (t *Temporal) pidFile() string  { return filepath.Join(t.dir, "temporald.pid") }

func (t *Temporal) start(ctx context.Context) error {
	log, err := os.Create(t.Log())
	if err != nil {
		return fmt.Errorf("open Temporal's log: %w", err)
	}
	defer log.Close()
	cmd := exec.Command(t.program, "server", "start-dev",
		"--ip", loopback, "--port", strconv.Itoa(t.port), "--ui-ip", loopback, "--ui-port", strconv.Itoa(t.uiPort),
		"--db-filename", t.database(), "--log-level", "error",
		"--dynamic-config-value", "matching.enableFairness=true")
	cmd.Dir = t.dir
	cmd.Stdout, cmd.Stderr = log, log
	remove := ""
	if t.ephemeral {
		remove = t.dir
	}
	if t.child, err = startChild(cmd, syscall.SIGTERM, remove); err != nil {
		return err
	}
	err = os.WriteFile(t.pidFile(), []byte(strconv.Itoa(cmd.Process.Pid)), 0o600)
	if err == nil {
		err = t.ready(ctx)
	}
	if err != nil {
		t.child.stop(syscall.SIGTERM)
		return err
	}
	return nil
}

func (t *Temporal) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	ui := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := t.answers(ctx, ui)
		if err == nil {
			return nil
		}
		select {
		case <-t.child.exited:
			return fmt.Errorf("Temporal ended while it started:\n%s", tail(t.Log()))
		case <-ctx.Done():
			return fmt.Errorf("Temporal does not answer: %w:\n%s", errors.Join(ctx.Err(), err), tail(t.Log()))
		case <-tick.C:
		}
	}
}

// answers tells whether both the server and its UI take requests.
func (t *Temporal) answers(ctx context.Context, ui *http.Client) error {
	// The cheap question first: a gRPC client whose port refuses waits longer between its tries than this does.
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.UIURL()+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("ask Temporal's UI: %w", err)
	}
	response, err := ui.Do(request)
	if err != nil {
		return fmt.Errorf("ask Temporal's UI: %w", err)
	}
	response.Body.Close()
	c, err := client.DialContext(ctx, client.Options{HostPort: t.Address(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("connect to Temporal: %w", err)
	}
	defer c.Close()
	_, err = c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: "default"})
	if err != nil {
		return fmt.Errorf("ask Temporal for its default namespace: %w", err)
	}
	return nil
}

// Program is the file that serves.
func (t *Temporal) Program() string { return t.program }

// Address is host:port of the gRPC frontend. It stays the same over a restart.
func (t *Temporal) Address() string { return net.JoinHostPort(loopback, strconv.Itoa(t.port)) }

// UIURL is the web UI's, without a slash at the end.
func (t *Temporal) UIURL() string {
	return "http://" + net.JoinHostPort(loopback, strconv.Itoa(t.uiPort))
}

// PID is the server's process. After Restart, ask again.
func (t *Temporal) PID() int { return t.child.cmd.Process.Pid }

// Log is the file that the server writes to; every start begins it anew.
func (t *Temporal) Log() string { return filepath.Join(t.dir, "temporal.log") }

// Done is closed when the server has ended, for whatever reason. After Restart, ask again.
func (t *Temporal) Done() <-chan struct{} { return t.child.exited }

// Stop ends the server in order and, when it is ephemeral, removes its data. It may be called again.
func (t *Temporal) Stop() error {
	t.child.stop(syscall.SIGTERM)
	return t.closeDir()
}

// Kill ends the server with SIGKILL. The data stays.
func (t *Temporal) Kill() { t.child.stop() }

// Restart starts a server that was killed, or stops and starts one that runs, on the same ports and data.
func (t *Temporal) Restart(ctx context.Context) error {
	t.child.stop(syscall.SIGTERM)
	var err error
	// The server chooses further ports for its own parts, of which another process may take one first.
	for range startAttempts {
		if err = t.start(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	return err
}

// CreateNamespace registers a namespace, whose closed workflows are kept for retention (a day at least). One that
// exists is left as it is.
func (t *Temporal) CreateNamespace(ctx context.Context, name string, retention time.Duration) error {
	c, err := client.NewNamespaceClient(client.Options{HostPort: t.Address(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("connect to Temporal: %w", err)
	}
	defer c.Close()
	err = c.Register(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("create namespace %s: %w", name, err)
	}
	return nil
}
