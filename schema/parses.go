package schema

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/certificate"
)

// Parse is what a reader made of a certificate for one evaluation: a reading, or the error that there is none.
type Parse struct {
	bun.BaseModel `bun:"table:parses,alias:parse"`

	AccountID     string               `bun:"account_id"`
	CertificateID string               `bun:"certificate_id,pk"`
	EvaluationNo  int                  `bun:"evaluation_no,pk"`
	Reading       *certificate.Reading `bun:"reading,type:jsonb"`
	ErrorCode     *string              `bun:"error_code"`
	ErrorMessage  *string              `bun:"error_message"`
	CreatedAt     time.Time            `bun:"created_at,nullzero,default:now()"`
}

// InsertParse stores a parse and returns it. A second one for the same evaluation is dropped: then the first is returned, which stands.
func InsertParse(ctx context.Context, tx bun.IDB, p *Parse) (*Parse, error) {
	res, err := tx.NewInsert().Model(p).On("CONFLICT (certificate_id, evaluation_no) DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return p, err
	}
	return GetParse(ctx, tx, p.CertificateID, p.EvaluationNo)
}

// GetParse reads the parse of one evaluation.
func GetParse(ctx context.Context, tx bun.IDB, certificate string, evaluationNo int) (*Parse, error) {
	p := new(Parse)
	if err := selectOwn(tx, p).Where("certificate_id = ? AND evaluation_no = ?", certificate, evaluationNo).Scan(ctx); err != nil {
		return nil, Mapped(err)
	}
	return p, nil
}

// LatestParse reads a certificate's newest parse that has a reading: ErrNotFound when there is none.
func LatestParse(ctx context.Context, tx bun.IDB, certificate string) (*Parse, error) {
	p := new(Parse)
	err := selectOwn(tx, p).Where("certificate_id = ? AND reading IS NOT NULL", certificate).
		Order("evaluation_no DESC").Limit(1).Scan(ctx)
	if err != nil {
		return nil, Mapped(err)
	}
	return p, nil
}
