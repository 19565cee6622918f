package acord

import (
	"math"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// policyCells are the cells that every row of the coverage table has, for one policy.
type policyCells struct {
	letter, addl, subr, number, effective, expiration cell
}

// rowCells are the cells of a row as they stand, several policies and all.
type rowCells struct {
	letter, addl, subr, number cell
	dates                      [][2]cell
}

// rowCells collects what stands in the columns of a row.
func (s *sheet) rowCells(t table, r span) rowCells {
	row := rowCells{letter: s.cell(t, letterColumn, r), addl: s.cell(t, addlColumn, r), subr: s.cell(t, subrColumn, r),
		number: s.cell(t, policyColumn, r), dates: s.dateLines(t, r)}
	if s.runsOver(t, row.number) {
		row.number.doubt *= disagreeing
	}
	for _, box := range []*cell{&row.addl, &row.subr} {
		if onBorder(*box, t.columns[addlColumn].to) {
			box.doubt *= disagreeing
		}
	}
	return row
}

// runsOver reports whether a number does not end at the border of its column: the word behind it is no date, and stands as near as its own
// words do.
func (s *sheet) runsOver(t table, number cell) bool {
	border := t.columns[policyColumn].to
	for _, line := range rowsOf(number.tokens) {
		last := line[len(line)-1]
		if slices.ContainsFunc(s.tokens, func(n *token) bool {
			return written(n) && wordy(n) && n.box.cx() >= border && sameLine(last.box, n.box) > 0.5 && gap(last, n) < 0.8*last.box.height() &&
				!isDate(strings.Trim(n.text, around)) && !harmless.MatchString(n.text)
		}) {
			return true
		}
	}
	return false
}

// onBorder reports whether a mark stands on a border rather than on one side of it.
func onBorder(mark cell, border float64) bool {
	return slices.ContainsFunc(mark.tokens, func(t *token) bool {
		return t.box.x0+straddles*t.box.width() < border && t.box.x1-straddles*t.box.width() > border
	})
}

// straddles is the share of a mark's width that it has at least on either side of the border on which it stands.
const straddles = 0.25

// policies splits a row into its policies. It shows several when its numbers and its dates or letters come in as many lines.
func (row rowCells) policies() []policyCells {
	numbers := lineCells(row.number, wordy)
	letters := lineCells(row.letter, func(t *token) bool { return isLetter(t) && !stroke(t) })
	if len(letters) == 0 {
		letters = lineCells(row.letter, isLetter)
	}
	addl := lineCells(row.addl, wordy)
	subr := lineCells(row.subr, wordy)
	dates := row.dates

	n := 1
	if len(numbers) > 1 {
		if len(letters) == len(numbers) || len(dates) == len(numbers) {
			n = len(numbers)
		} else {
			numbers = []cell{joined(numbers)}
		}
	}
	out := make([]policyCells, n)
	for i := range out {
		p := &out[i]
		p.number, p.letter, p.addl, p.subr = nth(numbers, i), nth(letters, i), nth(addl, i), nth(subr, i)
		if i < len(dates) {
			p.effective, p.expiration = dates[i][0], dates[i][1]
		}
		if n == 1 && len(dates) > 1 {
			p.effective.doubt, p.expiration.doubt = disagreeing, disagreeing
		}
		if n == 1 {
			p.addl, p.subr = oneAnswer(addl), oneAnswer(subr)
		}
		if n == 1 && len(letters) > 1 {
			p.letter.doubt = disagreeing
		}
	}
	return out
}

// oneAnswer is what a box of one policy holds: the first line where all say the same, or where OCR made the others, or else all lines.
func oneAnswer(lines []cell) cell {
	first := nth(lines, 0)
	for _, line := range lines {
		if line.source() != certificate.OCR && key(line.text()) != key(first.text()) {
			return cell{tokens: joined(lines).tokens, doubt: first.doubt}
		}
	}
	return first
}

// lineCells gives the lines of a cell, each as a cell of the tokens that keep passes.
func lineCells(c cell, keep func(*token) bool) []cell {
	var out []cell
	for _, line := range rowsOf(c.tokens) {
		var kept []*token
		for _, t := range line {
			if keep(t) {
				kept = append(kept, t)
			}
		}
		if len(kept) > 0 {
			out = append(out, cell{tokens: kept, doubt: c.doubt})
		}
	}
	return out
}

// wordy passes tokens that hold a letter or digit, or are a tick; OCR makes the rest out of ruling.
func wordy(t *token) bool {
	if leader(t.text) {
		return false
	}
	return t.key != "" || t.source != certificate.OCR || isTick(t.text) || t.text == "&"
}

// leader reports whether a word is a row of dots that leads the eye from a label to its value.
func leader(text string) bool { return len(text) > 2 && strings.Trim(text, ".·…_") == "" }

// isLetter passes an insurer's letter, or several with a stroke or comma between them.
func isLetter(t *token) bool {
	for _, r := range t.key {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return len(t.key) == 1 || len(t.key) == 2 && strings.ContainsAny(t.text, "/,&-")
}

func nth(cs []cell, i int) cell {
	if i < len(cs) {
		return cs[i]
	}
	return cell{doubt: 1}
}

// joined makes one cell of the lines of a number that was broken. It may also be two numbers, so it is not sure.
func joined(lines []cell) cell {
	c := cell{doubt: inferred}
	for _, l := range lines {
		c.tokens = append(c.tokens, l.tokens...)
	}
	return c
}

// dateLines gives the dates of a row line by line, as effective and expiration date. Two dates on a line are that pair
// wherever the columns' borders are; one alone belongs to the column that it stands in.
func (s *sheet) dateLines(t table, r span) [][2]cell {
	eff, exp := t.columns[effColumn], t.columns[expColumn]
	slack := (eff.to - eff.from) / 3
	all := s.in(rect{eff.from - slack, r.from, exp.to + slack, r.to}, func(t *token) bool { return written(t) && wordy(t) })
	if from, to, both := periodIn(cellOf(all)); both {
		return [][2]cell{{from, to}}
	}
	var dates, rest []*token
	for _, tok := range all {
		c := cell{tokens: []*token{tok}, doubt: 1}
		switch _, err := certificate.ParseDate(bare(c)); {
		case err == nil:
			dates = append(dates, tok)
		case tok.box.cx() >= eff.from && tok.box.cx() < exp.to:
			rest = append(rest, tok)
		}
	}
	var out [][2]cell
	for _, line := range rowsOf(dates) {
		pair := [2]cell{{doubt: 1}, {doubt: 1}}
		switch {
		case len(line) == 2:
			pair[0].tokens, pair[1].tokens = line[:1], line[1:]
		case len(line) == 1 && line[0].box.cx() < (eff.to+exp.from)/2:
			pair[0].tokens = line
		case len(line) == 1:
			pair[1].tokens = line
		default:
			pair[0] = cell{tokens: line, doubt: disagreeing}
		}
		// A date alone and its partner half a line lower are one pair.
		if n := len(out); n > 0 && (out[n-1][0].empty() != out[n-1][1].empty()) && pair[0].empty() == !out[n-1][0].empty() && len(line) == 1 {
			if pair[0].empty() {
				out[n-1][1] = pair[1]
			} else {
				out[n-1][0] = pair[0]
			}
			continue
		}
		out = append(out, pair)
	}
	for i := range out {
		for k := range out[i] {
			if out[i][k].takenBack(rest, (eff.to+exp.from)/2) {
				out[i][k].doubt *= disagreeing
			}
		}
	}
	// What stands in place of a date, such as "continuous", is kept for the evidence.
	if len(out) == 0 && len(rest) > 0 {
		out = append(out, [2]cell{{doubt: 1}, {doubt: 1}})
	}
	if len(out) == 1 {
		missing := [2]bool{out[0][0].empty(), out[0][1].empty()}
		for _, tok := range rest {
			i := 0
			if tok.box.cx() >= (eff.to+exp.from)/2 {
				i = 1
			}
			if missing[i] {
				out[0][i].tokens = append(out[0][i].tokens, tok)
			}
		}
	}
	return out
}

// takenBack reports whether the words around a date in its column, left or right of a border, take it back. OCR makes words of anything.
func (c cell) takenBack(words []*token, border float64) bool {
	if c.empty() || c.source() == certificate.OCR {
		return false
	}
	at := boundsOf(c.tokens)
	return slices.ContainsFunc(words, func(t *token) bool {
		return t.box.cx() < border == (at.cx() < border) && math.Abs(t.box.cy()-at.cy()) < 2.5*at.height() && takesBack(t.text)
	})
}

// policy fills what every coverage has.
func (r *record) policy(path string, p *certificate.Policy, c policyCells) {
	if slices.ContainsFunc(c.number.tokens, func(t *token) bool { return isDate(strings.Trim(t.text, around)) }) {
		// The columns do not stand where they were taken to.
		for _, misread := range []*cell{&c.letter, &c.addl, &c.subr, &c.number, &c.effective, &c.expiration} {
			misread.doubt *= misplaced
		}
	}
	r.number(path+".policy_number_string", &p.Number, withoutRuling(c.number))
	r.date(path+".policy_effective_date", &p.Effective, c.effective)
	r.date(path+".policy_expiration_date", &p.Expiration, c.expiration)
	if letter, doubt := letterOf(c.letter); letter != "" {
		c.letter.doubt *= doubt
		p.InsurerLetter = &letter
		r.prove(path+".insurer_letter", c.letter, r.letterConfidence(letter, c.letter))
	} else if !c.letter.empty() {
		r.prove(path+".insurer_letter", c.letter, nothingRead)
	}
	r.yesNo(path+".additional_insured", &p.AdditionalInsured, c.addl)
	r.yesNo(path+".waiver_of_subrogation", &p.WaiverOfSubrogation, c.subr)
}

// letterOf is the insurer's letter in a cell. Of several, as "A/B", the first is not surely the one.
func letterOf(c cell) (letter string, doubt float64) {
	c = withoutRuling(c)
	letters := key(c.text())
	if letters == "" || letters[0] < 'A' || letters[0] > 'Z' || c.source() == certificate.OCR && strings.Trim(letters, "I1LJT") == "" {
		return "", 0 // nothing, or the border of the column
	}
	if strings.Trim(letters, letters[:1]) != "" {
		return letters[:1], disagreeing
	}
	return letters[:1], 1
}

// letterConfidence is that of an insurer's letter. OCR is hardly ever sure of a letter that stands alone, but nearly whatever it takes
// it for is a letter that no listed insurer has: one that is listed is borne out, unless OCR easily takes that of another listed insurer for it.
func (r *record) letterConfidence(letter string, c cell) float64 {
	conf := sourced(c)
	if c.source() != certificate.OCR {
		return conf
	}
	listed := false
	for _, i := range r.certificate.Insurers {
		listed = listed || i.Letter == letter
		for _, pair := range []string{"BD", "BE", "CE", "EF", "BF"} {
			if i.Letter != letter && strings.Contains(pair, i.Letter) && strings.Contains(pair, letter) {
				return conf * uncommon
			}
		}
	}
	if !listed {
		return conf * c.engine() * misplaced
	}
	return borneOut(conf, c.doubt)
}

// stroke reports whether a word is what OCR makes of a border.
func stroke(t *token) bool {
	return t.source == certificate.OCR && len(t.text) <= 2 && strings.Trim(t.key, "I1LJT") == ""
}

// withoutRuling drops the single strokes at the ends of a cell that OCR made of its borders.
func withoutRuling(c cell) cell {
	for len(c.tokens) > 1 && stroke(c.tokens[len(c.tokens)-1]) {
		c.tokens = c.tokens[:len(c.tokens)-1]
	}
	for len(c.tokens) > 1 && stroke(c.tokens[0]) {
		c.tokens = c.tokens[1:]
	}
	return c
}

// yesNo reads a box that holds X or Y, N, or nothing. Anything else is null with what is printed as evidence.
func (r *record) yesNo(path string, to **bool, c cell) {
	if c.empty() {
		return
	}
	if len(c.tokens) == 3 && c.tokens[1].text == "/" && c.source() != certificate.OCR && (c.tokens[0].key == "YES" || c.tokens[0].key == "NO") &&
		!strings.HasPrefix(c.tokens[2].key, "N") && !strings.HasPrefix(c.tokens[2].key, "Y") {
		c.tokens = c.tokens[:1] // "Yes / Sí"
	}
	k := key(c.text())
	if c.source() != certificate.OCR && strings.ContainsAny(c.text(), "*†‡?") {
		c.doubt *= disagreeing // a footnote says what it depends on
	}
	if c.source() == certificate.OCR {
		if alone := markAmongRuling(k); alone != k || strings.Contains(c.text(), "¥") {
			k, c.doubt = alone, c.doubt*uncommon
		}
	}
	switch {
	case k == "X", k == "Y", k == "YES", k == "XY", isTick(c.text()):
		r.flag(path, to, true, c, markConfidence(c))
	case k == "N", k == "NO":
		r.flag(path, to, false, c, markConfidence(c))
	case k == "NA", k == "NIA" && c.source() == certificate.OCR:
	default:
		r.prove(path, c, nothingRead)
	}
}

// markAmongRuling is the X, Y or N of a box of which OCR made more: the border before it as a letter, the same mark twice, or a v for
// the Y. It is the text as it is where that leaves nothing.
func markAmongRuling(k string) string {
	for _, head := range []string{"INSD", "INSR", "WVD"} {
		if rest := strings.TrimPrefix(k, head); rest != "" {
			k = rest // the column's head, which runs into the first row
		}
	}
	bare := strings.TrimLeft(k, "1ILJT")
	switch {
	case k == "NIA" || bare == "":
		return k
	case bare == "V":
		return "Y"
	case strings.Trim(bare, bare[:1]) == "" && strings.Contains("XYN", bare[:1]):
		return bare[:1]
	}
	return k
}

// named gives the coverage at a path the name of the insurer that its letter points to.
func (r *record) named(path string, p *certificate.Policy) {
	if p.InsurerLetter == nil {
		return
	}
	for i, insurer := range r.certificate.Insurers {
		if insurer.Letter != *p.InsurerLetter || insurer.Name == nil {
			continue
		}
		p.InsurerName = insurer.Name
		e := r.evidence[insurerPath(i)+".name"]
		e.Confidence = round(min(e.Confidence, r.evidence[path+".insurer_letter"].Confidence))
		r.evidence[path+".insurer_name"] = e
		return
	}
}

// shown reports whether a coverage has more than an insurer's letter and ticks: a number, a date or a limit, read or not. What OCR makes
// of a border, a sign or a digit or two, shows none.
func (r *record) shown(path string) bool {
	for at, e := range r.evidence {
		rest, below := strings.CutPrefix(at, path+".")
		if !below || e.Source == certificate.OCR && len(key(e.Text)) < leastWritten {
			continue
		}
		if rest == "policy_number_string" || rest == "policy_effective_date" || rest == "policy_expiration_date" || strings.HasPrefix(rest, "limits.") {
			return true
		}
	}
	return false
}

// leastWritten is how many letters and digits a number, a date or a limit has at least: 100, TBD, N/A is none.
const leastWritten = 3

// forget drops the evidence of a coverage that is not shown.
func (r *record) forget(path string) {
	for at := range r.evidence {
		if strings.HasPrefix(at, path+".") {
			delete(r.evidence, at)
		}
	}
}
