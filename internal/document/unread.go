package document

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Sizes in pixels at 300 dpi of ink that may be letters which tesseract passed over, mostly single ones: the X, Y and N of
// narrow columns and tick boxes.
const (
	letterLow    = 14
	letterHigh   = 72
	letterThin   = 3
	widestPatch  = 500
	maxPatches   = 160
	unsure       = 0.6 // confidence below which a word is looked at again
	unsureDigits = 0.94
	disputed     = 0.5 // confidence at most of a word with digits that reads differently the second time
	leastSure    = 0.4 // confidence below which a second reading is noise
	patchInk     = 3   // around a place that is copied
	patchMargin  = 40  // of white around that
)

const digits = "0123456789"

// place is where a bitmap is looked at again.
type place struct {
	box   rect
	blots int  // pieces of ink it is made of, 0 when unknown
	word  int  // the word that is in doubt there, -1 where none was read
	half  bool // whether the word is two, one over the other, and this is the place of one
}

// unread lists the places of ink that may be letters and that no word explains, and of words that tesseract was unsure of; and
// apart from them the boxes of ink that is too large for letters: signatures, logos.
func (m *bitmap) unread(words []seen, threshold byte) (places []place, strokes []rect) {
	covered := newMask(m.width/2+1, m.height/2+1)
	var doubtful []place
	for i, w := range words {
		b := w.box.grow(2)
		if (w.confidence < unsure || w.confidence < unsureDigits && strings.ContainsAny(w.text, digits)) && w.box.height() <= letterHigh && w.box.width() <= widestPatch {
			upper, lower, ok := m.halves(w.box, threshold)
			if w.confidence < unsure && ok {
				doubtful = append(doubtful, place{box: upper, word: i, half: true}, place{box: lower, word: i, half: true})
			} else {
				doubtful = append(doubtful, place{box: w.box, word: i})
			}
		}
		for y := max(0, int(b.y0)/2); y < min(covered.height, int(b.y1)/2+1); y++ {
			for x := max(0, int(b.x0)/2); x < min(covered.width, int(b.x1)/2+1); x++ {
				covered.bits[y*covered.width+x] = true
			}
		}
	}
	var letters []rect
	for _, b := range m.blots(covered, threshold) {
		if b.height() <= letterHigh && b.width() <= widestPatch {
			letters = append(letters, b)
		} else if len(strokes) < maxPatches {
			strokes = append(strokes, b)
		}
	}
	for _, c := range clusters(letters) {
		if i := cutShort(words, c.box); i >= 0 {
			words[i].box = words[i].box.union(c.box)
			c = place{box: words[i].box, word: i}
		}
		places = append(places, c)
	}
	places = append(places, doubtful...)
	return places[:min(len(places), maxPatches)], strokes
}

// blots are the boxes of connected ink outside of what is covered, found at half the size.
func (m *bitmap) blots(covered *mask, threshold byte) []rect {
	ink := newMask(m.width/2, m.height/2)
	for y := range ink.height {
		for x := range ink.width {
			i := 2*y*m.width + 2*x
			ink.bits[y*ink.width+x] = !covered.bits[y*covered.width+x] &&
				(m.pix[i] < threshold || m.pix[i+1] < threshold || m.pix[i+m.width] < threshold || m.pix[i+m.width+1] < threshold)
		}
	}
	var out []rect
	for _, a := range ink.areas() {
		b := a.box()
		if b = (rect{2 * b.x0, 2 * b.y0, 2 * b.x1, 2 * b.y1}); b.height() >= letterLow && b.width() >= letterThin && a.pixels > 12 {
			out = append(out, b)
		}
	}
	return out
}

// cutShort finds the word whose next letter, or last one, stands in a box: tesseract gives some words boxes that end before their ink does.
// What stands there belongs to the word, or is in its text already, and is no word of its own. It is -1 where there is none.
func cutShort(words []seen, ink rect) int {
	return slices.IndexFunc(words, func(w seen) bool {
		height := min(ink.height(), w.box.height())
		gap := max(ink.x0-w.box.x1, w.box.x0-ink.x1)
		both := w.box.union(ink)
		return min(ink.y1, w.box.y1)-max(ink.y0, w.box.y0) > 0.7*height && gap > -height && gap < 0.2*height && w.box.width() > height &&
			both.height() < 1.3*w.box.height() && both.width() <= widestPatch
	})
}

// halves are the boxes of two lines that touch one another, which tesseract takes for one: between them there is less ink than anywhere
// in the letters. It reports false for a box of one line.
func (m *bitmap) halves(box rect, threshold byte) (upper, lower rect, ok bool) {
	height := int(box.height())
	if height < 2*letterLow || box.width() < 1.5*box.height() {
		return upper, lower, false
	}
	row := func(y int) float64 {
		return m.inkShare(rect{box.x0, box.y0 + float64(y), box.x1, box.y0 + float64(y) + 1}, threshold)
	}
	whole := m.inkShare(box, threshold)
	at := height / 2
	for y := height * 2 / 5; y <= height*3/5; y++ {
		if row(y) < row(at) {
			at = y
		}
	}
	if row(at) > 0.5*whole {
		return upper, lower, false
	}
	upper, lower = box, box
	upper.y1 = box.y0 + float64(at)
	lower.y0 = upper.y1 + 1
	return upper, lower, true
}

// clusters joins blots that stand beside one another on a line, as the letters of a word do.
func clusters(blots []rect) []place {
	slices.SortFunc(blots, func(a, b rect) int { return cmp.Compare(a.x0, b.x0) })
	var out []place
	for _, b := range blots {
		joined := false
		for i := range out {
			o := out[i].box
			overlap := min(o.y1, b.y1) - max(o.y0, b.y0)
			if gap := b.x0 - o.x1; gap < 0.6*b.height() && gap > -b.width() && overlap > 0.5*min(o.height(), b.height()) &&
				o.union(b).width() <= widestPatch && o.union(b).height() <= letterHigh {
				out[i].box = o.union(b)
				out[i].blots++
				joined = true
				break
			}
		}
		if !joined {
			out = append(out, place{box: b, blots: 1, word: -1})
		}
	}
	return out
}

// cut is a copy of a place with white around it.
func (m *bitmap) cut(place rect) *bitmap {
	g := place.grow(patchInk)
	x0, y0 := max(0, int(g.x0)), max(0, int(g.y0))
	x1, y1 := min(m.width, int(g.x1)), min(m.height, int(g.y1))
	w, h := x1-x0+2*patchMargin, y1-y0+2*patchMargin
	out := &bitmap{w, h, bytes.Repeat([]byte{255}, w*h)}
	for y := y0; y < y1; y++ {
		copy(out.pix[(y-y0+patchMargin)*w+patchMargin:], m.pix[y*m.width+x0:y*m.width+x1])
	}
	return out
}

// again merges what was read at the places a second time into words: a better reading of a word replaces it, and what was
// not read before is added. A word that gave way to the two lines that it is keeps its place without a text. Second readings say by page which
// place they are of. Ink that still says nothing comes back as strokes.
func again(words []seen, places []place, second []seen) (all []seen, strokes []rect) {
	for i, found := range byImage(second, len(places)) {
		p := places[i]
		if len(found) == 0 {
			if p.word < 0 {
				strokes = append(strokes, p.box)
			}
			continue
		}
		g := p.box.grow(patchInk)
		dx, dy := max(0, float64(int(g.x0)))-patchMargin, max(0, float64(int(g.y0)))-patchMargin
		for j := range found {
			b := found[j].box
			found[j].box = rect{b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy}
			if p.half { // it reaches into its neighbour otherwise
				found[j].box.y0, found[j].box.y1 = p.box.y0, p.box.y1
			}
			if p.blots == 1 {
				found[j].text = single(found[j].text)
			}
		}
		if p.word >= 0 && !p.half {
			settle(&words[p.word], found)
			continue
		}
		said := false
		for _, w := range found {
			if w.confidence >= leastSure && essence(w.text) != "" && !(p.word < 0 && tooThin(p.box, w.text)) {
				said = true
				w.line = 0
				words = append(words, w)
			}
		}
		switch {
		case p.half && said:
			words[p.word].text = ""
		case !p.half && !said:
			strokes = append(strokes, p.box)
		}
	}
	return words, strokes
}

// settle weighs the second reading of a word against the first. The surer one stands, but of digits that read differently
// nobody can be sure.
func settle(first *seen, found []seen) {
	second := found[0]
	for _, w := range found[1:] {
		second.text += w.text
		second.confidence = min(second.confidence, w.confidence)
	}
	if second.text == first.text {
		first.confidence = max(first.confidence, second.confidence)
		return
	}
	if second.confidence > first.confidence {
		first.text, first.confidence = second.text, second.confidence
	}
	if strings.ContainsAny(first.text+second.text, digits) {
		first.confidence = min(first.confidence, disputed)
	}
}

// narrow are the characters that ink may be which is less than half as wide as it is high.
const narrow = "1IiLlJjTtFfr!|/\\()[]{}:;.,'’"

// tooThin reports whether ink is too narrow for what was read into it: a colon, read as a 3.
func tooThin(ink rect, text string) bool {
	return ink.width() < 0.4*ink.height() && strings.Trim(text, narrow) != ""
}

// single is the reading of a word as narrow as one letter. Tesseract reads a lone X as "xX", "Xx" or "x", and a lone Y as a
// yen sign; of letters that look alike in both sizes the form has capitals only. Two figures alike are two, and so is what is as narrow
// twice as others are once: the 88 of an address, the II behind a name.
func single(text string) string {
	switch letters := []rune(text); {
	case text == "¥":
		return "Y"
	case text == "x", text == "c", text == "y", len(letters) > 1 && unicode.IsLetter(letters[0]) && !strings.ContainsRune("Iil", letters[0]) &&
		strings.EqualFold(strings.Repeat(string(letters[:1]), len(letters)), text):
		return strings.ToUpper(string(letters[:1]))
	}
	return text
}

// misreadI matches a word that begins with what tesseract makes of a capital I: no English word begins with an l, a stroke or a bracket
// before such letters.
var misreadI = regexp.MustCompile(`^[l|[][bcdfghjkmnpqrstvwxz][a-z]{2,}`)

// capital puts the I back at the beginning of a word.
func capital(text string) string {
	if misreadI.MatchString(text) {
		return "I" + text[1:]
	}
	return text
}
