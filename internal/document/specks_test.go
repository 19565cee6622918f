package document

import "testing"

func TestDirtGoesAndStopsStay(t *testing.T) {
	t.Parallel()
	const at = 100
	tests := map[string]struct {
		letter       rect // ink beside it, none where empty
		side         int  // of the speck
		x, y         int  // of the speck
		whether      bool // it stays
		neighbouring bool // another speck stands beside it
	}{
		"a grain alone":                           {side: 2, x: at, y: at},
		"a speck alone":                           {side: 5, x: at, y: at},
		"specks that stand together":              {side: 3, x: at, y: at, neighbouring: true},
		"what is as large as a stroke":            {side: 9, x: at, y: at, whether: true},
		"a stop behind a letter":                  {letter: rect{78, 80, 96, 104}, side: 4, x: at, y: at, whether: true},
		"a stop of a typewriter":                  {letter: rect{66, 80, 86, 104}, side: 4, x: at, y: at, whether: true},
		"the dot on an i":                         {letter: rect{99, 106, 104, 124}, side: 4, x: at, y: at, whether: true},
		"a grain in the space before a letter":    {letter: rect{108, 80, 126, 104}, side: 2, x: at, y: at},
		"a grain far over the letters":            {letter: rect{78, 120, 196, 144}, side: 2, x: at, y: at},
		"a grain that is part of a worn letter":   {letter: rect{104, 80, 126, 104}, side: 2, x: at, y: at, whether: true},
		"a speck at the edge of the paper":        {side: 3, x: 0, y: 0},
		"a speck at the other edge of the paper":  {side: 3, x: 197, y: 197},
		"a stop at the left edge of what is seen": {letter: rect{0, 80, 8, 104}, side: 3, x: 14, y: at, whether: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := white255(200, 200)
			m.black(int(test.letter.x0), int(test.letter.y0), int(test.letter.x1), int(test.letter.y1))
			if test.neighbouring {
				m.black(test.x+6, test.y+2, test.x+9, test.y+5)
			}
			m.black(test.x, test.y, test.x+test.side, test.y+test.side)
			letter := m.inkShare(test.letter, 128)
			m.despeckle(128)
			if stays := m.ink(test.x, test.y, 128); stays != test.whether {
				t.Errorf("it stays: %v", stays)
			}
			if now := m.inkShare(test.letter, 128); now != letter {
				t.Errorf("of the letter %.2f is left, of %.2f", now, letter)
			}
		})
	}
}

func TestTheDotInAZeroGoes(t *testing.T) {
	t.Parallel()
	ring := func(width, height int) *bitmap {
		m := white255(100, 100)
		m.black(40, 30, 40+width, 30+height)
		for y := 34; y < 30+height-4; y++ {
			for x := 44; x < 40+width-4; x++ {
				m.pix[y*m.width+x] = 255
			}
		}
		return m
	}
	for name, test := range map[string]struct {
		m     *bitmap
		x, y  int
		stays bool
	}{
		"in a zero":                     {ring(22, 32), 49, 44, false},
		"beside the middle of a zero":   {ring(22, 32), 46, 38, true},
		"in a ring, as a mark would be": {ring(22, 22), 49, 39, true},
		"dirt in an empty tick box":     {ring(50, 60), 63, 58, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.m.black(test.x, test.y, test.x+4, test.y+4)
			test.m.despeckle(128)
			if stays := test.m.ink(test.x+1, test.y+1, 128); stays != test.stays {
				t.Errorf("it stays: %v", stays)
			}
		})
	}
}
