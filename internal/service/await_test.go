package service

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"certflow/schema"
)

func TestAWorkerWaitsForADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	// A port at which every connection ends at once, as while a database starts.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tries := make(chan struct{}, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
			tries <- struct{}{}
		}
	}()
	db, err := schema.Open("postgres://certflow:x@"+l.Addr().String()+"/certflow?sslmode=disable", 1)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- (&Service{DB: db}).awaitDatabase(ctx) }()
	for range 8 { // more connections than one try makes
		select {
		case err := <-done:
			t.Fatalf("the wait ended with %v", err)
		case <-tries:
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, schema.ErrUnavailable) && !errors.Is(err, context.Canceled) {
		t.Errorf("the wait ended with %v", err)
	}
}
