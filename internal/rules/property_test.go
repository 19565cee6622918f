package rules_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"certflow/internal/certificate"
	"certflow/internal/rules"
)

// passes tells which of a verdict's rules passed.
func passes(v rules.Verdict) []bool {
	out := make([]bool, len(v.Results))
	for i, r := range v.Results {
		out[i] = r.Result == rules.Pass
	}
	return out
}

// refuteNewPass fails when a rule that failed before passes after.
func refuteNewPass(t *rapid.T, what string, in rules.Input, before, after rules.Verdict) {
	for i := range before.Results {
		if before.Results[i].Result == rules.Fail && after.Results[i].Result == rules.Pass {
			rule, _ := json.Marshal(in.Requirement.Rules[i])
			t.Fatalf("%s made a rule pass: %s\nbefore: %s\nafter:  %s", what, rule, before.Results[i].Message, after.Results[i].Message)
		}
	}
}

func TestDrawnRulesAreSound(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRule(t)
		r.Name = "Rule"
		if faults := judge.Validate([]rules.Rule{r}); len(faults) > 0 {
			t.Fatalf("%+v: %v", r, faults)
		}
	})
}

func TestRaisingAMinimumNeverMakesARulePass(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		raised := cloneInput(t, in)
		for i, r := range raised.Requirement.Rules {
			if r.Check != rules.Minimum {
				continue
			}
			var least map[string]int
			if err := json.Unmarshal(r.Value, &least); err != nil {
				t.Fatal(err)
			}
			for _, name := range slices.Sorted(maps.Keys(least)) {
				least[name] += rapid.SampledFrom([]int{0, 1, 500000, 5000000}).Draw(t, "raise "+name)
			}
			raised.Requirement.Rules[i].Value, _ = json.Marshal(least)
		}
		refuteNewPass(t, "raising minima", in, judge.Evaluate(in), judge.Evaluate(raised))
	})
}

func TestAskingForMoreDaysNeverMakesARulePass(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		longer := cloneInput(t, in)
		for i, r := range longer.Requirement.Rules {
			if r.Check == rules.NotExpired {
				longer.Requirement.Rules[i].Days += rapid.IntRange(0, 400).Draw(t, "more days")
			}
		}
		refuteNewPass(t, "asking for more days", in, judge.Evaluate(in), judge.Evaluate(longer))
	})
}

// TestRemovingAValueNeverMakesARulePass takes away any value that the certificate shows. The names of additional insureds
// go with the description's text, which they are read out of: a text that negates a name is a reason to fail, and a
// certificate that has the names without the text was given by hand.
func TestRemovingAValueNeverMakesARulePass(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		var shown []string
		certificate.Walk(&in.Certificate, func(path string, _ any) {
			if !strings.HasSuffix(path, ".letter") {
				shown = append(shown, path)
			}
		})
		if asked := askedFor(in, shown); len(asked) > 0 && rapid.IntRange(0, 9).Draw(t, "any") > 0 {
			shown = asked
		}
		if len(shown) == 0 {
			return
		}
		less := cloneInput(t, in)
		for range rapid.IntRange(1, 3).Draw(t, "values") {
			path := rapid.SampledFrom(shown).Draw(t, "value")
			remove(t, &less.Certificate, path)
			if path == "description_of_operations.text" {
				less.Certificate.Description.AdditionalInsuredNames = nil
			}
		}
		refuteNewPass(t, "removing values", in, judge.Evaluate(in), judge.Evaluate(less))
	})
}

// askedFor are those of the paths that a rule of the input asks about, so that what is taken away is seldom beside the point.
func askedFor(in rules.Input, paths []string) []string {
	var out []string
	for _, p := range paths {
		if slices.ContainsFunc(in.Requirement.Rules, func(r rules.Rule) bool {
			return p == r.Path || (r.Path != "" && strings.HasPrefix(p, r.Path+".")) || strings.Contains(string(r.Value), "certificate."+p) ||
				(r.Umbrella && strings.HasPrefix(p, "coverages.umbrella_excess_liability."))
		}) {
			out = append(out, p)
		}
	}
	return out
}

// remove makes the value at a path null. An item of a list of texts, which cannot be null, becomes blank.
func remove(t *rapid.T, c *certificate.Certificate, path string) {
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(path, ".")
	holder := tree
	for _, p := range parts[:len(parts)-1] {
		holder = inside(holder, p)
	}
	last := parts[len(parts)-1]
	switch h := holder.(type) {
	case map[string]any:
		h[last] = nil
	case []any:
		var n int
		if _, err := fmt.Sscan(last, &n); err != nil {
			t.Fatal(err)
		}
		h[n] = ""
	}
	if data, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	*c = certificate.Certificate{}
	if err := json.Unmarshal(data, c); err != nil {
		t.Fatal(err)
	}
	if v, found := certificate.Lookup(c, path); found && v != "" {
		t.Fatalf("%s is still %v", path, v)
	}
}

func inside(holder any, part string) any {
	switch h := holder.(type) {
	case map[string]any:
		return h[part]
	case []any:
		var n int
		if _, err := fmt.Sscan(part, &n); err == nil && n < len(h) {
			return h[n]
		}
	}
	return nil
}

func TestTrustingAValueLessNeverMakesARulePass(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		less := cloneInput(t, in)
		for _, path := range slices.Sorted(maps.Keys(less.Evidence)) {
			if rapid.IntRange(0, 3).Draw(t, "lower "+path) > 0 {
				continue
			}
			e := less.Evidence[path]
			switch e.Confidence *= rapid.SampledFrom([]float64{0.99, 0.5, 0}).Draw(t, "factor"); {
			case rapid.IntRange(0, 9).Draw(t, "drop") == 0:
				delete(less.Evidence, path)
			default:
				less.Evidence[path] = e
			}
		}
		refuteNewPass(t, "lowering confidence", in, judge.Evaluate(in), judge.Evaluate(less))
		strict := cloneInput(t, in)
		strict.Settings.ConfidenceThreshold += rapid.Float64Range(0, 1).Draw(t, "raise")
		refuteNewPass(t, "raising the threshold", in, judge.Evaluate(in), judge.Evaluate(strict))
	})
}

func TestTheOrderOfRulesDoesNotMatter(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		order := rapid.Permutation(indices(len(in.Requirement.Rules))).Draw(t, "order")
		shuffled := cloneInput(t, in)
		for i, k := range order {
			shuffled.Requirement.Rules[i] = in.Requirement.Rules[k]
		}
		want, got := judge.Evaluate(in), judge.Evaluate(shuffled)
		if want.Status != got.Status {
			t.Fatalf("the status is %s in one order and %s in another", want.Status, got.Status)
		}
		for i, k := range order {
			if a, b := bytesOf(t, want.Results[k]), bytesOf(t, got.Results[i]); !bytes.Equal(a, b) {
				t.Fatalf("a result differs by its place:\n%s\n%s", a, b)
			}
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func bytesOf(t *rapid.T, v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestTheSameInputGivesTheSameBytes judges once with a Judge that has judged much else and keeps one expression, and once
// with a fresh one that was given the input from its JSON form, as an audit stores it.
func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	used, err := rules.NewJudge(1)
	if err != nil {
		t.Fatal(err)
	}
	fresh := newJudge(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		stored := cloneInput(t, in)
		a, b := bytesOf(t, used.Evaluate(in)), bytesOf(t, fresh.Evaluate(stored))
		if !bytes.Equal(a, b) {
			t.Fatalf("the same input gives\n%s\nand\n%s", a, b)
		}
	})
}

func TestAnApprovalHasNoFailedRule(t *testing.T) {
	t.Parallel()
	judge := newJudge(t)
	approvals := 0
	property := func(t *rapid.T) {
		in := drawInput(t)
		v := judge.Evaluate(in)
		all := !slices.Contains(passes(v), false)
		critical := slices.ContainsFunc(indices(len(v.Results)), func(i int) bool {
			return v.Results[i].Result == rules.Fail && in.Requirement.Rules[i].Severity == rules.Critical
		})
		want := rules.Flagged
		switch {
		case all:
			want = rules.Approved
			approvals++
		case critical:
			want = rules.Denied
		}
		if v.Status != want {
			t.Fatalf("the status is %s, want %s", v.Status, want)
		}
	}
	// Few inputs are approved, and now and then none of a hundred is: then others are drawn.
	for range 20 {
		if rapid.Check(t, property); approvals > 0 {
			break
		}
	}
	if approvals == 0 {
		t.Error("no certificate that was drawn was approved: the properties prove nothing")
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{
		`certificate.insured.name == "x"`, `certificate.insurers.all(i, i.naic != "")`, `has(certificate.coverages.cyber_liability)`,
		`today + days(30) > date("01/01/2026")`, `((((((((true))))))))`, `[1, 2].map(x, x * 2).exists(x, x > 3)`, `"a".matches("(a*)*b")`,
		`certificate.coverages.other.exists(o, o.limits.exists(l, l.amount_dollars > 5))`, `{"a": 1}.a == 1`, `!contractor.placeholder`, `"\u`, `a.b.c`,
	} {
		f.Add(s)
	}
	judge, err := rules.NewJudge(8)
	if err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile("testdata/base.json")
	if err != nil {
		f.Fatal(err)
	}
	var b base
	if err := json.Unmarshal(data, &b); err != nil {
		f.Fatal(err)
	}
	var c certificate.Certificate
	if err := json.Unmarshal(b.Certificate, &c); err != nil {
		f.Fatal(err)
	}
	today, err := certificate.ParseDate(b.Today)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := json.Marshal(text)
		if err != nil {
			t.Skip()
		}
		r := rules.Rule{Name: "Fuzz", Check: rules.Expression, Value: value}
		if len(judge.Validate([]rules.Rule{r})) > 0 {
			return
		}
		in := rules.Input{Certificate: c, Today: today, Requirement: rules.Requirement{Rules: []rules.Rule{r}}, Settings: rules.Settings{WithoutEvidence: true}}
		certain := judge.Evaluate(in)
		in.Settings.WithoutEvidence = false // now every value is in doubt
		doubtful := judge.Evaluate(in)
		if doubtful.Status == rules.Approved && certain.Status != rules.Approved {
			t.Errorf("%q passes on values in doubt and fails on the same values when they are sure", text)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`[]`, `[{"name":"a","path":"insured.name","check":"name_matches","value":"contractor"}]`, `[{"name":1}]`, `[{"value":{"a":1,"a":2}}]`,
		`[{"check":"minimum","path":"coverages.automobile_liability.limits","value":{"combined_single_limit_dollars":1e6}}]`, `[null]`, `[[]]`, `{}`, `[{"where":[]}]`,
		`[{"name":"a","path":"coverages","check":"not_expired","days":-1,"severity":"x","umbrella":true}]`,
	} {
		f.Add([]byte(s))
	}
	judge, err := rules.NewJudge(8)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decoded, faults := rules.Decode(data)
		if len(faults) > 0 {
			if decoded != nil {
				t.Error("rules were given beside faults")
			}
			return
		}
		if len(judge.Validate(decoded)) > 0 {
			return
		}
		stored, err := json.Marshal(decoded)
		if err != nil {
			t.Fatal(err)
		}
		again, faults := rules.Decode(stored)
		if len(faults) > 0 {
			t.Fatalf("%s cannot be decoded again: %v", stored, faults)
		}
		if faults := judge.Validate(again); len(faults) > 0 {
			t.Errorf("%s is sound at first and not when stored: %v", stored, faults)
		}
	})
}
