package rules

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"

	"certflow/internal/certificate"
)

// expression asks that a CEL expression is true.
type expression struct {
	text    string
	program *program
}

// maxRuns bounds how often an expression is evaluated for one certificate.
const maxRuns = 64

// answer passes when the expression is true for every choice of one policy from each row that it names. A value that is
// absent or in doubt is unknown, and an expression whose truth depends on one fails; has() does not help, because a rule
// cannot pass on what is not there.
func (q expression) answer(l *lookup) finding {
	want := "the expression " + quote(q.text) + " is true"
	choices, ok := q.choices(l)
	if !ok {
		return failed(want, fmt.Sprintf("the rows that it names show so many policies that there are more than %d ways to choose", maxRuns),
			"Look at the policies yourself, and approve this rule if each is as required.")
	}
	var read []value
	for _, chosen := range choices {
		s := &sight{look: l, chosen: chosen}
		f := q.run(s, want)
		if !f.passed {
			return f
		}
		for _, v := range s.read {
			read = note(read, v)
		}
	}
	return passed(want, facts(l, read))
}

// run evaluates the expression once.
func (q expression) run(s *sight, want string) finding {
	out, err := q.program.run(s)
	switch {
	case errors.Is(err, ErrTooCostly):
		return failed(want, fmt.Sprintf("it was cut off after %d steps (%v)", maxCost, ErrTooCostly), "Simplify the expression, or look at the certificate yourself.")
	case err != nil:
		return failed(want, fmt.Sprintf("it cannot be evaluated (%s); %s", oneLine(err.Error()), facts(s.look, s.read)), "Correct the expression, or look at the certificate yourself.")
	case types.IsUnknown(out):
		return q.unknown(s, want)
	case out != types.True:
		return failed(want, "it is not; "+facts(s.look, s.read), "Ask the broker for a certificate on which it is.")
	}
	return finding{passed: true}
}

// unknown fails an expression that depends on values that are absent or in doubt.
func (q expression) unknown(s *sight, want string) finding {
	if len(s.missing) == 0 && s.nameless != "" {
		return failed(want, "the contractor has no "+s.nameless, "Complete the contractor and evaluate the certificate again.")
	}
	if len(s.missing) == 0 {
		return failed(want, "it asks about all items of a list that has none; "+facts(s.look, s.read), "Ask the broker for a certificate on which it is.")
	}
	var all []string
	for _, v := range s.missing {
		switch {
		case v.shown:
			all = append(all, fmt.Sprintf("%s was read as %s, %s", s.look.subject(v.path), v.reading(), v.doubt()))
		default:
			all = append(all, s.look.subject(v.path)+is(v)+v.reading())
		}
	}
	next := "Ask the broker for a certificate that shows it."
	if v := s.missing[0]; v.shown {
		next = v.check()
	}
	return failed(want, strings.Join(all, "; "), next)
}

// is joins a value that is not sure to what was read: "is not shown", "shows “Included”".
func is(v value) string {
	f, _ := certificate.FieldAt(v.path)
	switch {
	case v.known && v.evidence.Text != "":
		return " shows "
	case f.Kind == certificate.KindList:
		return " are "
	}
	return " is "
}

// facts lists the values that an expression read.
func facts(l *lookup, read []value) string {
	const most = 8
	var all []string
	for i, v := range read {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(read)-most))
			break
		}
		all = append(all, fmt.Sprintf("%s %s", l.subject(v.path), v.reading()))
	}
	if len(all) == 0 {
		return "no value of the certificate was read"
	}
	return strings.Join(all, "; ")
}

// choices are the ways to choose one policy from each row that the expression names; false when there are too many.
func (q expression) choices(l *lookup) ([]map[string]string, bool) {
	out := []map[string]string{{}}
	for _, row := range q.program.rows {
		policies := l.in.policiesOf(row)
		if len(policies) < 2 {
			continue
		}
		if len(out)*len(policies) > maxRuns {
			return nil, false
		}
		var next []map[string]string
		for _, chosen := range out {
			for _, p := range policies {
				with := map[string]string{row: p}
				for k, v := range chosen {
					with[k] = v
				}
				next = append(next, with)
			}
		}
		out = next
	}
	return out, true
}
