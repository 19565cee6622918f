package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"certflow/internal/certificate"
	"certflow/internal/rules"
)

// cloneInput copies an input through its JSON form, so that a property can change one and keep the other.
func cloneInput(t *rapid.T, in rules.Input) rules.Input {
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out rules.Input
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// drawInput draws a certificate that is often close to passing, with evidence that is often sure, and a requirement.
func drawInput(t *rapid.T) rules.Input {
	in := rules.Input{
		Certificate: drawCertificate(t),
		Evidence:    map[string]certificate.Evidence{},
		Contractor: rules.Contractor{
			FirstName: drawText(t, "first", "Dana", "Placeholder", ""), LastName: drawText(t, "last", "Whitlock", "7"),
			MiddleName: drawText(t, "middle", "", "Ruth"), CompanyName: drawText(t, "company", "Larkspur Masonry LLC", ""),
			Placeholder: rapid.Bool().Draw(t, "placeholder"),
		},
		Today:    drawDate(t, "today"),
		Settings: rules.Settings{ConfidenceThreshold: rapid.SampledFrom([]float64{0, 0.5, 0.8, 1}).Draw(t, "threshold")},
	}
	certificate.Walk(&in.Certificate, func(path string, value any) {
		c := rapid.SampledFrom([]float64{1, 1, 1, 1, 1, 1, 0.8, 0.79, 0.3, 0}).Draw(t, "confidence of "+path)
		in.Evidence[path] = certificate.Evidence{Page: 1, Text: fmt.Sprint(value), Confidence: c, Source: certificate.OCR}
	})
	n := rapid.IntRange(1, 6).Draw(t, "rules")
	for i := range n {
		r := drawRule(t)
		r.Name = fmt.Sprintf("Rule %d", i+1)
		in.Requirement.Rules = append(in.Requirement.Rules, r)
	}
	return in
}

func drawText(t *rapid.T, label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(t, label)
}

func drawDate(t *rapid.T, label string) certificate.Date {
	s := rapid.SampledFrom([]string{"01/14/2026", "01/15/2026", "01/16/2026", "07/01/2025", "07/01/2026"}).Draw(t, label)
	d, err := certificate.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// drawCertificate draws the JSON form of a certificate, in which any value may be null, any coverage absent, and a row may
// show several policies.
func drawCertificate(t *rapid.T) certificate.Certificate {
	tree := map[string]any{}
	for _, f := range certificate.Fields() {
		if !strings.Contains(f.Path, ".") {
			tree[f.Name] = drawField(t, f, f.Path, 0)
		}
	}
	data, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var c certificate.Certificate
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return c
}

func drawField(t *rapid.T, f certificate.Field, path string, depth int) any {
	// Values are shown nine times in ten, and rows nearly always, so that rules often pass.
	absent := rapid.IntRange(0, 9).Draw(t, "absent "+path) == 9
	if absent && f.Kind != certificate.KindLimits && f.Name != "letter" {
		return nil
	}
	switch f.Kind {
	case certificate.KindText:
		return drawText(t, path, "Larkspur Masonry LLC", "Dana Whitlock", "Fernhill Estates LLC", "umbrella", "any_auto",
			"Fernhill Estates LLC is an additional insured.", "Fernhill Estates LLC is not an additional insured.", " ")
	case certificate.KindDate:
		return drawDate(t, path)
	case certificate.KindDollars:
		return rapid.SampledFrom([]int{0, 500000, 999999, 1000000, 2000000}).Draw(t, path)
	case certificate.KindBool:
		return rapid.Bool().Draw(t, path)
	case certificate.KindList:
		items := []any{}
		most := 2
		if f.Name == "additional_policies" {
			most = max(0, 1-depth)
		}
		item, _ := certificate.FieldAt(f.Path + ".0")
		for i := range rapid.IntRange(0, most).Draw(t, "items of "+path) {
			v := drawField(t, item, fmt.Sprintf("%s.%d", path, i), depth+1)
			if v == nil {
				continue
			}
			items = append(items, v)
		}
		return items
	}
	out := map[string]any{}
	for _, child := range f.Fields() {
		out[child.Name] = drawField(t, child, path+"."+child.Name, depth)
	}
	return out
}

// fields are the paths of the schema that a rule may name, by kind.
func fields(keep func(certificate.Field) bool) []string {
	var out []string
	for _, f := range certificate.Fields() {
		if !strings.Contains(f.Path, "*") && f.Name != "additional_policies" && keep(f) {
			out = append(out, f.Path)
		}
	}
	return out
}

func drawRule(t *rapid.T) rules.Rule {
	check := rapid.SampledFrom([]rules.Check{rules.Required, rules.Minimum, rules.NotExpired, rules.Effective, rules.NameMatches,
		rules.ContainsName, rules.Equals, rules.Expression}).Draw(t, "check")
	r := rules.Rule{Check: check, Severity: rapid.SampledFrom([]rules.Severity{rules.Standard, rules.Critical}).Draw(t, "severity")}
	at := func(paths []string) { r.Path = rapid.SampledFrom(paths).Draw(t, "path") }
	value := func(v any) {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		r.Value = data
	}
	amount := rapid.SampledFrom([]int{0, 500000, 1000000, 1500000, 3000000})
	switch check {
	case rules.Required:
		at(fields(func(certificate.Field) bool { return true }))
	case rules.Minimum:
		at(fields(func(f certificate.Field) bool { return f.Kind == certificate.KindLimits }))
		f, _ := certificate.FieldAt(r.Path)
		least := map[string]int{}
		for _, limit := range f.Fields() {
			if rapid.Bool().Draw(t, limit.Name) {
				least[limit.Name] = amount.Draw(t, "least")
			}
		}
		least[f.Fields()[0].Name] = amount.Draw(t, "least")
		value(least)
		r.Umbrella = !strings.Contains(r.Path, "umbrella") && rapid.Bool().Draw(t, "umbrella")
	case rules.NotExpired:
		at(append(fields(func(f certificate.Field) bool { return f.Name == "policy_expiration_date" }), "coverages", "coverages"))
		r.Days = rapid.SampledFrom([]int{0, 1, 30}).Draw(t, "days")
	case rules.Effective:
		at(append(fields(func(f certificate.Field) bool { return f.Kind == certificate.KindCoverage }), "coverages"))
	case rules.NameMatches:
		at([]string{"insured.name", "certificate_holder", "coverages.commercial_general_liability.insurer_name"})
		value(rapid.SampledFrom([]any{"contractor", []string{"Dana Whitlock", "Fernhill Estates"}}).Draw(t, "names"))
	case rules.ContainsName:
		r.Path = "description_of_operations"
		value([]string{"Fernhill Estates", "Larkspur Masonry"})
		r.Where = rapid.SampledFrom([]rules.Places{nil, {rules.Text}, {rules.Holder}, {rules.Names, rules.Text, rules.Holder}}).Draw(t, "where")
	case rules.Equals:
		at(fields(func(f certificate.Field) bool { return f.Scalar() || f.Item == certificate.KindText }))
		f, _ := certificate.FieldAt(r.Path)
		value(map[certificate.Kind]any{certificate.KindText: "umbrella", certificate.KindDate: "07/01/2025", certificate.KindDollars: 1000000,
			certificate.KindBool: rapid.Bool().Draw(t, "box"), certificate.KindList: []string{"any_auto"}}[f.Kind])
	case rules.Expression:
		value(drawExpression(t, 3))
	}
	return r
}

// drawExpression draws an expression that gives a bool.
func drawExpression(t *rapid.T, depth int) string {
	if depth > 0 && rapid.Bool().Draw(t, "deeper") {
		a, b := drawExpression(t, depth-1), drawExpression(t, depth-1)
		return rapid.SampledFrom([]string{
			"(" + a + " && " + b + ")", "(" + a + " || " + b + ")", "!(" + a + ")", "(" + a + " ? " + b + " : " + a + ")",
			"(" + a + ") == (" + b + ")", "(" + a + ") != (" + b + ")", "[" + a + ", " + b + "].exists(x, x)", "[" + a + ", " + b + "].all(x, !x)",
			"[" + a + "].filter(x, x).size() == 0",
		}).Draw(t, "operator")
	}
	path := rapid.SampledFrom(fields(certificate.Field.Scalar)).Draw(t, "field")
	f, _ := certificate.FieldAt(path)
	v := "certificate." + path
	var all []string
	switch f.Kind {
	case certificate.KindText:
		all = []string{v + ` == "umbrella"`, v + ` != "umbrella"`, "!" + v + `.contains("a")`, "size(" + v + ") > 3", `!(` + v + ` in ["x", "umbrella"])`, v + ` != contractor.company_name`}
	case certificate.KindDate:
		all = []string{v + " >= today", v + " != today", v + " < today + days(30)", v + ` == date("07/01/2025")`}
	case certificate.KindDollars:
		all = []string{v + " >= 1000000", v + " != 0", v + " < 1000000", "1000000 / " + v + " >= 1", v + " in [500000, 1000000]"}
	case certificate.KindBool:
		all = []string{v, "!" + v, v + " == false", v + " != true"}
	}
	all = append(all, "has("+v+")", "!has("+v+")")
	return rapid.SampledFrom(all).Draw(t, "comparison")
}
