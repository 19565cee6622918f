package devstack_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"certflow/internal/devstack"
)

func startTemporal(t *testing.T, o devstack.Options) *devstack.Temporal {
	t.Helper()
	s, err := devstack.StartTemporal(t.Context(), o)
	if err != nil {
		skipMissing(t, err)
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func dial(t *testing.T, address, namespace string) client.Client {
	t.Helper()
	c, err := client.DialContext(t.Context(), client.Options{HostPort: address, Namespace: namespace, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// wait is a workflow that ends at the signal "go".
func wait(ctx workflow.Context) (string, error) {
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, nil)
	return "done", nil
}

func TestTemporalKeepsAWorkflowOverAKill(t *testing.T) {
	t.Parallel()
	s := startTemporal(t, devstack.Options{Ephemeral: true})
	address := s.Address()
	if err := s.CreateNamespace(t.Context(), "tests", 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateNamespace(t.Context(), "tests", 24*time.Hour); err != nil {
		t.Fatal("a namespace that exists:", err)
	}
	c := dial(t, address, "tests")
	w := worker.New(c, "queue", worker.Options{})
	w.RegisterWorkflow(wait)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "kept", TaskQueue: "queue", Priority: temporal.Priority{FairnessKey: "account"},
	}, wait)
	if err != nil {
		t.Fatal("start a workflow in a namespace that was just made:", err)
	}

	s.Kill()
	<-s.Done()
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Address() != address {
		t.Errorf("it came back on %s, want %s", s.Address(), address)
	}
	if err := c.SignalWorkflow(t.Context(), "kept", run.GetRunID(), "go", nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var result string
	if err := run.Get(ctx, &result); err != nil || result != "done" {
		t.Errorf("after the restart the workflow gave %q, %v", result, err)
	}
}

func TestTemporalStartsAgainOnItsData(t *testing.T) {
	t.Parallel()
	o := devstack.Options{DataDir: filepath.Join(t.TempDir(), "data")}
	s := startTemporal(t, o)
	if err := s.CreateNamespace(t.Context(), "kept", 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	s = startTemporal(t, o)
	c := dial(t, s.Address(), "kept")
	if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: "queue"}, wait); err != nil {
		t.Error("start a workflow in a namespace that an earlier run made:", err)
	}
}

func TestTheServerServesTheSDKsDevServer(t *testing.T) {
	t.Parallel()
	s := startTemporal(t, devstack.Options{Ephemeral: true})
	key := temporal.NewSearchAttributeKeyKeyword("CertflowStatus")
	server, err := testsuite.StartDevServer(t.Context(), testsuite.DevServerOptions{
		ExistingPath:     s.Program(),
		ClientOptions:    &client.Options{Namespace: "mine", Logger: slog.New(slog.DiscardHandler)},
		LogLevel:         "never",
		SearchAttributes: temporal.NewSearchAttributes(key.ValueSet("approved")),
		DBFilename:       filepath.Join(t.TempDir(), "dev.db"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Client().Close()
		if err := server.Stop(); err != nil {
			t.Error("the server ends with an error at SIGINT:", err)
		}
	})
	_, err = server.Client().ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		TaskQueue: "queue", TypedSearchAttributes: temporal.NewSearchAttributes(key.ValueSet("approved")),
	}, "SomeWorkflow")
	if err != nil {
		t.Error("use a search attribute of the command line:", err)
	}
}
