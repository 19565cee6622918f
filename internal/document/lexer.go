package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"math"
	"strconv"
)

// lexer splits a content stream into operands and operators (ISO 32000-1 §7.8.2). It never fails: what is not understood is
// skipped, as viewers do. Operands are valid until the next call of next.
type lexer struct {
	data  []byte
	pos   int
	args  []operand
	items []operand // the elements of arrays among args
	arena []byte    // the bytes of strings and names that needed decoding
}

type operandKind byte

const (
	numberOperand operandKind = iota
	nameOperand
	stringOperand
	arrayOperand
	otherOperand
)

type operand struct {
	kind operandKind
	num  float64
	str  []byte
	from int // of an array: its elements are lexer.items[from:to]
	to   int
}

// maxOperands bounds what one operator may be given; TJ arrays of dense tables have some thousands of elements.
const maxOperands = 1 << 16

func newLexer(data []byte) *lexer { return &lexer{data: data} }

// next reads up to the next operator. At the end it gives nil.
func (l *lexer) next() (operator []byte) {
	l.args, l.items, l.arena = l.args[:0], l.items[:0], l.arena[:0]
	for {
		l.space()
		if l.pos >= len(l.data) {
			return nil
		}
		if o, word, ok := l.token(0); ok {
			if len(l.args) < maxOperands {
				l.args = append(l.args, o)
			}
		} else if word != nil {
			return word
		}
	}
}

// token reads one operand, or a bare word, or skips one stray byte.
func (l *lexer) token(depth int) (o operand, word []byte, ok bool) {
	switch c := l.data[l.pos]; {
	case c == '/':
		l.pos++
		return operand{kind: nameOperand, str: l.nameBytes()}, nil, true
	case c == '(':
		return operand{kind: stringOperand, str: l.literal()}, nil, true
	case c == '<' && l.pos+1 < len(l.data) && l.data[l.pos+1] == '<':
		l.pos += 2
		l.dict(depth)
		return operand{kind: otherOperand}, nil, true
	case c == '<':
		return operand{kind: stringOperand, str: l.hex()}, nil, true
	case c == '[':
		l.pos++
		from := len(l.items)
		l.arrayItems(depth)
		return operand{kind: arrayOperand, from: from, to: len(l.items)}, nil, true
	case c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.':
		return operand{kind: numberOperand, num: l.number()}, nil, true
	case delimiter(c):
		l.pos++
		return operand{}, nil, false
	}
	start := l.pos
	for l.pos < len(l.data) && !white(l.data[l.pos]) && !delimiter(l.data[l.pos]) {
		l.pos++
	}
	return operand{}, l.data[start:l.pos], false
}

// arrayItems reads up to the closing bracket. Nested arrays are flattened: no operator that is read here has any.
func (l *lexer) arrayItems(depth int) {
	for {
		l.space()
		if l.pos >= len(l.data) {
			return
		}
		if l.data[l.pos] == ']' {
			l.pos++
			return
		}
		if depth > maxDepth {
			l.pos++
			continue
		}
		at := l.pos
		if o, _, ok := l.token(depth + 1); ok && o.kind != arrayOperand && len(l.items) < maxOperands {
			l.items = append(l.items, o)
		}
		if l.pos == at {
			l.pos++
		}
	}
}

// dict skips a dictionary.
func (l *lexer) dict(depth int) {
	for {
		l.space()
		if l.pos >= len(l.data) {
			return
		}
		if l.data[l.pos] == '>' {
			l.pos++
			if l.pos < len(l.data) && l.data[l.pos] == '>' {
				l.pos++
			}
			return
		}
		if depth > maxDepth {
			l.pos++
			continue
		}
		at := l.pos
		l.token(depth + 1)
		if l.pos == at {
			l.pos++
		}
	}
}

func (l *lexer) space() {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		if c == '%' {
			for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
				l.pos++
			}
			continue
		}
		if !white(c) {
			return
		}
		l.pos++
	}
}

func (l *lexer) number() float64 {
	start := l.pos
	negative, frac, scale, v := false, false, 1.0, 0.0
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		switch {
		case c == '-' && l.pos == start:
			negative = true
		case c == '+' && l.pos == start:
		case c == '-':
			// Writers that print "--5" or "0.-3" mean the digits before; viewers ignore what follows.
		case c == '.' && !frac:
			frac = true
		case c >= '0' && c <= '9':
			if frac {
				scale /= 10
				v += float64(c-'0') * scale
			} else {
				v = v*10 + float64(c-'0')
			}
		default:
			if negative {
				return -v
			}
			return v
		}
		l.pos++
	}
	if negative {
		return -v
	}
	return v
}

func (l *lexer) nameBytes() []byte {
	start := l.pos
	escaped := false
	for l.pos < len(l.data) && !white(l.data[l.pos]) && !delimiter(l.data[l.pos]) {
		escaped = escaped || l.data[l.pos] == '#'
		l.pos++
	}
	raw := l.data[start:l.pos]
	if !escaped {
		return raw
	}
	from := len(l.arena)
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if v, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				l.arena = append(l.arena, byte(v))
				i += 2
				continue
			}
		}
		l.arena = append(l.arena, raw[i])
	}
	return l.arena[from:len(l.arena):len(l.arena)]
}

func (l *lexer) literal() []byte {
	l.pos++
	start, depth := l.pos, 1
	plain := true
	for i := l.pos; i < len(l.data); i++ {
		switch l.data[i] {
		case '\\':
			plain = false
			i++
		case '\r':
			plain = false
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				l.pos = i + 1
				if plain {
					return l.data[start:i]
				}
				return l.unescape(l.data[start:i])
			}
		}
	}
	l.pos = len(l.data)
	return l.unescape(l.data[start:])
}

func (l *lexer) unescape(raw []byte) []byte {
	from := len(l.arena)
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '\r' {
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			c = '\n'
		}
		if c != '\\' || i+1 >= len(raw) {
			l.arena = append(l.arena, c)
			continue
		}
		i++
		switch c = raw[i]; c {
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case '\n':
			continue
		case '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			continue
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v := int(c - '0')
			for n := 0; n < 2 && i+1 < len(raw) && raw[i+1] >= '0' && raw[i+1] <= '7'; n++ {
				i++
				v = v*8 + int(raw[i]-'0')
			}
			c = byte(v)
		}
		l.arena = append(l.arena, c)
	}
	return l.arena[from:len(l.arena):len(l.arena)]
}

func (l *lexer) hex() []byte {
	l.pos++
	from := len(l.arena)
	half, pending := byte(0), false
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		l.pos++
		if c == '>' {
			break
		}
		v, ok := hexDigit(c)
		if !ok {
			continue
		}
		if pending {
			l.arena = append(l.arena, half<<4|v)
		}
		half, pending = v, !pending
	}
	if pending {
		l.arena = append(l.arena, half<<4)
	}
	return l.arena[from:len(l.arena):len(l.arena)]
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// inlineImage skips from BI to after EI, and reports whether it is known where the data ends. It is binary: where its length follows from its
// size or its filter, an EI inside of it is none, as viewers know. Otherwise EI counts only between white space with something like content
// after it.
func (l *lexer) inlineImage() bool {
	entries := map[string]operand{}
	for op := ""; op != "ID"; {
		if op = string(l.next()); op != "ID" && op != "true" && op != "false" {
			l.endOfImage()
			return false
		}
		for i := 0; i < len(l.args); i += 2 {
			value := operand{kind: otherOperand, str: []byte(op)}
			if i+1 < len(l.args) {
				value = l.args[i+1]
			}
			if value.kind == arrayOperand && value.to > value.from {
				value.str = l.items[value.from].str // the first filter, or the kind of colours
			}
			value.str = bytes.Clone(value.str)
			entries[string(l.args[i].str)] = value
		}
	}
	entry := func(short, long string) operand {
		if o, ok := entries[short]; ok {
			return o
		}
		return entries[long]
	}
	l.pos = min(l.pos+1, len(l.data))
	n, ok := l.imageLength(entry)
	l.pos = min(l.pos+n, len(l.data))
	l.endOfImage()
	return ok
}

// imageLength is how many bytes the data of an inline image has, or 0 and false where its entries do not tell.
func (l *lexer) imageLength(entry func(short, long string) operand) (int, bool) {
	rest := l.data[l.pos:]
	switch name := string(entry("F", "Filter").str); {
	case name == "A85" || name == "ASCII85Decode":
		n := bytes.Index(rest, []byte("~>"))
		return max(0, n), n >= 0
	case name == "AHx" || name == "ASCIIHexDecode":
		n := bytes.IndexByte(rest, '>')
		return max(0, n), n >= 0
	case name == "Fl" || name == "FlateDecode":
		return packedLength(rest)
	case name != "":
		return 0, false
	}
	bits, components := entry("BPC", "BitsPerComponent").num, 0.0
	switch space := entry("CS", "ColorSpace"); string(space.str) {
	case "G", "DeviceGray", "CalGray":
		components = 1
	case "RGB", "DeviceRGB", "CalRGB":
		components = 3
	case "CMYK", "DeviceCMYK":
		components = 4
	default:
		if space.kind == arrayOperand { // a table of colours
			components = 1
		}
	}
	if string(entry("IM", "ImageMask").str) == "true" {
		bits, components = 1, 1
	}
	n := math.Ceil(entry("W", "Width").num*bits*components/8) * entry("H", "Height").num
	return clampInt(n), n > 0 && n <= float64(len(rest))
}

// packedLength is the length of the data that was packed with Flate.
func packedLength(data []byte) (int, bool) {
	r := bytes.NewReader(data)
	z, err := zlib.NewReader(r)
	if err != nil {
		return 0, false
	}
	if n, err := io.CopyN(io.Discard, z, maxStream); n == maxStream || !errors.Is(err, io.EOF) {
		return 0, false
	}
	return len(data) - r.Len(), true
}

// endOfImage skips to after the next EI that ends an inline image.
func (l *lexer) endOfImage() {
	for {
		i := bytes.Index(l.data[l.pos:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.data)
			return
		}
		at := l.pos + i
		l.pos = at + 2
		if at > 0 && !white(l.data[at-1]) || l.pos < len(l.data) && !white(l.data[l.pos]) {
			continue
		}
		text := true
		for _, c := range l.data[l.pos:min(len(l.data), l.pos+10)] {
			text = text && (c < 0x80 && (c >= 0x20 || white(c)))
		}
		if text {
			return
		}
	}
}

func white(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func delimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}
