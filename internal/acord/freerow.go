package acord

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// freeRow is a row of the free part of the table, where the issuer writes what kind of insurance it is.
type freeRow struct {
	label  cell
	policy policyCells
	limits []freeLimit
}

// freeLimit is one amount of a free row with the words before or after it.
type freeLimit struct {
	label, amount cell
}

// freeRows reads the free part of the table: one row for each line that begins a policy.
func (tr tableReader) freeRows() {
	for _, row := range tr.s.freeRowsOf(tr.t) {
		tr.freeRow(row)
	}
}

// freeRowsOf cuts the free part into rows. A row begins with each line that has a policy number, a date or an insurer's
// letter; without any, all is one row.
func (s *sheet) freeRowsOf(t table) []freeRow {
	if t.free.empty() {
		return nil
	}
	var starts []float64
	for _, id := range []labelID{letterColumn, policyColumn, effColumn, expColumn} {
		for _, line := range lineCells(s.cell(t, id, t.free), wordy) {
			starts = append(starts, boundsOf(line.tokens).cy())
		}
	}
	labels := lineCells(s.cell(t, typeColumn, t.free), wordy)
	if len(starts) == 0 && len(labels) > 0 {
		starts = append(starts, boundsOf(labels[0].tokens).cy())
	}
	slices.Sort(starts)
	starts = slices.CompactFunc(starts, func(a, b float64) bool { return math.Abs(b-a) < 0.5*t.pitch })
	var out []freeRow
	for i := range starts {
		r := span{t.free.from, t.free.to}
		if i > 0 {
			r.from = starts[i] - 0.5*t.pitch
		}
		if i+1 < len(starts) {
			r.to = starts[i+1] - 0.5*t.pitch
		}
		row := freeRow{label: s.cell(t, typeColumn, r), limits: s.freeLimits(t, r)}
		row.policy = s.rowCells(t, r).policies()[0]
		if len(key(row.policy.number.text())) < 3 && row.policy.effective.empty() && row.policy.expiration.empty() && !withAmount(row.limits) {
			continue
		}
		out = append(out, row)
	}
	return out
}

// withAmount reports whether a limit is a number.
func withAmount(limits []freeLimit) bool {
	return slices.ContainsFunc(limits, func(l freeLimit) bool { return len(key(l.amount.text())) >= 3 })
}

var amountWord = regexp.MustCompile(`^\$?\d[\d,]*(\.\d\d)?$`)

// freeLimits reads amounts and their words in the limits of a free row. Words stand before their amount, or after it where
// the first thing on the line is an amount.
func (s *sheet) freeLimits(t table, r span) []freeLimit {
	region := rect{t.columns[limitsColumn].from, r.from, t.right, r.to}
	var out []freeLimit
	for _, line := range rowsOf(slashed(s.in(region, func(t *token) bool { return !t.tick }))) {
		out = append(out, limitsOfLine(line)...)
	}
	return out
}

// slashed parts words at slashes, so that "$500,000/accident" is an amount and a word, and "occurrence/$1,000,000" a word and an amount.
func slashed(ts []*token) []*token {
	var out []*token
	for _, t := range ts {
		before, after, cut := strings.Cut(t.text, "/")
		if !cut || before == "" || after == "" || !amountWord.MatchString(before) && !(endsLettered.MatchString(before) && groupedAmount.MatchString(after)) {
			out = append(out, t)
			continue
		}
		share := float64(len(before)) / float64(len(t.text))
		l, r := *t, *t
		l.text, l.key, l.at, l.box.x1 = before, key(before), part(t.at, 0, share), t.box.x0+share*t.box.width()
		r.text, r.key, r.at, r.box.x0 = after, key(after), part(t.at, share, 1), l.box.x1
		out = append(out, &l, &r)
	}
	return out
}

var (
	endsLettered  = regexp.MustCompile(`\pL[.)]?$`)
	groupedAmount = regexp.MustCompile(`^\$?\d{1,3}(?:,\d{3})+(?:\.\d\d)?$`)
)

// isAmount reports whether a word is an amount; OCR often adds a full stop.
func isAmount(t *token) bool {
	if t.source == certificate.OCR {
		return amountWord.MatchString(strings.TrimRight(t.text, ".,;:'"))
	}
	return amountWord.MatchString(t.text)
}

func limitsOfLine(line []*token) []freeLimit {
	var out []freeLimit
	var words []*token
	after := false
	for i := 0; i < len(line); i++ {
		t := line[i]
		switch {
		case isAmount(t) || t.text == "$" && i+1 < len(line) && isAmount(line[i+1]):
			amount := []*token{t}
			for i+1 < len(line) && isAmount(line[i+1]) && (t.text == "$" && len(amount) == 1 || goesOnAmount(line[i], line[i+1])) {
				i++
				amount = append(amount, line[i])
			}
			if len(out) == 0 {
				after = len(words) == 0
			}
			limit := freeLimit{amount: cellOf(amount), label: cell{doubt: 1}}
			if last := amount[len(amount)-1]; last.source == certificate.OCR && strings.HasSuffix(last.text, ",") {
				limit.amount.doubt = disagreeing // what followed the comma was not read as a part of the amount
			}
			out = append(out, limit)
			if !after {
				out[len(out)-1].label = cellOf(words)
				words = nil
			}
		case t.key != "":
			if after && len(out) > 0 {
				out[len(out)-1].label.tokens = append(out[len(out)-1].label.tokens, t)
				continue
			}
			words = append(words, t)
		}
	}
	if len(out) == 0 && len(words) > 0 {
		// Words without an amount, such as "Included" or "Statutory".
		out = append(out, freeLimit{label: cellOf(words), amount: cell{doubt: 1}})
	}
	return out
}

// goesOnAmount reports whether a word is the rest of the amount before it: three digits, or more groups of them after a comma, perhaps with
// cents.
func goesOnAmount(before, t *token) bool {
	first, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimRight(t.text, ".,;:"), ".00"), ",")
	return len(first) == 3 && strings.Trim(first, "0123456789") == "" &&
		(adjacent(before, t) || strings.HasSuffix(before.text, ",") && gap(before, t) < 1.5*t.box.height()) &&
		(len(t.text) == 3 || strings.HasSuffix(before.text, ","))
}

// kinds of free rows that have a place of their own, by the words of their label.
var kinds = []struct {
	path    string
	pattern *regexp.Regexp
	place   func(*certificate.Coverages) **certificate.ProfessionalLiability
}{
	{"coverages.professional_liability", regexp.MustCompile(`(?i)profess|errors?\s*(?:&|and)\s*omm?issions?|\be\s*&\s*o\b|malpractice`),
		func(c *certificate.Coverages) **certificate.ProfessionalLiability { return &c.ProfessionalLiability }},
	{"coverages.cyber_liability", regexp.MustCompile(`(?i)cyber|network security|data breach|privacy`),
		func(c *certificate.Coverages) **certificate.ProfessionalLiability { return &c.CyberLiability }},
	{"coverages.criminal_liability", regexp.MustCompile(`(?i)\bcrime\b|criminal|fidelity|employee (?:dishonesty|theft)`),
		func(c *certificate.Coverages) **certificate.ProfessionalLiability { return &c.CriminalLiability }},
	{"coverages.liquor_liability", regexp.MustCompile(`(?i)liquor|dram shop`),
		func(c *certificate.Coverages) **certificate.ProfessionalLiability { return &c.LiquorLiability }},
}

// freeRow gives a row of the free part its place: a coverage that its label names, or else the list of others. It gives the row's policy
// and path, nil where the row shows nothing.
func (r *record) freeRow(row freeRow) (policy *certificate.Policy, path string) {
	for _, kind := range kinds {
		if !kind.pattern.MatchString(row.label.text()) {
			continue
		}
		p, at := kind.place(&r.certificate.Coverages), kind.path
		c := &certificate.ProfessionalLiability{}
		if *p == nil {
			*p = c
		} else {
			at = additional(at, len((*p).AdditionalPolicies)+1)
			(*p).AdditionalPolicies = append((*p).AdditionalPolicies, certificate.ProfessionalLiability{})
			c = &(*p).AdditionalPolicies[len((*p).AdditionalPolicies)-1]
		}
		r.policy(at, &c.Policy, row.policy)
		r.named(at, &c.Policy)
		r.claimLimits(at+".limits", &c.Limits, row.limits)
		return &c.Policy, at
	}
	if row.label.empty() && row.policy.number.empty() {
		return nil, ""
	}
	at := "coverages.other." + strconv.Itoa(len(r.certificate.Coverages.Other))
	other := certificate.OtherCoverage{Limits: []certificate.OtherLimit{}}
	r.text(at+".label", &other.Label, row.label)
	r.policy(at, &other.Policy, row.policy)
	r.named(at, &other.Policy)
	for _, l := range row.limits {
		limit := certificate.OtherLimit{}
		path := at + ".limits." + strconv.Itoa(len(other.Limits))
		r.say(path+".label", &limit.Label, l.label, strings.Trim(l.label.text(), " /-:,;"))
		r.dollars(path+".amount_dollars", &limit.Amount, l.amount)
		other.Limits = append(other.Limits, limit)
	}
	others := append(r.certificate.Coverages.Other, other)
	r.certificate.Coverages.Other = others
	return &others[len(others)-1].Policy, at
}

var (
	perClaim  = regexp.MustCompile(`(?i)claim|occ|incident|wrongful|each|per\b|\bea\b|\bloss\b`)
	perPeriod = regexp.MustCompile(`(?i)\bagg`)
	deducted  = regexp.MustCompile(`(?i)\bded|reten|\bsir\b|retro`)
)

// claimLimits gives the amounts of a free row to each claim and aggregate by their words. Amounts without words are taken in
// that order, which is usual but not sure.
func (r *record) claimLimits(path string, l *certificate.ProfessionalLiabilityLimits, limits []freeLimit) {
	var claim, aggregate cell
	for _, limit := range limits {
		words, c := limit.label.text(), limit.amount
		if c.empty() {
			c = limit.label
			words = ""
		}
		switch {
		case deducted.MatchString(words):
			continue
		case perPeriod.MatchString(words) && perClaim.MatchString(words):
			c.doubt *= inferred
			if claim.empty() {
				claim = c
			}
			if aggregate.empty() {
				aggregate = c
			}
		case perPeriod.MatchString(words):
			if aggregate.empty() {
				aggregate = c
			}
		case perClaim.MatchString(words):
			if claim.empty() {
				claim = c
			}
		case claim.empty():
			c.doubt *= inferred
			claim = c
		case aggregate.empty():
			c.doubt *= inferred
			aggregate = c
		}
	}
	r.dollars(path+".each_claim_dollars", &l.EachClaim, claim)
	r.dollars(path+".aggregate_dollars", &l.Aggregate, aggregate)
}
