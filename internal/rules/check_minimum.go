package rules

import (
	"fmt"
	"strings"

	"certflow/internal/certificate"
)

// minimum asks that limits are at least so high.
type minimum struct {
	path     string // of the limits
	limits   []limit
	umbrella bool
}

// limit is one limit's name and the least that it may be.
type limit struct {
	name  string
	least certificate.Dollars
}

const umbrellaRow = "coverages.umbrella_excess_liability"

// answer passes when, in every policy of the row, every named limit is a number that is read without doubt and is at least
// the amount asked for. With umbrella, the limit of an umbrella in force is added to a limit that is shown but too low.
func (q minimum) answer(l *lookup) finding {
	asked := l.title(q.path) + " with " + q.asks()
	want := asked + l.eachPolicy(q.path)
	next := "Ask the broker for a certificate that shows " + asked + "."
	places := l.policies(q.path)
	if len(places) == 0 {
		return failed(want, "the certificate shows no "+l.title(q.path), next)
	}
	var found, low, unsure []string
	var doubtful value
	for _, at := range places {
		for _, limit := range q.limits {
			v := l.at(at + "." + limit.name)
			what := certificate.Label(v.path) + l.inPolicy(at)
			amount, isAmount := v.content.(certificate.Dollars)
			switch {
			case !v.shown || !isAmount:
				low = append(low, what+is(v)+v.reading())
			case amount >= limit.least && v.sure:
				found = append(found, what+" "+v.reading())
			case amount >= limit.least:
				unsure = append(unsure, what+" "+v.reading()+", "+v.doubt())
				doubtful = v
			default:
				u := q.added(l, limit.name)
				what += " " + v.reading() + u.sum(amount)
				switch {
				case amount+u.amount >= limit.least && v.sure:
					found = append(found, what)
				case amount+u.amount >= limit.least:
					unsure = append(unsure, what+", "+v.doubt())
					doubtful = v
				case u.doubt.path != "" && amount+u.inDoubt >= limit.least:
					unsure = append(unsure, fmt.Sprintf("%s, less than %s%s", what, limit.least, u.why))
					doubtful = u.doubt
				default:
					low = append(low, fmt.Sprintf("%s, less than %s%s", what, limit.least, u.why))
				}
			}
		}
	}
	switch {
	case len(low) > 0:
		return failed(want, strings.Join(append(low, unsure...), "; "), next)
	case len(unsure) > 0:
		return failed(want, strings.Join(unsure, "; "), doubtful.check())
	}
	return passed(want, strings.Join(found, "; "))
}

// asks says which limits are asked for.
func (q minimum) asks() string {
	all := make([]string, len(q.limits))
	for i, limit := range q.limits {
		all[i] = certificate.Label(q.path+"."+limit.name) + " at least " + limit.least.String()
	}
	asks := series(all, "and")
	if q.umbrella {
		asks += " (together with an umbrella in force)"
	}
	return asks
}

// added is what an umbrella adds to a limit, or why it adds nothing.
type added struct {
	amount  certificate.Dollars
	page    string
	why     string              // begins with a comma or a semicolon
	inDoubt certificate.Dollars // what it would add if the value in doubt were as it was read
	doubt   value
}

// sum writes what the umbrella makes of a limit.
func (a added) sum(limit certificate.Dollars) string {
	if a.amount == 0 {
		return ""
	}
	return fmt.Sprintf(" plus the umbrella's %s%s, together %s", a.amount, a.page, limit+a.amount)
}

// added gives what the umbrella adds to a limit: its aggregate to an aggregate, its each occurrence to any other, and
// nothing to medical expense and damage to rented premises, which umbrellas do not lie over. Every policy of its row must
// be in force and show the limit, all without doubt; the lowest counts.
func (q minimum) added(l *lookup, limit string) added {
	if !q.umbrella {
		return added{}
	}
	from := umbrellaLimit(limit)
	if from == "" {
		return added{why: ", and an umbrella adds nothing to it"}
	}
	policies := l.policies(umbrellaRow)
	if len(policies) == 0 {
		return added{why: "; the certificate shows no umbrella"}
	}
	var out added
	var doubts string
	for i, at := range policies {
		why, doubt := l.inForce(at)
		if why != "" && doubt.path == "" {
			return added{why: "; the umbrella adds nothing: " + why}
		}
		v := l.at(at + ".limits." + from)
		amount, isAmount := v.content.(certificate.Dollars)
		if !isAmount {
			return added{why: fmt.Sprintf("; the umbrella adds nothing: its %s is %s", certificate.Label(v.path), v.reading())}
		}
		if doubt.path == "" && !v.sure {
			why, doubt = fmt.Sprintf("its %s was read as %s, %s", certificate.Label(v.path), v.reading(), v.doubt()), v
		}
		if doubt.path != "" && out.doubt.path == "" {
			out.doubt, doubts = doubt, why
		}
		if i == 0 || amount < out.amount {
			out.amount, out.page = amount, v.page()
		}
	}
	if out.doubt.path != "" {
		return added{why: "; the umbrella adds nothing: " + doubts, inDoubt: out.amount, doubt: out.doubt}
	}
	return out
}

// umbrellaLimit is the limit of an umbrella that lies over a limit of another coverage; empty if none does.
func umbrellaLimit(limit string) string {
	switch limit {
	case "medical_expense_dollars", "damage_to_rented_premises_dollars":
		return ""
	case "general_aggregate_dollars", "products_completed_operations_dollars", "aggregate_dollars", "disease_policy_limit_dollars":
		return "aggregate_dollars"
	}
	return "each_occurrence_dollars"
}
