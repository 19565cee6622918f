package document

import "testing"

func TestAPageOnItsHeadIsNotTakenForUpright(t *testing.T) {
	t.Parallel()
	words := func(sure, unsure int) view {
		var v view
		for range sure {
			v.words = append(v.words, seen{text: "POLICY", confidence: 0.9})
		}
		for range unsure {
			v.words = append(v.words, seen{text: "AQIOd", confidence: 0.3})
		}
		return v
	}
	for name, test := range map[string]struct {
		v    view
		want bool
	}{
		"a page that reads well":                     {words(300, 20), true},
		"a page of few words":                        {words(10, 0), false},
		"a page of which a word here and there fits": {words(48, 308), false},
		"a poor page":                                {words(120, 90), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.v.upright(); got != test.want {
				t.Errorf("it is upright: %v", got)
			}
		})
	}
}

func TestAWordEndsWhereTheNextOneBegins(t *testing.T) {
	t.Parallel()
	at := func(line int, x0, x1 float64) seen {
		return seen{text: "INSURER", box: rect{x0, 10, x1, 30}, line: line, page: 1}
	}
	for name, test := range map[string]struct {
		first, second seen
		want          float64
	}{
		"words apart":                              {at(1, 100, 180), at(1, 190, 260), 180},
		"a box that reaches over the next word":    {at(1, 100, 220), at(1, 190, 215), 190},
		"a box that reaches into the next word":    {at(1, 100, 200), at(1, 190, 210), 190},
		"words of two lines that lie over another": {at(1, 100, 200), at(2, 190, 210), 200},
		"a word read twice":                        {at(1, 100, 200), at(1, 100, 210), 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := parted([]seen{test.first, test.second})[0].box.x1; got != test.want {
				t.Errorf("the first word ends at %v, want %v", got, test.want)
			}
		})
	}
}
