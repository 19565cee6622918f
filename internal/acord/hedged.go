package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// hedge marks the amounts that words beside them take back, narrow or turn into something else: "$500,000 xs $500,000", "CAD 1,000,000",
// "not included - $1,000,000 available", "$1,000,000 (1)". A person would ask before resting on one.
func (s *sheet) hedge() {
	lines := s.lines
	if len(s.page.Fields) > 0 {
		lines = linesOf(s.tokens)
	}
	for _, line := range lines {
		for _, run := range pieces(line, besideGap) {
			hedgeRun(run)
		}
	}
}

// takesBack reports whether the words beside a date may take it back, or say that it is something else than the day it stands for: any words
// but those for the hour, for which end of the period it is, and for what a policy is.
func takesBack(words string) bool {
	for _, w := range strings.FieldsFunc(words, func(r rune) bool { return r == ' ' || r == '/' }) {
		w = strings.Trim(w, around+"†‡?#&+")
		if len(key(w)) < shortestWord || strings.ContainsAny(w, "0123456789") || harmless.MatchString(w) {
			continue
		}
		return true
	}
	return strings.Contains(words, "?") || dayFirst.MatchString(words)
}

// dayFirst matches what says that the day stands before the month.
var dayFirst = regexp.MustCompile(`(?i)\bdd\s*[/.-]\s*mm\b`)

// shortestWord is how many letters a word has at least that says something of a date.
const shortestWord = 3

// harmless matches the words that stand beside dates and change nothing of them.
var harmless = regexp.MustCompile(`(?i)^(?:a\.?m|p\.?m|eff|effective|from|to|thru|through|until|till|and|the|at|on|of|exp|expires?|expiration|expiry|starts?|begins?|inception|ends?|date|dates|policy|period|term|standard|local|time|(?-i:EST)|cst|mst|pst|noon|midnight|annual|year|bound|mm/dd/yyyy|mm|dd|yyyy)$`)

// besideGap parts what is said of a value from what stands beside it, in heights of its type.
const besideGap = 1.5

func hedgeRun(run []*token) {
	for i, t := range run {
		if pairOfAmounts.MatchString(t.text) && !isDate(strings.Trim(t.text, around)) {
			t.hedged = true
			continue
		}
		if isDate(strings.Trim(t.text, around)) {
			t.hedged = t.hedged || afterDate.MatchString(wordsBeside(run[i+1:], false))
			continue
		}
		if !isAmount(t) {
			continue
		}
		t.hedged = t.hedged || beforeAmount.MatchString(wordsBeside(run[:i], true)) || afterAmount.MatchString(wordsBeside(run[i+1:], false)) ||
			i > 0 && run[i-1].label && eachOfTwo.MatchString(textOf(run[i+1:min(i+1+nearWords, len(run))]))
	}
}

// nearWords is how many words before or behind a value are taken to be said of it.
const nearWords = 3

// wordsBeside are the words next to a value, those before it or those behind it, up to another value or a label.
func wordsBeside(ts []*token, before bool) string {
	var words []string
	for n := range min(len(ts), nearWords) {
		t := ts[n]
		if before {
			t = ts[len(ts)-1-n]
		}
		if t.label || t.source == certificate.OCR && len(t.key) < leastWritten || isDate(strings.Trim(t.text, around)) {
			break
		}
		if isAmount(t) {
			break
		}
		if words = append(words, t.text); before && strings.HasSuffix(t.text, ";") {
			words = words[:len(words)-1]
			break
		}
	}
	if before {
		slices.Reverse(words)
	}
	return strings.Join(words, " ")
}

var (
	// pairOfAmounts matches two amounts that a slash parts: which of the two is meant the place alone does not say.
	pairOfAmounts = regexp.MustCompile(`^\$?\d[\d,]{3,}(?:\.\d\d)?/\$?\d[\d,]{3,}(?:\.\d\d)?$`)
	// eachOfTwo matches what stands behind the first of two amounts that one label has: "ea. / $2,000,000 agg."
	eachOfTwo = regexp.MustCompile(`(?i)^(?:ea\.?|each|occ\.?|per \w+\.?)?\s*/\s*\$?\s*\d`)

	// afterDate matches what makes another day of the one before it, or one that may not come.
	afterDate = regexp.MustCompile(`(?i)^[\s(/,;–-]*(?:unless|until|if|when|provided|subject to|or|and annually|and continuous\w*|continuous|extended|was|were|pending|proposed|estimated|est\.|tentative|approx\w*|not|void|cancell?ed)\b`)

	beforeAmount = regexp.MustCompile(`(?i)\b(?:approx\w*|about|circa|estimated|tentative|not|nor|never|without|was|were|previously|less|up to|x/?s(?: of)?|excess of|sub-?limit(?: of)?|shared|less than|reduced|remaining|formerly|proposed|pending|requested|CAD|CDN|EUR|GBP|AUD|NZD|MXN|CHF|JPY)\b|[€£¥]|\b[CA]A?\$$`)
	afterAmount  = regexp.MustCompile(`(?i)^[\s(/,;-]*(?:x/?s|excess of|excl\w*|shared|sub-?limit\w*|remaining|pending|proposed|requested|subject to|if|unless|until|when|increas\w+|less|minus|per schedule|not|see|reduced|CAD|CDN|EUR|GBP|AUD|NZD|MXN|CHF|JPY|canadian|euros?|pounds?)\b|^[\s(]*[€£¥]|^\s*(?:\(\d{1,2}\)|\[\d{1,2}\]|[*†‡]+)`)
)
