package rules

import (
	"fmt"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// Validate checks a requirement as a whole, as CONTRACT §5 asks when it is saved: that it has rules, that each is sound,
// that no two have one name, and that no two contradict each other. It gives every fault with its position, in the order of
// the rules; none means that the requirement may be saved.
func (j *Judge) Validate(rules []Rule) []Fault { return j.validate(rules, make([]bool, len(rules))) }

// validate is Validate of all rules but those that are left out.
func (j *Judge) validate(rules []Rule, leftOut []bool) []Fault {
	if len(rules) == 0 {
		return []Fault{{Position: "rules", Message: "a requirement needs at least one rule"}}
	}
	if len(rules) > maxRules {
		return []Fault{{Position: "rules", Message: fmt.Sprintf("a requirement has at most %d rules", maxRules)}}
	}
	var faults []Fault
	questions := make([]question, len(rules))
	for i, r := range rules {
		if leftOut[i] {
			continue
		}
		q, wrong := j.question(r)
		for _, f := range wrong {
			faults = append(faults, f.within(i))
		}
		for k := range i {
			if r.Name != "" && !leftOut[k] && strings.EqualFold(strings.TrimSpace(r.Name), strings.TrimSpace(rules[k].Name)) {
				faults = append(faults, Fault{Position: "name", Message: fmt.Sprintf("rules[%d] has the same name", k)}.within(i))
				break
			}
		}
		for k := range i {
			if q == nil || questions[k] == nil {
				continue
			}
			if f, found := contradiction(questions[k], q); found {
				f.Message = fmt.Sprintf("this contradicts rules[%d], %s: %s", k, quote(rules[k].Name), f.Message)
				faults = append(faults, f.within(i))
			}
		}
		questions[i] = q
	}
	return faults
}

// contradiction says why no certificate could need both of two rules: they cannot both pass, or they ask for different
// amounts or times of the same value, of which only the harder can matter.
func contradiction(a, b question) (Fault, bool) {
	switch b := b.(type) {
	case minimum:
		if a, ok := a.(minimum); ok && a.path == b.path && a.umbrella == b.umbrella {
			return differentMinima(a, b)
		}
		if a, ok := a.(equals); ok {
			return belowMinimum(b, a, "value."+limitOf(b, a))
		}
	case equals:
		switch a := a.(type) {
		case equals:
			if a.path == b.path && showAll(a.value) != showAll(b.value) {
				return Fault{"value", "that asks for " + showAll(a.value) + " at the same path"}, true
			}
		case minimum:
			return belowMinimum(a, b, "value")
		case required:
			if a.path == b.path && b.value == false {
				return Fault{"value", "that asks for the box to be ticked"}, true
			}
		case nameMatches:
			return otherName(a, b)
		}
	case required:
		if a, ok := a.(equals); ok && a.path == b.path && a.value == false {
			return Fault{"path", "that asks for the box not to be ticked"}, true
		}
	case notExpired:
		if a, ok := a.(notExpired); ok && a.path == b.path && a.days != b.days {
			return Fault{"days", fmt.Sprintf("that asks for %s at the same path", plural(a.days, "day"))}, true
		}
	case nameMatches:
		switch a := a.(type) {
		case nameMatches:
			if a.path == b.path && !a.contractor && !b.contractor && !slices.ContainsFunc(a.names, func(n name) bool { return n.matchesAny(b.names) }) {
				return Fault{"value", "no name matches both"}, true
			}
		case equals:
			return otherName(b, a)
		}
	}
	return Fault{}, false
}

func differentMinima(a, b minimum) (Fault, bool) {
	for _, x := range a.limits {
		for _, y := range b.limits {
			if x.name == y.name && x.least != y.least {
				return Fault{"value." + y.name, fmt.Sprintf("that asks for at least %s of the same limit", x.least)}, true
			}
		}
	}
	return Fault{}, false
}

// limitOf is the name of the limit that an equals rule fixes among those of a minimum rule; empty if it fixes none.
func limitOf(m minimum, e equals) string {
	name, ok := strings.CutPrefix(e.path, m.path+".")
	if !ok {
		return ""
	}
	return name
}

// belowMinimum finds a limit that must equal less than it must at least be.
func belowMinimum(m minimum, e equals, position string) (Fault, bool) {
	amount, isAmount := e.value.(certificate.Dollars)
	name := limitOf(m, e)
	for _, l := range m.limits {
		if isAmount && !m.umbrella && l.name == name && amount < l.least {
			return Fault{position, fmt.Sprintf("the limit cannot be %s and at least %s", amount, l.least)}, true
		}
	}
	return Fault{}, false
}

// otherName finds a name that must equal one text and match none that is that text.
func otherName(m nameMatches, e equals) (Fault, bool) {
	text, isText := e.value.(string)
	if !isText || m.contractor || m.path != e.path || readName(text).matchesAny(m.names) {
		return Fault{}, false
	}
	return Fault{"value", "no name matches both"}, true
}
