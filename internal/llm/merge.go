package llm

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/page"
)

// The confidence of a value that two readers had a say in.
const (
	contested  = 0.5  // the readers disagree
	adopted    = 0.9  // only the model read it, and it stands beside its label
	supported  = 0.8  // only the model read it, and it stands on the page
	agreement  = 0.6  // the share of the layout reader's doubt that a second reader's agreement takes away
	mostAgreed = 0.95 // no two readers are surer than this unless one alone was
	placed     = 0.65 // how well an amount or a date stands in its place at least, for agreement to take away any doubt
	longest    = 200  // runes of either reader in a text that names both
)

// merge settles what a model read with what the layout reader read, nil when it read nothing. The layout reader's values stand;
// where the model agrees they gain confidence, where it disagrees they are not certain and their evidence names both, and what only
// the model read is taken as far as the page bears it out.
func merge(layout *certificate.Reading, model *certificate.Certificate, pages []page.Page, parser certificate.Parser) *certificate.Reading {
	grounded := grounding.Ground(model, pages)
	if layout == nil {
		out := &certificate.Reading{Certificate: *model, Evidence: grounded, Parser: parser}
		for path, e := range out.Evidence {
			e.Confidence = min(e.Confidence, bound(e))
			out.Evidence[path] = e
		}
		doubtOmission(out, pages)
		return out
	}
	m := merger{layout: layout, out: tree{}, evidence: maps.Clone(layout.Evidence)}
	if m.evidence == nil {
		m.evidence = map[string]certificate.Evidence{}
	}
	places := align(&layout.Certificate, model)
	certificate.Walk(&layout.Certificate, func(path string, v any) { m.out.set(path, v) })
	certificate.Walk(model, func(path string, v any) { m.settle(places.of(path), v, grounded[path]) })
	merged, err := m.out.certificate()
	if err != nil { // a bug: what was taken from two certificates does not make one
		return layout
	}
	return &certificate.Reading{Certificate: *merged, Evidence: m.evidence, Parser: certificate.Parser{
		Name: layout.Parser.Name + " + " + parser.Name, Version: layout.Parser.Version + " + " + parser.Version,
	}}
}

// doubtOmission takes the certainty from the expiration dates of a reading that leaves out a policy which the pages show: that all policies
// are in force is said by the ones that are not told of, too.
func doubtOmission(r *certificate.Reading, pages []page.Page) {
	unread := grounding.UnreadExpirations(&r.Certificate, pages)
	if len(unread) == 0 {
		return
	}
	for path, e := range r.Evidence {
		if strings.HasSuffix(path, ".policy_expiration_date") {
			e.Confidence = min(e.Confidence, supported)
			e.Doubt = fmt.Sprintf("page %d shows a policy that the language model left out, which expires on %s", unread[0].Page, unread[0].Date)
			r.Evidence[path] = e
		}
	}
}

// bound is how sure a value can be that only a model read.
func bound(e certificate.Evidence) float64 {
	if e.Confidence >= grounding.Certain {
		return adopted
	}
	return supported
}

// merger is two readings becoming one.
type merger struct {
	layout   *certificate.Reading
	out      tree
	evidence map[string]certificate.Evidence
}

// settle takes in one value of the model's for a path of the merged certificate.
func (m *merger) settle(path string, v any, grounded certificate.Evidence) {
	standing, shown := certificate.Lookup(&m.layout.Certificate, path)
	evidence, known := m.layout.Evidence[path]
	if shown {
		evidence, known = certificate.EvidenceAt(m.layout.Evidence, path)
	}
	switch {
	case shown && known:
		switch compare(path, standing, v) {
		case agrees:
			if inPlace(v, grounded) {
				evidence.Confidence = raised(evidence.Confidence)
			}
		case disagrees:
			evidence.Confidence = min(evidence.Confidence, contested)
			evidence.Text = both(evidence.Text, v)
			evidence.Doubt = "the language model read " + said(v) + " there"
		}
		m.evidence[path] = evidence
	case shown: // a value of the layout reader's that says not where it stands: nothing changes that
	case known && strings.TrimSpace(evidence.Text) != "": // something is printed that the layout reader takes for no value, such as "Included"
		if grounded.Page == 0 {
			return
		}
		grounded.Confidence = min(grounded.Confidence, contested)
		grounded.Text = both(evidence.Text, v)
		grounded.Doubt = "the layout reader read " + strconv.Quote(cut(evidence.Text)) + " there"
		m.evidence[path] = grounded
		m.out.set(path, v)
	case v == false && emptyIsNull(path) && grounded.Confidence < supported: // a box of which neither reader saw what it holds
	default:
		grounded.Confidence = min(grounded.Confidence, bound(grounded))
		m.evidence[path] = grounded
		m.out.set(path, v)
	}
}

// emptyIsNull reports whether a path is that of a box ADDL INSD or SUBR WVD, which says nothing while it is empty (CONTRACT §3).
func emptyIsNull(path string) bool {
	return strings.HasSuffix(path, ".additional_insured") || strings.HasSuffix(path, ".waiver_of_subrogation")
}

// inPlace reports whether a value that both readers read stands where it should as far as the words of the page show: of two readers that
// take the amount of another limit, neither confirms the other. Words show this of amounts and dates.
func inPlace(v any, grounded certificate.Evidence) bool {
	switch v.(type) {
	case certificate.Dollars, certificate.Date:
		return grounded.Confidence >= placed
	}
	return true
}

// raised is a confidence that a second reader has confirmed.
func raised(c float64) float64 {
	if !(c > 0) {
		return 0
	}
	return max(c, min(mostAgreed, c+(1-c)*agreement))
}

// both names what either reader read.
func both(text string, v any) string {
	return cut(text) + " (the language model read: " + said(v) + ")"
}

// said is a value as a person is told of it.
func said(v any) string {
	switch v {
	case true:
		return "yes"
	case false:
		return "no"
	}
	return cut(fmt.Sprint(v))
}

func cut(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return string(r)
}

// places says where in the merged certificate a path of the model's stands: items of lists are the same when they say so, not when
// they have the same number.
type places map[string]string

// of moves a path.
func (p places) of(path string) string {
	for at := path; ; {
		if to, ok := p[at]; ok {
			return to + path[len(at):]
		}
		cut := strings.LastIndexByte(at, '.')
		if cut < 0 {
			return path
		}
		at = at[:cut]
	}
}

// align finds the layout reader's item for each of the model's: insurers by their letter, rows of coverages.other by their label or
// policy number, their limits by label, texts by their words. What has none comes after the layout reader's own.
func align(layout, model *certificate.Certificate) places {
	p := places{}
	place(p, "insurers", layout.Insurers, model.Insurers, func(a, b certificate.Insurer) bool { return a.Letter == b.Letter })
	const names = "description_of_operations.additional_insured_names"
	place(p, names, layout.Description.AdditionalInsuredNames, model.Description.AdditionalInsuredNames, same)
	place(p, "coverages.other", layout.Coverages.Other, model.Coverages.Other, func(a, b certificate.OtherCoverage) bool {
		return samePointer(a.Label, b.Label) || samePointer(a.Number, b.Number)
	})
	for i, o := range model.Coverages.Other {
		from := "coverages.other." + strconv.Itoa(i)
		to := p.of(from)
		n, err := strconv.Atoi(to[strings.LastIndexByte(to, '.')+1:])
		if err != nil || n >= len(layout.Coverages.Other) {
			continue
		}
		limits := places{}
		place(limits, "limits", layout.Coverages.Other[n].Limits, o.Limits, func(a, b certificate.OtherLimit) bool { return samePointer(a.Label, b.Label) })
		for f, t := range limits {
			p[from+"."+f] = to + "." + t
		}
	}
	autos := func(c *certificate.Certificate, path string) []string {
		v, _ := certificate.Lookup(c, path+".autos")
		out, _ := v.([]string)
		return out
	}
	for _, row := range certificate.Policies(model, "coverages.automobile_liability") {
		place(p, row+".autos", autos(layout, row), autos(model, row), same)
	}
	return p
}

// place notes where each of a list's items goes.
func place[T any](p places, list string, layout, model []T, match func(a, b T) bool) {
	taken := map[int]bool{}
	next := len(layout)
	for i, item := range model {
		to := slices.IndexFunc(layout, func(l T) bool { return match(l, item) })
		if to < 0 || taken[to] {
			to = next
			next++
		}
		taken[to] = true
		p[list+"."+strconv.Itoa(i)] = list + "." + strconv.Itoa(to)
	}
}

func same(a, b string) bool { return folded(a) == folded(b) }

func samePointer(a, b *string) bool { return a != nil && b != nil && folded(*a) != "" && same(*a, *b) }
