package certificate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
)

// twoPolicies shows a general liability row with two further policies, an automobile row, an unnamed coverage and an
// insurer without a name.
func twoPolicies(t *testing.T) *certificate.Certificate {
	t.Helper()
	const text = `{
		"form": {"name": "ACORD 25"},
		"certificate_date": "01/07/2025",
		"insured": {"name": "Larkspur Masonry LLC"},
		"insurers": [{"letter": "A", "name": "Alder Mutual", "naic": "10001"}, {"letter": "C", "name": null}],
		"coverages": {
			"commercial_general_liability": {
				"policy_number_string": "GL 1", "policy_expiration_date": "06/30/2026", "occurrence": false,
				"limits": {"each_occurrence_dollars": 1000000},
				"additional_policies": [
					{"policy_number_string": "GL 2", "limits": {"each_occurrence_dollars": 500000}},
					{"policy_number_string": "GL 3", "limits": {}}
				]},
			"automobile_liability": {"autos": ["any_auto"], "limits": {}},
			"other": [{"label": "Pollution", "policy_number_string": "P 1", "limits": [{"label": "Each loss", "amount_dollars": 250000}]}]
		},
		"description_of_operations": {"signature": true, "additional_insured_names": ["Fernhill Estates"]}
	}`
	var c certificate.Certificate
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

func TestLookup(t *testing.T) {
	t.Parallel()
	c := twoPolicies(t)
	date, err := certificate.ParseDate("06/30/2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       any
		found      bool
	}{
		{"a limit is dollars", "coverages.commercial_general_liability.limits.each_occurrence_dollars", certificate.Dollars(1000000), true},
		{"a null limit is not found", "coverages.commercial_general_liability.limits.medical_expense_dollars", nil, false},
		{"a field of an embedded policy is found", "coverages.commercial_general_liability.policy_number_string", "GL 1", true},
		{"a date is a Date", "coverages.commercial_general_liability.policy_expiration_date", date, true},
		{"a box that is false is found", "coverages.commercial_general_liability.occurrence", false, true},
		{"a further policy of a row is found by number", "coverages.commercial_general_liability.additional_policies.0.limits.each_occurrence_dollars", certificate.Dollars(500000), true},
		{"a further policy that is not there is not found", "coverages.commercial_general_liability.additional_policies.2", nil, false},
		{"an absent coverage is not found", "coverages.workers_compensation", nil, false},
		{"nothing is found inside an absent coverage", "coverages.workers_compensation.limits.each_accident_dollars", nil, false},
		{"an item of a list of objects is found", "insurers.0.naic", "10001", true},
		{"a letter without a pointer is found", "insurers.1.letter", "C", true},
		{"a null in an item is not found", "insurers.1.name", nil, false},
		{"an item of a list of texts is found", "coverages.automobile_liability.autos.0", "any_auto", true},
		{"a list is given whole", "description_of_operations.additional_insured_names", []string{"Fernhill Estates"}, true},
		{"a limit of another coverage is found", "coverages.other.0.limits.0.amount_dollars", certificate.Dollars(250000), true},
		{"a signed number is no item", "insurers.+0.naic", nil, false},
		{"a number with leading zeros is no item", "insurers.00.naic", nil, false},
		{"a path of nothing is not found", "", nil, false},
		{"a path through a scalar is not found", "certificate_date.year", nil, false},
		{"a path that ends in a dot is not found", "insured.", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, found := certificate.Lookup(c, tt.path)
			if found != tt.found {
				t.Fatalf("found = %v, want %v", found, tt.found)
			}
			if !found {
				return
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(certificate.Date{})); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFieldAt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path string
		want       certificate.Kind
		canonical  string
	}{
		{"the coverage table", "coverages", certificate.KindCoverages, "coverages"},
		{"a coverage", "coverages.cyber_liability", certificate.KindCoverage, "coverages.cyber_liability"},
		{"limits", "coverages.cyber_liability.limits", certificate.KindLimits, "coverages.cyber_liability.limits"},
		{"a party", "certificate_holder", certificate.KindParty, "certificate_holder"},
		{"text of the description", "description_of_operations.text", certificate.KindText, "description_of_operations.text"},
		{"the form of an umbrella", "coverages.umbrella_excess_liability.form", certificate.KindText, "coverages.umbrella_excess_liability.form"},
		{"a list", "insurers", certificate.KindList, "insurers"},
		{"an item of a list", "insurers.3", certificate.KindInsurer, "insurers.*"},
		{"a row of the free part", "coverages.other.1", certificate.KindCoverage, "coverages.other.*"},
		{"a further policy is the row", "coverages.cyber_liability.additional_policies.4.policy_effective_date", certificate.KindDate, "coverages.cyber_liability.policy_effective_date"},
		{"a further policy of a further policy is the row", "coverages.cyber_liability.additional_policies.0.additional_policies.1.limits", certificate.KindLimits, "coverages.cyber_liability.limits"},
		{"an unknown path is refused", "coverages.commercial_general_liability.limit", "", ""},
		{"a star is refused", "insurers.*.name", "", ""},
		{"another case is refused", "Coverages", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := certificate.FieldAt(tt.path)
			if ok != (tt.want != "") || got.Kind != tt.want || got.Path != tt.canonical {
				t.Errorf("FieldAt(%q) = %q at %q, %v; want %q at %q", tt.path, got.Kind, got.Path, ok, tt.want, tt.canonical)
			}
		})
	}
}

func TestWalkVisitsEveryShownScalarWithTheValueThatLookupGives(t *testing.T) {
	t.Parallel()
	c := twoPolicies(t)
	var paths []string
	certificate.Walk(c, func(path string, value any) {
		paths = append(paths, path)
		got, found := certificate.Lookup(c, path)
		if !found || !cmp.Equal(got, value, cmp.AllowUnexported(certificate.Date{})) {
			t.Errorf("Lookup(%q) = %v, %v; Walk gave %v", path, got, found, value)
		}
		if f, ok := certificate.FieldAt(path); !ok || !f.Scalar() {
			t.Errorf("FieldAt(%q) = %v, %v; want a scalar", path, f.Kind, ok)
		}
	})
	want := []string{
		"form.name", "certificate_date", "insured.name",
		"insurers.0.letter", "insurers.0.name", "insurers.0.naic", "insurers.1.letter",
		"coverages.commercial_general_liability.policy_number_string",
		"coverages.commercial_general_liability.policy_expiration_date",
		"coverages.commercial_general_liability.occurrence",
		"coverages.commercial_general_liability.limits.each_occurrence_dollars",
		"coverages.commercial_general_liability.additional_policies.0.policy_number_string",
		"coverages.commercial_general_liability.additional_policies.0.limits.each_occurrence_dollars",
		"coverages.commercial_general_liability.additional_policies.1.policy_number_string",
		"coverages.automobile_liability.autos.0",
		"coverages.other.0.label", "coverages.other.0.policy_number_string",
		"coverages.other.0.limits.0.label", "coverages.other.0.limits.0.amount_dollars",
		"description_of_operations.signature", "description_of_operations.additional_insured_names.0",
	}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

// TestFieldsAreTheKeysOfTheJSONForm holds the schema against what encoding/json writes, so that a path never names
// something that a client does not see.
func TestFieldsAreTheKeysOfTheJSONForm(t *testing.T) {
	t.Parallel()
	full := `{"insurers":[{}],"coverages":{"commercial_general_liability":{},"automobile_liability":{"autos":["x"]},
		"umbrella_excess_liability":{},"workers_compensation":{},"professional_liability":{},"cyber_liability":{},
		"criminal_liability":{},"liquor_liability":{},"other":[{"limits":[{}]}]},
		"description_of_operations":{"additional_insured_names":["x"]}}`
	var c certificate.Certificate
	if err := json.Unmarshal([]byte(full), &c); err != nil {
		t.Fatal(err)
	}
	written, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(written, &tree); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	var keys func(prefix string, v any)
	keys = func(prefix string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, child := range v {
				want[prefix+k] = true
				keys(prefix+k+".", child)
			}
		case []any:
			want[prefix+"*"] = true
			keys(prefix+"*.", v[0])
		}
	}
	keys("", tree)
	got := map[string]bool{}
	for _, f := range certificate.Fields() {
		if f.Name != "additional_policies" { // left out of the JSON form where there are none
			got[f.Path] = true
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths (-JSON +schema):\n%s", diff)
	}
}

func TestPoliciesAndRowsNameEveryPolicyThatIsShown(t *testing.T) {
	t.Parallel()
	c := twoPolicies(t)
	const gl = "coverages.commercial_general_liability"
	if diff := cmp.Diff([]string{gl, gl + ".additional_policies.0", gl + ".additional_policies.1"}, certificate.Policies(c, gl)); diff != "" {
		t.Errorf("policies (-want +got):\n%s", diff)
	}
	if got := certificate.Policies(c, "coverages.cyber_liability"); got != nil {
		t.Errorf("an absent row has the policies %v", got)
	}
	if got := certificate.Policies(c, "insured"); got != nil {
		t.Errorf("the insured has the policies %v", got)
	}
	if diff := cmp.Diff([]string{"coverages.other.0"}, certificate.Policies(c, "coverages.other.0")); diff != "" {
		t.Errorf("policies of another coverage (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{gl, "coverages.automobile_liability", "coverages.other.0"}, certificate.Rows(c)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	evidence := map[string]certificate.Evidence{
		"coverages.automobile_liability.autos": {Page: 1, Confidence: 0.9},
		"insurers.0.name":                      {Page: 2, Confidence: 0.8},
		"insurers.0":                           {Page: 3, Confidence: 0.7},
		"insured.name":                         {Page: 1, Confidence: 1},
		"insured_other":                        {Page: 9, Confidence: 1},
	}
	for _, tt := range []struct {
		name, path string
		page       int
	}{
		{"a path has its own evidence", "insurers.0.name", 2},
		{"an item of a list of texts rests on its list's evidence", "coverages.automobile_liability.autos.1", 1},
		{"a field of an item does not rest on the item's evidence", "insurers.0.naic", 0},
		{"a field does not rest on its holder's evidence", "insured.name.first", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, ok := certificate.EvidenceAt(evidence, tt.path)
			if e.Page != tt.page || ok != (tt.page > 0) {
				t.Errorf("page %d, %v; want %d", e.Page, ok, tt.page)
			}
		})
	}
	if diff := cmp.Diff([]string{"insured.name"}, certificate.EvidenceUnder(evidence, "insured")); diff != "" {
		t.Errorf("evidence under insured (-want +got):\n%s", diff)
	}
}

func TestEveryFieldHasALabelWithoutUnderscores(t *testing.T) {
	t.Parallel()
	for _, f := range certificate.Fields() {
		label := certificate.Label(strings.ReplaceAll(f.Path, "*", "0"))
		if label == "" || strings.ContainsAny(label, "_.*") {
			t.Errorf("%s is labelled %q", f.Path, label)
		}
	}
	if got := certificate.Label("coverages.no_such"); got != "coverages.no_such" {
		t.Errorf("an unknown path is labelled %q", got)
	}
}
