package activities_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
)

var noon = time.Date(2031, 5, 6, 12, 0, 0, 0, time.UTC)

func (w *world) evaluate(c *schema.Certificate, at time.Time) activities.Outcome {
	w.t.Helper()
	ended, err := w.review().EvaluateRules(w.t.Context(), activities.EvaluateInput{CertificateRef: named(c), At: at})
	if err != nil {
		w.t.Fatal(err)
	}
	return ended
}

func (w *world) verdict(c *schema.Certificate) *schema.Verdict {
	w.t.Helper()
	var verdict *schema.Verdict
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		verdict, err = schema.GetVerdict(ctx, tx, c.ID, c.EvaluationNo)
		return err
	})
	return verdict
}

func TestAVerdictIsStoredWithAllThatItFollowsFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	endpoint, _ := w.endpoint("https://example.com", "certificate.flagged")
	w.reader.reading = reading(500_000, "05/06/2031")
	c := w.parsed(standard)
	ended := w.evaluate(c, noon)
	if ended.Status != schema.Flagged || len(ended.Deliveries) != 1 || ended.Deliveries[0].Endpoint != endpoint.ID {
		t.Errorf("ended %+v, want it flagged with a delivery to %s", ended, endpoint.ID)
	}
	verdict := w.verdict(c)
	if a := verdict.Audit; a.Status != schema.Flagged || a.RequirementID != c.RequirementID || a.RequirementVersion != 1 || a.ParseNo == nil || *a.ParseNo != 1 || a.ErrorCode != nil {
		t.Errorf("audit %+v", a)
	}
	var snapshot activities.Snapshot
	if err := json.Unmarshal(verdict.Audit.Inputs, &snapshot); err != nil {
		t.Fatal(err)
	}
	if snapshot.Contractor.LastName != "Lee" || snapshot.Today != date("05/06/2031") || snapshot.Settings.ConfidenceThreshold != 0.85 {
		t.Errorf("snapshot %+v", snapshot)
	}
	type result struct{ Rule, Path, Severity, Result string }
	var got []result
	for _, r := range verdict.Results {
		got = append(got, result{r.RuleName, r.RulePath, r.Severity, r.Result})
		if r.Message == "" || r.Confidence == nil || len(r.EvidencePaths) == 0 {
			t.Errorf("%s says too little: %+v", r.RuleName, r)
		}
	}
	want := []result{
		{"Limits", "coverages.commercial_general_liability.limits", "standard", "fail"},
		{"In force", "coverages.commercial_general_liability.policy_expiration_date", "standard", "pass"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"certificate.flagged"}, w.events(c.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if last := w.text("SELECT kind || ' ' || status FROM history WHERE certificate_id = $1 ORDER BY seq DESC LIMIT 1", c.ID); last != "evaluated flagged" {
		t.Errorf("history ends with %q", last)
	}
	if after := w.certificate(c.ID); after.Status != schema.Flagged || after.FinishedAt.IsZero() {
		t.Errorf("certificate %+v", after)
	}
}

func TestACriticalRuleDenies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.parsed(`[{"name": "Limits", "path": "coverages.commercial_general_liability.limits", "check": "minimum",
		"value": {"each_occurrence_dollars": 9000000}, "severity": "critical"}]`)
	if ended := w.evaluate(c, noon); ended.Status != schema.Denied {
		t.Errorf("ended %+v, want it denied", ended)
	}
}

func TestARetryAfterTheCommitAnswersTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "*")
	c := w.parsed(standard)
	first := w.evaluate(c, noon)
	audit := w.verdict(c).Audit.ID
	again := w.evaluate(c, noon.AddDate(100, 0, 0)) // by when it would be flagged
	if diff := cmp.Diff(first, again); diff != "" || first.Status != schema.Approved {
		t.Errorf("ended as %s, want approved; a retry answers something else (-first +again):\n%s", first.Status, diff)
	}
	if w.verdict(c).Audit.ID != audit || w.count("SELECT count(*) FROM audits WHERE certificate_id = $1", c.ID) != 1 {
		t.Error("a retry made an audit of its own")
	}
}

func TestEvaluationsAtOnceGiveOneVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "*")
	c := w.parsed(standard)
	review := w.review()
	ended := make([]activities.Outcome, 6)
	var all sync.WaitGroup
	for i := range ended {
		all.Go(func() {
			var err error
			if ended[i], err = review.EvaluateRules(t.Context(), activities.EvaluateInput{CertificateRef: named(c), At: noon}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, other := range ended[1:] {
		if diff := cmp.Diff(ended[0], other); diff != "" {
			t.Errorf("two evaluations answer differently:\n%s", diff)
		}
	}
	if n := w.count("SELECT count(*) FROM audits WHERE certificate_id = $1", c.ID); n != 1 {
		t.Errorf("%d audits, want one", n)
	}
	if n := w.count("SELECT count(*) FROM deliveries"); n != 1 {
		t.Errorf("%d deliveries, want one", n)
	}
	if diff := cmp.Diff([]string{"certificate.approved"}, w.events(c.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestADeletedCertificateGetsNoVerdict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.parsed(standard)
	w.delete(c.ID)
	if ended := w.evaluate(c, noon); ended.Status != "" || len(ended.Deliveries) != 0 {
		t.Errorf("ended %+v, want nothing", ended)
	}
	if events := w.events(c.ID); len(events) != 0 {
		t.Errorf("events %v, want none", events)
	}
}

func TestADeletionAgainstAVerdictLeavesNothingToDeliver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "*")
	review := w.review()
	for range 12 {
		c := w.parsed(standard)
		var both sync.WaitGroup
		var ended activities.Outcome
		both.Go(func() {
			var err error
			if ended, err = review.EvaluateRules(t.Context(), activities.EvaluateInput{CertificateRef: named(c), At: noon}); err != nil {
				t.Error(err)
			}
		})
		both.Go(func() {
			err := w.db.InAccount(t.Context(), w.account, func(ctx context.Context, tx bun.Tx) error {
				_, err := schema.DeleteCertificate(ctx, tx, c.ID, "key_test")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		judged := w.count("SELECT count(*) FROM audits WHERE certificate_id = $1", c.ID) == 1
		if told := len(w.events(c.ID)) == 1; judged != told || judged != (ended.Status == schema.Approved) {
			t.Errorf("judged %v, told %v, answered %q: these must agree", judged, told, ended.Status)
		}
		if n := w.count("SELECT count(*) FROM deliveries WHERE status = 'pending'"); n != 0 {
			t.Errorf("%d deliveries tell of a certificate that is deleted", n)
		}
	}
}

func TestTheVersionThatIsCurrentAtEvaluationJudges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.parsed(standard)
	w.do(func(ctx context.Context, tx bun.Tx) error {
		r, err := schema.LockRequirement(ctx, tx, c.RequirementID)
		if err != nil {
			return err
		}
		return schema.UpdateRequirement(ctx, tx, r, json.RawMessage(
			`[{"name": "More", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "value": {"each_occurrence_dollars": 2000000}}]`))
	})
	ended, verdict := w.evaluate(c, noon), w.verdict(c)
	if ended.Status != schema.Flagged || verdict.Audit.RequirementVersion != 2 || len(verdict.Results) != 1 || verdict.Results[0].RuleName != "More" {
		t.Errorf("ended %s by version %d: %+v", ended.Status, verdict.Audit.RequirementVersion, verdict.Results)
	}
}

func TestTheAccountsTimeZoneDecidesWhatDayItIs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone  string
		today string
		want  schema.Status
	}{
		{"UTC", "05/07/2031", schema.Flagged},
		{"America/Los_Angeles", "05/06/2031", schema.Approved},
		{"Pacific/Auckland", "05/07/2031", schema.Flagged},
	} {
		t.Run(fmt.Sprintf("in %s a certificate is %s", test.zone, test.want), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.zone(test.zone)
			w.reader.reading = reading(1_000_000, "05/06/2031")
			c := w.parsed(standard)
			ended := w.evaluate(c, time.Date(2031, 5, 7, 3, 0, 0, 0, time.UTC))
			var snapshot activities.Snapshot
			if err := json.Unmarshal(w.verdict(c).Audit.Inputs, &snapshot); err != nil {
				t.Fatal(err)
			}
			if ended.Status != test.want || snapshot.Today != date(test.today) {
				t.Errorf("ended %s on %s, want %s on %s", ended.Status, snapshot.Today, test.want, test.today)
			}
		})
	}
}

func (w *world) zone(name string) {
	w.t.Helper()
	w.do(func(ctx context.Context, tx bun.Tx) error {
		account, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return err
		}
		account.TimeZone = name
		return schema.UpdateAccount(ctx, tx, account)
	})
}

func TestAnUngroundedValueIsNeverApproved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "coverages.commercial_general_liability.limits.each_occurrence_dollars"
	w.reader.reading.Evidence[path] = certificate.Evidence{Source: certificate.Model}
	c := w.parsed(standard)
	if ended := w.evaluate(c, noon); ended.Status != schema.Flagged {
		t.Errorf("ended %s, want flagged", ended.Status)
	}
}
