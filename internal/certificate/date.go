package certificate

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Date is a calendar date without a time zone, as certificates print it. The zero Date is not valid; a Date comes from
// ParseDate or DateOf.
type Date struct {
	year  int
	month time.Month
	day   int
}

var (
	slashed = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
	short   = regexp.MustCompile(`^(\d{2})/(\d{2})/(\d{2})$`)
	iso     = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})$`)
)

// twoDigitPivot splits two-digit years: 00–69 are 2000–2069 and 70–99 are 1970–1999, as POSIX strptime has it but for 69.
const twoDigitPivot = 70

// ParseDate reads the formats of CONTRACT §3: MM/DD/YYYY, M/D/YYYY, MM/DD/YY and YYYY-MM-DD. Anything else, and a day
// that the calendar does not have, is an error.
func ParseDate(s string) (Date, error) {
	var y, m, d int
	switch {
	case slashed.MatchString(s):
		g := slashed.FindStringSubmatch(s)
		m, d, y = number(g[1]), number(g[2]), number(g[3])
	case short.MatchString(s):
		g := short.FindStringSubmatch(s)
		m, d, y = number(g[1]), number(g[2]), number(g[3])
		if y += 2000; y >= 2000+twoDigitPivot {
			y -= 100
		}
	case iso.MatchString(s):
		g := iso.FindStringSubmatch(s)
		y, m, d = number(g[1]), number(g[2]), number(g[3])
	default:
		return Date{}, fmt.Errorf("%q is not a date as MM/DD/YYYY, M/D/YYYY, MM/DD/YY or YYYY-MM-DD", s)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d || y < 1900 || y > 2199 {
		return Date{}, fmt.Errorf("%q is not a day of the calendar", s)
	}
	return DateOf(t), nil
}

// number reads digits that a pattern has already matched.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// DateOf is the calendar date of t in t's own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// String formats the date as MM/DD/YYYY.
func (d Date) String() string { return fmt.Sprintf("%02d/%02d/%04d", int(d.month), d.day, d.year) }

// Time is midnight UTC at the start of the date.
func (d Date) Time() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.Time().Before(other.Time()) }

// AddDays is the date n days after d; n may be negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// DaysUntil is the number of days from d to other, negative when other is earlier.
//
// It counts seconds and not a time.Duration, which ends at 292 years.
func (d Date) DaysUntil(other Date) int {
	const day = 24 * 60 * 60
	return int((other.Time().Unix() - d.Time().Unix()) / day)
}

// MarshalText formats the date as MM/DD/YYYY.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate.
func (d *Date) UnmarshalText(b []byte) error {
	parsed, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
