package document

import (
	"fmt"
	"strings"
	"testing"

	"certflow/internal/page"
)

// odd is an amount that a document prints in a way of which its structure does not tell what people see. In content, $print stands for the
// operators that print it in F1, and $box for the rectangle around it.
type odd struct {
	name, content string
	want          string // "seen" when people see it, "hidden" when they see nothing, "doubted" when they see something else
}

var oddities = []odd{
	{"plainly printed", "$print", "seen"},
	{"highlighted", "$print q /Multiply gs 1 1 0 rg $box f Q", "seen"},
	{"under a thin veil", "$print q /Faint gs 1 g $box f Q", "seen"},
	{"clipped by an outline around it", "q $x0 $y0 m $x1 $y0 l $x1 $y1 l $xm $yt l $x0 $y1 l h W n $print Q", "seen"},
	{"in a spot colour that is black", "q /Spot cs 1 scn $print Q", "seen"},
	{"under white that shines through a little, twice", "$print q /Dense gs 1 g $box f $box f Q", "hidden"},
	{"under two white areas of one path", "$print q 1 g $x0 $y0 30 14 re $xm $y0 30 14 re f Q", "hidden"},
	{"under white bars", "$print q 1 g $x0 $y0 60 2.4 re f $x0 $ya 60 2.4 re f $x0 $yb 60 2.4 re f $x0 $yc 60 2.4 re f $x0 $yd 60 2.4 re f $x0 $ye 60 2.4 re f Q", "hidden"},
	{"under a shading", "$print q $box W n /Paper sh Q", "hidden"},
	{"under a white letter", "$print q BT /Z 60 Tf 1 g $xl $yl Td (n) Tj ET Q", "doubted"},
	{"under a picture with a soft mask", "$print q 60 0 0 14 $x0 $y0 cm /Masked Do Q", "hidden"},
	{"under a white stencil", "$print q 1 g 60 0 0 14 $x0 $y0 cm /Stencil Do Q", "hidden"},
	{"under a black stencil", "$print q 0 g 60 0 0 14 $x0 $y0 cm /Stencil Do Q", "hidden"},
	{"in white by a pattern", "q /Pattern cs /White scn $print Q", "hidden"},
	{"in white by a table of colours", "q /Table cs 0 scn $print Q", "hidden"},
	{"in an ink that is white", "q /Ink cs 1 scn $print Q", "hidden"},
	{"with its first digit covered", "$print q 1 g $x0 $y0 9 14 re 0 0 1 1 re f Q", "doubted"},
	{"in a font of drawings that show something else", "BT /Lie 10 Tf $x $y Td ($amount) Tj ET", "doubted"},
	{"clipped to corners of the page", "q 0 0 5 5 re 600 780 5 5 re W n $print Q", "hidden"},
	{"in a group that is transparent", "q /Trace gs /Group Do Q", "hidden"},
	{"through a mask that lets nothing through", "q /Mask gs $print Q", "hidden"},
}

// drawOddities is a page of them, and the amount of each.
func drawOddities() (pdf []byte, amounts []string) {
	var d drawing
	mono := "/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent"
	soft := d.stream(mono+" 8 /ColorSpace /DeviceGray", "\xff")
	masked := d.stream(fmt.Sprintf("%s 8 /ColorSpace /DeviceGray /SMask %d 0 R", mono, soft), "\xff")
	stencil := d.stream(mono+" 1 /ImageMask true", "\x00")
	dark := d.stream("/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Group << /S /Transparency /CS /DeviceGray >> /Resources << >>", "0 g 0 0 612 792 re f")
	white := "<< /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 600 0] /Extend [true true] /Function << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [1] /N 1 >> >>"
	to := func(c0, c1 int) string {
		return fmt.Sprintf("/DeviceGray << /FunctionType 2 /Domain [0 1] /C0 [%d] /C1 [%d] /N 1 >>", c0, c1)
	}
	glyph := d.stream("", "600 0 d0 100 0 300 700 re f")
	unicode := d.stream("", "begincmap 1 begincodespacerange <00> <ff> endcodespacerange 1 beginbfrange <2c> <39> <002c> endbfrange endcmap")
	lie := d.add(fmt.Sprintf("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << /five %d 0 R >> /FirstChar 44 /LastChar 57 "+
		"/Encoding << /Differences [44 %s] >> /Widths [%s] /Resources << >> /ToUnicode %d 0 R >>", glyph, strings.Repeat("/five ", 14), strings.Repeat("600 ", 14), unicode))
	var content, group strings.Builder
	content.WriteString(sentence + "\n")
	for i, o := range oddities {
		amount := fmt.Sprintf("%d,250,000", 11+i)
		amounts = append(amounts, amount)
		x, y := 100.0, 640-float64(i)*26
		print := fmt.Sprintf("BT /F1 10 Tf %g %g Td (%s) Tj ET", x, y, amount)
		if strings.Contains(o.content, "/Group") {
			fmt.Fprintf(&group, "/Opaque gs %s", print)
		}
		n := func(v float64) string { return fmt.Sprintf("%g", v) }
		at := strings.NewReplacer("$print", print, "$amount", amount, "$box", fmt.Sprintf("%g %g 60 14 re", x-2, y-4), "$x0", n(x-2), "$x1", n(x+60), "$xm", n(x+26), "$xl", n(x-4), "$x", n(x),
			"$y0", n(y-4), "$y1", n(y+11), "$yt", n(y+16), "$yl", n(y-12), "$ya", n(y-1.6), "$yb", n(y+0.8), "$yc", n(y+3.2), "$yd", n(y+5.6), "$ye", n(y+8), "$y", n(y))
		content.WriteString(at.Replace(o.content) + "\n")
	}
	inner := d.stream("/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Group << /S /Transparency >> /Resources << /Font << /F1 3 0 R >> /ExtGState << /Opaque << /ca 1 >> >> >>", group.String())
	d.page(content.String(), "", fmt.Sprintf("/Z << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >> /Lie %d 0 R | /XObject << /Masked %d 0 R /Stencil %d 0 R /Group %d 0 R >> "+
		"/ExtGState << /Multiply << /BM /Multiply >> /Faint << /ca 0.2 >> /Dense << /ca 0.94 >> /Trace << /ca 0.01 >> /Mask << /SMask << /S /Luminosity /G %d 0 R >> >> >> "+
		"/ColorSpace << /Spot [/Separation /Night %s] /Ink [/Separation /Snow %s] /Table [/Indexed /DeviceGray 0 <FF>] >> /Shading << /Paper %s >> /Pattern << /White << /PatternType 2 /Shading %s >> >>",
		lie, masked, stencil, inner, dark, to(1, 0), to(1, 1), white, white))
	return d.bytes(), amounts
}

func TestWhatADocumentSaysIsLookedAtWherePeopleMaySeeSomethingElse(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	pdf, amounts := drawOddities()
	pages, err := reader(t, Options{}).Pages(t.Context(), pdf, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range oddities {
		got := "not there"
		for _, w := range pages[0].Words {
			if w.Text != amounts[i] {
				continue
			}
			switch {
			case w.Hidden:
				got = "hidden"
			case w.Confidence <= page.Doubtful:
				got = "doubted"
			default:
				got = "seen"
			}
		}
		if got != o.want {
			t.Errorf("an amount %s is %s, want %s", o.name, got, o.want)
		}
	}
}

func TestNothingIsBelievedThatIsNotLookedAt(t *testing.T) {
	t.Parallel()
	pdf, amounts := drawOddities()
	for i, o := range oddities {
		for _, w := range read(t, pdf).Words {
			if w.Text == amounts[i] && (w.Confidence > page.Doubtful && !w.Hidden) != (i == 0) {
				t.Errorf("without OCR an amount %s has confidence %v", o.name, w.Confidence)
			}
		}
	}
}

func TestWordsThatAreWrittenOverAreNotCertain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content string
		want    bool
	}{
		"a scribble over a date":            {"q 1.5 w 98 700 m 105 710 110 700 118 710 c 125 700 130 710 138 700 c S Q", true},
		"a stroke from corner to corner":    {"q 98 699 m 152 708 l S Q", true},
		"capital X over every character":    {"BT /F1 10 Tf 100 700 Td (XXXXXXXX) Tj ET", true},
		"hyphens over every character":      {"BT /F1 10 Tf 98 701 Td (---------------) Tj ET", true},
		"a line of underscores under it":    {"BT /F1 10 Tf 98 700 Td (__________) Tj ET", false},
		"a rounded frame around it":         {"q 96 696 m 154 696 l 156 696 157 697 157 699 c 157 708 l 157 710 156 711 154 711 c 96 711 l 94 711 93 710 93 708 c 93 699 l 93 697 94 696 96 696 c h S Q", false},
		"a signature far larger than it":    {"q 90 650 m 120 760 130 640 160 740 c S Q", false},
		"the same date again, to look bold": {"BT /F1 10 Tf 100.2 700 Td (09/24/2027) Tj ET", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, w := range read(t, onePage("BT /F1 10 Tf 100 700 Td (09/24/2027) Tj ET "+test.content)).Words {
				if w.Text == "09/24/2027" && (w.Confidence <= page.Doubtful) != test.want {
					t.Errorf("its confidence is %v", w.Confidence)
				}
			}
		})
	}
}

func TestAFieldIsBelievedWhereItsAppearanceShowsItsValue(t *testing.T) {
	t.Parallel()
	const shows = "BT /F1 10 Tf 0 g 2 5 Td (2,000,000) Tj ET"
	for name, test := range map[string]struct{ entries, appearance, want string }{
		"an appearance that shows the value":      {"/FT /Tx /V (2,000,000)", shows, "seen"},
		"no appearance, which viewers make":       {"/FT /Tx /V (2,000,000) /DA (/Helv 0 Tf 0 g)", "", "seen"},
		"no appearance, and white type":           {"/FT /Tx /V (2,000,000) /DA (/Helv 0 Tf 1 g)", "", "doubted"},
		"an appearance that shows nothing":        {"/FT /Tx /V (2,000,000)", "/Tx BMC EMC", "doubted"},
		"an appearance in white":                  {"/FT /Tx /V (2,000,000)", strings.Replace(shows, "0 g", "1 g", 1), "doubted"},
		"an appearance that nobody sees":          {"/FT /Tx /V (2,000,000)", strings.Replace(shows, "0 g", "3 Tr", 1), "doubted"},
		"an appearance too small to read":         {"/FT /Tx /V (2,000,000)", strings.Replace(shows, "10 Tf", "0.2 Tf", 1), "doubted"},
		"an appearance outside of its frame":      {"/FT /Tx /V (2,000,000)", strings.Replace(shows, "2 5 Td", "2 90 Td", 1), "doubted"},
		"an appearance that covers itself":        {"/FT /Tx /V (2,000,000)", shows + " 1 g 0 0 100 20 re f", "doubted"},
		"an appearance that crosses itself out":   {"/FT /Tx /V (2,000,000)", shows + " 1 w 0 8 m 60 8 l S", "doubted"},
		"no appearance, and type too small":       {"/FT /Tx /V (2,000,000) /DA (/Helv 0.5 Tf 0 g)", "", "doubted"},
		"no appearance, and type too large":       {"/FT /Tx /V (2,000,000) /DA (/Helv 90 Tf 0 g)", "", "doubted"},
		"no appearance, and a value too long":     {"/FT /Tx /V (2,000,000 and 3,000,000) /DA (/Helv 12 Tf 0 g)", "", "doubted"},
		"no appearance, and many lines":           {"/FT /Tx /Ff 4096 /V (2,000,000 and 3,000,000) /DA (/Helv 12 Tf 0 g)", "", "seen"},
		"no appearance, and invisible type":       {"/FT /Tx /V (2,000,000) /DA (/Helv 10 Tf 3 Tr 0 g)", "", "doubted"},
		"no appearance, and another rich text":    {"/FT /Tx /Ff 33554432 /V (2,000,000) /RV (<p>500</p>) /DA (/Helv 10 Tf 0 g)", "", "doubted"},
		"a password":                              {"/FT /Tx /Ff 8192 /V (2,000,000)", shows, "hidden"},
		"a field that is no place":                {"/FT /Tx /V (2,000,000) /Rect [100 700 100.5 700.5]", "", "hidden"},
		"a field beside the page":                 {"/FT /Tx /V (2,000,000) /Rect [1000 700 1100 720]", "", "hidden"},
		"a ticked box that shows a mark":          {"/FT /Btn /AS /1 /AP << /N << /1 MARK /Off EMPTY >> >>", "", "seen"},
		"a ticked box that shows none":            {"/FT /Btn /AS /1 /AP << /N << /1 EMPTY /Off EMPTY >> >>", "", "doubted"},
		"a ticked box in a state that it has not": {"/FT /Btn /AS /2 /AP << /N << /1 MARK /Off EMPTY >> >>", "", "doubted"},
		"a ticked box without appearances":        {"/FT /Btn /AS /1", "", "seen"},
		"a box without a tick that shows a mark":  {"/FT /Btn /AS /Off /AP << /N << /1 MARK /Off MARK >> >>", "", "doubted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			form := "/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F1 3 0 R >> >>"
			mark, empty := d.stream(form, "BT /F1 10 Tf 2 5 Td (X) Tj ET"), d.stream(form, "0.5 w 0 0 100 20 re S")
			entries := strings.NewReplacer("MARK", fmt.Sprintf("%d 0 R", mark), "EMPTY", fmt.Sprintf("%d 0 R", empty)).Replace(test.entries)
			if test.appearance != "" {
				entries += fmt.Sprintf(" /AP << /N %d 0 R >>", d.stream(form, test.appearance))
			}
			if !strings.Contains(entries, "/Rect") {
				entries += " /Rect [100 700 200 720]"
			}
			a := d.add("<< /Type /Annot /Subtype /Widget /T (A) " + entries + " >>")
			d.page("", fmt.Sprintf("/Annots [%d 0 R]", a), "")
			f := read(t, d.bytes()).Fields[0]
			got := "seen"
			switch {
			case f.Hidden:
				got = "hidden"
			case f.Confidence() <= page.Doubtful:
				got = "doubted"
			}
			if got != test.want {
				t.Errorf("the field is %s, want %s", got, test.want)
			}
		})
	}
}

func TestAnnotationsOverAFieldMakeItDoubtful(t *testing.T) {
	t.Parallel()
	const at = "/Rect [98 698 202 722]"
	for name, test := range map[string]struct {
		annotation string
		want       bool
	}{
		"a white square":                  {"/Subtype /Square /IC [1 1 1]", true},
		"a square that is a border":       {"/Subtype /Square /C [1 0 0]", false},
		"typed text over it":              {"/Subtype /FreeText /Contents (500,000)", true},
		"struck out":                      {"/Subtype /StrikeOut", true},
		"a line across":                   {"/Subtype /Line", true},
		"to be redacted":                  {"/Subtype /Redact", true},
		"highlighted":                     {"/Subtype /Highlight", false},
		"a white square that is not seen": {"/Subtype /Square /IC [1 1 1] /F 2", false},
		"a link with a thick border":      {"/Subtype /Link /Border [0 0 40]", true},
		"a link with a border":            {"/Subtype /Link", false},
		"another field with its value":    {"/Subtype /Widget /FT /Tx /T (B) /V (2,000,000)", false},
		"another field with another one":  {"/Subtype /Widget /FT /Tx /T (B) /V (500,000)", true},
		"an empty field":                  {"/Subtype /Widget /FT /Tx /T (B)", false},
		"a note of a reviewer":            {"/Subtype /Text /Contents (checked)", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			field := d.add("<< /Type /Annot /Subtype /Widget /FT /Tx /T (A) /V (2,000,000) /Rect [100 700 200 720] >>")
			over := d.add("<< /Type /Annot " + at + " " + test.annotation + " >>")
			d.page("", fmt.Sprintf("/Annots [%d 0 R %d 0 R]", field, over), "")
			if got := read(t, d.bytes()).Fields[0].Confidence() <= page.Doubtful; got != test.want {
				t.Errorf("doubtful is %v, want %v", got, test.want)
			}
		})
	}
}

func TestLayersAreShownAsViewersShowThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ layer, group, config, want string }{
		"a layer that is on":                       {"", "", "", "value"},
		"a layer that is off":                      {"", "", "/OFF [GROUP]", "[value]"},
		"all are off but those named":              {"", "", "/BaseState /OFF /ON [GROUP]", "value"},
		"off on screens":                           {"", "/Usage << /View << /ViewState /OFF >> >>", "/AS [<< /Event /View /Category [/View] /OCGs [GROUP] >>]", "[value]"},
		"off when printed":                         {"", "/Usage << /Print << /PrintState /OFF >> >>", "/AS [<< /Event /Print /Category [/Print] /OCGs [GROUP] >>]", "[value]"},
		"on when printed":                          {"", "/Usage << /Print << /PrintState /ON >> >>", "/AS [<< /Event /Print /Category [/Print] /OCGs [GROUP] >>]", "value"},
		"shown at some zooms":                      {"", "/Usage << /Zoom << /min 20 >> >>", "/AS [<< /Event /View /Category [/Zoom] /OCGs [GROUP] >>]", "[value]"},
		"shown while a layer that is on is off":    {"/P /AllOff /OCGs GROUP", "", "", "[value]"},
		"shown while any of its layers is off":     {"/P /AnyOff /OCGs [GROUP]", "", "", "[value]"},
		"shown while all are on":                   {"/P /AllOn /OCGs [GROUP]", "", "", "value"},
		"an expression that is not true":           {"/VE [/Not GROUP]", "", "", "[value]"},
		"an expression that is true":               {"/VE [/Or [/Not GROUP] [/And GROUP GROUP]]", "", "", "value"},
		"an expression of a layer that is off":     {"/VE [/Not GROUP]", "", "/OFF [GROUP]", "value"},
		"a membership of no layer":                 {"/P /AllOff", "", "/OFF [GROUP]", "value"},
		"an expression that nobody can understand": {"/VE [/Xor GROUP GROUP]", "", "", "[value]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var d drawing
			group := d.add("<< /Type /OCG /Name (g) " + test.group + " >>")
			name := func(s string) string { return strings.ReplaceAll(s, "GROUP", fmt.Sprintf("%d 0 R", group)) }
			layer := group
			if test.layer != "" {
				layer = d.add("<< /Type /OCMD " + name(test.layer) + " >>")
			}
			d.catalog = fmt.Sprintf("/OCProperties << /OCGs [%d 0 R] /D << %s >> >>", group, name(test.config))
			d.page("/OC /L BDC BT /F1 10 Tf 100 700 Td (value) Tj ET EMC", "", fmt.Sprintf("| /Properties << /L %d 0 R >>", layer))
			if got := texts(read(t, d.bytes())); got != test.want {
				t.Errorf("words are %q, want %q", got, test.want)
			}
		})
	}
}
