package bench

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnOpenLoopDoesNotForgiveALateStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		took, err := openLoop(t.Context(), 10, time.Second, func(context.Context) error {
			calls.Add(1)
			time.Sleep(300 * time.Millisecond)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if calls.Load() != 10 || len(took) != 10 {
			t.Errorf("%d calls and %d times, want 10", calls.Load(), len(took))
		}
		for _, d := range took {
			if d != 300*time.Millisecond {
				t.Errorf("a call took %v, want 300 ms", d)
			}
		}
	})
}

func TestAClosedLoopWaitsForEachCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rate, err := closedLoop(t.Context(), 4, time.Second, func(context.Context) error {
			time.Sleep(100 * time.Millisecond)
			return nil
		})
		if err != nil || rate != 40 {
			t.Errorf("4 clients at 100 ms make %v/s (%v), want 40", rate, err)
		}
	})
}

func TestALoopEndsWithTheErrorOfACall(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	fail := func(context.Context) error { return refused }
	if _, err := closedLoop(t.Context(), 2, time.Minute, fail); !errors.Is(err, refused) {
		t.Errorf("the closed loop ended with %v", err)
	}
	if _, err := openLoop(t.Context(), 100, time.Minute, fail); !errors.Is(err, refused) {
		t.Errorf("the open loop ended with %v", err)
	}
}

func TestAFormIsReadAsItWasMadeAndAgain(t *testing.T) {
	t.Parallel()
	f, err := newForm([][2]string{{"contractor", "cn_1"}}, "certificates[]", []file{{"a.pdf", []byte("one")}, {"b.pdf", []byte("two")}})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		body, err := io.ReadAll(f.reader())
		if err != nil || int64(len(body)) != f.length {
			t.Fatalf("%d bytes (%v), want %d", len(body), err, f.length)
		}
		_, parameters, err := mime.ParseMediaType(f.contentType)
		if err != nil {
			t.Fatal(err)
		}
		var got [][3]string
		for r := multipart.NewReader(f.reader(), parameters["boundary"]); ; {
			part, err := r.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(part)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, [3]string{part.FormName(), part.FileName(), string(text)})
		}
		want := [][3]string{{"contractor", "", "cn_1"}, {"certificates[]", "a.pdf", "one"}, {"certificates[]", "b.pdf", "two"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestArrivalsAreCountedOncePerEndpoint(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	in := &inbox{came: []arrival{
		{"evt_a", 1, at.Add(100 * time.Millisecond)}, {"evt_a", 1, at.Add(5 * time.Second)},
		{"evt_a", 2, at.Add(200 * time.Millisecond)}, {"evt_other", 1, at},
	}}
	if diff := cmp.Diff([]float64{100, 200}, in.after(map[string]time.Time{"evt_a": at})); diff != "" {
		t.Error(diff)
	}
	if n := in.since(at); n != 3 {
		t.Errorf("%d came since, want 3", n)
	}
}
