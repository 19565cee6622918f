package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// page says where a value stands, as in " (page 1)", or nothing.
func (v value) page() string {
	if !v.known || v.evidence.Page < 1 {
		return ""
	}
	return " (page " + strconv.Itoa(v.evidence.Page) + ")"
}

// reading says what was read, or what is printed instead, and where: $1,000,000 (page 1).
func (v value) reading() string {
	if v.printed != "" {
		return v.printed
	}
	return v.print()
}

func (v value) print() string {
	switch {
	case v.content == true && strings.HasSuffix(v.path, ".signature"):
		return "a signature" + v.page()
	case v.content == false && strings.HasSuffix(v.path, ".signature"):
		return "no signature" + v.page()
	case v.shown:
		return show(v.content) + v.page()
	case v.known && strings.TrimSpace(v.evidence.Text) != "":
		return quote(v.evidence.Text) + v.page() + ", which is not " + v.expected()
	}
	return "not shown"
}

// expected names what a field of the value's kind holds.
func (v value) expected() string {
	f, _ := certificate.FieldAt(v.path)
	switch f.Kind {
	case certificate.KindDollars:
		return "an amount in whole dollars"
	case certificate.KindDate:
		return "a date"
	case certificate.KindBool:
		return "a box that is ticked or not"
	}
	return "readable"
}

// doubt says why no rule may rest on a value that is shown, and is empty for a value that is sure.
func (v value) doubt() string {
	switch {
	case v.sure || !v.shown:
		return ""
	case !v.known:
		return "but nothing says where on the page that stands"
	case v.evidence.Page < 1 || v.evidence.Confidence == 0:
		return "but that value is not on the page"
	case v.evidence.Doubt != "":
		return "but " + v.evidence.Doubt
	}
	return fmt.Sprintf("but with a confidence of only %s, and this account asks for %s",
		number(v.evidence.Confidence), strconv.FormatFloat(v.in.Settings.ConfidenceThreshold, 'g', -1, 64))
}

// check says what a person should do about a value in doubt.
func (v value) check() string {
	if v.evidence.Doubt != "" {
		return fmt.Sprintf("Look at page %d, and ask the broker for another certificate unless this one is valid all the same.", v.evidence.Page)
	}
	if v.known && v.evidence.Page > 0 && v.evidence.Confidence > 0 {
		return fmt.Sprintf("Look at page %d, and approve this rule if the certificate shows it.", v.evidence.Page)
	}
	return "Look for it on the certificate, and approve this rule if it is there; otherwise ask the broker for a certificate that shows it."
}

// number writes a confidence with three places, rounded down, so that it never looks like a threshold that it misses.
func number(confidence float64) string {
	return strconv.FormatFloat(math.Floor(confidence*1000)/1000, 'g', -1, 64)
}

// show writes a scalar for people.
func show(content any) string {
	switch c := content.(type) {
	case bool:
		if c {
			return "ticked"
		}
		return "not ticked"
	case string:
		return quote(c)
	case fmt.Stringer: // certificate.Date and certificate.Dollars
		return c.String()
	}
	return fmt.Sprint(content)
}

// quote writes a text in quotation marks on one line, and cuts one that is very long.
func quote(s string) string {
	const longest = 120
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > longest {
		return "“" + string(r[:longest]) + "…”"
	}
	return "“" + string(r) + "”"
}

// series writes texts as "a, b or c".
func series(texts []string, last string) string {
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " " + last + " " + texts[len(texts)-1]
}

// coverage names the row or the policy at a path, which may lead further into it: commercial general liability, policy 2.
func (l *lookup) coverage(path string) string {
	row, _ := split(path)
	if row == "" {
		return l.otherCoverage(path)
	}
	all := l.in.policiesOf(row)
	if len(all) < 2 {
		return certificate.Label(row)
	}
	for i := len(all) - 1; i > 0; i-- {
		if path == all[i] || strings.HasPrefix(path, all[i]+".") {
			return fmt.Sprintf("%s, policy %d of the row", certificate.Label(row), i+1)
		}
	}
	return certificate.Label(row) + ", policy 1 of the row"
}

// otherCoverage names the item of coverages.other at a path, or the list; it is empty for a path that leads elsewhere.
func (l *lookup) otherCoverage(path string) string {
	rest, ok := strings.CutPrefix(path, "coverages.other")
	if !ok {
		return ""
	}
	if rest == "" {
		return "other coverages"
	}
	item, _, _ := strings.Cut(rest[1:], ".")
	if label := l.peek("coverages.other." + item + ".label"); label.shown {
		return "the coverage " + show(label.content)
	}
	return "an unnamed coverage"
}

// title names the row or the coverage at a path as coverage does, without telling the policies of a row apart.
func (l *lookup) title(path string) string {
	if row, _ := split(path); row != "" {
		return certificate.Label(row)
	}
	return l.coverage(path)
}

// eachPolicy says that every policy of a row is asked, where the certificate shows several.
func (l *lookup) eachPolicy(path string) string {
	if row, _ := split(path); row != "" && len(l.in.policiesOf(row)) > 1 {
		return " for each policy of the row"
	}
	return ""
}

// subject names the value at a path with what holds it: the policy expiration date of automobile liability.
func (l *lookup) subject(path string) string { return l.named(path, l.coverage(path)) }

// topic names the value at a rule's path as subject does, for every policy of a row at once.
func (l *lookup) topic(path string) string { return l.named(path, l.title(path)) }

// named names the value at a path; c is the coverage that it belongs to, if any.
func (l *lookup) named(path, c string) string {
	f, _ := certificate.FieldAt(path)
	label := certificate.Label(path)
	if f.Kind == certificate.KindBool && f.Name != "signature" && !strings.HasPrefix(label, "box ") {
		label = "box “" + label + "”"
	}
	switch f.Kind {
	case certificate.KindDollars:
		if !strings.HasSuffix(label, "limit") && f.Name != "retention_dollars" {
			label += " limit"
		}
	case certificate.KindList:
		if f.Item == certificate.KindCoverage {
			return c
		}
	}
	if rest, ok := strings.CutPrefix(path, "insurers."); ok {
		item, _, inside := strings.Cut(rest, ".")
		if n, err := strconv.Atoi(item); err == nil && inside {
			return fmt.Sprintf("the %s of insurer %d", label, n+1)
		}
	}
	switch {
	case c == "" && (f.Kind == certificate.KindCoverages || strings.HasSuffix(label, "s")):
		return label
	case c == "":
		return "the " + label
	case f.Kind == certificate.KindCoverage:
		return c
	default:
		return "the " + label + " of " + c
	}
}
