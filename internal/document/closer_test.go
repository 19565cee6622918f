package document

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// wholePage is a place as large as the bitmaps of these tests.
func wholePage(kind page.LookKind) []page.Look {
	return []page.Look{{Box: certificate.Box{0, 0, 400, 200}, Kind: kind}}
}

// figuresAt draws eight strokes as high as digits.
func figuresAt(m *bitmap, x, y int) {
	for i := range 8 {
		m.black(x+20*i, y, x+20*i+12, y+24)
	}
}

func TestLinesAreLookedAtAgainWhereTheyMayHoldWhatIsExpected(t *testing.T) {
	t.Parallel()
	figures := white255(400, 200)
	figuresAt(figures, 100, 40)
	letter := white255(400, 200)
	letter.black(100, 40, 124, 66)
	framed := white255(400, 200)
	framed.boxAt(80, 20, 64)
	framed.black(100, 40, 124, 66)
	speck := white255(400, 200)
	speck.black(100, 40, 104, 44)
	rest := white255(400, 200)
	rest.black(5, 20, 9, 80)
	word := func(text string) []seen { return []seen{{text: text, box: rect{98, 38, 260, 66}, confidence: 0.9}} }
	for name, test := range map[string]struct {
		m     *bitmap
		kind  page.LookKind
		words []seen
		want  int
	}{
		"an amount that was read":                  {figures, page.LookAmount, word("1,000,000"), 1},
		"an amount that was overlooked":            {figures, page.LookAmount, nil, 1},
		"a word where an amount could be":          {figures, page.LookAmount, word("Included"), 0},
		"a word where a date could be":             {figures, page.LookDate, word("Continuous"), 0},
		"a letter":                                 {letter, page.LookLetter, nil, 1},
		"a mark in a frame":                        {framed, page.LookMark, nil, 1},
		"a mark":                                   {letter, page.LookMark, nil, 1},
		"a line where one letter is expected":      {figures, page.LookMark, nil, 0},
		"a letter where an amount is expected":     {letter, page.LookAmount, nil, 0},
		"dirt":                                     {speck, page.LookMark, nil, 0},
		"what is left of a rule beside the letter": {rest, page.LookMark, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.m.closers(wholePage(test.kind), test.words, point{1, 1}, 128); len(got) != test.want {
				t.Errorf("looked at again: %v", got)
			}
		})
	}
	t.Run("a line on the border of two places counts once", func(t *testing.T) {
		t.Parallel()
		looks := append(wholePage(page.LookAmount), wholePage(page.LookAmount)...)
		if got := figures.closers(looks, nil, point{1, 1}, 128); len(got) != 1 {
			t.Errorf("looked at again: %v", got)
		}
	})
}

func TestACloserLookTakesThePlaceOfWhatWasReadBefore(t *testing.T) {
	t.Parallel()
	line := rect{100, 40, 260, 66}
	at := func(text string, x0, x1, confidence float64) seen {
		return seen{text: text, box: rect{x0, 41, x1, 65}, confidence: confidence}
	}
	for name, test := range map[string]struct {
		kind          page.LookKind
		first, second []seen
		want          []seen
	}{
		"parts of an amount become one": {page.LookAmount, []seen{at("$300,", 100, 180, 0.9), at("000", 200, 260, 0.8)}, []seen{at("$300,000", 100, 260, 0.95)},
			[]seen{{text: "$300,000", box: line, confidence: 0.95}}},
		"two readings that agree are as sure as the surer one": {page.LookAmount, []seen{at("s300,000", 100, 260, 0.9)}, []seen{at("300,000", 100, 260, 0.4)},
			[]seen{{text: "300,000", box: line, confidence: 0.9}}},
		"a sign that was read as a digit leaves nobody sure": {page.LookAmount, []seen{at("3", 100, 110, 0.9), at("1,000,000", 115, 260, 0.9)}, []seen{at("3", 100, 110, 0.9), at("1,000,000", 115, 260, 0.9)},
			[]seen{{text: "$1,000,000", box: line, confidence: disputed}}},
		"so does one that stands far from the parts of its amount": {page.LookAmount, []seen{at("5", 100, 110, 0.9), at("4", 190, 200, 0.9), at("000", 205, 260, 0.9)},
			[]seen{at("$", 100, 110, 0.9), at("4,000", 190, 260, 0.9)}, []seen{{text: "$4,000", box: line, confidence: disputed}}},
		"a million before its comma belongs to the amount": {page.LookAmount, []seen{at("1,", 100, 110, 0.9), at("500,000", 115, 260, 0.9)}, []seen{at("1,500,000", 100, 260, 0.9)},
			[]seen{{text: "1,500,000", box: line, confidence: 0.9}}},
		"two readings that differ are not sure": {page.LookAmount, []seen{at("309,", 100, 180, 0.9), at("000", 200, 260, 0.9)}, []seen{at("300,000", 100, 260, 0.97)},
			[]seen{{text: "300,000", box: line, confidence: disputed}}},
		"of two that differ the one with more zeros stands": {page.LookAmount, []seen{at("500,", 100, 180, 0.9), at("000", 200, 260, 0.9)}, []seen{at("500,060", 100, 260, 0)},
			[]seen{{text: "500,000", box: line, confidence: disputed}}},
		"of two that differ the one that goes on stands": {page.LookDate, []seen{at("02/05/2027", 100, 260, 0.9)}, []seen{at("02/05/20", 100, 220, 0.97)},
			[]seen{{text: "02/05/2027", box: line, confidence: disputed}}},
		"what is no amount changes nothing": {page.LookAmount, []seen{at("1,000", 100, 260, 0.9)}, []seen{at("1,00/0", 100, 260, 0.9)},
			[]seen{at("1,000", 100, 260, 0.9)}},
		"an overlooked letter is added": {page.LookLetter, nil, []seen{at("B", 100, 120, 0.9)},
			[]seen{{text: "B", box: line, confidence: 0.9}}},
		"no letter but A to F is an insurer's": {page.LookLetter, nil, []seen{at("X", 100, 120, 0.9)}, nil},
		"an N is no insurer's letter":          {page.LookLetter, nil, []seen{at("N", 100, 120, 0.9)}, nil},
		"no mark but X, Y and N":               {page.LookMark, nil, []seen{at("A", 100, 120, 0.9)}, nil},
		"a word that reaches beyond the line stays": {page.LookDate, []seen{at("01/01/202601/01/2027", 100, 400, 0.9)}, []seen{at("01/01/2026", 100, 260, 0.9)},
			[]seen{at("01/01/202601/01/2027", 100, 400, 0.9)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := closer{box: line, kind: test.kind}
			for i := range test.first {
				c.words = append(c.words, i)
			}
			for i := range test.second {
				test.second[i].page = 1
			}
			got := withCloser(test.first, []closer{c}, test.second)
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(seen{}, rect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestADollarSignIsNoDigitOfItsAmount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		sign rect // the ink before the digits, which stand from 40 to 64
		read string
		want []seen
	}{
		"smaller than the digits and lower": {rect{80, 50, 92, 70}, "31,000,000", []seen{{text: "$1,000,000", confidence: disputed}}},
		"reaching over them at both sides":  {rect{80, 36, 92, 68}, "81,000,000", []seen{{text: "$1,000,000", confidence: disputed}}},
		"joined to the first digit":         {rect{80, 50, 102, 70}, "31,000,000", []seen{{text: "$1,000,000", confidence: disputed}}},
		"a digit like the others":           {rect{80, 40, 92, 64}, "31,000,000", []seen{{text: "31,000,000", confidence: 0.9}}},
		"read as the sign that it is":       {rect{80, 36, 92, 68}, "$1,000,000", []seen{{text: "$1,000,000", confidence: 0.9}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := white255(400, 200)
			figuresAt(m, 100, 40)
			m.black(int(test.sign.x0), int(test.sign.y0), int(test.sign.x1), int(test.sign.y1))
			words := []seen{{text: test.read, box: rect{80, 40, 252, 66}, confidence: 0.9}}
			lines := m.closers(wholePage(page.LookAmount), words, point{1, 1}, 128)
			if len(lines) != 1 {
				t.Fatalf("looked at again: %v", lines)
			}
			test.want[0].box = lines[0].box
			got := withCloser(words, lines, []seen{{text: test.read, box: words[0].box, confidence: 0.9, page: 1}})
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(seen{}, rect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNoFigureIsReadIntoAStroke(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		box  rect
		text string
		want int
	}{
		"a three in the dots of a colon":  {rect{100, 40, 106, 60}, "3", 0},
		"a one":                           {rect{100, 40, 106, 60}, "1", 1},
		"a three as wide as it should be": {rect{100, 40, 112, 60}, "3", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, strokes := again(nil, []place{{box: test.box, blots: 1, word: -1}}, []seen{{text: test.text, confidence: 0.9, page: 1}})
			if len(got) != test.want || len(got)+len(strokes) != 1 {
				t.Errorf("read %v, strokes %v", got, strokes)
			}
		})
	}
}

func TestADateGetsTheSlashesBackThatItsReadingLost(t *testing.T) {
	t.Parallel()
	for read, want := range map[string]string{
		"21712024": "2/7/2024", "2/712024": "2/7/2024", "1011512024": "10/15/2024", "0205/2023": "02/05/2023", "02/052023": "02/05/2023", "01012027": "01/01/2027",
		"11112024":   "", // 1/1/2024 or 11/11/2024
		"02/05/2023": "", "2/7/2024": "",
		"115/2023": "", // 1/5, 1/15 or 11/5
		"1112024":  "",
		"13052023": "", "02322023": "", "6089057": "", "10000000": "", "": "",
	} {
		if got, ok := slashed(read); got != want || ok != (want != "") {
			t.Errorf("%q becomes %q, want %q", read, got, want)
		}
	}
}

func TestALoneLetterIsReadAsOne(t *testing.T) {
	t.Parallel()
	for read, want := range map[string]string{"xX": "X", "x": "X", "c": "C", "a": "a", "¥": "Y", "N": "N", "é": "é", "AB": "AB", "": "",
		"NN": "N", "XxX": "X", "88": "88", "22": "22", "II": "II"} {
		if got := single(read); got != want {
			t.Errorf("%q becomes %q, want %q", read, got, want)
		}
	}
}

func TestACapitalIIsPutBack(t *testing.T) {
	t.Parallel()
	for read, want := range map[string]string{"lronbridge": "Ironbridge", "[ronwood": "Ironwood", "lndemnity": "Indemnity", "land": "land", "lbs": "lbs",
		"llama": "llama", "ltd": "ltd", "lyric": "lyric"} {
		if got := capital(read); got != want {
			t.Errorf("%q becomes %q, want %q", read, got, want)
		}
	}
}

func TestAWordOverTwoLinesGivesWayToBoth(t *testing.T) {
	t.Parallel()
	both := []seen{{text: "01/01/2026|01/01/2027", box: rect{98, 38, 402, 68}, confidence: 0.5}}
	lines := []closer{{box: rect{100, 40, 245, 66}, kind: page.LookDate}, {box: rect{260, 40, 400, 66}, kind: page.LookDate}}
	got := withCloser(both, lines, []seen{{text: "01/01/2026", confidence: 0.9, page: 1}, {text: "01/01/2027", confidence: 0.9, page: 2}})
	want := []seen{{text: "01/01/2026", box: lines[0].box, confidence: 0.9}, {text: "01/01/2027", box: lines[1].box, confidence: 0.9}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(seen{}, rect{})); diff != "" {
		t.Error(diff)
	}
}

func TestWhatALetterOfAnInsurerIsTakenForIsTheLetter(t *testing.T) {
	t.Parallel()
	at := rect{100, 40, 118, 64}
	read := func(kind page.LookKind, text string) []seen {
		return withCloser(nil, []closer{{box: at, kind: kind}}, []seen{{text: text, box: at, confidence: 0.9, page: 1}})
	}
	if diff := cmp.Diff([]seen{{text: "C", box: at, confidence: disputed}}, read(page.LookLetter, "G"), cmp.AllowUnexported(seen{}, rect{})); diff != "" {
		t.Error(diff)
	}
	if got := read(page.LookLetter, "H"); len(got) > 0 {
		t.Errorf("an H is read as %v", got)
	}
	if got := read(page.LookMark, "4"); len(got) > 0 {
		t.Errorf("a 4 in a place for marks is read as %v", got)
	}
}

func TestTheShapeOfAMarkCountsWhereNothingIsReadOfIt(t *testing.T) {
	t.Parallel()
	at := rect{100, 40, 118, 64}
	for name, test := range map[string]struct {
		before, second []seen
		want           seen
	}{
		"nothing was read":                {nil, nil, seen{text: "Y", box: at, confidence: disputed}},
		"gibberish was read":              {[]seen{{text: "bf", box: at, confidence: 0.1}}, []seen{{text: "vi", box: at, confidence: 0.3, page: 1}}, seen{text: "Y", box: at, confidence: disputed}},
		"gibberish with a speck was read": {[]seen{{text: "4", box: at.grow(20), confidence: 0.1}}, nil, seen{text: "Y", box: at, confidence: disputed}},
		"the same was read":               {nil, []seen{{text: "Y", box: at, confidence: 0.9, page: 1}}, seen{text: "Y", box: at, confidence: 0.9}},
		"a no was read":                   {nil, []seen{{text: "N", box: at, confidence: 0.9, page: 1}}, seen{text: "N", box: at, confidence: disputed}},
		"another yes was read":            {nil, []seen{{text: "X", box: at, confidence: 0.9, page: 1}}, seen{text: "X", box: at, confidence: 0.9}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := closer{box: at, kind: page.LookMark, shape: "Y"}
			for i := range test.before {
				line.words = append(line.words, i)
			}
			if diff := cmp.Diff([]seen{test.want}, withCloser(test.before, []closer{line}, test.second), cmp.AllowUnexported(seen{}, rect{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}
