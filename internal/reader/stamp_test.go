package reader

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

func TestNothingOfAStampedDocumentIsCertain(t *testing.T) {
	t.Parallel()
	sure := certificate.Evidence{Page: 1, Text: "1,000,000", Confidence: 0.97, Source: certificate.Text}
	doubted := sure
	doubted.Confidence, doubted.Doubt = 0.5, "page 1 is stamped VOID"
	other := sure
	other.Page = 2
	for _, test := range []struct {
		name string
		word page.Word
		want certificate.Evidence
	}{
		{"large type across the page", page.Word{Text: "VOID", Size: 72}, doubted},
		{"small letters and marks around them", page.Word{Text: "*Void*", Size: 30}, doubted},
		{"the beginning of a sentence", page.Word{Text: "VOID:", Size: 30}, doubted},
		{"a word of OCR, by the height of its box", page.Word{Text: "VOID", Box: certificate.Box{100, 300, 300, 360}, Source: certificate.OCR}, doubted},
		{"type as small as the form's", page.Word{Text: "VOID", Size: 9}, sure},
		{"a stamp that nobody sees", page.Word{Text: "VOID", Size: 72, Hidden: true}, sure},
		{"another word", page.Word{Text: "AVOID", Size: 72}, sure},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			reading := &certificate.Reading{Evidence: map[string]certificate.Evidence{"a": sure, "b": other}}
			doubtStamped(reading, []page.Page{{Number: 1, Words: []page.Word{test.word}}, {Number: 2}})
			second := test.want
			second.Page = other.Page
			want := map[string]certificate.Evidence{"a": test.want, "b": second}
			if diff := cmp.Diff(want, reading.Evidence); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}
