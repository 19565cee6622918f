package acord

import (
	"math"
	"slices"
)

// fit maps places of the standard form to the sheet: scale and shift in each direction, robust against labels that were
// mistaken and against carriers' forms that have other row heights.
type fit struct {
	ok                     bool
	xScale, xShift         float64
	yScale, yShift, yError float64
}

// minFit is how many labels must agree before the standard form's geometry is trusted.
const minFit = 12

// maxFit bounds the pairs of labels that are compared; the form has some seventy.
const maxFit = 200

// fitForm fits the anchors that the standard form has once.
func fitForm(anchors []anchor) fit {
	var xs, us, ys, vs []float64
	for _, a := range anchors {
		if a.place != (place{}) && len(us) < maxFit {
			us, xs = append(us, a.place.x), append(xs, a.first.x0)
			vs, ys = append(vs, a.place.y), append(ys, a.first.cy())
		}
	}
	var f fit
	f.xScale, f.xShift, _ = theilSen(us, xs)
	f.yScale, f.yShift, f.yError = theilSen(vs, ys)
	f.ok = len(xs) >= minFit && f.xScale > 0.3 && f.xScale < 3 && f.yScale > 0.3 && f.yScale < 3
	near, exact := 0, 0
	for i := range xs {
		dx, dy := math.Abs(f.x(us[i])-xs[i])/f.xScale, math.Abs(f.y(vs[i])-ys[i])/f.yScale
		if dx < inPlace && dy < inPlace {
			near++
		}
		if dx < oneLine && dy < oneLine {
			exact++
		}
	}
	// A certificate of the same words in another arrangement fits nowhere. One with a table of its own under the same headings may fit
	// roughly; whoever prints the form, or one in its likeness, has most labels where they belong.
	f.ok = f.ok && near >= minFit && 10*near >= 6*len(xs) && 2*exact >= len(xs)
	return f
}

// inPlace is how far from its place a label of the form may stand, in points of the form; carriers move rows by more. Within oneLine it
// stands where the form has it.
const (
	inPlace = 36
	oneLine = 12
)

// tilt is the slope that is left in a form: how much lower than the form has them labels stand the further right they are.
func tilt(anchors []anchor, f fit) float64 {
	if !f.ok {
		return 0
	}
	var xs, rest []float64
	for _, a := range anchors {
		if a.place != (place{}) && len(xs) < maxFit && f.miss(a) < 40 {
			xs, rest = append(xs, a.first.x0), append(rest, a.first.cy()-f.y(a.place.y))
		}
	}
	slope, _, _ := theilSen(xs, rest)
	if math.Abs(slope) > 0.05 {
		return 0
	}
	return slope
}

// theilSen fits a line by the median of slopes, and gives the median distance from it.
func theilSen(us, xs []float64) (scale, shift, miss float64) {
	var slopes, rest []float64
	for i := range us {
		for j := range i {
			if d := us[i] - us[j]; math.Abs(d) > 40 {
				slopes = append(slopes, (xs[i]-xs[j])/d)
			}
		}
	}
	if len(slopes) == 0 {
		return 0, 0, math.Inf(1)
	}
	scale = median(slopes)
	for i := range us {
		rest = append(rest, xs[i]-scale*us[i])
	}
	shift = median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - shift)
	}
	return scale, shift, median(rest)
}

func median(vs []float64) float64 {
	sorted := slices.Clone(vs)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

func (f fit) x(place float64) float64 { return f.xScale*place + f.xShift }
func (f fit) y(place float64) float64 { return f.yScale*place + f.yShift }

// miss is how far an anchor stands from where the fitted form has its label.
func (f fit) miss(a anchor) float64 {
	return math.Abs(f.x(a.place.x)-a.first.x0) + math.Abs(f.y(a.place.y)-a.first.cy())
}
