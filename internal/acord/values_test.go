package acord

import (
	"strings"
	"testing"

	"certflow/internal/certificate"
)

func TestDollarsOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		source     certificate.Source
		want       certificate.Dollars // -1 is none
		sure       bool
	}{
		{"grouped", "1,000,000", certificate.Text, 1_000_000, true},
		{"with a dollar sign of its own", "$ 1,000,000", certificate.Text, 1_000_000, true},
		{"plain digits", "1000000", certificate.Text, 1_000_000, true},
		{"groups without commas are not sure", "1 000 000", certificate.Text, 1_000_000, false},
		{"a lost first digit is no amount", ",000,000", certificate.Text, -1, false},
		{"a backslash for the first digit is no amount", `\,000,000`, certificate.Text, -1, false},
		{"words are no amount", "Included", certificate.Text, -1, false},
		{"statutory is no amount", "Statutory", certificate.Text, -1, false},
		{"two amounts are none", "1,000,000 / 2,000,000", certificate.Text, -1, false},
		{"a full stop for a comma is no amount in print", "1.000.000", certificate.Text, -1, false},
		{"letters in print are no amount", "1,OOO,OOO", certificate.Text, -1, false},
		{"OCR takes the dollar sign for an s", "s 2,000,000", certificate.OCR, 2_000_000, true},
		{"OCR adds ruling", "| $1,000,000 |", certificate.OCR, 1_000_000, true},
		{"OCR adds strokes", "1,000,000 il", certificate.OCR, 1_000_000, false},
		{"OCR takes a zero for a letter", "1,000,00C", certificate.OCR, 1_000_000, false},
		{"OCR takes a comma for a full stop", "$2,000.000", certificate.OCR, 2_000_000, false},
		{"OCR reads two amounts", "1,000,000 2,000,000", certificate.OCR, -1, false},
		{"OCR's stroke is no dollar", "I", certificate.OCR, -1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, doubt, ok := dollarsOf(block(tt.source, tt.text))
			if !ok {
				got = -1
			}
			if got != tt.want || ok && (doubt == 1) != tt.sure {
				t.Errorf("%q reads as %d with doubt %.2f, %t", tt.text, got, doubt, ok)
			}
		})
	}
}

func FuzzDollarsOf(f *testing.F) {
	for _, s := range []string{"1,000,000", "s 2,000,000", "1,000,00C", "$", "0", "000,000", "999,999,999,999"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, ocr bool) {
		source := certificate.Text
		if ocr {
			source = certificate.OCR
		}
		amount, doubt, ok := dollarsOf(block(source, text))
		if !ok {
			return
		}
		if amount < 0 || doubt <= 0 || doubt > 1 {
			t.Errorf("%q reads as %d with doubt %.2f", text, amount, doubt)
		}
		// In print every digit of the amount stands on the page, and an amount that is sure is one that the type accepts.
		if source == certificate.Text && !strings.ContainsAny(text, "0123456789") {
			t.Errorf("%q has no digits and reads as %d", text, amount)
		}
	})
}

func TestDatesThatNothingSupportsAreNotSureOnScans(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		source     certificate.Source
		from, to   string
		sure, read bool
	}{
		{"print needs no support", certificate.Text, "02/03/2026", "09/17/2026", true, true},
		{"a year supports both ends", certificate.OCR, "02/03/2026", "02/03/2027", true, true},
		{"half a year does too", certificate.OCR, "01/01/2026", "07/01/2026", true, true},
		{"another period does not", certificate.OCR, "02/03/2026", "09/17/2026", false, true},
		{"the end before the beginning is sure of neither", certificate.Text, "02/03/2027", "02/03/2026", false, true},
		{"a day that the calendar lacks is null", certificate.Text, "02/30/2026", "02/03/2027", true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRecord(1)
			gl := &certificate.GeneralLiability{}
			r.policy(glPath, &gl.Policy, policyCells{effective: block(tt.source, tt.from), expiration: block(tt.source, tt.to)})
			r.certificate.Coverages.GeneralLiability = gl
			r.corroborate()
			e := r.evidence[glPath+".policy_effective_date"]
			if read := gl.Effective != nil; read != tt.read || read && (e.Confidence >= 0.85) != tt.sure {
				t.Errorf("%s–%s: effective %v with confidence %.2f", tt.from, tt.to, gl.Effective, e.Confidence)
			}
		})
	}
}

func FuzzDateCell(f *testing.F) {
	for _, s := range []string{"01/02/2026", "1/2/2026", "2026-01-02", "|01/02/2026", "02/30/2026", "01/02/26 12:01 AM"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, ocr bool) {
		source := certificate.Text
		if ocr {
			source = certificate.OCR
		}
		r := newRecord(1)
		c := block(source, text)
		r.date("certificate_date", &r.certificate.Date, c)
		d := r.certificate.Date
		if d == nil {
			return
		}
		// The year's last two digits stand on the page, together where the date is sure.
		year := d.String()[8:]
		if sure := r.evidence["certificate_date"].Confidence >= 0.85; sure && !strings.Contains(text, year) || !strings.Contains(digitsOf(text), year) {
			t.Errorf("%q reads as %s", text, d)
		}
	})
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func TestFlagsAreTrueFalseOrNothing(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	tests := []struct {
		text string
		want *bool
	}{
		{"X", &yes}, {"Y", &yes}, {"y", &yes}, {"✓", &yes}, {"☒", &yes}, {"YES", &yes}, {"N", &no}, {"No", &no}, {"N/A", nil}, {"A", nil}, {"7", nil}, {"", nil},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			r := newRecord(1)
			var got *bool
			r.yesNo("x", &got, block(certificate.Text, tt.text))
			if (got == nil) != (tt.want == nil) || got != nil && *got != *tt.want {
				t.Errorf("%q reads as %v", tt.text, got)
			}
		})
	}
}

func TestEditDistanceStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b  string
		limit int
		want  int
	}{{"INSURER", "INSURER", 2, 0}, {"INSURER", "INSURED", 2, 1}, {"OCCUR", "OCUR", 2, 1}, {"LIMITS", "", 9, 6}}
	for _, tt := range tests {
		if got := editDistance(tt.a, tt.b, tt.limit); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	if got := editDistance("UMBRELLA", "RETENTION", 2); got <= 2 {
		t.Errorf("words that differ in every letter are %d apart", got)
	}
}

func TestADateThatOCRBrokeIsReadWhereOnlyOneDateBreaksSo(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"a 1 that is a 4 at the head of a month", "42/08/2025", "12/08/2025"},
		{"a 0 that is a 9", "2027-99-13", "09/13/2027"},
		{"both slashes as strokes", "21712023", "02/07/2023"},
		{"a stroke and a slash for one slash", "2/71/2024", "02/07/2024"},
		{"a slash that was lost", "0205/2023", "02/05/2023"},
		{"a slash that became a space", "01 01/2027", "01/01/2027"},
		{"a day that no misreading explains", "02/55/2023", ""},
		{"digits that may be two dates", "111112024", ""},
		{"a number of another kind", "12345678", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if d, err := misreadDate(tt.text); err == nil {
				got = d.String()
			}
			if got != tt.want {
				t.Errorf("%q reads as %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}
