package acord

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// give puts a coverage in its place in the certificate, if it shows more than its name. A second one of its kind is a further
// policy.
func (p *plainReader) give(c *plainCoverage) {
	if c.policy.effective.empty() && c.policy.expiration.empty() && !p.period[0].empty() {
		c.policy.effective, c.policy.expiration = p.period[0], p.period[1]
		if len(p.coverages) > 1 {
			c.policy.effective.doubt *= unticked
			c.policy.expiration.doubt *= unticked
		}
	}
	if c.policy.number.empty() && !p.shared.empty() && p.alone {
		c.policy.number = p.shared
		if len(p.coverages) > 1 {
			c.policy.number.doubt *= unticked
		}
	}
	if slices.ContainsFunc(c.policy.number.tokens, func(t *token) bool { return len(t.key) > 4 && !strings.ContainsAny(t.key, "0123456789") }) {
		c.policy.number.doubt *= inferred // numbers hold no words
	}
	all := &p.certificate.Coverages
	switch c.id {
	case glRow:
		give(p, c, glPath, &all.GeneralLiability, p.generalLiability, func(first *certificate.GeneralLiability) *[]certificate.GeneralLiability {
			return &first.AdditionalPolicies
		})
	case autoRow:
		give(p, c, autoPath, &all.AutomobileLiability, p.automobile, func(first *certificate.AutomobileLiability) *[]certificate.AutomobileLiability {
			return &first.AdditionalPolicies
		})
	case umbrellaRow:
		give(p, c, umbrellaPath, &all.UmbrellaLiability, p.umbrella, func(first *certificate.UmbrellaLiability) *[]certificate.UmbrellaLiability {
			return &first.AdditionalPolicies
		})
	case wcRow:
		give(p, c, wcPath, &all.WorkersCompensation, p.workers, func(first *certificate.WorkersCompensation) *[]certificate.WorkersCompensation {
			return &first.AdditionalPolicies
		})
	default:
		if c.policy.number.empty() && c.policy.effective.empty() && c.policy.expiration.empty() && len(c.limits) == 0 {
			return // a line that names no coverage
		}
		if policy, at := p.freeRow(c.free()); policy != nil {
			p.insurerOf(at, policy, c)
		}
	}
}

// give reads a coverage at the next free place of its kind and leaves nothing behind where it shows nothing.
func give[C any](p *plainReader, c *plainCoverage, path string, to **C, read func(string, *plainCoverage) C, further func(*C) *[]C) {
	n := 0
	if *to != nil {
		n = len(*further(*to)) + 1
	}
	at := additional(path, n)
	value := read(at, c)
	switch _, statute := p.evidence[at+".per_statute"]; {
	case !p.shown(at) && !statute:
		p.forget(at)
	case n == 0:
		*to = &value
	default:
		*further(*to) = append(*further(*to), value)
	}
}

func (p *plainReader) fillPolicy(path string, policy *certificate.Policy, c *plainCoverage) {
	p.policy(path, policy, c.policy)
	p.named(path, policy)
	p.insurerOf(path, policy, c)
}

// insurerOf gives a coverage the insurer that it names itself.
func (p *plainReader) insurerOf(path string, policy *certificate.Policy, c *plainCoverage) {
	if policy.InsurerName == nil && !c.insurer.empty() {
		p.name(path+".insurer_name", &policy.InsurerName, c.insurer, insurerName(c.insurer.text()))
	}
}

func (p *plainReader) generalLiability(path string, c *plainCoverage) (out certificate.GeneralLiability) {
	p.fillPolicy(path, &out.Policy, c)
	p.triggers(path, c, &out.ClaimsMade, &out.Occurrence)
	if aggregate, said := c.limits[aggregateLimit]; said && c.limits[generalAggregate].empty() {
		aggregate.doubt *= inferred
		c.limits[generalAggregate] = aggregate
	}
	p.generalLimits(path+".limits", &out.Limits, c.limits)
	return out
}

func (p *plainReader) automobile(path string, c *plainCoverage) (out certificate.AutomobileLiability) {
	p.fillPolicy(path, &out.Policy, c)
	out.Autos = []string{}
	p.autoLimits(path+".limits", &out.Limits, c.limits)
	words := append([]cell{c.autos}, c.words...)
	if ticked := slices.DeleteFunc(slices.Clone(words), func(w cell) bool { return !w.ticked }); len(ticked) > 0 {
		words = ticked
		if slices.ContainsFunc(ticked, func(w cell) bool { return strings.HasSuffix(w.text(), "-") }) {
			for i := range words {
				words[i].doubt *= inferred // "Non-" was broken off: there are more
			}
		}
	}
	for _, kind := range autoKinds() {
		for _, w := range words {
			if kind.pattern.MatchString(w.text()) {
				w.doubt *= said(w)
				p.prove(path+".autos."+strconv.Itoa(len(out.Autos)), w, sourced(w))
				out.Autos = append(out.Autos, kind.name)
				break
			}
		}
	}
	return out
}

func (p *plainReader) umbrella(path string, c *plainCoverage) (out certificate.UmbrellaLiability) {
	p.fillPolicy(path, &out.Policy, c)
	p.triggers(path, c, &out.ClaimsMade, &out.Occurrence)
	p.umbrellaLimits(path+".limits", &out.Limits, c.limits)
	for _, w := range append([]cell{c.heading}, c.words...) {
		umbrella, excess := saysUmbrella.MatchString(w.text()), saysExcess.MatchString(w.text())
		if umbrella == excess {
			continue
		}
		form := "umbrella"
		if excess {
			form = "excess"
		}
		w.doubt *= said(w)
		p.say(path+".form", &out.Form, w, form)
		break // the heading first
	}
	return out
}

func (p *plainReader) workers(path string, c *plainCoverage) (out certificate.WorkersCompensation) {
	p.fillPolicy(path, &out.Policy, c)
	p.yesNo(path+".proprietor_excluded", &out.ProprietorExcluded, c.proprietor)
	p.workersLimits(path+".limits", &out.Limits, c.limits)
	for _, w := range c.words {
		if saysStatutory.MatchString(w.text()) && !negated.MatchString(w.text()) {
			p.flag(path+".per_statute", &out.PerStatute, true, w, sourced(w)*said(w))
		}
	}
	return out
}

// triggers reads "Occurrence" or "Claims-Made", where one of them is said.
func (p *plainReader) triggers(path string, c *plainCoverage, claimsMade, occurrence **bool) {
	best := 0.0
	for _, w := range c.words {
		occurs, claims := saysOccurrence.MatchString(w.text()), saysClaims.MatchString(w.text())
		if occurs == claims || said(w)*w.doubt < best {
			continue // a box that is ticked says it, the words beside others do not
		}
		best = said(w) * w.doubt
		p.flag(path+".occurrence", occurrence, occurs, w, sourced(w)*said(w))
		p.flag(path+".claims_made", claimsMade, claims, w, sourced(w)*said(w))
	}
}

// said is how much less sure a word that stands for a tick is when no label introduces it.
func said(w cell) float64 {
	for _, t := range w.tokens {
		if t.label {
			return inferred
		}
	}
	return 1
}

var (
	saysStatutory  = regexp.MustCompile(`(?i)\bstatut`)
	saysOccurrence = regexp.MustCompile(`(?i)^\W*occur`)
	saysClaims     = regexp.MustCompile(`(?i)claims.?made`)
	saysUmbrella   = regexp.MustCompile(`(?i)umbrella`)
	saysExcess     = regexp.MustCompile(`(?i)excess`)

	allKinds = []autoKind{{anyAutoTick, "any_auto", regexp.MustCompile(`(?i)\bany auto`)},
		{ownedTick, "owned_autos_only", regexp.MustCompile(`(?i)(?:^|[,;&]|\ball\b|\band\b)\s*owned\b`)},
		{scheduledTick, "scheduled_autos", regexp.MustCompile(`(?i)\bscheduled\b`)},
		{hiredTick, "hired_autos_only", regexp.MustCompile(`(?i)\bhired\b`)},
		{nonOwnedTick, "non_owned_autos_only", regexp.MustCompile(`(?i)\bnon-?\s*owned\b`)}}
)

// autoKind is one of the boxes of the automobile row.
type autoKind struct {
	id      labelID
	name    string
	pattern *regexp.Regexp // how it is said in words
}

// autoKinds are the boxes of the automobile row in the order of the form.
func autoKinds() []autoKind { return allKinds }

// free is the coverage as a row of the free part of a table.
func (c *plainCoverage) free() freeRow {
	row := freeRow{label: c.heading, policy: c.policy}
	for _, l := range c.labelled {
		row.limits = append(row.limits, freeLimit{label: cellOf(l.tokens), amount: c.limits[l.id]})
	}
	return row
}
