package rules

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// name is a name made comparable: case, accents, punctuation, "&", legal suffixes and DBA parts are normalised
// (CONTRACT §5). The first of parts is the legal name, the rest are those that it does business as; each is the words
// that remain, in order. No part is empty, but a name of nothing but punctuation has no parts.
type name struct {
	printed string
	parts   [][]string
}

// readName normalises a name.
func readName(s string) name {
	n := name{printed: s}
	for _, part := range splitDBA(words(s)) {
		if core := trimSuffixes(part); len(core) > 0 {
			n.parts = append(n.parts, core)
		}
	}
	return n
}

// matches reports whether two names are the same. Where both show a legal name and a name that it does business as, the
// legal names must be the same: two firms may trade under one name.
func (n name) matches(other name) bool {
	if len(n.parts) > 1 && len(other.parts) > 1 {
		return slices.Equal(n.parts[0], other.parts[0])
	}
	for _, a := range n.variants() {
		for _, b := range other.variants() {
			if slices.Equal(a, b) {
				return true
			}
		}
	}
	return false
}

// variants are the parts of a name, and its parts with the last name put last where it is printed as "Last, First".
func (n name) variants() [][]string {
	last, first, ok := strings.Cut(n.printed, ",")
	if !ok || len(n.parts) != 1 {
		return n.parts
	}
	l, f := words(last), words(first)
	if len(l) != 1 || len(f) < 1 || len(f) > 2 || len(trimSuffixes(append(slices.Clone(l), f...))) != len(l)+len(f) {
		return n.parts
	}
	return append(slices.Clone(n.parts), joinInitials(append(f, l...)))
}

// splitDBA divides words at "dba", "doing business as" and "trading as" where a name stands before them.
func splitDBA(w []string) [][]string {
	var out [][]string
	for i := 0; i < len(w); {
		n := 0
		for _, mark := range [][]string{{"dba"}, {"doing", "business", "as"}, {"trading", "as"}} {
			if i > 0 && hasPrefix(w[i:], mark) {
				n = len(mark)
				break
			}
		}
		if n == 0 {
			i++
			continue
		}
		out = append(out, w[:i])
		w, i = w[i+n:], 0
	}
	return append(out, w)
}

func hasPrefix(w, prefix []string) bool {
	return len(w) >= len(prefix) && slices.Equal(w[:len(prefix)], prefix)
}

// legalSuffix reports whether a word at the end of a name is one of the suffixes of CONTRACT §5, or one written in full.
func legalSuffix(word string) bool {
	switch word {
	case "llc", "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "lp", "llp", "pllc":
		return true
	}
	return false
}

// trimSuffixes takes the legal suffixes from the end of a name, as long as something remains.
func trimSuffixes(w []string) []string {
	for len(w) > 1 {
		n := 0
		switch {
		case len(w) > 3 && slices.Equal(w[len(w)-3:], []string{"limited", "liability", "company"}),
			len(w) > 3 && slices.Equal(w[len(w)-3:], []string{"limited", "liability", "partnership"}):
			n = 3
		case len(w) > 2 && slices.Equal(w[len(w)-2:], []string{"limited", "partnership"}):
			n = 2
		case legalSuffix(w[len(w)-1]):
			n = 1
		}
		if n == 0 {
			break
		}
		w = w[:len(w)-n]
	}
	return w
}

// person matches the names under which a contractor who is a person may stand on a certificate: first and last name in
// either order, with or without the middle name or its initial. Where no middle name is known a single initial may stand
// in its place, and no more: a word there may be somebody else's name.
type person struct {
	first, middle, last []string
}

func readPerson(c Contractor) person {
	return person{words(c.FirstName), words(c.MiddleName), words(c.LastName)}
}

func (p person) matches(part []string) bool {
	if len(p.first) == 0 || len(p.last) == 0 {
		return false
	}
	for _, order := range [][2][]string{{p.first, p.last}, {p.last, p.first}} {
		if slices.Equal(part, joinInitials(slices.Concat(order[0], order[1]))) {
			return true
		}
	}
	for _, middle := range p.middles(part) {
		if slices.Equal(part, joinInitials(slices.Concat(p.first, middle, p.last))) ||
			slices.Equal(part, joinInitials(slices.Concat(p.last, p.first, middle))) {
			return true
		}
	}
	return false
}

// middles are what may stand for the middle name in a printed name.
func (p person) middles(part []string) [][]string {
	var out [][]string
	if len(p.middle) > 0 {
		var initials []string
		for _, w := range p.middle {
			initials = append(initials, firstLetter(w))
		}
		out = append(out, p.middle, initials)
	}
	for _, w := range part {
		initial := firstLetter(w)
		switch {
		case len(p.middle) == 0 && w == initial,
			len(p.middle) == 1 && p.middle[0] == initial: // only the initial is known: any word that begins with it
			out = append(out, []string{w})
		}
	}
	return out
}

func firstLetter(word string) string {
	for i := range word {
		if i > 0 {
			return word[:i]
		}
	}
	return word
}

// words are the words of a text: letters and digits only, without case and accents. "&" and "+" are "and"; initials that
// stand together, as in L.L.C. or J B, are one word; an apostrophe is nothing and any other sign divides.
func words(s string) []string {
	var out []string
	for _, t := range tokens(s) {
		out = append(out, t.word)
	}
	return out
}

// token is a word of a text with what stands before it.
type token struct {
	word    string
	gap     string // the signs and spaces between the word before and this one
	capital bool   // whether the word begins with a capital letter or a digit
}

// trademarks takes away the signs that compatibility decomposition would turn into letters of the name.
var trademarks = strings.NewReplacer("™", "", "℠", "")

// tokens divides a text into words.
func tokens(s string) []token {
	if strings.ContainsAny(s, "™℠") {
		s = trademarks.Replace(s)
	}
	out := make([]token, 0, len(s)/5+1)
	var gap, word strings.Builder
	capital := false
	end := func() {
		if word.Len() > 0 {
			out = append(out, token{word.String(), gap.String(), capital})
			word.Reset()
			gap.Reset()
		}
	}
	for _, r := range norm.NFKD.String(s) {
		switch {
		case strings.ContainsRune("'’‘`´", r) || unicode.In(r, unicode.Mn, unicode.Cf):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if word.Len() == 0 {
				capital = !unicode.IsLower(r)
			}
			if r = unicode.ToLower(r); r < unicode.MaxASCII {
				word.WriteByte(byte(r))
			} else {
				word.WriteString(plain(r))
			}
		case r == '&' || r == '+':
			end()
			gap.WriteRune(r)
			word.WriteString("and")
			capital = false
			end()
		default:
			end()
			gap.WriteRune(r)
		}
	}
	end()
	return joined(joined(out, pointed), spaced)
}

// plain writes a small letter; those that Unicode does not take apart are written as their bearers spell them
// where the letter cannot be typed.
func plain(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ı':
		return "i"
	}
	return string(r)
}

// pointed and spaced say between which single letters a gap is none: first those of an abbreviation such as L.L.C. or
// d/b/a, then initials that stand apart.
func pointed(gap string) bool { return gap == "." || gap == "/" }
func spaced(gap string) bool  { return strings.Trim(gap, " .\t\u00a0") == "" }

// joined makes one word of single letters that stand together.
func joined(in []token, together func(gap string) bool) []token {
	if !slices.ContainsFunc(in, func(t token) bool { return firstLetter(t.word) == t.word }) {
		return in
	}
	out := make([]token, 0, len(in))
	open := false // whether the last word of out is made of single letters
	for _, t := range in {
		single := firstLetter(t.word) == t.word
		if single && open && together(t.gap) {
			out[len(out)-1].word += t.word
			continue
		}
		out = append(out, t)
		open = single
	}
	return out
}

// joinInitials makes one word of single letters in a row, as tokens does.
func joinInitials(w []string) []string {
	in := make([]token, len(w))
	for i := range w {
		in[i].word = w[i]
	}
	out := joined(in, spaced)
	all := make([]string, len(out))
	for i := range out {
		all[i] = out[i].word
	}
	return all
}
