package acord

import (
	"regexp"
	"strings"
)

// noNumber reports whether what is written in place of a policy or certificate number may not be one: words for a number that is still to
// come or was given up, anything without a digit, a number with words before or behind it, and two numbers.
func noNumber(value string) bool {
	return !strings.ContainsAny(value, "0123456789") || undecided.MatchString(value) || ofNoPolicy.MatchString(value) || plainWord.MatchString(value) || strings.Trim(value, "0 #-NOE") == "" || twoNumbers.MatchString(value)
}

var (
	// undecided matches what issuers print in place of a number that they do not have.
	undecided = regexp.MustCompile(`(?i)^(?:tb[ad]\b.*|pending.*|n/?a|none|unknown|(?:to be|see|as) .*|x+|0+)$`)
	// ofNoPolicy matches words that say that a number is not that of a policy in force.
	ofNoPolicy = regexp.MustCompile(`(?i)\b(?:binder|quote|quotation|app|application|applied|renewal of|replac(?:es|ing)|expired|cancel(?:l?ed)?|pending|tb[ad]|draft|proposed|prior|rewrite of)\b`)
	// plainWord matches a word, which stands in a number only where something else ran into it or is said of it.
	plainWord = regexp.MustCompile(`(?:^|[\s(])(?:[A-Z]?[a-z]{3,}|[a-z]{2}|[A-Z]{6,})\b(?:[\s.):]|$)`)
	// twoNumbers matches two numbers with what parts them.
	twoNumbers = regexp.MustCompile(`(?i)\d{4,}\S*(?:\s+/\s*|\s*/\s+|\s*[;&+]\s*|,\s+|\s+(?:and|or)\s+)\S*\d{4,}|\d\s+/\s+\S*\d`)
)
