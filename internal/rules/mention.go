package rules

import (
	"slices"
	"strings"
	"unicode"
)

// prose is a text divided into words and sentences, in which names are looked for.
type prose struct {
	words     []token
	sentences [][2]int // from the first word to after the last
}

// readProse divides a text. Sentences are divided only where that is beyond doubt: at a full stop, an exclamation or a
// question mark that a space and a capital follow, and not after an abbreviation or a legal suffix. Two sentences taken for
// one may make a negation count where it does not; one taken for two would hide it.
func readProse(s string) prose {
	p := prose{words: tokens(s)}
	start := 0
	for i := 1; i < len(p.words); i++ {
		before, t := p.words[i-1], p.words[i]
		ends := strings.ContainsAny(t.gap, ".!?") && strings.ContainsFunc(t.gap, unicode.IsSpace)
		if ends && t.capital && len(before.word) > 3 && !legalSuffix(before.word) && !abbreviated(before.word) {
			p.sentences = append(p.sentences, [2]int{start, i})
			start = i
		}
	}
	if len(p.words) > 0 {
		p.sentences = append(p.sentences, [2]int{start, len(p.words)})
	}
	return p
}

// abbreviated reports whether a word of more than three letters is commonly written with a full stop after it.
func abbreviated(word string) bool {
	return slices.Contains([]string{"bros", "assoc", "dept", "attn", "corp", "mgmt", "prop", "props", "invs", "intl", "natl", "univ"}, word)
}

// mention is what a text says about a name.
type mention int

const (
	unmentioned mention = iota
	mentioned
	negated // at least one sentence that names it, or that speaks of additional insureds, says no
)

// mentions looks for a name in the text. It must stand there as a name of its own: "Fern" is not found in "Fern Hill Homes".
func (p prose) mentions(n name) mention {
	if p.deniesInsureds() {
		return negated
	}
	found := unmentioned
	for _, part := range n.parts {
		for i := 0; i+len(part) <= len(p.words); i++ {
			if !p.stands(part, i) {
				continue
			}
			if p.denies(p.sentence(i)) {
				return negated
			}
			found = mentioned
		}
	}
	return found
}

// sentence gives the bounds of the sentence that the word i stands in.
func (p prose) sentence(i int) [2]int {
	for _, s := range p.sentences {
		if i < s[1] {
			return s
		}
	}
	return [2]int{0, len(p.words)}
}

// stands reports whether a name stands at word i, complete and as a name of its own.
func (p prose) stands(part []string, i int) bool {
	for k, w := range part {
		t := p.words[i+k]
		if t.word != w || (k > 0 && parted(p.words[i+k-1], t)) {
			return false
		}
	}
	if !p.beginsAt(i) {
		return false
	}
	end := i + len(part)
	for end < len(p.words) && legalSuffix(p.words[end].word) {
		end++
	}
	return p.endsAt(end, end > i+len(part))
}

// parted reports whether the signs between two words show that they belong to no one name.
func parted(before, t token) bool {
	if strings.ContainsAny(t.gap, ",;:()[]|\"“”!?–—") {
		return true
	}
	return strings.Contains(t.gap, ".") && len(before.word) > 5
}

// divides reports whether signs between two words end a name or begin one. A lone line break does not: it may stand
// within a name.
func divides(gap string) bool {
	if strings.ContainsAny(gap, ",;:()[]|\"“”–—") {
		return true
	}
	return strings.ContainsAny(gap, ".-/!?*•·") && strings.ContainsFunc(gap, unicode.IsSpace)
}

// beginsAt reports whether a name may begin with word i.
func (p prose) beginsAt(i int) bool {
	if i == 0 || divides(p.words[i].gap) {
		return true
	}
	before := p.words[i-1]
	switch before.word {
	case "and":
		// "A and B" may be one firm. It is two names where something before "and" shows that a name ended there.
		if strings.ContainsAny(before.gap, "&+") || i < 2 {
			return false
		}
		return divides(before.gap) || legalSuffix(p.words[i-2].word) || leadsIn(p.words[i-2].word)
	case "the":
		return p.beginsAt(i - 1)
	case "of":
		return i > 1 && (p.words[i-2].word == "favor" || p.words[i-2].word == "behalf")
	}
	return leadsIn(before.word)
}

// leadsIn reports whether a word is one that stands before a name and not in it.
func leadsIn(word string) bool {
	switch word {
	case "to", "for", "by", "with", "that", "as", "is", "are", "be", "if", "both", "between", "include", "includes", "included",
		"including", "insured", "insureds", "holder", "holders", "owner", "owners", "client", "clients", "customer", "lender",
		"landlord", "lessor", "name", "names", "named", "naming", "add", "added", "adds", "list", "lists", "listed", "following",
		"or", "nor", "neither", "than", "except", "excepting", "excluding", "without", "not":
		return true
	}
	return false
}

// endsAt reports whether a name may end before word i. A legal suffix at its end lets another name follow after "and".
func (p prose) endsAt(i int, suffixed bool) bool {
	if i >= len(p.words) || divides(p.words[i].gap) {
		return true
	}
	t := p.words[i]
	if unicode.IsDigit([]rune(t.word)[0]) {
		return true // a number after a name is an address, a job or a policy
	}
	if t.word == "and" {
		if suffixed {
			return true
		}
		if strings.ContainsAny(t.gap, "&+") || i+1 >= len(p.words) {
			return false
		}
		switch p.words[i+1].word {
		case "its", "their", "the", "all", "any", "other", "others", "owner", "owners", "affiliates", "subsidiaries", "officers",
			"directors", "employees", "agents", "is", "are":
			return true
		}
		return false
	}
	switch t.word {
	case "is", "are", "was", "were", "be", "shall", "has", "have", "will", "must", "may", "as", "its", "their", "named", "included",
		"listed", "added", "recognized", "considered", "per", "if", "when", "where", "with", "for", "in", "on", "at", "by", "under",
		"including", "along", "together", "or", "but", "to", "who", "which", "that", "isaoa", "atima", "not", "cannot", "only",
		"additional", "also", "does", "do", "regarding", "re", "while", "from", "due", "because", "upon", "subject":
		return true
	}
	return false
}

// denies reports whether a sentence says no, in words that do not belong to the phrases in which certificates use them
// otherwise: "not limited to", "Policy No. 12", "except 10 days for non-payment".
func (p prose) denies(s [2]int) bool {
	for i := s[0]; i < s[1]; i++ {
		switch p.words[i].word {
		case "never", "none", "neither", "nor", "cannot", "excluded", "exclude", "excludes", "exclusion", "removed", "remove", "deleted",
			"denied", "declined", "rejected", "revoked", "rescinded", "withdrawn", "terminated", "ceased", "void", "former", "formerly",
			"isnt", "arent", "wasnt", "werent", "doesnt", "dont", "didnt", "hasnt", "havent", "wont", "cant", "shant", "shouldnt",
			"lacks", "nobody", "ineligible", "unless", "na", "nil", "pending", "awaiting", "request", "requests", "requested":
			return true
		case "cancelled", "canceled":
			// "Coverage was cancelled", but not "should any policy be cancelled".
			if i > s[0] && slices.Contains([]string{"was", "were", "is", "are", "been"}, p.words[i-1].word) {
				return true
			}
		case "only":
			if i > s[0] && p.words[i-1].word == "holder" {
				return true // holder only, and so no insured
			}
		case "no":
			if !p.numbers(i, s) && !p.follows(i, s, 1, "less", "later", "fewer", "more") {
				return true
			}
		case "not":
			if !p.follows(i, s, 1, "limited", "less", "later", "fewer", "exceed", "cancel", "canceled", "cancelled") &&
				!p.follows(i, s, 2, "exceed", "cancelled", "canceled", "nonrenewed") {
				return true
			}
		case "non":
			if p.follows(i, s, 1, "additional", "insured", "insureds", "covered") {
				return true
			}
		case "without":
			if !p.follows(i, s, 8, "notice", "notification") {
				return true
			}
		case "except", "excepting", "excluding", "other":
			if p.words[i].word == "other" && !p.follows(i, s, 1, "than") {
				continue
			}
			if !p.follows(i, s, 5, "workers", "worker", "work", "comp", "compensation", "professional", "errors", "days", "day", "nonpayment", "payment") {
				return true
			}
		}
	}
	return false
}

// numbers reports whether the "no" at word i is short for number.
func (p prose) numbers(i int, s [2]int) bool {
	if i+1 < s[1] && strings.ContainsFunc(p.words[i+1].word, unicode.IsDigit) {
		return true
	}
	return i > s[0] && slices.Contains([]string{"policy", "contract", "project", "job", "po", "permit", "order", "invoice", "agreement",
		"loan", "account", "acct", "bid", "license", "certificate"}, p.words[i-1].word) && strings.HasPrefix(p.nextGap(i), ".")
}

// nextGap is what stands after word i.
func (p prose) nextGap(i int) string {
	if i+1 < len(p.words) {
		return p.words[i+1].gap
	}
	return ""
}

// follows reports whether one of the words stands among the next n words of the sentence.
func (p prose) follows(i int, s [2]int, n int, any ...string) bool {
	for k := i + 1; k <= i+n && k < s[1]; k++ {
		if slices.Contains(any, p.words[k].word) {
			return true
		}
	}
	return false
}

// deniesInsureds reports whether a sentence that speaks of additional insureds says no, whomever it means.
func (p prose) deniesInsureds() bool {
	for _, s := range p.sentences {
		for i := s[0]; i+1 < s[1]; i++ {
			if p.words[i].word == "additional" && strings.HasPrefix(p.words[i+1].word, "insured") && p.denies(s) {
				return true
			}
		}
	}
	return false
}
