package rules

import (
	"fmt"
	"slices"
	"strings"
)

// nameMatches asks that the name at a path is one of several, or the contractor's.
type nameMatches struct {
	path       string
	names      []name
	contractor bool
}

// answer passes when the name is read without doubt and matches, in every policy where the path leads into a row.
func (q nameMatches) answer(l *lookup) finding {
	wanted, nameless := q.wanted(l)
	want := fmt.Sprintf("%s is %s%s", l.topic(q.path), series(quoted(wanted), "or"), l.eachPolicy(q.path))
	if nameless != "" {
		return failed(l.topic(q.path)+" is the contractor", nameless, "Give the contractor a name and evaluate the certificate again.")
	}
	places := l.policies(q.path)
	if len(places) == 0 {
		return failed(want, "the certificate shows no "+l.title(q.path), "Ask the broker for a certificate that shows it.")
	}
	var last finding
	for _, at := range places {
		if last = q.at(l, at, want, wanted); !last.passed {
			return last
		}
	}
	return last
}

func (q nameMatches) at(l *lookup, path, want string, wanted []name) finding {
	v := l.at(path)
	printed, _ := v.content.(string)
	next := fmt.Sprintf("Ask the broker for a certificate that names %s.", series(quoted(wanted), "or"))
	if !v.shown {
		return failed(want, v.reading(), next)
	}
	found := l.in.name(printed)
	if !q.same(l, found, wanted) {
		return failed(want, v.reading()+l.inPolicy(path)+", which is another name", next)
	}
	if !v.sure {
		return failed(want, v.reading()+l.inPolicy(path)+", "+v.doubt(), v.check())
	}
	return passed(want, v.reading())
}

// same reports whether the name found is one of those wanted.
func (q nameMatches) same(l *lookup, found name, wanted []name) bool {
	c := l.in.Contractor
	if !q.contractor {
		return found.matchesAny(wanted)
	}
	if c.CompanyName != "" && found.matches(l.in.name(c.CompanyName)) {
		return true
	}
	p := l.in.contractor()
	for _, part := range found.parts {
		if !c.nameless() && p.matches(part) {
			return true
		}
	}
	return false
}

func (n name) matchesAny(names []name) bool {
	for _, other := range names {
		if n.matches(other) {
			return true
		}
	}
	return false
}

// wanted are the names that would match, for a contractor those that the rule stands for, or why there are none.
func (q nameMatches) wanted(l *lookup) ([]name, string) {
	if !q.contractor {
		return q.names, ""
	}
	c := l.in.Contractor
	var out []name
	person := strings.Join(strings.Fields(c.FirstName+" "+c.MiddleName+" "+c.LastName), " ")
	if p := l.in.contractor(); len(p.first) > 0 && len(p.last) > 0 && !c.nameless() {
		out = append(out, name{printed: person})
	}
	if company := l.in.name(c.CompanyName); len(company.parts) > 0 {
		out = append(out, company)
	}
	switch {
	case len(out) > 0:
		return out, ""
	case c.Placeholder:
		return nil, "the contractor is a placeholder that has no name yet"
	}
	return nil, "the contractor has neither a first and last name nor a company name"
}

// nameless reports whether the contractor's first and last name are those that a bulk upload gives when it knows none
// (CONTRACT §6).
func (c Contractor) nameless() bool {
	return c.Placeholder && strings.EqualFold(strings.TrimSpace(c.FirstName), "placeholder")
}

func quoted(names []name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = quote(n.printed)
	}
	return out
}

// containsName asks that one of several names stands among the additional insureds, in the description's text or as the
// certificate holder.
type containsName struct {
	names []name
	where Places
}

const (
	insuredNames    = "description_of_operations.additional_insured_names"
	descriptionText = "description_of_operations.text"
	holderName      = "certificate_holder.name"
)

// answer passes when one of the names stands, without doubt, in one of the places. A name that the description's text
// negates counts neither there nor among the additional insureds, who are read out of that text, however sure the reading
// of the text is.
func (q containsName) answer(l *lookup) finding {
	var places, notes []string
	var doubtful value
	for _, where := range q.where {
		places = append(places, placeName(where))
	}
	want := fmt.Sprintf("%s %s", series(quoted(q.names), "or"), series(places, "or"))
	for _, where := range q.where {
		candidates, note := q.candidates(l, where)
		if note != "" {
			notes = append(notes, note)
		}
		for _, v := range candidates {
			l.restOn(v)
			if v.sure {
				return passed(want, fmt.Sprintf("%s %s", v.reading(), placeName(where)))
			}
			notes = append(notes, fmt.Sprintf("%s %s, %s", v.reading(), placeName(where), v.doubt()))
			doubtful = v
		}
	}
	if box := l.tickedInsured(); box != "" && doubtful.path == "" && slices.Contains(q.where, Names) {
		notes = append(notes, box)
	}
	if doubtful.path != "" {
		return failed(want, strings.Join(notes, "; "), doubtful.check())
	}
	next := fmt.Sprintf("Ask the broker for a certificate that names %s %s.", series(quoted(q.names), "or"), series(places, "or"))
	return failed(want, strings.Join(notes, "; "), next)
}

// candidates are the values in one place that hold one of the names, or a note of what stands there instead.
func (q containsName) candidates(l *lookup, where Place) ([]value, string) {
	text := l.peek(descriptionText)
	printed, _ := text.content.(string)
	p := l.in.prose()
	switch where {
	case Holder:
		v := l.peek(holderName)
		held, _ := v.content.(string)
		if v.shown && l.in.name(held).matchesAny(q.names) {
			return []value{v}, ""
		}
		l.restOn(v)
		return nil, "the certificate holder is " + v.reading()
	case Text:
		if !text.shown {
			return nil, "the description of operations is empty"
		}
		best := unmentioned
		for _, n := range q.names {
			best = max(best, p.mentions(n))
		}
		switch best {
		case mentioned:
			return []value{text}, ""
		case negated:
			l.restOn(text)
			return nil, "the description of operations says no" + text.page() + ": " + show(printed)
		}
		l.restOn(text)
		return nil, "the description of operations does not name it" + text.page()
	}
	var out []value
	var others []string
	for i := range l.in.Certificate.Description.AdditionalInsuredNames {
		v := l.peek(fmt.Sprintf("%s.%d", insuredNames, i))
		insured, _ := v.content.(string)
		if !v.shown {
			continue
		}
		found := l.in.name(insured)
		if !found.matchesAny(q.names) {
			others = append(others, v.reading())
			continue
		}
		if p.mentions(found) == negated {
			l.restOn(text)
			return nil, fmt.Sprintf("%s is named, but the description of operations says no%s: %s", show(insured), text.page(), show(printed))
		}
		out = append(out, v)
	}
	switch {
	case len(out) > 0:
		return out, ""
	case len(others) > 0:
		return nil, "the additional insureds named are " + series(others, "and")
	}
	return nil, "no additional insured is named"
}

// tickedInsured notes that the box ADDL INSD is ticked, which names nobody.
func (l *lookup) tickedInsured() string {
	for _, row := range l.in.rows {
		for _, at := range l.in.policiesOf(row) {
			if v := l.peek(at + ".additional_insured"); v.content == true {
				return fmt.Sprintf("the box ADDL INSD of %s is ticked%s, which names nobody", l.coverage(at), v.page())
			}
		}
	}
	return ""
}

func placeName(p Place) string {
	switch p {
	case Holder:
		return "as the certificate holder"
	case Text:
		return "in the description of operations"
	}
	return "among the additional insureds"
}
