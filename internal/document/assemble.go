package document

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// How far characters of one word may stand apart or overlap, in units of the type size. A space is about a quarter of
// the size; kerning seldom moves more than a tenth.
const (
	wordGap     = 0.14
	wordOverlap = 0.35
	heaped      = 0.2  // overlap from which digits cannot be read
	joinGap     = 0.10 // between words that were painted apart
	baseline    = 0.18 // how far baselines may differ
	longestRun  = 1000 // characters of a word
	duplicate   = 0.12 // how far a second impression of the same character may be off: printing twice makes type bold
)

// run is a word in the making: glyphs in reading direction without white space.
type run struct {
	text        string
	letters     int
	box         rect
	start, end  point
	size        float64
	angle       int16
	light       float64
	order       int
	last        int
	font        *typeface
	unseen      bool
	struck      bool // a line is drawn through it, or other letters are written over it
	unsure      bool // only a picture tells whether people see it, and see this
	unknown     int  // characters whose meaning the document does not tell
	spaceBefore bool // white space was painted before it
	spaceAfter  bool
}

// direction is the unit vector of a baseline at angle degrees.
func direction(angle int16) point {
	s, c := math.Sincos(float64(angle) * math.Pi / 180)
	return point{c, s}
}

// along and across are the coordinates of p in the direction d and square to it.
func along(p, d point) float64  { return p.x*d.x + p.y*d.y }
func across(p, d point) float64 { return p.y*d.x - p.x*d.y }

// assemble joins glyphs to words: first in the order of painting, where the gaps say what belongs together, and then on
// the page, where words that were painted in pieces meet. Columns part what was placed on both sides of their borders.
func assemble(glyphs []glyph, columns *boxes) []run {
	runs := chain(glyphs, columns)
	runs = joinPieces(runs, columns)
	return joinSpaced(runs)
}

// chain joins glyphs that follow one another in the content.
func chain(glyphs []glyph, columns *boxes) []run {
	var runs []run
	var text strings.Builder
	var cur run
	open := false
	var prev glyph
	var dir point
	flush := func(space bool) {
		if open {
			cur.text = text.String()
			cur.spaceAfter = space
			runs = append(runs, cur)
			text.Reset()
			open = false
		}
	}
	pendingSpace := false
	for _, g := range glyphs {
		if g.text == " " {
			flush(true)
			pendingSpace = true
			continue
		}
		if open {
			gap := along(g.origin, dir) - along(prev.end, dir)
			off := math.Abs(across(g.origin, dir) - across(prev.origin, dir))
			same := g.angle == prev.angle && math.Abs(g.size-prev.size) < 0.1*prev.size && off < baseline*prev.size &&
				g.unseen == prev.unseen && math.Abs(g.light-prev.light) < 0.3
			if same && g.text == prev.text && math.Abs(along(g.origin, dir)-along(prev.origin, dir)) < duplicate*prev.size {
				cur.unsure = cur.unsure || !g.placed // no second impression but a heap
				continue
			}
			if same && cur.letters < longestRun && gap > -wordOverlap*prev.size && gap < wordGap*prev.size+max(prev.extra, 0) &&
				!(g.placed && g.angle == 0 && apart(columns, prev.end, g.origin, g.size)) {
				text.WriteString(g.text)
				cur.letters++
				cur.box = cur.box.union(g.box)
				cur.end = g.end
				cur.last = g.order
				if g.text == unknownText {
					cur.unknown++
				}
				cur.unsure = cur.unsure || g.unsure || gap < -heaped*prev.size && strings.ContainsAny(g.text+prev.text, digits)
				prev = g
				continue
			}
			flush(false)
			pendingSpace = false
		}
		open = true
		dir = direction(g.angle)
		text.WriteString(g.text)
		cur = run{letters: 1, box: g.box, start: g.origin, end: g.end, size: g.size, angle: g.angle, light: g.light, order: g.order,
			last: g.order, font: g.font, unseen: g.unseen, unsure: g.unsure, spaceBefore: pendingSpace}
		if g.text == unknownText {
			cur.unknown = 1
		}
		pendingSpace = false
		prev = g
	}
	flush(false)
	return runs
}

// lines sorts runs by direction, baseline and position, and calls do for each group that shares direction and baseline.
func lines(runs []run, do func([]run)) {
	sort.SliceStable(runs, func(i, j int) bool {
		a, b := &runs[i], &runs[j]
		if a.angle != b.angle {
			return a.angle < b.angle
		}
		d := direction(a.angle)
		return across(a.start, d) < across(b.start, d)
	})
	for i := 0; i < len(runs); {
		d := direction(runs[i].angle)
		base := across(runs[i].start, d)
		j := i + 1
		for j < len(runs) && runs[j].angle == runs[i].angle && across(runs[j].start, d)-base < baseline*min(runs[i].size, runs[j].size) {
			j++
		}
		line := runs[i:j]
		sort.SliceStable(line, func(p, q int) bool { return along(line[p].start, d) < along(line[q].start, d) })
		do(line)
		i = j
	}
}

// joinPieces merges words whose pieces were painted at different times, and drops second impressions.
func joinPieces(runs []run, columns *boxes) []run {
	out := make([]run, 0, len(runs))
	lines(runs, func(line []run) {
		d := direction(line[0].angle)
		from := len(out)
		for _, r := range line {
			merged := false
			for k := len(out) - 1; k >= from && k >= len(out)-4; k-- {
				p := &out[k]
				if p.unseen != r.unseen {
					continue
				}
				if merged = p.repeats(&r, d); merged {
					break
				}
				if merged = r.repeats(p, d); merged {
					*p = r
					break
				}
			}
			if !merged && len(out) > from {
				p := &out[len(out)-1]
				gap := along(r.start, d) - along(p.end, d)
				if p.letters < longestRun && p.font == r.font && !p.spaceAfter && !r.spaceBefore && p.unseen == r.unseen && math.Abs(p.light-r.light) < 0.3 &&
					math.Abs(p.size-r.size) < 0.03*p.size && gap > -joinGap*p.size && gap < joinGap*p.size &&
					!(r.angle == 0 && apart(columns, p.end, r.start, r.size)) {
					p.join(r)
					merged = true
				}
			}
			if !merged {
				out = append(out, r)
			}
		}
	})
	return out
}

// repeats reports whether s is a second impression of r or of a part of it in the same place.
func (r *run) repeats(s *run, d point) bool {
	at := strings.Index(r.text, s.text)
	if at < 0 || math.Abs(r.size-s.size) > 0.03*r.size {
		return false
	}
	if len(r.text) == len(s.text) {
		return math.Abs(along(r.start, d)-along(s.start, d)) < duplicate*r.size &&
			math.Abs(along(r.end, d)-along(s.end, d)) < 2*duplicate*r.size
	}
	width := along(r.end, d) - along(r.start, d)
	expected := along(r.start, d) + width*float64(at)/float64(len(r.text))
	return math.Abs(along(s.start, d)-expected) < 0.5*r.size && along(s.end, d) < along(r.end, d)+duplicate*r.size
}

func (r *run) join(s run) {
	r.text += s.text
	r.letters += s.letters
	r.box = r.box.union(s.box)
	r.end = s.end
	r.order, r.last = min(r.order, s.order), max(r.last, s.last)
	r.unknown += s.unknown
	r.unsure = r.unsure || s.unsure
	r.spaceAfter = s.spaceAfter
}

// The shape of letter-spaced text: at least so many single letters, and at most, with gaps that are alike.
const (
	spacedLetters = 4
	spacedMost    = 200
	spacedGap     = 1.2 // widest gap in units of the type size
)

// joinSpaced merges words whose letters were placed one by one with wide, even gaps.
func joinSpaced(runs []run) []run {
	out := make([]run, 0, len(runs))
	lines(runs, func(line []run) {
		d := direction(line[0].angle)
		for i := 0; i < len(line); {
			j := i + 1
			low, high := math.Inf(1), 0.0
			for j < len(line) && j-i < spacedMost && line[j-1].letters == 1 && line[j].letters == 1 && line[j].font == line[i].font &&
				line[j].unseen == line[i].unseen && line[j].size == line[i].size {
				gap := along(line[j].start, d) - along(line[j-1].end, d)
				if gap <= 0 || gap > spacedGap*line[i].size || max(high, gap) > 1.6*min(low, gap)+0.1*line[i].size {
					break
				}
				low, high = min(low, gap), max(high, gap)
				j++
			}
			if j-i < spacedLetters || !alphanumeric(line[i:j]) {
				out = append(out, line[i])
				i++
				continue
			}
			word := line[i]
			for _, r := range line[i+1 : j] {
				word.join(r)
			}
			out = append(out, word)
			i = j
		}
	})
	return out
}

func alphanumeric(runs []run) bool {
	distinct := map[string]bool{}
	for _, r := range runs {
		c := r.text[0]
		if c < 0x80 && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
		distinct[r.text] = true
	}
	return len(distinct) > 1 // a column of ticks is no word
}

// Contrast below which type cannot be told from what is under it by people who do not look for it.
const contrast = 0.12

// dark is how light type is at most that can be read on most pictures.
const dark = 0.5

// conceal marks the words that nobody sees: printed in the colour of what is under them, or covered afterwards. What lies on a picture or on a
// colour that the document does not tell is unsure; a picture of most of the page is looked at anyway.
func (o *overlay) conceal(runs []run) {
	for i := range runs {
		r := &runs[i]
		if r.unseen {
			continue
		}
		c := r.box.center()
		ground, known, broad := 1.0, true, false
		under, over := o.covers.around(c, r.last)
		if over != nil && (over.light >= 0 || over.box.contains(point{r.box.x0, c.y}) && over.box.contains(point{r.box.x1, c.y})) {
			r.unseen = true
		}
		if under != nil {
			ground, known, broad = under.light, under.light >= 0 && !under.untold, under.box.area() > mostOfPage*o.view.area()
		}
		r.unsure = r.unsure || !known && !(broad && r.light < dark)
		if known && math.Abs(ground-r.light) < contrast {
			r.unseen = true
		}
	}
}

// Where a line lies that crosses a word out, as a share of the height of its type from the top: below its middle lies the foot of
// letters, where tables draw their rules.
const (
	strikeHighest = 0.25
	strikeLowest  = 0.68
	strikeWidth   = 0.8 // share of the word's width that it crosses
)

// strike marks the upright words that a level line crosses out.
func (o *overlay) strike(runs []run) {
	for i := range runs {
		if r := &runs[i]; !r.unseen && r.angle == 0 {
			r.struck = o.struckOut(r.box)
		}
	}
}

// strikes reports whether a shape is a level line that can cross words out, or nearly one: a hand draws none that is quite level.
func strikes(s shape) bool {
	return s.box.height() <= 2*thinnest && s.box.width() > 4*s.box.height() && (s.kind == lineShape || s.kind == areaShape || s.pen) && s.light < 1-contrast
}

// through reports whether a level line crosses out what stands in a box.
func through(l, b rect) bool {
	at := (l.center().y - b.y0) / b.height()
	return at > strikeHighest && at < strikeLowest && min(l.x1, b.x1)-max(l.x0, b.x0) > strikeWidth*b.width()
}

// words gives the runs as words of the page.
func words(runs []run) []page.Word {
	out := make([]page.Word, 0, len(runs))
	for _, r := range runs {
		text := r.text
		if strings.Trim(text, " ") == "" {
			continue
		}
		if strings.Contains(text, " ") {
			text = strings.Join(strings.Fields(text), "")
		}
		confidence := 1.0
		if r.unknown > 0 {
			confidence = 1 - float64(r.unknown)/float64(r.letters)
		}
		unproven := r.unsure && !r.struck && !r.unseen
		if r.struck || unproven {
			confidence = min(confidence, page.Doubtful)
		}
		out = append(out, page.Word{Text: text, Box: r.box.box(), Source: certificate.Text, Confidence: confidence,
			Size: round2(r.size), Hidden: r.unseen, Unproven: unproven})
	}
	return out
}

// lineHeight is the height in points of the bands in which words are ordered from left to right.
const lineHeight = 4

// inOrder sorts words roughly as they are read: it is for people and logs, no reader may rest on it.
func inOrder(words []page.Word) {
	slices.SortStableFunc(words, func(a, b page.Word) int {
		return cmp.Or(cmp.Compare(math.Round(a.Box[3]/lineHeight), math.Round(b.Box[3]/lineHeight)), cmp.Compare(a.Box[0], b.Box[0]))
	})
}
