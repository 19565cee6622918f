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
	lines := rowsOf(s.in(rect{t.amounts, r.from, t.right, r.to}, written))
	shift := s.amountShift(t)
	out := map[labelID]cell{}
	for _, line := range lines {
		if textOf(line) == "$" || key(textOf(line)) == "" && line[0].source == certificate.OCR {
			continue
		}
		y := boundsOf(line).cy() - shift
		i, doubt := nearestLabel(labels, y, t.pitch)
		if i < 0 {
			continue
		}
		c := cellOf(line)
		c.doubt = doubt * labelDoubt(labels[i])
		if have, twice := out[labels[i].id]; twice {
			// Two lines beside one label: neither is surely its own.
			c.tokens = slices.Concat(have.tokens, c.tokens)
			c.doubt = disagreeing
		}
		out[labels[i].id] = c
	}
	return out
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
