package service

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/api"
	"certflow/internal/id"
	"certflow/schema"
	"certflow/schema/schematest"
)

func TestAClaimThatABulkJobHoldsSaysForWhichRequest(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	c := claims{db: db}
	claim := func(operation, token string) api.Claimed {
		got, err := c.Claim(t.Context(), account, "k", operation, token, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := claim("Upload", "a"); !got.Won {
		t.Fatalf("the first claim is %+v", got)
	}
	provisioning := schema.JobProvisioning
	job := &schema.Job{Row: schema.Row{ID: id.New(id.Job), AccountID: account}, Name: "x", Stored: map[string]any{}, CustomMetadata: map[string]string{},
		Status: &provisioning, Plan: &schema.Plan{Kind: schema.PlanBulk}}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		if err := schema.InsertJob(ctx, tx, job); err != nil {
			return err
		}
		return c.Bind(ctx, tx, account, "k", "a", job.ID, []byte("print"))
	})
	want := api.Claimed{Operation: "Upload", Job: job.ID, Fingerprint: []byte("print")}
	if diff := cmp.Diff(want, claim("Other", "b")); diff != "" {
		t.Error(diff)
	}
	schematest.Do(t, db, account, func(ctx context.Context, tx bun.Tx) error {
		_, err := schema.DeleteJob(ctx, tx, job.ID)
		return err
	})
	if diff := cmp.Diff(want, claim("Other", "c")); diff != "" {
		t.Errorf("when the job was deleted: %s", diff)
	}
}

func TestAClaimIsTakenOverUnlessItIsRenewed(t *testing.T) {
	t.Parallel()
	db := schematest.New(t)
	account := schematest.Account(t, db)
	c := claims{db: db}
	claim := func(key, token string, lease time.Duration) bool {
		got, err := c.Claim(t.Context(), account, key, "Upload", token, lease)
		if err != nil {
			t.Fatal(err)
		}
		return got.Won
	}
	for _, key := range []string{"renewed", "left"} {
		if !claim(key, "a", 0) {
			t.Fatal("the first claim was not won")
		}
	}
	for _, token := range []string{"a", "another's"} {
		if err := c.Renew(t.Context(), account, "renewed", token, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Renew(t.Context(), account, "left", "another's", time.Minute); err != nil {
		t.Fatal(err)
	}
	if claim("renewed", "b", time.Minute) {
		t.Error("a claim that was renewed was taken over")
	}
	if !claim("left", "b", time.Minute) {
		t.Error("a claim whose lease has run out was not taken over")
	}
}
