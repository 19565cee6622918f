package main

import (
	"strings"
	"testing"
)

const good = `openapi: 3.1.0
info: {title: T, version: "1"}
tags:
- {name: Things, description: Things.}
paths:
  /things/{id}:
    parameters:
    - {$ref: '#/components/parameters/Id'}
    get:
      operationId: GetThing
      tags: [Things]
      summary: Get a thing
      responses:
        '200':
          description: The thing.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
              example: {id: th_1}
        '404': {description: None.}
components:
  parameters:
    Id: {name: id, in: path, required: true, description: Its id., schema: {type: string}}
  schemas:
    Thing: {type: object, required: [id], properties: {id: {type: string}}}
`

func TestLintNamesTheFault(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		replace, with string
		want          string // part of a fault; "" is any
	}{
		"a good description has none":                {},
		"it must be YAML":                            {"openapi: 3.1.0", "\topenapi", "not YAML"},
		"it must hold to the specification":          {"title: T, ", "", "against OpenAPI 3.1"},
		"an example must fit its schema":             {"{id: th_1}", "{id: 1}", "does not fit its schema"},
		"a reference must lead somewhere":            {"schemas/Thing'}", "schemas/Nothing'}", ""},
		"a component must be used":                   {"    Thing:", "    Other: {type: string}\n    Thing:", "nothing refers to schemas Other"},
		"an operation needs a summary":               {"      summary: Get a thing\n", "", "needs a summary"},
		"a summary is a heading":                     {"Get a thing", "Get a thing.", "needs a summary"},
		"an operation says how it fails":             {"        '404': {description: None.}\n", "", "how it fails"},
		"a path's parameters must be declared":       {"    parameters:\n    - {$ref: '#/components/parameters/Id'}\n", "", ""},
		"a tag must be declared":                     {"tags: [Things]", "tags: [Other]", ""},
		"an operation's name must be one":            {"GetThing", "get-thing", "should be in words"},
		"a parameter must say what it is":            {" description: Its id.,", "", "has no description"},
		"a tag must say what it is":                  {", description: Things.", "", "tag Things has no description"},
		"a declared parameter must be in the path":   {"/things/{id}:", "/things:", "declares a path parameter id"},
		"a second tag would list an operation twice": {"tags: [Things]", "tags: [Things, Things]", "has 2 tags"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(good, test.replace, test.with, 1)
			if test.replace != "" && text == good {
				t.Fatal("the test changes nothing")
			}
			faults := lint([]byte(text))
			if test.replace == "" {
				if len(faults) > 0 {
					t.Errorf("found %v", faults)
				}
				return
			}
			found := false
			for _, f := range faults {
				found = found || strings.Contains(f.text, test.want)
			}
			if !found {
				t.Errorf("found %v, want one that says %q", faults, test.want)
			}
		})
	}
}
