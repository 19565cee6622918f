package schema_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/schema"
	"certflow/schema/schematest"
)

func TestTextsOfJSONComeBackAsTheyWere(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	for text, want := range map[string]string{
		"plain":                  "plain",
		"O'Neill \"Q\" \\ back":  "O'Neill \"Q\" \\ back",
		`the escape \u0000 told`: `the escape \u0000 told`,
		`two \\u0000`:            `two \\u0000`,
		"a NUL\x00 goes":         "a NUL goes",
		"\\\x00'":                `\'`,
		"ends in \\":             "ends in \\",
		"\u2028 é 日 \U0001f600":  "\u2028 é 日 \U0001f600",
		"not UTF-8: \xff":        "not UTF-8: \ufffd",
		"?; DROP TABLE '' --":    "?; DROP TABLE '' --",
	} {
		e := schema.NewEvent(account, "ping", "nothing", map[string]string{"text": text})
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
			_, err := schema.PublishTo(ctx, tx, e, nil)
			return err
		})
		var got map[string]string
		schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
			stored, err := schema.GetEvent(ctx, tx, e.ID)
			if err != nil {
				return err
			}
			return json.Unmarshal(stored.Data, &got)
		})
		if diff := cmp.Diff(want, got["text"]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}
