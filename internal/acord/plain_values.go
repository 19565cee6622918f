package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// readingOrder gives the anchors line by line, each line from left to right.
func (s *sheet) readingOrder() []anchor {
	out := slices.Clone(s.anchors)
	slices.SortStableFunc(out, func(a, b anchor) int { return compare(a.first.cy(), b.first.cy()) })
	for from := 0; from < len(out); {
		to := from + 1
		for to < len(out) && out[to].first.cy()-out[from].first.cy() < 0.5*s.em {
			to++
		}
		slices.SortStableFunc(out[from:to], func(a, b anchor) int { return compare(a.first.x0, b.first.x0) })
		from = to
	}
	return out
}

// valueOf is what stands right of a label on its line, up to the next label; or, where nothing does, under it.
func (s *sheet) valueOf(a anchor) cell {
	if c, ok := s.ruledCell(a); ok {
		return c
	}
	limit := s.labelRightOf(a, a.first)
	right := s.beside(a, limit)
	if below, ok := s.belowRather(a, right); ok {
		return below
	}
	if len(right) > 0 || strings.HasSuffix(a.tokens[len(a.tokens)-1].text, ":") {
		return cell{tokens: right, doubt: 1}
	}
	below := rect{a.box.x0 - 0.5*s.em, a.box.y1, math.Max(a.box.x1, math.Min(limit, a.box.x1+6*s.em)), a.box.y1 + 1.8*s.em}
	return cellOf(s.in(below, func(t *token) bool { return written(t) && wordy(t) }))
}

// belowRather is what stands just under a label and is of its kind, where what stands right of it is far off and may be of the next column:
// labels stand over their values then. Where the page does not say by its other labels that they do, neither is sure.
func (s *sheet) belowRather(a anchor, right []*token) (cell, bool) {
	last := a.tokens[len(a.tokens)-1]
	if len(right) == 0 || strings.HasSuffix(last.text, ":") || gap(last, right[0]) <= columnGap*last.box.height() || right[0].source == certificate.OCR {
		return cell{}, false
	}
	below, ok := s.typedBelow(a)
	if !ok {
		return cell{}, false
	}
	for _, b := range s.anchors {
		if b.tokens[0] == a.tokens[0] {
			continue
		}
		if _, also := s.typedBelow(b); also && !slices.ContainsFunc(s.beside(b, s.page.Width*2), func(t *token) bool { return ofKind(b.id, t) }) {
			return below, true // a label that has its value below, and nothing else that it may be
		}
	}
	below.doubt *= misplaced
	return below, true
}

// typedBelow is the text that begins just under a label, where the label does, if it begins with what the label is for.
func (s *sheet) typedBelow(a anchor) (cell, bool) {
	for _, line := range s.lines {
		for _, piece := range pieces(line, 1) {
			box := boundsOf(piece)
			if down := box.y0 - a.box.y1; math.Abs(box.x0-a.first.x0) > 0.4*s.em || down < -0.3*s.em || down > 1.2*s.em || piece[0].label {
				continue
			}
			return cell{tokens: piece, doubt: 1}, ofKind(a.id, piece[0])
		}
	}
	return cell{}, false
}

// ofKind reports whether a word may be the value of a label that is for an amount, a date or a number.
func ofKind(id labelID, t *token) bool {
	date := isDate(strings.Trim(t.text, around))
	switch {
	case amountLabel(id):
		return isAmount(t)
	case id == dateLabel || id == effColumn || id == expColumn || id == periodLabel:
		return date
	case id == policyColumn || id == policyLabel || id == numberLabel:
		return !date && !isAmount(t) && len(t.key) > 1
	}
	return false
}

// beside gives the words right of a label on its line, left of a limit.
func (s *sheet) beside(a anchor, limit float64) []*token {
	line := a.tokens[len(a.tokens)-1].box
	var out []*token
	for _, t := range s.tokens {
		if written(t) && wordy(t) && t.text != ":" && t.box.x0 >= line.x1-0.3*s.em && t.box.x0 < limit && sameLine(line, t.box) > 0.5 {
			out = append(out, t)
		}
	}
	byX(out)
	for len(out) > 0 && parts(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return out
}

// parts reports whether a word is a stroke or dot that parts what stands side by side.
func parts(t *token) bool { return t.text == "|" || t.text == "·" || t.text == "•" }

// besideLabel reports whether a cell stands on the line of a label, whose value it then is.
func (s *sheet) besideLabel(c cell) bool {
	return slices.ContainsFunc(s.anchors, func(a anchor) bool {
		return !coverageRow(a.id) && slices.ContainsFunc(c.tokens, func(t *token) bool { return sameLine(a.first, t.box) > 0.5 })
	})
}

// labelRightOf is where the next label right of a place on its lines begins.
func (s *sheet) labelRightOf(a anchor, lines rect) float64 {
	limit := s.page.Width * 2
	for _, other := range s.anchors {
		if other.first.x0 > a.box.x1+0.2*s.em && sameLine(lines, other.first) > 0.3 {
			limit = math.Min(limit, other.first.x0-0.1*s.em)
		}
	}
	return limit
}

// firstLine is the first line of a cell.
func firstLine(c cell) cell {
	if lines := rowsOf(c.tokens); len(lines) > 0 {
		return cell{tokens: lines[0], doubt: c.doubt}
	}
	return c
}

// paragraphGap is how far below a line the next line of the same block may begin, in heights of its type.
const paragraphGap = 1.4

// blockOf is the block of lines that a label heads: what stands beside it and the lines below, without gaps, up to the next
// label, left of what stands in the next column.
func (s *sheet) blockOf(a anchor) cell {
	if c, ok := s.ruledCell(a); ok {
		return c
	}
	limit := s.labelRightOf(a, rect{a.box.x0, a.box.y0 - s.em, a.box.x1, a.box.y1 + 2*s.em})
	first := withinColumn(s.beside(a, s.labelRightOf(a, a.first)), limit)
	if len(first) > 0 && gap(a.tokens[len(a.tokens)-1], first[0]) > 2.5*s.em && s.headsBelow(a) {
		first, limit = nil, math.Min(limit, first[0].box.x0-0.5*s.em) // what stands beside it heads another column
	}
	left, y := a.box.x0-s.em, a.box.y1
	if len(first) > 0 && gap(a.tokens[len(a.tokens)-1], first[0]) > 2.5*s.em {
		left = first[0].box.x0 - s.em
	}
	bottom := math.Inf(1)
	for _, other := range s.anchors {
		if other.first.cy() > a.box.y1 && other.first.x0 < limit && (other.first.x0 > a.box.x0-2*s.em || other.box.x1 > left-s.em || sectionLabel(other.id)) {
			bottom = math.Min(bottom, other.first.y0)
		}
	}
	below := s.in(rect{left, a.box.cy() + 0.5*s.em, limit, bottom}, func(t *token) bool { return written(t) && t.text != ":" })
	below = slices.DeleteFunc(below, func(t *token) bool { return slices.Contains(first, t) })
	lines := slices.DeleteFunc(rowsOf(below), func(line []*token) bool { return key(textOf(line)) == "" })
	block := first
	for _, line := range lines {
		if len(block) > 0 && endsAddress(block) {
			break // what stands below is of something else
		}
		box := boundsOf(line)
		high := math.Max(box.height(), s.em)
		if slices.ContainsFunc(line[:min(4, len(line))], func(t *token) bool {
			return len(t.text) > 2 && strings.HasSuffix(t.text, ":") && !attention.MatchString(t.text)
		}) {
			break // a label that is not known
		}
		if box.y0-y > paragraphGap*high && (len(block) > 0 || box.y0-y > 3*high) || s.goesOnLeft(line[0]) {
			break
		}
		block = append(block, line...)
		y = box.y1
	}
	return cellOf(block)
}

// withinColumn are the words of a line left of a limit, with those that go on beyond it without a space as columns have between them.
func withinColumn(line []*token, limit float64) []*token {
	for i, t := range line {
		if t.box.x0 >= limit && (i == 0 || gap(line[i-1], t) > clearGap(t)*t.box.height()) {
			return line[:i]
		}
	}
	return line
}

// endsAddress reports whether the last line of a block ends with a state and its ZIP code, behind which no address goes on.
func endsAddress(block []*token) bool {
	lines := rowsOf(block)
	return cityState.MatchString(strings.TrimRight(textOf(lines[len(lines)-1]), " .,"))
}

// attention matches what introduces a person in an address.
var attention = regexp.MustCompile(`(?i)^(?:attn|attention|c/o|dba|d/b/a|re)\b`)

// amountUnder reports whether another amount stands alone just under one, so that it may be the other of two.
func (s *sheet) amountUnder(value cell) bool {
	if value.empty() {
		return false
	}
	above := value.tokens[0].box
	for _, line := range s.lines {
		for i, t := range line {
			down := t.box.cy() - above.cy()
			if isAmount(t) && !t.label && math.Abs(t.box.x0-above.x0) < 0.5*s.em && down > 0.5*above.height() && down < 2*above.height() {
				return !slices.ContainsFunc(line[:i], func(l *token) bool { return l.label || l.key != "" })
			}
		}
	}
	return false
}

// headsBelow reports whether a label without a colon stands over a text that begins just below it and where it begins.
func (s *sheet) headsBelow(a anchor) bool {
	if strings.HasSuffix(a.tokens[len(a.tokens)-1].text, ":") {
		return false
	}
	return slices.ContainsFunc(s.tokens, func(t *token) bool {
		down := t.box.y0 - a.box.y1
		return written(t) && t.key != "" && math.Abs(t.box.x0-a.box.x0) < 0.5*s.em && down > -0.2*s.em && down < 1.2*s.em
	})
}

// goesOnLeft reports whether a word is not the first of its text.
func (s *sheet) goesOnLeft(first *token) bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool {
		return written(t) && t.box.x0 < first.box.x0 && sameLine(t.box, first.box) > 0.5 && gap(t, first) < 0.9*first.box.height() && gap(t, first) > -first.box.height()
	})
}

// sectionLabel reports whether a label begins another part of a plain certificate, wherever it stands.
func sectionLabel(id labelID) bool {
	switch id {
	case producerLabel, insuredLabel, holderLabel, insurersLabel, insurerLabel, descriptionLabel, cancellationLabel, representative, boilerplate,
		copyrightLabel, footLabel, coveragesLabel:
		return true
	}
	return false
}

// letterBefore is an insurer's letter left of a label on its line.
func (s *sheet) letterBefore(a anchor) cell {
	for _, t := range s.tokens {
		if isLetter(t) && written(t) && t.box.x1 <= a.first.x0 && a.first.x0-t.box.x1 < 12*s.em && sameLine(a.first, t.box) > 0.5 && !isTick(t.text) {
			return cell{tokens: []*token{t}, doubt: 1}
		}
	}
	return cell{doubt: 1}
}

// headingOver is a short line without a label of its own just above one, which names what follows.
func (s *sheet) headingOver(a anchor) cell {
	var nearest []*token
	for _, line := range s.lines {
		box := boundsOf(line)
		if d := a.first.y0 - box.y1; d < -0.2*s.em || d > 2*s.em || box.x0 > a.first.x0+s.em || len(line) > 8 {
			continue
		}
		if slices.ContainsFunc(line, func(t *token) bool { return t.label || t.tick || strings.HasSuffix(t.text, ":") }) {
			continue
		}
		if nearest == nil || box.y1 > boundsOf(nearest).y1 {
			nearest = line
		}
	}
	return cellOf(nearest)
}

// plainDescription is the description of operations: beside or under its label, down to the next part.
func (s *sheet) plainDescription() (cell, bool) {
	box, ok := s.descriptionBox()
	label, found := s.one(descriptionLabel)
	if !ok || !found {
		return cell{}, false
	}
	if c, ruled := s.ruledCell(label); ruled {
		return c, true
	}
	first := s.beside(label, s.page.Width*2)
	rest := s.in(box, func(t *token) bool { return !t.label && (wordy(t) || len(t.text) > 1) && !slices.Contains(first, t) })
	return cellOf(append(first, rest...)), true
}

// plainInsurers reads the insurers of a plain certificate: "Insurer A: name (NAIC # 12345)", perhaps with the number on the
// next line, or a single "Insurer: name".
func (r *record) plainInsurers(s *sheet) {
	lines := s.letters
	for _, line := range lines {
		a := anchor{tokens: line.label, first: line.box, box: line.box}
		r.plainInsurer(s, line, a, 1)
	}
	if len(lines) > 0 {
		return
	}
	seen := map[string]bool{}
	for _, a := range s.find(insurerLabel) {
		name := s.nameBeside(a)
		if k := key(insurerName(name.text())); len(name.tokens) > 1 && k != "" && !seen[k] && len(seen) < 26 {
			r.plainInsurer(s, insurerLine{letter: string(rune('A' + len(seen)))}, a, inferred) // nothing gives it a letter
			seen[k] = true
		}
	}
}

// nameBeside is what stands right of the label of an insurer. The word NAIC is a label of its own, but here it stands inside the value.
func (s *sheet) nameBeside(a anchor) cell {
	var name []*token
	limit := s.page.Width * 2
	for _, other := range s.anchors {
		if other.id != naicLabel && other.first.x0 > a.box.x1+0.2*s.em && sameLine(a.box, other.first) > 0.3 {
			limit = math.Min(limit, other.first.x0-0.1*s.em)
		}
	}
	for _, t := range s.tokens {
		if !slices.Contains(a.tokens, t) && wordy(t) && t.text != ":" && t.box.x0 >= a.box.x1-0.3*s.em && t.box.x0 < limit && sameLine(a.box, t.box) > 0.5 {
			name = append(name, t)
		}
	}
	byX(name)
	for len(name) > 0 && parts(name[len(name)-1]) {
		name = name[:len(name)-1]
	}
	return cell{tokens: name, doubt: 1}
}

// unnumbered matches the end of an insurer's name behind which its NAIC number stands on another line.
var unnumbered = regexp.MustCompile(`(?i)[\s,(\[-]*\(?\bNAIC[\s.]*(?:#|no\.?|number|code)?[\s:.#]*$`)

func (r *record) plainInsurer(s *sheet, line insurerLine, a anchor, doubt float64) {
	name := line.name
	if len(name) == 0 {
		name = s.nameBeside(a).tokens
	}
	if len(name) == 0 || noName(textOf(name)) {
		return
	}
	if text := textOf(name); strings.Count(text, "(") > strings.Count(text, ")") {
		under := rect{name[0].box.x0 - 0.5*s.em, a.box.y1, s.page.Width * 2, a.box.y1 + 1.6*s.em}
		name = append(name, cellOf(s.in(under, written)).tokens...)
	}
	path := insurerPath(len(r.certificate.Insurers))
	insurer := certificate.Insurer{Letter: line.letter}
	label := cellOf(a.tokens)
	r.prove(path+".letter", label, sourced(label)*doubt)
	c := cellOf(name)
	_, number, _ := cutNAIC(c.text())
	whole := c
	if begins := withoutNAIC(c); !begins.empty() {
		if rest := s.goesOnUnder(begins, a.box); len(rest.tokens) > len(begins.tokens) || rest.doubt < 1 {
			whole = rest
		}
	}
	if called := insurerName(whole.text()); noName(called) {
		r.prove(path+".name", whole, nothingRead)
	} else {
		if standsIn.MatchString(called) {
			whole.doubt *= inferred
		}
		r.say(path+".name", &insurer.Name, whole, called)
	}
	if len(line.naic) > 0 {
		r.text(path+".naic", &insurer.NAIC, cellOf(line.naic))
	} else if number != "" {
		r.say(path+".naic", &insurer.NAIC, c, number)
	} else if under := s.numberUnder(a); !under.empty() {
		r.text(path+".naic", &insurer.NAIC, under)
	}
	r.certificate.Insurers = append(r.certificate.Insurers, insurer)
}

// withoutNAIC is the name before the NAIC number on its line.
func withoutNAIC(c cell) cell {
	if i := slices.IndexFunc(c.tokens, func(t *token) bool { return strings.HasPrefix(t.key, "NAIC") || naic.MatchString(t.text) }); i >= 0 {
		c.tokens = c.tokens[:i]
	}
	return c
}

// numberUnder is the value of a label NAIC on the line under an insurer.
func (s *sheet) numberUnder(a anchor) cell {
	for _, n := range s.find(naicLabel) {
		others := slices.ContainsFunc(s.letters, func(l insurerLine) bool { return sameLine(l.box, n.first) > 0.5 })
		if down := n.first.cy() - a.box.cy(); down > 0.5*s.em && down < 3*s.em && !others {
			for _, t := range s.beside(n, s.page.Width*2) {
				if naic.MatchString(t.text) {
					return cell{tokens: []*token{t}, doubt: 1}
				}
			}
		}
	}
	return cell{doubt: 1}
}

// setValuesApart takes back the labels that stand in the value of another: "Autos: Hired Autos", "Form: Claims-Made".
func (s *sheet) setValuesApart() {
	s.dropAnchors(func(a anchor) bool {
		return tickable(a.id) && slices.ContainsFunc(s.anchors, func(b anchor) bool {
			return (b.id == autosLabel || b.id == formLabel) && b.box.x1 <= a.first.x0 && sameLine(b.first, a.first) > 0.5
		})
	})
}

// dayFirst reports whether a date of the page can only have its day before its month, so that 05/04/2026 may be the fifth of April.
func (s *sheet) dayFirst() bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool {
		g := slashedDate.FindStringSubmatch(strings.Trim(t.text, around))
		return g != nil && g[1] > "12" && g[1] <= "31" && g[2] >= "01" && g[2] <= "12"
	})
}

var slashedDate = regexp.MustCompile(`^(\d\d)[/.-](\d\d)[/.-](?:\d{4}|\d\d)$`)

// dropAnchors takes back labels; their words are then what someone wrote.
func (s *sheet) dropAnchors(drop func(anchor) bool) {
	s.anchors = slices.DeleteFunc(slices.Clone(s.anchors), func(a anchor) bool {
		if !drop(a) {
			return false
		}
		for _, t := range a.tokens {
			t.label = false
		}
		return true
	})
}

// signedAbove doubts that a plain certificate is not signed where a line of text stands just above the word for its signature: there people
// sign who rule a line and print the word under it.
func (r *record) signedAbove(s *sheet) {
	const path = "description_of_operations.signature"
	signed := r.certificate.Description.Signature
	label, ok := s.one(representative)
	if signed == nil || *signed || !ok {
		return
	}
	above := s.in(rect{label.box.x0 - 6*s.em, label.box.y0 - 3.5*s.em, label.box.x1 + 6*s.em, label.box.y0}, func(t *token) bool { return written(t) && len(t.key) > 1 })
	if len(above) == 0 {
		return
	}
	e := r.evidence[path]
	e.Confidence = round(min(e.Confidence, inferred))
	r.evidence[path] = e
}
