package activities

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"certflow/schema"
)

// RecoverInput names what an endpoint is to be sent again: the events of [Since, Until) that it wanted and never got.
type RecoverInput struct {
	Account  string
	Endpoint string
	Since    time.Time
	Until    time.Time
	After    int64 // place in the order of events where the last batch ended
}

// RecoverResult is one batch of a recovery.
type RecoverResult struct {
	Deliveries []DeliveryRef
	After      int64
	Over       bool
}

const (
	// recoverBatch bounds the events of one batch.
	recoverBatch = 100
	// recoverSoon is how near the next attempt of an open delivery must be for a recovery to leave it alone. It is more than a request
	// takes, so that one that is under way is not made again.
	recoverSoon = time.Minute
)

// RecoverBatch makes a new delivery of each of the next events that an endpoint never got, and ends the ones that would still wait for
// their next attempt, which the schedule may have put off by a day. A repetition, or another recovery at the same moment, finds the new
// ones open and makes none twice.
func (d *Deliver) RecoverBatch(ctx context.Context, in RecoverInput) (RecoverResult, error) {
	out := RecoverResult{After: in.After}
	err := d.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		endpoint, err := schema.LockEndpoint(ctx, tx, in.Endpoint)
		if errors.Is(err, schema.ErrNotFound) || (err == nil && endpoint.Status == schema.EndpointDisabled) {
			out.Over = true // there is nobody to send to
			return nil
		}
		if err != nil {
			return err
		}
		events, err := schema.NeverDelivered(ctx, tx, in.Endpoint, in.Since, in.Until, d.now().Add(recoverSoon), in.After, recoverBatch)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := schema.SupersedeDeliveries(ctx, tx, e.ID, endpoint.ID); err != nil {
				return err
			}
			made, err := schema.InsertDeliveries(ctx, tx, e, []schema.Endpoint{*endpoint})
			if err != nil {
				return err
			}
			out.Deliveries = append(out.Deliveries, deliveryRefs(made)...)
			out.After = e.Seq
		}
		out.Over = len(events) < recoverBatch
		return nil
	})
	if err != nil {
		return RecoverResult{}, databaseFault("recover deliveries", err)
	}
	return out, nil
}
