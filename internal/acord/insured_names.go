package acord

import (
	"regexp"
	"slices"
	"strings"
)

// additionalInsured is one whom the description names as additional insured.
type additionalInsured struct {
	name   string
	holder bool    // the certificate holder, whoever that is
	sure   float64 // how plainly it says so
	cut    bool    // the sentence before it is a word or two: the beginning of the name, where the full stop between is dirt
}

var (
	subjectFirst = regexp.MustCompile(`(?i)^(.+?)[\s,]+(?:(?:is|are|has been|have been|shall be|will be)\s+(?:\w+ly\s+)?(?:hereby\s+|also\s+|each\s+|both\s+|all\s+)?(?:(?:named|included|listed|added|shown|recognized|considered|covered|scheduled)\s+)?|(?:named|included|listed|added|shown|scheduled)\s+)(?:as\s+)?(?:an?\s+|the\s+)?additional(?:ly)?\s+(?:named\s+)?insured`)
	objectMiddle = regexp.MustCompile(`(?i)\b(?:naming|names|including|includes|adds?|adding|lists?|listing)\s+(.+?)\s+as\s+(?:an?\s+)?additional\s+insured`)
	colonList    = regexp.MustCompile(`(?i)\badditional\s+insured(?:s|\(s\))?(?:\s+(?:is|are|include|includes))?\s*[:\-–—]\s*(.+)$`)
	statusTo     = regexp.MustCompile(`(?i)\badditional\s+insured\s+(?:status|coverage)\s+(?:is\s+|has been\s+)?(?:granted|provided|extended|afforded|given)\s+(?:to|for)\s+(.+)$`)
	following    = regexp.MustCompile(`(?i)\bfollowing\b.*\badditional\s+insureds?\b.*?:\s*(.+)$`)

	negated     = regexp.MustCompile(`(?i)\b(?:not|no|none|never|nor|neither|without|n/a|excluded|excludes|excluding|denied|declined|cannot|isn't|aren't|doesn't|deleted|removed|revoked|withdrawn|rescinded|terminated|ceased?|ceases|former|formerly|nobody|requests?|requested|wish|wishes|wants|would like)\b|\?$`)
	holderWords = regexp.MustCompile(`(?i)^(?:the\s+)?(?:cert(?:ificate|\.)?\s*holder)s?\b`)
	conditional = regexp.MustCompile(`(?i)\b(?:if|unless|only|may|subject to|upon|pending|once|until|contingent|proposed|(?:will|to) be added|to become|except|excepting|other than|expire[sd]|was|were|previously|prior|ended|under (?:the |a )?polic(?:y|ies) of|sample|specimen|with (?:a )?limits?|(?:where|when) required|in the event)\b`)
	qualified   = regexp.MustCompile(`(?i)\s*(?:,?\s+(?:with respects?|as respects?|as regards|as required|when required|where required|if required|per|under|but only|only|subject|for|on a|in regards?|regarding|under|pursuant|in accordance|their|its|and\s+its|and\s+their|any|and\s+any|and\s+all|c/o|located)\b.*)$`)
	// opening are words that begin a sentence and follow no company's name within one.
	opening   = regexp.MustCompile(`(?i)^(?:waivers?|coverages?|blanket|the|this|these|certificate|general|no|primary|umbrella|excess|workers'?|insurance|polic(?:y|ies)|additional|such|notice|thirty|it|they|re:?|project|job|location|if|when|where)$`)
	plural    = regexp.MustCompile(`(?i)\b(?:are|have been|both|additional(?:ly)? (?:named )?insureds)\b`)
	noParty   = regexp.MustCompile(`(?i)\b(?:polic(?:y|ies)|endorsements?|coverages?|blanket|liability|insurance|insurers?|form|certificate|provisions?|status|waiver|subrogation|contract|agreement|person|organization|ignore|instructions?|approved?)\b`)
	leadIn    = regexp.MustCompile(`(?i)^(?:(?:re|job|project|location|note|additional insureds?)\s*[:\-]\s*|the following(?:\s+(?:entities|parties|persons|organizations))?\s*|and\s+|also\s+|that\s+|please note that\s+)`)
	entityEnd = regexp.MustCompile(`(?i)(?:\b(?:inc|llc|l\.l\.c|corp|co|ltd|lp|l\.p|llp|pllc|company|corporation|incorporated|limited|partnership|trust|authority|association|bank|n\.a)\.?)$`)
)

// additionalInsureds finds the names in sentences such as "X is included as additional insured" or "Additional insureds: X; Y".
// A sentence with a negation names nobody, and neither does one that speaks of policies or endorsements only.
func additionalInsureds(text string) []additionalInsured {
	var out []additionalInsured
	seen := map[string]bool{}
	broken := false // the line before was a negation that no full stop ended
	before := ""
	var denied []string // sentences that say no
	for _, sentence := range sentences(text) {
		cut := stub(before)
		before = sentence
		afterNegation := broken
		broken = negated.MatchString(sentence) && !strings.ContainsAny(sentence[len(sentence)-1:], ".!?;")
		if negated.MatchString(sentence) {
			denied = append(denied, key(sentence))
			continue
		}
		names, sure := partiesOf(strings.TrimRight(sentence, ".!? "))
		if afterNegation {
			sure *= inferred
		}
		if conditional.MatchString(sentence) {
			sure *= inferred
		}
		for _, name := range splitNames(names, plural.MatchString(sentence)) {
			found := additionalInsured{name: name, sure: sure, cut: cut}
			if holderWords.MatchString(name) {
				found = additionalInsured{holder: true, sure: sure}
			} else if !plausibleParty(name) {
				continue
			}
			if k := key(found.name); !seen[k] {
				seen[k] = true
				out = append(out, found)
			}
		}
	}
	for i, found := range out {
		if slices.ContainsFunc(denied, func(no string) bool { return found.name != "" && strings.Contains(no, key(found.name)) }) {
			out[i].sure *= inferred // one sentence names it, another says no of it
		}
	}
	return out
}

// stub reports whether a sentence is a word or two that say nothing by themselves.
func stub(sentence string) bool {
	n := len(strings.Fields(sentence))
	return n > 0 && n <= 2 && !strings.ContainsAny(sentence, ":0123456789")
}

// partiesOf gives the part of a sentence that names additional insureds, and how plainly.
func partiesOf(sentence string) (names string, sure float64) {
	for _, p := range []struct {
		pattern *regexp.Regexp
		sure    float64
	}{{following, 0.9}, {colonList, 0.95}, {statusTo, 0.85}, {objectMiddle, 0.85}, {subjectFirst, 0.95}} {
		if g := p.pattern.FindStringSubmatch(sentence); g != nil {
			return g[1], p.sure
		}
	}
	return "", 0
}

// sentences splits text at line breaks and at full stops that do not belong to an abbreviation.
func sentences(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		from := 0
		for i, w := range words {
			if i+1 == len(words) || strings.HasSuffix(w, ".") && (!abbreviated(w) || strings.HasSuffix(w, "..") || opening.MatchString(words[i+1])) && startsUpper(words[i+1]) || strings.HasSuffix(w, "!") || strings.HasSuffix(w, "?") {
				out = append(out, strings.Join(words[from:i+1], " "))
				from = i + 1
			}
		}
	}
	return out
}

// abbreviated reports whether a full stop belongs to the word before it.
func abbreviated(word string) bool {
	switch k := key(word); k {
	case "INC", "CO", "CORP", "LTD", "LLC", "LP", "NO", "ST", "AVE", "RD", "BLVD", "STE", "DR", "MR", "MRS", "MS", "JR", "SR", "US", "NA", "ATTN":
		return true
	default:
		return len(k) == 1 && k[0] >= 'A'
	}
}

func startsUpper(s string) bool {
	return s != "" && (s[0] >= 'A' && s[0] <= 'Z' || s[0] == '"' || s[0] == '(')
}

// splitNames parts a list of names. Commas and "and" part only where what stands before them is whole, because names hold
// both: "Brown, Stone and Sons, Inc."; where the sentence speaks of several, "and" also parts what is long enough to be a name.
func splitNames(list string, several bool) []string {
	var out []string
	for _, part := range strings.Split(list, ";") {
		current := ""
		for i, field := range splitKeep(part) {
			switch {
			case current == "":
				current = field.text
			case several && strings.Contains(strings.ToLower(field.separator), "and") && len(strings.Fields(current)) > 1 && len(strings.Fields(field.text)) > 1:
				out = append(out, current)
				current = field.text
			case entityEnd.MatchString(strings.TrimSpace(current)) && !entityEnd.MatchString("x "+field.text) || i > 0 && entityEnd.MatchString(strings.TrimSpace(current)) && len(strings.Fields(field.text)) > 1:
				out = append(out, current)
				current = field.text
			default:
				current += field.separator + field.text
			}
		}
		out = append(out, current)
	}
	var names []string
	for _, n := range out {
		n = leadIn.ReplaceAllString(strings.TrimSpace(n), "")
		n = qualified.ReplaceAllString(n, "")
		if n = cleanName(strings.Trim(n, ` "'.`+"“”")); n != "" {
			names = append(names, restoreStop(n, list))
		}
	}
	return names
}

// restoreStop gives a name its last full stop back where it belongs to it: "Acme Co."
func restoreStop(name, list string) string {
	if strings.Contains(list, name+".") && entityEnd.MatchString(name) {
		return name + "."
	}
	return name
}

// field is a part of a list with the separator before it.
type field struct{ separator, text string }

// listSeparator parts the items of a list of names.
var listSeparator = regexp.MustCompile(`(?i),? (?:and|&) |, `)

// splitKeep splits at ", ", " and " and " & ", and keeps what it split at.
func splitKeep(s string) []field {
	var out []field
	separator := ""
	for s != "" {
		at := listSeparator.FindStringIndex(s)
		if at == nil {
			return append(out, field{separator, s})
		}
		out = append(out, field{separator, s[:at[0]]})
		separator, s = s[at[0]:at[1]], s[at[1]:]
	}
	return out
}

// plausibleParty reports whether a text may name a person or company.
func plausibleParty(name string) bool {
	words := strings.Fields(name)
	return len(words) > 0 && len(words) <= 12 && len(key(name)) >= 3 && startsUpper(name) && !noParty.MatchString(name) && !placehold.MatchString(name)
}
