package document

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"certflow/internal/page"
)

// closer is a line of ink that is looked at again with what may stand there in mind.
type closer struct {
	box   rect
	kind  page.LookKind
	words []int  // that were read there
	sign  bool   // the line begins with ink that is no digit of the amount behind it
	shape string // the mark that the ink has the shape of, where one is expected
}

// maxClosers bounds the lines that are looked at again; a table has some fifty.
const maxClosers = 120

// closers lists the lines of ink in the places that are to be looked at. Lines on which words were read that cannot be what is
// expected, such as "Included", are left out; so is what is too large for a single letter where one is expected.
func (m *bitmap) closers(looks []page.Look, words []seen, scale point, threshold byte) []closer {
	var out []closer
	for _, l := range looks {
		place := rect{l.Box[0] * scale.x, l.Box[1] * scale.y, l.Box[2] * scale.x, l.Box[3] * scale.y}
		for _, line := range m.linesIn(place, threshold) {
			c := closer{box: line, kind: l.Kind}
			// Places of neighbouring rows may share a line that stands on their border.
			if slices.ContainsFunc(out, func(o closer) bool { return o.box.contains(line.center()) || line.contains(o.box.center()) }) {
				continue
			}
			for i, w := range words {
				if c.holds(w.box) {
					c.words = append(c.words, i)
				}
			}
			slices.SortFunc(c.words, func(a, b int) int { return cmp.Compare(words[a].box.x0, words[b].box.x0) })
			if c.plausible(words) && len(out) < maxClosers {
				c.sign = l.Kind == page.LookAmount && m.signed(line, threshold)
				if l.Kind == page.LookMark {
					c.shape = m.markShape(line, threshold)
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// holds reports whether a word stands on the line. Tesseract gives some words boxes that are too high.
func (c closer) holds(word rect) bool {
	x := word.center().x
	return x > c.box.x0 && x < c.box.x1 && min(c.box.y1, word.y1)-max(c.box.y0, word.y0) > 0.5*min(c.box.height(), word.height())
}

// plausible reports whether a line may hold what is expected, by its size and by what was read there before.
func (c closer) plausible(words []seen) bool {
	letter := c.kind == page.LookLetter || c.kind == page.LookMark
	if letter {
		return c.box.width() < 1.7*c.box.height() && c.box.height() < 60
	}
	numbers, letters := 0, 0
	for _, i := range c.words {
		for _, r := range words[i].text {
			switch {
			case unicode.IsDigit(r):
				numbers++
			case unicode.IsLetter(r) && !strings.ContainsRune("sSoOlIiBGQ", r):
				letters++
			}
		}
	}
	return c.box.width() > 1.5*c.box.height() && numbers+3 > letters && (numbers > 0 || letters == 0 && len(c.words) == 0)
}

// linesIn are the lines of ink within a place, as boxes; specks and what is left of rules are none.
func (m *bitmap) linesIn(place rect, threshold byte) []rect {
	inner := place.intersect(rect{0, 0, float64(m.width), float64(m.height)})
	if !(inner.x0 < inner.x1 && inner.y0 < inner.y1) { // or no numbers, on a page without a size
		return nil
	}
	x0, y0 := int(inner.x0), int(inner.y0)
	part := m.part(x0, y0, int(inner.x1), int(inner.y1))
	blots := part.blots(newMask(part.width/2+1, part.height/2+1), threshold)
	var lines []rect
	for _, b := range blots {
		around := slices.ContainsFunc(blots, func(o rect) bool {
			return o.x0 > b.x0+4 && o.y0 > b.y0+4 && o.x1 < b.x1-4 && o.y1 < b.y1-4
		})
		if b.height() > letterHigh || b.width() > widestPatch || b.width() < 6 && b.height() > 40 || b.width() > 8*b.height() || around {
			continue // a frame, a rule, or what is left of them
		}
		joined := false
		for i, o := range lines {
			if overlap := min(o.y1, b.y1) - max(o.y0, b.y0); overlap > 0.5*min(o.height(), b.height()) {
				lines[i], joined = o.union(b), true
				break
			}
		}
		if !joined {
			lines = append(lines, b)
		}
	}
	for i, b := range lines {
		lines[i] = rect{b.x0 + float64(x0), b.y0 + float64(y0), b.x1 + float64(x0), b.y1 + float64(y0)}
	}
	return lines
}

// signed reports whether the line of an amount begins with ink that is no digit: digits stand on one line and are of one height, while the
// form's own dollar sign is smaller than what was typed behind it, or stands higher or lower, and one of the same type reaches over digits
// at both sides. It need not stand apart.
func (m *bitmap) signed(line rect, threshold byte) bool {
	x0, y0 := max(0, int(line.x0)), max(0, int(line.y0))
	part := m.part(x0, y0, min(m.width, int(line.x1)), min(m.height, int(line.y1)))
	blots := slices.DeleteFunc(part.blots(newMask(part.width/2+1, part.height/2+1), threshold), func(b rect) bool { return b.height() < 0.55*line.height() })
	if len(blots) < 2 {
		return false
	}
	slices.SortFunc(blots, func(a, b rect) int { return cmp.Compare(a.x0, b.x0) })
	digits := blots[1:]
	middle := func(of func(rect) float64) float64 {
		slices.SortFunc(digits, func(a, b rect) int { return cmp.Compare(of(a), of(b)) })
		return of(digits[len(digits)/2])
	}
	top, bottom := middle(func(b rect) float64 { return b.y0 }), middle(func(b rect) float64 { return b.y1 })
	height := bottom - top
	inked := func(y int) bool {
		return part.inkShare(rect{0, float64(y), 0.3 * height, float64(y + 1)}, threshold) > 0
	}
	first, last := 0, part.height-1
	for first < last && !inked(first) {
		first++
	}
	for last > first && !inked(last) {
		last--
	}
	return math.Abs(float64(first)-top) > 0.12*height && math.Abs(float64(last+1)-bottom) > 0.12*height
}

// part is a copy of a rectangle of the image.
func (m *bitmap) part(x0, y0, x1, y1 int) *bitmap {
	w, h := max(x1-x0, 0), max(y1-y0, 0)
	out := &bitmap{w, h, make([]byte, w*h)}
	for y := range h {
		copy(out.pix[y*w:(y+1)*w], m.pix[(y0+y)*m.width+x0:(y0+y)*m.width+x1])
	}
	return out
}

// What is expected in places of a known kind.
var (
	amountShape = regexp.MustCompile(`^\$?([1-9]\d{0,2}(,\d{3})+|[1-9]\d*)(\.\d\d)?$`)
	dateShape   = regexp.MustCompile(`^(\d{1,2}/\d{1,2}/(\d\d|\d{4})|\d{1,2}-\d{1,2}-\d{4}|\d{4}-\d\d-\d\d)$`)
)

// fits reports whether a text is what a place may hold.
func fits(kind page.LookKind, text string) bool {
	switch kind {
	case page.LookAmount:
		return amountShape.MatchString(text)
	case page.LookDate:
		return dateShape.MatchString(text)
	case page.LookLetter:
		return len(text) == 1 && strings.Contains("ABCDEF", text)
	}
	return len(text) == 1 && strings.Contains("XYN", text)
}

// lostSlash matches dates of which slashes were read as the digit that looks like them, or were not read, for months and days of one digit
// and of two.
var lostSlash = func() (all []*regexp.Regexp) {
	for _, month := range []string{`[1-9]`, `0[1-9]|1[0-2]`} {
		for _, day := range []string{`[1-9]`, `0[1-9]|[12]\d|3[01]`} {
			for _, slash := range []string{`[/1]`, `/?`} {
				all = append(all, regexp.MustCompile(`^(`+month+`)`+slash+`(`+day+`)`+slash+`(20\d\d)$`))
			}
		}
	}
	return all
}()

// slashed gives a date the slashes back that its reading lost, where there is one way to do so.
func slashed(text string) (string, bool) {
	if dateShape.MatchString(text) {
		return "", false
	}
	found := ""
	for _, shape := range lostSlash {
		if m := shape.FindStringSubmatch(text); m != nil {
			date := m[1] + "/" + m[2] + "/" + m[3]
			if found != "" && found != date {
				return "", false
			}
			found = date
		}
	}
	return found, found != ""
}

// withCloser puts what was read at a closer look into words, found saying by page which line it is of: where it fits its place it takes
// the place of the words that were read there before. It is as sure as the surer of two readings that agree, and hardly sure where they
// do not.
func withCloser(words []seen, lines []closer, found []seen) []seen {
	byLine := byImage(found, len(lines))
	gone, covered := map[int]bool{}, map[int]float64{}
	for i, c := range lines {
		var before []seen
		inside := true
		for _, j := range c.words {
			w := words[j]
			reach := 0.5 * c.box.height()
			if c.shape != "" && w.confidence < unsure {
				reach *= 2 // what little was read there, with a speck or the border beside it
			}
			inside = inside && !gone[j] && w.box.x0 > c.box.x0-reach && w.box.x1 < c.box.x1+reach
			before = append(before, w)
		}
		first, second := c.joined(before), c.shaped(c.joined(byLine[i]))
		if !inside || !fits(c.kind, second.text) && (!fits(c.kind, first.text) || len(before) < 2) {
			continue
		}
		word := second
		switch {
		case len(before) == 0:
			for j, w := range words {
				both := c.box.intersect(w.box)
				if gone[j] || both.empty() || both.height() < 0.5*min(c.box.height(), w.box.height()) || both.width() < 0.6*c.box.width() {
					continue
				}
				// A word that reaches over the line: two dates in one, or a letter with what stands beside it.
				if !strings.Contains(w.text, second.text) {
					word.confidence = min(word.confidence, disputed)
				}
				covered[j] += both.width()
				gone[j] = w.text == second.text || covered[j] > 0.6*w.box.width()
			}
		case strings.TrimPrefix(first.text, "$") == strings.TrimPrefix(second.text, "$"):
			word.confidence = max(first.confidence, second.confidence)
		default:
			if !fits(c.kind, second.text) || fits(c.kind, first.text) && likelier(first, second) {
				word = first
			}
			word.confidence = min(word.confidence, disputed)
		}
		for _, j := range c.words {
			gone[j] = true
		}
		words = append(words, seen{text: word.text, box: c.box, confidence: word.confidence})
	}
	kept := words[:0:0]
	for i, w := range words {
		if !gone[i] {
			kept = append(kept, w)
		}
	}
	return kept
}

// shaped weighs what was read of a mark against the shape of its ink, which tells what nothing was read of; nobody can be sure of a mark that
// was read otherwise, where one of the two says no.
func (c closer) shaped(read seen) seen {
	switch {
	case c.shape == "":
	case !fits(c.kind, read.text):
		return seen{text: c.shape, box: c.box, confidence: disputed}
	case read.text != c.shape && (read.text == "N" || c.shape == "N"):
		read.confidence = min(read.confidence, disputed)
	}
	return read
}

// likelier reports whether the first of two readings that differ is the likelier one: of two of which one is the beginning of the other the
// longer, since a look may end early and none sees what is not there; else limits are mostly zeros, which tesseract takes for other digits
// more often than the other way round. Nobody is sure of it either way.
func likelier(first, second seen) bool {
	switch {
	case strings.HasPrefix(first.text, second.text):
		return true
	case strings.HasPrefix(second.text, first.text):
		return false
	}
	a, b := strings.Count(first.text, "0"), strings.Count(second.text, "0")
	if len(first.text) == len(second.text) && a != b {
		return a > b
	}
	return first.confidence > second.confidence
}

// likeLetter are characters that tesseract takes a lone letter of an insurer for, where forms have A to F alone.
var likeLetter = map[string]string{"G": "C", "€": "C", "¢": "C", "8": "B", "4": "A"}

// joined makes one word of what was read on a line. A dollar sign before an amount is often read as another character; where that is a
// digit, nobody can be sure of the amount, even if it stands apart as no digit does.
func (c closer) joined(found []seen) seen {
	slices.SortStableFunc(found, func(a, b seen) int { return cmp.Compare(a.box.x0, b.box.x0) })
	out := seen{confidence: 1}
	for i, w := range found {
		switch lone := strings.Trim(w.text, "|[](){}.'‘’ "); {
		case essence(w.text) == "" && !strings.ContainsAny(w.text, "$§"):
			continue
		case c.kind == page.LookAmount && i == 0 && len(found) > 1 && strings.Contains("$sS§", lone):
			out.text = "$"
			continue
		case c.kind == page.LookAmount && i == 0 && len(found) > 1 && strings.Contains("358", lone) &&
			(len(found) == 2 && amountShape.MatchString(found[1].text) || found[1].box.x0-w.box.x1 > 1.5*c.box.height()):
			out.text, out.confidence = "$", disputed
			continue
		}
		out.text += w.text
		out.confidence = min(out.confidence, w.confidence)
	}
	switch c.kind {
	case page.LookAmount:
		bare := strings.TrimLeft(out.text, "$sS§")
		if bare == out.text && c.sign && len(bare) > 1 && strings.Contains("358", bare[:1]) && amountShape.MatchString(bare[1:]) {
			out.text, bare = "$"+bare[1:], bare[1:]
			out.confidence = min(out.confidence, disputed)
		}
		sign := out.text[:min(len(out.text)-len(bare), 1)]
		if sign != "" {
			sign = "$"
		}
		out.text = sign + strings.Trim(bare, ".,:;/-|[](){}_'‘’~ ")
	case page.LookDate:
		out.text = strings.Trim(out.text, ".,:;|[](){}_'‘’~ ")
		if date, ok := slashed(out.text); ok {
			out.text, out.confidence = date, min(out.confidence, disputed)
		}
	default:
		out.text = single(strings.Trim(out.text, ".,|[](){}_'‘’~- "))
		if letter, is := likeLetter[out.text]; is && c.kind == page.LookLetter {
			out.text, out.confidence = letter, min(out.confidence, disputed)
		}
	}
	return out
}
