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
	"certflow/schema/schematest"
)

// limits asks for general liability and nothing more.
const limits = `[{"name": "Limits", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "value": {"each_occurrence_dollars": 1000000}}]`

// approved makes a certificate that was approved on a day and whose general liability ends on another one.
func (w *world) approved(rules, on, ends string) *schema.Certificate {
	w.t.Helper()
	w.reader.reading = reading(1_000_000, ends)
	return w.approvedAs(rules, on)
}

// approvedAs is approved for what the reader reads.
func (w *world) approvedAs(rules, on string) *schema.Certificate {
	w.t.Helper()
	c := w.parsed(rules)
	at := date(on).Time().Add(12 * time.Hour)
	if ended := w.evaluate(c, at); ended.Status != schema.Approved {
		w.t.Fatalf("the certificate is %s: %+v", ended.Status, w.verdict(c).Results)
	}
	w.exec("UPDATE audits SET created_at = $1, updated_at = $1", at)
	return c
}

// watch looks for what ends, at noon of a day unless that says more.
func (w *world) watch(at time.Time) activities.ExpiryResult {
	w.t.Helper()
	return must[activities.ExpiryResult](w.t, w.sweep().WatchExpiries, activities.ExpiryInput{At: at})
}

func noonOf(day string) time.Time { return date(day).Time().Add(12 * time.Hour) }

// notices lists what an account was told of a certificate, as the day of the notice, oldest first.
func (w *world) notices(c *schema.Certificate) []string {
	w.t.Helper()
	var told []string
	w.do(func(ctx context.Context, tx bun.Tx) error {
		listed, err := schema.ListEvents(ctx, tx, schema.Page{Limit: 100}, schema.EventFilter{Type: schema.EventExpiring})
		for _, e := range listed.Rows {
			if e.ObjectID != c.ID {
				continue
			}
			var object struct {
				Coverage string
				Expires  string `json:"policy_expiration_date"`
				Days     int
			}
			if err := json.Unmarshal(e.Data, &object); err != nil {
				return err
			}
			told = append([]string{fmt.Sprintf("%s %s %d", object.Coverage, object.Expires, object.Days)}, told...)
		}
		return err
	})
	return told
}

func TestAnEndIsToldThirtySevenAndNoDaysBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.approved(limits, "01/01/2031", "06/30/2031")
	var told []string
	for day := date("05/28/2031"); day.Before(date("07/03/2031")); day = day.AddDays(1) {
		for _, hour := range []int{5, 6, 23} {
			at := day.Time().Add(time.Duration(hour)*time.Hour + 5*time.Minute)
			if n := w.watch(at).Told; n > 0 {
				told = append(told, fmt.Sprintf("%s %dh", day, hour))
			}
		}
	}
	if diff := cmp.Diff([]string{"05/31/2031 6h", "06/23/2031 6h", "06/30/2031 6h"}, told); diff != "" {
		t.Errorf("told at (-want +got):\n%s", diff)
	}
	const what = "commercial_general_liability 06/30/2031 "
	if diff := cmp.Diff([]string{what + "30", what + "7", what + "0"}, w.notices(c)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestTheNoticeIsTheCertificateWithWhatEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	endpoint, _ := w.endpoint("https://example.com", "certificate.expiring")
	w.endpoint("https://example.com/deaf", "certificate.approved")
	c := w.approved(limits, "01/01/2031", "06/30/2031")
	w.starter.deliveries = nil
	w.watch(noonOf("06/23/2031"))
	var object map[string]any
	if err := json.Unmarshal([]byte(w.text("SELECT data::text FROM events WHERE type = 'certificate.expiring'")), &object); err != nil {
		t.Fatal(err)
	}
	now := w.certificate(c.ID)
	want := map[string]any{
		"id": c.ID, "contractor": c.ContractorID, "status": "approved", "filename": "coi.pdf",
		"created": float64(now.CreatedAt.Unix()), "updated": float64(now.UpdatedAt.Unix()),
		"coverage": "commercial_general_liability", "policy_expiration_date": "06/30/2031", "days": 7.0,
	}
	if diff := cmp.Diff(want, object); diff != "" {
		t.Errorf("object (-want +got):\n%s", diff)
	}
	if len(w.starter.deliveries) != 1 || w.delivery(w.starter.deliveries[0]).EndpointID != endpoint.ID {
		t.Errorf("deliveries started: %v", w.starter.deliveries)
	}
}

func TestAWatchThatComesLateTellsOnlyTheLatest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		on   string // of the watch
		want []string
	}{
		{"a day late", "06/01/2031", []string{"30"}},
		{"after two were due", "06/25/2031", []string{"7"}},
		{"after all were due", "07/02/2031", []string{"0"}},
		{"when it is of no use any more", "07/31/2031", nil},
		{"when none is due", "05/30/2031", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.approved(limits, "01/01/2031", "06/30/2031")
			w.watch(noonOf(test.on))
			w.watch(noonOf(test.on).Add(time.Hour))
			var want []string
			for _, days := range test.want {
				want = append(want, "commercial_general_liability 06/30/2031 "+days)
			}
			if diff := cmp.Diff(want, w.notices(c)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatWasDueBeforeTheApprovalIsNotTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.approved(limits, "06/10/2031", "06/30/2031") // twenty days before
	w.watch(noonOf("06/10/2031"))
	if told := w.notices(c); told != nil {
		t.Errorf("told %v, want nothing yet", told)
	}
	sameDay := w.approved(limits, "06/23/2031", "06/30/2031")
	w.exec("UPDATE audits SET updated_at = '2031-06-10 12:00+00' WHERE certificate_id = $1", c.ID)
	w.watch(noonOf("06/23/2031"))
	for _, one := range []*schema.Certificate{c, sameDay} {
		if diff := cmp.Diff([]string{"commercial_general_liability 06/30/2031 7"}, w.notices(one)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	}
}

// shown is a reading with policies of several coverages that end on the given days.
func shown(ends map[string]string) *certificate.Reading {
	r := reading(1_000_000, ends["commercial_general_liability"])
	policy := func(coverage string) certificate.Policy {
		to := date(ends[coverage])
		r.Evidence["coverages."+coverage+".policy_expiration_date"] = certificate.Evidence{Page: 1, Confidence: 0.99, Source: certificate.Text}
		return certificate.Policy{Expiration: &to}
	}
	coverages := &r.Certificate.Coverages
	if ends["workers_compensation"] != "" {
		coverages.WorkersCompensation = &certificate.WorkersCompensation{Policy: policy("workers_compensation")}
	}
	if ends["umbrella_excess_liability"] != "" {
		coverages.UmbrellaLiability = &certificate.UmbrellaLiability{Policy: policy("umbrella_excess_liability")}
	}
	if ends["other.0"] != "" {
		label := "Garagekeepers"
		coverages.Other = []certificate.OtherCoverage{{Label: &label, Policy: policy("other.0")}}
	}
	if ends["additional"] != "" {
		to := date(ends["additional"])
		limit := certificate.Dollars(1_000_000)
		coverages.GeneralLiability.AdditionalPolicies = []certificate.GeneralLiability{{
			Policy: certificate.Policy{Expiration: &to}, Limits: certificate.GeneralLiabilityLimits{EachOccurrence: &limit}}}
		r.Evidence["coverages.commercial_general_liability.additional_policies.0.limits.each_occurrence_dollars"] =
			certificate.Evidence{Page: 1, Confidence: 0.99, Source: certificate.Text}
	}
	return r
}

func TestTheFirstRequiredCoverageThatEndsIsTold(t *testing.T) {
	t.Parallel()
	const (
		general = `{"name": "General", "path": "coverages.commercial_general_liability.limits", "check": "minimum", "value": {"each_occurrence_dollars": 1000000}}`
		workers = `{"name": "Workers", "path": "coverages.workers_compensation", "check": "required"}`
		all     = `{"name": "All", "path": "coverages", "check": "not_expired"}`
		insured = `{"name": "Insured", "path": "insured.name", "check": "required"}`
	)
	for _, test := range []struct {
		name  string
		rules string
		ends  map[string]string
		want  []string
	}{
		{"of two it is the one that ends first", general + "," + workers,
			map[string]string{"commercial_general_liability": "07/20/2031", "workers_compensation": "07/10/2031"}, []string{"workers_compensation 07/10/2031 7"}},
		{"a coverage that no rule names does not count", general,
			map[string]string{"commercial_general_liability": "07/10/2031", "workers_compensation": "07/05/2031", "umbrella_excess_liability": "07/05/2031"}, []string{"commercial_general_liability 07/10/2031 7"}},
		{"a rule over all coverages names each", all,
			map[string]string{"commercial_general_liability": "07/12/2031", "other.0": "07/10/2031"}, []string{"other.0 07/10/2031 7"}},
		{"of several policies in a row it is the one that ends first", general,
			map[string]string{"commercial_general_liability": "07/20/2031", "additional": "07/10/2031"}, []string{"commercial_general_liability 07/10/2031 7"}},
		{"on one day it is the first of the form", general + "," + workers,
			map[string]string{"commercial_general_liability": "07/10/2031", "workers_compensation": "07/10/2031"}, []string{"commercial_general_liability 07/10/2031 7"}},
		{"one that had ended when it was approved does not count", general + "," + workers,
			map[string]string{"commercial_general_liability": "07/10/2031", "workers_compensation": "05/31/2031"}, []string{"commercial_general_liability 07/10/2031 7"}},
		{"without a required coverage there is nothing to watch", insured,
			map[string]string{"commercial_general_liability": "07/10/2031"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.reader.reading = shown(test.ends)
			c := w.approvedAs("["+test.rules+"]", "06/01/2031")
			w.watch(noonOf("07/03/2031"))
			if diff := cmp.Diff(test.want, w.notices(c)); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOnlyLivingApprovedCertificatesAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deleted, denied, kept := w.approved(limits, "01/01/2031", "06/30/2031"), w.approved(limits, "01/01/2031", "06/30/2031"), w.approved(limits, "01/01/2031", "06/30/2031")
	w.reader.reading = reading(1, "06/30/2031")
	flagged := w.parsed(limits)
	w.evaluate(flagged, noonOf("01/01/2031"))
	w.watch(noonOf("05/01/2031")) // works out all of them
	w.delete(deleted.ID)
	w.exec("UPDATE certificates SET status = 'denied' WHERE id = $1", denied.ID)
	if got := w.watch(noonOf("06/23/2031")); got.Told != 1 || len(w.notices(kept)) != 1 {
		t.Errorf("%+v, want one told of %s", got, kept.ID)
	}
}

func TestAPersonsApprovalIsWatchedFromItsDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reader.reading = reading(1, "06/30/2031")
	c := w.parsed(limits)
	w.evaluate(c, noonOf("01/01/2031"))
	w.watch(noonOf("05/31/2031"))
	w.do(func(ctx context.Context, tx bun.Tx) error {
		locked, err := schema.LockCertificate(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if err := schema.SetAuditStatus(ctx, tx, w.verdict(c).Audit.ID, schema.Approved); err != nil {
			return err
		}
		_, err = schema.SetStatus(ctx, tx, locked, schema.Approved, schema.History{Kind: schema.HistoryApproved, Actor: "key_test"})
		return err
	})
	w.exec("UPDATE audits SET updated_at = '2031-06-10 12:00+00' WHERE certificate_id = $1", c.ID)
	w.watch(noonOf("06/10/2031"))
	w.watch(noonOf("06/23/2031"))
	if diff := cmp.Diff([]string{"commercial_general_liability 06/30/2031 7"}, w.notices(c)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAnotherVerdictIsWatchedInThePlaceOfTheEarlierOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reader.reading = shown(map[string]string{"commercial_general_liability": "06/30/2031", "workers_compensation": "06/25/2031"})
	c := w.approvedAs(`[{"name": "Workers", "path": "coverages.workers_compensation", "check": "required"}]`, "01/01/2031")
	w.watch(noonOf("05/27/2031"))
	reevaluate := func(rules string, evaluation int) {
		w.do(func(ctx context.Context, tx bun.Tx) error {
			r, err := schema.LockRequirement(ctx, tx, c.RequirementID)
			if err != nil {
				return err
			}
			if err := schema.UpdateRequirement(ctx, tx, r, json.RawMessage(rules)); err != nil {
				return err
			}
			locked, err := schema.LockCertificate(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			parse, err := schema.LatestParse(ctx, tx, c.ID)
			if err != nil {
				return err
			}
			verdict, err := activities.Judge(ctx, tx, w.review().Judge, locked, parse, evaluation, noonOf("06/01/2031"))
			if err != nil {
				return err
			}
			_, err = schema.RecordVerdict(ctx, tx, locked, verdict, schema.History{Kind: schema.HistoryReevaluated, Actor: "key_test"})
			return err
		})
		w.exec("UPDATE audits SET updated_at = '2031-05-27 12:00+00' WHERE evaluation_no = $1", evaluation)
	}
	reevaluate(limits, 2)
	w.watch(noonOf("06/01/2031"))
	reevaluate(`[{"name": "Workers", "path": "coverages.workers_compensation", "check": "required"}]`, 3)
	w.watch(noonOf("06/02/2031")) // thirty days before the same date were told
	w.watch(noonOf("06/18/2031"))
	want := []string{"workers_compensation 06/25/2031 30", "commercial_general_liability 06/30/2031 30", "workers_compensation 06/25/2031 7"}
	if diff := cmp.Diff(want, w.notices(c)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestAnAccountsDayBeginsInItsOwnTimeZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, ends, want string }{
		{"the zone of the servers", "UTC", "06/30/2031", "2031-06-23T06:05:00Z"},
		{"a zone behind it", "America/Los_Angeles", "06/30/2031", "2031-06-23T13:05:00Z"},
		{"a zone ahead of it", "Pacific/Auckland", "06/30/2031", "2031-06-22T18:05:00Z"},
		{"the zone that is furthest ahead", "Pacific/Kiritimati", "06/30/2031", "2031-06-22T16:05:00Z"},
		{"the zone that is furthest behind", "Pacific/Pago_Pago", "06/30/2031", "2031-06-23T17:05:00Z"},
		{"a zone of half an hour", "Asia/Kolkata", "06/30/2031", "2031-06-23T01:05:00Z"}, // 06:35 there
		{"the day on which summer time begins", "America/New_York", "03/16/2031", "2031-03-09T10:05:00Z"},
		{"the day on which it ends", "America/New_York", "11/09/2031", "2031-11-02T11:05:00Z"},
		{"a week before a leap day", "UTC", "02/29/2032", "2032-02-22T06:05:00Z"},
		{"a leap day", "UTC", "03/07/2032", "2032-02-29T06:05:00Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.zone(c.zone)
			w.approved(limits, "01/01/2031", c.ends)
			w.exec("INSERT INTO expiry_notices SELECT account_id, id, to_date($1, 'MM/DD/YYYY'), 30 FROM certificates", c.ends)
			want, err := time.Parse(time.RFC3339, c.want)
			if err != nil {
				t.Fatal(err)
			}
			for at := want.Add(-18 * time.Hour); !at.After(want.Add(18 * time.Hour)); at = at.Add(time.Hour) {
				if w.watch(at).Told > 0 {
					if got := at.Format(time.RFC3339); got != c.want {
						t.Errorf("told at %s, want %s", got, c.want)
					}
					return
				}
			}
			t.Error("never told")
		})
	}
}

func TestWatchesAtOnceTellOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var certificates []*schema.Certificate
	for range 5 {
		certificates = append(certificates, w.approved(limits, "01/01/2031", "06/30/2031"))
	}
	told := make([]int, 4)
	var all sync.WaitGroup
	for i := range told {
		all.Go(func() {
			out, err := perform[activities.ExpiryResult](t, w.sweep().WatchExpiries, activities.ExpiryInput{At: noonOf("06/23/2031")})
			if err != nil {
				t.Error(err)
			}
			told[i] = out.Told
		})
	}
	all.Wait()
	if sum := told[0] + told[1] + told[2] + told[3]; sum != len(certificates) {
		t.Errorf("told %v, want %d in all", told, len(certificates))
	}
	for _, c := range certificates {
		if got := w.notices(c); len(got) != 1 {
			t.Errorf("%s: %v, want one notice", c.ID, got)
		}
	}
}

func TestAllAccountsAreWatchedPageByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec("UPDATE accounts SET time_zone = 'Mars/Olympus' WHERE account_id = $1", schematest.Account(t, w.db)) // hurts no other
	var certificates int
	for range 2 {
		w.account = schematest.Account(t, w.db)
		w.approved(limits, "01/01/2031", "06/30/2031")
		certificates++
	}
	w.exec(`INSERT INTO accounts (account_id, name, live) SELECT 'acct_' || n, 'Other', false FROM generate_series(1, 120) n`)
	in, pages, told := activities.ExpiryInput{At: noonOf("06/23/2031")}, 0, 0
	for over := false; !over; pages++ {
		out := must[activities.ExpiryResult](t, w.sweep().WatchExpiries, in)
		if !out.Over && out.After <= in.After {
			t.Fatalf("no progress after %q", in.After)
		}
		in.After, over, told = out.After, out.Over, told+out.Told
	}
	if pages != 3 || told != certificates {
		t.Errorf("%d told in %d pages, want %d in 3", told, pages, certificates)
	}
}

func TestManyEndsAreToldInBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.approved(limits, "01/01/2031", "06/30/2031")
	w.exec(`INSERT INTO certificates (id, account_id, contractor_id, requirement_id, status, filename, blob_key, sha256, size, begun_at, finished_at)
		SELECT 'ci_many' || n, account_id, contractor_id, requirement_id, status, filename, 'many' || n, sha256, size, begun_at, finished_at
		FROM certificates, generate_series(1, 240) n WHERE id = $1`, first.ID)
	w.exec(`INSERT INTO parses (account_id, certificate_id, evaluation_no, reading) SELECT account_id, 'ci_many' || n, 1, reading FROM parses, generate_series(1, 240) n`)
	w.exec(`INSERT INTO audits (id, account_id, certificate_id, evaluation_no, parse_no, requirement_id, requirement_version, inputs, status, updated_at)
		SELECT 'ca_many' || n, account_id, 'ci_many' || n, 1, 1, requirement_id, 1, '{}', 'approved', updated_at FROM audits, generate_series(1, 240) n`)
	if out := w.watch(noonOf("06/23/2031")); out.Told != 241 || !out.Over {
		t.Errorf("%+v, want 241 told", out)
	}
	if n := w.count("SELECT count(*) FROM events WHERE type = 'certificate.expiring'"); n != 241 {
		t.Errorf("%d events", n)
	}
}

func TestWithoutTemporalANoticeWaitsForTheSweep(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "certificate.expiring")
	w.approved(limits, "01/01/2031", "06/30/2031")
	w.starter.err = errTemporal
	if out := w.watch(noonOf("06/23/2031")); out.Told != 1 {
		t.Errorf("%+v, want one told", out)
	}
	if n := w.count("SELECT count(*) FROM deliveries WHERE status = 'pending' AND event_type = $1", schema.EventExpiring); n != 1 {
		t.Errorf("%d open deliveries, want one", n)
	}
}

// One account must never see what another one is told.
func TestNoticesStandBehindTheWall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.approved(limits, "01/01/2031", "06/30/2031")
	w.watch(noonOf("05/31/2031"))
	other := schematest.Account(t, w.db)
	db, err := schema.Open(w.serving, 1) // one that lets a query name no account
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	schematest.Do(t, db, other, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"expiries", "expiry_notices"} {
			var n int
			if err := tx.NewRaw("SELECT count(*) FROM "+table).Scan(ctx, &n); err != nil {
				return err
			}
			if n != 0 {
				t.Errorf("another account sees %d rows of %s", n, table)
			}
		}
		return nil
	})
	if n := w.count("SELECT count(*) FROM expiry_notices"); n != 1 {
		t.Errorf("%d notices, want one", n)
	}
}
