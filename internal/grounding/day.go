package grounding

import (
	"regexp"
	"strings"
	"time"

	"certflow/internal/certificate"
)

// dateAt is a date that is printed on a line, in any format.
type dateAt struct {
	value  certificate.Date
	tokens []*token
	loose  bool      // day and month may be the other way round
	column string    // the field that the label before or above it names, empty when none does
	row    *labelled // the row that it stands in, nil when that cannot be said
	issued bool      // it stands under "Date"
}

// Printed forms of a date. Spaces are allowed inside because OCR and justified text break words at slashes.
var (
	numeric = regexp.MustCompile(`^(\d{1,2}) ?([/.-]) ?(\d{1,2}) ?([/.-]) ?(\d{4}|\d{2})$`)
	isoDate = regexp.MustCompile(`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$`)
	monthly = regexp.MustCompile(`(?i)^(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC)[a-z]*\.? ?-?(\d{1,2})(?:st|nd|rd|th)?,? ?-?(\d{4})$`)
	daily   = regexp.MustCompile(`(?i)^(\d{1,2})(?:st|nd|rd|th)?[ -]?(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC)[a-z]*\.?,?[ -]?(\d{4})$`)
)

// readDate reads a text as a date, however it is printed. Dots and dashes leave it open which number is the month.
func readDate(text string) (d certificate.Date, loose, ok bool) {
	text = strings.Trim(text, " |[]{}()_;:,'`‘’\"*.")
	if text == "" || text[len(text)-1] < '0' || text[len(text)-1] > '9' {
		return d, false, false // as most words of a page: every form ends with a number
	}
	if g := numeric.FindStringSubmatch(text); g != nil && g[2] == g[4] {
		d, err := certificate.ParseDate(pad(g[1]) + "/" + pad(g[3]) + "/" + g[5])
		return d, g[2] != "/", err == nil
	}
	if g := isoDate.FindStringSubmatch(text); g != nil {
		d, err := certificate.ParseDate(g[1] + "-" + pad(g[2]) + "-" + pad(g[3]))
		return d, false, err == nil
	}
	month, day, year := "", "", ""
	if g := monthly.FindStringSubmatch(text); g != nil {
		month, day, year = g[1], g[2], g[3]
	} else if g := daily.FindStringSubmatch(text); g != nil {
		day, month, year = g[1], g[2], g[3]
	} else {
		return d, false, false
	}
	named, err := time.Parse("Jan", strings.ToUpper(month[:1])+strings.ToLower(month[1:3]))
	if err != nil {
		return d, false, false
	}
	d, err = certificate.ParseDate(pad(named.Format("1")) + "/" + pad(day) + "/" + year)
	return d, false, err == nil
}

// pad gives a number of one digit a second one, since a year of two digits asks for months and days of two.
func pad(digits string) string {
	if len(digits) == 1 {
		return "0" + digits
	}
	return digits
}

// assignDates finds the dates of a sheet and what each one is by its labels.
func (s *sheet) assignDates() {
	for _, l := range s.lines {
		dates := s.datesIn(l)
		for i := range dates {
			first := dates[i].tokens[0]
			dates[i].column, dates[i].row, dates[i].issued = s.column(dates, i), s.rowAt(first), s.under(first, sectionLabel, issued)
		}
		s.dates = append(s.dates, dates...)
	}
}

// datesIn finds the dates of a line, the longest reading of neighbouring words first.
func (s *sheet) datesIn(l line) []dateAt {
	var out []dateAt
	for i := 0; i < len(l.tokens); i++ {
		if !strings.ContainsAny(l.tokens[i].text, "0123456789") && len(l.tokens[i].key) < 3 {
			continue
		}
		for n := min(5, len(l.tokens)-i); n > 0; n-- {
			ts := l.tokens[i : i+n]
			if !adjacent(ts) {
				continue
			}
			if d, loose, ok := readDate(textOf(ts)); ok {
				out = append(out, dateAt{value: d, tokens: ts, loose: loose})
				i += n - 1
				break
			}
		}
		// Two dates of neighbouring cells that ran together, or a period: 01/01/2025-01/01/2026.
		if t := l.tokens[i].text; len(t) >= 20 && len(t) <= 21 {
			first, second := t[:10], t[len(t)-10:]
			a, _, okA := readDate(first)
			b, _, okB := readDate(second)
			if okA && okB {
				out = append(out, dateAt{value: a, tokens: l.tokens[i : i+1], loose: true}, dateAt{value: b, tokens: l.tokens[i : i+1], loose: true})
			}
		}
	}
	return out
}

// adjacent reports whether tokens stand as near to each other as the words of one date.
func adjacent(ts []*token) bool {
	for i := 1; i < len(ts); i++ {
		if gap(ts[i-1], ts[i]) > 0.8*ts[i].height() || ts[i-1].field != ts[i].field {
			return false
		}
	}
	return true
}
