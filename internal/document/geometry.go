package document

import (
	"math"

	"certflow/internal/certificate"
)

// matrix is a PDF transformation [a b c d e f]: x' = ax + cy + e, y' = bx + dy + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul applies m first and then n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) apply(x, y float64) point {
	return point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// bounds is the box around r after the transformation.
func (m matrix) bounds(r rect) rect {
	out := around(m.apply(r.x0, r.y0))
	out = out.add(m.apply(r.x1, r.y0))
	out = out.add(m.apply(r.x1, r.y1))
	return out.add(m.apply(r.x0, r.y1))
}

// finite reports whether no entry is infinite, NaN or so large that sums lose all precision.
func (m matrix) finite() bool {
	for _, v := range m {
		if math.IsNaN(v) || math.Abs(v) > 1e9 {
			return false
		}
	}
	return true
}

// upright reports whether a rectangle stays one with sides along the axes.
func (m matrix) upright() bool {
	return math.Abs(m[1])+math.Abs(m[2]) < 1e-6 || math.Abs(m[0])+math.Abs(m[3]) < 1e-6
}

type point struct{ x, y float64 }

// rect has x0 ≤ x1 and y0 ≤ y1, whichever way y runs.
type rect struct{ x0, y0, x1, y1 float64 }

func around(p point) rect { return rect{p.x, p.y, p.x, p.y} }

func (r rect) add(p point) rect {
	return rect{min(r.x0, p.x), min(r.y0, p.y), max(r.x1, p.x), max(r.y1, p.y)}
}

func (r rect) union(s rect) rect {
	return rect{min(r.x0, s.x0), min(r.y0, s.y0), max(r.x1, s.x1), max(r.y1, s.y1)}
}

func (r rect) intersect(s rect) rect {
	return rect{max(r.x0, s.x0), max(r.y0, s.y0), min(r.x1, s.x1), min(r.y1, s.y1)}
}

func (r rect) ordered() rect {
	return rect{min(r.x0, r.x1), min(r.y0, r.y1), max(r.x0, r.x1), max(r.y0, r.y1)}
}

func (r rect) empty() bool { return r.x0 >= r.x1 || r.y0 >= r.y1 }

func (r rect) width() float64  { return r.x1 - r.x0 }
func (r rect) height() float64 { return r.y1 - r.y0 }

func (r rect) area() float64 {
	if r.empty() {
		return 0
	}
	return r.width() * r.height()
}

func (r rect) center() point { return point{(r.x0 + r.x1) / 2, (r.y0 + r.y1) / 2} }

func (r rect) contains(p point) bool {
	return p.x >= r.x0 && p.x <= r.x1 && p.y >= r.y0 && p.y <= r.y1
}

func (r rect) grow(by float64) rect { return rect{r.x0 - by, r.y0 - by, r.x1 + by, r.y1 + by} }

// box rounds to hundredths of a point, which keeps evidence short.
func (r rect) box() certificate.Box {
	return certificate.Box{round2(r.x0), round2(r.y0), round2(r.x1), round2(r.y1)}
}

func round2(v float64) float64 { return math.Round(v*100) / 100 }

// clampInt converts without the undefined results of huge or missing numbers.
func clampInt(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(max(-1<<31, min(1<<31-1, v)))
}
