package grounding

import (
	"strings"

	"certflow/internal/certificate"
)

// rowOf is the path of the row that a path leads into, as its label is named.
func rowOf(path string) string {
	parts := strings.SplitN(path, ".", 4)
	switch {
	case len(parts) < 2 || parts[0] != "coverages":
		return ""
	case parts[1] == "other" && len(parts) > 2:
		return strings.Join(parts[:3], ".")
	}
	return parts[0] + "." + parts[1]
}

// limitOfOneCoverage reports whether a limit's name belongs to a single coverage of the schema.
func limitOfOneCoverage(name string) bool {
	return name != "each_occurrence_dollars" && name != "aggregate_dollars" && name != "each_claim_dollars" && name != "amount_dollars" && name != "retention_dollars"
}

// amount grounds a limit: surely where it stands beside its own label in the row of its own coverage, and no other amount does.
func (g *ground) amount(path string, field certificate.Field, want certificate.Dollars) found {
	row := rowOf(path)
	best := none()
	contested := false
	for _, s := range g.sheets {
		for _, a := range s.amounts {
			own := s.owns(a, path, field.Name, row)
			if a.value != want {
				contested = contested || own
				continue
			}
			f := found{s, a.tokens, elsewhere}
			switch {
			case a.loose:
				f.confidence = loosely
			case own && a.clean:
				f.confidence = beside
			}
			best = better(best, f)
		}
	}
	if contested {
		best = best.atMost(elsewhere)
	}
	return best
}

// owns reports whether an amount stands beside the label of a limit, in the limit's row.
func (s *sheet) owns(a amountAt, path, name, row string) bool {
	if a.label < 0 {
		return false
	}
	l := &s.labels[a.label]
	if !l.is(limitLabel, name) && !l.is(limitLabel, path) {
		return false
	}
	if l.box[1] > s.freeText {
		return false
	}
	if a.row == nil { // the heads of columns stand above the rows
		at := s.rowAt(a.tokens[0])
		return limitOfOneCoverage(name) && l.box[1] <= s.firstRow && (at == nil || at.is(rowLabel, row))
	}
	return a.row.is(rowLabel, row)
}

// date grounds a date: a policy's in its row, under or after its label; the certificate's own under "Date".
func (g *ground) date(path string, field certificate.Field, want certificate.Date) found {
	row := rowOf(path)
	best := none()
	contested := false
	for _, s := range g.sheets {
		for _, d := range s.dates {
			own := row == "" && d.issued || row != "" && d.column == field.Name && d.row != nil && d.row.is(rowLabel, row)
			if d.value != want {
				contested = contested || own
				continue
			}
			f := found{s, d.tokens, elsewhere}
			switch {
			case d.loose && own:
				f.confidence = mentioned
			case d.loose:
				f.confidence = loosely
			case own:
				f.confidence = beside
			}
			best = better(best, f)
		}
	}
	if contested {
		best = best.atMost(elsewhere)
	}
	return best
}

// column is the name of the field that the i-th date of a line stands for by the label before it or above it, or empty.
func (s *sheet) column(dates []dateAt, i int) string {
	first := dates[i].tokens[0]
	before := -1.0 // the right end of the date before
	if i > 0 {
		before = bounds(dates[i-1].tokens)[2]
	}
	for _, l := range s.labels {
		if l.kind != columnLabel || !besideLabel(l.box, first) || !s.opens(&l) {
			continue
		}
		switch name := l.names[0]; name {
		case effColumn, expColumn:
			if l.box[0] > before-3 {
				return name
			}
		case periodColumn:
			switch n := afterLabel(dates, i, l.box); n {
			case 0:
				return effColumn
			case 1:
				return expColumn
			}
		}
	}
	var best *labelled
	for j := range s.labels {
		l := &s.labels[j]
		if l.kind != columnLabel || l.names[0] != effColumn && l.names[0] != expColumn || l.box[3] > first.box[1]+2 {
			continue
		}
		if min(first.box[2]+5, l.box[2])-max(first.box[0]-5, l.box[0]) <= 0 {
			continue
		}
		if best == nil || l.box[1] > best.box[1] {
			best = l
		}
	}
	if best == nil {
		return ""
	}
	return best.names[0]
}

// afterLabel is which of the dates right of a label the i-th is, from 0.
func afterLabel(dates []dateAt, i int, l certificate.Box) int {
	n := 0
	for _, d := range dates[:i] {
		if d.tokens[0].box[0] >= l[2]-3 {
			n++
		}
	}
	return n
}

// besideLabel reports whether a token stands on the line of a label, to its right and within reach.
func besideLabel(l certificate.Box, t *token) bool {
	off := t.middle() - (l[1]+l[3])/2
	height := max(t.height(), l[3]-l[1])
	return t.box[0] >= l[0]+0.85*(l[2]-l[0]) && t.box[0]-l[2] < reach && off < 0.75*height && off > -0.75*height
}

// under reports whether the nearest label before or above a token is the one asked for, among those of sections.
func (s *sheet) under(t *token, k kind, name string) bool {
	const farthestBelow = 100
	var best *labelled
	cost := 0.0
	for i := range s.labels {
		l := &s.labels[i]
		if l.kind != sectionLabel && l.kind != columnLabel && l.kind != limitLabel || l.holds(t) {
			continue
		}
		var d float64
		switch {
		case besideLabel(l.box, t):
			d = 0.3 * max(0, t.box[0]-l.box[2])
		case l.box[3] <= t.box[1]+3 && t.box[0] >= l.box[0]-15:
			d = t.box[1] - l.box[3] + 0.5*max(0, t.box[0]-l.box[0]-60)
		default:
			continue
		}
		if best == nil || d < cost {
			best, cost = l, d
		}
	}
	return best != nil && cost < farthestBelow && best.is(k, name)
}
