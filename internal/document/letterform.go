package document

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// letterform is the ink of one character where it stands in its word.
type letterform struct {
	width, height int
	top           int         // rows from the baseline of its word up to its highest ink
	ink           []byte      // darkness row by row, 0 for paper
	mass          int         // its sum
	below         []int       // the sum of each row and those below it
	spread        [12]float64 // the shares of it in three columns and four rows
}

// letterforms are the characters of a word as pieces of ink from left to right, or nil where the word's ink does not come in as many pieces as
// its text has characters. Characters that touch part where ink has to be darker to count.
func (m *bitmap) letterforms(w seen, threshold byte) []letterform {
	text := []rune(w.text)
	if len(text) > longestWord || w.box.height() > letterHigh || w.box.width() > widestWord {
		return nil
	}
	var pieces []rect
	for _, share := range [...]float64{1, 0.75, 0.5} {
		if pieces = m.pieces(w.box, byte(share*float64(threshold))); len(pieces) >= len(text) {
			break
		}
	}
	if len(pieces) < len(text) {
		pieces = m.parted(m.pieces(w.box, threshold), len(text), threshold)
	}
	if len(pieces) != len(text) {
		return nil
	}
	return m.cutForms(text, pieces, threshold)
}

// parted cuts the widest pieces, which are characters that touch, where they have the least ink, until there are so many.
func (m *bitmap) parted(pieces []rect, n int, threshold byte) []rect {
	for len(pieces) > 0 && len(pieces) < n {
		widest := 0
		for i, p := range pieces {
			if p.width() > pieces[widest].width() {
				widest = i
			}
		}
		p := pieces[widest]
		if p.width() < 0.8*p.height() {
			return nil
		}
		column := func(x int) float64 { return m.inkShare(rect{float64(x), p.y0, float64(x + 1), p.y1}, threshold) }
		at := int(p.center().x)
		for x := int(p.x0 + 0.3*p.width()); x <= int(p.x1-0.3*p.width()); x++ {
			if column(x) < column(at) {
				at = x
			}
		}
		left, right := p, p
		left.x1, right.x0 = float64(at), float64(at+1)
		pieces = slices.Replace(pieces, widest, widest+1, left, right)
	}
	return pieces
}

// spreadSlack is by how much the spread of ink over a form may differ more than the ink itself once both lie upon one another: a pixel's width
// in three of them.
const spreadSlack = 0.15

// paper is how dark a pixel without ink may be.
const paper = 24

// Bounds of a word that is compared, in characters and pixels.
const (
	longestWord = 40
	widestWord  = 900
)

// pieces are the boxes of connected ink in a word's box. What stands over another piece, as a dot over an i, belongs to it.
func (m *bitmap) pieces(word rect, threshold byte) []rect {
	x0, y0 := max(0, int(word.x0)-3), max(0, int(word.y0)-3)
	x1, y1 := min(m.width, int(word.x1)+4), min(m.height, int(word.y1)+4)
	if x1-x0 < 3 || y1-y0 < 6 {
		return nil
	}
	w, h := x1-x0, y1-y0
	ink := newMask(w, h)
	for y := range h {
		for x := range w {
			ink.bits[y*w+x] = m.pix[(y0+y)*m.width+x0+x] < threshold
		}
	}
	var out []rect
	for _, a := range ink.areas() {
		b := a.box()
		b = rect{b.x0 + float64(x0), b.y0 + float64(y0), b.x1 + float64(x0), b.y1 + float64(y0)}
		c := b.center()
		if a.pixels < 5 || c.x < word.x0-1 || c.x > word.x1+1 || c.y < word.y0-1 || c.y > word.y1+1 {
			continue // a speck, or a part of what stands beside the word
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b rect) int { return cmp.Compare(a.x0, b.x0) })
	joined := out[:0]
	for _, b := range out {
		if n := len(joined); n > 0 {
			if o := joined[n-1]; min(o.x1, b.x1)-max(o.x0, b.x0) > 0.5*min(o.width(), b.width()) {
				joined[n-1] = o.union(b)
				continue
			}
		}
		joined = append(joined, b)
	}
	return joined
}

// cutForms copies the ink of pieces, each for a character of the text.
func (m *bitmap) cutForms(text []rune, pieces []rect, threshold byte) []letterform {
	var feet []float64
	for i, p := range pieces {
		if unicode.IsUpper(text[i]) && text[i] != 'Q' && text[i] != 'J' || unicode.IsDigit(text[i]) {
			feet = append(feet, p.y1)
		}
	}
	if len(feet) == 0 {
		for i, p := range pieces {
			if !strings.ContainsRune("gjpqyQJ,;()[]{}$/-'\"“”‘’*", text[i]) {
				feet = append(feet, p.y1)
			}
		}
	}
	if len(feet) == 0 {
		return nil
	}
	slices.Sort(feet)
	baseline := int(feet[len(feet)/2])
	out := make([]letterform, len(pieces))
	for i, p := range pieces {
		// Ink is spread over its neighbours, so that where a pixel begins counts for less. The form has a pixel more on each side for it.
		g := letterform{width: int(p.width()) + 2, height: int(p.height()) + 2, top: baseline - int(p.y0)}
		g.ink = make([]byte, g.width*g.height)
		dark := func(x, y int) int {
			x, y = int(p.x0)-1+x, int(p.y0)-1+y
			if x < int(p.x0) || x >= int(p.x1) || y < int(p.y0) || y >= int(p.y1) {
				return 0
			}
			return max(0, 255-paper-int(m.pix[y*m.width+x]))
		}
		for y := range g.height {
			for x := range g.width {
				v := 4*dark(x, y) + 2*(dark(x-1, y)+dark(x+1, y)+dark(x, y-1)+dark(x, y+1)) + dark(x-1, y-1) + dark(x+1, y-1) + dark(x-1, y+1) + dark(x+1, y+1)
				g.ink[y*g.width+x] = byte(v / 16)
				g.mass += v / 16
			}
		}
		g.below = make([]int, g.height+1)
		for y := g.height - 1; y >= 0; y-- {
			g.below[y] = g.below[y+1]
			for _, v := range g.ink[y*g.width : (y+1)*g.width] {
				g.below[y] += int(v)
			}
		}
		for at, v := range g.ink {
			g.spread[(at%g.width)*3/g.width*4+(at/g.width)*4/g.height] += float64(v) / float64(max(1, g.mass))
		}
		out[i] = g
	}
	return out
}

// unlike is how differently two forms are inked: 0 for the same ink, 1 for none in common, in the best of the positions that differ by a
// pixel. Forms of another size are as different as can be, and so is what differs by more than most.
func unlike(a, b letterform, most float64) float64 {
	if abs(a.width-b.width) > 2+max(a.width, b.width)/12 || abs(a.height-b.height) > 2+max(a.height, b.height)/16 || abs(a.top-b.top) > 3 {
		return 1
	}
	apart := 0.0
	for i, share := range a.spread {
		apart += math.Abs(share-b.spread[i]) / 2
	}
	if apart > most+spreadSlack {
		return 1
	}
	sum := a.mass + b.mass
	limit := int(most * float64(sum))
	best := limit + 1
	cx, cy := (a.width-b.width)/2, (a.height-b.height)/2
	for dy := cy - 1; dy <= cy+1; dy++ {
		for dx := cx - 1; dx <= cx+1; dx++ {
			best = min(best, difference(a, b, dx, dy, best))
		}
	}
	if best > limit {
		return 1
	}
	return float64(best) / float64(max(1, sum))
}

// difference is the sum of what differs in two forms, b moved by so many pixels, or a larger number than most.
func difference(a, b letterform, dx, dy, most int) int {
	sum := b.mass
	for y := range a.height {
		other := y - dy
		if least := sum - b.below[max(0, min(other, b.height))]; least > most {
			return least
		}
		row := a.ink[y*a.width : (y+1)*a.width]
		if other < 0 || other >= b.height {
			for _, v := range row {
				sum += int(v)
			}
			continue
		}
		line := b.ink[other*b.width : (other+1)*b.width]
		for x, v := range row {
			if at := x - dx; at >= 0 && at < b.width {
				w := int(line[at])
				sum += abs(int(v)-w) - w
			} else {
				sum += int(v)
			}
		}
	}
	return sum
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
