package acord

import (
	"testing"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

func TestParagraphsOfAFieldAreItsAuthors(t *testing.T) {
	t.Parallel()
	const wide = "RE: Quay Tower tenant improvement. Job 04277. Wren County and Sandpiper Property Management LLC are included as additional"
	for name, test := range map[string]struct{ value, want string }{
		"a line as wide as the field goes on in the next, though we break it": {wide + "\ninsureds with respect to general liability.", wide + " insureds with respect to general liability."},
		"a short line ends a paragraph":                                       {"RE: Quay Tower.\n" + wide, "RE: Quay Tower.\n" + wide},
		"what we break is one line":                                           {wide + " insureds", wide + " insureds"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := page.Page{Fields: []page.Field{{Name: "Remarks", Kind: page.TextField, Value: test.value, Box: certificate.Box{16, 540, 553, 607}}}}
			if got := paragraphs(cellOf(fieldTokens(p, rectOf))); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
