package llm_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/llm"
)

// TestTheSchemaAsksForEveryFieldAndNoOther holds the JSON schema against the schema of certificates, and against what servers with
// strict structured outputs ask for.
func TestTheSchemaAsksForEveryFieldAndNoOther(t *testing.T) {
	t.Parallel()
	var root map[string]any
	if err := json.Unmarshal(llm.AnswerSchema(), &root); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	var walk func(path string, schema map[string]any)
	walk = func(path string, schema map[string]any) {
		if choices, ok := schema["anyOf"].([]any); ok {
			schema, _ = choices[0].(map[string]any)
		}
		if items, ok := schema["items"].(map[string]any); ok {
			got[path+".*"] = true
			walk(path+".*", items)
			return
		}
		properties, ok := schema["properties"].(map[string]any)
		if !ok {
			return
		}
		if schema["additionalProperties"] != false {
			t.Errorf("%s: further fields are allowed", path)
		}
		var required []string
		list, _ := schema["required"].([]any)
		for _, r := range list {
			name, _ := r.(string)
			required = append(required, name)
		}
		slices.Sort(required)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(properties)), required); diff != "" {
			t.Errorf("%s: required (-properties +required):\n%s", path, diff)
		}
		for name, child := range properties {
			at := name
			if path != "" {
				at = path + "." + name
			}
			got[at] = true
			c, _ := child.(map[string]any)
			walk(at, c)
		}
	}
	body, _ := root["properties"].(map[string]any)["certificate"].(map[string]any)
	walk("", body)
	want := map[string]bool{}
	for _, f := range certificate.Fields() {
		want[f.Path] = true
		if f.Name == "additional_policies" { // Fields leaves out their items, which have the fields of the row
			row := f.Path[:len(f.Path)-len(".additional_policies")]
			for _, g := range certificate.Fields() {
				if len(g.Path) > len(row)+1 && g.Path[:len(row)+1] == row+"." && g.Name != "additional_policies" {
					want[f.Path+".*"+g.Path[len(row):]] = true
				}
			}
			want[f.Path+".*"] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths (-certificate +schema):\n%s", diff)
	}
	if n := len(llm.AnswerSchema()); n > 32_000 {
		t.Errorf("the schema has %d bytes, which models read with every certificate", n)
	}
}
