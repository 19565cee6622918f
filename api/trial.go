package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/certificate"
	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/schema"
)

// TryInsuranceRequirement judges a stored certificate or a given parse, by draft rules if there are any, and records nothing.
func (h *Handlers) TryInsuranceRequirement(ctx context.Context, request TryInsuranceRequirementRequestObject) (TryInsuranceRequirementResponseObject, error) {
	body := request.Body
	wanted, err := body.Certificate.Get()
	stored := err == nil && wanted != ""
	if stored == (body.ParsedCertificateJSON != nil) {
		return nil, invalidField("certificate", "Give a certificate or parsed_certificate_json, and not both.")
	}
	var draft []rules.Rule
	if body.Rules != nil {
		if draft, _, err = h.checkRules(*body.Rules); err != nil {
			return nil, err
		}
	}
	var given certificate.Certificate
	if !stored {
		if err := json.Unmarshal(*body.ParsedCertificateJSON, &given); err != nil {
			return nil, invalidField("parsed_certificate_json", "Is not a parsed certificate: dates are MM/DD/YYYY and amounts whole dollars.")
		}
		if err := unknownParsed(*body.ParsedCertificateJSON); err != nil {
			return nil, err
		}
	}
	return inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (TryInsuranceRequirementResponseObject, error) {
		r, err := lookup(ctx, tx, id.InsuranceRequirement, request.ID, schema.GetRequirement)
		if err != nil {
			return nil, err
		}
		input := rules.Input{Certificate: given, Settings: rules.Settings{WithoutEvidence: true}}
		contractor, _ := body.Contractor.Get()
		if stored {
			input, contractor, err = tryStored(ctx, tx, wanted, contractor)
			if err != nil {
				return nil, err
			}
		}
		if err := h.completeInput(ctx, tx, &input, r, draft, contractor); err != nil {
			return nil, err
		}
		verdict := h.Judge.Evaluate(input)
		result := shownTrial(verdict, input.Requirement.Rules)
		if draft == nil {
			result.Requirement = nullable.NewNullableWithValue(RequirementReference{ID: r.ID, Version: r.Version})
		} else {
			result.Requirement.SetNull()
		}
		return TryInsuranceRequirement200JSONResponse(result), nil
	})
}

// unknownParsed is the refusal that names the fields of a given parse that no certificate has: a limit whose name is misspelt would
// otherwise be judged as one that is not shown.
func unknownParsed(given json.RawMessage) error {
	var value any
	if err := json.Unmarshal(given, &value); err != nil {
		return fmt.Errorf("read a given parse: %w", err)
	}
	unknown := faults{}
	findUnknown(value, "", "parsed_certificate_json", unknown)
	if len(unknown) > 0 {
		return invalid(unknown)
	}
	return nil
}

// findUnknown looks through a value that stands at path in a certificate and is shown as shown.
func findUnknown(value any, path, shown string, unknown faults) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			at := name
			if path != "" {
				at = path + "." + name
			}
			if _, known := certificate.FieldAt(at); !known || strings.Contains(name, ".") {
				unknown.add(shown+"."+printable(name), "There is no such field.")
				continue
			}
			findUnknown(inner, at, shown+"."+name, unknown)
		}
	case []any:
		for i, item := range v {
			findUnknown(item, fmt.Sprintf("%s.%d", path, i), fmt.Sprintf("%s[%d]", shown, i), unknown)
		}
	}
}

// tryStored takes what was read from a stored certificate; its own contractor unless another is named.
func tryStored(ctx context.Context, tx bun.IDB, wanted, contractor string) (rules.Input, string, error) {
	missing := invalidField("certificate", "%s", absent("certificate", wanted))
	c, err := lookupReference(ctx, tx, id.Certificate, wanted, schema.GetCertificate, missing)
	if err != nil {
		return rules.Input{}, "", err
	}
	parse, err := schema.LatestParse(ctx, tx, c.ID)
	if errors.Is(err, schema.ErrNotFound) {
		return rules.Input{}, "", refuse(http.StatusConflict, ErrorCodeInvalidState, "Nothing has been read from certificate %s.", c.ID)
	}
	if err != nil {
		return rules.Input{}, "", err
	}
	if contractor == "" {
		contractor = c.ContractorID
	}
	return rules.Input{Certificate: parse.Reading.Certificate, Evidence: parse.Reading.Evidence}, contractor, nil
}

// completeInput adds to an input the rules, the contractor, the account's settings and the date.
func (h *Handlers) completeInput(ctx context.Context, tx bun.IDB, input *rules.Input, r *schema.Requirement, draft []rules.Rule, contractor string) error {
	input.Requirement = rules.Requirement{ID: r.ID, Version: r.Version, Rules: draft}
	if draft == nil {
		v, err := currentVersion(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(v.Rules, &input.Requirement.Rules); err != nil {
			return fmt.Errorf("read stored rules: %w", err)
		}
	}
	if contractor != "" {
		c, err := lookupReference(ctx, tx, id.Contractor, contractor, schema.GetContractor, noContractor(contractor))
		if err != nil {
			return err
		}
		input.Contractor = rules.Contractor{FirstName: c.FirstName, MiddleName: orEmpty(c.MiddleName), LastName: c.LastName,
			CompanyName: orEmpty(c.CompanyName), Placeholder: c.Placeholder}
	}
	account, err := schema.GetAccount(ctx, tx)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(account.TimeZone)
	if err != nil {
		return fmt.Errorf("load the account's time zone: %w", err)
	}
	input.Today = certificate.DateOf(h.Now().In(zone))
	input.Settings.ConfidenceThreshold = account.ConfidenceThreshold
	return nil
}

func shownTrial(verdict rules.Verdict, judged []rules.Rule) TrialResult {
	result := TrialResult{Object: TrialResultObjectTrial, Status: TrialResultStatus(verdict.Status), Results: make([]TrialRuleResult, len(verdict.Results))}
	for i, r := range verdict.Results {
		severity := Severity(judged[i].Severity)
		if severity == "" {
			severity = SeverityStandard
		}
		paths := r.EvidencePaths
		result.Results[i] = TrialRuleResult{RuleName: r.RuleName, RulePath: r.RulePath, Severity: severity,
			Result: TrialRuleResultResult(r.Result), Message: r.Message, Confidence: orNull(r.Confidence), EvidencePaths: &paths}
		if paths == nil {
			result.Results[i].EvidencePaths = nil
		}
		result.Summary.TotalRules++
		if r.Result == rules.Pass {
			result.Summary.Passed++
		} else {
			result.Summary.Failed++
		}
	}
	return result
}
