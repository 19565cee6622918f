package acord

import (
	"math"
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// table is the coverage table of a certificate: its columns, and its rows from top to bottom.
type table struct {
	standard bool // laid out as on ACORD 25; other tables may lack columns
	left     float64
	right    float64
	top      float64 // under the header
	bottom   float64
	columns  map[labelID]span
	amounts  float64 // where the column of amounts begins
	pitch    float64 // from one limit to the next
	rows     []row
	free     span // the part under the named rows, empty when there is none
}

// span is a range of one direction.
type span struct{ from, to float64 }

func (s span) holds(v float64) bool { return v >= s.from && v < s.to }
func (s span) empty() bool          { return s.to <= s.from }

// row is one named row of the table.
type row struct {
	id labelID // glRow, autoRow, umbrellaRow, wcRow, or garageRow of older editions
	span
}

// The standard form's columns in points, and the pitch of its limits.
const (
	standardPitch  = 12.0
	standardAmount = 514.8
	secondLine     = 6.0   // how much lower the second line of a label is
	standardLimit  = 428.4 // where the labels of limits begin
)

func standardColumns() map[labelID]span {
	return map[labelID]span{letterColumn: {18, 36}, typeColumn: {36, 176.7}, addlColumn: {176.7, 194.6}, subrColumn: {194.6, 213},
		policyColumn: {213, 331.3}, effColumn: {331.3, 378.1}, expColumn: {378.1, 424.9}, limitsColumn: {424.9, 594.5}}
}

// headCentres are the middles of the standard form's column headings.
func headCentres() map[labelID]float64 {
	return map[labelID]float64{letterColumn: 27, typeColumn: 106.2, addlColumn: 185.4, subrColumn: 203.4, policyColumn: 271.8,
		effColumn: 354.6, expColumn: 401.4, limitsColumn: 509.4}
}

// rowPlaces are the middles of the first label of the standard form's rows, with how far above it the row begins.
func rowPlaces() map[labelID]struct{ y, above float64 } {
	return map[labelID]struct{ y, above float64 }{glRow: {306, 5.8}, autoRow: {389.9, 6.1}, umbrellaRow: {449.9, 5.7}, excessRow: {461.9, 17.7}, wcRow: {484.7, 4.6},
		garageRow: {445, 5.7}}
}

// findTable finds the coverage table; ok is false where the page has none and is to be read label by label.
func findTable(s *sheet) (table, bool) {
	heads := s.headings()
	if s.form.ok && (len(heads) >= 3 || len(heads) == 2 && s.source() == certificate.OCR && len(s.limitLabels()) >= someLimits) {
		return standardTable(s, heads), true
	}
	return table{}, false
}

// someLimits is how many labels of limits make a table of which OCR could read but two heads.
const someLimits = 6

// limitLabels are the left ends of the labels of limits that were read.
func (s *sheet) limitLabels() []float64 {
	var left []float64
	for _, a := range s.anchors {
		if limitLabel(a.id) {
			left = append(left, a.first.x0)
		}
	}
	return left
}

// headings are the column headings of the coverage table: those that stand side by side with most others, of two that may be the same the
// better read one. What OCR leaves of POLICY EXP is like POLICY #.
func (s *sheet) headings() map[labelID]anchor {
	best := map[labelID]anchor{}
	for _, lead := range s.anchors {
		if _, is := headCentres()[lead.id]; !is {
			continue
		}
		line := map[labelID]anchor{}
		for _, a := range s.anchors {
			if _, is := headCentres()[a.id]; !is || math.Abs(a.box.cy()-lead.box.cy()) > 1.3*s.em {
				continue
			}
			have, twice := line[a.id]
			nearer := math.Abs(a.box.cy()-lead.box.cy()) < math.Abs(have.box.cy()-lead.box.cy())
			if !twice || a.errors < have.errors || a.errors == have.errors && nearer {
				line[a.id] = a
			}
		}
		if len(line) > len(best) {
			best = line
		}
	}
	return best
}

func standardTable(s *sheet, heads map[labelID]anchor) table {
	t := table{standard: true, columns: map[labelID]span{}, pitch: standardPitch * s.form.yScale}
	var across []point
	for id, a := range heads {
		across = append(across, point{headCentres()[id], a.box.cx()})
	}
	if len(heads) == 2 {
		across = append(across, point{standardLimit, median(s.limitLabels())})
	}
	x := axisOf(across, s.form.xScale)
	for id, c := range standardColumns() {
		t.columns[id] = span{x.at(c.from), x.at(c.to)}
	}
	if s.noFlagColumns(t, heads) {
		t.columns[addlColumn], t.columns[subrColumn] = span{}, span{}
		border := s.typeBorder(t)
		t.columns[typeColumn] = span{t.columns[typeColumn].from, border}
		t.columns[policyColumn] = span{border, t.columns[policyColumn].to}
	}
	t.left, t.right = x.at(18), max(x.at(594.5), s.page.Width)
	for _, a := range heads {
		t.top = max(t.top, a.box.y1)
	}

	y := s.bodyAxis(t.top)
	description, found := s.one(descriptionLabel)
	switch {
	case found:
		t.bottom = description.first.y0 - 1
	default:
		t.bottom = y.at(563.8)
	}
	// What stands in the column of amounts is an author's, whatever it says: "CSL $1,000,000".
	s.dropAnchors(func(a anchor) bool {
		return limitLabel(a.id) && a.first.x0 > x.at(standardAmount) && a.first.cy() > t.top && a.first.cy() < t.bottom
	})
	t.rows = s.rows(t, y)
	t.amounts = s.amountsLeft(t, x)
	s.snapColumns(&t)
	s.snapRows(&t)
	if n := len(t.rows); n > 0 {
		end := t.rows[n-1].to
		t.free = span{end, t.bottom}
		if t.free.to-t.free.from < 0.6*t.pitch {
			t.free = span{}
		}
	}
	return t
}

// noFlagColumns reports whether the form has no columns ADDL INSD and SUBR WVD: nothing is printed where their headings would be.
func (s *sheet) noFlagColumns(t table, heads map[labelID]anchor) bool {
	_, addl := heads[addlColumn]
	_, subr := heads[subrColumn]
	policy, found := heads[policyColumn]
	if addl || subr || !found {
		return false
	}
	from, to := t.columns[addlColumn].from, t.columns[subrColumn].to
	return len(s.in(rect{from, policy.box.cy() - 2*s.em, to, policy.box.cy() + s.em}, func(t *token) bool { return !t.label && t.key != "" })) == 0
}

// typeBorder is where the column of policy numbers begins on a form without columns between it and the types of insurance: at
// a drawn rule, or where the labels of the types end.
func (s *sheet) typeBorder(t table) float64 {
	low, high := t.columns[typeColumn].from+0.5*(t.columns[typeColumn].to-t.columns[typeColumn].from), t.columns[policyColumn].from+snap
	labels, ruled := low, -1.0
	for _, a := range s.anchors {
		if a.first.cy() > t.top && a.first.x0 < low && a.box.x1 < high && (tickable(a.id) || a.id == wcRow || a.id == autoRow) {
			labels = math.Max(labels, a.box.x1)
		}
	}
	for _, m := range s.marks {
		if m.kind == page.Rule && m.box.height() > 3*t.pitch && m.box.width() < 4 && m.box.cx() > labels && m.box.cx() < high && m.box.y1 > t.top {
			ruled = math.Max(ruled, m.box.cx())
		}
	}
	if ruled > 0 {
		return ruled
	}
	return math.Min(labels+s.em, high)
}

// bodyAxis maps the standard form's heights to the sheet below the table's header.
func (s *sheet) bodyAxis(top float64) axis {
	points := []point{}
	for _, a := range s.anchors {
		if a.place != (place{}) && a.place.y > 291 && a.first.cy() > top-2*s.em {
			points = append(points, point{a.place.y, a.first.cy()})
		}
	}
	// A label that was mistaken lies far off the fit of all.
	points = slices.DeleteFunc(points, func(p point) bool {
		return math.Abs(s.form.y(p.from)-p.to) > max(45, 6*s.form.yError)
	})
	return axisOf(points, s.form.yScale)
}

// rows places the named rows by their first labels, and by the labels around them where those could not be read. Carriers
// change the order of the rows, so that a heading counts where it stands.
func (s *sheet) rows(t table, y axis) []row {
	rows := []row{}
	for id, p := range rowPlaces() {
		top := y.at(p.y) - p.above*s.form.yScale
		if a, ok := s.rowHeading(t, id, y.at(p.y)); ok {
			top = a.first.cy() - p.above*s.form.yScale
		} else if id == excessRow || id == garageRow {
			continue // part of the row above it, or of no row
		}
		rows = append(rows, row{id: id, span: span{from: top}})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return compare(a.from, b.from) })
	rows = joinUmbrella(rows)
	if heading := rows[0].from - 0.25*t.pitch; s.source() == certificate.OCR {
		rows[0].from = max(t.top, min(rows[0].from, heading)) // above it stands what OCR left of the heads
	} else {
		rows[0].from = min(rows[0].from, t.top)
	}
	for i := range rows {
		rows[i].to = t.bottom
		if i+1 < len(rows) {
			rows[i].to = rows[i+1].from
		}
	}
	last := &rows[len(rows)-1]
	last.to = min(s.endOf(*last, y), t.bottom)
	return rows
}

// rowHeading finds the heading of a row in the column of types: of several the one nearest to where the standard form has it. One
// that was misread, or stands far off on a picture, is not trusted to move the row.
func (s *sheet) rowHeading(t table, id labelID, expected float64) (best anchor, ok bool) {
	for _, a := range s.anchors {
		if a.id != id || a.first.cy() < t.top-0.5*s.em || a.first.cy() > t.bottom || !t.columns[typeColumn].holds(a.first.x0+1) {
			continue
		}
		off := math.Abs(a.first.cy() - expected)
		if off > 1.6*t.pitch+0.02*s.page.Height && (a.errors > 0 || s.source() == certificate.OCR) {
			continue
		}
		// A heading that is repeated, as GENERAL LIABILITY over COMMERCIAL GENERAL LIABILITY, begins with the first.
		if !ok || off < math.Abs(best.first.cy()-expected) && math.Abs(a.first.cy()-best.first.cy()) > 2*t.pitch {
			best, ok = a, true
		}
	}
	return best, ok
}

// joinUmbrella makes one row of UMBRELLA LIAB and EXCESS LIAB where they stand together.
func joinUmbrella(rows []row) []row {
	var out []row
	for _, r := range rows {
		if r.id == excessRow {
			if len(out) > 0 && out[len(out)-1].id == umbrellaRow {
				continue
			}
			r.id = umbrellaRow
		} else if r.id == umbrellaRow && len(out) > 0 && out[len(out)-1].id == umbrellaRow {
			continue
		}
		out = append(out, r)
	}
	return out
}

// endOf is where the last row ends: under its last label.
func (s *sheet) endOf(r row, y axis) float64 {
	lastLabels := map[labelID][]labelID{glRow: {productsAggregate}, autoRow: {propertyDamage}, umbrellaRow: {aggregateLimit, retentionTick},
		wcRow: {elPolicy, describeBelow}}
	places := map[labelID]float64{glRow: 384, autoRow: 444, umbrellaRow: 480, wcRow: 528}
	end := y.at(places[r.id])
	pitch := standardPitch * s.form.yScale
	for _, id := range lastLabels[r.id] {
		for _, a := range s.find(id) {
			if a.first.cy() > r.from && a.first.cy() < r.from+9*pitch {
				end = max(end, a.first.cy()+0.33*pitch)
				break
			}
		}
	}
	return end
}

// amountsLeft is where amounts begin: right of the longest label of a limit.
func (s *sheet) amountsLeft(t table, x axis) float64 {
	left := x.at(standardAmount) - 8*s.form.xScale
	for _, a := range s.anchors {
		if limitLabel(a.id) && a.errors == 0 && a.first.cy() > t.top && a.first.cy() < t.bottom && t.columns[limitsColumn].holds(a.first.x0) {
			left = max(left, a.box.x1)
		}
	}
	return left
}

// guessLabels puts labels of boxes where the standard form has them and OCR did not read them, so that the ink in their boxes
// counts. A guessed label has no words.
func (s *sheet) guessLabels(t table) {
	if !t.standard || s.source() != certificate.OCR {
		return
	}
	y := s.bodyAxis(t.top)
	for _, l := range formLabels.labels {
		places := l.places
		if l.place != (place{}) {
			places = []place{l.place}
		}
		if !tickable(l.id) && !limitLabel(l.id) && l.id != yesNoLabel {
			continue
		}
		for _, at := range places {
			x0, cy := s.form.x(at.x), y.at(at.y)
			first := rect{x0, cy - 0.5*s.em, x0 + 3*s.em, cy + 0.5*s.em}
			box := first
			if strings.Contains(l.spellings[0], "|") {
				box.y1 += secondLine * s.form.yScale // its tick box stands between the lines
			}
			near := rect{x0 - 2*t.pitch, cy - 0.8*t.pitch, x0 + 2*t.pitch, cy + 0.8*t.pitch}
			known := slices.ContainsFunc(s.anchors, func(a anchor) bool {
				start := rect{a.first.x0, a.first.y0, a.first.x0, a.first.y1}
				return near.holds(start) && (a.id == l.id || limitLabel(l.id) && limitLabel(a.id) && math.Abs(a.box.cy()-cy) < 0.5*t.pitch)
			})
			if !known {
				s.anchors = append(s.anchors, anchor{id: l.id, first: first, box: box, place: l.place, guessed: true})
			}
		}
	}
}

// snap is how far a drawn rule may be from where the labels say that a border is, in points.
const snap = 7

// snapColumns moves the borders between columns to the vertical rules drawn near them.
func (s *sheet) snapColumns(t *table) {
	border := func(v float64) float64 {
		best := v
		for _, m := range s.marks {
			if m.kind == page.Rule && m.box.height() > 3*t.pitch && m.box.width() < 4 && m.box.y1 > t.top && m.box.y0 < t.bottom &&
				math.Abs(m.box.cx()-v) < snap && (best == v || math.Abs(m.box.cx()-v) < math.Abs(best-v)) {
				best = m.box.cx()
			}
		}
		return best
	}
	for id, c := range t.columns {
		t.columns[id] = span{border(c.from), border(c.to)}
	}
}

// snapRows moves the borders between rows to the horizontal rules drawn near them across most of the table.
func (s *sheet) snapRows(t *table) {
	for i := range t.rows {
		border, ok := s.ruleNear(t.rows[i].to, t)
		if !ok {
			continue
		}
		t.rows[i].to = border
		if i+1 < len(t.rows) {
			t.rows[i+1].from = border
		}
	}
}

func (s *sheet) ruleNear(y float64, t *table) (border float64, ok bool) {
	for _, m := range s.marks {
		if m.kind == page.Rule && m.box.width() > 0.6*(t.columns[limitsColumn].to-t.left) && m.box.height() < 4 &&
			math.Abs(m.box.cy()-y) < snap && (!ok || math.Abs(m.box.cy()-y) < math.Abs(border-y)) {
			border, ok = m.box.cy(), true
		}
	}
	return border, ok
}

// cell is what was written in one column of a row.
func (s *sheet) cell(t table, id labelID, r span) cell {
	c := t.columns[id]
	return cellOf(s.in(rect{c.from, r.from, c.to, r.to}, written))
}

// amountLabel reports whether a label names an amount: a limit, or what the insured bears of a loss.
func amountLabel(id labelID) bool {
	return limitLabel(id) || id == retentionTick || id == deductibleTick
}

// limitLabel reports whether a label names a limit.
func limitLabel(id labelID) bool {
	switch id {
	case eachOccurrence, damageToRented, medicalExpense, personalInjury, generalAggregate, productsAggregate, combinedSingle, injuryPerPerson,
		injuryPerAccident, propertyDamage, aggregateLimit, elAccident, elEmployee, elPolicy, eachClaim, otherLimit:
		return true
	}
	return false
}
