package api

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"certflow/internal/id"
	"certflow/schema"
)

// Keys finds whose an API key is.
type Keys interface {
	// KeyOwner answers the owner of the living key with this SHA-256, or schema.ErrNotFound.
	KeyOwner(ctx context.Context, hash []byte) (*schema.KeyOwner, error)
}

// Sessions finds whose session a browser's request carries.
type Sessions interface {
	// Authenticate answers the owner of the key that the session was opened with, schema.ErrNotFound when there is no session, or a *Problem
	// when the request was forged.
	Authenticate(r *http.Request) (*schema.KeyOwner, error)
}

// environmentHeader names the mode that a client believes its key to have.
const environmentHeader = "Ten99Policy-Environment"

// authenticate finds the account of a request by its API key (CONTRACT §1). Keys are looked up by their hash: how long that takes says
// nothing about the keys that exist.
func (s *Server) authenticate(c *gin.Context) {
	state := callOf(c.Request.Context())
	if state.operation != nil && state.operation.public {
		return
	}
	owner, err := s.ownerOf(c.Request)
	var forged *Problem
	switch {
	case errors.As(err, &forged):
		s.fail(c, forged)
		return
	case errors.Is(err, errNoKey):
		s.fail(c, refuse(http.StatusUnauthorized, ErrorCodeInvalidAPIKey, "Send your API key as the user name of HTTP Basic or as a Bearer token."))
		return
	case errors.Is(err, schema.ErrNotFound):
		s.fail(c, refuse(http.StatusUnauthorized, ErrorCodeInvalidAPIKey, "This API key is not known, was revoked or has expired."))
		return
	case err != nil:
		s.fail(c, unavailable(err))
		return
	}
	state.owner = *owner
	if err := checkEnvironment(c.Request, owner.Live); err != nil {
		s.fail(c, err)
	}
}

// errNoKey says that a request carries neither a key nor a session.
var errNoKey = errors.New("no key")

// ownerOf finds the owner of a request's key, or of its session where it carries no key.
func (s *Server) ownerOf(r *http.Request) (*schema.KeyOwner, error) {
	key, ok := keyOf(r)
	switch {
	case ok:
		hash := sha256.Sum256([]byte(key))
		return s.keys.KeyOwner(r.Context(), hash[:])
	case r.Header.Get("Authorization") != "" || s.sessions == nil:
		return nil, errNoKey
	}
	owner, err := s.sessions.Authenticate(r)
	if errors.Is(err, schema.ErrNotFound) {
		return nil, errNoKey
	}
	return owner, err
}

// keyOf reads the key from HTTP Basic, as user name with any password, or from a Bearer token. Anything that is not of a key's form is no
// key, and is not looked up.
func keyOf(r *http.Request) (string, bool) {
	key, _, ok := r.BasicAuth()
	if !ok {
		scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
		if !found || !strings.EqualFold(scheme, "Bearer") {
			return "", false
		}
		key = strings.TrimSpace(token)
	}
	if !id.ValidKey(key) {
		return "", false
	}
	return key, true
}

// checkEnvironment refuses a request that names another mode than its key's.
func checkEnvironment(r *http.Request, live bool) error {
	switch Environment(r.Header.Get(environmentHeader)) {
	case "":
		return nil
	case EnvironmentSandbox:
		if !live {
			return nil
		}
		return invalidField(environmentHeader, "This is a key of live mode, whose environment is production.")
	case EnvironmentProduction:
		if live {
			return nil
		}
		return invalidField(environmentHeader, "This is a key of test mode, whose environment is sandbox.")
	}
	return invalidField(environmentHeader, "Must be sandbox or production.")
}
