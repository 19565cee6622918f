package console_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"certflow/api"
)

// The console offers what the API takes: an event or a check that was added to the one alone could not be chosen, or would be refused.
func TestTheConsoleKnowsWhatTheAPITakes(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData(api.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	enum := func(schema *openapi3.Schema) []string {
		var values []string
		for _, v := range schema.Enum {
			values = append(values, v.(string))
		}
		slices.Sort(values)
		return values
	}
	schemas := doc.Components.Schemas
	events := enum(schemas["EventType"].Value)
	if diff := cmp.Diff(events, quotedIn(t, "web/src/schema.ts", `(?s)export const eventTypes = \[(.*?)\]`)); diff != "" {
		t.Errorf("events of the API and of the console (-api +console):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{"*"}, events...), enum(schemas["EventSubscription"].Value.Items.Value)); diff != "" {
		t.Errorf("events, and those that an endpoint may ask for:\n%s", diff)
	}
	checks := enum(schemas["Rule"].Value.Properties["check"].Value)
	if diff := cmp.Diff(checks, quotedIn(t, "web/src/schema.ts", `(?s)export type Check =(.*?)\nexport`)); diff != "" {
		t.Errorf("checks of the API and of the console (-api +console):\n%s", diff)
	}
	if diff := cmp.Diff(checks, quotedIn(t, "../internal/rules/rules.go", `(?s)The checks of CONTRACT §5\.\nconst \((.*?)\n\)`)); diff != "" {
		t.Errorf("checks of the API and of the rules (-api +rules):\n%s", diff)
	}
}

// quotedIn are the quoted texts of a part of a source file, sorted.
func quotedIn(t *testing.T, file, part string) []string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(part).FindSubmatch(source)
	if found == nil {
		t.Fatalf("%s has nothing like %s", file, part)
	}
	var values []string
	for _, quoted := range regexp.MustCompile(`['"]([a-z_.]+)['"]`).FindAllSubmatch(found[1], -1) {
		values = append(values, string(quoted[1]))
	}
	slices.Sort(values)
	return values
}
