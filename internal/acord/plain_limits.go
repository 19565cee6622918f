package acord

import (
	"regexp"
	"slices"
	"strings"
)

// rowLimit is a limit with the words that name it.
type rowLimit struct {
	id     labelID
	words  []*token
	amount cell
}

// limitRow is the limit that a row names in place of a coverage. The word Occurrence alone says when a coverage applies.
func limitRow(ts []*token) labelID {
	if text := textOf(ts); key(text) != "OCCURRENCE" {
		return limitCalled(text)
	}
	return ""
}

// limitInName is where in the name of a coverage the name of its limit begins: "General Liability - Each Occurrence"; 0 where there is none.
func limitInName(ts []*token) int {
	for i := 1; i < len(ts); i++ {
		if limitRow(ts[i:]) != "" && !strings.HasPrefix(ts[i].text, "(") && coverageNamed(textOf(ts[:i])) != "" {
			return i
		}
	}
	return 0
}

// ruledLimits are the parts of the cell of limits that rules part from one another, none where there is no rule: in each the words before
// their amount, which may be broken onto the same lines.
func (s *sheet) ruledLimits(r span, text cell) []cell {
	if text.empty() {
		return nil
	}
	left := boundsOf(text.tokens).x0
	borders := s.edges(false, rect{left, r.from, left + 2*s.em, r.to})
	borders = slices.DeleteFunc(borders, func(y float64) bool { return y < r.from+0.5*s.em || y > r.to-0.5*s.em })
	if len(borders) == 0 {
		return nil
	}
	var out []cell
	from := r.from
	for _, to := range append(borders, r.to) {
		part, amounts := cell{doubt: text.doubt}, 0
		for _, wanted := range []bool{false, true} {
			for _, t := range text.tokens {
				if (span{from, to}).holds(t.box.cy()) && isAmount(t) == wanted && t.text != "$" {
					part.tokens = append(part.tokens, t)
					if wanted {
						amounts++
					}
				}
			}
		}
		if amounts > 1 {
			return nil
		}
		if from = to; !part.empty() {
			out = append(out, part)
		}
	}
	return out
}

// rowLimit takes the limit that a row names: the one amount of the row.
func (e *gridEntry) rowLimit(cells map[labelID]cell) {
	text := with(cells[limitsColumn], cells[limitAmount])
	if text.empty() {
		for _, c := range cells {
			if slices.ContainsFunc(c.tokens, isAmount) {
				text = with(text, c)
			}
		}
	}
	var amounts []*token
	for _, t := range text.tokens {
		if isAmount(t) {
			amounts = append(amounts, t)
		}
	}
	amount := cell{tokens: text.tokens, doubt: 1}
	if len(amounts) == 1 {
		amount.tokens = amounts
	}
	e.limits = append(e.limits, rowLimit{e.limit, e.heading.tokens, amount})
}

// columnLimit takes the amount of a column that is headed by a limit.
func (e *gridEntry) columnLimit(c gridColumn, value cell) {
	id := c.id
	switch {
	case id == eachOccurrence && e.id == autoRow:
		if !strings.Contains(strings.ToUpper(textOf(c.head)), "CSL") {
			return
		}
		id = combinedSingle
	case id == eachOccurrence && (e.id == professionalRow || e.id == cyberRow || e.id == crimeRow):
		id = eachClaim
	case id == eachClaim && (e.id == glRow || e.id == umbrellaRow || e.id == excessRow), e.id == wcRow && (id == eachOccurrence || id == aggregateLimit || id == generalAggregate),
		e.id == autoRow && (id == aggregateLimit || id == generalAggregate):
		return
	case id == generalAggregate && e.id != glRow:
		id = aggregateLimit
	}
	i := slices.IndexFunc(value.tokens, isAmount)
	amount := cell{tokens: value.tokens[i : i+1], doubt: value.doubt}
	if slices.ContainsFunc(value.tokens[i+1:], isAmount) {
		amount = value
	}
	e.limits = append(e.limits, rowLimit{id, c.head, amount})
}

// limitsOf reads the limits in a text: each line by itself where each makes sense so, or else all lines as one.
func limitsOf(id labelID, text cell) []rowLimit {
	var out []rowLimit
	lines := rowsOf(text.tokens)
	var parts [][]*token
	alone := true
	for _, line := range lines {
		for _, part := range semicolons(line) {
			parts = append(parts, part)
			found := sayLimits(id, part)
			amounts := 0
			for _, t := range part {
				if isAmount(t) {
					amounts++
				}
			}
			if amounts > 0 && len(found) < amounts || amounts == 0 && limitCalled(textOf(part)) != "" {
				alone = false
			}
		}
	}
	if !alone && len(lines) > 1 {
		var all []*token
		for _, line := range lines {
			all = append(all, line...)
		}
		parts = semicolons(all)
	}
	for _, part := range parts {
		out = append(out, sayLimits(id, part)...)
	}
	return out
}

// semicolons cuts a text at what parts its limits from one another and from what is said beside them.
func semicolons(ts []*token) [][]*token {
	out := [][]*token{nil}
	for _, t := range ts {
		switch {
		case t.text == ";" || t.text == "|" || t.text == "•" || t.text == "·":
			out = append(out, nil)
			continue
		}
		out[len(out)-1] = append(out[len(out)-1], t)
		if strings.HasSuffix(t.text, ";") {
			out = append(out, nil)
		}
	}
	return slices.DeleteFunc(out, func(ts []*token) bool { return len(ts) == 0 })
}

// sayLimits reads the limits in a text of amounts and words: the words stand before their amounts, or behind them; which of the two is
// told by what makes sense of more of them.
func sayLimits(id labelID, ts []*token) []rowLimit {
	type run struct {
		amount *token
		words  []*token
	}
	var runs []run // words and amounts in turn
	for _, t := range ts {
		switch {
		case isAmount(t):
			runs = append(runs, run{amount: t})
		case t.text != "&" && t.key == "" || t.key == "USD":
		case len(runs) == 0 || runs[len(runs)-1].amount != nil:
			runs = append(runs, run{words: []*token{t}})
		default:
			runs[len(runs)-1].words = append(runs[len(runs)-1].words, t)
		}
	}
	assign := func(step int) (out []rowLimit, known int) {
		for i, r := range runs {
			if r.amount == nil {
				continue
			}
			l := rowLimit{amount: cell{tokens: []*token{r.amount}, doubt: 1}}
			if j := i + step; j >= 0 && j < len(runs) && runs[j].amount == nil {
				l.words = runs[j].words
				if l.id = limitIn(id, textOf(l.words)); l.id != "" {
					known++
				}
			}
			out = append(out, l)
		}
		return out, known
	}
	if !slices.ContainsFunc(runs, func(r run) bool { return r.amount != nil }) {
		return unreadLimit(id, ts)
	}
	before, known := assign(-1)
	after, also := assign(1)
	best := before
	if also > known || also == known && len(runs) > 0 && runs[0].amount != nil {
		best, known = after, also
	}
	named := slices.DeleteFunc(slices.Clone(best), func(l rowLimit) bool { return l.id == "" })
	if known > 0 && also == known && len(named) > 0 && slices.ContainsFunc(before, func(l rowLimit) bool { return l.id != "" }) && !sameLimits(before, after) {
		// Either way makes sense: which is meant is not for us to say.
		for i := range named {
			named[i].amount.doubt = misplaced
		}
	}
	switch {
	case known > 0:
		return named
	case id == wcRow && len(best) == 3 && best[0].amount.text() == best[1].amount.text() && best[1].amount.text() == best[2].amount.text():
		// Employers' liability, the same for an accident, an employee and the policy.
		for i, id := range []labelID{elAccident, elEmployee, elPolicy} {
			best[i].id = id
			best[i].words = ts[:1]
		}
		return best
	case len(best) == 1:
		return bareLimit(id, best[0], ts)
	case len(best) == 2 && len(best[0].words)+len(best[1].words) == 0:
		return bareLimits(id, best, ts)
	}
	return nil
}

// unreadLimit is the name of a limit with something behind it that is no amount, such as "Included".
func unreadLimit(id labelID, ts []*token) []rowLimit {
	for i := len(ts) - 1; i > 0; i-- {
		if limit := limitIn(id, textOf(ts[:i])); limit != "" {
			return []rowLimit{{limit, ts[:i], cell{tokens: ts[i:], doubt: 1}}}
		}
	}
	return nil
}

func sameLimits(a, b []rowLimit) bool {
	return slices.EqualFunc(a, b, func(x, y rowLimit) bool { return x.id == y.id })
}

// introduces matches what stands before the name of a limit and does not change it.
var introduces = regexp.MustCompile(`(?i)^\s*(?:(?:wc\s+)?(?:per\s+)?statut(?:e|ory)(?:\s+limits?)?|limits?(?:\s+of\s+(?:liability|insurance))?|bodily\s+injury\s+(?:and|&)\s+property\s+damage|bi\s*(?:/|&|and)\s*pd|occurrence|claims[\s-]made)[\s:,;./–-]+`)

// limitIn is the limit that words name within a coverage.
func limitIn(id labelID, words string) labelID {
	limit := limitCalled(words)
	if limit == "" {
		limit = limitCalled(introduces.ReplaceAllString(words, ""))
	}
	if limit == "" {
		return ""
	}
	switch id {
	case professionalRow, cyberRow, crimeRow:
		if limit == eachOccurrence {
			return eachClaim
		}
	case umbrellaRow, excessRow:
		if limit == generalAggregate {
			return aggregateLimit
		}
	case autoRow:
		switch limit {
		case elAccident:
			return "" // of which injury is not said
		case eachOccurrence, aggregateLimit, generalAggregate:
			return ""
		}
	}
	return limit
}

// bareLimit is one amount whose words say nothing that is known: the first of the coverage's limits, as a rule.
func bareLimit(id labelID, l rowLimit, ts []*token) []rowLimit {
	if len(l.words) > 0 {
		if id == otherRow || id == "" {
			l.id = otherLimit
			return []rowLimit{l}
		}
		return nil
	}
	l.amount.doubt = inferred
	l.words = ts
	switch id {
	case glRow, umbrellaRow, excessRow:
		l.id = eachOccurrence
	case autoRow:
		l.id = combinedSingle
	case wcRow:
		l.id = elAccident
	default:
		l.id = otherLimit
	}
	return []rowLimit{l}
}

// bareLimits are two amounts without words: what each one and all together may cost, which is usual but not sure.
func bareLimits(id labelID, both []rowLimit, ts []*token) []rowLimit {
	each, all := eachClaim, aggregateLimit
	switch id {
	case glRow:
		each, all = eachOccurrence, generalAggregate
	case umbrellaRow, excessRow:
		each = eachOccurrence
	case autoRow, wcRow:
		return nil
	}
	for i, id := range []labelID{each, all} {
		both[i].id, both[i].words, both[i].amount.doubt = id, ts, inferred
	}
	return both
}
