package acord

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// heads are the headings of columns that the form does not have, or calls otherwise, by the words of the whole heading.
var heads = []struct {
	id      labelID
	pattern *regexp.Regexp
}{
	{askedColumn, regexp.MustCompile(`(?i)\b(?:require(?:d|ments?)|minimum|proposed|deficien\w+|premium)\b`)},
	{typeColumn, regexp.MustCompile(`(?i)^(?:(?:type|line|kind)s?\s+of\s+)?(?:coverages?|insurance|business)(?:\s+(?:types?|lines?|parts?|details?|description))?$|^(?:policy|insurance)\s+types?$|^(?:lines?|types?)$`)},
	{policyColumn, regexp.MustCompile(`(?i)^(?:policy|pol\.?)\s*(?:number|num\.?|no\.?|#|id)s?$`)},
	{effColumn, regexp.MustCompile(`(?i)^(?:policy\s+)?(?:eff(?:ective)?\.?|start|inception|from)(?:\s+dates?)?$|^eff(?:ective)?\.?\s*\(?mm/dd/yy(?:yy)?\)?$`)},
	{expColumn, regexp.MustCompile(`(?i)^(?:policy\s+)?(?:exp(?:iration|iry|ires)?\.?|end|to)(?:\s+dates?)?$|^exp(?:iration)?\.?\s*\(?mm/dd/yy(?:yy)?\)?$`)},
	{periodLabel, regexp.MustCompile(`(?i)^(?:policy|coverage|insurance)\s+(?:period|term|dates)$|^(?:period|term|effective\s+dates|dates)$`)},
	{carrierColumn, regexp.MustCompile(`(?i)^(?:insurance\s+)?(?:carriers?|insurers?|company|companies)(?:\s+name)?$`)},
	{letterColumn, regexp.MustCompile(`(?i)^(?:insr|co|insurer|company)\.?\s*(?:ltr|letter)\.?$|^ltr\.?$|^insr\.?$|^co\.?$|^letter$`)},
	{addlColumn, regexp.MustCompile(`(?i)^(?:ai|a\.i\.|add'?l\.?\s+ins(?:u?re?d|d|r)?|additional\s+insured\??)$`)},
	{subrColumn, regexp.MustCompile(`(?i)^(?:wos|w\.o\.s\.|subr\.?\s+wvd|waiver(?:\s+of\s+subrogation)?\??|subrogation\s+waived)$`)},
	{limitKind, regexp.MustCompile(`(?i)^(?:limit\s+types?|types?\s+of\s+limit|limit\s+description)$`)},
	{limitAmount, regexp.MustCompile(`(?i)^(?:limit\s+)?amounts?$`)},
	{limitsColumn, regexp.MustCompile(`(?i)^(?:policy\s+|coverage\s+)?limits?(?:\s+of\s+(?:liability|insurance|coverage))?(?:\s+amounts?)?$`)},
}

// headOf is what a heading says of its column; empty where it says nothing that is known.
func headOf(text string) labelID {
	text = strings.Join(strings.Fields(strings.Trim(strings.ReplaceAll(text, "’", "'"), around+"?")), " ")
	if g := strings.TrimSuffix(strings.TrimSuffix(text, " (MM/DD/YYYY"), " (MM/DD/YY"); g != "" {
		text = g
	}
	for _, h := range heads {
		if h.pattern.MatchString(text) {
			return h.id
		}
	}
	if id := limitCalled(text); id != "" {
		return id
	}
	if rest := letterHead.ReplaceAllString(text, ""); rest != text && rest != "" {
		return headOf(rest)
	}
	return ""
}

// formHead is what a heading says that is one of the form's with a letter read wrongly, or run together with the heading before it:
// OCR does so where a heading is cut off by its cell or touches the rule beside it. Empty where it is none.
func (s *sheet) formHead(ts []*token) labelID {
	for _, a := range s.anchors {
		if len(a.tokens) != len(ts) || slices.ContainsFunc(a.tokens, func(t *token) bool { return !slices.Contains(ts, t) }) {
			continue
		}
		if _, is := headCentres()[a.id]; is {
			return a.id
		}
	}
	return ""
}

// letterHead matches the heading of the column of insurers' letters, which is narrow and may run into the next.
var letterHead = regexp.MustCompile(`(?i)^(?:insr|co)\s*ltr\s*`)

// headColumns puts the words of the headings of a table together, and counts those that are known.
func (s *sheet) headColumns(ts []*token) (columns []gridColumn, known int) {
	borders := s.edges(true, boundsOf(ts))
	for _, line := range rowsOf(ts) {
		for _, piece := range s.headPieces(line, borders) {
			columns = columnOver(columns, piece)
		}
	}
	slices.SortFunc(columns, func(a, b gridColumn) int { return compare(a.from, b.from) })
	for i := range columns {
		c := &columns[i]
		if c.id = cmp.Or(headOf(cellOf(c.head).text()), s.formHead(c.head)); c.id != "" {
			known++
		} else {
			c.id = otherColumn
		}
	}
	if has(columns, policyColumn) && !has(columns, typeColumn) && key(textOf(columns[0].head)) == "POLICY" {
		columns[0].id = typeColumn
		known++
	}
	if has(columns, typeColumn) && !has(columns, policyColumn) {
		if i := slices.IndexFunc(columns, func(c gridColumn) bool { return key(textOf(c.head)) == "POLICY" }); i > 0 {
			columns[i].id = policyColumn
			known++
		}
	}
	return columns, known
}

// columnOver adds the words of a heading to the one above them, or as one of their own.
func columnOver(columns []gridColumn, piece []*token) []gridColumn {
	box := boundsOf(piece)
	at := slices.IndexFunc(columns, func(c gridColumn) bool { return c.from < box.x1 && box.x0 < c.to })
	if at < 0 {
		return append(columns, gridColumn{span: span{box.x0, box.x1}, head: piece})
	}
	c := &columns[at]
	c.head = append(c.head[:len(c.head):len(c.head)], piece...)
	c.from, c.to = min(c.from, box.x0), max(c.to, box.x1)
	return columns
}

// headPieces cuts a line of headings where a space, a rule or the beginning of a heading of the form parts them.
func (s *sheet) headPieces(line []*token, borders []float64) [][]*token {
	var out [][]*token
	for _, piece := range pieces(line, clearGap(line[0])) {
		from := 0
		for i := 1; i < len(piece); i++ {
			parts := slices.ContainsFunc(borders, func(x float64) bool { return x >= piece[i-1].box.x1-1 && x <= piece[i].box.x0+1 }) ||
				slices.ContainsFunc(s.anchors, func(a anchor) bool {
					if len(a.tokens) < 2 || a.tokens[0] != piece[i] {
						return false
					}
					_, is := headCentres()[a.id]
					return is
				})
			if parts {
				out = append(out, piece[from:i])
				from = i
			}
		}
		out = append(out, piece[from:])
	}
	return out
}

func has(columns []gridColumn, id labelID) bool {
	return slices.ContainsFunc(columns, func(c gridColumn) bool { return c.id == id })
}

// heading reports whether columns are those of a table of policies or limits: they name the kind of insurance and what it has, and most
// of them are known.
func heading(columns []gridColumn, known int) bool {
	if !has(columns, typeColumn) || 2*known <= len(columns) || slices.ContainsFunc(columns, func(c gridColumn) bool {
		return len(c.head) > 7 || slices.ContainsFunc(c.head, func(t *token) bool {
			return isAmount(t) || isDate(strings.Trim(t.text, around)) || strings.HasSuffix(t.text, ":")
		})
	}) {
		return false
	}
	if columns[0].id != typeColumn && columns[0].id != letterColumn && columns[0].id != carrierColumn {
		return false
	}
	return known >= 3 || known == 2 && len(columns) == 2 && (has(columns, limitsColumn) || has(columns, limitAmount))
}
