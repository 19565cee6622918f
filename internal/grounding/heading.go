package grounding

import (
	"slices"
	"strings"
	"unicode"
)

// headings finds the rows of coverages that no label is known for, so that what stands in them is not taken for the row's above.
// Whatever is headed like a coverage is a row of its own: one too many costs certainty, and one too few would be believed.
func (s *sheet) headings() {
	var found []labelled
	for _, l := range s.lines {
		if l.box[1] <= s.firstRow || l.box[1] > s.freeText {
			continue
		}
		ts := firstRun(l)
		if len(ts) == 0 || ts[0].box[0] > 0.45*s.width || slices.ContainsFunc(ts, s.labelled) {
			continue
		}
		row := s.rowAt(ts[0])
		if namesCoverage(ts) || row != nil && ts[0].box[0] <= row.box[0]+3 && headed(ts) && !ofTheForm(ts) {
			found = append(found, labelled{kind: rowLabel, names: []string{foreign}, tokens: ts, box: bounds(ts)})
		}
	}
	s.labels = append(s.labels, found[:min(len(found), max(0, maxLabels-len(s.labels)))]...)
}

// labelled reports whether a token is a part of a label.
func (s *sheet) labelled(t *token) bool {
	return slices.ContainsFunc(s.labels, func(l labelled) bool { return l.holds(t) })
}

// firstRun is the words with which a line begins, up to a wide space, without the ticks and letters before them. Values of form fields
// and longer texts are no headings.
func firstRun(l line) []*token {
	const mostWords = 8
	var out []*token
	for _, t := range l.tokens {
		switch {
		case len(out) == 0 && len(t.key) <= 2:
			continue
		case t.field > 0 || len(out) > mostWords:
			return nil
		case len(out) > 0 && gap(out[len(out)-1], t) > sameRun*t.height():
			return out
		}
		out = append(out, t)
	}
	return out
}

// namesCoverage reports whether words say that they are a coverage's name.
func namesCoverage(ts []*token) bool {
	return slices.ContainsFunc(ts, func(t *token) bool {
		switch t.key {
		case "LIABILITY", "LIAB", "INSURANCE", "COVERAGE", "BOND", "BONDS", "SURETY", "FLOATER", "INDEMNITY", "MARINE", "PROPERTY", "MALPRACTICE":
			return true
		}
		return false
	})
}

// headed reports whether words are written as a heading is: in capital letters alone, and without a value after a colon.
func headed(ts []*token) bool {
	letters := 0
	for _, t := range ts {
		for _, r := range t.text {
			if unicode.IsLower(r) || unicode.IsDigit(r) {
				return false
			}
			if unicode.IsLetter(r) {
				letters++
			}
		}
	}
	return letters > 2 && !strings.HasSuffix(ts[len(ts)-1].text, ":")
}

// ofTheForm reports whether words are ACORD 25's own in the first column of a row, where OCR and narrow columns part them in many ways.
func ofTheForm(ts []*token) bool {
	return !slices.ContainsFunc(ts, func(t *token) bool {
		switch t.key {
		case "", "POLICY", "PROJECT", "PRO", "JECT", "LOC", "OTHER", "OWNED", "AUTOS", "ONLY", "HIRED", "SCHEDULED", "NON", "NONOWNED", "ALL", "ANY", "AUTO",
			"DED", "RETENTION", "DEDUCTIBLE", "OCCUR", "CLAIMS", "MADE", "CLAIMSMADE", "AND", "EMPLOYERS", "GENL", "AGGREGATE", "LIMIT", "APPLIES", "PER",
			"STATUTE", "OFFICER", "MEMBER", "OFFICERMEMBER", "EXCLUDED", "PROPRIETOR", "PARTNER", "EXECUTIVE", "PROPRIETORPARTNEREXECUTIVE",
			"MANDATORY", "NH", "YN", "NA":
			return false
		}
		return true
	})
}

// opens reports whether a label begins a text of its own: in the midst of a sentence its words label nothing.
func (s *sheet) opens(l *labelled) bool {
	first := l.tokens[0]
	if first.pos == 0 {
		return true
	}
	before := s.lines[first.line].tokens[first.pos-1]
	return first.field != before.field || gap(before, first) > sameRun*first.height() || before.key == "" || strings.HasSuffix(before.text, ":") ||
		tick(before) || printedAmount(before.text) || s.labelled(before)
}

// printedAmount reports whether a word is an amount by the look of it, and not a number that may be anything.
func printedAmount(text string) bool {
	_, ok := readAmount(text)
	return ok && strings.ContainsAny(text, "$,")
}
