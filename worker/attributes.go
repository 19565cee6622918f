package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"certflow/workflows"
)

// EnsureSearchAttributes registers the search attributes by which operators find workflows, unless they are there, and waits until
// Temporal knows them. Where that is refused the error names the command that an administrator runs.
func EnsureSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	missing, err := missingAttributes(ctx, c, namespace)
	if err != nil || len(missing) == 0 {
		return err
	}
	wanted := make(map[string]enums.IndexedValueType, len(missing))
	for _, name := range missing {
		wanted[name] = enums.INDEXED_VALUE_TYPE_KEYWORD
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
		Namespace: namespace, SearchAttributes: wanted,
	})
	if err != nil {
		return fmt.Errorf("register search attributes (an administrator can: temporal operator search-attribute create --namespace %s --type Keyword --name %s): %w",
			namespace, strings.Join(missing, " --type Keyword --name "), err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		if missing, err = missingAttributes(ctx, c, namespace); err == nil && len(missing) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the search attributes %s: %w", strings.Join(missing, ", "), ctx.Err())
		case <-tick.C:
		}
	}
}

func missingAttributes(ctx context.Context, c client.Client, namespace string) ([]string, error) {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("list search attributes: %w", err)
	}
	var missing []string
	for _, key := range []temporal.SearchAttributeKeyKeyword{
		workflows.AttributeAccount, workflows.AttributeContractor, workflows.AttributeTracker, workflows.AttributeJob, workflows.AttributeStatus,
	} {
		if _, ok := known.GetCustomAttributes()[key.GetName()]; !ok {
			missing = append(missing, key.GetName())
		}
	}
	return missing, nil
}
