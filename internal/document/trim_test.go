package document

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"certflow/internal/certificate"
)

// licence is a UniPDF licence for the tests, if the environment has one.
func licence() Licence {
	return Licence{Key: os.Getenv("CERTFLOW_UNIPDF_LICENSE_KEY"), Customer: os.Getenv("CERTFLOW_UNIPDF_CUSTOMER")}
}

// threePages is a PDF with a field on its first page.
func threePages() []byte {
	var d drawing
	a := len(d.objects) + 4
	d.add("<< /Type /Annot /Subtype /Widget /FT /Tx /DA (/F1 10 Tf) /T (Holder) /V (ACME) /Rect [100 600 200 620] >>")
	d.catalog = fmt.Sprintf("/AcroForm << /Fields [%d 0 R] >>", a)
	for i := range 3 {
		entries := ""
		if i == 0 {
			entries = fmt.Sprintf("/Annots [%d 0 R]", a)
		}
		d.page(fmt.Sprintf("BT /F1 10 Tf 100 700 Td (page %d) Tj ET", i+1), entries, "")
	}
	return d.bytes()
}

func TestEveryEngineTrims(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pdfcpu", "unipdf"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "unipdf" && licence().Key == "" {
				t.Skip("unipdf works only with a licence: set CERTFLOW_UNIPDF_LICENSE_KEY to run this")
			}
			engine, err := NewEngine(name, licence())
			if err != nil {
				t.Fatal(err)
			}
			if engine.Name() != name {
				t.Errorf("calls itself %q", engine.Name())
			}
			conform(t, engine)
		})
	}
}

// conform is what every Engine must do.
func conform(t *testing.T, engine Engine) {
	three := threePages()
	for name, test := range map[string]struct {
		pdf  []byte
		n    int
		want int
	}{
		"to the first page":           {three, 1, 1},
		"to the first two pages":      {three, 2, 2},
		"to as many as there are":     {three, 3, 3},
		"to more than there are":      {three, 9, 3},
		"what is encrypted":           {encrypted(t, three, ""), 2, 2},
		"what is encrypted and short": {encrypted(t, three, ""), 5, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := engine.Trim(t.Context(), test.pdf, test.n)
			if err != nil {
				t.Fatal(err)
			}
			info, err := Inspect(out)
			if err != nil || info.Pages != test.want || info.Encrypted {
				t.Fatalf("%+v, %v", info, err)
			}
			pages, err := Words(t.Context(), out, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range pages {
				if want := fmt.Sprintf("page %d", i+1); texts(p) != want {
					t.Errorf("page %d says %q", i+1, texts(p))
				}
			}
			if f := pages[0].Fields; len(f) != 1 || f[0].Name != "Holder" || f[0].Value != "ACME" {
				t.Errorf("fields are %+v", f)
			}
		})
	}
	for name, pdf := range map[string][]byte{"what is no PDF": []byte("x"), "half a PDF": three[:len(three)/2], "a loop": loop()} {
		t.Run("refuses "+name, func(t *testing.T) {
			t.Parallel()
			var r *certificate.Refusal
			if _, err := engine.Trim(t.Context(), pdf, 1); !errors.As(err, &r) {
				t.Errorf("error is %v", err)
			}
		})
	}
	t.Run("refuses to leave nothing", func(t *testing.T) {
		t.Parallel()
		if _, err := engine.Trim(t.Context(), three, 0); err == nil {
			t.Error("no error")
		}
	})
}

func TestUniPDFWithoutItsLicenceSaysWhatToDo(t *testing.T) {
	t.Parallel()
	_, err := NewEngine("unipdf", Licence{})
	if err == nil || !strings.Contains(err.Error(), "licence key") || !strings.Contains(err.Error(), "pdfcpu") {
		t.Errorf("error is %v", err)
	}
	if _, err := NewReader(Options{EngineName: "unipdf"}); err == nil {
		t.Error("a reader starts without the licence")
	}
	if _, err := NewEngine("unipdf", Licence{Key: "no licence", Customer: "nobody"}); err == nil {
		t.Error("an invalid licence is accepted")
	}
}

func TestUnknownEnginesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewEngine("ghostscript", Licence{}); err == nil {
		t.Error("no error")
	}
}
