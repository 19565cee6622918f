package console

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"certflow/internal/id"
	"certflow/schema"
)

// signedIn is what the page learns about its session.
type signedIn struct {
	Account   string `json:"account"`
	Key       string `json:"key"`
	Live      bool   `json:"live"`
	CSRFToken string `json:"csrf_token"`
	ExpiresAt int64  `json:"expires_at"`
	// Workflows is the page of the Temporal UI to which a workflow's id is added; null for accounts that are no operators.
	Workflows *string `json:"workflows"`
}

// signIn starts a session for an API key.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the key as JSON.")
		return
	}
	if c.sessions.origins.Check(r) != nil {
		refuse(w, http.StatusForbidden, "forbidden", "Sign in from the console's own page.")
		return
	}
	if wait := c.attempts.take(c.options.ClientIP(r)); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(wait))
		refuse(w, http.StatusTooManyRequests, "rate_limited", "Too many attempts to sign in. Try again in "+strconv.Itoa(wait)+" seconds.")
		return
	}
	var body struct {
		Key string `json:"key"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&body); err != nil {
		refuse(w, http.StatusBadRequest, "bad_request", "Send the key as JSON.")
		return
	}
	key := strings.TrimSpace(body.Key)
	if !id.ValidKey(key) {
		refuse(w, http.StatusUnauthorized, "invalid_api_key", "That is not an API key: keys begin with sk_test_ or sk_live_.")
		return
	}
	hash := sha256.Sum256([]byte(key))
	is, owner, cookie, err := c.sessions.start(r.Context(), hash[:])
	switch {
	case errors.Is(err, schema.ErrNotFound):
		refuse(w, http.StatusUnauthorized, "invalid_api_key", "This API key is not known, was revoked or has expired.")
	case err != nil:
		c.unavailable(w, r, err)
	default:
		http.SetCookie(w, cookie)
		answer(w, http.StatusCreated, c.describe(is, owner))
	}
}

// showSession says who is signed in, so that a page that was loaded again finds its CSRF token; nobody is no content. Pages of other origins can send the
// request but not read the answer.
func (c *Console) showSession(w http.ResponseWriter, r *http.Request) {
	is, owner, err := c.sessions.of(r)
	switch {
	case errors.Is(err, ErrNoSession):
		w.WriteHeader(http.StatusNoContent)
	case err != nil:
		c.unavailable(w, r, err)
	default:
		answer(w, http.StatusOK, c.describe(is, owner))
	}
}

// signOut makes the browser forget its session. A session that is over already needs no token.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	_, _, err := c.sessions.of(r)
	switch {
	case errors.Is(err, ErrForged):
		refuse(w, http.StatusForbidden, "forbidden", "Sign out from the console's own page.")
	case err != nil && !errors.Is(err, ErrNoSession):
		c.unavailable(w, r, err)
	default:
		http.SetCookie(w, c.sessions.ended())
		w.WriteHeader(http.StatusNoContent)
	}
}

func (c *Console) describe(is *session, owner *schema.KeyOwner) signedIn {
	s := signedIn{Account: owner.AccountID, Key: owner.KeyID, Live: owner.Live, CSRFToken: is.token(), ExpiresAt: is.Expires}
	if c.options.TemporalUI != "" && c.options.Namespace != "" && c.options.Operator(owner.AccountID) {
		s.Workflows = new(c.options.TemporalUI + "/namespaces/" + url.PathEscape(c.options.Namespace) + "/workflows/")
	}
	return s
}

// unavailable answers for a failure that is not the browser's; its cause goes to the log alone.
func (c *Console) unavailable(w http.ResponseWriter, r *http.Request, err error) {
	c.options.Log.ErrorContext(r.Context(), "a console session could not be checked", slog.Any("error", err))
	w.Header().Set("Retry-After", "5")
	refuse(w, http.StatusServiceUnavailable, "unavailable", "The service cannot check your session at the moment. Try again in a few seconds.")
}

// refuse answers in the form of the API's errors (CONTRACT §1), which the page reads either way.
func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]string{"message": message, "error_code": code})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the browser has gone if this fails
}
