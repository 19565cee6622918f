package rules

import (
	"fmt"
	"strings"

	"certflow/internal/certificate"
)

// required asks that the value at path is present.
type required struct {
	field certificate.Field
	path  string
}

// answer passes for a scalar that is shown (a box must be ticked) in every policy of its row, for a coverage whose row
// shows a policy number, a policy date or a limit, for a list with an item, and for a part in which anything is shown. A
// coverage of which only the insurer's letter or a ticked box is shown is an unused row of the form.
func (q required) answer(l *lookup) finding {
	switch {
	case q.field.Kind == certificate.KindCoverages, q.field.Item == certificate.KindCoverage:
		return q.anyCoverage(l)
	case q.field.Kind == certificate.KindCoverage:
		return q.shown(l, coverageProof(q.path))
	}
	places := l.policies(q.path)
	if len(places) == 0 {
		return failed(l.wants(q.path), "the certificate shows no "+l.title(q.path), "Ask the broker for a certificate that shows it.")
	}
	var last finding
	for _, at := range places {
		if last = q.at(l, at); !last.passed {
			return last
		}
	}
	return last
}

// coverageProof are the paths of which one must be shown for a coverage to count as shown.
func coverageProof(row string) []string {
	return []string{row + ".policy_number_string", row + ".policy_effective_date", row + ".policy_expiration_date", row + ".limits"}
}

// wants is what a required value must be, in words.
func (l *lookup) wants(path string) string {
	f, _ := certificate.FieldAt(path)
	topic, each := l.topic(path), l.eachPolicy(path)
	switch {
	case f.Path == "description_of_operations.signature":
		return "the certificate is signed"
	case f.Kind == certificate.KindBool:
		return topic + " is ticked" + each
	case f.Kind == certificate.KindCoverages:
		return "at least one coverage is shown"
	case f.Item == certificate.KindCoverage:
		return "at least one coverage of another kind is shown"
	case f.Kind == certificate.KindList || f.Kind == certificate.KindLimits:
		return topic + " are shown" + each
	case f.Kind == certificate.KindCoverage:
		return topic + " is shown"
	}
	return topic + " is shown" + each
}

// anyCoverage passes when one of the rows that the path stands for is shown without doubt.
func (q required) anyCoverage(l *lookup) finding {
	var proofs []string
	for _, row := range l.in.rows {
		if strings.HasPrefix(row, q.path+".") {
			proofs = append(proofs, coverageProof(row)...)
		}
	}
	return q.shown(l, proofs)
}

// shown passes when one of the proofs is shown without doubt.
func (q required) shown(l *lookup, proofs []string) finding {
	want, next := l.wants(q.path), "Ask the broker for a certificate that shows the policy."
	if _, found := certificate.Lookup(&l.in.Certificate, q.path); !found || len(proofs) == 0 {
		return failed(want, "the certificate does not show it", next)
	}
	best, found := l.proof(proofs...)
	if !found {
		return failed(want, "its row shows no policy number, no date and no limit", next)
	}
	l.restOn(best)
	if !best.sure {
		return failed(want, fmt.Sprintf("%s was read as %s, %s", l.subject(best.path), best.reading(), best.doubt()), best.check())
	}
	return passed(want, fmt.Sprintf("%s, %s", l.subject(best.path), best.reading()))
}

// at answers for one place that is neither the table nor a row.
func (q required) at(l *lookup, path string) finding {
	want, in := l.wants(q.path), l.inPolicy(path)
	if !q.field.Scalar() {
		best, found := l.proof(q.proofs(path)...)
		if !found {
			return failed(want, "nothing"+in, "Ask the broker for a certificate that shows it.")
		}
		l.restOn(best)
		if !best.sure {
			return failed(want, fmt.Sprintf("%s%s, %s", best.reading(), in, best.doubt()), best.check())
		}
		return passed(want, best.reading())
	}
	v := l.at(path)
	ticked, isBox := v.content.(bool)
	switch {
	case !v.shown && q.field.Kind == certificate.KindBool && q.field.Name != "signature":
		return failed(want, "the box is empty"+in, "Ask the broker for a certificate with it ticked.")
	case !v.shown:
		return failed(want, v.reading()+in, "Ask the broker for a certificate that shows it.")
	case isBox && !ticked && q.field.Name == "signature":
		return failed(want, v.reading(), "Ask the broker for a signed certificate.")
	case isBox && !ticked:
		return failed(want, v.reading()+in, "Ask the broker for a certificate with it ticked.")
	case !v.sure:
		return failed(want, fmt.Sprintf("%s%s, %s", v.reading(), in, v.doubt()), v.check())
	}
	return passed(want, v.reading())
}

// inPolicy says in which policy something was found, where the row shows several.
func (l *lookup) inPolicy(path string) string {
	if l.eachPolicy(path) == "" {
		return ""
	}
	return " in " + l.coverage(path)
}

// proofs are the paths of which one must be shown for a part or a list to count as shown: a party by its name, the
// description by its text.
func (q required) proofs(path string) []string {
	switch {
	case q.field.Kind == certificate.KindParty, q.field.Path == "form":
		return []string{path + ".name"}
	case q.field.Path == "description_of_operations":
		return []string{path + ".text"}
	}
	return []string{path}
}
