package document

import (
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// print is a word as it stands on a page and as OCR reads it.
type print struct{ shown, read string }

func faithful(words ...string) []print {
	var out []print
	for _, w := range words {
		out = append(out, print{w, w})
	}
	return out
}

// ordinary are words that show all digits and most capitals, as the dates, amounts, telephone numbers and names of a certificate do.
func ordinary() []print {
	return faithful("03/14/2026", "03/14/2027", "1,000,000", "2,500,000", "780-555-4369", "62897", "(406)", "BOREAL", "DOGWOOD", "SIGNAL", "OSPREY", "ZEPHYR",
		"QUARTZ", "BUILDING", "OAKHOLLOW", "LIABILITY", "GRAVEL", "DUCTS", "JUNIPER", "58,300", "9,764", "01/08/2026", "ISSUED", "BASALT", "BIRCH")
}

// scanned is a bitmap of words one under the other in a type, with what a scanner adds, and the words as they were read.
func scanned(t testing.TB, ttf []byte, prints []print) (*bitmap, []seen) {
	t.Helper()
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 9, DPI: 300, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	const pitch = 60
	img := image.NewGray(image.Rect(0, 0, 560, pitch*(len(prints)+1)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	r := rand.New(rand.NewPCG(7, 7))
	var words []seen
	for i, p := range prints {
		d := font.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.Point26_6{X: fixed.I(100) + fixed.Int26_6(r.IntN(64)), Y: fixed.I(pitch*(i+1)) + fixed.Int26_6(r.IntN(64))}}
		b, _ := d.BoundString(p.shown)
		d.DrawString(p.shown)
		words = append(words, seen{text: p.read, confidence: 0.93,
			box: rect{float64(b.Min.X.Floor()), float64(b.Min.Y.Floor()), float64(b.Max.X.Ceil()), float64(b.Max.Y.Ceil())}})
	}
	noise := uint32(7)
	for i, v := range img.Pix {
		noise = noise*1664525 + 1013904223
		img.Pix[i] = byte(max(0, min(255, int(v)+int(noise>>24)%16-8)))
	}
	return &bitmap{img.Rect.Dx(), img.Rect.Dy(), img.Pix}, words
}

// typefaces are those of certificates: one of varying widths with serifs and one without, and a typewriter's, whose O is much like its 0.
func typefaces() map[string][]byte {
	return map[string][]byte{"sans": liberationsansregular.TTF, "serif": liberationserifregular.TTF, "typewriter": liberationmonoregular.TTF}
}

// compared reads the last word of a page.
func compared(t *testing.T, ttf []byte, prints []print) (string, bool) {
	t.Helper()
	m, words := scanned(t, ttf, prints)
	m.compare(words, m.threshold())
	last := words[len(words)-1]
	return last.text, last.typed
}

func TestANumberIsTypedWhereThePageShowsItsCharacters(t *testing.T) {
	t.Parallel()
	for name, ttf := range typefaces() {
		for _, number := range []string{"EO40488764", "905628", "GL-4938257"} {
			if name == "typewriter" && strings.ContainsAny(number, "0O") {
				continue // they are all but the same there
			}
			if got, typed := compared(t, ttf, append(ordinary(), print{number, number})); got != number || !typed {
				t.Errorf("%s: %s was read as %s, typed %v", name, number, got, typed)
			}
		}
	}
}

func TestACharacterThatOCRTookForAnotherIsPutRight(t *testing.T) {
	t.Parallel()
	for name, ttf := range typefaces() {
		for _, p := range []print{{"EO40488764", "E040488764"}, {"0WC905628C", "OWC905628C"}, {"5EO726477A", "SEO726477A"}} {
			got, typed := compared(t, ttf, append(ordinary(), p))
			if name == "typewriter" && !typed && got == p.read {
				continue // an O is all but a 0 there
			}
			if got != p.shown {
				t.Errorf("%s: %s, which was read as %s, became %s", name, p.shown, p.read, got)
			}
		}
	}
}

func TestNoNumberIsTypedThatIsWrong(t *testing.T) {
	t.Parallel()
	for name, ttf := range typefaces() {
		for _, pair := range []string{"O0", "0O", "D0", "0D", "Q0", "QO", "I1", "1I", "S5", "5S", "B8", "8B", "Z2", "2Z", "G6", "6G", "83", "38", "17", "71", "EF", "PR", "CG", "UV", "HN"} {
			is, as := pair[:1], pair[1:]
			// On a page that shows both, and on one that shows only what it is taken for.
			without := ordinary()[:0:0]
			for _, p := range ordinary() {
				if !strings.Contains(p.shown, is) {
					without = append(without, p)
				}
			}
			for what, page := range map[string][]print{"beside both": ordinary(), "beside one": without} {
				number := print{"WC" + is + "94" + is + "7", "WC" + as + "94" + as + "7"}
				if got, typed := compared(t, ttf, append(page, number)); typed && got != number.shown {
					t.Errorf("%s: %s is typed as %s %s", name, number.shown, got, what)
				}
			}
		}
	}
}

func TestANumberIsNotTypedWhereInkStandsBesideItThatWasNotRead(t *testing.T) {
	t.Parallel()
	m, words := scanned(t, liberationsansregular.TTF, append(ordinary(), print{"CL8790302349", "CL8790302349"}))
	last := &words[len(words)-1]
	last.text = last.text[2:]
	last.box.x0 += 42 // OCR lost its first letters
	m.compare(words, m.threshold())
	if last.text != "8790302349" || last.typed {
		t.Errorf("what is left is %q, typed %v", last.text, last.typed)
	}
}

func TestWhatIsHalfReadIsNotTyped(t *testing.T) {
	t.Parallel()
	for _, p := range []print{{"GL-4471982", "GL-447198"}, {"GL4471982", "GL-4471982"}, {"GL-4471982", "GL4471982"}, {"GL-4471982", "GL-44719882"}} {
		if got, typed := compared(t, liberationsansregular.TTF, append(ordinary(), p)); typed {
			t.Errorf("%s, which was read as %s, is typed as %s", p.shown, p.read, got)
		}
	}
}

func TestADashThatWasReadByItselfJoinsTheNumber(t *testing.T) {
	t.Parallel()
	line := func(parts ...seen) (texts []string) {
		for _, w := range joinDashes(parts) {
			texts = append(texts, w.text)
		}
		return texts
	}
	at := func(text string, x0, x1 float64) seen { return seen{text: text, box: rect{x0, 100, x1, 125}} }
	got := [][]string{
		line(at("WC", 10, 50), at("-", 54, 62), at("4824334", 66, 180)),
		line(at("9669-76", 66, 180), at("—", 54, 62), at("PKG8927", 10, 50)),
		line(at("A", 10, 30), at("-", 34, 42), at("Corp", 46, 90)),
		line(at("WC", 10, 50), at("-", 90, 98), at("4824334", 140, 250)),
	}
	want := [][]string{{"WC-4824334"}, {"PKG8927-9669-76"}, {"A", "-", "Corp"}, {"WC", "-", "4824334"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}

func BenchmarkCompare(b *testing.B) {
	var prints []print
	for range 10 {
		prints = append(prints, ordinary()...)
	}
	m, words := scanned(b, liberationsansregular.TTF, append(prints, faithful("GL-4471982", "905628", "EO40488764")...))
	for b.Loop() {
		m.compare(slices.Clone(words), m.threshold())
	}
}
