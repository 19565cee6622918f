package rules

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"certflow/internal/certificate"
)

// question makes the question that a rule asks, or says what is wrong with the rule. The positions of faults begin at the
// rule, as in value.each_occurrence_dollars.
func (j *Judge) question(r Rule) (question, []Fault) {
	p := &ruleParser{rule: r, compiler: j.compiler}
	p.checkNameAndSeverity()
	key := questionKey{check: r.Check, path: r.Path, value: string(r.Value), days: r.Days, umbrella: r.Umbrella}
	for _, place := range r.Where {
		key.where += string(place) + ","
	}
	soundWhere := r.Where == nil || len(r.Where) > 0
	if q, ok := j.questions.get(key); ok && soundWhere && len(p.faults) == 0 {
		return q, nil
	}
	q := p.parse()
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	j.questions.put(key, q)
	return q, nil
}

// questionKey is what a question depends on.
type questionKey struct {
	check       Check
	path, value string
	days        int
	umbrella    bool
	where       string
}

// ruleParser collects the faults of one rule.
type ruleParser struct {
	rule     Rule
	compiler *compiler
	faults   []Fault
}

func (p *ruleParser) fault(position, format string, args ...any) {
	p.faults = append(p.faults, Fault{Position: position, Message: fmt.Sprintf(format, args...)})
}

// checkNameAndSeverity checks what every rule has and no question depends on.
func (p *ruleParser) checkNameAndSeverity() {
	r := p.rule
	switch {
	case strings.TrimSpace(r.Name) == "":
		p.fault("name", "a rule needs a name")
	case utf8.RuneCountInString(r.Name) > maxName:
		p.fault("name", "a name has at most %d characters", maxName)
	}
	if r.Severity != "" && r.Severity != Standard && r.Severity != Critical {
		p.fault("severity", "%s is not a severity: it is standard or critical", strconv.Quote(string(r.Severity)))
	}
}

func (p *ruleParser) parse() question {
	p.rejectMisplacedKeys()
	switch r := p.rule; r.Check {
	case Required:
		return p.required()
	case Minimum:
		return p.minimum()
	case NotExpired:
		return p.notExpired()
	case Effective:
		return p.effective()
	case NameMatches:
		return p.nameMatches()
	case ContainsName:
		return p.containsName()
	case Equals:
		return p.equals()
	case Expression:
		return p.expression()
	case "":
		p.fault("check", "a rule needs a check")
	default:
		p.fault("check", "%s is not a check: it is one of required, minimum, not_expired, effective, name_matches, contains_name, equals, expression",
			strconv.Quote(string(r.Check)))
	}
	return nil
}

// rejectMisplacedKeys reports keys that the rule's check does not have.
func (p *ruleParser) rejectMisplacedKeys() {
	r := p.rule
	if len(r.Value) > 0 && (r.Check == Required || r.Check == NotExpired || r.Check == Effective) {
		p.fault("value", "the check %s has no value", r.Check)
	}
	if r.Days != 0 && r.Check != NotExpired {
		p.fault("days", "only the check not_expired has days")
	}
	if r.Umbrella && r.Check != Minimum {
		p.fault("umbrella", "only the check minimum has umbrella")
	}
	if r.Where != nil && r.Check != ContainsName {
		p.fault("where", "only the check contains_name has where")
	}
}

// field is the field at the rule's path. False means that a fault was reported.
func (p *ruleParser) field() (certificate.Field, bool) {
	path := p.rule.Path
	f, ok := certificate.FieldAt(path)
	switch {
	case strings.TrimSpace(path) == "":
		p.fault("path", "a rule needs a path")
		return f, false
	case !ok:
		p.fault("path", "%s is not a path of a certificate%s", strconv.Quote(clip(path)), nearest(path))
		return f, false
	case f.Path != path:
		p.fault("path", "%s names one item of a list, which stands elsewhere on another certificate: use an expression", strconv.Quote(clip(path)))
		return f, false
	case f.Name == "additional_policies":
		p.fault("path", "a rule on a row holds for every policy of the row: name the row's own path")
		return f, false
	}
	return f, true
}

func clip(s string) string {
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return s
}

// nearest names what may be said inside the longest part of a path that the schema has.
func nearest(path string) string {
	for {
		cut := strings.LastIndexByte(path, '.')
		if cut < 0 {
			return ""
		}
		path = path[:cut]
		if f, ok := certificate.FieldAt(path); ok && len(f.Fields()) > 0 {
			var names []string
			for _, c := range f.Fields() {
				if c.Name != "additional_policies" {
					names = append(names, c.Name)
				}
			}
			return fmt.Sprintf(": %s holds %s", path, series(names, "and"))
		}
	}
}

func (p *ruleParser) required() question {
	f, ok := p.field()
	if !ok {
		return nil
	}
	return required{field: f, path: f.Path}
}

func (p *ruleParser) minimum() question {
	f, ok := p.field()
	if ok && f.Kind != certificate.KindLimits {
		p.fault("path", "the check minimum needs the limits of a coverage, such as coverages.commercial_general_liability.limits")
		ok = false
	}
	if ok && p.rule.Umbrella && strings.HasPrefix(f.Path, umbrellaRow+".") {
		p.fault("umbrella", "an umbrella cannot be added to itself")
	}
	given, err := members(p.rule.Value)
	switch {
	case len(p.rule.Value) == 0:
		p.fault("value", "the check minimum needs a value: an object of limits and whole dollars")
		return nil
	case err != nil:
		p.fault("value", "the value of minimum is an object of limits and whole dollars: %v", err)
		return nil
	case len(given) == 0:
		p.fault("value", "the check minimum needs at least one limit")
		return nil
	}
	if !ok {
		return nil
	}
	q := minimum{path: f.Path, umbrella: p.rule.Umbrella}
	known := map[string]bool{}
	for _, c := range f.Fields() {
		known[c.Name] = true
		if raw, asked := find(given, c.Name); asked {
			if least, sound := p.amount("value."+c.Name, raw); sound {
				q.limits = append(q.limits, limit{c.Name, least})
			}
		}
	}
	for _, m := range given {
		if !known[m.key] {
			p.fault("value."+clip(m.key), "%s is not a limit%s", strconv.Quote(clip(m.key)), nearest(f.Path+"."))
		}
	}
	return q
}

// amount reads whole dollars.
func (p *ruleParser) amount(position string, raw json.RawMessage) (certificate.Dollars, bool) {
	text := string(raw)
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case text == "null":
		p.fault(position, "an amount is missing")
	case err != nil && isNumber(raw):
		p.fault(position, "%s is not an amount in whole dollars from 0 to %s", clip(text), certificate.Dollars(maxAmount))
	case err != nil:
		p.fault(position, "an amount is a number of whole dollars, such as 1000000")
	case n < 0:
		p.fault(position, "an amount cannot be negative")
	case n > maxAmount:
		p.fault(position, "%s is more than any certificate can show", certificate.Dollars(n))
	default:
		return certificate.Dollars(n), true
	}
	return 0, false
}

func isNumber(raw json.RawMessage) bool {
	var n json.Number
	return json.Unmarshal(raw, &n) == nil && len(raw) > 0 && raw[0] != '"'
}

func (p *ruleParser) notExpired() question {
	if p.rule.Days < 0 || p.rule.Days > maxDays {
		p.fault("days", "days is from 0 to %d", maxDays)
	}
	f, ok := p.field()
	if !ok {
		return nil
	}
	if f.Name != "policy_expiration_date" && f.Kind != certificate.KindCoverages && f.Kind != certificate.KindCoverage && f.Item != certificate.KindCoverage {
		p.fault("path", "the check not_expired needs the expiration date of a coverage, such as coverages.commercial_general_liability.policy_expiration_date, or coverages for all of them")
	}
	return notExpired{field: f, path: f.Path, days: p.rule.Days}
}

func (p *ruleParser) effective() question {
	f, ok := p.field()
	if !ok {
		return nil
	}
	if f.Kind != certificate.KindCoverages && f.Kind != certificate.KindCoverage && f.Item != certificate.KindCoverage {
		p.fault("path", "the check effective needs a coverage, such as coverages.commercial_general_liability, or coverages for all of them")
	}
	return effective{field: f, path: f.Path}
}

func (p *ruleParser) nameMatches() question {
	q := nameMatches{}
	var text string
	if len(p.rule.Value) > 0 && p.rule.Value[0] == '"' && json.Unmarshal(p.rule.Value, &text) == nil {
		if text != "contractor" {
			p.fault("value", `the value of name_matches is a list of names, or "contractor"`)
		}
		q.contractor = true
	} else {
		q.names = p.names(`the value of name_matches is a list of names, or "contractor"`)
		if slices.ContainsFunc(q.names, func(n name) bool { return n.printed == "contractor" }) {
			p.fault("value", `"contractor" stands alone, not in a list: as an item it would be a name`)
		}
	}
	f, ok := p.field()
	switch {
	case !ok:
		return nil
	case f.Kind == certificate.KindParty:
		q.path = f.Path + ".name"
	case f.Kind == certificate.KindText:
		q.path = f.Path
	default:
		p.fault("path", "the check name_matches needs a name, such as insured.name")
	}
	return q
}

// names reads the value as a list of names.
func (p *ruleParser) names(expected string) []name {
	var items []json.RawMessage
	if len(p.rule.Value) == 0 || p.rule.Value[0] != '[' || json.Unmarshal(p.rule.Value, &items) != nil {
		p.fault("value", "%s", expected)
		return nil
	}
	switch {
	case len(items) == 0:
		p.fault("value", "the list of names is empty")
	case len(items) > maxNames:
		p.fault("value", "a list has at most %d names", maxNames)
		return nil
	}
	var out []name
	for i, raw := range items {
		position := fmt.Sprintf("value[%d]", i)
		var text string
		if raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
			p.fault(position, "a name is text")
			continue
		}
		n := readName(text)
		switch {
		case utf8.RuneCountInString(text) > maxName:
			p.fault(position, "a name has at most %d characters", maxName)
		case len(n.parts) == 0:
			p.fault(position, "%s has neither letters nor digits", strconv.Quote(text))
		}
		out = append(out, n)
	}
	return out
}

func (p *ruleParser) containsName() question {
	q := containsName{where: p.rule.Where, names: p.names("the value of contains_name is a list of names")}
	if p.rule.Where == nil {
		q.where = Places{Names}
	} else if len(p.rule.Where) == 0 {
		p.fault("where", "the list of places is empty")
	}
	for i, place := range p.rule.Where {
		if place != Names && place != Text && place != Holder {
			p.fault("where", "%s is not a place: it is names, text or holder", strconv.Quote(clip(string(place))))
		} else if slices.Contains(p.rule.Where[:i], place) {
			p.fault("where", "%s stands twice", place)
		}
	}
	p.field()
	return q
}

func (p *ruleParser) equals() question {
	raw := p.rule.Value
	f, ok := p.field()
	switch {
	case len(raw) == 0 || string(raw) == "null":
		p.fault("value", "the check equals needs a value; an absent value never passes")
		return nil
	case !ok:
		return nil
	}
	q := equals{field: f, path: f.Path}
	var text string
	isText := raw[0] == '"' && json.Unmarshal(raw, &text) == nil
	switch {
	case f.Kind == certificate.KindBool:
		var b bool
		if json.Unmarshal(raw, &b) != nil {
			p.fault("value", "%s is a box: its value is true or false", f.Path)
		}
		q.value = b
	case f.Kind == certificate.KindDollars:
		q.value, _ = p.amount("value", raw)
	case f.Kind == certificate.KindDate:
		d, err := certificate.ParseDate(text)
		if !isText || err != nil {
			p.fault("value", "%s is a date: its value is text such as \"06/30/2026\"", f.Path)
		}
		q.value = d
	case f.Kind == certificate.KindText:
		if !isText || strings.TrimSpace(text) == "" {
			p.fault("value", "%s is text: its value is text that is not empty", f.Path)
		}
		q.value = strings.TrimSpace(text)
	case f.Kind == certificate.KindList && f.Item == certificate.KindText:
		var texts []string
		if raw[0] != '[' || json.Unmarshal(raw, &texts) != nil || len(texts) == 0 || slices.Contains(texts, "") {
			p.fault("value", "%s is a list: its value is a list of texts that is not empty", f.Path)
		}
		q.value = texts
	default:
		p.fault("path", "the check equals needs a single value, such as coverages.umbrella_excess_liability.form")
	}
	return q
}

func (p *ruleParser) expression() question {
	if utf8.RuneCountInString(p.rule.Path) > maxName {
		p.fault("path", "a path has at most %d characters", maxName)
	}
	var text string
	raw := p.rule.Value
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &text) != nil || strings.TrimSpace(text) == "" {
		p.fault("value", "the value of expression is a CEL expression, as text")
		return nil
	}
	if utf8.RuneCountInString(text) > maxExpression {
		p.fault("value", "an expression has at most %d characters", maxExpression)
		return nil
	}
	prg, faults := p.compiler.compile(text)
	for _, f := range faults {
		p.fault("value", "%s", f)
	}
	return expression{text: text, program: prg}
}
