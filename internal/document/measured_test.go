package document

import (
	"context"
	"fmt"
	"html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// collected lists the PDFs that were collected beside the repository, or skips the test.
func collected(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "acord", folder, "*.pdf"))
	if err != nil || len(files) == 0 {
		t.Skipf("no collected PDFs in ../shared/acord/%s beside the repository: nothing to measure", folder)
	}
	return files
}

var bboxWord = regexp.MustCompile(`<word xMin="([-0-9.]+)" yMin="([-0-9.]+)" xMax="([-0-9.]+)" yMax="([-0-9.]+)">(.*?)</word>`)

// TestWordsAgreeWithPdftotext measures which share of pdftotext's words stands in our words or fields at the same place, and how
// long both take. -v prints the table.
func TestWordsAgreeWithPdftotext(t *testing.T) {
	t.Parallel()
	files := collected(t, "certificates")
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed: install poppler-utils to run this")
	}
	for i, name := range files {
		pdf, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := time.Hour, time.Hour
		var out []byte
		for range 3 {
			start := time.Now()
			if _, err := Words(t.Context(), pdf, 1); err != nil {
				t.Fatalf("file %d: %v", i+1, err)
			}
			ours = min(ours, time.Since(start))
			start = time.Now()
			if out, err = exec.Command("pdftotext", "-bbox", "-cropbox", "-l", "1", name, "-").Output(); err != nil {
				t.Fatal(err)
			}
			theirs = min(theirs, time.Since(start))
		}
		p := read(t, pdf)
		found, total := 0, 0
		for _, g := range bboxWord.FindAllStringSubmatch(string(out), -1) {
			var n [4]float64
			for i := range n {
				n[i], _ = strconv.ParseFloat(g[i+1], 64)
			}
			text, at := clean(html.UnescapeString(g[5])), rect{n[0], n[1], n[2], n[3]}.center()
			total++
			ok := false
			for _, w := range p.Words {
				ok = ok || w.Text == text && within(box(w.Box).center(), at, 3)
			}
			for _, f := range p.Fields {
				ok = ok || strings.Contains(f.Value, text) && box(f.Box).grow(3).contains(at)
			}
			if ok {
				found++
			}
		}
		recall := float64(found) / math.Max(1, float64(total))
		t.Logf("certificate %2d: pdftotext %4d words in %6v; ours %4d words, %3d fields, %4d marks in %6v; %.4f of the words agree",
			i+1, total, theirs.Round(time.Millisecond), len(p.Words), len(p.Fields), len(p.Marks), ours.Round(100*time.Microsecond), recall)
		if total > 0 && recall < 0.985 {
			t.Errorf("file %d: only %.3f of pdftotext's words were found", i+1, recall)
		}
	}
}

// TestHostileDocumentsEndInTime reads every collected file that is no certificate, in children as production does.
func TestHostileDocumentsEndInTime(t *testing.T) {
	t.Parallel()
	files := collected(t, "negatives")
	r := reader(t, Options{Command: childCommand("serve")})
	refused, slowest := 0, time.Duration(0)
	for i, name := range files {
		pdf, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		start := time.Now()
		pages, err := r.Pages(ctx, pdf, 2)
		took := time.Since(start)
		cancel()
		slowest = max(slowest, took)
		words := 0
		for _, p := range pages {
			words += len(p.Words)
		}
		why := fmt.Sprintf("%d words", words)
		if err != nil {
			refused++
			refusal := refusal(err)
			if refusal == nil {
				t.Errorf("file %d: an error that is no refusal: %v", i+1, err)
				continue
			}
			why = string(refusal.Code)
		}
		t.Logf("file %2d: %s in %v", i+1, why, took.Round(time.Millisecond))
	}
	r.Close()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &use); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files: %d refused, slowest %v, no child of this test binary took more than %d MB", len(files), refused, slowest.Round(time.Millisecond), use.Maxrss>>10)
}
