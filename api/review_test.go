package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/internal/id"
	"certflow/internal/rules"
	"certflow/schema"
)

const limitPath = "coverages.commercial_general_liability.limits.each_occurrence_dollars"

// reviewed uploads a certificate that shows an each-occurrence limit and gives it the verdict of the default requirement, as its workflow does.
func (w *world) reviewed(contractor string, limit int64) string {
	w.t.Helper()
	c := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}).object(w.t).text("id")
	var parsed certificate.Certificate
	if err := json.Unmarshal(fmt.Appendf(nil, parsedForm, limit), &parsed); err != nil {
		w.t.Fatal(err)
	}
	evidence := certificate.Evidence{Page: 1, Box: certificate.Box{1, 2, 3, 4}, Text: "x", Confidence: 0.99, Source: certificate.Text}
	reading := &certificate.Reading{Certificate: parsed, Parser: certificate.Parser{Name: "acord", Version: "1"},
		Evidence: map[string]certificate.Evidence{limitPath: evidence}}
	judge, err := rules.NewJudge(10)
	if err != nil {
		w.t.Fatal(err)
	}
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		row, err := schema.BeginReview(ctx, tx, c, 1)
		if err != nil {
			return err
		}
		parse := &schema.Parse{AccountID: w.account, CertificateID: c, EvaluationNo: 1, Reading: reading}
		if _, err := schema.InsertParse(ctx, tx, parse); err != nil {
			return err
		}
		verdict, err := activities.Judge(ctx, tx, judge, row, parse, 1, time.Now())
		if err != nil {
			return err
		}
		_, err = schema.RecordVerdict(ctx, tx, row, verdict, schema.History{Kind: schema.HistoryEvaluated, Actor: schema.Certflow})
		return err
	})
	return "/files/certificates/" + c
}

const parsedForm = `{"form":{"name":"ACORD 25","edition":"2016/03"},"coverages":{"commercial_general_liability":{
	"policy_effective_date":"01/01/2020","policy_expiration_date":"01/01/2099","limits":{"each_occurrence_dollars":%d}}}}`

// unreadable uploads a certificate and ends it as an error.
func (w *world) unreadable(contractor string) string {
	w.t.Helper()
	c := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}).object(w.t).text("id")
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		row, err := schema.LockCertificate(ctx, tx, c)
		if err != nil {
			return err
		}
		code, message := "unreadable", "The file cannot be read. Upload another copy."
		verdict := &schema.Verdict{Audit: schema.Audit{ID: id.New(id.Audit), AccountID: w.account, CertificateID: c, EvaluationNo: 1, RequirementID: row.RequirementID,
			RequirementVersion: 1, Inputs: json.RawMessage(`{}`), Status: schema.Errored, ErrorCode: &code, ErrorMessage: &message}}
		_, err = schema.RecordVerdict(ctx, tx, row, verdict, schema.History{Kind: schema.HistoryEvaluated, Actor: schema.Certflow})
		return err
	})
	return "/files/certificates/" + c
}

const fully = "?expand[]=review_results.full"

func (w *world) results(path string) object {
	w.t.Helper()
	return asObject(w.want(200, "GET", path+fully, "").object(w.t)["review_results"])
}

func asObject(v any) object { m, _ := v.(map[string]any); return m }

func (w *world) firstResult(path string) object {
	w.t.Helper()
	return asObject(w.results(path)["audit_results"].([]any)[0])
}

func TestReviewResultsShowAsMuchAsIsAskedFor(t *testing.T) {
	w, contractor := ready(t)
	path := w.reviewed(contractor, 500_000)
	if got := w.want(200, "GET", path, "").object(t); got["review_results"] != nil || got["status"] != "flagged" || got["pdf_url"] == nil {
		t.Errorf("bare it is %v", got)
	}
	brief := asObject(w.want(200, "GET", path+"?expand[]=review_results", "").object(t)["review_results"])
	if diff := cmp.Diff(object{"status": "flagged", "summary": map[string]any{"total_rules": 1.0, "passed": 0.0, "failed": 1.0}}, brief, ignoring("id", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	whole := w.results(path)
	result := asObject(whole["audit_results"].([]any)[0])
	if result["result"] != "fail" || result["rule_name"] != "CGL Limits" || result["manually_approved"] != false || whole["error"] != nil ||
		asObject(whole["requirement"])["version"] != 1.0 || asObject(whole["parser"])["name"] != "acord" {
		t.Errorf("in full it is %v", whole)
	}
	if box := asObject(asObject(whole["evidence"])[limitPath])["box"]; !cmp.Equal(box, []any{1.0, 2.0, 3.0, 4.0}) {
		t.Errorf("the evidence is %v", whole["evidence"])
	}
	limits := asObject(asObject(asObject(asObject(whole["parsed_certificate_json"])["coverages"])["commercial_general_liability"])["limits"])
	if limits["each_occurrence_dollars"] != 500000.0 || limits["general_aggregate_dollars"] != nil {
		t.Errorf("the limits are %v", limits)
	}
	list := w.want(200, "GET", "/files/certificates?expand[]=review_results&expand[]=review_results.full", "").list(t)
	if diff := cmp.Diff(map[string]any(whole), list[0]["review_results"]); diff != "" {
		t.Error(diff)
	}
}

// spend notes a request to a language model for the first evaluation of a certificate.
func (w *world) spend(path, outcome string, tokens int64) {
	w.t.Helper()
	c := strings.TrimPrefix(path, "/files/certificates/")
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		return schema.InsertModelCall(ctx, tx, &schema.ModelCall{AccountID: w.account, CertificateID: c, EvaluationNo: 1, Provider: "openai", Model: "local",
			Outcome: outcome, InputTokens: tokens, OutputTokens: 20, CostMicroUSD: 3, DurationMS: 1500})
	})
}

func TestWhatALanguageModelWasPaidForIsShownEvenWhereNothingCameOfIt(t *testing.T) {
	w, contractor := ready(t)
	call := func(outcome string, tokens float64) map[string]any {
		return map[string]any{"provider": "openai", "model": "local", "outcome": outcome, "input_tokens": tokens, "output_tokens": 20.0, "cost_microusd": 3.0, "duration_ms": 1500.0}
	}
	read, lost := w.reviewed(contractor, 500_000), w.unreadable(contractor)
	w.spend(read, "malformed", 100)
	w.spend(read, "answered", 110)
	w.spend(lost, "cut", 90)
	w.want(200, "POST", read+"/reevaluate", "")
	for path, want := range map[string][]any{read: {call("malformed", 100), call("answered", 110)}, lost: {call("cut", 90)}} {
		if diff := cmp.Diff(want, w.results(path)["model_calls"], ignoring("created")); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	}
}

func TestAnErrorHasReviewResultsToo(t *testing.T) {
	w, contractor := ready(t)
	path := w.unreadable(contractor)
	failure := map[string]any{"code": "unreadable", "message": "The file cannot be read. Upload another copy."}
	brief := asObject(w.want(200, "GET", path+"?expand[]=review_results", "").object(t)["review_results"])
	want := object{"status": "error", "summary": map[string]any{"total_rules": 0.0, "passed": 0.0, "failed": 0.0}, "error": failure}
	if diff := cmp.Diff(want, brief, ignoring("id", "created", "updated")); diff != "" {
		t.Error(diff)
	}
	want = object{"status": "error", "error": failure, "parsed_certificate_json": nil, "evidence": nil, "parser": nil, "audit_results": []any{}, "model_calls": []any{}}
	if diff := cmp.Diff(want, w.results(path), ignoring("id", "created", "updated", "requirement")); diff != "" {
		t.Error(diff)
	}
	for _, action := range []string{"/approve", "/reevaluate"} {
		w.refusal(409, "invalid_state", "POST", path+action, "")
	}
	w.refusal(409, "invalid_state", "POST", path+"/deny", `{"reason":"x"}`)
}

func TestAFlaggedCertificateIsClearedByAPerson(t *testing.T) {
	w, contractor := ready(t)
	endpoint := w.made("/webhook_endpoints", `{"url":"https://example.com"}`).text("id")
	path := w.reviewed(contractor, 500_000)
	rule := w.firstResult(path).text("id")
	if says := w.refusal(409, "invalid_state", "POST", path+"/approve", ""); !strings.Contains(says, "CGL Limits") {
		t.Errorf("the refusal is %s", says)
	}
	w.refusal(404, "resource_not_found", "POST", path+"/audit_results/car_none/approve", "")
	cleared := w.want(200, "POST", path+"/audit_results/"+rule+"/approve", `{"reason":"The broker confirmed it."}`).object(t)
	result := asObject(asObject(cleared["review_results"])["audit_results"].([]any)[0])
	if cleared["status"] != "flagged" || result["manually_approved"] != true || result["result"] != "fail" {
		t.Errorf("cleared it is %v", cleared)
	}
	w.refusal(409, "invalid_state", "POST", path+"/audit_results/"+rule+"/approve", "")
	approved := w.want(200, "POST", path+"/approve", `{"reason":"All is well."}`, "Idempotency-Key: k")
	if got := approved.object(t); got["status"] != "approved" || asObject(got["review_results"])["status"] != "approved" {
		t.Errorf("approved it is %s", approved.body)
	}
	if again := w.want(200, "POST", path+"/approve", `{"reason":"All is well."}`, "Idempotency-Key: k"); again.header.Get("Idempotent-Replayed") != "true" {
		t.Error("the repetition was not replayed")
	}
	w.refusal(409, "invalid_state", "POST", path+"/approve", "")

	var kinds []string
	for _, e := range w.want(200, "GET", path+"/history", "").object(t)["history"].([]any) {
		entry := asObject(e)
		kinds = append(kinds, fmt.Sprint(entry["kind"], " ", entry["status"], " ", entry["reason"]))
		if human := strings.HasPrefix(entry.text("actor"), "key_"); human != (entry["kind"] != "evaluated") {
			t.Errorf("the actor of %v is %v", entry["kind"], entry["actor"])
		}
	}
	if diff := cmp.Diff([]string{"uploaded pending <nil>", "evaluated flagged <nil>", "rule_approved flagged The broker confirmed it.", "approved approved All is well."}, kinds); diff != "" {
		t.Error(diff)
	}
	var types []string
	for _, e := range w.want(200, "GET", "/events", "").list(t) {
		types = append(types, e.text("type"))
	}
	if diff := cmp.Diff([]string{"certificate.approved", "certificate.flagged"}, types); diff != "" {
		t.Error(diff)
	}
	deliveries := w.want(200, "GET", "/deliveries?type=certificate.approved&endpoint="+endpoint, "").ids(t)
	if len(deliveries) != 1 || !strings.Contains(strings.Join(w.started(), "\n"), "delivery "+deliveries[0]) {
		t.Errorf("the deliveries are %v; started was %v", deliveries, w.started())
	}
}

func TestAPersonMayDenyAndHaveItJudgedAgain(t *testing.T) {
	w, contractor := ready(t)
	path := w.reviewed(contractor, 2_000_000)
	w.refusal(400, "invalid_input", "POST", path+"/deny", "")
	w.refusal(400, "invalid_input", "POST", path+"/deny", `{"reason":"  "}`)
	if got := w.want(200, "POST", path+"/deny", `{"reason":"The holder is another."}`).object(t); got["status"] != "denied" {
		t.Fatalf("denied it is %v", got)
	}
	first := w.results(path)
	w.refusal(409, "invalid_state", "POST", path+"/deny", `{"reason":"Again."}`)
	w.refusal(409, "invalid_state", "POST", path+"/reevaluate", "")
	again := w.want(200, "POST", path+"/reevaluate", `{"override":true,"reason":"A mistake."}`).object(t)
	results := asObject(again["review_results"])
	if again["status"] != "approved" || results["id"] == first["id"] || results["status"] != "approved" {
		t.Errorf("judged again it is %v", again)
	}
	history := w.want(200, "GET", path+"/history", "").object(t)["history"].([]any)
	last := asObject(history[len(history)-1])
	if last["kind"] != "reevaluated" || last["override"] != true || last["reason"] != "A mistake." || last["audit"] != results["id"] {
		t.Errorf("the history ends with %v", last)
	}
}

func TestAChangedRequirementJudgesAgainAndTheOldAuditStays(t *testing.T) {
	w, contractor := ready(t)
	path := w.reviewed(contractor, 500_000)
	requirement := w.want(200, "GET", path, "").object(t).text("insurance_requirement")
	old := w.results(path)
	w.want(200, "PUT", "/insurance_requirements/"+requirement, `{"rules":[`+strings.Replace(minimumRule, "1000000", "100000", 1)+`]}`)
	got := w.want(200, "POST", path+"/reevaluate", "").object(t)
	results := asObject(got["review_results"])
	if got["status"] != "approved" || asObject(results["requirement"])["version"] != 2.0 {
		t.Errorf("judged again it is %v", got)
	}
	then := w.want(200, "GET", path+"/history?at="+fmt.Sprint(w.now.Unix()-86400), "").object(t)
	if then["status"] != nil || then["review_results"] != nil || len(then["history"].([]any)) != 0 {
		t.Errorf("a day ago was known %v", then)
	}
	now := w.want(200, "GET", path+"/history?at="+fmt.Sprint(w.now.Unix()+86400), "").object(t)
	if diff := cmp.Diff(map[string]any(results), now["review_results"], ignoring("updated")); diff != "" {
		t.Error(diff)
	}
	var audits int
	w.in(w.account, func(ctx context.Context, tx bun.Tx) error {
		all, err := schema.Verdicts(ctx, tx, strings.TrimPrefix(path, "/files/certificates/"))
		audits = len(all)
		if err == nil && all[0].Audit.ID != old.text("id") {
			t.Errorf("the first audit is %s, was %s", all[0].Audit.ID, old.text("id"))
		}
		return err
	})
	if audits != 2 {
		t.Errorf("there are %d audits", audits)
	}
}

func TestWhatIsOpenCannotBeDecided(t *testing.T) {
	w, contractor := ready(t)
	path := "/files/certificates/" + w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}).object(t).text("id")
	for _, action := range []string{"/approve", "/reevaluate", "/audit_results/car_1/approve"} {
		w.refusal(409, "invalid_state", "POST", path+action, "")
	}
	w.refusal(409, "invalid_state", "POST", path+"/deny", `{"reason":"x"}`)
	if got := w.want(200, "GET", path+fully, "").object(t); got["review_results"] != nil || got["pdf_url"] != nil {
		t.Errorf("open it shows %v", got)
	}
}

func TestARequirementIsTriedOnAStoredCertificate(t *testing.T) {
	w, contractor := ready(t)
	path := w.reviewed(contractor, 500_000)
	certificate := strings.TrimPrefix(path, "/files/certificates/")
	try := "/insurance_requirements/" + w.requirement(false) + "/try"
	if got := w.want(200, "POST", try, fmt.Sprintf(`{"certificate":%q}`, certificate)).object(t); got["status"] != "flagged" {
		t.Errorf("the trial answered %v", got)
	}
	draft := fmt.Sprintf(`{"certificate":%q,"rules":[%s]}`, certificate, strings.Replace(minimumRule, "1000000", "1", 1))
	if got := w.want(200, "POST", try, draft).object(t); got["status"] != "approved" {
		t.Errorf("the draft answered %v", got)
	}
	w.refusal(409, "invalid_state", "POST", try, fmt.Sprintf(`{"certificate":%q}`, strings.TrimPrefix(w.unreadable(contractor), "/files/certificates/")))
	if got := w.want(200, "GET", path, "").object(t); got["status"] != "flagged" {
		t.Errorf("the certificate is %v", got)
	}
}
