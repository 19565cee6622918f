package document

import "math"

// Where a ruling parts what is painted on both sides of it, in units of the type size: how far from the place where two words meet it may
// stand, and how far that place must be from where type that goes on would stand. Programs that place the letters of a word one by one
// round less than that.
const (
	partingReach = 0.6
	partingSlip  = 0.03
)

// partings are the upright rulings of a page: the borders of columns. What overflows its column touches what stands in the next one, and no
// gap tells where the one ends and the other begins. They are upright lines, narrow areas and the sides of frames.
func partings(shapes []shape) []rect {
	var out []rect
	for _, s := range shapes {
		switch {
		case s.box.width() <= thinnest && s.box.height() > thinnest && s.kind != curveShape:
			out = append(out, s.box)
		case s.kind == frameShape:
			out = append(out, rect{s.box.x0, s.box.y0, s.box.x0, s.box.y1}, rect{s.box.x1, s.box.y0, s.box.x1, s.box.y1})
		}
	}
	return out
}

// apart reports whether one of the partings stands between level type that ends at one point and type that was placed anew at the other.
func apart(columns *boxes, end, start point, size float64) bool {
	if math.Abs(start.x-end.x) < partingSlip*size {
		return false
	}
	left, right := min(end.x, start.x)-partingReach*size, max(end.x, start.x)+partingReach*size
	middle := start.y - size/3
	return columns.any(middle, middle, func(r rect) bool { return r.x1 > left && r.x0 < right && r.y0 < middle && r.y1 > middle })
}
