package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/unidoc/unipdf/v3/common/license"
	"github.com/unidoc/unipdf/v3/model"
)

// unipdfEngine trims with UniPDF, which its vendor sells: it writes nothing without a licence.
type unipdfEngine struct{}

// errNoLicence is what an operator reads who chose unipdf without its key.
var errNoLicence = errors.New("the PDF engine unipdf needs a licence key from unidoc.io: configure the key, or choose the engine pdfcpu")

// newUniPDF hands the licence to the library. Its state is the library's and holds for the process.
func newUniPDF(l Licence) (Engine, error) {
	if l.Key == "" {
		return nil, errNoLicence
	}
	set := func() error { return license.SetMeteredKey(l.Key) }
	if l.Customer != "" {
		set = func() error { return license.SetLicenseKey(l.Key, l.Customer) }
	}
	if err := set(); err != nil {
		return nil, fmt.Errorf("the PDF engine unipdf refuses its licence key: %w", err)
	}
	if k := license.GetLicenseKey(); k == nil || !k.IsLicensed() {
		return nil, errNoLicence
	}
	return unipdfEngine{}, nil
}

// Name is "unipdf".
func (unipdfEngine) Name() string { return "unipdf" }

// Trim implements Engine.
func (unipdfEngine) Trim(ctx context.Context, pdf []byte, n int) ([]byte, error) {
	return trim(ctx, pdf, n, func(info Info) ([]byte, error) { return cutWithUniPDF(ctx, pdf, min(n, info.Pages), info.Encrypted) })
}

// cutWithUniPDF writes the first n pages anew.
func cutWithUniPDF(ctx context.Context, pdf []byte, n int, encrypted bool) ([]byte, error) {
	r, err := model.NewPdfReader(bytes.NewReader(pdf))
	if err != nil {
		return nil, unreadable(fmt.Errorf("open with unipdf: %w", err))
	}
	if encrypted {
		if ok, err := r.Decrypt(nil); err != nil || !ok {
			return nil, unreadable(fmt.Errorf("decrypt with unipdf: %w", errors.Join(err, errors.New("the empty password was refused"))))
		}
	}
	w := model.NewPdfWriter()
	for i := 1; i <= n; i++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err := r.GetPage(i)
		if err != nil {
			return nil, unreadable(fmt.Errorf("page %d with unipdf: %w", i, err))
		}
		if err := w.AddPage(p); err != nil {
			return nil, fmt.Errorf("add page %d with unipdf: %w", i, err)
		}
	}
	if r.AcroForm != nil {
		if err := w.SetForms(r.AcroForm); err != nil {
			return nil, fmt.Errorf("keep the form with unipdf: %w", err)
		}
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		return nil, fmt.Errorf("write with unipdf: %w", err)
	}
	return b.Bytes(), nil
}
