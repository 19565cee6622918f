package deploytest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/devstack/stacktest"
)

// restoreDatabase does what docs/backup.md says to do with a database: dump it, make the roles, restore the dump.
func (w *world) restoreDatabase(name string) (owner, serving string) {
	w.t.Helper()
	for _, program := range []string{"pg_dump", "pg_restore"} {
		if _, err := exec.LookPath(program); err != nil {
			w.t.Skip(err)
		}
	}
	tool := func(args ...string) {
		w.t.Helper()
		if out, err := exec.CommandContext(w.t.Context(), args[0], args[1:]...).CombinedOutput(); err != nil {
			w.t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	dump := filepath.Join(w.t.TempDir(), "certflow.dump")
	tool("pg_dump", "--format=custom", "--file="+dump, w.config.OwnerDatabaseURL.Reveal())
	if err := w.dev.Postgres.CreateDatabase(w.t.Context(), name, ""); err != nil {
		w.t.Fatal(err)
	}
	owner, serving = inDatabase(w.t, w.config.OwnerDatabaseURL.Reveal(), name), inDatabase(w.t, w.config.DatabaseURL.Reveal(), name)
	if _, err := w.run(w.env("CERTFLOW_OWNER_DATABASE_URL="+owner, "CERTFLOW_DATABASE_URL="+serving), "migrate", "roles"); err != nil {
		w.t.Fatal(err)
	}
	tool("pg_restore", "--exit-on-error", "--single-transaction", "--dbname="+owner, dump)
	return owner, serving
}

func inDatabase(t *testing.T, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func TestABackupRestoresToTheSameAnswers(t *testing.T) {
	w := newWorld(t)
	before, after := stacktest.FreeAddress(t), stacktest.FreeAddress(t)
	api := w.api(before)
	worker := w.start(w.program, w.env(), "worker")
	w.seed(before)
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	var endpoint struct{ ID string }
	w.post(before, "/webhook_endpoints", `{"url":"`+receiver.URL+`"}`, &endpoint)
	approved, unread := w.upload(before, w.pdf), w.upload(before, []byte("%PDF-1.7\nnothing that can be read"))
	body, kind := w.form(w.pdf)
	kept, err := w.send(t.Context(), http.MethodPost, before, "/files/certificates", w.key, kind, bytes.NewReader(body), "kept")
	if err != nil || kept.status != http.StatusCreated {
		t.Fatalf("an upload answered %d %s, %v", kept.status, kept.body, err)
	}
	w.until("all is reviewed and delivered", func() bool {
		return w.count("SELECT count(*) FROM certificates WHERE finished_at IS NULL") == 0 && w.count("SELECT count(*) FROM deliveries WHERE status = 'succeeded'") == 3
	})
	worker.Stop()
	// An upload whose review has not begun when the backup is made.
	waiting := w.upload(before, w.pdf)

	paths := w.everything(before, endpoint.ID, approved, unread, waiting)
	want := w.answers(before, paths)
	files := w.files(before, approved, waiting)
	if !bytes.Equal(files[approved], w.pdf) {
		t.Fatalf("the file of %s has %d bytes, want %d", approved, len(files[approved]), len(w.pdf))
	}

	// The database first: every row that it holds has its file by then.
	owner, serving := w.restoreDatabase("restored")
	blobs := t.TempDir()
	if err := os.CopyFS(blobs, os.DirFS(strings.TrimPrefix(w.config.BlobURL, "file://"))); err != nil {
		t.Fatal(err)
	}
	api.Stop()
	restored := []string{"CERTFLOW_OWNER_DATABASE_URL=" + owner, "CERTFLOW_DATABASE_URL=" + serving, "CERTFLOW_BLOB_URL=file://" + blobs}
	if out, err := w.run(w.env(restored...), "migrate", "up"); err != nil || !strings.Contains(out, "up to date") {
		t.Errorf("after the restoration `migrate up` says %q, %v", out, err)
	}
	w.api(after, restored...)
	got := w.answers(after, paths)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answers before (-) and after (+):\n%s", diff)
	}
	if diff := cmp.Diff(files, w.files(after, approved, waiting)); diff != "" {
		t.Errorf("files before (-) and after (+):\n%s", diff)
	}
	again, err := w.send(t.Context(), http.MethodPost, after, "/files/certificates", w.key, kind, bytes.NewReader(body), "kept")
	if err != nil || again.status != http.StatusCreated || again.header.Get("Idempotent-Replayed") != "true" || !bytes.Equal(again.body, kept.body) {
		t.Errorf("a repeated upload answered %d %s, %v; want what it was before", again.status, again.body, err)
	}
	// The walls stand, and what the restored service is for goes on.
	if w.upload(after, w.pdf) == "" {
		t.Error("the restored service takes no upload")
	}
	db := w.database(owner)
	var walls int
	err = db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity").Scan(&walls)
	if standing := w.count("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity"); err != nil || walls != standing || walls < 10 {
		t.Errorf("%d tables of %d are behind walls, %v", walls, standing, err)
	}
}

// everything lists requests whose answers show what the service knows: every certificate in full with its history, the lists, and each
// delivery with its attempts.
func (w *world) everything(address, endpoint string, certificates ...string) []string {
	w.t.Helper()
	paths := []string{"/account", "/contractors", "/entities", "/jobs", "/assignments", "/trackers", "/insurance_requirements", "/webhook_endpoints",
		"/events?limit=100", "/files/certificates?limit=100&expand[]=review_results.full", "/webhook_endpoints/" + endpoint + "/deliveries"}
	for _, id := range certificates {
		paths = append(paths, "/files/certificates/"+id+"?expand[]=review_results.full", "/files/certificates/"+id+"/history")
	}
	var deliveries, requirements []struct{ ID string }
	w.get(address, "/webhook_endpoints/"+endpoint+"/deliveries", &deliveries)
	for _, d := range deliveries {
		paths = append(paths, "/deliveries/"+d.ID)
	}
	w.get(address, "/insurance_requirements", &requirements)
	for _, r := range requirements {
		paths = append(paths, "/insurance_requirements/"+r.ID, "/insurance_requirements/"+r.ID+"/versions")
	}
	return paths
}

// answers are those of an API to requests, without what differs from one request to the next: links to files expire.
func (w *world) answers(address string, paths []string) map[string]any {
	w.t.Helper()
	all := map[string]any{}
	for _, path := range paths {
		var body any
		a := w.get(address, path, &body)
		all[path] = map[string]any{"body": unsigned(body), "ETag": a.header.Get("ETag"), "Content-Type": a.header.Get("Content-Type")}
	}
	if len(all) < 20 {
		w.t.Fatalf("%d requests show too little: %v", len(all), slices.Sorted(maps.Keys(all)))
	}
	return all
}

// unsigned drops the query of every pdf_url.
func unsigned(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unsigned(v[i])
		}
	case map[string]any:
		for name, value := range v {
			if link, ok := value.(string); ok && name == "pdf_url" {
				v[name], _, _ = strings.Cut(link, "?")
				continue
			}
			v[name] = unsigned(value)
		}
	}
	return v
}

// files are the bytes behind the links of certificates; none where there is no link yet.
func (w *world) files(address string, certificates ...string) map[string][]byte {
	w.t.Helper()
	files := map[string][]byte{}
	for _, id := range certificates {
		var c struct {
			PDFURL *string `json:"pdf_url"`
		}
		if err := json.Unmarshal(w.get(address, "/files/certificates/"+id, nil).body, &c); err != nil {
			w.t.Fatal(err)
		}
		if c.PDFURL == nil {
			continue
		}
		link, err := url.Parse(*c.PDFURL)
		if err != nil {
			w.t.Fatal(err)
		}
		link.Scheme, link.Host = "http", address
		response, err := http.Get(link.String())
		if err != nil {
			w.t.Fatal(err)
		}
		files[id], err = io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			w.t.Errorf("the file of %s answered %s, %v", id, response.Status, err)
		}
	}
	return files
}
