package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"certflow/internal/devstack/stacktest"
	"certflow/schema/schematest"
)

func TestMain(m *testing.M) {
	testscript.Main(servers{m}, map[string]func(){"certflow": main})
}

// servers runs the tests and then stops what servers they started.
type servers struct{ tests *testing.M }

// Run implements testscript.TestingM.
func (s servers) Run() int { return stacktest.Run(s.tests) }

func TestTheCommandsOfOperatorsOnADatabase(t *testing.T) {
	t.Parallel()
	owner := stacktest.Database(t, schematest.Migrated)
	database := schematest.ServingURL(t, owner)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/database",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CERTFLOW_DATABASE_URL", database)
			e.Setenv("CERTFLOW_OWNER_DATABASE_URL", owner)
			return nil
		},
	})
}

// The scripts are what a person types and sees.
func TestTheCommandLine(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(verdicts{})
	t.Cleanup(server.Close)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("CERTFLOW_URL", server.URL)
			e.Setenv("NOBODY", "http://127.0.0.1:1")
			return nil
		},
	})
}

// verdicts answers as the API does when a review has ended, with the status that the file is named after.
type verdicts struct{}

func (verdicts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := func(status int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	const path = "/api/v1/files/certificates"
	certificate := func(status string) map[string]any {
		return map[string]any{
			"id": "ci_" + status + "0000", "object": "certificate", "contractor": "cn_1", "status": status, "created": 1760509809, "updated": 1760509810,
			"filename": status + ".pdf", "pdf_url": nil, "insurance_requirement": "req_1", "job": nil, "assignment": nil, "tracker": nil, "custom_metadata": map[string]string{},
		}
	}
	if _, key, _ := r.BasicAuth(); key != "" {
		answer(http.StatusUnauthorized, map[string]string{"message": "No.", "error_code": "invalid_api_key"})
		return
	}
	if user, _, _ := r.BasicAuth(); user == "sk_test_revoked" {
		answer(http.StatusUnauthorized, map[string]string{"message": "This API key is not known.", "error_code": "invalid_api_key"})
		return
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == path:
		_, header, err := r.FormFile("certificate")
		if err != nil {
			answer(http.StatusBadRequest, map[string]string{"message": err.Error(), "error_code": "bad_request"})
			return
		}
		made := certificate("pending")
		made["id"] = "ci_" + strings.TrimSuffix(header.Filename, ".pdf") + "0000"
		answer(http.StatusCreated, made)
	case r.URL.Path == path:
		answer(http.StatusOK, []any{certificate("flagged"), certificate("approved")})
	default:
		status := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, path+"/ci_"), "0000")
		shown := certificate(status)
		review := map[string]any{"id": "ca_1", "status": status, "created": 1760509810, "updated": 1760509810, "summary": map[string]int{"total_rules": 1, "passed": 0, "failed": 1}}
		if status == "error" {
			review["error"] = map[string]string{"code": "blank", "message": "Nothing is on the page. Upload a certificate."}
		} else {
			review["audit_results"] = []any{map[string]any{"id": "car_1", "rule_name": "CGL Limits", "rule_path": "coverages", "severity": "standard", "result": "fail",
				"message": "Required: $1,000,000.", "manually_approved": false, "evidence_paths": []string{}, "created": 1760509810}}
		}
		shown["review_results"] = review
		answer(http.StatusOK, shown)
	}
}
