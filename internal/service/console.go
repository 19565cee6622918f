package service

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

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

// beside serves pages beside the API.
func beside(pages, api http.Handler) http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/console", "/console/", "/docs", "/docs/"} {
		mux.Handle(path, pages)
	}
	mux.Handle("/", api)
	return mux
}

// sessions lets browsers that are signed in to the console use the API.
type sessions struct {
	of *console.Sessions
}

// Authenticate implements api.Sessions.
func (s sessions) Authenticate(r *http.Request) (*schema.KeyOwner, error) {
	owner, err := s.of.Authenticate(r)
	if errors.Is(err, console.ErrNoSession) || errors.Is(err, console.ErrForged) {
		return nil, schema.ErrNotFound
	}
	return owner, err
}
