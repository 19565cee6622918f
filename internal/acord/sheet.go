package acord

import (
	"math"
	"slices"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// sheet is a page prepared for reading: straightened tokens in lines, the printed labels found among them, and the
// geometry of the form as those labels show it.
type sheet struct {
	page     page.Page
	tokens   []*token
	lines    [][]*token // tokens that stand side by side, left to right; lines from top to bottom
	marks    []mark
	anchors  []anchor
	em       float64 // height of the page's small type in points: the yardstick of near and far
	form     fit
	letters  []insurerLine // the lines INSURER A, INSURER B, …
	boxes    []mark        // frames that may be tick boxes
	straight func(certificate.Box) rect
}

// mark is a page.Mark in straightened coordinates.
type mark struct {
	kind page.MarkKind
	box  rect
	at   certificate.Box
	ink  float64
}

// newSheet prepares a page. Lines of text tell roughly how far it is turned, the places of the form's labels tell the rest.
func newSheet(p page.Page) *sheet {
	upright := func(b certificate.Box) rect { return rectOf(b) }
	s := straightened(p, upright)
	more := skew(s.lines)
	for turns, slope := 0, 0.0; math.Abs(more) > level && turns < 3; turns++ {
		slope += more
		s = straightened(p, rotation(slope, p.Width/2, p.Height/2))
		if more = tilt(s.anchors, s.form); !s.form.ok {
			more = skew(s.lines)
		}
	}
	s.letters = s.insurerLines()
	s.addFields()
	s.hedge()
	return s
}

// level is the slope that does no harm: half a point over the width of a page.
const level = 0.0008

// straightened prepares a page of which a function straightens every box.
func straightened(p page.Page, straight func(certificate.Box) rect) *sheet {
	ts := tokens(p, straight)
	for _, t := range ts {
		if t.at[2] > p.Width-0.6*(t.at[3]-t.at[1]) {
			t.conf *= disagreeing // what ends at the edge of the paper may have been cut
		}
	}
	ts, typed := typedRules(ts)
	s := &sheet{page: p, marks: typed, tokens: ts, lines: linesOf(ts), em: typeHeight(ts), straight: straight}
	for _, m := range p.Marks {
		if sane(m.Box) {
			s.marks = append(s.marks, mark{m.Kind, straight(m.Box), m.Box, m.Ink})
		}
	}
	for _, line := range s.lines {
		typewritten(line)
	}
	s.boxes = tickBoxes(s.marks)
	s.anchors = findAnchors(s, formLabels)
	if s.form = fitForm(s.anchors); !s.form.ok {
		for _, t := range s.tokens {
			t.label = false
		}
		lowered(s.tokens)
		s.lines = linesOf(s.tokens)
		s.anchors = withTranslations(s, findAnchors(s, allLabels))
	} else {
		lowered(s.tokens)
	}
	return s
}

// addFields puts the values of form fields among the words of the page. Where words are printed inside a field that say
// something else, the value keeps its place and loses its certainty.
func (s *sheet) addFields() {
	values := fieldTokens(s.page, s.straight)
	kept, contradicted := overprinted(s.page, s.tokens, values)
	for _, t := range values {
		if words, is := contradicted[t.field]; is {
			t.conf, t.beside = disagreeing, cellOf(words).text()
		}
	}
	s.tokens = slices.Concat(kept, values)
}

// fieldCell is the value of the i-th form field of the page.
func (s *sheet) fieldCell(i int) cell {
	var ts []*token
	for _, t := range s.tokens {
		if t.field == i+1 {
			ts = append(ts, t)
		}
	}
	return cell{tokens: ts, doubt: 1}
}

// typeHeight is the lower quartile of word heights: the labels of a form are its smallest type.
func typeHeight(ts []*token) float64 {
	var hs []float64
	for _, t := range ts {
		if h := t.box.height(); h > 1 && len(t.key) > 1 {
			hs = append(hs, h)
		}
	}
	if len(hs) == 0 {
		return 8
	}
	slices.Sort(hs)
	return hs[len(hs)/4]
}

// linesOf groups tokens that stand side by side. It follows each line from word to word, so that it holds on a skewed page.
func linesOf(ts []*token) [][]*token {
	sorted := slices.Clone(ts)
	byX(sorted)
	var lines [][]*token
	for _, t := range sorted {
		best, score := -1, 0.5
		for i, line := range lines {
			last := line[len(line)-1]
			if shared := sameLine(last.box, t.box); shared >= score && t.box.x0 > last.box.x0 && t.box.x0 >= last.box.x1-0.4*t.box.height() {
				// The nearer of two lines that fit equally well goes on.
				if best < 0 || shared > score || last.box.x1 > lines[best][len(lines[best])-1].box.x1 {
					best, score = i, shared
				}
			}
		}
		if best < 0 {
			lines = append(lines, []*token{t})
			continue
		}
		lines[best] = append(lines[best], t)
	}
	slices.SortStableFunc(lines, func(a, b []*token) int { return compare(a[0].box.cy(), b[0].box.cy()) })
	return lines
}

// skew is the slope of the page's long lines of text, 0 when there are too few to tell.
func skew(lines [][]*token) float64 {
	var slopes []float64
	for _, line := range lines {
		first, last := line[0].box, line[len(line)-1].box
		if len(line) >= 6 && last.cx()-first.cx() > 150 {
			slopes = append(slopes, slopeOf(line))
		}
	}
	if len(slopes) < 3 {
		return 0
	}
	slices.Sort(slopes)
	return slopes[len(slopes)/2]
}

// slopeOf fits a straight line through the centres of a line's words.
func slopeOf(line []*token) float64 {
	var n, sx, sy, sxx, sxy float64
	for _, t := range line {
		x, y := t.box.cx(), t.box.cy()
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if d := n*sxx - sx*sx; d > 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}

// rotation turns the page about its centre so that lines of the given slope become level. Boxes keep their size.
func rotation(slope, cx, cy float64) func(certificate.Box) rect {
	angle := -math.Atan(slope)
	sin, cos := math.Sin(angle), math.Cos(angle)
	return func(b certificate.Box) rect {
		r := rectOf(b)
		dx, dy := r.cx()-cx, r.cy()-cy
		x, y := cx+dx*cos-dy*sin, cy+dx*sin+dy*cos
		return rect{x - r.width()/2, y - r.height()/2, x + r.width()/2, y + r.height()/2}
	}
}

// in gives the tokens whose centres lie in r and that keep passes, in no particular order.
func (s *sheet) in(r rect, keep func(*token) bool) []*token {
	var out []*token
	for _, t := range s.tokens {
		if r.holds(t.box) && (keep == nil || keep(t)) {
			out = append(out, t)
		}
	}
	return out
}

// written passes what was filled in: what is neither a printed label nor a tick.
func written(t *token) bool { return !t.label && !t.tick }
