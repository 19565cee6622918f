package document

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"certflow/internal/page"
)

// countDrawings has a reader count how often it draws a page: each time makes a folder, since helper processes may write no files.
func countDrawings(t *testing.T, r *Reader) func() int {
	t.Helper()
	dir := t.TempDir()
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "draw")
	// A process of its own writes it: a child of another test that is forked meanwhile would hold a descriptor of ours, and what is open for writing
	// cannot be run.
	write := exec.CommandContext(t.Context(), "sh", "-c", `cat >"$0" && chmod 700 "$0"`, script)
	write.Stdin = strings.NewReader(fmt.Sprintf("#!/bin/sh\nmkdir %s/drawn.$$ && exec %s \"$@\"\n", dir, program))
	if said, err := write.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	r.ocr.draw.name = script
	return func() int {
		drawn, err := filepath.Glob(filepath.Join(dir, "drawn.*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(drawn)
	}
}

func TestAPageThatIsDoubtedAndPicturedIsDrawnOnce(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	var d drawing
	grey := d.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "\xff")
	d.page("q 400 0 0 400 100 100 cm /X Do Q 40 690 m 560 690 l S 40 712 m 560 712 l S 40 690 m 40 712 l S "+
		"/Faint gs BT /F1 12 Tf 0 g 100 697 Td (2,000,000) Tj ET q 1 g 98 694 62 14 re f Q", "",
		fmt.Sprintf("| /XObject << /X %d 0 R >> /ExtGState << /Faint << /ca 1 /BM /Multiply >> >>", grey))
	r := reader(t, Options{})
	drawn := countDrawings(t, r)
	pages, err := r.Pages(t.Context(), d.bytes(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if n := drawn(); n != 1 {
		t.Errorf("the page was drawn %d times", n)
	}
	rules := 0
	for _, m := range pages[0].Marks {
		if m.Kind == page.Rule && m.Box[2]-m.Box[0] > 400 {
			rules++
		}
	}
	if rules < 4 { // two are printed, two were found in the picture
		t.Errorf("%d level rules: looking at what is doubted took them from the picture", rules)
	}
	for _, w := range pages[0].Words {
		if w.Text == "2,000,000" && (w.Confidence < 1 || w.Unproven || w.Hidden) {
			t.Errorf("what is seen is not believed: %+v", w)
		}
	}
}

// TestNothingIsCertainOnAPageThatIsNotFollowedToItsEnd covers an amount by what is painted beyond what one page is followed to, or in a way that
// viewers forgive.
func TestNothingIsCertainOnAPageThatIsNotFollowedToItsEnd(t *testing.T) {
	t.Parallel()
	const amount, cover = "BT /F1 10 Tf 100 700 Td (2,000,000) Tj ET ", " 1 g 90 690 100 30 re f"
	form := func(d *drawing, entries, content string) string {
		return fmt.Sprintf("| /XObject << /X %d 0 R >>", d.stream("/Type /XObject /Subtype /Form /BBox [0 0 612 792] "+entries, content))
	}
	for name, draw := range map[string]func(d *drawing) (content, resources string){
		"after 50,000 shapes": func(*drawing) (string, string) {
			return amount + strings.Repeat("0 0 1 1 re f ", maxShapes) + cover, ""
		},
		"as the 50,001st part of a path": func(*drawing) (string, string) {
			return amount + "1 g " + strings.Repeat("0 0 1 1 re ", maxShapes) + " 90 690 100 30 re f", ""
		},
		"by the 4,097th corner of a path": func(*drawing) (string, string) {
			return amount + "1 g 0 0 m " + strings.Repeat("1 1 l ", maxPoints) + "90 690 l 90 720 l 190 720 l 190 690 l f", ""
		},
		"in a state that was saved 257 deep": func(*drawing) (string, string) {
			return amount + "0 g " + strings.Repeat("q ", maxSaved) + "1 g q 0 g Q" + strings.TrimPrefix(cover, " 1 g"), ""
		},
		"in a form whose sum is wrong, which viewers show": func(d *drawing) (string, string) {
			packed := squeezed(t, 1<<10)
			return amount + "/X Do", form(d, "/Filter /FlateDecode", packed[:len(packed)-4]+"wrong")
		},
		"in forms nested too deep": func(d *drawing) (string, string) {
			resources := form(d, "", cover)
			for range maxForms + 1 {
				_, rest, _ := strings.Cut(resources, "| ")
				resources = form(d, "/Resources << "+rest+" >>", "/X Do")
			}
			return amount + "/X Do", resources
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			content, resources := draw(&d)
			d.page(content, "", resources)
			p := read(t, d.bytes())
			for _, w := range p.Words {
				if w.Text == "2,000,000" && !w.Hidden && w.Confidence > page.Doubtful {
					t.Errorf("it is certain: %+v", w)
				}
			}
			if !p.Partial {
				t.Error("the page counts as followed")
			}
		})
	}
}
