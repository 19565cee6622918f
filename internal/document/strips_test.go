package document

import (
	"math/rand/v2"
	"testing"
)

// crowded is a page of so many words and lines a few points long, at random places.
func crowded(words, lines int) (*canvas, []run) {
	random := rand.New(rand.NewPCG(1, 2))
	var c canvas
	for i := range lines {
		x, y := random.Float64()*600, random.Float64()*780
		c.shapes = append(c.shapes,
			shape{kind: lineShape, box: rect{x, y, x + 6, y + 1}, order: i, opaque: true},
			shape{kind: curveShape, box: rect{y, x, y + 3, x + 2}, order: i, pen: true},
			shape{kind: areaShape, box: rect{x, y, x + 4, y + 4}, order: i, opaque: true})
		c.crossings = append(c.crossings, rect{x, y, x + 2, y + 2})
	}
	runs := make([]run, words)
	for i := range runs {
		x, y := random.Float64()*600, random.Float64()*780
		runs[i] = run{text: "1,000,000", letters: 9, box: rect{x, y, x + 20, y + 5}, size: 5, order: i, last: i}
	}
	return &c, runs
}

var letterSize = rect{0, 0, 612, 792}

func TestWhatLiesOverAWordIsNotLookedForAmongAllShapes(t *testing.T) {
	t.Parallel()
	const words, lines = 2000, 20_000
	c, runs := crowded(words, lines)
	columns := newBoxes(partings(c.shapes), letterSize, &c.effort)
	for _, r := range runs {
		apart(&columns, r.start, r.end, r.size)
	}
	over := newOverlay(c, letterSize)
	over.conceal(runs)
	over.strike(runs)
	over.doubt(runs)
	if most := effort(words*lines) / 5; c.effort > most {
		t.Errorf("%d words and %d lines take %d comparisons, want at most %d", words, lines, c.effort, most)
	}
}

func TestTypeLargerThanThePageIsListedInItsStripsAlone(t *testing.T) {
	t.Parallel()
	f, err := open(onePage("BT /F1 100000000 Tf 1 g 1 0 0 1 0 -50000000 Tm (AAAA) Tj ET"))
	if err != nil {
		t.Fatal(err)
	}
	var c canvas
	display, _, _ := f.pages[0].display()
	if err := newInterpreter(t.Context(), f, &c).run(f.content(f.pages[0].dict["Contents"]), f.pages[0].resources, display, letterSize); err != nil {
		t.Fatal(err)
	}
	over := newOverlay(&c, letterSize)
	listed := 0
	for _, list := range over.veils.strips.lists {
		listed += len(list)
	}
	if listed == 0 || listed > len(c.glyphs)*mostStrips {
		t.Errorf("%d glyphs are listed %d times", len(c.glyphs), listed)
	}
	page := rect{0, 0, 1e9, 1e9}
	if huge := newStrips(page, 1, func(int) rect { return page }); len(huge.lists) > mostStrips {
		t.Errorf("a page of a million metres has %d strips", len(huge.lists))
	}
}

// TestStripsFindWhatComparingEachWithEachFinds holds the index to what it stands for.
func TestStripsFindWhatComparingEachWithEachFinds(t *testing.T) {
	t.Parallel()
	c, runs := crowded(300, 3000)
	over := newOverlay(c, letterSize)
	found := 0
	for _, r := range runs {
		struck := false
		for _, s := range c.shapes {
			struck = struck || strikes(s) && through(s.box, r.box)
		}
		if got := over.struckOut(r.box); got != struck {
			t.Errorf("a word at %v is struck out: %v, want %v", r.box, got, struck)
		}
		at := r.box.center()
		var last, first *shape
		for i := range over.covers.shapes {
			switch s := &over.covers.shapes[i]; {
			case !s.box.contains(at):
			case s.order <= r.last:
				last = s
			case first == nil:
				first = s
			}
		}
		under, above := over.covers.around(at, r.last)
		if under != last || above != first {
			t.Errorf("around %v are %v and %v, want %v and %v", at, under, above, last, first)
		}
		if under != nil || above != nil {
			found++
		}
	}
	if found == 0 {
		t.Fatal("no cover lies over a word")
	}
}

func TestTooManyComparisonsEndAPage(t *testing.T) {
	t.Parallel()
	var e effort
	x := newBoxes([]rect{letterSize}, letterSize, &e)
	if e = maxEffort - 1; !x.any(0, 10, func(rect) bool { return true }) {
		t.Error("the last comparison is not made")
	}
	if x.any(0, 10, func(rect) bool { return true }) {
		t.Error("one more is made")
	}
}
