package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// ModelCall is one request to a language model on behalf of a certificate, however it ended.
type ModelCall struct {
	bun.BaseModel `bun:"table:model_calls,alias:call"`

	ID            int64     `bun:"id,pk,autoincrement,identity"`
	AccountID     string    `bun:"account_id"`
	CertificateID string    `bun:"certificate_id"`
	EvaluationNo  int       `bun:"evaluation_no"`
	Provider      string    `bun:"provider"`
	Model         string    `bun:"model"`
	Outcome       string    `bun:"outcome"`
	InputTokens   int64     `bun:"input_tokens"` // of a request that broke off, what the server had counted until then
	OutputTokens  int64     `bun:"output_tokens"`
	CostMicroUSD  int64     `bun:"cost_microusd"` // millionths of a US dollar, at the prices configured then
	DurationMS    int64     `bun:"duration_ms"`
	CreatedAt     time.Time `bun:"created_at,nullzero,default:now()"` // when it ended
}

// InsertModelCall notes a request that has ended.
func InsertModelCall(ctx context.Context, tx bun.IDB, c *ModelCall) error { return insert(ctx, tx, c) }

// ModelCalls reads the requests that were made for certificates, by certificate, the first one first.
func ModelCalls(ctx context.Context, tx bun.IDB, certificates []string) (map[string][]ModelCall, error) {
	if len(certificates) == 0 {
		return nil, nil
	}
	var calls []ModelCall
	if err := tx.NewSelect().Model(&calls).Where("certificate_id IN (?)", bun.List(certificates)).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the requests to language models: %w", err)
	}
	of := map[string][]ModelCall{}
	for _, c := range calls {
		of[c.CertificateID] = append(of[c.CertificateID], c)
	}
	return of, nil
}
