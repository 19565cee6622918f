package acord

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// plainReader reads a certificate without the standard table: lines of a label and its value, perhaps with a small table of
// policies. What follows the heading of a coverage belongs to it, up to the next heading.
type plainReader struct {
	*record
	s         *sheet
	head      map[labelID]anchor // the headings of a table of policies, if there is one
	said      []saidLimits       // limits that are said in words
	coverages []*plainCoverage
	current   *plainCoverage // the coverage whose heading was last, nil after another heading
	period    [2]cell        // dates that are given for all coverages at once
	party     *certificate.Party
	partyPath string
}

// plainCoverage collects what was found of one coverage.
type plainCoverage struct {
	id         labelID // of a named coverage, empty for any other
	heading    cell
	policy     policyCells
	insurer    cell // its name, where the coverage names it and not a letter
	limits     map[labelID]cell
	labelled   []anchor // the labels of the limits, in their order
	words      []cell   // that stand for ticks: "Occurrence", "Any Auto", "Statutory"
	autos      cell
	proprietor cell
}

// plain reads a sheet that has no standard table.
func (r *record) plain(s *sheet) {
	p := &plainReader{record: r, s: s, head: s.headings()}
	for id, h := range p.head {
		if strings.HasSuffix(h.tokens[len(h.tokens)-1].text, ":") {
			delete(p.head, id) // the label of a value, not of a column
		}
	}
	if _, numbers := p.head[policyColumn]; len(p.head) < 3 || !numbers {
		p.head = nil
	}
	p.furtherColumns()
	s.setValuesApart()
	p.said = s.setSaidLimits(p.head)
	p.unnamedRows()
	r.plainInsurers(s)
	for _, a := range s.readingOrder() {
		p.entry(a)
	}
	for _, c := range p.merged() {
		p.give(c)
	}
	if c, ok := s.plainDescription(); ok {
		r.description(c)
	}
	r.signature(s)
	if s.dayFirst() {
		for path, e := range r.evidence {
			if strings.HasSuffix(path, "_date") {
				e.Confidence = round(min(e.Confidence, disagreeing))
				r.evidence[path] = e
			}
		}
	}
}

// entry takes what one label says.
func (p *plainReader) entry(a anchor) {
	if h, is := p.head[a.id]; is && h.box == a.box {
		return
	}
	p.current = p.over(a)
	c := &p.certificate
	switch a.id {
	case producerLabel:
		p.open(nil, &c.Producer, "producer")
		p.fill(a)
	case insuredLabel:
		p.open(nil, &c.Insured, "insured")
		p.fill(a)
	case holderLabel:
		p.open(nil, &c.Holder, "certificate_holder")
		p.fill(a)
	case nameLabel, addressLabel:
		p.fill(a)
	case dateLabel:
		if c.Date == nil {
			p.date("certificate_date", &c.Date, firstLine(p.s.valueOf(a)))
		}
	case numberLabel:
		if c.Number == nil {
			p.number("certificate_number", &c.Number, firstLine(p.s.valueOf(a)))
		}
	case periodLabel:
		p.takePeriod(a)
	case glRow, autoRow, umbrellaRow, excessRow, wcRow, professionalRow, cyberRow, crimeRow, liquorRow:
		p.heading(a)
	case tableRow:
		p.row(a)
	case saidLine:
		if p.current != nil {
			p.sayLimits(a)
		}
	case insurerLabel:
		if p.current == nil {
			p.open(nil, nil, "")
			return
		}
		if !p.current.insurer.empty() || !p.current.policy.number.empty() {
			p.unnamed(a)
		}
		value := firstLine(p.s.nameBeside(a))
		if len(p.s.find(insurerLabel)) == 1 && len(p.coverages) > 1 {
			value.doubt *= inferred // it may be meant for all
		}
		take(&p.current.insurer, value)
	case insurersLabel, descriptionLabel, cancellationLabel, representative, boilerplate, copyrightLabel:
		p.open(nil, nil, "")
	default:
		p.field(a)
	}
}

// over is the coverage that a label belongs to: of those whose headings stand side by side the one in whose column it stands.
func (p *plainReader) over(a anchor) *plainCoverage {
	at := p.current
	if at == nil {
		return nil
	}
	line := boundsOf(at.heading.tokens)
	best := math.Inf(-1)
	for _, c := range p.coverages {
		h := boundsOf(c.heading.tokens)
		if sameLine(h, line) > 0.5 && a.first.cy() > h.y1 && h.x0 <= a.first.x0+2*p.s.em && h.x0 > best {
			at, best = c, h.x0
		}
	}
	return at
}

// open begins a section: a coverage, a party, or something that is neither.
func (p *plainReader) open(c *plainCoverage, party *certificate.Party, path string) {
	p.current, p.party, p.partyPath = c, party, path
}

// fill gives the section's party what stands beside or under a label.
func (p *plainReader) fill(a anchor) {
	if p.party == nil {
		return
	}
	block := p.s.blockOf(a)
	switch a.id {
	case addressLabel:
		if p.party.Address == nil && !block.empty() {
			p.say(p.partyPath+".address", &p.party.Address, block, addressText(block))
		}
	case nameLabel:
		if name, address := nameAndAddress(block); p.party.Name == nil && (address.empty() || !hasAddress(address)) {
			if !block.empty() && !noName(block.text()) {
				p.name(p.partyPath+".name", &p.party.Name, block, block.text())
			}
		} else if p.party.Name == nil && !name.empty() {
			p.record.party(p.partyPath, p.party, block)
		}
	default:
		if p.party.Name == nil {
			p.record.party(p.partyPath, p.party, block)
		}
	}
}

// hasAddress reports whether a line of a cell begins or ends as an address does: what follows a name on more lines may be the rest of
// the name.
func hasAddress(c cell) bool {
	return slices.ContainsFunc(rowsOf(c.tokens), func(line []*token) bool { return addressLine(textOf(line)) })
}

// heading begins a coverage, and takes what a table has on its line.
func (p *plainReader) heading(a anchor) {
	id := a.id
	if id == excessRow {
		id = umbrellaRow
	}
	c := &plainCoverage{id: id, heading: cellOf(a.tokens), limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	p.tableLine(c, a)
	if p.sayLimits(a) {
		return
	}
	if value := p.s.valueOf(a); p.head == nil && !value.empty() {
		c.words = append(c.words, value)
	}
}

// field takes the value of a label that belongs to a coverage.
func (p *plainReader) field(a anchor) {
	c := p.current
	if (a.id == policyColumn || a.id == policyLabel || a.id == letterLabel) && (c == nil || !c.policy.number.empty()) {
		c = p.unnamed(a)
	}
	if c == nil {
		return
	}
	if p.sayLimits(a) {
		return
	}
	value := firstLine(p.s.valueOf(a))
	if limitLabel(a.id) && p.s.behindAmount(a) && len(p.s.beside(a, p.s.page.Width*2)) == 0 {
		return // the amount before it may be its own, that on the next line is not
	}
	switch {
	case limitLabel(a.id) || a.id == retentionTick || a.id == deductibleTick:
		value.doubt *= labelDoubt(a)
		c.takeLimit(a, value)
	case a.id == policyColumn || a.id == policyLabel:
		number, dates := cutDates(value)
		if parts := pieces(number.tokens, 3); len(parts) > 1 {
			number = cell{tokens: parts[0], doubt: number.doubt * uncommon} // what stands far from it is of another column
		}
		take(&c.policy.number, number)
		if len(dates) == 2 {
			take(&c.policy.effective, dates[0])
			take(&c.policy.expiration, dates[1])
		}
	case a.id == letterLabel:
		take(&c.policy.letter, value)
	case a.id == effColumn:
		take(&c.policy.effective, value)
	case a.id == expColumn:
		take(&c.policy.expiration, value)
	case a.id == addlTick:
		take(&c.policy.addl, value)
	case a.id == waiverTick:
		take(&c.policy.subr, value)
	case a.id == autosLabel:
		take(&c.autos, value)
	case a.id == proprietorLabel:
		take(&c.proprietor, value)
	case a.id == formLabel || a.id == limitsColumn:
		c.words = append(c.words, value)
	case tickable(a.id):
		c.words = append(c.words, cellOf(a.tokens))
	}
}

// datesOf are the dates among the words of a cell.
func datesOf(c cell) []cell {
	var out []cell
	for _, t := range c.tokens {
		if isDate(strings.Trim(t.text, around)) {
			out = append(out, cell{tokens: []*token{t}, doubt: c.doubt})
		}
	}
	return out
}

// cutDates cuts the dates off that follow a policy number without a label; that they are its period is not said.
func cutDates(value cell) (number cell, dates []cell) {
	for i, t := range value.tokens {
		if d := strings.Trim(t.text, around); isDate(d) {
			dates = append(dates, cell{tokens: []*token{t}, doubt: inferred})
			if len(dates) == 1 {
				number = cell{tokens: slices.Clone(value.tokens[:i]), doubt: value.doubt}
			}
		}
	}
	if len(dates) == 0 {
		return value, nil
	}
	if n := len(number.tokens); n > 0 {
		last := *number.tokens[n-1]
		last.text = strings.TrimRight(last.text, ",;")
		number.tokens[n-1] = &last
	}
	return number, dates
}

// sayLimits takes the limits that are said in words behind a label, and reports whether there are any.
func (p *plainReader) sayLimits(a anchor) bool {
	for _, l := range p.said {
		if l.label.box == a.box {
			p.takeSaid(p.current, l)
			return true
		}
	}
	return false
}

func (c *plainCoverage) takeLimit(a anchor, value cell) {
	if a.id == deductibleTick {
		a.id = retentionTick
	}
	have, known := c.limits[a.id]
	if take(&have, value); have.empty() {
		return
	}
	if c.limits[a.id] = have; !known {
		c.labelled = append(c.labelled, a)
	}
}

// take keeps the first value of a field. Another one that says something else leaves neither sure.
func take(to *cell, value cell) {
	switch {
	case value.empty():
	case to.empty():
		*to = value
	case key(to.text()) != key(value.text()):
		to.tokens = append(to.tokens, value.tokens...)
		to.doubt = disagreeing
	}
}

// unnamed begins a coverage that has no name of its own, if a line above its first label is its heading.
func (p *plainReader) unnamed(a anchor) *plainCoverage {
	heading := p.s.headingOver(a)
	if heading.empty() {
		return p.current
	}
	c := &plainCoverage{heading: heading, limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	return c
}

// takePeriod takes "01/01/2025 to 01/01/2026", of the coverage that it stands under or, under none, of all.
func (p *plainReader) takePeriod(a anchor) {
	var dates [2]cell
	n := 0
	value := firstLine(p.s.valueOf(a)).tokens
	for _, t := range value {
		c := cell{tokens: []*token{t}, doubt: 1}
		if _, err := certificate.ParseDate(bare(c)); err == nil && n < 2 {
			dates[n] = c
			n++
		}
	}
	if n == 1 && len(value) > 2 && value[0] == dates[0].tokens[0] { // "01/01/2025 to Continuous"
		dates[1] = cell{tokens: value[2:], doubt: 1}
		n = 2
	}
	switch {
	case n < 2:
	case p.current == nil:
		p.period = dates
	default:
		take(&p.current.policy.effective, dates[0])
		take(&p.current.policy.expiration, dates[1])
		if a.first.x0 < boundsOf(p.current.heading.tokens).x0+0.5*p.s.em && p.period[0].empty() {
			// As far left as the headings: it may be meant for all coverages, or for this one.
			p.period = dates
			p.period[0].doubt, p.period[1].doubt = inferred, inferred
		}
	}
}

// carrierColumn is the column of a table of policies that names their insurers; otherColumn is one of which nothing is taken.
const (
	carrierColumn labelID = "column carrier"
	otherColumn   labelID = "column of something else"
)

// The headings of columns that the form does not have, or calls otherwise.
var (
	headsCarrier = regexp.MustCompile(`(?i)^(?:insurance\s+)?(?:carriers?|insurers?|company|companies)(?:\s+name)?$`)
	headsKind    = regexp.MustCompile(`(?i)^(?:(?:type|line)s?\s+of\s+)?(?:coverages?|insurance|business)$|^(?:policy|coverage)\s+types?$|^lines?$`)
	headsPeriod  = regexp.MustCompile(`(?i)^(?:policy|coverage)\s+(?:period|term|dates)$|^(?:period|term)$`)
	headsLimits  = regexp.MustCompile(`(?i)^(?:policy\s+)?limits?(?:\s+of\s+(?:liability|insurance))?$`)
)

// furtherColumns adds what else stands on the line of a table's headings: it is a column, too, and what stands under it belongs to no
// other.
func (p *plainReader) furtherColumns() {
	if p.head == nil {
		return
	}
	number := p.head[policyColumn]
	p.s.dropAnchors(func(a anchor) bool { return a.id == insurerLabel && sameLine(a.first, number.box) > 0.5 })
	others := 0
	for _, line := range p.s.lines {
		if sameLine(boundsOf(line), number.box) < 0.5 {
			continue
		}
		for _, piece := range pieces(line, 1.5) {
			box := boundsOf(piece)
			known := false
			for _, h := range p.head {
				known = known || h.box.x0 < box.x1 && box.x0 < h.box.x1
			}
			if known || key(textOf(piece)) == "" {
				continue
			}
			id := otherColumn
			switch text := strings.Trim(textOf(piece), around); {
			case headsCarrier.MatchString(text):
				id = carrierColumn
			case headsKind.MatchString(text):
				id = typeColumn
			case headsLimits.MatchString(text):
				id = limitsColumn
			case headsPeriod.MatchString(text):
				id = periodLabel
			}
			if _, taken := p.head[id]; taken {
				others++
				id = otherColumn + labelID(strconv.Itoa(others))
			}
			p.head[id] = anchor{id: id, tokens: piece, first: box, box: box}
		}
	}
}

// unnamedRows finds the rows of a table of policies whose kind of insurance is none of those that are known, so that what stands in them
// is not taken for the coverage above.
func (p *plainReader) unnamedRows() {
	kind, ok := p.head[typeColumn]
	if !ok {
		return
	}
	right := p.s.page.Width
	for _, h := range p.head {
		if h.box.x0 > kind.box.x1 {
			right = min(right, h.box.x0-0.3*p.s.em)
		}
	}
	for _, line := range p.s.lines {
		at := boundsOf(line)
		if at.cy() < kind.box.cy()+p.s.em || !slices.ContainsFunc(line, func(t *token) bool {
			id := p.column(t)
			return isDate(strings.Trim(t.text, around)) && (id == effColumn || id == expColumn)
		}) {
			continue
		}
		var date *token
		for _, t := range line {
			if date == nil && isDate(strings.Trim(t.text, around)) {
				date = t
			}
		}
		if slices.ContainsFunc(p.s.anchors, func(a anchor) bool {
			return coverageRow(a.id) && sameLine(a.first, date.box) > 0.3 || a.id == periodLabel && sameLine(a.first, date.box) > 0.3
		}) {
			continue
		}
		box := rect{kind.box.x0 - 2*p.s.em, date.box.cy() - 0.5*date.box.height(), right, date.box.cy() + 0.5*date.box.height()}
		name := cellOf(p.s.in(box, func(t *token) bool { return !t.tick && wordy(t) && len(t.key) > 1 }))
		if name.empty() || slices.ContainsFunc(name.tokens, func(t *token) bool { return t.label }) {
			continue
		}
		for _, t := range line { // a long name goes on in the next column
			if last := name.tokens[len(name.tokens)-1]; t.box.x0 > last.box.x0 && adjacent(last, t) && !t.label && !strings.ContainsAny(t.key, "0123456789") {
				name.tokens = append(name.tokens, t)
			}
		}
		for _, t := range name.tokens {
			t.label = true
		}
		p.s.anchors = append(p.s.anchors, anchor{id: tableRow, tokens: name.tokens, first: boundsOf(name.tokens), box: boundsOf(name.tokens)})
	}
}

// row begins a coverage of a table that is none of those that are known.
func (p *plainReader) row(a anchor) {
	c := &plainCoverage{heading: cellOf(a.tokens), limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	p.tableLine(c, a)
}

// tableLine takes what stands on the line of a coverage's heading under the headings of a table.
func (p *plainReader) tableLine(c *plainCoverage, a anchor) {
	s := p.s
	if before := s.letterBefore(a); !before.empty() {
		take(&c.policy.letter, before)
	}
	if p.head == nil || a.first.cy() < p.head[policyColumn].box.cy() {
		return
	}
	columns := map[labelID]cell{}
	for _, t := range s.tokens {
		if !written(t) || !wordy(t) || t.box.x1 < a.first.x0 || t.box.cy() < a.first.cy()-s.em || t.box.cy() > a.first.cy()+1.2*s.em {
			continue
		}
		if id := p.column(t); id != "" {
			columns[id] = with(cell{tokens: columns[id].tokens, doubt: 1}, cell{tokens: []*token{t}, doubt: 1})
		}
	}
	take(&c.policy.number, columns[policyColumn])
	take(&c.policy.effective, columns[effColumn])
	take(&c.policy.expiration, columns[expColumn])
	take(&c.policy.addl, columns[addlColumn])
	take(&c.policy.subr, columns[subrColumn])
	take(&c.insurer, columns[carrierColumn])
	if dates := datesOf(columns[periodLabel]); len(dates) == 2 {
		take(&c.policy.effective, dates[0])
		take(&c.policy.expiration, dates[1])
	}
	if limit := columns[limitsColumn]; len(limit.tokens) == 1 && isAmount(limit.tokens[0]) && !p.s.labelled(limit.tokens[0]) {
		// One amount without a word: the first of the limits, as a rule.
		limit.doubt = inferred
		id := otherLimit
		switch c.id {
		case glRow, umbrellaRow:
			id = eachOccurrence
		case autoRow:
			id = combinedSingle
		case wcRow:
			id = elAccident
		}
		c.takeLimit(anchor{id: id, tokens: p.head[limitsColumn].tokens}, limit)
	}
}

// column is the heading that a word stands under, or is nearest to.
func (p *plainReader) column(t *token) labelID {
	best, nearest := labelID(""), 6*p.s.em
	for id, h := range p.head {
		d := max(h.box.x0-t.box.x1, t.box.x0-h.box.x1, 0)
		if d < nearest || d == nearest && id < best {
			best, nearest = id, d
		}
	}
	return best
}

// merged puts together what stands under two headings of one name, once over the policy and once over its limits.
func (p *plainReader) merged() []*plainCoverage {
	var out []*plainCoverage
	for _, c := range p.coverages {
		i := slices.IndexFunc(out, func(e *plainCoverage) bool { return e.id != "" && e.id == c.id })
		if i < 0 || !c.policy.number.empty() && !out[i].policy.number.empty() {
			out = append(out, c)
			continue
		}
		e := out[i]
		take(&e.policy.number, c.policy.number)
		take(&e.policy.letter, c.policy.letter)
		take(&e.policy.effective, c.policy.effective)
		take(&e.policy.expiration, c.policy.expiration)
		take(&e.policy.addl, c.policy.addl)
		take(&e.policy.subr, c.policy.subr)
		take(&e.autos, c.autos)
		take(&e.proprietor, c.proprietor)
		for _, l := range c.labelled {
			e.takeLimit(l, c.limits[l.id])
		}
		e.words = append(e.words, c.words...)
	}
	return out
}
