package certificate_test

import (
	"testing"

	"certflow/internal/certificate"
)

func TestParseDollars(t *testing.T) {
	t.Parallel()
	const refused = -1
	for _, tt := range []struct {
		name, in string
		want     certificate.Dollars
	}{
		{"groups of three", "1,000,000", 1000000},
		{"a dollar sign", "$1,000,000", 1000000},
		{"a dollar sign and a space", "$ 1,000,000", 1000000},
		{"plain digits", "1000000", 1000000},
		{"cents that are zero", "1,000,000.00", 1000000},
		{"one zero cent", "500.0", 500},
		{"spaces around", " 5,000 ", 5000},
		{"zero", "0", 0},
		{"the largest amount", "999,999,999,999", 999999999999},
		{"a larger amount is refused", "1,000,000,000,000", refused},
		{"cents are refused", "1,000.50", refused},
		{"broken groups are refused", "1,00,000", refused},
		{"a short last group is refused", "1,000,00", refused},
		{"a group without its comma is refused", "1000,000", refused},
		{"a decimal comma is refused", "1.000.000", refused},
		{"a space for a comma is refused", "1 000 000", refused},
		{"millions in short are refused", "1M", refused},
		{"Included is refused", "Included", refused},
		{"Statutory is refused", "Statutory", refused},
		{"a letter for a zero is refused", "1,0O0,000", refused},
		{"a negative amount is refused", "-5,000", refused},
		{"two amounts are refused", "1,000,000 2,000,000", refused},
		{"nothing is refused", "", refused},
		{"a dollar sign alone is refused", "$", refused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := certificate.ParseDollars(tt.in)
			if tt.want == refused {
				if err == nil {
					t.Fatalf("ParseDollars(%q) = %v, want an error", tt.in, got)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("ParseDollars(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestDollarsReadBackAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, d := range []certificate.Dollars{0, 7, 999, 1000, 12345, 1000000, 999999999999} {
		got, err := certificate.ParseDollars(d.String())
		if err != nil || got != d {
			t.Errorf("%v reads back as %v, %v", d, got, err)
		}
	}
	if got := certificate.Dollars(-1500).String(); got != "-$1,500" {
		t.Errorf("a negative amount is written %s", got)
	}
}

func FuzzParseDollars(f *testing.F) {
	for _, s := range []string{"1,000,000", "$ 5", "1,00,000", "Included", "١٠٠"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := certificate.ParseDollars(s)
		if err != nil {
			return
		}
		if again, err := certificate.ParseDollars(d.String()); err != nil || again != d || d < 0 {
			t.Errorf("%q is %v, which reads back as %v, %v", s, d, again, err)
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"01/07/2025", "1/7/2025", "01/07/25", "2025-01-07", "02/30/2025"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := certificate.ParseDate(s)
		if err != nil {
			return
		}
		if again, err := certificate.ParseDate(d.String()); err != nil || again != d {
			t.Errorf("%q is %v, which reads back as %v, %v", s, d, again, err)
		}
	})
}
