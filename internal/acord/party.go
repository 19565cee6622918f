package acord

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"certflow/internal/certificate"
)

// party reads a block of name and address: the producer, the insured or the certificate holder.
func (r *record) party(path string, to *certificate.Party, c cell) {
	name, address := nameAndAddress(c)
	if name.empty() {
		if lines := rowsOf(c.tokens); len(lines) > 0 && noName(textOf(lines[0])) {
			r.prove(path+".name", cell{tokens: lines[0], doubt: c.doubt}, nothingRead)
		}
	} else {
		r.name(path+".name", &to.Name, name, name.text())
	}
	if !address.empty() {
		r.say(path+".address", &to.Address, address, addressText(address))
	}
}

// name sets the name of a firm or person. OCR often misreads LLC at its end.
func (r *record) name(path string, to **string, c cell, printed string) {
	value := cleanName(printed)
	if noName(value) {
		r.prove(path, c, nothingRead)
		return
	}
	if c.source() == certificate.OCR {
		if fixed := misreadForm.ReplaceAllString(value, "${1}LLC"); fixed != value {
			value = fixed
			c.doubt *= uncommon
		}
		if continues.MatchString(value) {
			c.doubt *= uncommon // no name begins so: its lines are out of order
		}
		if fragmented(value) {
			c.doubt *= uncommon
		}
	}
	c.doubt *= looseEnds(c)
	if standsIn.MatchString(value) {
		c.doubt *= inferred
	}
	if lodged(value) {
		c.doubt *= misplaced
	}
	r.say(path, to, c, value)
}

// fragmented reports whether a name holds a piece of a word or dirt that OCR took for one: words of names begin with a capital letter or a
// digit, but for the small words between them.
func fragmented(name string) bool {
	for i, w := range strings.Fields(name) {
		if first, _ := utf8.DecodeRuneInString(w); i > 0 && unicode.IsLower(first) && !smallWord.MatchString(w) {
			return true
		}
	}
	return false
}

// smallWord matches the words that are written small inside names.
var smallWord = regexp.MustCompile(`^(?:an?|and|as|at|by|c/o|d/?b/?a|dba|de|del|der|des|di|du|e|et|al|f/?k/?a|for|from|in|its|la|las|le|los|of|on|or|the|to|und|van|von|with|y)[.,:]?$`)

// standsIn matches words that stand in a place for a name and hardly in a name.
var standsIn = regexp.MustCompile(`(?i)\bto be (?:\w+ )?(?:determined|named|advised|provided|assigned|announced|added|issued)\b|\btb[ad]\b|\bon file\b|\b(?:see|per|refer to)\b.*\b(?:schedule|attached|list|below|above)\b|^see\b|\bpurposes? only\b|` +
	`^for (?:your )?information\b|^information(?:al)?(?: only)?$|^(?:proof|evidence|verification) of\b|\bwhom it may\b|^(?:sample|specimen|draft|master|blank)(?: certificate)?$|\b(?:various|multiple) (?:insurers|carriers|companies)\b|\bnot (?:bound|insured|applicable|placed)\b|` +
	`^no (?:coverage|insurer|carrier)\b|^(?:uninsured|n\.?\s?a\.?|only|internal use only)$|\bself[\s-]insured\b|\bholders?\b.*\b(?:name|named|here)\b|^(?:all )?named insureds?$|^quoted\b|^[-–—.]+$`)

// misreadForm matches what OCR makes of LLC, but no other word that ends a firm's name.
var misreadForm = regexp.MustCompile(`(\w[\w.]*,? )(?:[LlI1]{2}[Gc]|[Ll][Ii1][Cc]|L[lI1]C|lLC)$`)

// segmentGap parts what stands side by side on a line of a block, such as an account number at its right end, in heights of
// type. OCR measures heights without the space above and below letters.
func segmentGap(line []*token) float64 {
	if line[0].source == certificate.OCR {
		return 3.6
	}
	return 2.2
}

// nameAndAddress splits a block of lines. The name is the first line, with the lines that go on with it (DBA, a broken name);
// the address is what follows, without telephone numbers, e-mail addresses and account numbers.
func nameAndAddress(c cell) (name, address cell) {
	name, address = cell{doubt: c.doubt}, cell{doubt: c.doubt}
	inAddress := false
	lines := rowsOf(c.tokens)
	for n, line := range lines {
		if contact(textOf(line)) && contactAt(line) == 0 || scribble(line) {
			continue
		}
		segments := withoutContacts(barred(pieces(line, segmentGap(line))))
		for i, segment := range segments {
			text := strings.TrimSpace(textOf(segment))
			switch {
			case key(text) == "" || contact(text) || contactWord.MatchString(text) || !inAddress && accountNumber(text) || inAddress && i > 0 && accountNumber(text) && !zip.MatchString(text):
			case noName(text), prose(text):
			case !inAddress && i == 0 && name.empty() && (!addressLine(text) || leadingName(text) || splits(segment)),
				!inAddress && i == 0 && !name.empty() && goesOn(name.text(), text):
				head, rest := splitInline(segment)
				if len(rest) > 0 {
					inAddress = true
					address.tokens = append(address.tokens, rest...)
					if !firmEnd.MatchString(textOf(head)) {
						name.doubt *= misplaced // a name may hold a number and the word for a street
					}
				}
				name.tokens = append(name.tokens, head...)
			case !inAddress && i > 0 && accountLike(text) && !addressLine(text):
			case !inAddress && i == 0 && len(segments) == 1 && !name.empty() && shortOfDigits(text) && broken(c, name) && !suffixOnly(name.tokens[len(name.tokens)-1].text) &&
				n+1 < len(lines) && addressLine(textOf(lines[n+1])):
				// The last word of a long name, rather than the first line of the address.
				name.tokens = append(name.tokens, segment...)
				name.doubt *= misplaced
				address.doubt *= misplaced
			default:
				if !inAddress && !name.empty() && !addressLine(text) && companyName(text) {
					// Two names, one below the other: which is meant is not for us to say.
					name.doubt *= misplaced
				}
				if !inAddress && !name.empty() && c.source() == certificate.OCR && !addressLine(text) && !strings.ContainsAny(text, "0123456789") {
					name.doubt *= misplaced // it may go on: OCR makes an OBA of a DBA
				}
				if !inAddress && !name.empty() && fewWords(text, 4) && broken(c, name) {
					name.doubt *= misplaced // the last word of a long name, or the first line of the address
					address.doubt *= misplaced
				}
				inAddress = true
				address.tokens = append(address.tokens, segment...)
			}
		}
	}
	return name, address
}

var (
	zip       = regexp.MustCompile(`^\d{5}(-\d{4})?$`)
	phone     = regexp.MustCompile(`(?i)^(?:(?:phone|tel|telephone|ph|fax|cell|office)\b[.:#]*\s*)?\+?1?[\s.-]*\(?\d{3}\)?[\s./-]*\d{3}[\s.-]*\d{4}(?:\s*(?:x|ext\.?)\s*\d+)?$`)
	account   = regexp.MustCompile(`^[#\d][\d\s./-]*$`)
	street    = regexp.MustCompile(`(?i)^\d+[a-z]?(-\d+)?\s+\S+|^(p\.?\s*o\.?\s*)?box\s+\w+|^(suite|ste|unit|apt|floor|fl|bldg|building|room|rm)\b|^(attn|attention|c/o|care of)\b|^home office|^one\s+\w+\s+(plaza|place|center|square|way|drive)`)
	cityState = regexp.MustCompile(`(?i)\b[a-z]{2}\.?,?\s+\d{5}(-\d{4})?$`)
	continues = regexp.MustCompile(`(?i)^(d\.?/?b\.?/?a\b|dba\b|doing business as\b|a/?k/?a\b|t/?a\b|f/?k/?a\b|and\b|&|of\b)`)
	dangling  = regexp.MustCompile(`(?i)(\b(d/?b/?a|and|of|the|an?|for|at)|[&,:]|/)$`)
	suffix    = regexp.MustCompile(`(?i)^(inc|llc|l\.l\.c|corp|co|ltd|lp|llp|pllc|pc|company|corporation|incorporated)\b\.?`)
	company   = regexp.MustCompile(`(?i)\b(inc|llc|l\.l\.c|corp|co|ltd|lp|llp|pllc|company|corporation|incorporated)\b\.?`)
	bracketed = regexp.MustCompile(`^(?:\[[^\]]*\]|<[^>]*>|\{+[^}]*\}+)(?:,?\s*(?:\[[^\]]*\]|<[^>]*>|\{+[^}]*\}+))*$`) // what a template has in place of a value
	// nobody matches what people write where they have no name, or will not give one.
	nobody = regexp.MustCompile(`(?i)^(?:tb[ad]|t\.b\.[ad]\.?|none|nil|pending|unknown|unassigned|not (?:applicable|available|assigned|known|covered)|to be (?:determined|assigned|named|provided|announced|advised|added)|` +
		`various(?: (?:carriers?|insurers?|companies|entities|holders?|locations))?|see (?:below|above|attached|attachment|reverse|schedule|addendum|remarks|description|next page|page \d|(?:the )?(?:attached|named insured)\b).*|` +
		`same(?: as .*)?|(?:as |named insured )?on file(?: with .*)?|self[\s-]?insured|evidence only|(?:proof|verification|evidence) of (?:insurance|coverage)|specimen(?: only)?|(?:all|any) (?:and all )?(?:interested part(?:y|ies)|(?:certificate )?holders?)|` +
		`(?:blanket|any) (?:certificate )?holders?|(?:insured|agent|file|broker|client)'?s? copy)[.*]*$`)
	placehold = regexp.MustCompile(`(?i)^(for information(al)?( purposes)? only|information(al)? purposes only|evidence of (insurance|coverage)|proof of insurance|to whom it may concern|sample( only)?|name|address|name,? address.*|(city,? state|state,? city),?( zip( code)?)?|certificate holder( name)?|insert name.*|tbd|n/?a|none|x+)\.?$`)
)

// shortOfDigits reports whether a line is one word or two, without the digits and the words that addresses begin with.
func shortOfDigits(text string) bool { return fewWords(text, 2) }

// fewWords reports the same of a line of some words at most.
func fewWords(text string, most int) bool {
	return len(strings.Fields(text)) <= most && !strings.ContainsAny(text, "0123456789") && !addressLine(text)
}

// broken reports whether the line of a name is the widest of its block, so that it may have been broken where it ends.
func broken(c, name cell) bool {
	widest := 0.0
	for _, line := range rowsOf(c.tokens) {
		widest = max(widest, boundsOf(line).width())
	}
	return boundsOf(name.tokens).width() >= widest-0.5
}

// contact reports whether a line is a telephone number, an e-mail address or a web site.
func contact(text string) bool {
	return phone.MatchString(text) || strings.Contains(text, "@") || strings.HasPrefix(strings.ToLower(text), "www.")
}

// scribble reports whether a line is what OCR makes of dirt and ruling.
func scribble(line []*token) bool {
	c := cell{tokens: line}
	n := len(key(textOf(line)))
	return c.source() == certificate.OCR && (n < 2 || n < 3 && c.engine() < 0.6)
}

// accountNumber reports whether a segment before any name is a number that the issuer printed for itself.
func accountNumber(text string) bool { return account.MatchString(text) }

// accountLike reports whether a segment far right of the name is no part of it.
func accountLike(text string) bool { return strings.ContainsAny(text, "0123456789") }

// noName reports whether a line stands for a name that nobody filled in.
func noName(text string) bool {
	return nobody.MatchString(text) || unfilled(text)
}

// unfilled reports whether a text stands for one that nobody wrote.
func unfilled(text string) bool {
	return placehold.MatchString(text) || bracketed.MatchString(text) || placehold.MatchString(strings.Map(func(r rune) rune {
		if strings.ContainsRune(".:;'", r) {
			return -1
		}
		return r
	}, text))
}

// prose reports whether a line is a sentence: many words, most of them in small letters, and a full stop. Names and addresses are not.
func prose(text string) bool {
	words := strings.Fields(text)
	small := 0
	for _, w := range words {
		if w[0] >= 'a' && w[0] <= 'z' {
			small++
		}
	}
	return len(words) >= 6 && strings.HasSuffix(text, ".") && 3*small >= 2*len(words)
}

// addressLine reports whether a line begins or ends as an address does.
func addressLine(text string) bool { return street.MatchString(text) || cityState.MatchString(text) }

// leadingName reports whether a line that begins with a number is a name all the same, such as "31-W Insulation Co" or "123 Main Street LLC".
func leadingName(text string) bool {
	return company.MatchString(text) && !cityState.MatchString(text)
}

// companyName reports whether a line holds a legal form.
func companyName(text string) bool { return company.MatchString(text) }

// goesOn reports whether a line goes on with the name above it.
func goesOn(name, text string) bool {
	if street.MatchString(text) && !continues.MatchString(text) {
		return false
	}
	return continues.MatchString(text) || dangling.MatchString(name) || suffix.MatchString(text)
}

// splitInline parts a line that holds the end of a name and the beginning of an address, as narrow blocks wrap them and as scans show
// what a bar parted: "Inc 914 Air Drive". The address begins with a number after a legal form, or with one that a street or a box
// follows.
func splitInline(segment []*token) (name, address []*token) {
	for i := 1; i < len(segment); i++ {
		if suffixOnly(segment[i-1].text) && segment[i].text != "" && segment[i].text[0] >= '0' && segment[i].text[0] <= '9' {
			return segment[:i], segment[i:]
		}
	}
	for i := 1; i < len(segment); i++ {
		rest := textOf(segment[i:])
		if g := streetInside.FindStringIndex(rest); g != nil && g[0] == 0 && !companyName(coloradoInside.ReplaceAllString(rest, "")) && !addressLine(textOf(segment[:i])) {
			return segment[:i], segment[i:]
		}
	}
	return segment, nil
}

// Shapes of what stands beside a name on its line and is no part of it.
var (
	streetInside   = regexp.MustCompile(`(?i)(?:\b\d{1,6}[a-z]?(?:-\d+)?\s+(?:[\w.']+\s+){1,4}(?:st|street|ave?|avenue|blvd|boulevard|rd|road|ln|lane|way|dr|drive|pkwy|parkway|hwy|highway|ct|court|pl|place|plaza|cir|circle|ter|terrace|trl|trail|sq|square|loop|pike|tpke|turnpike|quay)\b|\bp\.?\s*o\.?\s*box\s+\w+)`)
	phoneInside    = regexp.MustCompile(`(?:^|\s)\(?\d{3}\)?[\s.-]*\d{3}[\s.-]\d{4}\b`)
	zipInside      = regexp.MustCompile(`(?:^|[\s,])[A-Z]{2},?\s+\d{5}\b`)
	coloradoInside = regexp.MustCompile(`,\s*CO\.?(?:,?\s+\d{5}(?:-\d{4})?)?$`) // the state, not the word for a company
	firmEnd        = regexp.MustCompile(`(?i)\b(?:inc|llc|l\.l\.c|corp|co|ltd|lp|llp|pllc|pc|company|corporation|incorporated|insurance|agency|brokers?|brokerage|group|services|associates|partners|solutions|management|properties|enterprises|county|district|university)\b[.,]*$`)
	contactWord    = regexp.MustCompile(`(?i)^(?:e-?mail|web(?:site)?|phone|tel(?:ephone)?|fax)[.:]*$`)
)

// lodged reports whether a name still holds a street, a telephone number, an e-mail address or a ZIP code: then the words of its line
// were not told apart.
func lodged(name string) bool {
	return phoneInside.MatchString(name) || zipInside.MatchString(name) || strings.Contains(name, "@") || streetInside.MatchString(name) && !companyName(coloradoInside.ReplaceAllString(name, ""))
}

// withoutContacts cuts the telephone numbers and e-mail addresses off the ends of the segments of a line.
func withoutContacts(segments [][]*token) [][]*token {
	out := make([][]*token, 0, len(segments))
	for _, s := range segments {
		for n := contactAt(s); n > 0; n = contactAt(s) {
			s = s[:n]
		}
		out = append(out, s)
	}
	return out
}

// contactAt is where a telephone number or an e-mail address at the end of a segment begins, 0 where none ends it or nothing stands
// before it.
func contactAt(segment []*token) int {
	for i := 1; i < len(segment); i++ {
		rest := textOf(segment[i:])
		if phone.MatchString(rest) || i == len(segment)-1 && (contact(rest) || contactWord.MatchString(rest)) {
			return i
		}
	}
	return 0
}

// splits reports whether a line holds a name and the beginning of its address.
func splits(segment []*token) bool {
	_, address := splitInline(segment)
	return len(address) > 0
}

// barred cuts segments at the bars and dots that some issuers put between a name, its address and its telephone number.
func barred(segments [][]*token) [][]*token {
	var out [][]*token
	for _, segment := range segments {
		from := 0
		for i, t := range segment {
			if t.text == "|" || t.text == "•" || t.text == "·" {
				out = append(out, segment[from:i])
				from = i + 1
			}
		}
		out = append(out, segment[from:])
	}
	return slices.DeleteFunc(out, func(s []*token) bool { return len(s) == 0 })
}

// suffixOnly reports whether a word ends with a legal form.
func suffixOnly(word string) bool {
	k := key(word)
	for _, s := range []string{"INC", "LLC", "CORP", "LTD", "LLP", "PLLC", "COMPANY", "CORPORATION", "INCORPORATED"} {
		if k == s || strings.HasSuffix(k, s) && strings.ContainsAny(word, ",.") {
			return true
		}
	}
	return k == "CO" || k == "LP"
}

// cleanName is a name with single spaces and without punctuation that the layout left at its ends.
func cleanName(s string) string {
	return strings.TrimRight(strings.TrimLeft(strings.Join(strings.Fields(s), " "), ",:;|- "), ",:;|- ")
}

// addressText joins the lines of an address with commas. What a form prints in separate boxes of one line is parted by
// commas too, except the ZIP code after its state.
func addressText(c cell) string {
	var b strings.Builder
	for _, line := range rowsOf(c.tokens) {
		for _, segment := range barred(pieces(line, segmentGap(line))) {
			text := strings.Trim(textOf(segment), " ,;|")
			switch {
			case text == "":
			case b.Len() == 0:
				b.WriteString(text)
			case zip.MatchString(text):
				b.WriteString(" " + text)
			default:
				b.WriteString(", " + text)
			}
		}
	}
	return b.String()
}
