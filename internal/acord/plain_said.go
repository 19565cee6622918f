package acord

import (
	"regexp"
	"slices"
	"strings"
)

// saidLimits is a text of limits in words, such as "$1,000,000 each occurrence / $2,000,000 aggregate": it begins with an amount and
// every amount belongs to the words after it, the other way round than in "Each Occurrence $1,000,000".
type saidLimits struct {
	label anchor // what introduces it
	text  []*token
}

// setSaidLimits finds the limits that are said in words behind the name of a coverage or the word for limits, and takes back the
// labels inside them, which would be given the amount of the next limit.
func (s *sheet) setSaidLimits() []saidLimits {
	var out, lines []saidLimits
	for _, a := range s.anchors {
		if a.id != limitsColumn && a.id != otherLimit && !coverageRow(a.id) {
			continue
		}
		first := s.besideAll(a)
		if len(first) == 0 {
			continue
		}
		if first[0].key == "USD" && len(first) > 1 {
			first = first[1:]
		}
		if begins := parted(first[:1])[0]; !isAmount(begins) && begins.text != "$" && !inPlaceOfAmount.MatchString(begins.text) {
			continue
		}
		text := parted(s.goesOnBelow(a, first))
		if !slices.ContainsFunc(text, isAmount) {
			continue
		}
		if saysWords(text[len(text)-1]) || bareAmounts(text) {
			out = append(out, saidLimits{a, text})
		}
	}
	for _, line := range s.lines {
		parts := pieces(line, 3)
		line = parts[len(parts)-1]
		// What stands left of it may be the label of its first amount, unless a table has a column for limits.
		if !isAmount(line[0]) || !saysWords(line[len(line)-1]) || len(parts) > 1 {
			continue
		}
		l := saidLimits{anchor{id: saidLine, tokens: line, first: boundsOf(line), box: boundsOf(line)}, parted(line)}
		if slices.ContainsFunc(l.limits(), func(limit saidLimit) bool { return limitSaid(limit.words) != "" }) {
			lines = append(lines, l)
		}
	}
	in := map[*token]bool{}
	for _, l := range slices.Concat(out, lines) {
		for _, t := range l.text {
			in[t] = true
		}
	}
	s.dropAnchors(func(a anchor) bool {
		return slices.ContainsFunc(a.tokens, func(t *token) bool { return in[t] })
	})
	for _, l := range lines {
		s.anchors = append(s.anchors, l.label)
	}
	return append(out, lines...)
}

// behindAmount reports whether an amount stands just before a label.
func (s *sheet) behindAmount(a anchor) bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool {
		return isAmount(t) && !strings.HasSuffix(t.text, ":") && sameLine(t.box, a.first) > 0.5 && t.box.x0 < a.first.x0 && adjacent(t, a.tokens[0])
	})
}

// inPlaceOfAmount matches what is said where there is no amount.
var inPlaceOfAmount = regexp.MustCompile(`(?i)^(?:statutory|incl(?:uded|\.)?|excl(?:uded|\.)?|nil|none|n/a|unlimited)$`)

// coverageRow reports whether a label names a coverage.
func coverageRow(id labelID) bool {
	switch id {
	case glRow, autoRow, umbrellaRow, excessRow, wcRow, professionalRow, cyberRow, crimeRow, liquorRow, otherRow:
		return true
	}
	return false
}

// besideAll gives the words right of a label on its line, labels or not.
func (s *sheet) besideAll(a anchor) []*token {
	line := a.tokens[len(a.tokens)-1].box
	var out []*token
	for _, t := range s.tokens {
		if t.text != ":" && t.box.x0 >= line.x1-0.3*s.em && sameLine(line, t.box) > 0.5 && !slices.Contains(a.tokens, t) {
			out = append(out, t)
		}
	}
	byX(out)
	return out
}

// goesOnBelow is a text with the lines below it that begin where it begins and have nothing left of them.
func (s *sheet) goesOnBelow(a anchor, first []*token) []*token {
	text := first
	left, y := first[0].box.x0, boundsOf(first)
	for {
		box := rect{a.box.x0 - s.em, y.y1 - 0.2*y.height(), s.page.Width * 2, y.y1 + 1.1*y.height()}
		lines := rowsOf(s.in(box, func(t *token) bool { return wordy(t) && !slices.Contains(text, t) }))
		if len(lines) == 0 || lines[0][0].box.x0 < left-0.5*s.em || lines[0][0].box.x0 > left+0.5*s.em || strings.HasSuffix(lines[0][0].text, ":") {
			return text
		}
		text, y = append(slices.Clone(text), lines[0]...), boundsOf(lines[0])
	}
}

// parted parts what a slash joins with an amount, and keeps the slash.
func parted(ts []*token) []*token {
	var out []*token
	for _, t := range ts {
		before, after, cut := strings.Cut(t.text, "/")
		if !cut || isDate(strings.Trim(t.text, around)) || before == "" || after == "" || !amountWord.MatchString(before) && !strings.HasPrefix(after, "$") {
			out = append(out, t)
			continue
		}
		share := float64(len(before)) / float64(len(t.text))
		l, slash, r := *t, *t, *t
		l.text, l.key, l.at, l.box.x1 = before, key(before), part(t.at, 0, share), t.box.x0+share*t.box.width()
		r.text, r.key, r.at, r.box.x0 = after, key(after), part(t.at, share, 1), l.box.x1
		slash.text, slash.key = "/", ""
		out = append(append(out, &l, &slash), parted([]*token{&r})...)
	}
	return out
}

func saysWords(t *token) bool {
	return strings.ContainsAny(strings.ToUpper(t.key), "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// bareAmounts reports whether a text is two amounts with nothing but a slash between them.
func bareAmounts(text []*token) bool {
	said := saidLimits{text: text}.limits()
	return len(said) == 2 && len(said[0].words)+len(said[1].words) == 0 && slices.ContainsFunc(text, func(t *token) bool { return t.text == "/" })
}

// saidLimit is one amount with the words that say what it limits.
type saidLimit struct {
	amount cell
	words  []*token
}

// limits are the amounts of the text with the words behind each, up to the next separator.
func (l saidLimits) limits() []saidLimit {
	var out []saidLimit
	open := false
	for _, t := range l.text {
		switch {
		case isAmount(t) && open && len(out[len(out)-1].words) == 0:
			last := &out[len(out)-1] // the rest of an amount that was read in pieces
			last.amount.tokens = append(last.amount.tokens, t)
		case isAmount(t):
			out = append(out, saidLimit{amount: cell{tokens: []*token{t}, doubt: 1}})
			open = true
		case !open || t.text == "$":
		case t.key == "":
			open = t.text != "/" && t.text != "|" && t.text != ";"
		default:
			last := &out[len(out)-1]
			last.words = append(last.words, t)
			open = !strings.ContainsAny(t.text[len(t.text)-1:], ",;|")
		}
	}
	return out
}

// limitSaid is the limit that words name.
func limitSaid(words []*token) labelID {
	text := ""
	for _, t := range words {
		text += t.key
	}
	text = strings.TrimSuffix(text, "AND")
	for _, s := range allLabels.exact[text] {
		if amountLabel(s.id) {
			return s.id
		}
	}
	return limitCalled(textOf(words))
}

// takeSaid takes the limits that are said in words. Two amounts without words are what each one and all together may cost, which is usual
// but not sure.
func (p *plainReader) takeSaid(c *plainCoverage, l saidLimits) {
	said := l.limits()
	if bareAmounts(l.text) && len(said) == 2 {
		each, all := eachClaim, aggregateLimit
		switch c.id {
		case glRow:
			each, all = eachOccurrence, generalAggregate
		case umbrellaRow:
			each = eachOccurrence
		case autoRow, wcRow:
			return
		}
		for i, id := range []labelID{each, all} {
			said[i].amount.doubt = inferred
			c.takeLimit(anchor{id: id, tokens: l.label.tokens}, said[i].amount)
		}
		return
	}
	for _, limit := range said {
		if id := limitSaid(limit.words); id != "" {
			c.takeLimit(anchor{id: id, tokens: limit.words}, limit.amount)
		}
	}
}
