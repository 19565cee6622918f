package api

import (
	"context"
	"fmt"
	"testing"

	"certflow/schema"
)

func TestADatabaseThatIsAwayIsToBeAskedAgain(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.create = func(context.Context, CreateContractorRequestObject) (CreateContractorResponseObject, error) {
		return nil, fmt.Errorf("make a contractor: %w", schema.ErrUnavailable)
	}
	a := e.do(t, request("POST", "/api/v1/contractors", jane, jsonBody))
	if a.status != 503 || a.header.Get("Retry-After") == "" {
		t.Errorf("answered %d %s with %v, want 503 with Retry-After", a.status, a.body, a.header)
	}
}
