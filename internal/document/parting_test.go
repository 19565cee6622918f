package document

import "testing"

func TestARulingPartsWhatTouchesAcrossIt(t *testing.T) {
	t.Parallel()
	// In Helvetica of 10 points "4/1/2026" is 38.92 points wide.
	const dates = "BT /F1 10 Tf 1 0 0 1 100 700 Tm (4/1/2026) Tj 1 0 0 1 139.6 700 Tm (4/1/2027) Tj ET"
	for name, test := range map[string]struct{ content, want string }{
		"a line":                            {"140 650 m 140 750 l S " + dates, "4/1/2026 4/1/2027"},
		"a narrow area":                     {"140 650 0.7 100 re f " + dates, "4/1/2026 4/1/2027"},
		"the side of a frame":               {"140 650 60 100 re S " + dates, "4/1/2026 4/1/2027"},
		"nothing between them":              {dates, "4/1/20264/1/2027"},
		"a line above them":                 {"140 720 m 140 750 l S " + dates, "4/1/20264/1/2027"},
		"a line through one of them":        {"120 650 m 120 750 l S " + dates, "4/1/20264/1/2027"},
		"a level line":                      {"90 697 m 200 697 l S " + dates, "4/1/20264/1/2027"},
		"a word that was painted in pieces": {"113 650 m 113 750 l S BT /F1 10 Tf 1 0 0 1 100 700 Tm (AB) Tj 1 0 0 1 113.34 700 Tm (234) Tj ET", "AB234"},
		"a word that is kerned":             {"113 650 m 113 750 l S BT /F1 10 Tf 100 700 Td [(AB) 60 (234)] TJ ET", "AB234"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := texts(read(t, onePage(test.content))); got != test.want {
				t.Errorf("words are %q, want %q", got, test.want)
			}
		})
	}
}
