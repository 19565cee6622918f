package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// isTick reports whether a word is a mark in a tick box. OCR makes the box's own lines part of it.
func isTick(text string) bool {
	switch strings.ToUpper(strings.Trim(text, " |[](){}_-.,;:'!")) {
	case "X", "XX", "✓", "✔", "☒", "☑", "✗", "✘", "✕", "✖", "×", "•", "●", "■", "⊠", "🗹", "🗷", "√":
		return true
	}
	return misreadTick.MatchString(text)
}

// misreadTick matches a ticked box that is printed as [X], one of whose brackets OCR took for a letter or digit.
var misreadTick = regexp.MustCompile(`^(?:[\[({|][Xx][Il1J]|[Il1J][Xx][\])}|])$`)

// ticks are the marks in tick boxes: for each ticked label, by its index in sheet.anchors, the mark.
type ticks map[int]cell

// tickable lists the labels that have a box before them.
func tickable(id labelID) bool {
	switch id {
	case glRow, umbrellaRow, excessRow, claimsMadeTick, occurTick, anyAutoTick, ownedTick, scheduledTick, hiredTick, nonOwnedTick,
		perPolicyTick, perProjectTick, perLocationTick, otherTick, deductibleTick, retentionTick, statuteTick, statuteOtherTick,
		addlTick, waiverTick:
		return true
	}
	return false
}

// findTicks gives each tick to the label whose box it stands in: the one that begins within reach right of it, nearest to
// its height. What stands left of no label is no tick.
func findTicks(s *sheet) ticks {
	found := ticks{}
	give := func(box rect, c cell) bool {
		best, ok := s.boxOwner(box)
		if !ok {
			return false
		}
		if have, twice := found[best]; !twice || have.engine() < c.engine() {
			found[best] = c
		}
		return true
	}
	for _, t := range s.tokens {
		if !t.label && isTick(t.text) && give(t.box, cell{tokens: []*token{t}, doubt: 1}) {
			t.tick = true
		}
	}
	for _, t := range s.drawnTicks() {
		give(t.box, cell{tokens: []*token{t}, doubt: 1})
	}
	return found
}

// boxReach is how far left of its label the middle of a tick box stands at most, in points of the standard form.
const boxReach = 26

// boxOwner gives the index of the label whose tick box stands at a place.
func (s *sheet) boxOwner(box rect) (index int, ok bool) {
	reach := float64(boxReach)
	if s.form.ok {
		reach *= s.form.xScale
	}
	nearest := math.Inf(1)
	for i, a := range s.anchors {
		dx, dy := a.first.x0-box.cx(), math.Abs(box.cy()-a.box.cy())
		if dx < 0 && a.first.x0 < box.x1 && dx > -0.35*a.first.width() {
			dx = 0 // OCR took the box for a part of the word
		}
		if !tickable(a.id) || dx < 0 || dx > reach || dy > a.box.height()/2+0.4*s.em && !a.guessed || s.form.ok && dy > 0.55*standardPitch*s.form.yScale {
			continue
		}
		if d := dx + 1.5*dy; d < nearest {
			index, nearest, ok = i, d, true
		}
	}
	return index, ok
}

// isBox reports whether a mark has the size of a tick box.
func isBox(m mark) bool {
	w, h := m.box.width(), m.box.height()
	return m.kind == page.Frame && w >= 5 && w <= 26 && h >= 5 && h <= 20
}

// tickBoxes are the frames that may be tick boxes. A cell of the table around a box is none.
func tickBoxes(marks []mark) []mark {
	var out []mark
	for _, m := range marks {
		if !isBox(m) {
			continue
		}
		inner := slices.ContainsFunc(marks, func(o mark) bool {
			return isBox(o) && o.box != m.box && o.box.width() <= m.box.width() && o.box.height() <= m.box.height() && m.box.holds(o.box)
		})
		if !inner {
			out = append(out, m)
		}
		if len(out) > maxBoxes {
			break
		}
	}
	return out
}

// maxBoxes bounds the search for ticks; a form has some sixty frames.
const maxBoxes = 400

// drawnTicks are the marks in tick boxes that are no text, as tokens: drawings and small images on a page of text, and boxes that
// hold ink on a picture.
func (s *sheet) drawnTicks() []*token {
	var out []*token
	add := func(m mark, conf float64) {
		out = append(out, &token{text: "X", key: "X", box: m.box, at: m.at, source: s.source(), conf: conf, tick: true})
	}
	looked, conf := s.looked(), 1.0
	if looked {
		full, some := inkOf(s.boxes)
		for _, m := range s.boxes {
			switch {
			case m.ink >= full:
				add(m, 1)
			case m.ink >= some:
				add(m, inferred)
			}
		}
		conf = inferred // ink that no word explains may be dirt
	}
	if s.source() == certificate.OCR {
		return out
	}
	for _, m := range s.marks {
		w, h := m.box.width(), m.box.height()
		if w < 2 || w > 18 || h < 2 || h > 16 {
			continue
		}
		switch {
		case m.kind == page.Drawing || m.kind == page.Image:
			add(m, conf)
		case m.kind == page.Frame && m.ink > halfBlack && !looked:
			add(m, inferred) // a black square: some issuers print their boxes so
		}
	}
	return out
}

// halfBlack is how dark a printed square is that may be a mark; a shaded box is lighter.
const halfBlack = 0.5

// blot finds what stands in the box of a label and is no mark that is known: a letter or two of a font whose codes say something else
// than it shows, a large drawing, a picture. It gives a token for it. Where something stands a box is not seen to be empty.
func (s *sheet) blot(index int) (*token, bool) {
	a := s.anchors[index]
	reach := 20.0
	if s.form.ok {
		reach *= s.form.xScale
	}
	box := rect{a.first.x0 - reach, a.box.cy() - 0.5*s.em, a.first.x0 - 1, a.box.cy() + 0.5*s.em}
	for _, t := range s.tokens {
		if t.label || t.tick || utf8.RuneCountInString(t.text) > 2 || isEmptyBox(t.text) || !box.holds(t.box) {
			continue
		}
		if owner, ok := s.boxOwner(t.box); ok && owner == index {
			return t, true
		}
	}
	for _, m := range s.marks {
		if m.kind != page.Drawing && m.kind != page.Image || m.box.x1 <= box.x0 || m.box.x0 >= box.x1 || m.box.y1 <= box.y0 || m.box.y0 >= box.y1 {
			continue
		}
		if m.kind == page.Image && !s.looked() || m.kind == page.Drawing && max(m.box.width(), m.box.height()) < widestScrawl {
			return &token{text: "▪", box: m.box, at: m.at, source: certificate.Text, conf: 1}, true
		}
	}
	return nil, false
}

// widestScrawl is the size in points up to which a drawing over a tick box may be a mark made by hand; what is larger runs across the form.
const widestScrawl = 60

// isEmptyBox reports whether a word is what forms print for a box without a mark, or a line between columns.
func isEmptyBox(text string) bool {
	return strings.Trim(text, "□☐○◯❏❑❒❍|[](){}_-–—.,;:'!") == ""
}

// looked reports whether the page's pictures were read by OCR.
func (s *sheet) looked() bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool { return t.source == certificate.OCR })
}

// inkOf says how much ink in a tick box of a picture is a mark, and how much may be one. A mark fills a seventh of a large box and
// half of a small one, but all boxes of a form much alike; dust and thick borders stay well below.
func inkOf(boxes []mark) (full, some float64) {
	var marked []float64
	for _, m := range boxes {
		if m.ink > 0.12 {
			marked = append(marked, m.ink)
		}
	}
	if len(marked) == 0 {
		return 0.09, 0.04
	}
	usual := median(marked)
	return 0.5 * usual, 0.25 * usual
}

// emptyBox finds the tick box that is seen to be empty before a label.
func (s *sheet) emptyBox(index int) (box mark, ok bool) {
	_, some := inkOf(s.boxes)
	for _, m := range s.boxes {
		if m.ink >= some {
			continue
		}
		if owner, found := s.boxOwner(m.box); found && owner == index {
			return m, true
		}
	}
	return mark{}, false
}

// source is where most words of the sheet come from.
func (s *sheet) source() certificate.Source {
	n := 0
	for _, t := range s.tokens {
		if t.source == certificate.OCR {
			n++
		}
	}
	if 2*n > len(s.tokens) {
		return certificate.OCR
	}
	return certificate.Text
}
