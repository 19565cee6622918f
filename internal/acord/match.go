package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// The labels of forms, and of those together with the labels of plain certificates, as they are looked up. They never change.
var (
	formLabels = compile(labels())
	allLabels  = compile(append(labels(), plainLabels()...))
)

// spelling is one way to print a label, with what fuzzy comparison needs.
type spelling struct {
	*label
	key    string // of the first line
	below  string // key of the second line, if any
	counts letters
}

// lexicon finds spellings by their key, and by its length for fuzzy matching.
type lexicon struct {
	labels   []label
	exact    map[string][]*spelling
	byLength map[int][]*spelling
	longest  int
}

func compile(labels []label) lexicon {
	l := lexicon{labels: labels, exact: map[string][]*spelling{}, byLength: map[int][]*spelling{}}
	for i := range labels {
		for _, printed := range labels[i].spellings {
			above, below, _ := strings.Cut(printed, "|")
			s := &spelling{label: &labels[i], key: key(above), below: key(below)}
			s.counts = count(s.key)
			l.exact[s.key] = append(l.exact[s.key], s)
			l.byLength[len(s.key)] = append(l.byLength[len(s.key)], s)
			l.longest = max(l.longest, len(s.key))
		}
	}
	return l
}

// lookup gives the spellings that text may be, with how many letters differ. Only OCR may differ at all, and the more
// the longer the label is.
func (l lexicon) lookup(text string, fuzzy bool, visit func(s *spelling, errors int)) {
	for _, s := range l.exact[text] {
		visit(s, 0)
	}
	if !fuzzy || len(text) < 5 {
		return
	}
	counts := count(text)
	for n := len(text) - tolerance(len(text)) - 1; n <= len(text)+tolerance(len(text))+1; n++ {
		for _, s := range l.byLength[n] {
			allowed := tolerance(n)
			if s.key == text || allowed == 0 || s.strict || s.counts.distance(counts) > 2*allowed {
				continue
			}
			if d := editDistance(s.key, text, allowed); d <= allowed {
				visit(s, d)
			}
		}
	}
}

// tolerance is how many letters of a label of n letters may be misread.
func tolerance(n int) int {
	switch {
	case n <= 5:
		return 0
	case n <= 9:
		return 1
	case n <= 14:
		return 2
	}
	return n / 5
}

// letters counts the letters and digits of a key.
type letters [36]int8

func count(s string) letters {
	var c letters
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			c[r-'A']++
		case r >= '0' && r <= '9':
			c[26+r-'0']++
		}
	}
	return c
}

// distance is a lower bound of twice the edit distance between the counted texts.
func (c letters) distance(o letters) int {
	n := 0
	for i := range c {
		if d := int(c[i]) - int(o[i]); d > 0 {
			n += d
		} else {
			n -= d
		}
	}
	return n
}

// editDistance is the Levenshtein distance of a and b, or any number above limit as soon as it must exceed it.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal, least := row[0], i
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
			least = min(least, row[j])
		}
		if least > limit {
			return limit + 1
		}
	}
	return row[len(b)]
}

// anchor is a printed label found on a sheet.
type anchor struct {
	id      labelID
	tokens  []*token
	first   rect // the first line
	box     rect // all of it
	place   place
	errors  int  // letters that differ from the label as it should be
	guessed bool // stands where the form has the label; its words were not read
	of      labelID
}

// findAnchors finds the printed labels of a sheet and marks their tokens.
func findAnchors(s *sheet, words lexicon) []anchor {
	var found []anchor
	for _, line := range s.lines {
		for i := range line {
			found = append(found, anchorsAt(s, words, line, i)...)
		}
	}
	// Longer labels win over those inside them, better readings over worse ones.
	slices.SortStableFunc(found, func(a, b anchor) int {
		if d := letterCount(b.tokens) - b.errors - letterCount(a.tokens) + a.errors; d != 0 {
			return d
		}
		if a.errors != b.errors {
			return a.errors - b.errors
		}
		return compare(a.box.height(), b.box.height()) // words of one line before those of two
	})
	taken := map[*token]bool{}
	var kept []anchor
	for _, a := range found {
		if slices.ContainsFunc(a.tokens, func(t *token) bool { return taken[t] }) {
			continue
		}
		for _, t := range a.tokens {
			taken[t], t.label = true, true
		}
		kept = append(kept, a)
	}
	slices.SortStableFunc(kept, func(a, b anchor) int { return compare(a.first.cy(), b.first.cy()) })
	return kept
}

func letterCount(ts []*token) int {
	n := 0
	for _, t := range ts {
		n += len(t.key)
	}
	return n
}

// anchorsAt gives the labels that begin with the i-th token of a line.
func anchorsAt(s *sheet, words lexicon, line []*token, i int) []anchor {
	if line[i].key == "" || isTick(line[i].text) {
		return nil
	}
	var found []anchor
	text := ""
	for j := i; j < len(line) && len(text) <= words.longest; j++ {
		if j > i && !adjacent(line[j-1], line[j]) && gap(line[j-1], line[j]) > 3*line[j].box.height() {
			break
		}
		if text += line[j].key; line[j].key == "" && j > i && line[j].text != ":" {
			continue
		}
		fuzzy := line[i].source == certificate.OCR
		words.lookup(text, fuzzy, func(sp *spelling, errors int) {
			run := line[i : j+1]
			if errors > 0 && sp.id == insuredLabel && (strings.HasPrefix(text, "INSURER") || strings.HasPrefix(text, "INSUREDS")) {
				return // INSURER D differs from INSURED by one letter, and so do the insureds of a sentence
			}
			if (sp.id == yesNoLabel || sp.id == notApplicable) && !strings.Contains(textOf(run), "/") {
				return // a Y or N that is written beside an A or N, not the label
			}
			if sp.label.first && !begins(line, i) && !(coverageRow(sp.id) && introduced(line, i)) || sp.alone && !ends(line, j) || sp.colon && !colonAfter(line, j) && !(sp.id == insurerLabel && colonLost(line, j)) {
				return
			}
			if sp.id == perPolicyTick && colonAfter(line, j) {
				return // "Policy:" has its number behind it
			}
			a := anchor{id: sp.id, tokens: slices.Clone(run), first: boundsOf(run), place: sp.place, errors: errors, of: sp.of}
			a.box = a.first
			if sp.below != "" {
				second := s.below(a.first, sp.below, fuzzy)
				if second == nil {
					return
				}
				a.tokens = append(a.tokens, second...)
				a.box = a.box.union(boundsOf(second))
			}
			found = append(found, a)
		})
	}
	return found
}

// below finds the second line of a label: a run of tokens with the given key that starts just under the first line.
func (s *sheet) below(above rect, want string, fuzzy bool) []*token {
	for _, line := range s.lines {
		for i, t := range line {
			down := t.box.cy() - above.cy()
			if down < 0.4*above.height() || down > 2.1*max(above.height(), s.em) || t.box.x0 > above.x1 || t.box.x1 < above.x0-0.5*s.em {
				continue
			}
			text := ""
			for j := i; j < len(line) && len(text) <= len(want); j++ {
				text += line[j].key
				if text == want || fuzzy && len(want) > 3 && editDistance(want, text, tolerance(len(want))) <= tolerance(len(want)) {
					return line[i : j+1]
				}
			}
		}
	}
	return nil
}

// gap is the free space between two tokens of a line, on a typewriter less what its letters leave free on their sides.
func gap(a, b *token) float64 {
	free := b.box.x0 - a.box.x1
	if a.pitch > 0 && a.pitch == b.pitch {
		return max(0, free-typewriterSides*a.pitch)
	}
	return free
}

// adjacent reports whether b follows a as the next word of a text does.
func adjacent(a, b *token) bool {
	return b.glued || gap(a, b) < 0.9*max(a.box.height(), b.box.height())
}

// begins reports whether the i-th token of a line starts a text: only a tick, an insurer's letter, a date or number of the column
// before it, or ruling may stand before it. A printed tick begins the text of its box, however near the one before it ends.
func begins(line []*token, i int) bool {
	for i--; i >= 0; i-- {
		before, t := line[i], line[i+1]
		if !t.glued && gap(before, t) >= clearGap(t)*min(before.box.height(), t.box.height()) ||
			before.source == certificate.Text && !before.glued && isTick(before.text) {
			return true
		}
		if before.source == certificate.Text && isAmount(before) && i > 0 && gap(line[i-1], before) > 2*before.box.height() {
			return true // an amount at the right end of its cell, far from its own label
		}
		if i == 0 && ordinal.MatchString(before.text) || before.source != certificate.OCR && parts(before) {
			return true
		}
		if len(before.key) > 1 && !isTick(before.text) && !strings.ContainsAny(before.key, "0123456789") || strings.ContainsAny(before.text, ".,;") {
			return false
		}
	}
	return true
}

// ordinal matches what numbers a heading: "1.", "2)", "(3)", "a.", "iv)", and the bullet of a list.
var ordinal = regexp.MustCompile(`^(?:\(?(?:\d{1,2}|[a-h]|[ivx]{1,4})[.)]|[•●▪◦‣*–-])$`)

// introduced reports whether the words before the i-th token of a line say with a colon that the name of a coverage follows:
// "Coverage: General Liability".
func introduced(line []*token, i int) bool {
	if i == 0 || !strings.HasSuffix(line[i-1].text, ":") {
		return false
	}
	text := ""
	for _, t := range line[:i] {
		text += t.key
	}
	switch text {
	case "COVERAGE", "COVERAGETYPE", "TYPEOFCOVERAGE", "TYPEOFINSURANCE", "LINEOFBUSINESS", "POLICYTYPE", "TYPEOFPOLICY":
		return true
	}
	return false
}

// clearGap is the space before a word that parts texts, in heights. OCR measures heights without the space above and below
// letters, so that the same space is more of them.
func clearGap(t *token) float64 {
	if t.source == certificate.OCR {
		return 1
	}
	return 0.7
}

// ends reports whether a text ends with the j-th token of a line, or a colon there says that a value follows.
func ends(line []*token, j int) bool {
	if strings.HasSuffix(line[j].text, ":") {
		return true
	}
	if strings.HasSuffix(line[j].text, ".") || strings.HasSuffix(line[j].text, ",") {
		return false
	}
	return j+1 == len(line) || !adjacent(line[j], line[j+1]) || strings.HasPrefix(line[j+1].text, ":") || translation(line, j) > 0
}

// colonAfter reports whether a colon follows the j-th token of a line.
func colonAfter(line []*token, j int) bool {
	return strings.HasSuffix(line[j].text, ":") || j+1 < len(line) && strings.HasPrefix(line[j+1].text, ":")
}

// colonLost reports whether OCR may have overlooked the colon after the j-th token of a line: a value begins far from it.
func colonLost(line []*token, j int) bool {
	return line[j].source == certificate.OCR && j+1 < len(line) && gap(line[j], line[j+1]) > 5*line[j].box.height()
}

func boundsOf(ts []*token) rect {
	r := ts[0].box
	for _, t := range ts[1:] {
		r = r.union(t.box)
	}
	return r
}

// find gives the anchors of a label from top to bottom.
func (s *sheet) find(id labelID) []anchor {
	var out []anchor
	for _, a := range s.anchors {
		if a.id == id {
			out = append(out, a)
		}
	}
	return out
}

// one gives the anchor of a label that fits the form best, or the first where the form is not known.
func (s *sheet) one(id labelID) (anchor, bool) {
	as := s.find(id)
	if len(as) == 0 {
		return anchor{}, false
	}
	if !s.form.ok || as[0].place == (place{}) {
		return as[0], true
	}
	return slices.MinFunc(as, func(a, b anchor) int {
		return compare(s.form.miss(a), s.form.miss(b))
	}), true
}
