package service

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPagesAreServedBesideTheAPIWithoutRedirects(t *testing.T) {
	t.Parallel()
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, name+" "+r.URL.Path) })
	}
	both := withPages(named("pages"), named("api"))
	for path, want := range map[string]string{
		"/console": "pages", "/console/": "pages", "/console/jobs": "pages", "/docs": "pages", "/docs/a": "pages",
		"/api/v1//contractors": "api", "/api/v1/../v1/jobs": "api", "/consoles": "api", "//console": "api", "/docs.html": "api",
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "http://x/", nil)
		r.URL.Path = path
		both.ServeHTTP(w, r)
		if got := w.Body.String(); w.Code != http.StatusOK || got != want+" "+path {
			t.Errorf("%s was answered %d %s, want %s", path, w.Code, got, want)
		}
	}
}

func TestWhoOpensTheAddressInABrowserComesToTheConsole(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	withPages(http.NotFoundHandler(), http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "http://x/", nil))
	if to := w.Header().Get("Location"); w.Code != http.StatusFound || to != "/console" {
		t.Errorf("answered %d to %q, want 302 to /console", w.Code, to)
	}
}
