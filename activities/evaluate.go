package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"certflow/internal/certificate"
	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/schema"
)

// EvaluateInput says when a certificate is judged; the date that this is depends on the account's time zone.
type EvaluateInput struct {
	CertificateRef
	At time.Time
}

// EvaluateRules judges the stored parse by the requirement's current version and writes audit, results, status, history, event and
// deliveries in one transaction. A retry after the commit answers what was written.
func (r *Review) EvaluateRules(ctx context.Context, in EvaluateInput) (Outcome, error) {
	var out Outcome
	err := r.DB.InAccount(ctx, in.Account, func(ctx context.Context, tx bun.Tx) error {
		var err error
		out, err = endOnce(ctx, tx, in.CertificateRef, func(c *schema.Certificate) (*schema.Verdict, error) {
			parse, err := schema.GetParse(ctx, tx, c.ID, in.Evaluation)
			if err != nil {
				return nil, err
			}
			return Judge(ctx, tx, r.Judge, c, parse, in.Evaluation, in.At)
		})
		return err
	})
	if err != nil {
		return Outcome{}, databaseFault("judge a certificate", err)
	}
	return out, nil
}

// Judge judges a parse of a locked certificate by the requirement's current version, as a verdict that is yet to be recorded. The audit
// keeps everything that the verdict is a function of.
func Judge(ctx context.Context, tx bun.IDB, judge *rules.Judge, c *schema.Certificate, parse *schema.Parse, evaluation int, at time.Time) (*schema.Verdict, error) {
	if parse.Reading == nil {
		return nil, errors.New("a parse without a reading cannot be judged")
	}
	versions, err := schema.CurrentVersions(ctx, tx, []string{c.RequirementID})
	if err != nil {
		return nil, err
	}
	version := versions[c.RequirementID]
	if version == nil {
		return nil, fmt.Errorf("requirement %s has no current version", c.RequirementID)
	}
	input, err := judgeInput(ctx, tx, c, version, at)
	if err != nil {
		return nil, err
	}
	// What was read stands in the parse and the rules in their version; the audit keeps the rest.
	snapshot, err := json.Marshal(Snapshot{Contractor: input.Contractor, Today: input.Today, Settings: input.Settings})
	if err != nil {
		return nil, fmt.Errorf("keep the inputs of a verdict: %w", err)
	}
	input.Certificate, input.Evidence = parse.Reading.Certificate, parse.Reading.Evidence
	verdict := judge.Evaluate(input)
	recorded := &schema.Verdict{Audit: schema.Audit{
		ID: id.New(id.Audit), AccountID: c.AccountID, CertificateID: c.ID, EvaluationNo: evaluation, ParseNo: &parse.EvaluationNo,
		RequirementID: version.RequirementID, RequirementVersion: version.Version, Inputs: snapshot, Status: schema.Status(verdict.Status),
	}}
	for i, result := range verdict.Results {
		recorded.Results = append(recorded.Results, schema.AuditResult{
			ID: id.New(id.AuditResult), AccountID: c.AccountID, AuditID: recorded.Audit.ID, Position: i,
			RuleName: result.RuleName, RulePath: result.RulePath, Severity: severity(input.Requirement.Rules[i]),
			Result: string(result.Result), Message: result.Message, EvidencePaths: result.EvidencePaths, Confidence: result.Confidence,
		})
	}
	return recorded, nil
}

// Snapshot is what a verdict is a function of beside the parse and the requirement's version.
type Snapshot struct {
	Contractor rules.Contractor `json:"contractor"`
	Today      certificate.Date `json:"today"`
	Settings   rules.Settings   `json:"settings"`
}

// judgeInput reads what a certificate is judged by: everything but the certificate.
func judgeInput(ctx context.Context, tx bun.IDB, c *schema.Certificate, version *schema.RequirementVersion, at time.Time) (rules.Input, error) {
	contractor, err := schema.GetContractor(ctx, tx, c.ContractorID)
	if err != nil {
		return rules.Input{}, fmt.Errorf("read the contractor of %s: %w", c.ID, err)
	}
	account, err := schema.GetAccount(ctx, tx)
	if err != nil {
		return rules.Input{}, fmt.Errorf("read the account's settings: %w", err)
	}
	zone, err := time.LoadLocation(account.TimeZone)
	if err != nil {
		return rules.Input{}, fmt.Errorf("load the account's time zone: %w", err)
	}
	input := rules.Input{
		Requirement: rules.Requirement{ID: version.RequirementID, Version: version.Version},
		Contractor: rules.Contractor{
			FirstName: contractor.FirstName, MiddleName: orEmpty(contractor.MiddleName), LastName: contractor.LastName,
			CompanyName: orEmpty(contractor.CompanyName), Placeholder: contractor.Placeholder,
		},
		Today:    certificate.DateOf(at.In(zone)),
		Settings: rules.Settings{ConfidenceThreshold: account.ConfidenceThreshold},
	}
	if err := json.Unmarshal(version.Rules, &input.Requirement.Rules); err != nil {
		return rules.Input{}, fmt.Errorf("read version %d of %s: %w", version.Version, version.RequirementID, err)
	}
	return input, nil
}

func severity(r rules.Rule) string {
	if r.Severity == "" {
		return string(rules.Standard)
	}
	return string(r.Severity)
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
