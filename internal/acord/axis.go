package acord

import "slices"

// axis maps places of the standard form to one direction of the sheet, piece by piece between labels that were found, so
// that it also holds on forms whose rows and columns have other sizes.
type axis struct {
	points []point
	scale  float64 // beyond the outermost points
}

// point is a label of the standard form and where it stands on the sheet.
type point struct{ from, to float64 }

// axisOf keeps the points that go on in the same direction; of points that contradict each other the later one falls.
func axisOf(points []point, scale float64) axis {
	slices.SortFunc(points, func(a, b point) int { return compare(a.from, b.from) })
	a := axis{scale: scale}
	for _, p := range points {
		if n := len(a.points); n > 0 && (p.from-a.points[n-1].from < 1 || p.to-a.points[n-1].to < 0.2*scale*(p.from-a.points[n-1].from)) {
			continue
		}
		a.points = append(a.points, p)
	}
	return a
}

// at gives where a place of the standard form is on the sheet.
func (a axis) at(place float64) float64 {
	n := len(a.points)
	if n == 0 {
		return place * a.scale
	}
	if first := a.points[0]; place <= first.from {
		return first.to - (first.from-place)*a.scale
	}
	if last := a.points[n-1]; place >= last.from {
		return last.to + (place-last.from)*a.scale
	}
	i, _ := slices.BinarySearchFunc(a.points, place, func(p point, want float64) int { return compare(p.from, want) })
	l, r := a.points[i-1], a.points[i]
	return l.to + (place-l.from)*(r.to-l.to)/(r.from-l.from)
}
