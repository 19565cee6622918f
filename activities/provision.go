package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// Bulk holds the steps of BulkReview.
type Bulk struct {
	DB      *schema.DB
	Starter Starter
}

// JobRef names a bulk job.
type JobRef struct {
	Account string
	ID      string
}

// ProvisionResult says what a job consists of.
type ProvisionResult struct {
	Over  bool // the job has ended, or was deleted
	Total int
}

// ProvisionJob makes a bulk upload's contractors, assignments and certificates as planned, and the answer to the upload, in one
// transaction. A repetition finds them made.
func (b *Bulk) ProvisionJob(ctx context.Context, in JobRef) (ProvisionResult, error) {
	var out ProvisionResult
	err := b.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		job, err := schema.LockJob(ctx, tx, in.ID)
		if errors.Is(err, schema.ErrNotFound) {
			out.Over = true
			return nil
		}
		if err != nil {
			return err
		}
		out.Total = len(job.Plan.Files)
		switch *job.Status {
		case schema.JobProvisioning:
			return provision(ctx, tx, job)
		case schema.JobRunning:
			return nil
		}
		out.Over = true
		return nil
	})
	if err != nil {
		return ProvisionResult{}, databaseFault("provision a bulk job", err)
	}
	return out, nil
}

func provision(ctx context.Context, tx bun.IDB, job *schema.Job) error {
	contractors, err := contractorsOf(ctx, tx, job)
	if err != nil {
		return err
	}
	assignments, err := assign(ctx, tx, job, contractors)
	if err != nil {
		return err
	}
	certificates := make([]*schema.Certificate, len(job.Plan.Files))
	for i, f := range job.Plan.Files {
		certificates[i] = &schema.Certificate{
			Row: schema.Row{ID: f.CertificateID, AccountID: job.AccountID}, ContractorID: contractors[i].ID, RequirementID: f.RequirementID,
			JobID: &job.ID, AssignmentID: &assignments[contractors[i].ID].ID, TrackerID: job.TrackerID,
			Filename: f.Filename, BlobKey: f.BlobKey, SHA256: f.SHA256, Size: f.Size, CustomMetadata: map[string]string{},
			InJob: true, Position: &i,
		}
	}
	if err := schema.InsertCertificates(ctx, tx, schema.Certflow, certificates); err != nil {
		return fmt.Errorf("make the certificates: %w", err)
	}
	answer, err := json.Marshal(uploadAnswer(job, contractors, assignments))
	if err != nil {
		return fmt.Errorf("write the answer to the upload: %w", err)
	}
	return schema.StartJobRun(ctx, tx, job.ID, answer)
}

// contractorsOf is the contractor of each file: a living one with the address, or one that is made. An address that stands in the upload
// more than once is one contractor.
func contractorsOf(ctx context.Context, tx bun.IDB, job *schema.Job) ([]*schema.Contractor, error) {
	var addresses []string
	for _, f := range job.Plan.Files {
		addresses = append(addresses, strings.ToLower(f.Contractor.Email))
	}
	known, err := schema.HoldContractorsByEmail(ctx, tx, addresses)
	if err != nil {
		return nil, fmt.Errorf("look for contractors by address: %w", err)
	}
	var fresh []*schema.Contractor
	all := make([]*schema.Contractor, len(job.Plan.Files))
	for i, f := range job.Plan.Files {
		c := known[addresses[i]]
		if c == nil {
			c = newContractor(job.AccountID, f.Contractor, i+1)
			known[addresses[i]] = c
			fresh = append(fresh, c)
		}
		all[i] = c
	}
	if err := schema.InsertContractors(ctx, tx, fresh); err != nil {
		return nil, fmt.Errorf("make the contractors: %w", err)
	}
	return all, nil
}

// newContractor is a contractor that the upload names, as far as it does; number is its file's place, from 1.
func newContractor(account string, p schema.PlannedContractor, number int) *schema.Contractor {
	c := &schema.Contractor{
		Row:   schema.Row{ID: id.New(id.Contractor), AccountID: account},
		Email: p.Email, FirstName: p.FirstName, LastName: p.LastName, CustomMetadata: map[string]string{},
		Placeholder: p.FirstName == "" && p.LastName == "" && p.CompanyName == "",
	}
	if p.CompanyName != "" {
		c.CompanyName = &p.CompanyName
	}
	if c.FirstName == "" {
		c.FirstName = "Placeholder"
	}
	if c.LastName == "" {
		c.LastName = strconv.Itoa(number)
	}
	return c
}

// assign gives each contractor one assignment to the job, keyed by contractor.
func assign(ctx context.Context, tx bun.IDB, job *schema.Job, contractors []*schema.Contractor) (map[string]*schema.Assignment, error) {
	assignments := make(map[string]*schema.Assignment, len(contractors))
	var rows []*schema.Assignment
	for _, c := range contractors {
		if assignments[c.ID] != nil {
			continue
		}
		a := &schema.Assignment{
			Row: schema.Row{ID: id.New(id.Assignment), AccountID: job.AccountID}, ContractorID: c.ID, JobID: job.ID,
			Stored: map[string]any{}, CustomMetadata: map[string]string{},
		}
		assignments[c.ID] = a
		rows = append(rows, a)
	}
	if err := schema.InsertAssignments(ctx, tx, rows); err != nil {
		return nil, fmt.Errorf("make the assignments: %w", err)
	}
	return assignments, nil
}
