package console_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"certflow/console"
	"certflow/internal/secret"
	"certflow/schema"
)

const (
	keyOfOne = "sk_test_one0000000000000000000000000000000000000000"
	keyOfTwo = "sk_live_two0000000000000000000000000000000000000000"
	origin   = "https://console.test"
)

// keyring is the keys that live, by their SHA-256.
type keyring struct {
	mu   sync.Mutex
	keys map[string]schema.KeyOwner
	err  error
}

func (k *keyring) KeyOwner(_ context.Context, hash []byte) (*schema.KeyOwner, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		return nil, k.err
	}
	owner, ok := k.keys[string(hash)]
	if !ok {
		return nil, schema.ErrNotFound
	}
	return &owner, nil
}

func (k *keyring) add(key string, owner schema.KeyOwner) {
	k.mu.Lock()
	defer k.mu.Unlock()
	hash := sha256.Sum256([]byte(key))
	k.keys[string(hash[:])] = owner
}

func (k *keyring) revoke(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	hash := sha256.Sum256([]byte(key))
	delete(k.keys, string(hash[:]))
}

func (k *keyring) fail(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
}

// bundle is a console with two accounts and a clock that stands still.
type bundle struct {
	t    *testing.T
	keys *keyring
	now  time.Time
	*console.Console
}

func setup(t *testing.T, change ...func(*console.Options)) *bundle {
	t.Helper()
	box, err := secret.NewBox(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{t: t, keys: &keyring{keys: map[string]schema.KeyOwner{}}, now: time.Unix(1_760_000_000, 0)}
	b.keys.add(keyOfOne, schema.KeyOwner{AccountID: "acct_one", KeyID: "key_one"})
	b.keys.add(keyOfTwo, schema.KeyOwner{AccountID: "acct_two", KeyID: "key_two", Live: true})
	options := console.Options{
		PublicURL: origin, Keys: b.keys, Secrets: box, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
		TemporalUI: "https://temporal.test/", Namespace: "review desk", Operator: func(account string) bool { return account == "acct_one" },
	}
	for _, f := range change {
		f(&options)
	}
	if b.Console, err = console.New(options); err != nil {
		t.Fatal(err)
	}
	return b
}

// signedIn is what a page knows after signing in.
type signedIn struct {
	cookie    *http.Cookie
	Account   string  `json:"account"`
	Live      bool    `json:"live"`
	CSRFToken string  `json:"csrf_token"`
	ExpiresAt int64   `json:"expires_at"`
	Workflows *string `json:"workflows"`
}

func (b *bundle) signIn(key string) signedIn {
	b.t.Helper()
	w := b.do(signInRequest(key))
	if w.Code != http.StatusCreated {
		b.t.Fatalf("signing in answered %d: %s", w.Code, w.Body)
	}
	var s signedIn
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
		b.t.Fatal(err)
	}
	s.cookie = w.Result().Cookies()[0]
	return s
}

func signInRequest(key string) *http.Request {
	body, err := json.Marshal(map[string]string{"key": key})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/console/session", strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (b *bundle) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// request is one of a page that is signed in.
func request(method string, s signedIn) *http.Request {
	r := httptest.NewRequest(method, "/api/v1/contractors", nil)
	r.AddCookie(s.cookie)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != http.MethodGet {
		r.Header.Set(console.CSRFHeader, s.CSRFToken)
	}
	return r
}

func TestASessionActsForTheAccountOfItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for key, account := range map[string]string{keyOfOne: "acct_one", keyOfTwo: "acct_two"} {
		s := b.signIn(key)
		if s.Account != account {
			t.Errorf("the page was told it acts for %s, not %s", s.Account, account)
		}
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			owner, err := b.Sessions().Authenticate(request(method, s))
			if err != nil || owner.AccountID != account {
				t.Errorf("%s answered %v, %v", method, owner, err)
			}
		}
	}
}

func TestTheCookieIsOutOfReach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.signIn(keyOfOne).cookie
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 12*60*60 {
		t.Errorf("the cookie is %s", c.Raw)
	}
	if !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("a neighbouring host may set the cookie %s", c.Name)
	}
	if strings.Contains(c.Value, "acct_one") || strings.Contains(c.Value, keyOfOne) {
		t.Error("the cookie can be read")
	}
	plain := setup(t, func(o *console.Options) { o.PublicURL = "http://127.0.0.1:8080" })
	if c := plain.signIn(keyOfOne).cookie; c.Secure || strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("without TLS the cookie would be refused: %s", c.Raw)
	}
}

func TestWhatIsNoSessionIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.signIn(keyOfOne)
	with := func(value string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/contractors", nil)
		r.AddCookie(&http.Cookie{Name: s.cookie.Name, Value: value})
		return r
	}
	altered := []byte(s.cookie.Value)
	altered[len(altered)/2] ^= 1
	elsewhere := setup(t).signIn(keyOfOne)
	requests := map[string]*http.Request{
		"no cookie":                httptest.NewRequest(http.MethodGet, "/api/v1/contractors", nil),
		"an empty cookie":          with(""),
		"text that is not base64":  with("!!!"),
		"an altered cookie":        with(string(altered)),
		"a shortened cookie":       with(s.cookie.Value[:len(s.cookie.Value)-4]),
		"a very long cookie":       with(strings.Repeat("A", 1<<16)),
		"one that others sealed":   with(elsewhere.cookie.Value),
		"one that was made up":     with("eyJhIjoiYWNjdF9vbmUifQ"),
		"the key itself as cookie": with(keyOfOne),
	}
	for name, r := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if owner, err := b.Sessions().Authenticate(r); !errors.Is(err, console.ErrNoSession) || owner != nil {
				t.Errorf("answered %v, %v", owner, err)
			}
		})
	}
}

func TestASessionEndsAfterTwelveHours(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.signIn(keyOfOne)
	b.now = b.now.Add(12*time.Hour - time.Second)
	if _, err := b.Sessions().Authenticate(request(http.MethodGet, s)); err != nil {
		t.Errorf("a second before its end: %v", err)
	}
	b.now = b.now.Add(time.Second)
	if _, err := b.Sessions().Authenticate(request(http.MethodGet, s)); !errors.Is(err, console.ErrNoSession) {
		t.Errorf("at its end: %v", err)
	}
}

func TestASessionEndsWithItsKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.signIn(keyOfOne)
	b.keys.revoke(keyOfOne)
	if _, err := b.Sessions().Authenticate(request(http.MethodGet, s)); !errors.Is(err, console.ErrNoSession) {
		t.Errorf("after its key was revoked: %v", err)
	}
	b.keys.add(keyOfOne, schema.KeyOwner{AccountID: "acct_two", KeyID: "key_two"})
	if _, err := b.Sessions().Authenticate(request(http.MethodGet, s)); !errors.Is(err, console.ErrNoSession) {
		t.Errorf("after its key went to another account: %v", err)
	}
}

func TestALookupThatFailsIsNotTakenForAMissingSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.signIn(keyOfOne)
	b.keys.fail(errors.New("connection refused to db.internal"))
	if _, err := b.Sessions().Authenticate(request(http.MethodGet, s)); err == nil || errors.Is(err, console.ErrNoSession) {
		t.Errorf("answered %v", err)
	}
	for _, r := range []*http.Request{signInRequest(keyOfTwo), sessionRequest(http.MethodGet, s)} {
		w := b.do(r)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s answered %d", r.Method, w.Code)
		}
		if strings.Contains(w.Body.String(), "db.internal") {
			t.Errorf("%s tells what went wrong inside: %s", r.Method, w.Body)
		}
	}
}

func TestAForgedRequestIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, other := b.signIn(keyOfOne), b.signIn(keyOfTwo)
	again := b.signIn(keyOfOne)
	cases := map[string]func(*http.Request){
		"without a token":                  func(r *http.Request) { r.Header.Del(console.CSRFHeader) },
		"with an empty token":              func(r *http.Request) { r.Header.Set(console.CSRFHeader, "") },
		"with text that is no token":       func(r *http.Request) { r.Header.Set(console.CSRFHeader, "!!!") },
		"with a made-up token":             func(r *http.Request) { r.Header.Set(console.CSRFHeader, strings.Repeat("A", 43)) },
		"with another account's token":     func(r *http.Request) { r.Header.Set(console.CSRFHeader, other.CSRFToken) },
		"with another session's token":     func(r *http.Request) { r.Header.Set(console.CSRFHeader, again.CSRFToken) },
		"with the token in the query only": func(r *http.Request) { r.Header.Del(console.CSRFHeader); r.URL.RawQuery = "csrf_token=" + s.CSRFToken },
		"from another site":                func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"from a neighbouring site":         func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"from another origin":              func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.test") },
	}
	for name, change := range cases {
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				r := request(method, s)
				change(r)
				if owner, err := b.Sessions().Authenticate(r); !errors.Is(err, console.ErrForged) || owner != nil {
					t.Errorf("answered %v, %v", owner, err)
				}
			})
		}
	}
}

func sessionRequest(method string, s signedIn) *http.Request {
	r := request(method, s)
	r.URL.Path = "/console/session"
	return r
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	cases := map[string]struct {
		request func() *http.Request
		status  int
	}{
		"an unknown key":    {func() *http.Request { return signInRequest("sk_test_unknown") }, http.StatusUnauthorized},
		"what is no key":    {func() *http.Request { return signInRequest("hunter2") }, http.StatusUnauthorized},
		"nothing":           {func() *http.Request { return signInRequest("") }, http.StatusUnauthorized},
		"a key with spaces": {func() *http.Request { return signInRequest(" " + keyOfOne + "\n") }, http.StatusCreated},
		"a form of another site": {func() *http.Request {
			r := signInRequest(keyOfOne)
			r.Header.Set("Content-Type", "text/plain")
			return r
		}, http.StatusUnsupportedMediaType},
		"a script of another site": {func() *http.Request {
			r := signInRequest(keyOfOne)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			return r
		}, http.StatusForbidden},
		"a body without end": {func() *http.Request { return signInRequest(strings.Repeat("x", 1<<20)) }, http.StatusBadRequest},
	}
	for name, c := range cases {
		w := b.do(c.request())
		if w.Code != c.status {
			t.Errorf("%s: answered %d, not %d: %s", name, w.Code, c.status, w.Body)
		}
		if signedIn := len(w.Result().Cookies()) > 0; signedIn != (c.status == http.StatusCreated) {
			t.Errorf("%s: cookies are %v", name, w.Result().Cookies())
		}
	}
}

func TestTheSessionIsShownToItsPageAndEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s := b.signIn(keyOfOne)
	w := b.do(sessionRequest(http.MethodGet, s))
	var again signedIn
	if err := json.Unmarshal(w.Body.Bytes(), &again); err != nil || w.Code != http.StatusOK {
		t.Fatalf("answered %d, %v", w.Code, err)
	}
	if again.CSRFToken != s.CSRFToken || again.ExpiresAt != b.now.Add(12*time.Hour).Unix() {
		t.Errorf("the page is told %+v after %+v", again, s)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the token may be kept by a cache")
	}
	if w := b.do(httptest.NewRequest(http.MethodGet, "/console/session", nil)); w.Code != http.StatusNoContent || w.Body.Len() > 0 {
		t.Errorf("without a cookie it answered %d", w.Code)
	}
	forged := sessionRequest(http.MethodDelete, s)
	forged.Header.Del(console.CSRFHeader)
	if w := b.do(forged); w.Code != http.StatusForbidden || len(w.Result().Cookies()) > 0 {
		t.Errorf("a forged sign-out answered %d", w.Code)
	}
	w = b.do(sessionRequest(http.MethodDelete, s))
	if cookies := w.Result().Cookies(); w.Code != http.StatusNoContent || len(cookies) != 1 || cookies[0].MaxAge >= 0 || cookies[0].Value != "" {
		t.Errorf("signing out answered %d with %v", w.Code, w.Result().Cookies())
	}
}

func TestLinksToTemporalAreForOperators(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if got := b.signIn(keyOfOne).Workflows; got == nil || *got != "https://temporal.test/namespaces/review%20desk/workflows/" {
		t.Errorf("an operator is led to %v", got)
	}
	if got := b.signIn(keyOfTwo).Workflows; got != nil {
		t.Errorf("another account is led to %s", *got)
	}
	script := setup(t, func(o *console.Options) { o.TemporalUI = "javascript:alert(1)" })
	if got := script.signIn(keyOfOne).Workflows; got != nil {
		t.Errorf("what is no address of a page is a link: %s", *got)
	}
}

func TestAttemptsToSignInAreLimitedByAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	from := func(address string) *httptest.ResponseRecorder {
		r := signInRequest("sk_test_unknown")
		r.RemoteAddr = address
		return b.do(r)
	}
	for range 10 {
		if w := from("192.0.2.1:1000"); w.Code != http.StatusUnauthorized {
			t.Fatalf("an early attempt answered %d", w.Code)
		}
	}
	w := from("192.0.2.1:2000")
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "6" {
		t.Errorf("the eleventh answered %d, Retry-After %s", w.Code, w.Header().Get("Retry-After"))
	}
	if w := from("192.0.2.2:1000"); w.Code != http.StatusUnauthorized {
		t.Errorf("another address answered %d", w.Code)
	}
	b.now = b.now.Add(6 * time.Second)
	if w := from("192.0.2.1:1000"); w.Code != http.StatusUnauthorized {
		t.Errorf("after its time it answered %d", w.Code)
	}
	for i := range 11 {
		w = from("[2001:db8:1:2::" + string(rune('a'+i%6)) + "]:1000")
	}
	if w.Code != http.StatusTooManyRequests {
		t.Errorf("one network of IPv6 has many allowances: %d", w.Code)
	}
}

func TestNewSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	box, err := secret.NewBox(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []console.Options{
		{PublicURL: origin, Secrets: box},
		{PublicURL: origin, Keys: &keyring{}},
		{PublicURL: "", Keys: &keyring{}, Secrets: box},
		{PublicURL: "ftp://x", Keys: &keyring{}, Secrets: box},
	} {
		if _, err := console.New(o); err == nil {
			t.Errorf("made a console of %+v", o)
		}
	}
}
