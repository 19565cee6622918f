package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestControlCharactersLeaveTheHeadersOfPartsOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, want string }{
		"in a header":                        {"--b\r\nX: a\x01\tb\x7f\r\n\r\nc\x01\r\n--b--", "--b\r\nX: a\tb\r\n\r\nc\x01\r\n--b--"},
		"in the header of a later part":      {"--b\r\nX: a\r\n\r\nc\r\n--b \r\nY: \x00\x1b\r\n\r\n\x00", "--b\r\nX: a\r\n\r\nc\r\n--b \r\nY: \r\n\r\n\x00"},
		"in the part behind an empty one":    {"--b\r\n\r\n--b\r\nX: \x02\r\n\r\n\x02", "--b\r\n\r\n--b\r\nX: \r\n\r\n\x02"},
		"in content that looks like a start": {"--b\r\n\r\n\r\n--bc\r\n\x01\r\n--b\x01\n\x01\n--b\r\n\x01", "--b\r\n\r\n\r\n--bc\r\n\x01\r\n--b\x01\n\x01\n--b\r\n\x01"},
		"behind line ends one by one":        {"--b\r\n\r\n\r\r\n--b\r\n\x01X", "--b\r\n\r\n\r\r\n--b\r\nX"},
		"in a preamble":                      {"\x01\r\n--b\r\n\x01", "\x01\r\n--b\r\n"},
		"behind the last boundary":           {"--b\r\n\r\n\r\n--b--\r\n\x01", "--b\r\n\r\n\r\n--b--\r\n\x01"},
		"alone on a line":                    {"--b\r\nX: a\r\n\x01\r\n\x01", "--b\r\nX: a\r\n\r\n\x01"},
	} {
		for size := 1; size <= len(c.body); size++ {
			h := newPartHeaders("b")
			var got strings.Builder
			for rest := []byte(c.body); len(rest) > 0; {
				n := min(size, len(rest))
				got.Write(h.clean(rest[:n]))
				rest = rest[n:]
			}
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Fatalf("%s, in pieces of %d: %s", name, size, diff)
			}
		}
	}
}
