package grounding

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// amountAt is a number that is printed as an amount of dollars.
type amountAt struct {
	value  certificate.Dollars
	tokens []*token
	loose  bool      // printed in a way that leaves a doubt: $1M, 1 000 000
	label  int       // the label that it stands beside or under, an index of the sheet's labels; -1 when it has none
	clean  bool      // nothing stands between the label and the amount
	row    *labelled // the row that the label stands in, nil when that cannot be said
}

var (
	// glued is a label with its amount in one word: OCCURRENCE$1,000,000.
	glued = regexp.MustCompile(`^[\pL.):/]+(\$.*)$`)
	// per is an amount with what it is for: $500,000/accident.
	per = regexp.MustCompile(`^(.*\d)/\pL+\.?$`)
	// short is an amount in thousands or millions. In insurance M is a thousand as often as a million, so that a number is only
	// ever grounded loosely by it.
	short = regexp.MustCompile(`(?i)^\$?(\d{1,3})(?:\.(\d))?(K|M|MM|MIL|MILL|MILLION)$`)
)

// readAmount reads one word as an amount.
func readAmount(text string) (certificate.Dollars, bool) {
	text = strings.Trim(text, " |[]{}()_;:.,'`‘’\"*")
	if !strings.ContainsAny(text, "0123456789") {
		return 0, false // as most words of a page
	}
	if g := glued.FindStringSubmatch(text); g != nil {
		text = g[1]
	}
	if g := per.FindStringSubmatch(text); g != nil {
		text = g[1]
	}
	d, err := certificate.ParseDollars(text)
	return d, err == nil
}

// readShort reads amounts such as $1M and 500K.
func readShort(text string) (certificate.Dollars, bool) {
	g := short.FindStringSubmatch(strings.Trim(text, " ().,;:"))
	if g == nil {
		return 0, false
	}
	tenths := 0
	for _, digit := range g[1] {
		tenths = tenths*10 + int(digit-'0')
	}
	tenths *= 10
	if g[2] != "" {
		tenths += int(g[2][0] - '0')
	}
	unit := certificate.Dollars(100_000)
	if strings.EqualFold(g[3], "K") {
		unit = 100
	}
	return certificate.Dollars(tenths) * unit, true
}

// amountsIn finds the amounts of a line.
func (s *sheet) amountsIn(l line) []amountAt {
	var out []amountAt
	for i, t := range l.tokens {
		if joined(l, i) {
			continue
		}
		d, ok := readAmount(t.text)
		a := amountAt{value: d, tokens: []*token{t}, label: -1}
		if i+1 < len(l.tokens) {
			if d, inWords := readShort(t.text + l.tokens[i+1].text); inWords {
				out = append(out, amountAt{value: d, tokens: l.tokens[i : i+2], label: -1, loose: true})
				continue
			}
		}
		if end := spaced(l, i); ok && end > i {
			if d, err := certificate.ParseDollars(strings.ReplaceAll(strings.TrimLeft(textOf(l.tokens[i:end+1]), "$ "), " ", ",")); err == nil {
				a.value, a.tokens, a.loose = d, l.tokens[i:end+1], true
			}
		} else if !ok {
			a.value, ok = readShort(t.text)
			a.loose = true
		}
		if ok {
			out = append(out, a)
		}
	}
	return out
}

// joined reports whether a token is a piece of a longer number or name that was split: the digits right beside it are not its own.
func joined(l line, i int) bool {
	t := l.tokens[i]
	touches := func(a, b *token, edge byte) bool {
		return a.field == 0 && b.field == 0 && gap(a, b) < 0.18*t.height() && (edge >= '0' && edge <= '9' || edge == ',' || edge == '.' || edge == '-')
	}
	if i > 0 && touches(l.tokens[i-1], t, l.tokens[i-1].text[len(l.tokens[i-1].text)-1]) {
		return true
	}
	return i+1 < len(l.tokens) && touches(t, l.tokens[i+1], l.tokens[i+1].text[0])
}

// spaced is the last of the tokens that, from i on, are groups of three digits: 1 000 000.
func spaced(l line, i int) int {
	end := i
	for end+1 < len(l.tokens) {
		next := l.tokens[end+1]
		if len(next.text) != 3 || strings.Trim(next.text, "0123456789") != "" || gap(l.tokens[end], next) > 0.8*next.height() ||
			len(strings.TrimLeft(l.tokens[i].text, "$")) > 3 {
			break
		}
		end++
	}
	return end
}

// reach is how far an amount may stand from its label, in points.
const reach = 450

// assignAmounts finds the amounts of a sheet and the label that each one belongs to: the nearest one to its left, or else the one
// right above it.
func (s *sheet) assignAmounts() {
	for _, l := range s.lines {
		first := s.amountFirst(l)
		for _, a := range s.amountsIn(l) {
			if a.label, a.clean = s.labelOf(a); a.label >= 0 {
				a.row = s.rowAt(s.labels[a.label].tokens[0])
				a.clean = a.clean && !first && s.opens(&s.labels[a.label])
			}
			s.amounts = append(s.amounts, a)
		}
	}
}

// amountFirst reports whether a line begins with an amount and has the label of a limit after it: there, what stands before an amount may be
// the label of another.
func (s *sheet) amountFirst(l line) bool {
	for _, t := range l.tokens {
		if slices.ContainsFunc(s.labels, func(l labelled) bool { return l.limit != nil && l.holds(t) }) {
			return false
		}
		if printedAmount(t.text) {
			return slices.ContainsFunc(l.tokens[t.pos:], func(t *token) bool {
				return slices.ContainsFunc(s.labels, func(l labelled) bool { return l.limit != nil && l.holds(t) })
			})
		}
	}
	return false
}

func (s *sheet) labelOf(a amountAt) (label int, clean bool) {
	first := a.tokens[0]
	label = -1
	best := 0.0
	for i, l := range s.labels {
		if l.limit == nil {
			continue
		}
		off := first.middle() - (l.box[1]+l.box[3])/2
		dx := first.box[0] - l.box[2]
		height := max(first.height(), l.box[3]-l.box[1])
		if dx < -3 || dx > reach || off > 0.75*height || off < -0.75*height || l.holds(first) && len(l.tokens) > 1 {
			continue
		}
		if d := dx + 2*max(off, -off); label < 0 || d < best {
			label, best = i, d
		}
	}
	if label >= 0 {
		return label, s.clear(s.labels[label], first)
	}
	for i, l := range s.labels {
		if l.limit == nil {
			continue
		}
		dy := first.box[1] - l.box[3]
		if dy < -1 || dy > 1.6*first.height() || min(first.box[2], l.box[2])-max(first.box[0], l.box[0]) <= 0 {
			continue
		}
		if label < 0 || dy < best {
			label, best = i, dy
		}
	}
	return label, label >= 0 && !s.labelBelow(first, best)
}

// labelBelow reports whether the label of a limit stands as near below an amount as the one above it.
func (s *sheet) labelBelow(amount *token, above float64) bool {
	return slices.ContainsFunc(s.labels, func(l labelled) bool {
		dy := l.box[1] - amount.box[3]
		return l.limit != nil && dy >= -1 && dy <= max(above, 0)*1.3+1 && min(amount.box[2], l.box[2])-max(amount.box[0], l.box[0]) > 0
	})
}

// clear reports whether nothing that could be another label or another value stands between a label and an amount.
func (s *sheet) clear(l labelled, amount *token) bool {
	depth := 0
	for _, line := range s.lines {
		if line.box[3] < amount.box[1] || line.box[1] > amount.box[3] {
			continue
		}
		for _, t := range line.tokens {
			if l.holds(t) || t == amount || t.box[0] < l.box[2]-1 || t.box[2] > amount.box[0]+1 ||
				min(t.box[3], amount.box[3])-max(t.box[1], amount.box[1]) < 0.5*min(t.height(), amount.height()) {
				continue
			}
			opened := depth > 0
			depth += strings.Count(t.text, "(") - strings.Count(t.text, ")")
			if opened || strings.HasPrefix(t.text, "(") {
				continue
			}
			switch t.key {
			case "", "LIMIT", "LIMITS", "S", "USD", "EA", "PER", "AGGREGATE", "OF", "LIABILITY", "AMOUNT":
			default:
				return false
			}
		}
	}
	return true
}
