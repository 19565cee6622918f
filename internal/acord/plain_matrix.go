package acord

import (
	"math"
	"slices"
	"strings"
)

// takeMatrices reads the tables that have a column for each coverage and a row for each value, and takes their words out of the page.
func (p *plainReader) takeMatrices() {
	s := p.s
	for i, line := range s.lines {
		if slices.ContainsFunc(line, func(t *token) bool {
			return isAmount(t) || isDate(strings.Trim(t.text, around)) || strings.ContainsAny(t.text[len(t.text)-1:], ":,;")
		}) {
			continue
		}
		var heads []anchor
		for n := 1; n <= 3 && i+n <= len(s.lines); n++ { // headings are broken onto several lines
			ts := slices.Concat(s.lines[i : i+n]...)
			if boundsOf(ts).height() > 4*max(s.em, boundsOf(line).height()) {
				break
			}
			found := s.matrixHeads(ts, s.startsUnder(i+n))
			if len(found) < len(heads) || n > 1 && len(heads) > 0 && s.lines[i+n-1][0].box.x0 < heads[0].first.x0-s.em {
				break
			}
			heads = found
		}
		if len(heads) < 2 {
			continue
		}
		p.takeMatrix(heads)
	}
}

// matrixHeads are the names of coverages that stand side by side in a line, or in some lines, of headings; none where something else stands
// among them.
func (s *sheet) matrixHeads(ts []*token, starts []float64) []anchor {
	var columns []gridColumn
	borders := s.edges(true, boundsOf(ts))
	for _, line := range rowsOf(ts) {
		for _, piece := range s.headPieces(line, borders) {
			from := 0
			for i := 1; i <= len(piece); i++ {
				if i < len(piece) && !slices.ContainsFunc(starts, func(x float64) bool { return math.Abs(x-piece[i].box.x0) < 0.3*s.em }) {
					continue
				}
				columns = columnOver(columns, piece[from:i])
				from = i
			}
		}
	}
	slices.SortFunc(columns, func(a, b gridColumn) int { return compare(a.from, b.from) })
	var heads []anchor
	for i, c := range columns {
		text := cellOf(c.head).text()
		id := coverageNamed(text)
		if id == "" || len(c.head) > 7 || strings.HasSuffix(text, ":") && len(columns) > 1 {
			if i == 0 && len(c.head) < 4 {
				continue // over the labels of the rows
			}
			return nil
		}
		box := boundsOf(c.head)
		heads = append(heads, anchor{id: id, tokens: cellOf(c.head).tokens, first: box, box: box})
	}
	return heads
}

// startsUnder are the places where texts begin in several of the lines below: columns.
func (s *sheet) startsUnder(line int) []float64 {
	var all, out []float64
	for _, l := range s.lines[min(line, len(s.lines)):min(line+8, len(s.lines))] {
		for _, piece := range pieces(l, 1) {
			all = append(all, piece[0].box.x0)
		}
	}
	for i, x := range all {
		if slices.ContainsFunc(all[i+1:], func(o float64) bool { return math.Abs(o-x) < 0.2*s.em }) {
			out = append(out, x)
		}
	}
	return out
}

// takeMatrix reads the rows under the names of coverages, where they stand left of all columns. It does nothing where they do not.
func (p *plainReader) takeMatrix(heads []anchor) {
	s := p.s
	columns := make([]span, len(heads))
	line := heads[0].first
	borders := s.edges(true, line)
	for i, h := range heads {
		columns[i] = span{h.first.x0 - s.em, s.page.Width * 2}
		for _, x := range borders {
			if x <= h.first.x0+0.3*s.em && x > columns[i].from-3*s.em && (i == 0 || x > heads[i-1].box.x1-0.3*s.em) {
				columns[i].from = x
			}
		}
		if i > 0 {
			columns[i-1].to = columns[i].from
		}
	}
	left := columns[0].from
	type rowLabel struct {
		id     labelID
		tokens []*token
		box    rect
	}
	bottom := line.y1
	for _, h := range heads {
		bottom = math.Max(bottom, h.box.y1)
	}
	var rows []rowLabel
	known, last := 0, bottom
	for _, l := range s.lines {
		begin := boundsOf(l)
		if begin.cy() < bottom || l[0].box.x0 > left {
			continue
		}
		if begin.y0-last > 5*s.em || slices.ContainsFunc(s.anchors, func(a anchor) bool {
			return (sectionLabel(a.id) && a.id != insurerLabel || coverageRow(a.id)) && a.tokens[0] == l[0]
		}) {
			break
		}
		var words []*token
		for _, t := range l {
			if t.box.x1 < left+0.3*s.em {
				words = append(words, t)
			}
		}
		if len(words) == 0 {
			continue
		}
		id := headOf(textOf(words))
		if id == "" && strings.HasSuffix(words[len(words)-1].text, ":") {
			break
		}
		last = begin.y1
		if id != "" {
			known++
		}
		rows = append(rows, rowLabel{id, words, boundsOf(words)})
	}
	if known < 2 || 2*known < len(rows) {
		return
	}
	ruled := s.edges(false, rect{columns[0].from, 0, columns[0].from + 2*s.em, 0})
	bands := make([]span, len(rows))
	for i, r := range rows {
		b := span{r.box.y0 - 0.5*s.em, last + 0.5*s.em}
		if i > 0 {
			b.from = bands[i-1].to
		}
		if i+1 < len(rows) {
			b.to = rows[i+1].box.y0 - 0.2*s.em
		}
		for _, y := range ruled {
			if y <= r.box.cy() && y > bottom-s.em && (i == 0 || y > rows[i-1].box.cy()) {
				b.from = y
			}
			if y > r.box.cy() && (i+1 == len(rows) || y < rows[i+1].box.cy()) {
				b.to = y
				break
			}
		}
		bands[i] = b
	}
	g := grid{}
	for _, r := range rows {
		id := r.id
		if id == "" {
			id = otherColumn
		}
		g.columns = append(g.columns, gridColumn{id: id, head: r.tokens})
	}
	var taken []*token
	for i, h := range heads {
		e := gridEntry{id: h.id, heading: withoutColon(cellOf(h.tokens)), bottom: bands[len(bands)-1].to}
		cells, misaligned := map[labelID]cell{}, false
		for j, r := range rows {
			found := s.in(rect{columns[i].from, bands[j].from, columns[i].to, bands[j].to}, wordy)
			taken = append(taken, found...)
			if slices.ContainsFunc(rowsOf(found), func(l []*token) bool { return len(pieces(l, columnGap)) > 1 }) {
				misaligned = true
			}
			if c := cloned(cellOf(found)); r.id != "" && strings.Trim(c.text(), " -–—") != "" && !naWord(c.text()) {
				cells[r.id] = c
			}
		}
		if misaligned {
			for id, c := range cells {
				c.doubt *= misplaced // of two columns
				cells[id] = c
			}
		}
		e.words = append(e.words, qualifiers(e.heading)...)
		e.add(g, cells, nil)
		c := p.begin(e)
		c.takeEntry(e)
	}
	p.open(nil, nil, "")
	for _, r := range rows {
		taken = append(taken, r.tokens...)
	}
	for _, h := range heads {
		taken = append(taken, h.tokens...)
	}
	s.dropAnchors(func(a anchor) bool {
		return slices.ContainsFunc(a.tokens, func(t *token) bool { return slices.Contains(taken, t) })
	})
	for _, t := range taken {
		t.label = true
	}
}

// naWord reports whether a text says that there is no value.
func naWord(text string) bool {
	k := key(text)
	return k == "NA" || k == "NONE" || k == "NOTAPPLICABLE"
}
