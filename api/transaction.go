package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/uptrace/bun"
)

// Database runs transactions that see one account.
type Database interface {
	InAccount(ctx context.Context, account string, do func(ctx context.Context, tx bun.Tx) error) error
}

// inAccount runs do in a transaction of the request's account.
func inAccount[R any](ctx context.Context, db Database, do func(ctx context.Context, tx bun.IDB) (R, error)) (R, error) {
	var result R
	err := db.InAccount(ctx, callOf(ctx).owner.AccountID, func(ctx context.Context, tx bun.Tx) error {
		var err error
		result, err = do(ctx, tx)
		return err
	})
	return result, err
}

// inAccountOnce is inAccount for POSTs: where the request has an idempotency key, its answer is stored in the transaction that makes the
// effect, so that a repetition changes nothing (CONTRACT §1). visit writes an answer, as the generated code does.
func inAccountOnce[R any](ctx context.Context, db Database, visit func(R, http.ResponseWriter) error, do func(ctx context.Context, tx bun.IDB) (R, error)) (R, error) {
	held := callOf(ctx).claim
	result, err := inAccount(ctx, db, func(ctx context.Context, tx bun.IDB) (R, error) {
		result, err := do(ctx, tx)
		if err != nil || held == nil {
			return result, err
		}
		answer, err := render(result, visit)
		if err != nil {
			return result, err
		}
		return result, held.finish(ctx, tx, answer)
	})
	if err == nil {
		held.keep()
	}
	return result, err
}

// render is an answer as it will be written.
func render[R any](result R, visit func(R, http.ResponseWriter) error) (Answer, error) {
	w := &capture{header: http.Header{}, status: http.StatusOK}
	if err := visit(result, w); err != nil {
		return Answer{}, fmt.Errorf("render an answer: %w", err)
	}
	return Answer{Status: w.status, Header: w.header, Body: w.body.Bytes()}, nil
}

// capture is a response writer that keeps what is written.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *capture) Header() http.Header         { return w.header }
func (w *capture) WriteHeader(status int)      { w.status = status }
func (w *capture) Write(p []byte) (int, error) { return w.body.Write(p) }
