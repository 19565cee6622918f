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
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxDepth bounds how deeply a body may nest.
const maxDepth = 32

// isEncoded reports whether a body is compressed or otherwise encoded, which none may be.
func isEncoded(r *http.Request) bool {
	for _, coding := range r.Header.Values("Content-Encoding") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return true
		}
	}
	return false
}

// errEncoded refuses a body that is not sent as it is.
var errEncoded = refuse(http.StatusUnsupportedMediaType, ErrorCodeUnsupportedMediaType, "Send the body as it is, without a Content-Encoding.")

// checkBody reads a body of JSON or of a form, validates it and hands it on as the parsed value. Where it is refused, ruleFaults, which may
// be nil, says what its rules would be refused for beside that.
func checkBody(r *http.Request, state *call, ruleFaults func(map[string]any) map[string]string, wrong, unknown faults) error {
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
		if isEncoded(r) {
			return errEncoded
		}
		if value, err = parseBody(r.Header.Get("Content-Type"), data, schema, wrong); err != nil {
			return err
		}
	}
	if !isStorable(value, maxDepth) {
		return refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body holds text with NUL or a number out of range, or is nested more than %d deep.", maxDepth)
	}
	value, _ = plainNumbers(value).(map[string]any)
	if err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
		bodyFaults(err, wrong, unknown)
		if ruleFaults != nil && schema.Properties["rules"] != nil {
			found := unknown
			if len(wrong) > 0 {
				found = wrong
			}
			for field, sentence := range ruleFaults(value) {
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
		return nil, refuse(http.StatusBadRequest, ErrorCodeBadRequest, "The body is not a JSON object%s.", whereInJSON(data, err))
	}
	return value, nil
}

// whereInJSON says where JSON breaks off or is malformed; it says nothing of what is JSON and no object.
func whereInJSON(data []byte, err error) string {
	var malformed *json.SyntaxError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ": it ends before it is complete"
	case errors.As(err, &malformed):
		before := data[:min(max(int(malformed.Offset)-1, 0), len(data))]
		line := bytes.Count(before, []byte{'\n'}) + 1
		column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		return fmt.Sprintf(": it is malformed at line %d, column %d", line, column)
	}
	return ""
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

// isStorable reports whether the database can hold every text and number of a value, and the value nests no deeper than depth.
func isStorable(value any, depth int) bool {
	if depth < 0 {
		return false
	}
	switch v := value.(type) {
	case string:
		return !isUnstorable(v)
	case json.Number:
		_, err := v.Float64()
		return err == nil
	case []any:
		for _, item := range v {
			if !isStorable(item, depth-1) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if isUnstorable(key) || !isStorable(item, depth-1) {
				return false
			}
		}
	}
	return true
}

// isUnstorable reports whether PostgreSQL would refuse a text.
func isUnstorable(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, 0) }
