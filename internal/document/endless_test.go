package document

import (
	"errors"
	"testing"
	"time"

	"certflow/internal/certificate"
)

func TestAPageThatTesseractNeverComesToAnEndWithIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecogniser(Options{Memory: 512 << 20, OCRTimeout: time.Minute, OCRJobs: 1})
	r.read = tool{name: "sh", pkg: "dash", limits: bounds{64 << 20, 30 * time.Second}, maxSize: 1 << 10, work: 2 * time.Second}
	// A shell does not know tesseract's arguments: one that never ends is put in its place.
	_, err := r.read.run(t.Context(), nil, "-c", "while :; do :; done")
	var fault *Fault
	if !errors.As(err, &fault) || fault.Kind != Endless {
		t.Fatalf("it ended with %v", err)
	}
	if got := refusal(tooMuch(err, fault.Kind)); got == nil || got.Code != certificate.Unreadable {
		t.Errorf("the page is refused with %v", got)
	}
	if _, err := r.read.run(t.Context(), nil, "-c", "sleep 2; exit 1"); !errors.As(err, &fault) || fault.Kind != Crashed {
		t.Errorf("one that waits ended with %v", err)
	}
}
