package acord

import (
	"regexp"
	"strings"
)

// noNumber reports whether what is written in place of a policy or certificate number may not be one: words for a number that is still to
// come or was given up, anything without a digit, a number with plain words before or behind it, and two numbers.
func noNumber(value string) bool {
	return !strings.ContainsAny(value, "0123456789") || undecided.MatchString(value) || ofNoPolicy.MatchString(value) || plainWord.MatchString(value) || twoNumbers.MatchString(value)
}

var (
	// undecided matches what issuers print in place of a number that they do not have.
	undecided = regexp.MustCompile(`(?i)^(?:tb[ad]\b.*|pending.*|n/?a|none|unknown|(?:to be|see|as) .*|x+|0+)$`)
	// ofNoPolicy matches words that say that a number is not that of a policy in force.
	ofNoPolicy = regexp.MustCompile(`(?i)\b(?:binder|quote|quotation|app|application|applied|renewal of|replac(?:es|ing)|expired|cancel(?:l?ed)?|pending|tb[ad]|draft|proposed|prior|rewrite of)\b`)
	// plainWord matches a word in small letters, which stands in a number only where something else ran into it.
	plainWord = regexp.MustCompile(`(?:^|\s)[a-z]{4,}\s`)
	// twoNumbers matches two numbers with what parts them.
	twoNumbers = regexp.MustCompile(`(?i)\d{4,}\S*(?:\s+/\s*|\s*/\s+|\s*[;&+]\s*|,\s+|\s+(?:and|or)\s+)\S*\d{4,}`)
)
