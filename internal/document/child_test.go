package document

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"certflow/internal/certificate"
)

func reader(t *testing.T, o Options) *Reader {
	t.Helper()
	r, err := NewReader(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestAChildReadsWhatThisProcessReads(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: childCommand("serve")})
	pdf := threePages()
	want, err := Words(t.Context(), pdf, 2)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Pages(t.Context(), pdf, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	info, err := r.Inspect(t.Context(), pdf)
	if err != nil || info != (Info{Pages: 3}) {
		t.Errorf("%+v, %v", info, err)
	}
	trimmed, err := r.Trim(t.Context(), pdf, 1)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := Inspect(trimmed); err != nil || info.Pages != 1 {
		t.Errorf("%+v, %v", info, err)
	}
}

func TestOneChildReadsManyDocumentsAndIsReplaced(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: childCommand("serve")})
	pdf := onePage(sentence)
	seen := map[int]bool{}
	for range documentsPerChild + 3 {
		if _, err := r.Inspect(t.Context(), pdf); err != nil {
			t.Fatal(err)
		}
		r.pool.mu.Lock()
		for _, c := range r.pool.idle {
			seen[c.cmd.Process.Pid] = true
		}
		r.pool.mu.Unlock()
	}
	if len(seen) != 2 {
		t.Errorf("%d children read %d documents, want 2", len(seen), documentsPerChild+3)
	}
}

func TestARefusalOfTheChildIsARefusal(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: childCommand("serve")})
	var refused *certificate.Refusal
	_, err := r.Pages(t.Context(), encrypted(t, onePage(sentence), "secret"), 2)
	if !errors.As(err, &refused) || refused.Code != certificate.PasswordProtected {
		t.Errorf("error is %v", err)
	}
}

func TestADocumentThatBreaksItsChildTwiceIsRefused(t *testing.T) {
	t.Parallel()
	for how, kind := range map[string]FaultKind{"crash": Crashed, "garbage": Crashed, "hang": TimedOut, "eat": OutOfMemory} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			timeout := 20 * time.Second
			if how == "hang" {
				timeout = 100 * time.Millisecond
			}
			r := reader(t, Options{Command: childCommand(how), OpenTimeout: timeout, Memory: 768 << 20})
			_, err := r.Pages(t.Context(), onePage(sentence), 1)
			var refused *certificate.Refusal
			if !errors.As(err, &refused) || refused.Code != certificate.Unreadable {
				t.Fatalf("error is %v", err)
			}
			var fault *Fault
			if !errors.As(err, &fault) || fault.Kind != kind {
				t.Errorf("cause is %v, want %s", fault, kind)
			}
		})
	}
}

func TestAChildThatCannotStartIsTheMachinesFault(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: []string{"/nonexistent/certflow"}})
	_, err := r.Pages(t.Context(), onePage(sentence), 1)
	var fault *Fault
	if !errors.As(err, &fault) || fault.Kind != NotStarted || refusal(err) != nil {
		t.Errorf("error is %v", err)
	}
}

func TestCancellingEndsTheChild(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: childCommand("hang")})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := r.Pages(ctx, onePage(sentence), 1)
	if !errors.Is(err, context.DeadlineExceeded) || refusal(err) != nil {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestManyDocumentsAtOnce(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{Command: childCommand("serve")})
	pdf := onePage(sentence)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := r.Pages(t.Context(), pdf, 1); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestBlankPagesAreRefused(t *testing.T) {
	t.Parallel()
	r := reader(t, Options{NoOCR: true})
	for name, content := range map[string]string{"nothing at all": "", "only a rule": "1 w 100 700 m 300 700 l S", "only hidden text": "BT /F1 10 Tf 3 Tr 100 700 Td (x) Tj ET"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var refused *certificate.Refusal
			if _, err := r.Pages(t.Context(), onePage(content), 2); !errors.As(err, &refused) || refused.Code != certificate.Unreadable {
				t.Errorf("error is %v", err)
			}
		})
	}
}
