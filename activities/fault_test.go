package activities_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/sdk/temporal"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
)

// leak stands in every text that a library writes, in the place of a person, a policy number or a password.
const leak = "Whitlock-GL-4410"

// inHistory is what Temporal writes down of an error.
func inHistory(err error) string {
	return temporal.GetDefaultFailureConverter().ErrorToFailure(err).String()
}

func TestNoLibrarysTextReachesAHistory(t *testing.T) {
	t.Parallel()
	postgres := &pgconn.PgError{Severity: "ERROR", Code: "23505", Message: leak, Detail: "Key (email)=(" + leak + ") already exists.", ConstraintName: "x"}
	fault := temporal.NewApplicationError("a sentence of ours", "a_code")
	for name, test := range map[string]struct {
		err  error
		want string // the code
	}{
		"PostgreSQL's":                  {postgres, activities.FaultInternal},
		"PostgreSQL's, mapped":          {fmt.Errorf("insert: %w", schema.Mapped(postgres)), activities.FaultInternal},
		"a URL's":                       {&url.Error{Op: "Put", URL: "https://bucket/" + leak, Err: errors.New("refused")}, activities.FaultInternal},
		"a network's":                   {&net.OpError{Op: "dial", Err: errors.New(leak)}, activities.FaultInternal},
		"a file's":                      {&fs.PathError{Op: "open", Path: "/tmp/" + leak + ".pdf", Err: fs.ErrNotExist}, activities.FaultInternal},
		"a PDF library's":               {fmt.Errorf("pdfcpu: dict %q: malformed entry", leak), activities.FaultInternal},
		"a panic's":                     {fmt.Errorf("panic: runtime error: %s\ngoroutine 7", leak), activities.FaultInternal},
		"a deadline's":                  {fmt.Errorf("%s: %w", leak, context.DeadlineExceeded), activities.FaultInternal},
		"a reader's cause":              {&certificate.Unavailable{Message: "The reader is busy.", Cause: errors.New(leak)}, activities.FaultReader},
		"a reader's, wrapped":           {fmt.Errorf("read %s: %w", leak, &certificate.Unavailable{Message: "The reader is busy."}), activities.FaultReader},
		"what wraps a fault of ours":    {fmt.Errorf("%s: %w", leak, fault), "a_code"},
		"what a fault of ours wraps":    {temporal.NewApplicationErrorWithCause("ours", "a_code", errors.New(leak)), activities.FaultInternal},
		"what came with a cancellation": {fmt.Errorf("%s: %w", leak, context.Canceled), activities.FaultStopped},
		"a cancellation's details":      {fmt.Errorf("%s: %w", leak, temporal.NewCanceledError(leak)), activities.FaultStopped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := activities.Fault(test.err)
			var application *temporal.ApplicationError
			if !errors.As(got, &application) || application.Type() != test.want {
				t.Errorf("%v, want code %s", got, test.want)
			}
			if text := inHistory(got); strings.Contains(text, leak) || strings.Contains(text, "goroutine") {
				t.Errorf("the history says %s", text)
			}
		})
	}
	if err := activities.Fault(nil); err != nil {
		t.Errorf("a fault of nothing: %v", err)
	}
}

func TestTheStepsFaultsNameTheirPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	review := w.review()
	if err := w.blobs.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := review.ValidateDocument(t.Context(), named(c))
	holds(t, err, activities.FaultStorage, c)
	_, err = review.TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 5, Analysed: 2})
	holds(t, err, activities.FaultStorage, c)
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { _, err := review.ValidateDocument(t.Context(), named(c)); return err },
		func() error {
			_, err := review.EvaluateRules(t.Context(), activities.EvaluateInput{CertificateRef: named(c)})
			return err
		},
		func() error {
			_, err := review.RecordError(t.Context(), activities.ErrorInput{CertificateRef: named(c)})
			return err
		},
		func() error {
			_, err := w.bulk().ProvisionJob(t.Context(), activities.JobRef{Account: w.account, ID: "jb_x"})
			return err
		},
		func() error {
			_, err := w.bulk().ListJob(t.Context(), activities.ListJobInput{JobRef: activities.JobRef{Account: w.account, ID: "jb_x"}, Most: 1})
			return err
		},
		func() error {
			_, err := w.deliver().AttemptDelivery(t.Context(), activities.DeliverInput{Account: w.account, ID: "del_x", Endpoint: "whe_x"})
			return err
		},
		func() error {
			_, err := w.deliver().RecoverBatch(t.Context(), activities.RecoverInput{Account: w.account, Endpoint: "whe_x"})
			return err
		},
		func() error { _, err := w.sweep().SweepReviews(t.Context()); return err },
		func() error { _, err := w.sweep().SweepStore(t.Context()); return err },
	} {
		holds(t, step(), activities.FaultDatabase, c)
	}
}

// holds checks that an error is told as a code, without what the cause says.
func holds(t *testing.T, err error, code string, c *schema.Certificate) {
	t.Helper()
	fault := activities.Fault(err)
	var application *temporal.ApplicationError
	if !errors.As(fault, &application) || application.Type() != code || application.NonRetryable() {
		t.Errorf("%v is told as %v, want %s, to be tried again", err, fault, code)
		return
	}
	if text := inHistory(fault); strings.Contains(text, "sql") || strings.Contains(text, c.BlobKey) {
		t.Errorf("the history says %s", text)
	}
}

func TestAReaderSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	fault := activities.Fault(&certificate.Unavailable{Message: "The model is overloaded.", RetryAfter: 7 * time.Minute})
	var application *temporal.ApplicationError
	var wait time.Duration
	if !errors.As(fault, &application) || application.Details(&wait) != nil || wait != 7*time.Minute || application.Message() != "The model is overloaded." || !application.NonRetryable() {
		t.Errorf("%v with %v", fault, wait)
	}
}
