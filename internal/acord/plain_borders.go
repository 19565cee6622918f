package acord

import (
	"certflow/internal/page"
	"math"
	"slices"
)

// setColumns widens the columns from their headings to the borders between them: a rule, or else the widest space that nothing under the
// headings crosses.
func (s *sheet) setColumns(g *grid) {
	borders := s.edges(true, g.head)
	bottom := g.head.y1 + 40*s.em
	var pieced []rect
	for _, line := range s.lines {
		if box := boundsOf(line); box.y0 > g.head.y1-0.3*s.em && box.y1 < bottom {
			if s.endsGrid(line, g) {
				break
			}
			for _, piece := range pieces(line, clearGap(line[0])) {
				pieced = append(pieced, boundsOf(piece))
			}
		}
	}
	for _, c := range g.columns {
		pieced = append(pieced, rect{c.from, g.head.y0, c.to, g.head.y1})
	}
	for i := range g.columns {
		c := &g.columns[i]
		if i == 0 {
			c.from = 0
		}
		if i+1 == len(g.columns) {
			c.to = s.page.Width * 2
			break
		}
		next := &g.columns[i+1]
		border := s.border(borders, pieced, c.to, next.from)
		c.to, next.from = border, border
	}
}

// border is the line between two headings, of which one ends and the next begins at given places.
func (s *sheet) border(rules []float64, pieced []rect, end, begin float64) float64 {
	for _, x := range rules {
		if x >= end-0.3*s.em && x <= begin+0.3*s.em {
			return x
		}
	}
	// The widest free space around what parts the headings; most cells begin where their heading does.
	best, wide := begin-0.1*s.em, -1.0
	lo := end
	var inside []rect
	for _, p := range pieced {
		if p.x1 > end && p.x0 < begin {
			inside = append(inside, p)
		}
	}
	slices.SortFunc(inside, func(a, b rect) int { return compare(a.x0, b.x0) })
	for _, p := range append(inside, rect{begin, 0, begin, 0}) {
		if free := p.x0 - lo; free >= wide {
			best, wide = p.x0-min(0.1*s.em, max(free, 0)/2), free
		}
		lo = max(lo, p.x1)
	}
	if wide < 0.2*s.em {
		return begin - 0.1*s.em
	}
	return best
}

// edges are the places of the vertical or horizontal borders that cross a band of the page: rules, and the sides of frames.
func (s *sheet) edges(vertical bool, band rect) []float64 {
	var out []float64
	stroke := 1.1 * s.em // borders of a cell of one line are longer
	if s.looked() {
		stroke = 1.5 * s.em // OCR's words are as high as their letters
	}
	add := func(at, from, to float64) {
		if to-from < stroke {
			return // a stroke of a letter that is drawn, such as an I
		}
		lo, hi := band.y0, band.y1
		if !vertical {
			lo, hi = band.x0, band.x1
		}
		if from <= lo+0.5*(hi-lo) && to >= lo+0.5*(hi-lo) {
			out = append(out, at)
		}
	}
	for _, m := range s.marks {
		b := m.box
		switch {
		case m.kind == page.Rule && vertical && b.height() > b.width():
			add(b.cx(), b.y0, b.y1)
		case m.kind == page.Rule && !vertical && b.width() > b.height():
			add(b.cy(), b.x0, b.x1)
		case m.kind == page.Frame && vertical:
			add(b.x0, b.y0, b.y1)
			add(b.x1, b.y0, b.y1)
		case m.kind == page.Frame:
			add(b.y0, b.x0, b.x1)
			add(b.y1, b.x0, b.x1)
		}
	}
	slices.Sort(out)
	return slices.CompactFunc(out, func(a, b float64) bool { return math.Abs(b-a) < 2 })
}

// crosses reports whether a horizontal edge goes over most of a band's width, in one piece or several.
func (s *sheet) crosses(at float64, band rect) bool {
	covered := 0.0
	for _, m := range s.marks {
		b := m.box
		if m.kind == page.Rule && b.width() > b.height() && math.Abs(b.cy()-at) < 2 || m.kind == page.Frame && (math.Abs(b.y0-at) < 2 || math.Abs(b.y1-at) < 2) {
			covered += max(0, min(b.x1, band.x1)-max(b.x0, band.x0))
		}
	}
	return covered >= 0.7*band.width()
}
