package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/schema"
)

func marshal(v any) ([]byte, error) { return json.Marshal(v) }

func TestAnEndpointShowsItsSecretOnceAndAtRotation(t *testing.T) {
	w := setup(t)
	e := w.made("/webhook_endpoints", `{"url":"https://Example.com/hooks?a=b","description":"Mine"}`)
	want := object{"object": "webhook_endpoint", "url": "https://example.com/hooks?a=b", "description": "Mine", "status": "enabled", "disabled_reason": nil,
		"events": []any{"certificate.approved", "certificate.flagged", "certificate.denied", "certificate.error"}}
	if diff := cmp.Diff(want, e, ignoring("id", "created", "updated", "secret")); diff != "" {
		t.Fatal(diff)
	}
	path := "/webhook_endpoints/" + e.text("id")
	secret := e.text("secret")
	if !strings.HasPrefix(secret, "whsec_") {
		t.Errorf("the secret is %q", secret)
	}
	for _, a := range []answer{w.want(200, "GET", path, ""), w.want(200, "PUT", path, `{"description":null}`), w.want(200, "GET", "/webhook_endpoints", "")} {
		if bytes.Contains(a.body, []byte("whsec_")) {
			t.Errorf("the secret is shown again: %s", a.body)
		}
	}
	rotated := w.want(200, "POST", path+"/rotate_secret", `{"expire_after":60}`).object(t)
	if got := rotated.text("secret"); !strings.HasPrefix(got, "whsec_") || got == secret {
		t.Errorf("the rotated secret is %q", got)
	}
	valid := func(after time.Duration) (texts []string) {
		w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
			sealed, err := schema.ValidSecrets(ctx, tx, e.text("id"), w.now.Add(after))
			for _, s := range sealed {
				text, err := w.secrets.Open(s, e.text("id"))
				if err != nil {
					return err
				}
				texts = append(texts, string(text))
			}
			return err
		})
		return texts
	}
	if diff := cmp.Diff([]string{rotated.text("secret"), secret}, valid(0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{rotated.text("secret")}, valid(2*time.Minute)); diff != "" {
		t.Error(diff)
	}
	w.want(200, "DELETE", path, "")
	w.refusal(404, "resource_not_found", "GET", path, "")
}

func TestEndpointsAreRefusedByTheirURLByName(t *testing.T) {
	w := setup(t)
	for url, says := range map[string]string{
		"http://example.com": "https", "https://u:p@example.com": "user name", "https://example.com/#a": "fragment", "https://127.0.0.1": "loopback",
		"https://10.0.0.1": "private", "https://[::1]": "loopback", "https://169.254.169.254/": "metadata", "https://0x7f.1/": "", "ftp://example.com": "https", "x": "",
	} {
		message := w.refusal(400, "invalid_input", "POST", "/webhook_endpoints", fmt.Sprintf(`{"url":%q}`, url))
		if !strings.Contains(message, `"url"`) || !strings.Contains(message, says) {
			t.Errorf("%s: the refusal is %s", url, message)
		}
	}
	changed := w.made("/webhook_endpoints", `{"url":"https://example.com/kept"}`).text("id")
	if says := w.refusal(400, "invalid_input", "PUT", "/webhook_endpoints/"+changed, `{"url":"https://10.0.0.1","description":"x"}`); !strings.Contains(says, "private") {
		t.Errorf("changed to a private address it is refused with %s", says)
	}
	if kept := w.want(200, "GET", "/webhook_endpoints/"+changed, "").object(t); kept["url"] != "https://example.com/kept" || kept["description"] != nil {
		t.Errorf("after the refusal the endpoint is %v", kept)
	}
	w.want(200, "DELETE", "/webhook_endpoints/"+changed, "")
	w.refusal(400, "invalid_input", "POST", "/webhook_endpoints", `{"url":"https://example.com","events":["certificate.lost"]}`)
	w.refusal(400, "invalid_input", "POST", "/webhook_endpoints", `{"url":"https://example.com","events":[]}`)
	made := make(chan int, 20)
	for range cap(made) {
		go func() {
			made <- w.do("POST", "/webhook_endpoints", `{"url":"https://example.com","events":["*"]}`).status
		}()
	}
	answered := map[int]int{}
	for range cap(made) {
		answered[<-made]++
	}
	if diff := cmp.Diff(map[int]int{201: 16, 409: 4}, answered); diff != "" {
		t.Errorf("twenty at the same moment were answered (-want +got):\n%s", diff)
	}
	w.refusal(409, "invalid_state", "POST", "/webhook_endpoints", `{"url":"https://example.com"}`)
}

func TestATestEventIsDeliveredAndMayBeSentAgain(t *testing.T) {
	w := setup(t)
	endpoint := w.made("/webhook_endpoints", `{"url":"https://example.com"}`).text("id")
	d := w.made("/webhook_endpoints/"+endpoint+"/test", "")
	want := object{"object": "delivery", "event_type": "ping", "webhook_endpoint": endpoint, "status": "pending", "reason": nil, "attempt_count": 0.0}
	if diff := cmp.Diff(want, d, ignoring("id", "event", "next_attempt_at", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"delivery " + d.text("id") + " " + endpoint}, w.started()); diff != "" {
		t.Error(diff)
	}
	event := w.want(200, "GET", "/events/"+d.text("event"), "").object(t)
	if diff := cmp.Diff(object{"object": "event", "id": d["event"], "type": "ping", "data": map[string]any{"object": map[string]any{}}}, event, ignoring("created")); diff != "" {
		t.Error(diff)
	}
	again := w.made("/deliveries/"+d.text("id")+"/resend", "")
	if again["event"] != d["event"] || again["id"] == d["id"] || len(w.started()) != 2 {
		t.Errorf("the resend answered %v", again)
	}
	whole := w.want(200, "GET", "/deliveries/"+d.text("id"), "").object(t)
	if diff := cmp.Diff([]any{}, whole["attempts"]); diff != "" {
		t.Error(diff)
	}
	both := []string{again.text("id"), d.text("id")}
	for query, want := range map[string][]string{
		"/deliveries": both, "/deliveries?endpoint=" + endpoint: both, "/deliveries?endpoint=whe_none": {}, "/deliveries?type=ping&undelivered=true": both,
		"/deliveries?status=succeeded": {}, "/deliveries?type=job.completed": {}, "/deliveries?object=" + endpoint: both,
		"/webhook_endpoints/" + endpoint + "/deliveries": both, "/deliveries?limit=1": both[:1],
		"/deliveries?created[gt]=4000000000": {},
	} {
		if diff := cmp.Diff(want, w.want(200, "GET", query, "").ids(t)); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		row, err := schema.LockDelivery(ctx, tx, again.text("id"))
		if err != nil {
			return err
		}
		row.Status, row.NextAttemptAt, row.Attempts = schema.DeliverySucceeded, time.Time{}, 1
		class, detail := "timeout", "time ran out before an answer came"
		return schema.RecordAttempt(ctx, tx, row, &schema.Attempt{AccountID: w.account, DeliveryID: row.ID, EventCreatedAt: row.EventCreatedAt, Number: 1,
			ErrorClass: &class, Detail: &detail})
	})
	if got := w.want(200, "GET", "/deliveries?undelivered=true", "").ids(t); len(got) != 0 {
		t.Errorf("%v are undelivered, of an event that has arrived", got)
	}
	attempt := asObject(w.want(200, "GET", "/deliveries/"+again.text("id"), "").object(t)["attempts"].([]any)[0])
	if attempt["error_class"] != "timeout" || attempt["detail"] != "time ran out before an answer came" {
		t.Errorf("the attempt tells %v", attempt)
	}
	w.want(200, "PUT", "/webhook_endpoints/"+endpoint, `{"status":"disabled"}`)
	w.refusal(409, "invalid_state", "POST", "/deliveries/"+d.text("id")+"/resend", "")
	w.refusal(409, "invalid_state", "POST", "/webhook_endpoints/"+endpoint+"/test", "")
	w.refusal(409, "invalid_state", "POST", "/webhook_endpoints/"+endpoint+"/recover", fmt.Sprintf(`{"since":%d}`, w.now.Unix()-60))
	if e := w.want(200, "PUT", "/webhook_endpoints/"+endpoint, `{"status":"enabled"}`).object(t); e["disabled_reason"] != nil {
		t.Errorf("enabled again it is %v", e)
	}
}

// recoveries records recoveries.
type recoveries []string

func (r *recoveries) StartRecovery(_ context.Context, account, endpoint string, since, until time.Time) error {
	*r = append(*r, fmt.Sprint(account, " ", endpoint, " ", since.Unix(), " ", until.Unix()))
	return nil
}

func TestARecoveryIsOfARangeOfAtMostTwoWeeks(t *testing.T) {
	var r recoveries
	w := setup(t, func(c *api.HandlersConfig) { c.Recoverer = &r })
	endpoint := w.made("/webhook_endpoints", `{"url":"https://example.com"}`).text("id")
	path, now := "/webhook_endpoints/"+endpoint+"/recover", w.now.Unix()
	got := w.want(200, "POST", path, fmt.Sprintf(`{"since":%d}`, now-100)).object(t)
	if diff := cmp.Diff(object{"object": "recovery", "webhook_endpoint": endpoint, "since": float64(now - 100), "until": float64(now)}, got); diff != "" {
		t.Error(diff)
	}
	w.want(200, "POST", path, fmt.Sprintf(`{"since":%d,"until":%d}`, now-14*24*3600, now))
	for _, body := range []string{"", fmt.Sprintf(`{"since":%d}`, now+1), fmt.Sprintf(`{"since":%d,"until":%d}`, now-14*24*3600-1, now), `{"since":0}`} {
		w.refusal(400, "invalid_input", "POST", path, body)
	}
	if len(r) != 2 || r[0] != fmt.Sprint(w.account, " ", endpoint, " ", now-100, " ", now) {
		t.Errorf("the recoveries are %v", r)
	}
}

func TestEventsAreStreamedFromWhereTheClientLeftOff(t *testing.T) {
	w := setup(t, allowLoopback)
	address := serve(t, w)
	endpoint := w.made("/webhook_endpoints", `{"url":"http://127.0.0.1:9"}`).text("id")
	ping := func() string { return w.made("/webhook_endpoints/"+endpoint+"/test", "").text("event") }
	open := func(last string) *bufio.Scanner {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		t.Cleanup(cancel)
		r, err := http.NewRequestWithContext(ctx, "GET", "http://"+address+"/api/v1/events/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(w.key, "")
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = response.Body.Close() })
		if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatalf("answered %s", response.Status)
		}
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() && lines.Text() != "" { // the comment that opens the stream
		}
		return lines
	}
	next := func(lines *bufio.Scanner) []string {
		var event []string
		for lines.Scan() && lines.Text() != "" {
			event = append(event, lines.Text())
		}
		return event
	}
	first := ping()
	fromNow, fromFirst := open(""), open(first)
	second, third := ping(), ping()
	for _, lines := range []*bufio.Scanner{fromNow, fromFirst} {
		for _, want := range []string{second, third} {
			got := next(lines)
			if len(got) != 3 || got[0] != "id: "+want || got[1] != "event: ping" {
				t.Fatalf("the stream says %q, want %s of %s, %s, %s", got, want, first, second, third)
			}
			var body object
			if err := json.Unmarshal([]byte(strings.TrimPrefix(got[2], "data: ")), &body); err != nil || body["id"] != want || body["object"] != nil {
				t.Errorf("its data is %s, %v", got[2], err)
			}
		}
	}
	refused(t, w.send(w.key, "GET", "/events/stream", http.NoBody, "Last-Event-ID: evt_none"), 400, "invalid_event_id")
	refused(t, w.send("", "GET", "/events/stream", http.NoBody), 401, "invalid_api_key")
	if got := w.want(200, "GET", "/events?type=ping&limit=2", "").ids(t); !cmp.Equal(got, []string{third, second}) {
		t.Errorf("the list is %v", got)
	}
	w.handlers.EndStreams()
	w.handlers.EndStreams()
	for _, lines := range []*bufio.Scanner{fromNow, fromFirst} {
		if got := next(lines); len(got) != 0 || lines.Err() != nil {
			t.Errorf("a stream that was to end says %q, %v", got, lines.Err())
		}
	}
}
