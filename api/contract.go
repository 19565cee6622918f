// Package api is the HTTP edge: the contract in openapi.yaml, what every request goes through before a handler sees it
// (edge files such as auth.go, validate.go, idempotency.go), and the handlers, one file for each resource.
//
// openapi.yaml is the source of truth. The models and the interface that the handlers implement are generated from it, requests are
// validated against it, and so is every answer in this package's tests.
package api

import (
	_ "embed"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config server.cfg.yaml openapi.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config client.cfg.yaml openapi.yaml
//go:generate go run ./postman openapi.yaml ../examples/certflow.postman_collection.json

// OpenAPI is the contract as it is served at /openapi.yaml.
//
//go:embed openapi.yaml
var OpenAPI []byte

// loadSpec reads the contract.
func loadSpec() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("read openapi.yaml: %w", err)
	}
	return doc, nil
}
