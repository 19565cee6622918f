package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"certflow/internal/id"
	"certflow/schema"
)

// Problem is a refusal: what the client is told and nothing else. Message is a sentence for people; Fields, where there are any, take its
// place with a sentence for each field or file at fault. Cause is for the log only.
type Problem struct {
	Status     int
	Code       ErrorCode
	Message    string
	Fields     map[string]string
	RetryAfter time.Duration
	Cause      error
}

// Error says the problem for logs and tests.
func (p *Problem) Error() string {
	text := p.Message
	for _, field := range slices.Sorted(maps.Keys(p.Fields)) {
		text += fmt.Sprintf(" %s: %s", field, p.Fields[field])
	}
	return strings.TrimSpace(string(p.Code) + ": " + strings.TrimSpace(text))
}

// Unwrap is the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// refuse makes a problem with one sentence.
func refuse(status int, code ErrorCode, format string, args ...any) *Problem {
	return &Problem{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// invalid makes the 400 that names fields.
func invalid(fields map[string]string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Code: ErrorCodeInvalidInput, Fields: fields}
}

// invalidField is invalid for one field.
func invalidField(field, format string, args ...any) *Problem {
	return invalid(map[string]string{field: fmt.Sprintf(format, args...)})
}

// notFound is the 404 of an object that the account does not have.
func notFound(what, id string) *Problem {
	return refuse(http.StatusNotFound, ErrorCodeResourceNotFound, "%s", absent(what, id))
}

// idForm is what every id looks like.
var idForm = regexp.MustCompile(`^([a-z]+)_[0-9A-Za-z]+$`)

// kinds are the kinds of object by the prefixes of their ids, in the words of the messages.
var kinds = map[id.Prefix]string{
	id.Account: "account", id.Assignment: "assignment", id.Audit: "audit", id.AuditResult: "audit result", id.Certificate: "certificate",
	id.Contractor: "contractor", id.Delivery: "delivery", id.Entity: "entity", id.Event: "event", id.InsuranceRequirement: "insurance requirement",
	id.Job: "job", id.Key: "key", id.Tracker: "tracker", id.TrackerSession: "tracker session", id.WebhookEndpoint: "webhook endpoint",
}

// absent says that there is nothing under an id, or that what was given cannot be one, or is one of another kind of object.
func absent(what, wanted string) string {
	form := idForm.FindStringSubmatch(wanted)
	if form == nil {
		return fmt.Sprintf("%q is not the id of any %s.", printable(wanted), what)
	}
	if kind := kinds[id.Prefix(form[1])]; kind != "" && kind != what && slices.Contains(slices.Collect(maps.Values(kinds)), what) {
		article := "a"
		if strings.ContainsRune("aeiou", rune(kind[0])) {
			article = "an"
		}
		return fmt.Sprintf("There is no %s %s: an id that begins with %s_ is that of %s %s.", what, printable(wanted), form[1], article, kind)
	}
	return fmt.Sprintf("There is no %s %s.", what, printable(wanted))
}

// printable keeps what a client sent short and free of control characters before it is shown back.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if runes := []rune(s); len(runes) > 80 {
		s = string(runes[:80]) + "…"
	}
	return s
}

func unavailable(cause error) *Problem {
	return &Problem{Status: http.StatusServiceUnavailable, Code: ErrorCodeUnavailable, RetryAfter: 2 * time.Second, Cause: cause,
		Message: "The service cannot take this request at the moment. Try again shortly."}
}

// problemOf says what a client is told about an error. What the database refuses for a reason that a client can cause has a
// code of its own; everything unforeseen is a 500 that says nothing.
func problemOf(err error) *Problem {
	var p *Problem
	var tooLarge *http.MaxBytesError
	var used *schema.InUseError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &tooLarge):
		return refuse(http.StatusRequestEntityTooLarge, ErrorCodePayloadTooLarge, "The body of this request may have at most %d bytes.", tooLarge.Limit)
	case errors.Is(err, schema.ErrNotFound):
		return refuse(http.StatusNotFound, ErrorCodeResourceNotFound, "There is no such object.")
	case errors.Is(err, schema.ErrDuplicateEmail):
		return refuse(http.StatusConflict, ErrorCodeDuplicateEmail, "A contractor with this e-mail address exists already.")
	case errors.As(err, &used):
		return refuse(http.StatusConflict, ErrorCodeInUse, "There are %s that refer to this object. Delete them first, or let them refer to something else.", used.By)
	case errors.Is(err, schema.ErrInUse):
		return refuse(http.StatusConflict, ErrorCodeInUse, "Something refers to this object. Delete that first, or let it refer to something else.")
	case errors.Is(err, schema.ErrState):
		return refuse(http.StatusConflict, ErrorCodeInvalidState, "The state of this object does not allow that.")
	case errors.Is(err, schema.ErrTakenOver):
		return refuse(http.StatusConflict, ErrorCodeIdempotencyConflict, "This took so long that another request took over the idempotency key. Repeat it for the answer.")
	case errors.Is(err, schema.ErrVersion):
		return refuse(http.StatusPreconditionFailed, ErrorCodePreconditionFailed, "The object has changed since it was read.")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, schema.ErrUnavailable):
		return unavailable(err)
	}
	return &Problem{Status: http.StatusInternalServerError, Code: ErrorCodeGeneralError, Cause: err,
		Message: "Something went wrong on our side. Quote the Request-Id when you ask about it."}
}

// statusClientGone is what the log and the metrics have of a request whose client did not wait for the answer; nobody is sent it. It is no fault of
// the service, which 503 would say.
const statusClientGone = 499

// fail is the one place where an error becomes a response. It logs what the client is not told.
func (s *Server) fail(c *gin.Context, err error) {
	p := problemOf(err)
	state := callOf(c.Request.Context())
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil && !s.draining.Load() {
		s.log.InfoContext(c.Request.Context(), "the client went away", slog.String("request", state.requestID), slog.String("account", state.owner.AccountID))
		c.Abort()
		c.Status(statusClientGone)
		return
	}
	if p.Status >= http.StatusInternalServerError && p.Cause != nil {
		s.log.ErrorContext(c.Request.Context(), "request failed", slog.String("request", state.requestID),
			slog.String("account", state.owner.AccountID), slog.String("code", string(p.Code)), slog.Any("error", p.Cause))
	}
	s.metrics.refused(p.Code)
	c.Abort()
	if c.Writer.Written() {
		return
	}
	if state.body != nil {
		s.drain(state)
	}
	header := c.Writer.Header()
	if p.Status == http.StatusUnauthorized {
		// A page's own request is not to make the browser ask for a name and a password.
		if c.GetHeader("X-Requested-With") == "" {
			header.Add("WWW-Authenticate", `Basic realm="certflow", charset="UTF-8"`)
		}
		header.Add("WWW-Authenticate", `Bearer realm="certflow"`)
	}
	if p.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	var message any = p.Message
	if len(p.Fields) > 0 {
		message = p.Fields
	}
	c.JSON(p.Status, struct {
		Message any       `json:"message"`
		Code    ErrorCode `json:"error_code"`
	}{message, p.Code})
}

func (s *Server) noRoute(c *gin.Context) {
	path := c.Request.URL.Path
	hint := ""
	switch {
	case !strings.HasPrefix(path, basePath+"/"):
		hint = " The API's paths begin with " + basePath + "; they are described at /docs."
	case strings.HasSuffix(path, "/"):
		hint = " No path ends with a slash."
	}
	s.fail(c, refuse(http.StatusNotFound, ErrorCodeResourceNotFound, "There is nothing at %s.%s", printable(path), hint))
}

// noMethod answers 405; Gin has set the Allow header.
func (s *Server) noMethod(c *gin.Context) {
	if allowed := c.Writer.Header().Get("Allow"); strings.Contains(allowed, http.MethodGet) && answersHead(c.Request.URL.Path) {
		c.Header("Allow", allowed+", "+http.MethodHead)
	}
	s.fail(c, refuse(http.StatusMethodNotAllowed, ErrorCodeMethodNotAllowed, "%s does not take %s.", printable(c.Request.URL.Path), printable(c.Request.Method)))
}
