package document

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// winAnsi is the text of a code in WinAnsiEncoding. Codes that the standard leaves open show a bullet.
func winAnsi(code byte) string {
	switch {
	case code < 0x20:
		return ""
	case code == 0x7f, code == 0x81, code == 0x8d, code == 0x8f, code == 0x90, code == 0x9d:
		return "•"
	}
	return string(charmap.Windows1252.DecodeByte(code))
}

// standardUpper holds StandardEncoding from 0xA1 to 0xFB (ISO 32000-1 annex D.2), with a space where no glyph is.
const standardUpper = "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß"

func standardEncoding(code byte) string {
	switch {
	case code == 0x27:
		return "’"
	case code == 0x60:
		return "‘"
	case code >= 0x20 && code < 0x7f:
		return string(rune(code))
	case code >= 0xa1:
		if r := []rune(standardUpper); int(code-0xa1) < len(r) && r[code-0xa1] != ' ' {
			return string(r[code-0xa1])
		}
	}
	return ""
}

// clean makes the text of a glyph plain: ligatures as letters, every kind of white space one space, every hyphen "-", and
// nothing that has no width. A soft hyphen that is drawn is a hyphen.
func clean(s string) string {
	if s == "" || len(s) == 1 && s[0] > ' ' && s[0] < 0x7f {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == 0xfffd:
			b.WriteString(unknownText)
		case r >= 0xfb00 && r <= 0xfb06:
			b.WriteString(norm.NFKC.String(string(r)))
		case r == 0xad, r == 0x2010, r == 0x2011, r == 0x2212:
			b.WriteByte('-')
		case r == '\t', r == '\n', r == '\r', unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		case r >= 0xf020 && r <= 0xf0ff:
			// TrueType symbol fonts hold their codes in the private area.
			b.WriteString(winAnsi(byte(r & 0xff)))
		case !utf8.ValidRune(r):
		default:
			b.WriteRune(r)
		}
	}
	out := b.String()
	if out != "" && strings.Trim(out, " ") == "" {
		return " "
	}
	return out
}

// accents are the endings of glyph names such as Aacute, as combining characters.
const accents = "grave\u0300 acute\u0301 circumflex\u0302 tilde\u0303 dieresis\u0308 ring\u030a cedilla\u0327 caron\u030c " +
	"macron\u0304 breve\u0306 ogonek\u0328 dotaccent\u0307 hungarumlaut\u030b commaaccent\u0326"

// glyphNames holds the glyph names of the Latin character set (ISO 32000-1 annex D.1) that are neither one letter nor a letter
// with an accent, and some that office software uses.
const glyphNames = "space  exclam ! quotedbl \" numbersign # dollar $ percent % ampersand & quotesingle ' parenleft ( parenright ) " +
	"asterisk * plus + comma , hyphen - period . slash / zero 0 one 1 two 2 three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 " +
	"colon : semicolon ; less < equal = greater > question ? at @ bracketleft [ backslash \\ bracketright ] asciicircum ^ " +
	"underscore _ grave ` braceleft { bar | braceright } asciitilde ~ exclamdown ¡ cent ¢ sterling £ fraction ⁄ yen ¥ florin ƒ " +
	"section § currency ¤ quotedblleft “ guillemotleft « guilsinglleft ‹ guilsinglright › fi fi fl fl ff ff ffi ffi ffl ffl " +
	"endash – dagger † daggerdbl ‡ periodcentered · middot · paragraph ¶ bullet • quotesinglbase ‚ quotedblbase „ quotedblright ” " +
	"guillemotright » ellipsis … perthousand ‰ questiondown ¿ acute ´ circumflex ˆ tilde ˜ macron ¯ breve ˘ dotaccent ˙ " +
	"dieresis ¨ ring ˚ cedilla ¸ hungarumlaut ˝ ogonek ˛ caron ˇ emdash — AE Æ ordfeminine ª Lslash Ł Oslash Ø OE Œ " +
	"ordmasculine º ae æ dotlessi ı lslash ł oslash ø oe œ germandbls ß quoteleft ‘ quoteright ’ brokenbar ¦ copyright © " +
	"logicalnot ¬ registered ® degree ° plusminus ± onesuperior ¹ twosuperior ² threesuperior ³ mu µ onequarter ¼ onehalf ½ " +
	"threequarters ¾ multiply × divide ÷ Eth Ð eth ð Thorn Þ thorn þ Euro € trademark ™ minus - sfthyphen - softhyphen - " +
	"nonbreakingspace  nbspace  checkmark ✓ square □ H18533 ■ filledbox ■ H22073 □ blacksquare ■ circle ○ H18543 ▪"

var (
	names      = pairs(glyphNames)
	accentText = combining(accents)
)

func pairs(list string) map[string]string {
	out := map[string]string{}
	words := strings.Split(list, " ")
	for i := 0; i+1 < len(words); i += 2 {
		out[words[i]] = words[i+1]
	}
	for _, n := range []string{"space", "nonbreakingspace", "nbspace"} {
		out[n] = " "
	}
	return out
}

func combining(list string) map[string]string {
	out := map[string]string{}
	for _, w := range strings.Fields(list) {
		r, n := utf8.DecodeLastRuneInString(w)
		out[w[:len(w)-n]] = string(r)
	}
	return out
}

// glyphText is the text of a glyph name by the rules of the Adobe Glyph List, empty when the name says nothing.
func glyphText(name string) string {
	if i := strings.IndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	if t, ok := names[name]; ok {
		return t
	}
	if len(name) == 1 && (name[0] >= 'A' && name[0] <= 'Z' || name[0] >= 'a' && name[0] <= 'z') {
		return name
	}
	if len(name) > 3 {
		if mark, ok := accentText[name[1:]]; ok {
			return norm.NFC.String(name[:1] + mark)
		}
	}
	if strings.Contains(name, "_") {
		out := ""
		for _, part := range strings.Split(name, "_") {
			t := glyphText(part)
			if t == "" {
				return ""
			}
			out += t
		}
		return out
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) >= 4 && len(hex)%4 == 0 && len(hex) <= 32 {
		out := ""
		for i := 0; i < len(hex); i += 4 {
			v, err := strconv.ParseUint(hex[i:i+4], 16, 32)
			if err != nil {
				return ""
			}
			out += string(rune(v))
		}
		return clean(out)
	}
	if hex, ok := strings.CutPrefix(name, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if v, err := strconv.ParseUint(hex, 16, 32); err == nil {
			return clean(string(rune(v)))
		}
	}
	return ""
}

// pictureFont is the meaning of the codes of fonts that hold tick marks and boxes instead of letters; nil for other fonts.
// What is no tick, cross or box reads as a black square: something is drawn, but no text.
func pictureFont(name string) map[byte]string {
	n := strings.ToLower(name)
	var known map[byte]string
	switch {
	case dingbats(n):
		known = map[byte]string{'3': "✓", '4': "✓", '5': "✗", '6': "✗", '7': "✗", '8': "✗", 'l': "●", 'm': "○", 'n': "■", 'o': "□", 'p': "□", 'q': "□", 'r': "□", 'u': "◆", ' ': " "}
	case strings.Contains(n, "wingdings2") || strings.Contains(n, "wingdings-2") || strings.Contains(n, "wingdings 2"):
		known = map[byte]string{'O': "✗", 'P': "✓", 'Q': "☒", 'R': "☑", 'S': "☒", 'T': "☒", 'U': "✗", 'V': "✗", 0xa3: "□", ' ': " "}
	case strings.Contains(n, "webdings"):
		known = map[byte]string{'a': "✓", 'r': "✗", 'c': "□", 'g': "■", 'n': "●", ' ': " "}
	case strings.Contains(n, "wingdings"):
		known = map[byte]string{0xfb: "✗", 0xfc: "✓", 0xfd: "☒", 0xfe: "☑", 0x78: "☒", 0x6f: "□", 0x71: "□", 0xa8: "□", 0x72: "□", 0x6e: "■", 0xa7: "▪", 0x6c: "●", 'X': "✗", ' ': " "}
	default:
		return nil
	}
	for c := 0x21; c < 0x100; c++ {
		if known[byte(c)] == "" {
			known[byte(c)] = "■"
		}
	}
	return known
}

// dingbats reports whether a font's name in lower case is one of those under which ITC Zapf Dingbats and its free copies go.
func dingbats(name string) bool {
	for _, known := range []string{"dingbat", "zadb", "d050000l", "monotypesorts"} {
		if strings.Contains(name, known) {
			return true
		}
	}
	return false
}

// shown is what a text that stands for a code of a font of pictures shows. Programs that print a PDF anew take the codes of such
// a font for letters, and say so in ToUnicode; office software puts them into the private area, which reads as letters, too.
func shown(pictures map[byte]string, text string) string {
	letter, n := utf8.DecodeRuneInString(text)
	if pictures == nil || n != len(text) {
		return text
	}
	code, ok := charmap.Windows1252.EncodeRune(letter)
	if picture := pictures[code]; ok && picture != "" {
		return picture
	}
	return text
}

// pictureGlyph is the text of ZapfDingbats' own glyph names.
func pictureGlyph(font, name string) string {
	if !dingbats(strings.ToLower(font)) {
		return ""
	}
	switch name {
	case "a19", "a20":
		return "✓"
	case "a21", "a22", "a23", "a24":
		return "✗"
	case "a71":
		return "●"
	case "a73":
		return "■"
	}
	return ""
}

// type1Encoding reads the encoding that a Type 1 font program declares in its clear text: "dup 65 /A put".
func type1Encoding(program []byte) map[byte]string {
	at := bytes.Index(program, []byte("/Encoding"))
	if at < 0 {
		return nil
	}
	part := program[at:min(len(program), at+16<<10)]
	if end := bytes.Index(part, []byte("readonly def")); end >= 0 {
		part = part[:end]
	}
	out := map[byte]string{}
	fields := bytes.Fields(part)
	for i := 0; i+3 < len(fields); i++ {
		if string(fields[i]) != "dup" || len(fields[i+2]) < 2 || fields[i+2][0] != '/' {
			continue
		}
		if code, err := strconv.ParseUint(string(fields[i+1]), 10, 8); err == nil {
			out[byte(code)] = string(fields[i+2][1:])
		}
	}
	return out
}

// glyphTexts inverts the character map of an embedded TrueType font: for a composite font without ToUnicode it is the only
// thing that says what its glyphs mean. toGlyph is the CIDToGIDMap stream, empty for identity; more is asked before each entry.
func glyphTexts(program, toGlyph []byte, more func() bool) (out map[uint32]string) {
	if len(program) == 0 || !more() {
		return nil
	}
	defer func() {
		if recover() != nil {
			out = nil // the font parser met something that it does not expect
		}
	}()
	parsed, err := sfnt.Parse(program)
	if err != nil {
		return nil
	}
	var buffer sfnt.Buffer
	byGlyph := map[sfnt.GlyphIndex]string{}
	for _, span := range [][2]rune{{0x20, 0x24f}, {0x2000, 0x22ff}, {0x25a0, 0x25ff}, {0x2610, 0x2718}, {0xfb00, 0xfb06}, {0xf020, 0xf0ff}} {
		for r := span[0]; r <= span[1]; r++ {
			if g, err := parsed.GlyphIndex(&buffer, r); err == nil && g != 0 && byGlyph[g] == "" {
				byGlyph[g] = clean(string(r))
			}
		}
	}
	if len(byGlyph) == 0 {
		return nil
	}
	out = map[uint32]string{}
	if len(toGlyph) < 2 {
		for g, text := range byGlyph {
			out[uint32(g)] = text
		}
		return out
	}
	for cid := 0; cid*2+1 < len(toGlyph) && cid <= 0xffff; cid++ {
		g := sfnt.GlyphIndex(uint16(toGlyph[cid*2])<<8 | uint16(toGlyph[cid*2+1]))
		if text, ok := byGlyph[g]; ok {
			if !more() {
				break
			}
			out[uint32(cid)] = text
		}
	}
	return out
}
