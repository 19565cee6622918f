package api

import (
	"context"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/schema"
)

// GetCertificateHistory answers what happened to a certificate and what was known of it at a time; that second counts in full.
func (h *Handlers) GetCertificateHistory(ctx context.Context, request GetCertificateHistoryRequestObject) (GetCertificateHistoryResponseObject, error) {
	var until time.Time
	if at := request.Params.At; at != nil {
		until = time.Unix(min(*at, maxUnix)+1, 0).Add(-time.Microsecond)
	}
	shown, err := inAccount(ctx, h.DB, func(ctx context.Context, tx bun.IDB) (CertificateHistory, error) {
		c, err := lookup(ctx, tx, id.Certificate, request.ID, schema.GetCertificate)
		if err != nil {
			return CertificateHistory{}, err
		}
		entries, err := schema.HistoryOf(ctx, tx, c.ID, until)
		if err != nil {
			return CertificateHistory{}, err
		}
		shown := CertificateHistory{ID: c.ID, Object: CertificateHistoryObjectCertificateHistory, At: orNull(request.Params.At),
			Status: nullable.NewNullNullable[CertificateStatus](), ReviewResults: nullable.NewNullNullable[ReviewResults](),
			History: make([]HistoryEntry, len(entries))}
		for i, e := range entries {
			shown.History[i] = HistoryEntry{Kind: HistoryEntryKind(e.Kind), Actor: e.Actor, Reason: orNull(e.Reason), Status: CertificateStatus(e.Status),
				Audit: orNull(e.AuditID), AuditResult: orNull(e.AuditResultID), Override: e.Override, Created: e.CreatedAt.Unix()}
			shown.Status.Set(CertificateStatus(e.Status))
		}
		results, err := knownThen(ctx, tx, c.ID, entries)
		if results != nil {
			shown.ReviewResults.Set(*results)
		}
		return shown, err
	})
	if err != nil {
		return nil, err
	}
	return GetCertificateHistory200JSONResponse(shown), nil
}

// knownThen is the verdict that stood after a part of a certificate's history, nil before the first: the newest audit that the history
// names, with the approvals of rules that it tells of and no later ones.
func knownThen(ctx context.Context, tx bun.IDB, certificate string, entries []schema.History) (*ReviewResults, error) {
	var audit string
	var changed time.Time
	approved := map[string]bool{}
	for _, e := range entries {
		if e.AuditID != nil {
			audit, changed = *e.AuditID, e.CreatedAt
		}
		if e.AuditResultID != nil {
			approved[*e.AuditResultID] = true
		}
	}
	if audit == "" {
		return nil, nil
	}
	verdicts, err := schema.Verdicts(ctx, tx, certificate)
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		if v.Audit.ID != audit {
			continue
		}
		for i := range v.Results {
			v.Results[i].ManuallyApproved = approved[v.Results[i].ID]
		}
		v.Audit.UpdatedAt = changed
		return shownVerdict(ctx, tx, v, entries[len(entries)-1].Status, full)
	}
	return nil, nil
}
