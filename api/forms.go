package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	maxFormFields = 1000
	maxFormDepth  = 8
)

// formNode is a value of a form on its way to JSON: texts, or named or numbered children.
type formNode struct {
	texts    []string // given as name=text
	items    []string // given as name[]=text
	children map[string]*formNode
}

// parseForm makes JSON of a form with bracketed names: address[line1]=…, events[]=…, rules[0][name]=…. The schema says which texts are
// numbers, booleans, lists. Where it names no kind, as for a rule's value, true and false are booleans and the members of an object numbers; where a
// text fits they stay texts.
func parseForm(data string, schema *openapi3.Schema, wrong faults) (map[string]any, error) {
	malformed := refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body is not a well-formed form.")
	root := &formNode{}
	fields := 0
	for pair := range strings.SplitSeq(data, "&") {
		if pair == "" {
			continue
		}
		if fields++; fields > maxFormFields {
			return nil, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "A form may have at most %d fields.", maxFormFields)
		}
		rawName, rawText, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, malformed
		}
		text, err := url.QueryUnescape(rawText)
		if err != nil {
			return nil, malformed
		}
		steps, ok := formSteps(name)
		if !ok {
			return nil, malformed
		}
		root.put(steps, text)
	}
	object := map[string]any{}
	for name, child := range root.children {
		object[name] = child.value(name, property(schema, name), wrong)
	}
	return object, nil
}

// formSteps splits a[b][c] into its names; an empty last one is a list's.
func formSteps(name string) ([]string, bool) {
	first, rest, _ := strings.Cut(name, "[")
	if first == "" {
		return nil, false
	}
	steps := []string{first}
	if rest == "" {
		return steps, !strings.HasSuffix(name, "[")
	}
	inner, closed := strings.CutSuffix(rest, "]")
	if !closed {
		return nil, false
	}
	for step := range strings.SplitSeq(inner, "][") {
		if strings.ContainsAny(step, "[]") {
			return nil, false
		}
		steps = append(steps, step)
	}
	return steps, len(steps) <= maxFormDepth && !slices.Contains(steps[:len(steps)-1], "")
}

func (n *formNode) put(steps []string, text string) {
	for _, step := range steps {
		if step == "" {
			n.items = append(n.items, text)
			return
		}
		if n.children == nil {
			n.children = map[string]*formNode{}
		}
		child := n.children[step]
		if child == nil {
			child = &formNode{}
			n.children[step] = child
		}
		n = child
	}
	n.texts = append(n.texts, text)
}

// value is the JSON of a node; where tells faults apart.
func (n *formNode) value(where string, schema *openapi3.Schema, wrong faults) any {
	schema = alternative(schema, n)
	forms := 0
	for _, used := range []bool{len(n.texts) > 0, len(n.items) > 0, len(n.children) > 0} {
		if used {
			forms++
		}
	}
	if forms > 1 {
		wrong.add(where, "Is given in more than one form.")
		return nil
	}
	switch {
	case len(n.items) > 0 || (len(n.texts) > 0 && only(schema, "array")):
		list := []any{}
		for _, text := range append(n.items, n.texts...) {
			list = append(list, scalar(text, items(schema)))
		}
		return list
	case len(n.children) > 0 && only(schema, "array"):
		return n.list(where, schema, wrong)
	case len(n.children) > 0:
		object := map[string]any{}
		for name, child := range n.children {
			object[name] = child.value(where+"."+name, member(schema, name), wrong)
		}
		return object
	case len(n.texts) > 1:
		wrong.add(where, "Is given more than once.")
		return nil
	case n.texts[0] == "" && only(schema, "object"):
		return map[string]any{}
	}
	return scalar(n.texts[0], schema)
}

// list orders numbered children by their numbers.
func (n *formNode) list(where string, schema *openapi3.Schema, wrong faults) any {
	numbers := make([]int, 0, len(n.children))
	for name := range n.children {
		number, err := strconv.Atoi(name)
		if err != nil || number < 0 || strconv.Itoa(number) != name {
			wrong.add(where, "Must be a list, numbered from 0.")
			return nil
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	list := make([]any, len(numbers))
	for i, number := range numbers {
		name := strconv.Itoa(number)
		list[i] = n.children[name].value(where+"["+name+"]", items(schema), wrong)
	}
	return list
}

// scalar is the JSON of a text by its schema. A text that is not of the kind asked for stays a text, for the validator to refuse.
func scalar(text string, schema *openapi3.Schema) any {
	switch {
	case text == "" && only(schema, "null"):
		return nil
	case only(schema, "integer"), only(schema, "number"):
		if number := json.Number(text); json.Valid([]byte(text)) && strings.Trim(text, "0123456789.-") == "" {
			return number
		}
	case only(schema, "boolean"), untyped(schema):
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}

// alternative chooses the branch of an anyOf that fits how a node was given.
func alternative(schema *openapi3.Schema, n *formNode) *openapi3.Schema {
	if schema == nil || len(schema.AnyOf) == 0 {
		return schema
	}
	wanted := "string"
	if len(n.items) > 0 {
		wanted = "array"
	}
	for _, branch := range schema.AnyOf {
		if has(branch.Value, wanted) {
			return branch.Value
		}
	}
	return schema
}

func has(schema *openapi3.Schema, kind string) bool {
	return schema != nil && schema.Type != nil && schema.Type.Includes(kind)
}

// only reports whether a schema takes a kind of value and no texts, so that a text can stand for that kind.
func only(schema *openapi3.Schema, kind string) bool {
	return has(schema, kind) && !has(schema, "string")
}

// untyped reports whether a schema names no kind of value, as that of a rule's value.
func untyped(schema *openapi3.Schema) bool {
	return schema != nil && schema.Type == nil && len(schema.Properties) == 0 && len(schema.AnyOf) == 0 && len(schema.OneOf) == 0
}

// member is property within objects of any schema. What stands in one of no fixed kind is an amount: limits are whole dollars, and what is no
// number stays a text.
func member(schema *openapi3.Schema, name string) *openapi3.Schema {
	if untyped(schema) {
		return &openapi3.Schema{Type: &openapi3.Types{"integer"}}
	}
	return property(schema, name)
}

func property(schema *openapi3.Schema, name string) *openapi3.Schema {
	if schema == nil {
		return nil
	}
	if p := schema.Properties[name]; p != nil {
		return p.Value
	}
	if further := schema.AdditionalProperties.Schema; further != nil {
		return further.Value
	}
	return nil
}

func items(schema *openapi3.Schema) *openapi3.Schema {
	if schema == nil || schema.Items == nil {
		return nil
	}
	return schema.Items.Value
}
