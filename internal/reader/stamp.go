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
	"SPECIMEN": true, "SAMPLE": true, "DRAFT": true,
}

// doubtStamped takes the certainty from all that was read from a document of which a page is stamped as void or as no certificate.
func doubtStamped(reading *certificate.Reading, pages []page.Page) {
	for i := range pages {
		stamp := stampOf(&pages[i])
		if stamp == "" {
			continue
		}
		for path, e := range reading.Evidence {
			e.Confidence = min(e.Confidence, stamped)
			e.Doubt = fmt.Sprintf("page %d is stamped %s", pages[i].Number, stamp)
			reading.Evidence[path] = e
		}
		return
	}
}

// stampOf is the stamp that people see on a page, empty when there is none.
func stampOf(p *page.Page) string {
	for _, w := range p.Words {
		height := w.Size
		if height == 0 { // words of OCR have no size
			height = w.Box[3] - w.Box[1]
		}
		word := strings.ToUpper(strings.Trim(w.Text, `*-–—!.,:;"'()[]`))
		if !w.Hidden && height >= stampHeight && stamps[word] {
			return word
		}
	}
	return ""
}
