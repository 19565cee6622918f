package schema_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/internal/devstack/stacktest"
	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestMain(m *testing.M) { os.Exit(stacktest.Run(m)) }

func TestServingRoleIsHeldByTheWalls(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	if err := db.CheckRole(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestOneAccountNeverSeesAnothersRows(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	ours, theirs := schematest.Account(t, db), schematest.Account(t, db)
	contractor := newContractor(ours, "ann@example.com")
	schematest.Do(t, db, ours, func(ctx context.Context, tx bun.Tx) error { return schema.InsertContractor(ctx, tx, contractor) })

	err := db.InAccount(t.Context(), theirs, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.GetContractor(ctx, tx, contractor.ID)
		return err
	})
	if !errors.Is(err, schema.ErrNotFound) {
		t.Errorf("another account reads the contractor: %v", err)
	}
	err = db.InAccount(t.Context(), theirs, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertContractor(ctx, tx, newContractor(ours, "eve@example.com"))
	})
	if err == nil {
		t.Error("an account writes a row of another")
	}
	err = db.InAccount(t.Context(), theirs, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.ListContractors(ctx, tx, schema.Page{Limit: 10, StartingAfter: contractor.ID}, "")
		return err
	})
	if !errors.Is(err, schema.ErrBadCursor) {
		t.Errorf("another account's row serves as cursor: %v", err)
	}
}

func TestAContractorsAddressIsUniqueWithoutCase(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertContractor(ctx, tx, newContractor(account, "Ann@Example.com"))
	})
	err := db.InAccount(t.Context(), account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertContractor(ctx, tx, newContractor(account, "ann@example.COM"))
	})
	if !errors.Is(err, schema.ErrDuplicateEmail) {
		t.Errorf("got %v, want ErrDuplicateEmail", err)
	}
}

func TestListsArePagedInTheOrderOfCreation(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	var ids []string // newest first
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		for i := range 7 {
			c := newContractor(account, fmt.Sprintf("c%d@example.com", i))
			if err := schema.InsertContractor(ctx, tx, c); err != nil {
				return err
			}
			ids = append([]string{c.ID}, ids...)
		}
		return nil
	})
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.DeleteContractor(ctx, tx, ids[3])
		return err
	})
	for _, test := range []struct {
		name string
		page schema.Page
		want []string
		more bool
	}{
		{"the first page is the newest", schema.Page{Limit: 2}, ids[:2], true},
		{"a page follows a cursor", schema.Page{Limit: 2, StartingAfter: ids[1]}, []string{ids[2], ids[4]}, true},
		{"a deleted row still serves as cursor", schema.Page{Limit: 2, StartingAfter: ids[3]}, ids[4:6], true},
		{"the last page has nothing after it", schema.Page{Limit: 10, StartingAfter: ids[4]}, ids[5:], false},
		{"the page before a cursor is the adjacent one, newest first", schema.Page{Limit: 2, EndingBefore: ids[5]}, []string{ids[2], ids[4]}, true},
		{"before the newest there is nothing", schema.Page{Limit: 2, EndingBefore: ids[0]}, nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			var more bool
			schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
				listed, err := schema.ListContractors(ctx, tx, test.page, "")
				more = listed.More
				for _, c := range listed.Rows {
					got = append(got, c.ID)
				}
				return err
			})
			if diff := cmp.Diff(test.want, got); diff != "" || more != test.more {
				t.Errorf("more %v, want %v; ids (-want +got):\n%s", more, test.more, diff)
			}
		})
	}
}

func TestOnlyOneRequirementIsTheDefault(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	first, second := newRequirement(account), newRequirement(account)
	first.IsDefault, second.IsDefault = true, true
	for _, r := range []*schema.Requirement{first, second} {
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
			_, err := schema.InsertRequirement(ctx, tx, r, []byte(`[]`))
			return err
		})
	}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		chosen, err := schema.ChooseRequirement(ctx, tx, schema.Sources{})
		if err == nil && chosen.ID != second.ID {
			t.Errorf("the default is %s, want %s", chosen.ID, second.ID)
		}
		return err
	})
}

// certificateOf makes a contractor, a requirement and a pending certificate.
func certificateOf(t *testing.T, db *schema.DB, account string) *schema.Certificate {
	t.Helper()
	contractor, requirement := newContractor(account, id.New(id.Contractor)+"@example.com"), newRequirement(account)
	certificate := &schema.Certificate{
		Row: schema.Row{ID: id.New(id.Certificate), AccountID: account}, ContractorID: contractor.ID, RequirementID: requirement.ID,
		Filename: "coi.pdf", BlobKey: id.New(id.Certificate), SHA256: make([]byte, 32), Size: 1, CustomMetadata: map[string]string{},
	}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertContractor(ctx, tx, contractor); err != nil {
			return err
		}
		if _, err := schema.InsertRequirement(ctx, tx, requirement, []byte(`[]`)); err != nil {
			return err
		}
		return schema.InsertCertificates(ctx, tx, schema.Certflow, []*schema.Certificate{certificate})
	})
	return certificate
}

func TestAVerdictIsRecordedWithItsEventAndDeliveries(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	c := certificateOf(t, db, account)
	wants := newEndpoint(account, "certificate.flagged")
	other := newEndpoint(account, "certificate.approved")
	off := newEndpoint(account, "*")
	reason := "failing"
	off.Status, off.DisabledReason = schema.EndpointDisabled, &reason
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		for _, e := range []*schema.Endpoint{wants, other, off} {
			if err := schema.InsertEndpoint(ctx, tx, e, []byte("sealed")); err != nil {
				return err
			}
		}
		locked, err := schema.LockCertificate(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		verdict := &schema.Verdict{
			Audit: schema.Audit{ID: id.New(id.Audit), AccountID: account, CertificateID: c.ID, EvaluationNo: 1,
				RequirementID: c.RequirementID, RequirementVersion: 1, Inputs: []byte(`{}`), Status: schema.Flagged},
			Results: []schema.AuditResult{{ID: id.New(id.AuditResult), AccountID: account, RuleName: "r", RulePath: "p",
				Severity: "standard", Result: "fail", Message: "m", EvidencePaths: []string{"a.b"}}},
		}
		verdict.Results[0].AuditID = verdict.Audit.ID
		start, err := schema.RecordVerdict(ctx, tx, locked, verdict, schema.History{Kind: schema.HistoryEvaluated, Actor: schema.Certflow})
		if err == nil && (len(start) != 1 || start[0].EndpointID != wants.ID) {
			t.Errorf("deliveries to start: %+v, want one to %s", start, wants.ID)
		}
		return err
	})
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		got, err := schema.GetVerdict(ctx, tx, c.ID, 1)
		if err != nil {
			return err
		}
		if len(got.Results) != 1 || got.Results[0].EvidencePaths[0] != "a.b" {
			t.Errorf("results read back: %+v", got.Results)
		}
		skipped, err := schema.ListDeliveries(ctx, tx, schema.Page{Limit: 10}, schema.DeliveryFilter{Endpoint: off.ID})
		if err == nil && (len(skipped.Rows) != 1 || skipped.Rows[0].Status != schema.DeliverySkipped) {
			t.Errorf("the disabled endpoint's deliveries: %+v", skipped.Rows)
		}
		return err
	})
}

func TestTheSweepFindsWhatShouldRunAcrossAccounts(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	c := certificateOf(t, db, schematest.Account(t, db))
	soon := time.Now().Add(time.Minute)
	due, err := db.DueReviews(t.Context(), soon, soon, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]schema.Ref{{AccountID: c.AccountID, ID: c.ID}}, due); diff != "" {
		t.Errorf("due reviews (-want +got):\n%s", diff)
	}
	known, err := db.KnownBlobs(t.Context(), []string{c.BlobKey, "nobody's"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{c.BlobKey: true}, known); diff != "" {
		t.Errorf("known blobs (-want +got):\n%s", diff)
	}
}

func newContractor(account, email string) *schema.Contractor {
	return &schema.Contractor{Row: schema.Row{ID: id.New(id.Contractor), AccountID: account}, Email: email,
		FirstName: "Ann", LastName: "Lee", CustomMetadata: map[string]string{}}
}

func newRequirement(account string) *schema.Requirement {
	return &schema.Requirement{Row: schema.Row{ID: id.New(id.InsuranceRequirement), AccountID: account}, Name: "Standard"}
}

func newEndpoint(account, event string) *schema.Endpoint {
	return &schema.Endpoint{Row: schema.Row{ID: id.New(id.WebhookEndpoint), AccountID: account}, URL: "https://example.com", Events: []string{event}}
}

func TestEventsKeepTheirPlaceInTheOrder(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	endpoint := newEndpoint(account, "ping")
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertEndpoint(ctx, tx, endpoint, []byte("sealed")); err != nil {
			return err
		}
		for range 3 {
			if _, err := schema.Publish(ctx, tx, schema.NewEvent(account, schema.EventPing, endpoint.ID, struct{}{})); err != nil {
				return err
			}
		}
		return nil
	})
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		all, err := schema.EventsBetween(ctx, tx, 0, math.MaxInt64, 10)
		if err != nil {
			return err
		}
		if len(all) != 3 || all[0].Seq == 0 || all[0].Seq >= all[1].Seq || all[1].Seq >= all[2].Seq {
			t.Fatalf("places of events: %+v", all)
		}
		behind, err := schema.ListEvents(ctx, tx, schema.Page{Limit: 10, StartingAfter: all[1].ID}, schema.EventFilter{})
		if err != nil || len(behind.Rows) != 1 || behind.Rows[0].ID != all[0].ID {
			t.Errorf("behind the second event: %+v, %v", behind.Rows, err)
		}
		deliveries, err := schema.ListDeliveries(ctx, tx, schema.Page{Limit: 10}, schema.DeliveryFilter{})
		if err != nil || len(deliveries.Rows) != 3 {
			t.Fatalf("deliveries: %+v, %v", deliveries.Rows, err)
		}
		newer, err := schema.ListDeliveries(ctx, tx, schema.Page{Limit: 10, EndingBefore: deliveries.Rows[2].ID}, schema.DeliveryFilter{})
		if err != nil || len(newer.Rows) != 2 {
			t.Errorf("before the oldest delivery: %+v, %v", newer.Rows, err)
		}
		rest, err := schema.EventsBetween(ctx, tx, all[0].Seq, all[1].Seq, 10)
		if err == nil && len(rest) != 1 {
			t.Errorf("%d events follow the first up to the second, want 1", len(rest))
		}
		return err
	})
}

func TestTheHorizonOfEventsIsReachedWhenNothingCanComeBeforeItAnyMore(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	endpoint := newEndpoint(account, "none")
	publish := func(ctx context.Context, tx bun.Tx) error {
		if _, err := schema.LockEndpoint(ctx, tx, endpoint.ID); err != nil && !errors.Is(err, schema.ErrNotFound) {
			return err
		}
		_, err := schema.Publish(ctx, tx, schema.NewEvent(account, schema.EventPing, endpoint.ID, struct{}{}))
		return err
	}
	look := func() (seen schema.Horizon) {
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) (err error) {
			seen, err = schema.EventHorizon(ctx, tx)
			return err
		})
		return seen
	}
	if seen := look(); seen.Until != 0 {
		t.Errorf("without events the horizon is %+v", seen)
	}
	var early, late schema.Horizon
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error { // numbers its event first and commits last
		if err := schema.InsertEndpoint(ctx, tx, endpoint, []byte("sealed")); err != nil {
			return err
		}
		if err := publish(ctx, tx); err != nil {
			return err
		}
		schematest.Do(t, db, account, publish)
		early = look()
		late = look()
		return nil
	})
	if early.Until == 0 || late.Until != early.Until || late.Open >= early.NotYet {
		t.Errorf("while an earlier event may still come the horizon is %+v and then %+v", early, late)
	}
	for until := time.Now().Add(2 * time.Minute); look().Open < early.NotYet; { // other databases of the server have transactions too
		if time.Now().After(until) {
			t.Fatalf("it is not reached: %+v after %+v", look(), early)
		}
	}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		rows, err := schema.EventsBetween(ctx, tx, 0, early.Until, 10)
		if len(rows) != 2 {
			t.Errorf("%d events are there up to the horizon, want 2", len(rows))
		}
		return err
	})
}
