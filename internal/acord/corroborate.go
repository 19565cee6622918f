package acord

import (
	"strings"

	"certflow/internal/certificate"
)

// corroborate raises what OCR read and something else on the page bears out, and lowers what nothing supports where most such values
// have support, and what other words of the page take back. Two values that were read in two places are seldom misread so that they still fit each other.
func (r *record) corroborate() {
	r.compareDates()
	r.compareLimits()
	r.orderDates()
}

// compareDates: a misread digit of a date nearly always breaks what holds on certificates. A policy runs for one year from day to day, or
// half a year, and several policies share dates.
func (r *record) compareDates() {
	certificate.Walk(&r.certificate, func(path string, value any) {
		d, is := value.(certificate.Date)
		e, known := r.evidence[path]
		if !is || !known || e.Source != certificate.OCR {
			return
		}
		if r.dates[d] > 1 || r.regularPeriod(path) {
			e.Confidence = borneOut(e.Confidence, r.places[path])
		} else {
			e.Confidence = round(e.Confidence * unsupported)
		}
		r.evidence[path] = e
	})
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

// limit is an amount of a coverage.
type limit struct {
	path, name string
	amount     certificate.Dollars
}

// compareLimits holds the limits of a coverage against each other. Most policies have the same amount for several of them, and aggregates
// of once or twice what one occurrence may cost; an aggregate below that is next to unknown.
func (r *record) compareLimits() {
	coverages := map[string][]limit{}
	certificate.Walk(&r.certificate, func(path string, value any) {
		amount, is := value.(certificate.Dollars)
		if coverage, name, below := strings.Cut(path, ".limits."); is && below {
			coverages[coverage] = append(coverages[coverage], limit{path, name, amount})
		}
	})
	for coverage, limits := range coverages {
		others := limits
		switch coverage {
		case glPath:
			others = append(others[:len(others):len(others)], limitNamed(coverages[autoPath], "combined_single_limit_dollars")...)
		case autoPath:
			others = append(others[:len(others):len(others)], limitNamed(coverages[glPath], "each_occurrence_dollars")...)
		}
		for _, l := range limits {
			e, known := r.evidence[l.path]
			if !known || e.Source != certificate.OCR {
				continue
			}
			switch {
			case l.contradicted(others):
				e.Confidence = round(e.Confidence * uncommon)
			case l.supported(others):
				e.Confidence = borneOut(e.Confidence, r.places[l.path])
			}
			r.evidence[l.path] = e
		}
	}
}

func limitNamed(limits []limit, name string) []limit {
	for i, l := range limits {
		if l.name == name {
			return limits[i : i+1]
		}
	}
	return nil
}

// supported reports whether another limit makes a misread digit in this one unlikely. Amounts that no policy has support nothing.
func (l limit) supported(others []limit) bool {
	if l.amount < 1000 || !asRound(l.amount) {
		return false
	}
	for _, o := range others {
		switch {
		case o.path == l.path:
		case o.amount == l.amount, l.aggregate() && o.occurrence() && l.amount == 2*o.amount, l.occurrence() && o.aggregate() && o.amount == 2*l.amount:
			return true
		}
	}
	return false
}

// contradicted reports whether one occurrence may cost more than all together.
func (l limit) contradicted(others []limit) bool {
	for _, o := range others {
		if l.aggregate() && o.occurrence() && o.amount > l.amount || l.occurrence() && o.aggregate() && l.amount > o.amount {
			return true
		}
	}
	return false
}

func (l limit) occurrence() bool {
	return l.name == "each_occurrence_dollars" || l.name == "each_claim_dollars" || l.name == "personal_and_advertising_injury_dollars"
}

func (l limit) aggregate() bool {
	return l.name == "general_aggregate_dollars" || l.name == "products_completed_operations_dollars" || l.name == "aggregate_dollars"
}
