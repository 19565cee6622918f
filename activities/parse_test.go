package activities_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"certflow/activities"
	"certflow/internal/certificate"
	"certflow/schema"
)

// model is a language model that answers what a test says.
type model struct {
	wanted  bool
	reading *certificate.Reading
	calls   []activities.ModelCall
	err     error
	asked   int
}

func (m *model) Wanted(*certificate.Reading, *certificate.Refusal) bool { return m.wanted }

func (m *model) Required() bool { return false }

func (m *model) Read(_ context.Context, _ []byte, alive func(), spent func(activities.ModelCall)) (*certificate.Reading, error) {
	alive()
	m.asked++
	for _, c := range m.calls {
		spent(c)
	}
	return m.reading, m.err
}

func (w *world) parse(c *schema.Certificate) *schema.Parse {
	w.t.Helper()
	var parse *schema.Parse
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		parse, err = schema.GetParse(ctx, tx, c.ID, c.EvaluationNo)
		return err
	})
	return parse
}

func TestWhatWasReadFirstInAnEvaluationStands(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	in := activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}
	first := w.reader.reading
	for range 3 {
		if got := must[activities.ParseResult](t, w.review().ParseCertificate, in); got != (activities.ParseResult{}) {
			t.Errorf("parsed: %+v", got)
		}
		w.reader.reading = reading(5_000_000, "12/31/2099")
	}
	w.reader.err = &certificate.Refusal{Code: certificate.NotACertificate, Message: "This is an invoice."}
	if got := must[activities.ParseResult](t, w.review().ParseCertificate, in); got.Refusal != nil {
		t.Errorf("what was read is not believed any more: %+v", got.Refusal)
	}
	if diff := cmp.Diff(first, w.parse(c).Reading, cmp.Comparer(func(a, b certificate.Date) bool { return a == b })); diff != "" {
		t.Errorf("stored (-read first +stored):\n%s", diff)
	}
}

func TestTwoReadersAtOnceStoreOneParse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := perform[activities.ParseResult](t, w.review().ParseCertificate, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := w.count("SELECT count(*) FROM parses WHERE certificate_id = $1", c.ID); n != 1 {
		t.Errorf("%d parses, want one", n)
	}
}

func TestARefusalIsStoredAndAnsweredAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.reader.err = &certificate.Refusal{Code: certificate.NotACertificate, Message: "This is an invoice."}
	in := activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}
	first := must[activities.ParseResult](t, w.review().ParseCertificate, in)
	w.reader.err = nil
	again := must[activities.ParseResult](t, w.review().ParseCertificate, in)
	if diff := cmp.Diff(first, again); diff != "" || first.Refusal == nil {
		t.Errorf("first %+v; a retry answers something else (-first +again):\n%s", first, diff)
	}
}

func TestAReaderThatIsNotAvailableStoresNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.reader.err = &certificate.Unavailable{Message: "The reader is busy.", RetryAfter: time.Minute}
	if _, err := perform[activities.ParseResult](t, w.review().ParseCertificate, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}); err == nil {
		t.Error("no fault is reported")
	}
	if n := w.count("SELECT count(*) FROM parses WHERE certificate_id = $1", c.ID); n != 0 {
		t.Errorf("%d parses, want none", n)
	}
}

// PostgreSQL's jsonb takes no NUL, which the text of a hostile PDF may well hold.
func TestWhatADatabaseCannotHoldIsLeftOutOfAReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	name := "Lark\x00spur \\u0000 LLC"
	w.reader.reading.Certificate.Insured.Name = &name
	w.reader.reading.Evidence["insured.name"] = certificate.Evidence{Text: "Lark\x00spur\xff", Confidence: 1}
	must[activities.ParseResult](t, w.review().ParseCertificate, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey})
	stored := w.parse(c).Reading
	if got := *stored.Certificate.Insured.Name; got != "Larkspur \\u0000 LLC" {
		t.Errorf("the name is stored as %q", got)
	}
	if got := stored.Evidence["insured.name"].Text; got != "Larkspur\ufffd" {
		t.Errorf("its evidence is stored as %q", got)
	}
}

func TestAnUnsureReadingIsLeftToTheLanguageModel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	second := reading(5_000_000, "12/31/2099")
	m := &model{wanted: true, reading: second}
	review := w.review()
	review.Model = m
	in := activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}
	if got := must[activities.ParseResult](t, review.ParseCertificate, in); !got.AskModel {
		t.Fatalf("parsed: %+v, want the model to be asked", got)
	}
	for range 2 {
		if got := must[activities.ParseResult](t, review.AskModel, in); got != (activities.ParseResult{}) {
			t.Errorf("asked: %+v", got)
		}
	}
	if m.asked != 1 {
		t.Errorf("asked %d times, want once", m.asked)
	}
	if stored := w.parse(c); *stored.Reading.Certificate.Coverages.GeneralLiability.Limits.EachOccurrence != 5_000_000 {
		t.Errorf("stored %+v", stored)
	}
}

// spent is what is noted of requests to the model for a certificate, without what the database gives them.
func (w *world) spent(c *schema.Certificate) []schema.ModelCall {
	w.t.Helper()
	var calls []schema.ModelCall
	w.do(func(ctx context.Context, tx bun.Tx) error {
		var err error
		calls, err = schema.ModelCalls(ctx, tx, c.ID, c.EvaluationNo)
		return err
	})
	for i := range calls {
		calls[i].ID, calls[i].CreatedAt = 0, time.Time{}
	}
	return calls
}

func TestEveryRequestToTheModelIsNotedWhateverComesOfIt(t *testing.T) {
	t.Parallel()
	asked := []activities.ModelCall{
		{Provider: "anthropic", Model: "claude-x", Outcome: "malformed", InputTokens: 2100, OutputTokens: 5, CostMicroUSD: 6375, Duration: 1500 * time.Millisecond},
		{Provider: "anthropic", Model: "claude-x", Outcome: "cut", InputTokens: 2000, OutputTokens: 1, CostMicroUSD: 6015, Duration: 3 * time.Minute},
	}
	for _, test := range []struct {
		name  string
		model *model
		fails bool
	}{
		{"a reading", &model{reading: reading(5_000_000, "12/31/2099"), calls: asked}, false},
		{"a refusal", &model{err: &certificate.Refusal{Code: certificate.NotACertificate, Message: "This is a menu."}, calls: asked}, false},
		{"a model that is not available", &model{err: &certificate.Unavailable{Message: "The language model did not answer in time."}, calls: asked}, true},
		{"a fault of ours", &model{err: errors.New("a bug"), calls: asked}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.upload(standard)
			review := w.review()
			review.Model = test.model
			_, err := perform[activities.ParseResult](t, review.AskModel, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey})
			if (err != nil) != test.fails {
				t.Fatalf("error %v", err)
			}
			of := schema.ModelCall{AccountID: w.account, CertificateID: c.ID, EvaluationNo: 1, Provider: "anthropic", Model: "claude-x"}
			first, second := of, of
			first.Outcome, first.InputTokens, first.OutputTokens, first.CostMicroUSD, first.DurationMS = "malformed", 2100, 5, 6375, 1500
			second.Outcome, second.InputTokens, second.OutputTokens, second.CostMicroUSD, second.DurationMS = "cut", 2000, 1, 6015, 180_000
			if diff := cmp.Diff([]schema.ModelCall{first, second}, w.spent(c), cmpopts.IgnoreUnexported(schema.ModelCall{})); diff != "" {
				t.Errorf("noted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatAModelHasSpentIsNotedAfterTheReviewWasCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	ctx, cancel := context.WithCancel(t.Context())
	review := w.review()
	review.Model = &cancelling{model: model{err: context.Canceled, calls: []activities.ModelCall{{Provider: "openai", Model: "m", Outcome: "cut", InputTokens: 7}}}, cancel: cancel}
	if _, err := review.AskModel(ctx, activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := w.spent(c); len(got) != 1 || got[0].InputTokens != 7 {
		t.Errorf("noted %+v", got)
	}
}

// cancelling is a model during whose work the review is cancelled.
type cancelling struct {
	model
	cancel context.CancelFunc
}

func (m *cancelling) Read(ctx context.Context, pdf []byte, _ func(), spent func(activities.ModelCall)) (*certificate.Reading, error) {
	m.cancel()
	return m.model.Read(ctx, pdf, func() {}, spent)
}

func TestTheModelIsAskedEvenWhereTheLayoutReaderRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.reader.err = &certificate.Refusal{Code: certificate.Unreadable, Message: "Nothing can be read."}
	m := &model{wanted: true, err: &certificate.Refusal{Code: certificate.NotACertificate, Message: "This is a menu."}}
	review := w.review()
	review.Model = m
	in := activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey}
	if got := must[activities.ParseResult](t, review.ParseCertificate, in); !got.AskModel || got.Refusal != nil {
		t.Fatalf("parsed: %+v, want the model to be asked", got)
	}
	got := must[activities.ParseResult](t, review.AskModel, in)
	if got.Refusal == nil || got.Refusal.Code != certificate.NotACertificate {
		t.Errorf("asked: %+v", got)
	}
}

func TestAWorkerWithoutAModelSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	_, err := w.review().AskModel(t.Context(), activities.ParseInput{CertificateRef: named(c), Key: c.BlobKey})
	var unavailable *certificate.Unavailable
	if !errors.As(err, &unavailable) {
		t.Errorf("got %v, want it unavailable", err)
	}
}
