package service_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"certflow/api/client"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/proc"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
)

// collected is a collector of spans that speaks OTLP by HTTP and keeps what it gets.
type collected struct {
	*httptest.Server
	mu    sync.Mutex
	spans []*trace.Span
	text  strings.Builder // everything that came, resources too
}

func collect(t *testing.T) *collected {
	c := &collected{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var request collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &request)
		}
		if err != nil || r.URL.Path != "/v1/traces" {
			t.Errorf("a request to %s is no OTLP: %v", r.URL.Path, err)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.text.WriteString(prototext.Format(&request))
		for _, resource := range request.ResourceSpans {
			for _, scope := range resource.ScopeSpans {
				c.spans = append(c.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *collected) all() []*trace.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// traceOf is the names of the spans of the trace that has one with this name and attribute, in alphabetical order.
func (c *collected) traceOf(name, attribute, value string) []string {
	var id string
	for _, span := range c.all() {
		if span.Name == name && attributeOf(span, attribute) == value {
			id = hex.EncodeToString(span.TraceId)
		}
	}
	names := map[string]bool{}
	for _, span := range c.all() {
		if hex.EncodeToString(span.TraceId) == id {
			names[span.Name] = true
		}
	}
	return slices.Sorted(func(yield func(string) bool) {
		for name := range names {
			if !yield(name) {
				return
			}
		}
	})
}

func attributeOf(span *trace.Span, name string) string {
	for _, a := range span.Attributes {
		if a.Key == name {
			return a.Value.GetStringValue()
		}
	}
	return ""
}

// observed is `certflow dev` as a process, with all that can be seen of it from outside.
type observed struct {
	*stack
	metricsURL string
	spans      *collected
	in         *inbox
	log        *processLog
}

// processLog keeps what a process writes.
type processLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *processLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *processLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// hook is the secret end of the endpoint's URL.
const hook = "/hooks/9f2c-endpoint-path"

// observe runs the whole service with everything that lets it be watched.
func observe(t *testing.T) *observed {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	o := &observed{stack: &stack{Dev: &service.Dev{}}, spans: collect(t), in: newInbox(t), log: &processLog{}}
	api, metrics := stacktest.FreeAddress(t), stacktest.FreeAddress(t)
	o.URL, o.metricsURL = "http://"+api, "http://"+metrics+"/metrics"
	dev, err := proc.Start(binary, []string{"CERTFLOW_METRICS_ADDR=" + metrics, "OTEL_EXPORTER_OTLP_ENDPOINT=" + o.spans.URL, "OTEL_BSP_SCHEDULE_DELAY=100"},
		o.log, "--log-level", "info", "--log-format", "json", "dev", "--ephemeral", "--addr", api, "--ui-port", "0", "--temporal-port", "0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dev.Stop)
	until(t, func() string { return "certflow dev is ready:\n" + o.log.String() }, func() bool {
		select {
		case <-dev.Exited():
			if strings.Contains(o.log.String(), "not installed") && os.Getenv("CI") != "true" {
				t.Skip(o.log.String())
			}
			t.Fatal("certflow dev did not start: ", o.log.String())
		default:
		}
		response, err := http.Get(o.URL + "/readyz")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	o.settle(t)
	return o
}

// settle makes what a review needs.
func (o *observed) settle(t *testing.T) {
	t.Helper()
	var err error
	if o.api, err = service.Client(o.URL, secret.NewText(service.DevKey)); err != nil {
		t.Fatal(err)
	}
	contractor, err := o.api.CreateContractorWithBodyWithResponse(t.Context(), nil, "application/json", strings.NewReader(sample.DemoContractor))
	if err != nil || contractor.JSON201 == nil {
		t.Fatalf("create a contractor: %v %s", err, contractor.Body)
	}
	o.contractor = contractor.JSON201.ID
	requirement, err := o.api.CreateInsuranceRequirementWithBodyWithResponse(t.Context(), nil, "application/json", strings.NewReader(sample.DemoRequirement))
	if err != nil || requirement.JSON201 == nil {
		t.Fatalf("create a requirement: %v %s", err, requirement.Body)
	}
	endpoint, err := o.api.CreateWebhookEndpointWithResponse(t.Context(), nil, client.WebhookEndpointCreate{URL: o.in.URL + hook})
	if err != nil || endpoint.JSON201 == nil {
		t.Fatalf("create an endpoint: %v %s", err, endpoint.Body)
	}
}

// metrics is the page of metrics.
func (o *observed) metrics(t *testing.T) string {
	t.Helper()
	response, err := http.Get(o.metricsURL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %v", o.metricsURL, response.Status, err)
	}
	return string(text)
}

// personal are words of what was uploaded and asked, and of what nobody but its owner may know.
func personal() []string {
	return []string{"harbor", "pine", "abernathy", "june", "approved.pdf", "truncated.pdf", ".example", "whsec_", hook, service.DevKey}
}

func TestWhatTheServiceShowsOfItself(t *testing.T) {
	t.Parallel()
	o := observe(t)
	files := samples(t)
	id := o.upload(t, files["approved.pdf"])
	o.verdict(t, id)
	o.verdict(t, o.upload(t, files["truncated.pdf"]))
	if got, err := o.api.GetCertificateWithResponse(t.Context(), "June.Abernathy@harbor.example", nil); err != nil || got.StatusCode() != http.StatusNotFound {
		t.Fatalf("a certificate that cannot be: %v %s", err, got.Body)
	}
	var text string
	until(t, func() string { return "both webhooks came and were counted:\n" + ours(text) }, func() bool {
		text = o.metrics(t)
		return strings.Contains(text, `certflow_deliveries_total{state="succeeded"} 2`) && strings.Contains(text, "certflow_queue_pollers{")
	})

	t.Run("one trace leads from the upload to the webhook", func(t *testing.T) {
		want := []string{
			"BEGIN", "COMMIT", "INSERT certificates", "INSERT deliveries", "POST webhook", "RunActivity:AttemptDelivery", "RunActivity:EvaluateRules", "RunActivity:ParseCertificate",
			"RunActivity:TrimPages", "RunActivity:ValidateDocument", "RunWorkflow:DeliverWebhook", "RunWorkflow:ReviewCertificate",
			"StartChildWorkflow:DeliverWebhook", "StartWorkflow:ReviewCertificate", "UploadCertificate",
		}
		var missing []string
		until(t, func() string { return fmt.Sprintf("%q came", missing) }, func() bool {
			got := o.spans.traceOf("UploadCertificate", "certflow.certificate", id)
			missing = slices.DeleteFunc(slices.Clone(want), func(name string) bool { return slices.Contains(got, name) })
			return len(missing) == 0
		})
	})

	t.Run("no trace names a person or tells a secret", func(t *testing.T) {
		o.spans.mu.Lock()
		text := o.spans.text.String()
		o.spans.mu.Unlock()
		noneOf(t, text)
		for _, never := range []string{"url.path", "url.full", "db.statement", "db.query.text", "user_agent", "client.address"} {
			if strings.Contains(text, never) {
				t.Errorf("spans have %s, which may hold anything", never)
			}
		}
	})

	t.Run("the log follows a certificate and names nobody", func(t *testing.T) {
		text := o.log.String()
		noneOf(t, text)
		progress := regexp.MustCompile(`^ *\d+\.\d{1,2}s  `)
		found := map[string]bool{}
		for line := range strings.Lines(text) {
			if progress.MatchString(line) || !strings.HasSuffix(line, "\n") {
				continue // what dev tells a person while it starts, and what it is about to write
			}
			var said map[string]any
			if err := json.Unmarshal([]byte(line), &said); err != nil {
				t.Errorf("a line of the log is no JSON: %s", line)
				continue
			}
			if said["certificate"] != id {
				continue
			}
			for _, key := range []string{"account", "request", "workflow", "run", "trace"} {
				if said[key] != nil {
					found[fmt.Sprint(said["msg"], " with ", key)] = true
				}
			}
		}
		for _, want := range []string{"request with account", "request with request", "request with trace", "activity with account", "activity with workflow", "activity with run", "activity with trace"} {
			if !found[want] {
				t.Errorf("the log has no %s of the certificate; it has %v", want, found)
			}
		}
	})

	t.Run("the metrics are those of the table", func(t *testing.T) {
		// A language model is not configured here: its metrics have a test of their own.
		told := slices.DeleteFunc(service.MetricsTold(t), func(name string) bool { return strings.HasPrefix(name, "certflow_model_") })
		var shown, missing []string
		until(t, func() string {
			return fmt.Sprintf("%q, which stand in the table of ARCHITECTURE.md, are shown", missing)
		}, func() bool {
			shown = families(o.metrics(t))
			missing = slices.DeleteFunc(slices.Clone(told), func(name string) bool { return slices.Contains(shown, name) })
			return len(missing) == 0
		})
		for _, name := range shown {
			if strings.HasPrefix(name, "certflow_") && !slices.Contains(service.MetricsTold(t), name) {
				t.Errorf("%s is shown and does not stand in the table of ARCHITECTURE.md", name)
			}
		}
		if text := o.metrics(t); strings.Contains(text, "acct_") || strings.Contains(text, "ci_") || strings.Contains(text, "whe_") {
			t.Error("a label holds an id: it would make a series for every object")
		} else {
			noneOf(t, text)
		}
	})
}

// noneOf looks for what must not be told.
func noneOf(t *testing.T, text string) {
	t.Helper()
	lower := strings.ToLower(text)
	for _, word := range personal() {
		if at := strings.Index(lower, strings.ToLower(word)); at >= 0 {
			t.Errorf("%q is told: …%s…", word, text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

// families are the names of the metrics of a page, in order.
func families(page string) []string {
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(page, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return names
}

// ours is what certflow itself shows, without the buckets.
func ours(page string) string {
	var out strings.Builder
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "certflow_") && !strings.Contains(line, "_bucket{") {
			out.WriteString(line)
		}
	}
	return out.String()
}
