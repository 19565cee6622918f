package document

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"certflow/internal/page"
)

// widget is a page with one annotation.
func widget(entries string, appearance string, content string) []byte {
	var d drawing
	ap := ""
	if appearance != "" {
		n := d.stream("/Type /XObject /Subtype /Form /BBox [0 0 100 20] /Resources << /Font << /F1 3 0 R >> >>", appearance)
		ap = fmt.Sprintf("/AP << /N %d 0 R >>", n)
	}
	a := d.add("<< /Type /Annot /Subtype /Widget /Rect [100 700 200 720] " + entries + " " + ap + " >>")
	d.page(content, fmt.Sprintf("/Annots [%d 0 R]", a), "")
	return d.bytes()
}

func TestFieldsAndTheirValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		entries string
		want    page.Field
	}{
		"a text field without an appearance": {"/FT /Tx /T (Name) /V (ACME  Inc.)", page.Field{Name: "Name", Kind: page.TextField, Value: "ACME  Inc."}},
		"UTF-16 and several lines":           {"/FT /Tx /T (A) /V <FEFF004C0031000D004C0032>", page.Field{Name: "A", Kind: page.TextField, Value: "L1\nL2"}},
		"ligatures, soft hyphens and no-break spaces": {"/FT /Tx /T (A) /V <FEFF FB01 0078 00AD 0079 00A0 007A>",
			page.Field{Name: "A", Kind: page.TextField, Value: "fixy z"}},
		"type, name and value of the parent":      {"/T (Kid) /Parent << /T (F[0]) /FT /Tx /V (up) >>", page.Field{Name: "F[0].Kid", Kind: page.TextField, Value: "up"}},
		"a ticked box by its appearance state":    {"/FT /Btn /T (B) /AS /Yes /V /Off", page.Field{Name: "B", Kind: page.Button, On: true, Value: "Yes"}},
		"an unticked box by its appearance state": {"/FT /Btn /T (B) /AS /Off /V /Yes", page.Field{Name: "B", Kind: page.Button}},
		"a box by its value":                      {"/FT /Btn /T (B) /V /1 /AP << /N << /1 << >> /Off << >> >> >>", page.Field{Name: "B", Kind: page.Button, On: true, Value: "1"}},
		"another button of the radio group":       {"/FT /Btn /T (B) /Ff 32768 /V /2 /AP << /N << /1 << >> >> >>", page.Field{Name: "B", Kind: page.Button}},
		"a choice":                                {"/FT /Ch /T (C) /V (TX)", page.Field{Name: "C", Kind: page.Choice, Value: "TX"}},
		"several choices":                         {"/FT /Ch /T (C) /V [(TX) (OK)]", page.Field{Name: "C", Kind: page.Choice, Value: "TX\nOK"}},
		"a signature that is not there":           {"/FT /Sig /T (S)", page.Field{Name: "S", Kind: page.Signature}},
		"a signature":                             {"/FT /Sig /T (S) /V << /Type /Sig >>", page.Field{Name: "S", Kind: page.Signature, On: true}},
		"a hidden field":                          {"/FT /Tx /T (H) /F 2 /V (x)", page.Field{Name: "H", Kind: page.TextField, Value: "x", Hidden: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, widget(test.entries, "", ""))
			if diff := cmp.Diff([]page.Field{test.want}, p.Fields, cmpopts.IgnoreFields(page.Field{}, "Box")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([4]float64{100, 72, 200, 92}, [4]float64(p.Fields[0].Box)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPushButtonsAndLinksAreNoFields(t *testing.T) {
	t.Parallel()
	if p := read(t, widget("/FT /Btn /Ff 65536 /T (Print)", "", "")); len(p.Fields) != 0 {
		t.Errorf("%+v", p.Fields)
	}
}

func TestValueAndPrintAreBothKeptWhereTheyDisagree(t *testing.T) {
	t.Parallel()
	shows := func(text string) string { return "BT /F1 10 Tf 2 5 Td (" + text + ") Tj ET" }
	prints := func(text string) string { return "BT /F1 10 Tf 102 705 Td (" + text + ") Tj ET" }
	for name, test := range map[string]struct{ value, appearance, content, want string }{
		"the appearance repeats the value":               {"1,000,000", shows("1,000,000"), "", ""},
		"the appearance formats the value":               {"1000000", shows("1,000,000"), "", ""},
		"the appearance shows something else":            {"2,000,000", shows("1,000,000"), "", "1,000,000"},
		"the appearance shows a part of the value":       {"1,000,000", shows("1,000"), "", "1,000"},
		"the value is empty and the appearance is not":   {"", shows("1,000,000"), "", "1,000,000"},
		"the page repeats the value under the field":     {"ACME Inc", "", prints("ACME Inc"), ""},
		"the page shows something else under the field":  {"ACME Inc", "", prints("OTHER Inc"), "OTHER"},
		"a label inside the field's rectangle is a word": {"ACME", "", prints("INSURED ACME"), "INSURED"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, widget("/FT /Tx /T (A) /V ("+test.value+")", test.appearance, test.content))
			if got := texts(p); got != test.want {
				t.Errorf("words are %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnnotationsThatPeopleSeeAreText(t *testing.T) {
	t.Parallel()
	var d drawing
	x := d.stream("/Type /XObject /Subtype /Form /BBox [0 0 50 10] /Resources << /Font << /F1 3 0 R >> >>", "BT /F1 5 Tf 1 1 Td (typed) Tj ET")
	shown := d.add(fmt.Sprintf("<< /Type /Annot /Subtype /FreeText /Rect [100 700 200 720] /AP << /N %d 0 R >> >>", x))
	hidden := d.add(fmt.Sprintf("<< /Type /Annot /Subtype /FreeText /F 2 /Rect [100 600 200 620] /AP << /N %d 0 R >> >>", x))
	d.page("", fmt.Sprintf("/Annots [%d 0 R %d 0 R]", shown, hidden), "")
	p := read(t, d.bytes())
	if texts(p) != "typed" || p.Words[0].Size != 10 {
		t.Errorf("%+v", p.Words)
	}
}
