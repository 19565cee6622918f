package api

import (
	stdcmp "cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"

	"certflow/api/apitest"
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

func TestUsesOfAKeyAreCountedByWhatTheyWereAndFromWhere(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Proxies = []string{"192.0.2.0/24"} })
	for range 3 {
		e.do(t, request("GET", "/api/v1/contractors", ""))
	}
	e.do(t, request("GET", "/api/v1/contractors", "", "X-Forwarded-For: 198.51.100.7"))
	e.do(t, request("GET", "/api/v1/contractors?limit=x", ""))
	unknown := request("GET", "/api/v1/contractors", "")
	unknown.SetBasicAuth("sk_test_unknown", "")
	e.do(t, unknown)
	proxy, client := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.7")
	want := []schema.KeyUse{
		{KeyID: "key_1", Address: proxy, Operation: "ListContractors", Status: 200, Requests: 3},
		{KeyID: "key_1", Address: proxy, Operation: "ListContractors", Status: 400, Requests: 1},
		{KeyID: "key_1", Address: client, Operation: "ListContractors", Status: 200, Requests: 1},
	}
	got := e.server.keyUse.take()
	slices.SortFunc(got, func(a, b schema.KeyUse) int {
		return 2*a.Address.Compare(b.Address) + stdcmp.Compare(a.Status, b.Status)
	})
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}), cmpopts.IgnoreFields(schema.KeyUse{}, "FirstAt", "LastAt", "BaseModel")); diff != "" {
		t.Error(diff)
	}
	if got := e.server.keyUse.take(); len(got) != 0 {
		t.Errorf("noted again %v", got)
	}
}

func TestAForwardedAddressIsBelievedOfTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.do(t, request("GET", "/api/v1/contractors", "", "X-Forwarded-For: 198.51.100.7"))
	if got := e.server.keyUse.take(); len(got) != 1 || got[0].Address != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("noted %v", got)
	}
}

// forgetfulUses is a KeyUses whose database is away once.
type forgetfulUses struct {
	asked int
	kept  []schema.KeyUse
}

func (f *forgetfulUses) NoteKeyUses(_ context.Context, uses []schema.KeyUse) error {
	if f.asked++; f.asked == 1 {
		return errors.New("connection refused")
	}
	f.kept = append(f.kept, uses...)
	return nil
}

func TestUsesOfKeysOutliveADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	e, kept := newEdge(t), &forgetfulUses{}
	for range 2 {
		e.do(t, request("GET", "/api/v1/contractors", ""))
		e.server.writeKeyUses(t.Context(), kept)
	}
	if len(kept.kept) != 1 || kept.kept[0].Requests != 2 {
		t.Errorf("kept %+v", kept.kept)
	}
}

// busyUses is a KeyUses whose database takes one list and is away for the next.
type busyUses struct {
	asked int
	most  int
	kept  int
}

func (b *busyUses) NoteKeyUses(_ context.Context, uses []schema.KeyUse) error {
	b.most = max(b.most, len(uses))
	if b.asked++; b.asked == 2 {
		return errors.New("connection refused")
	}
	b.kept += len(uses)
	return nil
}

func TestManyUsesOfKeysAreWrittenPieceByPieceAndEachOnce(t *testing.T) {
	t.Parallel()
	e, kept := newEdge(t), &busyUses{}
	const all = 2*keyUseBatch + 1
	for status := range all {
		e.server.keyUse.note(schema.KeyUse{KeyID: "key_1", Status: status, Requests: 1})
	}
	for range 2 {
		e.server.writeKeyUses(t.Context(), kept)
	}
	if kept.kept != all || kept.most > keyUseBatch {
		t.Errorf("of %d uses %d were kept, up to %d at once", all, kept.kept, kept.most)
	}
}

func TestUsesOfKeysForWhichThereIsNoPlaceAreToldOf(t *testing.T) {
	t.Parallel()
	registry, kept := prometheus.NewRegistry(), &forgetfulUses{}
	e := newEdge(t, func(c *Config) { c.Registry = registry })
	for status := range maxKeyUses + 3 {
		e.server.keyUse.note(schema.KeyUse{KeyID: "key_1", Status: status, Requests: 2})
	}
	for range 2 {
		e.server.writeKeyUses(t.Context(), kept)
	}
	if got := apitest.Counted(t, registry, "certflow_key_uses_lost_total"); got != 6 || len(kept.kept) != maxKeyUses {
		t.Errorf("%v requests are told of as lost, %d uses are kept; want 6 and %d", got, len(kept.kept), maxKeyUses)
	}
}
