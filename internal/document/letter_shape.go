package document

// lowestShape is the height in pixels from which the shape of a letter can be told.
const lowestShape = 14

// markShape tells by its shape whether a piece of ink that stands alone is an X, a Y or an N; it is empty for anything else. Tesseract, which
// knows letters by their neighbours, often makes nothing of a lone one in a narrow column.
func (m *bitmap) markShape(box rect, threshold byte) string {
	box, ok := m.inked(box, threshold)
	if w, h := box.width(), box.height(); !ok || h < lowestShape || w < 0.5*h || w > 1.5*h {
		return ""
	}
	s := inkedLetter{m, box, threshold}
	wideTop, wideFoot := s.reaches(0.06, 0.2), s.reaches(0.8, 0.94)
	switch {
	case wideTop && wideFoot && s.waist(0.42, 0.58) && s.open(0.1, 0.2) && s.open(0.8, 0.9) && s.dark(0.42, 0.58, 0.4, 0.6) &&
		s.both(0.25, 0.36) && s.both(0.64, 0.75):
		return "X"
	case wideTop && s.open(0.08, 0.16) && s.waist(0.62, 0.84) && s.dark(0.62, 0.84, 0.4, 0.6) && !s.dark(0.7, 0.94, 0, 0.2) && !s.dark(0.7, 0.94, 0.8, 1) &&
		s.both(0.2, 0.3):
		return "Y"
	case s.bar(0, 0.3) && s.bar(0.7, 1) && s.dark(0.42, 0.58, 0.4, 0.6) && !s.dark(0.1, 0.24, 0.55, 0.7) && !s.dark(0.76, 0.9, 0.3, 0.45) &&
		s.dark(0.26, 0.4, 0.28, 0.46) && s.dark(0.6, 0.74, 0.54, 0.72) && s.share(0.2, 0.38, 0.57, 0.72) < 0.25 && s.share(0.78, 0.92, 0.58, 0.78) > 0.25 &&
		!s.dark(0.62, 0.74, 0.3, 0.4):
		return "N"
	}
	return ""
}

// inked is the smallest box around the ink in a box; ok is false where there is none.
func (m *bitmap) inked(r rect, threshold byte) (out rect, ok bool) {
	for y := max(0, int(r.y0)-2); y < min(m.height, int(r.y1)+2); y++ {
		for x := max(0, int(r.x0)-2); x < min(m.width, int(r.x1)+2); x++ {
			if m.pix[y*m.width+x] >= threshold {
				continue
			}
			pixel := rect{float64(x), float64(y), float64(x + 1), float64(y + 1)}
			if out = out.union(pixel); !ok {
				out, ok = pixel, true
			}
		}
	}
	return out, ok
}

// inkedLetter is a piece of ink, of which places are given as shares of its height and width.
type inkedLetter struct {
	*bitmap
	box       rect
	threshold byte
}

// rows gives the ink of the rows between two heights, as the first and the last inked place from 0 to 1.
func (s inkedLetter) rows(from, to float64, each func(first, last float64)) {
	for y := int(s.box.y0 + from*s.box.height()); y < int(s.box.y0+to*s.box.height()+0.5); y++ {
		first, last := -1, -1
		for x := int(s.box.x0); x < int(s.box.x1); x++ {
			if s.ink(x, y, s.threshold) {
				if last = x + 1; first < 0 {
					first = x
				}
			}
		}
		if first >= 0 {
			each((float64(first)-s.box.x0)/s.box.width(), (float64(last)-s.box.x0)/s.box.width())
		}
	}
}

// reaches reports whether the rows between two heights have ink near both sides.
func (s inkedLetter) reaches(from, to float64) bool {
	left, right := false, false
	s.rows(from, to, func(first, last float64) { left, right = left || first < 0.25, right || last > 0.75 })
	return left && right
}

// waist reports whether the ink of every row between two heights keeps to the middle.
func (s inkedLetter) waist(from, to float64) bool {
	n, narrow := 0, true
	s.rows(from, to, func(first, last float64) { n, narrow = n+1, narrow && first > 0.17 && last < 0.83 && last-first < 0.6 })
	return n > 0 && narrow
}

// open reports whether there is ink left and right of the middle between two heights, and none in it.
func (s inkedLetter) open(from, to float64) bool {
	return s.share(from, to, 0, 0.4) > 0.1 && s.share(from, to, 0.6, 1) > 0.1 && s.share(from, to, 0.46, 0.54) < 0.15
}

// both reports whether there is ink left and right of the middle between two heights.
func (s inkedLetter) both(from, to float64) bool {
	return s.share(from, to, 0.08, 0.48) > 0.12 && s.share(from, to, 0.52, 0.92) > 0.12
}

// bar reports whether there is ink between two places of nearly every row.
func (s inkedLetter) bar(left, right float64) bool {
	rows, inked := 0, 0
	for y := int(s.box.y0); y < int(s.box.y1); y++ {
		rows++
		for x := int(s.box.x0 + left*s.box.width()); x < int(s.box.x0+right*s.box.width()); x++ {
			if s.ink(x, y, s.threshold) {
				inked++
				break
			}
		}
	}
	return 10*inked >= 9*rows
}

// dark reports whether more than a third of a part is inked.
func (s inkedLetter) dark(top, bottom, left, right float64) bool {
	return s.share(top, bottom, left, right) > 1.0/3
}

// share is how much of a part is inked.
func (s inkedLetter) share(top, bottom, left, right float64) float64 {
	w, h := s.box.width(), s.box.height()
	return s.inkShare(rect{s.box.x0 + left*w, s.box.y0 + top*h, s.box.x0 + right*w + 0.5, s.box.y0 + bottom*h + 0.5}, s.threshold)
}
