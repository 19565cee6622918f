package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed dist
var dist embed.FS

// pages are the built files, by their path under dist.
type pages struct {
	files map[string]*file
}

// file is one built file with its compressed form, which is made when it is first asked for.
type file struct {
	kind  string
	plain []byte
	tag   string
	zip   func() []byte
}

func loadPages() (*pages, error) {
	p := &pages{files: map[string]*file{}}
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		p.files[strings.TrimPrefix(name, "dist/")] = newFile(name, content)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the console's built files: %w", err)
	}
	for _, page := range []string{"index.html", "docs.html"} {
		if p.files[page] == nil {
			return nil, fmt.Errorf("the console was not built: %s is missing", page)
		}
	}
	return p, nil
}

func newFile(name string, content []byte) *file {
	sum := sha256.Sum256(content)
	f := &file{kind: kindOf(name), plain: content, tag: hex.EncodeToString(sum[:12])}
	f.zip = sync.OnceValue(func() []byte {
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // a level that exists
		if _, err := w.Write(content); err != nil || w.Close() != nil || out.Len() >= len(content) {
			return nil
		}
		return out.Bytes()
	})
	return f
}

// kindOf is the media type of a built file. It does not ask the machine, whose table may say anything.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".wasm":
		return "application/wasm"
	case ".ttf":
		return "font/ttf"
	}
	return "application/octet-stream"
}

// console answers the one page of the console for every address in it; the page itself reads the address.
func (p *pages) console(w http.ResponseWriter, r *http.Request) {
	p.page(w, r, "index.html", contentPolicy)
}

func (p *pages) docs(w http.ResponseWriter, r *http.Request) {
	p.page(w, r, "docs.html", docsPolicy)
}

// page answers a page that may change with every release: browsers keep it and ask whether it is current.
func (p *pages) page(w http.ResponseWriter, r *http.Request, name, policy string) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	p.files[name].serve(w, r)
}

// asset answers a file whose name holds a hash of its content, or the version of the library that it came with: it never changes.
func (p *pages) asset(w http.ResponseWriter, r *http.Request) {
	f := p.files["assets/"+r.PathValue("name")]
	if f == nil {
		http.NotFound(w, r)
		return
	}
	if strings.HasPrefix(r.PathValue("name"), "pdf.worker-") {
		w.Header().Set("Content-Security-Policy", workerPolicy)
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	f.serve(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	content, tag := f.plain, f.tag
	if acceptsGzip(r) {
		if zipped := f.zip(); zipped != nil {
			content, tag = zipped, f.tag+"-gzip"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// acceptsGzip reports whether the client takes gzip and does not refuse it with q=0. Ranges are answered of the plain file.
func acceptsGzip(r *http.Request) bool {
	if r.Header.Get("Range") != "" {
		return false
	}
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			_, q, found := strings.Cut(weight, "=")
			return !found || strings.Trim(q, " 0.") != ""
		}
	}
	return false
}
