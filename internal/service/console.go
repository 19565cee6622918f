package service

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"certflow/api"
	"certflow/console"
	"certflow/schema"
)

// console makes the pages for operators and the API's documentation.
func (s *Service) console() (*console.Console, error) {
	pages, err := console.New(console.Options{
		PublicURL: s.Config.PublicURL, Keys: s.DB, Secrets: s.Secrets,
		TemporalUI: s.Config.TemporalUIURL, Namespace: s.Config.TemporalNamespace,
		Operator: func(account string) bool { return slices.Contains(s.Config.OperatorAccounts, account) },
	})
	if err != nil {
		return nil, fmt.Errorf("make the console: %w", err)
	}
	return pages, nil
}

// withPages serves pages beside the API. It compares prefixes: a ServeMux would clean paths and redirect where the API has an answer of its own.
func withPages(pages, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if path == "/" && r.Method == http.MethodGet {
			http.Redirect(w, r, "/console", http.StatusFound) // who types the address into a browser is a person
			return
		}
		for _, root := range []string{"/console", "/docs"} {
			if path == root || strings.HasPrefix(path, root+"/") {
				pages.ServeHTTP(w, r)
				return
			}
		}
		api.ServeHTTP(w, r)
	})
}

// sessions lets browsers that are signed in to the console use the API.
type sessions struct {
	of *console.Sessions
}

// Authenticate implements api.Sessions.
func (s sessions) Authenticate(r *http.Request) (*schema.KeyOwner, error) {
	owner, err := s.of.Authenticate(r)
	switch {
	case errors.Is(err, console.ErrForged):
		return nil, &api.Problem{Status: http.StatusForbidden, Code: api.ErrorCodeForbidden,
			Message: "The request does not carry this session's token. Load the page again."}
	case errors.Is(err, console.ErrNoSession):
		return nil, schema.ErrNotFound
	}
	return owner, err
}
