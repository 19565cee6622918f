package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/id"
	"certflow/schema"
)

// invalidState is the refusal of a decision that the certificate's status does not allow (CONTRACT §2, the table of states).
func invalidState(c *schema.Certificate, doing string) *Problem {
	return refuse(http.StatusConflict, ErrorCodeInvalidState, "The certificate is %s, and such a one cannot be %s.", c.Status, doing)
}

func lockCertificate(ctx context.Context, tx bun.IDB, wanted string) (*schema.Certificate, error) {
	return lookup(ctx, tx, id.Certificate, wanted, schema.LockCertificate)
}

// reasonOf is why a person decides, nil when they do not say.
func reasonOf(given nullable.Nullable[string]) *string {
	var reason *string
	setText(&reason, given)
	return reason
}

// decide runs a decision on the locked certificate and answers it fully expanded; the deliveries that the decision made are started.
func decide[R any](ctx context.Context, h *Handlers, wanted string, visit func(R, http.ResponseWriter) error, answer func(Certificate) R,
	decision func(ctx context.Context, tx bun.IDB, c *schema.Certificate) ([]schema.Delivery, error)) (R, error) {
	var start []schema.Delivery
	result, err := inAccountOnce(ctx, h.DB, visit, func(ctx context.Context, tx bun.IDB) (R, error) {
		var none R
		c, err := lockCertificate(ctx, tx, wanted)
		if err != nil {
			return none, err
		}
		if start, err = decision(ctx, tx, c); err != nil {
			return none, err
		}
		shown, err := h.fullyExpanded(ctx, tx, c)
		return answer(shown), err
	})
	if err == nil {
		h.startDeliveries(ctx, start)
	}
	return result, err
}

// ApproveAuditResult marks a failed rule of a flagged certificate as approved by a person.
func (h *Handlers) ApproveAuditResult(ctx context.Context, request ApproveAuditResultRequestObject) (ApproveAuditResultResponseObject, error) {
	return decide(ctx, h, request.ID, ApproveAuditResultResponseObject.VisitApproveAuditResultResponse,
		func(c Certificate) ApproveAuditResultResponseObject { return ApproveAuditResult200JSONResponse(c) },
		func(ctx context.Context, tx bun.IDB, c *schema.Certificate) ([]schema.Delivery, error) {
			if c.Status != schema.Flagged {
				return nil, invalidState(c, "cleared rule by rule")
			}
			v, err := schema.GetVerdict(ctx, tx, c.ID, c.EvaluationNo)
			if err != nil {
				return nil, err
			}
			switch err := schema.ApproveResult(ctx, tx, v.Audit.ID, request.Result); {
			case errors.Is(err, schema.ErrState):
				return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "This rule passed, or was approved before.")
			case err != nil:
				return nil, orNotFound(err, "audit result", request.Result)
			}
			return nil, schema.AddHistory(ctx, tx, &schema.History{AccountID: c.AccountID, CertificateID: c.ID, Kind: schema.HistoryRuleApproved,
				Actor: actor(ctx), Reason: reasonOf(request.Body.Reason), Status: c.Status, AuditID: &v.Audit.ID, AuditResultID: &request.Result})
		})
}

// ApproveCertificate approves a flagged certificate none of whose failed rules is left unapproved.
func (h *Handlers) ApproveCertificate(ctx context.Context, request ApproveCertificateRequestObject) (ApproveCertificateResponseObject, error) {
	return decide(ctx, h, request.ID, ApproveCertificateResponseObject.VisitApproveCertificateResponse,
		func(c Certificate) ApproveCertificateResponseObject { return ApproveCertificate200JSONResponse(c) },
		func(ctx context.Context, tx bun.IDB, c *schema.Certificate) ([]schema.Delivery, error) {
			if c.Status != schema.Flagged {
				return nil, invalidState(c, "approved")
			}
			v, err := schema.GetVerdict(ctx, tx, c.ID, c.EvaluationNo)
			if err != nil {
				return nil, err
			}
			for _, r := range v.Results {
				if r.Result != string(AuditResultResultPass) && !r.ManuallyApproved {
					return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "The rule %q failed. Approve its result first (%s), or deny the certificate.", printable(r.RuleName), r.ID)
				}
			}
			return settleByPerson(ctx, tx, c, &v.Audit, schema.Approved, schema.HistoryApproved, reasonOf(request.Body.Reason))
		})
}

// DenyCertificate rejects a flagged or an approved certificate.
func (h *Handlers) DenyCertificate(ctx context.Context, request DenyCertificateRequestObject) (DenyCertificateResponseObject, error) {
	if strings.TrimSpace(request.Body.Reason) == "" {
		return nil, invalidField("reason", "May not be empty.")
	}
	return decide(ctx, h, request.ID, DenyCertificateResponseObject.VisitDenyCertificateResponse,
		func(c Certificate) DenyCertificateResponseObject { return DenyCertificate200JSONResponse(c) },
		func(ctx context.Context, tx bun.IDB, c *schema.Certificate) ([]schema.Delivery, error) {
			if c.Status != schema.Flagged && c.Status != schema.Approved {
				return nil, invalidState(c, "denied")
			}
			v, err := schema.GetVerdict(ctx, tx, c.ID, c.EvaluationNo)
			if err != nil {
				return nil, err
			}
			return settleByPerson(ctx, tx, c, &v.Audit, schema.Denied, schema.HistoryDenied, &request.Body.Reason)
		})
}

// settleByPerson gives certificate and audit the status that a person decided on, with history and event.
func settleByPerson(ctx context.Context, tx bun.IDB, c *schema.Certificate, audit *schema.Audit, to schema.Status, kind string, reason *string) ([]schema.Delivery, error) {
	if err := schema.SetAuditStatus(ctx, tx, audit.ID, to); err != nil {
		return nil, err
	}
	return schema.SetStatus(ctx, tx, c, to, schema.History{Kind: kind, Actor: actor(ctx), Reason: reason, AuditID: &audit.ID})
}

// ReevaluateCertificate judges the newest parse again by the requirement's current version, as a new audit.
func (h *Handlers) ReevaluateCertificate(ctx context.Context, request ReevaluateCertificateRequestObject) (ReevaluateCertificateResponseObject, error) {
	override := request.Body.Override != nil && *request.Body.Override
	return decide(ctx, h, request.ID, ReevaluateCertificateResponseObject.VisitReevaluateCertificateResponse,
		func(c Certificate) ReevaluateCertificateResponseObject {
			return ReevaluateCertificate200JSONResponse(c)
		},
		func(ctx context.Context, tx bun.IDB, c *schema.Certificate) ([]schema.Delivery, error) {
			if c.Status.Open() {
				return nil, invalidState(c, "judged again")
			}
			decided, err := decidedByPerson(ctx, tx, c)
			if err != nil {
				return nil, err
			}
			if decided && !override {
				return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "A person decided about this certificate. Give override: true to set that aside.")
			}
			parse, err := schema.LatestParse(ctx, tx, c.ID)
			if errors.Is(err, schema.ErrNotFound) {
				return nil, refuse(http.StatusConflict, ErrorCodeInvalidState, "Nothing has been read from this certificate. Upload it again.")
			}
			if err != nil {
				return nil, err
			}
			verdict, err := activities.Judge(ctx, tx, h.Judge, c, parse, c.EvaluationNo+1, h.Now())
			if err != nil {
				return nil, err
			}
			return schema.RecordVerdict(ctx, tx, c, verdict, schema.History{Kind: schema.HistoryReevaluated, Actor: actor(ctx),
				Reason: reasonOf(request.Body.Reason), Override: decided})
		})
}

// decidedByPerson reports whether the certificate's status is a person's decision.
func decidedByPerson(ctx context.Context, tx bun.IDB, c *schema.Certificate) (bool, error) {
	entries, err := schema.HistoryOf(ctx, tx, c.ID, time.Time{})
	if err != nil {
		return false, err
	}
	decided := false
	for _, e := range entries {
		switch e.Kind {
		case schema.HistoryApproved, schema.HistoryDenied:
			decided = true
		case schema.HistoryEvaluated, schema.HistoryReevaluated:
			decided = false
		}
	}
	return decided, nil
}
