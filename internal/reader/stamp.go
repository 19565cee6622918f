package reader

import (
	"fmt"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

const (
	// stampHeight is how high in points the letters of a stamp are at least; the title of an ACORD 25 has 16.
	stampHeight = 20
	// stamped is the confidence at most of what is read from a stamped document. No rule may rest on it, whatever the account's threshold.
	stamped = 0.5
)

// stamps say, written large across a certificate, that it proves nothing.
var stamps = map[string]bool{
	"VOID": true, "VOIDED": true, "CANCELLED": true, "CANCELED": true, "REVOKED": true, "SUPERSEDED": true, "INVALID": true, "EXPIRED": true,
	"SPECIMEN": true, "SAMPLE": true, "DRAFT": true, "EXAMPLE": true, "TEST": true, "QUOTE": true, "QUOTATION": true, "PROPOSAL": true, "BINDER": true,
	"PENDING": true, "UNOFFICIAL": true, "NOTVALID": true, "NOTISSUED": true, "NOTFORISSUANCE": true,
}

// longestStamp is the number of letters of the longest of them.
const longestStamp = 14

// doubtStamped takes the certainty from all that was read from a document of which a page is stamped as void or as no certificate.
func doubtStamped(reading *certificate.Reading, pages []page.Page) {
	for i := range pages {
		stamp := stampOf(&pages[i])
		if stamp == "" {
			continue
		}
		doubtWhere(reading, fmt.Sprintf("page %d is stamped %s", pages[i].Number, stamp), func(string) bool { return true })
		return
	}
}

// stampOf is the stamp that people see on a page, empty when there is none. The letters of a stamp may stand apart, and its words.
func stampOf(p *page.Page) string {
	large := make([]string, 0, 8)
	for _, w := range p.Words {
		height := w.Size
		if height == 0 { // words of OCR have no size
			height = w.Box[3] - w.Box[1]
		}
		if w.Hidden || height < stampHeight {
			continue
		}
		large = append(large, strings.ToUpper(strings.Trim(w.Text, `*-–—!.,:;"'()[]`)))
	}
	for i := range large {
		for joined, j := "", i; j < len(large) && len(joined) <= longestStamp; j++ {
			if joined += large[j]; stamps[joined] && (j == i || len(large[i]) == 1 || strings.HasPrefix(joined, "NOT")) {
				return joined
			}
		}
	}
	return ""
}
