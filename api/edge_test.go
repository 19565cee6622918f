package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"certflow/api/apitest"
	"certflow/schema"
)

// testKey is the key of the account that most tests of the edge act for.
const testKey = "sk_test_edge"

// keyring is a Keys of fixed keys.
type keyring map[string]schema.KeyOwner

func (k keyring) KeyOwner(_ context.Context, hash []byte) (*schema.KeyOwner, error) {
	for key, owner := range k {
		if sum := sha256.Sum256([]byte(key)); bytes.Equal(sum[:], hash) {
			return &owner, nil
		}
	}
	return nil, schema.ErrNotFound
}

// memoryClaims is a Claims in memory, for one lease that never ends.
type memoryClaims struct {
	mu   sync.Mutex
	rows map[string]*memoryClaim
}

type memoryClaim struct {
	operation, token, job string
	answer                *Answer
	renewed               chan struct{} // closed at the first renewal
}

func (m *memoryClaims) Claim(_ context.Context, account, key, operation, token string, _ time.Duration) (Claimed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[account+key]
	if row == nil {
		m.rows[account+key] = &memoryClaim{operation: operation, token: token, renewed: make(chan struct{})}
		return Claimed{Won: true}, nil
	}
	return Claimed{Operation: row.operation, Answer: row.answer, Job: row.job}, nil
}

func (m *memoryClaims) Finish(_ context.Context, _ bun.IDB, account, key, token string, answer Answer) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[account+key]
	if row == nil || row.token != token {
		return schema.ErrTakenOver
	}
	row.answer = &answer
	return nil
}

func (m *memoryClaims) Bind(_ context.Context, _ bun.IDB, account, key, token, job string, _ []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row := m.rows[account+key]
	if row == nil || row.token != token {
		return schema.ErrTakenOver
	}
	row.job = job
	return nil
}

func (m *memoryClaims) Renew(_ context.Context, account, key, token string, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.rows[account+key]; row != nil && row.token == token && row.renewed != nil {
		close(row.renewed)
		row.renewed = nil
	}
	return nil
}

func (m *memoryClaims) Release(_ context.Context, account, key, token string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row := m.rows[account+key]; row != nil && row.token == token && row.answer == nil {
		delete(m.rows, account+key)
	}
	return nil
}

// noDatabase runs transactions that nothing is done in.
type noDatabase struct{}

func (noDatabase) InAccount(ctx context.Context, _ string, do func(context.Context, bun.Tx) error) error {
	return do(ctx, bun.Tx{})
}

// stub answers a few operations and panics at the rest.
type stub struct {
	StrictServerInterface
	create func(ctx context.Context, request CreateContractorRequestObject) (CreateContractorResponseObject, error)
	list   func(ctx context.Context, request ListContractorsRequestObject) (ListContractorsResponseObject, error)
	upload func(ctx context.Context, request UploadCertificateRequestObject) (UploadCertificateResponseObject, error)
}

func (s *stub) CreateContractor(ctx context.Context, request CreateContractorRequestObject) (CreateContractorResponseObject, error) {
	return s.create(ctx, request)
}

func (s *stub) ListContractors(ctx context.Context, request ListContractorsRequestObject) (ListContractorsResponseObject, error) {
	return s.list(ctx, request)
}

func (s *stub) UploadCertificate(ctx context.Context, request UploadCertificateRequestObject) (UploadCertificateResponseObject, error) {
	return s.upload(ctx, request)
}

// edge is a server with stub handlers, and what it leaves behind.
type edge struct {
	*stub
	server   *Server
	contract *apitest.Contract
	claims   *memoryClaims
	created  []*ContractorCreate // what CreateContractor was given
	log      bytes.Buffer
}

// contract is loaded once for all tests: it takes a tenth of a second.
var contract = sync.OnceValues(func() (*openapi3.T, error) { return loadSpec() })

func loadContract(t testing.TB) (*openapi3.T, map[string]*operation) {
	t.Helper()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	index, err := operations(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, index
}

func newEdge(t testing.TB, change ...func(*Config)) *edge {
	t.Helper()
	doc, index := loadContract(t)
	e := &edge{stub: &stub{}, contract: apitest.Of(doc), claims: &memoryClaims{rows: map[string]*memoryClaim{}}}
	e.create = func(ctx context.Context, request CreateContractorRequestObject) (CreateContractorResponseObject, error) {
		e.created = append(e.created, request.Body)
		return inAccountOnce(ctx, noDatabase{}, CreateContractorResponseObject.VisitCreateContractorResponse,
			func(context.Context, bun.IDB) (CreateContractorResponseObject, error) {
				location := "/api/v1/contractors/cn_made"
				return CreateContractor201JSONResponse{Body: Contractor{ID: "cn_made", Object: "contractor", Email: string(request.Body.Email),
					FirstName: request.Body.FirstName, LastName: request.Body.LastName, CustomMetadata: CustomMetadata{}},
					Headers: CreateContractor201ResponseHeaders{Location: &location}}, nil
			})
	}
	e.list = func(ctx context.Context, _ ListContractorsRequestObject) (ListContractorsResponseObject, error) {
		body, err := listBody(ctx, []Contractor{}, false)
		return ListContractors200JSONResponse{Body: body}, err
	}
	config := Config{
		Log: slog.New(slog.NewJSONHandler(&e.log, nil)), Registry: prometheus.NewRegistry(), Claims: e.claims,
		Keys: keyring{
			testKey:        {AccountID: "acct_1", KeyID: "key_1", ListFormat: "array"},
			"sk_test_obj":  {AccountID: "acct_2", KeyID: "key_2", ListFormat: "object"},
			"sk_live_edge": {AccountID: "acct_3", KeyID: "key_3", Live: true, ListFormat: "array"},
		},
		Limiter: newLocalLimiter(1000, time.Minute, time.Now), Handlers: e.stub,
	}
	for _, c := range change {
		c(&config)
	}
	server, err := assemble(config, index)
	if err != nil {
		t.Fatal(err)
	}
	e.server = server
	return e
}

// request makes a request with the test's key; headers come as "Name: value".
func request(method, url, body string, headers ...string) *http.Request {
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.SetBasicAuth(testKey, "")
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

const jsonBody = "Content-Type: application/json"

// answer is what came back, its error apart.
type answer struct {
	status  int
	header  http.Header
	body    string
	Message any    `json:"message"`
	Code    string `json:"error_code"`
}

func (e *edge) do(t *testing.T, r *http.Request) answer {
	t.Helper()
	response := e.contract.Do(t, e.server.Engine(), r)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, body: string(body)}
	if a.status >= 400 {
		if err := json.Unmarshal(body, &a); err != nil {
			t.Fatalf("the refusal is no JSON: %s", body)
		}
	}
	return a
}

const jane = `{"email":"jane@example.com","first_name":"Jane","last_name":"Smith"}`

func TestRefusalsAreInTheFormOfTheContract(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request *http.Request
		status  int
		code    string
	}{
		"a path that does not exist":           {request("GET", "/api/v1/nothing", ""), 404, "resource_not_found"},
		"a path outside of the API":            {request("GET", "/wp-login.php", ""), 404, "resource_not_found"},
		"a method that a path does not take":   {request("PATCH", "/api/v1/contractors", ""), 405, "method_not_allowed"},
		"a content type that no operation has": {request("POST", "/api/v1/contractors", "<a/>", "Content-Type: application/xml"), 415, "unsupported_media_type"},
		"a body without a content type":        {request("POST", "/api/v1/contractors", jane), 415, "unsupported_media_type"},
		"multipart where no file is taken":     {request("POST", "/api/v1/contractors", "--x--", "Content-Type: multipart/form-data; boundary=x"), 415, "unsupported_media_type"},
		"JSON where files are taken":           {request("POST", "/api/v1/files/certificates", "{}", jsonBody), 415, "unsupported_media_type"},
		"multipart without a boundary":         {request("POST", "/api/v1/files/certificates", "x", "Content-Type: multipart/form-data"), 400, "bad_request"},
		"a body that is no JSON":               {request("POST", "/api/v1/contractors", "{", jsonBody), 400, "bad_request"},
		"a body with more behind its JSON":     {request("POST", "/api/v1/contractors", jane+"x", jsonBody), 400, "bad_request"},
		"a body that is no object":             {request("POST", "/api/v1/contractors", "[]", jsonBody), 400, "bad_request"},
		"a body that is null":                  {request("POST", "/api/v1/contractors", "null", jsonBody), 400, "bad_request"},
		"a body that is no UTF-8":              {request("POST", "/api/v1/contractors", "{\"email\":\"\xff\"}", jsonBody), 400, "bad_request"},
		"a body with NUL":                      {request("POST", "/api/v1/contractors", strings.Replace(jane, "Jane", `J\u0000`, 1), jsonBody), 400, "bad_request"},
		"a number out of range":                {request("POST", "/api/v1/contractors", `{"withhold_premium":1e400}`, jsonBody), 400, "bad_request"},
		"a body that nests too deep":           {request("POST", "/api/v1/contractors", `{"withhold_premium":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`}`, jsonBody), 400, "bad_request"},
		"a body that is too large":             {request("POST", "/api/v1/contractors", strings.Repeat(" ", 1<<20+1), jsonBody), 413, "payload_too_large"},
		"a form that is not well-formed":       {request("POST", "/api/v1/contractors", "a[b=1", "Content-Type: application/x-www-form-urlencoded"), 400, "bad_request"},
		"a query that is not well-formed":      {request("GET", "/api/v1/contractors?limit=%zz", ""), 400, "bad_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			if a := e.do(t, c.request); a.status != c.status || a.Code != c.code {
				t.Errorf("answered %d %s, want %d %s", a.status, a.body, c.status, c.code)
			}
		})
	}
}

func TestWhatGoesWrongWithinIsLoggedAndNotTold(t *testing.T) {
	t.Parallel()
	for name, fails := range map[string]func() error{
		"an error": func() error { return errors.New("pq: secret detail") },
		"a panic":  func() error { panic("secret detail") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			e.list = func(context.Context, ListContractorsRequestObject) (ListContractorsResponseObject, error) {
				return nil, fails()
			}
			a := e.do(t, request("GET", "/api/v1/contractors", ""))
			if a.status != 500 || a.Code != "general_error" || strings.Contains(a.body, "secret") {
				t.Errorf("answered %d %s", a.status, a.body)
			}
			if !strings.Contains(e.log.String(), "secret detail") || !strings.Contains(e.log.String(), a.header.Get("Request-Id")) {
				t.Errorf("the log does not say what happened to which request: %s", e.log.String())
			}
		})
	}
}

func TestTheLogHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.do(t, request("GET", "/api/v1/contractors?email=jane@example.com", ""))
	e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody))
	if strings.Contains(strings.ToLower(e.log.String()), "jane") {
		t.Errorf("the log names a person: %s", e.log.String())
	}
	for _, want := range []string{`"operation":"CreateContractor"`, `"account":"acct_1"`, `"status":201`} {
		if !strings.Contains(e.log.String(), want) {
			t.Errorf("the log lacks %s: %s", want, e.log.String())
		}
	}
}

func TestReadinessIsThatOfTheRequiredParts(t *testing.T) {
	t.Parallel()
	down := func(context.Context) error { return errors.New("refused") }
	up := func(context.Context) error { return nil }
	for name, c := range map[string]struct {
		checks []Check
		status int
		body   string
	}{
		"all parts answer":           {[]Check{{"database", true, up}, {"temporal", false, up}}, 200, `{"parts":{"database":"ok","temporal":"ok"},"status":"ok"}`},
		"a part beside them is down": {[]Check{{"database", true, up}, {"temporal", false, down}}, 200, `{"parts":{"database":"ok","temporal":"unreachable"},"status":"degraded"}`},
		"a required part is down":    {[]Check{{"database", true, down}, {"temporal", false, up}}, 503, `{"parts":{"database":"unreachable","temporal":"ok"},"status":"unavailable"}`},
		"everything is down":         {[]Check{{"database", true, down}, {"temporal", false, down}}, 503, `{"parts":{"database":"unreachable","temporal":"unreachable"},"status":"unavailable"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t, func(config *Config) { config.Checks = c.checks })
			w := httptest.NewRecorder()
			e.server.Engine().ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
			if w.Code != c.status || strings.TrimSpace(w.Body.String()) != c.body {
				t.Errorf("answered %d %s, want %d %s", w.Code, w.Body.String(), c.status, c.body)
			}
		})
	}
}

func TestTheContractIsValid(t *testing.T) {
	t.Parallel()
	doc, _ := loadContract(t)
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

func TestTheContractIsServed(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	w := httptest.NewRecorder()
	e.server.Engine().ServeHTTP(w, httptest.NewRequest("GET", "/openapi.yaml", nil))
	if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), OpenAPI) {
		t.Errorf("answered %d with %d bytes, want the %d of the contract", w.Code, w.Body.Len(), len(OpenAPI))
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsNotThereIsToldWithWhatMayBeMeant(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/files/certificates":  "There is nothing at /files/certificates. The API's paths begin with /api/v1; they are described at /docs.",
		"/api/v1/contractors/": "There is nothing at /api/v1/contractors/. No path ends with a slash.",
		"/api/v1/nothing":      "There is nothing at /api/v1/nothing.",
	} {
		if a := newEdge(t).do(t, request("GET", path, "")); a.Message != want {
			t.Errorf("%s is answered %v, want %s", path, a.Message, want)
		}
	}
}

func TestHeadIsAnsweredAsGet(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newEdge(t).server.HTTPServer("").Handler)
	t.Cleanup(server.Close)
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 200, "/openapi.yaml": 200, "/api/v1/contractors": 200, "/api/v1/nothing": 404, "/api/v1/events/stream": 405,
	} {
		r, err := http.NewRequest(http.MethodHead, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(testKey, "")
		response, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if response.Body.Close(); err != nil || len(body) > 0 || response.StatusCode != want {
			t.Errorf("HEAD %s: %d with %q (%v), want %d", path, response.StatusCode, body, err, want)
		}
	}
	r := request("PATCH", "/api/v1/contractors", "")
	if allow := newEdge(t).do(t, r).header.Get("Allow"); allow != "GET, POST, HEAD" {
		t.Errorf("Allow is %q", allow)
	}
}

// goneLimiter waits until the client has gone away.
type goneLimiter struct{ leave context.CancelFunc }

func (l goneLimiter) Take(ctx context.Context, _ string) (Allowance, error) {
	l.leave()
	<-ctx.Done()
	return Allowance{}, ctx.Err()
}

func TestAClientThatGoesAwayIsNoFaultOfTheService(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	registry := prometheus.NewRegistry()
	var log bytes.Buffer
	e := newEdge(t, func(c *Config) {
		c.Limiter, c.Registry, c.Log = goneLimiter{leave}, registry, slog.New(slog.NewTextHandler(&log, nil))
	})
	e.server.Engine().ServeHTTP(httptest.NewRecorder(), request("GET", "/api/v1/contractors", "").WithContext(ctx))
	if said := log.String(); strings.Contains(said, "ERROR") || strings.Contains(said, "WARN") || !strings.Contains(said, "the client went away") || !strings.Contains(said, "status=499") {
		t.Errorf("the log says\n%s", said)
	}
	if n := apitest.Counted(t, registry, "certflow_requests_unlimited_total"); n != 0 {
		t.Errorf("%v requests are told of as not limited", n)
	}
}
