package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"certflow/api"
)

// codesOf are the error codes that a status comes with (CONTRACT §1).
var codesOf = map[int][]string{
	400: {"invalid_input", "bad_request", "missing_contractor_id", "invalid_contractor_id", "missing_certificate", "missing_certificates", "invalid_file_type", "invalid_mime_type",
		"invalid_file_size", "no_insurance_requirement_found", "invalid_job_id", "invalid_assignment_id", "invalid_entity_id", "invalid_session_id", "session_expired",
		"invalid_event_id", "invalid_webhook_endpoint_id"},
	401: {"invalid_api_key"}, 403: {"forbidden"}, 404: {"resource_not_found"}, 405: {"method_not_allowed"},
	409: {"in_use", "invalid_state", "duplicate_email", "idempotency_conflict"}, 412: {"precondition_failed"}, 413: {"payload_too_large"}, 415: {"unsupported_media_type"},
	422: {"idempotency_mismatch"}, 429: {"rate_limited"}, 503: {"unavailable"},
}

// inner is what no message to a client may hold: words of the machinery.
var inner = regexp.MustCompile(`SQLSTATE|pq:|pgx|\.go:|goroutine|json: |strconv\.|invalid character|interface conversion|runtime error|multipart: |mime: |openapi3|unmarshal`)

// stepsOf is how many requests one check makes. The checks are many by -rapid.checks; 100 unless told.
const stepsOf = 12

// TestEveryRequestIsAnswered drives every operation with valid, boundary and hostile requests, in one account after another. An answer is
// never a fault of ours, is one that the contract has for the operation, and a refusal is as CONTRACT §1 promises. For longer:
// go test ./api -run TestEveryRequestIsAnswered -rapid.checks 10000.
func TestEveryRequestIsAnswered(t *testing.T) {
	w := setup(t, func(c *api.HandlersConfig) {
		c.Recoverer = new(recoveries)
		c.Limits = api.Limits{Body: 16 << 10, File: 4 << 10, BulkFiles: 3}
	})
	w.starter.provision = w.provisions
	w.handlers.EndStreams()
	type operation struct {
		method, path string
		op           *openapi3.Operation
	}
	var operations []operation
	for path, item := range w.contract.Paths() {
		for method, op := range item.Operations() {
			operations = append(operations, operation{method, path, op})
		}
	}
	slices.SortFunc(operations, func(a, b operation) int { return strings.Compare(a.op.OperationID, b.op.OperationID) })
	known := map[string][]string{}
	for kind, id := range w.belongings("ours") {
		known[kind] = []string{id}
	}
	answered := map[string]map[int]int{}
	requests := 0
	rapid.Check(t, func(rt *rapid.T) {
		for range stepsOf {
			d := &drawer{world: w, rt: rt, known: known, wild: pick(rt, "wildness", valid, valid, boundary, hostile, hostile)}
			o := pick(rt, "operation", operations...)
			r := d.request(o.path, o.method, o.op)
			a := d.answered(r)
			requests++
			if r.method == o.method {
				if answered[o.op.OperationID] == nil {
					answered[o.op.OperationID] = map[int]int{}
				}
				answered[o.op.OperationID][a.status]++
			}
			d.learn(o.path, a)
		}
	})
	t.Logf("%d requests", requests)
	if requests < 1000 || t.Failed() {
		return
	}
	both, never := 0, []string{}
	for _, o := range operations {
		got := answered[o.op.OperationID]
		if len(got) == 0 {
			t.Errorf("%s was not tried", o.op.OperationID)
		}
		taken := got[http.StatusOK] + got[http.StatusCreated] + got[http.StatusAccepted] + got[http.StatusConflict]
		if taken == 0 {
			never = append(never, o.op.OperationID)
		}
		if len(got) > 1 {
			both++
		}
	}
	if len(never) > len(operations)/4 || both < len(operations)*3/4 {
		t.Errorf("%d of %d operations were answered in more than one way; never taken were %v", both, len(operations), never)
	}
}

// answered sends a request and checks what holds of every answer.
func (d *drawer) answered(r drawn) answer {
	ctx, cancel := context.WithTimeout(d.t.Context(), requestTime)
	defer cancel()
	request, response := r.send(ctx, d.key, d.handler)
	if ctx.Err() != nil {
		d.rt.Fatalf("not answered within %v: %v", requestTime, r)
	}
	d.contract.Check(d.rt, request, response)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		d.rt.Fatal(err)
	}
	a := answer{response.StatusCode, response.Header, body}
	if a.status < 400 || r.method == http.MethodHead {
		return a
	}
	var refusal struct {
		Message any    `json:"message"`
		Code    string `json:"error_code"`
	}
	at := fmt.Sprintf("%v\nanswered %d %s", r, a.status, body)
	if err := json.Unmarshal(body, &refusal); err != nil || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		d.rt.Fatalf("%s, which is no JSON", at)
	}
	if !slices.Contains(codesOf[a.status], refusal.Code) {
		d.rt.Errorf("%s: such a status does not come with that code", at)
	}
	sentences := []string{}
	switch m := refusal.Message.(type) {
	case string:
		sentences = append(sentences, m)
	case map[string]any:
		for _, s := range m {
			text, _ := s.(string)
			sentences = append(sentences, text)
		}
	}
	if len(sentences) == 0 || slices.Contains(sentences, "") {
		d.rt.Errorf("%s: it does not say why", at)
	}
	for _, s := range sentences {
		if found := inner.FindString(s); found != "" && !strings.Contains(string(r.body)+r.target, found) {
			d.rt.Errorf("%s: it speaks of %q", at, found)
		}
	}
	if a.status == 401 && len(a.header.Values("WWW-Authenticate")) == 0 || a.status == 503 && a.header.Get("Retry-After") == "" || a.status == 405 && a.header.Get("Allow") == "" {
		d.rt.Errorf("%s without the header that belongs to it: %v", at, a.header)
	}
	return a
}

// learn keeps the ids of what was made, the last few of each kind.
func (d *drawer) learn(path string, a answer) {
	var made object
	if a.status != http.StatusCreated || json.Unmarshal(a.body, &made) != nil {
		return
	}
	kind := kindAt[path[strings.LastIndex(path, "/")+1:]]
	if kind == "" || made.text("id") == "" {
		return
	}
	d.known[kind] = append(d.known[kind], made.text("id"))
	if len(d.known[kind]) > 6 {
		d.known[kind] = slices.Delete(d.known[kind], 1, 2)
	}
}
