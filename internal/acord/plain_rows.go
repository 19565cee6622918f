package acord

import (
	"regexp"
	"slices"
	"strings"
)

// gridEntry is what a table of a plain certificate says in one row, with the rows that go on with it.
type gridEntry struct {
	id      labelID // of the coverage that the row names, empty where it is none that is known
	limit   labelID // that the row names, with a coverage or alone
	heading cell
	policy  policyCells
	insurer cell
	limits  []rowLimit
	words   []cell
	bottom  float64

	proprietor cell
}

// takeGrids reads the tables of the page and takes their words out of it: nothing else is to be read from them. What their rows say is taken
// where they stand among the labels.
func (p *plainReader) takeGrids() {
	p.entries = map[rect]gridEntry{}
	for _, g := range p.s.grids() {
		entries := p.s.gridEntries(g)
		band := rect{0, g.head.y0 - 0.2*p.s.em, p.s.page.Width * 2, g.bottom}
		p.s.anchors = slices.DeleteFunc(slices.Clone(p.s.anchors), func(a anchor) bool { return band.holds(a.first) && !g.labels[a.tokens[0]] })
		for _, t := range p.s.in(band, func(t *token) bool { return !g.labels[t] }) {
			t.label = true
		}
		for _, e := range entries {
			if has(g.columns, askedColumn) {
				e.limits, e.words = nil, nil // what is asked for is not what there is
			}
			box := boundsOf(e.heading.tokens)
			p.entries[box] = e
			p.s.anchors = append(p.s.anchors, anchor{id: tableRow, tokens: e.heading.tokens, first: box, box: box})
		}
	}
}

// gridEntries reads the rows of a table.
func (s *sheet) gridEntries(g grid) []gridEntry {
	var out []gridEntry
	for _, r := range g.rows {
		cells := map[labelID]cell{}
		var kind cell
		for _, c := range g.columns {
			at := cloned(s.gridCell(g, c, r))
			if c.id == typeColumn && kind.empty() {
				kind = at
			} else if strings.Trim(at.text(), " -–—") != "" {
				cells[c.id] = at
			}
		}
		answers := s.answersIn(g, r, cells)
		proprietor := answered(kind.tokens)
		if proprietor.empty() {
			proprietor = s.answeredBeside(g, r, cells)
		}
		if p, is := answers[proprietorLabel]; is {
			proprietor = p
		}
		retention := retained(kind.tokens)
		kind, ticked := withoutTicks(kind)
		if ts := kind.tokens; len(ts) > 1 && !has(g.columns, letterColumn) && isLetter(ts[0]) && len(ts[0].key) == 1 && coverageNamed(textOf(ts[1:])) != "" {
			cells[letterColumn] = cell{tokens: ts[:1], doubt: 1}
			kind.tokens = ts[1:]
		}
		if key(kind.text()) == "" {
			if len(out) > 0 {
				out[len(out)-1].add(g, cells, s.ruledLimits(r, cells[limitsColumn]))
			}
			continue
		}
		if restOfKind(kind.tokens) && len(out) > 0 {
			continue // of the row above, at the end of a line that was broken
		}
		e := gridEntry{heading: kind, id: coverageNamed(kind.text())}
		if named := limitRow(kind.tokens); named != "" && e.id == "" {
			e.limit = named
		} else if at := limitInName(kind.tokens); at > 0 && (retention.empty() && !has(g.columns, letterColumn) || len(rowsOf(kind.tokens)) == 1) {
			e.limit = limitCalled(textOf(kind.tokens[at:]))
			e.heading = cell{tokens: kind.tokens[:at], doubt: 1}
		}
		if e.id == "" && e.limit == "" && len(kind.tokens) > 7 {
			continue // a sentence
		}
		e.words = append(append(e.words, ticked...), qualifiers(kind)...)
		if e.id == wcRow {
			e.proprietor = proprietor
		}
		take(&e.policy.addl, answers[addlTick])
		take(&e.policy.subr, answers[waiverTick])
		if (e.id == umbrellaRow || e.id == excessRow) && !retention.empty() {
			e.limits = append(e.limits, rowLimit{retentionTick, retention.tokens, cell{tokens: retention.tokens[len(retention.tokens)-1:], doubt: 1}})
		}
		e.add(g, cells, s.ruledLimits(r, cells[limitsColumn]))
		e.bottom = min(r.to, g.bottom)
		out = append(out, e)
	}
	return out
}

// restOfKind reports whether a text is but the last word of the name of a coverage.
func restOfKind(ts []*token) bool {
	switch key(textOf(ts)) {
	case "LIABILITY", "LIAB", "INSURANCE", "COVERAGE", "COMPENSATION", "POLICY", "OMISSIONS":
		return true
	}
	return false
}

// answered is the Y or N behind the question whether proprietors are excluded, where a row has it among its words.
func answered(ts []*token) cell {
	for i, t := range ts {
		if !strings.HasPrefix(t.key, "EXCLUDED") {
			continue
		}
		rest := ts[i+1:]
		for len(rest) > 0 && (strings.Trim(key(textOf(rest[:1])), "YN") == "" && strings.Contains(rest[0].text, "/") || rest[0].key == "") {
			rest = rest[1:] // (Y/N)
		}
		if len(rest) > 0 && (rest[0].key == "Y" || rest[0].key == "N") && (len(rest) == 1 || rest[1].key != "N" && rest[1].key != "Y" && rest[1].text != "/") {
			return cell{tokens: rest[:1], doubt: 1}
		}
		return cell{doubt: 1}
	}
	return cell{doubt: 1}
}

// answeredBeside is such an answer that runs over into the next column of its row, of whose cells it is then taken out.
func (s *sheet) answeredBeside(g grid, r span, cells map[labelID]cell) cell {
	for _, line := range s.lines {
		if !r.holds(boundsOf(line).cy()) {
			continue
		}
		for _, piece := range pieces(line, columnGap/2.) {
			found := answered(piece)
			if found.empty() || g.column(piece[0].box.x0).id != typeColumn {
				continue
			}
			for id, c := range cells {
				c.tokens = slices.DeleteFunc(slices.Clone(c.tokens), func(t *token) bool { return t.box == found.tokens[0].box })
				cells[id] = c
			}
			return cloned(found)
		}
	}
	return cell{doubt: 1}
}

// retained is the word for a retention with its amount, where a row has them among its words.
func retained(ts []*token) cell {
	for i, t := range ts {
		if t.key != "RETENTION" && t.key != "SIR" {
			continue
		}
		for _, next := range ts[i+1 : min(i+4, len(ts))] {
			if isAmount(next) {
				return cell{tokens: []*token{t, next}, doubt: 1}
			}
			if next.key != "" && !isTick(next.text) {
				break
			}
		}
	}
	return cell{doubt: 1}
}

// cloned is a cell whose words are no labels, and of which amounts end where their digits end.
func cloned(c cell) cell {
	out := cell{doubt: c.doubt}
	for _, t := range parted(c.tokens) {
		word := *t
		word.label, word.tick = false, false
		if digits := strings.TrimRight(word.text, ",;.:"); digits != word.text && strings.HasPrefix(digits, "$") && amountWord.MatchString(digits) {
			end := word
			end.text, end.key = word.text[len(digits):], ""
			word.text = digits
			out.tokens = append(out.tokens, &word, &end)
			continue
		}
		out.tokens = append(out.tokens, &word)
	}
	return out
}

// unticked boxes as fonts draw them.
var emptyBox = regexp.MustCompile(`^(?:[☐□▢❏❑]|\[[\s_]*\]|\([\s_]*\))$`)

// withoutTicks is a cell without boxes, and without what stands behind boxes that are empty; ticked is what stands behind the others.
func withoutTicks(c cell) (rest cell, ticked []cell) {
	rest.doubt = c.doubt
	empty, marked := false, false
	lines := rowsOf(c.tokens)
	for n, line := range lines {
		if n > 0 && !endsHyphenated(lines[n-1]) {
			empty, marked = false, false // but "Non-" goes on with "Owned" below
		}
		for i, t := range line {
			switch {
			case emptyBox.MatchString(t.text) || t.text == "[" && i+1 < len(line) && line[i+1].text == "]":
				empty, marked = true, false
			case t.text == "]":
			case isTick(t.text):
				empty, marked = false, true
				ticked = append(ticked, cell{doubt: c.doubt, ticked: true})
			case !empty:
				rest.tokens = append(rest.tokens, t)
				if marked {
					last := &ticked[len(ticked)-1]
					last.tokens = append(last.tokens, t)
				}
			}
		}
	}
	return rest, slices.DeleteFunc(ticked, cell.empty)
}

// qualifiers are the parts of a kind of insurance that may say what a tick says elsewhere: what stands in brackets, and its lines, of which
// it is less plain.
func qualifiers(kind cell) []cell {
	for i, t := range kind.tokens {
		if strings.HasPrefix(t.text, "(") {
			return []cell{{tokens: kind.tokens[i:], doubt: kind.doubt}}
		}
	}
	out := []cell{{tokens: kind.tokens, doubt: kind.doubt * inferred}}
	for _, line := range rowsOf(kind.tokens) {
		out = append(out, cell{tokens: line, doubt: kind.doubt * inferred})
	}
	return out
}

// add takes the cells of a row for a coverage; ruled are the parts of its limits, where rules part them.
func (e *gridEntry) add(g grid, cells map[labelID]cell, ruled []cell) {
	if e.limit != "" && e.id == "" {
		e.rowLimit(cells)
		return
	}
	if number := cells[policyColumn]; !number.empty() {
		lines := rowsOf(number.tokens)
		for i := 1; i < len(lines); i++ {
			if lines[i][0].glued = strings.HasSuffix(textOf(lines[i-1]), "-"); !lines[i][0].glued {
				number.doubt *= inferred // broken, or two
			}
		}
		take(&e.policy.number, number)
	}
	for _, column := range []struct {
		id labelID
		to *cell
	}{{effColumn, &e.policy.effective}, {expColumn, &e.policy.expiration}} {
		switch dates := datesOf(cells[column.id]); {
		case len(dates) == 1:
			take(column.to, dates[0])
		case len(dates) == 0 && !cells[column.id].empty():
			take(column.to, cells[column.id])
		case len(dates) == 2:
			if column.id == expColumn { // a policy does not end on two days
				dates[0].doubt, dates[1].doubt = disagreeing, disagreeing
			}
			take(&e.policy.effective, dates[0])
			take(&e.policy.expiration, dates[1])
		}
	}
	if dates := datesOf(cells[periodLabel]); len(dates) == 2 {
		take(&e.policy.effective, dates[0])
		take(&e.policy.expiration, dates[1])
	}
	if letter := cells[letterColumn]; len(letter.tokens) == 1 && isLetter(letter.tokens[0]) {
		take(&e.policy.letter, letter)
	}
	if carrier := cells[carrierColumn]; len(carrier.tokens) == 1 && len(carrier.tokens[0].key) == 1 {
		take(&e.policy.letter, carrier)
	} else if key(carrier.text()) != "" {
		take(&e.insurer, carrier)
	}
	take(&e.policy.addl, cells[addlColumn])
	take(&e.policy.subr, cells[subrColumn])
	for _, c := range g.columns {
		if value := cells[c.id]; limitLabel(c.id) && slices.ContainsFunc(value.tokens, isAmount) {
			e.columnLimit(c, value)
		}
	}
	text := cells[limitsColumn]
	if kind := cells[limitKind]; !kind.empty() {
		text = with(kind, with(cells[limitAmount], text))
		text = cellOf(text.tokens)
	} else if text.empty() {
		text = cells[limitAmount]
	}
	if text.empty() {
		return
	}
	e.words = append(e.words, text)
	if e.limit != "" {
		if i := slices.IndexFunc(text.tokens, isAmount); i >= 0 && !slices.ContainsFunc(text.tokens[i+1:], isAmount) {
			e.limits = append(e.limits, rowLimit{e.limit, e.heading.tokens, cell{tokens: text.tokens[i : i+1], doubt: 1}})
		} else {
			e.limits = append(e.limits, rowLimit{e.limit, e.heading.tokens, text})
		}
		return
	}
	if len(ruled) == 0 {
		e.limits = append(e.limits, limitsOf(e.id, text)...)
	}
	for _, part := range ruled {
		e.limits = append(e.limits, sayLimits(e.id, part.tokens)...)
	}
}

// gridRow takes a row of a table.
func (p *plainReader) gridRow(a anchor) {
	e, ok := p.entries[a.box]
	if !ok {
		return
	}
	c := p.current
	if e.id != "" || e.limit == "" {
		c = p.begin(e)
	}
	if c == nil {
		return
	}
	c.takeEntry(e)
}

// begin begins the coverage that a row of a table names.
func (p *plainReader) begin(e gridEntry) *plainCoverage {
	id := e.id
	switch id {
	case excessRow:
		id = umbrellaRow
	case otherRow:
		id = ""
	}
	c := &plainCoverage{id: id, heading: e.heading, limits: map[labelID]cell{}, bottom: e.bottom}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	return c
}

// takeEntry takes what a table says of a coverage.
func (c *plainCoverage) takeEntry(e gridEntry) {
	c.policy.take(e.policy)
	take(&c.insurer, e.insurer)
	take(&c.proprietor, e.proprietor)
	c.words = append(c.words, e.words...)
	for _, l := range e.limits {
		c.takeLimit(anchor{id: l.id, tokens: l.words}, l.amount)
	}
}
