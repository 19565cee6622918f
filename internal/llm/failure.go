package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"certflow/internal/certificate"
)

// failure is an error that a server answered, in what the providers have in common. Its message stays inside: servers repeat
// parts of the request in it.
type failure struct {
	status     int
	kind       string // the server's own word, such as overloaded_error or insufficient_quota
	message    string // looked at, never shown
	request    string // the server's id of the request, for the log
	retryAfter time.Duration
}

// Error is for the log and holds nothing of the server's words but its kind.
func (f *failure) Error() string {
	return fmt.Sprintf("the language model's server answered %d %q (request %q)", f.status, clip(f.kind), clip(f.request))
}

// clip keeps a server's word short and plain.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), 64)]
}

// settle says what a failure means for a review.
func (f *failure) settle() (Outcome, error) {
	unavailable := func(o Outcome, message string, wait time.Duration) (Outcome, error) {
		return o, &certificate.Unavailable{Message: message, RetryAfter: wait, Cause: f}
	}
	switch {
	case f.kind == kindNoStream:
		return unavailable(Refused, "What answers at CERTFLOW_MODEL_URL does not stream as a language model's API does. Check the address.", 0)
	case f.blamesPictures():
		return unavailable(Refused, "The language model's server takes no pictures of pages. Set CERTFLOW_MODEL_PICTURES=false, or CERTFLOW_MODEL to a model that sees.", 0)
	case f.kind == "insufficient_quota", f.kind == "billing_error", f.status == http.StatusPaymentRequired,
		strings.Contains(f.message, "credit balance"):
		return unavailable(Refused, "The account of CERTFLOW_MODEL_API_KEY has no credit left at the language model's provider.", f.retryAfter)
	case f.status == http.StatusTooManyRequests, f.kind == "rate_limit_error", f.kind == "rate_limit_exceeded":
		return unavailable(Limited, "The language model's rate limit is reached. Lower CERTFLOW_MODEL_RATE if this goes on.", f.retryAfter)
	case f.status == statusOverloaded, f.status == http.StatusServiceUnavailable, f.kind == "overloaded_error":
		return unavailable(Limited, "The language model is overloaded.", f.retryAfter)
	case f.status == http.StatusUnauthorized, f.status == http.StatusForbidden, f.kind == "authentication_error", f.kind == "permission_error":
		return unavailable(Refused, "The language model's server refused the key. Set CERTFLOW_MODEL_API_KEY to one that may use the model.", 0)
	case f.status == http.StatusNotFound:
		return unavailable(Refused, "The language model's server does not know the model. Check CERTFLOW_MODEL and CERTFLOW_MODEL_URL.", 0)
	case f.status == http.StatusRequestEntityTooLarge, f.status == http.StatusBadRequest && f.blamesDocument():
		return Declined, &objection{reason: f.Error(), refusal: &certificate.Refusal{Code: certificate.Unreadable,
			Message: "The language model could not open this document. Upload another copy of the certificate, such as one printed anew to PDF."}}
	case f.status >= 300 && f.status < 500 && f.status != http.StatusRequestTimeout && f.status != http.StatusConflict:
		return unavailable(Refused, "The language model's server refused the request. Check CERTFLOW_MODEL, CERTFLOW_MODEL_URL and whether the model supports structured outputs.", 0)
	}
	return unavailable(Failed, "The language model's server failed.", f.retryAfter)
}

// statusOverloaded is Anthropic's status for a service that is overloaded.
const statusOverloaded = 529

// blamesDocument reports whether a refused request was refused for the document in it rather than for how it was put. Servers say
// so in words only.
func (f *failure) blamesDocument() bool {
	m := strings.ToLower(f.message)
	for _, blame := range []string{"pdf", "could not process image", "image exceeds", "image is too large", "image dimensions", "prompt is too long", "context length", "context window", "password"} {
		if strings.Contains(m, blame) {
			return true
		}
	}
	return false
}

// blamesPictures reports whether a request was refused because the model, or its server, sees no pictures.
func (f *failure) blamesPictures() bool {
	m := strings.ToLower(f.message)
	return strings.Contains(m, "mmproj") || strings.Contains(m, "image") && (strings.Contains(m, "not support") || strings.Contains(m, "unsupported"))
}

// streamFault says what the error means that a stream ended with and that no server sent. Errors of the network pass.
func streamFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax), errors.As(err, &kind): // their texts repeat parts of what was answered
		return &malformed{"its stream is not made of JSON"}
	case errors.Is(err, errTooLong):
		return &malformed{"it is longer than an answer can be"}
	}
	return err
}

// longestWait bounds what a server may ask us to wait.
const longestWait = time.Hour

// retryAfter reads how long a server asks to wait: seconds, milliseconds in a header of their own, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		wait = time.Duration(ms * float64(time.Millisecond))
	} else if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil && s > 0 && s < 1e6 {
		wait = time.Duration(s * float64(time.Second))
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		wait = at.Sub(now)
	}
	return min(max(0, wait), longestWait)
}
