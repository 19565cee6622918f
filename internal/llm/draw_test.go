package llm_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os/exec"
	"testing"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/llm"
	"certflow/internal/sample"
)

func TestPdftoppmDrawsPagesAtABoundedSize(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed: install the package poppler-utils")
	}
	document, err := sample.Random(1, certificate.DateOf(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))).Draw(sample.Text)
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := llm.Pdftoppm(t.Context(), document, 1)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := png.DecodeConfig(bytes.NewReader(pictures[0]))
	if err != nil || max(drawn.Width, drawn.Height) != 1600 {
		t.Errorf("the picture is %d × %d: %v", drawn.Width, drawn.Height, err)
	}
	var refusal *certificate.Refusal
	if _, err := llm.Pdftoppm(t.Context(), []byte("no PDF"), 1); !errors.As(err, &refusal) {
		t.Errorf("of no PDF: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := llm.Pdftoppm(ctx, document, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("when cancelled: %v", err)
	}
}
