package llm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"certflow/internal/certificate"
	"certflow/internal/llm"
)

// of wraps the body of a certificate into an answer.
func of(body string) string {
	return `{"document":"certificate_of_liability_insurance","certificate":` + body + `}`
}

func ofGL(fields string) string {
	return of(`{"coverages":{"commercial_general_liability":{"policy_number_string":"GL 1",` + fields + `}}}`)
}

func TestAnAnswerIsTakenByItsTypesOnly(t *testing.T) {
	t.Parallel()
	const eachOccurrence = gl + ".limits.each_occurrence_dollars"
	limit := func(v string) string { return ofGL(`"limits":{"each_occurrence_dollars":` + v + `}`) }
	for _, tt := range []struct {
		name, answer, path string
		want               any // nil: null
		problem            string
	}{
		{"an amount", limit(`1000000`), eachOccurrence, certificate.Dollars(1_000_000), ""},
		{"no amount", limit(`null`), eachOccurrence, nil, ""},
		{"an amount of nothing", limit(`0`), eachOccurrence, certificate.Dollars(0), ""},
		{"an amount as text", limit(`"1,000,000"`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"an amount with cents", limit(`1000000.5`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"an amount with an exponent", limit(`1e6`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"an amount under zero", limit(`-5`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"an amount beyond all limits", limit(`1000000000000`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"an amount that is a box", limit(`true`), eachOccurrence, nil, "not an amount in whole dollars"},
		{"a date", ofGL(`"policy_effective_date":"1/5/2026"`), gl + ".policy_effective_date", date(t, "01/05/2026"), ""},
		{"an empty date", ofGL(`"policy_effective_date":" "`), gl + ".policy_effective_date", nil, ""},
		{"a date in words", ofGL(`"policy_effective_date":"January 5, 2026"`), gl + ".policy_effective_date", nil, "not a date as MM/DD/YYYY"},
		{"no day of the calendar", ofGL(`"policy_effective_date":"02/30/2026"`), gl + ".policy_effective_date", nil, "not a date as MM/DD/YYYY"},
		{"a date that is a number", ofGL(`"policy_effective_date":20260105`), gl + ".policy_effective_date", nil, "not a text"},
		{"a box", ofGL(`"occurrence":true`), gl + ".occurrence", true, ""},
		{"a box that is not ticked", ofGL(`"occurrence":false`), gl + ".occurrence", false, ""},
		{"a box as text", ofGL(`"occurrence":"X"`), gl + ".occurrence", nil, "not true or false"},
		{"a text on one line", of(`{"insured":{"name":"Larkspur\n  Masonry"}}`), "insured.name", "Larkspur Masonry", ""},
		{"a text that is a number", of(`{"insured":{"name":12}}`), "insured.name", nil, "not a text"},
		{"a text of nothing", of(`{"insured":{"name":"  "}}`), "insured.name", nil, ""},
		{"a text without end", of(`{"insured":{"name":"` + strings.Repeat("x", 500) + `"}}`), "insured.name", nil, "too long"},
		{"a text with a zero byte", of(`{"insured":{"name":"a\u0000b"}}`), "insured.name", nil, "holds characters that cannot be printed"},
		{"a text of half a character", of(`{"insured":{"name":"a\ud800b"}}`), "insured.name", nil, "holds characters that cannot be printed"},
		{"the lines of the description", of(`{"description_of_operations":{"text":"one\r\ntwo"}}`), "description_of_operations.text", "one\ntwo", ""},
		{"the form of an umbrella", of(`{"coverages":{"umbrella_excess_liability":{"form":"umbrella"}}}`), "coverages.umbrella_excess_liability.form", "umbrella", ""},
		{"an unknown form", of(`{"coverages":{"umbrella_excess_liability":{"policy_number_string":"U","form":"both"}}}`), "coverages.umbrella_excess_liability.form", nil, "not one of the values that the schema lists"},
		{"an insurer's letter", ofGL(`"insurer_letter":"A"`), gl + ".insurer_letter", "A", ""},
		{"two letters", ofGL(`"insurer_letter":"AB"`), gl + ".insurer_letter", nil, "not one of the values that the schema lists"},
		{"an insurer without a letter", of(`{"insurers":[{"letter":null,"name":"Alder Mutual"}]}`), "insurers", nil, "an insurer without a letter"},
		{"a party that is a text", of(`{"insured":"Larkspur"}`), "insured.name", nil, "not an object"},
		{"insurers that are no list", of(`{"insurers":{"letter":"A"}}`), "insurers", nil, "not a list"},
		{"an insurer that is a text", of(`{"insurers":["Alder Mutual"]}`), "insurers", nil, "not an object"},
		{"an unknown field", of(`{"approved":true,"insured":{"name":"Larkspur"}}`), "insured.name", "Larkspur", "an unknown field"},
		{"an unknown coverage", of(`{"coverages":{"flood":{"policy_number_string":"1"}}}`), "coverages.commercial_general_liability", nil, "an unknown field"},
		{"a coverage of nothing is not shown", of(`{"coverages":{"cyber_liability":{"policy_number_string":null,"claims_made":false,"limits":{},"additional_policies":[]}}}`), "coverages.cyber_liability", nil, ""},
		{"the autos in the schema's words", of(`{"coverages":{"automobile_liability":{"policy_number_string":"1","autos":["any_auto","any_auto","tanks"]}}}`), "coverages.automobile_liability.autos", []string{"any_auto"}, "not one of the values that the schema lists"},
		{"a further policy", ofGL(`"additional_policies":[{"policy_number_string":"GL 2"}]`), gl + ".additional_policies.0.policy_number_string", "GL 2", ""},
		{"a further policy's further policies", ofGL(`"additional_policies":[{"policy_number_string":"GL 2","additional_policies":[{"policy_number_string":"GL 3"}]}]`), gl + ".additional_policies.0.additional_policies", nil, "further policies of a further policy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, err := llm.Decode([]byte(tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			got, found := certificate.Lookup(&a.Certificate, tt.path)
			if !found {
				got = nil
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(certificate.Date{})); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			reasons := ""
			for _, p := range a.Problems {
				reasons += p.Reason + ";"
			}
			if (tt.problem == "") != (reasons == "") || !strings.Contains(reasons, tt.problem) {
				t.Errorf("problems %q, want %q", reasons, tt.problem)
			}
		})
	}
}

func TestAnAnswerOfAnotherOutlineIsMalformed(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		``, `null`, `[]`, `"certificate"`, `{}`, `{"document":"certificate_of_liability_insurance"}`, `{"document":"invoice","certificate":{}}`,
		`{"document":"certificate_of_liability_insurance","certificate":[]}`, of(`{}`) + `{}`, of(`{}`) + ` approved`, "```json\n" + of(`{}`) + "\n```", of(`{`),
	} {
		if _, err := llm.Decode([]byte(answer)); err == nil {
			t.Errorf("%q is taken", answer)
		}
	}
}

// TestWhatIsDecodedIsAlwaysACertificate gives Decode answers of the right outline with any values in them.
func TestWhatIsDecodedIsAlwaysACertificate(t *testing.T) {
	t.Parallel()
	fields := certificate.Fields()
	rapid.Check(t, func(t *rapid.T) {
		scalar := rapid.OneOf(rapid.Just[any](nil), rapid.Custom(func(t *rapid.T) any { return rapid.String().Draw(t, "text") }),
			rapid.Custom(func(t *rapid.T) any { return rapid.Int64().Draw(t, "number") }), rapid.Just[any](true), rapid.Just[any](1.5),
			rapid.Just[any]([]any{"any_auto", nil, 3}), rapid.Custom(func(t *rapid.T) any {
				return map[string]any{"letter": "A", "label": rapid.String().Draw(t, "label"), "amount_dollars": 5} // a new one each time: fields are put into it
			}), rapid.Just[any]("01/02/2026"))
		body := map[string]any{}
		for range rapid.IntRange(0, 30).Draw(t, "fields") {
			f := rapid.SampledFrom(fields).Draw(t, "field")
			at := body
			parts := strings.Split(f.Path, ".")
			for _, p := range parts[:len(parts)-1] {
				next, ok := at[p].(map[string]any)
				if !ok {
					next = map[string]any{}
					at[p] = next
				}
				at = next
			}
			at[parts[len(parts)-1]] = scalar.Draw(t, "value")
		}
		raw, err := json.Marshal(map[string]any{"document": "certificate_of_liability_insurance", "certificate": body})
		if err != nil {
			t.Fatal(err)
		}
		a, err := llm.Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		check(t, a)
	})
}

// fataler is what testing and rapid have in common.
type fataler interface {
	Fatalf(format string, args ...any)
}

// check holds what Decode promises of every answer.
func check(t fataler, a llm.Answer) {
	certificate.Walk(&a.Certificate, func(path string, v any) {
		switch v := v.(type) {
		case string:
			if v == "" || strings.ContainsRune(v, 0) {
				t.Fatalf("%s is %q", path, v)
			}
		case certificate.Dollars:
			if v < 0 || v > 999_999_999_999 {
				t.Fatalf("%s is %v", path, v)
			}
		case certificate.Date:
			if _, err := certificate.ParseDate(v.String()); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
	})
	if _, err := json.Marshal(a.Certificate); err != nil {
		t.Fatalf("%v", err)
	}
	for _, p := range a.Problems {
		if p.Reason == "" {
			t.Fatalf("a problem at %s without a reason", p.Path)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(says("2000000")))
	f.Add([]byte(of(`{"insurers":[{"letter":"A"}],"coverages":{"other":[{"label":"x","limits":[{"label":"y","amount_dollars":1}]}]}}`)))
	f.Add([]byte(`{"document":"other_document","certificate":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := llm.Decode(data)
		if err != nil {
			return
		}
		check(t, a)
	})
}

func date(t *testing.T, s string) certificate.Date {
	t.Helper()
	d, err := certificate.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
