package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
)

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
		case strings.HasSuffix(key, ".tmp"):
			c.out.Leftover = append(c.out.Leftover, key+": the file was being written when its API was killed")
		case path.Base(path.Dir(key)) == "probe":
			c.out.Leftover = append(c.out.Leftover, key+": the store was being tried when its API was killed")
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
