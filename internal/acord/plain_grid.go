package acord

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/page"
)

// grid is a table of a plain certificate: a line of headings, and under it rows of cells.
type grid struct {
	head    rect
	columns []gridColumn // from left to right
	rows    []span       // from top to bottom
	bottom  float64
	labels  map[*token]bool // lines among the rows that are labels with their values
}

// gridColumn is a column with what its heading says stands under it.
type gridColumn struct {
	id labelID // of a column or of a limit; otherColumn where it is none that is read
	span
	head []*token
}

// Columns that only plain tables have.
const (
	carrierColumn labelID = "column carrier"
	otherColumn   labelID = "column of something else"
	limitKind     labelID = "column kind of limit"
	limitAmount   labelID = "column amount"
	askedColumn   labelID = "column of what is required"
)

// heads are the headings of columns that the form does not have, or calls otherwise, by the words of the whole heading.
var heads = []struct {
	id      labelID
	pattern *regexp.Regexp
}{
	{askedColumn, regexp.MustCompile(`(?i)\b(?:require(?:d|ments?)|minimum|proposed|deficien\w+|premium)\b`)},
	{typeColumn, regexp.MustCompile(`(?i)^(?:(?:type|line|kind)s?\s+of\s+)?(?:coverages?|insurance|business)(?:\s+(?:types?|lines?|parts?|details?|description))?$|^(?:policy|insurance)\s+types?$|^(?:lines?|types?)$`)},
	{policyColumn, regexp.MustCompile(`(?i)^(?:policy|pol\.?)\s*(?:number|num\.?|no\.?|#|id)s?$`)},
	{effColumn, regexp.MustCompile(`(?i)^(?:policy\s+)?(?:eff(?:ective)?\.?|start|inception|from)(?:\s+dates?)?$|^eff(?:ective)?\.?\s*\(?mm/dd/yy(?:yy)?\)?$`)},
	{expColumn, regexp.MustCompile(`(?i)^(?:policy\s+)?(?:exp(?:iration|iry|ires)?\.?|end|to)(?:\s+dates?)?$|^exp(?:iration)?\.?\s*\(?mm/dd/yy(?:yy)?\)?$`)},
	{periodLabel, regexp.MustCompile(`(?i)^(?:policy|coverage|insurance)\s+(?:period|term|dates)$|^(?:period|term|effective\s+dates|dates)$`)},
	{carrierColumn, regexp.MustCompile(`(?i)^(?:insurance\s+)?(?:carriers?|insurers?|company|companies)(?:\s+name)?$`)},
	{letterColumn, regexp.MustCompile(`(?i)^(?:insr|co|insurer|company)\.?\s*(?:ltr|letter)\.?$|^ltr\.?$|^insr\.?$|^co\.?$|^letter$`)},
	{addlColumn, regexp.MustCompile(`(?i)^(?:ai|a\.i\.|add'?l\.?\s+ins(?:u?re?d|d|r)?|additional\s+insured\??)$`)},
	{subrColumn, regexp.MustCompile(`(?i)^(?:wos|w\.o\.s\.|subr\.?\s+wvd|waiver(?:\s+of\s+subrogation)?\??|subrogation\s+waived)$`)},
	{limitKind, regexp.MustCompile(`(?i)^(?:limit\s+types?|types?\s+of\s+limit|limit\s+description)$`)},
	{limitAmount, regexp.MustCompile(`(?i)^(?:limit\s+)?amounts?$`)},
	{limitsColumn, regexp.MustCompile(`(?i)^(?:policy\s+|coverage\s+)?limits?(?:\s+of\s+(?:liability|insurance|coverage))?(?:\s+amounts?)?$`)},
}

// headOf is what a heading says of its column; empty where it says nothing that is known.
func headOf(text string) labelID {
	text = strings.Join(strings.Fields(strings.Trim(strings.ReplaceAll(text, "’", "'"), around+"?")), " ")
	if g := strings.TrimSuffix(strings.TrimSuffix(text, " (MM/DD/YYYY"), " (MM/DD/YY"); g != "" {
		text = g
	}
	for _, h := range heads {
		if h.pattern.MatchString(text) {
			return h.id
		}
	}
	if id := limitCalled(text); id != "" {
		return id
	}
	if rest := letterHead.ReplaceAllString(text, ""); rest != text && rest != "" {
		return headOf(rest)
	}
	return ""
}

// formHead is what a heading says that is one of the form's with a letter read wrongly, or run together with the heading before it:
// OCR does so where a heading is cut off by its cell or touches the rule beside it. Empty where it is none.
func (s *sheet) formHead(ts []*token) labelID {
	for _, a := range s.anchors {
		if len(a.tokens) != len(ts) || slices.ContainsFunc(a.tokens, func(t *token) bool { return !slices.Contains(ts, t) }) {
			continue
		}
		if _, is := headCentres()[a.id]; is {
			return a.id
		}
	}
	return ""
}

// letterHead matches the heading of the column of insurers' letters, which is narrow and may run into the next.
var letterHead = regexp.MustCompile(`(?i)^(?:insr|co)\s*ltr\s*`)

// grids finds the tables of a plain certificate.
func (s *sheet) grids() []grid {
	var out []grid
	below := math.Inf(-1)
	for i, line := range s.lines {
		if boundsOf(line).y0 < below {
			continue
		}
		g, known := s.gridAt(i)
		if known == 0 {
			continue
		}
		for j := i + 1; j < min(i+3, len(s.lines)) && boundsOf(s.lines[j]).y0 < g.head.y1; j++ {
			if also, n := s.gridAt(j); n >= known {
				g, known = also, n // the line before is a title
			}
		}
		out = append(out, g)
		below = g.bottom
	}
	return out
}

// gridAt finds the table whose headings begin with a line, and counts the headings that are known, 0 where there is no table. Headings may
// be broken onto three lines.
func (s *sheet) gridAt(i int) (best grid, most int) {
	for n := 1; n <= 3 && i+n <= len(s.lines); n++ {
		ts := slices.Concat(s.lines[i : i+n]...)
		box := boundsOf(ts)
		if box.height() > 4*max(s.em, boundsOf(s.lines[i]).height()) {
			break
		}
		columns, known := s.headColumns(ts)
		if known <= most || !heading(columns, known) {
			continue
		}
		g := grid{head: box, columns: columns, labels: map[*token]bool{}}
		s.setColumns(&g)
		if s.setRows(&g); len(g.rows) > 0 {
			best, most = g, known
		}
	}
	return best, most
}

// headColumns puts the words of the headings of a table together, and counts those that are known.
func (s *sheet) headColumns(ts []*token) (columns []gridColumn, known int) {
	borders := s.edges(true, boundsOf(ts))
	for _, line := range rowsOf(ts) {
		for _, piece := range s.headPieces(line, borders) {
			columns = columnOver(columns, piece)
		}
	}
	slices.SortFunc(columns, func(a, b gridColumn) int { return compare(a.from, b.from) })
	for i := range columns {
		c := &columns[i]
		if c.id = cmp.Or(headOf(cellOf(c.head).text()), s.formHead(c.head)); c.id != "" {
			known++
		} else {
			c.id = otherColumn
		}
	}
	if has(columns, policyColumn) && !has(columns, typeColumn) && key(textOf(columns[0].head)) == "POLICY" {
		columns[0].id = typeColumn
		known++
	}
	if has(columns, typeColumn) && !has(columns, policyColumn) {
		if i := slices.IndexFunc(columns, func(c gridColumn) bool { return key(textOf(c.head)) == "POLICY" }); i > 0 {
			columns[i].id = policyColumn
			known++
		}
	}
	return columns, known
}

// columnOver adds the words of a heading to the one above them, or as one of their own.
func columnOver(columns []gridColumn, piece []*token) []gridColumn {
	box := boundsOf(piece)
	at := slices.IndexFunc(columns, func(c gridColumn) bool { return c.from < box.x1 && box.x0 < c.to })
	if at < 0 {
		return append(columns, gridColumn{span: span{box.x0, box.x1}, head: piece})
	}
	c := &columns[at]
	c.head = append(c.head[:len(c.head):len(c.head)], piece...)
	c.from, c.to = min(c.from, box.x0), max(c.to, box.x1)
	return columns
}

// headPieces cuts a line of headings where a space, a rule or the beginning of a heading of the form parts them.
func (s *sheet) headPieces(line []*token, borders []float64) [][]*token {
	var out [][]*token
	for _, piece := range pieces(line, clearGap(line[0])) {
		from := 0
		for i := 1; i < len(piece); i++ {
			parts := slices.ContainsFunc(borders, func(x float64) bool { return x >= piece[i-1].box.x1-1 && x <= piece[i].box.x0+1 }) ||
				slices.ContainsFunc(s.anchors, func(a anchor) bool {
					if len(a.tokens) < 2 || a.tokens[0] != piece[i] {
						return false
					}
					_, is := headCentres()[a.id]
					return is
				})
			if parts {
				out = append(out, piece[from:i])
				from = i
			}
		}
		out = append(out, piece[from:])
	}
	return out
}

func has(columns []gridColumn, id labelID) bool {
	return slices.ContainsFunc(columns, func(c gridColumn) bool { return c.id == id })
}

// heading reports whether columns are those of a table of policies or limits: they name the kind of insurance and what it has, and most
// of them are known.
func heading(columns []gridColumn, known int) bool {
	if !has(columns, typeColumn) || 2*known <= len(columns) || slices.ContainsFunc(columns, func(c gridColumn) bool {
		return len(c.head) > 7 || slices.ContainsFunc(c.head, func(t *token) bool {
			return isAmount(t) || isDate(strings.Trim(t.text, around)) || strings.HasSuffix(t.text, ":")
		})
	}) {
		return false
	}
	if columns[0].id != typeColumn && columns[0].id != letterColumn && columns[0].id != carrierColumn {
		return false
	}
	return known >= 3 || known == 2 && len(columns) == 2 && (has(columns, limitsColumn) || has(columns, limitAmount))
}

// setColumns widens the columns from their headings to the borders between them: a rule, or else the widest space that nothing under the
// headings crosses.
func (s *sheet) setColumns(g *grid) {
	borders := s.edges(true, g.head)
	bottom := g.head.y1 + 40*s.em
	var pieced []rect
	for _, line := range s.lines {
		if box := boundsOf(line); box.y0 > g.head.y1-0.3*s.em && box.y1 < bottom {
			if s.endsGrid(line, g) {
				break
			}
			for _, piece := range pieces(line, clearGap(line[0])) {
				pieced = append(pieced, boundsOf(piece))
			}
		}
	}
	for _, c := range g.columns {
		pieced = append(pieced, rect{c.from, g.head.y0, c.to, g.head.y1})
	}
	for i := range g.columns {
		c := &g.columns[i]
		if i == 0 {
			c.from = 0
		}
		if i+1 == len(g.columns) {
			c.to = s.page.Width * 2
			break
		}
		next := &g.columns[i+1]
		border := s.border(borders, pieced, c.to, next.from)
		c.to, next.from = border, border
	}
}

// border is the line between two headings, of which one ends and the next begins at given places.
func (s *sheet) border(rules []float64, pieced []rect, end, begin float64) float64 {
	for _, x := range rules {
		if x >= end-0.3*s.em && x <= begin+0.3*s.em {
			return x
		}
	}
	// The widest free space around what parts the headings; most cells begin where their heading does.
	best, wide := begin-0.1*s.em, -1.0
	lo := end
	var inside []rect
	for _, p := range pieced {
		if p.x1 > end && p.x0 < begin {
			inside = append(inside, p)
		}
	}
	slices.SortFunc(inside, func(a, b rect) int { return compare(a.x0, b.x0) })
	for _, p := range append(inside, rect{begin, 0, begin, 0}) {
		if free := p.x0 - lo; free >= wide {
			best, wide = p.x0-min(0.1*s.em, max(free, 0)/2), free
		}
		lo = max(lo, p.x1)
	}
	if wide < 0.2*s.em {
		return begin - 0.1*s.em
	}
	return best
}

// edges are the places of the vertical or horizontal borders that cross a band of the page: rules, and the sides of frames.
func (s *sheet) edges(vertical bool, band rect) []float64 {
	var out []float64
	stroke := 1.1 * s.em // borders of a cell of one line are longer
	if s.looked() {
		stroke = 1.5 * s.em // OCR's words are as high as their letters
	}
	add := func(at, from, to float64) {
		if to-from < stroke {
			return // a stroke of a letter that is drawn, such as an I
		}
		lo, hi := band.y0, band.y1
		if !vertical {
			lo, hi = band.x0, band.x1
		}
		if from <= lo+0.5*(hi-lo) && to >= lo+0.5*(hi-lo) {
			out = append(out, at)
		}
	}
	for _, m := range s.marks {
		b := m.box
		switch {
		case m.kind == page.Rule && vertical && b.height() > b.width():
			add(b.cx(), b.y0, b.y1)
		case m.kind == page.Rule && !vertical && b.width() > b.height():
			add(b.cy(), b.x0, b.x1)
		case m.kind == page.Frame && vertical:
			add(b.x0, b.y0, b.y1)
			add(b.x1, b.y0, b.y1)
		case m.kind == page.Frame:
			add(b.y0, b.x0, b.x1)
			add(b.y1, b.x0, b.x1)
		}
	}
	slices.Sort(out)
	return slices.CompactFunc(out, func(a, b float64) bool { return math.Abs(b-a) < 2 })
}

// endsGrid reports whether a line stands under a table and is no row of it: it begins another part of the certificate, or runs across
// the columns as a sentence does.
func (s *sheet) endsGrid(line []*token, g *grid) bool {
	box := boundsOf(line)
	for _, a := range s.anchors {
		if (sectionLabel(a.id) && a.id != insurerLabel && a.id != coveragesLabel || a.id == insuredAddress || a.id == holderAddress || a.id == producerAddress || a.id == dateLabel || a.id == numberLabel) &&
			sameLine(a.first, box) > 0.5 && a.first.x0 < g.columns[min(1, len(g.columns)-1)].from+s.em {
			return true
		}
	}
	if slices.ContainsFunc(s.letters, func(l insurerLine) bool { return sameLine(l.box, box) > 0.5 }) {
		return true
	}
	for _, piece := range g.aligned(s.headPieces(line, s.edges(true, box)), 0.25*s.em) {
		b := boundsOf(piece)
		crossed := 0
		for _, c := range g.columns[1:] {
			if b.x0 < c.from-s.em && b.x1 > c.from+s.em {
				crossed++
			}
		}
		if crossed > 1 && len(piece) > 5 {
			return true
		}
	}
	text := key(textOf(line))
	return slices.ContainsFunc([]string{"LIMITS", "COVERAGELIMITS", "ENDORSEMENTS", "NOTES", "REMARKS"}, func(head string) bool { return strings.HasPrefix(text, head) }) &&
		!strings.ContainsAny(text, "0123456789")
}

// labelLine reports whether a line among the rows of a table is a label with its value, such as "Additional Insured: Yes".
func labelLine(line []*token, g *grid) bool {
	first := pieces(line, clearGap(line[0]))[0]
	if kind := g.columns[slices.IndexFunc(g.columns, func(c gridColumn) bool { return c.id == typeColumn })]; first[0].box.x0 > kind.to {
		return false
	}
	return slices.ContainsFunc(first, func(t *token) bool { return strings.HasSuffix(t.text, ":") && t.key != "PER" }) // "Limit applies per:"
}

// setRows cuts what stands under the headings into rows: between the rules that cross the table, or else from one kind of insurance to
// the next.
func (s *sheet) setRows(g *grid) {
	kind := g.columns[slices.IndexFunc(g.columns, func(c gridColumn) bool { return c.id == typeColumn })]
	var body [][]*token
	y := g.head.y1
	for _, line := range s.lines {
		box := boundsOf(line)
		if box.cy() <= g.head.y1 {
			continue
		}
		if box.y0-y > 5*max(s.em, box.height()) || s.endsGrid(line, g) {
			break
		}
		y = max(y, box.y1)
		if labelLine(line, g) {
			for _, t := range line {
				g.labels[t] = true
			}
			continue
		}
		body = append(body, line)
	}
	g.bottom = g.head.y1
	if len(body) == 0 {
		return
	}
	g.bottom = y + 0.2*s.em
	last := g.columns[len(g.columns)-1]
	across := rect{kind.from + s.em, g.head.y1, min(last.from+s.em, s.page.Width), y}
	if kind.from == 0 {
		across.x0 = boundsOf(kind.head).cx()
	}
	ruled := s.edges(false, across)
	inside := slices.DeleteFunc(slices.Clone(ruled), func(at float64) bool { return at < g.head.cy() || at > y+3*s.em || !s.crosses(at, across) })
	starts := s.rowStarts(g, body)
	if n := len(inside); n > 1 && inside[n-1] < y-0.3*s.em {
		inside = append(inside, y+0.2*s.em) // the last row has no rule under it
	}
	if len(inside) > 1 {
		for i := 1; i < len(inside); i++ {
			if r := (span{inside[i-1], inside[i]}); slices.ContainsFunc(body, func(line []*token) bool { return r.holds(boundsOf(line).cy()) }) && inside[i-1] > g.head.cy() {
				g.rows = append(g.rows, r)
			}
		}
		several := slices.ContainsFunc(g.rows, func(r span) bool {
			n := 0
			for _, start := range starts {
				if r.holds(start.y) && start.policy && !start.broken {
					n++
				}
			}
			return n > 1 && g.policiesIn(body, r) > 1
		})
		if len(g.rows) > 0 && !several {
			g.bottom = max(g.bottom, inside[len(inside)-1])
			return
		}
		g.rows = nil // the rules part more than rows
	}
	for i, start := range starts {
		row := span{start.y - 0.7*s.em, g.bottom}
		if i > 0 {
			row.from = g.rows[i-1].to
		}
		if i+1 < len(starts) {
			row.to = s.rowEnd(body, start.y, starts[i+1].y)
		}
		g.rows = append(g.rows, row)
	}
}

// rowEnd is where a row ends that no rule parts from the next, given where the two begin: at the widest space between their lines, since
// cells of several lines may begin above the name of their coverage, and else just above the next.
func (s *sheet) rowEnd(body [][]*token, from, to float64) float64 {
	end, widest := to-0.7*s.em, wideSpace*s.em
	var lines []rect
	for _, line := range body {
		for _, t := range line {
			if t.box.cy() > from-0.5*s.em && t.box.cy() < to+0.5*s.em && t.key != "" {
				lines = append(lines, t.box)
			}
		}
	}
	slices.SortFunc(lines, func(a, b rect) int { return compare(a.y0, b.y0) })
	y := from
	for _, l := range lines {
		if free := l.y0 - y; free > widest-0.15*s.em && l.cy() > from+0.5*s.em {
			end, widest = y+free/2, max(widest, free) // the last where several are as wide
		}
		y = max(y, l.y1)
	}
	return end
}

// wideSpace is the least space between the lines of two rows, in heights of small type, that no lines of one row leave.
const wideSpace = 0.45

// rowStart is where a row begins that no rule parts from the one above, in the middle of its first line.
type rowStart struct {
	y      float64
	policy bool // it has a policy number or date
	broken bool // it has but the rest of a number that was broken
	vague  bool // it names no coverage and has no date
}

// rowStarts finds the lines that begin a row: those that name a coverage or a limit, or anything that has a policy.
func (s *sheet) rowStarts(g *grid, body [][]*token) []rowStart {
	var starts []rowStart
	dated := false                   // a line above has a date
	unfinished := map[labelID]bool{} // columns whose text goes on below: it ends with a hyphen or "to"
	for _, line := range body {
		var own, number []*token
		date, rest := false, false
		last := map[labelID]*token{}
		for _, t := range line {
			c := g.column(t.box.cx())
			last[c.id] = t
			rest = rest || unfinished[c.id] && t.key != ""
			switch {
			case c.id == typeColumn:
				own = append(own, t)
			case t.key == "" || isAmount(t):
			case c.id == policyColumn:
				number = append(number, t)
			case c.id == effColumn || c.id == periodLabel || c.id == expColumn:
				date = true
			}
		}
		policy := date || len(number) > 0
		goesOn := rest || !date && len(own) > 0 && startsUnticked(own)
		if n := len(starts); n > 0 && starts[n-1].vague && date && len(own) > 0 && boundsOf(own).cy()-starts[n-1].y < 1.4*boundsOf(own).height() {
			goesOn = true // "Commercial" is above "General Liability", and the row's date in the middle
			starts[n-1].vague = false
		}
		if len(own) > 0 && !goesOn && (policy || coverageNamed(textOf(own)) != "" || limitRow(own) != "" || len(starts) == 0) {
			named := coverageNamed(textOf(own)) != "" || limitRow(own) != ""
			starts = append(starts, rowStart{boundsOf(own).cy(), policy, dated && !date, !named && !date})
		}
		dated = dated || date
		for id, t := range last { // the cells of a row need not stand on the same lines
			if id == limitsColumn || id == limitKind || id == carrierColumn {
				continue
			}
			unfinished[id] = strings.HasSuffix(t.text, "-") || t.text == "–" || strings.EqualFold(t.text, "to")
		}
	}
	return starts
}

// startsUnticked reports whether a text begins with an empty box: what stands behind it is not what there is.
func startsUnticked(ts []*token) bool {
	n, ticked := boxAt(ts)
	return n > 0 && !ticked
}

// policiesIn counts the policies between two rules: as many as most of the columns for numbers and dates have whole ones, each on a line of its
// own. In a narrow column one value breaks into several lines.
func (g *grid) policiesIn(body [][]*token, r span) int {
	whole := map[labelID]int{}
	for _, c := range g.columns {
		if c.id == policyColumn || c.id == effColumn || c.id == expColumn || c.id == periodLabel {
			whole[c.id] = 0
		}
	}
	for _, line := range body {
		if !r.holds(boundsOf(line).cy()) {
			continue
		}
		seen := map[labelID]bool{}
		for _, t := range line {
			id := g.column(t.box.cx()).id
			switch id {
			case policyColumn:
				seen[id] = seen[id] || strings.ContainsAny(t.text, "0123456789")
			case effColumn, expColumn, periodLabel:
				seen[id] = seen[id] || isDate(strings.Trim(t.text, around))
			}
		}
		for id, is := range seen {
			if is {
				whole[id]++
			}
		}
	}
	var counts []int
	for _, n := range whole {
		counts = append(counts, n)
	}
	if len(counts) == 0 {
		return 0
	}
	slices.Sort(counts)
	return counts[(len(counts)-1)/2]
}

// crosses reports whether a horizontal edge goes over most of a band's width, in one piece or several.
func (s *sheet) crosses(at float64, band rect) bool {
	covered := 0.0
	for _, m := range s.marks {
		b := m.box
		if m.kind == page.Rule && b.width() > b.height() && math.Abs(b.cy()-at) < 2 || m.kind == page.Frame && (math.Abs(b.y0-at) < 2 || math.Abs(b.y1-at) < 2) {
			covered += max(0, min(b.x1, band.x1)-max(b.x0, band.x0))
		}
	}
	return covered >= 0.7*band.width()
}

// column is the column at a place.
func (g *grid) column(x float64) gridColumn {
	for _, c := range g.columns {
		if c.holds(x) {
			return c
		}
	}
	return g.columns[len(g.columns)-1]
}

// aligned cuts texts where a word begins just where the heading of a column does: what stands before it fills its cell.
func (g *grid) aligned(texts [][]*token, near float64) [][]*token {
	var out [][]*token
	for _, text := range texts {
		from := 0
		for i := 1; i < len(text); i++ {
			if slices.ContainsFunc(g.columns, func(c gridColumn) bool { return math.Abs(boundsOf(c.head).x0-text[i].box.x0) < near }) {
				out = append(out, text[from:i])
				from = i
			}
		}
		out = append(out, text[from:])
	}
	return out
}

// gridCell is what stands in a column of a row: the texts that begin there, however far they go.
func (s *sheet) gridCell(g grid, c gridColumn, r span) cell {
	own := map[*token]bool{}
	for _, line := range s.lines {
		if box := boundsOf(line); box.y1 < r.from-s.em || box.y0 > r.to+s.em {
			continue
		}
		borders := s.edges(true, rect{0, r.from, 0, r.to})
		for _, piece := range g.aligned(s.headPieces(line, borders), 0.25*s.em) {
			if at := piece[0].box; c.holds(at.x0 + min(0.3*s.em, 0.5*at.width())) {
				for _, t := range piece {
					own[t] = true
				}
			}
		}
	}
	return cellOf(s.in(rect{0, r.from, s.page.Width * 2, r.to}, func(t *token) bool {
		return own[t] && !g.labels[t] && (wordy(t) || strings.Contains("$/;-–", t.text))
	}))
}
