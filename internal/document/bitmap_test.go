package document

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// white255 is a white bitmap.
func white255(width, height int) *bitmap {
	return &bitmap{width, height, bytes.Repeat([]byte{255}, width*height)}
}

func (m *bitmap) black(x0, y0, x1, y1 int) {
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			m.pix[y*m.width+x] = 0
		}
	}
}

// boxAt draws a tick box with a border of 3 pixels.
func (m *bitmap) boxAt(x, y, side int) {
	m.black(x, y, x+side, y+3)
	m.black(x, y+side-3, x+side, y+side)
	m.black(x, y, x+3, y+side)
	m.black(x+side-3, y, x+side, y+side)
}

func TestTurningABitmap(t *testing.T) {
	t.Parallel()
	m := &bitmap{3, 2, []byte{1, 2, 3, 4, 5, 6}}
	for degrees, want := range map[int]*bitmap{
		0:   m,
		90:  {2, 3, []byte{4, 1, 5, 2, 6, 3}},
		180: {3, 2, []byte{6, 5, 4, 3, 2, 1}},
		270: {2, 3, []byte{3, 6, 2, 5, 1, 4}},
	} {
		if diff := cmp.Diff(want, m.turned(degrees), cmp.AllowUnexported(bitmap{})); diff != "" {
			t.Errorf("by %d degrees: %s", degrees, diff)
		}
	}
}

func TestSkewIsTheAngleThatAPageWasRotatedBy(t *testing.T) {
	t.Parallel()
	m := white255(1200, 900)
	for y := 100; y < 800; y += 40 {
		m.black(100, y, 1100, y+4)
	}
	for _, degrees := range []float64{0, 0.3, -0.7, 2, -4} {
		t.Run(fmt.Sprint(degrees), func(t *testing.T) {
			t.Parallel()
			if got := m.rotated(degrees).skew(128); math.Abs(got-degrees) > 0.06 {
				t.Errorf("skew is %v", got)
			}
		})
	}
}

func TestRulingsAreFoundAndTakenAway(t *testing.T) {
	t.Parallel()
	m := white255(600, 400)
	m.black(20, 100, 580, 104) // a rule
	m.black(300, 20, 303, 380) // another, upright
	m.boxAt(50, 200, 50)       // an empty box
	m.boxAt(150, 200, 50)      // a ticked one
	m.black(165, 215, 185, 235)
	m.black(400, 200, 500, 300) // a black area is neither
	m.black(100, 95, 106, 125)  // a letter that crosses the rule
	r := m.takeRulings(128)
	if len(r.rules) != 2 {
		t.Errorf("rules are %v", r.rules)
	}
	var inks []string
	for _, b := range r.boxes {
		inks = append(inks, fmt.Sprintf("%v %.2f", b.box, b.ink))
	}
	if diff := cmp.Diff([]string{"{53 205 97 245} 0.00", "{153 205 197 245} 0.31"}, inks); diff != "" {
		t.Error(diff)
	}
	for name, test := range map[string]struct {
		x, y int
		want bool
	}{
		"the rule is gone":          {500, 102, false},
		"the upright rule is gone":  {301, 300, false},
		"the box's border is gone":  {51, 225, false},
		"the tick is there":         {175, 225, true},
		"the black area is there":   {450, 250, true},
		"the crossing letter stays": {103, 102, true},
	} {
		if got := m.ink(test.x, test.y, 128); got != test.want {
			t.Errorf("%s: %v", name, !test.want)
		}
	}
}

func TestASecondReadingSettlesTheFirst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ first, second, want seen }{
		"the same is as sure as the surer one":     {seen{text: "1,000", confidence: 0.7}, seen{text: "1,000", confidence: 0.9}, seen{text: "1,000", confidence: 0.9}},
		"a surer word replaces":                    {seen{text: "lNC", confidence: 0.3}, seen{text: "INC", confidence: 0.9}, seen{text: "INC", confidence: 0.9}},
		"a less sure word does not":                {seen{text: "INC", confidence: 0.5}, seen{text: "lNC", confidence: 0.4}, seen{text: "INC", confidence: 0.5}},
		"digits that differ are never sure":        {seen{text: "92/09", confidence: 0.93}, seen{text: "02/09", confidence: 0.95}, seen{text: "02/09", confidence: disputed}},
		"digits that the second lost are not sure": {seen{text: "1,000", confidence: 0.9}, seen{text: "l,OOO", confidence: 0.2}, seen{text: "1,000", confidence: disputed}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.first
			settle(&got, []seen{test.second})
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(seen{}, rect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGreyMapsThatLieAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "P5", "P6\n1 1\n255\nx", "P5\n2 2\n255\nabc", "P5\n-1 1\n255\nx", "P5\n1000000 1000000\n255\nx", "P5\n1 1\n65535\nxx"} {
		if m, err := parsePGM([]byte(s)); err == nil {
			t.Errorf("%q gives %v", s, m)
		}
	}
}
