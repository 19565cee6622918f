package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/api/apitest"
	"certflow/internal/blob"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/internal/secret"
	"certflow/internal/webhook"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }

// contract is loaded once for all tests: it takes a tenth of a second.
var contract = sync.OnceValues(func() (*openapi3.T, error) { return openapi3.NewLoader().LoadFromData(api.OpenAPI) })

// world is an API over a database of its own, with an account that most requests act for and a stranger.
type world struct {
	t        *testing.T
	db       *schema.DB
	files    *blob.Store
	starter  *starter
	secrets  *secret.Box
	contract *apitest.Contract
	handlers *api.Handlers
	handler  http.Handler
	now      time.Time

	account, key           string
	stranger, strangersKey string
}

func setup(t *testing.T, change ...func(*api.HandlersConfig)) *world {
	t.Helper()
	return setupOn(t, schematest.New, change...)
}

// setupOn is setup on a database of another kind.
func setupOn(t *testing.T, open func(testing.TB) *schema.DB, change ...func(*api.HandlersConfig)) *world {
	t.Helper()
	t.Parallel()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: open(t), starter: &starter{}, contract: apitest.Of(doc), now: time.Now()}
	if w.files, err = blob.Open(t.Context(), "mem://"); err != nil {
		t.Fatal(err)
	}
	key := secret.NewKey()
	if w.secrets, err = secret.NewBox(key); err != nil {
		t.Fatal(err)
	}
	judge, err := rules.NewJudge(100)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	config := api.HandlersConfig{Log: log, DB: w.db, Files: w.files, Secrets: w.secrets, LinkKeys: key, Judge: judge,
		Guard: webhook.NewGuard(webhook.GuardOptions{}), Starter: w.starter, PublicURL: "https://api.example.com", Now: func() time.Time { return w.now }}
	for _, c := range change {
		c(&config)
	}
	if w.handlers, err = api.NewHandlers(config); err != nil {
		t.Fatal(err)
	}
	w.handler, _ = w.server(t, config.Limits)
	w.account, w.key = w.newAccount()
	w.stranger, w.strangersKey = w.newAccount()
	t.Cleanup(w.handlers.Wait)
	return w
}

// server is an API process over the world's database, with its metrics.
func (w *world) server(t *testing.T, limits api.Limits) (http.Handler, *prometheus.Registry) {
	t.Helper()
	registry := prometheus.NewRegistry()
	server, err := api.New(api.Config{Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Registry: registry,
		Keys: w.db, Claims: claims{w.db}, Limiter: unlimited{}, Handlers: w.handlers, RuleFaults: w.handlers.RuleFaults, Backlogs: w.db, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	return server.Engine(), registry
}

func (w *world) newAccount() (account, key string) {
	account, key = schematest.Account(w.t, w.db), id.NewKey(false)
	hash := sha256.Sum256([]byte(key))
	w.in(account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertKey(ctx, tx, &schema.Key{ID: id.New(id.Key), AccountID: account, Hash: hash[:], Last4: key[len(key)-4:]})
	})
	return account, key
}

// in runs do in an account.
func (w *world) in(account string, do func(ctx context.Context, tx bun.Tx) error) {
	w.t.Helper()
	schematest.Do(w.t, w.db, account, do)
}

// claims keeps answers in the database, in clear.
type claims struct{ db *schema.DB }

func (c claims) Claim(ctx context.Context, account, key, operation, token string, lease time.Duration) (out api.Claimed, err error) {
	err = c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		held, won, err := schema.ClaimKey(ctx, tx, &schema.IdempotencyKey{AccountID: account, Key: key, Operation: operation, LeaseToken: token},
			lease, schema.IdempotencyKeyLife)
		if err != nil {
			return err
		}
		out.Operation = held.Operation
		switch {
		case won:
			out.Won = true
		case held.JobID != nil:
			job, err := schema.GetJob(ctx, tx, *held.JobID)
			if err != nil {
				return err
			}
			out.Job, out.Fingerprint = job.ID, held.Fingerprint
			if job.Answer != nil {
				out.Answer = &api.Answer{Status: 201, Header: http.Header{"Content-Type": {"application/json"}}, Body: job.Answer, Fingerprint: held.Fingerprint}
			}
		case held.Status != nil:
			out.Answer = new(api.Answer)
			return json.Unmarshal(held.Response, out.Answer)
		}
		return nil
	})
	return out, err
}

func (c claims) Finish(ctx context.Context, tx bun.IDB, account, key, token string, answer api.Answer) error {
	kept, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return schema.FinishKey(ctx, tx, &schema.IdempotencyKey{AccountID: account, Key: key, LeaseToken: token, Fingerprint: answer.Fingerprint,
		Status: &answer.Status, Response: kept})
}

func (c claims) Bind(ctx context.Context, tx bun.IDB, account, key, token, job string, fingerprint []byte) error {
	return schema.BindKey(ctx, tx, &schema.IdempotencyKey{AccountID: account, Key: key, LeaseToken: token, Fingerprint: fingerprint, JobID: &job})
}

func (c claims) Renew(ctx context.Context, account, key, token string, lease time.Duration) error {
	return c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		return schema.RenewKey(ctx, tx, account, key, token, lease)
	})
}

func (c claims) Release(ctx context.Context, account, key, token string) error {
	return c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error { return schema.ReleaseKey(ctx, tx, account, key, token) })
}

type unlimited struct{}

func (unlimited) Take(context.Context, string) (api.Allowance, error) {
	return api.Allowance{Allowed: true, Quota: 1, Window: time.Second, Remaining: 1, Reset: time.Second}, nil
}

// starter records what it was asked to start.
type starter struct {
	mu        sync.Mutex
	asked     []string
	provision func(ctx context.Context, j *schema.Job) error
}

func (s *starter) note(what ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, strings.Join(what, " "))
}

func (s *starter) StartReview(_ context.Context, c *schema.Certificate) (bool, error) {
	s.note("review", c.ID)
	return true, nil
}

func (s *starter) CancelReview(_ context.Context, account, certificate string) error {
	s.note("cancel review", account, certificate)
	return nil
}

func (s *starter) StartDelivery(_ context.Context, d *schema.Delivery) error {
	s.note("delivery", d.ID, d.EndpointID)
	return nil
}

func (s *starter) ProvisionJob(ctx context.Context, j *schema.Job) error {
	s.note("provision", j.ID)
	if s.provision == nil {
		return context.DeadlineExceeded
	}
	return s.provision(ctx, j)
}

func (s *starter) CancelJob(_ context.Context, job string) error {
	s.note("cancel job", job)
	return nil
}

// started is what was asked for so far.
func (w *world) started() []string {
	w.handlers.Wait()
	w.starter.mu.Lock()
	defer w.starter.mu.Unlock()
	return w.starter.asked
}

// object is a JSON object of an answer.
type object map[string]any

func (o object) text(name string) string { s, _ := o[name].(string); return s }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) object(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(a.body, &o); err != nil {
		t.Fatalf("no JSON object: %s", a.body)
	}
	return o
}

func (a answer) list(t *testing.T) []object {
	t.Helper()
	var list []object
	if err := json.Unmarshal(a.body, &list); err != nil {
		t.Fatalf("no JSON list: %s", a.body)
	}
	return list
}

func (a answer) ids(t *testing.T) []string {
	t.Helper()
	ids := []string{}
	for _, o := range a.list(t) {
		ids = append(ids, o.text("id"))
	}
	return ids
}

// send makes a request with a key and checks the answer against the contract.
func (w *world) send(key, method, path string, body io.Reader, headers ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, "/api/v1"+path, body)
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	response := w.contract.Do(w.t, w.handler, r)
	got, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, got}
}

// bare makes a request without a key to a path that is not of the contract; bareAs makes any GET with a key, whose answer is not checked.
func (w *world) bare(path string) answer { return w.bareAs("", path) }

func (w *world) bareAs(key, path string) answer {
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodGet, path, nil)
	if key != "" {
		r.SetBasicAuth(key, "")
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	return answer{recorder.Code, recorder.Header(), recorder.Body.Bytes()}
}

// do is send with the account's key and a JSON body, "" for none.
func (w *world) do(method, path, body string, headers ...string) answer {
	w.t.Helper()
	return w.doAs(w.key, method, path, body, headers...)
}

func (w *world) doAs(key, method, path, body string, headers ...string) answer {
	w.t.Helper()
	if body == "" {
		return w.send(key, method, path, http.NoBody, headers...)
	}
	return w.send(key, method, path, strings.NewReader(body), append([]string{"Content-Type: application/json"}, headers...)...)
}

// want is do that must answer a status.
func (w *world) want(status int, method, path, body string, headers ...string) answer {
	w.t.Helper()
	a := w.do(method, path, body, headers...)
	if a.status != status {
		w.t.Fatalf("%s %s answered %d %s, want %d", method, path, a.status, a.body, status)
	}
	return a
}

// refusal is do that must be refused with a status and a code; it returns the message as text.
func (w *world) refusal(status int, code, method, path, body string, headers ...string) string {
	w.t.Helper()
	return refused(w.t, w.do(method, path, body, headers...), status, code)
}

func refused(t *testing.T, a answer, status int, code string) string {
	t.Helper()
	o := a.object(t)
	if a.status != status || o["error_code"] != code {
		t.Fatalf("answered %d %s, want %d %s", a.status, a.body, status, code)
	}
	message, err := json.Marshal(o["message"])
	if err != nil {
		t.Fatal(err)
	}
	return string(message)
}

// made is a POST that must answer 201; it returns the object.
func (w *world) made(path, body string) object {
	w.t.Helper()
	return w.want(201, "POST", path, body).object(w.t)
}

func (w *world) contractor(email string) string {
	w.t.Helper()
	return w.made("/contractors", fmt.Sprintf(`{"email":%q,"first_name":"Jane","last_name":"Smith"}`, email)).text("id")
}

const minimumRule = `{"name":"CGL Limits","path":"coverages.commercial_general_liability.limits","check":"minimum","value":{"each_occurrence_dollars":1000000}}`

func (w *world) requirement(isDefault bool) string {
	w.t.Helper()
	return w.made("/insurance_requirements", fmt.Sprintf(`{"name":"Standard","default":%v,"rules":[%s]}`, isDefault, minimumRule)).text("id")
}

// part is a part of an upload: a text, or a file when it has a name.
type part struct {
	name, text, filename, kind string
}

func text(name, value string) part { return part{name: name, text: value} }

func pdf(name, filename string) part {
	return part{name: name, text: "%PDF-1.7\nwhatever follows", filename: filename, kind: "application/pdf"}
}

// form writes parts as a multipart body and returns its content type.
func form(t *testing.T, parts ...part) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, p := range parts {
		header := textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name=%q`, p.name)}}
		if p.filename != "" {
			header.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename="%s"`, p.name, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.filename)))
		}
		if p.kind != "" {
			header.Set("Content-Type", p.kind)
		}
		w, err := m.CreatePart(header)
		if err == nil {
			_, err = io.WriteString(w, p.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, "Content-Type: " + m.FormDataContentType()
}

// upload sends parts to an upload operation.
func (w *world) upload(path string, parts []part, headers ...string) answer {
	w.t.Helper()
	body, kind := form(w.t, parts...)
	return w.send(w.key, "POST", path, body, append(headers, kind)...)
}

// stored counts the files in storage.
func (w *world) stored() int {
	w.t.Helper()
	n := 0
	err := w.files.Uploads(w.t.Context(), "", time.Now().Add(time.Hour), 1000, func(keys []string) error { n += len(keys); return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// allowLoopback lets webhooks go to this machine by http.
func allowLoopback(c *api.HandlersConfig) {
	c.Guard = webhook.NewGuard(webhook.GuardOptions{AllowHTTP: true, AllowedRanges: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
}
