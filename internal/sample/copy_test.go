package sample

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
)

func TestCopiesVaryAsTheWorldDoesAndFollowTheSeed(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for seed := range uint64(400) {
		a, kind := Sample{}.Copied(seed)
		b, again := Sample{}.Copied(seed)
		if fmt.Sprintf("%+v", a) != fmt.Sprintf("%+v", b) || kind != again {
			t.Fatalf("seed %d gives two copies", seed)
		}
		s := a.Style.Scanner
		met[string(kind)] = true
		met[fmt.Sprint(s.dpi(), " dpi, black and white ", s.Fax)] = true
		met[fmt.Sprint("turned by ", s.Turn, ", righted ", s.Righted)] = true
		met[fmt.Sprint("layer ", s.Layer)] = true
		met[fmt.Sprint("stamp ", s.Stamp != "")] = true
	}
	for _, want := range []string{"scan", "outlines", "overlay", "150 dpi, black and white false", "300 dpi, black and white false",
		"200 dpi, black and white true", "300 dpi, black and white true", "turned by 90, righted true", "turned by 180, righted false",
		"turned by 270, righted false", "layer true", "stamp true"} {
		if !met[want] {
			t.Errorf("no copy of 400 is %q", want)
		}
	}
}

func TestEveryCopyIsAValidPDF(t *testing.T) {
	t.Parallel()
	conf := relaxed()
	for name, scanner := range map[string]Scanner{
		"on its side with a layer": {DPI: 72, Turn: 90, Layer: true, Seed: 3},
		"on its head, righted":     {DPI: 72, Turn: 180, Righted: true},
		"stamped, of low quality":  {DPI: 72, Stamp: "Envelope ID: 1", Quality: 30},
		"by a fax machine":         {DPI: 100, Fax: true, Turn: 270, Righted: true},
	} {
		s := Random(5, someDay())
		s.Style.Scanner = scanner
		file, err := s.Draw(Scan)
		if err != nil {
			t.Fatal(err)
		}
		if err := api.Validate(bytes.NewReader(file), conf); err != nil {
			t.Errorf("a scan %s: %v", name, err)
		}
	}
}
