package chaos

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// Arrival is a webhook as it came in.
type Arrival struct {
	At       time.Time
	Path     string
	Header   map[string]string // those that begin with webhook- or end with signature, in lower case
	Body     string
	Answered int
}

// Receive serves as a client's receiver of webhooks until ctx ends. Each webhook is in the log before it is answered; one in twelve is answered
// with 500.
func Receive(ctx context.Context, addr, log string) error {
	file, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of webhooks: %w", err)
	}
	defer file.Close()
	// An earlier receiver may have been killed in the middle of a line.
	if _, err := file.WriteString("\n"); err != nil {
		return fmt.Errorf("write the log of webhooks: %w", err)
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for webhooks: %w", err)
	}
	var mu sync.Mutex
	n := 0
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			return // whoever sent it hears nothing of it
		}
		mu.Lock()
		defer mu.Unlock()
		a := Arrival{At: time.Now(), Path: r.URL.Path, Header: map[string]string{}, Body: string(body), Answered: http.StatusOK}
		if n++; n%12 == 0 {
			a.Answered = http.StatusInternalServerError
		}
		for name := range r.Header {
			if low := strings.ToLower(name); strings.HasPrefix(low, "webhook-") || strings.HasSuffix(low, "signature") {
				a.Header[low] = r.Header.Get(name)
			}
		}
		line, err := json.Marshal(a)
		if err == nil {
			_, err = file.Write(append(line, '\n'))
		}
		if err != nil {
			a.Answered = http.StatusInternalServerError
		}
		w.WriteHeader(a.Answered)
	})}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve webhooks: %w", err)
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}

// arrivals reads the receiver's log. A line that is not whole was never answered.
func arrivals(log string) ([]Arrival, error) {
	file, err := os.Open(log)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the receiver's log: %w", err)
	}
	defer file.Close()
	var all []Arrival
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var a Arrival
		if json.Unmarshal(lines.Bytes(), &a) == nil {
			all = append(all, a)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the receiver's log: %w", err)
	}
	return all, nil
}
