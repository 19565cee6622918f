package rules

import (
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// equals asks that the value at a path is a given one: a string, Date, Dollars or bool for a scalar, a []string for a list
// of texts.
type equals struct {
	field certificate.Field
	path  string
	value any
}

// answer passes when the value is read without doubt and equals the one asked for, in every policy where the path leads
// into a row. Text is compared exactly but for the spaces around it; a list item by item, in order.
func (q equals) answer(l *lookup) finding {
	is := " is "
	if q.field.Kind == certificate.KindList {
		is = " are "
	}
	want := l.topic(q.path) + is + showAll(q.value) + l.eachPolicy(q.path)
	next := "Ask the broker for a certificate on which " + l.topic(q.path) + is + showAll(q.value) + "."
	places := l.policies(q.path)
	if len(places) == 0 {
		return failed(want, "the certificate shows no "+l.title(q.path), next)
	}
	var last finding
	for _, at := range places {
		if last = q.at(l, at, want, next); !last.passed {
			return last
		}
	}
	return last
}

func (q equals) at(l *lookup, path, want, next string) finding {
	of := l.inPolicy(path)
	values := []value{l.at(path)}
	if wanted, isList := q.value.([]string); isList {
		values = nil
		for _, at := range scalars(&l.in.Certificate, q.field, path) {
			values = append(values, l.at(at))
		}
		if len(values) == 0 {
			return failed(want, "none"+of, next)
		}
		found := make([]string, len(values))
		for i, v := range values {
			found[i], _ = v.content.(string)
		}
		if !slices.Equal(found, wanted) {
			return failed(want, showAll(found)+of+values[0].page(), next)
		}
	} else {
		v := values[0]
		content := v.content
		if text, isText := content.(string); isText {
			content = strings.TrimSpace(text)
		}
		if !v.shown || content != q.value {
			return failed(want, v.reading()+of, next)
		}
	}
	for _, v := range values {
		if !v.sure {
			return failed(want, v.reading()+of+", "+v.doubt(), v.check())
		}
	}
	if q.field.Kind == certificate.KindList {
		return passed(want, showAll(q.value)+values[0].page())
	}
	return passed(want, values[0].reading())
}

// showAll writes a scalar or a list of texts for people.
func showAll(content any) string {
	texts, isList := content.([]string)
	if !isList {
		return show(content)
	}
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = strconv.Quote(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
