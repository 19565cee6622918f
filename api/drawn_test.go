package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// wildness says how far a drawn request keeps to the contract.
type wildness int

const (
	valid    wildness = iota // as the contract has it
	boundary                 // at the bounds of its schemas, and one beyond
	hostile                  // anything in any place
)

// drawer draws requests of operations for one account.
type drawer struct {
	*world
	rt    *rapid.T
	wild  wildness
	known map[string][]string // ids by kind, of what exists or existed
}

// hostileTexts are texts that have broken programs.
var hostileTexts = []string{"", " ", "\x00", "\xff\xfe", "'; DROP TABLE accounts; --", "%00", "../../etc/passwd", "\u202eabc", "😀", "null", "NaN", "1e999", "-0", "{}", "[object Object]",
	"<script>alert(1)</script>", "${jndi:ldap://x}", strings.Repeat("a", 3000), strings.Repeat("é", 201), "\r\nX-Evil: 1", "ci_", "cn_" + strings.Repeat("0", 64), "ı", "\ufeff", "a\tb", "0x10"}

func pick[T any](rt *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(rt, label)
}

// once in n draws it is true; it shrinks to false.
func once(rt *rapid.T, n int, label string) bool {
	return rapid.IntRange(0, n-1).Draw(rt, label) == n-1
}

// value draws a value of a schema; name is the field's.
func (d *drawer) value(name string, schema *openapi3.Schema, depth int) any {
	if d.wild == hostile && once(d.rt, 10, "hostile value") {
		return d.anything(depth)
	}
	if v, ok := d.meaningful(name, schema); ok {
		return v
	}
	switch branches := slices.Concat(schema.AnyOf, schema.OneOf); {
	case len(branches) > 0:
		return d.value("", pick(d.rt, "branch", branches...).Value, depth)
	case len(schema.Enum) > 0:
		return pick(d.rt, "enum", schema.Enum...)
	case schema.Type == nil:
		return d.anything(depth)
	}
	atBound := d.wild == boundary && once(d.rt, 3, "at the bound")
	switch kinds := schema.Type.Slice(); pick(d.rt, "kind", kinds...) {
	case "string":
		return d.text(schema, atBound)
	case "integer":
		low, high := -5.0, 5e9
		if schema.Min != nil {
			low, high = *schema.Min, *schema.Min+5
		}
		if schema.Max != nil {
			high = *schema.Max
		}
		if atBound {
			return json.Number(strconv.FormatFloat(pick(d.rt, "bound", low-1, low, high, high+1), 'f', -1, 64))
		}
		return json.Number(strconv.FormatInt(rapid.Int64Range(int64(low), int64(high)).Draw(d.rt, "integer"), 10))
	case "number":
		return pick(d.rt, "number", 0.5, 0.9, 1, 0.499, 1.01, 12)
	case "boolean":
		return rapid.Bool().Draw(d.rt, "boolean")
	case "array":
		return d.list(schema, depth, atBound)
	case "object":
		return d.object(schema, depth)
	}
	return nil
}

func (d *drawer) text(schema *openapi3.Schema, atBound bool) string {
	least, most := int(schema.MinLength), 500
	if schema.MaxLength != nil {
		most = int(*schema.MaxLength)
	}
	switch {
	case schema.Format == "email":
		return fmt.Sprintf("%s%d@example.com", pick(d.rt, "local part", "ann", "Ann", "ann.lee+x", "bob"), rapid.IntRange(0, 500).Draw(d.rt, "address"))
	case schema.Pattern != "":
		return pick(d.rt, "date", "07/01/2026", "01/01/2020", "12/31/2099")
	case atBound:
		return strings.Repeat(pick(d.rt, "character", "a", "é", "😀"), max(0, pick(d.rt, "length", least-1, least, most, most+1)))
	}
	return pick(d.rt, "text", "Springfield", "O'Neil & Søn", "日本", "a b", "x", "Smith \"Roofing\" LLC")
}

func (d *drawer) list(schema *openapi3.Schema, depth int, atBound bool) any {
	n := int(schema.MinItems) + rapid.IntRange(0, 2).Draw(d.rt, "items")
	if atBound && schema.MaxItems != nil {
		n = int(*schema.MaxItems) + pick(d.rt, "more items", 0, 1)
	}
	list := []any{}
	for range n {
		var item any
		if schema.Items != nil && depth < 6 {
			item = d.value("", schema.Items.Value, depth+1)
		}
		list = append(list, item)
	}
	return list
}

func (d *drawer) object(schema *openapi3.Schema, depth int) map[string]any {
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		required := slices.Contains(schema.Required, name)
		if depth > 6 || (!required && once(d.rt, 2, "leave out")) || (d.wild == hostile && once(d.rt, 15, "drop")) {
			continue
		}
		object[name] = d.value(name, schema.Properties[name].Value, depth+1)
	}
	if further := schema.AdditionalProperties.Schema; further != nil {
		for range rapid.IntRange(0, 3).Draw(d.rt, "keys") {
			object[pick(d.rt, "key", "order", "a b", "é", "x.y", "0", "a[b]")] = d.value("", further.Value, depth+1)
		}
	}
	if d.wild == hostile && once(d.rt, 20, "unknown field") {
		object[pick(d.rt, "name", hostileTexts...)] = d.anything(depth)
	}
	return object
}

// anything draws a value of any kind.
func (d *drawer) anything(depth int) any {
	if depth > 3 {
		return nil
	}
	switch rapid.IntRange(0, 8).Draw(d.rt, "anything") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(d.rt, "boolean")
	case 2:
		return json.Number(pick(d.rt, "number", "0", "-1", "1.5", "1e400", "-0.0", "9223372036854775808", "1e-320", "123456789012345678901234567890", "1E2"))
	case 3:
		return pick(d.rt, "id", d.anyID())
	case 4:
		return []any{d.anything(depth + 1)}
	case 5:
		return map[string]any{pick(d.rt, "key", "a", "", "é", "each_occurrence_dollars"): d.anything(depth + 1)}
	case 6:
		var deep any = "x"
		for range pick(d.rt, "depth", 5, 31, 32, 40) {
			deep = []any{deep}
		}
		return deep
	}
	return pick(d.rt, "text", hostileTexts...)
}

// rulesToDraw are lists of rules that a requirement takes, and one that it does not.
var rulesToDraw = []string{"[" + minimumRule + "]",
	`[{"name":"a","path":"coverages","check":"not_expired","days":5},{"name":"b","path":"insured.name","check":"name_matches","value":"contractor"}]`,
	`[{"name":"a","path":"x","check":"expression","value":"certificate.coverages.commercial_general_liability.limits.each_occurrence_dollars > 1"}]`,
	`[{"name":"a","path":"description_of_operations","check":"contains_name","value":["Acme"],"where":["text","names"],"severity":"critical"}]`,
	`[{"name":"a","path":"coverages.workers_compensation","check":"required"},{"name":"a","path":"nowhere","check":"effective"}]`}

// meaningful is a value that means something to the handler, where a text of any kind would always be refused.
func (d *drawer) meaningful(name string, schema *openapi3.Schema) (any, bool) {
	if d.wild != valid && once(d.rt, 4, "meaningless") {
		return nil, false
	}
	switch name {
	case "rules":
		return json.RawMessage(pick(d.rt, "rules", rulesToDraw...)), true
	case "time_zone":
		return pick(d.rt, "zone", "America/Chicago", "UTC", "Mars/Olympus", "Local"), true
	case "url":
		return pick(d.rt, "url", "https://example.com/hook", "https://example.com", "http://example.com", "https://127.0.0.1/", "https://[::1]:8", "https://a b", "https://"), true
	case "since", "until", "at", "created[gt]", "created[gte]", "created[lt]", "created[lte]":
		return json.Number(fmt.Sprint(d.now.Unix() + pick[int64](d.rt, "seconds", -60, -3600, -86400, 60))), true
	case "list_format":
		return "array", true
	}
	kind := kindOf[name]
	switch {
	case kind == "" || kind == "email" || kind == "account" || schema.Format == "binary" || kind == "cursor":
		return nil, false
	case has(schema, "null") && once(d.rt, 4, "null"):
		return nil, true
	}
	return d.id(kind), true
}

func has(schema *openapi3.Schema, kind string) bool {
	return schema.Type != nil && schema.Type.Includes(kind)
}

// id is one of the account's, mostly of that kind.
func (d *drawer) id(kind string) string {
	if known := d.known[kind]; len(known) > 0 && (d.wild == valid || !once(d.rt, 4, "another id")) {
		return pick(d.rt, kind, known...)
	}
	return d.anyID()
}

func (d *drawer) anyID() string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(d.known)) {
		all = append(all, d.known[kind]...)
	}
	return pick(d.rt, "any id", append(all, "cn_none", "ci_0", "x", "", "stream")...)
}

// drawn is a request as it was drawn, told in full when it is answered wrongly.
type drawn struct {
	method, target string
	header         http.Header
	body           []byte
}

func (r drawn) String() string {
	return fmt.Sprintf("%s %s\n%v\n%q", r.method, r.target, r.header, r.body[:min(len(r.body), 2000)])
}

// request draws a request of an operation.
func (d *drawer) request(path, method string, op *openapi3.Operation) drawn {
	r := drawn{method: method, header: http.Header{}}
	previous := ""
	var steps []string
	for step := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(step, "{") {
			step = d.id(kindAt[previous])
			if d.wild == hostile && once(d.rt, 6, "hostile path") {
				step = pick(d.rt, "step", hostileTexts...)
			}
			step = url.PathEscape(step)
		} else {
			previous = step
		}
		steps = append(steps, step)
	}
	r.target = "/api/v1" + strings.Join(steps, "/")
	query := url.Values{}
	for _, p := range op.Parameters {
		name, schema := p.Value.Name, p.Value.Schema.Value
		if p.Value.In == "path" || (!p.Value.Required && once(d.rt, 2, "leave out a parameter")) || (!p.Value.Required && d.wild == valid && once(d.rt, 2, "leave out a parameter")) {
			continue
		}
		texts := []string{d.plain(name, path, schema)}
		if list, ok := d.value(name, schema, 0).([]any); ok && has(schema, "array") {
			texts = nil
			for _, item := range list {
				texts = append(texts, fmt.Sprint(item))
			}
		}
		if p.Value.In == "query" {
			query[name] = texts
		} else if len(texts) > 0 {
			r.header.Set(name, texts[0])
		}
	}
	if d.wild == hostile && once(d.rt, 8, "unknown parameter") {
		query.Add(pick(d.rt, "parameter", "sort", "limit", "expand[]", "expand", "created[x]", "\x00"), pick(d.rt, "of it", hostileTexts...))
	}
	if len(query) > 0 {
		r.target += "?" + query.Encode()
	}
	if d.wild == hostile && once(d.rt, 20, "broken query") {
		r.target += pick(d.rt, "rest of the query", "?%zz", "?a;b", "?=&=", "?&&&", "?limit=1&limit=2")
	}
	if op.RequestBody != nil {
		d.body(&r, op.RequestBody.Value.Content)
	} else if d.wild == hostile && once(d.rt, 5, "a body where none is") {
		r.body = []byte(pick(d.rt, "body", "{}", "x", `{"a":1}`))
		r.header.Set("Content-Type", "application/json")
	}
	if d.wild == hostile {
		d.spoil(&r)
	}
	return r
}

// plain draws the text of a parameter.
func (d *drawer) plain(name, path string, schema *openapi3.Schema) string {
	switch name {
	case "starting_after", "ending_before":
		return d.id(kindAt[path[strings.LastIndex(path, "/")+1:]])
	case "Idempotency-Key", "Ten99Policy-Idempotent-Key":
		if d.wild != valid && once(d.rt, 2, "a used key") {
			return pick(d.rt, "key", "a", "b", `"a"`)
		}
		return fmt.Sprint(rapid.Uint64().Draw(d.rt, "fresh key"))
	case "If-Match":
		return pick(d.rt, "tag", `"1"`, `"2"`, "*", `W/"1"`, `"1", "2"`, "x")
	case "Ten99Policy-Environment":
		if d.wild == valid {
			return "sandbox"
		}
		return pick(d.rt, "environment", "sandbox", "production")
	case "contractor", "job", "tracker", "endpoint", "object", "Last-Event-ID":
		return d.id(kindOf[name])
	}
	v := d.value(name, schema, 0)
	if v == nil {
		return "x"
	}
	return fmt.Sprint(v)
}

// body draws a body in one of the content types that the operation takes.
func (d *drawer) body(r *drawn, content openapi3.Content) {
	if media := content["multipart/form-data"]; media != nil {
		d.upload(r, media.Schema.Value)
		return
	}
	schema := content["application/json"].Schema.Value
	value := d.object(schema, 0)
	if once(d.rt, 4, "as a form") {
		r.header.Set("Content-Type", "application/x-www-form-urlencoded")
		form := url.Values{}
		formOf(form, "", value)
		r.body = []byte(form.Encode())
		return
	}
	r.header.Set("Content-Type", "application/json")
	var err error
	if r.body, err = json.Marshal(value); err != nil {
		d.t.Fatal(err)
	}
	if len(value) == 0 && rapid.Bool().Draw(d.rt, "no body") {
		r.body = nil
	}
}

// formOf writes a value with bracketed names.
func formOf(form url.Values, name string, value any) {
	inside := func(key string) string {
		if name == "" {
			return key
		}
		return name + "[" + key + "]"
	}
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			formOf(form, inside(key), item)
		}
	case []any:
		for i, item := range v {
			formOf(form, inside(fmt.Sprint(i)), item)
		}
	case json.RawMessage:
		var inner any
		if json.Unmarshal(v, &inner) == nil {
			formOf(form, name, inner)
		}
	case nil:
		form.Add(name, "")
	default:
		form.Add(name, fmt.Sprint(v))
	}
}

// upload draws a multipart body.
func (d *drawer) upload(r *drawn, schema *openapi3.Schema) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	add := func(disposition, kind, text string) {
		header := map[string][]string{"Content-Disposition": {disposition}}
		if kind != "" {
			header["Content-Type"] = []string{kind}
		}
		if p, err := m.CreatePart(header); err == nil {
			_, _ = io.WriteString(p, text) // a buffer takes everything
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		property := schema.Properties[name].Value
		if !slices.Contains(schema.Required, name) && once(d.rt, 2, "leave out a part") || d.wild == hostile && once(d.rt, 10, "drop a part") {
			continue
		}
		switch {
		case property.Format == "binary":
			d.file(name, add)
		case property.Items != nil && property.Items.Value.Format == "binary":
			for range rapid.IntRange(1, 4).Draw(d.rt, "files") {
				d.file(name+pick(d.rt, "brackets", "[]", ""), add)
			}
		case name == "certificates_metadata":
			add(`form-data; name="certificates_metadata"`, "", pick(d.rt, "metadata", `[{"filename":"a.pdf","contractor":{"email":"ann1@example.com"}},]`, "[]", "[{}]", "{", "// x\n[]", "null",
				`[{"filename":"b.pdf"},{"filename":"a.pdf","contractor":{"email":"new@example.com","first_name":"A"}}]`, `[{"filename":"a.pdf","insurance_requirement_id":"`+d.id("requirement")+`"}]`))
		case name == "custom_metadata":
			add(`form-data; name="custom_metadata"`, "", pick(d.rt, "metadata", `{"a":"1"}`, "{}", "[]", `{"a":1}`, "x", `{"":"x"}`, `{"a":"\u0000"}`))
		case name == "email":
			add(`form-data; name="email"`, "", pick(d.rt, "address", "ours@example.com", "new2@example.com", "x", "a@b"))
		default:
			text := fmt.Sprint(d.value(name, property, 0))
			add(fmt.Sprintf("form-data; name=%q", name), "", text)
		}
	}
	if d.wild == hostile && once(d.rt, 5, "odd part") {
		add(pick(d.rt, "disposition", `form-data; name="x"`, `form-data`, `attachment; filename="a.pdf"`, `form-data; name="contractor"`, `form-data; name="certificate"`, "", `form-data; name="\"`), "", "x")
	}
	_ = m.Close() // into a buffer
	r.body = b.Bytes()
	r.header.Set("Content-Type", m.FormDataContentType())
}

func (d *drawer) file(name string, add func(disposition, kind, text string)) {
	filename, kind, content := pick(d.rt, "filename", "a.pdf", "a.pdf", "b.pdf", "C.PDF"), "application/pdf", "%PDF-1.7\n"+pick(d.rt, "content", "", "x", strings.Repeat("x", 3000))
	if d.wild != valid && once(d.rt, 3, "odd file") {
		filename, kind = pick(d.rt, "odd filename", "a.txt", "", "../a.pdf", "é.pdf", strings.Repeat("a", 300)+".pdf", "a\u202e.pdf"), pick(d.rt, "odd kind", "application/pdf", "text/plain", "x/", "")
		content = pick(d.rt, "odd content", content, "", "GIF89a", strings.Repeat(" ", 1021)+"%PDF", "%PDF"+strings.Repeat("x", 5000))
	}
	add(fmt.Sprintf(`form-data; name=%q; filename="%s"`, name, filename), kind, content)
}

// spoil breaks a request that is well-formed so far.
func (d *drawer) spoil(r *drawn) {
	switch rapid.IntRange(0, 24).Draw(d.rt, "spoil") {
	case 0:
		r.body = r.body[:len(r.body)/2]
	case 1:
		r.body = append(bytes.Clone(r.body), pick(d.rt, "more", "x", "\x00", "{}", "\xff")...)
	case 2:
		r.body = []byte(pick(d.rt, "another body", "null", "[]", "\"x\"", "{", "--b--", "\xff", "{\"a\":1,\"a\":2}", "a=%zz", "=", strings.Repeat("[", 10000), "{}"))
	case 3:
		r.header.Set("Content-Type", pick(d.rt, "another type", "text/plain", "application/json; charset=latin1", "multipart/form-data", "multipart/form-data; boundary=b", "x", "application/x-www-form-urlencoded", "application/json"))
	case 4:
		r.header.Set("Content-Encoding", pick(d.rt, "coding", "gzip", "identity", "x"))
	case 5:
		r.header.Set(pick(d.rt, "header", "List-Format", "If-Match", "Idempotency-Key", "Ten99Policy-Idempotent-Key", "Ten99Policy-Environment", "Accept", "Last-Event-ID", "Expect"), pick(d.rt, "of the header", hostileTexts...))
	case 6:
		r.method = pick(d.rt, "another method", "PATCH", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "POST", "GET")
	case 7:
		r.header.Set("Authorization", pick(d.rt, "authorization", "Basic x", "Bearer", "Bearer sk_test_nobody", "Basic c2tfdGVzdF94Og==", "Digest x"))
	}
}

// send makes the request; a stream of events ends with ctx.
func (r drawn) send(ctx context.Context, key string, handler http.Handler) (*http.Request, *http.Response) {
	request := httptest.NewRequestWithContext(ctx, r.method, "/", bytes.NewReader(r.body))
	if len(r.body) == 0 {
		request.Body, request.ContentLength = http.NoBody, 0
	}
	target, err := url.ParseRequestURI(r.target)
	if err != nil {
		// Go's server answers 400 to what is no URI before a handler sees it.
		target = &url.URL{Path: "/api/v1/nothing"}
	}
	request.URL, request.RequestURI = target, r.target
	request.SetBasicAuth(key, "")
	for name, values := range r.header {
		request.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return request, recorder.Result()
}

// requestTime bounds one request of the property's.
const requestTime = 20 * time.Second
