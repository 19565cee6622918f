package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// look is what one rule sees of the input. It notes which evidence the rule's answer rests on.
type look struct {
	in         *record
	paths      []string
	confidence *float64
}

// value is what stands at a path, and how far it may be trusted.
type value struct {
	path     string
	content  any // as certificate.Lookup gives it; nil unless shown
	shown    bool
	evidence certificate.Evidence
	known    bool   // whether there is evidence
	sure     bool   // whether a rule may rest on it: shown, and without doubt
	printed  string // the answer of reading, made once; empty for a value that was not read
	in       *record
}

// peek gives the scalar at a path without resting on it.
func (l *look) peek(path string) value {
	if v, ok := l.in.values[path]; ok {
		return v
	}
	v := l.in.read(path)
	l.in.values[path] = v
	return v
}

// read finds the scalar at a path.
func (r *record) read(path string) value {
	v := value{path: path, in: r}
	v.content, v.shown = certificate.Lookup(&r.Certificate, path)
	if text, isText := v.content.(string); isText && strings.TrimSpace(text) == "" {
		v.content, v.shown = nil, false
	}
	v.evidence, v.known = certificate.EvidenceAt(r.Evidence, path)
	v.sure = v.shown && (r.Settings.WithoutEvidence || v.trusted())
	v.printed = v.print()
	return v
}

// trusted reports whether the evidence carries the value. The comparisons are such that a confidence that is not a number
// does not.
func (v value) trusted() bool {
	e := v.evidence
	return v.known && e.Page > 0 && e.Doubt == "" && e.Confidence > 0 && e.Confidence >= v.in.Settings.ConfidenceThreshold
}

// rest notes that the answer rests on a value.
func (l *look) rest(v value) {
	if !v.known {
		return
	}
	at := v.path
	if _, own := l.in.Evidence[at]; !own {
		at = at[:strings.LastIndexByte(at, '.')] // the list's, as certificate.EvidenceAt has it
	}
	if slices.Contains(l.paths, at) {
		return
	}
	l.paths = append(l.paths, at)
	if !v.shown || math.IsNaN(v.evidence.Confidence) {
		return
	}
	if c := v.evidence.Confidence; l.confidence == nil || c < *l.confidence {
		l.confidence = &c
	}
}

// at gives the scalar at a path and rests the answer on it.
func (l *look) at(path string) value {
	v := l.peek(path)
	l.rest(v)
	return v
}

// proof is the scalar that best shows that something stands at or below one of the paths: the one that is read with most
// confidence, the first among equals. False means that nothing is shown there.
func (l *look) proof(paths ...string) (value, bool) {
	var best value
	for _, p := range paths {
		f, ok := certificate.FieldAt(p)
		if !ok {
			continue
		}
		for _, at := range scalars(&l.in.Certificate, f, p) {
			v := l.peek(at)
			if !v.shown {
				continue
			}
			if best.path == "" || v.weight() > best.weight() {
				best = v
			}
		}
	}
	return best, best.path != ""
}

// weight orders values by how far they may be trusted.
func (v value) weight() float64 {
	switch {
	case !v.known || v.evidence.Page < 1 || math.IsNaN(v.evidence.Confidence):
		return -1
	default:
		return v.evidence.Confidence
	}
}

// scalars are the paths of the scalars at or below a path.
func scalars(c *certificate.Certificate, f certificate.Field, path string) []string {
	if f.Scalar() {
		return []string{path}
	}
	if f.Kind == certificate.KindList {
		var out []string
		for i := 0; ; i++ {
			at := path + "." + strconv.Itoa(i)
			if _, found := certificate.Lookup(c, at); !found {
				return out
			}
			item, _ := certificate.FieldAt(at)
			out = append(out, scalars(c, item, at)...)
		}
	}
	var out []string
	for _, child := range f.Fields() {
		if child.Name != "additional_policies" {
			out = append(out, scalars(c, child, path+"."+child.Name)...)
		}
	}
	return out
}

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

// policies are the paths at which the value of a rule's path stands: one for each policy where the path leads into a row of
// the coverage table, and otherwise the path itself. The list is empty when the certificate does not show the row.
func (l *look) policies(path string) []string {
	row, rest := split(path)
	if row == "" {
		return []string{path}
	}
	policies := l.in.policiesOf(row)
	if rest == "" {
		return policies
	}
	out := make([]string, len(policies))
	for i, p := range policies {
		out[i] = p + rest
	}
	return out
}

// split divides a path into the row of the coverage table that it leads into and the rest with its dot. The row is empty
// for a path that leads elsewhere.
func split(path string) (row, rest string) {
	inside, ok := strings.CutPrefix(path, "coverages.")
	name, _, _ := strings.Cut(inside, ".")
	if !ok || name == "other" {
		return "", path
	}
	row = path[:len("coverages.")+len(name)]
	return row, path[len(row):]
}

// coverage names the row or the policy at a path, which may lead further into it: commercial general liability, policy 2.
func (l *look) coverage(path string) string {
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
func (l *look) otherCoverage(path string) string {
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
func (l *look) title(path string) string {
	if row, _ := split(path); row != "" {
		return certificate.Label(row)
	}
	return l.coverage(path)
}

// eachPolicy says that every policy of a row is asked, where the certificate shows several.
func (l *look) eachPolicy(path string) string {
	if row, _ := split(path); row != "" && len(l.in.policiesOf(row)) > 1 {
		return " for each policy of the row"
	}
	return ""
}

// subject names the value at a path with what holds it: the policy expiration date of automobile liability.
func (l *look) subject(path string) string { return l.named(path, l.coverage(path)) }

// topic names the value at a rule's path as subject does, for every policy of a row at once.
func (l *look) topic(path string) string { return l.named(path, l.title(path)) }

// named names the value at a path; c is the coverage that it belongs to, if any.
func (l *look) named(path, c string) string {
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
