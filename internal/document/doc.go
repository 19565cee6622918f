// Package document turns an untrusted PDF into what readers need: pages of words with positions, form fields and marks.
//
//	pages, err := document.Words(ctx, pdf, 2)
//
// reads the first two pages in this process, without OCR.
package document
