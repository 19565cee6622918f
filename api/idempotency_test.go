package api

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestARequestWithAKeyTakesEffectOnce(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	first := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1"))
	again := e.do(t, request("POST", "/api/v1/contractors", " "+jane+" ", jsonBody, `Idempotency-Key: "k1"`))
	form := e.do(t, request("POST", "/api/v1/contractors", "last_name=Smith&email=jane@example.com&first_name=Jane", formBody, "Ten99Policy-Idempotent-Key: k1"))
	if first.status != 201 || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("answered %d %s", first.status, first.body)
	}
	for _, a := range []answer{again, form} {
		if a.status != 201 || a.body != first.body || a.header.Get("Idempotent-Replayed") != "true" || a.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("the repetition answered %d %s with %v", a.status, a.body, a.header)
		}
	}
	if len(e.created) != 1 {
		t.Errorf("the handler was called %d times", len(e.created))
	}
}

func TestAKeyIsForOneRequestOfOneAccount(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1"))
	other := e.do(t, request("POST", "/api/v1/contractors", strings.Replace(jane, "Jane", "June", 1), jsonBody, "Idempotency-Key: k1"))
	if other.status != 422 || other.Code != "idempotency_mismatch" {
		t.Errorf("another body answered %d %s", other.status, other.body)
	}
	elsewhere := e.do(t, request("POST", "/api/v1/jobs/jb_1/cancel", "", "Idempotency-Key: k1"))
	if elsewhere.status != 422 {
		t.Errorf("another path answered %d %s", elsewhere.status, elsewhere.body)
	}
	stranger := request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1")
	stranger.SetBasicAuth("sk_test_obj", "")
	if a := e.do(t, stranger); a.status != 201 || a.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("another account answered %d %s", a.status, a.body)
	}
}

func TestARefusalFreesTheKey(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(e *edge) string{
		"of validation":             func(*edge) string { return "{}" },
		"of a body that is no JSON": func(*edge) string { return "{" },
		"of the handler": func(e *edge) string {
			create := e.create
			e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
				e.create = create
				return nil, refuse(409, ErrorCodeDuplicateEmail, "There is one.")
			}
			return jane
		},
		"by a fault of ours": func(e *edge) string {
			create := e.create
			e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
				e.create = create
				return nil, errors.New("broken")
			}
			return jane
		},
		"by a panic": func(e *edge) string {
			create := e.create
			e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
				e.create = create
				panic("broken")
			}
			return jane
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			if a := e.do(t, request("POST", "/api/v1/contractors", spoil(e), jsonBody, "Idempotency-Key: k1")); a.status < 400 {
				t.Fatalf("answered %d", a.status)
			}
			if a := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1")); a.status != 201 || a.header.Get("Idempotent-Replayed") != "" {
				t.Errorf("the second try answered %d %s", a.status, a.body)
			}
		})
	}
}

func TestAKeyWhoseRequestIsStillRunningConflicts(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	create := e.create
	var during answer
	e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
		during = e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1"))
		return create(ctx, r)
	}
	if a := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1")); a.status != 201 {
		t.Fatalf("answered %d %s", a.status, a.body)
	}
	if during.status != 409 || during.Code != "idempotency_conflict" || during.header.Get("Retry-After") == "" {
		t.Errorf("meanwhile it answered %d %s", during.status, during.body)
	}
}

func TestTheKeyOfARunningBulkUploadIsForNoOtherOperation(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.claims.rows["acct_1k1"] = &memoryClaim{operation: "UploadTrackerPlaceholderBulk", job: "jb_1"}
	for name, body := range map[string]string{"a good body": jane, "a malformed body": "{"} {
		if a := e.do(t, request("POST", "/api/v1/contractors", body, jsonBody, "Idempotency-Key: k1")); a.status != 422 || a.Code != "idempotency_mismatch" {
			t.Errorf("%s was answered %d %s", name, a.status, a.body)
		}
	}
	if len(e.created) != 0 {
		t.Error("the handler was called")
	}
}

func TestKeysAreOneTextOfBoundedLength(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		headers []string
		status  int
	}{
		"a bare key":                      {[]string{"Idempotency-Key: k"}, 201},
		"a quoted key":                    {[]string{`Idempotency-Key: "k \" \\"`}, 201},
		"the longest key":                 {[]string{"Idempotency-Key: " + strings.Repeat("k", 255)}, 201},
		"the longest key in quotes":       {[]string{`Idempotency-Key: "` + strings.Repeat("k", 255) + `"`}, 201},
		"a key that is too long":          {[]string{"Idempotency-Key: " + strings.Repeat("k", 256)}, 400},
		"an empty key":                    {[]string{`Idempotency-Key: ""`}, 400},
		"an empty header":                 {[]string{"Idempotency-Key: "}, 400},
		"a key in another script":         {[]string{"Idempotency-Key: ключ"}, 400},
		"two keys in one header":          {[]string{"Idempotency-Key: a", "Idempotency-Key: b"}, 400},
		"the same key under both names":   {[]string{"Idempotency-Key: a", `Ten99Policy-Idempotent-Key: "a"`}, 201},
		"different keys under both names": {[]string{"Idempotency-Key: a", "Ten99Policy-Idempotent-Key: b"}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newEdge(t).do(t, request("POST", "/api/v1/contractors", jane, append(c.headers, jsonBody)...))
			if a.status != c.status {
				t.Errorf("answered %d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
}

func TestAClaimThatWasTakenOverMakesNothing(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	create := e.create
	e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
		e.claims.rows["acct_1k1"].token = "another's"
		return create(ctx, r)
	}
	if a := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1")); a.status != 409 {
		t.Errorf("answered %d %s", a.status, a.body)
	}
	if row := e.claims.rows["acct_1k1"]; row == nil || row.token != "another's" {
		t.Error("the claim of the other was released")
	}
}

func TestAClaimIsRenewedWhileItsRequestIsWorkedOn(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(c *Config) { c.Limits.Lease = 20 * time.Millisecond })
	create := e.create
	e.create = func(ctx context.Context, r CreateContractorRequestObject) (CreateContractorResponseObject, error) {
		e.claims.mu.Lock()
		renewed := e.claims.rows["acct_1k1"].renewed
		e.claims.mu.Unlock()
		if renewed != nil {
			select {
			case <-renewed:
			case <-time.After(time.Minute):
				t.Error("the claim was not renewed")
			}
		}
		return create(ctx, r)
	}
	if a := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody, "Idempotency-Key: k1")); a.status != 201 {
		t.Errorf("answered %d %s", a.status, a.body)
	}
}
