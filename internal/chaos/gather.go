package chaos

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
)

// gather reads the world. Nothing of the product's own queries is used: they may be what is wrong.
func gather(ctx context.Context, s *stack, l *load, w *World) error {
	for _, t := range l.tenants {
		w.Endpoints = append(w.Endpoints, Endpoint{ID: t.endpoint, Account: t.account, Path: "/" + t.account, Secret: t.secret})
	}
	var err error
	if w.Arrivals, err = arrivals(s.arrivals()); err != nil {
		return err
	}
	if err := w.readRows(ctx, s.owner); err != nil {
		return err
	}
	if err := w.readConstraints(ctx, s.owner); err != nil {
		return err
	}
	if err := w.readBlobs(filepath.Join(s.dir, "blobs")); err != nil {
		return err
	}
	return w.readWorkflows(ctx, s.dev.Service.Temporal.WorkflowService(), s.config.TemporalNamespace)
}

// rows reads the rows of a query; fields says where the columns of one go.
func rows[T any](ctx context.Context, db *sql.DB, into *[]T, query string, fields func(*T) []any) error {
	found, err := db.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read the world: %w: %s", err, query)
	}
	defer found.Close()
	for found.Next() {
		var row T
		if err := found.Scan(fields(&row)...); err != nil {
			return fmt.Errorf("read the world: %w: %s", err, query)
		}
		*into = append(*into, row)
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("read the world: %w: %s", err, query)
	}
	return nil
}

func (w *World) readRows(ctx context.Context, db *sql.DB) error {
	for _, read := range []func() error{
		func() error {
			return rows(ctx, db, &w.Certificates, `SELECT id, account_id, contractor_id, requirement_id, filename, status, blob_key, encode(sha256, 'hex'),
				coalesce(job_id, ''), coalesce(assignment_id, ''), size, evaluation_no, in_job, finished_at IS NOT NULL, deleted_at IS NOT NULL FROM certificates ORDER BY seq`,
				func(c *Certificate) []any {
					return []any{&c.ID, &c.Account, &c.Contractor, &c.Requirement, &c.Filename, &c.Status, &c.BlobKey, &c.SHA256, &c.Job, &c.Assignment, &c.Size,
						&c.Evaluation, &c.InJob, &c.Finished, &c.Deleted}
				})
		},
		func() error {
			return rows(ctx, db, &w.Audits, `SELECT id, account_id, certificate_id, status, coalesce(error_code, ''), evaluation_no FROM audits ORDER BY id`,
				func(a *Audit) []any {
					return []any{&a.ID, &a.Account, &a.Certificate, &a.Status, &a.Error, &a.Evaluation}
				})
		},
		func() error {
			return rows(ctx, db, &w.Results, `SELECT audit_id, rule_name, result, position FROM audit_results ORDER BY audit_id, position`,
				func(r *Result) []any { return []any{&r.Audit, &r.Rule, &r.Result, &r.Position} })
		},
		func() error {
			return rows(ctx, db, &w.Parses, `SELECT certificate_id, evaluation_no FROM parses ORDER BY 1, 2`,
				func(p *Parse) []any { return []any{&p.Certificate, &p.Evaluation} })
		},
		func() error {
			return rows(ctx, db, &w.Jobs, `SELECT id, account_id, coalesce(status, ''), coalesce(fault, ''), answer IS NOT NULL,
				coalesce((SELECT string_agg(f->>'filename', '/' ORDER BY n) FROM jsonb_array_elements(plan->'files') WITH ORDINALITY AS e(f, n)), '') FROM jobs ORDER BY seq`,
				func(j *Job) []any {
					return []any{&j.ID, &j.Account, &j.Status, &j.Fault, &j.Answered, (*names)(&j.Files)}
				})
		},
		func() error {
			return rows(ctx, db, &w.Contractors, `SELECT id, account_id, email, placeholder FROM contractors ORDER BY seq`,
				func(c *Contractor) []any { return []any{&c.ID, &c.Account, &c.Email, &c.Placeholder} })
		},
		func() error {
			return rows(ctx, db, &w.Assignments, `SELECT id, account_id, contractor_id, job_id FROM assignments ORDER BY seq`,
				func(a *Assignment) []any { return []any{&a.ID, &a.Account, &a.Contractor, &a.Job} })
		},
		func() error {
			return rows(ctx, db, &w.Events, `SELECT id, account_id, type, object_id FROM events ORDER BY seq`,
				func(e *Event) []any { return []any{&e.ID, &e.Account, &e.Type, &e.Object} })
		},
		func() error {
			return rows(ctx, db, &w.Deliveries, `SELECT id, account_id, event_id, endpoint_id, status, attempts,
				(SELECT count(*) FROM attempts a WHERE a.delivery_id = d.id AND a.event_created_at = d.event_created_at) FROM deliveries d ORDER BY seq`,
				func(d *Delivery) []any {
					return []any{&d.ID, &d.Account, &d.Event, &d.Endpoint, &d.Status, &d.Attempts, &d.Recorded}
				})
		},
		func() error {
			return rows(ctx, db, &w.Keys, `SELECT account_id, key, coalesce(job_id, ''), coalesce(status, 0), lease_until FROM idempotency_keys ORDER BY 1, 2`,
				func(k *Key) []any { return []any{&k.Account, &k.Key, &k.Job, &k.Status, &k.LeaseUntil} })
		},
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// names scans names that stand with slashes between them; a file's name has none.
type names []string

// Scan implements sql.Scanner.
func (n *names) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("%T is not a text", value)
	}
	if text != "" {
		*n = strings.Split(text, "/")
	}
	return nil
}

// readConstraints counts, for each foreign key, the rows that refer to none, whatever the database believes of its constraints.
func (w *World) readConstraints(ctx context.Context, db *sql.DB) error {
	type constraint struct{ name, from, to, on, given string }
	var all []constraint
	err := rows(ctx, db, &all, `SELECT conname, conrelid::regclass::text, confrelid::regclass::text,
			string_agg(format('t.%I = f.%I', a.attname, b.attname), ' AND '), string_agg(format('f.%I IS NOT NULL', b.attname), ' AND ')
		FROM pg_constraint c, unnest(conkey, confkey) AS k(mine, theirs)
			JOIN pg_attribute b ON b.attnum = k.mine JOIN pg_attribute a ON a.attnum = k.theirs
		WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace AND b.attrelid = conrelid AND a.attrelid = confrelid
		GROUP BY c.oid, conname, conrelid, confrelid ORDER BY 2, 1`,
		func(c *constraint) []any { return []any{&c.name, &c.from, &c.to, &c.on, &c.given} })
	if err != nil {
		return err
	}
	w.Dangling, w.Constraints = map[string]int{}, len(all)
	for _, c := range all {
		var n int
		query := fmt.Sprintf("SELECT count(*) FROM %s f WHERE %s AND NOT EXISTS (SELECT FROM %s t WHERE %s)", c.from, c.given, c.to, c.on)
		if err := db.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return fmt.Errorf("read the world: %w: %s", err, query)
		}
		if n > 0 {
			w.Dangling[c.from+" → "+c.to+" ("+c.name+")"] = n
		}
	}
	return nil
}

// readBlobs reads the folder of blobs.
func (w *World) readBlobs(dir string) error {
	w.Blobs = map[string]Blob{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		key, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		w.Blobs[filepath.ToSlash(key)] = Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the folder of blobs: %w", err)
	}
	return nil
}

// readWorkflows lists all executions.
func (w *World) readWorkflows(ctx context.Context, server workflowservice.WorkflowServiceClient, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	var next []byte
	for {
		// The development server answers only so many questions a second, those of workers included.
		var page *workflowservice.ListWorkflowExecutionsResponse
		var fault error
		if err := until(ctx, time.Second, func() bool {
			page, fault = server.ListWorkflowExecutions(ctx, &workflowservice.ListWorkflowExecutionsRequest{
				Namespace: namespace, PageSize: 500, NextPageToken: next, Query: ours})
			return fault == nil
		}); err != nil {
			return fmt.Errorf("list workflows: %w", errors.Join(err, fault))
		}
		for _, e := range page.GetExecutions() {
			w.Workflows = append(w.Workflows, Workflow{ID: e.GetExecution().GetWorkflowId(), Type: e.GetType().GetName(), Status: statusOf(e.GetStatus())})
		}
		if next = page.GetNextPageToken(); len(next) == 0 {
			return nil
		}
	}
}

// The ends of workflows that the checker tells apart.
const (
	running   = "Running"
	completed = "Completed"
)

func statusOf(s enums.WorkflowExecutionStatus) string { return s.String() }
