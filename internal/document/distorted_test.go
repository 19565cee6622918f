package document

import (
	"fmt"
	"strings"
	"testing"

	"certflow/internal/page"
)

// certainties are the words of a page that start as an amount does and that are believed without a look at its picture.
func certainties(p page.Page) []string {
	var out []string
	for _, w := range p.Words {
		if strings.HasPrefix(w.Text, "2,0") && !w.Hidden && w.Confidence > page.Doubtful {
			out = append(out, w.Text)
		}
	}
	return out
}

func TestTypeThatPeopleCannotReadIsNotCertain(t *testing.T) {
	t.Parallel()
	const amount = "BT /F1 10 Tf 100 700 Td (2,000,000) Tj ET "
	// The data of a picture is 300 bytes long, whatever stands in it.
	picture := "BI /W 30 /H 10 /BPC 8 /CS /G ID " + fmt.Sprintf("%-300s", " EI Q "+amount+" ( ") + "\nEI Q ) Tj "
	stencil := "BI /IM true /W 80 /H 30 ID " + fmt.Sprintf("%-300s", " EI Q "+amount+" ( ") + "\nEI Q ) Tj "
	ended := strings.Replace(picture, "/G ID", "/G /F /LZW ID", 1)
	for name, test := range map[string]struct {
		content, resources string
		certain            bool
	}{
		"plain":                                    {amount, "", true},
		"bold by an outline of its colour":         {"BT /F1 10 Tf 2 Tr 0.3 w 100 700 Td (2,000,000) Tj ET", "", true},
		"narrow type":                              {"BT /F1 10 Tf 60 Tz 100 700 Td (2,000,000) Tj ET", "", true},
		"slanted type":                             {"BT /F1 10 Tf 1 0 0.3 1 100 700 Tm (2,000,000) Tj ET", "", true},
		"a page that is drawn upside down twice":   {"1 0 0 -1 0 792 cm BT /F1 10 Tf 1 0 0 -1 100 92 Tm (2,000,000) Tj ET", "", true},
		"a default transfer function":              {"/G gs " + amount, "| /ExtGState << /G << /TR2 /Default >> >>", true},
		"a small picture in place before it":       {"BI /W 2 /H 2 /BPC 8 /CS /G ID abcd\nEI " + amount, "", true},
		"a packed picture in place before it":      {"BI /W 2 /H 2 /BPC 8 /CS /G /F [/AHx] ID 00112233>\nEI " + amount, "", true},
		"a stencil in place before it":             {"BI /W 8 /H 2 /IM true /D [1 0] ID ab\nEI " + amount, "", true},
		"a white outline":                          {"BT /F1 10 Tf 2 Tr 1 G 3 w 100 700 Td (2,000,000) Tj ET", "", false},
		"an outline that fills it":                 {"BT /F1 10 Tf 2 Tr 6 w 100 700 Td (2,000,000) Tj ET", "", false},
		"an outline of dashes":                     {"BT /F1 10 Tf 1 Tr 0.3 w [0.01 1000] 500 d 100 700 Td (2,000,000) Tj ET", "", false},
		"a transfer function":                      {"/G gs " + amount, "| /ExtGState << /G << /TR << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [1] /N 1 >> >> >>", false},
		"mirrored":                                 {"BT /F1 10 Tf -1 0 0 1 150 700 Tm (2,000,000) Tj ET", "", false},
		"mirrored by a negative width":             {"BT /F1 10 Tf -100 Tz 150 700 Td (2,000,000) Tj ET", "", false},
		"upside down and mirrored":                 {"BT /F1 10 Tf 1 0 0 -1 100 700 Tm (2,000,000) Tj ET", "", false},
		"squeezed":                                 {"BT /F1 10 Tf 12 Tz 100 700 Td (2,000,000) Tj ET", "", false},
		"lying on its side":                        {"BT /F1 10 Tf 1 0 6 1 100 700 Tm (2,000,000) Tj ET", "", false},
		"its digits in a heap":                     {"BT /F1 10 Tf -3.3 Tc 100 700 Td (2,000,000) Tj ET", "", false},
		"smaller than anybody reads":               {"BT /F1 2.1 Tf 100 700 Td (2,000,000) Tj ET", "", false},
		"a digit over its first":                   {amount + "BT /F1 10 Tf 100 700 Td (8) Tj ET", "", false},
		"a letter far larger than the page":        {amount + "BT /F1 2000 Tf 1 g 1 0 0 1 -900 300 Tm (M) Tj ET", "", false},
		"a part of a letter":                       {amount + "q 90 690 100 30 re W n BT /F1 900 Tf 1 g 1 0 0 1 70 400 Tm (lll) Tj ET Q", "", false},
		"the white side of a frame":                {amount + "1 G 80 w 20 690 60 20 re S", "", false},
		"a white curve drawn with a broad pen":     {amount + "1 G 30 w 90 704 m 120 704 150 704 200 704 c S", "", false},
		"a white corner drawn with a broad pen":    {amount + "1 G 60 w 60 600 m 80 700 l 60 800 l S", "", false},
		"a pen that is broad in one direction":     {amount + "1 G q 1 0 0 0.001 0 0 cm 100 w 130 100000 m 130 900000 l S Q", "", false},
		"in the data of a picture":                 {picture, "", false},
		"in the data of a stencil":                 {stencil, "", false},
		"in a picture of which nobody knows where": {ended, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			d.page(test.content, "", test.resources)
			if got := certainties(read(t, d.bytes())); (len(got) > 0) != test.certain {
				t.Errorf("certain are %q", got)
			}
		})
	}
}

func TestTypeThatRunsDownwardsOrIsNotInTheDocumentIsNotCertain(t *testing.T) {
	t.Parallel()
	const program = "/FontDescriptor << /Type /FontDescriptor /FontFile2 3 0 R >>"
	for entries, certain := range map[[2]string]bool{{"/Identity-H", program}: true, {"/Identity-V", program}: false, {"/Identity-H", ""}: false} {
		var d drawing
		unicode := d.stream("", "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0020> <007e> <0020> endbfrange")
		font := d.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding %s /ToUnicode %d 0 R /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /DW 500 %s >>] >>", entries[0], unicode, entries[1]))
		d.page("BT /G 10 Tf 100 700 Td <0032002C003000300030> Tj ET", "", fmt.Sprintf("/G %d 0 R", font))
		if got := certainties(read(t, d.bytes())); (len(got) > 0) != certain {
			t.Errorf("in %s %q are certain", entries, got)
		}
	}
}

func TestACommentThatGoesOnInTheNextStreamLeavesNothingCertain(t *testing.T) {
	t.Parallel()
	for first, certain := range map[string]bool{"q Q": true, "q Q % saved\n": true, "q Q %": false} {
		var d drawing
		a, b := d.stream("", first), d.stream("", "BT /F1 10 Tf 100 700 Td (2,000,000) Tj ET")
		d.kids = append(d.kids, d.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents [%d 0 R %d 0 R] >>", a, b)))
		if got := certainties(read(t, d.bytes())); (len(got) > 0) != certain {
			t.Errorf("behind %q %q are certain", first, got)
		}
	}
}

func TestAChoiceIsWhatItsOptionShows(t *testing.T) {
	t.Parallel()
	for entries, want := range map[string]string{
		"/V (5,000,000)": "5,000,000",
		"/V (5,000,000) /Opt [(500) (5,000,000)]":                     "5,000,000",
		"/V (5,000,000) /Opt [[(1) (one)] [(5,000,000) (500)]]":       "500",
		"/V (5,000,000) /Opt [[(5,000,000)] [(5,000,000) (a) (b)] 7]": "5,000,000",
	} {
		var d drawing
		a := d.add("<< /Type /Annot /Subtype /Widget /FT /Ch /T (A) /Rect [100 700 200 720] " + entries + " >>")
		d.page("", fmt.Sprintf("/Annots [%d 0 R]", a), "")
		if got := read(t, d.bytes()).Fields[0].Value; got != want {
			t.Errorf("%s is %q, want %q", entries, got, want)
		}
	}
}
