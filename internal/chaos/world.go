package chaos

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// World is everything that is left of a run, as far as the checker looks at it: rows as they stand in the tables, files as they lie in the
// folder, workflows as Temporal lists them, webhooks as they came in, and what clients sent and were answered.
type World struct {
	Uploads   []*Upload
	Endpoints []Endpoint
	Arrivals  []Arrival

	Certificates []Certificate
	Audits       []Audit
	Results      []Result
	Parses       []Parse
	Jobs         []Job
	Contractors  []Contractor
	Assignments  []Assignment
	Events       []Event
	Deliveries   []Delivery
	Keys         []Key
	// Dangling are rows whose foreign key leads nowhere, by constraint. Constraints is how many were looked at.
	Dangling    map[string]int
	Constraints int

	Blobs     map[string]Blob // by key
	Workflows []Workflow

	Ill     []string // what was not healthy after the last fault
	Late    string   // what had not ended in time
	Crashes []string // what no fault accounts for
	Exits   []string // processes that ended by themselves and were started again
}

// The rows of the World hold what the rules of the checker need.
type (
	// Endpoint is where an account's webhooks go, with the secret that its client was shown.
	Endpoint struct{ ID, Account, Path, Secret string }
	// Certificate is a row of certificates.
	Certificate struct {
		ID, Account, Contractor, Requirement, Filename, Status, BlobKey, SHA256 string
		Job, Assignment                                                         string
		Size                                                                    int64
		Evaluation                                                              int
		InJob, Finished, Deleted                                                bool
	}
	// Audit is a row of audits.
	Audit struct {
		ID, Account, Certificate, Status, Error string
		Evaluation                              int
	}
	// Result is a row of audit_results.
	Result struct {
		Audit, Rule, Result string
		Position            int
	}
	// Parse is a row of parses.
	Parse struct {
		Certificate string
		Evaluation  int
	}
	// Job is a row of jobs.
	Job struct {
		ID, Account, Status, Fault string
		Files                      []string // of its plan
		Answered                   bool
	}
	// Contractor is a row of contractors.
	Contractor struct {
		ID, Account, Email string
		Placeholder        bool
	}
	// Assignment is a row of assignments.
	Assignment struct{ ID, Account, Contractor, Job string }
	// Event is a row of events.
	Event struct{ ID, Account, Type, Object string }
	// Delivery is a row of deliveries, with how many rows of attempts it has.
	Delivery struct {
		ID, Account, Event, Endpoint, Status string
		Attempts, Recorded                   int
	}
	// Key is a row of idempotency_keys.
	Key struct {
		Account, Key, Job string
		Status            int // 0: none is kept
		LeaseUntil        time.Time
	}
	// Blob is a file in the store.
	Blob struct {
		SHA256 string
		Size   int64
	}
	// Workflow is an execution as Temporal tells of it.
	Workflow struct{ ID, Type, Status string }
)

// keep writes the world down, for whoever looks into a failure.
func (w *World) keep(file string) error {
	text, err := json.MarshalIndent(w, "", " ")
	if err != nil {
		return fmt.Errorf("write the world down: %w", err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("write the world down: %w", err)
	}
	return nil
}
