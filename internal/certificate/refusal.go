package certificate

// Refusal is the reason why a document has no reading: one of the codes that CONTRACT §2 lists for an error
// certificate, with a sentence for people that says what to do next. It is an error that ends a review; it is never retried.
type Refusal struct {
	Code    RefusalCode `json:"code"`
	Message string      `json:"message"`
}

// RefusalCode is a code of CONTRACT §2.
type RefusalCode string

// The refusals that a document itself causes.
const (
	Unreadable          RefusalCode = "unreadable"
	PasswordProtected   RefusalCode = "password_protected"
	NotACertificate     RefusalCode = "not_a_certificate"
	SeveralCertificates RefusalCode = "several_certificates"
)

// Error is the message for people.
func (r *Refusal) Error() string { return r.Message }
