// Package apitest checks answers of the API against its contract: tests make their requests through it, so that no answer goes
// unchecked.
package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Contract is openapi.yaml, ready to check answers.
type Contract struct {
	doc *openapi3.T
}

// Of takes a contract that was loaded.
func Of(doc *openapi3.T) *Contract { return &Contract{doc: doc} }

// TB is what a check tells of faults: a test, or one run of a property.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Paths is the contract's paths, for tests that take every operation.
func (c *Contract) Paths() map[string]*openapi3.PathItem { return c.doc.Paths.Map() }

// Load reads a contract.
func Load(t testing.TB, openapi []byte) *Contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatalf("load openapi.yaml: %v", err)
	}
	return Of(doc)
}

// Do sends a request to a handler and checks the answer.
func (c *Contract) Do(t testing.TB, handler http.Handler, r *http.Request) *http.Response {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	response := recorder.Result()
	c.Check(t, r, response)
	return response
}

// Check checks that an answer is one that the contract has for its request: a documented status and content type, the headers that
// every answer has, a body that fits its schema and holds nothing undocumented. It leaves the body readable. Requests for which the
// contract has no operation are checked as refusals.
func (c *Contract) Check(t TB, r *http.Request, response *http.Response) {
	t.Helper()
	at := fmt.Sprintf("%s %s answered %d", r.Method, r.URL.Path, response.StatusCode)
	if response.Header.Get("Request-Id") == "" {
		t.Errorf("%s without a Request-Id", at)
	}
	schema := c.doc.Components.Schemas["Error"].Value
	if op := c.operation(r); op != nil {
		declared := op.Responses.Status(response.StatusCode)
		if declared == nil {
			t.Errorf("%s, which the contract does not know", at)
			return
		}
		if response.StatusCode < 400 {
			kind, _, _ := strings.Cut(response.Header.Get("Content-Type"), ";")
			media := declared.Value.Content[kind]
			if media == nil {
				t.Errorf("%s with the content type %q, which the contract does not know", at, kind)
				return
			}
			if kind != "application/json" {
				return
			}
			schema = media.Schema.Value
		}
	} else if response.StatusCode < 400 {
		return
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: read its body: %v", at, err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if r.Method == http.MethodHead {
		return
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Errorf("%s with a body that is no JSON: %s", at, body)
		return
	}
	if err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s with a body that is not as the contract has it: %v\n%s", at, err, body)
	}
	for _, place := range undocumented("", schema, value) {
		t.Errorf("%s with %s, which the contract does not name", at, place)
	}
}

// operation finds the operation of a request, nil when the contract has none.
func (c *Contract) operation(r *http.Request) *openapi3.Operation {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v1")
	if !ok {
		return nil
	}
	steps := strings.Split(path, "/")
	var best *openapi3.Operation
	fewest := len(steps) + 1
	for pattern, item := range c.doc.Paths.Map() {
		op := item.Operations()[r.Method]
		if placeholders, fits := match(strings.Split(pattern, "/"), steps); fits && op != nil && placeholders < fewest {
			best, fewest = op, placeholders
		}
	}
	return best
}

func match(pattern, steps []string) (placeholders int, fits bool) {
	if len(pattern) != len(steps) {
		return 0, false
	}
	for i, step := range pattern {
		switch {
		case strings.HasPrefix(step, "{"):
			placeholders++
		case step != steps[i]:
			return 0, false
		}
	}
	return placeholders, true
}

// undocumented names the fields of objects that their schemas do not name. Objects without named fields may hold anything.
func undocumented(at string, schema *openapi3.Schema, value any) []string {
	if schema == nil {
		return nil
	}
	for _, branches := range []openapi3.SchemaRefs{schema.OneOf, schema.AnyOf} {
		for _, branch := range branches {
			if branch.Value.VisitJSON(value) == nil {
				return undocumented(at, branch.Value, value)
			}
		}
	}
	var found []string
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			if schema.Items != nil {
				found = append(found, undocumented(fmt.Sprintf("%s[%d]", at, i), schema.Items.Value, item)...)
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch property := schema.Properties[name]; {
			case property != nil:
				found = append(found, undocumented(at+"."+name, property.Value, v[name])...)
			case schema.AdditionalProperties.Schema != nil:
				found = append(found, undocumented(at+"."+name, schema.AdditionalProperties.Schema.Value, v[name])...)
			case len(schema.Properties) > 0:
				found = append(found, at+"."+name)
			}
		}
	}
	return found
}
