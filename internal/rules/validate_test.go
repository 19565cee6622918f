package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/rules"
)

// TestFaultsNameTheirPosition reads requirements, and expects every fault as "position: message", of which
// the message may be the beginning.
func TestFaultsNameTheirPosition(t *testing.T) {
	t.Parallel()
	const limits = `"path": "coverages.commercial_general_liability.limits", "check": "minimum"`
	judge := newJudge(t)
	for _, tt := range []struct {
		name, rules string
		want        []string
	}{
		{"a sound requirement has no fault", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 1000000}}]`, nil},
		{"no rules", `[]`, []string{"rules: a requirement needs at least one rule"}},
		{"rules that are no list", `{"name": "A"}`, []string{"rules: rules is a list of rules"}},
		{"a rule that is no object", `["A"]`, []string{"rules[0]: a rule is an object: it is not an object"}},
		{"an unknown key", `[{"name": "A", "path": "insured", "check": "required", "level": 3}]`, []string{`rules[0].level: "level" is not a key of a rule`}},
		{"a key in another case", `[{"Name": "A", "path": "insured", "check": "required"}]`, []string{`rules[0].Name: "Name" is not a key of a rule`}},
		{"a key that stands twice", `[{"name": "A", "name": "B", "path": "insured", "check": "required"}]`, []string{`rules[0]: a rule is an object: "name" stands twice`}},
		{"keys of the wrong type", `[{"name": 5, "path": [], "check": {}, "days": "3", "umbrella": 1, "where": 2, "severity": null}]`, []string{
			"rules[0].name: name is text", "rules[0].path: path is text", "rules[0].check: check is text", "rules[0].days: days is a whole number of days",
			"rules[0].umbrella: umbrella is true or false", "rules[0].where: where is text or a list of texts", "rules[0].severity: severity is text"}},
		{"days that are not whole", `[{"name": "A", "path": "coverages", "check": "not_expired", "days": 1.5}]`, []string{"rules[0].days: days is a whole number of days"}},
		{"a rule without anything", `[{}]`, []string{"rules[0].name: a rule needs a name", "rules[0].check: a rule needs a check"}},
		{"an unknown check", `[{"name": "A", "path": "insured", "check": "maximum"}]`, []string{`rules[0].check: "maximum" is not a check`}},
		{"a malformed rule beside one that is not sound", `[{"name": "A", "path": "insured", "check": "required", "days": "3"}, {"name": "A", "path": "insured", "check": "maximum"}]`,
			[]string{"rules[0].days: days is a whole number of days", `rules[1].check: "maximum" is not a check`}},
		{"an unknown severity", `[{"name": "A", "path": "insured", "check": "required", "severity": "high"}]`, []string{`rules[0].severity: "high" is not a severity`}},
		{"no path", `[{"name": "A", "check": "required"}]`, []string{"rules[0].path: a rule needs a path"}},
		{"an unknown path", `[{"name": "A", "path": "coverages.general_liability", "check": "required"}]`, []string{
			`rules[0].path: "coverages.general_liability" is not a path of a certificate: coverages holds commercial_general_liability, `}},
		{"an unknown field of known limits", `[{"name": "A", "path": "coverages.cyber_liability.limits.each_occurrence_dollars", "check": "required"}]`, []string{
			`rules[0].path: "coverages.cyber_liability.limits.each_occurrence_dollars" is not a path of a certificate: coverages.cyber_liability.limits holds each_claim_dollars and aggregate_dollars`}},
		{"an item of a list", `[{"name": "A", "path": "insurers.0.name", "check": "required"}]`, []string{`rules[0].path: "insurers.0.name" names one item of a list`}},
		{"the further policies of a row", `[{"name": "A", "path": "coverages.cyber_liability.additional_policies", "check": "required"}]`, []string{"rules[0].path: a rule on a row holds for every policy of the row"}},
		{"two rules of one name", `[{"name": "A", "path": "insured", "check": "required"}, {"name": " a ", "path": "producer", "check": "required"}]`, []string{"rules[1].name: rules[0] has the same name"}},
		{"keys of other checks", `[{"name": "A", "path": "insured", "check": "required", "value": 1, "days": 2, "umbrella": true, "where": "text"}]`, []string{
			"rules[0].value: the check required has no value", "rules[0].days: only the check not_expired has days",
			"rules[0].umbrella: only the check minimum has umbrella", "rules[0].where: only the check contains_name has where"}},

		{"a minimum without a value", `[{"name": "A", ` + limits + `}]`, []string{"rules[0].value: the check minimum needs a value"}},
		{"a minimum of nothing", `[{"name": "A", ` + limits + `, "value": {}}]`, []string{"rules[0].value: the check minimum needs at least one limit"}},
		{"a minimum that is a number", `[{"name": "A", ` + limits + `, "value": 1000000}]`, []string{"rules[0].value: the value of minimum is an object of limits and whole dollars"}},
		{"amounts that are none", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": -1, "damage_to_rented_premises_dollars": null, "medical_expense_dollars": "5000",
			"personal_and_advertising_injury_dollars": 1000000.5, "general_aggregate_dollars": 1000000000000, "products_completed_operations_dollars": 1e99, "each_claim_dollars": 5}}]`, []string{
			"rules[0].value.each_occurrence_dollars: an amount cannot be negative", "rules[0].value.damage_to_rented_premises_dollars: an amount is missing",
			"rules[0].value.medical_expense_dollars: an amount is a number of whole dollars", "rules[0].value.personal_and_advertising_injury_dollars: 1000000.5 is not an amount in whole dollars",
			"rules[0].value.general_aggregate_dollars: $1,000,000,000,000 is more than any certificate can show", "rules[0].value.products_completed_operations_dollars: 1e99 is not an amount",
			`rules[0].value.each_claim_dollars: "each_claim_dollars" is not a limit: coverages.commercial_general_liability.limits holds each_occurrence_dollars`}},
		{"a limit that stands twice", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 5000000, "each_occurrence_dollars": 1}}]`, []string{
			`rules[0].value: the value of minimum is an object of limits and whole dollars: "each_occurrence_dollars" stands twice`}},
		{"a minimum at no limits", `[{"name": "A", "path": "coverages.cyber_liability", "check": "minimum", "value": {"each_claim_dollars": 1}}]`, []string{"rules[0].path: the check minimum needs the limits of a coverage"}},
		{"an umbrella on itself", `[{"name": "A", "path": "coverages.umbrella_excess_liability.limits", "check": "minimum", "umbrella": true, "value": {"each_occurrence_dollars": 1}}]`, []string{"rules[0].umbrella: an umbrella cannot be added to itself"}},

		{"negative days", `[{"name": "A", "path": "coverages", "check": "not_expired", "days": -1}]`, []string{"rules[0].days: days is from 0 to"}},
		{"not_expired at an effective date", `[{"name": "A", "path": "coverages.cyber_liability.policy_effective_date", "check": "not_expired"}]`, []string{"rules[0].path: the check not_expired needs the expiration date of a coverage"}},
		{"effective at a date", `[{"name": "A", "path": "certificate_date", "check": "effective"}]`, []string{"rules[0].path: the check effective needs a coverage"}},

		{"an empty list of names", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": []}]`, []string{"rules[0].value: the list of names is empty"}},
		{"a name that is none", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": ["&", "", 3, "Acorn Paving"]}]`, []string{
			`rules[0].value[1]: "" has neither letters nor digits`, "rules[0].value[2]: a name is text"}},
		{"a single name that is not contractor", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": "Acorn Paving"}]`, []string{"rules[0].value: the value of name_matches is a list of names"}},
		{"contractor within a list", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": ["contractor"]}]`, []string{`rules[0].value: "contractor" stands alone`}},
		{"a name at an amount", `[{"name": "A", "path": "coverages.cyber_liability.limits.aggregate_dollars", "check": "name_matches", "value": "contractor"}]`, []string{"rules[0].path: the check name_matches needs a name"}},
		{"places that are none", `[{"name": "A", "path": "description_of_operations", "check": "contains_name", "value": ["B"], "where": ["names", "names", "box"]}]`, []string{
			"rules[0].where: names stands twice", `rules[0].where: "box" is not a place`}},
		{"no place", `[{"name": "A", "path": "description_of_operations", "check": "contains_name", "value": ["B"], "where": []}]`, []string{"rules[0].where: the list of places is empty"}},
		{"contractor among names to be contained", `[{"name": "A", "path": "description_of_operations", "check": "contains_name", "value": "contractor"}]`, []string{"rules[0].value: the value of contains_name is a list of names"}},

		{"equals without a value", `[{"name": "A", "path": "insured.name", "check": "equals"}]`, []string{"rules[0].value: the check equals needs a value"}},
		{"equals null", `[{"name": "A", "path": "insured.name", "check": "equals", "value": null}]`, []string{"rules[0].value: the check equals needs a value; an absent value never passes"}},
		{"equals of the wrong types", `[
			{"name": "A", "path": "insured.name", "check": "equals", "value": 5},
			{"name": "B", "path": "certificate_date", "check": "equals", "value": "soon"},
			{"name": "C", "path": "coverages.cyber_liability.claims_made", "check": "equals", "value": "false"},
			{"name": "D", "path": "coverages.cyber_liability.limits.aggregate_dollars", "check": "equals", "value": "1000000"},
			{"name": "E", "path": "coverages.automobile_liability.autos", "check": "equals", "value": "any_auto"},
			{"name": "F", "path": "coverages.automobile_liability.autos", "check": "equals", "value": []},
			{"name": "G", "path": "insured", "check": "equals", "value": "B"},
			{"name": "H", "path": "insured.name", "check": "equals", "value": "  "}]`, []string{
			"rules[0].value: insured.name is text", "rules[1].value: certificate_date is a date", "rules[2].value: coverages.cyber_liability.claims_made is a box",
			"rules[3].value: an amount is a number of whole dollars", "rules[4].value: coverages.automobile_liability.autos is a list",
			"rules[5].value: coverages.automobile_liability.autos is a list", "rules[6].path: the check equals needs a single value", "rules[7].value: insured.name is text"}},

		{"two minima of one limit", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 1000000}}, {"name": "B", ` + limits + `, "value": {"general_aggregate_dollars": 1, "each_occurrence_dollars": 2000000}}]`, []string{
			"rules[1].value.each_occurrence_dollars: this contradicts rules[0], “A”: that asks for at least $1,000,000 of the same limit"}},
		{"one minimum with an umbrella and one without", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 1000000}}, {"name": "B", ` + limits + `, "umbrella": true, "value": {"each_occurrence_dollars": 5000000}}]`, nil},
		{"two values of one path", `[{"name": "A", "path": "coverages.umbrella_excess_liability.form", "check": "equals", "value": "umbrella"}, {"name": "B", "path": "coverages.umbrella_excess_liability.form", "check": "equals", "value": "excess"}]`, []string{
			"rules[1].value: this contradicts rules[0], “A”: that asks for “umbrella” at the same path"}},
		{"a value below a minimum", `[{"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 1000000}}, {"name": "B", "path": "coverages.commercial_general_liability.limits.each_occurrence_dollars", "check": "equals", "value": 500000}]`, []string{
			"rules[1].value: this contradicts rules[0], “A”: the limit cannot be $500,000 and at least $1,000,000"}},
		{"a minimum above a value", `[{"name": "B", "path": "coverages.commercial_general_liability.limits.each_occurrence_dollars", "check": "equals", "value": 500000}, {"name": "A", ` + limits + `, "value": {"each_occurrence_dollars": 1000000}}]`, []string{
			"rules[1].value.each_occurrence_dollars: this contradicts rules[0], “B”: the limit cannot be $500,000 and at least $1,000,000"}},
		{"a box that must be ticked and must not", `[{"name": "A", "path": "coverages.workers_compensation.proprietor_excluded", "check": "required"}, {"name": "B", "path": "coverages.workers_compensation.proprietor_excluded", "check": "equals", "value": false}]`, []string{
			"rules[1].value: this contradicts rules[0], “A”: that asks for the box to be ticked"}},
		{"a box that must not be ticked and must", `[{"name": "B", "path": "coverages.workers_compensation.proprietor_excluded", "check": "equals", "value": false}, {"name": "A", "path": "coverages.workers_compensation.proprietor_excluded", "check": "required"}]`, []string{
			"rules[1].path: this contradicts rules[0], “B”: that asks for the box not to be ticked"}},
		{"two numbers of days", `[{"name": "A", "path": "coverages", "check": "not_expired"}, {"name": "B", "path": "coverages", "check": "not_expired", "days": 30}]`, []string{
			"rules[1].days: this contradicts rules[0], “A”: that asks for 0 days at the same path"}},
		{"names that exclude each other", `[{"name": "A", "path": "insured.name", "check": "name_matches", "value": ["Acorn Paving"]}, {"name": "B", "path": "insured.name", "check": "name_matches", "value": ["Beech Paving"]},
			{"name": "C", "path": "insured.name", "check": "equals", "value": "Acorn Paving, Inc."}]`, []string{
			"rules[1].value: this contradicts rules[0], “A”: no name matches both", "rules[2].value: this contradicts rules[1], “B”: no name matches both"}},

		{"an expression that is no text", `[{"name": "A", "path": "x", "check": "expression", "value": true}]`, []string{"rules[0].value: the value of expression is a CEL expression, as text"}},
		{"an expression with an unknown field", `[{"name": "A", "check": "expression", "value": "certificate.insured.nam == \"B\""}]`, []string{"rules[0].value: line 1, column 20: undefined field 'nam'"}},
		{"an expression that breaks on its second line", `[{"name": "A", "check": "expression", "value": "certificate.coverages.commercial_general_liability.occurrence &&\n  certificate.coverages.fire.occurrence"}]`, []string{
			"rules[0].value: line 2, column 24: undefined field 'fire'"}},
		{"an expression that does not parse", `[{"name": "A", "check": "expression", "value": "today >"}]`, []string{"rules[0].value: line 1, column 8: Syntax error: mismatched input '<EOF>'"}},
		{"an expression that compares different types", `[{"name": "A", "check": "expression", "value": "certificate.coverages.cyber_liability.limits.aggregate_dollars > \"1000000\""}]`, []string{
			"rules[0].value: line 1, column 64: found no matching overload for '_>_' applied to '(int, string)'"}},
		{"an expression that asks for null", `[{"name": "A", "check": "expression", "value": "certificate.coverages.cyber_liability.limits.aggregate_dollars != null"}]`, []string{
			"rules[0].value: line 1, column 64: found no matching overload for '_!=_'"}},
		{"an expression that gives no bool", `[{"name": "A", "check": "expression", "value": "certificate.insured.name"}]`, []string{"rules[0].value: line 1, column 1: the expression gives a string and must give a bool"}},
		{"an expression that compares parts", `[{"name": "A", "check": "expression", "value": "certificate.insured != certificate.insured"}]`, []string{"rules[0].value: line 1, column 21: parts of a certificate cannot be compared"}},
		{"an expression that compares lists of parts", `[{"name": "A", "check": "expression", "value": "certificate.insured in [certificate.insured]"}]`, []string{"rules[0].value: line 1, column 21: parts of a certificate cannot be compared"}},
		{"an expression that hides a type", `[{"name": "A", "check": "expression", "value": "dyn(certificate.insured) != 5"}]`, []string{"rules[0].value: line 1, column 4: undeclared reference to 'dyn'"}},
		{"an expression that makes a part", `[{"name": "A", "check": "expression", "value": "certificate.insured{name: \"B\"}.name == \"B\""}]`, []string{"rules[0].value: line 1, column 20: undeclared reference to 'certificate.insured'"}},
		{"an expression on the further policies", `[{"name": "A", "check": "expression", "value": "size(certificate.coverages.cyber_liability.additional_policies) == 0"}]`, []string{"rules[0].value: line 1, column 43: undefined field 'additional_policies'"}},
		{"an expression that is true whatever is shown", `[{"name": "A", "check": "expression", "value": "true"}]`, []string{"rules[0].value: line 1, column 1: the expression is true whatever the certificate shows: ask for one of its values"}},
		{"an expression that is true beside what it asks", `[{"name": "A", "check": "expression", "value": "certificate.coverages.cyber_liability.limits.aggregate_dollars > 5 || 1 < 2"}]`, []string{"rules[0].value: line 1, column 1: the expression is true whatever the certificate shows"}},
		{"an expression that nothing can pass", `[{"name": "A", "check": "expression", "value": "certificate.insured.name == \"B\" && [1, 2].exists(certificate, certificate > 2)"}]`, []string{"rules[0].value: line 1, column 1: the expression is false whatever the certificate shows"}},
		{"an expression that divides by nothing", `[{"name": "A", "check": "expression", "value": "1 / 0 == 1"}]`, []string{"rules[0].value: line 1, column 1: the expression can never be evaluated: division by zero"}},
		{"an expression about the day only", `[{"name": "A", "check": "expression", "value": "today > date(\"01/01/2020\")"}]`, []string{"rules[0].value: line 1, column 1: the expression asks nothing of the certificate or the contractor"}},
		{"an expression with has of no field", `[{"name": "A", "check": "expression", "value": "has(certificate)"}]`, []string{"rules[0].value: line 1, column 5: has() takes a field"}},
		{"an expression with a broken pattern", `[{"name": "A", "check": "expression", "value": "certificate.insured.name.matches(\"(\")"}]`, []string{"rules[0].value: line 1, column 34: invalid matches argument"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			list, faults := judge.Read([]byte(tt.rules))
			if (list == nil) != (len(faults) > 0) {
				t.Errorf("%d rules are read with %d faults", len(list), len(faults))
			}
			var got []string
			for i, f := range faults {
				s := f.Position + ": " + f.Message
				if i < len(tt.want) && strings.HasPrefix(s, tt.want[i]) {
					s = tt.want[i]
				}
				got = append(got, s)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnExpressionThatWouldRunForEverIsRefused(t *testing.T) {
	t.Parallel()
	const tens = `[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]`
	loop := "true"
	for i := range 8 {
		loop = fmt.Sprintf("%s.all(v%d, %s)", tens, i, loop)
	}
	judge := newJudge(t)
	for _, tt := range []struct{ name, text, want string }{
		{"loops within loops", loop, "expression_too_costly"},
		{"a loop over the coverages of another kind within itself", `certificate.coverages.other.all(a, certificate.coverages.other.all(b, certificate.coverages.other.all(c, certificate.coverages.other.all(d, a.label != b.label))))`, "expression_too_costly"},
		{"text that doubles", `[0, 1, 2, 3, 4, 5].map(x, certificate.description_of_operations.text + certificate.description_of_operations.text).map(y, y + y + y + y + y + y).map(y, y + y + y + y + y + y + y + y).exists(z, z.contains(z))`, "expression_too_costly"},
		{"an expression that is too long", "true" + strings.Repeat(" || true", 600), "an expression has at most 4000 characters"},
		{"an expression that is too deep", strings.Repeat("(", 500) + "true" + strings.Repeat(")", 500), "line 1, column"},
		{"an expression that is deeply negated", strings.Repeat("!", 900) + "has(certificate.insured.name)", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			value, err := json.Marshal(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			faults := judge.Validate([]rules.Rule{{Name: "A", Check: rules.Expression, Value: value}})
			switch {
			case tt.want == "" && len(faults) > 0:
				t.Errorf("refused with %v", faults)
			case tt.want != "" && (len(faults) == 0 || !strings.Contains(faults[0].Message, tt.want)):
				t.Errorf("faults are %v, want %q", faults, tt.want)
			}
		})
	}
}

func TestARuleThatIsNotSoundFailsAndSaysWhy(t *testing.T) {
	t.Parallel()
	in := baseInput(t)
	in.Requirement.Rules = []rules.Rule{
		{Name: "A", Path: "coverages.fire", Check: rules.Required},
		{Name: "B", Path: "insured.name", Check: "unknown"},
		{Name: "C", Path: "x", Check: rules.Expression, Value: json.RawMessage(`"today +"`)},
		{Name: "D", Path: "coverages.commercial_general_liability.limits", Check: rules.Minimum, Value: json.RawMessage(`{"each`)},
	}
	v := newJudge(t).Evaluate(in)
	if v.Status != rules.Flagged {
		t.Errorf("the status is %s", v.Status)
	}
	for _, r := range v.Results {
		if r.Result != rules.Fail || !strings.HasPrefix(r.Message, "This rule cannot be judged: ") {
			t.Errorf("%s: %s: %s", r.RuleName, r.Result, r.Message)
		}
	}
}

func TestARequirementWithoutRulesApprovesNothing(t *testing.T) {
	t.Parallel()
	in := baseInput(t)
	in.Requirement.Rules = nil
	if v := newJudge(t).Evaluate(in); v.Status != rules.Flagged || len(v.Results) != 0 {
		t.Errorf("the verdict is %+v", v)
	}
}

func TestWithoutAnEvaluationDateNothingPasses(t *testing.T) {
	t.Parallel()
	in := baseInput(t)
	in.Today = in.Today.AddDays(0)
	var none rules.Input
	in.Today = none.Today
	v := newJudge(t).Evaluate(in)
	for _, r := range v.Results {
		if r.Result != rules.Fail {
			t.Errorf("%s passes: %s", r.RuleName, r.Message)
		}
	}
}
