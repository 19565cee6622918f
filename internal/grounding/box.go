package grounding

import (
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

func itoa(n int) string { return strconv.Itoa(n) }

// box grounds a box that may be ticked. Words show at most that a mark stands at its place, which is why nothing here reaches
// Certain; what can be seen of the box itself is the layout reader's to say.
func (g *ground) box(path string, field certificate.Field, want bool) found {
	switch field.Name {
	case addlColumn, waiverColumn:
		return g.inColumn(path, field.Name, want)
	case signature:
		return g.signed(want)
	}
	if want {
		return g.marked(path, field.Name)
	}
	f := g.marked(path, field.Name)
	switch {
	case f.confidence >= ticked: // there is a mark at a box that is said to have none
		return f.atMost(unmarked)
	case f.confidence > 0:
		f.confidence = elsewhere
	}
	return f
}

// marked grounds a ticked box by the mark right before its label, in the row of its coverage.
func (g *ground) marked(path, name string) found {
	row := rowOf(path)
	best := none()
	for _, s := range g.sheets {
		for i := range s.labels {
			l := &s.labels[i]
			if !l.is(boxLabel, name) {
				continue
			}
			if at := s.rowAt(l.tokens[0]); at == nil || !at.is(rowLabel, row) {
				best = better(best, found{s, l.tokens, unmarked / 2})
				continue
			}
			f := found{s, l.tokens, unmarked}
			if mark := s.markBefore(l.box); mark != nil {
				f.tokens, f.confidence = append([]*token{mark}, l.tokens...), ticked
			} else if s.pressed(l.box) {
				f.confidence = ticked
			}
			best = better(best, f)
		}
	}
	return best
}

// tick reports whether a word is what people put into a box.
func tick(t *token) bool {
	switch strings.ToUpper(strings.Trim(t.text, "[](){}")) {
	case "X", "XX", "✓", "✔", "☒", "☑", "✗", "✘", "■":
		return true
	}
	return false
}

// markBefore is the tick that stands right before a label, or nil.
func (s *sheet) markBefore(l certificate.Box) *token {
	for _, line := range s.lines {
		for _, t := range line.tokens {
			if off := t.middle() - (l[1]+l[3])/2; tick(t) && t.box[2] <= l[0]+2 && l[0]-t.box[2] < 16 && off < 6 && off > -6 {
				return t
			}
		}
	}
	return nil
}

// pressed reports whether a button of the form that is on stands right before a label.
func (s *sheet) pressed(l certificate.Box) bool {
	for _, b := range s.buttons {
		if off := (b.Box[1]+b.Box[3])/2 - (l[1]+l[3])/2; b.On && b.Box[2] <= l[0]+2 && l[0]-b.Box[2] < 16 && off < 8 && off > -8 && b.Confidence() == 1 {
			return true
		}
	}
	return false
}

// inColumn grounds the boxes ADDL INSD and SUBR WVD by the letter under the head of their column, in the row.
func (g *ground) inColumn(path, name string, want bool) found {
	row := rowOf(path)
	best := none()
	for _, s := range g.sheets {
		for i := range s.labels {
			head := &s.labels[i]
			if !head.is(columnLabel, name) {
				continue
			}
			best = better(best, found{s, head.tokens, unmarked / 2})
			for _, l := range s.lines {
				for _, t := range l.tokens {
					yes := tick(t) || t.key == "Y" || t.key == "YES"
					no := t.key == "N" || t.key == "NO"
					at := s.rowAt(t)
					if !yes && !no || at == nil || !at.is(rowLabel, row) || t.box[1] < head.box[3]-2 || t.box[0] < head.box[0]-6 || t.box[2] > head.box[2]+6 {
						continue
					}
					if yes == want {
						best = better(best, found{s, []*token{t}, ticked})
					}
				}
			}
		}
	}
	return best
}

// signed grounds a signature by the label over which it stands: what is drawn there is no word.
func (g *ground) signed(bool) found {
	best := none()
	for _, s := range g.sheets {
		for i := range s.labels {
			if l := &s.labels[i]; l.is(sectionLabel, signature) {
				best = better(best, found{s, l.tokens, unmarked})
			}
		}
	}
	return best
}
