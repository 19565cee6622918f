package activities_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/testsuite"

	"certflow/activities"
	"certflow/internal/blob"
	"certflow/internal/certificate"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/internal/secret"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }

// world is what the activities of one test touch: a database and a store of its own, and fakes for what is outside.
type world struct {
	t       *testing.T
	db      *schema.DB
	serving string  // URL of db
	owner   *sql.DB // sees every account
	folder  string  // of the store
	blobs   *blob.Store
	reader  *reader
	starter *starter
	account string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	serving := schematest.URL(t)
	db := schematest.Open(t, serving)
	u, err := url.Parse(serving)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := sql.Open("pgx", stacktest.Postgres(t).URL(strings.TrimPrefix(u.Path, "/")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close() })
	folder := t.TempDir()
	blobs, err := blob.Open(t.Context(), "file://"+folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	return &world{
		t: t, db: db, serving: serving, owner: owner, folder: folder, blobs: blobs,
		reader: &reader{pages: 1, reading: reading(1_000_000, "12/31/2099")}, starter: &starter{}, account: schematest.Account(t, db),
	}
}

func (w *world) do(do func(ctx context.Context, tx bun.Tx) error) {
	w.t.Helper()
	schematest.Do(w.t, w.db, w.account, do)
}

// exec runs a statement as the owner of the tables, past the walls.
func (w *world) exec(statement string, args ...any) {
	w.t.Helper()
	if _, err := w.owner.ExecContext(w.t.Context(), statement, args...); err != nil {
		w.t.Fatalf("%s: %v", statement, err)
	}
}

// count runs a query of one number as the owner of the tables.
func (w *world) count(query string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.owner.QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// text runs a query of one text as the owner of the tables; null is empty.
func (w *world) text(query string, args ...any) string {
	w.t.Helper()
	var s sql.NullString
	if err := w.owner.QueryRowContext(w.t.Context(), query, args...).Scan(&s); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return s.String
}

func (w *world) review() *activities.Review {
	w.t.Helper()
	judge, err := rules.NewJudge(10)
	if err != nil {
		w.t.Fatal(err)
	}
	return &activities.Review{DB: w.db, Blobs: w.blobs, Reader: w.reader, Judge: judge}
}

func (w *world) bulk() *activities.Bulk { return &activities.Bulk{DB: w.db, Starter: w.starter} }

func (w *world) sweep() *activities.Sweep {
	return &activities.Sweep{DB: w.db, Blobs: w.blobs, Starter: w.starter}
}

// standard asks for a million each occurrence of general liability that has not expired.
const standard = `[
	{"name": "Limits", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "value": {"each_occurrence_dollars": 1000000}},
	{"name": "In force", "path": "coverages.commercial_general_liability.policy_expiration_date", "check": "not_expired"}]`

func (w *world) requirement(rules string) *schema.Requirement {
	w.t.Helper()
	r := &schema.Requirement{Row: schema.Row{ID: id.New(id.InsuranceRequirement), AccountID: w.account}, Name: "Standard"}
	w.do(func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.InsertRequirement(ctx, tx, r, []byte(rules))
		return err
	})
	return r
}

func (w *world) contractor(email string) *schema.Contractor {
	w.t.Helper()
	c := &schema.Contractor{Row: schema.Row{ID: id.New(id.Contractor), AccountID: w.account}, Email: email,
		FirstName: "Ann", LastName: "Lee", CustomMetadata: map[string]string{}}
	w.do(func(ctx context.Context, tx bun.Tx) error { return schema.InsertContractor(ctx, tx, c) })
	return c
}

// upload makes a contractor, a requirement and a pending certificate whose PDF is in the store.
func (w *world) upload(rules string) *schema.Certificate {
	w.t.Helper()
	contractor, requirement := w.contractor(id.New(id.Contractor)+"@example.com"), w.requirement(rules)
	certificateID := id.New(id.Certificate)
	sum := sha256.Sum256([]byte("whole"))
	c := &schema.Certificate{
		Row: schema.Row{ID: certificateID, AccountID: w.account}, ContractorID: contractor.ID, RequirementID: requirement.ID,
		Filename: "coi.pdf", BlobKey: blob.NewKey(time.Now(), w.account, certificateID), SHA256: sum[:], Size: 5,
		CustomMetadata: map[string]string{},
	}
	if err := w.blobs.Write(w.t.Context(), c.BlobKey, []byte("whole")); err != nil {
		w.t.Fatal(err)
	}
	w.do(func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertCertificates(ctx, tx, "key_test", []*schema.Certificate{c})
	})
	return c
}

// parsed is upload with a stored parse of what the reader reads.
func (w *world) parsed(rules string) *schema.Certificate {
	w.t.Helper()
	c := w.upload(rules)
	w.do(func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.InsertParse(ctx, tx, &schema.Parse{AccountID: w.account, CertificateID: c.ID, EvaluationNo: 1, Reading: w.reader.reading})
		return err
	})
	return c
}

func (w *world) delete(certificate string) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.DeleteCertificate(ctx, tx, certificate, "key_test")
		return err
	})
}

func (w *world) certificate(certificate string) *schema.Certificate {
	w.t.Helper()
	var c *schema.Certificate
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		c, err = schema.GetCertificate(ctx, tx, certificate)
		return err
	})
	return c
}

// endpoint makes an endpoint with a fresh secret.
func (w *world) endpoint(url string, events ...string) (*schema.Endpoint, secret.Text) {
	w.t.Helper()
	e := &schema.Endpoint{Row: schema.Row{ID: id.New(id.WebhookEndpoint), AccountID: w.account}, URL: url, Events: events}
	text, sealed := newSecret(w.t, e.ID)
	w.do(func(ctx context.Context, tx bun.Tx) error { return schema.InsertEndpoint(ctx, tx, e, sealed) })
	return e, text
}

// events lists the types of an object's events, oldest first.
func (w *world) events(object string) []string {
	w.t.Helper()
	rows, err := w.owner.QueryContext(w.t.Context(), "SELECT type FROM events WHERE object_id = $1 ORDER BY seq", object)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	var types []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			w.t.Fatal(err)
		}
		types = append(types, one)
	}
	return types
}

func named(c *schema.Certificate) activities.CertificateRef {
	return activities.CertificateRef{Account: c.AccountID, ID: c.ID, Evaluation: c.EvaluationNo}
}

// perform runs an activity as a worker does, so that it may heartbeat.
func perform[Out any](t *testing.T, step any, args ...any) (Out, error) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(step)
	var out Out
	value, err := env.ExecuteActivity(step, args...)
	if err != nil {
		return out, err
	}
	return out, value.Get(&out)
}

// must is perform that ends the test when the activity fails.
func must[Out any](t *testing.T, step any, args ...any) Out {
	t.Helper()
	out, err := perform[Out](t, step, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// reading is a certificate of general liability with evidence for all that the standard requirement looks at.
func reading(eachOccurrence int64, expires string) *certificate.Reading {
	name, limit := "Larkspur Masonry LLC", certificate.Dollars(eachOccurrence)
	from, to := date("01/01/2020"), date(expires)
	r := &certificate.Reading{Evidence: map[string]certificate.Evidence{}, Parser: certificate.Parser{Name: "fake", Version: "1"}}
	r.Certificate.Insured.Name = &name
	r.Certificate.Coverages.GeneralLiability = &certificate.GeneralLiability{
		Policy: certificate.Policy{Effective: &from, Expiration: &to},
		Limits: certificate.GeneralLiabilityLimits{EachOccurrence: &limit},
	}
	for _, path := range []string{
		"insured.name", "coverages.commercial_general_liability.limits.each_occurrence_dollars",
		"coverages.commercial_general_liability.policy_effective_date", "coverages.commercial_general_liability.policy_expiration_date",
	} {
		r.Evidence[path] = certificate.Evidence{Page: 1, Box: certificate.Box{1, 2, 3, 4}, Text: "as printed", Confidence: 0.99, Source: certificate.Text}
	}
	return r
}

func date(s string) certificate.Date {
	d, err := certificate.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// reader answers what a test says.
type reader struct {
	mu      sync.Mutex
	pages   int
	reading *certificate.Reading
	err     error
	reads   int
	trims   int
}

func (r *reader) Validate(context.Context, []byte) (int, error) { return r.pages, r.err }

func (r *reader) Trim(_ context.Context, pdf []byte, pages int) ([]byte, error) {
	r.trims++
	return fmt.Appendf(nil, "%d pages of %s", pages, pdf), r.err
}

func (r *reader) Read(_ context.Context, _ []byte, alive func()) (*certificate.Reading, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	alive()
	r.reads++
	if r.err != nil {
		return nil, r.err
	}
	return r.reading, nil
}

// starter notes what it is asked to start.
type starter struct {
	mu         sync.Mutex
	reviews    []string
	jobs       []string
	deliveries []string
	ended      []string
	running    bool  // every review runs already
	err        error // of whatever is asked
}

func (s *starter) StartReview(_ context.Context, c *schema.Certificate) (bool, error) {
	return !s.running, s.note(&s.reviews, c.ID)
}
func (s *starter) StartJob(_ context.Context, j *schema.Job) error { return s.note(&s.jobs, j.ID) }
func (s *starter) StartDelivery(_ context.Context, d *schema.Delivery) error {
	return s.note(&s.deliveries, d.ID)
}
func (s *starter) EndReview(_ context.Context, _, certificate string) error {
	return s.note(&s.ended, certificate)
}

func (s *starter) note(list *[]string, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	*list = append(*list, id)
	return nil
}

var errTemporal = errors.New("rpc error: code = Unavailable desc = connection refused")
