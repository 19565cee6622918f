package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARequirementHasVersionsAndAnETag(t *testing.T) {
	w := setup(t)
	made := w.want(201, "POST", "/insurance_requirements", fmt.Sprintf(`{"name":"Standard","rules":[%s]}`, minimumRule))
	r := made.object(t)
	path := "/insurance_requirements/" + r.text("id")
	rule := map[string]any{"name": "CGL Limits", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "severity": "standard",
		"value": map[string]any{"each_occurrence_dollars": 1000000.0}}
	want := object{"object": "insurance_requirement", "name": "Standard", "default": false, "version": 1.0, "rules": []any{rule}}
	if diff := cmp.Diff(want, r, ignoring("id", "created", "updated")); diff != "" {
		t.Fatal(diff)
	}
	first := made.header.Get("ETag")
	if read := w.want(200, "GET", path, ""); first == "" || read.header.Get("ETag") != first {
		t.Errorf("the ETag is %s, then %s", first, read.header.Get("ETag"))
	}
	second := w.want(200, "PUT", path, `{"rules":[{"name":"Signed","path":"description_of_operations.signature","check":"required"}]}`, "If-Match: "+first)
	if second.object(t)["version"] != 2.0 || second.header.Get("ETag") == first {
		t.Errorf("the change answered %s with %s", second.body, second.header.Get("ETag"))
	}
	w.refusal(412, "precondition_failed", "PUT", path, `{"name":"Mine"}`, "If-Match: "+first)
	w.refusal(412, "precondition_failed", "DELETE", path, "", "If-Match: "+first)
	renamed := w.want(200, "PUT", path, `{"name":"Ours"}`, `If-Match: "other", `+second.header.Get("ETag"))
	if got := renamed.object(t); got["version"] != 2.0 || got["name"] != "Ours" {
		t.Errorf("the new name answered %s", renamed.body)
	}
	versions := w.want(200, "GET", path+"/versions", "").list(t)
	if len(versions) != 2 || versions[0]["version"] != 2.0 || versions[1]["version"] != 1.0 {
		t.Fatalf("the versions are %v", versions)
	}
	if diff := cmp.Diff([]any{rule}, versions[1]["rules"]); diff != "" {
		t.Error(diff)
	}
	w.want(200, "DELETE", path, "", "If-Match: *")
	w.refusal(404, "resource_not_found", "GET", path+"/versions", "")
}

func TestAnAccountHasOneDefault(t *testing.T) {
	w := setup(t)
	first, second := w.requirement(true), w.requirement(true)
	isDefault := func(id string) any { return w.want(200, "GET", "/insurance_requirements/"+id, "").object(t)["default"] }
	if isDefault(first) != false || isDefault(second) != true {
		t.Errorf("the defaults are %v and %v", isDefault(first), isDefault(second))
	}
	w.want(200, "PUT", "/insurance_requirements/"+first, `{"default":true}`)
	if isDefault(first) != true || isDefault(second) != false {
		t.Errorf("then they are %v and %v", isDefault(first), isDefault(second))
	}
	w.want(200, "PUT", "/insurance_requirements/"+first, `{"default":false}`)
	if isDefault(first) != false {
		t.Error("the default stays")
	}
}

func TestRulesAreRefusedWithThePositionOfEachFault(t *testing.T) {
	w := setup(t)
	for name, c := range map[string]struct{ body, says string }{
		"no rules":                    {`{"name":"x","rules":[]}`, `"rules"`},
		"rules that are missing":      {`{"name":"x"}`, `"rules":"This field is required."`},
		"a check that is none":        {`{"name":"x","rules":[{"name":"a","path":"coverages","check":"magic"}]}`, `"rules[0].check":"Must be one of: required`},
		"a path that is none":         {`{"name":"x","rules":[` + minimumRule + `,{"name":"a","path":"coverages.pets","check":"required"}]}`, `"rules[1].path"`},
		"an expression that is wrong": {`{"name":"x","rules":[{"name":"a","path":"p","check":"expression","value":"certificate.nothing +"}]}`, `"rules[0].value"`},
		"a key that is none":          {`{"name":"x","rules":[{"name":"a","path":"coverages","check":"required","values":1}]}`, `"rules[0].values":"There is no such field."`},
		"the same name twice":         {`{"name":"x","rules":[` + minimumRule + `,` + minimumRule + `]}`, `rules[1]`},
	} {
		if says := w.refusal(400, "invalid_input", "POST", "/insurance_requirements", c.body); !strings.Contains(says, c.says) {
			t.Errorf("%s: the refusal is %s", name, says)
		}
	}
}

func TestFaultsOfFormAndOfMeaningAreToldAtOnce(t *testing.T) {
	w := setup(t)
	for name, c := range map[string]struct {
		body string
		says []string
	}{
		"a field of the requirement and a path": {`{"name":"","rules":[{"name":"a","path":"coverages.pets","check":"required"}]}`, []string{`"name":"May not be empty."`, `"rules[0].path"`}},
		"the form of one rule and the meaning of another": {`{"name":"x","rules":[{"name":"a","path":"coverages","check":"magic"},{"name":"b","path":"p","check":"expression","value":"certificate.nothing +"}]}`,
			[]string{`"rules[0].check":"Must be one of`, `"rules[1].value"`}},
		"an unknown key and a path": {`{"name":"x","rules":[{"name":"a","path":"coverages","check":"required","values":1},{"name":"b","path":"coverages.pets","check":"required"}]}`,
			[]string{`"rules[0].values":"There is no such field."`, `"rules[1].path"`}},
	} {
		got := w.refusal(400, "invalid_input", "POST", "/insurance_requirements", c.body)
		for _, says := range c.says {
			if !strings.Contains(got, says) {
				t.Errorf("%s: the refusal does not say %s: %s", name, says, got)
			}
		}
	}
}

func TestTemplatesCanBeSavedAsTheyAre(t *testing.T) {
	w := setup(t)
	templates := w.want(200, "GET", "/insurance_requirement_templates", "", "List-Format: object").object(t)["data"].([]any)
	if len(templates) < 4 {
		t.Fatalf("there are %d templates", len(templates))
	}
	for _, each := range templates {
		template := object(each.(map[string]any))
		rules, err := marshal(template["rules"])
		if err != nil {
			t.Fatal(err)
		}
		w.want(201, "POST", "/insurance_requirements", fmt.Sprintf(`{"name":%q,"rules":%s}`, template.text("name"), rules))
	}
}

const parsed = `{"form":{"name":"ACORD 25","edition":"2016/03"},"insured":{"name":"Smith LLC","address":null},"coverages":{"commercial_general_liability":{
	"policy_number_string":"A1","policy_effective_date":"01/01/2020","policy_expiration_date":"01/01/2099","limits":{"each_occurrence_dollars":%s}}}}`

func TestARequirementIsTriedOnAParseWithoutRecordingAnything(t *testing.T) {
	w := setup(t)
	path := "/insurance_requirements/" + w.requirement(false)
	for limit, want := range map[string]object{
		"2000000": {"status": "approved", "summary": map[string]any{"total_rules": 1.0, "passed": 1.0, "failed": 0.0}},
		"500000":  {"status": "flagged", "summary": map[string]any{"total_rules": 1.0, "passed": 0.0, "failed": 1.0}},
		"null":    {"status": "flagged", "summary": map[string]any{"total_rules": 1.0, "passed": 0.0, "failed": 1.0}},
	} {
		got := w.want(200, "POST", path+"/try", `{"parsed_certificate_json":`+fmt.Sprintf(parsed, limit)+`}`).object(t)
		want["object"] = "trial"
		if diff := cmp.Diff(want, got, ignoring("results", "requirement")); diff != "" {
			t.Errorf("%s: %s", limit, diff)
		}
		if got["requirement"] == nil {
			t.Error("the requirement is not named")
		}
	}
	contractor := w.contractor("jane@example.com")
	draft := w.want(200, "POST", path+"/try", fmt.Sprintf(`{"parsed_certificate_json":%s,"contractor":%q,"rules":[
		{"name":"Name","path":"insured.name","check":"name_matches","value":"contractor","severity":"critical"}]}`, fmt.Sprintf(parsed, "1"), contractor)).object(t)
	if draft["status"] != "denied" || draft["requirement"] != nil {
		t.Errorf("the draft answered %v", draft)
	}
	for name, c := range map[string]struct{ body, says string }{
		"neither":              {`{}`, "certificate"},
		"both":                 {`{"certificate":"ci_1","parsed_certificate_json":{}}`, "certificate"},
		"no certificate":       {`{"certificate":"ci_1"}`, "ci_1"},
		"a date that is none":  {`{"parsed_certificate_json":{"certificate_date":"soon"}}`, "parsed_certificate_json"},
		"an amount of cents":   {`{"parsed_certificate_json":` + fmt.Sprintf(parsed, "1.5") + `}`, "parsed_certificate_json"},
		"a field that is none": {`{"parsed_certificate_json":{"insurers":[{"letter":"A","rating":"A+"}]}}`, `"parsed_certificate_json.insurers[0].rating"`},
		"a limit that is misspelt": {`{"parsed_certificate_json":{"coverages":{"cyber_liability":{"additional_policies":[{"limits":{"each_claim":1}}]}}}}`,
			`"parsed_certificate_json.coverages.cyber_liability.additional_policies[0].limits.each_claim"`},
		"a field in capitals": {`{"parsed_certificate_json":{"Insured":{}}}`, `"parsed_certificate_json.Insured"`},
		"draft rules":         {`{"parsed_certificate_json":{},"rules":[{"name":"a","path":"pets","check":"required"}]}`, "rules[0].path"},
	} {
		if says := w.refusal(400, "invalid_input", "POST", path+"/try", c.body); !strings.Contains(says, c.says) {
			t.Errorf("%s: the refusal is %s", name, says)
		}
	}
	if got := w.want(200, "GET", "/events", "").ids(t); len(got) != 0 {
		t.Errorf("events were made: %v", got)
	}
}
