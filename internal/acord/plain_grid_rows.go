package acord

import (
	"slices"
	"strings"
)

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
