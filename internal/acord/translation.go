package acord

import (
	"strings"

	"certflow/internal/certificate"
)

// translation counts the words behind the j-th token of a line that say a label once more, in another language or by another name, behind a
// stroke or dot: "Policy Number / Número de póliza". 0 where none do: then the stroke parts values, or labels.
func translation(line []*token, j int) int {
	if j+2 >= len(line) || line[j].source != certificate.Text || strings.HasSuffix(line[j].text, ":") {
		return 0
	}
	switch line[j+1].text {
	case "/", "·", "•", "|", "–", "-":
	default:
		return 0
	}
	n := 1
	for i := j + 2; i < len(line); i++ {
		t := line[i]
		if gap(line[i-1], t) > 1.5*t.box.height() {
			break
		}
		if strings.ContainsAny(t.text, "0123456789$@/") || isTick(t.text) || n > mostTranslated {
			if n > 1 && gap(line[i-1], t) > clearGap(t)*t.box.height() {
				break // the value
			}
			return 0
		}
		n++
		if strings.HasSuffix(t.text, ":") {
			break
		}
	}
	if n < 2 {
		return 0
	}
	return n
}

// mostTranslated is how many words a label has in another language at most.
const mostTranslated = 7

// withTranslations takes what says a label once more into the label, unless a label of another kind stands there.
func withTranslations(s *sheet, anchors []anchor) []anchor {
	if s.form.ok {
		return anchors
	}
	for i, a := range anchors {
		last := a.tokens[len(a.tokens)-1]
		for _, line := range s.lines {
			for j, t := range line {
				if t != last {
					continue
				}
				n := translation(line, j)
				rest := line[j+1 : j+1+n]
				for _, t := range rest {
					if t.label {
						n = 0
					}
				}
				if n == 0 || sameLine(a.first, boundsOf(rest)) < 0.5 {
					break
				}
				for _, t := range rest {
					t.label = true
				}
				anchors[i].tokens = append(a.tokens[:len(a.tokens):len(a.tokens)], rest...)
				anchors[i].first = boundsOf(anchors[i].tokens)
				anchors[i].box = anchors[i].first
			}
		}
	}
	return anchors
}
