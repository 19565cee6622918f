package chaos

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Violation is something that is not as promised: the rule's name, what it is about, and what is wrong.
type Violation struct{ Rule, About, Wrong string }

// String is one line.
func (v Violation) String() string { return v.Rule + ": " + v.About + ": " + v.Wrong }

// Verdict is what the checker says of a world.
type Verdict struct {
	Violations []Violation
	Checked    []Count // how many things each rule looked at
	// Leftover are uploads that nothing refers to and the sweep will remove after a day, each with the request that left it.
	Leftover []string
}

// Count is a number with what it counts.
type Count struct {
	What string
	N    int
}

// checker collects what is wrong with a world.
type checker struct {
	*World
	out Verdict

	byName  map[string][]*Certificate // by account and file name
	byID    map[string]*Certificate
	audits  map[string][]*Audit // by certificate
	results map[string][]Result // by audit
	events  map[string][]*Event // by object
	sent    map[string]*sentFile
}

// sentFile is a file with the upload that it was part of.
type sentFile struct {
	File
	upload *Upload
}

// Check applies every rule to a world.
func Check(w *World) Verdict {
	c := &checker{World: w, byName: map[string][]*Certificate{}, byID: map[string]*Certificate{}, audits: map[string][]*Audit{},
		results: map[string][]Result{}, events: map[string][]*Event{}, sent: map[string]*sentFile{}}
	c.index()
	c.answers()
	c.certificates()
	c.verdicts()
	c.jobs()
	c.keys()
	c.workflows()
	c.deliveries()
	c.webhooks()
	c.rows()
	c.blobs()
	c.processes()
	return c.out
}

func (c *checker) index() {
	for i := range c.Certificates {
		row := &c.Certificates[i]
		c.byID[row.ID] = row
		name := row.Account + "/" + row.Filename
		c.byName[name] = append(c.byName[name], row)
	}
	for i := range c.Audits {
		a := &c.Audits[i]
		c.audits[a.Certificate] = append(c.audits[a.Certificate], a)
	}
	for _, r := range c.Results {
		c.results[r.Audit] = append(c.results[r.Audit], r)
	}
	for i := range c.Events {
		e := &c.Events[i]
		c.events[e.Object] = append(c.events[e.Object], e)
	}
	for _, u := range c.Uploads {
		for _, f := range u.Files {
			c.sent[u.Account+"/"+f.Name] = &sentFile{f, u}
		}
	}
}

func (c *checker) wrong(rule, about, format string, args ...any) {
	c.out.Violations = append(c.out.Violations, Violation{rule, about, fmt.Sprintf(format, args...)})
}

func (c *checker) count(n int, what string) { c.out.Checked = append(c.out.Checked, Count{what, n}) }

// answers: every client that asked got its 201, was refused nothing, was told of no fault of the service, and of the same things each time. The
// documentation has clients repeat a 500 too, but whatever breaks around the API is a 503: a 500 is a bug.
func (c *checker) answers() {
	n := 0
	for _, u := range c.Uploads {
		var first *Answer
		for i := range u.Answers {
			a := &u.Answers[i]
			n++
			if !a.again() && a.Status != http.StatusCreated {
				c.wrong("refused", u.Key, "an upload that is in order was answered %d %s %s", a.Status, a.Code, a.Fault)
			}
			if a.Status == http.StatusInternalServerError {
				c.wrong("fault", u.Key, "%s answered 500 %s", a.API, a.Code)
			}
			if a.Status != http.StatusCreated {
				continue
			}
			if first == nil {
				first = a
			}
			if !maps.Equal(first.Certificates, a.Certificates) || first.Job != a.Job {
				c.wrong("two answers", u.Key, "first %v of %q, then %v of %q", first.Certificates, first.Job, a.Certificates, a.Job)
			}
		}
		if first == nil && !u.Abandoned {
			last := "nothing"
			if len(u.Answers) > 0 {
				a := u.Answers[len(u.Answers)-1]
				last = fmt.Sprintf("%d %s %s", a.Status, a.Code, a.Fault)
			}
			c.wrong("unanswered", u.Key, "%d tries came to no 201; the last was answered %s", len(u.Answers), last)
		}
	}
	c.count(n, "answers to clients")
}

// certificates: each file of an answered upload is one certificate, the one that the answer names, with the bytes that were sent; a file of an
// abandoned upload is one at most; no other exists.
func (c *checker) certificates() {
	for name, f := range c.sent {
		made := c.byName[name]
		switch {
		case len(made) > 1:
			c.wrong("made twice", f.Name, "%d certificates are of this file: %s", len(made), ids(made))
		case len(made) == 0 && f.upload.Answered():
			c.wrong("lost", f.Name, "the upload was answered with 201 and there is no certificate")
		case len(made) == 0:
			continue
		}
		for _, a := range f.upload.Answers {
			if a.Status == http.StatusCreated && len(made) == 1 && a.Certificates[f.Name] != made[0].ID {
				c.wrong("other answer", f.Name, "the answer names %q and the certificate is %s", a.Certificates[f.Name], made[0].ID)
			}
		}
		for _, row := range made {
			if row.SHA256 != f.SHA256 || row.Size != f.Size {
				c.wrong("other contents", row.ID, "the row has %d bytes %.12s and %d bytes %.12s were sent", row.Size, row.SHA256, f.Size, f.SHA256)
			}
		}
	}
	for i := range c.Certificates {
		row := &c.Certificates[i]
		if c.sent[row.Account+"/"+row.Filename] == nil {
			c.wrong("invented", row.ID, "nobody sent %s", row.Filename)
		}
		if blob, ok := c.Blobs[row.BlobKey]; !ok {
			c.wrong("no blob", row.ID, "%s is not in the store", row.BlobKey)
		} else if blob.SHA256 != row.SHA256 {
			c.wrong("other contents", row.ID, "the blob is %.12s and the row says %.12s", blob.SHA256, row.SHA256)
		}
		if !row.Finished || !slices.Contains([]string{"approved", "flagged", "denied", "error"}, row.Status) {
			c.wrong("stuck", row.ID, "the certificate is still %s", row.Status)
		}
		if row.Deleted {
			c.wrong("lost", row.ID, "the certificate was deleted")
		}
	}
	c.count(len(c.sent), "files sent")
	c.count(len(c.Certificates), "certificates, with their bytes")
}

func ids(rows []*Certificate) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.ID)
	}
	return strings.Join(all, ", ")
}

// verdicts: each certificate has one audit, which says what the file deserves.
func (c *checker) verdicts() {
	bad := 0
	for i := range c.Certificates {
		row := &c.Certificates[i]
		audits := c.audits[row.ID]
		if len(audits) != 1 {
			c.wrong("not one audit", row.ID, "it has %d audits", len(audits))
			continue
		}
		a := audits[0]
		if a.Status != row.Status || a.Evaluation != row.Evaluation || a.Account != row.Account {
			c.wrong("other audit", row.ID, "the certificate is %s in evaluation %d and its audit %s in %d", row.Status, row.Evaluation, a.Status, a.Evaluation)
		}
		f := c.sent[row.Account+"/"+row.Filename]
		if f == nil {
			continue
		}
		if f.Want.Status != "approved" {
			bad++
		}
		got := Want{Status: a.Status, Error: a.Error}
		for _, r := range c.results[a.ID] {
			if r.Result != "pass" {
				got.Failed = append(got.Failed, r.Rule)
			}
		}
		if got.Status != f.Want.Status || got.Error != f.Want.Error || !slices.Equal(got.Failed, f.Want.Failed) {
			c.wrong("wrong verdict", row.ID, "%s ended as %s %s %q and deserves %s %s %q", f.Name, got.Status, got.Error, got.Failed,
				f.Want.Status, f.Want.Error, f.Want.Failed)
		}
		if (a.Status == "error") != (len(c.results[a.ID]) == 0) {
			c.wrong("other audit", a.ID, "an audit that is %s has %d results", a.Status, len(c.results[a.ID]))
		}
	}
	c.count(len(c.Audits), "verdicts")
	c.count(bad, "of them for files that must not be approved")
}

// jobs: each answered bulk upload is one job, which completed; one that was abandoned is one at most.
func (c *checker) jobs() {
	byFile := map[string][]*Job{}
	for i := range c.Jobs {
		j := &c.Jobs[i]
		if j.Status != "completed" || !j.Answered {
			c.wrong("stuck", j.ID, "the job is %s %s", j.Status, j.Fault)
		}
		if len(j.Files) == 0 {
			c.wrong("orphan", j.ID, "a job without files")
			continue
		}
		byFile[j.Account+"/"+j.Files[0]] = append(byFile[j.Account+"/"+j.Files[0]], j)
		for _, name := range j.Files {
			made := c.byName[j.Account+"/"+name]
			if len(made) != 1 || made[0].Job != j.ID || !made[0].InJob {
				c.wrong("lost", j.ID, "%s of its plan is %d certificates of the job", name, len(made))
			}
		}
	}
	n := 0
	for _, u := range c.Uploads {
		if !u.Bulk {
			continue
		}
		n++
		made := byFile[u.Account+"/"+u.Files[0].Name]
		switch {
		case len(made) > 1:
			c.wrong("made twice", u.Key, "%d jobs are of this upload", len(made))
		case len(made) == 0 && u.accepted():
			c.wrong("lost", u.Key, "the upload was accepted and there is no job")
		case len(made) == 1:
			for _, a := range u.Answers {
				if a.Job != "" && a.Job != made[0].ID {
					c.wrong("other answer", u.Key, "the answer names %s and the job is %s", a.Job, made[0].ID)
				}
			}
		}
	}
	c.count(n, "bulk uploads")
}

// accepted reports whether a client was told that its upload is safe.
func (u *Upload) accepted() bool {
	return slices.ContainsFunc(u.Answers, func(a Answer) bool { return a.Status == http.StatusCreated || a.Status == http.StatusAccepted })
}

// keys: a key that was answered has its answer kept, and none keeps what nobody sent.
func (c *checker) keys() {
	kept := map[string]*Key{}
	for i := range c.Keys {
		kept[c.Keys[i].Account+"/"+c.Keys[i].Key] = &c.Keys[i]
	}
	sent := map[string]bool{}
	for _, u := range c.Uploads {
		name := u.Account + "/" + u.Key
		sent[name] = true
		k := kept[name]
		switch {
		case u.Answered() && k == nil:
			c.wrong("key forgotten", u.Key, "the upload was answered and its key is not kept")
		case u.Answered() && !u.Bulk && k.Status != http.StatusCreated:
			c.wrong("key forgotten", u.Key, "the upload was answered and its key keeps %d", k.Status)
		case u.Answered() && u.Bulk && k.Job == "":
			c.wrong("key forgotten", u.Key, "the upload was answered and its key keeps no job")
		}
	}
	for name, k := range kept {
		if !sent[name] {
			c.wrong("invented", k.Key, "nobody used this key")
		}
	}
	c.count(len(c.Keys), "idempotency keys")
}

// workflows: none runs, none failed, and each certificate, job and delivery had one that completed.
func (c *checker) workflows() {
	done := map[string]bool{}
	for _, w := range c.Workflows {
		switch w.Status {
		case completed:
			done[w.ID] = true
		case running:
			c.wrong("stuck", w.ID, "%s is still running", w.Type)
		case "ContinuedAsNew":
		default:
			c.wrong("workflow", w.ID, "%s is %s", w.Type, w.Status)
		}
	}
	for _, row := range c.Certificates {
		if !done["certificate/"+row.Account+"/"+row.ID] {
			c.wrong("workflow", row.ID, "no review of it completed")
		}
	}
	for _, j := range c.Jobs {
		if !done[j.ID] {
			c.wrong("workflow", j.ID, "no workflow of it completed")
		}
	}
	c.count(len(c.Workflows), "workflows")
}

// deliveries: each verdict has one event and each job one; each event was delivered once to the account's endpoint, with every attempt
// written down.
func (c *checker) deliveries() {
	for _, row := range c.Certificates {
		if !row.Finished {
			continue
		}
		c.oneEvent(row.ID, "certificate."+row.Status)
	}
	for _, j := range c.Jobs {
		c.oneEvent(j.ID, "job.completed")
	}
	of := map[string][]*Delivery{}
	for i := range c.Deliveries {
		d := &c.Deliveries[i]
		of[d.Event] = append(of[d.Event], d)
		if d.Status != "succeeded" {
			c.wrong("undelivered", d.ID, "the delivery is %s after %d attempts", d.Status, d.Attempts)
		}
		if d.Attempts != d.Recorded {
			c.wrong("undelivered", d.ID, "it counts %d attempts and %d are written down", d.Attempts, d.Recorded)
		}
	}
	for _, e := range c.Events {
		if !slices.Contains(wantedEvents(), e.Type) {
			continue
		}
		if got := of[e.ID]; len(got) != 1 {
			c.wrong("not one delivery", e.ID, "%s of %s has %d deliveries", e.Type, e.Object, len(got))
		}
	}
	c.count(len(c.Events), "events")
	c.count(len(c.Deliveries), "deliveries")
}

// oneEvent: of the events that endpoints want an object has this one, once.
func (c *checker) oneEvent(object, kind string) {
	var types []string
	for _, e := range c.events[object] {
		if slices.Contains(wantedEvents(), e.Type) {
			types = append(types, e.Type)
		}
	}
	if !slices.Equal(types, []string{kind}) {
		c.wrong("not one event", object, "its events are %q and should be one %s", types, kind)
	}
}

// webhooks: each event of each verdict came in at least once and was taken, under its one id, signed, and saying what is so.
func (c *checker) webhooks() {
	known := map[string]*Event{}
	for i := range c.Events {
		known[c.Events[i].ID] = &c.Events[i]
	}
	taken := map[string]bool{}
	told := map[string]map[string]bool{} // event ids by object and type
	for _, a := range c.Arrivals {
		var body struct {
			ID, Type string
			Data     struct {
				Object struct{ ID, Status, Filename string }
			}
		}
		id := a.Header["webhook-id"]
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil || body.ID != id {
			c.wrong("webhook", id, "its body is of %q: %v", body.ID, err)
			continue
		}
		at := slices.IndexFunc(c.Endpoints, func(e Endpoint) bool { return e.Path == a.Path })
		e := known[id]
		if at < 0 || e == nil || e.Account != c.Endpoints[at].Account {
			c.wrong("webhook", id, "there is no such event of the account of %s", a.Path)
			continue
		}
		if err := verify(a, c.Endpoints[at].Secret); err != nil {
			c.wrong("signature", id, "%v", err)
		}
		object := body.Data.Object
		if body.Type != e.Type || object.ID != e.Object {
			c.wrong("webhook", id, "it says %s of %s and the event is %s of %s", body.Type, object.ID, e.Type, e.Object)
		}
		if row := c.byID[object.ID]; row != nil && (row.Status != object.Status || row.Filename != object.Filename) {
			c.wrong("webhook", id, "it says that %s is %s and it is %s", object.ID, object.Status, row.Status)
		}
		about := object.ID + " " + body.Type
		if told[about] == nil {
			told[about] = map[string]bool{}
		}
		told[about][id] = true
		taken[id] = taken[id] || a.Answered/100 == 2
	}
	for about, events := range told {
		if len(events) > 1 {
			c.wrong("two event ids", about, "it was told under %q", slices.Sorted(maps.Keys(events)))
		}
	}
	for _, e := range c.Events {
		if slices.Contains(wantedEvents(), e.Type) && !taken[e.ID] {
			c.wrong("not told", e.ID, "%s of %s never came in", e.Type, e.Object)
		}
	}
	c.count(len(c.Arrivals), "webhooks, each with both signatures")
	c.count(len(taken), "events told")
}

// rows: nothing refers to what is not there, and nothing is there that a client's upload does not account for.
func (c *checker) rows() {
	for constraint, n := range c.Dangling {
		c.wrong("orphan", constraint, "%d rows refer to none", n)
	}
	for certificate := range c.audits {
		if c.byID[certificate] == nil {
			c.wrong("orphan", certificate, "an audit of a certificate that is not there")
		}
	}
	for object, events := range c.events {
		if strings.HasPrefix(object, "ci_") && c.byID[object] == nil {
			c.wrong("orphan", object, "%d events of a certificate that is not there", len(events))
		}
	}
	for _, p := range c.Parses {
		if row := c.byID[p.Certificate]; row == nil || p.Evaluation > row.Evaluation {
			c.wrong("orphan", p.Certificate, "a parse for evaluation %d that is not there", p.Evaluation)
		}
	}
	used, assigned := map[string]bool{}, map[string]bool{}
	for _, row := range c.Certificates {
		used[row.Assignment], assigned[row.Contractor] = true, true
	}
	for _, a := range c.Assignments {
		if assigned[a.Contractor] = true; !used[a.ID] {
			c.wrong("orphan", a.ID, "an assignment of %s to %s without a certificate", a.Contractor, a.Job)
		}
	}
	emails := map[string]string{}
	for _, who := range c.Contractors {
		if !assigned[who.ID] {
			c.wrong("orphan", who.ID, "a contractor without certificates: %s", who.Email)
		}
		if other := emails[who.Account+"/"+strings.ToLower(who.Email)]; other != "" {
			c.wrong("made twice", who.ID, "%s has its address %s", other, who.Email)
		}
		emails[who.Account+"/"+strings.ToLower(who.Email)] = who.ID
	}
	c.count(c.Constraints, "foreign keys, followed row by row")
	c.count(len(c.Contractors)+len(c.Assignments)+len(c.Parses)+len(c.Results), "contractors, assignments, parses and results")
}

const trimmed = ".trimmed.pdf"

// blobs: whatever is in the store is a certificate's, or was left by a try that came to nothing, where the sweep will find it: a file of an upload
// that had such a try, or one that had not been written to its end.
func (c *checker) blobs() {
	referred := map[string]*Certificate{}
	for i := range c.Certificates {
		row := &c.Certificates[i]
		if other := referred[row.BlobKey]; other != nil {
			c.wrong("blob", row.BlobKey, "is of %s and of %s", other.ID, row.ID)
		}
		referred[row.BlobKey] = row
	}
	bySum := map[string]*sentFile{}
	for _, f := range c.sent {
		bySum[f.SHA256] = f
	}
	for _, key := range slices.Sorted(maps.Keys(c.Blobs)) {
		base := key
		if whole, ok := strings.CutSuffix(key, trimmed); ok {
			base = whole + ".pdf"
		}
		if referred[base] != nil {
			continue
		}
		f := bySum[c.Blobs[key].SHA256]
		switch {
		case strings.HasSuffix(key, trimmed):
			c.wrong("blob", key, "trimmed pages of a certificate that is not there")
		case strings.HasPrefix(path.Base(key), "fileblob"):
			c.out.Leftover = append(c.out.Leftover, key+": the file was being written when its API was killed")
		case f == nil:
			c.wrong("blob", key, "nobody sent these %d bytes", c.Blobs[key].Size)
		case f.upload.failures() == 0:
			c.wrong("blob", key, "a second copy of %s, whose upload never failed", f.Name)
		default:
			c.out.Leftover = append(c.out.Leftover, fmt.Sprintf("%s: of %s, of whose %d tries %d failed", key, f.Name, len(f.upload.Answers), f.upload.failures()))
		}
	}
	c.count(len(c.Blobs), "blobs")
}

// failures counts the tries that came to nothing that the client knows of.
func (u *Upload) failures() int {
	n := 0
	for _, a := range u.Answers {
		if a.Status != http.StatusCreated && a.Status != http.StatusAccepted {
			n++
		}
	}
	return n
}

// processes: everything was healthy again, ended in time, and nothing crashed by itself.
func (c *checker) processes() {
	for _, what := range c.Ill {
		c.wrong("ill", what, "%s after the last fault", settleTime)
	}
	if c.Late != "" {
		c.wrong("late", "the drain", "%s", c.Late)
	}
	for _, what := range c.Crashes {
		c.wrong("crash", what, "no fault accounts for it")
	}
}
