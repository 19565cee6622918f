package acord_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/acord"
	"certflow/internal/certificate"
	"certflow/internal/page"
)

var update = flag.Bool("update", false, "write what the reader gives into the case files")

// separator parts what stands on the pages from what is read there.
const separator = "----------"

// TestRead reads every case file of testdata: words and marks above the separator, the certificate below it, and what the
// reader is not sure of, with its evidence.
func TestRead(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input, want, _ := strings.Cut(string(raw), separator+"\n")
			got := result(acord.Read(draw(t, input)))
			if *update {
				if err := os.WriteFile(file, []byte(input+separator+"\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the page reads otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

// result prints a reading for people: the certificate without its nulls, then what is not sure.
func result(r *certificate.Reading, err error) string {
	var refusal *certificate.Refusal
	if errors.As(err, &refusal) {
		return fmt.Sprintf("%s: %s\n", refusal.Code, refusal.Message)
	}
	raw, err := json.Marshal(r.Certificate)
	if err != nil {
		return err.Error()
	}
	var shown any
	if err := json.Unmarshal(raw, &shown); err != nil {
		return err.Error()
	}
	pretty, _ := json.MarshalIndent(withoutNulls(shown), "", "  ")
	var b strings.Builder
	b.Write(pretty)
	b.WriteByte('\n')
	for _, path := range slices.Sorted(maps.Keys(r.Evidence)) {
		if e := r.Evidence[path]; e.Confidence < 0.85 {
			fmt.Fprintf(&b, "not sure %.2f %s: %s\n", e.Confidence, path, e.Text)
		}
	}
	return b.String()
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if item = withoutNulls(item); item == nil {
				delete(v, k)
			} else {
				v[k] = item
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	}
	return v
}

// input is the drawn part of a case file.
func input(t *testing.T, name string) []page.Page {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(raw), separator+"\n")
	return draw(t, text)
}

func TestAPageReadsTheSameHoweverItLiesOnTheGlass(t *testing.T) {
	t.Parallel()
	straight, err := acord.Read(input(t, "every_row_filled"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name                   string
		scale, dx, dy, degrees float64
	}{
		{"shifted", 1, 17, -9, 0},
		{"smaller", 0.82, 50, 60, 0},
		{"larger", 1.15, -30, -20, 0},
		{"turned clockwise", 1, 10, -5, 1.2},
		{"turned counterclockwise, smaller and shifted", 0.94, 20, 30, -1.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var pages []page.Page
			for _, p := range input(t, "every_row_filled") {
				pages = append(pages, moved(p, tt.scale, tt.dx, tt.dy, tt.degrees))
			}
			r, err := acord.Read(pages)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, straight.Certificate), asJSON(t, r.Certificate)); diff != "" {
				t.Errorf("the moved page reads otherwise (-straight +moved):\n%s", diff)
			}
		})
	}
}

func asJSON(t *testing.T, c certificate.Certificate) string {
	t.Helper()
	raw, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
