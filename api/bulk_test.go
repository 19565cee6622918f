package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/api"
	"certflow/schema"
)

const (
	oneContractor = "/files/external_certificates/tracker"
	bulk          = "/files/external_certificates/tracker/bulk"
	placeholders  = "/files/external_certificates/tracker/placeholder/bulk"
)

// tracked is a world with a tracker whose session is open, and workers that provision jobs.
func tracked(t *testing.T, change ...func(*api.HandlersConfig)) (w *world, tracker, session string) {
	w = setup(t, change...)
	w.requirement(true)
	w.starter.provision = w.provisions
	made := w.made("/trackers", `{"name":"Spring"}`)
	return w, made.text("id"), asObject(made["sessions"].([]any)[0]).text("id")
}

// provisions does what a worker does.
func (w *world) provisions(ctx context.Context, j *schema.Job) error {
	_, err := (&activities.Bulk{DB: w.db}).ProvisionJob(ctx, activities.JobRef{Account: j.AccountID, ID: j.ID})
	return err
}

// publishedMetadata is that of the published example, with its comment and an address in place of the one that it masks.
const publishedMetadata = `[
  {
    "filename": "cert1.pdf",
    "contractor": {
      "email": "john@example.com",
      "first_name": "John",
      "last_name": "Doe",
      "company_name": "ABC Construction"
    },
    "insurance_requirement_id": "%s"
  },
  {
    "filename": "cert2.pdf"
    // No contractor details - will generate placeholder
  }
]
`

func TestAPlaceholderUploadIsAsPublished(t *testing.T) {
	w, tracker, _ := tracked(t)
	own := w.requirement(false)
	a := w.upload(placeholders, []part{pdf("certificates[]", "cert1.pdf"), pdf("certificates[]", "cert2.pdf"),
		text("certificates_metadata", fmt.Sprintf(publishedMetadata, own)), text("tracker_id", tracker)})
	if a.status != 201 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	got := a.object(t)
	list := got["certificates"].([]any)
	first, second := asObject(list[0]), asObject(list[1])
	if diff := cmp.Diff(object{"email": "john@example.com", "email_was_generated": false, "filename": "cert1.pdf"}, first, ignoring("assignment", "contractor", "id")); diff != "" {
		t.Error(diff)
	}
	if second["filename"] != "cert2.pdf" || second["email_was_generated"] != true || !regexp.MustCompile(`^[^@]+@[^@]+\.invalid$`).MatchString(second.text("email")) {
		t.Errorf("the second is %v", second)
	}
	if got.text("message") == "" {
		t.Error("there is no message")
	}
	john, nobody := w.want(200, "GET", "/contractors/"+first.text("contractor"), "").object(t), w.want(200, "GET", "/contractors/"+second.text("contractor"), "").object(t)
	if john["placeholder"] != false || john["company_name"] != "ABC Construction" || nobody["placeholder"] != true || nobody["first_name"] != "Placeholder" || nobody["last_name"] != "2" {
		t.Errorf("the contractors are %v and %v", john, nobody)
	}
	certificate := w.want(200, "GET", "/files/certificates/"+first.text("id"), "").object(t)
	want := object{"object": "certificate", "contractor": first["contractor"], "status": "pending", "filename": "cert1.pdf", "pdf_url": nil, "review_results": nil,
		"insurance_requirement": own, "job": got["job"], "assignment": first["assignment"], "tracker": tracker, "custom_metadata": map[string]any{}}
	if diff := cmp.Diff(want, certificate, ignoring("id", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	job := w.want(200, "GET", "/jobs/"+got.text("job"), "").object(t)
	if job["status"] != "running" || job["tracker"] != tracker || asObject(job["counts"])["pending"] != 2.0 {
		t.Errorf("the job is %v", job)
	}
	w.refusal(409, "in_use", "DELETE", "/jobs/"+got.text("job"), "")
	if says := w.refusal(409, "invalid_state", "POST", "/jobs/"+w.made("/jobs", `{"name":"x"}`).text("id")+"/cancel", ""); !strings.Contains(says, "nothing to cancel") {
		t.Errorf("cancelling a job of no upload is refused with %s", says)
	}
	if cancelled := w.want(200, "POST", "/jobs/"+got.text("job")+"/cancel", "").object(t); cancelled["id"] != job["id"] {
		t.Errorf("cancelling answered %v", cancelled)
	}
	if diff := cmp.Diff([]string{"provision " + job.text("id"), "cancel job " + job.text("id")}, w.started()); diff != "" {
		t.Error(diff)
	}
}

func TestAnUploadOfOneContractorsCertificates(t *testing.T) {
	w, tracker, session := tracked(t)
	fields := func(more ...part) []part {
		return append([]part{text("business_name", "ABC"), text("email", "john@example.com"), text("first_name", "John"), text("last_name", "Doe"),
			pdf("certificates[]", "a.pdf"), pdf("certificates", "b.pdf")}, more...)
	}
	refused(t, w.upload(oneContractor, fields(text("tracker_id", tracker))), 400, "invalid_contractor_id")
	a := w.upload(oneContractor, fields(text("tracker_session_id", session), text("create_new_contractor", "true"), text("purchase_order_contact_name", "Ann")))
	if a.status != 201 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	got := a.object(t)
	names := []string{}
	for _, c := range got["certificates"].([]any) {
		names = append(names, asObject(c).text("filename"))
	}
	if !cmp.Equal(names, []string{"a.pdf", "b.pdf"}) {
		t.Errorf("the certificates are %v", got["certificates"])
	}
	if job := w.want(200, "GET", "/jobs/"+got.text("job"), "").object(t); job["purchase_order_contact_name"] != "Ann" {
		t.Errorf("the job is %v", job)
	}
	other := w.made("/trackers", `{"name":"Other"}`)
	otherSession := asObject(other["sessions"].([]any)[0]).text("id")
	for _, named := range []string{other.text("id"), otherSession} {
		if says := refused(t, w.upload(oneContractor, fields(text("tracker_id", named), text("tracker_session_id", session))), 400, "invalid_input"); !strings.Contains(says, `"tracker_session_id"`) {
			t.Errorf("the session of another tracker is told as %s", says)
		}
	}
	if a := w.upload(oneContractor, fields(text("tracker_id", tracker), text("tracker_session_id", session))); a.status != 201 {
		t.Errorf("a tracker with its own session answered %d %s", a.status, a.body)
	}
	again := w.upload(oneContractor, fields(text("tracker_id", session)))
	if o := again.object(t); again.status != 201 || o["contractor"] != got["contractor"] || o["assignment"] == got["assignment"] {
		t.Errorf("for the contractor who is known by now it answered %d %s", again.status, again.body)
	}
	for field, code := range map[string]string{"email": "invalid_input", "business_name": "invalid_input"} {
		var without []part
		for _, p := range fields(text("tracker_id", tracker)) {
			if p.name != field {
				without = append(without, p)
			}
		}
		if says := refused(t, w.upload(oneContractor, without), 400, code); !strings.Contains(says, field) {
			t.Errorf("without %s the refusal is %s", field, says)
		}
	}
}

func TestAnUploadWithAContractorForEachFile(t *testing.T) {
	w, tracker, _ := tracked(t)
	known := w.contractor("jane@example.com")
	metadata := `[{"filename":"b.pdf","contractor":{"email":"JANE@example.com","first_name":"Other","last_name":"Name","po_contact_name":"Ann"}},
		{"filename":"a.pdf","contractor":{"email":"john@example.com","first_name":"John","last_name":"Doe"}},
		{"filename":"a.pdf","contractor":{"email":"John@example.com"}},]`
	files := []part{pdf("certificates[]", "a.pdf"), pdf("certificates[]", "b.pdf"), pdf("certificates[]", "a.pdf")}
	a := w.upload(bulk, append(files, text("certificates_metadata", metadata), text("tracker_id", tracker)))
	if a.status != 201 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	list := a.object(t)["certificates"].([]any)
	first, second, third := asObject(list[0]), asObject(list[1]), asObject(list[2])
	if second["contractor"] != known || first["contractor"] == known || third["contractor"] != first["contractor"] || third["assignment"] != first["assignment"] ||
		a.object(t)["assignment"] != first["assignment"] {
		t.Errorf("the certificates are %v", list)
	}
	if jane := w.want(200, "GET", "/contractors/"+known, "").object(t); jane["first_name"] != "Jane" {
		t.Errorf("the metadata overwrote %v", jane)
	}
	says := refused(t, w.upload(bulk, append(files, text("certificates_metadata", `[{"filename":"a.pdf","contractor":{"email":"x@y.z"}}]`), text("tracker_id", tracker))), 400, "invalid_input")
	for _, name := range []string{`"b.pdf"`, `"a.pdf#2"`} {
		if !strings.Contains(says, name) {
			t.Errorf("the refusal does not name %s: %s", name, says)
		}
	}
}

func TestABulkUploadIsAllOrNothing(t *testing.T) {
	w, tracker, session := tracked(t, func(c *api.HandlersConfig) { c.Limits.BulkFiles = 10 })
	closed := w.made("/trackers/"+tracker+"/sessions", "").text("id")
	w.want(200, "DELETE", "/trackers/"+tracker+"/sessions/"+closed, "")
	short := w.made("/trackers/"+tracker+"/sessions", `{"expires_in":1}`).text("id")
	lonely := w.made("/trackers", `{"name":"x"}`)
	w.want(200, "DELETE", "/trackers/"+lonely.text("id")+"/sessions/"+asObject(lonely["sessions"].([]any)[0]).text("id"), "")
	w.now = w.now.Add(time.Minute)

	var ten []part
	for i := range 10 {
		ten = append(ten, pdf("certificates[]", fmt.Sprintf("c%d.pdf", i)))
	}
	spoiled := append([]part{}, ten...)
	spoiled[4].text = "GIF89a"
	twice := append([]part{}, ten...)
	twice[7].filename, twice[7].kind = "c4.pdf", "text/plain"
	good := ten[:2]
	id := text("tracker_id", tracker)
	meta := func(json string) part { return text("certificates_metadata", json) }
	for name, c := range map[string]struct {
		parts      []part
		code, says string
	}{
		"one bad file of ten":           {append(spoiled, id), "invalid_file_type", `{"c4.pdf":"The file is not a PDF`},
		"a bad file of a repeated name": {append(twice, id), "invalid_mime_type", `{"c4.pdf#2":`},
		"no files":                      {[]part{id}, "missing_certificates", "certificates[]"},
		"too many files":                {append(append([]part{}, ten...), ten[0], id), "invalid_input", "at most 10"},
		"no tracker":                    {good, "invalid_input", "tracker_id"},
		"an unknown tracker":            {append(good[:2:2], text("tracker_id", "tr_none")), "invalid_session_id", "tr_none"},
		"an id of another kind":         {append(good[:2:2], text("tracker_id", "cn_1")), "invalid_session_id", "cn_1"},
		"a closed session":              {append(good[:2:2], text("tracker_id", closed)), "invalid_session_id", closed},
		"an expired session":            {append(good[:2:2], text("tracker_id", short)), "session_expired", "expired"},
		"a tracker without open ones":   {append(good[:2:2], text("tracker_id", lonely.text("id"))), "invalid_session_id", lonely.text("id")},
		"metadata that is no JSON":      {append(good[:2:2], id, meta("[")), "invalid_input", "certificates_metadata"},
		"metadata that is no list":      {append(good[:2:2], id, meta("{}")), "invalid_input", "certificates_metadata"},
		"an entry without a file":       {append(good[:2:2], id, meta(`[{"filename":"x.pdf"}]`)), "invalid_input", `"x.pdf"`},
		"an entry too many":             {append(good[:2:2], id, meta(`[{"filename":"c0.pdf"},{"filename":"c0.pdf"}]`)), "invalid_input", `"c0.pdf"`},
		"an entry without a filename":   {append(good[:2:2], id, meta(`[{}]`)), "invalid_input", "certificates_metadata[0].filename"},
		"an unknown key":                {append(good[:2:2], id, meta(`[{"filename":"c0.pdf","nick":1}]`)), "invalid_input", "certificates_metadata[0].nick"},
		"an unknown key of contractor":  {append(good[:2:2], id, meta(`[{"filename":"c0.pdf","contractor":{"nick":"x"}}]`)), "invalid_input", "certificates_metadata[0].contractor.nick"},
		"an address that is none":       {append(good[:2:2], id, meta(`[{"filename":"c0.pdf","contractor":{"email":"x"}}]`)), "invalid_input", "contractor.email"},
		"an unknown requirement":        {append(good[:2:2], id, meta(`[{"filename":"c1.pdf","insurance_requirement_id":"req_1"}]`)), "no_insurance_requirement_found", `"c1.pdf"`},
		"an unknown field":              {append(good[:2:2], id, text("nick", "x")), "invalid_input", `"nick"`},
	} {
		if says := refused(t, w.upload(placeholders, c.parts), 400, c.code); !strings.Contains(says, c.says) {
			t.Errorf("%s: the refusal is %s", name, says)
		}
	}
	told := refused(t, w.upload(placeholders, append(append([]part{}, spoiled...), id, meta(`[{"filename":"c1.pdf","contractor":{"email":"x"}},
		{"filename":"c4.pdf","nick":1},{"filename":"x.pdf"}]`))), 400, "invalid_file_type")
	for _, want := range []string{`"c1.pdf":"certificates_metadata[0].contractor.email: Must be`, `"c4.pdf":"The file is not a PDF`,
		"certificates_metadata[1].nick: There is", `"x.pdf":"The metadata names`} {
		if !strings.Contains(told, want) {
			t.Errorf("of several faults %s is not told: %s", want, told)
		}
	}
	if n := w.stored(); n != 0 {
		t.Errorf("refused uploads left %d files", n)
	}
	for _, path := range []string{"/jobs", "/contractors", "/assignments", "/files/certificates"} {
		if got := w.want(200, "GET", path, "").ids(t); len(got) != 0 {
			t.Errorf("refused uploads left %v in %s", got, path)
		}
	}
	if got := w.started(); len(got) != 0 {
		t.Errorf("refused uploads started %v", got)
	}
	if a := w.upload(placeholders, append(good[:2:2], text("tracker_id", session))); a.status != 201 {
		t.Errorf("a good upload answered %d %s", a.status, a.body)
	}
}

func TestABulkUploadWithoutWorkersIsAcceptedAndMadeOnce(t *testing.T) {
	w, tracker, _ := tracked(t)
	w.starter.provision = func(context.Context, *schema.Job) error { return errors.New("no worker") }
	parts := []part{pdf("certificates[]", "a.pdf"), pdf("certificates[]", "b.pdf"), text("tracker_id", tracker)}
	send := func() answer { return w.upload(placeholders, parts, "Idempotency-Key: k") }
	first := send()
	job := first.object(t).text("job")
	if first.status != 202 || first.header.Get("Location") != "/api/v1/jobs/"+job || first.header.Get("Retry-After") == "" {
		t.Fatalf("answered %d %s with %v", first.status, first.body, first.header)
	}
	if again := send(); again.status != 202 || again.object(t).text("job") != job || again.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("repeated at once it answered %d %s", again.status, again.body)
	}
	refused(t, w.upload(placeholders, parts[1:], "Idempotency-Key: k"), 422, "idempotency_mismatch")
	refused(t, w.upload(bulk, parts, "Idempotency-Key: k"), 422, "idempotency_mismatch")
	refused(t, w.do("POST", "/contractors", `{"email":"a@b.c","first_name":"A","last_name":"B"}`, "Idempotency-Key: k"), 422, "idempotency_mismatch")
	if a := w.send(w.key, "POST", placeholders, strings.NewReader("no parts"), "Content-Type: multipart/form-data; boundary=b", "Idempotency-Key: k"); a.status != 400 {
		t.Errorf("a body without parts was answered %d %s", a.status, a.body)
	}
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		j, err := schema.GetJob(ctx, tx, job)
		if err != nil {
			return err
		}
		return w.provisions(ctx, j)
	})
	made, again := send(), send()
	if made.status != 201 || made.header.Get("Idempotent-Replayed") != "true" || made.object(t).text("job") != job || !bytes.Equal(made.body, again.body) {
		t.Errorf("later it answered %d %s, then %s", made.status, made.body, again.body)
	}
	refused(t, w.upload(placeholders, parts[1:], "Idempotency-Key: k"), 422, "idempotency_mismatch")
	if got := w.want(200, "GET", "/jobs", "").ids(t); !cmp.Equal(got, []string{job}) {
		t.Errorf("the jobs are %v", got)
	}
	if n := w.stored(); n != 2 {
		t.Errorf("%d files are stored", n)
	}
}

func TestBulkUploadsWithOneKeyAtTheSameMomentMakeOneJob(t *testing.T) {
	w, tracker, _ := tracked(t)
	parts := []part{pdf("certificates[]", "a.pdf"), pdf("certificates[]", "b.pdf"), text("tracker_id", tracker)}
	var several sync.WaitGroup
	answers := make([]answer, 6)
	for i := range answers {
		several.Go(func() { answers[i] = w.upload(placeholders, parts, "Idempotency-Key: k") })
	}
	several.Wait()
	last := w.upload(placeholders, parts, "Idempotency-Key: k")
	job, first := last.object(t).text("job"), 0
	if last.status != 201 || last.header.Get("Idempotent-Replayed") != "true" || job == "" {
		t.Fatalf("afterwards it answered %d %s", last.status, last.body)
	}
	for _, a := range answers {
		switch o := a.object(t); {
		case a.status == 201 && o.text("job") == job:
			if a.header.Get("Idempotent-Replayed") == "" {
				first++
			}
		case a.status == 202 && o.text("job") == job:
		case a.status == 409 && o["error_code"] == "idempotency_conflict":
		default:
			t.Errorf("one of several answered %d %s, want that it made or awaits %s, or a conflict", a.status, a.body, job)
		}
	}
	if first != 1 {
		t.Errorf("%d of several made the job, want one", first)
	}
	if got := w.want(200, "GET", "/jobs", "").ids(t); !cmp.Equal(got, []string{job}) {
		t.Errorf("the jobs are %v, want %s", got, job)
	}
	if n := w.stored(); n != 2 {
		t.Errorf("%d files are stored, want those of one upload", n)
	}
}

func TestABulkUploadThatIsRepeatedWhileItIsAwaitedNamesItsJob(t *testing.T) {
	w, tracker, _ := tracked(t)
	parts := []part{pdf("certificates[]", "a.pdf"), text("tracker_id", tracker)}
	w.starter.provision = func(ctx context.Context, j *schema.Job) error {
		if a := w.upload(placeholders, parts, "Idempotency-Key: k"); a.status != 202 || a.object(t).text("job") != j.ID {
			t.Errorf("meanwhile it answered %d %s, want 202 with %s", a.status, a.body, j.ID)
		}
		return w.provisions(ctx, j)
	}
	if a := w.upload(placeholders, parts, "Idempotency-Key: k"); a.status != 201 {
		t.Errorf("answered %d %s", a.status, a.body)
	}
	if got := w.want(200, "GET", "/jobs", "").ids(t); len(got) != 1 {
		t.Errorf("the jobs are %v, want one", got)
	}
}

func TestABulkUploadWhoseClientVanishesIsMadeOnceOrNotAtAll(t *testing.T) {
	w, tracker, _ := tracked(t)
	address := serve(t, w)
	parts := []part{pdf("certificates[]", "a.pdf"), pdf("certificates[]", "b.pdf"), text("tracker_id", tracker)}
	// post sends a body until it was answered or ctx ends.
	post := func(ctx context.Context, body io.Reader, kind string) {
		r, err := http.NewRequestWithContext(ctx, "POST", "http://"+address+"/api/v1"+placeholders, body)
		if err != nil {
			t.Error(err)
			return
		}
		r.SetBasicAuth(w.key, "")
		name, value, _ := strings.Cut(kind, ": ")
		r.Header.Set(name, value)
		r.Header.Set("Idempotency-Key", "k")
		if response, err := http.DefaultClient.Do(r); err == nil {
			_ = response.Body.Close()
		}
	}
	t.Run("while it sends", func(t *testing.T) {
		ctx, vanish := context.WithCancel(t.Context())
		whole, kind := form(t, parts...)
		text, err := io.ReadAll(whole)
		if err != nil {
			t.Fatal(err)
		}
		body, sending := io.Pipe()
		go func() {
			defer func() {
				vanish()
				_ = sending.CloseWithError(context.Canceled) // or the client waits for more to send
			}()
			_, _ = sending.Write(text[:len(text)-100]) // both files, and not the end
			for deadline := time.Now().Add(30 * time.Second); w.stored() < 2; runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Errorf("%d files were stored while the client sent, want 2", w.stored())
					return
				}
			}
		}()
		post(ctx, body, kind)
		for deadline := time.Now().Add(30 * time.Second); w.stored() > 0; runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d files are stored", w.stored())
			}
		}
		if got := w.want(200, "GET", "/jobs", "").ids(t); len(got) != 0 {
			t.Errorf("it left the jobs %v", got)
		}
	})
	t.Run("while it waits for the answer", func(t *testing.T) {
		ctx, vanish := context.WithCancel(t.Context())
		gone, over := make(chan struct{}), make(chan struct{})
		w.starter.provision = func(ctx context.Context, j *schema.Job) error {
			defer close(over)
			vanish()
			<-gone
			return w.provisions(ctx, j)
		}
		// The key may still be held by the request that broke off.
		go func() {
			defer close(gone)
			for deadline := time.Now().Add(30 * time.Second); ctx.Err() == nil && time.Now().Before(deadline); {
				body, kind := form(t, parts...)
				post(ctx, body, kind)
			}
		}()
		if <-gone; ctx.Err() == nil {
			t.Fatal("its upload was not taken within 30 s")
		}
		<-over
		a := w.upload(placeholders, parts, "Idempotency-Key: k")
		if a.status != 201 || a.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("repeated it answered %d %s, want what was made without the client", a.status, a.body)
		}
		if got := w.want(200, "GET", "/jobs", "").ids(t); len(got) != 1 {
			t.Errorf("the jobs are %v, want one", got)
		}
	})
}
