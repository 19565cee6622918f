package service_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"certflow/api/client"
	"certflow/internal/config"
	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/internal/webhook"
	"certflow/schema"
)

// await waits for so many webhooks in all and returns them.
func (in *inbox) await(t *testing.T, n int) []received {
	t.Helper()
	deadline := time.After(patience)
	for {
		in.mu.Lock()
		came := slices.Clone(in.events)
		in.mu.Unlock()
		if len(came) >= n {
			return came
		}
		select {
		case <-in.came:
		case <-deadline:
			t.Fatalf("%d webhooks came within %v, want %d", len(came), patience, n)
		}
	}
}

func TestEveryWebhookVerifiesWhileTheSecretRotates(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t, "CERTFLOW_WEBHOOK_CONCURRENCY=25") // or most of the time goes by in waiting for a place
	in := newInbox(t)
	made, err := s.api.CreateWebhookEndpointWithResponse(t.Context(), nil, client.WebhookEndpointCreate{URL: in.URL})
	if err != nil || made.JSON201 == nil {
		t.Fatalf("create an endpoint: %v %s", err, made.Body)
	}
	endpoint, old := made.JSON201.ID, secret.NewText(*made.JSON201.Secret)
	const events = 200
	var next atomic.Int64
	var senders sync.WaitGroup
	rotation := make(chan struct{}) // closed when it is through: some events come before it, and some behind
	for range 4 {
		senders.Go(func() {
			for n := next.Add(1); n <= events; n = next.Add(1) {
				if n > events*3/4 {
					select {
					case <-rotation:
					case <-t.Context().Done():
						return
					}
				}
				if sent, err := s.api.TestWebhookEndpointWithResponse(t.Context(), endpoint, nil); err != nil || sent.JSON201 == nil {
					t.Errorf("send a test event: %v", err)
				}
			}
		})
	}
	in.await(t, events/8) // the load is on
	overlap := int64(3600)
	rotated, err := s.api.RotateWebhookSecretWithResponse(t.Context(), endpoint, nil, client.RotateWebhookSecretJSONRequestBody{ExpireAfter: &overlap})
	if err != nil || rotated.JSON200 == nil {
		t.Fatalf("rotate the secret: %v %s", err, rotated.Body)
	}
	fresh := secret.NewText(*rotated.JSON200.Secret)
	close(rotation)
	came := in.await(t, events)
	for len(eventsOf(came)) < events { // a webhook may come twice
		came = in.await(t, len(came)+1)
	}
	senders.Wait()
	var byOld, byFresh int
	for _, r := range came {
		verifies := func(key secret.Text) bool {
			return webhook.Verify(r.header, r.body, key, time.Now(), webhook.Tolerance) == nil
		}
		isOld, isFresh := verifies(old), verifies(fresh)
		if isOld {
			byOld++
		}
		if isFresh {
			byFresh++
		}
		if !isOld && !isFresh {
			t.Errorf("%s verifies with neither secret", r.event())
		}
	}
	t.Logf("of %d webhooks %d verify with the old secret, %d with the fresh one", len(came), byOld, byFresh)
	if n := len(eventsOf(came)); n != events {
		t.Errorf("%d events arrived, want %d", n, events)
	}
	if byOld != len(came) || byFresh == 0 || byFresh == len(came) {
		t.Errorf("%d of %d verify with the old secret, which goes on for an hour, and %d with the fresh one, made midway", byOld, len(came), byFresh)
	}
}

// eventsOf are the ids of what webhooks tell of.
func eventsOf(came []received) map[string]bool {
	ids := map[string]bool{}
	for _, r := range came {
		ids[r.event()] = true
	}
	return ids
}

// startParts starts what is behind the service: the API is to be a process of its own, so that it can be killed.
func startParts(t *testing.T) *stack {
	t.Helper()
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	starting, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dev, err := service.StartDev(starting, c, service.DevOptions{Addr: "127.0.0.1:0", NoWorker: true, NoAPI: true, Progress: func(string) {}})
	skipWithoutStack(t, err)
	t.Cleanup(func() {
		if err := dev.Stop(); err != nil {
			t.Error("stop the stack:", err)
		}
	})
	return &stack{Dev: dev, config: c}
}

// serve starts an API process and returns when it is ready.
func (s *stack) serve(t *testing.T) *exec.Cmd {
	t.Helper()
	p := s.process(t, "api", "CERTFLOW_ADDR="+strings.TrimPrefix(s.URL, "http://"), "CERTFLOW_PUBLIC_URL="+s.URL)
	until(t, func() string { return "the API is ready" }, func() bool {
		response, err := http.Get(s.URL + "/readyz")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return p
}

// happens records an event of the development account, as something that happened would.
func (s *stack) happens(t *testing.T, eventType string) string {
	t.Helper()
	e := schema.NewEvent(s.Account, eventType, "ci_test", map[string]string{"id": "ci_test"})
	err := s.Service.DB.InAccount(t.Context(), s.Account, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.Publish(ctx, tx, e)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// lines runs a command of the program and gives what it prints, line by line.
func lines(t *testing.T, args ...string) func(beginning string) string {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(chan string, 100)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			printed <- s.Text()
		}
		close(printed)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // may have ended
		_ = cmd.Wait()
	})
	// The next line that begins so, without its beginning.
	return func(beginning string) string {
		t.Helper()
		deadline := time.After(patience)
		for {
			select {
			case line, open := <-printed:
				if rest, found := strings.CutPrefix(line, beginning); found {
					return rest
				}
				if !open {
					t.Fatalf("%v ended before it said %q", args, beginning)
				}
			case <-deadline:
				t.Fatalf("%v did not say %q within %v", args, beginning, patience)
			}
		}
	}
}

func TestListeningGoesOnWhereItLeftOffWhenTheAPIIsKilled(t *testing.T) {
	t.Parallel()
	s := startParts(t)
	api := s.serve(t)
	in := newInbox(t)
	said := lines(t, "listen", "--url", s.URL, "--forward-to", in.URL)
	_, key, _ := strings.Cut(said("forwarding to "), "signed with ")
	signed := secret.NewText(key)
	var want []string
	// The first time nothing has come yet, the second time it has: neither may lose what happens while the API is away.
	said("following the events behind none")
	for range 2 {
		if err := api.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		said("the stream broke off")
		want = append(want, s.happens(t, "certificate.flagged"), s.happens(t, "certificate.approved"))
		api = s.serve(t)
		in.await(t, len(want))
		want = append(want, s.happens(t, "certificate.denied"))
		in.await(t, len(want))
	}
	var got []string
	for _, r := range in.await(t, len(want)) {
		if err := webhook.Verify(r.header, r.body, signed, time.Now(), webhook.Tolerance); err != nil {
			t.Error("what is forwarded does not verify:", err)
		}
		got = append(got, r.event())
	}
	if !slices.Equal(want, got) {
		t.Errorf("%v were forwarded, want each event once and in order: %v", got, want)
	}
}

func TestATriggeredEventIsARealOne(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	in := newInbox(t)
	said := lines(t, "listen", "--url", s.URL, "--forward-to", in.URL)
	said("following the events behind none")
	lines(t, "trigger", "--url", s.URL, "certificate.flagged")
	for n := 1; ; n++ {
		var event struct {
			Type string
			Data struct{ Object struct{ ID string } }
		}
		if err := json.Unmarshal(in.await(t, n)[n-1].body, &event); err != nil {
			t.Fatal(err)
		}
		if event.Type == "certificate.processing" {
			continue
		}
		if event.Type != "certificate.flagged" {
			t.Errorf("%s happened, want certificate.flagged", event.Type)
		}
		if got := s.get(t, event.Data.Object.ID).Status; got != client.CertificateStatusFlagged {
			t.Errorf("the certificate of the event is %s, want flagged", got)
		}
		return
	}
}
