package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func (b *bundle) get(path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.do(r)
}

// linked are the files that a page loads.
var linked = regexp.MustCompile(`<(?:script|link)[^>]* (?:src|href)="(/[^"]+)"`)

func TestEveryAddressOfTheConsoleIsItsPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.get("/console").Body.String()
	for _, path := range []string{"/console/", "/console/certificates/ci_abc", "/console/%3Cscript%3E"} {
		w := b.get(path)
		if w.Code != http.StatusOK || w.Body.String() != first || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s answered %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if w.Header().Get("Cache-Control") != "no-cache" || w.Header().Get("ETag") == "" {
			t.Errorf("%s would be kept unasked: %v", path, w.Header())
		}
		again := b.get(path, "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s is sent again: %d", path, again.Code)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut} {
		if w := b.do(httptest.NewRequest(method, "/console/certificates", nil)); w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s answered %d", method, w.Code)
		}
	}
}

func TestPagesNameOnlyFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, page := range []string{"/console", "/docs"} {
		html := b.get(page).Body.String()
		if regexp.MustCompile(`(?i)<script(?:[^>]*[^>]|)>[^<]|<style|\son\w+=|style=|https?://`).MatchString(html) {
			t.Errorf("%s has something inline, or from elsewhere:\n%s", page, html)
		}
		links := linked.FindAllStringSubmatch(html, -1)
		if len(links) < 2 {
			t.Fatalf("%s links to %v", page, links)
		}
		for _, link := range links {
			w := b.get(link[1])
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s links to %s, which answers %d, %s", page, link[1], w.Code, w.Header().Get("Cache-Control"))
			}
			if !strings.Contains(link[1], "/console/assets/") {
				t.Errorf("%s would be kept for ever under the name %s", page, link[1])
			}
		}
	}
}

func TestPoliciesForbidWhatIsInlineOrElsewhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	worker := "/console/assets/" + built(t, "pdf.worker-")
	for path, wants := range map[string][]string{
		"/console": {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
			"form-action 'none'", "require-trusted-types-for 'script'"},
		"/docs": {"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"},
		worker:  {"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'"},
	} {
		h := b.get(path).Header()
		policy := h.Get("Content-Security-Policy")
		directives := strings.Split(policy, "; ")
		for _, want := range wants {
			found := false
			for _, d := range directives {
				found = found || d == want
			}
			if !found {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		for _, never := range []string{"'unsafe-eval'", "http:", "https:", "*", "nonce-"} {
			if strings.Contains(policy, never) {
				t.Errorf("%s: the policy allows %s", path, never)
			}
		}
		if path != "/docs" && strings.Contains(policy, "unsafe-inline") {
			t.Errorf("%s: the policy allows what is inline: %s", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

func TestFilesAreSentCompressedToWhoeverTakesThem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/console/assets/" + built(t, "main-")
	plain, zipped := b.get(path), b.get(path, "Accept-Encoding", "br, gzip;q=0.8")
	if plain.Header().Get("Content-Encoding") != "" || zipped.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("encodings are %q and %q", plain.Header().Get("Content-Encoding"), zipped.Header().Get("Content-Encoding"))
	}
	if plain.Header().Get("ETag") == zipped.Header().Get("ETag") || zipped.Header().Get("Vary") != "Accept-Encoding" {
		t.Error("a cache could mix the two up")
	}
	r, err := gzip.NewReader(zipped.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil || string(content) != plain.Body.String() {
		t.Errorf("what was compressed differs: %v", err)
	}
	if w := b.get(path, "Accept-Encoding", "gzip;q=0"); w.Header().Get("Content-Encoding") != "" {
		t.Error("a client that refuses gzip got it")
	}
	part := b.get(path, "Accept-Encoding", "gzip", "Range", "bytes=0-9")
	if part.Code != http.StatusPartialContent || part.Body.String() != plain.Body.String()[:10] {
		t.Errorf("a range answered %d, %q", part.Code, part.Body)
	}
	head := httptest.NewRequest(http.MethodHead, path, nil)
	if w := b.do(head); w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("HEAD answered %d with %d bytes", w.Code, w.Body.Len())
	}
}

func TestThereAreNoOtherFiles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/console/assets/main.js", "/console/assets/../index.html", "/console/assets/..%2findex.html", "/console/assets/"} {
		w := b.get(path)
		if w.Code == http.StatusOK {
			t.Errorf("%s answered %d", path, w.Code)
		}
		if cache := w.Header().Get("Cache-Control"); strings.Contains(cache, "immutable") {
			t.Errorf("%s would be remembered: %s", path, cache)
		}
	}
}

// The first page has to load fast on a poor line: 300 kB compressed, the PDF viewer and what other pages load later left out.
func TestTheFirstPageIsSmall(t *testing.T) {
	t.Parallel()
	b := setup(t)
	total := 0
	seen := map[string]bool{}
	var load func(path string)
	load = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		total += b.get(path, "Accept-Encoding", "gzip").Body.Len()
		text := b.get(path).Body.String()
		for _, link := range linked.FindAllStringSubmatch(text, -1) {
			load(link[1])
		}
		if strings.HasSuffix(path, ".js") {
			for _, link := range regexp.MustCompile(`(?:from|import)\s*"\./([^"]+)"`).FindAllStringSubmatch(text, -1) {
				load("/console/assets/" + link[1])
			}
		}
	}
	load("/console")
	t.Logf("%d files, %d bytes", len(seen), total)
	if total > 300_000 || len(seen) < 3 {
		t.Errorf("the first page is %d files with %d bytes", len(seen), total)
	}
}
