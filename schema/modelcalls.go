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

// ModelCalls reads the requests that one evaluation of a certificate took, the first one first.
func ModelCalls(ctx context.Context, tx bun.IDB, certificate string, evaluationNo int) ([]ModelCall, error) {
	var calls []ModelCall
	err := selectOwn(tx, &calls).Where("certificate_id = ? AND evaluation_no = ?", certificate, evaluationNo).Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the requests to language models: %w", err)
	}
	return calls, nil
}
