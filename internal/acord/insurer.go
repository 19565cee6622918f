package acord

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"certflow/internal/certificate"
)

var (
	naic       = regexp.MustCompile(`^\d{4,6}$`)
	rating     = regexp.MustCompile(`(?i)\s*\([^)]*(best|rating)[^)]*\)?\s*`)
	grade      = regexp.MustCompile(`[\s,(\[-]+(?:[AB](?:\+{1,2}|-)?[\s,:;(]+(?:XI{1,3}|XIV|XV|IX|X|IV|VI{0,3}|I{1,3})|[AB](?:\+{1,2}|-))[\s)\]]*$`)
	letterLead = regexp.MustCompile(`^[A-F]\s*[:;.]\s+`)
	atEnd      = regexp.MustCompile(`\s+(\d{5})$`)
	inLine     = regexp.MustCompile(`(?i)[\s,(\[-]*\bNAIC[\s.]*(?:#|no\.?|number|code)?[\s:.]*#?[\s.]*(\d{4,6})\b[\s)\]]*`)
)

// insurerName is the name of an insurer without its NAIC number and its rating by A.M. Best, "A++ XV".
func insurerName(text string) string {
	text, _, _ = cutNAIC(text)
	text = cleanName(unnumbered.ReplaceAllString(rating.ReplaceAllString(text, " "), ""))
	return cleanName(grade.ReplaceAllString(text, ""))
}

// cutNAIC takes "(NAIC # 12345)" out of a name, and five digits that end it: no insurer is called so.
func cutNAIC(s string) (name, number string, found bool) {
	g := inLine.FindStringSubmatchIndex(s)
	if g == nil {
		g = atEnd.FindStringSubmatchIndex(s)
	}
	if g == nil {
		return s, "", false
	}
	return s[:g[0]] + " " + s[g[1]:], s[g[2]:g[3]], true
}

func insurerPath(i int) string { return "insurers." + strconv.Itoa(i) }

// insurerLine is a printed "INSURER A :" with what follows on its line.
type insurerLine struct {
	letter string
	label  []*token
	box    rect
	doubt  float64 // 1 where the letter was read, less where its place tells it

	name, naic []*token // in the columns of a list, where it has any
}

// insurers reads the block of insurers: for each letter the name right of it and the NAIC number in the last column. Letters
// without a name and number are left out.
func (r *record) insurers(s *sheet) {
	lines := s.letters
	naicLeft := math.Inf(1)
	if head, ok := s.one(naicLabel); ok && s.form.ok {
		naicLeft = head.box.cx() - 28*s.form.xScale
	}
	names, crowds := make([][]*token, len(lines)), make([]bool, len(lines)+2)
	for i, line := range lines {
		half := s.em
		if s.form.ok {
			half = 0.5 * standardPitch * s.form.yScale
		}
		top, bottom := line.box.cy()-half, line.box.cy()+half
		if i > 0 {
			top = math.Max(top, (lines[i-1].box.cy()+line.box.cy())/2)
		}
		if i+1 < len(lines) {
			bottom = math.Min(bottom, (lines[i+1].box.cy()+line.box.cy())/2)
		}
		cell := s.ruledLine(line.box, half)
		if cell != nil {
			top, bottom = cell.from, cell.to
		}
		all := cellOf(s.in(rect{line.box.x1 - 0.2*s.em, top, s.page.Width * 2, bottom}, written)).tokens
		for at, t := range all {
			if wordy(t) || between(all, at) {
				names[i] = append(names[i], t)
			}
		}
		crowds[i+1] = s.source() != certificate.OCR && crowded(names[i], cell)
	}
	for i, line := range lines {
		if crowds[i] || crowds[i+1] || crowds[i+2] {
			line.doubt *= misplaced // a line of a name may be the next insurer's
		}
		r.insurer(line, names[i], naicLeft)
	}
}

// ruledLine is where rules begin and end the line of an insurer, about twice half high, in which its name may be broken into two lines of
// small type; nil where no rules do. Rules of a scan stand less surely than its words.
func (s *sheet) ruledLine(label rect, half float64) *span {
	if s.source() == certificate.OCR {
		return nil
	}
	top, bottom := math.Inf(-1), math.Inf(1)
	for _, y := range s.edges(false, rect{label.x1 + s.em, 0, label.x1 + 3*s.em, 0}) {
		if y <= label.cy() {
			top = max(top, y)
		} else {
			bottom = min(bottom, y)
		}
	}
	if bottom-top < 1.5*half || bottom-top > 3*half {
		return nil
	}
	return &span{top, bottom}
}

// crowded reports whether what stands on an insurer's line, in its cell between rules if it has one, is in two lines that do not share the
// cell evenly, so that one may be of another's name.
func crowded(name []*token, cell *span) bool {
	lines := rowsOf(name)
	if len(lines) < 2 {
		return false
	}
	upper, lower, both := boundsOf(lines[0]), boundsOf(lines[1]), boundsOf(name)
	return cell == nil || len(lines) > 2 || upper.y1-lower.y0 > 0.3*lower.height() || math.Abs(both.cy()-(cell.from+cell.to)/2) > 0.2*(cell.to-cell.from)
}

func (r *record) insurer(line insurerLine, words []*token, naicLeft float64) {
	var name, number []*token
	beyond := 1.0
	for _, t := range words {
		if head, tail, ok := overflow(t, naicLeft); ok {
			name, number = append(name, head), append(number, tail)
			continue
		}
		switch {
		case naic.MatchString(strings.Trim(t.text, ".,;:[](){}")) && (t.box.cx() > naicLeft || math.IsInf(naicLeft, 1)):
			number = append(number, t)
		case t.box.x0 < naicLeft:
			name = append(name, t)
		case len(name) > 0 && wordy(t) && gap(name[len(name)-1], t) < t.box.height():
			name = append(name, t) // a name that does not keep to its column
			beyond = misplaced
		}
	}
	if len(name) == 0 && len(number) == 0 {
		return
	}
	path := insurerPath(len(r.certificate.Insurers))
	insurer := certificate.Insurer{Letter: line.letter}
	if last := len(name) - 1; len(number) == 0 && last > 0 {
		if atEnd.MatchString(textOf(name[last-1:])) {
			name, number = name[:last], name[last:] // read left of its column
		}
	}
	r.prove(path+".letter", cellOf(line.label), sourced(cellOf(line.label))*line.doubt)
	if len(name) > 0 {
		c := cellOf(name)
		c.doubt = line.doubt * beyond
		r.name(path+".name", &insurer.Name, c, letterLead.ReplaceAllString(insurerName(c.text()), ""))
		if _, value, found := cutNAIC(c.text()); found && len(number) == 0 {
			r.say(path+".naic", &insurer.NAIC, c, value)
		}
	}
	if len(number) > 0 {
		c, value := naicOf(cellOf(number[:1]))
		c.doubt *= line.doubt
		r.say(path+".naic", &insurer.NAIC, c, value)
	}
	r.certificate.Insurers = append(r.certificate.Insurers, insurer)
}

// overflow parts a name that fills its column from the number that stands in the next one, where the two were read as one word.
func overflow(t *token, naicLeft float64) (name, number *token, ok bool) {
	g := runTogether.FindStringSubmatch(t.text)
	if g == nil || t.box.x1 <= naicLeft && !math.IsInf(naicLeft, 1) {
		return nil, nil, false
	}
	share := float64(utf8.RuneCountInString(g[1])) / float64(utf8.RuneCountInString(t.text))
	head, tail := *t, *t
	head.text, head.key, head.at = g[1], key(g[1]), part(t.at, 0, share)
	tail.text, tail.key, tail.at = g[2], g[2], part(t.at, share, 1)
	head.box.x1 = t.box.x0 + share*t.box.width()
	tail.box.x0 = head.box.x1
	return &head, &tail, true
}

// runTogether matches the last word of a company's name with its NAIC number behind it.
var runTogether = regexp.MustCompile(`^(.*\pL[.,)]*)(\d{5})$`)

// naicOf is the number of a company, which has five digits. Of six that OCR read the first is the border before them where it looks like
// one, and other counts are not sure.
func naicOf(c cell) (cell, string) {
	value := bare(c)
	if c.source() == certificate.OCR && len(value) != 5 {
		c.doubt *= disagreeing
		if len(value) == 6 && strings.ContainsAny(value[:1], "147") {
			value = value[1:]
		}
	}
	return c, value
}

// insurerLines finds "INSURER A :" and its like, in the order of the page, and marks their words as labels.
func (s *sheet) insurerLines() []insurerLine {
	var out []insurerLine
	for _, line := range s.lines {
		for i, t := range line {
			if t.label || !insurerWord(t.key) || i+1 >= len(line) || !begins(line, i) {
				continue
			}
			letter, tokens := letterAfter(line, i)
			if letter == "" || !s.form.ok && slices.ContainsFunc(s.anchors, func(a anchor) bool { return coverageRow(a.id) && slices.Contains(line[:i], a.tokens[0]) }) {
				continue // or the letter of a coverage, behind its name
			}
			found := insurerLine{letter: letter, label: tokens, box: boundsOf(tokens), doubt: 1}
			beside := slices.IndexFunc(out, func(have insurerLine) bool { return have.letter == letter && sameLine(found.box, have.box) > 0.2 })
			switch {
			case beside < 0:
				out = append(out, found)
			case found.box.x0 < out[beside].box.x0:
				out[beside] = found // what stands right of it is the name of an insurer that is called so
			}
		}
	}
	if len(out) == 0 && !s.form.ok {
		out = s.listedInsurers()
	}
	out = s.inOrder(out)
	for _, line := range out {
		for _, l := range line.label {
			l.label = true
		}
	}
	return s.unreadLetters(out)
}

// The standard form's lines INSURER A to INSURER F in points: where they begin, how far apart they are, and where names begin.
const (
	firstInsurer, insurerPitch = 176.4, 12.0
	insurerLeft, insurerRight  = 309.6, 346.0
)

// unreadLetters adds the lines whose letter OCR did not read: the lines stand at equal distances, so that those around tell
// which letter is meant.
func (s *sheet) unreadLetters(found []insurerLine) []insurerLine {
	if !s.form.ok || s.source() != certificate.OCR || len(found) == 0 || len(found) >= 6 {
		return found
	}
	var points []point
	have := map[string]bool{}
	right := 0.0
	for _, line := range found {
		have[line.letter] = true
		points = append(points, point{firstInsurer + insurerPitch*float64(line.letter[0]-'A'), line.box.cy()})
		right = math.Max(right, line.box.x1)
	}
	y := axisOf(points, s.form.yScale)
	for letter := 'A'; letter <= 'F'; letter++ {
		if have[string(letter)] {
			continue
		}
		at := y.at(firstInsurer + insurerPitch*float64(letter-'A'))
		half := 0.4 * insurerPitch * s.form.yScale
		box := rect{s.form.x(insurerLeft), at - half, math.Max(right, s.form.x(insurerRight)-0.5*s.em), at + half}
		label := s.in(rect{box.x0 - s.em, box.y0, box.x1, box.y1}, written)
		if len(label) == 0 {
			if label = s.in(rect{box.x1, box.y0, s.page.Width, box.y1}, written); len(label) == 0 {
				continue
			}
			found = append(found, insurerLine{letter: string(letter), label: label, box: box, doubt: guessedPlace})
			continue
		}
		for _, t := range label {
			t.label = true
		}
		found = append(found, insurerLine{letter: string(letter), label: label, box: box, doubt: guessedPlace})
	}
	slices.SortFunc(found, func(a, b insurerLine) int { return compare(a.box.cy(), b.box.cy()) })
	return found
}

// inOrder gives every letter one line. On a form the lines follow one another from A at equal distances, so that a letter of OCR that
// contradicts most others was misread, and its place tells which it is.
func (s *sheet) inOrder(lines []insurerLine) []insurerLine {
	slices.SortStableFunc(lines, func(a, b insurerLine) int { return compare(a.box.cy(), b.box.cy()) })
	if s.form.ok && s.source() == certificate.OCR && len(lines) > agreeing {
		place := func(line insurerLine) int {
			return int(math.Round((line.box.cy() - lines[0].box.cy()) / (insurerPitch * s.form.yScale)))
		}
		votes := map[int]int{}
		first := 0
		for _, line := range lines {
			at := int(line.letter[0]) - place(line)
			if votes[at]++; votes[at] > votes[first] {
				first = at
			}
		}
		for i, line := range lines {
			letter := first + place(line)
			if votes[first] >= agreeing && 2*votes[first] > len(lines) && letter != int(line.letter[0]) && letter >= 'A' && letter <= 'F' {
				lines[i].letter, lines[i].doubt = string(rune(letter)), guessedPlace
			}
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(lines, func(line insurerLine) bool {
		twice := seen[line.letter]
		seen[line.letter] = true
		return twice
	})
}

// agreeing is how many lines must stand in order before they tell the letter of another.
const agreeing = 3

// insurerWord reports whether a word heads an insurer's line.
func insurerWord(key string) bool {
	return editDistance("INSURER", key, 1) <= 1 || key == "COMPANY" || key == "CARRIER"
}

// letterAfter reads the letter behind the word INSURER, with the colon if it stands apart.
func letterAfter(line []*token, i int) (letter string, tokens []*token) {
	next := line[i+1]
	if len(next.key) != 1 || !unicode.IsLetter(rune(next.key[0])) || next.source == certificate.OCR && next.key > "F" || gap(line[i], next) > 2*line[i].box.height() {
		return "", nil
	}
	tokens = line[i : i+2]
	for j := i + 2; j < len(line) && j <= i+3; j++ {
		if strings.Trim(line[j].text, ":.;") == "" {
			tokens = line[i : j+1]
			break
		}
		if line[j].source != certificate.OCR || len(line[j].key) > 1 {
			break // a single letter or digit before the colon is another reading of the letter
		}
	}
	return next.key, tokens
}
