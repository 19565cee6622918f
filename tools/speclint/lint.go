package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// fault is something wrong at a line of the description.
type fault struct {
	line int
	text string
}

// lint returns the faults in the order of their lines. A description that breaks the specification is judged by
// nothing else, since the rest takes its shape for granted.
func lint(text []byte) []fault {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return []fault{{1, "this is not YAML: " + err.Error()}}
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		return []fault{{1, "this is no description: it should be a mapping"}}
	}
	faults := specification(text)
	if len(faults) == 0 {
		d := &description{root: root.Content[0]}
		d.rules()
		d.examples(text)
		faults = d.faults
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return a.line - b.line })
	return faults
}

// specification holds the description against OpenAPI's own schema.
func specification(text []byte) []fault {
	document, err := libopenapi.NewDocument(text)
	if err != nil {
		return []fault{{1, err.Error()}}
	}
	if _, err := document.BuildV3Model(); err != nil {
		return []fault{{1, err.Error()}}
	}
	var faults []fault
	_, problems := schema_validation.ValidateOpenAPIDocument(document)
	for _, p := range problems {
		for _, detail := range p.SchemaValidationErrors {
			faults = append(faults, fault{max(1, detail.Line), "against OpenAPI 3.1: " + detail.Reason})
		}
		if len(p.SchemaValidationErrors) == 0 {
			faults = append(faults, fault{max(1, p.SpecLine), "against OpenAPI 3.1: " + p.Message + ": " + p.Reason})
		}
	}
	return faults
}

// description is a parsed file with the faults found so far.
type description struct {
	root   *yaml.Node
	faults []fault
}

func (d *description) fault(at *yaml.Node, format string, args ...any) {
	d.faults = append(d.faults, fault{at.Line, fmt.Sprintf(format, args...)})
}

// examples holds every example against the schema beside it. Since OpenAPI 3.1 that is JSON Schema as it is.
func (d *description) examples(text []byte) {
	var plain any
	if err := yaml.Unmarshal(text, &plain); err != nil {
		d.fault(d.root, "read as JSON: %v", err)
		return
	}
	encoded, err := json.Marshal(plain)
	if err != nil {
		d.fault(d.root, "read as JSON: %v", err)
		return
	}
	resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		d.fault(d.root, "read as JSON: %v", err)
		return
	}
	const name = "description.json"
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(name, resource); err != nil {
		d.fault(d.root, "read the schemas: %v", err)
		return
	}
	walk(d.root, "", func(pointer string, n *yaml.Node) {
		schema, at := field(n, "schema"), pointer+"/schema"
		var given []*yaml.Node
		if schema == nil && strings.HasPrefix(pointer, "/components/schemas/") {
			schema, at = n, pointer
			given = items(field(n, "examples"))
		}
		if schema == nil || schema.Kind != yaml.MappingNode {
			return
		}
		if example := field(n, "example"); example != nil {
			given = append(given, example)
		}
		if schema != n {
			for _, named := range values(field(n, "examples")) {
				if value := field(named, "value"); value != nil {
					given = append(given, value)
				}
			}
		}
		if len(given) == 0 {
			return
		}
		compiled, err := compiler.Compile(name + "#" + at)
		if err != nil {
			d.fault(schema, "the schema cannot be used: %v", err)
			return
		}
		for _, example := range given {
			value, err := decode(example)
			if err == nil {
				err = compiled.Validate(value)
			}
			if err != nil {
				d.fault(example, "the example does not fit its schema: %v", err)
			}
		}
	})
}

// decode gives a node in the types that the validator takes.
func decode(n *yaml.Node) (any, error) {
	var value any
	if err := n.Decode(&value); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
}
