package api_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/api/apitest"
)

func TestUploadsAreHeldBackWhileTooManyWaitAndWhatWasAcceptedIsAnswered(t *testing.T) {
	w := setup(t)
	contractor := w.contractor("jane@example.com")
	w.requirement(true)
	parts := []part{text("contractor", contractor), pdf("certificate", "a.pdf")}
	key := func(k string) string { return "Idempotency-Key: " + k }
	first := w.upload("/files/certificates", parts, key("first"))
	if first.status != 201 {
		t.Fatalf("answered %d %s", first.status, first.body)
	}

	// Another process over the same database, which may have one certificate waiting and has it.
	full, registry := w.server(t, api.Limits{Backlog: 1})
	roomy, _ := w.server(t, api.Limits{Backlog: 2})
	stored := w.stored()
	w.handler = full
	refusal := w.upload("/files/certificates", parts, key("second"))
	if refused(t, refusal, 503, "unavailable"); refusal.header.Get("Retry-After") != "30" {
		t.Errorf("Retry-After is %q", refusal.header.Get("Retry-After"))
	}
	refused(t, w.upload("/files/external_certificates/tracker/placeholder/bulk", parts, key("third")), 503, "unavailable")
	if again := w.upload("/files/certificates", parts, key("first")); again.status != 201 || again.header.Get("Idempotent-Replayed") != "true" || string(again.body) != string(first.body) {
		t.Errorf("the repetition of an accepted upload answered %d %s", again.status, again.body)
	}
	w.want(200, "GET", "/files/certificates", "")
	w.made("/contractors", `{"email":"june@example.com","first_name":"June","last_name":"Smith"}`)
	if n := w.stored(); n != stored {
		t.Errorf("refused uploads left %d files", n-stored)
	}
	ready := w.bare("/readyz")
	for _, part := range []string{`"status":"degraded"`, `"certificates":1`, `"limit":1`, `"uploads_held_back":true`} {
		if ready.status != 200 || !strings.Contains(string(ready.body), part) {
			t.Errorf("/readyz answered %d %s, which lacks %s", ready.status, ready.body, part)
		}
	}
	if n := apitest.Counted(t, registry, "certflow_uploads_held_back_total"); n != 2 {
		t.Errorf("%v uploads are counted as held back, want 2", n)
	}
	if n := apitest.Counted(t, registry, "certflow_backlog_certificates"); n != 1 {
		t.Errorf("the backlog is measured as %v, want 1", n)
	}

	w.handler = roomy
	if a := w.upload("/files/certificates", parts, key("second")); a.status != 201 {
		t.Errorf("the refused upload, repeated where there is room, answered %d %s", a.status, a.body)
	}
}

func TestTheBacklogCountsAllThatWaitsAndNothingElse(t *testing.T) {
	w := setup(t)
	contractor := w.contractor("jane@example.com")
	w.requirement(true)
	for range 3 {
		w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")})
	}
	// A bulk upload whose certificates are still to be made: nothing provisions it here.
	tracker := w.made("/trackers", `{"name":"Site"}`)
	if a := w.upload("/files/external_certificates/tracker/placeholder/bulk",
		[]part{text("tracker_id", tracker.text("id")), pdf("certificates[]", "a.pdf"), pdf("certificates[]", "b.pdf")}); a.status != 202 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE certificates SET deleted_at = now() WHERE account_id = ?account AND id = (SELECT min(id) FROM certificates WHERE account_id = ?account)")
		return err
	})
	for most, want := range map[int]int{100: 4, 3: 3} {
		got, err := w.db.Backlog(t.Context(), most)
		if err != nil || got.Certificates != want || got.Oldest <= 0 {
			t.Errorf("counting up to %d found %+v, %v; want %d", most, got, err, want)
		}
	}
}

func TestAStreamOfEventsEndsWithItsKey(t *testing.T) {
	w := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+serve(t, w)+"/api/v1/events/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(w.key, "")
	stream, err := http.DefaultClient.Do(r)
	if err != nil || stream.StatusCode != 200 {
		t.Fatalf("the stream is answered with %v, %v", stream, err)
	}
	defer stream.Body.Close()
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE api_keys SET revoked_at = now() WHERE account_id = ?account")
		return err
	})
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("it does not end: %v", err)
	}
	if a := w.bareAs(w.key, "/api/v1/contractors"); a.status != 401 {
		t.Errorf("a revoked key answers %d", a.status)
	}
}
