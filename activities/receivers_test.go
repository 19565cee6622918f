package activities_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"certflow/activities"
	"certflow/internal/webhook"
	"certflow/schema"
	"certflow/workflows"
)

// clockwork is Temporal's mocked environment in which deliveries run whole: their workflow, its one real activity, the database and the
// network. What waits for days is over in a moment, and all of it goes by the mocked clock.
func (w *world) clockwork() *testsuite.TestWorkflowEnvironment {
	w.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(2 * time.Minute)
	// A machine that is busy with other tests may not let a workflow run for a second.
	env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute})
	d := w.deliver()
	d.Now = env.Now
	d.Limiter = webhook.NewLimiter(100)
	d.Sender = webhook.NewSender(webhook.SenderOptions{
		Guard:   webhook.NewGuard(webhook.GuardOptions{AllowHTTP: true, AllowedRanges: webhook.LoopbackRanges()}),
		Timeout: 3 * time.Second, AnswerTimeout: 2 * time.Second,
	})
	workflows.RegisterWebhooks(env)
	env.RegisterActivity(d)
	return env
}

// begin starts a delivery that outlives the workflow which starts it, as reviews do.
func begin(ctx workflow.Context, in activities.DeliverInput) workflow.ChildWorkflowFuture {
	return workflow.ExecuteChildWorkflow(workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID: workflows.DeliveryID(in.ID), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
	}), workflows.DeliverWebhook, in)
}

// scripted answers its first request with the first handler and so on; the last one answers all that follow.
func scripted(script ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := script[min(n, len(script)-1)]
		n++
		mu.Unlock()
		answer(w, r)
	}
}

func retryAfter(seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", seconds)
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

func redirects(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusPermanentRedirect)
	}
}

// hangs says nothing until the sender has gone.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// dribbles says 200 and then a byte at a time.
func dribbles(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		if _, err := io.WriteString(w, "x"); err != nil || http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// bombs answers a gigabyte of zeros, packed.
func bombs(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	packed := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for range 1024 {
		if _, err := packed.Write(zeros); err != nil {
			return
		}
	}
	_ = packed.Close()
}

func resets(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// story is what an attempt shows of how it went.
func story(a schema.Attempt) string {
	text := "nothing came"
	if a.StatusCode != nil {
		text = fmt.Sprint(*a.StatusCode)
	}
	if a.ErrorClass != nil {
		text += ", " + *a.ErrorClass
	}
	if a.Detail != nil {
		text += ": " + *a.Detail
	}
	return text
}

// times is a story that is told so many times.
func times(n int, what string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = what
	}
	return all
}

// untrusted is a server whose TLS certificate no authority has signed.
func untrusted(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(answers(200))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

func TestEachKindOfReceiverEndsAsDocumentedAtTheTimesOfTheSchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env := w.clockwork()
	private := newReceiver(t, answers(200))
	const (
		ok    = "200"
		moved = "308, redirect: the endpoint answered 308; redirects are not followed"
	)
	schedule := webhook.DefaultSchedule()
	type want struct {
		status, reason string
		endpoint       string // its status afterwards
		attempts       []string
		waits          []time.Duration // before the second attempt and so on; jitter is on top unless exact
		exact          bool
	}
	cases := map[string]struct {
		url  string
		want want
	}{
		"500 three times, then 200": {
			newReceiver(t, scripted(answers(500), answers(500), answers(500), answers(200))).URL,
			want{"succeeded", "", "enabled", append(times(3, "500, status: the endpoint answered 500"), ok), schedule[1:4], false},
		},
		"429 without Retry-After, then with a day of it": {
			newReceiver(t, scripted(answers(429), retryAfter("86400"), answers(200))).URL,
			want{"succeeded", "", "enabled", append(times(2, "429, status: the endpoint answered 429"), ok), []time.Duration{time.Minute, time.Hour}, true},
		},
		"429 with Retry-After": {
			newReceiver(t, scripted(retryAfter("600"), answers(204))).URL,
			want{"succeeded", "", "enabled", []string{"429, status: the endpoint answered 429", "204"}, []time.Duration{10 * time.Minute}, true},
		},
		"308 to a private address": {
			newReceiver(t, redirects(private.URL)).URL,
			want{"exhausted", "redirect", "enabled", times(10, moved), schedule[1:], false},
		},
		"410": {
			newReceiver(t, answers(410)).URL,
			want{"failed", "endpoint_gone", "disabled", []string{"410, status: the endpoint answered 410"}, nil, false},
		},
		"no answer in time, then 200": {
			newReceiver(t, scripted(hangs, answers(200))).URL,
			want{"succeeded", "", "enabled", []string{"nothing came, timeout: time ran out before an answer came", ok}, schedule[1:2], false},
		},
		"200 with a body that dribbles": {
			newReceiver(t, dribbles).URL,
			want{"succeeded", "", "enabled", []string{"200: (answer slow)"}, nil, false},
		},
		"200 with a gzip bomb": {
			newReceiver(t, bombs).URL,
			want{"succeeded", "", "enabled", []string{"200: (answer cut)"}, nil, false},
		},
		"a reset each time": {
			newReceiver(t, resets).URL,
			want{"exhausted", "reset", "enabled", times(10, "nothing came, reset: the connection broke before an answer came"), schedule[1:], false},
		},
		"a TLS certificate that nobody trusts": {
			untrusted(t),
			want{"exhausted", "tls", "enabled",
				times(10, "nothing came, tls: the TLS certificate is not from an authority that is trusted"), schedule[1:], false},
		},
	}
	made := map[string]schema.Delivery{}
	for name, c := range cases {
		endpoint, _ := w.endpoint(c.url, "certificate.approved")
		w.do(func(ctx context.Context, tx bun.Tx) error {
			e := schema.NewEvent(w.account, "certificate.approved", "ci_told", map[string]string{"id": "ci_told"})
			deliveries, err := schema.PublishTo(ctx, tx, e, []schema.Endpoint{*endpoint})
			if err == nil {
				made[name] = deliveries[0]
			}
			return err
		})
	}
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		var all []workflow.ChildWorkflowFuture
		for _, row := range made {
			all = append(all, begin(ctx, addressed(row)))
		}
		for _, one := range all {
			if err := one.Get(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			row, rows := w.delivery(made[name].ID), w.attempts(made[name].ID)
			var reason string
			if row.Reason != nil {
				reason = *row.Reason
			}
			got := want{status: row.Status, reason: reason, endpoint: w.endpointNow(row.EndpointID).Status}
			for _, a := range rows {
				got.attempts = append(got.attempts, story(a))
				if a.RemoteIP == nil || *a.RemoteIP != "127.0.0.1" {
					t.Errorf("attempt %d went to %v", a.Number, a.RemoteIP)
				}
				if a.Answer != nil && len(*a.Answer) > 16<<10 {
					t.Errorf("attempt %d keeps %d bytes of the answer", a.Number, len(*a.Answer))
				}
			}
			got.waits, got.exact = c.want.waits, c.want.exact
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(rows) != len(c.want.waits)+1 || row.Attempts != len(rows) {
				t.Fatalf("%d attempts, of which the delivery counts %d; want %d", len(rows), row.Attempts, len(c.want.waits)+1)
			}
			for i, wait := range c.want.waits {
				least, most := wait, wait
				if !c.want.exact {
					least, most = wait*8/10, wait*12/10
				}
				// An attempt is written down when it has ended, and a hung one takes 3 s of the mocked clock too.
				const slack = 4 * time.Second
				if waited := rows[i+1].CreatedAt.Sub(rows[i].CreatedAt); waited < least-time.Millisecond || waited > most+slack {
					t.Errorf("attempt %d came %v after the one before, want %v to %v", i+2, waited, least, most)
				}
			}
		})
	}
	if n := len(private.requests()); n != 0 {
		t.Errorf("a redirect was followed to a private address %d times", n)
	}
	if diff := cmp.Diff([]string{"webhook_endpoint.disabled"}, w.events(made["410"].EndpointID)); diff != "" {
		t.Errorf("events about the endpoint that is gone (-want +got):\n%s", diff)
	}
}

// An endpoint is down for three days, in which an event happens every six hours. By then the schedule has put some deliveries off by a
// day, which a recovery must not wait for.
func TestAnEndpointThatWasDownForThreeDaysIsRecoveredByRange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	env := w.clockwork()
	var mu sync.Mutex
	var up bool
	accepted := map[string]int{} // by the id that the receiver sees
	tried := map[string]int{}
	e, key := w.endpoint("http://placeholder.invalid", "certificate.approved")
	r := newReceiver(t, answers(200))
	r.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		if err := webhook.Verify(request.Header, body, key, env.Now(), webhook.Tolerance); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		tried[request.Header.Get(webhook.HeaderID)]++
		if !up {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		accepted[request.Header.Get(webhook.HeaderID)]++
	})
	w.exec("UPDATE webhook_endpoints SET url = $1 WHERE id = $2", r.URL, e.ID)
	turn := func(on bool) {
		mu.Lock()
		defer mu.Unlock()
		up = on
	}
	const every, days = 6 * time.Hour, 3
	began := env.Now()
	var during []string
	publish := func(ctx context.Context) (activities.DeliverInput, error) {
		event := schema.NewEvent(w.account, "certificate.approved", "ci_told", map[string]string{"id": "ci_told"})
		event.CreatedAt = env.Now()
		var made []schema.Delivery
		err := w.db.InAccount(ctx, w.account, func(ctx context.Context, tx bun.Tx) error {
			var err error
			made, err = schema.PublishTo(ctx, tx, event, []schema.Endpoint{*e})
			return err
		})
		if err != nil {
			return activities.DeliverInput{}, err
		}
		during = append(during, event.ID)
		return addressed(made[0]), nil
	}
	env.RegisterActivity(publish)
	var waitedFor int // events that had arrived a minute after the recovery began
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1}})
		happens := func() (workflow.ChildWorkflowFuture, error) {
			var in activities.DeliverInput
			if err := workflow.ExecuteActivity(ctx, publish).Get(ctx, &in); err != nil {
				return nil, err
			}
			return begin(ctx, in), nil
		}
		turn(true)
		before, err := happens() // arrives at once, and must not be sent again
		if err != nil {
			return err
		}
		if err := before.Get(ctx, nil); err != nil {
			return err
		}
		turn(false)
		var open []workflow.ChildWorkflowFuture
		for range days * 24 * time.Hour / every {
			one, err := happens()
			if err != nil {
				return err
			}
			open = append(open, one)
			if err := workflow.Sleep(ctx, every); err != nil {
				return err
			}
		}
		turn(true)
		recovery := workflow.ExecuteChildWorkflow(ctx, workflows.RecoverEndpoint,
			activities.RecoverInput{Account: w.account, Endpoint: e.ID, Since: began.Add(-time.Hour), Until: workflow.Now(ctx)})
		var recovered int
		if err := recovery.Get(ctx, &recovered); err != nil {
			return err
		}
		if want := len(during) - 1; recovered != want {
			t.Errorf("the recovery made %d deliveries, want %d", recovered, want)
		}
		if err := workflow.Sleep(ctx, time.Minute); err != nil {
			return err
		}
		mu.Lock()
		waitedFor = len(accepted)
		mu.Unlock()
		for _, one := range open {
			if err := one.Get(ctx, nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if passed := env.Now().Sub(began); passed < days*24*time.Hour {
		t.Errorf("%v passed on the mocked clock, want three days", passed)
	}
	want := map[string]int{}
	for _, event := range during {
		want[event] = 1
	}
	if diff := cmp.Diff(want, accepted); diff != "" {
		t.Errorf("events and how often they arrived (-want +got):\n%s", diff)
	}
	if waitedFor != len(during) {
		t.Errorf("%d of %d events had arrived a minute after the recovery", waitedFor, len(during))
	}
	for _, event := range during[1:] {
		if tried[event] < 2 {
			t.Errorf("%s was tried %d times: the endpoint was not down for it", event, tried[event])
		}
		if n := w.count("SELECT count(*) FROM deliveries WHERE event_id = $1 AND status = 'succeeded'", event); n != 1 {
			t.Errorf("%d deliveries of %s succeeded", n, event)
		}
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE status = 'pending'"); n != 0 {
		t.Errorf("%d deliveries are still open", n)
	}
}
