package acord

import (
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// boxedWords are the words that stand beside a printed box, as in "[X] Occurrence".
type boxedWords struct {
	ticked bool
	mark   []*token // the box
	words  []*token
	doubt  float64
}

// setBoxes finds the lines of printed boxes with words beside them, and takes back the labels inside them: which of them hold is said by
// the boxes. OCR reads boxes too badly for that.
func (s *sheet) setBoxes() map[rect][]boxedWords {
	out := map[rect][]boxedWords{}
	for _, line := range s.lines {
		for _, piece := range pieces(line, columnGap) {
			boxes := boxesIn(piece)
			if len(boxes) == 0 || answers(boxes) {
				for _, b := range boxes {
					b.hide(!b.ticked) // what is left is the answer
				}
				continue
			}
			boxes = s.withoutCoverages(boxes)
			if len(boxes) == 0 {
				continue
			}
			var all []*token
			for _, b := range boxes {
				all = append(append(all, b.mark...), b.words...)
			}
			s.dropAnchors(func(a anchor) bool {
				return slices.ContainsFunc(a.tokens, func(t *token) bool { return slices.Contains(all, t) })
			})
			for i, b := range boxes {
				boxes[i].words = cloned(cell{tokens: b.words}).tokens
				b.hide(true)
			}
			at := boundsOf(all)
			out[at] = boxes
			s.anchors = append(s.anchors, anchor{id: boxesLine, tokens: all, first: at, box: at})
		}
	}
	return out
}

// columnGap is the space that parts columns, in heights of type.
const columnGap = 3

// hide makes of a box and, where asked, of its words what is no value of another label.
func (b boxedWords) hide(words bool) {
	for _, t := range b.mark {
		t.label = true
	}
	if words {
		for _, t := range b.words {
			t.label = true
		}
	}
}

// boxesIn are the boxes of a text with the words of each: those behind it, or those before it where the text ends with a box.
func boxesIn(piece []*token) []boxedWords {
	var out []boxedWords
	var before []*token
	trailing := false
	for i := 0; i < len(piece); i++ {
		t := piece[i]
		n, ticked := boxAt(piece[i:])
		if t.label {
			n = 0
		}
		switch {
		case n == 0 && len(out) == 0:
			before = append(before, t)
		case n == 0:
			out[len(out)-1].words = append(out[len(out)-1].words, t)
		default:
			out = append(out, boxedWords{ticked: ticked, mark: piece[i : i+n], doubt: 1})
			i += n - 1
			trailing = i == len(piece)-1
		}
	}
	switch {
	case len(out) == 0 || len(before) == 0 && !trailing:
	case trailing && len(before) > 0: // "Occurrence [X] Claims-Made [ ]"
		for i := range out {
			words := out[i].words
			out[i].words = before
			before = words
		}
	case len(before) > 0 && !strings.HasSuffix(before[len(before)-1].text, ":"):
		for i := range out { // either way makes sense
			out[i].doubt = misplaced
		}
	}
	return slices.DeleteFunc(out, func(b boxedWords) bool { return len(b.words) == 0 })
}

// boxAt counts the words that make the printed box at the beginning of a text, 0 where none is there.
func boxAt(ts []*token) (n int, ticked bool) {
	text := ts[0].text
	switch {
	case ts[0].source == certificate.OCR:
	case emptyBox.MatchString(text):
		return 1, false
	case (text == "[" || text == "(") && len(ts) > 1 && (ts[1].text == "]" || ts[1].text == ")"):
		return 2, false
	case (text == "[" || text == "(") && len(ts) > 2 && isTick(ts[1].text) && (ts[2].text == "]" || ts[2].text == ")"):
		return 3, true
	case isTick(text) && key(text) != text:
		return 1, text != "•" && text != "●" && text != "■" && text != "×" // which are bullets as often
	}
	return 0, false
}

// answers reports whether boxes are those of a question: "[X] Yes [ ] No".
func answers(boxes []boxedWords) bool {
	return !slices.ContainsFunc(boxes, func(b boxedWords) bool {
		switch key(textOf(b.words)) {
		case "YES", "NO", "Y", "N", "NA":
			return false
		}
		return true
	})
}

// withoutCoverages leaves those boxes out whose words are the heading of a coverage. An empty one beside a ticked one names none.
func (s *sheet) withoutCoverages(boxes []boxedWords) []boxedWords {
	names := func(b boxedWords) bool {
		return slices.ContainsFunc(s.anchors, func(a anchor) bool { return coverageRow(a.id) && slices.Contains(b.words, a.tokens[0]) })
	}
	chosen := slices.ContainsFunc(boxes, func(b boxedWords) bool { return b.ticked && names(b) })
	return slices.DeleteFunc(boxes, func(b boxedWords) bool {
		if !names(b) || !b.ticked && chosen {
			return false
		}
		b.hide(false)
		return true
	})
}

// takeBoxes gives a coverage what the boxes of a line say of it.
func (p *plainReader) takeBoxes(boxes []boxedWords) {
	c := p.current
	if c == nil {
		return
	}
	for _, b := range boxes {
		words, mark := cell{tokens: b.words, doubt: b.doubt, ticked: true}, cell{tokens: b.mark, doubt: b.doubt}
		if !b.ticked {
			continue
		}
		switch k := key(words.text()); {
		case strings.HasPrefix(k, "ADDITIONALINS") || strings.HasPrefix(k, "ADDLINS"):
			take(&c.policy.addl, mark)
		case strings.HasPrefix(k, "WAIVEROFSUBR") || strings.HasPrefix(k, "SUBROGATIONWAIVE") || strings.HasPrefix(k, "SUBRW"):
			take(&c.policy.subr, mark)
		default:
			c.words = append(c.words, words)
		}
	}
}

// answersIn are the answers that a row of a table has behind questions among the words of its coverage, such as "Waiver of Subrogation: Yes",
// however far they run over into the next column: they are taken out of the cells there.
func (s *sheet) answersIn(g grid, r span, cells map[labelID]cell) map[labelID]cell {
	out := map[labelID]cell{}
	for _, line := range s.lines {
		if !r.holds(boundsOf(line).cy()) {
			continue
		}
		for _, piece := range pieces(line, columnGap/2.) {
			i := slices.IndexFunc(piece, func(t *token) bool { return strings.HasSuffix(t.text, ":") })
			if i < 0 || i+1 >= len(piece) || g.column(piece[0].box.x0).id != typeColumn {
				continue
			}
			answer := piece[i+1]
			switch answer.key {
			case "YES", "NO", "Y", "N", "X":
			default:
				continue
			}
			id := labelID("")
			switch k := key(textOf(piece[:i+1])); {
			case strings.HasPrefix(k, "ADDITIONALINS") || strings.HasPrefix(k, "ADDLINS"):
				id = addlTick
			case strings.HasPrefix(k, "WAIVEROFSUBR") || strings.HasPrefix(k, "SUBROGATIONWAIVE"):
				id = waiverTick
			case strings.Contains(k, "EXCLUDED"):
				id = proprietorLabel
			default:
				continue
			}
			out[id] = cloned(cell{tokens: piece[i+1 : i+2], doubt: 1})
			for column, c := range cells {
				c.tokens = slices.DeleteFunc(slices.Clone(c.tokens), func(t *token) bool { return t.box == answer.box })
				cells[column] = c
			}
		}
	}
	return out
}
