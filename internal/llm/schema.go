package llm

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"

	"certflow/internal/certificate"
)

// documentKinds are the values of the answer's field document.
const (
	liabilityCertificate = "certificate_of_liability_insurance"
	severalCertificates  = "several_certificates"
	otherDocument        = "other_document"
	unreadableDocument   = "unreadable"
)

// autos and umbrellaForms are the texts that the schema lists (CONTRACT §3).
func autos() []string {
	return []string{"any_auto", "owned_autos_only", "scheduled_autos", "hired_autos_only", "non_owned_autos_only"}
}

func umbrellaForms() []string { return []string{"umbrella", "excess"} }

// answerSchema is the JSON schema of an answer, drawn from the types of package certificate, in the order of CONTRACT §3. It keeps to
// what structured outputs commonly support: every field required, no further fields, null for what is not shown, no references.
var answerSchema = sync.OnceValue(func() json.RawMessage {
	root := object{}
	root.add("document", raw(map[string]any{"type": "string",
		"enum": []string{liabilityCertificate, severalCertificates, otherDocument, unreadableDocument}}))
	body := object{}
	for _, f := range top() {
		body.add(f.Name, schemaOf(f, 0))
	}
	root.add("certificate", body.schema())
	return root.schema()
})

// top are the fields of a certificate itself.
func top() []certificate.Field {
	var out []certificate.Field
	for _, f := range certificate.Fields() {
		if !strings.Contains(f.Path, ".") {
			out = append(out, f)
		}
	}
	return out
}

// further is the name of the list of a row's further policies, which have none themselves.
const further = "additional_policies"

// schemaOf is the schema of what stands at a field. depth counts the lists of further policies around it.
func schemaOf(f certificate.Field, depth int) json.RawMessage {
	switch f.Kind {
	case certificate.KindText:
		if f.Path == "coverages.umbrella_excess_liability.form" {
			return raw(map[string]any{"type": []string{"string", "null"}, "enum": append(anySlice(umbrellaForms()), nil)})
		}
		if f.Path == "insurers.*.letter" {
			return raw(map[string]any{"type": "string"})
		}
		return raw(map[string]any{"type": []string{"string", "null"}})
	case certificate.KindDate:
		return raw(map[string]any{"type": []string{"string", "null"}, "description": "MM/DD/YYYY"})
	case certificate.KindDollars:
		return raw(map[string]any{"type": []string{"integer", "null"}})
	case certificate.KindBool:
		return raw(map[string]any{"type": []string{"boolean", "null"}})
	case certificate.KindList:
		items := raw(map[string]any{"type": "string"})
		switch {
		case f.Name == "autos":
			items = raw(map[string]any{"type": "string", "enum": autos()})
		case f.Item != certificate.KindText:
			items = objectOf(f, depth+1).schema()
		}
		return raw(map[string]any{"type": "array", "items": items})
	case certificate.KindCoverage:
		return raw(map[string]any{"anyOf": []any{objectOf(f, depth).schema(), map[string]any{"type": "null"}}})
	}
	return objectOf(f, depth).schema()
}

// objectOf is the fields inside a field, or of a list's items.
func objectOf(f certificate.Field, depth int) object {
	out := object{}
	for _, child := range f.Fields() {
		if child.Name == further && depth > 0 {
			continue
		}
		out.add(child.Name, schemaOf(child, depth))
	}
	return out
}

func anySlice(s []string) []any {
	out := make([]any, len(s))
	for i, v := range s {
		out[i] = v
	}
	return out
}

// object is the fields of an object's schema in order: models answer in the order in which they are asked.
type object struct {
	names   []string
	schemas []json.RawMessage
}

func (o *object) add(name string, schema json.RawMessage) {
	o.names, o.schemas = append(o.names, name), append(o.schemas, schema)
}

// properties is the fields as a JSON object.
func (o *object) properties() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(raw(name))
		b.WriteByte(':')
		b.Write(o.schemas[i])
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (o object) schema() json.RawMessage {
	var b bytes.Buffer
	b.WriteString(`{"type":"object","properties":`)
	b.Write(o.properties())
	b.WriteString(`,"required":`)
	b.Write(raw(o.names))
	b.WriteString(`,"additionalProperties":false}`)
	return b.Bytes()
}

// raw is v as JSON. It is only given what encoding/json can write.
func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
