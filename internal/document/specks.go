package document

// The sizes in pixels at 300 dpi of dirt, and how far it lies from all letters at least: the smallest type has stops of half a point and dots
// on its i, but they stand within half a point of a letter. A stop may stand further from the letter before it, as with typewriters.
const (
	speckSide, speckAlone = 6, 8
	grainSide, grainAlone = 3, 4
	stopAway, stopAbove   = 18, 10
)

// despeckle whitens what is smaller than any stop and stands alone: dust on the glass and the noise of a line. Tesseract reads it as stops and
// strokes, and takes it into words. So does the dot go that some types for typewriters have in their zeros, which makes an 8 or a 9 of them.
func (m *bitmap) despeckle(threshold byte) {
	ink, specks := m.specks(threshold)
	for _, s := range specks {
		distance := speckAlone
		if max(s.x1-s.x0, s.y1-s.y0) < grainSide {
			distance = grainAlone
		}
		if !ink.dotted(s) && (ink.any(s.x0-distance, s.y0-distance, s.x1+distance, s.y1+distance) || ink.any(s.x0-stopAway, s.y0-stopAbove, s.x0, s.y1)) {
			continue
		}
		for y := s.y0; y <= s.y1; y++ {
			for x := s.x0; x <= s.x1; x++ {
				m.blank(x, y)
			}
		}
	}
}

// specks parts the ink of a bitmap into what may be letters and what is too small for that.
func (m *bitmap) specks(threshold byte) (ink *mask, small []area) {
	ink = newMask(m.width, m.height)
	for i, v := range m.pix {
		ink.bits[i] = v < threshold
	}
	for _, a := range ink.areas() {
		if max(a.x1-a.x0, a.y1-a.y0) < speckSide {
			small = append(small, a)
		}
	}
	for _, s := range small {
		for y := s.y0; y <= s.y1; y++ {
			for x := s.x0; x <= s.x1; x++ {
				ink.bits[y*ink.width+x] = false
			}
		}
	}
	return ink, small
}

// The distances in pixels from the dot of a zero to its sides, and to its top and foot at most, and by how much two opposite ones differ.
const (
	zeroAside, zeroAbove = 7, 14
	zeroOff              = 3
)

// dotted reports whether a speck lies in the middle of a ring that is higher than it is wide.
func (k *mask) dotted(s area) bool {
	x, y := (s.x0+s.x1)/2, (s.y0+s.y1)/2
	reach := func(x, y, dx, dy, most int) int {
		for n := 1; n <= most; n++ {
			if k.at(x+n*dx, y+n*dy) {
				return n
			}
		}
		return 0
	}
	left, right := reach(s.x0, y, -1, 0, zeroAside), reach(s.x1, y, 1, 0, zeroAside)
	up, down := reach(x, s.y0, 0, -1, zeroAbove), reach(x, s.y1, 0, 1, zeroAbove)
	return left > 0 && right > 0 && up > 0 && down > 0 && max(left, right)-min(left, right) <= zeroOff && max(up, down)-min(up, down) <= zeroOff && up+down > left+right
}

// any reports whether a pixel is marked between two corners, the second among them.
func (k *mask) any(x0, y0, x1, y1 int) bool {
	x0, x1 = max(0, x0), min(k.width-1, x1)
	for y := max(0, y0); y <= min(k.height-1, y1); y++ {
		for x := x0; x <= x1; x++ {
			if k.bits[y*k.width+x] {
				return true
			}
		}
	}
	return false
}
