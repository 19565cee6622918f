package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// token is a word, a part of a word, or a word of a form field's value, where it stands on its sheet.
type token struct {
	text   string
	key    string // what label matching sees: capital letters, digits and #
	box    rect   // straightened
	at     certificate.Box
	source certificate.Source
	conf   float64
	typed  bool    // as page.Word says
	glued  bool    // was one word with the token before it
	label  bool    // part of a printed label
	tick   bool    // was taken as the mark in a tick box
	order  int     // position among the page's words, for ties
	begins bool    // of a form field's value: begins a line that the author began
	field  int     // of a form field's value: its number on the page, from 1
	pitch  float64 // the width of a letter in points where OCR read the type of a typewriter, 0 elsewhere
	beside string  // what is printed where a form field says something else
	hedged bool    // an amount of which the words beside it say that it is not simply so
}

// maxTokens bounds the work on one page; a certificate has some 700 words.
const maxTokens = 6000

// tokens are the visible words of a page, cleaned of what the engine took for letters but is ruling, and split where two
// things were read as one word.
func tokens(p page.Page, straight func(certificate.Box) rect) []*token {
	var out []*token
	struck := map[string][]certificate.Box{}
	for i, w := range p.Words {
		if w.Hidden || !sane(w.Box) || inside(p.Words, w) || half(p.Words, i) {
			continue
		}
		if w.Source == certificate.OCR && speck(w) {
			continue
		}
		if doubled(struck[w.Text], w.Box) {
			continue // printed twice to look bold
		}
		struck[w.Text] = append(struck[w.Text], w.Box)
		for _, piece := range split(w) {
			at := part(w.Box, piece.from, piece.to)
			out = append(out, &token{text: piece.text, key: key(piece.text), box: straight(at), at: at,
				source: w.Source, conf: clamp(w.Confidence), typed: w.Typed, glued: piece.glued, order: i})
		}
		if len(out) >= maxTokens {
			break
		}
	}
	return out
}

// speck reports whether what OCR took for a mark or letters is smaller or lower than any that is printed, or an accented letter that stands
// alone, which is dirt.
func speck(w page.Word) bool {
	if letters := []rune(w.Text); len(letters) == 1 && letters[0] > unicode.MaxASCII && unicode.IsLetter(letters[0]) {
		return true
	}
	if key(w.Text) != "" {
		return w.Box[3]-w.Box[1] < lowestType
	}
	return max(w.Box[2]-w.Box[0], w.Box[3]-w.Box[1]) < 0.75
}

// lowestType is the height in points below which OCR's letters and digits are pieces of ruling.
const lowestType = 1.5

// inside reports whether a letter or two of OCR lie within the box of a longer word that it read: the word's own, read twice.
func inside(words []page.Word, w page.Word) bool {
	if w.Source != certificate.OCR || utf8.RuneCountInString(w.Text) > 2 {
		return false
	}
	return slices.ContainsFunc(words, func(o page.Word) bool {
		return o.Source == certificate.OCR && utf8.RuneCountInString(o.Text) > 3 && key(o.Text) != "" &&
			w.Box[0] >= o.Box[0] && w.Box[2] <= o.Box[2] && w.Box[1] >= o.Box[1] && w.Box[3] <= o.Box[3]
	})
}

// half reports whether the i-th word is one of two single letters that touch, of which OCR was surer of the other: the halves of one letter,
// since words are printed apart.
func half(words []page.Word, i int) bool {
	w := words[i]
	if w.Source != certificate.OCR || utf8.RuneCountInString(w.Text) != 1 {
		return false
	}
	touch := 0.03 * (w.Box[3] - w.Box[1])
	for j, o := range words {
		beside := math.Abs(o.Box[0]-w.Box[2]) < touch || math.Abs(w.Box[0]-o.Box[2]) < touch
		if i != j && beside && o.Source == certificate.OCR && utf8.RuneCountInString(o.Text) == 1 && !o.Hidden &&
			math.Abs(o.Box[1]-w.Box[1]) < 0.2*(w.Box[3]-w.Box[1]) && (o.Confidence > w.Confidence || o.Confidence == w.Confidence && j < i) {
			return true
		}
	}
	return false
}

// doubled reports whether a box lies on one of those before it.
func doubled(before []certificate.Box, b certificate.Box) bool {
	near := 0.25 * (b[3] - b[1])
	return slices.ContainsFunc(before, func(o certificate.Box) bool {
		return math.Abs(o[0]-b[0]) <= near && math.Abs(o[1]-b[1]) <= near && math.Abs(o[2]-b[2]) <= near
	})
}

// piece is a part of a word: text, the share of the word's width that it takes, and whether it goes on where the piece before ended.
type piece struct {
	text     string
	from, to float64
	glued    bool
}

// split cuts a word where a label and its value, two cells of a table or two dates ran together.
func split(w page.Word) []piece {
	runes := []rune(strings.Map(printable, w.Text))
	var out []piece
	label := 0 // where the amount begins in "RETENTION$10,000"
	if g := labelledAmount.FindStringSubmatch(string(runes)); g != nil {
		label = utf8.RuneCountInString(g[1])
	}
	dates := datesMeet(runes)
	from, glued := 0, false
	cut := func(to int, goesOn bool) {
		text := string(runes[from:to])
		if w.Source == certificate.OCR {
			text = strings.TrimRight(strings.Trim(text, "|¦~_`"), "‘“")
			if trimmed := strings.TrimLeft(text, "'\"‘’“”"); key(trimmed) != "" {
				text = trimmed
			}
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, piece{text, float64(from) / float64(len(runes)), float64(to) / float64(len(runes)), glued})
		}
		from, glued = to, goesOn
	}
	for i := 1; i < len(runes); i++ {
		switch {
		case runes[i-1] == ':' && i > 2 && unicode.IsLetter(runes[i-2]) && (unicode.IsLetter(runes[i]) || unicode.IsDigit(runes[i])),
			i == 2 && runes[1] == ':' && runes[0] >= 'A' && runes[0] <= 'F' && unicode.IsUpper(runes[2]) && len(runes) > 4:
			cut(i, true) // the latter is the end of "INSURER A:" with a name
		case w.Source == certificate.OCR && runes[i-1] == '_' && from == 0 && isTick(string(runes[:i])) && len(runes) > i+2:
			cut(i, false) // "X_ANY": a tick, the border of its box, and the label
		case w.Source == certificate.OCR && i == label && label > 0:
			cut(i, true)
		case w.Source == certificate.OCR && rule(runes[i]) != rule(runes[i-1]), i == dates:
			cut(i, false)
		}
	}
	if len(runes) > 0 {
		cut(len(runes), false)
	}
	return out
}

// datesMeet is where the second of two dates begins that fill a word, 0 where they do not or could be parted elsewhere, too.
func datesMeet(runes []rune) int {
	at := 0
	for i := shortestDate; i <= len(runes)-shortestDate && len(runes) <= 2*longestDate; i++ {
		if isDate(string(runes[:i])) && isDate(string(runes[i:])) {
			if at > 0 {
				return 0
			}
			at = i
		}
	}
	return at
}

// The number of characters of 1/1/2026 and of 01/01/2026.
const shortestDate, longestDate = 8, 10

// labelledAmount matches a label and an amount that OCR read as one word, the sign between them perhaps as an S.
var labelledAmount = regexp.MustCompile(`^([A-Za-z]{4,}?)[sS$]?\d{1,3}(?:,\d{3})+$`)

// rule reports whether OCR may have made r out of a ruled line.
func rule(r rune) bool { return r == '|' || r == '¦' }

func isDate(s string) bool {
	_, err := certificate.ParseDate(s)
	return err == nil
}

// printable drops controls and zero-width characters and turns odd spaces to plain ones.
func printable(r rune) rune {
	switch {
	case r == utf8.RuneError, unicode.Is(unicode.Cf, r), unicode.IsControl(r):
		return -1
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

// part is the slice of a box from one share of its width to another.
func part(b certificate.Box, from, to float64) certificate.Box {
	w := b[2] - b[0]
	return certificate.Box{b[0] + w*from, b[1], b[0] + w*to, b[3]}
}

// key is s as labels are compared: capital letters, digits and the number sign, nothing else. A yen sign is a Y that OCR found struck
// through.
func key(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '¥' {
			return 'Y'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '#' {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

func clamp(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}

// byX sorts tokens from left to right.
func byX(ts []*token) {
	slices.SortStableFunc(ts, func(a, b *token) int {
		switch {
		case a.box.x0 != b.box.x0:
			return compare(a.box.x0, b.box.x0)
		default:
			return a.order - b.order
		}
	})
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
