package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/schema"
)

func TestAKeyIsTakenAsBasicOrAsBearer(t *testing.T) {
	t.Parallel()
	bare := func(header string) *http.Request {
		r := request("GET", "/api/v1/contractors", "")
		r.Header.Del("Authorization")
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		return r
	}
	basic := func(user, password string) *http.Request {
		r := bare("")
		r.SetBasicAuth(user, password)
		return r
	}
	for name, c := range map[string]struct {
		request *http.Request
		status  int
	}{
		"basic with an empty password":   {basic(testKey, ""), 200},
		"bearer":                         {bare("Bearer " + testKey), 200},
		"bearer in lower case":           {bare("bearer " + testKey), 200},
		"no header":                      {bare(""), 401},
		"an unknown key":                 {basic("sk_test_other", ""), 401},
		"the key as password":            {basic("", testKey), 401},
		"a text that is no key":          {basic("admin", ""), 401},
		"another scheme":                 {bare("Digest " + testKey), 401},
		"a scheme without a key":         {bare("Bearer"), 401},
		"a basic header that is garbled": {bare("Basic !!!"), 401},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newEdge(t).do(t, c.request)
			if a.status != c.status {
				t.Fatalf("answered %d %s, want %d", a.status, a.body, c.status)
			}
			if c.status == 401 {
				if a.Code != "invalid_api_key" {
					t.Errorf("code %s", a.Code)
				}
				want := []string{`Basic realm="certflow", charset="UTF-8"`, `Bearer realm="certflow"`}
				if diff := cmp.Diff(want, a.header.Values("WWW-Authenticate")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestTheEnvironmentMustBeThatOfTheKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key, environment string
		status           int
	}{
		"a test key in the sandbox":    {testKey, "sandbox", 200},
		"a live key in production":     {"sk_live_edge", "production", 200},
		"a test key in production":     {testKey, "production", 400},
		"a live key in the sandbox":    {"sk_live_edge", "sandbox", 400},
		"an environment that is none":  {testKey, "staging", 400},
		"no environment with live key": {"sk_live_edge", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := request("GET", "/api/v1/contractors", "")
			r.SetBasicAuth(c.key, "")
			if c.environment != "" {
				r.Header.Set("Ten99Policy-Environment", c.environment)
			}
			if a := newEdge(t).do(t, r); a.status != c.status {
				t.Errorf("answered %d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
}

// brokenKeys is a Keys whose database does not answer.
type brokenKeys struct{}

func (brokenKeys) KeyOwner(context.Context, []byte) (*schema.KeyOwner, error) {
	return nil, errors.New("connection refused")
}

func TestADatabaseThatDoesNotAnswerIsNotAWrongKey(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Keys = brokenKeys{} })
	a := e.do(t, request("GET", "/api/v1/contractors", ""))
	if a.status != 503 || a.Code != "unavailable" || a.header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s with Retry-After %q", a.status, a.body, a.header.Get("Retry-After"))
	}
}

func TestTheUseOfKeysIsNotedOnceEach(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for range 3 {
		e.do(t, request("GET", "/api/v1/contractors", ""))
	}
	if got := e.server.keyUse.take(); !slices.Equal(got, []string{"key_1"}) {
		t.Errorf("noted %v", got)
	}
	if got := e.server.keyUse.take(); len(got) != 0 {
		t.Errorf("noted again %v", got)
	}
}
