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

// stairs draws a horizontal rule of 3 pixels that falls by one pixel every step pixels, both steps inked where they meet.
func (m *bitmap) stairs(x0, y, x1, step int) {
	for x := x0; x < x1; x += step {
		m.black(x, y, min(x+step+24, x1), y+4)
		y++
	}
}

func TestNothingOfRulingsIsLeftThatCouldBeRead(t *testing.T) {
	t.Parallel()
	for name, draw := range map[string]func(*bitmap){
		"a rule in steps":                      func(m *bitmap) { m.stairs(20, 100, 580, 140) },
		"rules in steps that meet in a corner": func(m *bitmap) { m.stairs(20, 100, 460, 140); m.black(456, 60, 461, 300); m.black(457, 90, 463, 120) },
		"a box whose side is in steps":         func(m *bitmap) { m.boxAt(50, 100, 50); m.black(97, 118, 101, 130) },
		"the side of a cell":                   func(m *bitmap) { m.black(20, 100, 580, 103); m.black(20, 160, 580, 163); m.black(200, 100, 203, 163) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := white255(600, 400)
			draw(m)
			m.takeRulings(128)
			if i := bytes.IndexByte(m.pix, 0); i >= 0 {
				t.Errorf("ink is left at %d, %d", i%m.width, i/m.width)
			}
		})
	}
}

func TestLettersStayWhereRulingsWere(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		letter [4]int
		want   map[[2]int]bool // whether there is ink
	}{
		"one that stands on a rule ends there":      {[4]int{200, 70, 205, 104}, map[[2]int]bool{{202, 80}: true, {202, 99}: true, {202, 102}: false}},
		"one that hangs under a rule begins there":  {[4]int{200, 100, 205, 130}, map[[2]int]bool{{202, 101}: false, {202, 105}: true, {202, 120}: true}},
		"one that crosses a rule stays whole":       {[4]int{200, 70, 205, 130}, map[[2]int]bool{{202, 80}: true, {202, 102}: true, {202, 120}: true}},
		"a stroke between two rules that meets one": {[4]int{200, 130, 204, 184}, map[[2]int]bool{{202, 140}: true, {202, 170}: true}},
		"a dash near a rule":                        {[4]int{200, 90, 214, 94}, map[[2]int]bool{{205, 92}: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := white255(600, 400)
			m.black(20, 100, 580, 104)
			m.black(20, 180, 580, 184)
			m.black(test.letter[0], test.letter[1], test.letter[2], test.letter[3])
			m.takeRulings(128)
			for at, want := range test.want {
				if got := m.ink(at[0], at[1], 128); got != want {
					t.Errorf("ink at %v: %v", at, got)
				}
			}
		})
	}
}

func TestLinesThatTouchAreLookedAtOneByOne(t *testing.T) {
	t.Parallel()
	lines := func(between int) *bitmap {
		m := white255(400, 200)
		for x := 100; x < 260; x += 20 {
			m.black(x, 40, x+12, 58)
			m.black(x, 59, x+12, 77)
		}
		m.black(140, 58, 140+between, 59)
		return m
	}
	box := rect{100, 40, 252, 77}
	for name, test := range map[string]struct {
		m          *bitmap
		box        rect
		confidence float64
		want       []rect
	}{
		"two lines of which one letter touches another": {lines(12), box, 0.2, []rect{{100, 40, 252, 58}, {100, 59, 252, 77}}},
		"a word that was read well":                     {lines(12), box, 0.9, nil},
		"one line of high letters":                      {lines(112), box, 0.2, []rect{box}},
		"a letter":                                      {lines(12), rect{100, 40, 112, 77}, 0.2, []rect{{100, 40, 112, 77}}},
		"a line of small letters":                       {lines(12), rect{100, 40, 252, 58}, 0.2, []rect{{100, 40, 252, 58}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []rect
			places, _ := test.m.unread([]seen{{text: "word", box: test.box, confidence: test.confidence}}, 128)
			for _, p := range places {
				if p.word == 0 {
					got = append(got, p.box)
				}
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(rect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestALetterBesideAWordIsPartOfIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		letter, want rect
		word         int
	}{
		"as near as letters stand":     {rect{164, 40, 180, 66}, rect{100, 40, 180, 66}, 0},
		"before the word":              {rect{80, 40, 96, 66}, rect{80, 40, 160, 66}, 0},
		"as far off as words stand":    {rect{172, 40, 188, 66}, rect{172, 40, 188, 66}, -1},
		"in the line under it":         {rect{164, 70, 180, 96}, rect{164, 70, 180, 96}, -1},
		"much higher than the letters": {rect{164, 20, 180, 76}, rect{164, 20, 180, 76}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := white255(400, 200)
			m.black(int(test.letter.x0), int(test.letter.y0), int(test.letter.x1), int(test.letter.y1))
			got, _ := m.unread([]seen{{text: "HARBOR", box: rect{100, 40, 160, 66}, confidence: 0.97}}, 128)
			if len(got) != 1 || got[0].box != test.want || got[0].word != test.word {
				t.Errorf("looked at again: %+v", got)
			}
		})
	}
}

func TestAWordThatIsTwoLinesGivesWayToWhatTheySay(t *testing.T) {
	t.Parallel()
	box, upper, lower := rect{100, 40, 252, 77}, rect{100, 40, 252, 58}, rect{100, 59, 252, 77}
	places := []place{{box: upper, half: true}, {box: lower, half: true}}
	for name, test := range map[string]struct{ found, want []seen }{
		"both lines": {[]seen{{text: "POLICY", confidence: 0.9, page: 1}, {text: "EFF", confidence: 0.8, page: 2}},
			[]seen{{text: "POLICY", confidence: 0.9, page: 1}, {text: "EFF", confidence: 0.8, page: 2}}},
		"one line":         {[]seen{{text: "POLICY", confidence: 0.9, page: 1}, {text: "wf", confidence: 0.1, page: 2}}, []seen{{text: "POLICY", confidence: 0.9, page: 1}}},
		"nothing readable": {[]seen{{text: "wf", confidence: 0.1, page: 2}}, []seen{{text: "garble", confidence: 0.2, box: box}}},
		"nothing":          {nil, []seen{{text: "garble", confidence: 0.2, box: box}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, w := range test.want {
				if w.page > 0 {
					test.want[i].box = rect{60 - patchInk, places[w.page-1].box.y0, 60 - patchInk, places[w.page-1].box.y1}
				}
			}
			got, _ := again([]seen{{text: "garble", confidence: 0.2, box: box}}, places, test.found)
			if len(got) > 1 && got[0].text == "" {
				got = got[1:] // which keeps its place among the words
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(seen{}, rect{})); diff != "" {
				t.Error(diff)
			}
		})
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
