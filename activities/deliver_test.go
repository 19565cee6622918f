package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/temporal"

	"certflow/activities"
	"certflow/internal/id"
	"certflow/internal/secret"
	"certflow/internal/webhook"
	"certflow/schema"
)

// box seals the secrets of all tests; it holds no state.
func box(t *testing.T) *secret.Box {
	t.Helper()
	b, err := secret.NewBox(secret.NewText("Y2VydGZsb3ctdGVzdHMta2V5LW9mLTMyLWJ5dGVzISE="))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newSecret(t *testing.T, endpoint string) (text secret.Text, sealed []byte) {
	t.Helper()
	text = webhook.NewSecret()
	sealed, err := box(t).Seal([]byte(text.Reveal()), endpoint)
	if err != nil {
		t.Fatal(err)
	}
	return text, sealed
}

func (w *world) deliver() *activities.Deliver {
	w.t.Helper()
	guard := webhook.NewGuard(webhook.GuardOptions{AllowHTTP: true, AllowedRanges: webhook.LoopbackRanges()})
	return &activities.Deliver{
		DB: w.db, Secrets: box(w.t), Sender: webhook.NewSender(webhook.SenderOptions{Guard: guard}), Limiter: webhook.NewLimiter(2),
		Schedule: webhook.DefaultSchedule(), Starter: w.starter,
	}
}

// received is a request as the receiver saw it.
type received struct {
	header http.Header
	body   []byte
}

// receiver is a client's server whose answers a test writes.
type receiver struct {
	*httptest.Server

	mu   sync.Mutex
	seen []received
}

func newReceiver(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		r.mu.Lock()
		r.seen = append(r.seen, received{request.Header.Clone(), body})
		r.mu.Unlock()
		answer(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) requests() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seen
}

func answers(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// told publishes an event and returns its deliveries.
func (w *world) told(event string) []schema.Delivery {
	w.t.Helper()
	var deliveries []schema.Delivery
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		deliveries, err = schema.Publish(ctx, tx, schema.NewEvent(w.account, event, "ci_told", map[string]string{"id": "ci_told"}))
		return err
	})
	return deliveries
}

func (w *world) delivery(delivery string) *schema.Delivery {
	w.t.Helper()
	var d *schema.Delivery
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		d, err = schema.GetDelivery(ctx, tx, delivery)
		return err
	})
	return d
}

func (w *world) attempts(delivery string) []schema.Attempt {
	w.t.Helper()
	var rows []schema.Attempt
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		rows, err = schema.AttemptsOf(ctx, tx, delivery)
		return err
	})
	return rows
}

func (w *world) endpointNow(endpoint string) *schema.Endpoint {
	w.t.Helper()
	var e *schema.Endpoint
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		e, err = schema.GetEndpoint(ctx, tx, endpoint)
		return err
	})
	return e
}

// attempt makes a try of a delivery, due or not.
func (w *world) attempt(d *activities.Deliver, delivery schema.Delivery) activities.AttemptResult {
	w.t.Helper()
	w.exec("UPDATE deliveries SET next_attempt_at = now() - interval '1 second' WHERE id = $1 AND status = 'pending'", delivery.ID)
	out, err := d.AttemptDelivery(w.t.Context(), addressed(delivery))
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func addressed(d schema.Delivery) activities.DeliverInput {
	return activities.DeliverInput{Account: d.AccountID, ID: d.ID, Endpoint: d.EndpointID}
}

func TestADeliveryArrivesSignedAndIsDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("thanks")) })
	endpoint, key := w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	if out := w.attempt(w.deliver(), d); !out.Over {
		t.Errorf("%+v, want it over", out)
	}
	seen := r.requests()
	if len(seen) != 1 {
		t.Fatalf("%d requests, want one", len(seen))
	}
	if err := webhook.Verify(seen[0].header, seen[0].body, key, time.Now(), webhook.Tolerance); err != nil {
		t.Error(err)
	}
	var body struct {
		ID, Type string
		Created  int64
		Data     struct{ Object struct{ ID string } }
	}
	if err := json.Unmarshal(seen[0].body, &body); err != nil {
		t.Fatal(err)
	}
	if body.ID != d.EventID || body.ID != seen[0].header.Get(webhook.HeaderID) || body.Type != "certificate.approved" || body.Created != d.EventCreatedAt.Unix() || body.Data.Object.ID != "ci_told" {
		t.Errorf("body %s", seen[0].body)
	}
	after, attempts := w.delivery(d.ID), w.attempts(d.ID)
	if after.Status != schema.DeliverySucceeded || after.Reason != nil || !after.NextAttemptAt.IsZero() || after.Attempts != 1 {
		t.Errorf("delivery %+v", after)
	}
	if len(attempts) != 1 || *attempts[0].StatusCode != 200 || *attempts[0].Answer != "thanks" || *attempts[0].RemoteIP != "127.0.0.1" || attempts[0].ErrorClass != nil {
		t.Errorf("attempts %+v", attempts)
	}
	if w.endpointNow(endpoint.ID).LastSuccessAt.IsZero() {
		t.Error("the endpoint's success is not noted")
	}
	// A workflow that was started twice finds nothing left to do.
	if out := w.attempt(w.deliver(), d); !out.Over || len(r.requests()) != 1 {
		t.Errorf("a second look: %+v after %d requests", out, len(r.requests()))
	}
}

func TestADeliveryIsTriedByTheScheduleUntilThatEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(500))
	w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	schedule, deliver := webhook.DefaultSchedule(), w.deliver()
	for i := range schedule {
		out := w.attempt(deliver, d)
		now := w.delivery(d.ID)
		if i == len(schedule)-1 {
			if !out.Over || now.Status != schema.DeliveryExhausted || *now.Reason != "status" || !now.NextAttemptAt.IsZero() {
				t.Errorf("after the last attempt: %+v, %+v", out, now)
			}
			break
		}
		least, most := time.Duration(float64(schedule[i+1])*0.79), time.Duration(float64(schedule[i+1])*1.21)
		wait := time.Until(now.NextAttemptAt)
		if out.Over || out.Wait < least || out.Wait > most || wait > most || wait < least-10*time.Second {
			t.Errorf("after attempt %d: %+v, next in %v; want %v", i+1, out, wait, schedule[i+1])
		}
	}
	for i, a := range w.attempts(d.ID) {
		if a.Number != i+1 || *a.StatusCode != 500 || *a.ErrorClass != "status" {
			t.Errorf("attempt %d: %+v", i+1, a)
		}
	}
	if n := len(r.requests()); n != len(schedule) {
		t.Errorf("%d requests, want %d", n, len(schedule))
	}
}

func TestAnAttemptThatIsNotDueIsNotMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	w.exec("UPDATE deliveries SET next_attempt_at = now() + interval '1 hour' WHERE id = $1", d.ID)
	out, err := w.deliver().AttemptDelivery(t.Context(), addressed(d))
	if err != nil || out.Over || out.Wait < 59*time.Minute || out.Wait > time.Hour || len(r.requests()) != 0 {
		t.Errorf("%+v, %v after %d requests; want to wait an hour", out, err, len(r.requests()))
	}
}

func TestTheFirstAttemptWaitsAsTheScheduleSays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(500))
	w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	deliver := w.deliver()
	deliver.Schedule = webhook.Schedule{10 * time.Minute, time.Second}
	if out := w.attempt(deliver, d); out.Over || out.Wait < 9*time.Minute || out.Wait > 10*time.Minute || len(r.requests()) != 0 {
		t.Errorf("%+v after %d requests, want a wait of ten minutes", out, len(r.requests()))
	}
	if due, err := w.db.DueDeliveries(t.Context(), time.Now().Add(9*time.Minute), 10); len(due) != 0 || err != nil {
		t.Errorf("%d deliveries are overdue, %v; it waits as the schedule says", len(due), err)
	}
	if out := w.attempt(deliver, d); out.Over || out.Wait > 10*time.Minute || len(r.requests()) != 0 {
		t.Errorf("%+v after %d requests, want the same wait", out, len(r.requests()))
	}
	deliver.Now = func() time.Time { return time.Now().Add(11 * time.Minute) }
	if out := w.attempt(deliver, d); out.Over || len(r.requests()) != 1 {
		t.Errorf("%+v after %d requests, want one", out, len(r.requests()))
	}
}

func TestAReceiverThatIsOverloadedIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		retryAfter  int
		least, most time.Duration
	}{
		{"429 waits a minute at least", 0, 59 * time.Second, time.Minute},
		{"429 with Retry-After waits as long as that asks", 600, 599 * time.Second, 600 * time.Second},
		{"Retry-After counts up to an hour", 90_000, 3599 * time.Second, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
				if test.retryAfter > 0 {
					w.Header().Set("Retry-After", strconv.Itoa(test.retryAfter))
				}
				w.WriteHeader(http.StatusTooManyRequests)
			})
			w.endpoint(r.URL, "*")
			d := w.told("certificate.approved")[0]
			if out := w.attempt(w.deliver(), d); out.Over || out.Wait < test.least || out.Wait > test.most {
				t.Errorf("%+v, want a wait of %v to %v", out, test.least, test.most)
			}
		})
	}
}

func TestAnEndpointThatIsGoneIsDisabledAndTheOthersAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := newReceiver(t, answers(http.StatusGone))
	off, _ := w.endpoint(gone.URL, "certificate.approved", "webhook_endpoint.disabled")
	other, _ := w.endpoint("https://example.com/other", "webhook_endpoint.disabled")
	deaf, _ := w.endpoint("https://example.com/deaf", "certificate.error")
	d := w.told("certificate.approved")[0]
	if out := w.attempt(w.deliver(), d); !out.Over {
		t.Errorf("%+v, want it over", out)
	}
	if got := w.delivery(d.ID); got.Status != schema.DeliveryFailed || *got.Reason != "endpoint_gone" {
		t.Errorf("delivery %+v", got)
	}
	if got := w.endpointNow(off.ID); got.Status != schema.EndpointDisabled || *got.DisabledReason != "gone" {
		t.Errorf("endpoint %+v", got)
	}
	if diff := cmp.Diff([]string{"webhook_endpoint.disabled"}, w.events(off.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	var data map[string]string
	if err := json.Unmarshal([]byte(w.text("SELECT data::text FROM events WHERE object_id = $1", off.ID)), &data); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"id": off.ID, "url": gone.URL, "reason": "gone"}, data); diff != "" {
		t.Errorf("the event's object (-want +got):\n%s", diff)
	}
	started := w.starter.deliveries
	if len(started) != 1 || w.delivery(started[0]).EndpointID != other.ID {
		t.Errorf("started %v, want one to %s", started, other.ID)
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE endpoint_id = $1", deaf.ID); n != 0 {
		t.Errorf("an endpoint is told that did not ask: %d deliveries", n)
	}
}

func TestFiveDaysWithoutASuccessDisableAnEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(500))
	e, _ := w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	w.exec(`UPDATE webhook_endpoints SET failing_since = now() - interval '5 days 1 minute', run_since = now() - interval '5 days 1 minute',
		last_failure_at = now() - interval '1 hour' WHERE id = $1`, e.ID)
	if out := w.attempt(w.deliver(), d); !out.Over {
		t.Errorf("%+v, want it over", out)
	}
	if got := w.endpointNow(e.ID); got.Status != schema.EndpointDisabled || *got.DisabledReason != "failing" {
		t.Errorf("endpoint %+v", got)
	}
	if got := w.delivery(d.ID); got.Status != schema.DeliverySkipped || len(w.attempts(d.ID)) != 1 {
		t.Errorf("delivery %+v", got)
	}
}

func TestADisabledEndpointIsSkipped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	e, _ := w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	w.exec("UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'by hand' WHERE id = $1", e.ID)
	if out := w.attempt(w.deliver(), d); !out.Over || len(r.requests()) != 0 {
		t.Errorf("%+v after %d requests, want it over without any", out, len(r.requests()))
	}
	if got := w.delivery(d.ID); got.Status != schema.DeliverySkipped || *got.Reason != "endpoint_disabled" {
		t.Errorf("delivery %+v", got)
	}
	// An event of later is recorded as skipped at once, for the same reason.
	if later := w.told("certificate.denied"); len(later) != 0 {
		t.Errorf("to start: %+v, want nothing", later)
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE status = 'skipped' AND reason = 'endpoint_disabled'"); n != 2 {
		t.Errorf("%d skipped deliveries with the reason, want 2", n)
	}
}

func TestADeletedEndpointsDeliveriesAreCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	e, _ := w.endpoint(r.URL, "*")
	before, raced := w.told("certificate.approved")[0], w.told("certificate.denied")[0]
	w.do(func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.DeleteEndpoint(ctx, tx, e.ID)
		return err
	})
	// One that was written while the endpoint was being deleted is left open.
	w.exec("UPDATE deliveries SET status = 'pending', reason = NULL, next_attempt_at = now() WHERE id = $1", raced.ID)
	for _, d := range []schema.Delivery{before, raced} {
		if out := w.attempt(w.deliver(), d); !out.Over {
			t.Errorf("%+v, want it over", out)
		}
		if got := w.delivery(d.ID); got.Status != schema.DeliveryCancelled || *got.Reason != "endpoint_deleted" {
			t.Errorf("delivery %+v", got)
		}
	}
	if len(r.requests()) != 0 {
		t.Error("a deleted endpoint was called")
	}
}

func TestNothingIsToldOfADeletedCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	w.endpoint(r.URL, "*")
	c := w.parsed(standard)
	ended := w.evaluate(c, noon)
	w.delete(c.ID)
	d := *w.delivery(ended.Deliveries[0].ID)
	if out := w.attempt(w.deliver(), d); !out.Over || len(r.requests()) != 0 {
		t.Errorf("%+v after %d requests, want it over without any", out, len(r.requests()))
	}
	if got := w.delivery(d.ID); got.Status != schema.DeliveryCancelled || *got.Reason != "object_deleted" {
		t.Errorf("delivery %+v", got)
	}
}

func TestWaitingForABusyEndpointUsesUpNoAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	r := newReceiver(t, func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	})
	e, _ := w.endpoint(r.URL, "*")
	deliver := w.deliver() // two at once
	var busy sync.WaitGroup
	for _, event := range []string{"certificate.approved", "certificate.denied"} {
		d := w.told(event)[0]
		busy.Go(func() {
			if out, err := deliver.AttemptDelivery(t.Context(), addressed(d)); err != nil || !out.Over {
				t.Errorf("%+v, %v", out, err)
			}
		})
	}
	<-arrived
	<-arrived
	third := w.told("certificate.flagged")[0]
	out, err := deliver.AttemptDelivery(t.Context(), addressed(third))
	if err != nil || out.Over || out.Wait <= 0 || out.Wait > 10*time.Second {
		t.Errorf("%+v, %v; want a short wait", out, err)
	}
	if got := w.delivery(third.ID); got.Status != schema.DeliveryPending || got.Attempts != 0 || len(w.attempts(third.ID)) != 0 {
		t.Errorf("delivery %+v", got)
	}
	close(release)
	busy.Wait()
	if !w.endpointNow(e.ID).FailingSince.IsZero() {
		t.Error("waiting counts as a failure of the endpoint")
	}
}

func TestWhileASecretIsRotatedBothSign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	e, old := w.endpoint(r.URL, "*")
	text, sealed := newSecret(t, e.ID)
	rotate := func(ends time.Time) {
		w.do(func(ctx context.Context, tx bun.Tx) error {
			locked, err := schema.LockEndpoint(ctx, tx, e.ID)
			if err != nil {
				return err
			}
			return schema.RotateSecret(ctx, tx, locked, sealed, ends)
		})
	}
	rotate(time.Now().Add(time.Hour))
	w.attempt(w.deliver(), w.told("certificate.approved")[0])
	during := r.requests()[0]
	for name, key := range map[string]secret.Text{"the one before": old, "the fresh one": text} {
		if err := webhook.Verify(during.header, during.body, key, time.Now(), webhook.Tolerance); err != nil {
			t.Errorf("%s does not verify during the rotation: %v", name, err)
		}
	}
	w.exec("UPDATE endpoint_secrets SET expires_at = now() - interval '1 second' WHERE expires_at IS NOT NULL")
	w.attempt(w.deliver(), w.told("certificate.denied")[0])
	after := r.requests()[1]
	if err := webhook.Verify(after.header, after.body, text, time.Now(), webhook.Tolerance); err != nil {
		t.Error("the fresh one does not verify after the rotation:", err)
	}
	if webhook.Verify(after.header, after.body, old, time.Now(), webhook.Tolerance) == nil {
		t.Error("a secret signs that has ended")
	}
}

func TestNothingIsSentWithASecretThatNoKeyOpensUntilThereIsAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := newReceiver(t, answers(200))
	e, lost := w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	deliver := w.deliver()
	deliver.Secrets = freshBox(t)
	_, err := deliver.AttemptDelivery(t.Context(), addressed(d))
	var fault *temporal.ApplicationError
	if !errors.As(activities.Fault(err), &fault) || fault.Type() != activities.FaultSealed || fault.NonRetryable() {
		t.Errorf("without the key: %v, want a %s that is tried again", err, activities.FaultSealed)
	}
	if n := len(r.requests()); n != 0 || w.delivery(d.ID).Attempts != 0 {
		t.Errorf("without the key %d requests were made and %d attempts used up", n, w.delivery(d.ID).Attempts)
	}
	text := webhook.NewSecret()
	sealed, err := deliver.Secrets.Seal([]byte(text.Reveal()), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	w.do(func(ctx context.Context, tx bun.Tx) error {
		return schema.RotateSecret(ctx, tx, e, sealed, time.Now().Add(time.Hour))
	})
	if out := w.attempt(deliver, d); !out.Over {
		t.Errorf("with another secret: %+v, want it over", out)
	}
	sent := r.requests()[0]
	if err := webhook.Verify(sent.header, sent.body, text, time.Now(), webhook.Tolerance); err != nil {
		t.Error("the other secret does not verify:", err)
	}
	if webhook.Verify(sent.header, sent.body, lost, time.Now(), webhook.Tolerance) == nil {
		t.Error("a secret signs that cannot be opened")
	}
}

// freshBox is one whose key has sealed nothing.
func freshBox(t *testing.T) *secret.Box {
	t.Helper()
	b, err := secret.NewBox(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAWorkerThatDiesBetweenSendingAndRecordingSendsTheSameAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dying, die := context.WithCancel(t.Context())
	var once sync.Once
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		once.Do(die)
	})
	w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	if _, err := w.deliver().AttemptDelivery(dying, addressed(d)); err == nil {
		t.Fatal("the attempt ends well although its worker died")
	}
	if got := w.delivery(d.ID); got.Status != schema.DeliveryPending || got.Attempts != 0 {
		t.Errorf("delivery %+v, want it open without attempts", got)
	}
	if out := w.attempt(w.deliver(), d); !out.Over {
		t.Errorf("%+v, want it over", out)
	}
	seen := r.requests()
	if len(seen) != 2 || seen[0].header.Get(webhook.HeaderID) != seen[1].header.Get(webhook.HeaderID) || string(seen[0].body) != string(seen[1].body) {
		t.Errorf("%d requests, want two of the same event", len(seen))
	}
	if attempts := w.attempts(d.ID); len(attempts) != 1 || attempts[0].Number != 1 {
		t.Errorf("attempts %+v, want one", attempts)
	}
}

// A request that outlives its activity is made again elsewhere. Whatever ends last must not open a delivery that has ended.
func TestAFailureThatComesLateLeavesASuccessAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
		late := false
		once.Do(func() { late = true })
		if late {
			close(arrived)
			<-release
			w.WriteHeader(500)
		}
	})
	e, _ := w.endpoint(r.URL, "*")
	d := w.told("certificate.approved")[0]
	var late sync.WaitGroup
	late.Go(func() {
		if out, err := w.deliver().AttemptDelivery(t.Context(), addressed(d)); err != nil || !out.Over {
			t.Errorf("the late one: %+v, %v; want it over", out, err)
		}
	})
	<-arrived
	w.attempt(w.deliver(), d)
	close(release)
	late.Wait()
	if got := w.delivery(d.ID); got.Status != schema.DeliverySucceeded {
		t.Errorf("delivery %+v, want it succeeded", got)
	}
	if !w.endpointNow(e.ID).LastSuccessAt.IsZero() && w.endpointNow(e.ID).Status != schema.EndpointEnabled {
		t.Error("the endpoint is disabled")
	}
}

func TestTwoEndpointsThatAreGoneAtOnceBothEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 8 {
		var meet sync.WaitGroup
		meet.Add(2)
		r := newReceiver(t, func(w http.ResponseWriter, _ *http.Request) {
			meet.Done()
			meet.Wait()
			w.WriteHeader(http.StatusGone)
		})
		w.endpoint(r.URL+"/a", "*")
		w.endpoint(r.URL+"/b", "*")
		var both sync.WaitGroup
		for _, d := range w.told("certificate.approved") {
			both.Go(func() {
				if out, err := w.deliver().AttemptDelivery(t.Context(), addressed(d)); err != nil || !out.Over {
					t.Errorf("%+v, %v; want it over", out, err)
				}
			})
		}
		both.Wait()
		if n := len(r.requests()); n != 2 {
			t.Errorf("%d requests, want one each", n)
		}
		w.exec("UPDATE webhook_endpoints SET deleted_at = now()")
	}
}

func TestAnAddressThatIsRefusedIsToldInTheAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://10.1.2.3/hook", "*")
	d := w.told("certificate.approved")[0]
	w.attempt(w.deliver(), d)
	attempts := w.attempts(d.ID)
	if len(attempts) != 1 || attempts[0].StatusCode != nil || attempts[0].ErrorClass == nil || attempts[0].Detail == nil || (*attempts[0].Detail)[:8] != "private:" {
		t.Errorf("attempts %+v, want one that names the refusal", attempts)
	}
}

// published publishes events and lets their deliveries to an endpoint have the given states.
func (w *world) published(endpoint *schema.Endpoint, states ...string) []string {
	w.t.Helper()
	var events []string
	for _, state := range states {
		e := schema.NewEvent(w.account, "certificate.approved", id.New(id.Certificate), map[string]string{})
		w.do(func(ctx context.Context, tx bun.Tx) error {
			_, err := schema.PublishTo(ctx, tx, e, []schema.Endpoint{*endpoint})
			return err
		})
		if state != schema.DeliveryPending {
			w.exec("UPDATE deliveries SET status = $2, next_attempt_at = NULL WHERE event_id = $1", e.ID, state)
		}
		events = append(events, e.ID)
	}
	return events
}

func TestARecoverySendsOnlyWhatNeverSucceeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	other, _ := w.endpoint("https://example.com/other", "*")
	since := time.Now().Add(-time.Hour)
	events := w.published(e, schema.DeliverySucceeded, schema.DeliveryPending, schema.DeliveryExhausted, schema.DeliverySkipped, schema.DeliveryFailed)
	w.published(other, schema.DeliveryExhausted)
	in := activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: since, Until: time.Now().Add(time.Hour)}
	first, err := w.deliver().RecoverBatch(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var recovered []string
	for _, d := range first.Deliveries {
		row := w.delivery(d.ID)
		if row.EndpointID != e.ID || row.Status != schema.DeliveryPending || row.Attempts != 0 {
			t.Errorf("delivery %+v", row)
		}
		recovered = append(recovered, row.EventID)
	}
	if diff := cmp.Diff(events[2:], recovered); diff != "" || !first.Over {
		t.Errorf("over %v; recovered events (-want +got):\n%s", first.Over, diff)
	}
	again, err := w.deliver().RecoverBatch(t.Context(), in)
	if err != nil || len(again.Deliveries) != 0 || !again.Over {
		t.Errorf("a repetition: %+v, %v; want nothing more", again, err)
	}
	// An event that arrived at last is not sent again, although an earlier delivery of it failed.
	w.exec("UPDATE deliveries SET status = 'succeeded', next_attempt_at = NULL WHERE status = 'pending'")
	if later, err := w.deliver().RecoverBatch(t.Context(), in); err != nil || len(later.Deliveries) != 0 {
		t.Errorf("after success: %+v, %v", later, err)
	}
}

func TestARecoveryDoesNotWaitForAnAttemptThatIsFarOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	events := w.published(e, schema.DeliveryPending, schema.DeliveryPending)
	w.exec("UPDATE deliveries SET next_attempt_at = now() + interval '20 hours', attempts = 9, reason = 'status' WHERE event_id = $1", events[0])
	in := activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}
	got, err := w.deliver().RecoverBatch(t.Context(), in)
	if err != nil || len(got.Deliveries) != 1 || w.delivery(got.Deliveries[0].ID).EventID != events[0] {
		t.Fatalf("%+v, %v; want a delivery of the first event", got, err)
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE event_id = $1 AND status = 'cancelled' AND reason = 'recovered'", events[0]); n != 1 {
		t.Errorf("%d deliveries are ended by the recovery, want the one that waited", n)
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE event_id = $1 AND status = 'pending'", events[1]); n != 1 {
		t.Errorf("%d open deliveries of the event that is on its way, want the one that was", n)
	}
}

func TestRecoveriesAtTheSameMomentMakeNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	w.published(e, schema.DeliverySkipped, schema.DeliveryExhausted, schema.DeliveryFailed)
	in := activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}
	var several sync.WaitGroup
	for range 4 {
		several.Go(func() {
			if _, err := w.deliver().RecoverBatch(t.Context(), in); err != nil {
				t.Error(err)
			}
		})
	}
	several.Wait()
	if n := w.count("SELECT count(*) FROM deliveries WHERE status = 'pending'"); n != 3 {
		t.Errorf("%d deliveries were made, want 3", n)
	}
}

func TestNothingOfADeletedCertificateIsRecovered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	pending, exhausted, kept := w.parsed(standard), w.parsed(standard), w.parsed(standard)
	for _, c := range []*schema.Certificate{pending, exhausted, kept} {
		w.evaluate(c, noon)
	}
	w.exec("UPDATE deliveries SET status = 'exhausted', next_attempt_at = NULL WHERE event_id IN (SELECT id FROM events WHERE object_id <> $1)", pending.ID)
	w.delete(pending.ID)
	w.delete(exhausted.ID)
	got, err := w.deliver().RecoverBatch(t.Context(), activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)})
	if err != nil || len(got.Deliveries) != 1 {
		t.Fatalf("%+v, %v; want one", got, err)
	}
	if object := w.text("SELECT e.object_id FROM events e JOIN deliveries d ON d.event_id = e.id WHERE d.id = $1", got.Deliveries[0].ID); object != kept.ID {
		t.Errorf("recovered an event of %s, want %s", object, kept.ID)
	}
}

func TestARecoveryGoesThroughItsEventsInBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	skipped := make([]string, 130)
	for i := range skipped {
		skipped[i] = schema.DeliverySkipped
	}
	w.published(e, skipped...)
	in := activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: time.Now().Add(-time.Hour), Until: time.Now().Add(time.Hour)}
	var sizes []int
	for {
		batch, err := w.deliver().RecoverBatch(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		sizes, in.After = append(sizes, len(batch.Deliveries)), batch.After
		if batch.Over {
			break
		}
	}
	if diff := cmp.Diff([]int{100, 30}, sizes); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

func TestThereIsNothingToRecoverForAnEndpointThatIsOffOrOutsideTheRange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e, _ := w.endpoint("https://example.com", "*")
	w.published(e, schema.DeliverySkipped)
	now := time.Now()
	for name, in := range map[string]activities.RecoverInput{
		"before the range": {Since: now.Add(time.Hour), Until: now.Add(2 * time.Hour), Endpoint: e.ID},
		"after the range":  {Since: now.Add(-2 * time.Hour), Until: now.Add(-time.Hour), Endpoint: e.ID},
		"of nobody":        {Since: now.Add(-time.Hour), Until: now.Add(time.Hour), Endpoint: "whe_nobody"},
	} {
		in.Account = w.account
		if got, err := w.deliver().RecoverBatch(t.Context(), in); err != nil || len(got.Deliveries) != 0 || !got.Over {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	w.exec("UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'by hand'")
	got, err := w.deliver().RecoverBatch(t.Context(), activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: now.Add(-time.Hour), Until: now.Add(time.Hour)})
	if err != nil || len(got.Deliveries) != 0 || !got.Over {
		t.Errorf("disabled: %+v, %v", got, err)
	}
}
