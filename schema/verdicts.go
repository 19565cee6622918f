package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Audit is the verdict of one evaluation of a certificate.
type Audit struct {
	bun.BaseModel `bun:"table:audits,alias:audit"`

	ID                 string          `bun:"id,pk"`
	AccountID          string          `bun:"account_id"`
	CertificateID      string          `bun:"certificate_id"`
	EvaluationNo       int             `bun:"evaluation_no"`
	ParseNo            *int            `bun:"parse_no"` // evaluation number of the parse that was judged; nil for an error
	RequirementID      string          `bun:"requirement_id"`
	RequirementVersion int             `bun:"requirement_version"`
	Inputs             json.RawMessage `bun:"inputs,type:jsonb"` // what else the verdict is a function of
	Status             Status          `bun:"status"`
	ErrorCode          *string         `bun:"error_code"`
	ErrorMessage       *string         `bun:"error_message"`
	CreatedAt          time.Time       `bun:"created_at,nullzero,default:now()"`
	UpdatedAt          time.Time       `bun:"updated_at,nullzero,default:now()"`
}

// AuditResult is what one rule said.
type AuditResult struct {
	bun.BaseModel `bun:"table:audit_results,alias:result"`

	ID               string    `bun:"id,pk"`
	AccountID        string    `bun:"account_id"`
	AuditID          string    `bun:"audit_id"`
	Position         int       `bun:"position"`
	RuleName         string    `bun:"rule_name"`
	RulePath         string    `bun:"rule_path"`
	Severity         string    `bun:"severity"`
	Result           string    `bun:"result"` // pass or fail
	Message          string    `bun:"message"`
	EvidencePaths    []string  `bun:"evidence_paths,array"`
	Confidence       *float64  `bun:"confidence"`
	ManuallyApproved bool      `bun:"manually_approved"`
	CreatedAt        time.Time `bun:"created_at,nullzero,default:now()"`
}

// Verdict is an audit with its results in the order of the requirement's rules.
type Verdict struct {
	Audit   Audit
	Results []AuditResult
}

// RecordVerdict ends an evaluation of a locked certificate: it writes the audit, its results, the history and the
// event of the new status with a delivery for each endpoint, and returns the deliveries to start. The audit's evaluation number becomes the
// certificate's.
func RecordVerdict(ctx context.Context, tx bun.IDB, c *Certificate, v *Verdict, h History) ([]Delivery, error) {
	if err := insert(ctx, tx, &v.Audit); err != nil {
		return nil, fmt.Errorf("record the audit of %s: %w", c.ID, err)
	}
	if len(v.Results) > 0 {
		if _, err := tx.NewInsert().Model(&v.Results).Exec(ctx); err != nil {
			return nil, fmt.Errorf("record the results of %s: %w", c.ID, err)
		}
	}
	c.EvaluationNo = v.Audit.EvaluationNo
	h.AuditID = &v.Audit.ID
	return SetStatus(ctx, tx, c, v.Audit.Status, h)
}

// SetStatus gives a locked certificate an end state, adds the history, and publishes the event of the status. It returns the
// deliveries to start.
func SetStatus(ctx context.Context, tx bun.IDB, c *Certificate, to Status, h History) ([]Delivery, error) {
	_, err := updateOwn(tx, c).WherePK().Set("status = ?", to).Set("evaluation_no = ?", c.EvaluationNo).
		Set("finished_at = coalesce(finished_at, now())").Set("updated_at = now()").Returning("*").Exec(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	h.AccountID, h.CertificateID, h.Status = c.AccountID, c.ID, to
	if err := AddHistory(ctx, tx, &h); err != nil {
		return nil, err
	}
	return Publish(ctx, tx, CertificateEvent(c))
}

// GetVerdict reads the verdict of one evaluation: ErrNotFound when it has not ended.
func GetVerdict(ctx context.Context, tx bun.IDB, certificate string, evaluationNo int) (*Verdict, error) {
	found, err := verdicts(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("certificate_id = ? AND evaluation_no = ?", certificate, evaluationNo)
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, ErrNotFound
	}
	return found[0], nil
}

// CurrentVerdicts reads the verdicts of finished certificates, keyed by certificate.
func CurrentVerdicts(ctx context.Context, tx bun.IDB, certificates []string) (map[string]*Verdict, error) {
	current := make(map[string]*Verdict, len(certificates))
	if len(certificates) == 0 {
		return current, nil
	}
	found, err := verdicts(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Join("JOIN certificates AS c ON c.account_id = ?account AND c.id = audit.certificate_id AND c.evaluation_no = audit.evaluation_no").
			Where("c.id IN (?)", bun.List(certificates))
	})
	for _, v := range found {
		current[v.Audit.CertificateID] = v
	}
	return current, err
}

// Verdicts reads all verdicts of a certificate, the first evaluation first.
func Verdicts(ctx context.Context, tx bun.IDB, certificate string) ([]*Verdict, error) {
	return verdicts(ctx, tx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("certificate_id = ?", certificate)
	})
}

func verdicts(ctx context.Context, tx bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]*Verdict, error) {
	var audits []Audit
	if err := narrow(selectOwn(tx, &audits)).OrderExpr("audit.evaluation_no").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read audits: %w", err)
	}
	found := make([]*Verdict, len(audits))
	byAudit := make(map[string]*Verdict, len(audits))
	ids := make([]string, len(audits))
	for i, a := range audits {
		found[i] = &Verdict{Audit: a}
		byAudit[a.ID], ids[i] = found[i], a.ID
	}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []AuditResult
	if err := selectOwn(tx, &rows).Where("audit_id IN (?)", bun.List(ids)).Order("audit_id", "position").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read audit results: %w", err)
	}
	for _, r := range rows {
		byAudit[r.AuditID].Results = append(byAudit[r.AuditID].Results, r)
	}
	return found, nil
}

// ApproveResult marks a failed result of an audit as approved by a person: ErrNotFound when the audit has none of that id,
// ErrState when it passed or was approved before.
func ApproveResult(ctx context.Context, tx bun.IDB, audit, result string) error {
	row := new(AuditResult)
	if err := selectOwn(tx, row).Where("audit_id = ? AND id = ?", audit, result).For("UPDATE").Scan(ctx); err != nil {
		return Mapped(err)
	}
	if row.Result != "fail" || row.ManuallyApproved {
		return ErrState
	}
	_, err := updateOwn(tx, row).WherePK().Set("manually_approved = true").Exec(ctx)
	if err != nil {
		return Mapped(err)
	}
	_, err = updateOwn(tx, (*Audit)(nil)).Set("updated_at = now()").Where("id = ?", audit).Exec(ctx)
	return Mapped(err)
}

// SetAuditStatus lets the audit's status follow a person's decision.
func SetAuditStatus(ctx context.Context, tx bun.IDB, audit string, to Status) error {
	_, err := updateOwn(tx, (*Audit)(nil)).Set("status = ?", to).Set("updated_at = now()").Where("id = ?", audit).Exec(ctx)
	return Mapped(err)
}

// EndedBefore answers whether the evaluation has a verdict, and if so with the deliveries that were not finished: what a retry
// of the step that recorded it answers again.
func EndedBefore(ctx context.Context, tx bun.IDB, certificate string, evaluationNo int) (*Verdict, []Delivery, error) {
	v, err := GetVerdict(ctx, tx, certificate, evaluationNo)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	deliveries, err := OpenDeliveries(ctx, tx, certificate)
	return v, deliveries, err
}
