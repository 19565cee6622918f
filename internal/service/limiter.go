package service

import (
	"context"
	"time"

	"certflow/api"
	"certflow/schema"
)

// limiter counts the requests of keys in the database, so that all API processes share the count.
type limiter struct {
	db     *schema.DB
	quota  int
	window time.Duration
}

// Take implements api.Limiter.
func (l limiter) Take(ctx context.Context, key string) (api.Allowance, error) {
	requests, left, err := l.db.TakeRequest(ctx, key, l.window)
	if err != nil {
		return api.Allowance{}, err
	}
	return api.Allowance{
		Allowed: requests <= l.quota, Quota: l.quota, Window: l.window, Remaining: max(0, l.quota-requests), Reset: max(0, left),
	}, nil
}
