package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os/exec"
	"strings"
	"testing"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// needsOCR skips a test where the programs are missing.
func needsOCR(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"pdftoppm", "tesseract"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: install poppler-utils, tesseract-ocr and tesseract-ocr-eng to run this", tool)
		}
	}
}

// tableForm is a page with a table, tick boxes, amounts and dates as a certificate has them.
const tableForm = `1 w
BT /F1 14 Tf 160 740 Td (CERTIFICATE OF LIABILITY INSURANCE) Tj ET
BT /F1 9 Tf 60 712 Td (THIS CERTIFICATE IS ISSUED AS A MATTER OF INFORMATION ONLY AND CONFERS NO RIGHTS) Tj ET
BT /F1 9 Tf 60 700 Td (UPON THE CERTIFICATE HOLDER. THIS CERTIFICATE DOES NOT AMEND THE COVERAGE AFFORDED) Tj ET
50 500 510 180 re S 50 530 m 560 530 l S 50 560 m 560 560 l S 50 590 m 560 590 l S 50 620 m 560 620 l S 50 650 m 560 650 l S
90 500 m 90 680 l S 290 500 m 290 680 l S 420 500 m 420 680 l S
BT /F1 9 Tf 100 660 Td (TYPE OF INSURANCE) Tj 200 0 Td (POLICY NUMBER) Tj 130 0 Td (LIMITS) Tj ET
60 627 14 14 re S 60 597 14 14 re S 60 567 14 14 re S
BT /F1 10 Tf 63.6 630.5 Td (X) Tj ET
BT /F1 10 Tf 63.6 570.5 Td (X) Tj ET
BT /F1 9 Tf 100 630 Td (COMMERCIAL GENERAL LIABILITY) Tj ET BT /F1 9 Tf 300 630 Td (GL-4471982) Tj ET BT /F1 8 Tf 430 630 Td (EACH OCCURRENCE  1,500,000) Tj ET
BT /F1 9 Tf 100 600 Td (CLAIMS MADE POLICY) Tj ET BT /F1 9 Tf 300 600 Td (03/14/2026) Tj ET BT /F1 8 Tf 430 600 Td (AGGREGATE  3,000,000) Tj ET
BT /F1 9 Tf 100 570 Td (AUTOMOBILE LIABILITY) Tj ET BT /F1 9 Tf 300 570 Td (03/14/2027) Tj ET BT /F1 8 Tf 430 570 Td (COMBINED SINGLE  750,000) Tj ET
BT /F1 9 Tf 60 470 Td (SHOULD ANY OF THE ABOVE DESCRIBED POLICIES BE CANCELLED BEFORE THE EXPIRATION DATE) Tj ET
BT /F1 9 Tf 60 458 Td (THEREOF NOTICE WILL BE DELIVERED IN ACCORDANCE WITH THE POLICY PROVISIONS) Tj ET`

// scan is a PDF whose page is a picture of another: turned clockwise by quarter turns, crooked by degrees, and /Rotate as given.
func scan(t testing.TB, pdf []byte, turn int, crooked float64, rotate int) []byte {
	t.Helper()
	return scanUnder(t, pdf, turn, crooked, rotate, "")
}

// scanUnder is a scan with further content over it.
func scanUnder(t testing.TB, pdf []byte, turn int, crooked float64, rotate int, content string) []byte {
	t.Helper()
	m := drawn(t, pdf)
	if crooked != 0 {
		m = m.rotated(crooked)
	}
	return asPicture(t, m.turned(turn), rotate, content)
}

// fax is a PDF whose page is another as a fax machine or a black and white scanner sees it: crooked by degrees, and of two colours.
func fax(t testing.TB, pdf []byte, crooked float64) []byte {
	t.Helper()
	m := drawn(t, pdf).rotated(crooked)
	for i, v := range m.pix {
		m.pix[i] = 0
		if v > 150 {
			m.pix[i] = 255
		}
	}
	return asPicture(t, m, 0, "")
}

// drawn is a page at 200 dpi.
func drawn(t testing.TB, pdf []byte) *bitmap {
	t.Helper()
	cmd := exec.Command("pdftoppm", "-r", "200", "-gray", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	m, err := parsePGM(out)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// asPicture is a PDF whose page shows an image of 200 dpi, with further content over it.
func asPicture(t testing.TB, m *bitmap, rotate int, content string) []byte {
	t.Helper()
	var packed bytes.Buffer
	if err := jpeg.Encode(&packed, &image.Gray{Pix: m.pix, Stride: m.width, Rect: image.Rect(0, 0, m.width, m.height)}, nil); err != nil {
		t.Fatal(err)
	}
	w, h := float64(m.width)*72/200, float64(m.height)*72/200
	var d drawing
	x := d.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode", m.width, m.height), packed.String())
	d.page(fmt.Sprintf("q %f 0 0 %f 0 0 cm /X Do Q %s", w, h, content), fmt.Sprintf("/MediaBox [0 0 %f %f] /Rotate %d", w, h, rotate), fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
	return d.bytes()
}

func TestAScanReadsLikeItsPrint(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	printed := onePage(tableForm)
	want := read(t, printed)
	r := reader(t, Options{})
	for name, test := range map[string]struct {
		turn    int
		crooked float64
		rotate  int
		turned  int
	}{
		"upright":                         {},
		"crooked by one degree":           {crooked: 1},
		"crooked the other way":           {crooked: -1.5},
		"on its side with /Rotate":        {turn: 270, rotate: 90},
		"on its side without it":          {turn: 270, turned: 90},
		"on its other side":               {turn: 90, turned: 270},
		"on its head":                     {turn: 180, turned: 180},
		"on its side and crooked as well": {turn: 270, crooked: 0.8, turned: 90},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pages, err := r.Pages(t.Context(), scan(t, printed, test.turn, test.crooked, test.rotate), 1)
			if err != nil {
				t.Fatal(err)
			}
			got := pages[0]
			if got.Turn != test.turned {
				t.Errorf("turned by %d, want %d", got.Turn, test.turned)
			}
			if d := got.Skew - test.crooked; d < -0.15 || d > 0.15 {
				t.Errorf("skew is %v, want %v", got.Skew, test.crooked)
			}
			missed := 0
			for _, w := range want.Words {
				found := false
				for _, g := range got.Words {
					found = found || g.Text == w.Text && g.Source == certificate.OCR && within(box(g.Box).grow(-1).center(), box(w.Box).center(), 4)
				}
				if !found {
					missed++
					t.Logf("%q at %v was not read", w.Text, w.Box)
				}
			}
			if missed*20 > len(want.Words) {
				t.Errorf("%d of %d words were not read where they stand", missed, len(want.Words))
			}
			inked, empty := 0, 0
			for _, m := range got.Marks {
				if m.Kind == page.Frame && m.Box[2]-m.Box[0] < 20 {
					if m.Ink > 0.05 {
						inked++
					} else {
						empty++
					}
				}
			}
			if inked != 2 || empty != 1 {
				t.Errorf("%d ticked and %d empty boxes, want 2 and 1: %v", inked, empty, got.Marks)
			}
			if test.crooked != 0 && test.turned == 0 {
				b := got.Displayed(certificate.Box{0, 390, 10, 400})
				if (b[1] < 390) != (test.crooked > 0) {
					t.Errorf("a box at the left edge of a page crooked by %v shows at %v", test.crooked, b)
				}
			}
		})
	}
}

func TestWordsOverACrookedScanMoveWithIt(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	printed := onePage(tableForm)
	const over = "BT /F1 8 Tf 40 772 Td (ENVELOPE-88213) Tj ET BT 3 Tr /F1 9 Tf 300 636 Td (GL-4471988) Tj ET"
	pages, err := reader(t, Options{}).Pages(t.Context(), scanUnder(t, printed, 0, 1.2, 0, over), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := pages[0]
	if d := got.Skew - 1.2; d < -0.15 || d > 0.15 {
		t.Errorf("skew is %v, want 1.2", got.Skew)
	}
	found := map[string]page.Word{}
	for _, w := range got.Words {
		found[w.Text] = w
	}
	for _, w := range read(t, onePage(over)).Words {
		if shown := got.Displayed(found[w.Text].Box); !within(box(shown).center(), box(w.Box).center(), 0.5) {
			t.Errorf("%q shows at %v and was printed at %v", w.Text, shown, w.Box)
		}
	}
	if w := found["GL-4471988"]; !w.Hidden {
		t.Error("invisible words of the scanner are shown as seen")
	}
	if w := found["GL-4471982"]; w.Source != certificate.OCR || w.Hidden {
		t.Error("what the picture shows is not read where invisible words lie over it")
	}
}

// bareCells is a table whose cells hold what scans are often misread by: figures beside signs and rules, twins, and nothing.
const bareCells = `1 w
BT /F1 14 Tf 160 740 Td (CERTIFICATE OF LIABILITY INSURANCE) Tj ET
BT /F1 9 Tf 60 712 Td (THIS CERTIFICATE IS ISSUED AS A MATTER OF INFORMATION ONLY AND CONFERS NO RIGHTS) Tj ET
BT /F1 9 Tf 60 700 Td (UPON THE CERTIFICATE HOLDER. THIS CERTIFICATE DOES NOT AMEND THE COVERAGE AFFORDED) Tj ET
50 500 510 180 re S 50 512 m 560 512 l S 50 524 m 560 524 l S 50 536 m 560 536 l S 50 548 m 560 548 l S 50 560 m 560 560 l S
50 584 m 560 584 l S 50 608 m 560 608 l S 50 632 m 560 632 l S 50 656 m 560 656 l S 90 500 m 90 680 l S 290 500 m 290 680 l S 420 500 m 420 680 l S
440 500 m 440 680 l S 120 560 m 120 584 l S 150 560 m 150 584 l S 180 560 m 180 584 l S
BT /F1 9 Tf 100 664 Td (88 Harbour Road) Tj ET BT /F1 9 Tf 100 640 Td (22 Mill Lane) Tj ET
BT /F1 9 Tf 300 664 Td (GL-4471982) Tj ET BT /F1 9 Tf 300 640 Td (03/14/2026) Tj ET BT /F1 9 Tf 300 616 Td (03/14/2027) Tj ET
BT /F1 8 Tf 425 662 Td ($) Tj 20 0 Td (1,500,000) Tj 0 -24 Td (3,000,000) Tj ET
BT /F1 9 Tf 60 470 Td (SHOULD ANY OF THE ABOVE DESCRIBED POLICIES BE CANCELLED BEFORE THE EXPIRATION DATE) Tj ET`

func TestNothingIsReadIntoTheRulingsOfAFax(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	printed := onePage(bareCells)
	want := map[string]int{}
	for _, w := range read(t, printed).Words {
		want[w.Text]++
	}
	r := reader(t, Options{})
	for _, crooked := range []float64{0, -0.6, 0.8} {
		t.Run(fmt.Sprint("crooked by ", crooked), func(t *testing.T) {
			t.Parallel()
			pages, err := r.Pages(t.Context(), fax(t, printed, crooked), 1)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for _, w := range pages[0].Words {
				if b := w.Box; b[1] > 110 && b[3] < 295 { // in the table
					got[w.Text]++
					if got[w.Text] > want[w.Text] {
						t.Errorf("%q was read at %v and is not printed there", w.Text, w.Box)
					}
				}
			}
			for _, text := range []string{"88", "22"} {
				if got[text] != 1 {
					t.Errorf("%q was read %d times", text, got[text])
				}
			}
		})
	}
}

// within reports whether two points are at most by apart in both directions.
func within(a, b point, by float64) bool {
	d := rect{a.x - by, a.y - by, a.x + by, a.y + by}
	return d.contains(b)
}

func TestAPageIsLookedAtWhereItsWordsDoNotSayAll(t *testing.T) {
	t.Parallel()
	words := func(n int, text string, confidence float64) []page.Word {
		out := make([]page.Word, n)
		for i := range out {
			out[i] = page.Word{Text: text, Confidence: confidence}
		}
		return out
	}
	image := func(width, height float64) page.Mark {
		return page.Mark{Kind: page.Image, Box: certificate.Box{0, 0, width, height}}
	}
	for name, test := range map[string]struct {
		words []page.Word
		marks []page.Mark
		want  bool
	}{
		"a printed form": {words(350, "LABEL", 1), nil, false},
		"a printed form with a logo and a signature":        {words(350, "LABEL", 1), []page.Mark{image(120, 60), image(200, 40)}, false},
		"a printed form with ticks that nobody can spell":   {append(words(350, "LABEL", 1), words(5, unknownText, 0)...), nil, false},
		"a printed form with values that nobody can spell":  {append(words(350, "LABEL", 1), words(3, unknownText+unknownText, 0)...), nil, true},
		"a printed form whose rules cross labels out":       {append(words(350, "LABEL", 1), words(3, "DAMAGE", page.Doubtful)...), nil, false},
		"a scan with a fax line":                            {words(8, "FAX", 1), []page.Mark{image(600, 780)}, true},
		"a picture of a form with printed values over it":   {words(90, "VALUE", 1), []page.Mark{image(612, 792)}, true},
		"a printed form with a picture of values over it":   {words(350, "LABEL", 1), []page.Mark{image(600, 700)}, true},
		"a scan with words that a scanner put invisibly on": {hide(words(400, "TEXT", 1)), []page.Mark{image(612, 792)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := pictured(&page.Page{Width: 612, Height: 792, Words: test.words, Marks: test.marks}); got != test.want {
				t.Errorf("looked at: %v, want %v", got, test.want)
			}
		})
	}
}

// hide makes words invisible.
func hide(words []page.Word) []page.Word {
	for i := range words {
		words[i].Hidden = true
	}
	return words
}

func TestPrintedWordsOverAPictureAreNotReadTwice(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	r := reader(t, Options{})
	picture := scan(t, onePage(tableForm), 0, 0, 0)
	f, err := open(picture)
	if err != nil {
		t.Fatal(err)
	}
	x := f.dict(f.pages[0].resources["XObject"])["X"]
	image := string(f.stream(x))
	d := f.dict(x)
	var over drawing
	n := over.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %v /Height %v /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode", d["Width"], d["Height"]), image)
	over.page("q 612 0 0 792 0 0 cm /X Do Q BT /F1 9 Tf 300 630 Td (GL-4471982) Tj ET", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", n))
	pages, err := r.Pages(t.Context(), over.bytes(), 1)
	if err != nil {
		t.Fatal(err)
	}
	sources := map[certificate.Source]int{}
	for _, w := range pages[0].Words {
		if strings.Contains(w.Text, "4471982") {
			sources[w.Source]++
		}
	}
	if sources[certificate.Text] != 1 || sources[certificate.OCR] != 0 {
		t.Errorf("read %v", sources)
	}
}

// hugeImage is a page that is one picture of side × side pixels.
func hugeImage(t *testing.T, side int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := bytes.Repeat([]byte{200}, side)
	for range side {
		if _, err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var d drawing
	x := d.stream(fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", side, side), packed.String())
	d.page("q 612 0 0 792 0 0 cm /X Do Q", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
	return d.bytes()
}

func TestAnEnormousPictureEndsWithinItsBounds(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	r := reader(t, Options{Command: childCommand("serve")})
	start := time.Now()
	_, err := r.Pages(t.Context(), hugeImage(t, 20_000), 1)
	if r := refusal(err); r == nil || r.Code != certificate.Unreadable {
		t.Errorf("error is %v", err)
	}
	var why *Fault
	errors.As(err, &why)
	t.Logf("took %v: %v", time.Since(start), why)
}

func TestAnEnormousPageIsDrawnWithinBounds(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	var d drawing
	x := d.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "\x80")
	d.page("q 14400 0 0 14400 0 0 cm /X Do Q", "/MediaBox [0 0 14400 14400]", fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
	f := newRecogniser(Options{Memory: 512 << 20, OCRTimeout: time.Minute, OCRJobs: 1})
	m, err := f.bitmap(t.Context(), d.bytes(), &page.Page{Number: 1, Width: 14400, Height: 14400})
	if err != nil {
		t.Fatal(err)
	}
	if m.width*m.height > maxPixels {
		t.Errorf("%d × %d pixels", m.width, m.height)
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Parallel()
	missing := tool{name: "no-such-program", pkg: "some-package", limits: bounds{64 << 20, time.Second}, maxSize: 10}
	_, err := missing.run(t.Context(), nil)
	var u *Unavailable
	if !errors.As(err, &u) || u.Tool != "no-such-program" || !strings.Contains(u.Error(), "some-package") {
		t.Errorf("error is %v", err)
	}
}

func TestProgramsAreHeldToTheirBounds(t *testing.T) {
	t.Parallel()
	shell := func(timeout time.Duration) tool {
		return tool{name: "sh", pkg: "dash", limits: bounds{64 << 20, timeout}, maxSize: 1 << 10}
	}
	for name, test := range map[string]struct {
		script  string
		timeout time.Duration
		want    FaultKind
	}{
		"one that never ends":         {"while :; do :; done", 200 * time.Millisecond, TimedOut},
		"one whose children stay":     {"sleep 100 & sleep 100", 200 * time.Millisecond, TimedOut},
		"one that prints too much":    {"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", 20 * time.Second, Crashed},
		"one that ends with an error": {"echo broken >&2; exit 3", 20 * time.Second, Crashed},
		"one that writes a file":      {"cat; head -c 100000 /dev/zero > written && exit 0; exit 4", 20 * time.Second, Crashed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, err := shell(test.timeout).run(t.Context(), []byte("input"), "-c", test.script)
			var fault *Fault
			if !errors.As(err, &fault) || fault.Kind != test.want {
				t.Errorf("error is %v, want %s", err, test.want)
			}
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	t.Run("one that writes a cache which it can do without", func(t *testing.T) {
		t.Parallel()
		letWritesFail()
		script := "cat; { printf x > \"$(mktemp)\"; } 2>/dev/null; echo went on"
		if out, err := shell(time.Minute).run(t.Context(), nil, "-c", script); err != nil || string(out) != "went on\n" {
			t.Errorf("%q, %v", out, err)
		}
	})
	t.Run("the caller's deadline is the caller's", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := shell(time.Minute).run(ctx, nil, "-c", "sleep 100"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("what it prints comes back", func(t *testing.T) {
		t.Parallel()
		out, err := shell(time.Minute).run(t.Context(), []byte("input"), "-c", "cat; test -z \"$HOME\" && echo .")
		if err != nil || string(out) != "input.\n" {
			t.Errorf("%q, %v", out, err)
		}
	})
}
