package certificate

import "time"

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

// Unavailable says that a reader could not do its work just now, for a reason that is not the document's: a model that is
// overloaded, a tool that is missing. The same document may be read later.
type Unavailable struct {
	Message    string        // for people, with the remedy; nothing of the document or of a library
	RetryAfter time.Duration // the least time to wait, 0 when nobody said
	Cause      error         // for the log
}

// Error is the message for people.
func (u *Unavailable) Error() string { return u.Message }

// Unwrap is the cause.
func (u *Unavailable) Unwrap() error { return u.Cause }
