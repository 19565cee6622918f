package document

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// printedLetter is a bitmap with one letter in the middle, so many points high in its type at 300 dpi.
func printedLetter(t *testing.T, ttf []byte, size float64, letter rune) *bitmap {
	t.Helper()
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 300})
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 120, 120))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	(&font.Drawer{Dst: img, Src: image.Black, Face: face, Dot: fixed.P(40, 80)}).DrawString(string(letter))
	return &bitmap{120, 120, img.Pix}
}

func TestAMarkIsKnownByItsShape(t *testing.T) {
	t.Parallel()
	for name, ttf := range map[string][]byte{"regular": goregular.TTF, "bold": gobold.TTF, "mono": gomono.TTF} {
		for _, size := range []float64{7, 8, 9.5, 12} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				t.Parallel()
				// A V is what is left of many a Y.
				for _, letter := range "ABCDEFGHIJKLMNOPQRSTUWXYZ0123456789*%&#/$" {
					m := printedLetter(t, ttf, size, letter)
					want := ""
					if letter == 'X' || letter == 'Y' || letter == 'N' {
						want = string(letter)
					}
					if got := m.markShape(rect{0, 0, 120, 120}, 128); got != want {
						t.Errorf("%c is taken for %q", letter, got)
					}
				}
			})
		}
	}
}

func TestInkWithoutAShapeIsNoMark(t *testing.T) {
	t.Parallel()
	low := white255(60, 60)
	low.black(20, 20, 40, 28)
	full := white255(60, 60)
	full.black(20, 20, 40, 40)
	for name, m := range map[string]*bitmap{"white paper": white255(60, 60), "a dash": low, "a black square": full} {
		if got := m.markShape(rect{0, 0, 60, 60}, 128); got != "" {
			t.Errorf("%s is taken for %q", name, got)
		}
	}
}
