// Command postman writes the contract as a collection for Postman (which Bruno and Insomnia import too): a folder for each tag, a request
// for each operation with the body of its example. Creating something keeps its id for the requests that name it.
//
//	go run ./postman openapi.yaml ../examples/certflow.postman_collection.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "postman: name the contract and the collection to write")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "postman:", err)
		os.Exit(1)
	}
}

func write(contract, target string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(contract)
	if err != nil {
		return fmt.Errorf("read the contract: %w", err)
	}
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	if err := out.Encode(collectionOf(doc)); err != nil {
		return fmt.Errorf("write the collection: %w", err)
	}
	if err := os.WriteFile(target, text.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the collection: %w", err)
	}
	return nil
}

// What follows is the part of Postman's format 2.1 that is needed.
type (
	collection struct {
		Info     info    `json:"info"`
		Auth     auth    `json:"auth"`
		Variable []pair  `json:"variable"`
		Item     []group `json:"item"`
	}
	info struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Schema      string `json:"schema"`
	}
	auth struct {
		Type  string `json:"type"`
		Basic []pair `json:"basic"`
	}
	group struct {
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
		Item        []item `json:"item"`
	}
	item struct {
		Name    string  `json:"name"`
		Event   []event `json:"event,omitempty"`
		Request request `json:"request"`
	}
	event struct {
		Listen string `json:"listen"`
		Script script `json:"script"`
	}
	script struct {
		Type string   `json:"type"`
		Exec []string `json:"exec"`
	}
	request struct {
		Method      string `json:"method"`
		Description string `json:"description,omitempty"`
		Header      []pair `json:"header"`
		URL         link   `json:"url"`
		Body        *body  `json:"body,omitempty"`
	}
	link struct {
		Raw      string   `json:"raw"`
		Host     []string `json:"host"`
		Path     []string `json:"path"`
		Query    []pair   `json:"query,omitempty"`
		Variable []pair   `json:"variable,omitempty"`
	}
	body struct {
		Mode     string `json:"mode"`
		Raw      string `json:"raw,omitempty"`
		FormData []pair `json:"formdata,omitempty"`
	}
	pair struct {
		Key         string `json:"key"`
		Value       string `json:"value"`
		Type        string `json:"type,omitempty"`
		Description string `json:"description,omitempty"`
		Disabled    bool   `json:"disabled,omitempty"`
	}
)

func collectionOf(doc *openapi3.T) collection {
	c := collection{
		Info: info{Name: doc.Info.Title, Description: doc.Info.Description, Schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		Auth: auth{Type: "basic", Basic: []pair{{Key: "username", Value: "{{api_key}}", Type: "string"}, {Key: "password", Value: "", Type: "string"}}},
		Variable: []pair{
			{Key: "base_url", Value: "http://127.0.0.1:8080" + doc.Servers[0].URL},
			{Key: "api_key", Value: "sk_test_certflow_dev", Description: "The key of `certflow dev`."},
		},
	}
	groups := map[string]*group{}
	for _, tag := range doc.Tags {
		c.Item = append(c.Item, group{Name: tag.Name, Description: tag.Description})
	}
	for i := range c.Item {
		groups[c.Item[i].Name] = &c.Item[i]
	}
	paths := doc.Paths.Keys()
	slices.Sort(paths)
	// What deletes comes last, so that a folder can be run from top to bottom.
	for _, methods := range [][]string{{http.MethodGet, http.MethodPost, http.MethodPut}, {http.MethodDelete}} {
		for _, path := range paths {
			for _, method := range methods {
				if operation := doc.Paths.Value(path).GetOperation(method); operation != nil {
					g := groups[operation.Tags[0]]
					g.Item = append(g.Item, itemOf(method, path, operation))
				}
			}
		}
	}
	var kept []string
	for _, g := range c.Item {
		for _, i := range g.Item {
			for _, v := range i.Request.URL.Variable {
				if name := strings.Trim(v.Value, "{}"); !slices.Contains(kept, name) {
					kept = append(kept, name)
				}
			}
		}
	}
	for _, name := range kept {
		c.Variable = append(c.Variable, pair{Key: name})
	}
	return c
}

func itemOf(method, path string, o *openapi3.Operation) item {
	i := item{Name: o.Summary, Request: request{Method: method, Description: o.Description, Header: []pair{}, URL: link{Host: []string{"{{base_url}}"}}}}
	at := &i.Request.URL
	owner := ""
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			at.Path = append(at.Path, ":"+name)
			at.Variable = append(at.Variable, pair{Key: name, Value: "{{" + kept(owner) + "}}"})
			continue
		}
		owner = part
		at.Path = append(at.Path, part)
	}
	at.Raw = "{{base_url}}/" + strings.Join(at.Path, "/")
	for _, p := range o.Parameters {
		given := pair{Key: p.Value.Name, Value: exampleOf(p.Value), Description: p.Value.Description, Disabled: !p.Value.Required}
		switch p.Value.In {
		case openapi3.ParameterInQuery:
			at.Query = append(at.Query, given)
		case openapi3.ParameterInHeader:
			if given.Key == "Idempotency-Key" {
				given.Value, given.Disabled = "{{$guid}}", false
			}
			i.Request.Header = append(i.Request.Header, given)
		}
	}
	if o.RequestBody != nil {
		addBody(&i.Request, o.RequestBody.Value.Content)
	}
	// What was created is what the next requests name.
	if method == http.MethodPost && o.Responses.Status(http.StatusCreated) != nil && !strings.HasSuffix(at.Path[len(at.Path)-1], "bulk") {
		i.Event = []event{{Listen: "test", Script: script{Type: "text/javascript", Exec: []string{
			fmt.Sprintf("if (pm.response.code === 201 && pm.response.json().id) pm.collectionVariables.set(%q, pm.response.json().id)", kept(owner)),
		}}}}
	}
	return i
}

// kept is the variable that holds the id of the latest thing of a collection of the API.
func kept(collection string) string {
	if one, ok := strings.CutSuffix(collection, "ies"); ok {
		return one + "y_id"
	}
	return strings.TrimSuffix(collection, "s") + "_id"
}

func addBody(r *request, content openapi3.Content) {
	if media := content.Get("application/json"); media != nil {
		text := "{}"
		if example := firstExample(media.Schema.Value); example != nil {
			if indented, err := json.MarshalIndent(example, "", "  "); err == nil {
				text = string(indented)
			}
		}
		r.Header = append(r.Header, pair{Key: "Content-Type", Value: "application/json"})
		r.Body = &body{Mode: "raw", Raw: text}
		return
	}
	media := content.Get("multipart/form-data")
	if media == nil {
		return
	}
	r.Body = &body{Mode: "formdata"}
	schema := media.Schema.Value
	names := make([]string, 0, len(schema.Properties))
	for name := range schema.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		property := schema.Properties[name].Value
		part := pair{Key: name, Type: "text", Description: property.Description, Disabled: !slices.Contains(schema.Required, name)}
		switch {
		case name == "certificates":
			part.Key, part.Type = "certificates[]", "file"
		case name == "certificate":
			part.Type = "file"
		case name == "contractor":
			part.Value = "{{contractor_id}}"
		case name == "tracker_id":
			part.Value = "{{tracker_id}}"
		}
		r.Body.FormData = append(r.Body.FormData, part)
	}
}

func firstExample(s *openapi3.Schema) any {
	if len(s.Examples) > 0 {
		return s.Examples[0]
	}
	return s.Example
}

// exampleOf is what a parameter may be given, "" where the contract gives no example.
func exampleOf(p *openapi3.Parameter) string {
	example := p.Example
	if example == nil && p.Schema != nil {
		if example = firstExample(p.Schema.Value); example == nil {
			example = p.Schema.Value.Default
		}
	}
	if example == nil {
		return ""
	}
	return fmt.Sprint(example)
}
