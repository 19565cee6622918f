package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"certflow/api/client"
	"certflow/internal/sample"
	"certflow/internal/service"
)

const (
	endpoints       = 20
	endpointTenants = 2 // an account has at most 16 endpoints
	deliveryRate    = 15.0
	hung            = 0 // the endpoint that hangs
)

// measureDeliveries compares, for the endpoints that answer, the time from verdict to arrival with and without one that hangs.
func measureDeliveries(ctx context.Context, r *run) (err error) {
	s, err := r.start(ctx, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	in, err := newInbox()
	if err != nil {
		return err
	}
	defer in.close()
	var tenants []*tenant
	for i := range endpointTenants {
		t, err := s.tenant(ctx, "Deliveries "+strconv.Itoa(i))
		if err != nil {
			return err
		}
		for n := range endpoints / endpointTenants {
			at := n*endpointTenants + i
			made, err := t.client.CreateWebhookEndpointWithResponse(ctx, nil, client.WebhookEndpointCreate{URL: fmt.Sprintf("%s/%d", in.url, at)})
			if err != nil {
				return fmt.Errorf("create a webhook endpoint: %w", err)
			}
			if made.JSON201 == nil {
				return service.ResponseError("create a webhook endpoint", made.HTTPResponse, made.Body)
			}
		}
		tenants = append(tenants, t)
	}
	files, err := drawn(r.seed, 10, 0, sample.Text)
	if err != nil {
		return err
	}
	if _, err := r.delivering(ctx, s, in, tenants, files, 5*time.Second); err != nil { // the first ones warm caches
		return err
	}
	well, err := r.delivering(ctx, s, in, tenants, files, r.deliveryTime)
	if err != nil {
		return err
	}
	in.hangs.Store(true)
	ill, err := r.delivering(ctx, s, in, tenants, files, r.deliveryTime)
	if err != nil {
		return err
	}
	a, b := quantile(ill, 0.95), quantile(well, 0.95)
	r.add(Figure{Name: fmt.Sprintf("p95 from verdict to arrival at %d endpoints while one more hangs ÷ without", endpoints-1), Value: a / b, Unit: "×", Target: atMost(2),
		Note: fmt.Sprintf("%d and %d deliveries", len(ill), len(well))})
	r.add(Figure{Name: "p95 from verdict to arrival while one hangs", Value: a, Unit: "ms"})
	r.add(Figure{Name: "p95 from verdict to arrival without", Value: b, Unit: "ms"})
	r.add(Figure{Name: "p50 from verdict to arrival while one hangs", Value: quantile(ill, 0.5), Unit: "ms"})
	r.add(Figure{Name: "p50 from verdict to arrival without", Value: quantile(well, 0.5), Unit: "ms"})
	return nil
}

// delivering uploads certificates at the rate that makes so many deliveries a second, and returns the milliseconds from each verdict to
// its arrival at every endpoint but the one that may hang.
func (r *run) delivering(ctx context.Context, s *stack, in *inbox, tenants []*tenant, files []file, lasting time.Duration) ([]float64, error) {
	from := time.Now()
	var uploaded atomic.Int64
	each := endpoints / endpointTenants
	_, err := openLoop(ctx, deliveryRate/float64(each), lasting, func(ctx context.Context) error {
		n := int(uploaded.Add(1)) - 1
		t := tenants[n%len(tenants)]
		body, err := t.single(files[n%len(files)])
		if err != nil {
			return err
		}
		_, err = t.upload(ctx, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The uploads went around, so that the account of the endpoint that may hang has the odd one.
	certificates := int(uploaded.Load())
	wanted := certificates*each - (certificates+endpointTenants-1)/endpointTenants
	waiting, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	if err := until(waiting, 100*time.Millisecond, func() (bool, error) { return in.since(from) >= wanted, nil }); err != nil {
		return nil, fmt.Errorf("%d of %d deliveries arrived: %w", in.since(from), wanted, err)
	}
	verdicts, err := s.verdictTimes(ctx, from)
	if err != nil {
		return nil, err
	}
	r.say("%d verdicts, %d deliveries", len(verdicts), wanted)
	return in.after(verdicts), nil
}

// verdictTimes are the times of the verdicts' events since then, by id.
func (s *stack) verdictTimes(ctx context.Context, since time.Time) (map[string]time.Time, error) {
	rows, err := s.owner.QueryContext(ctx, "SELECT id, created_at FROM events WHERE created_at >= $1 AND type <> 'certificate.processing'", since)
	if err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	defer rows.Close()
	times := map[string]time.Time{}
	for rows.Next() {
		var id string
		var at time.Time
		if err := rows.Scan(&id, &at); err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		times[id] = at
	}
	return times, rows.Err()
}

// inbox is the servers of all endpoints, one path each.
type inbox struct {
	url    string
	server *http.Server
	hangs  atomic.Bool // whether the endpoint hung answers nobody

	mu   sync.Mutex
	came []arrival
}

type arrival struct {
	event    string
	endpoint int
	at       time.Time
}

func newInbox() (*inbox, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for webhooks: %w", err)
	}
	in := &inbox{url: "http://" + listener.Addr().String()}
	in.server = &http.Server{Handler: in, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = in.server.Serve(listener) }() // ends with close
	return in, nil
}

// ServeHTTP takes a webhook.
func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := time.Now()
	endpoint, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if endpoint == hung {
		if in.hangs.Load() {
			<-r.Context().Done()
		}
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.came = append(in.came, arrival{event: r.Header.Get("webhook-id"), endpoint: endpoint, at: at})
}

// since counts what came since then.
func (in *inbox) since(from time.Time) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	n := 0
	for _, a := range in.came {
		if a.at.After(from) {
			n++
		}
	}
	return n
}

// after are the milliseconds from each event's time to its first arrival at each endpoint.
func (in *inbox) after(events map[string]time.Time) []float64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	type place struct {
		event    string
		endpoint int
	}
	seen := map[place]bool{}
	var out []float64
	for _, a := range in.came {
		at, known := events[a.event]
		if p := (place{a.event, a.endpoint}); known && !seen[p] {
			seen[p] = true
			out = append(out, a.at.Sub(at).Seconds()*1000)
		}
	}
	return out
}

func (in *inbox) close() { _ = in.server.Close() }
