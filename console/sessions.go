package console

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"certflow/internal/secret"
	"certflow/schema"
)

// Why a request has no session that counts.
var (
	// ErrNoSession says that there is no session: no cookie, one that is expired, altered or sealed elsewhere, or a key that lives no more.
	ErrNoSession = errors.New("not signed in to the console")
	// ErrForged says that a request that changes something does not prove to come from the console's own page.
	ErrForged = errors.New("the request does not carry the session's CSRF token")
)

const (
	// CSRFHeader carries the session's token on every request that is not a GET.
	CSRFHeader = "X-CSRF-Token"
	// sessionLifetime is how long a person stays signed in.
	sessionLifetime = 12 * time.Hour
	// sealedPlace is what a session is sealed for: no other ciphertext of this service opens as one.
	sealedPlace = "console/session"
	// maxCookie bounds what is looked at; a sealed session has about 300 characters.
	maxCookie = 1024
)

// Sessions lets a browser act for an account without keeping its key. A session is the key's SHA-256 with an expiry and a CSRF token,
// sealed into a cookie; the server keeps nothing. The key is looked up on every request, so that revoking it ends its sessions.
type Sessions struct {
	keys    Keys
	secrets *secret.Box
	now     func() time.Time
	origins *http.CrossOriginProtection
	cookie  string
	secure  bool
}

// session is what the cookie holds.
type session struct {
	KeyHash []byte `json:"h"`
	Account string `json:"a"`
	Key     string `json:"k"`
	CSRF    []byte `json:"c"`
	Expires int64  `json:"e"` // Unix seconds
}

func newSessions(o Options, public *url.URL) (*Sessions, error) {
	s := &Sessions{keys: o.Keys, secrets: o.Secrets, now: o.Now, origins: http.NewCrossOriginProtection(), cookie: "certflow_session"}
	if public.Scheme == "https" {
		// The prefix makes browsers refuse the cookie from a neighbouring host or without TLS.
		s.secure, s.cookie = true, "__Host-certflow_session"
	}
	if err := s.origins.AddTrustedOrigin(public.Scheme + "://" + public.Host); err != nil {
		return nil, fmt.Errorf("the console's public URL: %w", err)
	}
	return s, nil
}

// Authenticate answers the owner of the session that a request carries. Its errors are ErrNoSession, ErrForged, and what the
// key's lookup failed with.
func (s *Sessions) Authenticate(r *http.Request) (*schema.KeyOwner, error) {
	_, owner, err := s.of(r)
	return owner, err
}

// of finds the session of a request with its owner.
func (s *Sessions) of(r *http.Request) (*session, *schema.KeyOwner, error) {
	is, err := s.open(r)
	if err != nil {
		return nil, nil, err
	}
	if changes(r.Method) {
		token, err := base64.RawURLEncoding.DecodeString(r.Header.Get(CSRFHeader))
		if err != nil || subtle.ConstantTimeCompare(token, is.CSRF) != 1 || s.origins.Check(r) != nil {
			return nil, nil, ErrForged
		}
	}
	owner, err := s.keys.KeyOwner(r.Context(), is.KeyHash)
	switch {
	case errors.Is(err, schema.ErrNotFound):
		return nil, nil, fmt.Errorf("%w: its key lives no more", ErrNoSession)
	case err != nil:
		return nil, nil, fmt.Errorf("look up the key of a session: %w", err)
	case owner.AccountID != is.Account || owner.KeyID != is.Key:
		return nil, nil, fmt.Errorf("%w: its key belongs to another account", ErrNoSession)
	}
	return is, owner, nil
}

// open reads the cookie of a request.
func (s *Sessions) open(r *http.Request) (*session, error) {
	cookie, err := r.Cookie(s.cookie)
	if err != nil || len(cookie.Value) > maxCookie {
		return nil, ErrNoSession
	}
	sealed, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return nil, ErrNoSession
	}
	plain, err := s.secrets.Open(sealed, sealedPlace)
	if err != nil {
		return nil, ErrNoSession
	}
	is := new(session)
	if err := json.Unmarshal(plain, is); err != nil || len(is.CSRF) == 0 || s.now().Unix() >= is.Expires {
		return nil, ErrNoSession
	}
	return is, nil
}

// start seals a session for the key with this hash.
func (s *Sessions) start(ctx context.Context, hash []byte) (*session, *schema.KeyOwner, *http.Cookie, error) {
	owner, err := s.keys.KeyOwner(ctx, hash)
	if err != nil {
		return nil, nil, nil, err
	}
	token := make([]byte, 32)
	rand.Read(token)
	is := &session{
		KeyHash: bytes.Clone(hash), Account: owner.AccountID, Key: owner.KeyID, CSRF: token, Expires: s.now().Add(sessionLifetime).Unix(),
	}
	plain, err := json.Marshal(is)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("write a session: %w", err)
	}
	sealed, err := s.secrets.Seal(plain, sealedPlace)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("seal a session: %w", err)
	}
	cookie := s.newCookie(base64.RawURLEncoding.EncodeToString(sealed), int(sessionLifetime/time.Second))
	return is, owner, cookie, nil
}

// ended is the cookie that makes a browser forget its session.
func (s *Sessions) ended() *http.Cookie { return s.newCookie("", -1) }

func (s *Sessions) newCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteStrictMode,
	}
}

// token is the CSRF token as the page sends it.
func (is *session) token() string { return base64.RawURLEncoding.EncodeToString(is.CSRF) }

// changes reports whether a method may change something.
func changes(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
