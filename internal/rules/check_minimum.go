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
func (q minimum) answer(l *look) finding {
	want := l.coverage(q.path) + " with " + q.asks()
	next := "Ask the broker for a certificate with " + q.asks() + "."
	places := l.policies(q.path)
	if len(places) == 0 {
		return failed(want, "the certificate shows no "+l.coverage(q.path), next)
	}
	var found, low, unsure []string
	var doubtful value
	for _, at := range places {
		of := ""
		if len(places) > 1 {
			of = " of " + l.coverage(at)
		}
		for _, limit := range q.limits {
			v := l.at(at + "." + limit.name)
			what := certificate.Label(v.path) + of + " "
			amount, isAmount := v.content.(certificate.Dollars)
			switch {
			case !v.shown || !isAmount:
				low = append(low, what+v.reading())
			case amount >= limit.least && v.sure:
				found = append(found, what+v.reading())
			case amount >= limit.least:
				unsure = append(unsure, what+v.reading()+", "+v.doubt())
				doubtful = v
			default:
				u := q.added(l, limit.name)
				sum := amount + u.amount
				switch {
				case sum < limit.least:
					low = append(low, what+v.reading()+", less than "+limit.least.String()+u.words(sum))
				case !v.sure:
					unsure = append(unsure, what+v.reading()+u.words(sum)+", "+v.doubt())
					doubtful = v
				default:
					found = append(found, what+v.reading()+u.words(sum))
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
	asked  bool
	amount certificate.Dollars
	page   string
	why    string
}

// words says what the umbrella did.
func (a added) words(sum certificate.Dollars) string {
	switch {
	case !a.asked:
		return ""
	case a.why != "":
		return " (" + a.why + ")"
	}
	return fmt.Sprintf(", with the umbrella's %s%s %s", a.amount, a.page, sum)
}

// added gives what the umbrella adds to a limit: its aggregate to an aggregate, its each occurrence to any other, and
// nothing to medical expense and damage to rented premises, which umbrellas do not lie over. Every policy of its row must
// be in force and show the limit, all without doubt; the lowest counts.
func (q minimum) added(l *look, limit string) added {
	if !q.umbrella {
		return added{}
	}
	from := umbrellaLimit(limit)
	if from == "" {
		return added{asked: true, why: "an umbrella adds nothing to this limit"}
	}
	policies := l.policies(umbrellaRow)
	if len(policies) == 0 {
		return added{asked: true, why: "the certificate shows no umbrella"}
	}
	out := added{asked: true}
	for i, at := range policies {
		if why := l.inForce(at); why != "" {
			return added{asked: true, why: "the umbrella adds nothing: " + why}
		}
		v := l.at(at + ".limits." + from)
		amount, isAmount := v.content.(certificate.Dollars)
		switch {
		case !isAmount:
			return added{asked: true, why: fmt.Sprintf("the umbrella adds nothing: its %s is %s", certificate.Label(v.path), v.reading())}
		case !v.sure:
			return added{asked: true, why: fmt.Sprintf("the umbrella adds nothing: its %s was read as %s, %s", certificate.Label(v.path), v.reading(), v.doubt())}
		case i == 0 || amount < out.amount:
			out.amount, out.page = amount, v.page()
		}
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
