package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// told is the message of a refusal, by field.
func told(t *testing.T, a answer) map[string]string {
	t.Helper()
	fields, ok := a.Message.(map[string]any)
	if !ok {
		t.Fatalf("the message names no field: %s", a.body)
	}
	out := map[string]string{}
	for name, text := range fields {
		out[name], _ = text.(string)
	}
	return out
}

func TestBodiesAreCheckedFieldByField(t *testing.T) {
	t.Parallel()
	with := func(field, value string) string {
		return strings.TrimSuffix(jane, "}") + `,"` + field + `":` + value + `}`
	}
	for name, c := range map[string]struct {
		body string
		want map[string]string
	}{
		"nothing at all counts as an empty object": {"", map[string]string{
			"email": "This field is required.", "first_name": "This field is required.", "last_name": "This field is required."}},
		"values of the wrong kind": {`{"email":1,"first_name":[],"last_name":{}}`, map[string]string{
			"email": "Must be an e-mail address.", "first_name": "Must be a text.", "last_name": "Must be a text."}},
		"an e-mail address that is none": {`{"email":"jane","first_name":"J","last_name":"S"}`, map[string]string{"email": "Must be an e-mail address."}},
		"a text that may not be empty":   {`{"email":"j@x.io","first_name":"","last_name":"S"}`, map[string]string{"first_name": "May not be empty."}},
		"a text that is too long":        {with("phone", `"`+strings.Repeat("1", 51)+`"`), map[string]string{"phone": "May have at most 50 characters."}},
		"a field within an object":       {with("address", `{"line1":1}`), map[string]string{"address.line1": "Must be a text, or null."}},
		"an object that is none":         {with("address", `"1 Main St"`), map[string]string{"address": "Must be an object, or null."}},
		"a key of the metadata":          {with("custom_metadata", `{"a":1}`), map[string]string{"custom_metadata.a": "Must be a text, or null."}},
		"an unknown field":               {with("nickname", `"J"`), map[string]string{"nickname": "There is no such field."}},
		"several unknown fields": {with("x", `1,"y":2,"address":{"zip":"1"}`), map[string]string{
			"x": "There is no such field.", "y": "There is no such field.", "address.zip": "There is no such field."}},
		"an unknown field beside a wrong one is not told yet": {with("phone", `1,"x":1`), map[string]string{"phone": "Must be a text, or null."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			a := e.do(t, request("POST", "/api/v1/contractors", c.body, jsonBody))
			if a.status != 400 || a.Code != "invalid_input" {
				t.Fatalf("answered %d %s", a.status, a.body)
			}
			if diff := cmp.Diff(c.want, told(t, a)); diff != "" {
				t.Error(diff)
			}
			if len(e.created) > 0 {
				t.Error("the handler was called")
			}
		})
	}
}

func TestParametersAreChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url  string
		want map[string]string
	}{
		"a limit of 0":                   {"/api/v1/contractors?limit=0", map[string]string{"limit": "Must be at least 1."}},
		"a limit of 101":                 {"/api/v1/contractors?limit=101", map[string]string{"limit": "May be at most 100."}},
		"a limit that is no number":      {"/api/v1/contractors?limit=ten", map[string]string{"limit": "Must be a whole number."}},
		"an empty limit":                 {"/api/v1/contractors?limit=", map[string]string{"limit": "May not be empty."}},
		"a filter that is empty":         {"/api/v1/contractors?email=", map[string]string{"email": "May not be empty."}},
		"a filter that is given twice":   {"/api/v1/contractors?email=a@x.io&email=b@x.io", map[string]string{"email": "Is given more than once."}},
		"a filter with NUL":              {"/api/v1/contractors?email=%00", map[string]string{"email": "Must be a text in UTF-8 without NUL."}},
		"a filter that is no UTF-8":      {"/api/v1/contractors?email=%ff", map[string]string{"email": "Must be a text in UTF-8 without NUL."}},
		"an unknown parameter":           {"/api/v1/contractors?sort=name", map[string]string{"sort": "There is no such query parameter."}},
		"an unknown one beside a wrong":  {"/api/v1/contractors?sort=name&limit=0", map[string]string{"limit": "Must be at least 1."}},
		"a parameter of another listing": {"/api/v1/contractors?created[gt]=1", map[string]string{"created[gt]": "There is no such query parameter."}},
		"a name without its brackets":    {"/api/v1/files/certificates?expand=review_results", map[string]string{"expand": "There is no such query parameter. Write expand[]."}},
		"a time without its comparison":  {"/api/v1/files/certificates?created=1", map[string]string{"created": "There is no such query parameter. Write created[gt] or created[gte] or created[lt] or created[lte]."}},
		"a status that is none":          {"/api/v1/files/certificates?status=lost", map[string]string{"status": "Must be one of: pending, processing, approved, flagged, denied, error."}},
		"an expansion that is none":      {"/api/v1/files/certificates?expand[]=contractor", map[string]string{"expand[]": "Must be one of: review_results, review_results.full."}},
		"a time that is none":            {"/api/v1/files/certificates?created[gte]=today", map[string]string{"created[gte]": "Must be a whole number."}},
		"a time that is too large":       {"/api/v1/files/certificates?created[gte]=99999999999999999999", map[string]string{"created[gte]": "Must be a whole number."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newEdge(t).do(t, request("GET", c.url, ""))
			if a.status != 400 || a.Code != "invalid_input" {
				t.Fatalf("answered %d %s", a.status, a.body)
			}
			if diff := cmp.Diff(c.want, told(t, a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFormIsTheJSONThatItStandsFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, form, want string }{
		"texts":                          {"ContractorCreate", "email=j%40x.io&first_name=Jane+Ann&last_name=S", `{"email":"j@x.io","first_name":"Jane Ann","last_name":"S"}`},
		"an object":                      {"ContractorCreate", "address[line1]=1+Main&address[region]=IL", `{"address":{"line1":"1 Main","region":"IL"}}`},
		"metadata with any keys":         {"ContractorCreate", "custom_metadata[a]=1&custom_metadata[b]=", `{"custom_metadata":{"a":"1","b":""}}`},
		"metadata that is cleared":       {"ContractorUpdate", "custom_metadata=", `{"custom_metadata":{}}`},
		"a text that is cleared":         {"ContractorUpdate", "phone=", `{"phone":""}`},
		"a list":                         {"WebhookEndpointCreate", "url=u&events[]=ping&events[]=job.completed", `{"events":["ping","job.completed"],"url":"u"}`},
		"a list of one without brackets": {"WebhookEndpointCreate", "events=ping", `{"events":["ping"]}`},
		"a whole number":                 {"AccountUpdate", "page_limit=4", `{"page_limit":4}`},
		"a fraction":                     {"AccountUpdate", "confidence_threshold=0.9", `{"confidence_threshold":0.9}`},
		"a number that is none":          {"AccountUpdate", "page_limit=four", `{"page_limit":"four"}`},
		"a number in words of computers": {"AccountUpdate", "page_limit=Inf", `{"page_limit":"Inf"}`},
		"a number that is unset":         {"AccountUpdate", "retention_days=", `{"retention_days":null}`},
		"a boolean":                      {"InsuranceRequirementCreate", "default=true", `{"default":true}`},
		"numbered objects in any order": {"InsuranceRequirementCreate", "rules[1][name]=b&rules[0][name]=a&rules[0][days]=3&rules[0][where][]=text&rules[1][where]=holder",
			`{"rules":[{"days":3,"name":"a","where":["text"]},{"name":"b","where":"holder"}]}`},
		"the limits of a rule": {"InsuranceRequirementCreate", "rules[0][value][each_occurrence_dollars]=1000000&rules[1][value]=true&rules[2][value]=12&rules[3][value][]=A",
			`{"rules":[{"value":{"each_occurrence_dollars":1000000}},{"value":true},{"value":"12"},{"value":["A"]}]}`},
		"a value of no fixed kind": {"JobCreate", "wage=12&duration_hours[week]=40", `{"duration_hours":{"week":"40"},"wage":"12"}`},
		"an unknown field":         {"JobCreate", "x[y]=1", `{"x":{"y":"1"}}`},
		"nothing":                  {"JobCreate", "&&", `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, _ := loadContract(t)
			wrong := faults{}
			value, err := parseForm(c.form, doc.Components.Schemas[c.schema].Value, wrong)
			if err != nil || len(wrong) > 0 {
				t.Fatal(err, wrong)
			}
			got, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const formBody = "Content-Type: application/x-www-form-urlencoded"

func TestWholeNumbersMayBeWrittenInEveryWay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"1": "1", "1.0": "1", "1e3": "1000", "1.5": "1.5", "-0.0": "0", "1760509809": "1760509809", "12345678901234567890": "12345678901234567890"} {
		got := plainNumbers(map[string]any{"a": []any{json.Number(text)}})
		if diff := cmp.Diff(map[string]any{"a": []any{json.Number(want)}}, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFormsThatContradictThemselvesAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form string
		want map[string]string
	}{
		"a field given twice":            {"email=a@x.io&email=b@x.io&first_name=a&last_name=b", map[string]string{"email": "Is given more than once."}},
		"a text and an object":           {"email=a@x.io&first_name=a&last_name=b&address=x&address[line1]=y", map[string]string{"address": "Is given in more than one form."}},
		"a list where a text is wanted":  {"email=a@x.io&first_name[]=a&last_name=b", map[string]string{"first_name": "Must be a text."}},
		"an unknown field":               {"email=a@x.io&first_name=a&last_name=b&nick[name]=c", map[string]string{"nick": "There is no such field."}},
		"an unknown field of the object": {"email=a@x.io&first_name=a&last_name=b&address[zip]=c", map[string]string{"address.zip": "There is no such field."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newEdge(t).do(t, request("POST", "/api/v1/contractors", c.form, formBody))
			if a.status != 400 {
				t.Fatalf("answered %d %s", a.status, a.body)
			}
			if diff := cmp.Diff(c.want, told(t, a)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFormsAreNotReadWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]string{
		"too many fields":       strings.Repeat("a=1&", maxFormFields+1),
		"too many brackets":     "a" + strings.Repeat("[b]", 20) + "=1",
		"an open bracket":       "a[=1",
		"brackets in brackets":  "a[[b]]=1",
		"a name of brackets":    "[a]=1",
		"a list in the middle":  "a[][b]=1",
		"an escape that is cut": "a=%e",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if a := newEdge(t).do(t, request("POST", "/api/v1/contractors", form, formBody)); a.status != 400 || a.Code != "bad_request" {
				t.Errorf("answered %d %s", a.status, a.body)
			}
		})
	}
}

func TestTheHandlerIsGivenWhatWasSent(t *testing.T) {
	t.Parallel()
	for name, r := range map[string][2]string{
		"JSON":                {jane, jsonBody},
		"JSON with a charset": {jane, jsonBody + "; charset=utf-8"},
		"a form":              {"email=jane@example.com&first_name=Jane&last_name=Smith", formBody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			if a := e.do(t, request("POST", "/api/v1/contractors", r[0], r[1])); a.status != 201 || a.header.Get("Location") != "/api/v1/contractors/cn_made" {
				t.Fatalf("answered %d %s", a.status, a.body)
			}
			want := []*ContractorCreate{{Email: "jane@example.com", FirstName: "Jane", LastName: "Smith"}}
			if diff := cmp.Diff(want, e.created); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnEncodedBodyIsRefusedAsSuch(t *testing.T) {
	t.Parallel()
	for coding, want := range map[string]int{"gzip": 415, "br, gzip": 415, "identity": 201, "Identity": 201} {
		if a := newEdge(t).do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Content-Encoding: "+coding)); a.status != want {
			t.Errorf("%s answered %d %s", coding, a.status, a.body)
		}
	}
}

func TestSentencesSayWhatFits(t *testing.T) {
	t.Parallel()
	most := 3.1536e+07
	whereOrList := &openapi3.Schema{AnyOf: openapi3.SchemaRefs{
		{Value: &openapi3.Schema{Type: &openapi3.Types{"string"}, Enum: []any{"names", "text"}}}, {Value: &openapi3.Schema{Type: &openapi3.Types{"array"}}}}}
	for want, fault := range map[string]*openapi3.SchemaError{
		"May be at most 31536000.":               {SchemaField: "maximum", Schema: &openapi3.Schema{Max: &most}},
		"Must be one of names, text, or a list.": {SchemaField: "anyOf", Schema: whereOrList},
		"May not be empty.":                      {SchemaField: "minLength", Value: "", Schema: &openapi3.Schema{MinLength: 3, Format: "email"}},
		"Must be an e-mail address.":             {SchemaField: "minLength", Value: "a", Schema: &openapi3.Schema{MinLength: 3, Format: "email"}},
		"Must have at least 1 entry.":            {SchemaField: "minItems", Schema: &openapi3.Schema{MinItems: 1}},
		"Must be a text, or null.":               {SchemaField: "type", Schema: &openapi3.Schema{Type: &openapi3.Types{"string", "null"}}},
	} {
		if got := sentence(fault); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
	for wanted, want := range map[string]string{"": `"" is not the id of any contractor.`, "../etc": `"../etc" is not the id of any contractor.`,
		"cn_1": "There is no contractor cn_1.", "ci_1": "There is no contractor ci_1: an id that begins with ci_ is that of a certificate.",
		"en_1": "There is no contractor en_1: an id that begins with en_ is that of an entity.", "xx_1": "There is no contractor xx_1."} {
		if got := absent("contractor", wanted); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestJSONThatIsMalformedIsToldByItsPlace(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"{\"email\": \"é\",\n  \"name\": oops}": "The body is not a JSON object: it is malformed at line 2, column 11.",
		`{"email": "a@x.io", `:                  "The body is not a JSON object: it ends before it is complete.",
		`[1]`:                                   "The body is not a JSON object.",
		`{} {}`:                                 "The body is not a JSON object.",
	} {
		a := newEdge(t).do(t, request("POST", "/api/v1/contractors", body, jsonBody))
		if a.status != 400 || a.Message != want {
			t.Errorf("%q is answered %d %v, want %s", body, a.status, a.Message, want)
		}
	}
}
