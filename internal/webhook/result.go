package webhook

import (
	"net/netip"
	"time"
)

// ErrorClass names why a try failed. Metrics, attempts and tests use the same
// name; the empty class is success.
type ErrorClass string

// The classes of failure.
const (
	// ErrorRefusedURL and ErrorRefusedAddress are our own refusals: nothing was
	// sent. Result.Refusal says which.
	ErrorRefusedURL     ErrorClass = "refused_url"
	ErrorRefusedAddress ErrorClass = "refused_address"
	// ErrorDNS: the name did not resolve.
	ErrorDNS ErrorClass = "dns"
	// ErrorConnect: nothing accepted the connection.
	ErrorConnect ErrorClass = "connect"
	// ErrorTLS: the handshake failed, or the certificate is not to be trusted.
	ErrorTLS ErrorClass = "tls"
	// ErrorTimeout: time ran out before the status came.
	ErrorTimeout ErrorClass = "timeout"
	// ErrorReset: the connection broke before the status came.
	ErrorReset ErrorClass = "reset"
	// ErrorProtocol: what came was not HTTP, or its headers were too large.
	ErrorProtocol ErrorClass = "protocol"
	// ErrorRedirect: 3xx, which is not followed.
	ErrorRedirect ErrorClass = "redirect"
	// ErrorStatus: any other status than 2xx.
	ErrorStatus ErrorClass = "status"
	// ErrorCancelled: our own process gave the try up. It is no attempt.
	ErrorCancelled ErrorClass = "cancelled"
	// ErrorRequest: the message could not be made into a request.
	ErrorRequest ErrorClass = "request"
)

// AnswerNote says what ails the stored answer; empty: it is whole. It never
// decides about success: the status does.
type AnswerNote string

// What can ail an answer.
const (
	// AnswerCut: it was longer than 16 kB.
	AnswerCut AnswerNote = "cut"
	// AnswerSlow: it was not finished in time.
	AnswerSlow AnswerNote = "slow"
	// AnswerBroken: the connection broke, or its compression is corrupt.
	AnswerBroken AnswerNote = "broken"
	// AnswerEncoded: it came in an encoding that was not asked for, and is not kept.
	AnswerEncoded AnswerNote = "encoded"
)

// Result is what came of one try.
type Result struct {
	// Status is the HTTP status, 0 where none came.
	Status int
	Error  ErrorClass
	// Detail is a sentence of ours about Error; it holds nothing of the
	// answer and no library's text. Empty on success.
	Detail string
	// Refusal is set with ErrorRefusedURL and ErrorRefusedAddress.
	Refusal Refusal
	// Duration is the whole time that the try took.
	Duration time.Duration
	// RemoteIP is the address that was dialled, or that was refused; the zero
	// Addr where none was found.
	RemoteIP netip.Addr
	// Answer is the body of the answer, at most 16 kB after decompression, in
	// valid UTF-8 without NUL, so that PostgreSQL takes it as text.
	Answer     string
	AnswerNote AnswerNote
	// RetryAfter is the wait that the answer asked for; 0: none.
	RetryAfter time.Duration
}

// Succeeded reports whether the message was accepted: a 2xx came, whatever
// became of the answer's body.
func (r Result) Succeeded() bool { return r.Error == "" && r.Status >= 200 && r.Status <= 299 }
