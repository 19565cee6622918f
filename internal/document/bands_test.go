package document

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDarkBandsAreToldFromOtherInk(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		draw func(*bitmap)
		want []rect
	}{
		{"a band with a light stroke on it", func(m *bitmap) {
			m.black(100, 200, 900, 260)
			m.pix[230*m.width+500] = 255
		}, []rect{{100, 200, 900, 260}}},
		{"a rule", func(m *bitmap) { m.black(100, 200, 900, 212) }, nil},
		{"a small patch", func(m *bitmap) { m.black(100, 200, 220, 260) }, nil},
		{"the shadow beside the paper", func(m *bitmap) { m.black(0, 0, 100, 1000) }, nil},
		{"lines of heavy type", func(m *bitmap) {
			for x := 100; x < 900; x += 12 {
				m.black(x, 200, x+6, 260)
			}
		}, nil},
		{"a frame", func(m *bitmap) {
			m.black(100, 200, 900, 240)
			m.black(100, 200, 140, 800)
			m.black(100, 760, 900, 800)
			m.black(860, 200, 900, 800)
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := white255(1000, 1000)
			tt.draw(m)
			var got []rect
			for _, b := range m.bands(128) {
				got = append(got, b.box())
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(rect{})); diff != "" {
				t.Errorf("bands differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeadingsOnDarkBandsAreRead(t *testing.T) {
	t.Parallel()
	needsOCR(t)
	page := drawn(t, onePage(`q 0.12 0.2 0.3 rg 50 690 500 20 re f 50 600 500 20 re f Q 1 g
BT /F1 10 Tf 56 696 Td (Producer) Tj ET BT /F1 10 Tf 56 606 Td (Certificate Holder) Tj ET`)).rotated(0.2)
	r := newRecogniser(Options{Memory: 512 << 20, OCRTimeout: time.Minute, OCRJobs: 1})
	tests := []struct {
		name  string
		first []seen // what the first look saw
		want  string
	}{
		{"where the first look saw nothing", nil, "Producer Certificate Holder"},
		{"where it saw noise", []seen{{text: "——", box: rect{500, 250, 560, 254}, confidence: 0.2}}, "Producer Certificate Holder"},
		{"but not where it read them", []seen{{text: "Produoer", box: rect{160, 255, 220, 275}, confidence: 0.8}}, "Produoer Certificate Holder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			words, err := r.onBands(t.Context(), view{bitmap: page, bands: page.bands(128), words: tt.first})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range words {
				got = append(got, w.text)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
		})
	}
}
