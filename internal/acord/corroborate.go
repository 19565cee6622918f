package acord

import (
	"strings"

	"certflow/internal/certificate"
)

// corroborate lowers what OCR read and nothing else on the page supports. A misread digit of a date nearly always breaks
// what holds on certificates: a policy runs for one year from day to day, or half a year, and several policies share dates.
func (r *record) corroborate() {
	certificate.Walk(&r.certificate, func(path string, value any) {
		d, is := value.(certificate.Date)
		e, known := r.evidence[path]
		if !is || !known || e.Source != certificate.OCR {
			return
		}
		if r.dates[d] > 1 || r.regularPeriod(path) {
			return
		}
		e.Confidence = round(e.Confidence * uncommon)
		r.evidence[path] = e
	})
	r.orderDates()
}

// regularPeriod reports whether the dates of the policy at a path are a year or half a year apart.
func (r *record) regularPeriod(path string) bool {
	policy := path[:strings.LastIndexByte(path, '.')+1]
	from, _ := certificate.Lookup(&r.certificate, policy+"policy_effective_date")
	to, _ := certificate.Lookup(&r.certificate, policy+"policy_expiration_date")
	eff, ok1 := from.(certificate.Date)
	exp, ok2 := to.(certificate.Date)
	if !ok1 || !ok2 {
		return false
	}
	e, x := eff.Time(), exp.Time()
	return e.AddDate(1, 0, 0).Equal(x) || e.AddDate(0, 6, 0).Equal(x) || e.AddDate(1, 0, -1).Equal(x)
}

// orderDates takes the certainty from policies that end before they begin.
func (r *record) orderDates() {
	certificate.Walk(&r.certificate, func(path string, value any) {
		at, is := strings.CutSuffix(path, "policy_expiration_date")
		if !is {
			return
		}
		from, _ := certificate.Lookup(&r.certificate, at+"policy_effective_date")
		if eff, both := from.(certificate.Date); both && value.(certificate.Date).Before(eff) {
			for _, p := range []string{path, at + "policy_effective_date"} {
				e := r.evidence[p]
				e.Confidence = round(min(e.Confidence, disagreeing))
				r.evidence[p] = e
			}
		}
	})
}
