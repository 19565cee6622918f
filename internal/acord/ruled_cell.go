package acord

import (
	"math"
	"slices"
)

// ruledCell is what stands in the cell right of a label where rules draw a table of labels and values: all of its lines, of which none need
// stand on the label's own line. It is not ok where no rules do, or where the cell holds a label.
func (s *sheet) ruledCell(a anchor) (c cell, ok bool) {
	line := a.first
	xs := s.edges(true, line)
	left, right := math.Inf(1), math.Inf(1)
	for _, x := range xs {
		switch {
		case x < a.box.x1-0.3*s.em:
		case math.IsInf(left, 1):
			left = x
		case x > left+s.em:
			right = min(right, x)
		}
	}
	if math.IsInf(right, 1) {
		return cell{}, false
	}
	between := rect{a.box.x1 + 0.1*s.em, line.y0, left, line.y1}
	if len(s.in(between, func(t *token) bool { return t.key != "" && !t.label })) > 0 {
		return cell{}, false
	}
	top, bottom := math.Inf(-1), math.Inf(1)
	for _, y := range s.edges(false, rect{left + 0.1*s.em, 0, right - 0.1*s.em, 0}) {
		if y <= line.cy() {
			top = max(top, y)
		} else {
			bottom = min(bottom, y)
		}
	}
	if math.IsInf(top, -1) || math.IsInf(bottom, 1) || bottom-top > 12*s.em {
		return cell{}, false
	}
	found := s.in(rect{left, top, right, bottom}, func(t *token) bool { return wordy(t) && t.text != ":" })
	if len(found) == 0 || slices.ContainsFunc(found, func(t *token) bool { return t.label }) {
		return cell{}, false
	}
	return cellOf(found), true
}

// oneLine is a value of one line: the first, or all lines of a cell between rules, of which one goes on with the other.
func (s *sheet) oneLine(a anchor) cell {
	c, ok := s.ruledCell(a)
	if !ok {
		return firstLine(s.valueOf(a))
	}
	return whole(c)
}

// whole is a cell with its lines put together: what ends with a hyphen goes on at once, of the rest it is less sure.
func whole(c cell) cell {
	lines := rowsOf(c.tokens)
	if len(lines) < 2 {
		return c
	}
	out := cell{doubt: c.doubt}
	for i, line := range lines {
		line = slices.Clone(line)
		if i > 0 {
			first := *line[0]
			if above := lines[i-1]; endsHyphenated(above) {
				first.glued = true
			} else {
				out.doubt = min(out.doubt, inferred)
			}
			line[0] = &first
		}
		out.tokens = append(out.tokens, line...)
	}
	return out
}

func endsHyphenated(line []*token) bool {
	text := line[len(line)-1].text
	return len(text) > 1 && text[len(text)-1] == '-'
}
