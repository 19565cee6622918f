package llm_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/grounding/groundingtest"
	"certflow/internal/llm"
	"certflow/internal/page"
	"certflow/internal/secret"
)

const testKey = "sk-a-key-that-must-not-show"

// server is a model's server on loopback. It answers each request with the next of its turns, and the last one for ever.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []request
}

// request is what a model's server was sent.
type request struct {
	path   string
	header http.Header
	body   map[string]any
}

type turn func(http.ResponseWriter, *http.Request)

func serve(t *testing.T, turns ...turn) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		var body map[string]any
		if err := json.Unmarshal(raw, &body); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		s.mu.Lock()
		n := len(s.requests)
		s.requests = append(s.requests, request{r.URL.Path, r.Header.Clone(), body})
		s.mu.Unlock()
		turns[min(n, len(turns)-1)](w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// refuse answers with a status, headers and a body.
func refuse(status int, body string, headers ...string) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hang answers nothing until the client has gone.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// streams answers with a content type and with pieces of a body.
func streams(kind string, pieces ...string) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		for _, p := range pieces {
			_, _ = io.WriteString(w, p)
		}
	}
}

// begun is the beginning of a stream of Anthropic's.
const begun = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":2000,\"output_tokens\":1}}}\n\n"

// endless streams more than any answer is long.
func endless(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	comment := []byte(": " + strings.Repeat("x", 1<<10) + "\n\n")
	for range 16 << 10 {
		if _, err := w.Write(comment); err != nil || r.Context().Err() != nil {
			return
		}
	}
}

// cut takes a turn and then the connection away.
func cut(turn turn) turn {
	return func(w http.ResponseWriter, r *http.Request) {
		turn(w, r)
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = c.Close()
		}
	}
}

// event writes one server-sent event as Anthropic does; with an empty name as OpenAI does.
func event(w http.ResponseWriter, name, data string) {
	if name != "" {
		_, _ = fmt.Fprintf(w, "event: %s\n", name)
	}
	_, _ = fmt.Fprintf(w, "data: %s\n\n", data)
	w.(http.Flusher).Flush()
}

func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always has a JSON form
	return string(b)
}

// pieces cuts a text as a model writes it.
func pieces(s string) []string {
	var out []string
	for len(s) > 40 {
		out, s = append(out, s[:40]), s[40:]
	}
	return append(out, s)
}

// claudeSays streams a tool call of Anthropic's.
func claudeSays(answer string) turn { return claude(answer, "tool_use", true) }

func claude(answer, stop string, whole bool) turn { return claudeCalls(stop, whole, answer) }

// claudeCalls streams a tool call for each answer.
func claudeCalls(stop string, whole bool, answers ...string) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
		w.Header().Set("Request-Id", "req_011")
		event(w, "message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":2000,"cache_creation_input_tokens":0,"cache_read_input_tokens":100,"output_tokens":1}}}`)
		for i, answer := range answers {
			at := `"index":` + strconv.Itoa(i)
			event(w, "content_block_start", `{"type":"content_block_start",`+at+`,"content_block":{"type":"tool_use","id":"toolu_1","name":"record_certificate","input":{}}}`)
			event(w, "ping", `{"type":"ping"}`)
			for _, p := range pieces(answer) {
				event(w, "content_block_delta", `{"type":"content_block_delta",`+at+`,"delta":{"type":"input_json_delta","partial_json":`+quoted(p)+`}}`)
			}
			if !whole {
				return
			}
			event(w, "content_block_stop", `{"type":"content_block_stop",`+at+`}`)
		}
		event(w, "message_delta", `{"type":"message_delta","delta":{"stop_reason":"`+stop+`","stop_sequence":null},"usage":{"output_tokens":700}}`)
		event(w, "message_stop", `{"type":"message_stop"}`)
	}
}

// claudeTalks streams a text instead of a tool call.
func claudeTalks(text, stop string) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		event(w, "message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":2000,"output_tokens":1}}}`)
		event(w, "content_block_start", `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}`)
		event(w, "content_block_delta", `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":`+quoted(text)+`}}`)
		event(w, "content_block_stop", `{"type":"content_block_stop","index":0}`)
		event(w, "message_delta", `{"type":"message_delta","delta":{"stop_reason":"`+stop+`","stop_sequence":null},"usage":{"output_tokens":9}}`)
		event(w, "message_stop", `{"type":"message_stop"}`)
	}
}

// claudeBreaks streams a beginning and then an error, which Anthropic does after it has answered 200.
func claudeBreaks(kind string) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		event(w, "message_start", `{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":5,"output_tokens":1}}}`)
		event(w, "error", `{"type":"error","error":{"type":"`+kind+`","message":"secret words of the server"}}`)
	}
}

// gptSays streams a completion of OpenAI's.
func gptSays(answer string) turn { return gpt(answer, "", "stop", true) }

func gpt(answer, refusal, finish string, whole bool) turn {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		chunk := func(delta, finish string) {
			event(w, "", `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":`+delta+`,"finish_reason":`+finish+`}],"usage":null}`)
		}
		chunk(`{"role":"assistant","content":""}`, "null")
		for _, p := range pieces(answer) {
			chunk(`{"content":`+quoted(p)+`}`, "null")
		}
		if refusal != "" {
			chunk(`{"refusal":`+quoted(refusal)+`}`, "null")
		}
		if !whole {
			return
		}
		chunk(`{}`, quoted(finish))
		event(w, "", `{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":1500,"completion_tokens":600,"total_tokens":2100}}`)
		event(w, "", `[DONE]`)
	}
}

func gptBreaks(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	event(w, "", `{"error":{"message":"secret words of the server","type":"server_error","code":503}}`)
}

// model makes a Model that asks a server.
func model(t *testing.T, url string, change ...func(*llm.Options)) *llm.Model {
	t.Helper()
	o := llm.Options{Mode: llm.Auto, Provider: llm.Anthropic, Model: "claude-x", URL: url, Key: secret.NewText(testKey), PriceIn: 3, PriceOut: 15, Timeout: 20 * time.Second}
	for _, c := range change {
		c(&o)
	}
	m, err := llm.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openAI(o *llm.Options) { o.Provider, o.Model, o.URL = llm.OpenAI, "local-x", o.URL+"/v1" }

// paper is a certificate that the layout reader may not know, invented from end to end.
const paper = `CERTIFICATE OF INSURANCE                 DATE ISSUED: 03/02/2026
PRODUCER
  Hollowell Agency Inc
INSURED
  Larkspur Masonry LLC
  9 Kiln Lane, Port Maren, OR 97999
INSURER A: Alder Mutual Company
COMMERCIAL GENERAL LIABILITY
  Policy Number: GL 550-1234
  Effective Date: 01/15/2026
  Expiration Date: 01/15/2027
  Each Occurrence:    $1,000,000
  General Aggregate:  $2,000,000
DESCRIPTION OF OPERATIONS
  Fernhill Estates is an additional insured.
CERTIFICATE HOLDER
  Fernhill Estates`

func pages(extra ...string) []page.Page {
	return []page.Page{groundingtest.Typed(paper + "\n" + strings.Join(extra, "\n"))}
}

// pdf stands for the document: the model's servers here do not open it.
var pdf = []byte("%PDF-1.7 a certificate")

// says is an answer of a model that reads paper well, with one limit as given.
func says(generalAggregate string) string {
	return `{"document":"certificate_of_liability_insurance","certificate":{
		"form":{"name":null,"edition":null},"certificate_date":"03/02/2026","certificate_number":null,
		"producer":{"name":"Hollowell Agency Inc","address":null},
		"insured":{"name":"Larkspur Masonry LLC","address":"9 Kiln Lane, Port Maren, OR 97999"},
		"insurers":[{"letter":"A","name":"Alder Mutual Company","naic":null}],
		"coverages":{"commercial_general_liability":{
			"policy_number_string":"GL 550-1234","policy_effective_date":"01/15/2026","policy_expiration_date":"01/15/2027",
			"insurer_letter":null,"insurer_name":null,"additional_insured":null,"waiver_of_subrogation":null,"claims_made":false,"occurrence":null,
			"limits":{"each_occurrence_dollars":1000000,"damage_to_rented_premises_dollars":null,"medical_expense_dollars":null,
				"personal_and_advertising_injury_dollars":null,"general_aggregate_dollars":` + generalAggregate + `,"products_completed_operations_dollars":null},
			"additional_policies":[]},
			"automobile_liability":null,"umbrella_excess_liability":null,"workers_compensation":null,"professional_liability":null,
			"cyber_liability":null,"criminal_liability":null,"liquor_liability":null,"other":[]},
		"description_of_operations":{"text":"Fernhill Estates is an additional insured.","signature":null,"additional_insured_names":["Fernhill Estates"]},
		"certificate_holder":{"name":"Fernhill Estates","address":null}}}`
}

const (
	gl        = "coverages.commercial_general_liability"
	aggregate = gl + ".limits.general_aggregate_dollars"
)

var unknownForm = &certificate.Refusal{Code: certificate.NotACertificate, Message: "This document is not a form that is known."}

func typed(text string) page.Page { return groundingtest.Typed(text) }
