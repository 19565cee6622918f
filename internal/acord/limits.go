package acord

import (
	"math"
	"slices"

	"certflow/internal/certificate"
)

// limitCells gives what is written beside the labels of limits in a row of the table. Each line of the amount column goes to
// the label at its height; one that stands between two is not sure.
func (s *sheet) limitCells(t table, r span) map[labelID]cell {
	var labels []anchor
	for _, a := range s.anchors {
		if limitLabel(a.id) && r.holds(a.box.cy()) && a.first.x0 > t.columns[limitsColumn].from-2*s.em && a.first.x0 < t.amounts {
			labels = append(labels, a)
		}
	}
	if blank, ok := s.blankLine(labels); ok {
		labels = append(labels, blank)
	}
	lines := rowsOf(s.in(rect{t.amounts, r.from, t.right, r.to}, func(tok *token) bool { return written(tok) && !s.onBorder(t, tok) }))
	shift := s.amountShift(t)
	far := 1.0
	if math.Abs(shift) > 0.35*t.pitch {
		far = misplaced // printed so far off that each amount may belong to the line above or below
	}
	out := map[labelID]cell{}
	for _, line := range lines {
		if textOf(line) == "$" || key(textOf(line)) == "" && line[0].source == certificate.OCR {
			continue
		}
		y := boundsOf(line).cy() - shift
		i, doubt := nearestLabel(labels, y, t.pitch)
		if i < 0 || labels[i].id == "" {
			continue
		}
		c := cellOf(line)
		c.doubt = doubt * far * labelDoubt(labels[i])
		if have, twice := out[labels[i].id]; twice {
			// Two lines beside one label: neither is surely its own.
			c.tokens = slices.Concat(have.tokens, c.tokens)
			c.doubt = disagreeing
		}
		out[labels[i].id] = c
	}
	return out
}

// onBorder reports whether a single digit of OCR stands at the right border of the table, which it then is: amounts of one digit there
// are none, and the last digit of one stands with the others.
func (s *sheet) onBorder(t table, digit *token) bool {
	border := t.columns[limitsColumn].to
	return digit.source == certificate.OCR && len(digit.text) == 1 && math.Abs(digit.box.x1-border) < 0.5*s.em &&
		!slices.ContainsFunc(s.tokens, func(o *token) bool {
			return o != digit && sameLine(o.box, digit.box) > 0.5 && o.box.x1 <= digit.box.x0+0.1*s.em && gap(o, digit) < s.em
		})
}

// blankLine is the line without a label under the last limit of a row, in which issuers print limits of their own.
func (s *sheet) blankLine(labels []anchor) (anchor, bool) {
	if len(labels) < 2 {
		return anchor{}, false
	}
	var middles []float64
	for _, a := range labels {
		middles = append(middles, a.box.cy())
	}
	slices.Sort(middles)
	n := len(middles)
	last := slices.MaxFunc(labels, func(a, b anchor) int { return compare(a.box.cy(), b.box.cy()) })
	if last.id != productsAggregate && last.id != propertyDamage && last.id != aggregateLimit {
		return anchor{}, false
	}
	steps := make([]float64, n-1)
	for i := range steps {
		steps[i] = middles[i+1] - middles[i]
	}
	y := middles[n-1] + median(steps)
	return anchor{box: rect{last.box.x0, y - 0.5*s.em, last.box.x1, y + 0.5*s.em}}, true
}

// nearestLabel gives the label at a height, with doubt where the next one is nearly as near, and -1 where none is near.
func nearestLabel(labels []anchor, y, pitch float64) (index int, doubt float64) {
	index = -1
	best, second := math.Inf(1), math.Inf(1)
	for i, a := range labels {
		switch d := math.Abs(a.box.cy() - y); {
		case d < best:
			index, best, second = i, d, best
		case d < second:
			second = d
		}
	}
	if best > 0.75*pitch {
		return -1, 0
	}
	if second-best < 0.25*pitch {
		return index, misplaced
	}
	return index, 1
}

// amountShift is how much lower than their labels amounts are printed on this sheet. Overlays are often printed a few
// points off; the amounts of the whole table tell by how much.
func (s *sheet) amountShift(t table) float64 {
	var shifts []float64
	for _, r := range t.rows {
		for _, line := range rowsOf(s.in(rect{t.amounts, r.from, t.right, r.to}, written)) {
			y := boundsOf(line).cy()
			best := math.Inf(1)
			for _, a := range s.anchors {
				if d := y - a.box.cy(); limitLabel(a.id) && a.first.x0 < t.amounts && math.Abs(d) < math.Abs(best) {
					best = d
				}
			}
			if math.Abs(best) < 0.75*t.pitch && key(textOf(line)) != "" {
				shifts = append(shifts, best)
			}
		}
	}
	if len(shifts) < 3 {
		return 0
	}
	return median(shifts)
}

// labelDoubt is lower the more letters of a label were misread.
func labelDoubt(a anchor) float64 {
	if a.guessed {
		return misplaced
	}
	return math.Pow(0.98, float64(a.errors))
}
