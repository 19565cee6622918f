// Package document turns an untrusted PDF into what readers need: pages of words with positions, form fields and marks.
//
//	r, err := document.NewReader(document.Options{Command: []string{"/proc/self/exe", "read-pdf"}})
//	…
//	pages, err := r.Pages(ctx, pdf, 2)
//
// reads the first two pages. Documents are opened in child processes of our own binary, which the command starts and which call
// ServeChild: they are limited in memory and time, know no secrets, and are killed and replaced when they misbehave. Pages that show
// as pictures are drawn by pdftoppm and read by tesseract, limited in the same way. Errors say whose fault it was:
// *certificate.Refusal the document's, *Unavailable and *Fault the machine's.
package document
