package acord

import "certflow/internal/certificate"

// What makes a page too coarse to read: few of the words that OCR made of it were read with confidence. Of a clean page at 72 dpi it is sure of
// a third to a half, at 90 dpi of nine in ten, also where faxes are poor or the page is no certificate.
const (
	coarseWords  = 30
	coarseLetter = 3 // as many letters has a word at least that counts
	sureWord     = 0.7
	sureShare    = 0.6
)

// coarse reports whether the page is a picture of which OCR could read too little to say what it is.
func (s *sheet) coarse() bool {
	sure, all := 0, 0
	for _, t := range s.tokens {
		if t.source != certificate.OCR || len(t.key) < coarseLetter {
			continue
		}
		if all++; t.conf > sureWord {
			sure++
		}
	}
	return all >= coarseWords && float64(sure) < sureShare*float64(all) && s.source() == certificate.OCR
}

func tooCoarse() *certificate.Refusal {
	return &certificate.Refusal{Code: certificate.Unreadable,
		Message: "The analysed pages are pictures of which most words cannot be read: their resolution is too low, or they are blurred. Scan the certificate again, straight and at 200 dpi or more, or ask for the PDF that the agency printed, and upload that file."}
}
