package certificate

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Dollars is an amount in whole US dollars.
type Dollars int64

// amount accepts digits plain or in groups of three, an optional dollar sign, and cents that are zero.
var amount = regexp.MustCompile(`^\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,12})(?:\.00?)?$`)

// ParseDollars reads an amount as certificates print it: "1,000,000", "$ 1,000,000", "1000000", "1,000,000.00". Words such as
// "Included" or "Statutory", cents, and broken groups such as "1,00,000" are errors: a limit that is not plainly a number
// must never become one.
func ParseDollars(s string) (Dollars, error) {
	g := amount.FindStringSubmatch(strings.TrimSpace(s))
	if g == nil {
		return 0, fmt.Errorf("%q is not an amount in whole dollars", s)
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(g[1], ",", ""), 10, 64)
	if err != nil || n > 999_999_999_999 {
		return 0, fmt.Errorf("%q is not an amount in whole dollars", s)
	}
	return Dollars(n), nil
}

// String formats the amount as $1,000,000.
func (d Dollars) String() string {
	s := strconv.FormatInt(int64(d), 10)
	sign := ""
	if d < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + "$" + s
}
