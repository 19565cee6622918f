package service_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"certflow/api/client"
	"certflow/internal/certificate"
	"certflow/internal/sample"
	"certflow/workflows"
)

// speaker is a server of OpenAI's protocol that says one thing after the other, and the last one for ever.
type speaker struct {
	*httptest.Server
	mu   sync.Mutex
	says []string // the pieces of a delta of a completion, as JSON
}

func newSpeaker(t *testing.T, says ...string) *speaker {
	s := &speaker{says: says}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what is asked is looked at elsewhere
		s.mu.Lock()
		delta := s.says[0]
		if len(s.says) > 1 {
			s.says = s.says[1:]
		}
		s.mu.Unlock()
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = fmt.Fprintf(w, "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":\"stop\"}]}\n\n", delta)
		_, _ = io.WriteString(w, "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":1500,\"completion_tokens\":100,\"total_tokens\":1600}}\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return s
}

// content is a delta that says a text.
func content(t *testing.T, text string) string {
	t.Helper()
	b, err := json.Marshal(map[string]string{"content": text})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// spoken is what is known of a certificate's requests to models, without the times.
func spoken(c *client.Certificate) []client.ModelCall {
	if c.ReviewResults == nil {
		return nil
	}
	calls := *c.ReviewResults.ModelCalls
	for i := range calls {
		calls[i].Created, calls[i].DurationMs = 0, 0
	}
	return calls
}

// TestAModelThatInventsALimitApprovesNothingAndIsPaidForInTheOpen has a certificate without a limit reviewed by a model that first answers in
// no form and then claims the limit, and another one by a model that declines.
func TestAModelThatInventsALimitApprovesNothingAndIsPaidForInTheOpen(t *testing.T) {
	t.Parallel()
	const key, words = "sk-a-key-that-must-not-show", "words of the model that nobody is to find"
	s := start(t)
	model := newSpeaker(t, content(t, words),
		content(t, `{"document":"certificate_of_liability_insurance","certificate":{"`+words+`":1,"coverages":{"commercial_general_liability":{"limits":{"each_occurrence_dollars":7654000}}}}}`),
		`{"refusal":"`+words+`"}`)
	var log bytes.Buffer
	worker := s.logging(t, &log, "debug", "worker", "CERTFLOW_READER=model", "CERTFLOW_MODEL_PROVIDER=openai", "CERTFLOW_MODEL=local", "CERTFLOW_MODEL_URL="+model.URL+"/v1",
		"CERTFLOW_MODEL_API_KEY="+key, "CERTFLOW_MODEL_PICTURES=false", "CERTFLOW_MODEL_PRICE_IN=2", "CERTFLOW_MODEL_PRICE_OUT=10")

	drawn := sample.Random(7, certificate.DateOf(time.Now().UTC()))
	drawn.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = nil
	pdf, err := drawn.Draw(sample.Text)
	if err != nil {
		t.Fatal(err)
	}
	invented := s.upload(t, sample.File{Name: "invented.pdf", PDF: pdf})
	c := s.verdict(t, invented)
	if c.Status != client.CertificateStatusFlagged {
		t.Fatalf("ended as %s, want flagged", c.Status)
	}
	results := c.ReviewResults
	if parser := results.Parser.Name; parser != "acord + openai/local" {
		t.Errorf("read by %s", parser)
	}
	if rule := (*results.AuditResults)[0]; rule.Result != client.AuditResultResultFail || !strings.Contains(rule.Message, "$7,654,000") || !strings.Contains(rule.Message, "not on the page") {
		t.Errorf("the invented limit: %s, %s", rule.Result, rule.Message)
	}
	call := func(outcome client.ModelCallOutcome) client.ModelCall {
		return client.ModelCall{Provider: "openai", Model: "local", Outcome: outcome, InputTokens: 1500, OutputTokens: 100, CostMicrousd: 4000}
	}
	if diff := cmp.Diff([]client.ModelCall{call("malformed"), call("answered")}, spoken(c)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}

	declined := s.upload(t, samples(t)["approved.pdf"])
	c = s.verdict(t, declined)
	if parser := c.ReviewResults.Parser.Name; c.Status != client.CertificateStatusApproved || parser != "acord" {
		t.Errorf("what the model declined to read ended as %s, read by %s", c.Status, parser)
	}
	if diff := cmp.Diff([]client.ModelCall{call("declined")}, spoken(c)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}

	// A verdict is stored before its workflow ends, and only a worker ends one: the histories are read while it lives.
	inventedHistory, declinedHistory := s.history(t, workflows.ReviewID(s.Account, invented)), s.history(t, workflows.ReviewID(s.Account, declined))
	if err := worker.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = worker.Wait() // it was killed; its log is whole now
	for name, text := range map[string]string{"the log": log.String(), "a history": inventedHistory, "the other history": declinedHistory} {
		for _, private := range []string{key, words, "7654000", "7,654,000"} {
			if strings.Contains(text, private) {
				t.Errorf("%s holds %q", name, private)
			}
		}
	}
	if !strings.Contains(log.String(), "an unknown field") {
		t.Error("the log does not say that something of the answer was not taken")
	}
}
