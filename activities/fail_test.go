package activities_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/activities"
	"certflow/schema"
)

func TestAnErrorIsRecordedOnceWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.endpoint("https://example.com", "certificate.error")
	c := w.upload(standard)
	in := activities.ErrorInput{CertificateRef: named(c), Code: "unreadable", Message: "Upload a digital copy."}
	first, err := w.review().RecordError(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	in.Code = "internal" // what a second try finds is not what it brings
	again, err := w.review().RecordError(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || first.Status != schema.Errored || len(first.Deliveries) != 1 {
		t.Errorf("first %+v (-first +again):\n%s", first, diff)
	}
	audit := w.verdict(c).Audit
	if audit.Status != schema.Errored || audit.ErrorCode == nil || *audit.ErrorCode != "unreadable" || *audit.ErrorMessage != "Upload a digital copy." || audit.ParseNo != nil {
		t.Errorf("audit %+v", audit)
	}
	if diff := cmp.Diff([]string{"certificate.error"}, w.events(c.ID)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestAnErrorDoesNotTakeAVerdictBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.parsed(standard)
	w.evaluate(c, noon)
	ended, err := w.review().RecordError(t.Context(), activities.ErrorInput{CertificateRef: named(c), Code: "timed_out", Message: "Too late."})
	if err != nil || ended.Status != schema.Approved {
		t.Errorf("ended %+v, %v; want what stands: approved", ended, err)
	}
	if status := w.certificate(c.ID).Status; status != schema.Approved {
		t.Errorf("the certificate is %s", status)
	}
}

func TestADeletedCertificateGetsNoError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.delete(c.ID)
	ended, err := w.review().RecordError(t.Context(), activities.ErrorInput{CertificateRef: named(c), Code: "cancelled", Message: "Cancelled."})
	if err != nil || ended.Status != "" || len(ended.Deliveries) != 0 {
		t.Errorf("ended %+v, %v; want nothing", ended, err)
	}
	if events := w.events(c.ID); len(events) != 0 {
		t.Errorf("events %v, want none", events)
	}
}
