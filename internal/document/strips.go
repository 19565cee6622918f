package document

import (
	"math"
	"slices"
)

// effort counts the comparisons of what is on a page with what lies over it or beside it. Indices keep it near the number of things on a
// page; what defeats them, such as 50,000 lines from top to bottom under 100,000 words, is no certificate.
type effort int

// maxEffort is ten thousand times what a dense certificate takes, and about a second of work.
const maxEffort effort = 150_000_000

// more counts a comparison, and reports whether it may still be made.
func (e *effort) more() bool {
	*e++
	return *e <= maxEffort
}

// The least height in points of the strips of a page, and how many there are at most, on pages larger than any paper.
const (
	stripHeight = 24.0
	mostStrips  = 64
)

// strips finds what reaches to a height of the page: each thing, known by its number, is listed in the level strips that it reaches into, in
// ascending order. What lies above or below the page is in the outermost ones.
type strips struct {
	height float64
	lists  [][]int32
}

// newStrips lists n things, of which where says where each is.
func newStrips(view rect, n int, where func(i int) rect) strips {
	parts := 1
	if most := math.Ceil(view.y1 / stripHeight); most > 1 {
		parts = int(min(most, mostStrips))
	}
	s := strips{max(stripHeight, view.y1/float64(parts)), make([][]int32, parts)}
	for i := range n {
		box := where(i)
		for at, last := s.at(box.y0), s.at(box.y1); at <= last; at++ {
			s.lists[at] = append(s.lists[at], int32(i))
		}
	}
	return s
}

// at is the strip in which a height lies.
func (s *strips) at(y float64) int {
	return clampInt(max(0, min(math.Floor(y/s.height), float64(len(s.lists)-1))))
}

// bounds are the heights between which a strip lies.
func (s *strips) bounds(n int) (from, to float64) {
	from, to = float64(n)*s.height, float64(n+1)*s.height
	if n == 0 {
		from = math.Inf(-1)
	}
	if n == len(s.lists)-1 {
		to = math.Inf(1)
	}
	return from, to
}

// boxes are rectangles that are looked for by their height. The zero value has none.
type boxes struct {
	all    []rect
	strips strips
	effort *effort
}

func newBoxes(all []rect, view rect, e *effort) boxes {
	return boxes{all, newStrips(view, len(all), func(i int) rect { return all[i] }), e}
}

// any reports whether something holds for a rectangle that reaches between two heights.
func (x *boxes) any(y0, y1 float64, holds func(rect) bool) bool {
	if len(x.all) == 0 {
		return false
	}
	for n, last := x.strips.at(y0), x.strips.at(y1); n <= last; n++ {
		if slices.ContainsFunc(x.strips.lists[n], func(i int32) bool { return x.effort.more() && holds(x.all[i]) }) {
			return true
		}
	}
	return false
}

// painting is shapes in the order of painting that are looked for by their height.
type painting struct {
	shapes []shape
	strips strips
	effort *effort
}

func newPainting(shapes []shape, view rect, e *effort) painting {
	return painting{shapes, newStrips(view, len(shapes), func(i int) rect { return shapes[i].box }), e}
}

// around gives the last shape at a point that was painted up to order, and the first that was painted after it, or nil.
func (p *painting) around(at point, order int) (under, over *shape) {
	list := p.strips.lists[p.strips.at(at.y)]
	after, _ := slices.BinarySearchFunc(list, order, func(i int32, order int) int {
		if p.shapes[i].order <= order {
			return -1
		}
		return 1
	})
	for k := after - 1; k >= 0 && under == nil && p.effort.more(); k-- {
		if s := &p.shapes[list[k]]; s.box.contains(at) {
			under = s
		}
	}
	for k := after; k < len(list) && over == nil && p.effort.more(); k++ {
		if s := &p.shapes[list[k]]; s.box.contains(at) {
			over = s
		}
	}
	return under, over
}
