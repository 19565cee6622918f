package service

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/internal/id"
	"certflow/internal/secret"
	"certflow/internal/webhook"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestAfterResealingAnOldKeyCanBeDropped(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	older, newer := secret.NewKey(), secret.NewKey()
	boxOf := func(keys ...secret.Text) *secret.Box {
		t.Helper()
		texts := make([]string, len(keys))
		for i, key := range keys {
			texts[i] = key.Reveal()
		}
		b, err := secret.NewBox(secret.NewText(strings.Join(texts, ",")))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	before, during, after := boxOf(older), boxOf(newer, older), boxOf(newer)
	want := map[string][]string{} // by endpoint, the newest first
	owners := map[string]string{}
	for range 2 {
		account := schematest.Account(t, db)
		for range 3 {
			e := &schema.Endpoint{Row: schema.Row{ID: id.New(id.WebhookEndpoint), AccountID: account}, URL: "https://example.com", Events: []string{"*"}}
			first, second := webhook.NewSecret().Reveal(), webhook.NewSecret().Reveal()
			schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
				sealed, err := before.Seal([]byte(first), e.ID)
				if err != nil {
					return err
				}
				if err := schema.InsertEndpoint(ctx, tx, e, sealed); err != nil {
					return err
				}
				if sealed, err = before.Seal([]byte(second), e.ID); err != nil {
					return err
				}
				return schema.RotateSecret(ctx, tx, e, sealed, time.Now().Add(time.Hour))
			})
			want[e.ID], owners[e.ID] = []string{second, first}, account
		}
	}
	// opened is what a box can open of what signs now.
	opened := func(b *secret.Box) (map[string][]string, error) {
		texts := map[string][]string{}
		var failed error
		for endpoint, account := range owners {
			schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
				sealed, err := schema.ValidSecrets(ctx, tx, endpoint, time.Now())
				for _, s := range sealed {
					text, err := b.Open(s, endpoint)
					failed = errors.Join(failed, err)
					texts[endpoint] = append(texts[endpoint], string(text))
				}
				return err
			})
		}
		return texts, failed
	}
	if _, err := opened(after); !errors.Is(err, secret.ErrCannotOpen) {
		t.Fatalf("the new key alone opens what the old one sealed: %v", err)
	}
	if got, err := opened(during); err != nil || !cmp.Equal(want, got) {
		t.Fatalf("while both keys are given: %v %s", err, cmp.Diff(want, got))
	}
	if err := (&Service{DB: db, Secrets: after}).CheckSecrets(t.Context()); err == nil || !strings.Contains(err.Error(), "opens 6 of 6 signing secrets") {
		t.Errorf("a look with the new key alone says %v", err)
	}
	if err := (&Service{DB: db, Secrets: during}).CheckSecrets(t.Context()); err != nil {
		t.Errorf("a look with both keys says %v", err)
	}
	if n, err := Reseal(t.Context(), db, during); n != 12 || err != nil {
		t.Errorf("%d were sealed again, %v; want 12", n, err)
	}
	if got, err := opened(after); err != nil || !cmp.Equal(want, got) {
		t.Errorf("without the old key: %v %s", err, cmp.Diff(want, got))
	}
	if n, err := Reseal(t.Context(), db, during); n != 0 || err != nil {
		t.Errorf("%d were sealed again, %v; want none the second time", n, err)
	}
	if _, err := Reseal(t.Context(), db, boxOf(older)); !errors.Is(err, secret.ErrCannotOpen) {
		t.Errorf("without the key that sealed: %v, want a refusal", err)
	}
}
