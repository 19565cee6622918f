package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// memoryBlobs keeps files in memory.
type memoryBlobs map[string][]byte

func (m memoryBlobs) Stream(_ context.Context, key string, r io.Reader) error {
	content, err := io.ReadAll(r)
	if err == nil {
		m[key] = content
	}
	return err
}

func (m memoryBlobs) Delete(_ context.Context, keys ...string) error {
	for _, key := range keys {
		delete(m, key)
	}
	return nil
}

// fuzzForm is a form with little room, so that its bounds are met.
var fuzzForm = uploadForm{files: []string{"certificate", "certificates[]"}, texts: map[string]int64{"contractor": 10, metadataField: 200}, maxFiles: 3, maxFile: 1200}

// readFuzzed reads a multipart body as the handlers do, from a connection that gives it as r does.
func readFuzzed(content []byte, boundary string, r io.Reader) (*upload, memoryBlobs, error) {
	request := httptest.NewRequest("POST", "/", io.NopCloser(r))
	b := newBody(request, int64(max(len(content)-1, 4000)), func(time.Time) error { return nil })
	b.headers = newPartHeaders(boundary)
	blobs, made := memoryBlobs{}, 0
	u, err := readUpload(withCall(context.Background(), &call{body: b}), multipart.NewReader(b, boundary), fuzzForm, blobs, func() (string, string) {
		made++
		return fmt.Sprintf("ci_%d", made), fmt.Sprintf("blob/%d", made)
	})
	return u, blobs, err
}

// FuzzUpload feeds bodies of uploads: what comes out is a refusal of the client's or an upload, the same however the body arrives, that
// holds what Go's own reader finds in the body.
func FuzzUpload(f *testing.F) {
	part := func(header, content string) string { return "--b\r\n" + header + "\r\n\r\n" + content + "\r\n" }
	file := "Content-Disposition: form-data; name=\"certificate\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf"
	for _, s := range []string{
		part(file, "%PDF-1.7") + part(`Content-Disposition: form-data; name="contractor"`, "cn_1") + "--b--",
		part(file, "%PDF"+strings.Repeat("x", 1300)) + part(file, "%PDF") + part(file, "GIF") + part(file, "") + "--b--",
		part(strings.Replace(file, "a.pdf", "..\\\x01\u202ea.PDF", 1), "x%PDF\r\n--bc") + "--b--\r\nmore",
		part(`Content-Disposition: form-data; name="certificate"; filename*=UTF-8''%e2%82%ac.pdf`, "%PDF") + "--b--",
		part(`Content-Disposition: form-data; name="contractor"`, "longer than it may be") + part(`Content-Disposition: form-data; name="x"`, "") + "--b--",
		part("Content-Disposition: form-data; name=contractor\r\nContent-Transfer-Encoding: quoted-printable", "=41=zz") + "--b--",
		"--b\n\n--b--", "--b", "preamble\r\n--b\r\n", "", "--b\r\nno header\r\n\r\n",
		strings.Repeat(part("X: y", ""), maxParts+2) + "--b--",
	} {
		f.Add([]byte(s), "b")
	}
	f.Fuzz(func(t *testing.T, content []byte, boundary string) {
		if boundary == "" || len(boundary) > 70 {
			return // refused before
		}
		u, blobs, err := readFuzzed(content, boundary, bytes.NewReader(content))
		slow, _, slowErr := readFuzzed(content, boundary, iotest.OneByteReader(bytes.NewReader(content)))
		if (err == nil) != (slowErr == nil) {
			t.Fatalf("%v at once, %v byte by byte", err, slowErr)
		}
		if err != nil {
			if p := problemOf(err); p.Status >= 500 {
				t.Fatalf("a fault of the client's is %d: %v", p.Status, err)
			}
			return
		}
		if diff := cmp.Diff(string(u.fingerprint()), string(slow.fingerprint())); diff != "" {
			t.Fatalf("byte by byte it is another upload: %s", diff)
		}
		soundUpload(t, u, blobs)
		sameParts(t, content, boundary, u)
	})
}

// soundUpload checks what must hold of every upload.
func soundUpload(t *testing.T, u *upload, blobs memoryBlobs) {
	t.Helper()
	keys := 0
	for i, f := range u.files {
		if f.key != "" {
			keys++
			if int64(len(blobs[f.key])) != f.size || f.size > fuzzForm.maxFile || f.fault != nil || !bytes.Contains(blobs[f.key][:min(len(blobs[f.key]), magicWithin)], []byte("%PDF")) {
				t.Errorf("file %d is kept: %+v", i, f)
			}
		} else if f.fault == nil && i < fuzzForm.maxFiles {
			t.Errorf("file %d has no fault and is not kept", i)
		}
		if strings.ContainsAny(f.filename, "/\\") || strings.ContainsFunc(f.filename, unicode.IsControl) || !utf8.ValidString(f.filename) ||
			utf8.RuneCountInString(f.filename) > maxFilename {
			t.Errorf("file %d is called %q", i, f.filename)
		}
	}
	if keys != len(blobs) {
		t.Errorf("%d files in storage, %d of them known", len(blobs), keys)
	}
	for name, text := range u.texts {
		if isUnstorable(text) || int64(len(text)) > fuzzForm.texts[name] {
			t.Errorf("%s is %q", name, text)
		}
	}
	_ = u.textFaults()
	_ = checkUpload(u)
	wrong := faults{}
	u.describe(fileNames(u), true, wrong)
}

// sameParts checks that taking control characters out of headers has changed no part of a body that Go's own reader takes as it is.
func sameParts(t *testing.T, content []byte, boundary string, u *upload) {
	t.Helper()
	texts, files := map[string]string{}, 0
	reader := multipart.NewReader(bytes.NewReader(content), boundary)
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return
		}
		switch name := part.FormName(); {
		case isFile(part) && (name == "certificate" || name == "certificates[]"):
			if files < len(u.files) && u.files[files].key != "" && u.files[files].size != int64(len(data)) {
				t.Errorf("file %d has %d bytes, Go reads %d", files, u.files[files].size, len(data))
			}
			files++
		case hasText(fuzzForm, name) && int64(len(data)) <= fuzzForm.texts[name] && !isUnstorable(string(data)):
			texts[name] = string(data)
		case hasText(fuzzForm, name):
			texts[name] = ""
		}
	}
	if diff := cmp.Diff(texts, u.texts); diff != "" || files != len(u.files) {
		t.Errorf("%d files, Go reads %d; texts: %s", len(u.files), files, diff)
	}
}

// FuzzForm feeds forms, and the same text as JSON, to every schema of a body: a value that the database can hold comes out, or a refusal.
func FuzzForm(f *testing.F) {
	doc, err := contract()
	if err != nil {
		f.Fatal(err)
	}
	index, err := operations(doc)
	if err != nil {
		f.Fatal(err)
	}
	var bodies []*openapi3.Schema
	for _, name := range slices.Sorted(maps.Keys(index)) {
		if o := index[name]; o.body != nil {
			bodies = append(bodies, o.body)
		}
	}
	for i, s := range []string{
		"email=j%40x.io&address[line1]=1+Main&custom_metadata[a]=", "events[]=ping&events[]=*", "rules[1][name]=b&rules[0][where][]=text&rules[0][value][each_occurrence_dollars]=1e6",
		"page_limit=4&retention_days=", "a[b]=1&a=2", "a[=1", "a[][b]=1", "%=%", `{"a":[1e400,"\u0000",{"b":null}]}`, `{"name":"x","rules":[{"check":"minimum","value":{"x":-0.0}}]}`,
		"wage=12&wage[x]=1", "custom_metadata=&custom_metadata[a]=1", "rules[0]=x&rules[00]=y", "a=%ff%00",
	} {
		f.Add(s, i)
	}
	f.Fuzz(func(t *testing.T, data string, which int) {
		body := bodies[((which%len(bodies))+len(bodies))%len(bodies)]
		for _, kind := range []string{"application/x-www-form-urlencoded", "application/json"} {
			wrong, unknown := faults{}, faults{}
			value, err := parseBody(kind, []byte(data), body, wrong)
			if err != nil {
				if p := problemOf(err); p.Status != http.StatusBadRequest {
					t.Fatalf("%s: %v", kind, err)
				}
				continue
			}
			if !isStorable(value, maxDepth) {
				continue
			}
			value, _ = plainNumbers(value).(map[string]any)
			if err := body.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest()); err != nil {
				bodyFaults(err, wrong, unknown)
				if len(wrong)+len(unknown) == 0 {
					t.Errorf("%s: refused without a word: %v", kind, err)
				}
			}
			for field, told := range wrong {
				if field == "" || told == "" || !utf8.ValidString(field) || !utf8.ValidString(told) {
					t.Errorf("%s: it says %q of %q", kind, told, field)
				}
			}
			if _, err := json.Marshal(value); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

// FuzzMetadata feeds certificates_metadata: entries with their faults come out, and what cannot be stored does not.
func FuzzMetadata(f *testing.F) {
	for _, s := range []string{
		`[{"filename":"a.pdf","contractor":{"email":"j@x.io"}}, // one` + "\n" + `{"filename":"a.pdf",},]`, `[{"filename":"../b.pdf","insurance_requirement_id":"req_1"}]`,
		`[{"filename":1,"contractor":[]},null,[],"x"]`, `[{"contractor":null,"x":1}]`, `{}`, `null`, ` `, `[`, `/* */[]`, strings.Repeat("[", 50) + strings.Repeat("]", 50),
		`[{"filename":"a.pdf","contractor":{"email":"\u0000","first_name":"` + strings.Repeat("x", 300) + `"}}]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u := &upload{texts: map[string]string{metadataField: text}, files: []*file{{filename: "a.pdf"}, {filename: "b.pdf"}, {filename: "a.pdf"}}}
		wrong := faults{}
		u.describe(fileNames(u), true, wrong)
		for at, told := range wrong {
			if told == "" || !utf8.ValidString(at) || !utf8.ValidString(told) {
				t.Errorf("it says %q of %q", told, at)
			}
		}
		if len(wrong) > 0 {
			return
		}
		about, err := planEntries(t.Context(), nil, u)
		if err != nil || len(about) != len(u.files) {
			t.Fatalf("%d files are planned, %v", len(about), err)
		}
		for i, p := range about {
			for _, s := range []string{p.requirement, p.contractor.Email, p.contractor.FirstName, p.contractor.LastName, p.contractor.CompanyName} {
				if isUnstorable(s) || utf8.RuneCountInString(s) > 254 {
					t.Errorf("file %d: %q", i, s)
				}
			}
			if !emailForm.MatchString(p.contractor.Email) || p.contractor.Generated {
				t.Errorf("file %d without faults goes to %q", i, p.contractor.Email)
			}
		}
	})
}

// FuzzCursors feeds queries of lists: the answer is a page or a 400, and the pages that it links to can be asked for.
func FuzzCursors(f *testing.F) {
	for _, s := range []string{"starting_after=cn_1", "ending_before=cn_1&limit=3", "limit=100", "starting_after=cn_1&ending_before=cn_2", "limit=1e1", "limit=+5", "starting_after=%ff",
		"starting_after=%00", "starting_after=cn_1&starting_after=cn_2", "email=a%2bb@x.io&starting_after=cn_1", "a;b", "%", "starting_after=\u202e", "starting_after="} {
		f.Add(s)
	}
	e := newEdge(f, func(config *Config) {
		config.Log, config.Limiter = slog.New(slog.DiscardHandler), newLocalLimiter(1<<30, time.Minute, time.Now)
	})
	e.list = func(ctx context.Context, request ListContractorsRequestObject) (ListContractorsResponseObject, error) {
		page, err := pageOf(request.Params.Limit, request.Params.StartingAfter, request.Params.EndingBefore)
		if err != nil {
			return nil, err
		}
		if cursor := page.StartingAfter + page.EndingBefore; strings.Contains(cursor, "2") {
			return nil, cursorFault(page)
		}
		if page.Limit < 1 || page.Limit > 100 || isUnstorable(page.StartingAfter) || isUnstorable(page.EndingBefore) {
			return nil, fmt.Errorf("the page %+v came through", page)
		}
		body, err := listBody(ctx, []Contractor{}, true)
		return ListContractors200JSONResponse{Body: body, Headers: ListContractors200ResponseHeaders{Link: linksOf(ctx, page, "cn_8", "cn_9", true)}}, err
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := request("GET", "/api/v1/contractors", "")
		r.URL.RawQuery = query
		a := e.do(t, r)
		if a.status != 200 && a.status != 400 {
			t.Fatalf("answered %d %s", a.status, a.body)
		}
		for _, target := range linked(a.header) {
			next, err := url.Parse(target)
			if err != nil {
				t.Fatalf("the link %q: %v", target, err)
			}
			r := request("GET", "/api/v1/contractors", "")
			r.URL = next
			if a := e.do(t, r); a.status != 200 {
				t.Errorf("the link %q answered %d %s", target, a.status, a.body)
			}
		}
	})
}

// linked is where the Link header leads.
func linked(header http.Header) []string {
	var targets []string
	for _, link := range strings.Split(header.Get("Link"), ", ") {
		if target, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">"); ok {
			targets = append(targets, target)
		}
	}
	return targets
}

// FuzzIdempotencyKey feeds the two headers: one key comes out that the database can hold, the same in quotes as bare, or a refusal.
func FuzzIdempotencyKey(f *testing.F) {
	for _, s := range [][2]string{{"a", ""}, {`"a"`, "a"}, {`"a\"b\\c"`, ""}, {"a", "b"}, {`"`, ""}, {`""`, ""}, {`"a`, `a"`}, {"\x00", ""}, {"ä", ""}, {strings.Repeat("x", 256), ""}, {`"\`, `\"`}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, ours, published string) {
		header := http.Header{}
		for name, value := range map[string]string{idempotencyHeader: ours, publishedIdempotencyHeader: published} {
			if value != "" {
				header.Set(name, value)
			}
		}
		key, err := idempotencyKey(header)
		if err != nil {
			if p := problemOf(err); p.Status != http.StatusBadRequest {
				t.Fatal(err)
			}
			return
		}
		if (key == "") != (len(header) == 0) || len(key) > maxKeyLength || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("the key is %q", key)
		}
		if key == "" {
			return
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key) + `"`
		header = http.Header{}
		header.Set(publishedIdempotencyHeader, quoted)
		again, err := idempotencyKey(header)
		if err != nil || again != key {
			t.Errorf("%q in quotes is %q, %v", key, again, err)
		}
	})
}
