package chaos

import "fmt"

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

const trimmed = ".trimmed.pdf"
