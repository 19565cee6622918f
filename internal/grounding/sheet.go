package grounding

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// token is a visible word, or a word of a form field's value, where it stands.
type token struct {
	text       string
	key        string // folded: capital letters and digits only
	box        certificate.Box
	source     certificate.Source
	confidence float64
	field      int    // the form field that holds it, from 1; 0 for printed words
	opens      int    // the form field whose value begins with it
	next       *token // the next word of the same form field
	line, pos  int
}

func (t *token) height() float64 { return t.box[3] - t.box[1] }
func (t *token) middle() float64 { return (t.box[1] + t.box[3]) / 2 }

// gap is the space between two tokens of a line, negative where they overlap.
func gap(a, b *token) float64 { return b.box[0] - a.box[2] }

// line is what stands side by side, from left to right.
type line struct {
	tokens []*token
	box    certificate.Box
}

// sheet is a page as grounding sees it.
type sheet struct {
	number        int
	width, height float64
	lines         []line
	initials      map[byte][]*token // what has a key, by its first byte and in the order of the lines
	rules         []certificate.Box // horizontal lines across most of the page
	buttons       []page.Field
	labels        []labelled
	freeText      float64 // the top of the description: below it nobody looks for a row of the table
	firstRow      float64 // the top of the first row's label
	amounts       []amountAt
	dates         []dateAt
}

// smallest is the size of type in points under which nobody reads a page.
const smallest = 3

// maxTokens bounds the work on one page; a certificate has some 700 words.
const maxTokens = 6000

func newSheets(pages []page.Page) []*sheet {
	out := make([]*sheet, 0, len(pages))
	for _, p := range pages {
		out = append(out, newSheet(p))
	}
	return out
}

func newSheet(p page.Page) *sheet {
	s := &sheet{number: p.Number, width: p.Width, height: p.Height}
	var all []*token
	for _, w := range p.Words {
		if w.Hidden || w.Size > 0 && w.Size < smallest || !s.shows(w.Box) {
			continue
		}
		all = append(all, split(w)...)
	}
	for i, f := range p.Fields {
		if f.Hidden || !s.shows(f.Box) {
			continue
		}
		if f.Kind == page.Button {
			s.buttons = append(s.buttons, f)
			continue
		}
		all = append(all, fieldTokens(f, i+1)...)
	}
	for _, m := range p.Marks {
		if m.Kind == page.Rule && m.Box[2]-m.Box[0] > 0.6*p.Width && m.Box[3]-m.Box[1] < 4 {
			s.rules = append(s.rules, m.Box)
		}
	}
	if len(all) > maxTokens {
		all = all[:maxTokens]
	}
	s.lines = linesOf(all)
	s.initials = map[byte][]*token{}
	for _, l := range s.lines {
		for _, t := range l.tokens {
			if t.key != "" {
				s.initials[t.key[0]] = append(s.initials[t.key[0]], t)
			}
		}
	}
	return s
}

// shows reports whether a box is one that a reader of the page can see.
func (s *sheet) shows(b certificate.Box) bool {
	for _, v := range b {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return b[0] < b[2] && b[1] < b[3] && b[2] > 0 && b[3] > 0 && b[0] < s.width && b[1] < s.height
}

// split cuts a word where a label and its value, or two cells of a table, ran together.
func split(w page.Word) []*token {
	runes := []rune(w.Text)
	width := w.Box[2] - w.Box[0]
	var out []*token
	from := 0
	cut := func(to int) {
		text := strings.TrimSpace(strings.Trim(string(runes[from:to]), "|¦"))
		if text != "" {
			n := float64(len(runes))
			b := certificate.Box{w.Box[0] + width*float64(from)/n, w.Box[1], w.Box[0] + width*float64(to)/n, w.Box[3]}
			out = append(out, &token{text: text, key: Fold(text), box: b, source: w.Source, confidence: clamp(w.Confidence)})
		}
		from = to
	}
	for i := 1; i < len(runes); i++ {
		afterLabel := runes[i-1] == ':' && i > 2 && unicode.IsLetter(runes[i-2]) && !unicode.IsPunct(runes[i])
		if afterLabel || runes[i] == '|' || runes[i-1] == '|' {
			cut(i)
		}
	}
	if len(runes) > 0 {
		cut(len(runes))
	}
	return out
}

// fieldTokens lay the words of a form field's value into its box: by its own lines, or wrapped where the box is tall. Which word
// follows which is known; where exactly they stand is a guess within the box.
func fieldTokens(f page.Field, number int) []*token {
	if f.Kind == page.Signature {
		return nil
	}
	lines := strings.FieldsFunc(f.Value, func(r rune) bool { return r == '\n' || r == '\r' })
	width, height := f.Box[2]-f.Box[0], f.Box[3]-f.Box[1]
	const lineHeight, perCharacter = 11, 4.5
	if len(lines) == 1 && height > 2*lineHeight {
		lines = wrap(lines[0], max(8, int(width/perCharacter)))
	}
	if len(lines) == 0 {
		return nil
	}
	each := min(height/float64(len(lines)), 1.5*lineHeight)
	var out []*token
	for i, l := range lines {
		top := f.Box[1] + float64(i)*each
		if len(lines) == 1 {
			top = f.Box[1] + (height-each)/2
		}
		character := min(width/float64(max(1, len([]rune(l)))), 0.6*each)
		at := 0
		for _, word := range strings.Fields(l) {
			n := len([]rune(word))
			x := f.Box[0] + float64(at)*character
			t := &token{text: word, key: Fold(word), source: certificate.FormField, confidence: f.Confidence(), field: number,
				box: certificate.Box{x, top, min(f.Box[2], x+float64(n)*character), top + each}}
			if t.box[0] >= t.box[2] {
				t.box[0] = f.Box[0]
			}
			if len(out) > 0 {
				out[len(out)-1].next = t
			} else {
				t.opens = number
			}
			out = append(out, t)
			at += n + 1
		}
	}
	return out
}

// wrap cuts a text into lines of at most n characters.
func wrap(s string, n int) []string {
	var out []string
	current := ""
	for _, w := range strings.Fields(s) {
		if current != "" && len(current)+1+len(w) > n {
			out, current = append(out, current), ""
		}
		if current != "" {
			current += " "
		}
		current += w
	}
	return append(out, current)
}

// linesOf puts tokens into lines from top to bottom, each from left to right.
func linesOf(all []*token) []line {
	slices.SortStableFunc(all, func(a, b *token) int {
		return cmp.Or(cmp.Compare(a.middle(), b.middle()), cmp.Compare(a.box[0], b.box[0]))
	})
	var out []line
	for _, t := range all {
		if n := len(out); n > 0 {
			l := &out[n-1]
			overlap := min(l.box[3], t.box[3]) - max(l.box[1], t.box[1])
			if overlap > 0.55*min(l.box[3]-l.box[1], t.height()) && t.middle()-(l.box[1]+l.box[3])/2 < 0.6*t.height() {
				l.tokens = append(l.tokens, t)
				continue
			}
		}
		out = append(out, line{tokens: []*token{t}, box: t.box})
	}
	for i := range out {
		slices.SortStableFunc(out[i].tokens, func(a, b *token) int { return cmp.Compare(a.box[0], b.box[0]) })
		out[i].box = bounds(out[i].tokens)
		for j, t := range out[i].tokens {
			t.line, t.pos = i, j
		}
	}
	return out
}

// bounds is the smallest box around tokens.
func bounds(ts []*token) certificate.Box {
	b := ts[0].box
	for _, t := range ts[1:] {
		b = certificate.Box{min(b[0], t.box[0]), min(b[1], t.box[1]), max(b[2], t.box[2]), max(b[3], t.box[3])}
	}
	return b
}

// textOf is the words of tokens with single spaces.
func textOf(ts []*token) string {
	words := make([]string, len(ts))
	for i, t := range ts {
		words[i] = t.text
	}
	return strings.Join(words, " ")
}

func clamp(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}
