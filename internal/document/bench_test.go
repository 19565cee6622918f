package document

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// densePage has about as many words and rules as a certificate.
func densePage() []byte {
	var b strings.Builder
	for line := range 60 {
		fmt.Fprintf(&b, "BT /F1 8 Tf 40 %d Td (EACH OCCURRENCE LIMIT 1,000,%03d POLICY NUMBER GL-%04d EFFECTIVE 01/02/2026) Tj ET\n", 760-12*line, line, line)
		fmt.Fprintf(&b, "0.5 w 40 %d m 570 %d l S 40 %d 10 10 re S\n", 757-12*line, 757-12*line, 757-12*line)
	}
	return onePage(b.String())
}

// BenchmarkWords reads a dense page in this process. Compare with BenchmarkPdftotext.
func BenchmarkWords(b *testing.B) {
	pdf := densePage()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Words(b.Context(), pdf, 1); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPdftotext is what BenchmarkWords is held against: the whole process.
func BenchmarkPdftotext(b *testing.B) {
	pdf := densePage()
	for b.Loop() {
		cmd := exec.Command("pdftotext", "-bbox", "-l", "1", "-", "-")
		cmd.Stdin = bytes.NewReader(pdf)
		if out, err := cmd.Output(); err != nil || len(out) == 0 {
			b.Skipf("pdftotext: %v", err)
		}
	}
}

// BenchmarkChild reads a dense page in a child that is already running, and says what starting one costs.
func BenchmarkChild(b *testing.B) {
	pdf := densePage()
	r, err := NewReader(Options{Command: childCommand("serve"), NoOCR: true})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	start := time.Now()
	if _, err := r.Inspect(b.Context(), pdf); err != nil {
		b.Fatal(err)
	}
	first := time.Since(start)
	for b.Loop() {
		if _, err := r.Pages(b.Context(), pdf, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(first.Microseconds())/1000, "ms-to-start")
}

// BenchmarkCertificates reads the collected certificates that have a text layer, in this process.
func BenchmarkCertificates(b *testing.B) {
	var pdfs [][]byte
	for _, name := range collected(b, "certificates") {
		pdf, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		pdfs = append(pdfs, pdf)
	}
	for b.Loop() {
		for _, pdf := range pdfs {
			if _, err := Words(b.Context(), pdf, 1); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// processor is the processor time that this process and its ended children took so far. Ratios of it say what work costs on a machine
// that is busy with other things, too.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var use syscall.Rusage
		if err := syscall.Getrusage(who, &use); err != nil {
			b.Fatal(err)
		}
		total += time.Duration(use.Utime.Nano() + use.Stime.Nano())
	}
	return total
}

// BenchmarkScan reads a scanned page, and reports how many times more processor time that takes than pdftoppm and tesseract alone.
func BenchmarkScan(b *testing.B) {
	for _, tool := range []string{"pdftoppm", "tesseract"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("%s is not installed", tool)
		}
	}
	for name, pdf := range scans(b) {
		b.Run(name, func(b *testing.B) {
			r, err := NewReader(Options{})
			if err != nil {
				b.Fatal(err)
			}
			var ours, alone time.Duration
			for b.Loop() {
				start := processor(b)
				bare(b, pdf)
				alone += processor(b) - start
				start = processor(b)
				if _, err := r.Pages(b.Context(), pdf, 1); err != nil {
					b.Fatal(err)
				}
				ours += processor(b) - start
			}
			b.ReportMetric(float64(ours)/float64(alone), "times-tools-alone")
			b.ReportMetric(ours.Seconds()/float64(b.N), "cpu-s/page")
		})
	}
}

// scans are pages without text: one drawn here and those collected.
func scans(b *testing.B) map[string][]byte {
	out := map[string][]byte{}
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "shared", "acord", "certificates", "*.pdf"))
	if err != nil {
		b.Fatal(err)
	}
	for i, name := range files {
		pdf, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		if pages, err := Words(b.Context(), pdf, 1); err == nil && pictured(&pages[0]) {
			out[fmt.Sprintf("collected-%d", i+1)] = pdf
		}
	}
	out["drawn"] = scan(b, densePage(), 0, 0, 0)
	return out
}

// bare runs the two programs as a script would.
func bare(b *testing.B, pdf []byte) {
	b.Helper()
	draw := exec.Command("pdftoppm", "-r", "300", "-gray", "-l", "1", "-")
	draw.Stdin = bytes.NewReader(pdf)
	picture, err := draw.Output()
	if err != nil {
		b.Fatal(err)
	}
	ocr := exec.Command("tesseract", "stdin", "stdout", "--psm", "11", "tsv")
	ocr.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	ocr.Stdin = bytes.NewReader(picture)
	if _, err := ocr.Output(); err != nil {
		b.Fatal(err)
	}
}
