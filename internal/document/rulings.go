package document

import (
	"cmp"
	"slices"
)

// segment is a straight run of ink: a row (or column) at, from–to inclusive-exclusive along it.
type segment struct{ at, from, to int }

// Lengths in pixels at 300 dpi.
const (
	boxSide    = 24  // the shortest side of a tick box: 5.8 points
	boxPiece   = 14  // the shortest straight piece of its side: where a scan is crooked, sides are staircases
	boxLargest = 100 // the longest: 24 points
	ruleLength = 110 // the shortest rule of the form: 26 points, longer than any stroke of its letters
	sideLength = 40  // the shortest side of a cell that is taken for one: 10 points, higher than the form's letters
	ruleThick  = 9   // the thickest rule
)

// rulings is what a bitmap's straight lines are: rules of the form and the boxes that they make.
type rulings struct {
	rules []rect
	boxes []tickBox
}

// tickBox is the inside of a small box and the share of it that is inked.
type tickBox struct {
	box rect
	ink float64
}

// takeRulings finds the rules and small boxes of a bitmap, and paints them white in place: tesseract reads the borders of
// table cells as letters, and does not see letters that touch them.
func (m *bitmap) takeRulings(threshold byte) rulings {
	rows := m.runs(threshold, boxPiece)
	columns := m.columnRuns(threshold, boxPiece)
	across := newMask(m.width, m.height)
	down := newMask(m.width, m.height)
	thinRows := rows[:0]
	for _, s := range rows {
		if m.thinRow(s, threshold) {
			thinRows = append(thinRows, s)
			across.row(s)
		}
	}
	thinColumns := columns[:0]
	for _, s := range columns {
		if m.thinColumn(s, threshold) {
			thinColumns = append(thinColumns, s)
			down.column(s)
		}
	}
	out := rulings{boxes: m.boxes(thinColumns, across, down, threshold)}
	out.rules = append(merged(thinRows, false, ruleLength), merged(thinColumns, true, ruleLength)...)
	sides := slices.DeleteFunc(merged(thinColumns, true, sideLength), func(r rect) bool { return !out.spanned(r) })
	for _, s := range thinRows {
		if s.to-s.from >= ruleLength {
			m.whitenRow(s, threshold)
		}
	}
	for _, s := range thinColumns {
		if s.to-s.from >= ruleLength {
			m.whitenColumn(s, threshold)
		}
	}
	for _, b := range out.boxes {
		m.whitenBorder(b.box, threshold)
	}
	m.trim(out.rules, threshold)
	m.sweep(slices.Concat(out.rules, out.borders(), sides), threshold)
	return out
}

// trim takes the rule away from under letters that stand on it, and from beside those that touch it on one side: their strokes would
// run on through the rule otherwise. What crosses a rule stays whole.
func (m *bitmap) trim(rules []rect, threshold byte) {
	for _, r := range rules {
		if r.width() > r.height() {
			for x := int(r.x0); x < int(r.x1); x++ {
				m.trimRun(x, m.width, m.height, int(r.y0), int(r.y1), threshold)
			}
			continue
		}
		for y := int(r.y0); y < int(r.y1); y++ {
			m.trimRun(y*m.width, 1, m.width, int(r.x0), int(r.x1), threshold)
		}
	}
}

// trimRun whitens the part of a run of ink square to a rule that lies in the rule, where the run goes on at one side of it alone. The run
// is one of the line of pixels that begins at start, has so many of them and goes on by step; the rule covers it from–to.
func (m *bitmap) trimRun(start, step, length, from, to int, threshold byte) {
	if to-from > ruleThick+slack {
		return // rules that lie side by side: what is between them may be anything
	}
	ink := func(i int) bool { return m.pix[start+i*step] < threshold }
	for i := max(0, from); i < min(to, length); i++ {
		if !ink(i) {
			continue
		}
		first, end := i, i
		for first > 0 && first > from-slack-1 && ink(first-1) {
			first--
		}
		for end < length && end <= to+slack && ink(end) {
			end++
		}
		switch before, after := first < from-slack, end > to+slack; {
		case before && !after:
			first = from
		case after && !before:
			end = to
		default:
			first = end
		}
		for j := first; j < end; j++ {
			m.pix[start+j*step] = 255
		}
		i = max(i, end)
	}
}

// spanned reports whether a vertical line runs from one horizontal rule to another, as the sides of cells do and no letter does.
func (r rulings) spanned(line rect) bool {
	meets := func(y float64) bool {
		return slices.ContainsFunc(r.rules, func(o rect) bool {
			return o.width() > o.height() && o.grow(ruleThick).contains(point{line.center().x, y})
		})
	}
	return meets(line.y0) && meets(line.y1)
}

// borders are the sides of the boxes, as rules.
func (r rulings) borders() []rect {
	var out []rect
	for _, b := range r.boxes {
		x0, y0, x1, y1 := b.box.x0, b.box.y0, b.box.x1, b.box.y1
		out = append(out, rect{x0 - ruleThick/2, y0 - ruleThick/2, x0, y1 + ruleThick/2}, rect{x1, y0 - ruleThick/2, x1 + ruleThick/2, y1 + ruleThick/2},
			rect{x0 - ruleThick/2, y0 - ruleThick/2, x1 + ruleThick/2, y0}, rect{x0 - ruleThick/2, y1, x1 + ruleThick/2, y1 + ruleThick/2})
	}
	return out
}

// sweep whitens the pieces that are left of rules: ink that lies wholly where rules were found. A rule that a scanner saw slightly
// crooked is a staircase, and where its steps overlap it is thicker than elsewhere; tesseract reads such pieces as dashes and strokes, and
// where two rules meet as a 4.
func (m *bitmap) sweep(rules []rect, threshold byte) {
	band := newMask(m.width, m.height)
	for _, r := range rules {
		if min(r.width(), r.height()) > ruleThick+slack {
			continue // rules that lie side by side: what is between them may be anything
		}
		for y := max(0, int(r.y0)-slack); y < min(m.height, int(r.y1)+slack); y++ {
			for x := max(0, int(r.x0)-slack); x < min(m.width, int(r.x1)+slack); x++ {
				band.bits[y*m.width+x] = true
			}
		}
	}
	done := newMask(m.width, m.height)
	var piece []int
	for start, in := range band.bits {
		if !in || done.bits[start] || m.pix[start] >= threshold {
			continue
		}
		piece = append(piece[:0], start)
		done.bits[start] = true
		inside := true
		for i := 0; i < len(piece); i++ {
			px, py := piece[i]%m.width, piece[i]/m.width
			inside = inside && band.bits[piece[i]]
			for y := max(0, py-1); y <= min(m.height-1, py+1); y++ {
				for x := max(0, px-1); x <= min(m.width-1, px+1); x++ {
					if j := y*m.width + x; !done.bits[j] && m.pix[j] < threshold {
						done.bits[j] = true
						piece = append(piece, j)
					}
				}
			}
		}
		if !inside {
			continue
		}
		for _, i := range piece {
			m.blank(i%m.width, i/m.width)
		}
	}
}

// blank whitens a pixel with its neighbours, which are the grey fringe of a piece of ink that goes.
func (m *bitmap) blank(x, y int) {
	for py := max(0, y-1); py <= min(m.height-1, y+1); py++ {
		for px := max(0, x-1); px <= min(m.width-1, x+1); px++ {
			m.pix[py*m.width+px] = 255
		}
	}
}

// runs lists the horizontal runs of ink of at least least pixels; gaps of one pixel do not end a run.
func (m *bitmap) runs(threshold byte, least int) []segment {
	var out []segment
	for y := range m.height {
		row := m.pix[y*m.width : (y+1)*m.width]
		start, last := -1, -1
		for x, v := range row {
			if v >= threshold {
				continue
			}
			if start >= 0 && x-last > 2 {
				if last+1-start >= least {
					out = append(out, segment{y, start, last + 1})
				}
				start = -1
			}
			if start < 0 {
				start = x
			}
			last = x
		}
		if start >= 0 && last+1-start >= least {
			out = append(out, segment{y, start, last + 1})
		}
	}
	return out
}

// columnRuns is runs for columns, scanned row by row because memory lies that way.
func (m *bitmap) columnRuns(threshold byte, least int) []segment {
	var out []segment
	start := make([]int32, m.width)
	last := make([]int32, m.width)
	for x := range start {
		start[x] = -1
	}
	for y := range m.height {
		row := m.pix[y*m.width : (y+1)*m.width]
		for x, v := range row {
			if v >= threshold {
				continue
			}
			if s := start[x]; s < 0 {
				start[x] = int32(y)
			} else if int32(y)-last[x] > 2 {
				if int(last[x]+1-s) >= least {
					out = append(out, segment{x, int(s), int(last[x] + 1)})
				}
				start[x] = int32(y)
			}
			last[x] = int32(y)
		}
	}
	for x, s := range start {
		if s >= 0 && int(last[x]+1-s) >= least {
			out = append(out, segment{x, int(s), int(last[x] + 1)})
		}
	}
	slices.SortFunc(out, func(a, b segment) int { return cmp.Or(a.at-b.at, a.from-b.from) })
	return out
}

func (m *bitmap) ink(x, y int, threshold byte) bool {
	return x >= 0 && y >= 0 && x < m.width && y < m.height && m.pix[y*m.width+x] < threshold
}

// thickness of the ink at a pixel in the direction (dx, dy) and against it.
func (m *bitmap) thickness(x, y, dx, dy int, threshold byte) int {
	n := 1
	for i := 1; i <= ruleThick && m.ink(x+i*dx, y+i*dy, threshold); i++ {
		n++
	}
	for i := 1; i <= ruleThick && m.ink(x-i*dx, y-i*dy, threshold); i++ {
		n++
	}
	return n
}

// thinRow reports whether most of a horizontal run is a line and not part of a black area or of a letter's body.
func (m *bitmap) thinRow(s segment, threshold byte) bool {
	thin, n := 0, 0
	for x := s.from; x < s.to; x += 2 {
		n++
		if m.thickness(x, s.at, 0, 1, threshold) <= ruleThick {
			thin++
		}
	}
	return thin*4 >= n*3
}

func (m *bitmap) thinColumn(s segment, threshold byte) bool {
	thin, n := 0, 0
	for y := s.from; y < s.to; y += 2 {
		n++
		if m.thickness(s.at, y, 1, 0, threshold) <= ruleThick {
			thin++
		}
	}
	return thin*4 >= n*3
}

// spread is how much thicker than its middling thickness a rule may be at one place; beyond that something touches it.
const spread = 2

// whitenRow takes a horizontal rule away with its grey fringe, except where letters touch or cross it.
func (m *bitmap) whitenRow(s segment, threshold byte) {
	limit := m.thickest(s, 0, 1, threshold)
	for x := s.from; x < s.to; x++ {
		if !m.ink(x, s.at, threshold) || m.thickness(x, s.at, 0, 1, threshold) > limit {
			continue
		}
		m.whitenLine(x, s.at, 0, 1, threshold)
	}
}

func (m *bitmap) whitenColumn(s segment, threshold byte) {
	limit := m.thickest(s, 1, 0, threshold)
	for y := s.from; y < s.to; y++ {
		if !m.ink(s.at, y, threshold) || m.thickness(s.at, y, 1, 0, threshold) > limit {
			continue
		}
		m.whitenLine(s.at, y, 1, 0, threshold)
	}
}

// thickest is how thick a rule may be square to its direction: its median thickness and the spread. It is 0 where most of the rule has
// already been taken away and what is left are the letters that touched it.
func (m *bitmap) thickest(s segment, dx, dy int, threshold byte) int {
	var counts [2*ruleThick + 2]int
	n := 0
	for i := s.from; i < s.to; i += 3 {
		x, y := i, s.at
		if dx == 1 {
			x, y = s.at, i
		}
		if m.ink(x, y, threshold) {
			counts[m.thickness(x, y, dx, dy, threshold)]++
			n++
		}
	}
	if n*6 < s.to-s.from {
		return 0
	}
	for t, c := range counts {
		if n -= 2 * c; n <= 0 {
			return min(t, ruleThick) + spread
		}
	}
	return ruleThick
}

// whitenLine whitens the ink through (x, y) in the direction (dx, dy) and against it, and one pixel of fringe at both ends.
func (m *bitmap) whitenLine(x, y, dx, dy int, threshold byte) {
	for _, sign := range [2]int{1, -1} {
		for i := 0; i <= 2*ruleThick; i++ {
			px, py := x+sign*i*dx, y+sign*i*dy
			if px < 0 || py < 0 || px >= m.width || py >= m.height {
				break
			}
			inked := i == 0 || m.pix[py*m.width+px] < threshold
			m.pix[py*m.width+px] = 255
			if !inked {
				break
			}
		}
		m.pix[y*m.width+x] = 0
	}
	m.pix[y*m.width+x] = 255
}

// whitenBorder takes away the border of a tick box, whose inside is given.
func (m *bitmap) whitenBorder(r rect, threshold byte) {
	x0, y0, x1, y1 := int(r.x0), int(r.y0), int(r.x1), int(r.y1)
	for _, y := range [2]int{y0 - 1, y1} {
		for d := -slack; d <= slack; d++ {
			m.whitenRow(segment{max(0, min(m.height-1, y+d)), max(0, x0-2), min(m.width, x1+2)}, threshold)
		}
	}
	for _, x := range [2]int{x0 - 1, x1} {
		for d := -slack; d <= slack; d++ {
			m.whitenColumn(segment{max(0, min(m.width-1, x+d)), max(0, y0-2), min(m.height, y1+2)}, threshold)
		}
	}
}

// mask is one bit of knowledge per pixel.
type mask struct {
	width, height int
	bits          []bool
}

func newMask(width, height int) *mask { return &mask{width, height, make([]bool, width*height)} }

func (k *mask) row(s segment) {
	line := k.bits[s.at*k.width : (s.at+1)*k.width]
	for x := s.from; x < s.to; x++ {
		line[x] = true
	}
}

func (k *mask) column(s segment) {
	for y := s.from; y < s.to; y++ {
		k.bits[y*k.width+s.at] = true
	}
}

// slack is how many pixels a border may wander over its length.
const slack = 2

// rowShare is the share of the pixels from x0 to x1 that are marked within slack of row y.
func (k *mask) rowShare(y, x0, x1 int) float64 {
	n := 0
	for x := x0; x < x1; x++ {
		for d := -slack; d <= slack; d++ {
			if k.at(x, y+d) {
				n++
				break
			}
		}
	}
	return float64(n) / float64(max(1, x1-x0))
}

func (k *mask) columnShare(x, y0, y1 int) float64 {
	n := 0
	for y := y0; y < y1; y++ {
		for d := -slack; d <= slack; d++ {
			if k.at(x+d, y) {
				n++
				break
			}
		}
	}
	return float64(n) / float64(max(1, y1-y0))
}

// covered is the share of a border's length that must be inked.
const covered = 0.93

// boxes finds small boxes: for each stretch of a vertical line as left side, the nearest right side, and between them the nearest
// pairs of horizontal lines.
func (m *bitmap) boxes(columns []segment, across, down *mask, threshold byte) []tickBox {
	var out []tickBox
	taken := newMask(m.width/8+1, m.height/8+1)
	for _, s := range columns {
		// Of a line several pixels thick only the last column is the inner left edge, at least where the box begins.
		if down.at(s.at+1, min(s.from+boxPiece, s.to-1)) {
			continue
		}
		y := s.from - slack
		for y < s.to {
			top, ok := m.nextRow(across, s.at, y, s.to)
			if !ok {
				break
			}
			inner := top
			for across.rowShare(inner+1, s.at+4, s.at+boxSide-4) > covered && inner-top < ruleThick {
				inner++
			}
			if b, ok := m.closeBox(across, down, s.at, inner+1, threshold); ok {
				c := b.box.center()
				cell := int(c.y)/8*taken.width + int(c.x)/8
				if cell < len(taken.bits) && !taken.bits[cell] {
					taken.bits[cell] = true
					out = append(out, b)
				}
			}
			y = inner + 2
		}
	}
	return out
}

func (k *mask) at(x, y int) bool {
	return x >= 0 && y >= 0 && x < k.width && y < k.height && k.bits[y*k.width+x]
}

// nextRow is the first row from y on where a horizontal line leaves the column x to the right.
func (m *bitmap) nextRow(across *mask, x, y, to int) (int, bool) {
	for y = max(0, y); y < min(to, m.height); y++ {
		if across.at(min(x+6, m.width-1), y) && across.rowShare(y, x+3, min(x+boxSide-3, m.width)) > covered {
			return y, true
		}
	}
	return 0, false
}

// closeBox looks for the right and lower sides of a box whose inside begins at (x, y).
func (m *bitmap) closeBox(across, down *mask, x, y int, threshold byte) (tickBox, bool) {
	right := 0
	for c := x + boxSide; c <= x+boxLargest && c < m.width; c++ {
		if down.at(c, min(y+boxSide/2, m.height-1)) && down.columnShare(c, y, min(y+boxSide-4, m.height)) > covered {
			right = c
			break
		}
	}
	if right == 0 {
		return tickBox{}, false
	}
	bottom := 0
	for r := y + boxSide; r <= y+boxLargest && r < m.height; r++ {
		if across.rowShare(r, x+3, right-2) > covered {
			bottom = r
			break
		}
	}
	if bottom == 0 || across.rowShare(y-2, x+3, right-2) < covered ||
		down.columnShare(right, y, bottom) < covered || down.columnShare(x, y, bottom) < covered {
		return tickBox{}, false
	}
	w, h := right-x, bottom-y
	if w > 3*h || h > 3*w || !m.cornered(x, y, right, bottom, threshold) {
		return tickBox{}, false
	}
	inside := rect{float64(x + 1), float64(y), float64(right), float64(bottom)}
	return tickBox{inside, m.inkShare(inside.grow(-3), threshold)}, true
}

// cornered reports whether the outer corners of the border around the inside of a box are inked, which they are not around an O.
func (m *bitmap) cornered(x0, y0, x1, y1 int, threshold byte) bool {
	reach := func(x, y, dx, dy int) int {
		n := 0
		for n < ruleThick && m.ink(x+n*dx, y+n*dy, threshold) {
			n++
		}
		return max(n-1, 0)
	}
	mx, my := (x0+x1)/2, (y0+y1)/2
	left, right := x0-reach(x0, my, -1, 0), x1+reach(x1, my, 1, 0)
	top, bottom := y0-1-reach(mx, y0-1, 0, -1), y1+reach(mx, y1, 0, 1)
	for _, c := range [4][2]int{{left, top}, {right, top}, {left, bottom}, {right, bottom}} {
		inked := false
		for dy := -slack; dy <= slack; dy++ {
			for dx := -slack; dx <= slack; dx++ {
				inked = inked || m.ink(c[0]+dx, c[1]+dy, threshold)
			}
		}
		if !inked {
			return false
		}
	}
	return true
}

// inkShare is the share of a rectangle's pixels that are inked.
func (m *bitmap) inkShare(r rect, threshold byte) float64 {
	dark, n := 0, 0
	for y := max(0, int(r.y0)); y < min(m.height, int(r.y1)); y++ {
		for x := max(0, int(r.x0)); x < min(m.width, int(r.x1)); x++ {
			n++
			if m.pix[y*m.width+x] < threshold {
				dark++
			}
		}
	}
	return float64(dark) / float64(max(1, n))
}

// merged joins the runs of the rows (or columns) that one rule is made of, and gives those that are at least as long as least.
func merged(segments []segment, vertical bool, least int) []rect {
	var open, out []rect
	for _, s := range segments {
		if s.to-s.from < least/2 {
			continue
		}
		r := rect{float64(s.from), float64(s.at), float64(s.to), float64(s.at + 1)}
		joined := false
		for i := len(open) - 1; i >= 0 && !joined; i-- {
			o := open[i]
			if r.y0-o.y1 <= 2 && r.y0 >= o.y0-2 && r.x0 <= o.x1+12 && r.x1 >= o.x0-12 {
				open[i] = o.union(r)
				joined = true
			}
		}
		if !joined {
			open = append(open, r)
		}
		if len(open) > 256 {
			keep := open[:0]
			for _, o := range open {
				if s.at-int(o.y1) > 4 || s.at < int(o.y0)-4 {
					out = append(out, o)
				} else {
					keep = append(keep, o)
				}
			}
			open = keep
		}
	}
	out = append(out, open...)
	long := out[:0]
	for _, r := range out {
		if r.width() >= float64(least) {
			if vertical {
				r = rect{r.y0, r.x0, r.y1, r.x1}
			}
			long = append(long, r)
		}
	}
	return long
}

// area is a connected part of a mask, with its last row and column and the number of its pixels.
type area struct {
	x0, y0, x1, y1 int
	pixels         int
}

// box is the area's rectangle, which ends behind its last row and column.
func (a area) box() rect {
	return rect{float64(a.x0), float64(a.y0), float64(a.x1 + 1), float64(a.y1 + 1)}
}

// areas are the connected parts of what is marked; corners connect.
func (k *mask) areas() []area {
	var out []area
	left := slices.Clone(k.bits)
	var piece []int
	for start, is := range left {
		if !is {
			continue
		}
		left[start] = false
		piece = append(piece[:0], start)
		a := area{x0: k.width, y0: k.height}
		for i := 0; i < len(piece); i++ {
			x, y := piece[i]%k.width, piece[i]/k.width
			a.pixels++
			a.x0, a.y0, a.x1, a.y1 = min(a.x0, x), min(a.y0, y), max(a.x1, x), max(a.y1, y)
			for ny := max(0, y-1); ny <= min(k.height-1, y+1); ny++ {
				for nx := max(0, x-1); nx <= min(k.width-1, x+1); nx++ {
					if j := ny*k.width + nx; left[j] {
						left[j] = false
						piece = append(piece, j)
					}
				}
			}
		}
		out = append(out, a)
	}
	return out
}
