package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"

	"certflow/internal/certificate"
	"certflow/internal/rules"
	"certflow/schema"
)

// ExpiryInput asks for a look at the accounts that follow one, in the order of their ids.
type ExpiryInput struct {
	At    time.Time
	After string // an account; empty: from the first
}

// ExpiryResult says how far a look came and how many events it published.
type ExpiryResult struct {
	After string
	Over  bool
	Told  int
}

const (
	// noticeHour is the local hour from which on an account is told what ends on that day.
	noticeHour = 6
	// noticeMaxLateDays is how many days after its end a coverage is still told of that nobody was told in time.
	noticeMaxLateDays = 30
	// expiryAccounts bounds the accounts of one activity, expiryBatch the certificates of one transaction, expiryTime the whole.
	expiryAccounts = 50
	expiryBatch    = 100
	expiryTime     = 2 * time.Minute
)

// expiryDays are how many days before a coverage ends that is told (certificate.expiring, CONTRACT §7).
func expiryDays() []int { return []int{30, 7, 0} }

// WatchExpiries tells a page of accounts which of their approved certificates' coverage ends soon, each notice once. It may come late
// and more than once a day: of what is overdue it tells only the latest. An account that cannot be looked at keeps no other waiting.
func (s *Sweep) WatchExpiries(ctx context.Context, in ExpiryInput) (ExpiryResult, error) {
	accounts, err := s.DB.AccountsAfter(ctx, in.After, expiryAccounts)
	if err != nil {
		return ExpiryResult{}, databaseFault("list accounts", err)
	}
	out := ExpiryResult{After: in.After, Over: len(accounts) < expiryAccounts}
	until := time.Now().Add(expiryTime)
	failed := 0
	for _, account := range accounts {
		told, done, err := s.watchAccount(ctx, account, in.At, until)
		out.Told += told
		switch {
		case ctx.Err() != nil:
			return ExpiryResult{}, ctx.Err()
		case err != nil:
			slog.WarnContext(ctx, "an account's coverage waits for the next watch", "account", account, "error", err)
			failed++
		case !done:
			out.Over = false // the next look goes on with this account
			return out, nil
		}
		out.After = account
	}
	if failed > 0 && failed == len(accounts) {
		return ExpiryResult{}, databaseFault("watch what ends", fmt.Errorf("none of %d accounts could be looked at", failed))
	}
	return out, nil
}

// watchAccount tells an account what is due, if its day has begun. done is false when the time was over before everything was told.
func (s *Sweep) watchAccount(ctx context.Context, account string, at, until time.Time) (told int, done bool, err error) {
	var zone *time.Location
	err = s.DB.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		settings, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return err
		}
		zone, err = time.LoadLocation(settings.TimeZone)
		return err
	})
	if err != nil || at.In(zone).Hour() < noticeHour {
		return 0, true, err
	}
	known, err := s.computeAllExpiries(ctx, account, zone, until)
	if err != nil || !known {
		return 0, false, err
	}
	return s.publishDue(ctx, account, certificate.DateOf(at.In(zone)), until)
}

// computeAllExpiries works through the approved certificates of an account of which it is not known when their coverage ends; done is
// false when the time was over before.
func (s *Sweep) computeAllExpiries(ctx context.Context, account string, zone *time.Location, until time.Time) (done bool, err error) {
	for {
		activity.RecordHeartbeat(ctx)
		more, err := s.computeExpiries(ctx, account, zone)
		if err != nil || !more {
			return err == nil, err
		}
		if time.Now().After(until) {
			return false, nil
		}
	}
}

// publishDue publishes the notices of an account that are due on a day; done is false when the time was over before.
func (s *Sweep) publishDue(ctx context.Context, account string, today certificate.Date, until time.Time) (told int, done bool, err error) {
	for {
		var due []schema.ExpiryNotice
		err := s.DB.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
			var err error
			due, err = schema.DueNotices(ctx, tx, today, expiryDays(), noticeMaxLateDays, expiryBatch)
			return err
		})
		if err != nil || len(due) == 0 {
			return told, true, err
		}
		for i := range due {
			activity.RecordHeartbeat(ctx)
			first, err := s.publishNotice(ctx, &due[i])
			if err != nil {
				return told, false, err
			}
			if first {
				told++
			}
		}
		if time.Now().After(until) {
			return told, false, nil
		}
	}
}

// computeExpiries finds out for a batch of approved certificates when their coverage ends; more says that others wait.
func (s *Sweep) computeExpiries(ctx context.Context, account string, zone *time.Location) (more bool, err error) {
	err = s.DB.InAccount(ctx, account, func(ctx context.Context, tx bun.Tx) error {
		audits, err := schema.UnwatchedVerdicts(ctx, tx, expiryBatch)
		if err != nil {
			return err
		}
		more = len(audits) == expiryBatch
		for i := range audits {
			expiry, err := expiryOf(ctx, tx, &audits[i], zone)
			if err != nil {
				return err
			}
			if err := schema.PutExpiry(ctx, tx, expiry); err != nil {
				return err
			}
		}
		return nil
	})
	return more, err
}

// expiryOf works out when the first coverage ends that the requirement asked for, in the version that judged. A person may have approved a
// certificate although a coverage had ended: that one is left out.
func expiryOf(ctx context.Context, tx bun.IDB, a *schema.Audit, zone *time.Location) (*schema.Expiry, error) {
	parse, err := schema.GetParse(ctx, tx, a.CertificateID, *a.ParseNo)
	if err != nil {
		return nil, fmt.Errorf("read the parse of %s: %w", a.ID, err)
	}
	version, err := schema.GetRequirementVersion(ctx, tx, a.RequirementID, a.RequirementVersion)
	if err != nil {
		return nil, fmt.Errorf("read the requirement of %s: %w", a.ID, err)
	}
	var asked []rules.Rule
	if err := json.Unmarshal(version.Rules, &asked); err != nil {
		return nil, fmt.Errorf("read version %d of %s: %w", version.Version, version.RequirementID, err)
	}
	// The audit was touched last when it was approved.
	approved := certificate.DateOf(a.UpdatedAt.In(zone))
	expiry := &schema.Expiry{CertificateID: a.CertificateID, AccountID: a.AccountID, AuditID: a.ID, ApprovedOn: approved.Time()}
	if coverage, ends, ok := firstToEnd(&parse.Reading.Certificate, asked, approved); ok {
		expiry.Coverage, expiry.ExpiresOn = &coverage, ends.Time()
	}
	return expiry, nil
}

// firstToEnd is the coverage that ends first, on or after a date, of those that the rules name, and when it does. Where several end on one
// day it is the first in the order of the form.
func firstToEnd(c *certificate.Certificate, asked []rules.Rule, from certificate.Date) (coverage string, ends certificate.Date, ok bool) {
	for _, row := range certificate.Rows(c) {
		if !asksFor(asked, row) {
			continue
		}
		for _, policy := range certificate.Policies(c, row) {
			value, shown := certificate.Lookup(c, policy+".policy_expiration_date")
			date, isDate := value.(certificate.Date)
			if !shown || !isDate || date.Before(from) || (ok && !date.Before(ends)) {
				continue
			}
			coverage, ends, ok = strings.TrimPrefix(row, "coverages."), date, true
		}
	}
	return coverage, ends, ok
}

// asksFor reports whether a rule's path lies in a row of the coverage table, or is the table itself.
func asksFor(asked []rules.Rule, row string) bool {
	for _, rule := range asked {
		if rule.Path == "coverages" || rule.Path == row || strings.HasPrefix(rule.Path, row+".") {
			return true
		}
	}
	return false
}

// expiring is the object of certificate.expiring. Days is what the notice is called by: one that comes late keeps it.
type expiring struct {
	schema.CertificateObject
	Coverage string           `json:"coverage"`
	Expires  certificate.Date `json:"policy_expiration_date"`
	Days     int              `json:"days"`
}

// publishNotice publishes a notice; first is false when it was given before or the certificate is not approved any more.
func (s *Sweep) publishNotice(ctx context.Context, n *schema.ExpiryNotice) (first bool, err error) {
	var deliveries []schema.Delivery
	err = s.DB.InAccount(ctx, n.AccountID, func(ctx context.Context, tx bun.Tx) error {
		c, err := schema.LockCertificate(ctx, tx, n.CertificateID)
		if errors.Is(err, schema.ErrNotFound) || (err == nil && c.Status != schema.Approved) {
			return nil
		}
		if err != nil {
			return err
		}
		if first, err = schema.NoteNotice(ctx, tx, n); err != nil || !first {
			return err
		}
		deliveries, err = schema.Publish(ctx, tx, schema.NewEvent(n.AccountID, schema.EventExpiring, c.ID, expiring{
			CertificateObject: schema.NewCertificateObject(c), Coverage: n.Coverage, Expires: certificate.DateOf(n.ExpiresOn), Days: n.Days,
		}))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("tell that coverage of %s ends: %w", n.CertificateID, err)
	}
	for i := range deliveries {
		if err := s.Starter.StartDelivery(ctx, &deliveries[i]); err != nil {
			slog.WarnContext(ctx, "a delivery waits for the sweep", "delivery", deliveries[i].ID, "error", err)
		}
	}
	return first, nil
}
