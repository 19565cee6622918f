package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// Headings of the columns of a list of insurers.
var (
	letterHeading = regexp.MustCompile(`^(?:INSURER|INSR|INSRLTR|INSURERLTR|INSURERLETTER|LTR|LETTER|CO|COLTR|COMPANYLETTER|CARRIER|CODE|ID)$`)
	nameHeading   = regexp.MustCompile(`^(?:(?:INSURANCE|INSURER|ISSUING)?(?:COMPANY|COMPANIES|CARRIER|INSURER)(?:NAME)?|NAME|NAMEOF(?:INSURER|COMPANY|CARRIER|INSURANCECOMPANY)|(?:INSURERS?|COMPANIES|CARRIERS?)AFFORDINGCOVERAGE|FULLNAME|INSURERFULLNAME)$`)
	listHeading   = regexp.MustCompile(`^(?:(?:INSURERS?|COMPANIES|CARRIERS?)AFFORDINGCOVERAGE|INSURERS|INSURANCECOMPANIES|INSURANCECARRIERS|CARRIERS|COMPANIES|LISTOFINSURERS)$`)
	naicHeading   = regexp.MustCompile(`^NAIC(?:#|NO|NUMBER|CODE)?$`)
)

// listedInsurers are the lines of a list of insurers that begin with a letter and nothing else: "A  Kestrel Casualty Company  34610", under
// headings of columns or a heading of all.
func (s *sheet) listedInsurers() []insurerLine {
	if found := s.insurersListed(false); len(found) > 0 {
		return found
	}
	return s.insurersListed(true)
}

// insurersListed are those under the headings of columns or, if bare is set, under a heading of all.
func (s *sheet) insurersListed(bare bool) []insurerLine {
	for i, line := range s.lines {
		heads := pieces(line, 1)
		letter, name, naics := -1, -1, -1
		for at, head := range heads {
			switch k := key(textOf(head)); {
			case letter < 0 && name < 0 && letterHeading.MatchString(k):
				letter = at
			case name < 0 && nameHeading.MatchString(k):
				name = at
			case naicHeading.MatchString(k):
				naics = at
			}
		}
		switch {
		case !bare && letter >= 0 && name > letter:
		case bare && len(heads) < 3 && listHeading.MatchString(key(textOf(heads[0]))):
			name = 0
		default:
			continue
		}
		var own [][]*token
		for at, head := range heads {
			if at == letter || at == name || at == naics {
				own = append(own, head)
			}
		}
		if found := s.insurersUnder(i, heads, name, naics); len(found) > 0 {
			all := slices.Concat(own...)
			s.dropAnchors(func(a anchor) bool { return a.id == insurerLabel && slices.Contains(all, a.tokens[0]) })
			for _, t := range all {
				t.label = true
			}
			return found
		}
	}
	return nil
}

// insurersUnder are the lines of a list under the line of its headings, from A on.
func (s *sheet) insurersUnder(at int, heads [][]*token, name, naics int) []insurerLine {
	top := boundsOf(slices.Concat(heads...))
	y := top.y1
	var out []insurerLine
	for _, line := range s.lines[at+1:] {
		box := boundsOf(line)
		if box.cy() < top.y1 {
			continue
		}
		if box.y0-y > 4*max(s.em, box.height()) {
			break
		}
		from := slices.IndexFunc(line, func(t *token) bool { return t.box.x1 > top.x0-2*s.em })
		if from < 0 {
			continue
		}
		t := line[from]
		k := key(t.text)
		if len(k) != 1 || k[0] < 'A' || k[0] > 'Z' || strings.Trim(t.text, "().:-") != k || len(out) > 0 && k <= out[len(out)-1].letter || len(out) == 0 && k != "A" {
			if len(out) > 0 && box.y0 > y+0.5*s.em && len(pieces(line, 1)) > 2 {
				break // of the next part
			}
			continue
		}
		l := insurerLine{letter: k, label: []*token{t}, box: t.box, doubt: 1}
		for _, piece := range pieces(line[from+1:], 1) {
			x := boundsOf(piece)
			switch {
			case len(piece) == 1 && naic.MatchString(piece[0].text):
				l.naic = piece
			case naics >= 0 && math.Abs(x.x0-boundsOf(heads[naics]).x0) < s.em:
			case len(l.name) == 0 || name+1 < len(heads) && x.x1 < boundsOf(heads[name+1]).x0:
				l.name = append(l.name, piece...)
			}
		}
		if len(l.name) > 0 {
			out = append(out, l)
			y = box.y1
		}
	}
	return out
}

// goesOnUnder is a name with the rest of it that was broken onto the line below: what begins where it or its label does, just below it, and
// has no label.
func (s *sheet) goesOnUnder(name cell, label rect) cell {
	if name.empty() || name.tokens[0].source == certificate.OCR {
		return name
	}
	box := boundsOf(name.tokens)
	for range 2 {
		last := name.tokens[len(name.tokens)-1]
		var below []*token
		for _, line := range s.lines {
			for _, piece := range pieces(line, 1) {
				x := boundsOf(piece)
				if down := x.y0 - box.y1; down < -0.3*s.em || down > box.height() || math.Abs(x.x0-box.x0) > 0.3*s.em && math.Abs(x.x0-label.x0) > 0.3*s.em {
					continue
				}
				below = piece
			}
		}
		if len(below) == 0 || len(below) > 5 || slices.ContainsFunc(below, func(t *token) bool {
			return t.label || t.tick || strings.HasSuffix(t.text, ":") || strings.ContainsAny(t.text, "0123456789@☐☑☒")
		}) || coverageNamed(textOf(below)) != "" {
			return name
		}
		text := textOf(below)
		switch {
		case strings.HasSuffix(last.text, ",") && !restOfName.MatchString(text):
			name.doubt *= inferred // the rest of it, or the next of a list
			return name
		case restOfName.MatchString(text) || dangling.MatchString(last.text):
		case suffixOnly(last.text) || noName(text) || contact(text):
			return name
		default:
			name.doubt *= inferred // or something else
			return name
		}
		name.tokens = append(slices.Clone(name.tokens), below...)
		box = boundsOf(below)
	}
	return name
}

// restOfName matches what ends the name of an insurer and begins none.
var restOfName = regexp.MustCompile(`(?i)^(?:(?:insurance|casualty|indemnity|fire|mutual|assurance|surety|specialty|property|reinsurance|national|american|ins\.?|cas\.?)\s+)*(?:company|co\.?|corporation|corp\.?|inc\.?|incorporated|ltd\.?|limited|llc|insurance|group|exchange|association|fund|plc|se|n\.?a\.?|america)(?:\s*,?\s*(?:of\s+.+|\(?[a-z.]{2,6}\)?\.?))?$|^(?:of|and|&)\s+\S+`)
