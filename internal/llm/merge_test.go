package llm_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/llm"
	"certflow/internal/page"
	"certflow/internal/rules"
)

// modelRead is what a model that reads paper well makes of it.
func modelRead(t *testing.T) *certificate.Certificate {
	t.Helper()
	a, err := llm.Decode([]byte(says("2000000")))
	if err != nil {
		t.Fatal(err)
	}
	return &a.Certificate
}

// layoutRead is a reading of paper by a layout reader that was as sure as given of every value.
func layoutRead(t *testing.T, confidence float64) *certificate.Reading {
	t.Helper()
	c := modelRead(t)
	r := &certificate.Reading{Certificate: *c, Evidence: map[string]certificate.Evidence{}, Parser: certificate.Parser{Name: "acord", Version: "1"}}
	certificate.Walk(c, func(path string, _ any) {
		r.Evidence[path] = certificate.Evidence{Page: 1, Box: certificate.Box{1, 2, 3, 4}, Text: "print", Confidence: confidence, Source: certificate.Text}
	})
	return r
}

const (
	eachOccurrence = gl + ".limits.each_occurrence_dollars"
	medical        = gl + ".limits.medical_expense_dollars"
)

func dollars(n certificate.Dollars) *certificate.Dollars { return &n }

func text(s string) *string { return &s }

func TestTwoReadersOfOneField(t *testing.T) {
	t.Parallel()
	type side = func(*certificate.Reading, *certificate.Certificate)
	for _, tt := range []struct {
		name     string
		layout   float64 // how sure the layout reader was
		change   side
		path     string
		want     any // the merged value, nil for null
		from, to float64
		says     string // a part of the evidence's text
	}{
		{"agreement raises a doubtful value over the threshold", 0.7, nil, eachOccurrence, certificate.Dollars(1_000_000), 0.85, 0.95, ""},
		{"agreement does not save a value that the page contradicts", 0.5, nil, eachOccurrence, certificate.Dollars(1_000_000), 0.5, 0.849, ""},
		{"agreement makes nobody surer than sure", 0.99, nil, eachOccurrence, certificate.Dollars(1_000_000), 0.99, 0.99, ""},
		{"a value that stands nowhere stays so", 0, nil, eachOccurrence, certificate.Dollars(1_000_000), 0, 0, ""},
		{"agreement on a name goes by its letters", 0.7, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Insured.Name = text("LARKSPUR MASONRY, L.L.C.")
		},
			"insured.name", "Larkspur Masonry LLC", 0.85, 0.95, ""},
		{"disagreement on a limit leaves it uncertain", 0.97, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(2_000_000)
		}, eachOccurrence, certificate.Dollars(1_000_000), 0.1, 0.5, "the language model read: $2,000,000"},
		{"agreement on the amount of another limit confirms nothing", 0.75, func(r *certificate.Reading, m *certificate.Certificate) {
			r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(2_000_000)
			m.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(2_000_000)
		}, eachOccurrence, certificate.Dollars(2_000_000), 0.1, 0.75, ""},
		{"agreement on the date of another column confirms nothing", 0.75, func(r *certificate.Reading, m *certificate.Certificate) {
			r.Certificate.Coverages.GeneralLiability.Expiration = r.Certificate.Coverages.GeneralLiability.Effective
			m.Coverages.GeneralLiability.Expiration = m.Coverages.GeneralLiability.Effective
		}, gl + ".policy_expiration_date", date(t, "01/15/2026"), 0.1, 0.75, ""},
		{"disagreement on a name leaves it uncertain", 0.97, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Insured.Name = text("Larkspur Roofing LLC")
		},
			"insured.name", "Larkspur Masonry LLC", 0.1, 0.5, "Larkspur Roofing"},
		{"disagreement on a box leaves it uncertain", 0.9, func(r *certificate.Reading, m *certificate.Certificate) {
			yes := true
			m.Coverages.GeneralLiability.ClaimsMade = &yes
		}, gl + ".claims_made", false, 0.1, 0.5, "read: yes"},
		{"an address in other order is no disagreement", 0.9, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Insured.Address = text("Port Maren, OR 97999, 9 Kiln Lane")
		}, "insured.address", "9 Kiln Lane, Port Maren, OR 97999", 0.9, 0.9, ""},
		{"what only the layout reader read stays as it was", 0.9, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Coverages.GeneralLiability.Limits.EachOccurrence = nil
		}, eachOccurrence, certificate.Dollars(1_000_000), 0.9, 0.9, ""},
		{"what only the model read is taken where it stands beside its label", 0.9, func(r *certificate.Reading, _ *certificate.Certificate) {
			r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = nil
			delete(r.Evidence, eachOccurrence)
		}, eachOccurrence, certificate.Dollars(1_000_000), 0.85, 0.9, "1,000,000"},
		{"what only the model read is doubted where it stands beside another label", 0.9, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Coverages.GeneralLiability.Limits.MedicalExpense = dollars(2_000_000)
		}, medical, certificate.Dollars(2_000_000), 0.1, 0.8, ""},
		{"what only the model read and no page shows is kept and not believed", 0.9, func(_ *certificate.Reading, m *certificate.Certificate) {
			m.Coverages.GeneralLiability.Limits.MedicalExpense = dollars(15_000)
		}, medical, certificate.Dollars(15_000), 0, 0, ""},
		{"where something else is printed the model's claim is doubted", 0.9, func(r *certificate.Reading, _ *certificate.Certificate) {
			r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = nil
			r.Evidence[eachOccurrence] = certificate.Evidence{Page: 1, Text: "Included", Confidence: 0.5}
		}, eachOccurrence, certificate.Dollars(1_000_000), 0.1, 0.5, "Included (the language model read: $1,000,000)"},
		{"where something else is printed an invented claim is not taken", 0.9, func(r *certificate.Reading, m *certificate.Certificate) {
			r.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = nil
			r.Evidence[eachOccurrence] = certificate.Evidence{Page: 1, Text: "Included", Confidence: 0.5}
			m.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(3_000_000)
		}, eachOccurrence, nil, 0.5, 0.5, "Included"},
		{"a box that only the model saw is never certain", 0.9, func(r *certificate.Reading, m *certificate.Certificate) {
			yes := true
			m.Coverages.GeneralLiability.AdditionalInsured = &yes
		}, gl + ".additional_insured", true, 0, 0.8, ""},
		{"an empty box stays null", 0.9, func(r *certificate.Reading, m *certificate.Certificate) {
			no := false
			m.Coverages.GeneralLiability.AdditionalInsured = &no
		}, gl + ".additional_insured", nil, 0, 0, ""},
		{"a value without evidence gains none", 0.9, func(r *certificate.Reading, _ *certificate.Certificate) { delete(r.Evidence, eachOccurrence) },
			eachOccurrence, certificate.Dollars(1_000_000), 0, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			layout, model := layoutRead(t, tt.layout), modelRead(t)
			if tt.change != nil {
				tt.change(layout, model)
			}
			merged := llm.Merge(layout, model, pages())
			got, found := certificate.Lookup(&merged.Certificate, tt.path)
			if !found {
				got = nil
			}
			if got != tt.want {
				t.Errorf("value %v, want %v", got, tt.want)
			}
			e := merged.Evidence[tt.path]
			if e.Confidence < tt.from || e.Confidence > tt.to || !strings.Contains(e.Text, tt.says) {
				t.Errorf("evidence %+v, want a confidence of %v to %v and %q", e, tt.from, tt.to, tt.says)
			}
			if merged.Parser != (certificate.Parser{Name: "acord + anthropic/claude-x", Version: "1 + prompt 1"}) {
				t.Errorf("parser %v", merged.Parser)
			}
		})
	}
}

func TestWhatTheReadersDisagreeAboutCarriesNoRuleWhateverTheThreshold(t *testing.T) {
	t.Parallel()
	const rule = `[{"name":"Limit","path":"coverages.commercial_general_liability.limits","check":"minimum","value":{"each_occurrence_dollars":1000000}}]`
	layout, model := layoutRead(t, 0.97), modelRead(t)
	model.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(2_000_000)
	v := judgedAt(t, llm.Merge(layout, model, pages()), rule, 0.5)
	if v.Status != rules.Flagged || !strings.Contains(v.Results[0].Message, "the language model read $2,000,000 there") {
		t.Errorf("where both read a limit: %s, %+v", v.Status, v.Results)
	}
	layout, model = layoutRead(t, 0.97), modelRead(t)
	layout.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence = nil
	layout.Evidence[eachOccurrence] = certificate.Evidence{Page: 1, Text: "Included", Confidence: 0.5}
	v = judgedAt(t, llm.Merge(layout, model, pages()), rule, 0.5)
	if v.Status != rules.Flagged || !strings.Contains(v.Results[0].Message, `the layout reader read "Included" there`) {
		t.Errorf("where one read no amount: %s, %+v", v.Status, v.Results)
	}
}

// TestAModelThatLeavesOutAPolicyMakesNoOthersLast has a model keep silent about an expired policy that the page shows.
func TestAModelThatLeavesOutAPolicyMakesNoOthersLast(t *testing.T) {
	t.Parallel()
	const rule = `[{"name":"In force","path":"coverages","check":"not_expired","days":0}]`
	if v := judgedAt(t, llm.Merge(nil, modelRead(t), pages()), rule, 0.85); v.Status != rules.Approved {
		t.Fatalf("without such a policy: %s, %+v", v.Status, v.Results)
	}
	p := typed(strings.Replace(paper, "DESCRIPTION OF", "AUTOMOBILE LIABILITY\n  Expiration Date: 01/15/2025\nDESCRIPTION OF", 1))
	v := judgedAt(t, llm.Merge(nil, modelRead(t), []page.Page{p}), rule, 0.5)
	if v.Status != rules.Flagged || !strings.Contains(v.Results[0].Message, "page 1 shows a policy that the language model left out, which expires on 01/15/2025") {
		t.Errorf("with one: %s, %+v", v.Status, v.Results)
	}
}

func TestItemsOfListsMeetByWhatTheySay(t *testing.T) {
	t.Parallel()
	decode := func(body string) *certificate.Certificate {
		a, err := llm.Decode([]byte(of(body)))
		if err != nil {
			t.Fatal(err)
		}
		return &a.Certificate
	}
	layout := decode(`{"insurers":[{"letter":"A","name":"Alder Mutual"},{"letter":"C","name":"Brant Casualty"}],
		"coverages":{"automobile_liability":{"policy_number_string":"BA 1","autos":["any_auto"]},
			"other":[{"label":"Pollution","limits":[{"label":"Each loss","amount_dollars":250000}]}]},
		"description_of_operations":{"additional_insured_names":["Fernhill Estates"]}}`)
	model := decode(`{"insurers":[{"letter":"C","name":"Brant Casualty"},{"letter":"B","name":"Cedar Re"},{"letter":"A","name":"Alder Mutual"}],
		"coverages":{"automobile_liability":{"policy_number_string":"BA 1","autos":["hired_autos_only","any_auto"]},
			"other":[{"label":"Installation","limits":[]},{"label":"POLLUTION","limits":[{"label":"Aggregate","amount_dollars":500000},{"label":"Each Loss","amount_dollars":300000}]}]},
		"description_of_operations":{"additional_insured_names":["Larch Homes","FERNHILL ESTATES"]}}`)
	reading := &certificate.Reading{Certificate: *layout, Evidence: map[string]certificate.Evidence{}}
	certificate.Walk(layout, func(path string, _ any) {
		reading.Evidence[path] = certificate.Evidence{Page: 1, Text: "print", Confidence: 0.9}
	})
	merged := llm.Merge(reading, model, pages())
	got := map[string]any{}
	certificate.Walk(&merged.Certificate, func(path string, v any) { got[path] = v })
	want := map[string]any{
		"insurers.0.letter": "A", "insurers.0.name": "Alder Mutual", "insurers.1.letter": "C", "insurers.1.name": "Brant Casualty",
		"insurers.2.letter": "B", "insurers.2.name": "Cedar Re",
		"coverages.automobile_liability.policy_number_string": "BA 1",
		"coverages.automobile_liability.autos.0":              "any_auto", "coverages.automobile_liability.autos.1": "hired_autos_only",
		"coverages.other.0.label": "Pollution", "coverages.other.0.limits.0.label": "Each loss", "coverages.other.0.limits.0.amount_dollars": certificate.Dollars(250_000),
		"coverages.other.0.limits.1.label": "Aggregate", "coverages.other.0.limits.1.amount_dollars": certificate.Dollars(500_000),
		"coverages.other.1.label":                              "Installation",
		"description_of_operations.additional_insured_names.0": "Fernhill Estates", "description_of_operations.additional_insured_names.1": "Larch Homes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if e := merged.Evidence["coverages.other.0.limits.0.amount_dollars"]; e.Confidence > 0.5 {
		t.Errorf("a limit on which the readers disagree has %+v", e)
	}
	if e := merged.Evidence["insurers.1.name"]; e.Confidence <= 0.9 {
		t.Errorf("a name on which the readers agree has %+v", e)
	}
	for path := range got {
		if _, ok := certificate.EvidenceAt(merged.Evidence, path); !ok {
			t.Errorf("no evidence for %s", path)
		}
	}
}

func TestMergingChangesNeitherReading(t *testing.T) {
	t.Parallel()
	layout, model := layoutRead(t, 0.7), modelRead(t)
	model.Coverages.GeneralLiability.Limits.EachOccurrence = dollars(2_000_000)
	llm.Merge(layout, model, pages())
	if diff := cmp.Diff(layoutRead(t, 0.7), layout, cmp.AllowUnexported(certificate.Date{})); diff != "" {
		t.Errorf("the layout reader's (-before +after):\n%s", diff)
	}
}

func TestWhatOnlyAModelReadIsBoundedHoweverWellItStands(t *testing.T) {
	t.Parallel()
	r := llm.Merge(nil, modelRead(t), pages())
	for path, e := range r.Evidence {
		if e.Confidence > 0.9 {
			t.Errorf("%s: %+v", path, e)
		}
	}
	if e := r.Evidence[eachOccurrence]; e.Confidence < grounding.Certain {
		t.Errorf("a limit beside its label: %+v", e)
	}
}
