// Package console serves the web pages for people: the operators' console under /console and the description of the API under
// /docs. The pages are built from web/ and embedded, so that the binary needs nothing beside it. What the console shows and does goes
// through the API like any client's requests; Sessions stands in for the key that a browser should not keep.
package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"certflow/internal/secret"
	"certflow/schema"
)

// Keys finds whose an API key is.
type Keys interface {
	// KeyOwner answers the owner of the living key with this SHA-256, or schema.ErrNotFound.
	KeyOwner(ctx context.Context, hash []byte) (*schema.KeyOwner, error)
}

// Options say what the console is made of. PublicURL, Keys and Secrets are needed.
type Options struct {
	// PublicURL is how browsers reach this server. With https, cookies are sent over TLS only.
	PublicURL string
	Keys      Keys
	Secrets   *secret.Box
	// Log takes what went wrong and was no fault of the browser's; nil is slog.Default.
	Log *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// ClientIP names the client whose sign-ins are counted; nil takes the connection's address. Behind a proxy that is the proxy's.
	ClientIP func(*http.Request) string
	// TemporalUI is the base URL of the Temporal UI and Namespace the namespace of the workflows. No links are shown unless both are given.
	TemporalUI, Namespace string
	// Operator reports whether the people of an account may follow links to the Temporal UI, which knows no walls between accounts;
	// nil is nobody.
	Operator func(account string) bool
}

// Console is the handler of everything under /console and /docs.
type Console struct {
	sessions *Sessions
	pages    *pages
	attempts *attempts
	options  Options
	mux      *http.ServeMux
}

// New makes a console. It fails when an option that is needed is missing or malformed.
func New(o Options) (*Console, error) {
	if o.Keys == nil || o.Secrets == nil {
		return nil, errors.New("the console needs Keys and Secrets")
	}
	public, err := url.Parse(o.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, errors.New("the console needs the public URL of the server, as in https://api.example.com")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ClientIP == nil {
		o.ClientIP = connectionIP
	}
	if o.Operator == nil {
		o.Operator = func(string) bool { return false }
	}
	o.TemporalUI = strings.TrimRight(o.TemporalUI, "/")
	if !strings.HasPrefix(o.TemporalUI, "http://") && !strings.HasPrefix(o.TemporalUI, "https://") {
		o.TemporalUI = ""
	}
	built, err := loadPages()
	if err != nil {
		return nil, err
	}
	sessions, err := newSessions(o, public)
	if err != nil {
		return nil, err
	}
	c := &Console{sessions: sessions, pages: built, attempts: newAttempts(o.Now), options: o, mux: http.NewServeMux()}
	c.mux.HandleFunc("GET /console/session", c.showSession)
	c.mux.HandleFunc("POST /console/session", c.signIn)
	c.mux.HandleFunc("DELETE /console/session", c.signOut)
	c.mux.HandleFunc("GET /console/assets/{name...}", built.asset)
	c.mux.HandleFunc("GET /console", built.console)
	c.mux.HandleFunc("GET /console/", built.console)
	c.mux.HandleFunc("GET /docs", built.docs)
	c.mux.HandleFunc("GET /docs/{$}", built.docs)
	return c, nil
}

// Sessions is what the API asks whose a request without a key is.
func (c *Console) Sessions() *Sessions { return c.sessions }

// ServeHTTP answers requests under /console and /docs.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	c.mux.ServeHTTP(w, r)
}
