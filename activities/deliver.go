package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/secret"
	"certflow/internal/webhook"
	"certflow/schema"
)

// Deliver holds the one step of DeliverWebhook.
type Deliver struct {
	DB       *schema.DB
	Secrets  *secret.Box
	Sender   *webhook.Sender
	Limiter  *webhook.Limiter
	Schedule webhook.Schedule
	Starter  Starter // starts the deliveries that tell other endpoints of one that was disabled
	// Now is the clock by which attempts are due; nil: the machine's.
	Now func() time.Time
	// Observe is told of every attempt that was written down; nil: nobody is.
	Observe func(AttemptSeen)
}

// AttemptSeen is an attempt and what followed from it, for metrics.
type AttemptSeen struct {
	Result webhook.Result
	State  webhook.State
	// Since is how long ago the event was.
	Since time.Duration
	// Disabled says why the endpoint was disabled; empty: it was not.
	Disabled webhook.Disable
}

func (d *Deliver) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// DeliverInput names a delivery.
type DeliverInput struct {
	Account  string
	ID       string
	Endpoint string
}

// AttemptResult says what follows from an attempt: nothing more, or another one after Wait.
type AttemptResult struct {
	Over bool
	Wait time.Duration
}

// busyWait is how long a delivery steps aside whose endpoint has as many requests as it may. It uses up no attempt.
const busyWait = 3 * time.Second

// AttemptDelivery makes the next request of a delivery when it is due and writes down what came of it.
func (d *Deliver) AttemptDelivery(ctx context.Context, in DeliverInput) (AttemptResult, error) {
	release, ok := d.Limiter.TryAcquire(in.Endpoint)
	if !ok {
		return AttemptResult{Wait: busyWait + time.Duration(rand.Int64N(int64(busyWait)))}, nil
	}
	defer release()
	due, err := d.load(ctx, in)
	if err != nil || due == nil {
		return AttemptResult{Over: due == nil}, err
	}
	if wait := d.dueAt(due.delivery).Sub(d.now()); wait > 0 {
		return AttemptResult{Wait: wait}, nil
	}
	result := d.send(ctx, due)
	return d.record(ctx, in, due, result)
}

// dueAt is when the next attempt of a delivery is to be made. A delivery is recorded as due at once: whoever publishes an event does not know
// the schedule.
func (d *Deliver) dueAt(row *schema.Delivery) time.Time {
	first, _ := d.Schedule.Next(0, 0, 0, 0.5) // without jitter: it is asked for more than once
	if row.Attempts > 0 || first == 0 {
		return row.NextAttemptAt
	}
	return row.CreatedAt.Add(first)
}

// postpone writes down that the schedule lets a delivery wait before its first attempt: it would seem overdue meanwhile.
func (d *Deliver) postpone(ctx context.Context, tx bun.Tx, row *schema.Delivery) error {
	due := d.dueAt(row)
	if !due.After(row.NextAttemptAt) {
		return nil
	}
	row.NextAttemptAt = due
	return schema.UpdateDelivery(ctx, tx, row)
}

// dueDelivery is a delivery with what sending it takes.
type dueDelivery struct {
	delivery *schema.Delivery
	endpoint *schema.Endpoint
	event    *schema.Event
	secrets  []webhook.Secret
}

// load reads an open delivery; nil when there is nothing left to do. An endpoint that was disabled meanwhile skips it.
func (d *Deliver) load(ctx context.Context, in DeliverInput) (*dueDelivery, error) {
	var due *dueDelivery
	err := d.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		row, err := schema.LockDelivery(ctx, tx, in.ID)
		if errors.Is(err, schema.ErrNotFound) || (err == nil && !row.Open()) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := d.postpone(ctx, tx, row); err != nil {
			return err
		}
		endpoint, err := schema.GetEndpoint(ctx, tx, row.EndpointID)
		if errors.Is(err, schema.ErrNotFound) {
			return d.end(ctx, tx, row, schema.DeliveryCancelled, schema.ReasonEndpointDeleted)
		}
		if err != nil {
			return err
		}
		if endpoint.Status == schema.EndpointDisabled {
			return d.end(ctx, tx, row, schema.DeliverySkipped, schema.ReasonEndpointDisabled)
		}
		event, err := schema.GetEvent(ctx, tx, row.EventID)
		if err != nil {
			return err
		}
		sealed, err := schema.ValidSecrets(ctx, tx, endpoint.ID, d.now())
		if err != nil {
			return err
		}
		due = &dueDelivery{delivery: row, endpoint: endpoint, event: event}
		for i, s := range sealed {
			text, err := d.Secrets.Open(s, endpoint.ID)
			if err != nil && i > 0 {
				// The current secret signs, which its owner was given since: whoever lost the key must be able to go on with a new one.
				slog.WarnContext(ctx, "a signing secret that is about to end cannot be opened and does not sign", "endpoint", endpoint.ID, "error", err)
				continue
			}
			if err != nil {
				return fmt.Errorf("%w: open the signing secret of %s: %w", errSealed, endpoint.ID, err)
			}
			due.secrets = append(due.secrets, webhook.Secret{Text: secret.NewText(string(text))})
		}
		return nil
	})
	if errors.Is(err, errSealed) {
		return nil, err
	}
	if err != nil {
		return nil, databaseFault("read a delivery", err)
	}
	return due, nil
}

func (d *Deliver) end(ctx context.Context, tx bun.IDB, row *schema.Delivery, status, reason string) error {
	row.Status, row.Reason, row.NextAttemptAt = status, &reason, time.Time{}
	return schema.UpdateDelivery(ctx, tx, row)
}

// envelope is the body of a webhook (CONTRACT §7).
type envelope struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Created int64  `json:"created"`
	Data    struct {
		Object json.RawMessage `json:"object"`
	} `json:"data"`
}

func (d *Deliver) send(ctx context.Context, due *dueDelivery) webhook.Result {
	e := envelope{ID: due.event.ID, Type: due.event.Type, Created: due.event.CreatedAt.Unix()}
	e.Data.Object = due.event.Data
	body, err := json.Marshal(e)
	if err != nil {
		return webhook.Result{Error: webhook.ErrorRequest, Detail: "the stored event cannot be written as JSON"}
	}
	headers, err := webhook.Sign(webhook.Message{ID: due.event.ID, SentAt: d.now(), Body: body}, due.secrets)
	if err != nil {
		return webhook.Result{Error: webhook.ErrorRequest, Detail: "no signing secret is valid"}
	}
	return d.Sender.Send(ctx, webhook.Request{URL: due.endpoint.URL, Header: headers, Body: body})
}

// record writes an attempt down with the state of the delivery and of the endpoint after it.
func (d *Deliver) record(ctx context.Context, in DeliverInput, due *dueDelivery, result webhook.Result) (AttemptResult, error) {
	var out AttemptResult
	var seen *AttemptSeen
	var tell []schema.Delivery
	err := d.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		endpoint, err := schema.LockEndpoint(ctx, tx, due.endpoint.ID)
		if errors.Is(err, schema.ErrNotFound) {
			out.Over = true
			return nil // its deliveries were cancelled with it
		}
		if err != nil {
			return err
		}
		row, err := schema.LockDelivery(ctx, tx, in.ID)
		if err != nil {
			return err
		}
		if !row.Open() {
			out.Over = true // it was tried elsewhere meanwhile, or cancelled: what ended stays as it is
			return nil
		}
		before := webhook.History{Attempts: row.Attempts, Health: webhook.Health{
			FailingSince: endpoint.FailingSince, RunSince: endpoint.RunSince, LastFailure: endpoint.LastFailureAt,
		}}
		decision := webhook.Decide(d.Schedule, before, result, d.now(), rand.Float64())
		out = AttemptResult{Over: decision.State.IsFinal(), Wait: max(0, decision.NextAttemptAt.Sub(d.now()))}
		if !decision.Counts {
			return nil
		}
		if err := schema.RecordAttempt(ctx, tx, applyDecision(row, decision), attemptRow(row, result, d.now())); err != nil {
			return err
		}
		seen = &AttemptSeen{Result: result, State: decision.State, Since: d.now().Sub(due.event.CreatedAt)}
		if endpoint.Status != schema.EndpointDisabled {
			seen.Disabled = decision.Disable
		}
		tell, err = d.settleEndpoint(ctx, tx, endpoint, decision)
		return err
	})
	if err != nil {
		return AttemptResult{}, databaseFault("record an attempt", err)
	}
	if seen != nil && d.Observe != nil {
		d.Observe(*seen)
	}
	for i := range tell {
		if err := d.Starter.StartDelivery(ctx, &tell[i]); err != nil {
			slog.WarnContext(ctx, "a delivery waits for the sweep", "delivery", tell[i].ID, "error", err)
		}
	}
	return out, nil
}

func applyDecision(row *schema.Delivery, decision webhook.Decision) *schema.Delivery {
	row.Attempts++
	row.Status, row.NextAttemptAt = string(decision.State), decision.NextAttemptAt
	row.Reason = nil
	if decision.Reason != "" {
		reason := string(decision.Reason)
		row.Reason = &reason
	}
	return row
}

// attemptRow is the row of the attempt that settle counted, and that ended at a time.
func attemptRow(row *schema.Delivery, result webhook.Result, ended time.Time) *schema.Attempt {
	a := &schema.Attempt{
		AccountID: row.AccountID, DeliveryID: row.ID, EventCreatedAt: row.EventCreatedAt, Number: row.Attempts,
		DurationMS: int(result.Duration.Milliseconds()), CreatedAt: ended,
	}
	if result.Status != 0 {
		a.StatusCode = &result.Status
	}
	if result.Error != "" {
		class := string(result.Error)
		a.ErrorClass = &class
	}
	if detail := attemptDetail(result); detail != "" {
		a.Detail = &detail
	}
	if result.RemoteIP.IsValid() {
		ip := result.RemoteIP.String()
		a.RemoteIP = &ip
	}
	if result.Answer != "" {
		a.Answer = &result.Answer
	}
	return a
}

// attemptDetail says in a sentence what went wrong, naming the refusal where the address was refused.
func attemptDetail(result webhook.Result) string {
	detail := result.Detail
	if result.Refusal != "" {
		detail = string(result.Refusal) + ": " + result.Refusal.Sentence()
	}
	if result.AnswerNote != "" {
		detail = strings.TrimSpace(detail + " (answer " + string(result.AnswerNote) + ")")
	}
	return detail
}

// settleEndpoint writes a locked endpoint's health and, when it is to be disabled, says so to the account's other endpoints.
func (d *Deliver) settleEndpoint(ctx context.Context, tx bun.IDB, e *schema.Endpoint, decision webhook.Decision) ([]schema.Delivery, error) {
	e.FailingSince, e.RunSince, e.LastFailureAt = decision.Health.FailingSince, decision.Health.RunSince, decision.Health.LastFailure
	if decision.State == webhook.StateSucceeded {
		e.LastSuccessAt = d.now()
	}
	if decision.Disable == "" || e.Status == schema.EndpointDisabled {
		return nil, schema.UpdateEndpoint(ctx, tx, e)
	}
	reason := string(decision.Disable)
	e.Status, e.DisabledReason = schema.EndpointDisabled, &reason
	if err := schema.UpdateEndpoint(ctx, tx, e); err != nil {
		return nil, err
	}
	return schema.Publish(ctx, tx, schema.NewEvent(e.AccountID, schema.EventEndpointDisabled, e.ID,
		struct {
			ID     string `json:"id"`
			URL    string `json:"url"`
			Reason string `json:"reason"`
		}{e.ID, e.URL, reason}))
}
