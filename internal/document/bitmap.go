package document

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

// bitmap is a grey image, 0 black to 255 white, row by row from the top.
type bitmap struct {
	width, height int
	pix           []byte
}

// maxPixels bounds a rasterised page: 300 dpi of a page of 17 × 11 inches.
const maxPixels = 17 * 300 * 11 * 300

// parsePGM reads a binary portable grey map without copying its pixels.
func parsePGM(b []byte) (*bitmap, error) {
	var w, h, top int
	r := bytes.NewReader(b)
	if _, err := fmt.Fscanf(r, "P5\n%d %d\n%d\n", &w, &h, &top); err != nil {
		return nil, fmt.Errorf("read the header of a grey map: %w", err)
	}
	if w <= 0 || h <= 0 || top != 255 || w > maxPixels || h > maxPixels/w+1 || r.Len() < w*h {
		return nil, errors.New("a grey map of an unexpected size")
	}
	at := len(b) - r.Len()
	return &bitmap{w, h, b[at : at+w*h]}, nil
}

// clone is a copy.
func (m *bitmap) clone() *bitmap { return &bitmap{m.width, m.height, slices.Clone(m.pix)} }

// threshold is the grey below which a pixel is ink (Otsu's method), kept away from both ends because most pages are nearly all
// white.
func (m *bitmap) threshold() byte {
	var histogram [256]int
	for i := 0; i < len(m.pix); i += 7 {
		histogram[m.pix[i]]++
	}
	total, sum := 0, 0.0
	for v, n := range histogram {
		total += n
		sum += float64(v * n)
	}
	best, at := -1.0, 128
	below, belowSum := 0, 0.0
	for v, n := range histogram {
		below += n
		belowSum += float64(v * n)
		above := total - below
		if below == 0 || above == 0 {
			continue
		}
		d := belowSum/float64(below) - (sum-belowSum)/float64(above)
		if between := float64(below) * float64(above) * d * d; between > best {
			best, at = between, v
		}
	}
	return byte(max(100, min(190, at+1)))
}

// turned is the image turned clockwise by 0, 90, 180 or 270 degrees.
func (m *bitmap) turned(degrees int) *bitmap {
	w, h := m.width, m.height
	switch degrees {
	case 90:
		out := &bitmap{h, w, make([]byte, len(m.pix))}
		for y := range h {
			row := m.pix[y*w : y*w+w]
			for x, v := range row {
				out.pix[x*h+h-1-y] = v
			}
		}
		return out
	case 180:
		out := &bitmap{w, h, make([]byte, len(m.pix))}
		for i, v := range m.pix {
			out.pix[len(m.pix)-1-i] = v
		}
		return out
	case 270:
		out := &bitmap{h, w, make([]byte, len(m.pix))}
		for y := range h {
			row := m.pix[y*w : y*w+w]
			for x, v := range row {
				out.pix[(w-1-x)*h+y] = v
			}
		}
		return out
	}
	return m
}

// rotated is the image rotated clockwise by a small angle in degrees around its middle; what comes in from outside is white.
func (m *bitmap) rotated(degrees float64) *bitmap {
	s, c := math.Sincos(degrees * math.Pi / 180)
	out := &bitmap{m.width, m.height, bytes.Repeat([]byte{255}, len(m.pix))}
	cx, cy := float64(m.width)/2, float64(m.height)/2
	const one = 1 << 16
	dx, dy := int64(c*one), int64(-s*one)
	for y := range m.height {
		// Where the row's first pixel comes from, in fixed point.
		fx := int64((cx - c*cx + s*(float64(y)-cy)) * one)
		fy := int64((cy + s*cx + c*(float64(y)-cy)) * one)
		row := out.pix[y*m.width : (y+1)*m.width]
		for x := range row {
			ix, iy := int(fx>>16), int(fy>>16)
			if ix >= 0 && iy >= 0 && ix < m.width-1 && iy < m.height-1 {
				i := iy*m.width + ix
				ax, ay := fx&(one-1), fy&(one-1)
				upper := int64(m.pix[i])*(one-ax) + int64(m.pix[i+1])*ax
				lower := int64(m.pix[i+m.width])*(one-ax) + int64(m.pix[i+m.width+1])*ax
				row[x] = byte((upper>>8*(one-ay) + lower>>8*ay) >> 24)
			}
			fx += dx
			fy += dy
		}
	}
	return out
}

// halved is the image at half its size, each pixel the mean of four.
func (m *bitmap) halved() *bitmap {
	w, h := m.width/2, m.height/2
	out := &bitmap{w, h, make([]byte, w*h)}
	for y := range h {
		a, b := m.pix[2*y*m.width:], m.pix[(2*y+1)*m.width:]
		for x := range w {
			out.pix[y*w+x] = byte((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1])) / 4)
		}
	}
	return out
}

// maxSkew is the angle in degrees up to which a crooked scan is straightened.
const maxSkew = 5.0

// skew estimates by how many degrees the image's lines fall to the right: the angle under which the ink of rows is most
// unevenly spread, found on every fourth pixel.
func (m *bitmap) skew(threshold byte) float64 {
	type dot struct{ x, y int32 }
	var dots []dot
	const step = 3
	for y := 0; y < m.height; y += 1 {
		row := m.pix[y*m.width : (y+1)*m.width]
		for x := y % step; x < len(row); x += step {
			// Lower edges of ink mark baselines and rules better than ink does.
			if row[x] < threshold && (y+1 >= m.height || m.pix[(y+1)*m.width+x] >= threshold) {
				dots = append(dots, dot{int32(x - m.width/2), int32(y)})
			}
		}
	}
	if len(dots) < 500 {
		return 0
	}
	if len(dots) > 60_000 {
		keep := dots[:0]
		every := len(dots)/60_000 + 1
		for i := 0; i < len(dots); i += every {
			keep = append(keep, dots[i])
		}
		dots = keep
	}
	margin := int(float64(m.width)*math.Tan(maxSkew*math.Pi/180)/2) + 2
	bins := make([]int32, m.height+2*margin)
	score := func(degrees float64) float64 {
		clear(bins)
		slope := int64(math.Tan(degrees*math.Pi/180) * (1 << 16))
		for _, d := range dots {
			bins[int(int64(d.y)-int64(d.x)*slope>>16)+margin]++
		}
		sum := 0.0
		for _, n := range bins {
			sum += float64(n) * float64(n)
		}
		return sum
	}
	best, at := score(0), 0.0
	search := func(from, to, step float64) {
		for a := from; a <= to+1e-9; a += step {
			if s := score(a); s > best*1.0001 {
				best, at = s, a
			}
		}
	}
	search(-maxSkew, maxSkew, 0.25)
	mid := at
	search(mid-0.2, mid+0.2, 0.05)
	return at
}

// upended reports whether the lines of text seem to run from top to bottom: the ink of columns is then much more unevenly spread than
// that of rows. Only every third pixel is counted, and long rules are not: they run both ways.
func (m *bitmap) upended() bool {
	threshold := m.threshold()
	rows, columns := make([]float64, m.height), make([]float64, m.width)
	for y := 1; y < m.height-1; y += 3 {
		for x := 1; x < m.width-1; x += 3 {
			i := y*m.width + x
			if m.pix[i] >= threshold {
				continue
			}
			// An edge along a rule is no edge across it, while letters have both.
			if m.pix[i-1] >= threshold || m.pix[i+1] >= threshold {
				if m.pix[i-m.width] >= threshold || m.pix[i+m.width] >= threshold {
					rows[y]++
					columns[x]++
				}
			}
		}
	}
	return unevenness(columns) > 1.5*unevenness(rows)
}

// unevenness is the mean square of the differences between neighbours, relative to the mean square.
func unevenness(profile []float64) float64 {
	const step, window = 3, 4
	var differences, squares float64
	var last float64
	for i := 1; i+step*window < len(profile); i += step * window {
		sum := 0.0
		for j := range window {
			sum += profile[i+j*step]
		}
		differences += (sum - last) * (sum - last)
		squares += sum * sum
		last = sum
	}
	return differences / max(squares, 1)
}
