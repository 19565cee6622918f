package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

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
