package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"

	"certflow/internal/certificate"
)

// encrypted is a PDF that opens with the user password.
func encrypted(t *testing.T, pdf []byte, user string) []byte {
	t.Helper()
	conf := configuration()
	conf.UserPW, conf.OwnerPW = user, "owner"
	var out bytes.Buffer
	if err := api.Encrypt(bytes.NewReader(pdf), &out, conf); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// loop is a PDF whose page tree leads back into itself.
func loop() []byte {
	var d drawing
	d.page(sentence, "", "")
	d.kids = append(d.kids, 2)
	return d.bytes()
}

func TestSniffFindsTheHeaderInTheFirst1024Bytes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head string
		want bool
	}{
		"at the start":            {"%PDF-1.4", true},
		"after a mail's header":   {strings.Repeat(" ", 1020) + "%PDF", true},
		"one byte too far":        {strings.Repeat(" ", 1021) + "%PDF", false},
		"nothing":                 {"", false},
		"another kind of file":    {"PK\x03\x04", false},
		"half of it":              {"%PD", false},
		"behind the first window": {strings.Repeat("x", 5000) + "%PDF", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Sniff([]byte(test.head)); got != test.want {
				t.Errorf("%v", got)
			}
		})
	}
}

func TestInspectRefusesWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	whole := onePage(sentence)
	for name, test := range map[string]struct {
		pdf  []byte
		want certificate.RefusalCode
	}{
		"an empty file":                 {nil, certificate.Unreadable},
		"no PDF":                        {[]byte("hello"), certificate.Unreadable},
		"a header and nothing else":     {[]byte("%PDF-1.7\n"), certificate.Unreadable},
		"the first half of a PDF":       {whole[:len(whole)/2], certificate.Unreadable},
		"a page tree that loops":        {loop(), certificate.Unreadable},
		"a page tree without pages":     {new(drawing).bytes(), certificate.Unreadable},
		"a user password":               {encrypted(t, whole, "secret"), certificate.PasswordProtected},
		"random bytes behind a header":  {append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0, 255, 17, 91, 60}, 5000)...), certificate.Unreadable},
		"a page tree of a million kids": {manyKids(), certificate.Unreadable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Inspect(test.pdf)
			var r *certificate.Refusal
			if !errors.As(err, &r) || r.Code != test.want {
				t.Fatalf("error is %v, want %s", err, test.want)
			}
			if !strings.HasSuffix(r.Message, ".") || strings.Count(r.Message, ". ") < 1 {
				t.Errorf("%q does not say what to do next", r.Message)
			}
			if _, again := Words(t.Context(), test.pdf, 2); refusal(again) == nil {
				t.Errorf("Words gives %v", again)
			}
		})
	}
}

// manyKids has page nodes that name one another so often that walking them would never end.
func manyKids() []byte {
	var d drawing
	below := d.add("<< /Type /Pages /Kids [] /Count 0 >>")
	for range 20 {
		kids := strings.Repeat(fmt.Sprintf("%d 0 R ", below), 20)
		below = d.add("<< /Type /Pages /Kids [" + kids + "] /Count 1 >>")
	}
	d.kids = []int{below}
	return d.bytes()
}

func TestInspectAcceptsWhatIsNormalForCertificates(t *testing.T) {
	t.Parallel()
	whole := onePage(sentence)
	var scripted drawing
	scripted.page(sentence, "", "")
	scripted.catalog = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> /AcroForm << /Fields [] >>"
	for name, test := range map[string]struct {
		pdf  []byte
		want Info
	}{
		"a plain page":                  {whole, Info{Pages: 1}},
		"an empty user password":        {encrypted(t, whole, ""), Info{Pages: 1, Encrypted: true}},
		"JavaScript and an empty form":  {scripted.bytes(), Info{Pages: 1}},
		"a mail's header before it all": {append([]byte("Content-Type: application/pdf\r\n\r\n"), whole...), Info{Pages: 1}},
		"bytes after the end":           {append(bytes.Clone(whole), bytes.Repeat([]byte{0}, 3000)...), Info{Pages: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Inspect(test.pdf)
			if err != nil || got != test.want {
				t.Fatalf("%+v, %v", got, err)
			}
			if p := read(t, test.pdf); texts(p) != "CERTIFICATE OF LIABILITY INSURANCE" {
				t.Errorf("words are %q", texts(p))
			}
		})
	}
}

func TestAStreamThatUnpacksToGigabytesIsNotUnpacked(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var d drawing
	c := d.stream("/Filter /FlateDecode", packed.String())
	d.kids = append(d.kids, d.add(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [%s] >>", strings.Repeat(fmt.Sprintf("%d 0 R ", c), 50))))
	start := time.Now()
	if _, err := Words(t.Context(), d.bytes(), 1); refusal(err) == nil {
		t.Errorf("error is %v", err)
	}
	if took := time.Since(start); took > 30*time.Second { // a second is enough, and all of it takes most of a minute
		t.Errorf("took %v", took)
	}
}
