package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// squeezed is n zeros, packed.
func squeezed(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(make([]byte, n)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHostileDocumentsEndWithinTheLimitsOfAChild(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000)
	var pages drawing
	for range maxPages + 10 {
		pages.kids = append(pages.kids, 4)
	}
	pages.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>")
	var nested drawing
	nested.page(sentence, "/Odd "+deep, "")
	var twice drawing
	inner := squeezed(t, 60<<20)
	c := twice.stream("/Filter [/FlateDecode /FlateDecode]", inner)
	twice.kids = append(twice.kids, twice.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R >>", c)))
	var bomb drawing
	c = bomb.stream("/Filter /FlateDecode", squeezed(t, 500<<20))
	bomb.kids = append(bomb.kids, bomb.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [%s] >>", strings.Repeat(fmt.Sprintf("%d 0 R ", c), 100))))
	for name, pdf := range map[string][]byte{
		"a stream that unpacks to 500 MB, a hundred times": bomb.bytes(),
		"a stream that is packed twice":                    twice.bytes(),
		"lists nested 200,000 deep in a page":              nested.bytes(),
		"lists nested 200,000 deep in what is drawn":       onePage("BT /F1 9 Tf " + deep + " TJ ET"),
		"pictures saved 500,000 deep":                      onePage(strings.Repeat("q ", 500_000)),
		"20,010 pages":                                     pages.bytes(),
		"page nodes that name one another":                 manyKids(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := reader(t, Options{Command: childCommand("serve"), NoOCR: true})
			start := time.Now()
			_, err := r.Pages(t.Context(), pdf, 2)
			took := time.Since(start)
			if err != nil && refusal(err) == nil {
				t.Fatalf("an error that is no refusal: %v", err)
			}
			// A child is tried twice, each time for the 20 s of OpenTimeout at most; a third time would take more than this.
			if took > 58*time.Second {
				t.Errorf("took %v", took)
			}
			t.Logf("%d bytes: %v after %v, the child had %d MB at most", len(pdf), err, took.Round(time.Millisecond), peak(t, r))
		})
	}
}

// peak is the most memory that the reader's idle child ever had, in MB, and fails the test beyond the limit of 512 MB and its own program; 0 where
// the child was ended.
func peak(t *testing.T, r *Reader) int {
	t.Helper()
	r.pool.mu.Lock()
	defer r.pool.mu.Unlock()
	if len(r.pool.idle) == 0 {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pool.idle[0].cmd.Process.Pid))
	if err != nil {
		t.Skip("this system does not say how much memory a process had")
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatal("the peak of memory is not among what is said of a process")
	}
	kilobytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	if kilobytes > 600<<10 {
		t.Errorf("the child had %d MB", kilobytes>>10)
	}
	return kilobytes >> 10
}
