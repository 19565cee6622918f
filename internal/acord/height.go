package acord

import (
	"math"
	"strings"

	"certflow/internal/certificate"
)

// tooHigh is how many times as high as the words beside it a box of OCR's is that holds more than its word. A word with brackets or
// letters that go below the line is 1.4 times as high as one of capitals.
const tooHigh = 1.6

// lowered gives the words that OCR boxed together with a ruled line or with dirt above or below them the height of the words beside
// them, since lines are told by the middles of boxes. It changes only where a word lies for the reader; evidence keeps what OCR said.
func lowered(ts []*token) {
	em := typeHeight(ts)
	for range 4 { // a word that was lowered tells of its neighbour
		changed := false
		for _, t := range ts {
			if t.source != certificate.OCR || t.key == "" || t.box.height() < tooHigh*em {
				continue
			}
			if beside, ok := lineBeside(ts, t); ok {
				t.box.y0, t.box.y1 = beside.y0, beside.y1
				changed = true
			}
		}
		if !changed {
			return
		}
	}
}

// lineBeside is the line of the words next to one: they lie within its height, it is too high beside each of them, and they stand in
// one line.
func lineBeside(ts []*token, t *token) (line rect, ok bool) {
	for _, n := range ts {
		h := n.box.height()
		apart := math.Max(n.box.x0-t.box.x1, t.box.x0-n.box.x1)
		if n == t || n.source != certificate.OCR || !tellsHeight(n) || apart < -0.3*h || apart > 3*h || t.box.height() < tooHigh*h {
			continue
		}
		if n.box.y0 < t.box.y0-0.25*h || n.box.y1 > t.box.y1+0.25*h {
			continue
		}
		if ok && sameLine(line, n.box) < 0.6 {
			return rect{}, false
		}
		if !ok {
			line, ok = n.box, true
			continue
		}
		line = line.union(n.box)
	}
	return line, ok
}

// tellsHeight reports whether a word is as high as its type: it holds a capital, a digit or a letter that goes above the line.
func tellsHeight(t *token) bool {
	return len(t.key) > 1 && strings.ContainsAny(t.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789bdfhklt")
}
