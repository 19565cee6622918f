package api

import "bytes"

// partHeaders takes control characters out of the headers of a multipart body's parts while it passes, and leaves all else as it is: a
// file's name may hold them and is kept without (CONTRACT §2), while Go's parser refuses a header with one. It knows the boundary between
// a part's content and the next header as that parser does, or misses it: no content is ever changed in a body that the parser takes.
type partHeaders struct {
	delimiter []byte // CR LF -- boundary; CR stands at its beginning only
	place     partPlace
	matched   int // bytes of the delimiter that were seen last, in content
	line      int // bytes of the line so far, in a header
	last      byte
}

// partPlace is where in a multipart body the next byte stands.
type partPlace int

const (
	inContent  partPlace = iota
	inBoundary           // behind the boundary, on its line
	inHeader
)

// newPartHeaders begins at the beginning of a body, where a boundary needs no line end before it.
func newPartHeaders(boundary string) *partHeaders {
	return &partHeaders{delimiter: []byte("\r\n--" + boundary), matched: 2}
}

// clean takes the next piece of the body and returns what is left of it, in place.
func (h *partHeaders) clean(piece []byte) []byte {
	kept := piece[:0]
	for len(piece) > 0 {
		if h.place == inContent && h.matched == 0 {
			plain := bytes.IndexByte(piece, '\r')
			if plain < 0 {
				plain = len(piece)
			}
			kept, piece = append(kept, piece[:plain]...), piece[plain:]
			if len(piece) == 0 {
				break
			}
		}
		c := piece[0]
		piece = piece[1:]
		if h.place == inHeader && (c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f) {
			continue
		}
		h.pass(c)
		kept = append(kept, c)
	}
	return kept
}

// pass moves on by one byte that is kept.
func (h *partHeaders) pass(c byte) {
	switch {
	case h.place == inHeader && c == '\n' && (h.line == 0 || h.line == 1 && h.last == '\r'):
		// The line end of the empty line may be that of the next boundary.
		h.place, h.matched = inContent, 2
	case h.place == inHeader && c == '\n':
		h.line = 0
	case h.place == inHeader:
		h.line++
	case h.place == inBoundary && c == '\n':
		h.place, h.line = inHeader, 0
	case h.place == inBoundary && (c == ' ' || c == '\t' || c == '\r') && h.last != '\r':
	case h.place == inContent && c == h.delimiter[h.matched]:
		if h.matched++; h.matched == len(h.delimiter) {
			h.place, h.matched = inBoundary, 0
		}
	default:
		h.place, h.matched = inContent, 0
		if c == '\r' {
			h.matched = 1
		}
	}
	h.last = c
}
