package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// cell is what was written in one place of the form, as it stands there.
type cell struct {
	tokens []*token
	ticked bool    // of words that stand behind a box: it is ticked
	doubt  float64 // 1 when it surely belongs to its place, less when it may not
}

// cellOf collects tokens in reading order: line by line, each from left to right.
func cellOf(ts []*token) cell {
	var ordered []*token
	for _, line := range rowsOf(ts) {
		ordered = append(ordered, line...)
	}
	return cell{tokens: ordered, doubt: 1}
}

func (c cell) empty() bool { return len(c.tokens) == 0 }

// text is the words with single spaces.
func (c cell) text() string { return textOf(c.tokens) }

func textOf(ts []*token) string {
	var b strings.Builder
	for i, t := range ts {
		if i > 0 && !t.glued {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// source is the least sure of the sources that the cell rests on.
func (c cell) source() certificate.Source {
	for _, s := range []certificate.Source{certificate.OCR, certificate.Text} {
		if slices.ContainsFunc(c.tokens, func(t *token) bool { return t.source == s }) {
			return s
		}
	}
	return certificate.FormField
}

// engine is the lowest confidence that the source gives to a word of the cell.
func (c cell) engine() float64 {
	conf := 1.0
	for _, t := range c.tokens {
		conf = min(conf, t.conf)
	}
	return conf
}

// typed reports whether all words of the cell look like others on the page.
func (c cell) typed() bool {
	return !slices.ContainsFunc(c.tokens, func(t *token) bool { return !t.typed })
}

// hedged reports whether words beside a value of the cell say that it is not simply so.
func (c cell) hedged() bool {
	return slices.ContainsFunc(c.tokens, func(t *token) bool { return t.hedged })
}

// at is the cell's place on the page as displayed.
func (c cell) at() certificate.Box {
	if c.empty() {
		return certificate.Box{}
	}
	b := c.tokens[0].at
	for _, t := range c.tokens[1:] {
		b = certificate.Box{min(b[0], t.at[0]), min(b[1], t.at[1]), max(b[2], t.at[2]), max(b[3], t.at[3])}
	}
	return b
}

// rowsOf groups tokens of one place into lines, from top to bottom, each from left to right. A token belongs to the line
// whose middle is less than half the height of the type away; tall brackets and low commas do not shift that middle.
func rowsOf(ts []*token) [][]*token {
	if len(ts) == 0 {
		return nil
	}
	sorted := slices.Clone(ts)
	slices.SortStableFunc(sorted, func(a, b *token) int { return compare(a.box.cy(), b.box.cy()) })
	var heights []float64
	for _, t := range sorted {
		heights = append(heights, t.box.height())
	}
	height := median(heights)
	var lines [][]*token
	var middles []float64
	for _, t := range sorted {
		if n := len(lines); n > 0 && t.box.cy()-middles[n-1] < 0.55*max(height, min(t.box.height(), 1.5*height)) {
			lines[n-1] = append(lines[n-1], t)
			middles[n-1] += (t.box.cy() - middles[n-1]) / float64(len(lines[n-1]))
			continue
		}
		lines, middles = append(lines, []*token{t}), append(middles, t.box.cy())
	}
	for _, line := range lines {
		byX(line)
	}
	return lines
}

// pieces cuts a line where a gap is wider than width times the height of its type.
func pieces(line []*token, width float64) [][]*token {
	var out [][]*token
	for i, t := range line {
		if i == 0 || !t.glued && gap(line[i-1], t) > width*max(t.box.height(), line[i-1].box.height()) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], t)
	}
	return out
}

// without is the cell without the words that match.
func (c cell) without(words *regexp.Regexp) cell {
	c.tokens = slices.DeleteFunc(slices.Clone(c.tokens), func(t *token) bool { return words.MatchString(t.text) })
	return c
}

// with is a cell of the words of two.
func with(a, b cell) cell {
	return cell{tokens: slices.Concat(a.tokens, b.tokens), doubt: min(a.doubt, b.doubt)}
}
