package service_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"certflow/api/client"
	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/devstack"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
	"certflow/internal/webhook"
	"certflow/workflows"
)

// patience bounds every wait of these tests for what is to come: many times what it takes, since other packages are tested on the same machine,
// which may be slow. Who waits for so long has found that it does not come.
const patience = 3 * time.Minute

// programFolder is where the binary of these tests lies; empty where none asked for it.
var programFolder string

// program is the certflow binary of these tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "certflow-test-")
	if err != nil {
		return "", err
	}
	programFolder = dir
	binary := filepath.Join(dir, "certflow")
	out, err := exec.Command("go", "build", "-o", binary, "certflow/cmd/certflow").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build certflow: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	code := stacktest.Run(m)
	if programFolder != "" {
		_ = os.RemoveAll(programFolder)
	}
	os.Exit(code)
}

// stack is a running service with a contractor and a requirement, as the demo makes them.
type stack struct {
	*service.Dev
	api        *client.ClientWithResponses
	contractor string
	config     *config.Config
}

// start starts the whole service for a test. The worker is a process of its own, so that it can be killed.
func start(t *testing.T) *stack {
	t.Helper()
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	starting, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dev, err := service.StartDev(starting, c, service.DevOptions{Addr: "127.0.0.1:0", NoWorker: true, Progress: func(string) {}})
	skipWithoutStack(t, err)
	t.Cleanup(func() {
		if err := dev.Stop(); err != nil {
			t.Error("stop the stack:", err)
		}
	})
	s := &stack{Dev: dev, config: c}
	if s.api, err = service.Client(dev.URL, secret.NewText(service.DevKey)); err != nil {
		t.Fatal(err)
	}
	contractor, err := s.api.CreateContractorWithBodyWithResponse(t.Context(), nil, "application/json", strings.NewReader(sample.DemoContractor))
	if err != nil || contractor.JSON201 == nil {
		t.Fatalf("create a contractor: %v %s", err, contractor.Body)
	}
	s.contractor = contractor.JSON201.ID
	requirement, err := s.api.CreateInsuranceRequirementWithBodyWithResponse(t.Context(), nil, "application/json", strings.NewReader(sample.DemoRequirement))
	if err != nil || requirement.JSON201 == nil {
		t.Fatalf("create a requirement: %v %s", err, requirement.Body)
	}
	return s
}

// skipWithoutStack ends a test whose stack did not start. Programs that are missing skip it, but not where everything must run.
func skipWithoutStack(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, devstack.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// worker starts a worker process; the command ends with the test unless the test ends it before.
func (s *stack) worker(t *testing.T, env ...string) *exec.Cmd {
	t.Helper()
	return s.process(t, "worker", env...)
}

// process starts a process of the service, which ends with the test unless the test ends it before.
func (s *stack) process(t *testing.T, command string, env ...string) *exec.Cmd {
	t.Helper()
	return s.logging(t, os.Stderr, "warn", command, env...)
}

// logging starts a process of the service that logs what is of a level, or worse.
func (s *stack) logging(t *testing.T, log io.Writer, level, command string, env ...string) *exec.Cmd {
	t.Helper()
	cmd := s.command(t, env, "--log-level", level, command)
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // may have ended
		_ = cmd.Wait()
	})
	return cmd
}

// command is a command of certflow on the stack; of a variable that env gives anew, the last counts.
func (s *stack) command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(append(os.Environ(),
		"CERTFLOW_DATABASE_URL="+s.config.DatabaseURL.Reveal(), "CERTFLOW_BLOB_URL="+s.config.BlobURL,
		"CERTFLOW_SECRET_KEY="+s.config.SecretKeys.Reveal(), "CERTFLOW_TEMPORAL_ADDRESS="+s.config.TemporalAddress,
		"CERTFLOW_WEBHOOK_ALLOW_HTTP=true", "CERTFLOW_WEBHOOK_ALLOW=127.0.0.0/8", "CERTFLOW_METRICS_ADDR=off",
	), env...)
	return cmd
}

func (s *stack) upload(t *testing.T, f sample.File) string {
	t.Helper()
	uploaded, err := service.Upload(t.Context(), s.api, s.contractor, f.Name, bytes.NewReader(f.PDF))
	if err != nil {
		t.Fatal(err)
	}
	if uploaded.Status != client.CertificateStatusPending {
		t.Errorf("the 201 of %s says %s, want pending", f.Name, uploaded.Status)
	}
	return uploaded.ID
}

func (s *stack) get(t *testing.T, id string) *client.Certificate {
	t.Helper()
	got, err := s.api.GetCertificateWithResponse(t.Context(), id, &client.GetCertificateParams{Expand: &client.Expand{client.ExpansionReviewResultsFull}})
	if err != nil || got.JSON200 == nil {
		t.Fatalf("fetch %s: %v %s", id, err, got.Body)
	}
	return got.JSON200
}

// verdict waits until a certificate has ended.
func (s *stack) verdict(t *testing.T, id string) *client.Certificate {
	t.Helper()
	var c *client.Certificate
	until(t, func() string { return fmt.Sprintf("%s, which is %s, has ended", id, c.Status) }, func() bool {
		c = s.get(t, id)
		return c.Status != client.CertificateStatusPending && c.Status != client.CertificateStatusProcessing
	})
	return c
}

// until waits for what comes by itself.
func until(t *testing.T, what func() string, done func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline.C:
			t.Fatalf("after %v it is still not so that %s", patience, what())
		case <-tick.C: // there is no signal from another process
		}
	}
}

// samples are the demo's, by name.
func samples(t *testing.T) map[string]sample.File {
	t.Helper()
	files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]sample.File{}
	for _, f := range files {
		byName[f.Name] = f
	}
	return byName
}

// inbox is a client's server that keeps the webhooks it gets.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	events []received
	came   chan struct{}
	told   int // of events, by next
}

type received struct {
	header http.Header
	body   []byte
}

// event is the id of what a webhook tells of.
func (r received) event() string { return r.header.Get(webhook.HeaderID) }

func newInbox(t *testing.T) *inbox {
	in := &inbox{came: make(chan struct{}, 1000)}
	in.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		_, _ = body.ReadFrom(r.Body) // a broken body does not verify
		in.mu.Lock()
		in.events = append(in.events, received{r.Header, body.Bytes()})
		in.mu.Unlock()
		in.came <- struct{}{}
	}))
	t.Cleanup(in.Close)
	return in
}

// next waits for the webhook of one more event and verifies it. A webhook may come twice.
func (in *inbox) next(t *testing.T, signed secret.Text) map[string]any {
	t.Helper()
	for {
		came := in.await(t, in.told+1)
		before, next := came[:in.told], came[in.told]
		in.told++
		if err := webhook.Verify(next.header, next.body, signed, time.Now(), webhook.Tolerance); err != nil {
			t.Error("a webhook does not verify:", err)
		}
		if slices.ContainsFunc(before, func(r received) bool { return r.event() == next.event() }) {
			continue
		}
		var event map[string]any
		if err := json.Unmarshal(next.body, &event); err != nil {
			t.Fatal(err)
		}
		return event
	}
}

func TestACertificateGoesFromUploadToSignedWebhook(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	in := newInbox(t)
	endpoint, err := s.api.CreateWebhookEndpointWithResponse(t.Context(), nil, client.WebhookEndpointCreate{URL: in.URL})
	if err != nil || endpoint.JSON201 == nil {
		t.Fatalf("create an endpoint: %v %s", err, endpoint.Body)
	}
	signed := secret.NewText(*endpoint.JSON201.Secret)
	for _, name := range []string{"approved.pdf", "flagged-limit.pdf", "flagged-expired.pdf", "not-a-certificate.pdf"} {
		f := samples(t)[name]
		id := s.upload(t, f)
		event := in.next(t, signed)
		if want := "certificate." + f.WantStatus; event["type"] != want {
			t.Errorf("%s sent %v, want %s", name, event["type"], want)
		}
		c := s.verdict(t, id)
		if string(c.Status) != f.WantStatus {
			t.Errorf("%s ended as %s, want %s", name, c.Status, f.WantStatus)
		}
		if c.PdfURL == nil {
			t.Errorf("%s has no pdf_url", name)
			continue
		}
		response, err := http.Get(*c.PdfURL)
		if err != nil {
			t.Fatal(err)
		}
		var pdf bytes.Buffer
		_, err = pdf.ReadFrom(response.Body)
		_ = response.Body.Close()
		if err != nil || !bytes.Equal(pdf.Bytes(), f.PDF) {
			t.Errorf("pdf_url of %s answers %s with %d bytes, want the %d uploaded (%v)", name, response.Status, pdf.Len(), len(f.PDF), err)
		}
	}
}

func TestNothingPersonalIsInAnyHistory(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	all := samples(t)
	private := []string{"harbor", "pine", "abernathy", "june", "approved.pdf", "not-a-certificate.pdf", "password.pdf", "blank.pdf", "truncated.pdf", "pdfcpu", "xref", ".example"}
	for _, name := range []string{"approved.pdf", "not-a-certificate.pdf", "password.pdf", "blank.pdf", "truncated.pdf"} {
		f, ok := all[name]
		if !ok {
			t.Fatalf("the demo has no %s", name)
		}
		id := s.upload(t, f)
		s.verdict(t, id)
		history := s.history(t, workflows.ReviewID(s.Account, id))
		for _, word := range private {
			if strings.Contains(strings.ToLower(history), word) {
				t.Errorf("the history of %s holds %q", name, word)
			}
		}
	}
}

// history is an ended workflow's as text, its payloads decoded. It waits for the end, which needs a worker.
func (s *stack) history(t *testing.T, id string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var text strings.Builder
	for it := s.Service.Temporal.GetWorkflowHistory(ctx, id, "", true, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT); it.HasNext(); {
		event, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(decoded(protojson.Format(event)))
	}
	return text.String()
}

func TestAnUploadOutlivesATemporalThatIsAway(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.worker(t)
	// A first review shows that the worker serves before Temporal goes.
	s.verdict(t, s.upload(t, samples(t)["approved.pdf"]))
	s.Temporal.Kill()
	id := s.upload(t, samples(t)["flagged-limit.pdf"])
	if got := s.get(t, id).Status; got != client.CertificateStatusPending {
		t.Errorf("without Temporal it is %s, want pending", got)
	}
	if err := s.Temporal.Restart(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := s.verdict(t, id).Status; got != client.CertificateStatusFlagged {
		t.Errorf("ended as %s, want flagged", got)
	}
}

func TestAKilledWorkerLosesNoReview(t *testing.T) {
	t.Parallel()
	s := start(t)
	doomed := s.worker(t)
	s.verdict(t, s.upload(t, samples(t)["approved.pdf"]))
	id := s.upload(t, samples(t)["scan.pdf"]) // takes seconds to read
	until(t, func() string { return "the scan is being read" }, func() bool { return s.get(t, id).Status != client.CertificateStatusPending })
	if err := doomed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.worker(t)
	c := s.verdict(t, id)
	if c.Status != client.CertificateStatusApproved {
		t.Errorf("ended as %s, want approved", c.Status)
	}
	events, err := s.api.ListEventsWithResponse(t.Context(), nil)
	if err != nil || events.StatusCode() != http.StatusOK {
		t.Fatalf("list events: %v %s", err, events.Body)
	}
	var verdicts int
	var listed []struct {
		Type string
		Data struct{ Object struct{ ID string } }
	}
	if err := json.Unmarshal(events.Body, &listed); err != nil {
		t.Fatal(err)
	}
	for _, e := range listed {
		if e.Type == "certificate."+string(c.Status) && e.Data.Object.ID == id {
			verdicts++
		}
	}
	if verdicts != 1 {
		t.Errorf("%d events tell the verdict, want 1", verdicts)
	}
}

// decoded puts the text of base64 payloads beside them.
func decoded(history string) string {
	var text strings.Builder
	for _, field := range strings.FieldsFunc(history, func(r rune) bool { return r == '"' || r == ' ' || r == ',' || r == '\n' }) {
		text.WriteString(field)
		text.WriteByte(' ')
		if plain, err := base64.StdEncoding.DecodeString(field); err == nil {
			text.Write(plain)
			text.WriteByte(' ')
		}
	}
	return text.String()
}
