package activities_test

import (
	"testing"

	"certflow/activities"
	"certflow/internal/blob"
)

func TestTrimmingKeepsTheFirstPagesBesideTheWholeUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	for range 2 { // a retry writes the same
		got, err := w.review().TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 5, Analysed: 2})
		if err != nil || got.Refusal != nil || got.Key != blob.TrimmedKey(c.BlobKey) {
			t.Fatalf("%+v, %v", got, err)
		}
		for key, want := range map[string]string{c.BlobKey: "whole", got.Key: "2 pages of whole"} {
			content, err := w.blobs.Read(t.Context(), key)
			if err != nil || string(content) != want {
				t.Errorf("%s holds %q (%v), want %q", key, content, err, want)
			}
		}
	}
}

func TestADocumentThatHasNoMorePagesIsItsOwnTrimmedCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	got, err := w.review().TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 2, Analysed: 2})
	if err != nil || got.Key != c.BlobKey || w.reader.trims != 0 {
		t.Errorf("%+v, %v after %d trims; want the upload itself", got, err, w.reader.trims)
	}
}

func TestTrimmingADeletedCertificateEndsItsReview(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	w.delete(c.ID)
	got, err := w.review().TrimPages(t.Context(), activities.TrimInput{CertificateRef: named(c), Key: c.BlobKey, Pages: 5, Analysed: 2})
	if err != nil || got.Refusal == nil || got.Refusal.Code != "cancelled" {
		t.Errorf("%+v, %v; want it cancelled", got, err)
	}
}
