package deploytest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"certflow/internal/certificate"
	"certflow/internal/config"
	"certflow/internal/devstack"
	"certflow/internal/devstack/stacktest"
	"certflow/internal/proc"
	"certflow/internal/sample"
	"certflow/internal/secret"
	"certflow/internal/service"
)

// program is the certflow binary of these tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "certflow-deploy-")
	if err != nil {
		return "", err
	}
	return build(filepath.Join("..", ".."), filepath.Join(dir, "certflow"))
})

// build builds the certflow command of the module in a folder.
func build(module, binary string) (string, error) {
	cmd := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, "./cmd/certflow")
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build certflow: %w\n%s", err, out)
	}
	return binary, nil
}

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	code := stacktest.Run(m)
	if binary, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(binary))
	}
	os.Exit(code)
}

// world is a private PostgreSQL and Temporal with the development account, for processes of certflow that a test starts.
type world struct {
	t          *testing.T
	dev        *service.Dev
	config     *config.Config
	owner      *sql.DB // sees all accounts
	program    string
	key        string // of the account that requests act for
	contractor string
	pdf        []byte // a certificate that is approved
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load()
	if err != nil {
		t.Fatal(err)
	}
	c.TemporalAddress, c.BlobURL, c.DatabaseURL, c.OwnerDatabaseURL, c.SecretKeys = "", "", secret.Text{}, secret.Text{}, secret.Text{}
	starting, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	dev, err := service.StartDev(starting, c, service.DevOptions{Addr: "127.0.0.1:0", NoAPI: true, NoWorker: true, Progress: func(string) {}})
	if errors.Is(err, devstack.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dev.Stop(); err != nil {
			t.Error("stop the stack:", err)
		}
	})
	w := &world{t: t, dev: dev, config: c, program: binary, key: service.DevKey}
	w.owner = w.database(c.OwnerDatabaseURL.Reveal())
	files, err := sample.Demo(certificate.DateOf(time.Now().UTC()))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == "approved.pdf" {
			w.pdf = f.PDF
		}
	}
	return w
}

func (w *world) database(url string) *sql.DB {
	w.t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

// env configures a process; what follows overrides.
func (w *world) env(more ...string) []string {
	return append([]string{
		"CERTFLOW_DATABASE_URL=" + w.config.DatabaseURL.Reveal(), "CERTFLOW_BLOB_URL=" + w.config.BlobURL,
		"CERTFLOW_OWNER_DATABASE_URL=" + w.config.OwnerDatabaseURL.Reveal(),
		"CERTFLOW_SECRET_KEY=" + w.config.SecretKeys.Reveal(), "CERTFLOW_TEMPORAL_ADDRESS=" + w.config.TemporalAddress,
		"CERTFLOW_TEMPORAL_NAMESPACE=default", "CERTFLOW_TEMPORAL_API_KEY=", "CERTFLOW_METRICS_ADDR=off", "CERTFLOW_BUILD_ID=",
		"CERTFLOW_WEBHOOK_ALLOW_HTTP=true", "CERTFLOW_WEBHOOK_ALLOW=127.0.0.0/8", "CERTFLOW_PUBLIC_URL=https://certflow.example.com",
		"CERTFLOW_RATE_LIMIT=1000000", "CERTFLOW_LOG_LEVEL=error", "CERTFLOW_LOG_FORMAT=text",
	}, more...)
}

// start starts a command, which ends with the test at the latest.
func (w *world) start(program string, env []string, args ...string) *proc.Process {
	w.t.Helper()
	p, err := proc.Start(program, env, os.Stderr, args...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(p.Stop)
	return p
}

// exit waits until a process has ended and says how.
func (w *world) exit(p *proc.Process) string {
	w.t.Helper()
	select {
	case <-p.Exited():
	case <-time.After(patience):
		w.t.Fatalf("%s has not ended within %v", p.Command(), patience)
	}
	return p.State()
}

// api starts an API process and returns when it is ready.
func (w *world) api(address string, more ...string) *proc.Process {
	w.t.Helper()
	p := w.start(w.program, w.env(append([]string{"CERTFLOW_ADDR=" + address}, more...)...), "api")
	w.until("the API at "+address+" is ready", func() bool { return status("http://"+address+"/readyz") == http.StatusOK })
	return p
}

// run runs a command to its end and returns what it printed.
func (w *world) run(env []string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.program, args...)
	cmd.Env = append(os.Environ(), env...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		return string(out), fmt.Errorf("certflow %s: %w: %s", strings.Join(args, " "), err, &problems)
	}
	return string(out), nil
}

// seed makes the contractor and the requirement through an API.
func (w *world) seed(address string) {
	w.t.Helper()
	var made struct{ ID string }
	w.post(address, "/contractors", sample.DemoContractor, &made)
	w.contractor = made.ID
	w.post(address, "/insurance_requirements", sample.DemoRequirement, &made)
}

// post makes a POST that must answer 201.
func (w *world) post(address, path, body string, into any) {
	w.t.Helper()
	a, err := w.send(w.t.Context(), http.MethodPost, address, path, w.key, "application/json", strings.NewReader(body), "")
	if err != nil || a.status != http.StatusCreated {
		w.t.Fatalf("POST %s answered %d %s, %v", path, a.status, a.body, err)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		w.t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// web keeps connections, as clients do.
var web = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: time.Minute}

// send makes a request with a key.
func (w *world) send(ctx context.Context, method, address, path, key, kind string, body io.Reader, idempotency string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+address+"/api/v1"+path, body)
	if err != nil {
		return answer{}, err
	}
	r.SetBasicAuth(key, "")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if idempotency != "" {
		r.Header.Set("Idempotency-Key", idempotency)
	}
	response, err := web.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, got}, err
}

// get makes a GET that must answer 200.
func (w *world) get(address, path string, into any) answer {
	w.t.Helper()
	a, err := w.send(w.t.Context(), http.MethodGet, address, path, w.key, "", nil, "")
	if err != nil || a.status != http.StatusOK {
		w.t.Fatalf("GET %s answered %d %s, %v", path, a.status, a.body, err)
	}
	if into != nil {
		if err := json.Unmarshal(a.body, into); err != nil {
			w.t.Fatal(err)
		}
	}
	return a
}

// form is the body of an upload.
func (w *world) form(pdf []byte) (body []byte, kind string) {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	err := m.WriteField("contractor", w.contractor)
	if err == nil {
		var part io.Writer
		part, err = m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="certificate"; filename="certificate.pdf"`}, "Content-Type": {"application/pdf"}})
		if err == nil {
			_, err = part.Write(pdf)
		}
	}
	if err = errors.Join(err, m.Close()); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

// upload uploads a certificate, which must be accepted, and returns its id.
func (w *world) upload(address string, pdf []byte) string {
	w.t.Helper()
	body, kind := w.form(pdf)
	a, err := w.send(w.t.Context(), http.MethodPost, address, "/files/certificates", w.key, kind, bytes.NewReader(body), rand.Text())
	if err != nil || a.status != http.StatusCreated {
		w.t.Fatalf("an upload answered %d %s, %v", a.status, a.body, err)
	}
	return idOf(a)
}

func idOf(a answer) string {
	var made struct{ ID string }
	_ = json.Unmarshal(a.body, &made) // what has no id is found wanting by its name
	return made.ID
}

// status is that of a GET, 0 when nobody answers.
func status(url string) int {
	response, err := http.Get(url)
	if err != nil {
		return 0
	}
	response.Body.Close()
	return response.StatusCode
}

// patience bounds every wait of these tests for what is to come: many times what it takes, since other packages are tested on the same machine,
// which may be slow. Who waits for so long has found that it does not come.
const patience = 3 * time.Minute

// until waits until something is so.
func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	deadline, tick := time.NewTimer(patience), time.NewTicker(50*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !so() {
		select {
		case <-deadline.C:
			w.t.Fatalf("after %v it is not so that %s", patience, what)
		case <-tick.C:
		}
	}
}

// statusOf is the status of a certificate.
func (w *world) statusOf(address, id string) string {
	w.t.Helper()
	var c struct{ Status string }
	w.get(address, "/files/certificates/"+id, &c)
	return c.Status
}

func ended(status string) bool { return status != "pending" && status != "processing" }

// count is what a query of one number answers.
func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	if err := w.owner.QueryRowContext(w.t.Context(), query, args...).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
