package service

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"certflow/internal/secret"
	"certflow/schema"
)

// Reseal seals the signing secrets of all accounts again that another key sealed than the first of CERTFLOW_SECRET_KEY, so that the
// others can be dropped. It returns how many there were. It may run beside everything else, and again after a failure: each account is a
// transaction, and what is sealed with the first key is left alone.
func Reseal(ctx context.Context, db *schema.DB, box *secret.Box) (resealed int, err error) {
	accounts, err := db.Accounts(ctx)
	if err != nil {
		return 0, err
	}
	for _, account := range accounts {
		var n int
		err := db.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
			n = 0
			secrets, err := schema.LockSecrets(ctx, tx)
			if err != nil {
				return err
			}
			for i := range secrets {
				s := &secrets[i]
				if !box.Stale(s.Sealed) {
					continue
				}
				text, err := box.Open(s.Sealed, s.EndpointID)
				if err != nil {
					return fmt.Errorf("open a signing secret: %w", err)
				}
				if s.Sealed, err = box.Seal(text, s.EndpointID); err != nil {
					return err
				}
				if err := schema.ReplaceSealed(ctx, tx, s); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return resealed, fmt.Errorf("seal the secrets of %s again: %w", account, err)
		}
		resealed += n
	}
	return resealed, nil
}

// CheckSecrets opens the current signing secrets of all accounts: an error says how many cannot be, and of which endpoint the first is.
func (s *Service) CheckSecrets(ctx context.Context) error {
	accounts, err := s.DB.Accounts(ctx)
	if err != nil {
		return err
	}
	all, sealed, first := 0, 0, ""
	for _, account := range accounts {
		var secrets []schema.EndpointSecret
		err := s.DB.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) (err error) {
			secrets, err = schema.CurrentSecrets(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		all += len(secrets)
		for _, one := range secrets {
			if _, err := s.Secrets.Open(one.Sealed, one.EndpointID); err == nil {
				continue
			}
			if sealed++; first == "" {
				first = one.EndpointID + " of " + account
			}
		}
	}
	if sealed > 0 {
		return fmt.Errorf("no key of CERTFLOW_SECRET_KEY opens %d of %d signing secrets, the first that of %s: their webhooks wait", sealed, all, first)
	}
	return nil
}
