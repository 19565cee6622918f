package document

import (
	"bytes"

	"certflow/internal/certificate"
)

// headerWindow is how far from its beginning a file may have its PDF header (CONTRACT §2).
const headerWindow = 1024

// Sniff reports whether a file that begins with head is a PDF: "%PDF" within the first 1024 bytes.
func Sniff(head []byte) bool { return header(head) >= 0 }

// header is where the PDF header begins, or -1.
func header(head []byte) int {
	return bytes.Index(head[:min(len(head), headerWindow)], []byte("%PDF"))
}

// Info is what is known of a document that can be opened.
type Info struct {
	Pages     int
	Encrypted bool // with an empty user password, which is normal for certificates
}

// Inspect opens a PDF in this process, or says in a *certificate.Refusal why it cannot be read.
func Inspect(pdf []byte) (Info, error) {
	f, err := open(pdf)
	if err != nil {
		return Info{}, err
	}
	return Info{Pages: len(f.pages), Encrypted: f.x.Encrypt != nil}, nil
}

// blank refuses pages that show nothing.
func blank(n int) error {
	message := "The page of the PDF is blank. Upload the certificate itself."
	if n > 1 {
		message = "The first pages of the PDF are blank. Upload the certificate with its first page at the front."
	}
	return &certificate.Refusal{Code: certificate.Unreadable, Message: message}
}
