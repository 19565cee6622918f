package document

import (
	"bytes"
	"context"
	"slices"
)

// Headings are often printed in white on a dark band, of which tesseract reads nothing on a page of dark letters. The sizes are in pixels at
// 300 dpi.
const (
	// tile is the side of the squares by which dark areas are found. One is dark where more than bandInk of it is ink: white letters on a band
	// leave more, black letters on white less.
	tile    = 12
	bandInk = 0.55
	// A band is at least so high and wide, and at least bandFull of the tiles in its rectangle are dark: it is no drawing and no dirt.
	bandHigh, bandWide = 36, 180
	bandFull           = 0.7
	// bandFringe is how far from the edge of a band nothing is written: what is there is the paper beside a crooked edge.
	bandFringe = 5
	// bandEdge is the share of a row or column of pixels that is ink at the edges of a band.
	bandEdge = 0.8
)

// darkBand is a dark area with what is written on it in dark letters on white.
type darkBand struct {
	area
	negative *bitmap
}

// onBands reads what stands on the dark bands of a picture in which tesseract saw nothing, and gives all words.
func (r *recogniser) onBands(ctx context.Context, v view) ([]seen, error) {
	var blind []darkBand
	var cuts []*bitmap
	for _, b := range v.bands {
		if !slices.ContainsFunc(v.words, func(w seen) bool { return b.box().contains(w.box.center()) && w.confidence >= leastSure }) {
			blind, cuts = append(blind, b), append(cuts, b.negative)
		}
	}
	if len(blind) == 0 {
		return v.words, nil
	}
	read, err := r.recognise(ctx, block, cuts...)
	if err != nil {
		return nil, err
	}
	words := slices.DeleteFunc(v.words, func(w seen) bool {
		return slices.ContainsFunc(blind, func(b darkBand) bool { return b.box().contains(w.box.center()) })
	})
	for i, found := range byImage(read, len(blind)) {
		dx, dy := float64(blind[i].x0-patchMargin), float64(blind[i].y0-patchMargin)
		for _, w := range found {
			if w.confidence < leastSure {
				continue
			}
			w.box = rect{w.box.x0 + dx, w.box.y0 + dy, w.box.x1 + dx, w.box.y1 + dy}
			w.line = 0
			words = append(words, w)
		}
	}
	return words, nil
}

// negative is a copy of a band in dark letters on white, with white around it and in place of its crooked edges.
func (m *bitmap) negative(b area, threshold byte) *bitmap {
	w, h := b.x1-b.x0+1+2*patchMargin, b.y1-b.y0+1+2*patchMargin
	out := &bitmap{w, h, bytes.Repeat([]byte{255}, w*h)}
	for y := b.y0 + bandFringe; y <= b.y1-bandFringe; y++ {
		for x := b.x0 + bandFringe; x <= b.x1-bandFringe; x++ {
			if v := m.pix[y*m.width+x]; v >= threshold {
				out.pix[(y-b.y0+patchMargin)*w+x-b.x0+patchMargin] = 255 - v
			}
		}
	}
	return out
}

// bands finds the dark rectangles of a bitmap. What touches the edge of the picture is what a scanner sees beside the paper.
func (m *bitmap) bands(threshold byte) []darkBand {
	across, down := m.width/tile, m.height/tile
	dark := newMask(across, down)
	for ty := range down {
		for tx := range across {
			x, y := float64(tx*tile), float64(ty*tile)
			dark.bits[ty*across+tx] = m.inkShare(rect{x, y, x + tile, y + tile}, threshold) > bandInk
		}
	}
	var out []darkBand
	for _, a := range dark.areas() {
		tiles := (a.x1 - a.x0 + 1) * (a.y1 - a.y0 + 1)
		a.x0, a.y0, a.x1, a.y1 = a.x0*tile, a.y0*tile, (a.x1+1)*tile-1, (a.y1+1)*tile-1
		if float64(a.pixels) < bandFull*float64(tiles) || a.x0 < tile || a.y0 < tile || a.x1 >= m.width-tile || a.y1 >= m.height-tile {
			continue
		}
		if a = m.edged(a, threshold); a.y1-a.y0 >= bandHigh && a.x1-a.x0 >= bandWide {
			out = append(out, darkBand{a, m.negative(a, threshold)})
		}
	}
	return out
}

// edged moves the sides of a band, which are known to a tile, to where its ink begins.
func (m *bitmap) edged(b area, threshold byte) area {
	inner := rect{float64(b.x0 + tile), float64(b.y0 + tile), float64(b.x1 - tile), float64(b.y1 - tile)}
	row := func(y int) bool {
		return m.inkShare(rect{inner.x0, float64(y), inner.x1, float64(y + 1)}, threshold) >= bandEdge
	}
	column := func(x int) bool {
		return m.inkShare(rect{float64(x), inner.y0, float64(x + 1), inner.y1}, threshold) >= bandEdge
	}
	b.y0, b.y1 = seek(b.y0-tile, b.y0+2*tile, row), seek(b.y1+tile, b.y1-2*tile, row)
	b.x0, b.x1 = seek(b.x0-tile, b.x0+2*tile, column), seek(b.x1+tile, b.x1-2*tile, column)
	return b
}

// seek is the first place between two for which something holds, or else the second of them.
func seek(from, to int, holds func(int) bool) int {
	step := 1
	if to < from {
		step = -1
	}
	for at := from; at != to; at += step {
		if holds(at) {
			return at
		}
	}
	return to
}
