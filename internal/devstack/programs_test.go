package devstack

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// repository serves a jar as Maven Central does, whose archive (testdata/postgres.txz) holds programs that only tell
// their version.
func repository(t *testing.T) string {
	t.Helper()
	archive, err := os.ReadFile("testdata/postgres.txz")
	if err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	w := zip.NewWriter(&jar)
	f, err := w.Create("postgres-linux-x86_64.txz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(archive); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(jar.Bytes())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".sha256") {
			w.Write([]byte(hex.EncodeToString(sum[:])))
			return
		}
		w.Write(jar.Bytes())
	}))
	t.Cleanup(func() {
		server.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return server.URL
}

func TestPostgresIsDownloadedWhereNoneIsInstalled(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // the library leaves its log there
	var told []string
	o := Options{Progress: func(line string) { told = append(told, line) }}
	cache := filepath.Join(t.TempDir(), "cache")

	bin, err := downloadPostgres(o, cache, repository(t))
	if err != nil {
		t.Fatal(err)
	}
	if major, ok := postgresMajor(bin); major != 17 || !ok {
		t.Errorf("the downloaded programs are of version %d, usable: %v; want 17, true", major, ok)
	}
	if len(told) != 1 || !strings.Contains(told[0], "downloading 17") {
		t.Errorf("progress was %q, want one line on the download", told)
	}
}

func TestADownloadThatFailsNamesTheRemedy(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	nothing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(func() {
		nothing.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	_, err := downloadPostgres(Options{}, t.TempDir(), nothing.URL)
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("the error is %v, want one that says what to install", err)
	}
}

func TestDataOfAnotherVersionIsNotOpened(t *testing.T) {
	t.Parallel()
	_, err := postgresPrograms(Options{}, 9, t.TempDir())
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), "PostgreSQL 9") {
		t.Errorf("the error is %v, want one that names the version that is missing", err)
	}
}
