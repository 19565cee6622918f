package llm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"certflow/internal/certificate"
)

// answer is what a model said, after everything that the schema does not have was taken out.
type answer struct {
	document    string // one of the kinds of documents
	certificate certificate.Certificate
	problems    []Problem
}

// Problem is a part of an answer that was not taken. It repeats nothing of the document.
type Problem struct {
	Path   string // of the certificate's JSON form; of the holder where the field itself is unknown
	Reason string
}

// The bounds of an answer: what a certificate could hold, generously.
const (
	maxItems    = 100
	maxText     = 400 // runes
	maxProse    = 8000
	maxDollars  = 999_999_999_999
	maxProblems = 200
)

// decode reads a model's answer strictly: a value of another type than its field's, a date that is none, an amount with cents is
// null and reported, never guessed; so is an unknown field. Only an answer that is no JSON object of the schema's outline is an
// error, a *malformed.
func decode(data []byte) (answer, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var root map[string]any
	if err := d.Decode(&root); err != nil || root == nil {
		return answer{}, &malformed{"it is no JSON object"}
	}
	if _, err := d.Token(); err != io.EOF {
		return answer{}, &malformed{"something follows the JSON object"}
	}
	a := answer{}
	kind, ok := root["document"].(string)
	if !ok || !slices.Contains([]string{liabilityCertificate, severalCertificates, otherDocument, unreadableDocument}, kind) {
		return answer{}, &malformed{"it does not say what the document is"}
	}
	a.document = kind
	body, ok := root["certificate"].(map[string]any)
	if !ok && kind == liabilityCertificate {
		return answer{}, &malformed{"it holds no certificate"}
	}
	c := cleaner{}
	for _, name := range sorted(root) {
		if name != "document" && name != "certificate" {
			c.report("", "an unknown field")
		}
	}
	clean := c.object(top(), "", body, 0)
	if err := json.Unmarshal(raw(clean), &a.certificate); err != nil {
		return answer{}, &malformed{"it does not fit the schema"}
	}
	if a.certificate.Insurers == nil {
		a.certificate.Insurers = []certificate.Insurer{}
	}
	if a.certificate.Description.AdditionalInsuredNames == nil {
		a.certificate.Description.AdditionalInsuredNames = []string{}
	}
	a.problems = c.problems
	return a, nil
}

// cleaner keeps of a JSON tree what the schema has.
type cleaner struct{ problems []Problem }

func (c *cleaner) report(path, reason string) {
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, Problem{path, reason})
	}
}

// object keeps the known fields of an object.
func (c *cleaner) object(fields []certificate.Field, path string, in map[string]any, depth int) map[string]any {
	out := map[string]any{}
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		at := f.Name
		if path != "" {
			at = path + "." + f.Name
		}
		v, present := in[f.Name]
		if !present || v == nil {
			continue
		}
		if kept := c.value(f, at, v, depth); kept != nil {
			out[f.Name] = kept
		}
	}
	for _, name := range sorted(in) {
		if !known[name] {
			c.report(path, "an unknown field")
		}
	}
	return out
}

// value keeps a value that is of its field's kind, and gives nil for every other.
func (c *cleaner) value(f certificate.Field, path string, v any, depth int) any {
	switch f.Kind {
	case certificate.KindText:
		return c.text(f, path, v)
	case certificate.KindDate:
		s, ok := v.(string)
		if !ok {
			c.report(path, "not a text")
			return nil
		}
		if strings.TrimSpace(s) == "" {
			return nil
		}
		date, err := certificate.ParseDate(strings.TrimSpace(s))
		if err != nil {
			c.report(path, "not a date as MM/DD/YYYY")
			return nil
		}
		return date.String()
	case certificate.KindDollars:
		n, ok := v.(json.Number)
		amount, err := strconv.ParseInt(string(n), 10, 64)
		if !ok || err != nil || amount < 0 || amount > maxDollars {
			c.report(path, "not an amount in whole dollars")
			return nil
		}
		return amount
	case certificate.KindBool:
		if _, ok := v.(bool); !ok {
			c.report(path, "not true or false")
			return nil
		}
		return v
	case certificate.KindList:
		return c.list(f, path, v, depth)
	}
	in, ok := v.(map[string]any)
	if !ok {
		c.report(path, "not an object")
		return nil
	}
	out := c.object(f.Fields(), path, in, depth)
	if f.Kind == certificate.KindCoverage && blank(out) {
		return nil
	}
	return out
}

// text keeps a text: on one line but for the description, without controls, and one of the values that the schema lists where it does.
func (c *cleaner) text(f certificate.Field, path string, v any) any {
	s, ok := v.(string)
	if !ok {
		c.report(path, "not a text")
		return nil
	}
	prose := f.Path == "description_of_operations.text"
	if prose {
		s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	} else {
		s = strings.Join(strings.Fields(s), " ")
	}
	longest := maxText
	if prose {
		longest = maxProse
	}
	control := func(r rune) bool {
		return r == utf8.RuneError || unicode.IsControl(r) && (!prose || r != '\n' && r != '\t')
	}
	switch {
	case s == "":
		return nil
	case utf8.RuneCountInString(s) > longest:
		c.report(path, "too long")
		return nil
	case strings.ContainsFunc(s, control):
		c.report(path, "holds characters that cannot be printed")
		return nil
	case f.Path == "coverages.umbrella_excess_liability.form" && !slices.Contains(umbrellaForms(), s),
		f.Path == "coverages.automobile_liability.autos.*" && !slices.Contains(autos(), s),
		(f.Path == "insurers.*.letter" || f.Name == "insurer_letter") && !isLetter(s):
		c.report(path, "not one of the values that the schema lists")
		return nil
	}
	return s
}

// isLetter reports whether s is what stands in the column INSR LTR for one insurer.
func isLetter(s string) bool { return len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' }

// list keeps the items that are worth keeping: texts, and objects with anything in them. An insurer needs its letter, which rows
// refer to.
func (c *cleaner) list(f certificate.Field, path string, v any, depth int) any {
	items, ok := v.([]any)
	if !ok {
		c.report(path, "not a list")
		return nil
	}
	if f.Name == further && depth > 0 {
		c.report(path, "further policies of a further policy")
		return nil
	}
	if len(items) > maxItems {
		c.report(path, fmt.Sprintf("more than %d items", maxItems))
		items = items[:maxItems]
	}
	out := []any{}
	for i, item := range items {
		at := path + "." + strconv.Itoa(i)
		if f.Item == certificate.KindText {
			itemField, found := certificate.FieldAt(at)
			if !found {
				continue
			}
			if kept := c.text(itemField, at, item); kept != nil && !slices.Contains(out, kept) {
				out = append(out, kept)
			}
			continue
		}
		in, ok := item.(map[string]any)
		if !ok {
			c.report(at, "not an object")
			continue
		}
		kept := c.object(f.Fields(), at, in, depth+1)
		if f.Item == certificate.KindInsurer && kept["letter"] == nil {
			c.report(at, "an insurer without a letter")
			continue
		}
		if !blank(kept) {
			out = append(out, kept)
		}
	}
	return out
}

// blank reports whether a tree holds nothing but boxes that are not ticked: such a coverage is not shown.
func blank(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, child := range v {
			if !blank(child) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !blank(item) })
	case bool:
		return !v
	}
	return v == nil
}

// sorted are the names of an object in a fixed order, so that problems are reported in one.
func sorted(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
