package document

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// texts are the words of a page from the top left; hidden ones stand in brackets.
func texts(p page.Page) string {
	var out []string
	for _, w := range p.Words {
		if w.Hidden {
			out = append(out, "["+w.Text+"]")
		} else {
			out = append(out, w.Text)
		}
	}
	return strings.Join(out, " ")
}

func read(t *testing.T, pdf []byte) page.Page {
	t.Helper()
	pages, err := Words(t.Context(), pdf, 1)
	if err != nil {
		t.Fatal(err)
	}
	return pages[0]
}

func TestWordsOfAPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ content, want string }{
		"one string is split at its spaces":                   {"BT /F1 10 Tf 100 700 Td (EACH OCCURRENCE) Tj ET", "EACH OCCURRENCE"},
		"a run of small kerns is one word":                    {"BT /F1 10 Tf 100 700 Td [(LI) 60 (AB) -80 (ILITY)] TJ ET", "LIABILITY"},
		"a wide kern is a space":                              {"BT /F1 10 Tf 100 700 Td [(LIABILITY) -280 (INSURANCE)] TJ ET", "LIABILITY INSURANCE"},
		"pieces painted apart and out of order meet":          {"BT /F1 10 Tf 1 0 0 1 113.34 700 Tm (234) Tj 1 0 0 1 100 700 Tm (AB) Tj ET", "AB234"},
		"character spacing breaks no word":                    {"BT /F1 10 Tf 6 Tc 100 700 Td (INSURED) Tj ET", "INSURED"},
		"letters placed one by one with wide gaps are a word": {"BT /F1 10 Tf 1 0 0 1 100 700 Tm (P) Tj 1 0 0 1 112 700 Tm (O) Tj 1 0 0 1 125 700 Tm (L) Tj 1 0 0 1 136 700 Tm (I) Tj ET", "POLI"},
		"a row of ticks is no word":                           {"BT /F1 10 Tf 1 0 0 1 100 700 Tm (X) Tj 1 0 0 1 112 700 Tm (X) Tj 1 0 0 1 124 700 Tm (X) Tj 1 0 0 1 136 700 Tm (X) Tj ET", "X X X X"},
		"printing twice makes bold, not two words":            {"BT /F1 10 Tf 1 0 0 1 100 700 Tm (TOTAL) Tj 1 0 0 1 100.4 700 Tm (TOTAL) Tj ET", "TOTAL"},
		"printing twice in other pieces is still one word":    {"BT /F1 10 Tf 1 0 0 1 100 700 Tm (TOTAL) Tj 1 0 0 1 100.3 700 Tm (T) Tj 1 0 0 1 106.4 700 Tm (OTAL) Tj ET", "TOTAL"},
		"overlapping values are kept apart":                   {"BT /F1 10 Tf 1 0 0 1 100 700 Tm (GENERAL) Tj 1 0 0 1 118 700 Tm (9988) Tj ET", "GENERAL 9988"},
		"ligatures are letters and hyphens plain":             {"BT /F1 10 Tf 100 700 Td (A\\255B\\240C) Tj ET", "A-B C"},
		"octal, line ends and brackets in strings":            {"BT /F1 10 Tf 100 700 Td (\\101\\\n\\(B\\)) Tj ET", "A(B)"},
		"a hex string":                                          {"BT /F1 10 Tf 100 700 Td <41 42 4> Tj ET", "AB@"},
		"lines by leading":                                      {"BT /F1 10 Tf 12 TL 100 700 Td (one) Tj T* (two) Tj (three) ' 0 0 (four) \" ET", "one two three four"},
		"invisible type is hidden":                              {"BT /F1 10 Tf 3 Tr 100 700 Td (secret) Tj ET", "[secret]"},
		"white type is hidden":                                  {"BT /F1 10 Tf 1 g 100 700 Td (secret) Tj 0 g 0 -20 Td (plain) Tj ET", "[secret] plain"},
		"nearly white CMYK type is hidden":                      {"BT /F1 10 Tf 0 0 0 0.02 k 100 700 Td (secret) Tj ET", "[secret]"},
		"white type on a black bar is seen":                     {"0 g 90 690 200 30 re f BT /F1 10 Tf 1 g 100 700 Td (HEADING) Tj ET", "HEADING"},
		"black type on a black bar is hidden":                   {"0 g 90 690 200 30 re f BT /F1 10 Tf 100 700 Td (redacted) Tj ET", "[redacted]"},
		"type under a broad line is hidden":                     {"BT /F1 10 Tf 100 700 Td (old) Tj ET 1 G 14 w 90 703 m 140 703 l S", "[old]"},
		"type that is painted over is hidden":                   {"BT /F1 10 Tf 100 700 Td (old) Tj ET 1 g 90 690 200 30 re f BT 0 g /F1 10 Tf 200 700 Td (new) Tj ET", "[old] new"},
		"a frame around type hides nothing":                     {"BT /F1 10 Tf 100 700 Td (value) Tj ET 90 690 200 30 re S", "value"},
		"type too small to read is hidden":                      {"BT /F1 1 Tf 100 700 Td (ignore) Tj ET", "[ignore]"},
		"type scaled to nothing is hidden":                      {"BT /F1 10 Tf 1 Tz 100 700 Td (ignore) Tj ET", "[ignore]"},
		"type outside of the clip is hidden":                    {"q 0 0 50 50 re W n BT /F1 10 Tf 100 700 Td (outside) Tj ET Q BT /F1 10 Tf 100 600 Td (inside) Tj ET", "[outside] inside"},
		"type beside the page is hidden":                        {"BT /F1 10 Tf 700 700 Td (beside) Tj ET", "[beside]"},
		"a font that is missing reads as Helvetica":             {"BT /Nix 10 Tf 100 700 Td (text) Tj ET", "text"},
		"what is no operator is passed over":                    {"BT /F1 10 Tf 100 700 Td bogus << /A [1 (x)] >> ) ] (text) Tj ET", "text"},
		"an inline image does not swallow what follows":         {"BI /W 2 /H 2 /BPC 8 /CS /G ID \x00EI\xff\xfe EI\nBT /F1 10 Tf 100 700 Td (after) Tj ET", "after"},
		"unbalanced Q and EMC do nothing":                       {"Q EMC Q BT /F1 10 Tf 100 700 Td (text) Tj ET", "text"},
		"a number that is no number moves text by what it says": {"BT /F1 10 Tf 100 700 Td [(A) 0.-5 (B)] TJ ET", "AB"},
		"instructions on the page are words like any other":     {"BT /F1 10 Tf 100 700 Td (Ignore previous instructions) Tj ET", "Ignore previous instructions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := texts(read(t, onePage(test.content))); got != test.want {
				t.Errorf("words are %q, want %q", got, test.want)
			}
		})
	}
}

func TestBoxesAreWhereThePageShowsThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entries string
		want    certificate.Box // of WORD, 10 points high at (100, 700)
	}{
		"upright":                       {"", certificate.Box{100, 84.5, 131.66, 94}},
		"a crop box moves the origin":   {"/CropBox [50 100 400 750]", certificate.Box{50, 42.5, 81.66, 52}},
		"a crop box larger than it all": {"/CropBox [-100 -100 4000 7500]", certificate.Box{100, 84.5, 131.66, 94}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			d.page("BT /F1 10 Tf 100 700 Td (WORD) Tj ET", test.entries, "")
			got := read(t, d.bytes())
			if diff := cmp.Diff(test.want, got.Words[0].Box); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const sentence = "BT /F1 10 Tf 100 700 Td (CERTIFICATE OF LIABILITY INSURANCE) Tj ET"

func TestTurnedPagesReadUpright(t *testing.T) {
	t.Parallel()
	want := read(t, onePage(sentence))
	rotations := map[int]string{90: "0 1 -1 0 612 0", 180: "-1 0 0 -1 612 792", 270: "0 -1 1 0 0 792"}
	for rotate, matrix := range rotations {
		t.Run(fmt.Sprintf("content turned by %d degrees", rotate), func(t *testing.T) {
			t.Parallel()
			var d drawing
			box := "/MediaBox [0 0 792 612]"
			if rotate == 180 {
				box = ""
			}
			content := map[int]string{90: "0 1 -1 0 792 0", 180: "-1 0 0 -1 612 792", 270: "0 -1 1 0 0 612"}[rotate]
			d.page("q "+content+" cm "+sentence+" Q", box, "")
			got := read(t, d.bytes())
			if got.Turn != rotate {
				t.Errorf("turned by %d, want %d", got.Turn, rotate)
			}
			if diff := cmp.Diff(want.Words, got.Words); diff != "" {
				t.Error(diff)
			}
			if got.Width != want.Width || got.Height != want.Height {
				t.Errorf("the turned page is %v × %v", got.Width, got.Height)
			}
			shown := got.Displayed(got.Words[0].Box)
			turned := got
			turnPage(&turned, (360-rotate)%360)
			if diff := cmp.Diff(turned.Words[0].Box, shown); diff != "" {
				t.Errorf("Displayed does not take back the turn: %s", diff)
			}
		})
		t.Run(fmt.Sprintf("/Rotate %d that makes it upright", rotate), func(t *testing.T) {
			t.Parallel()
			var d drawing
			d.page("q "+matrix+" cm "+sentence+" Q", "/Rotate "+fmt.Sprint(rotate), "")
			if rotate != 180 {
				d = drawing{}
				m := map[int]string{90: "0 1 -1 0 792 0", 270: "0 -1 1 0 0 612"}[rotate]
				d.page("q "+m+" cm "+sentence+" Q", "/MediaBox [0 0 792 612] /Rotate "+fmt.Sprint(rotate), "")
			}
			got := read(t, d.bytes())
			if diff := cmp.Diff(want.Words, got.Words); diff != "" || got.Turn != 0 {
				t.Errorf("turn %d: %s", got.Turn, diff)
			}
		})
	}
}

func TestFontsSayWhatTheirCodesMean(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		font    func(d *drawing) string
		content string
		want    string
	}{
		"a subset with ToUnicode": {
			func(d *drawing) string {
				u := d.stream("", "1 beginbfchar <01> <0041> endbfchar 1 beginbfrange <02> <04> <0042> endbfrange 1 beginbfrange <05> <06> [<00660069> <0058>] endbfrange")
				return fmt.Sprintf("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Odd /FirstChar 1 /LastChar 6 /Widths [600 600 600 600 600 600] /ToUnicode %d 0 R >>", u)
			}, "(\\001\\002\\003\\004\\005\\006) Tj", "ABCDfiX",
		},
		"differences by glyph name": {
			func(*drawing) string {
				return "<< /Type /Font /Subtype /Type1 /BaseFont /Odd /FirstChar 1 /LastChar 7 /Widths [600 600 600 600 600 600 600] /Encoding << /Differences [1 /A /fi /one.alt /Eacute /f_f /uni0042 /hyphen] >> >>"
			}, "(\\001\\002\\003\\004\\005\\006\\007) Tj", "Afi1ÉffB-",
		},
		"names that say nothing are unknown": {
			func(*drawing) string {
				return "<< /Type /Font /Subtype /Type1 /BaseFont /Odd /FirstChar 1 /LastChar 2 /Widths [600 600] /Encoding << /Differences [1 /g12 /g13] >> >>"
			}, "(\\001\\002) Tj", "\uFFFD\uFFFD",
		},
		"a composite font with ToUnicode and widths": {
			func(d *drawing) string {
				u := d.stream("", "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0010> <0050> <0011> <004C> endbfchar")
				c := d.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /DW 500 /W [16 [700 500]] >>")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", c, u)
			}, "<00100011> Tj", "PL",
		},
		"a digit that is said to be another is unknown": {
			func(d *drawing) string {
				u := d.stream("", "3 beginbfchar <31> <0039> <32> <0032> <41> <0042> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode %d 0 R >>", u)
			}, "(12A) Tj", "\uFFFD2B",
		},
		"a glyph named for a digit that is said to be another is unknown": {
			func(d *drawing) string {
				u := d.stream("", "2 beginbfchar <01> <0039> <02> <0039> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Odd /FirstChar 1 /LastChar 2 /Widths [600 600] /Encoding << /Differences [1 /one /nine] >> /ToUnicode %d 0 R >>", u)
			}, "(\\001\\002) Tj", "\uFFFD9",
		},
		"a digit that is drawn as a letter is neither": {
			func(d *drawing) string {
				u := d.stream("", "2 beginbfchar <78> <0032> <79> <0079> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /ToUnicode %d 0 R >>", u)
			}, "(xy) Tj", "\uFFFDy",
		},
		"one character that says that it is a whole amount says nothing": {
			func(d *drawing) string {
				u := d.stream("", "1 beginbfchar <23> <0032002C003000300030002C003000300030> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode %d 0 R >>", u)
			}, "(#) Tj", "\uFFFD",
		},
		"codes of a standard font mean what viewers show": {
			func(d *drawing) string {
				u := d.stream("", "1 beginbfchar <35> <0032> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode %d 0 R >>", u)
			}, "(56) Tj", "\uFFFD6",
		},
		"codes of a subset without an encoding mean what ToUnicode says": {
			func(d *drawing) string {
				u := d.stream("", "2 beginbfchar <31> <0039> <32> <0038> endbfchar")
				about := d.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /ABCDEF+Odd /Flags 4 /FontFile2 %d 0 R >>", d.stream("", string(goregular.TTF))))
				return fmt.Sprintf("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Odd /FontDescriptor %d 0 R /FirstChar 49 /LastChar 50 /Widths [600 600] /ToUnicode %d 0 R >>", about, u)
			}, "(12) Tj", "98",
		},
		"a composite font that draws another digit than it says": {
			func(d *drawing) string {
				font, err := sfnt.Parse(goregular.TTF)
				if err != nil {
					panic(err)
				}
				glyph := func(r rune) sfnt.GlyphIndex {
					g, err := font.GlyphIndex(nil, r)
					if err != nil {
						panic(err)
					}
					return g
				}
				u := d.stream("", "2 beginbfchar <0001> <0039> <0002> <0032> endbfchar")
				to := d.stream("", string([]byte{0, 0, byte(glyph('1') >> 8), byte(glyph('1')), byte(glyph('2') >> 8), byte(glyph('2'))}))
				program := d.stream("", string(goregular.TTF))
				about := d.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /Odd /Flags 4 /FontFile2 %d 0 R >>", program))
				c := d.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /DW 500 /CIDToGIDMap %d 0 R /FontDescriptor %d 0 R >>", to, about))
				return fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /Odd /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", c, u)
			}, "<00010002> Tj", "\uFFFD2",
		},
		"tick marks": {
			func(*drawing) string { return "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>" }, "(4) Tj", "✓",
		},
		"ticks whose codes a program that printed them anew took for letters": {
			func(d *drawing) string {
				u := d.stream("", "2 beginbfchar <36> <0036> <38> <2718> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+D050000L /Encoding /WinAnsiEncoding /FirstChar 54 /LastChar 56 /Widths [760 760 760] /ToUnicode %d 0 R >>", u)
			}, "(6 8) Tj", "✗ ✘",
		},
		"ticks of a composite font that stand in the private area": {
			func(d *drawing) string {
				u := d.stream("", "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0010> <F0FE> <0011> <F0A8> endbfchar")
				c := d.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Wingdings /DW 500 >>")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Wingdings /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", c, u)
			}, "<00100011> Tj", "☑□",
		},
		"letters of a family whose name begins like that of a font of ticks": {
			func(*drawing) string {
				return "<< /Type /Font /Subtype /Type1 /BaseFont /ZapfHumanist601BT /FirstChar 65 /LastChar 66 /Widths [600 600] >>"
			}, "(AB) Tj", "AB",
		},
		"upper codes of a TrueType font without an encoding mean what is as wide as they are": {
			func(*drawing) string {
				widths := map[int]int{'A': 722, 0x92: 278, 0xd5: 278, 0xd6: 778}
				list := ""
				for code := 'A'; code <= 0xd6; code++ {
					list += fmt.Sprint(widths[int(code)], " ")
				}
				return "<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Helvetica-Bold /FirstChar 65 /LastChar 214 /Widths [" + list + "] >>"
			}, "(A\325A\222A\326) Tj", "A’A’AÖ",
		},
		"codes of a subset that numbers its characters as they come say nothing": {
			func(d *drawing) string {
				program := d.stream("", string(goregular.TTF))
				about := d.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /ABCDEF+Odd /Flags 4 /FontFile2 %d 0 R >>", program))
				return fmt.Sprintf("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Odd /FontDescriptor %d 0 R /FirstChar 1 /LastChar 50 /Widths [%s] >>", about, strings.Repeat("600 ", 50))
			}, "(\001\00212) Tj", "\uFFFD\uFFFD\uFFFD\uFFFD",
		},
		"a subset that begins at the space keeps its codes, whatever width others would have": {
			func(d *drawing) string {
				program := d.stream("", string(goregular.TTF))
				about := d.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /ABCDEF+Odd /Flags 4 /MissingWidth 750 /FontFile2 %d 0 R >>", program))
				return fmt.Sprintf("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Odd /FontDescriptor %d 0 R /FirstChar 32 /LastChar 50 /Widths [%s] >>", about, strings.Repeat("600 ", 19))
			}, "(12) Tj", "12",
		},
		"a Type 3 font": {
			func(d *drawing) string {
				u := d.stream("", "1 beginbfchar <61> <0041> endbfchar")
				return fmt.Sprintf("<< /Type /Font /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FontBBox [0 0 100 100] /CharProcs << >> /FirstChar 97 /LastChar 97 /Widths [70] /Encoding << /Differences [97 /x1] >> /ToUnicode %d 0 R >>", u)
			}, "(aa) Tj", "AA",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			f := d.add(test.font(&d))
			d.page("BT /G 10 Tf 100 700 Td "+test.content+" ET", "", fmt.Sprintf("/G %d 0 R", f))
			if got := texts(read(t, d.bytes())); got != test.want {
				t.Errorf("words are %q, want %q", got, test.want)
			}
		})
	}
}

func TestFormsAndLayersAreFollowed(t *testing.T) {
	t.Parallel()
	t.Run("a form XObject is read in its place", func(t *testing.T) {
		t.Parallel()
		var d drawing
		x := d.stream("/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Matrix [1 0 0 1 100 600] /Resources << /Font << /F1 3 0 R >> >>", "BT /F1 10 Tf 0 100 Td (inside) Tj ET")
		d.page("q 1 0 0 1 0 0 cm /X Do Q", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
		p := read(t, d.bytes())
		if texts(p) != "inside" || p.Words[0].Box[0] != 100 {
			t.Errorf("%+v", p.Words)
		}
	})
	t.Run("a form that draws itself ends", func(t *testing.T) {
		t.Parallel()
		var d drawing
		x := len(d.objects) + 4
		d.stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 600 700] /Resources << /Font << /F1 3 0 R >> /XObject << /X %d 0 R >> >>", x), "BT /F1 10 Tf 9 100 Td (once) Tj ET /X Do /X Do")
		d.page("/X Do", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
		if got := texts(read(t, d.bytes())); got != "once" {
			t.Errorf("words are %q", got)
		}
	})
	t.Run("a layer that is off is hidden", func(t *testing.T) {
		t.Parallel()
		var d drawing
		g := d.add("<< /Type /OCG /Name (off) >>")
		d.catalog = fmt.Sprintf("/OCProperties << /OCGs [%d 0 R] /D << /OFF [%d 0 R] >> >>", g, g)
		d.page("/OC /L BDC BT /F1 10 Tf 100 700 Td (off) Tj ET EMC BT /F1 10 Tf 200 700 Td (on) Tj ET", "", fmt.Sprintf("| /Properties << /L %d 0 R >>", g))
		if got := texts(read(t, d.bytes())); got != "[off] on" {
			t.Errorf("words are %q", got)
		}
	})
	t.Run("an image over text hides it", func(t *testing.T) {
		t.Parallel()
		var d drawing
		x := d.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "\xff")
		d.page("BT /F1 10 Tf 100 700 Td (under) Tj ET q 400 0 0 400 50 500 cm /X Do Q BT /F1 10 Tf 100 600 Td (over) Tj ET", "", fmt.Sprintf("| /XObject << /X %d 0 R >>", x))
		p := read(t, d.bytes())
		if texts(p) != "[under] over" {
			t.Errorf("words are %q", texts(p))
		}
		if diff := cmp.Diff([]page.Mark{{Kind: page.Image, Box: certificate.Box{50, 0, 450, 292}}}, p.Marks); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMarksTellRulesFramesAndDrawings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		want    []page.Mark
	}{
		"a stroked line is a rule":                         {"1 w 100 700 m 300 700 l S", []page.Mark{{Kind: page.Rule, Box: certificate.Box{99.5, 91.5, 300.5, 92.5}}}},
		"a thin filled rectangle is a rule":                {"100 700 200 1 re f", []page.Mark{{Kind: page.Rule, Box: certificate.Box{100, 91, 300, 92}}}},
		"a stroked rectangle is a frame":                   {"0 w 100 700 10 10 re S", []page.Mark{{Kind: page.Frame, Box: certificate.Box{100, 82, 110, 92}}}},
		"a closed path of four is a frame":                 {"0 w 100 700 m 110 700 l 110 710 l 100 710 l s", []page.Mark{{Kind: page.Frame, Box: certificate.Box{100, 82, 110, 92}}}},
		"a filled square has ink":                          {"0 g 100 700 10 10 re f", []page.Mark{{Kind: page.Frame, Box: certificate.Box{100, 82, 110, 92}, Ink: 1}}},
		"a black square with a white one on it is a frame": {"0 g 100 700 10 10 re f 1 g 100.5 700.5 9 9 re f", []page.Mark{{Kind: page.Frame, Box: certificate.Box{100, 82, 110, 92}, Ink: 0.19}}},
		"a white area is no mark":                          {"1 g 100 700 100 100 re f", []page.Mark{}},
		"two crossing strokes are drawings":                {"100 700 m 110 710 l S 100 710 m 110 700 l S", []page.Mark{{Kind: page.Drawing, Box: certificate.Box{100, 82, 110, 92}}, {Kind: page.Drawing, Box: certificate.Box{100, 82, 110, 92}}}},
		"a path that only clips is no mark":                {"100 700 10 10 re W n", []page.Mark{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, read(t, onePage(test.content)).Marks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNothingThatIsCrossedOutIsCertain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line   string
		struck bool
	}{
		"a line through it":             {"1 w 98 703 m 150 703 l S", true},
		"a thin filled bar through it":  {"98 702.5 60 1 re f", true},
		"a line drawn by hand":          {"1 w 98 701.5 m 150 704.5 l S", true},
		"a line under it":               {"1 w 98 698.5 m 150 698.5 l S", false},
		"a line over it":                {"1 w 98 709 m 150 709 l S", false},
		"a line that ends in it":        {"1 w 60 703 m 110 703 l S", false},
		"a line that nobody sees on it": {"1 G 1 w 98 703 m 150 703 l S", false},
		"a rule of a table beside it":   {"1 w 97 690 m 97 720 l S", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, onePage("BT /F1 10 Tf 100 700 Td (1,000,000) Tj ET "+test.line))
			if len(p.Words) != 1 {
				t.Fatalf("the page has %d words, want 1", len(p.Words))
			}
			if got := p.Words[0]; (got.Confidence < 0.5 && !got.Unproven) != test.struck {
				t.Errorf("the word has confidence %v", got.Confidence)
			}
		})
	}
}
