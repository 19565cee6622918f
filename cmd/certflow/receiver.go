package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"certflow/internal/secret"
	"certflow/internal/webhook"
)

// receiver is a client's HTTP server: it takes webhooks, verifies both of their signatures and remembers the last status of each
// certificate.
type receiver struct {
	url    string
	server *http.Server

	mu      sync.Mutex
	secret  secret.Text
	status  map[string]string
	fault   error
	n       int
	changed chan struct{} // closed and replaced when anything above changes
}

func startReceiver() (*receiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for webhooks: %w", err)
	}
	r := &receiver{
		url: "http://" + listener.Addr().String() + "/webhooks", status: map[string]string{}, changed: make(chan struct{}),
	}
	r.server = &http.Server{Handler: http.HandlerFunc(r.take), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // ends with close
	return r, nil
}

// trust says which secret signs.
func (r *receiver) trust(s secret.Text) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = s
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, 1<<20))
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		err = webhook.Verify(req.Header, body, r.secret, time.Now(), webhook.Tolerance)
	}
	var event struct {
		Data struct {
			Object struct{ ID, Status string }
		}
	}
	if err == nil {
		err = json.Unmarshal(body, &event)
	}
	if err != nil {
		r.fault = fmt.Errorf("a webhook did not verify: %w", err)
		w.WriteHeader(http.StatusBadRequest)
	} else {
		r.n++
		r.status[event.Data.Object.ID] = event.Data.Object.Status
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// await returns the status that a certificate's webhook told.
func (r *receiver) await(ctx context.Context, certificate string) (string, error) {
	for {
		r.mu.Lock()
		status, fault, changed := r.status[certificate], r.fault, r.changed
		r.mu.Unlock()
		if fault != nil {
			return "", fault
		}
		if status != "" {
			return status, nil
		}
		select {
		case <-ctx.Done():
			return "", errors.New("none came in time")
		case <-changed:
		}
	}
}

// count is how many webhooks verified.
func (r *receiver) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

func (r *receiver) close() { _ = r.server.Close() }
