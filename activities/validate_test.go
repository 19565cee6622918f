package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
)

func TestValidatingBeginsAReviewOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reader.pages = 5
	endpoint, _ := w.endpoint("https://example.com", "*")
	c := w.upload(standard)
	first, err := w.review().ValidateDocument(t.Context(), named(c))
	if err != nil {
		t.Fatal(err)
	}
	if first.Over || first.Refusal != nil || first.Pages != 5 || first.Analysed != 2 || len(first.Deliveries) != 1 || first.Deliveries[0].Endpoint != endpoint.ID {
		t.Errorf("validated: %+v, want 2 of 5 pages and a delivery to %s", first, endpoint.ID)
	}
	begun := w.certificate(c.ID)
	if begun.Status != schema.Processing || begun.BegunAt.IsZero() {
		t.Errorf("status %s, begun at %v", begun.Status, begun.BegunAt)
	}
	again, err := w.review().ValidateDocument(t.Context(), named(c))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a retry answers something else (-first +again):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"certificate.processing"}, w.events(c.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if at := w.certificate(c.ID).BegunAt; !at.Equal(begun.BegunAt) {
		t.Errorf("the two hours began again: at %v, then %v", begun.BegunAt, at)
	}
}

func TestThereIsNothingToValidateOfACertificateThatIsGoneOrDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	deleted, done, reevaluated := w.upload(standard), w.parsed(standard), w.parsed(standard)
	w.delete(deleted.ID)
	for _, c := range []*schema.Certificate{done, reevaluated} {
		if _, err := w.review().EvaluateRules(t.Context(), activities.EvaluateInput{CertificateRef: named(c), At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	other := named(reevaluated)
	other.Evaluation = 2
	for name, in := range map[string]activities.CertificateRef{
		"deleted":                      named(deleted),
		"ended":                        named(done),
		"of an evaluation not asked":   other,
		"of nobody":                    {Account: w.account, ID: "ci_nobody", Evaluation: 1},
		"of another account's workers": {Account: "acct_other", ID: done.ID, Evaluation: 1},
	} {
		got, err := w.review().ValidateDocument(t.Context(), in)
		if err != nil || !got.Over {
			t.Errorf("%s: %+v, %v; want it over", name, got, err)
		}
	}
	if events := w.events(deleted.ID); len(events) != 0 {
		t.Errorf("events of a deleted certificate: %v", events)
	}
}

func TestARefusalOfTheDocumentIsAResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refusal := &certificate.Refusal{Code: certificate.PasswordProtected, Message: "Upload it without a password."}
	w.reader.err = refusal
	c := w.upload(standard)
	validated, err := w.review().ValidateDocument(t.Context(), named(c))
	if err != nil {
		t.Fatal(err)
	}
	trimmed, err := w.review().TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 3, Analysed: 2})
	if err != nil {
		t.Fatal(err)
	}
	parsed := must[activities.ParseResult](t, w.review().ParseCertificate, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey})
	for step, got := range map[string]*certificate.Refusal{"validate": validated.Refusal, "trim": trimmed.Refusal, "parse": parsed.Refusal} {
		if diff := cmp.Diff(refusal, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step, diff)
		}
	}
}

func TestAStoredFileThatIsGoneEndsTheReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	if err := w.blobs.Delete(t.Context(), c.BlobKey); err != nil {
		t.Fatal(err)
	}
	got, err := w.review().ValidateDocument(t.Context(), named(c))
	if err != nil || got.Refusal == nil || got.Refusal.Code != "internal" {
		t.Errorf("%+v, %v; want a refusal of ours", got, err)
	}
}

func TestTheAccountsPageLimitSaysHowMuchIsAnalysed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(func(ctx context.Context, tx bun.Tx) error {
		account, err := schema.GetAccount(ctx, tx)
		if err != nil {
			return err
		}
		account.PageLimit = 4
		return schema.UpdateAccount(ctx, tx, account)
	})
	for pages, want := range map[int]int{1: 1, 4: 4, 9: 4} {
		w.reader.pages = pages
		got, err := w.review().ValidateDocument(t.Context(), named(w.upload(standard)))
		if err != nil || got.Analysed != want {
			t.Errorf("%d pages: %+v, %v; want %d analysed", pages, got, err, want)
		}
	}
}

func TestAStoredFileThatIsNotTheOneUploadedIsNotJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reader.pages = 5
	c := w.upload(standard)
	if err := w.blobs.Write(t.Context(), c.BlobKey, []byte("other")); err != nil {
		t.Fatal(err)
	}
	validated, err := w.review().ValidateDocument(t.Context(), named(c))
	if err != nil {
		t.Fatal(err)
	}
	trimmed, err := w.review().TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 5, Analysed: 2})
	if err != nil {
		t.Fatal(err)
	}
	for step, refused := range map[string]*certificate.Refusal{"validating": validated.Refusal, "trimming": trimmed.Refusal} {
		if refused == nil || refused.Code != "internal" {
			t.Errorf("%s refuses with %+v, want internal", step, refused)
		}
	}
}
