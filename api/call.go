package api

import (
	"context"

	"certflow/schema"
)

// call is what the edge knows about one request. It is made by the first middleware and filled in by those that follow; handlers
// read it from their context.
type call struct {
	requestID string
	operation *operation // nil where no route matched
	owner     schema.KeyOwner
	listURL   string // path of the request, as the client sent it
	query     string // query of the request, as the client sent it
	object    bool   // lists are list objects
	claim     *claim // nil without an idempotency key
	body      *body
	unknown   faults // query parameters of an upload that nobody knows
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf is the request that a context belongs to. Contexts that did not come through the edge have an empty one.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}
