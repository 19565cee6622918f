package acord

import (
	"math"
	"slices"
	"strings"
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
	borders := s.edges(true, rect{0, r.from, 0, r.to})
	for _, line := range s.lines {
		if box := boundsOf(line); box.y1 < r.from-s.em || box.y0 > r.to+s.em {
			continue
		}
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
