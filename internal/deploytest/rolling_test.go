package deploytest

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"certflow/internal/devstack/stacktest"
	"certflow/internal/proc"
)

// tried is what a client learns who asks one process, and the other once when the first refuses or does not answer.
func (w *world) tried(ctx context.Context, first, second, method, path, kind string, body []byte, key string) (a answer, other bool, err error) {
	for i, address := range []string{first, second} {
		a, err = w.send(ctx, method, address, path, w.key, kind, bytes.NewReader(body), key)
		if err == nil && a.status != http.StatusServiceUnavailable {
			return a, i > 0, nil
		}
	}
	return a, true, err
}

func TestARollingRestartUnderLoadRefusesNobodyAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	addresses := []string{stacktest.FreeAddress(t), stacktest.FreeAddress(t)}
	api := func(i int) *proc.Process { return w.api(addresses[i], "CERTFLOW_DRAIN_TIME=4s") }
	worker := func() *proc.Process { return w.start(w.program, w.env("CERTFLOW_SHUTDOWN_TIME=5s"), "worker") }
	apis, workers := []*proc.Process{api(0), api(1)}, []*proc.Process{worker(), worker()}
	w.seed(addresses[0])
	warm := w.upload(addresses[0], w.pdf)
	w.until("a worker works", func() bool { return ended(w.statusOf(addresses[0], warm)) })

	// Two clients upload and look, now at this process first and then at that one. They only look while the workers, which on a slow machine read
	// less than clients send, have enough to do.
	const enough = 10
	behind := func() bool {
		var open int
		err := w.owner.QueryRowContext(t.Context(), "SELECT count(*) FROM certificates WHERE finished_at IS NULL").Scan(&open)
		return err == nil && open >= enough
	}
	var mu sync.Mutex
	accepted, others := map[string]bool{}, 0
	loading, stop := context.WithCancel(t.Context())
	defer stop()
	var clients sync.WaitGroup
	for client := range 2 {
		clients.Go(func() {
			pace := time.NewTicker(300 * time.Millisecond)
			defer pace.Stop()
			last := warm
			for n := client; loading.Err() == nil; n++ {
				first, second := addresses[n%2], addresses[1-n%2]
				uploaded, other := "", false
				if !behind() {
					body, kind := w.form(w.pdf)
					var a answer
					var err error
					a, other, err = w.tried(t.Context(), first, second, http.MethodPost, "/files/certificates", kind, body, rand.Text())
					if err != nil || a.status != http.StatusCreated {
						t.Errorf("an upload was refused by both: %d %s, %v", a.status, a.body, err)
						return
					}
					uploaded = idOf(a)
					last = uploaded
				}
				got, otherToo, err := w.tried(t.Context(), first, second, http.MethodGet, "/files/certificates/"+last, "", nil, "")
				if err != nil || got.status != http.StatusOK {
					t.Errorf("a certificate was refused by both: %d %s, %v", got.status, got.body, err)
				}
				mu.Lock()
				if uploaded != "" {
					accepted[uploaded] = true
				}
				for _, o := range []bool{other, otherToo} {
					if o {
						others++
					}
				}
				mu.Unlock()
				<-pace.C
			}
		})
	}
	for i := range apis {
		apis[i].Signal(syscall.SIGTERM)
		w.until("a process that is about to stop says so", func() bool { return status("http://"+addresses[i]+"/readyz") == http.StatusServiceUnavailable })
		if state := w.exit(apis[i]); state != "exit status 0" {
			t.Errorf("the API ended with %s", state)
		}
		apis[i] = api(i)
	}
	for i := range workers {
		workers[i].Signal(syscall.SIGTERM)
		if state := w.exit(workers[i]); state != "exit status 0" {
			t.Errorf("a worker ended with %s", state)
		}
		workers[i] = worker()
	}
	stop()
	clients.Wait()

	w.until("every certificate has its verdict", func() bool { return w.count("SELECT count(*) FROM certificates WHERE finished_at IS NULL") == 0 })
	t.Logf("%d uploads accepted, %d requests answered by the other process", len(accepted), others)
	if len(accepted) < 10 {
		t.Errorf("%d uploads are no load", len(accepted))
	}
	rows, err := w.owner.QueryContext(t.Context(), `SELECT c.id, c.status, (SELECT count(*) FROM audits a WHERE a.certificate_id = c.id),
		(SELECT count(*) FROM events e WHERE e.data->>'id' = c.id AND e.type = 'certificate.' || c.status) FROM certificates c`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := 0
	for rows.Next() {
		var id, status string
		var audits, events int
		if err := rows.Scan(&id, &status, &audits, &events); err != nil {
			t.Fatal(err)
		}
		if accepted[id] {
			known++
		}
		if status != "approved" || audits != 1 || events != 1 {
			t.Errorf("%s is %s with %d audits and %d events, want approved with one of each", id, status, audits, events)
		}
	}
	if n := w.count("SELECT count(*) FROM certificates"); known != len(accepted) || n != len(accepted)+1 {
		t.Errorf("%d of %d accepted certificates exist, and %d in all with the first", known, len(accepted), n)
	}
}

// slowUpload begins an upload and returns what sends the rest of its body, and its answer.
func (w *world) slowUpload(address, key string) (finish func(), done <-chan answer) {
	body, kind := w.form(w.pdf)
	r, pipe := io.Pipe()
	answers := make(chan answer, 1)
	go func() {
		a, err := w.send(w.t.Context(), http.MethodPost, address, "/files/certificates", w.key, kind, r, key)
		if err != nil {
			a.body = []byte(err.Error())
		}
		answers <- a
	}()
	half := len(body) / 2
	_, _ = pipe.Write(body[:half]) // returns when the client has sent it
	return func() {
		_, _ = pipe.Write(body[half:])
		_ = pipe.Close()
	}, answers
}

func TestAProcessThatStopsFinishesWhatItBeganAndLetsGoOfTheRest(t *testing.T) {
	w := newWorld(t)
	a, b := stacktest.FreeAddress(t), stacktest.FreeAddress(t)
	stopping := w.api(a, "CERTFLOW_DRAIN_TIME=4s", "CERTFLOW_SHUTDOWN_TIME=6s")
	w.api(b)
	w.seed(b)
	finish, finished := w.slowUpload(a, "finished")
	more, cut := w.slowUpload(a, "cut")
	w.until("both uploads are under way", func() bool {
		return w.count("SELECT count(*) FROM idempotency_keys WHERE key IN ('finished', 'cut')") == 2
	})
	stopping.Signal(syscall.SIGTERM)
	w.until("it says that it is about to stop", func() bool { return status("http://"+a+"/readyz") == http.StatusServiceUnavailable })
	w.get(a, "/contractors", nil) // it serves all the same
	w.until("it takes no more", func() bool { return status("http://"+a+"/healthz") == 0 })
	finish()
	if got := <-finished; got.status != http.StatusCreated {
		t.Errorf("an upload that had begun answered %d %s", got.status, got.body)
	}
	w.exit(stopping)
	more() // nobody is there to take it
	if got := <-cut; got.status == http.StatusCreated || strings.Contains(string(got.body), `"ci_`) {
		t.Errorf("an upload that was cut off answered %d %s", got.status, got.body)
	}
	body, kind := w.form(w.pdf)
	for key, replayed := range map[string]string{"finished": "true", "cut": ""} {
		again, err := w.send(t.Context(), http.MethodPost, b, "/files/certificates", w.key, kind, bytes.NewReader(body), key)
		if err != nil || again.status != http.StatusCreated || again.header.Get("Idempotent-Replayed") != replayed {
			t.Errorf("repeating the upload %s at the other process answered %d %s, replayed %q, %v", key, again.status, again.body, again.header.Get("Idempotent-Replayed"), err)
		}
	}
	if n := w.count("SELECT count(*) FROM certificates"); n != 2 {
		t.Errorf("there are %d certificates, want 2", n)
	}
}
