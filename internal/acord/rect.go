package acord

import (
	"math"

	"certflow/internal/certificate"
)

// rect is a rectangle in the straightened coordinates of a sheet: points, y downwards.
type rect struct{ x0, y0, x1, y1 float64 }

func rectOf(b certificate.Box) rect { return rect{b[0], b[1], b[2], b[3]} }

func (r rect) cx() float64     { return (r.x0 + r.x1) / 2 }
func (r rect) cy() float64     { return (r.y0 + r.y1) / 2 }
func (r rect) width() float64  { return r.x1 - r.x0 }
func (r rect) height() float64 { return r.y1 - r.y0 }

func (r rect) union(o rect) rect {
	return rect{math.Min(r.x0, o.x0), math.Min(r.y0, o.y0), math.Max(r.x1, o.x1), math.Max(r.y1, o.y1)}
}

// holds reports whether the centre of o lies in r; r includes its upper left edges only, so that neighbours share nothing.
func (r rect) holds(o rect) bool {
	return o.cx() >= r.x0 && o.cx() < r.x1 && o.cy() >= r.y0 && o.cy() < r.y1
}

// sameLine is how much of the lower of two boxes' heights they share, 0–1.
func sameLine(a, b rect) float64 {
	shared := math.Min(a.y1, b.y1) - math.Max(a.y0, b.y0)
	low := math.Min(a.height(), b.height())
	if shared <= 0 || low <= 0 {
		return 0
	}
	return shared / low
}

// sane reports whether a box can be reasoned about: finite, the right way round and within a few metres.
func sane(b certificate.Box) bool {
	for _, v := range b {
		if math.IsNaN(v) || math.Abs(v) > 1e5 {
			return false
		}
	}
	return b[0] <= b[2] && b[1] <= b[3]
}
