package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// plainReader reads a certificate without the standard table: lines of a label and its value, perhaps with a small table of
// policies. What follows the heading of a coverage belongs to it, up to the next heading.
type plainReader struct {
	*record
	s         *sheet
	boxes     map[rect][]boxedWords
	entries   map[rect]gridEntry // the rows of tables, by the place of what they name
	said      []saidLimits       // limits that are said in words
	coverages []*plainCoverage
	current   *plainCoverage // the coverage whose heading was last, nil after another heading
	period    [2]cell        // dates that are given for all coverages at once
	shared    cell           // the policy number that is given before any coverage, or under a table of them
	alone     bool           // no coverage has a policy number of its own
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
	last       float64 // how low its last label stands
	pitch      float64 // how far its labels stand from one another
	bottom     float64 // of a row of a table: where it ends, or the last of the labels under it
}

// plain reads a sheet that has no standard table.
func (r *record) plain(s *sheet) {
	p := &plainReader{record: r, s: s}
	s.dropAnchors(func(a anchor) bool { // here these are values
		return a.id == notApplicable || a.id == yesNoLabel || bracketed.MatchString(textOf(a.tokens))
	})
	p.takeGrids()
	p.takeMatrices()
	p.boxes = s.setBoxes()
	s.setValuesApart()
	p.said = s.setSaidLimits()
	r.plainInsurers(s)
	for _, a := range s.readingOrder() {
		p.entry(a)
	}
	p.alone = !slices.ContainsFunc(p.coverages, func(c *plainCoverage) bool { return !c.policy.number.empty() })
	for _, c := range p.merged() {
		p.give(c)
	}
	if c, ok := s.plainDescription(); ok {
		r.description(c)
	}
	r.signature(s)
	r.signedAbove(s)
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
	p.current = p.over(a)
	c := &p.certificate
	if a.of != "" {
		p.goOn(a)
	}
	switch a.id {
	case producerLabel, producerAddress:
		p.open(nil, &c.Producer, "producer")
		p.fill(a)
	case insuredLabel, insuredAddress:
		p.open(nil, &c.Insured, "insured")
		p.fill(a)
	case holderLabel, holderAddress:
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
			p.number("certificate_number", &c.Number, numberOnly(p.s.oneLine(a)))
		}
	case periodLabel:
		p.takePeriod(a)
	case glRow, autoRow, umbrellaRow, excessRow, wcRow, professionalRow, cyberRow, crimeRow, liquorRow, otherRow:
		p.heading(a)
	case tableRow:
		p.gridRow(a)
	case boxesLine:
		p.takeBoxes(p.boxes[a.box])
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
		value, ruled := p.s.ruledCell(a)
		if !ruled {
			value = firstLine(p.s.nameBeside(a))
		}
		if len(value.tokens) == 1 && isLetter(value.tokens[0]) && len(value.tokens[0].key) == 1 {
			take(&p.current.policy.letter, value) // of the list of insurers
			return
		}
		value = p.s.goesOnUnder(value, rect{})
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

// numberOnly is a number without the words that follow it on its line.
func numberOnly(c cell) cell {
	for i, t := range c.tokens {
		if i > 0 && len(t.key) > 2 && !strings.ContainsAny(t.key, "0123456789") || parts(t) {
			return cell{tokens: c.tokens[:i], doubt: c.doubt}
		}
	}
	return c
}

// over is the coverage that a label belongs to: of those whose headings stand side by side the one in whose column it stands.
func (p *plainReader) over(a anchor) *plainCoverage {
	at := p.current
	if at == nil {
		return nil
	}
	line := boundsOf(at.heading.tokens)
	best, beside := math.Inf(-1), 0
	for _, c := range p.coverages {
		h := boundsOf(c.heading.tokens)
		if sameLine(h, line) > 0.5 && a.first.cy() > h.y1 && h.x0 <= a.first.x0+2*p.s.em && h.x0 > best {
			at, best = c, h.x0
		}
		if sameLine(h, line) > 0.5 {
			beside++
		}
	}
	if beside > 1 && math.IsInf(best, -1) && a.first.x0 < line.x0 {
		return nil // left of all of them
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
	case addressLabel, insuredAddress, holderAddress, producerAddress:
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
		if p.party.Name != nil {
			return
		}
		if _, ruled := p.s.ruledCell(a); ruled && !hasAddress(block) && !noName(block.text()) {
			p.name(p.partyPath+".name", &p.party.Name, block, block.text()) // the address has a cell of its own
			return
		}
		p.record.party(p.partyPath, p.party, block)
	}
}

// hasAddress reports whether a line of a cell begins or ends as an address does: what follows a name on more lines may be the rest of
// the name.
func hasAddress(c cell) bool {
	return slices.ContainsFunc(rowsOf(c.tokens), func(line []*token) bool { return addressLine(textOf(line)) })
}

// goOn goes on with the coverage that a label names together with its value, or begins it.
func (p *plainReader) goOn(a anchor) {
	id := a.of
	if id == excessRow {
		id = umbrellaRow
	}
	for _, c := range slices.Backward(p.coverages) {
		if c.id == id {
			p.open(c, nil, "")
			return
		}
	}
	c := &plainCoverage{id: id, heading: withoutColon(cellOf(a.tokens)), limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
}

// heading begins a coverage, and takes what a table has on its line.
func (p *plainReader) heading(a anchor) {
	id := a.id
	switch id {
	case excessRow:
		id = umbrellaRow
	case otherRow:
		id = ""
	}
	c := &plainCoverage{id: id, heading: withoutColon(cellOf(a.tokens)), limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	if before := p.s.letterBefore(a); !before.empty() {
		take(&c.policy.letter, before)
	}
	if p.sayLimits(a) {
		return
	}
	if c.takeSaidBeside(p.s.besideAll(a)) {
		return
	}
	if value := p.s.valueOf(a); !value.empty() && !p.s.besideLabel(value) {
		c.words = append(c.words, value)
		if amount := withoutUnit(value); len(amount.tokens) == 1 && isAmount(amount.tokens[0]) {
			for _, l := range bareLimit(a.id, rowLimit{amount: amount}, a.tokens) {
				c.takeLimit(anchor{id: l.id, tokens: l.words}, l.amount)
			}
		}
	}
}

// withoutColon is a heading without the colon behind it.
func withoutColon(c cell) cell {
	if n := len(c.tokens); n > 0 && strings.HasSuffix(c.tokens[n-1].text, ":") {
		last := *c.tokens[n-1]
		last.text = strings.TrimRight(last.text, ":")
		c.tokens = append(slices.Clone(c.tokens[:n-1]), &last)
	}
	return c
}

// withoutNextColumn is an amount without words that stand far right of it, in another column.
func withoutNextColumn(c cell) cell {
	parts := pieces(c.tokens, columnGap)
	if len(parts) < 2 || !slices.ContainsFunc(parts[0], isAmount) || slices.ContainsFunc(slices.Concat(parts[1:]...), isAmount) {
		return c
	}
	return cell{tokens: parts[0], doubt: c.doubt}
}

// withoutUnit is an amount without the word for dollars behind it.
func withoutUnit(c cell) cell {
	if n := len(c.tokens); n > 1 && (c.tokens[n-1].key == "USD" || c.tokens[n-1].key == "DOLLARS") {
		c.tokens = c.tokens[:n-1]
	}
	return c
}

// field takes the value of a label that belongs to a coverage.
func (p *plainReader) field(a anchor) {
	c := p.current
	if (a.id == policyColumn || a.id == policyLabel || a.id == letterLabel) && (c == nil || !c.policy.number.empty()) {
		c = p.unnamed(a)
	}
	if c == nil {
		p.common(a)
		return
	}
	if apart := p.apart(c, a); apart && (a.id == addlTick || a.id == waiverTick) {
		return // of all coverages, or of none
	}
	if c.bottom > 0 && !amountLabel(a.id) {
		if a.first.y0 > c.bottom+2*p.s.em {
			p.common(a) // under the table: of all its rows, or of none
			return
		}
		c.bottom = max(c.bottom, a.box.y1)
	}
	if p.sayLimits(a) {
		return
	}
	value := p.s.oneLine(a)
	if amountLabel(a.id) {
		value = withoutNextColumn(value)
	}
	if limitLabel(a.id) && p.s.behindAmount(a) && len(p.s.beside(a, p.s.page.Width*2)) == 0 {
		return // the amount before it may be its own, that on the next line is not
	}
	switch {
	case amountLabel(a.id):
		value = withoutUnit(value)
		value.doubt *= labelDoubt(a)
		if p.s.amountUnder(value) {
			value.doubt = disagreeing
		}
		c.takeLimit(a, value)
	case a.id == policyColumn || a.id == policyLabel:
		number, dates := cutDates(value)
		number = untilComma(number)
		number.doubt *= p.s.brokenNumber(a, number)
		takeNumber(&c.policy.number, number)
		if len(dates) == 2 {
			take(&c.policy.effective, dates[0])
			take(&c.policy.expiration, dates[1])
		}
	case a.id == letterLabel:
		take(&c.policy.letter, value)
	case a.id == effColumn && len(datesOf(value)) == 2:
		dates := datesOf(value)
		take(&c.policy.effective, dates[0])
		take(&c.policy.expiration, dates[1])
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

// takeNumber takes a policy number without what stands far from it, which is of another column.
func takeNumber(to *cell, number cell) {
	if parts := pieces(number.tokens, columnGap); len(parts) > 1 {
		number = cell{tokens: parts[0], doubt: number.doubt * uncommon}
	}
	if !noName(number.text()) {
		take(to, number)
	}
}

// take takes the cells of another, one by one.
func (p *policyCells) take(o policyCells) {
	take(&p.number, o.number)
	take(&p.effective, o.effective)
	take(&p.expiration, o.expiration)
	take(&p.letter, o.letter)
	take(&p.addl, o.addl)
	take(&p.subr, o.subr)
}

// brokenNumber is how much less sure a number is that may go on in the next line, which begins where the number or its label does, is close,
// and is no more than a word or three with a digit among them.
func (s *sheet) brokenNumber(a anchor, number cell) float64 {
	if number.empty() {
		return 1
	}
	lines := rowsOf(number.tokens)
	last := lines[len(lines)-1]
	at := boundsOf(last)
	for _, line := range s.lines {
		for _, piece := range pieces(line, columnGap) {
			box, text := boundsOf(piece), textOf(piece)
			if down := box.y0 - at.y1; down < -0.3*at.height() || down > paragraphGap*at.height() || slices.ContainsFunc(piece, func(t *token) bool { return t.label || t.tick }) {
				continue
			}
			if begins := math.Abs(box.x0-at.x0) < 0.5*s.em || math.Abs(box.x0-a.box.x0) < 0.5*s.em && !s.labelBefore(piece[0]); !begins || len(piece) > 3 {
				continue
			}
			if first := strings.Trim(piece[0].text, around); strings.ContainsAny(text, "0123456789") && !strings.HasPrefix(text, "$") && !groupedAmount.MatchString(first) && !isDate(first) && !strings.Contains(text, ":") {
				return inferred
			}
		}
	}
	return 1
}

// labelBefore reports whether a label stands left of a word on its line.
func (s *sheet) labelBefore(t *token) bool {
	return slices.ContainsFunc(s.anchors, func(a anchor) bool { return a.first.x0 < t.box.x0 && sameLine(a.first, t.box) > 0.5 })
}

// common takes what is said of no coverage in particular: it is meant for those that do not say it themselves.
func (p *plainReader) common(a anchor) {
	switch a.id {
	case policyColumn, policyLabel:
		number, _ := cutDates(p.s.oneLine(a))
		number.doubt *= p.s.headed(a, number) * p.s.brokenNumber(a, number)
		takeNumber(&p.shared, number)
	case effColumn, expColumn:
		at, value := 0, firstLine(p.s.valueOf(a))
		value.doubt *= p.s.headed(a, value)
		if a.id == expColumn {
			at = 1
		}
		switch dates := datesOf(value); {
		case len(dates) == 2 && at == 0:
			take(&p.period[0], dates[0])
			take(&p.period[1], dates[1])
		case len(dates) == 1:
			take(&p.period[at], dates[0])
		}
	}
}

// headed is how much less sure it is that a value is meant for all coverages where it stands under its label: that may head a column, of which
// it is the first.
func (s *sheet) headed(a anchor, value cell) float64 {
	if !value.empty() && boundsOf(value.tokens).cy() > a.box.y1 {
		return inferred
	}
	return 1
}

// apart reports whether a label stands farther below the last one of its coverage than those stand from one another, so that it may not
// belong to it.
func (p *plainReader) apart(c *plainCoverage, a anchor) bool {
	down := a.first.cy() - c.last
	if _, ruled := p.s.ruledCell(a); ruled {
		c.last = max(c.last, a.first.cy())
		return false // rows of a table are as high as what they hold
	}
	switch {
	case c.last == 0 || down < 0.5*p.s.em:
	case c.pitch > 0 && down > 1.4*c.pitch:
		return true
	case c.pitch == 0 || down < c.pitch:
		c.pitch = down
	}
	c.last = max(c.last, a.first.cy())
	return false
}

// untilComma is a number without what is said behind a comma; where that has digits it may be a second one.
func untilComma(c cell) cell {
	for i, t := range c.tokens {
		if i+1 == len(c.tokens) || !strings.HasSuffix(t.text, ",") && !strings.HasSuffix(t.text, ";") {
			continue
		}
		if strings.ContainsAny(textOf(c.tokens[i+1:]), "0123456789") {
			c.doubt *= inferred
			return c
		}
		c.tokens = c.tokens[:i+1]
		return c
	}
	return c
}

// datesOf are the dates among the words of a cell. Words that take a date back may stand on another line of it.
func datesOf(c cell) []cell {
	var out []cell
	if c.source() != certificate.OCR && takesBack(c.text()) {
		c.doubt *= disagreeing
	}
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
	if heading.empty() || !insuranceWord.MatchString(heading.text()) || noHeading.MatchString(heading.text()) {
		return p.current
	}
	c := &plainCoverage{heading: heading, limits: map[labelID]cell{}}
	p.coverages = append(p.coverages, c)
	p.open(c, nil, "")
	return c
}

// What the heading of a coverage that is none of those that are known says, and what is none.
var (
	insuranceWord = regexp.MustCompile(`(?i)liab|insur|cover|bond|floater|marine|equipment|compensation|cargo|umbrella|excess|property|crime|fidelity|risk|polic|pollution|surety|aviation|practices`)
	noHeading     = regexp.MustCompile(`(?i)certificate|company|insurer|insured\b|summary|details|information|limits of`)
)

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
	case p.current == nil || p.current.bottom > 0 && a.first.y0 > p.current.bottom+2*p.s.em:
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

// merged puts together what stands under two headings of one name, once over the policy and once over its limits.
func (p *plainReader) merged() []*plainCoverage {
	var out []*plainCoverage
	for _, c := range p.coverages {
		i := slices.IndexFunc(out, func(e *plainCoverage) bool { return e.id != "" && e.id == c.id })
		if i < 0 || !c.policy.number.empty() && !out[i].policy.number.empty() && key(c.policy.number.text()) != key(out[i].policy.number.text()) {
			out = append(out, c)
			continue
		}
		e := out[i]
		e.policy.take(c.policy)
		take(&e.insurer, c.insurer)
		take(&e.autos, c.autos)
		take(&e.proprietor, c.proprietor)
		for _, l := range c.labelled {
			e.takeLimit(l, c.limits[l.id])
		}
		e.words = append(e.words, c.words...)
	}
	return out
}
