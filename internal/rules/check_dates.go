package rules

import (
	"fmt"
	"strings"

	"certflow/internal/certificate"
)

// notExpired asks that a policy lasts until days after the evaluation date.
type notExpired struct {
	field certificate.Field
	path  string
	days  int
}

// answer passes when every expiration date at the path is read without doubt and is on or after the evaluation date plus
// days. A path to the whole table counts every policy that the certificate shows, those of coverages.other and the further
// policies of a row included, and there must be one.
func (q notExpired) answer(l *lookup) finding {
	due := l.in.Today.AddDays(q.days)
	until := due.String()
	if q.days > 0 {
		until = fmt.Sprintf("%s, %s after the evaluation date", due, plural(q.days, "day"))
	}
	want := fmt.Sprintf("%s expires on or after %s%s", q.what(l), until, l.eachPolicy(q.path))
	next := "Ask the broker for a certificate whose policies last until " + due.String() + " or later."
	dates := q.dates(l)
	if len(dates) == 0 {
		return failed(want, "the certificate shows no "+q.absent(l), next)
	}
	var found, wrong, unsure []string
	var doubtful value
	for _, at := range dates {
		v := l.at(at)
		what := l.coverage(at) + " expires on " + v.reading()
		date, isDate := v.content.(certificate.Date)
		switch {
		case !isDate && v.known && v.evidence.Text != "":
			wrong = append(wrong, l.coverage(at)+" shows "+v.reading())
		case !isDate:
			wrong = append(wrong, l.coverage(at)+" shows no expiration date")
		case date.Before(l.in.Today):
			wrong = append(wrong, fmt.Sprintf("%s expired on %s, %s before the evaluation date %s", l.coverage(at), v.reading(), plural(date.DaysUntil(l.in.Today), "day"), l.in.Today))
		case date.Before(due):
			wrong = append(wrong, fmt.Sprintf("%s, %s after the evaluation date %s", what, plural(l.in.Today.DaysUntil(date), "day"), l.in.Today))
		case !v.sure:
			unsure = append(unsure, what+", "+v.doubt())
			doubtful = v
		default:
			found = append(found, what)
		}
	}
	switch {
	case len(wrong) > 0:
		return failed(want, strings.Join(append(wrong, unsure...), "; "), next)
	case len(unsure) > 0:
		return failed(want, strings.Join(unsure, "; "), doubtful.check())
	}
	return passed(want, strings.Join(found, "; "))
}

// dates are the paths of the expiration dates that are asked about.
func (q notExpired) dates(l *lookup) []string {
	if q.field.Kind == certificate.KindDate {
		return l.policies(q.path)
	}
	var out []string
	for _, policy := range l.asked(q.field, q.path) {
		out = append(out, policy+".policy_expiration_date")
	}
	return out
}

// asked are the paths of the policies that a path to the table, to coverages.other or to a row stands for.
func (l *lookup) asked(f certificate.Field, path string) []string {
	var out []string
	if f.Kind == certificate.KindCoverage {
		return l.policies(path)
	}
	for _, row := range l.in.rows {
		if f.Kind == certificate.KindCoverages || strings.HasPrefix(row, path+".") {
			out = append(out, l.in.policiesOf(row)...)
		}
	}
	return out
}

func (q notExpired) what(l *lookup) string {
	if q.field.Kind == certificate.KindCoverages {
		return "every coverage"
	}
	return l.title(q.path)
}

func (q notExpired) absent(l *lookup) string {
	if q.field.Kind == certificate.KindCoverages {
		return "coverage"
	}
	return l.title(q.path)
}

// effective asks that a coverage is in force.
type effective struct {
	field certificate.Field
	path  string
}

// answer passes when every policy at the path is in force on the evaluation date.
func (q effective) answer(l *lookup) finding {
	what := l.title(q.path)
	if q.field.Kind == certificate.KindCoverages {
		what = "every coverage"
	}
	want := fmt.Sprintf("%s is in force on %s%s", what, l.in.Today, l.eachPolicy(q.path))
	next := "Ask the broker for a certificate whose policies are in force."
	policies := l.asked(q.field, q.path)
	if len(policies) == 0 {
		return failed(want, "the certificate shows no "+strings.TrimPrefix(what, "every "), next)
	}
	var found, wrong, unsure []string
	var doubtful value
	for _, at := range policies {
		why, doubt := l.inForce(at)
		switch {
		case doubt.path != "":
			unsure = append(unsure, why)
			doubtful = doubt
			continue
		case why != "":
			wrong = append(wrong, why)
			continue
		}
		from, to := l.at(at+".policy_effective_date"), l.at(at+".policy_expiration_date")
		found = append(found, fmt.Sprintf("%s from %s to %s", l.coverage(at), show(from.content), to.reading()))
	}
	switch {
	case len(wrong) > 0:
		return failed(want, strings.Join(append(wrong, unsure...), "; "), next)
	case len(unsure) > 0:
		return failed(want, strings.Join(unsure, "; "), doubtful.check())
	}
	return passed(want, strings.Join(found, "; "))
}

// inForce says why a policy is not in force on the evaluation date; empty means that it is. Both of its dates must be read
// without doubt, and both days count: a policy is in force on the day on which it expires, as not_expired has it. Where
// doubt alone stands in the way, it gives the value in doubt as well.
func (l *lookup) inForce(policy string) (string, value) {
	from, to := l.at(policy+".policy_effective_date"), l.at(policy+".policy_expiration_date")
	name := l.coverage(policy)
	for _, v := range []value{from, to} {
		if _, isDate := v.content.(certificate.Date); !isDate {
			return fmt.Sprintf("%s of %s is %s", certificate.Label(v.path), name, v.reading()), value{}
		}
	}
	begins, ends := from.content.(certificate.Date), to.content.(certificate.Date)
	switch {
	case l.in.Today.Before(begins):
		return fmt.Sprintf("%s begins only on %s", name, from.reading()), value{}
	case ends.Before(l.in.Today):
		return fmt.Sprintf("%s expired on %s", name, to.reading()), value{}
	}
	for _, v := range []value{from, to} {
		if !v.sure {
			return fmt.Sprintf("%s of %s was read as %s, %s", certificate.Label(v.path), name, v.reading(), v.doubt()), v
		}
	}
	return "", value{}
}

// plural writes a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
