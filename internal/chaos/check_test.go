package chaos

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/secret"
	"certflow/internal/webhook"
)

const (
	account = "acct_1"
	signing = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
)

// world is what is left of a run in which all went well: a single upload that was repeated after its API had been killed, a batch of two files,
// one of which no client came back for, and the file that the killed API had taken.
func world(t *testing.T) *World {
	t.Helper()
	w := &World{Endpoints: []Endpoint{{ID: "whe_1", Account: account, Path: "/" + account, Secret: signing}}, Blobs: map[string]Blob{}, Constraints: 40}
	single := sentOf("key-single", false, Want{Status: "approved"}, "single.pdf")
	single.Answers = append([]Answer{{Fault: "connection reset"}}, single.Answers...)
	batch := sentOf("key-batch", true, Want{Status: "flagged", Failed: []string{"CGL Limits"}}, "a.pdf", "b.pdf")
	gone := sentOf("key-gone", false, Want{Status: "error", Error: "unreadable"}, "gone.pdf")
	gone.Abandoned, gone.Answers = true, []Answer{{Fault: "hung up"}}
	w.Uploads = []*Upload{single, batch, gone}
	w.Contractors = []Contractor{{ID: "cn_1", Account: account, Email: "a@example.com"}}
	w.Assignments = []Assignment{{ID: "an_1", Account: account, Contractor: "cn_1", Job: "jb_key-batch"}}
	for _, u := range w.Uploads {
		key := Key{Account: account, Key: u.Key, Status: http.StatusCreated}
		if u.Bulk {
			job := "jb_" + u.Key
			key.Job, key.Status = job, 0
			w.Jobs = append(w.Jobs, Job{ID: job, Account: account, Status: "completed", Files: []string{"a.pdf", "b.pdf"}, Answered: true})
			w.Workflows = append(w.Workflows, Workflow{ID: job, Type: "BulkReview", Status: completed})
			w.tell(t, "job.completed", fmt.Sprintf(`{"id":%q,"status":"completed"}`, job), job)
		}
		w.Keys = append(w.Keys, key)
		for _, f := range u.Files {
			w.review(t, u, f)
		}
	}
	w.Blobs["2026-11-23/acct_1/ci_killed.pdf"] = Blob{SHA256: single.Files[0].SHA256, Size: 10}
	w.Blobs["2026-11-23/acct_1/ci_half.pdf.18eab090f6e9f13d.tmp"] = Blob{SHA256: "half", Size: 3}
	w.Blobs["2026-11-23/probe/X.pdf"] = Blob{SHA256: "zeros", Size: 3}
	return w
}

// sentOf is an upload that was answered with 201.
func sentOf(key string, bulk bool, want Want, names ...string) *Upload {
	u := &Upload{Key: key, Account: account, Bulk: bulk}
	a := Answer{Status: http.StatusCreated, Certificates: map[string]string{}}
	if bulk {
		a.Job = "jb_" + key
	}
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		u.Files = append(u.Files, File{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: 10, Want: want})
		a.Certificates[name] = "ci_" + name
	}
	u.Answers = []Answer{a, a}
	return u
}

// review adds a certificate that ended as its file deserves.
func (w *World) review(t *testing.T, u *Upload, f File) {
	id := "ci_" + f.Name
	c := Certificate{ID: id, Account: account, Contractor: "cn_1", Filename: f.Name, Status: f.Want.Status, BlobKey: "2026-11-23/acct_1/" + id + ".pdf",
		SHA256: f.SHA256, Size: f.Size, Evaluation: 1, Finished: true}
	if u.Bulk {
		c.Job, c.Assignment, c.InJob = "jb_"+u.Key, "an_1", true
	}
	w.Certificates = append(w.Certificates, c)
	w.Blobs[c.BlobKey] = Blob{SHA256: f.SHA256, Size: f.Size}
	w.Blobs["2026-11-23/acct_1/"+id+".trimmed.pdf"] = Blob{SHA256: "trimmed " + id, Size: 5}
	w.Parses = append(w.Parses, Parse{Certificate: id, Evaluation: 1})
	w.Audits = append(w.Audits, Audit{ID: "ca_" + f.Name, Account: account, Certificate: id, Status: f.Want.Status, Error: f.Want.Error, Evaluation: 1})
	if f.Want.Status != "error" {
		for i, rule := range []string{"CGL Limits", nameRule} {
			result := "pass"
			if slices.Contains(f.Want.Failed, rule) {
				result = "fail"
			}
			w.Results = append(w.Results, Result{Audit: "ca_" + f.Name, Rule: rule, Result: result, Position: i})
		}
	}
	w.Workflows = append(w.Workflows, Workflow{ID: "certificate/" + account + "/" + id, Type: "ReviewCertificate", Status: completed})
	w.tell(t, "certificate."+f.Want.Status, fmt.Sprintf(`{"id":%q,"status":%q,"filename":%q}`, id, f.Want.Status, f.Name), id)
}

// tell adds an event that was delivered at the second attempt: the product signs it here, and the checker has to agree.
func (w *World) tell(t *testing.T, kind, object, about string) {
	t.Helper()
	id := "evt_" + about
	w.Events = append(w.Events, Event{ID: id, Account: account, Type: kind, Object: about})
	w.Deliveries = append(w.Deliveries, Delivery{ID: "del_" + about, Account: account, Event: id, Endpoint: "whe_1", Status: "succeeded", Attempts: 2, Recorded: 2})
	w.Workflows = append(w.Workflows, Workflow{ID: "delivery/del_" + about, Type: "DeliverWebhook", Status: completed})
	body := fmt.Sprintf(`{"id":%q,"type":%q,"created":1,"data":{"object":%s}}`, id, kind, object)
	for _, answered := range []int{500, 200} {
		a := Arrival{At: time.Now(), Path: "/" + account, Header: map[string]string{}, Body: body, Answered: answered}
		header, err := webhook.Sign(webhook.Message{ID: id, SentAt: a.At, Body: []byte(body)}, []webhook.Secret{{Text: secret.NewText(signing)}})
		if err != nil {
			t.Fatal(err)
		}
		for name := range header {
			a.Header[strings.ToLower(name)] = header.Get(name)
		}
		w.Arrivals = append(w.Arrivals, a)
	}
}

func TestAWorldInWhichAllWentWellHasNothingWrong(t *testing.T) {
	t.Parallel()
	got := Check(world(t))
	if len(got.Violations) > 0 {
		t.Errorf("%v", got.Violations)
	}
	want := []string{
		"2026-11-23/acct_1/ci_half.pdf.18eab090f6e9f13d.tmp: the file was being written when its API was killed",
		"2026-11-23/acct_1/ci_killed.pdf: of single.pdf, of whose 3 tries 1 failed",
		"2026-11-23/probe/X.pdf: the store was being tried when its API was killed",
	}
	if diff := cmp.Diff(want, got.Leftover); diff != "" {
		t.Errorf("leftover (-want +got):\n%s", diff)
	}
	for _, c := range got.Checked {
		if c.N == 0 {
			t.Errorf("0 %s: the rule looked at nothing", c.What)
		}
	}
}

// Each doctored world breaks one promise; the rule that it breaks has to be named. What follows from it may be named beside it.
func TestEachBrokenPromiseIsNamed(t *testing.T) {
	t.Parallel()
	const about = "ci_single.pdf"
	for name, c := range map[string]struct {
		rule   string
		doctor func(w *World)
	}{
		"a client without an answer":               {"unanswered", func(w *World) { w.Uploads[0].Answers = w.Uploads[0].Answers[:1] }},
		"a client that was refused":                {"refused", func(w *World) { w.Uploads[0].Answers[0].Status = 400 }},
		"a conflict of another kind":               {"refused", func(w *World) { w.Uploads[0].Answers[0] = Answer{Status: 409, Code: "invalid_state"} }},
		"a client that was told of a fault":        {"fault", func(w *World) { w.Uploads[0].Answers[0] = Answer{Status: 500, Code: "general_error"} }},
		"a second answer with another id":          {"two answers", func(w *World) { w.Uploads[0].Answers[2].Certificates = map[string]string{"single.pdf": "ci_other"} }},
		"a second answer with another job":         {"two answers", func(w *World) { w.Uploads[1].Answers[1].Job = "jb_other" }},
		"an answer that names another certificate": {"other answer", func(w *World) { w.Certificates[0].ID = "ci_other" }},
		"a 202 that names another job":             {"other answer", func(w *World) { w.Uploads[1].Answers[0] = Answer{Status: 202, Job: "jb_other"} }},
		"a certificate that is gone":               {"lost", func(w *World) { w.Certificates = w.Certificates[1:] }},
		"a certificate of a batch that is gone":    {"lost", func(w *World) { w.Certificates = slices.Delete(w.Certificates, 1, 2) }},
		"a job that is gone":                       {"lost", func(w *World) { w.Jobs = nil }},
		"a job that was accepted and is gone":      {"lost", func(w *World) { w.Jobs = nil; w.Uploads[1].Answers = []Answer{{Status: 202, Job: "jb_key-batch"}} }},
		"a certificate that was deleted":           {"lost", func(w *World) { w.Certificates[0].Deleted = true }},
		"a certificate of a batch outside of it":   {"lost", func(w *World) { w.Certificates[1].InJob = false }},
		"two certificates of one file": {"made twice", func(w *World) {
			twin := w.Certificates[0]
			twin.ID = "ci_twin"
			w.Certificates = append(w.Certificates, twin)
		}},
		"two certificates of an abandoned file": {"made twice", func(w *World) {
			twin := w.Certificates[3]
			twin.ID = "ci_twin"
			w.Certificates = append(w.Certificates, twin)
		}},
		"two jobs of one batch": {"made twice", func(w *World) { twin := w.Jobs[0]; twin.ID = "jb_twin"; w.Jobs = append(w.Jobs, twin) }},
		"two contractors with one address": {"made twice", func(w *World) {
			w.Contractors = append(w.Contractors, Contractor{ID: "cn_2", Account: account, Email: "A@example.com"})
		}},
		"a certificate that nobody sent":      {"invented", func(w *World) { w.Certificates[3].Filename = "nobody.pdf" }},
		"a key that nobody used":              {"invented", func(w *World) { w.Keys = append(w.Keys, Key{Account: account, Key: "nobody"}) }},
		"a row with other bytes":              {"other contents", func(w *World) { w.Certificates[0].SHA256 = w.Certificates[1].SHA256 }},
		"a blob with other bytes":             {"other contents", func(w *World) { w.Blobs[w.Certificates[0].BlobKey] = w.Blobs[w.Certificates[1].BlobKey] }},
		"a blob that is gone":                 {"no blob", func(w *World) { delete(w.Blobs, w.Certificates[0].BlobKey) }},
		"one blob of two certificates":        {"blob", func(w *World) { w.Certificates[0].BlobKey = w.Certificates[1].BlobKey }},
		"a certificate that is processing":    {"stuck", func(w *World) { w.Certificates[0].Status, w.Certificates[0].Finished = "processing", false }},
		"a job that is running":               {"stuck", func(w *World) { w.Jobs[0].Status = "running" }},
		"a workflow that is running":          {"stuck", func(w *World) { w.Workflows[0].Status = running }},
		"an audit that is missing":            {"not one audit", func(w *World) { w.Audits = w.Audits[1:] }},
		"two audits":                          {"not one audit", func(w *World) { w.Audits = append(w.Audits, w.Audits[0]) }},
		"an audit that says something else":   {"other audit", func(w *World) { w.Audits[0].Status = "flagged" }},
		"an audit without results":            {"other audit", func(w *World) { w.Results = w.Results[2:] }},
		"a bad certificate that was approved": {"wrong verdict", func(w *World) { w.approve(1) }},
		"a good certificate that was flagged": {"wrong verdict", func(w *World) { w.Uploads[0].Files[0].Want = Want{Status: "flagged", Failed: []string{nameRule}} }},
		"a file with another error":           {"wrong verdict", func(w *World) { w.Audits[3].Error = "internal" }},
		"a key without its answer":            {"key forgotten", func(w *World) { w.Keys[0].Status = 0 }},
		"a key without its job":               {"key forgotten", func(w *World) { w.Keys[1].Job = "" }},
		"a key that is gone":                  {"key forgotten", func(w *World) { w.Keys = w.Keys[1:] }},
		"a review that failed": {"workflow", func(w *World) {
			w.Workflows = append(w.Workflows, Workflow{ID: "x", Type: "ReviewCertificate", Status: "Failed"})
		}},
		"a certificate without a review":          {"workflow", func(w *World) { w.Workflows = without(w.Workflows, "certificate/acct_1/"+about) }},
		"a job without a workflow":                {"workflow", func(w *World) { w.Workflows = without(w.Workflows, "jb_key-batch") }},
		"a verdict without an event":              {"not one event", func(w *World) { w.Events = w.Events[1:] }},
		"a verdict with two events":               {"not one event", func(w *World) { e := w.Events[0]; e.ID = "evt_twin"; w.Events = append(w.Events, e) }},
		"a verdict with the event of another":     {"not one event", func(w *World) { w.Events[0].Type = "certificate.denied" }},
		"an event without a delivery":             {"not one delivery", func(w *World) { w.Deliveries = w.Deliveries[1:] }},
		"an event with two deliveries":            {"not one delivery", func(w *World) { w.Deliveries = append(w.Deliveries, w.Deliveries[0]) }},
		"a delivery that is pending":              {"undelivered", func(w *World) { w.Deliveries[0].Status = "pending" }},
		"an attempt that was not written down":    {"undelivered", func(w *World) { w.Deliveries[0].Recorded = 1 }},
		"an event that never came in":             {"not told", func(w *World) { w.Arrivals = w.Arrivals[2:] }},
		"an event that the receiver never took":   {"not told", func(w *World) { w.Arrivals[1].Answered = 500 }},
		"one verdict under two event ids":         {"two event ids", func(w *World) { w.again("evt_twin") }},
		"a webhook of an event that is not there": {"webhook", func(w *World) { w.again("evt_nobody"); w.Events = w.Events[:len(w.Events)-1] }},
		"a webhook at another account's endpoint": {"webhook", func(w *World) { w.Arrivals[0].Path = "/acct_2" }},
		"a webhook that says something else":      {"webhook", func(w *World) { w.Certificates[0].Status = "flagged" }},
		"a webhook whose id is not its body's":    {"webhook", func(w *World) { w.Arrivals[0].Header["webhook-id"] = "evt_other" }},
		"a webhook with a doctored body":          {"signature", func(w *World) { w.Arrivals[0].Body += " " }},
		"a webhook with one signature":            {"signature", func(w *World) { delete(w.Arrivals[0].Header, "ten99policy-signature") }},
		"a webhook that was signed long ago":      {"signature", func(w *World) { w.Arrivals[0].At = w.Arrivals[0].At.Add(time.Hour) }},
		"a row that refers to none":               {"orphan", func(w *World) { w.Dangling = map[string]int{"audits → certificates": 1} }},
		"an audit of a certificate that is not":   {"orphan", func(w *World) { w.Audits = append(w.Audits, Audit{ID: "ca_x", Certificate: "ci_x"}) }},
		"an event of a certificate that is not": {"orphan", func(w *World) {
			w.Events = append(w.Events, Event{ID: "evt_x", Type: "certificate.processing", Object: "ci_x"})
		}},
		"a parse of a certificate that is not":      {"orphan", func(w *World) { w.Parses = append(w.Parses, Parse{Certificate: "ci_x", Evaluation: 1}) }},
		"an assignment without a certificate":       {"orphan", func(w *World) { w.Assignments = append(w.Assignments, Assignment{ID: "an_2", Contractor: "cn_1"}) }},
		"a contractor without a certificate":        {"orphan", func(w *World) { w.Contractors = append(w.Contractors, Contractor{ID: "cn_2", Email: "b@example.com"}) }},
		"a job without files":                       {"orphan", func(w *World) { w.Jobs = append(w.Jobs, Job{ID: "jb_x", Status: "completed", Answered: true}) }},
		"a blob that nobody sent":                   {"blob", func(w *World) { w.Blobs["2026-11-23/acct_1/ci_x.pdf"] = Blob{SHA256: "x", Size: 1} }},
		"a second blob of an upload that went well": {"blob", func(w *World) { w.Blobs["2026-11-23/acct_1/ci_x.pdf"] = w.Blobs[w.Certificates[1].BlobKey] }},
		"trimmed pages without a certificate":       {"blob", func(w *World) { w.Blobs["2026-11-23/acct_1/ci_x.trimmed.pdf"] = Blob{SHA256: "x", Size: 1} }},
		"a part that is not healthy":                {"ill", func(w *World) { w.Ill = []string{"api-1 does not answer"} }},
		"something that has not ended in time":      {"late", func(w *World) { w.Late = "1 jobs" }},
		"a panic in a log":                          {"crash", func(w *World) { w.Crashes = []string{"worker-1: panic: x"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t)
			c.doctor(w)
			got := Check(w).Violations
			if !slices.ContainsFunc(got, func(v Violation) bool { return v.Rule == c.rule }) {
				t.Errorf("%q is not named in %v", c.rule, got)
			}
		})
	}
}

// approve lets a flagged certificate be approved throughout.
func (w *World) approve(at int) {
	w.Certificates[at].Status, w.Audits[at].Status = "approved", "approved"
	for i := range w.Results {
		if w.Results[i].Audit == w.Audits[at].ID {
			w.Results[i].Result = "pass"
		}
	}
}

// again lets the first event come in under another id as well.
func (w *World) again(id string) {
	e := w.Events[0]
	e.ID = id
	w.Events = append(w.Events, e)
	a := w.Arrivals[1]
	a.Header = map[string]string{"webhook-id": id}
	a.Body = strings.Replace(a.Body, w.Events[0].ID, id, 1)
	w.Arrivals = append(w.Arrivals, a)
}

func without(all []Workflow, id string) []Workflow {
	return slices.DeleteFunc(all, func(w Workflow) bool { return w.ID == id })
}

func TestASecretThatIsNoneIsSaid(t *testing.T) {
	t.Parallel()
	a := Arrival{At: time.Now(), Header: map[string]string{"webhook-timestamp": "1"}}
	for _, secret := range []string{"whsec_!", signing, "whsec_" + base64.StdEncoding.EncodeToString([]byte("other"))} {
		if verify(a, secret) == nil {
			t.Errorf("%s verifies what nobody signed", secret)
		}
	}
}
