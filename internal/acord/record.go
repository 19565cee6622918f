package acord

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// record is a certificate in the making, with the evidence for what it holds.
type record struct {
	page        int
	certificate certificate.Certificate
	evidence    map[string]certificate.Evidence
	dates       map[certificate.Date]int // how often a date stands on the page
	places      map[string]float64       // how surely what was read for a path stands in its place, 0–1
	longYears   bool                     // dates on the page are printed with four digits for the year
}

func newRecord(page int) *record {
	r := &record{page: page, evidence: map[string]certificate.Evidence{}, dates: map[certificate.Date]int{}, places: map[string]float64{}}
	r.certificate.Insurers = []certificate.Insurer{}
	r.certificate.Description.AdditionalInsuredNames = []string{}
	return r
}

// prove notes what a path rests on.
func (r *record) prove(path string, c cell, confidence float64) {
	text := c.text()
	r.places[path] = c.doubt
	for _, t := range c.tokens {
		if t.beside != "" {
			text += " (printed there: " + t.beside + ")"
			break
		}
	}
	r.evidence[path] = certificate.Evidence{Page: r.page, Box: c.at(), Text: text, Confidence: round(confidence), Source: c.source()}
}

// text sets a string as it is printed.
func (r *record) text(path string, to **string, c cell) {
	r.say(path, to, c, strings.TrimSpace(c.text()))
}

// say sets a string that the cell's words stand for.
func (r *record) say(path string, to **string, c cell, value string) {
	if c.source() == certificate.OCR {
		value = strings.Trim(value, "|~_`‘’“”'\"* ")
	}
	if value == "" || c.empty() {
		return
	}
	*to = &value
	r.prove(path, c, textConfidence(c)*oddLetters(c))
}

// number sets a policy or certificate number. OCR confuses letters and digits, and there is nothing to check such a number by but the type of
// the page.
func (r *record) number(path string, to **string, c cell) {
	value := strings.TrimRight(strings.TrimSpace(c.text()), ",;")
	if c.source() == certificate.OCR {
		value = strings.Trim(value, ".,:;-—|[]{}()'‘’“” ")
	}
	if key(value) == "" {
		return // ruling
	}
	if strings.HasSuffix(value, "-") || strings.HasSuffix(value, "/") || strings.HasSuffix(value, "&") {
		c.doubt *= inferred // the rest was broken off
	}
	if noNumber(value) {
		c.doubt *= inferred
	}
	if r.say(path, to, c, value); *to != nil && c.source() == certificate.OCR {
		e := r.evidence[path]
		e.Confidence = round(min(e.Confidence, unproven))
		if c.typed() {
			e.Confidence = round(min(borneOut(e.Confidence, c.doubt), unproven)) // the whole number may be more than what was read of it
		}
		r.evidence[path] = e
	}
}

// date sets a date; what is printed and is none stays as evidence of the null.
func (r *record) date(path string, to **certificate.Date, c cell) {
	if c.empty() {
		return
	}
	d, err := certificate.ParseDate(dayIn(c))
	if c.hedged() {
		c.doubt *= disagreeing
	}
	if c.source() == certificate.OCR {
		switch {
		case err == nil && r.longYears && shortYear.MatchString(bare(c)):
			err = errCut
		case err != nil:
			if d, err = misreadDate(bare(c)); err == nil {
				c.doubt *= disagreeing
			}
		}
	}
	if err != nil {
		r.prove(path, c, nothingRead)
		return
	}
	*to = &d
	r.dates[d]++
	r.prove(path, c, dateConfidence(c))
}

// dayIn is the text of a cell that is to be a date, without the brackets around it and the time of day at which policies begin and end.
func dayIn(c cell) string {
	text := bare(c)
	if g := bracketedDay.FindStringSubmatch(text); g != nil {
		text = g[1]
	}
	return strings.TrimSpace(timeOfDay.ReplaceAllString(text, ""))
}

var (
	bracketedDay = regexp.MustCompile(`^\(([^()]+)\)$`)
	timeOfDay    = regexp.MustCompile(`(?i)^\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?\s+(?:on\s+)?|[\s,@]+(?:at\s+)?\d{1,2}:\d{2}\s*(?:[ap]\.?m\.?)?(?:\s+(?:standard|local)(?:\s+time)?)?$`)
)

// errCut is a year of two digits on a page that prints four: OCR lost the last two, and 02/05/20 may be of 2023.
var errCut = errors.New("the year was cut")

// shortYear matches dates with two digits for the year.
var shortYear = regexp.MustCompile(`/\d\d$`)

// longYears reports whether a page prints dates with years of four digits.
func (s *sheet) longYears() bool {
	return slices.ContainsFunc(s.tokens, func(t *token) bool { return longYear.MatchString(strings.Trim(t.text, around)) })
}

// longYear matches dates with four digits for the year.
var longYear = regexp.MustCompile(`^\d{1,2}/\d{1,2}/(19|20)\d\d$`)

// misreadDate reads a date in which OCR took a slash for a 1, a space or nothing, or the first digit of a month or day for one that no
// month or day begins with. It is an error where several dates, or none, may have been read so.
func misreadDate(s string) (certificate.Date, error) {
	s = strings.ReplaceAll(s, " ", "")
	if d, err := certificate.ParseDate(s); err == nil {
		return d, nil
	}
	var found []certificate.Date
	if g := isoDate.FindStringSubmatch(s); g != nil {
		s = g[2] + "/" + g[3] + "/" + g[1]
	}
	for _, g := range brokenDate.FindAllStringSubmatch(s, -1) {
		month, day := firstDigit(g[1], '1'), firstDigit(g[2], '3')
		if d, err := certificate.ParseDate(month + "/" + day + "/" + g[3]); err == nil && !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	for _, d := range strokedDates(s) {
		if !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	if len(found) != 1 {
		return certificate.Date{}, fmt.Errorf("%q is no date that was misread in one way", s)
	}
	return found[0], nil
}

// isoDate matches dates that begin with the year.
var isoDate = regexp.MustCompile(`^((?:19|20)\d\d)-([\dOQD]\d)-([\dOQD]\d)$`)

// brokenDate matches dates of whose months and days all digits are there, whatever became of the slashes.
var brokenDate = regexp.MustCompile(`^([\dOQD]\d)/?([\dOQD]\d)/?((?:19|20)\d\d)$`)

// strokedDates are the dates with short months and days of which OCR may have made a text that took slashes for a 1, or for a slash and
// a 1.
func strokedDates(s string) []certificate.Date {
	year := max(len(s)-4, 0)
	var found []certificate.Date
	for month := 1; month <= 2; month++ {
		for day := 1; day <= 2; day++ {
			for _, first := range slashes {
				for _, second := range slashes {
					if month+len(first)+day+len(second) != year || s[month:month+len(first)] != first || s[year-len(second):year] != second {
						continue
					}
					if d, err := certificate.ParseDate(s[:month] + "/" + s[month+len(first):year-len(second)] + "/" + s[year:]); err == nil {
						found = append(found, d)
					}
				}
			}
		}
	}
	return found
}

// slashes are what OCR makes of a slash beside what it is.
var slashes = [...]string{"/", "1", "/1", "1/"}

// firstDigit puts a digit that a month or day of two digits can begin with in the place of one that OCR takes it for: a 0 for what is
// round, a 1 for a stroke with a flag.
func firstDigit(digits string, highest byte) string {
	switch c := digits[0]; {
	case c <= highest && c >= '0':
		return digits
	case strings.IndexByte("689OQD", c) >= 0:
		return "0" + digits[1:]
	case c == '4' || c == '7':
		return "1" + digits[1:]
	}
	return digits
}

// dollars sets an amount; what is printed and is none, such as "Included", stays as evidence of the null.
func (r *record) dollars(path string, to **certificate.Dollars, c cell) {
	if c.empty() {
		return
	}
	amount, doubt, ok := dollarsOf(c)
	if !ok && strings.HasSuffix(path, ".combined_single_limit_dollars") {
		amount, doubt, ok = dollarsOf(c.without(singleLimit))
	}
	if ok && c.source() == certificate.OCR {
		if unsigned, is := withoutSign(c, amount); is {
			amount, doubt = unsigned, doubt*disagreeing
		}
		ok = amount >= leastLimit || amount == 0 && !beheaded(c)
	}
	if c.hedged() {
		c.doubt *= disagreeing
	}
	if !ok {
		if strings.Trim(bare(c), "$ ") != "" {
			r.prove(path, c, nothingRead)
		}
		return
	}
	if c.source() == certificate.OCR { // which is sure of many a zero that it took for another digit
		if whole := withZeros(amount); whole != amount {
			amount, doubt = whole, doubt*disagreeing
		}
	}
	*to = &amount
	r.prove(path, c, doubt*amountConfidence(c, amount))
	r.places[path] *= doubt // digits that were put right are as doubtful as a place
}

// singleLimit matches the words for a combined single limit that people write beside its amount.
var singleLimit = regexp.MustCompile(`(?i)^(?:CSL|C\.S\.L\.?)$`)

// beheaded reports whether an amount is zeros alone, several of them: OCR took the digit before them for the dollar sign.
func beheaded(c cell) bool {
	digits := strings.Trim(c.text(), "$sS§ ")
	return strings.HasPrefix(digits, "00")
}

// withoutSign is an amount without its first digit where that is the dollar sign, which forms print before every amount and OCR takes for
// a 5, 3 or 8: no sign was read, and what follows is a round sum of millions. 51,000,000 is then $1,000,000.
func withoutSign(c cell, amount certificate.Dollars) (certificate.Dollars, bool) {
	digits := strconv.FormatInt(int64(amount), 10)
	rest := strings.TrimLeft(digits[1:], "123456789")
	if len(digits) < 8 || strings.IndexByte("358", digits[0]) < 0 || len(rest) > len(digits)-2 || len(rest) < len(digits)-3 || strings.Trim(rest, "0") != "" ||
		strings.ContainsAny(c.text(), "$sS§") {
		return 0, false
	}
	unsigned, err := certificate.ParseDollars(digits[1:])
	return unsigned, err == nil
}

// leastLimit is the least amount in dollars that is taken from OCR as a limit of insurance. A digit or two are what it makes of a border
// beside the dollar sign that the form prints.
const leastLimit = 100

// withZeros is an amount of which OCR took some zeros for the digits that look like them: limits are whole hundreds at least, so that
// 300,809 is 300,000. It is the amount as read where that leaves other digits than zeros at its end.
func withZeros(amount certificate.Dollars) certificate.Dollars {
	if amount < 1000 || amount%100 == 0 {
		return amount
	}
	digits := []byte(strconv.FormatInt(int64(amount), 10))
	for i := len(digits) - 1; i > 0 && len(digits)-i <= 3; i-- {
		if !strings.ContainsRune("03689", rune(digits[i])) {
			return amount
		}
		digits[i] = '0'
	}
	whole, err := certificate.ParseDollars(string(digits))
	if err != nil {
		return amount
	}
	return whole
}

// flag sets a box. The evidence of a false one is the label that has no tick.
func (r *record) flag(path string, to **bool, value bool, c cell, confidence float64) {
	*to = &value
	r.prove(path, c, confidence)
}

// bare is a cell's text without what OCR makes of the ruling around it.
func bare(c cell) string {
	if c.source() != certificate.OCR {
		return strings.TrimRight(strings.TrimSpace(c.text()), ",;")
	}
	var words []string
	for _, t := range c.tokens {
		if t.key != "" || t.text == "$" {
			words = append(words, t.text)
		}
	}
	return strings.Trim(strings.Join(words, " "), around)
}

// around is what OCR makes of the ruling and the dirt around a value.
const around = " |[]{}()_;:.,'`‘’\"—-!°*^~<>=«»"

// dollarsOf reads the amount in a cell. Digits that spaces part into groups of three are one number, and so, of OCR, are digits
// with a letter or a full stop where a zero or a comma must be; but none of these is sure.
func dollarsOf(c cell) (amount certificate.Dollars, doubt float64, ok bool) {
	s := strings.TrimRight(strings.TrimLeft(usDollars.ReplaceAllString(strings.TrimLeft(bare(c), "$ "), ""), "$ "), ". ")
	if amount, err := certificate.ParseDollars(s); err == nil {
		return amount, 1, true
	}
	if c.source() == certificate.OCR {
		if amount, doubt, ok := amongRuling(c); ok {
			return amount, doubt, true
		}
		s = brokenCents.ReplaceAllString(s, "$1")
		s = misreadDigits(misreadCents.ReplaceAllString(s[strings.LastIndexByte(s, '$')+1:], "$1"))
	}
	if groups := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }); len(groups) > 0 && thousands(groups) {
		if amount, err := certificate.ParseDollars(strings.Join(groups, ",")); err == nil && (len(groups) > 1 || amount >= 100) {
			return amount, spacedDigits, true
		}
	}
	return 0, 0, false
}

// usDollars matches what people write for the currency beside the sign, or in its place.
var usDollars = regexp.MustCompile(`(?i)^\s*US(?:D\b|\b|\$)\s*|\s*\b(?:US\s+)?(?:USD|dollars)$`)

// brokenCents matches the cents of an amount that OCR broke at a comma: "500, 000.00".
var brokenCents = regexp.MustCompile(`(, ?\d{3})\.00$`)

// amongRuling finds the one amount of a cell in which OCR took the dollar sign for a letter, ruling for more letters, or the
// cents for a word of their own.
func amongRuling(c cell) (amount certificate.Dollars, doubt float64, ok bool) {
	doubt = 1
	for _, t := range c.tokens {
		text := strings.Trim(t.text, around+"$/")
		if cut := strings.TrimSuffix(text, "00"); cut != text && strings.HasSuffix(cut, ":") {
			text, doubt = strings.TrimSuffix(cut, ":"), uncommon // cents
		}
		switch found, err := certificate.ParseDollars(text); {
		case err == nil && len(text) > 2:
			if ok {
				return 0, 0, false
			}
			amount, ok = found, true
		case text == "" || text == "s" || text == "S" || text == "§":
		case strings.Trim(text, "0") == "" && len(text) <= 2 && ok, len(text) <= 3 && !strings.ContainsAny(text, "0123456789"):
			doubt = uncommon
		default:
			return 0, 0, false
		}
	}
	return amount, doubt, ok
}

// misreadCents matches an amount with cents of which OCR took a comma or the point for something else: "500,000,00".
var misreadCents = regexp.MustCompile(`^(.*[,.;:]\d{3})[,.;:]00$`)

// signBefore matches a dollar sign before an amount as OCR reads it, perhaps with the border of its column.
var signBefore = regexp.MustCompile(`^\s*(?:[Il|]?[$sS§]+\s*)?`)

// misreadDigits puts the digits and commas back that OCR most often takes for something else. It changes nothing that holds
// other letters.
func misreadDigits(s string) string {
	fixed := strings.Map(func(r rune) rune {
		switch r {
		case 'O', 'o', 'C', 'c', 'Q', 'D', 'G':
			return '0'
		case 'I', 'l', '|', '!':
			return '1'
		case '.', '\'', '‘', '’', ';':
			return ','
		}
		return r
	}, signBefore.ReplaceAllString(s, ""))
	for _, r := range fixed {
		if (r < '0' || r > '9') && r != ',' && r != ' ' {
			return s
		}
	}
	return fixed
}

// thousands reports whether the parts of a number are groups of three digits after the first, which does not begin with 0:
// where it does, digits before it were lost.
func thousands(groups []string) bool {
	if strings.HasPrefix(groups[0], "0") {
		return false
	}
	for i, g := range groups {
		if _, err := strconv.ParseUint(g, 10, 32); err != nil || i > 0 && len(g) != 3 || len(g) > 3 {
			return false
		}
	}
	return true
}
