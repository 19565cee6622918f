package document

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// specimen shows what capitals and digits look like in the types of a page, by those whose words leave no doubt what they are.
type specimen map[rune][]impression

// impression is a character where it was printed once.
type impression struct {
	letterform
	word int // of the page
}

// What tells the characters of a word from those that look like them: that it is made of letters alone, or the shape of a date, an amount,
// a telephone number or a ZIP code.
var (
	plainWord  = regexp.MustCompile(`^(?:[A-Z]?[a-z]{2,}|[A-Z]{3,})[,.:;]?$`)
	plainDigit = regexp.MustCompile(`^(?:\$?\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d{1,2}[/-]\d{1,2}[/-](?:\d\d|\d{4})|\d{4}-\d\d-\d\d|\(\d{3}\)|\d{3}[-.]\d{4}|\(?\d{3}[-).]\d{3}[-.]\d{4}|\d{5}-\d{4}|\d{5})[,.:;]?$`)
	withDigit  = regexp.MustCompile(`^[A-Za-z\d-]*\d[A-Za-z\d-]*$`)
	// misread are the characters that OCR takes for one another.
	misread    = []string{"0OQDo", "1IlJi", "5Ss", "8B", "2Zz", "6G", "9g"}
	partNumber = regexp.MustCompile(`^[A-Z\d]+(?:-[A-Z\d]+)*$`)
	besides    = regexp.MustCompile(`^[A-Z\d-]{1,6}$`)
)

const (
	plainly     = 0.88 // confidence from which a word shows what its characters look like
	impressions = 6    // of a character in one size that are kept
	similar     = 0.15 // distances up to which others are looked for at least
	swapped     = 0.07 // how far a form may be from a character that OCR took for another
	clearly     = 1.25 // times as far as its own every other character must be
	surely      = 1.5  // the same where OCR took it for another
	farthest    = 0.5  // distances beyond it are not told apart
	nearDash    = 0.5  // heights of type from a dash to what belongs to it
	mostWords   = 80   // of a page that are compared
)

// specimenOf collects the impressions of a page.
func specimenOf(words []seen, forms func(int) []letterform) specimen {
	out := specimen{}
	type size struct {
		char          rune
		width, height int
	}
	kept := map[size]int{}
	for i, w := range words {
		text := []rune(w.text)
		whole := plainWord.MatchString(w.text) || plainDigit.MatchString(w.text)
		if w.confidence < plainly || !whole && !withDigit.MatchString(w.text) {
			continue
		}
		all := forms(i)
		for j := range all {
			char := text[j]
			if !unicode.IsUpper(char) && !unicode.IsDigit(char) {
				continue
			}
			// Between digits of a number stand digits; at its ends, and for a 0 or 1, perhaps a letter that looks like one.
			if !whole && (j == 0 || j+1 == len(text) || !unicode.IsDigit(text[j-1]) || !unicode.IsDigit(text[j+1]) || strings.ContainsRune("01", char)) {
				continue
			}
			at := size{char, all[j].width, all[j].height}
			if kept[at]++; kept[at] <= impressions {
				out[char] = append(out[char], impression{all[j], i})
			}
		}
	}
	return out
}

// compare holds the characters of numbers against the page's own type. A word all of whose characters look like others of their kind, and
// unlike any other, is typed; a character that looks like one that OCR takes it for is put right.
func (m *bitmap) compare(words []seen, threshold byte) {
	forms := make([][]letterform, len(words))
	cut := make([]bool, len(words))
	formsOf := func(i int) []letterform {
		if !cut[i] {
			forms[i], cut[i] = m.letterforms(words[i], threshold), true
		}
		return forms[i]
	}
	numbers := numbersAmong(words)
	if len(numbers) == 0 {
		return
	}
	s := specimenOf(words, formsOf)
	for _, i := range numbers {
		all := formsOf(i)
		if all != nil {
			words[i].text, words[i].typed = s.read(words[i].text, all, i)
			words[i].typed = words[i].typed && !m.inkBeside(words, i, threshold)
		}
	}
}

// joinDashes makes one word of what stands around a dash that was read by itself, where it is a number.
func joinDashes(words []seen) []seen {
	gone := map[int]bool{}
	for i, dash := range words {
		if dash.text != "-" && dash.text != "—" && dash.text != "–" {
			continue
		}
		before, behind := -1, -1
		for j, w := range words {
			if gone[j] || j == i || !partNumber.MatchString(w.text) || w.box.height() > letterHigh {
				continue
			}
			middle := dash.box.center().y
			if near := nearDash * w.box.height(); middle > w.box.y0 && middle < w.box.y1 {
				if gap := dash.box.x0 - w.box.x1; gap > -near && gap < near {
					before = j
				} else if gap := w.box.x0 - dash.box.x1; gap > -near && gap < near {
					behind = j
				}
			}
		}
		if before < 0 || behind < 0 || !strings.ContainsAny(words[before].text+words[behind].text, digits) {
			continue
		}
		a, b := words[before], words[behind]
		words[before] = seen{text: a.text + "-" + b.text, box: a.box.union(dash.box).union(b.box), confidence: min(a.confidence, b.confidence), line: a.line}
		gone[i], gone[behind] = true, true
	}
	kept := words[:0:0]
	for i, w := range words {
		if !gone[i] {
			kept = append(kept, w)
		}
	}
	return kept
}

// numbersAmong are the words that may be numbers of policies, and the short ones beside them. Dates are looked at again by themselves.
func numbersAmong(words []seen) []int {
	var out []int
	for i, w := range words {
		if len(out) < mostWords && len(w.text) >= 2 && withDigit.MatchString(w.text) && !dateShape.MatchString(w.text) {
			out = append(out, i)
		}
	}
	for _, i := range slices.Clone(out) {
		for j, w := range words {
			if len(out) < mostWords && besides.MatchString(w.text) && !slices.Contains(out, j) && words[i].follows(w) {
				out = append(out, j)
			}
		}
	}
	return out
}

// follows reports whether one of two words stands behind the other on a line.
func (w seen) follows(o seen) bool {
	height := min(w.box.height(), o.box.height())
	gap := max(w.box.x0-o.box.x1, o.box.x0-w.box.x1)
	return gap < 1.5*height && gap > -0.5*height && min(w.box.y1, o.box.y1)-max(w.box.y0, o.box.y0) > 0.5*height
}

// inkBeside reports whether ink stands beside a word that no word explains: what was not read of a number.
func (m *bitmap) inkBeside(words []seen, i int, threshold byte) bool {
	w := words[i]
	reach := 1.2 * w.box.height()
	strip := rect{w.box.x0 - reach, w.box.y0, w.box.x1 + reach, w.box.y1}
	return slices.ContainsFunc(m.pieces(strip, threshold), func(p rect) bool {
		c := p.center()
		return p.height() < 1.2*w.box.height() && !slices.ContainsFunc(words, func(o seen) bool {
			return essence(o.text) != "" && c.x > o.box.x0-2 && c.x < o.box.x1+2 && c.y > o.box.y0-3 && c.y < o.box.y1+3
		})
	})
}

// read is a word as its characters look, and whether they leave no doubt.
func (s specimen) read(text string, forms []letterform, word int) (string, bool) {
	out := []rune(text)
	sure := true
	for j, char := range out {
		if char == '-' {
			sure = sure && forms[j].dash()
			continue
		}
		own := s.distance(char, forms[j], word, farthest)
		nearest, other := rune(0), 1.0
		for c := range s {
			if c == char {
				continue
			}
			if d := s.distance(c, forms[j], word, min(other, max(min(own, farthest/2)*clearly, similar))); d < other || d == other && c < nearest {
				nearest, other = c, d
			}
		}
		switch {
		case own <= s.tolerance(char, forms[j]) && other > own*clearly:
		case other <= min(swapped, s.tolerance(nearest, forms[j])) && own > other*surely && taken(char, nearest) && s.shows(char, forms[j]):
			out[j] = nearest
		default:
			sure = false
		}
	}
	return string(out), sure
}

// tolerance is how far a form may be from the nearest impression of what it is. A typewriter's O is hardly farther from its 0 than zeros are
// from one another, and the page need not show both. A letter may stand in another type, as long as what looks like it is shown: then it is
// what it is nearest to.
func (s specimen) tolerance(char rune, form letterform) float64 {
	digit := char
	if at := strings.IndexRune("ODQIJSBZG", char); at >= 0 {
		digit = rune("000115826"[at])
	}
	rival := digit
	if at := strings.IndexRune("PREFCGUVHNMWBK", char); at >= 0 && rival == char {
		rival = rune("RPFEGCVUNHWMRX"[at])
	}
	if unicode.IsUpper(char) && (rival == char || s.shows(rival, form)) && char != 'Q' && char != 'J' {
		return 0.2
	}
	switch digit {
	case '0':
		return 0.045
	case '1':
		return 0.068
	case '5', '8':
		return 0.085
	case '2', '6':
		return 0.1
	}
	return 0.12
}

// shows reports whether a character stands elsewhere in the size of a form.
func (s specimen) shows(char rune, form letterform) bool {
	return slices.ContainsFunc(s[unicode.ToUpper(char)], func(k impression) bool {
		return abs(k.height-form.height) <= 2 && abs(k.top-form.top) <= 2
	})
}

// distance is that of a form to the nearest impression of a character in other words, or 1 where none is nearer than most.
func (s specimen) distance(char rune, form letterform, word int, most float64) float64 {
	best := math.Nextafter(most, 2)
	for _, k := range s[char] {
		if k.word != word {
			best = min(best, unlike(form, k.letterform, best))
		}
	}
	if best > most {
		return 1
	}
	return best
}

// dash reports whether a form is a short level stroke.
func (f letterform) dash() bool {
	return f.width > f.height && f.width <= 30 && f.height <= 8 && f.top > f.height
}

// taken reports whether OCR takes one character for the other.
func taken(a, b rune) bool {
	return slices.ContainsFunc(misread, func(s string) bool {
		return strings.ContainsRune(s, a) && strings.ContainsRune(s, b)
	})
}
