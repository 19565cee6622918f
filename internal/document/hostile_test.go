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

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
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
		"layers that are shown by 4⁶⁰ terms":               termsOfLayers(),
		"1,000 fonts in place, each of 65,536 characters":  fontsInPlace(),
		"a colour of 900,000 inks, 10,000 times":           inks(),
		"a million pixels square":                          largePicture(),
		"type of 100 million points":                       onePage("BT /F1 100000000 Tf 1 g " + strings.Repeat("1 0 0 1 0 -50000000 Tm (AAAAAAAAAA) Tj ", 2000) + "ET"),
		"fields of 1 MB each":                              largeFields(),
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

// termsOfLayers is a page in a layer whose expression names another four times, and that the next, sixty deep.
func termsOfLayers() []byte {
	var d drawing
	group := d.add("<< /Type /OCG /Name (g) >>")
	term := fmt.Sprintf("%d 0 R", group)
	for range 60 {
		term = fmt.Sprintf("%d 0 R", d.add("[/And "+strings.Repeat(term+" ", 4)+"]"))
	}
	d.catalog = fmt.Sprintf("/OCProperties << /OCGs [%d 0 R] /D << >> >>", group)
	d.page("/OC /L BDC "+sentence+" EMC", "", fmt.Sprintf("| /Properties << /L %d 0 R >>", d.add("<< /Type /OCMD /VE "+term+" >>")))
	return d.bytes()
}

func fontsInPlace() []byte {
	var d drawing
	unicode := d.stream("", "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0000> <ffff> <0041> endbfrange")
	d.page("BT "+strings.Repeat("/G 9 Tf <0041> Tj ", 1000)+"ET", "", fmt.Sprintf("/G << /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode %d 0 R "+
		"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /W [0 65535 500] >>] >>", unicode))
	return d.bytes()
}

func inks() []byte {
	var d drawing
	n := d.add("[" + strings.Repeat("/Cyan ", 900_000) + "]")
	d.page(strings.Repeat("/C cs ", 10_000)+sentence, "", fmt.Sprintf("| /ColorSpace << /C [/DeviceN %d 0 R /DeviceCMYK << >>] >>", n))
	return d.bytes()
}

func largePicture() []byte {
	var d drawing
	n := d.stream("/Type /XObject /Subtype /Image /Width 1000000 /Height 1000000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode", "\x00")
	d.page("q 612 0 0 792 0 0 cm /X Do Q", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", n))
	return d.bytes()
}

func largeFields() []byte {
	var d drawing
	value := d.add("(" + strings.Repeat("1,000,000 ", 100_000) + ")")
	var fields strings.Builder
	for range 1000 {
		fmt.Fprintf(&fields, "<< /Type /Annot /Subtype /Widget /FT /Tx /T (A) /V %d 0 R /Rect [100 700 200 720] >> ", value)
	}
	d.page(sentence, "/Annots ["+fields.String()+"]", "")
	return d.bytes()
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

func TestAPageWithMoreThanIsReadIsNotCalledDamaged(t *testing.T) {
	t.Parallel()
	var d drawing
	d.page("", "/Annots ["+strings.Repeat("<< /Subtype /Link /Rect [0 0 9 9] >> ", maxAnnotations+1)+"]", "")
	_, err := Words(t.Context(), d.bytes(), 1)
	want := &certificate.Refusal{Code: certificate.Unreadable, Message: "The PDF takes too long to read. Print the certificate to a new PDF and upload that file."}
	if diff := cmp.Diff(want, refusal(err)); diff != "" {
		t.Errorf("it is refused with (-want +got):\n%s", diff)
	}
}
