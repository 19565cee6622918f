package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// History is one thing that happened to a certificate.
type History struct {
	bun.BaseModel `bun:"table:history,alias:history"`

	Seq           int64     `bun:"seq,pk,scanonly"`
	AccountID     string    `bun:"account_id"`
	CertificateID string    `bun:"certificate_id"`
	Kind          string    `bun:"kind"`
	Actor         string    `bun:"actor"` // a key's id, or "certflow"
	Reason        *string   `bun:"reason"`
	Status        Status    `bun:"status"` // after it
	AuditID       *string   `bun:"audit_id"`
	AuditResultID *string   `bun:"audit_result_id"`
	Override      bool      `bun:"override"` // a person's earlier decision was set aside
	CreatedAt     time.Time `bun:"created_at,nullzero,default:now()"`
}

// What a row of history tells.
const (
	HistoryUploaded     = "uploaded"
	HistoryProcessing   = "processing"
	HistoryEvaluated    = "evaluated"
	HistoryRuleApproved = "rule_approved"
	HistoryApproved     = "approved"
	HistoryDenied       = "denied"
	HistoryReevaluated  = "reevaluated"
	HistoryDeleted      = "deleted"
)

// Certflow is the actor of what no person did.
const Certflow = "certflow"

// AddHistory adds a row; rows never change.
func AddHistory(ctx context.Context, tx bun.IDB, h *History) error {
	_, err := tx.NewInsert().Model(h).Exec(ctx)
	return Mapped(err)
}

// HistoryOf reads a certificate's history up to and including a time, oldest first; a zero time reads all.
func HistoryOf(ctx context.Context, tx bun.IDB, certificate string, until time.Time) ([]History, error) {
	var rows []History
	query := selectOwn(tx, &rows).Where("certificate_id = ?", certificate).Order("seq")
	if !until.IsZero() {
		query = query.Where("created_at <= ?", until)
	}
	if err := query.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", certificate, err)
	}
	return rows, nil
}
