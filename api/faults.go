package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// faults are the sentences for fields at fault; the first one about a field stays.
type faults map[string]string

func (f faults) add(field, format string, args ...any) {
	if _, told := f[field]; !told {
		f[field] = fmt.Sprintf(format, args...)
	}
}

// also puts a sentence behind what was said about a field.
func (f faults) also(field, sentence string) { f[field] = strings.TrimSpace(f[field] + " " + sentence) }

func parameterFault(wrong faults, p *openapi3.Parameter, err error) {
	var parse *openapi3filter.ParseError
	var schema *openapi3.SchemaError
	switch {
	case errors.As(err, &schema):
		wrong.add(p.Name, "%s", sentence(schema))
	case errors.Is(err, openapi3filter.ErrInvalidRequired):
		wrong.add(p.Name, "This parameter is required.")
	case errors.As(err, &parse):
		wrong.add(p.Name, "%s", mustBe(p.Schema.Value))
	default:
		wrong.add(p.Name, "May not be empty.")
	}
}

// bodyFaults sorts what the validator says about a body into fields at fault and fields that nobody knows.
func bodyFaults(err error, wrong, unknown faults) {
	var several openapi3.MultiError
	if errors.As(err, &several) {
		for _, one := range several {
			bodyFaults(one, wrong, unknown)
		}
		return
	}
	var fault *openapi3.SchemaError
	if !errors.As(err, &fault) {
		wrong.add("body", "Must be an object with the fields of this operation.")
		return
	}
	at := fault.JSONPointer()
	object, isObject := fault.Value.(map[string]any)
	if fault.SchemaField == "properties" && isObject {
		for name := range object {
			if _, known := fault.Schema.Properties[name]; !known {
				unknown.add(fieldName(append(slices.Clone(at), name)), "There is no such field.")
			}
		}
		return
	}
	wrong.add(fieldName(at), "%s", sentence(fault))
}

// fieldName writes the place of a value as rules[2].value.
func fieldName(at []string) string {
	if len(at) == 0 {
		return "body"
	}
	var b strings.Builder
	for i, step := range at {
		switch {
		case i > 0 && step != "" && strings.Trim(step, "0123456789") == "":
			fmt.Fprintf(&b, "[%s]", step)
		case i > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
	}
	return printable(b.String())
}

// sentence says in our own words what a value should have been; what the validator says about it is for programmers.
func sentence(fault *openapi3.SchemaError) string {
	schema := fault.Schema
	switch fault.SchemaField {
	case "required":
		return "This field is required."
	case "enum", "const":
		return "Must be one of: " + choices(schema) + "."
	case "minLength":
		if schema.MinLength == 1 || fault.Value == "" {
			return "May not be empty."
		}
		if schema.Format == "email" {
			break
		}
		return fmt.Sprintf("Must have at least %d characters.", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("May have at most %d characters.", *schema.MaxLength)
	case "minimum", "exclusiveMinimum":
		return "Must be at least " + inDigits(*schema.Min) + "."
	case "maximum", "exclusiveMaximum":
		return "May be at most " + inDigits(*schema.Max) + "."
	case "minItems":
		return fmt.Sprintf("Must have at least %s.", entries(schema.MinItems))
	case "maxItems":
		return fmt.Sprintf("May have at most %s.", entries(*schema.MaxItems))
	case "maxProperties":
		return fmt.Sprintf("May have at most %d keys.", *schema.MaxProps)
	}
	return mustBe(schema)
}

// entries counts what stands in a list.
func entries(n uint64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// mustBe says of what kind a value should have been.
func mustBe(schema *openapi3.Schema) string {
	if schema.Format == "email" {
		return "Must be an e-mail address."
	}
	kinds := kindsOf(schema)
	if len(kinds) == 0 {
		return "Must be of another kind."
	}
	return "Must be " + strings.Join(kinds, ", or ") + "."
}

// kindsOf names the kinds of value that fit a schema, with those of its alternatives.
func kindsOf(schema *openapi3.Schema) []string {
	words := map[string]string{"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
		"array": "a list", "object": "an object", "null": "null"}
	if len(schema.Enum) > 0 {
		return []string{"one of " + choices(schema)}
	}
	var kinds []string
	if schema.Type != nil {
		for _, kind := range schema.Type.Slice() {
			kinds = append(kinds, words[kind])
		}
	}
	for _, alternative := range slices.Concat(schema.AnyOf, schema.OneOf) {
		for _, kind := range kindsOf(alternative.Value) {
			if !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// inDigits writes a bound in digits, without an exponent.
func inDigits(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

func choices(schema *openapi3.Schema) string {
	values := schema.Enum
	if schema.Const != nil {
		values = []any{schema.Const}
	}
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = fmt.Sprint(v)
	}
	return strings.Join(names, ", ")
}
