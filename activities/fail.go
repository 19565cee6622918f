package activities

import (
	"context"
	"encoding/json"

	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// ErrorInput says why an evaluation ends without a verdict.
type ErrorInput struct {
	CertificateRef
	Code    string // of CONTRACT §2
	Message string // for people: what to do next
}

// RecordError ends an evaluation as error, in one transaction with its event and deliveries. A certificate that was deleted
// stays as it is.
func (r *Review) RecordError(ctx context.Context, in ErrorInput) (Outcome, error) {
	return recordError(ctx, r.DB, in)
}

func recordError(ctx context.Context, db *schema.DB, in ErrorInput) (Outcome, error) {
	var out Outcome
	err := db.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		var err error
		out, err = endAsError(ctx, tx, in)
		return err
	})
	if err != nil {
		return Outcome{}, databaseFault("record an error", err)
	}
	return out, nil
}

// endAsError is RecordError in a transaction of the caller's.
func endAsError(ctx context.Context, tx bun.IDB, in ErrorInput) (Outcome, error) {
	return endOnce(ctx, tx, in.CertificateRef, func(c *schema.Certificate) (*schema.Verdict, error) {
		requirement, err := schema.CurrentVersions(ctx, tx, []string{c.RequirementID})
		if err != nil {
			return nil, err
		}
		return &schema.Verdict{Audit: schema.Audit{
			ID: id.New(id.Audit), AccountID: c.AccountID, CertificateID: c.ID, EvaluationNo: in.Evaluation,
			RequirementID: c.RequirementID, RequirementVersion: requirement[c.RequirementID].Version,
			Inputs: json.RawMessage("{}"), Status: schema.Errored, ErrorCode: &in.Code, ErrorMessage: &in.Message,
		}}, nil
	})
}

// endOnce records the verdict of an evaluation on the locked certificate, unless it was deleted or has ended: then it says how.
func endOnce(ctx context.Context, tx bun.IDB, in CertificateRef, judge func(*schema.Certificate) (*schema.Verdict, error)) (Outcome, error) {
	c, err := lockOpen(ctx, tx, in)
	if err != nil {
		return Outcome{}, err
	}
	if c == nil {
		return endedBefore(ctx, tx, in)
	}
	verdict, err := judge(c)
	if err != nil {
		return Outcome{}, err
	}
	deliveries, err := schema.RecordVerdict(ctx, tx, c, verdict, schema.History{Kind: schema.HistoryEvaluated, Actor: schema.Certflow})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Status: verdict.Audit.Status, Deliveries: deliveryRefs(deliveries)}, nil
}

// endedBefore is what a retry answers whose first try had committed.
func endedBefore(ctx context.Context, tx bun.IDB, in CertificateRef) (Outcome, error) {
	verdict, deliveries, err := schema.EndedBefore(ctx, tx, in.ID, in.Evaluation)
	if err != nil || verdict == nil {
		return Outcome{}, err
	}
	return Outcome{Status: verdict.Audit.Status, Deliveries: deliveryRefs(deliveries)}, nil
}
