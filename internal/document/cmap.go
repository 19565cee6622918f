package document

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// cmap maps the codes of a composite font to CIDs (ISO 32000-1 §9.7.5).
type cmap struct {
	spaces []codeSpace
	ranges []cidRange
	direct bool // codes are CIDs
}

type codeSpace struct {
	bytes    int
	from, to uint32
}

type cidRange struct {
	bytes    int
	from, to uint32
	cid      uint32
}

// maxSpaces bounds the code space ranges of a CMap; those of Asian encodings have up to ten. nestedRanges is how many ranges of CIDs are looked
// at for a code, since a range may lie in another.
const (
	maxSpaces    = 32
	nestedRanges = 4
)

// maxRanges bounds what a CMap may declare; a full Unicode font has some thousands.
const maxRanges = 1 << 16

// identityCMap is Identity-H, and what stands in for the predefined CMaps: two bytes a code.
func identityCMap() *cmap {
	return &cmap{direct: true, spaces: []codeSpace{{bytes: 2, to: 0xffff}}}
}

// next splits the first code off s, which is not empty.
func (c *cmap) next(s []byte) (code uint32, n int) {
	for n = 1; n <= 4 && n <= len(s); n++ {
		code = code<<8 | uint32(s[n-1])
		for _, sp := range c.spaces {
			if sp.bytes == n && sp.contains(code) {
				return code, n
			}
		}
	}
	shortest := 1
	for i, sp := range c.spaces {
		if i == 0 || sp.bytes < shortest {
			shortest = sp.bytes
		}
	}
	n = min(max(shortest, 1), len(s))
	code = 0
	for _, b := range s[:n] {
		code = code<<8 | uint32(b)
	}
	return code, n
}

// contains compares byte by byte, as code space ranges are rectangles.
func (sp codeSpace) contains(code uint32) bool {
	for i := range sp.bytes {
		shift := 8 * i
		b := code >> shift & 0xff
		if b < sp.from>>shift&0xff || b > sp.to>>shift&0xff {
			return false
		}
	}
	return true
}

func (c *cmap) cid(code uint32, n int) uint32 {
	if c.direct {
		return code
	}
	after, _ := slices.BinarySearchFunc(c.ranges, cidRange{bytes: n, from: code}, func(r, at cidRange) int {
		return cmp.Or(cmp.Compare(r.bytes, at.bytes), cmp.Compare(r.from, at.from), -1)
	})
	for _, r := range slices.Backward(c.ranges[max(0, after-nestedRanges):after]) {
		if r.bytes == n && code <= r.to {
			return r.cid + code - r.from
		}
	}
	return 0
}

// parseCMap reads an embedded CMap.
func parseCMap(data []byte) *cmap {
	c := &cmap{}
	l := newLexer(data)
	for op := l.next(); op != nil; op = l.next() {
		a := l.args
		switch string(op) {
		case "endcodespacerange":
			for i := 0; i+1 < len(a) && len(c.spaces) < maxSpaces; i += 2 {
				if n := len(a[i].str); n >= 1 && n <= 4 && n == len(a[i+1].str) {
					c.spaces = append(c.spaces, codeSpace{n, code(a[i].str), code(a[i+1].str)})
				}
			}
		case "endcidrange":
			for i := 0; i+2 < len(a) && len(c.ranges) < maxRanges; i += 3 {
				c.ranges = append(c.ranges, cidRange{len(a[i].str), code(a[i].str), code(a[i+1].str), uint32(clampInt(a[i+2].num))})
			}
		case "endcidchar":
			for i := 0; i+1 < len(a) && len(c.ranges) < maxRanges; i += 2 {
				v := code(a[i].str)
				c.ranges = append(c.ranges, cidRange{len(a[i].str), v, v, uint32(clampInt(a[i+1].num))})
			}
		}
	}
	if len(c.spaces) == 0 {
		c.spaces = identityCMap().spaces
	}
	c.direct = len(c.ranges) == 0
	slices.SortStableFunc(c.ranges, func(a, b cidRange) int { return cmp.Or(cmp.Compare(a.bytes, b.bytes), cmp.Compare(a.from, b.from)) })
	return c
}

// parseToUnicode reads a ToUnicode CMap: code → text. more is asked before each entry.
func parseToUnicode(data []byte, more func() bool) map[uint32]string {
	if len(data) == 0 {
		return nil
	}
	out := map[uint32]string{}
	l := newLexer(data)
	for op := l.next(); op != nil; op = l.next() {
		a := l.args
		switch string(op) {
		case "endbfchar":
			for i := 0; i+1 < len(a) && more(); i += 2 {
				if a[i+1].kind == stringOperand {
					put(out, code(a[i].str), utf16Text(a[i+1].str))
				} else if a[i+1].kind == nameOperand {
					put(out, code(a[i].str), glyphText(string(a[i+1].str)))
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(a) && more(); i += 3 {
				from, to := code(a[i].str), code(a[i+1].str)
				if to < from || to-from > 0xffff {
					continue
				}
				switch dst := a[i+2]; dst.kind {
				case stringOperand:
					units := append([]byte(nil), dst.str...)
					for c := from; c <= to && len(out) < maxRanges && more(); c++ {
						put(out, c, utf16Text(units))
						increment(units)
					}
				case arrayOperand:
					for j, item := range l.items[dst.from:dst.to] {
						if c := from + uint32(j); c <= to && more() {
							put(out, c, utf16Text(item.str))
						}
					}
				}
			}
		}
	}
	return out
}

// put adds a mapping unless it says nothing: subset fonts map codes to 0 or to a private character.
func put(out map[uint32]string, c uint32, text string) {
	if len(out) < maxRanges && text != "" && text != "\x00" {
		if cleaned := clean(text); cleaned != "" {
			out[c] = cleaned
		}
	}
}

func code(b []byte) uint32 {
	var v uint32
	for _, c := range b[:min(len(b), 4)] {
		v = v<<8 | uint32(c)
	}
	return v
}

func utf16Text(b []byte) string {
	if len(b) == 1 {
		return string(rune(b[0]))
	}
	units := make([]uint16, 0, 2)
	for i := 0; i+1 < len(b) && len(units) < 16; i += 2 {
		units = append(units, binary.BigEndian.Uint16(b[i:]))
	}
	return string(utf16.Decode(units))
}

// increment adds one to the last code unit, as bfrange asks.
func increment(b []byte) {
	for i := len(b) - 1; i >= 0 && i >= len(b)-2; i-- {
		if b[i]++; b[i] != 0 {
			return
		}
	}
}
