package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

func TestTheCollectionIsTheContracts(t *testing.T) {
	t.Parallel()
	made := filepath.Join(t.TempDir(), "collection.json")
	if err := write("../openapi.yaml", made); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(made)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../examples/certflow.postman_collection.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("`make generate` would change the collection:\n%.2000s", diff)
	}
}

func TestEveryOperationIsARequestThatCanBeSent(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile("../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := collectionOf(doc)
	known := map[string]bool{"{{$guid}}": true, "{{base_url}}": true}
	for _, v := range c.Variable {
		known["{{"+v.Key+"}}"] = true
	}
	requests := map[string]bool{}
	for _, g := range c.Item {
		for _, i := range g.Item {
			requests[i.Request.Method+" "+strings.Join(i.Request.URL.Path, "/")] = true
			for _, v := range i.Request.URL.Variable {
				if !known[v.Value] {
					t.Errorf("%s: nothing sets %s", i.Name, v.Value)
				}
			}
			if b := i.Request.Body; b != nil && b.Mode == "raw" && b.Raw == "{}" {
				t.Errorf("%s: its body has no example", i.Name)
			}
		}
	}
	for path, operations := range doc.Paths.Map() {
		for method := range operations.Operations() {
			if at := method + " " + strings.NewReplacer("{", ":", "}", "").Replace(strings.TrimPrefix(path, "/")); !requests[at] {
				t.Errorf("%s is missing", at)
			}
		}
	}
}
