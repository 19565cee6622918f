package sample

import "math"

// scribble is a signature as a pen would leave it: two strokes within 90 × 18 points.
func scribble() [][][2]float64 { return [][][2]float64{loops(), flourish()} }

func loops() [][2]float64 {
	var points [][2]float64
	for i := range 61 {
		a := float64(i) / 60 * 5 * 2 * math.Pi
		points = append(points, [2]float64{4 + float64(i)*1.1 + 5*math.Sin(a), 8 - 6*math.Cos(a)*(1-float64(i)/90)})
	}
	return points
}

func flourish() [][2]float64 {
	var points [][2]float64
	for i := range 21 {
		x := float64(i) / 20
		points = append(points, [2]float64{70 - 62*x, 14 + 3*math.Sin(x*math.Pi*2)})
	}
	return points
}
