package api_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/schema"
)

// ready is a world in which an upload for the contractor is in order.
func ready(t *testing.T, change ...func(*api.HandlersConfig)) (w *world, contractor string) {
	w = setup(t, change...)
	w.requirement(true)
	return w, w.contractor("jane@example.com")
}

func TestAnUploadIsPendingAndItsReviewIsStarted(t *testing.T) {
	w, contractor := ready(t)
	a := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "certificate.pdf"), text("custom_metadata", `{"order":"7"}`)})
	c := a.object(t)
	want := object{"object": "certificate", "contractor": contractor, "status": "pending", "filename": "certificate.pdf", "pdf_url": nil,
		"review_results": nil, "job": nil, "assignment": nil, "tracker": nil, "custom_metadata": map[string]any{"order": "7"}}
	if diff := cmp.Diff(want, c, ignoring("id", "created", "updated", "insurance_requirement")); diff != "" || a.status != 201 {
		t.Fatal(a.status, diff)
	}
	if got := a.header.Get("Location"); got != "/api/v1/files/certificates/"+c.text("id") {
		t.Errorf("Location is %s", got)
	}
	if diff := cmp.Diff([]string{"review " + c.text("id")}, w.started()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(c, w.want(200, "GET", "/files/certificates/"+c.text("id"), "").object(t)); diff != "" {
		t.Error(diff)
	}
	if n := w.stored(); n != 1 {
		t.Errorf("%d files are stored", n)
	}
}

func TestAnUploadIsRefusedForTheFirstFaultInTheOrderOfTheContract(t *testing.T) {
	w, contractor := ready(t)
	bare := setupStranger(w)
	file := pdf("certificate", "certificate.pdf")
	with := func(change func(*part)) part { p := file; change(&p); return p }
	big := with(func(p *part) { p.text = "%PDF" + strings.Repeat("x", 15<<20-3) })
	for name, c := range map[string]struct {
		parts  []part
		code   string
		says   string
		bareOf bool // for the account without a requirement
	}{
		"nothing":                         {nil, "missing_contractor_id", "contractor", false},
		"no contractor":                   {[]part{with(func(p *part) { p.filename = "a.doc" })}, "missing_contractor_id", "contractor", false},
		"an empty contractor":             {[]part{text("contractor", ""), file}, "missing_contractor_id", "contractor", false},
		"no file":                         {[]part{text("contractor", "cn_none")}, "missing_certificate", "certificate", false},
		"a file without a name":           {[]part{text("contractor", contractor), text("certificate", "%PDF")}, "missing_certificate", "certificate", false},
		"two files":                       {[]part{text("contractor", contractor), file, file}, "invalid_input", "2 times", false},
		"another extension":               {[]part{text("contractor", "cn_none"), with(func(p *part) { p.filename, p.kind = "a.doc", "text/plain" })}, "invalid_file_type", ".pdf", false},
		"another content type":            {[]part{text("contractor", "cn_none"), with(func(p *part) { p.kind, p.text = "image/png", "PNG" })}, "invalid_mime_type", "application/pdf, and this one's is image/png", false},
		"no content type":                 {[]part{text("contractor", contractor), with(func(p *part) { p.kind = "" })}, "invalid_mime_type", "this one's is not given", false},
		"no magic bytes":                  {[]part{text("contractor", "cn_none"), with(func(p *part) { p.text = "PNG" + strings.Repeat(" ", 16<<20) })}, "invalid_file_type", "%PDF", false},
		"an empty file":                   {[]part{text("contractor", contractor), with(func(p *part) { p.text = "" })}, "invalid_file_type", "The file is empty.", false},
		"a picture named like a PDF":      {[]part{text("contractor", contractor), with(func(p *part) { p.text = "\xff\xd8\xff\xe0JFIF" })}, "invalid_file_type", "JPEG picture", false},
		"a document of an office":         {[]part{text("contractor", contractor), with(func(p *part) { p.text = "PK\x03\x04word" })}, "invalid_file_type", "an archive or an Office document", false},
		"magic bytes too far in":          {[]part{text("contractor", contractor), with(func(p *part) { p.text = strings.Repeat(" ", 1021) + "%PDF" })}, "invalid_file_type", "%PDF", false},
		"a byte too many":                 {[]part{text("contractor", "cn_none"), big}, "invalid_file_size", "15 MB", false},
		"a byte too many, file first":     {[]part{big, text("contractor", contractor)}, "invalid_file_size", "15 MB", false},
		"an unknown contractor":           {[]part{text("contractor", "cn_none"), file, text("x", "")}, "invalid_contractor_id", "cn_none", true},
		"an id that is no contractor's":   {[]part{text("contractor", "../../etc"), file}, "invalid_contractor_id", "../../etc", false},
		"a stranger's contractor":         {[]part{text("contractor", bare), file}, "invalid_contractor_id", bare, false},
		"no requirement":                  {[]part{text("contractor", bare), file, text("x", "")}, "no_insurance_requirement_found", "default", true},
		"a requirement that is not there": {[]part{text("contractor", contractor), file, text("insurance_requirement_id", "req_none"), text("x", "")}, "no_insurance_requirement_found", "req_none", false},
		"metadata that is no object":      {[]part{text("contractor", contractor), file, text("custom_metadata", "[]"), text("x", "")}, "invalid_input", "custom_metadata", false},
		"metadata with NUL":               {[]part{text("contractor", contractor), file, text("custom_metadata", `{"a":"\u0000"}`)}, "invalid_input", "custom_metadata", false},
		"a field given twice":             {[]part{text("contractor", contractor), text("contractor", contractor), file}, "invalid_input", "more than once", false},
		"an unknown field":                {[]part{text("contractor", contractor), file, text("page_limit", "3")}, "invalid_input", "page_limit", false},
		"an unknown file":                 {[]part{text("contractor", contractor), file, pdf("other", "b.pdf")}, "invalid_input", "other", false},
	} {
		body, kind := form(t, c.parts...)
		key := w.key
		if c.bareOf {
			key = w.strangersKey
		}
		a := w.send(key, "POST", "/files/certificates", body, kind)
		if says := refused(t, a, 400, c.code); !strings.Contains(says, c.says) {
			t.Errorf("%s: the refusal is %s", name, says)
		}
	}
	unknown := "/files/certificates?order=7"
	if says := refused(t, w.upload(unknown, []part{text("contractor", "cn_none"), file}), 400, "invalid_contractor_id"); strings.Contains(says, "order") {
		t.Errorf("an unknown parameter was told first: %s", says)
	}
	if says := refused(t, w.upload(unknown, []part{text("contractor", contractor), file, text("x", "")}), 400, "invalid_input"); !strings.Contains(says, `"order"`) || !strings.Contains(says, `"x"`) {
		t.Errorf("the unknown parameter and part are told as %s", says)
	}
	for name, headers := range map[string][]string{"no content type": nil, "an upload without parts": {"Content-Type: multipart/form-data; boundary=b"}} {
		if says := refused(t, w.send(w.key, "POST", "/files/certificates", http.NoBody, headers...), 400, "missing_contractor_id"); says == "" {
			t.Error(name)
		}
	}
	refused(t, w.send(w.key, "POST", placeholders, http.NoBody), 400, "missing_certificates")
	refused(t, w.send(w.key, "POST", "/files/certificates", strings.NewReader("{}"), "Content-Type: application/json"), 415, "unsupported_media_type")
	if n := w.stored(); n != 0 {
		t.Errorf("refused uploads left %d files", n)
	}
	if got := w.want(200, "GET", "/files/certificates", "").ids(t); len(got) != 0 {
		t.Errorf("refused uploads left the certificates %v", got)
	}
	if got := w.started(); len(got) != 0 {
		t.Errorf("refused uploads started %v", got)
	}
}

// setupStranger gives the stranger a contractor.
func setupStranger(w *world) string {
	w.t.Helper()
	return w.doAs(w.strangersKey, "POST", "/contractors", `{"email":"j@x.io","first_name":"J","last_name":"S"}`).object(w.t).text("id")
}

func TestUploadsThatAreOutOfTheOrdinaryAreTaken(t *testing.T) {
	w, contractor := ready(t)
	named := func(name string) part { return pdf("certificate", name) }
	kind := named("a.pdf")
	kind.kind = "Application/PDF; charset=binary"
	late := named("a.pdf")
	late.text = strings.Repeat(" ", 1020) + "%PDF"
	largest := named("a.pdf")
	largest.text = "%PDF" + strings.Repeat("x", 15<<20-4)
	for name, c := range map[string]struct {
		file     part
		filename string
	}{
		"an extension in capitals":        {named("A.PDF"), "A.PDF"},
		"a content type with a parameter": {kind, "a.pdf"},
		"magic bytes at the very end":     {late, "a.pdf"},
		"the largest file":                {largest, "a.pdf"},
		"a path":                          {named("/etc/../certs/a.pdf"), "a.pdf"},
		"a path of Windows":               {named(`C:\certs\a.pdf`), "a.pdf"},
		"another script":                  {named("сертификат é.pdf"), "сертификат é.pdf"},
		"marks that turn the writing":     {named("a\u202efdp.pdf"), "afdp.pdf"},
		"script":                          {named("<script>.pdf"), "<script>.pdf"},
		"a name that is too long":         {named(strings.Repeat("a", 300) + ".pdf"), strings.Repeat("a", 251) + ".pdf"},
	} {
		a := w.upload("/files/certificates", []part{c.file, text("contractor", contractor)})
		if a.status != 201 || a.object(t).text("filename") != c.filename {
			t.Errorf("%s: answered %d %s", name, a.status, a.body)
		}
	}
}

func TestAnUploadIsOfTheContractorsNewestAssignment(t *testing.T) {
	w, contractor := ready(t)
	own := w.requirement(false)
	job := w.made("/jobs", fmt.Sprintf(`{"name":"Roof","insurance_requirement":%q}`, own)).text("id")
	assignment := w.made("/assignments", fmt.Sprintf(`{"contractor":%q,"job":%q}`, contractor, job)).text("id")
	c := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}).object(t)
	if c.text("job") != job || c.text("assignment") != assignment || c.text("insurance_requirement") != own {
		t.Errorf("the certificate is %v", c)
	}
	for query, n := range map[string]int{"contractor=" + contractor: 1, "job=" + job: 1, "job=jb_none": 0, "status=pending": 1, "status=approved": 0, "tracker=tr_none": 0,
		"created[gte]=1": 1, "created[gt]=4000000000": 0, "created[lt]=4000000000": 1, "created[lte]=1": 0,
		fmt.Sprintf("created[gte]=%.0f&created[lte]=%.0f", c["created"], c["created"]): 1, fmt.Sprintf("created[gt]=%.0f", c["created"]): 0} {
		if got := w.want(200, "GET", "/files/certificates?"+query, "").ids(t); len(got) != n {
			t.Errorf("%s lists %v", query, got)
		}
	}
}

func TestAnUploadWithAKeyIsMadeOnce(t *testing.T) {
	w, contractor := ready(t)
	parts := []part{text("contractor", contractor), pdf("certificate", "a.pdf")}
	first := w.upload("/files/certificates", parts, "Idempotency-Key: k")
	again := w.upload("/files/certificates", []part{parts[1], parts[0]}, "Idempotency-Key: k")
	if again.status != 201 || !bytes.Equal(again.body, first.body) || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the repetition answered %d %s", again.status, again.body)
	}
	other := pdf("certificate", "a.pdf")
	other.text += "."
	refused(t, w.upload("/files/certificates", []part{parts[0], other}, "Idempotency-Key: k"), 422, "idempotency_mismatch")
	refused(t, w.upload("/files/certificates", []part{parts[0]}, "Idempotency-Key: k2"), 400, "missing_certificate")
	if a := w.upload("/files/certificates", parts, "Idempotency-Key: k2"); a.status != 201 {
		t.Errorf("after a refusal the key answered %d %s", a.status, a.body)
	}
	if n := w.stored(); n != 2 {
		t.Errorf("%d files are stored", n)
	}
	if got := w.started(); len(got) != 2 {
		t.Errorf("started %v", got)
	}
}

func TestADeletedCertificateIsGoneAndItsReviewIsCancelled(t *testing.T) {
	w, contractor := ready(t)
	id := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}).object(t).text("id")
	w.started()
	w.refusal(409, "in_use", "DELETE", "/contractors/"+contractor, "")
	w.want(200, "DELETE", "/files/certificates/"+id, "")
	w.refusal(404, "resource_not_found", "GET", "/files/certificates/"+id, "")
	w.refusal(404, "resource_not_found", "DELETE", "/files/certificates/"+id, "")
	if got := w.want(200, "GET", "/files/certificates", "").ids(t); len(got) != 0 {
		t.Errorf("the list holds %v", got)
	}
	if diff := cmp.Diff([]string{"review " + id, "cancel review " + w.account + " " + id}, w.started()); diff != "" {
		t.Error(diff)
	}
	w.want(200, "DELETE", "/contractors/"+contractor, "")
}

// serve puts the world behind a real listener and returns its address.
func serve(t *testing.T, w *world) string {
	t.Helper()
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// dial opens a connection on which the head of an upload is sent.
func dial(t *testing.T, w *world, address, boundary string, length int64, headers ...string) (net.Conn, *bufio.Reader) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.SetBasicAuth(w.key, "")
	send(t, c, "POST /api/v1/files/certificates HTTP/1.1\r\nHost: x\r\nAuthorization: "+r.Header.Get("Authorization")+
		"\r\nContent-Type: multipart/form-data; boundary="+boundary+"\r\nContent-Length: "+fmt.Sprint(length)+"\r\n"+strings.Join(append(headers, ""), "\r\n")+"\r\n")
	return c, bufio.NewReader(c)
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatalf("the server took no more: %v", err)
	}
}

// received reads the answer on a connection.
func received(t *testing.T, r *bufio.Reader) answer {
	t.Helper()
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("no answer came: %v", err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, body}
}

const fileHead = "--b\r\nContent-Disposition: form-data; name=\"certificate\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF"

func TestARefusedClientReadsItsAnswerAndNotAReset(t *testing.T) {
	w, _ := ready(t)
	address := serve(t, w)
	for name, c := range map[string]struct {
		size   int64
		spoil  func(w *world)
		status int
		code   string
	}{
		"a file of 20 MB":                         {20 << 20, func(*world) {}, 400, "invalid_file_size"},
		"a request that is too large as a whole":  {40 << 20, func(*world) {}, 413, "payload_too_large"},
		"a wrong key, which is seen at the start": {15 << 20, func(w *world) { w.key = "sk_test_wrong" }, 401, "invalid_api_key"},
	} {
		other := *w
		c.spoil(&other)
		tail := "\r\n--b\r\nContent-Disposition: form-data; name=\"contractor\"\r\n\r\ncn_1\r\n--b--\r\n"
		conn, r := dial(t, &other, address, "b", int64(len(fileHead)+len(tail))+c.size)
		send(t, conn, fileHead)
		chunk := strings.Repeat("x", 1<<20)
		for sent := int64(0); sent < c.size; sent += 1 << 20 {
			send(t, conn, chunk)
		}
		send(t, conn, tail)
		if says := refused(t, received(t, r), c.status, c.code); says == "" {
			t.Error(name)
		}
	}
	if n := w.stored(); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestWhatStrangersSendIsNotReadWithoutEnd(t *testing.T) {
	w, _ := ready(t)
	w.key = "sk_test_wrong"
	const size = 200 << 20
	conn, _ := dial(t, w, serve(t, w), "b", size)
	chunk := []byte(strings.Repeat("x", 1<<20))
	sent := 0
	for sent < size {
		n, err := conn.Write(chunk)
		sent += n
		if err != nil {
			break
		}
	}
	// What is beyond the bound lies in the buffers of the connection.
	if sent > 64<<20 {
		t.Errorf("%d MiB were taken of a client without a key", sent>>20)
	}
	// A client that reads while it sends has its answer all the same.
	conn, r := dial(t, w, serve(t, w), "b", size)
	go func() {
		for {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	}()
	refused(t, received(t, r), 401, "invalid_api_key")
}

func TestAClientThatWaitsForLeaveToSendIsRefusedWithoutSending(t *testing.T) {
	w, _ := ready(t)
	w.key = "sk_test_wrong"
	_, r := dial(t, w, serve(t, w), "b", 15<<20, "Expect: 100-continue")
	refused(t, received(t, r), 401, "invalid_api_key")
}

func TestAnUploadThatBreaksOffLeavesNothing(t *testing.T) {
	w, contractor := ready(t)
	address := serve(t, w)
	whole := fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=\"contractor\"\r\n\r\n%s\r\n%s", contractor, fileHead)
	end := "\r\n--b--\r\n"

	t.Run("a Content-Length that is too small", func(t *testing.T) {
		conn, r := dial(t, w, address, "b", int64(len(whole)+10))
		send(t, conn, whole+strings.Repeat("x", 100)+end)
		refused(t, received(t, r), 400, "bad_request")
	})
	t.Run("a Content-Length that is too large", func(t *testing.T) {
		conn, r := dial(t, w, address, "b", int64(len(whole)+len(end)+5))
		send(t, conn, whole+end)
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		// The form is complete: what is missing is nothing that anybody would have read.
		if a := received(t, r); a.status != 201 {
			t.Errorf("answered %d %s", a.status, a.body)
		}
	})
	t.Run("a client that vanishes", func(t *testing.T) {
		before := w.stored()
		conn, _ := dial(t, w, address, "b", 10<<20)
		send(t, conn, whole+strings.Repeat("x", 1<<20))
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		w.send(w.key, "GET", "/files/certificates", http.NoBody) // a later request, so that the server has had its turn
		for deadline := time.Now().Add(30 * time.Second); ; runtime.Gosched() {
			if w.stored() == before {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d files are stored, %d before", w.stored(), before)
			}
		}
		if got := w.want(200, "GET", "/files/certificates", "").ids(t); len(got) != 1 {
			t.Errorf("the certificates are %v", got)
		}
	})
}

func TestPartsAreReadWithinBounds(t *testing.T) {
	w, contractor := ready(t)
	head := func(h string) string { return "--b\r\n" + h + "\r\n\r\nx\r\n" }
	for name, c := range map[string]struct {
		body, code string
	}{
		"a header without end":      {"--b\r\nX: " + strings.Repeat("x", 200<<10), "bad_request"},
		"a preamble without end":    {strings.Repeat("x", 200<<10), "bad_request"},
		"a body without a boundary": {"hello", "bad_request"},
		"no final boundary":         {head(`Content-Disposition: form-data; name="contractor"`), "bad_request"},
		"too many parts":            {strings.Repeat(head(`Content-Disposition: form-data; name="x"`), 60) + "--b--", "bad_request"},
		"a text without end": {"--b\r\nContent-Disposition: form-data; name=\"contractor\"\r\n\r\n" + strings.Repeat("x", 1<<20) + "\r\n" + fileHead + "\r\n--b--",
			"invalid_contractor_id"},
	} {
		a := w.send(w.key, "POST", "/files/certificates", strings.NewReader(c.body), "Content-Type: multipart/form-data; boundary=b")
		if says := refused(t, a, 400, c.code); says == "" {
			t.Error(name)
		}
	}
	malformed := w.send(w.key, "POST", "/files/certificates", strings.NewReader(head("no colon")+"--b--"), "Content-Type: multipart/form-data; boundary=b")
	if says := refused(t, malformed, 400, "bad_request"); !strings.Contains(says, "header of a part") {
		t.Errorf("a header that is none is told as %s", says)
	}
	odd := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a\x01b\x7f\tc.pdf")})
	if odd.status != 201 || odd.object(t).text("filename") != "abc.pdf" {
		t.Errorf("a name with control characters was answered %d %s", odd.status, odd.body)
	}
	if a := w.send(w.key, "POST", "/files/certificates", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"contractor\"\r\n\r\n"+contractor+"\r\n"+fileHead+"\r\n--b--"),
		"Content-Type: multipart/form-data; boundary=b"); a.status != 201 {
		t.Errorf("a body without a last line answered %d %s", a.status, a.body)
	}
}

func TestAPDFIsBehindASignedLink(t *testing.T) {
	w, contractor := ready(t)
	id := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", `quoted "ü".pdf`)}).object(t).text("id")
	w.finish(id, schema.Approved)
	url := w.want(200, "GET", "/files/certificates/"+id, "").object(t).text("pdf_url")
	path, ok := strings.CutPrefix(url, "https://api.example.com/api/v1")
	if !ok {
		t.Fatalf("the link is %s", url)
	}
	get := func(path string) answer { return w.send("", "GET", path, http.NoBody) }
	a := get(path)
	if a.status != 200 || string(a.body) != "%PDF-1.7\nwhatever follows" || a.header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition": "attachment; filename*=utf-8''quoted%20%22%C3%BC%22.pdf"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	for name, spoiled := range map[string]string{
		"another certificate": strings.Replace(path, id, "ci_other", 1),
		"another account":     strings.Replace(path, w.account, w.stranger, 1),
		"a later expiry":      strings.Replace(path, "expires=", "expires=9", 1),
		"another key":         strings.Replace(path, "key_id=", "key_id=0", 1),
		"another signature":   path + "A",
	} {
		if a := get(spoiled); a.status != 403 {
			t.Errorf("%s answered %d %s", name, a.status, a.body)
		}
	}
	if a := get(strings.Split(path, "?")[0]); a.status != 400 {
		t.Errorf("no signature answered %d", a.status)
	}
	w.now = w.now.Add(time.Hour)
	if a := get(path); a.status != 200 {
		t.Errorf("at the end of the hour it answered %d", a.status)
	}
	w.now = w.now.Add(time.Second)
	refused(t, get(path), 403, "forbidden")
	w.now = w.now.Add(-time.Second)
	w.want(200, "DELETE", "/files/certificates/"+id, "")
	refused(t, get(path), 404, "resource_not_found")
}

// finish gives a certificate an end state without a review.
func (w *world) finish(id string, to schema.Status) {
	w.t.Helper()
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		c, err := schema.LockCertificate(ctx, tx, id)
		if err != nil {
			return err
		}
		_, err = schema.SetStatus(ctx, tx, c, to, schema.History{Kind: schema.HistoryEvaluated, Actor: schema.Certflow})
		return err
	})
}
