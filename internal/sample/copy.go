package sample

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Copied is the sample as it reaches who did not get the printed file, the same for a seed, and the kind of PDF to draw it as: scans of
// office scanners and fax machines in their resolutions and qualities, askew, lying on a side or on their head, with or without the text
// that the scanner believes to have read; drawn outlines; and values over a picture of the empty form.
func (s Sample) Copied(seed uint64) (Sample, Kind) {
	w := words{Rand: rand.New(rand.NewPCG(seed, 29))}
	kind := Scan
	scanner := Scanner{
		DPI:     []int{150, 200, 200, 200, 300}[w.IntN(5)],
		Quality: []int{45, 60, 75, 85}[w.IntN(4)],
		Skew:    2.4*w.Float64() - 1.2,
		Noise:   0.002 * w.Float64(),
		Blur:    float64(w.IntN(2)),
		Seed:    w.Uint64(),
	}
	switch w.IntN(12) {
	case 0, 1, 2:
	case 3, 4: // an office scanner in black and white
		scanner.Fax, scanner.DPI, scanner.Blur = true, 300, 0
	case 5: // a fax machine in its fine mode
		scanner.Fax, scanner.DPI = true, 200
	case 6, 7:
		scanner.Layer = true
	case 8:
		scanner.Turn = w.turn()
		scanner.Righted = w.chance(2)
		scanner.Layer = w.chance(2)
	case 9:
		scanner.Stamp = w.pick("Envelope ID: ", "Document Ref: ") + strings.ToUpper(w.digits(8)+"-4F0C-"+w.digits(4))
	case 10:
		kind = Outlines
	case 11:
		kind = Overlay
	}
	s.Style.Scanner = scanner
	return s, kind
}

func (w words) turn() int { return []int{90, 180, 270}[w.IntN(3)] }

// turned is what begins the content of a page that lies turned clockwise, and the entries of the page for it.
func (s Scanner) turned() (content, entries string) {
	width, height := pageWidth, pageHeight
	if s.Turn%180 != 0 {
		width, height = height, width
	}
	entries = fmt.Sprintf("/MediaBox [0 0 %s %s]", num(width), num(height))
	if s.Righted {
		entries += fmt.Sprintf(" /Rotate %d", (360-s.Turn)%360)
	}
	switch s.Turn {
	case 90:
		content = "0 -1 1 0 0 612 cm\n"
	case 180:
		content = "-1 0 0 -1 612 792 cm\n"
	case 270:
		content = "0 1 -1 0 792 0 cm\n"
	}
	return content, entries
}

// over writes what lies over the picture of a sheet: the scanner's invisible text, and a stamp that everybody sees.
func (r *raster) over(s Scanner, sheet *sheet, page uint64) string {
	var c bytes.Buffer
	if s.Layer {
		w := words{Rand: rand.New(rand.NewPCG(s.Seed, page+100))}
		for _, l := range sheet.lines {
			x := l.x
			for _, word := range strings.SplitAfter(l.text, " ") {
				px, py := r.place(x, l.y)
				fmt.Fprintf(&c, "BT 3 Tr /F %s Tf %s %s Td %s Tj ET\n", num(l.size), num(px/r.scale), num(pageHeight-py/r.scale), quote(winAnsi(w.misread(word))))
				x += r.faces.width(l.face, l.size, l.spacing, word)
			}
		}
	}
	if s.Stamp != "" {
		fmt.Fprintf(&c, "BT 0 Tr /F 7 Tf 24 780 Td %s Tj ET\n", quote(winAnsi(s.Stamp)))
	}
	return c.String()
}

// misread is a word as the software of a scanner may give it: one in eight with a letter or digit that looks alike.
func (w words) misread(word string) string {
	if !w.chance(8) {
		return word
	}
	return strings.NewReplacer("0", "O", "1", "l", "5", "S", "8", "B", "3", "8", "O", "0", "I", "l", "rn", "m", "e", "c").Replace(word)
}
