package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/gin-gonic/gin"
)

// maxDepth bounds how deeply a body may nest.
const maxDepth = 32

// faults are the sentences for fields at fault; the first one about a field stays.
type faults map[string]string

func (f faults) add(field, format string, args ...any) {
	if _, told := f[field]; !told {
		f[field] = fmt.Sprintf(format, args...)
	}
}

// also puts a sentence behind what was said about a field.
func (f faults) also(field, sentence string) { f[field] = strings.TrimSpace(f[field] + " " + sentence) }

// validate checks a request against the contract before its handler sees it: parameters, content type and body, and after these what
// the contract does not name. The body of an upload is left to the handler, which streams it and then tells of unknown parameters with
// unknown parts.
func (s *Server) validate(c *gin.Context) {
	state := callOf(c.Request.Context())
	wrong, unknown := faults{}, faults{}
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		s.fail(c, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The query of the URL is not well-formed."))
		return
	}
	checkParameters(c, state.operation, query, wrong, unknown)
	if state.operation.multipart {
		if c.Request.ContentLength == 0 {
			emptyUpload(c.Request, state.body)
		}
		if err := checkMultipart(c.Request, state.body); err != nil {
			s.fail(c, err)
			return
		}
		state.unknown, unknown = unknown, nil
	} else if err := checkBody(c.Request, state, s.further, wrong, unknown); err != nil {
		s.fail(c, err)
		return
	}
	switch {
	case len(wrong) > 0:
		s.fail(c, invalid(wrong))
	case len(unknown) > 0:
		s.fail(c, invalid(unknown))
	}
}

// checkParameters checks path, query and header parameters.
func checkParameters(c *gin.Context, op *operation, query url.Values, wrong, unknown faults) {
	path := map[string]string{}
	for _, p := range c.Params {
		path[p.Key] = p.Value
	}
	input := &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: path, QueryParams: query, Route: op.route,
		Options: &openapi3filter.Options{SkipSettingDefaults: true},
	}
	for name, values := range query {
		parameter, known := op.query[name]
		switch {
		case !known:
			unknown.add(printable(name), "There is no such query parameter.")
		case slices.ContainsFunc(values, unstorable):
			wrong.add(name, "Must be a text in UTF-8 without NUL.")
		case slices.Contains(values, ""):
			wrong.add(name, "May not be empty.")
		case len(values) > 1 && !parameter.Schema.Value.Type.Is("array"):
			wrong.add(name, "Is given more than once.")
		}
	}
	for _, p := range op.parameters {
		if err := openapi3filter.ValidateParameter(c.Request.Context(), input, p.Value); err != nil {
			parameterFault(wrong, p.Value, err)
		}
	}
}

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

// emptyUpload makes an upload without parts of a request without a body, which is refused for what it lacks and not for its form.
func emptyUpload(r *http.Request, b *body) {
	r.Header.Set("Content-Type", "multipart/form-data; boundary=end")
	b.ReadCloser = io.NopCloser(strings.NewReader("--end--"))
}

// encoded reports whether a body is compressed or otherwise encoded, which none may be.
func encoded(r *http.Request) bool {
	for _, coding := range r.Header.Values("Content-Encoding") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return true
		}
	}
	return false
}

// errEncoded refuses a body that is not sent as it is.
var errEncoded = refuse(http.StatusUnsupportedMediaType, ErrorCodeUnsupportedMediaType, "Send the body as it is, without a Content-Encoding.")

// checkMultipart sees to it that an upload is one, and that the headers of its parts can be read.
func checkMultipart(r *http.Request, b *body) error {
	if encoded(r) {
		return errEncoded
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return refuse(http.StatusUnsupportedMediaType, ErrorCodeUnsupportedMediaType, "Send the files as multipart/form-data.")
	}
	boundary := params["boundary"]
	if boundary == "" || len(boundary) > 70 {
		return refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The Content-Type names no boundary of the multipart body.")
	}
	b.headers = newPartHeaders(boundary)
	return nil
}

// checkBody reads a body of JSON or of a form, validates it and hands it on as the parsed value. further, which may be nil, says what its rules
// would be refused for beside that.
func checkBody(r *http.Request, state *call, further func(map[string]any) map[string]string, wrong, unknown faults) error {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		return nil
	}
	data, err := state.body.readAll()
	if err != nil {
		return err
	}
	schema := state.operation.body
	if schema == nil {
		schema = &openapi3.Schema{Type: &openapi3.Types{"object"}, AdditionalProperties: openapi3.BoolSchema{Has: new(bool)}}
	}
	value := map[string]any{}
	if len(data) > 0 {
		if encoded(r) {
			return errEncoded
		}
		if value, err = parseBody(r.Header.Get("Content-Type"), data, schema, wrong); err != nil {
			return err
		}
	}
	if !storable(value, maxDepth) {
		return refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body holds text with NUL or a number out of range, or is nested more than %d deep.", maxDepth)
	}
	value, _ = plainNumbers(value).(map[string]any)
	if err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
		bodyFaults(err, wrong, unknown)
		if further != nil && schema.Properties["rules"] != nil {
			found := unknown
			if len(wrong) > 0 {
				found = wrong
			}
			for field, sentence := range further(value) {
				found.add(field, "%s", sentence)
			}
		}
	}
	state.body.take(value)
	return nil
}

// parseBody makes a JSON object of a body.
func parseBody(contentType string, data []byte, schema *openapi3.Schema, wrong faults) (map[string]any, error) {
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == "application/json":
		return parseJSON(data)
	case err == nil && kind == "application/x-www-form-urlencoded":
		return parseForm(string(data), schema, wrong)
	}
	return nil, refuse(http.StatusUnsupportedMediaType, ErrorCodeUnsupportedMediaType, "Send application/json or application/x-www-form-urlencoded.")
}

func parseJSON(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) {
		return nil, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body is not UTF-8.")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value map[string]any
	err := decoder.Decode(&value)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else {
			err = errors.New("more follows")
		}
	}
	if err != nil || value == nil {
		return nil, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body is not a JSON object.")
	}
	return value, nil
}

// plainNumbers writes whole numbers as such: 1.0 and 1e3 are whole, and the generated code takes digits only.
func plainNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return json.Number(strconv.FormatInt(int64(f), 10))
		}
	case []any:
		for i := range v {
			v[i] = plainNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = plainNumbers(v[key])
		}
	}
	return value
}

// storable reports whether the database can hold every text and number of a value, and the value nests no deeper than depth.
func storable(value any, depth int) bool {
	if depth < 0 {
		return false
	}
	switch v := value.(type) {
	case string:
		return !unstorable(v)
	case json.Number:
		_, err := v.Float64()
		return err == nil
	case []any:
		for _, item := range v {
			if !storable(item, depth-1) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if unstorable(key) || !storable(item, depth-1) {
				return false
			}
		}
	}
	return true
}

// unstorable reports whether PostgreSQL would refuse a text.
func unstorable(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }

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
		if schema.MinLength == 1 {
			return "May not be empty."
		}
		return fmt.Sprintf("Must have at least %d characters.", schema.MinLength)
	case "maxLength":
		return fmt.Sprintf("May have at most %d characters.", *schema.MaxLength)
	case "minimum", "exclusiveMinimum":
		return "Must be at least " + plainly(*schema.Min) + "."
	case "maximum", "exclusiveMaximum":
		return "May be at most " + plainly(*schema.Max) + "."
	case "minItems":
		return fmt.Sprintf("Must have at least %d.", schema.MinItems)
	case "maxItems":
		return fmt.Sprintf("May have at most %d.", *schema.MaxItems)
	case "maxProperties":
		return fmt.Sprintf("May have at most %d keys.", *schema.MaxProps)
	}
	return mustBe(schema)
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

// plainly writes a bound in digits, without an exponent.
func plainly(bound float64) string { return strconv.FormatFloat(bound, 'f', -1, 64) }

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
