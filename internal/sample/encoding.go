package sample

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// firstCode is the first code of a remapped font. Codes are given in the order in which characters are met, as programs
// do that embed only the characters they use.
const firstCode = 33

// encode gives the codes of the text in a remapped font; fi and fl become one code each.
func (r *fontResource) encode(text string) []byte {
	var out []byte
	for text != "" {
		_, size := utf8.DecodeRuneInString(text)
		piece := text[:size]
		if strings.HasPrefix(text, "fi") || strings.HasPrefix(text, "fl") {
			piece = text[:2]
		}
		text = text[len(piece):]
		code, ok := r.codes[piece]
		if !ok {
			code = byte(firstCode + len(r.order))
			r.codes[piece] = code
			r.order = append(r.order, piece)
		}
		out = append(out, code)
	}
	return out
}

// differences is the encoding of a remapped font by glyph names.
func (r *fontResource) differences() string {
	var b strings.Builder
	fmt.Fprintf(&b, "/Encoding << /Type /Encoding /Differences [%d", firstCode)
	for _, piece := range r.order {
		b.WriteString(" /" + glyphName(piece))
	}
	return b.String() + "] >>"
}

// toUnicode is the CMap that says which text the codes stand for.
func (r *fontResource) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange <00> <FF> endcodespacerange\n")
	for start := 0; start < len(r.order); start += 100 {
		group := r.order[start:min(start+100, len(r.order))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(group))
		for i, piece := range group {
			var hex strings.Builder
			for _, c := range ligature(piece) {
				fmt.Fprintf(&hex, "%04X", c)
			}
			fmt.Fprintf(&b, "<%02X> <%s>\n", firstCode+start+i, hex.String())
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return b.Bytes()
}

// ligature is the character of a piece: U+FB01 and U+FB02 for fi and fl, which is how many producers write them.
func ligature(piece string) string {
	switch piece {
	case "fi":
		return "\ufb01"
	case "fl":
		return "\ufb02"
	}
	return piece
}

// glyphName is the name in the Adobe Glyph List; a character outside ASCII has the form uniXXXX.
func glyphName(piece string) string {
	names := map[string]string{
		" ": "space", "!": "exclam", "\"": "quotedbl", "#": "numbersign", "$": "dollar", "%": "percent", "&": "ampersand",
		"'": "quotesingle", "(": "parenleft", ")": "parenright", "*": "asterisk", "+": "plus", ",": "comma", "-": "hyphen",
		".": "period", "/": "slash", "0": "zero", "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six",
		"7": "seven", "8": "eight", "9": "nine", ":": "colon", ";": "semicolon", "<": "less", "=": "equal", ">": "greater",
		"?": "question", "@": "at", "[": "bracketleft", "\\": "backslash", "]": "bracketright", "_": "underscore",
		"’": "quoteright", "–": "endash",
	}
	if name, ok := names[piece]; ok {
		return name
	}
	if len(piece) <= 2 && piece[0] < utf8.RuneSelf {
		return piece
	}
	r, _ := utf8.DecodeRuneInString(piece)
	return fmt.Sprintf("uni%04X", r)
}
