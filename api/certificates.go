package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/blob"
	"certflow/internal/id"
	"certflow/schema"
)

// expansion says how much of the verdict a certificate shows.
type expansion int

const (
	bare expansion = iota
	summarised
	full
)

func expansionOf(given *Expand) expansion {
	switch {
	case given == nil:
		return bare
	case slices.Contains(*given, ExpansionReviewResultsFull):
		return full
	case len(*given) > 0:
		return summarised
	}
	return bare
}

// shownCertificate shows a certificate; results are those of its expansion, nil for none.
func (h *Handlers) shownCertificate(c *schema.Certificate, results *ReviewResults) Certificate {
	shown := Certificate{
		ID: c.ID, Object: CertificateObjectCertificate, Contractor: c.ContractorID, Status: CertificateStatus(c.Status),
		Created: c.CreatedAt.Unix(), Updated: c.UpdatedAt.Unix(), Filename: c.Filename, PdfURL: nullable.NewNullNullable[string](),
		ReviewResults: orNull(results), InsuranceRequirement: c.RequirementID, Job: orNull(c.JobID), Assignment: orNull(c.AssignmentID),
		Tracker: orNull(c.TrackerID), CustomMetadata: shownMetadata(c.CustomMetadata),
	}
	if !c.Status.Open() {
		shown.PdfURL.Set(h.links.to(h.PublicURL, c.AccountID, c.ID, h.Now()))
	}
	return shown
}

// expanded shows certificates with as much of their verdicts as was asked for.
func (h *Handlers) expanded(ctx context.Context, tx bun.IDB, rows []schema.Certificate, much expansion) ([]Certificate, error) {
	var ids []string
	for i := range rows {
		if !rows[i].Status.Open() {
			ids = append(ids, rows[i].ID)
		}
	}
	verdicts := map[string]*schema.Verdict{}
	if much != bare {
		var err error
		if verdicts, err = schema.CurrentVerdicts(ctx, tx, ids); err != nil {
			return nil, err
		}
	}
	shown := make([]Certificate, len(rows))
	for i := range rows {
		var results *ReviewResults
		if v := verdicts[rows[i].ID]; v != nil && !rows[i].Status.Open() {
			var err error
			if results, err = shownVerdict(ctx, tx, v, rows[i].Status, much); err != nil {
				return nil, err
			}
		}
		shown[i] = h.shownCertificate(&rows[i], results)
	}
	return shown, nil
}

// fullyExpanded shows one certificate with all of its verdict.
func (h *Handlers) fullyExpanded(ctx context.Context, tx bun.IDB, c *schema.Certificate) (Certificate, error) {
	shown, err := h.expanded(ctx, tx, []schema.Certificate{*c}, full)
	if err != nil {
		return Certificate{}, err
	}
	return shown[0], nil
}

// shownVerdict shows a verdict; its status is that of the certificate.
func shownVerdict(ctx context.Context, tx bun.IDB, v *schema.Verdict, status schema.Status, much expansion) (*ReviewResults, error) {
	results := &ReviewResults{ID: v.Audit.ID, Status: CertificateStatus(status), Created: v.Audit.CreatedAt.Unix(), Updated: v.Audit.UpdatedAt.Unix()}
	if v.Audit.ErrorCode != nil {
		results.Error = nullable.NewNullableWithValue(ReviewError{Code: ReviewErrorCode(*v.Audit.ErrorCode), Message: orEmpty(v.Audit.ErrorMessage)})
	}
	if much == summarised {
		results.Summary = &ReviewSummary{TotalRules: len(v.Results)}
		for _, r := range v.Results {
			if r.Result == string(AuditResultResultPass) {
				results.Summary.Passed++
			} else {
				results.Summary.Failed++
			}
		}
		return results, nil
	}
	return results, addFull(ctx, tx, results, v)
}

// addFull adds what only the full expansion has.
func addFull(ctx context.Context, tx bun.IDB, results *ReviewResults, v *schema.Verdict) error {
	if v.Audit.ErrorCode == nil {
		results.Error = nullable.NewNullNullable[ReviewError]()
	}
	results.Requirement = &RequirementReference{ID: v.Audit.RequirementID, Version: v.Audit.RequirementVersion}
	list := make([]AuditResult, len(v.Results))
	for i, r := range v.Results {
		list[i] = AuditResult{ID: r.ID, RuleName: r.RuleName, RulePath: r.RulePath, Severity: Severity(r.Severity), Result: AuditResultResult(r.Result),
			Message: r.Message, ManuallyApproved: r.ManuallyApproved, EvidencePaths: &r.EvidencePaths, Confidence: orNull(r.Confidence), Created: r.CreatedAt.Unix()}
		if r.EvidencePaths == nil {
			list[i].EvidencePaths = &[]string{}
		}
	}
	results.AuditResults = &list
	results.ParsedCertificateJSON = nullable.NewNullNullable[ParsedCertificate]()
	results.Evidence = nullable.NewNullNullable[EvidenceMap]()
	results.Parser = nullable.NewNullNullable[Parser]()
	calls, err := shownCalls(ctx, tx, &v.Audit)
	if err != nil {
		return err
	}
	results.ModelCalls = &calls
	if v.Audit.ParseNo == nil {
		return nil
	}
	parse, err := schema.GetParse(ctx, tx, v.Audit.CertificateID, *v.Audit.ParseNo)
	if err != nil {
		return fmt.Errorf("read the parse that an audit judged: %w", err)
	}
	if parse.Reading == nil {
		return nil
	}
	certificate, err := json.Marshal(parse.Reading.Certificate)
	if err != nil {
		return fmt.Errorf("write a parsed certificate: %w", err)
	}
	evidence, err := json.Marshal(parse.Reading.Evidence)
	if err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	results.ParsedCertificateJSON.Set(certificate)
	results.Evidence.Set(evidence)
	results.Parser.Set(Parser{Name: parse.Reading.Parser.Name, Version: parse.Reading.Parser.Version})
	return nil
}

// shownCalls shows the requests to language models that the reading took which an audit judged, or for want of which it ended as an error.
func shownCalls(ctx context.Context, tx bun.IDB, a *schema.Audit) ([]ModelCall, error) {
	evaluation := a.EvaluationNo
	if a.ParseNo != nil {
		evaluation = *a.ParseNo
	}
	calls, err := schema.ModelCalls(ctx, tx, a.CertificateID, evaluation)
	if err != nil {
		return nil, err
	}
	shown := make([]ModelCall, len(calls))
	for i, c := range calls {
		shown[i] = ModelCall{Provider: c.Provider, Model: c.Model, Outcome: ModelCallOutcome(c.Outcome), InputTokens: c.InputTokens,
			OutputTokens: c.OutputTokens, CostMicrousd: c.CostMicroUSD, DurationMs: c.DurationMS, Created: c.CreatedAt.Unix()}
	}
	return shown, nil
}

// ListCertificates answers a page of certificates.
func (h *Handlers) ListCertificates(ctx context.Context, request ListCertificatesRequestObject) (ListCertificatesResponseObject, error) {
	p := request.Params
	by := schema.CertificateFilter{Contractor: orEmpty(p.Contractor), Job: orEmpty(p.Job), Tracker: orEmpty(p.Tracker), Status: schema.Status(orEmpty(p.Status))}
	by.Filename = orEmpty(p.Filename)
	by.CreatedFrom, by.CreatedBefore = createdRange(p.CreatedGt, p.CreatedGte, p.CreatedLt, p.CreatedLte)
	much := expansionOf(p.Expand)
	body, link, err := listBodyOf(ctx, h, p.Limit, p.StartingAfter, p.EndingBefore,
		func(ctx context.Context, tx bun.IDB, page schema.Page) (schema.Listed[schema.Certificate], error) {
			return schema.ListCertificates(ctx, tx, page, by)
		},
		func(ctx context.Context, tx bun.IDB, rows []schema.Certificate) ([]Certificate, error) {
			return h.expanded(ctx, tx, rows, much)
		}, func(c *schema.Certificate) string { return c.ID })
	if err != nil {
		return nil, err
	}
	return ListCertificates200JSONResponse{Body: body, Headers: ListCertificates200ResponseHeaders{Link: link}}, nil
}

// GetCertificate answers one certificate.
func (h *Handlers) GetCertificate(ctx context.Context, request GetCertificateRequestObject) (GetCertificateResponseObject, error) {
	shown, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) ([]Certificate, error) {
		c, err := lookup(ctx, tx, id.Certificate, request.ID, schema.GetCertificate)
		if err != nil {
			return nil, err
		}
		return h.expanded(ctx, tx, []schema.Certificate{*c}, expansionOf(request.Params.Expand))
	})
	if err != nil {
		return nil, err
	}
	return GetCertificate200JSONResponse(shown[0]), nil
}

// DeleteCertificate soft-deletes a certificate and cancels its review, if that runs.
func (h *Handlers) DeleteCertificate(ctx context.Context, request DeleteCertificateRequestObject) (DeleteCertificateResponseObject, error) {
	open := false
	remove := func(ctx context.Context, tx bun.IDB, wanted string) (time.Time, error) {
		c, err := schema.LockCertificate(ctx, tx, wanted)
		if err != nil {
			return time.Time{}, err
		}
		open = c.Status.Open()
		return schema.DeleteCertificate(ctx, tx, wanted, actor(ctx))
	}
	gone, err := softDelete(ctx, h, id.Certificate, request.ID, remove)
	if err != nil {
		return nil, err
	}
	if open {
		account := accountOf(ctx)
		h.starts.start(ctx, request.ID, func(ctx context.Context) error { return h.Starter.CancelReview(ctx, account, request.ID) })
	}
	return DeleteCertificate200JSONResponse(gone), nil
}

// DownloadCertificate answers the PDF behind a signed link.
func (h *Handlers) DownloadCertificate(ctx context.Context, request DownloadCertificateRequestObject) (DownloadCertificateResponseObject, error) {
	if err := h.links.check(request.ID, request.Params, h.Now()); err != nil {
		return nil, err
	}
	var c *schema.Certificate
	err := h.DB.InAccount(ctx, request.Params.Account, func(ctx context.Context, tx bun.Tx) error {
		var err error
		c, err = lookup(ctx, tx, id.Certificate, request.ID, schema.GetCertificate)
		return err
	})
	if err != nil {
		return nil, err
	}
	file, err := h.Files.Open(ctx, c.BlobKey)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, notFound("file of certificate", request.ID)
	}
	if err != nil {
		return nil, unavailable(err)
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": c.Filename})
	policy, sniff := "sandbox; default-src 'none'", "nosniff"
	return DownloadCertificate200ApplicationPdfResponse{Body: file, ContentLength: file.Size(), Headers: DownloadCertificate200ResponseHeaders{
		ContentDisposition: &disposition, ContentSecurityPolicy: &policy, XContentTypeOptions: &sniff}}, nil
}
