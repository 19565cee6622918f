package sample

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"certflow/internal/certificate"
)

func someDay() certificate.Date {
	return certificate.DateOf(time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC))
}

// relaxed reads as tolerantly as viewers do, without touching the user's configuration folder.
func relaxed() *model.Configuration {
	api.DisableConfigDir()
	return model.NewDefaultConfiguration()
}

func TestEveryKindOfRandomSampleIsAValidPDF(t *testing.T) {
	t.Parallel()
	conf := relaxed()
	for seed := range uint64(12) {
		s := Random(seed, someDay())
		for _, kind := range []Kind{Form, Text, Scan, Outlines, Overlay} {
			if kind == Form && !s.FitsForm() {
				continue
			}
			file, err := s.Draw(kind)
			if err != nil {
				t.Fatalf("seed %d as %s: %v", seed, kind, err)
			}
			if err := api.Validate(bytes.NewReader(file), conf); err != nil {
				t.Errorf("seed %d as %s: %v", seed, kind, err)
			}
		}
	}
}

func TestTheSameSeedAndDateGiveTheSameCertificateAndTheSameBytes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		a, b := Random(seed, someDay()), Random(seed, someDay())
		if diff := cmp.Diff(fmt.Sprintf("%#v", a.Printed), fmt.Sprintf("%#v", b.Printed)); diff != "" {
			t.Fatalf("seed %d prints differently:\n%s", seed, diff)
		}
		first, err := a.Draw(Text)
		if err != nil {
			t.Fatal(err)
		}
		second, err := b.Draw(Text)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) {
			t.Fatalf("seed %d drew two different files", seed)
		}
	}
	one, two := Random(1, someDay()), Random(2, someDay())
	if cmp.Equal(*one.Certificate.Insured.Name, *two.Certificate.Insured.Name) && cmp.Equal(*one.Certificate.Producer.Name, *two.Certificate.Producer.Name) {
		t.Error("seeds 1 and 2 gave the same parties")
	}
}

func TestAFormHasTheOfficialFieldsWithTheCertificatesValues(t *testing.T) {
	t.Parallel()
	d := demo{today: someDay()}
	file, err := d.certificate().Draw(Form)
	if err != nil {
		t.Fatal(err)
	}
	fields, err := api.FormFields(bytes.NewReader(file), relaxed())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range fields {
		got[strings.TrimPrefix(f.Name, "F[0].P1[0].")] = f.V
	}
	if len(got) < 110 {
		t.Errorf("the form has %d fields, the official one has 128", len(got))
	}
	for name, want := range map[string]string{
		"NamedInsured_FullName_A[0]":                               DemoCompany,
		"GeneralLiability_EachOccurrence_LimitAmount_A[0]":         "1,000,000",
		"Policy_GeneralLiability_PolicyNumberIdentifier_A[0]":      "GL-4417023",
		"CertificateHolder_MailingAddress_CityName_A[0]":           "Ashford",
		"ExcessUmbrella_Umbrella_DeductibleOrRetentionAmount_A[0]": "10,000",
	} {
		if got[name] != want {
			t.Errorf("field %s holds %q, want %q", name, got[name], want)
		}
	}
}

func TestAPaddedFileHasExactlyTheSizeAndStaysValid(t *testing.T) {
	t.Parallel()
	d := demo{today: someDay()}
	file, err := d.certificate().Draw(Text)
	if err != nil {
		t.Fatal(err)
	}
	conf := relaxed()
	for _, size := range []int{10_000, 100_000, 1_000_001, 15 << 20} {
		padded, err := Padded(file, size)
		if err != nil {
			t.Fatal(err)
		}
		if len(padded) != size {
			t.Errorf("padded to %d bytes, want %d", len(padded), size)
		}
		if err := api.Validate(bytes.NewReader(padded), conf); err != nil {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	if _, err := Padded(file, len(file)); err == nil {
		t.Error("a file was padded to its own size")
	}
	if _, err := Padded([]byte("%PDF-1.7 of another program"), 1000); err == nil {
		t.Error("a file of another origin was padded")
	}
}

func TestTheDemoHasOneFileForEveryVerdict(t *testing.T) {
	t.Parallel()
	files, err := Demo(someDay())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		if len(f.PDF) == 0 || !bytes.HasPrefix(f.PDF, []byte("%PDF-")) {
			t.Errorf("%s is no PDF", f.Name)
		}
		got[f.Name] = strings.TrimSpace(f.WantStatus + " " + f.WantError)
	}
	want := map[string]string{
		"approved.pdf": "approved", "form.pdf": "approved", "scan.pdf": "approved",
		"flagged-limit.pdf": "flagged", "flagged-expired.pdf": "flagged",
		"injection-visible.pdf": "flagged", "injection-white.pdf": "flagged", "injection-tiny.pdf": "flagged",
		"not-a-certificate.pdf": "error not_a_certificate", "two-certificates.pdf": "error several_certificates",
		"password.pdf": "error password_protected", "blank.pdf": "error unreadable", "truncated.pdf": "error unreadable",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts (-want +got):\n%s", diff)
	}
}

func TestAFormIsRefusedForWhatTheOfficialFormCannotHold(t *testing.T) {
	t.Parallel()
	s := Sample{Style: Style{Layout: Plain}}
	if _, err := s.Draw(Form); err == nil {
		t.Error("a plain certificate was drawn as a form")
	}
	if _, err := Join(Text); err == nil {
		t.Error("no certificate at all was drawn")
	}
}
