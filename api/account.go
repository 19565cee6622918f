package api

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"certflow/schema"
)

func shownAccount(a *schema.Account) Account {
	mode := AccountModeTest
	if a.Live {
		mode = AccountModeLive
	}
	var retention *int
	if a.RetentionDays != 0 {
		retention = &a.RetentionDays
	}
	return Account{
		ID: a.ID, Object: AccountObjectAccount, Name: a.Name, Mode: mode, PageLimit: a.PageLimit, ListFormat: ListFormat(a.ListFormat),
		ConfidenceThreshold: a.ConfidenceThreshold, TimeZone: a.TimeZone, RetentionDays: orNull(retention),
		Created: a.CreatedAt.Unix(), Updated: a.UpdatedAt.Unix(),
	}
}

// GetAccount answers the account of the key.
func (h *Handlers) GetAccount(ctx context.Context, _ GetAccountRequestObject) (GetAccountResponseObject, error) {
	a, err := inAccount(ctx, h.DB, schema.GetAccount)
	if err != nil {
		return nil, err
	}
	return GetAccount200JSONResponse(shownAccount(a)), nil
}

// UpdateAccount changes settings.
func (h *Handlers) UpdateAccount(ctx context.Context, request UpdateAccountRequestObject) (UpdateAccountResponseObject, error) {
	body := request.Body
	if body.TimeZone != nil {
		if zone, err := time.LoadLocation(*body.TimeZone); err != nil || zone == time.Local {
			return nil, invalidField("time_zone", "Must be the IANA name of a time zone, such as America/Chicago.")
		}
	}
	a, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (*schema.Account, error) {
		a, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return nil, err
		}
		if body.PageLimit != nil {
			a.PageLimit = *body.PageLimit
		}
		if body.ListFormat != nil {
			a.ListFormat = string(*body.ListFormat)
		}
		if body.ConfidenceThreshold != nil {
			a.ConfidenceThreshold = *body.ConfidenceThreshold
		}
		if body.TimeZone != nil {
			a.TimeZone = *body.TimeZone
		}
		if body.RetentionDays.IsSpecified() {
			a.RetentionDays, _ = body.RetentionDays.Get() // 0 for null
		}
		return a, schema.UpdateAccount(ctx, tx, a)
	})
	if err != nil {
		return nil, err
	}
	return UpdateAccount200JSONResponse(shownAccount(a)), nil
}
