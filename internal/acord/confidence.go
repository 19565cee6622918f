package acord

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// The confidence of a value is a score, of which package calibration says what it is worth: the product of how well its source is read,
// how surely it belongs to its place, and how well it fits what such values look like. Rules ask for 0.85 by default: whatever leaves a doubt must end below it.
const (
	formField = 0.99 // a named field of the form says what it is
	printed   = 0.97 // text of the page in the place of its label
	engine    = 0.98 // OCR, times the engine's own confidence in its least sure word

	nothingRead  = 0.5  // something is printed that is not a value of its kind: the value is null
	spacedDigits = 0.7  // "1 000 000": commas were lost, or digits
	misplaced    = 0.75 // as near to another label as to its own
	inferred     = 0.7  // the layout does not say it, the wording does
	disagreeing  = 0.5  // form field and print, or two places, say different things
	unticked     = 0.9  // a box that is printed and holds no mark
	uncommon     = 0.85 // a value that is possible but not of the usual look
	unproven     = 0.84 // at most: letters and digits of OCR that nothing can be checked against
	guessedPlace = 0.9  // read where a label must be that was not read itself
	unsupported  = 0.75 // a date of OCR that no other date bears out, or an amount of a look that misread ones have
	scribbled    = 0.8  // ink where a signature stands, of which OCR makes no words
	agreement    = 0.6  // the share of the doubt that goes where another value, read by itself, bears one out
)

// sourced is the confidence that a cell's characters are read right and stand where they belong.
func sourced(c cell) float64 {
	switch c.source() {
	case certificate.FormField:
		return formField * c.engine() * c.doubt
	case certificate.OCR:
		return engine * c.engine() * c.doubt
	}
	return printed * c.engine() * c.doubt
}

// textConfidence counts OCR's own confidence twice: a name is many letters, and no pattern tells when one is wrong.
func textConfidence(c cell) float64 {
	if c.source() == certificate.OCR {
		return sourced(c) * c.engine()
	}
	return sourced(c)
}

// oddLetters lowers the confidence in OCR's words that hold what names and addresses do not.
func oddLetters(c cell) float64 {
	if c.source() != certificate.OCR {
		return 1
	}
	for _, t := range c.tokens {
		if strings.ContainsAny(t.text, "|~_*^{}[]=<>\\:;“”") || len(t.text) > 1 && strings.ContainsAny(t.text[1:len(t.text)-1], ":;!?") {
			return uncommon
		}
	}
	return 1
}

// dateConfidence leaves OCR's dates just above the threshold; corroborate lowers those that nothing supports.
func dateConfidence(c cell) float64 { return sourced(c) }

// borneOut is the confidence in a value that something else on the page, which was read by itself, bears out. That says much of its
// characters and nothing of its place: no value becomes surer of what it is than its place is.
func borneOut(conf, place float64) float64 {
	return round(max(conf, min(conf+(1-conf)*agreement, place*engine)))
}

// markConfidence is that of an X, Y or N in a place for one. OCR is hardly ever sure of a letter that stands alone, but nearly whatever it
// takes one of the three for is none of them, so that being one bears it out.
func markConfidence(c cell) float64 {
	if c.source() != certificate.OCR {
		return sourced(c)
	}
	return borneOut(sourced(c), c.doubt)
}

// looseEnds lowers the confidence in a name of OCR that begins or ends with a single character or ends with a long number: a part of the
// ruling, or of what stands beside it. The same goes for a full stop behind a word that nobody shortens, which is dirt and may have parted it.
func looseEnds(c cell) float64 {
	n := len(c.tokens)
	if c.source() != certificate.OCR || n < 2 {
		return 1
	}
	for _, t := range c.tokens[:n-1] {
		if stopped.MatchString(t.text) && !shortened.MatchString(t.text) {
			return uncommon
		}
	}
	first, last := c.tokens[0], c.tokens[n-1]
	if len(first.key) == 1 && !strings.HasSuffix(first.text, ".") || len(last.key) == 1 || len(last.key) > 3 && strings.Trim(last.key, "0123456789") == "" {
		return uncommon
	}
	if squeezed(c.tokens) {
		return uncommon
	}
	return 1
}

// squeezed reports whether two words of a line of OCR stand so much nearer to each other than the others that they may be one.
func squeezed(ts []*token) bool {
	narrow, wide := math.Inf(1), 0.0
	for i := 1; i < len(ts); i++ {
		a, b := ts[i-1], ts[i]
		if space := b.box.x0 - a.box.x1; !b.glued && space >= 0 && sameLine(a.box, b.box) > 0.5 {
			narrow, wide = min(narrow, space), max(wide, space)
		}
	}
	return narrow < 0.3*wide
}

var (
	stopped   = regexp.MustCompile(`^[A-Za-z]{3,}\.$`)
	shortened = regexp.MustCompile(`(?i)^(?:inc|corp|ltd|bros|assoc|assn|dept|intl|natl|svcs?|mgmt|const|constr|mfg|dist|ins|mut|univ|prop|props|contr|elec|mech|jr|sr|mrs|geo|wm|chas|ave|blvd|bldg|gov|comm|pty|llc|llp|pllc)\.$`)
)

// amountConfidence is lower for OCR's amounts that limits of insurance rarely have: digits in no groups, odd sums, and
// sums out of all proportion, because that is what lost or added digits look like.
func amountConfidence(c cell, amount certificate.Dollars) float64 {
	conf := sourced(c)
	if c.source() != certificate.OCR {
		return conf
	}
	if amount%500 != 0 || amount < 1000 || amount > 100_000_000 || !asRound(amount) {
		conf *= unsupported
	}
	if text := bare(c); amount >= 1000 && !containsComma(text) {
		conf *= uncommon
	}
	if signRead.MatchString(strings.TrimSpace(c.text())) {
		conf *= unsupported
	}
	return conf
}

// asRound reports whether an amount is as round as limits are: one digit and zeros, or two of which the second does not look like a
// zero. What is less round may have lost a zero to OCR, as 590,000 and 1,809,000 have.
func asRound(amount certificate.Dollars) bool {
	digits := strings.TrimRight(strconv.FormatInt(int64(amount), 10), "0")
	return len(digits) < 2 || len(digits) == 2 && !strings.ContainsAny(digits[1:], "3689")
}

// signRead matches amounts whose first digit may be a dollar sign that OCR took for one: 31,000,000 is $1,000,000.
var signRead = regexp.MustCompile(`^[358][1-9]\d*(,\d{3})+(\.\d\d)?$`)

func containsComma(s string) bool {
	for _, r := range s {
		if r == ',' {
			return true
		}
	}
	return false
}

// round keeps confidences to four decimals, so that the same page gives the same bytes on every machine.
func round(v float64) float64 { return math.Round(clamp(v)*1e4) / 1e4 }
