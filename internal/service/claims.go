package service

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/internal/secret"
	"certflow/schema"
)

// claims keeps what was answered to requests with an Idempotency-Key, sealed, since an answer may hold a secret.
type claims struct {
	db      *schema.DB
	secrets *secret.Box
}

// keptAnswer is what is sealed of an answer.
type keptAnswer struct {
	Header http.Header
	Body   []byte
}

// Claim implements api.Claims.
func (c claims) Claim(ctx context.Context, account, key, operation, token string, lease time.Duration) (api.Claimed, error) {
	var out api.Claimed
	err := c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		row := &schema.IdempotencyKey{AccountID: account, Key: key, Operation: operation, LeaseToken: token}
		held, won, err := schema.ClaimKey(ctx, tx, row, lease, schema.IdempotencyKeyLife)
		if err != nil {
			return err
		}
		out.Operation = held.Operation
		switch {
		case won:
			out.Won = true
		case held.JobID != nil:
			out.Job, out.Fingerprint = *held.JobID, held.Fingerprint
			out.Answer, err = jobAnswer(ctx, tx, held)
			return err
		case held.Status != nil:
			out.Answer, err = c.open(held)
			return err
		}
		return nil
	})
	if err != nil {
		return api.Claimed{}, fmt.Errorf("claim an idempotency key: %w", err)
	}
	return out, nil
}

// jobAnswer is the answer of a bulk upload; nil while it is being provisioned.
func jobAnswer(ctx context.Context, tx bun.IDB, held *schema.IdempotencyKey) (*api.Answer, error) {
	job, err := schema.GetJobEvenDeleted(ctx, tx, *held.JobID)
	if err != nil {
		return nil, err
	}
	answer := &api.Answer{
		Status: http.StatusCreated, Header: http.Header{"Content-Type": {"application/json"}}, Body: job.Answer, Fingerprint: held.Fingerprint,
	}
	switch {
	case job.Answer != nil:
		return answer, nil
	case job.Fault == nil:
		return nil, nil
	}
	answer.Status = http.StatusInternalServerError
	var body api.Error
	body.ErrorCode = api.ErrorCodeGeneralError
	if err := body.Message.FromErrorMessage0(*job.Fault); err != nil {
		return nil, fmt.Errorf("tell why a bulk upload failed: %w", err)
	}
	if answer.Body, err = json.Marshal(body); err != nil {
		return nil, fmt.Errorf("tell why a bulk upload failed: %w", err)
	}
	return answer, nil
}

func (c claims) open(held *schema.IdempotencyKey) (*api.Answer, error) {
	plain, err := c.secrets.Open(held.Response, answerPlace(held.AccountID, held.Key))
	if err != nil {
		return nil, fmt.Errorf("open a stored answer: %w", err)
	}
	var kept keptAnswer
	if err := json.Unmarshal(plain, &kept); err != nil {
		return nil, fmt.Errorf("read a stored answer: %w", err)
	}
	return &api.Answer{Status: *held.Status, Header: kept.Header, Body: kept.Body, Fingerprint: held.Fingerprint}, nil
}

// answerPlace binds a sealed answer to its row.
func answerPlace(account, key string) string { return "idempotency/" + account + "/" + key }

// Finish implements api.Claims.
func (c claims) Finish(ctx context.Context, tx bun.IDB, account, key, token string, answer api.Answer) error {
	plain, err := json.Marshal(keptAnswer{Header: answer.Header, Body: answer.Body})
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	sealed, err := c.secrets.Seal(plain, answerPlace(account, key))
	if err != nil {
		return fmt.Errorf("seal an answer: %w", err)
	}
	return schema.FinishKey(ctx, tx, &schema.IdempotencyKey{
		AccountID: account, Key: key, LeaseToken: token, Fingerprint: answer.Fingerprint, Status: &answer.Status, Response: sealed,
	})
}

// Bind implements api.Claims.
func (c claims) Bind(ctx context.Context, tx bun.IDB, account, key, token, job string, fingerprint []byte) error {
	return schema.BindKey(ctx, tx, &schema.IdempotencyKey{
		AccountID: account, Key: key, LeaseToken: token, Fingerprint: fingerprint, JobID: &job,
	})
}

// Renew implements api.Claims.
func (c claims) Renew(ctx context.Context, account, key, token string, lease time.Duration) error {
	return c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		return schema.RenewKey(ctx, tx, account, key, token, lease)
	})
}

// Release implements api.Claims.
func (c claims) Release(ctx context.Context, account, key, token string) error {
	return c.db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		return schema.ReleaseKey(ctx, tx, account, key, token)
	})
}
