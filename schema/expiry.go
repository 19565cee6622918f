package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/certificate"
)

// Expiry says when the first required coverage of an approved certificate ends, by the verdict that was worked out last. Dates are
// midnight UTC. A certificate of which no required coverage shows a date has no Coverage and no ExpiresOn.
type Expiry struct {
	bun.BaseModel `bun:"table:expiries,alias:expiry"`

	CertificateID string    `bun:"certificate_id,pk"`
	AccountID     string    `bun:"account_id"`
	AuditID       string    `bun:"audit_id"`
	ApprovedOn    time.Time `bun:"approved_on,type:date"` // in the account's time zone
	Coverage      *string   `bun:"coverage"`              // as in the keys of parsed_certificate_json's coverages
	ExpiresOn     time.Time `bun:"expires_on,type:date,nullzero"`
}

// UnwatchedVerdicts reads up to most verdicts of approved certificates of which nobody has worked out when their coverage ends.
func UnwatchedVerdicts(ctx context.Context, tx bun.IDB, limit int) ([]Audit, error) {
	var rows []Audit
	err := selectOwn(tx, &rows).
		Join("JOIN certificates AS c ON c.account_id = ?account AND c.id = audit.certificate_id AND c.evaluation_no = audit.evaluation_no").
		Where("c.status = ? AND c.deleted_at IS NULL AND audit.parse_no IS NOT NULL", Approved).
		Where("NOT EXISTS (SELECT FROM expiries e WHERE e.account_id = ?account AND e.certificate_id = c.id AND e.audit_id = audit.id)").
		OrderExpr("c.seq").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for approved certificates to watch: %w", err)
	}
	return rows, nil
}

// PutExpiry writes when a certificate's coverage ends, in the place of what an earlier verdict said.
func PutExpiry(ctx context.Context, tx bun.IDB, e *Expiry) error {
	_, err := tx.NewInsert().Model(e).On("CONFLICT (certificate_id) DO UPDATE").
		Set("audit_id = EXCLUDED.audit_id").Set("approved_on = EXCLUDED.approved_on").
		Set("coverage = EXCLUDED.coverage").Set("expires_on = EXCLUDED.expires_on").Where("expiry.account_id = ?account").Exec(ctx)
	return Mapped(err)
}

// ExpiryNotice is what is to be told of a certificate: that its coverage ends in so many days.
type ExpiryNotice struct {
	bun.BaseModel `bun:"table:expiry_notices,alias:notice"`

	AccountID     string    `bun:"account_id"`
	CertificateID string    `bun:"certificate_id,pk"`
	ExpiresOn     time.Time `bun:"expires_on,pk,type:date"`
	Days          int       `bun:"days,pk"`
	Coverage      string    `bun:"coverage,scanonly"`
}

// DueNotices reads up to most notices that are due today and were not given: of each certificate the latest whose day has come,
// unless that day was before the certificate was approved. An end that is longer past than late days is not told any more.
func DueNotices(ctx context.Context, tx bun.IDB, today certificate.Date, days []int, late, limit int) ([]ExpiryNotice, error) {
	var rows []ExpiryNotice
	on := today.Time().Format(time.DateOnly)
	err := tx.NewRaw(`
		SELECT e.account_id, e.certificate_id, e.expires_on, n.days, e.coverage
		FROM expiries e
		JOIN certificates c ON c.account_id = e.account_id AND c.id = e.certificate_id AND c.status = ? AND c.deleted_at IS NULL
		JOIN audits a ON a.account_id = e.account_id AND a.id = e.audit_id AND a.evaluation_no = c.evaluation_no
		CROSS JOIN LATERAL (SELECT min(d) AS days FROM unnest(ARRAY[?]::integer[]) AS d WHERE e.expires_on - d <= ?::date) AS n
		WHERE e.account_id = ?account AND e.expires_on BETWEEN ?::date - ?::integer AND ?::date + (SELECT max(d) FROM unnest(ARRAY[?]::integer[]) AS d)
			AND e.expires_on - n.days >= e.approved_on
			AND NOT EXISTS (SELECT FROM expiry_notices x
				WHERE x.account_id = e.account_id AND x.certificate_id = e.certificate_id AND x.expires_on = e.expires_on AND x.days = n.days)
		ORDER BY e.expires_on, e.certificate_id LIMIT ?`,
		Approved, bun.List(days), on, on, late, on, bun.List(days), limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look for coverage that ends: %w", err)
	}
	return rows, nil
}

// NoteNotice records that a notice is given; first is false when it was before.
func NoteNotice(ctx context.Context, tx bun.IDB, n *ExpiryNotice) (first bool, err error) {
	res, err := tx.NewInsert().Model(n).On("CONFLICT DO NOTHING").Exec(ctx)
	if err != nil {
		return false, Mapped(err)
	}
	noted, err := res.RowsAffected()
	return noted > 0, err
}

// AccountsAfter lists the ids of up to most accounts that follow one, in the order of their ids; an empty one begins.
func (db *DB) AccountsAfter(ctx context.Context, after string, limit int) ([]string, error) {
	var ids []string
	if err := db.bun.NewRaw("SELECT certflow_accounts_after(?, ?)", after, limit).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return ids, nil
}
