package api_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCertificatesAreFoundByAPartOfTheirFileName(t *testing.T) {
	w := setup(t)
	w.requirement(true)
	contractor := w.contractor("jane@example.com")
	uploaded := func(filename string) string {
		return w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", filename)}).object(t).text("id")
	}
	spring, percent, summer := uploaded("Harbor & Pine SPRING.pdf"), uploaded("100%_École.pdf"), uploaded("harbor & pine summer.pdf")
	for name, c := range map[string]struct {
		query string
		want  []string
	}{
		"whatever the case":              {"harbor+%26+PINE", []string{summer, spring}},
		"letters beyond ASCII":           {"%C3%89cole", []string{percent}},
		"no sign stands for others":      {"%25_", []string{percent}},
		"nor for any":                    {"_.pdf", []string{}},
		"what no name has":               {"winter", []string{}},
		"together with another filter":   {"spring&contractor=" + contractor, []string{spring}},
		"a page of what the search gave": {"harbor&limit=1&starting_after=" + summer, []string{spring}},
	} {
		if diff := cmp.Diff(c.want, w.want(200, "GET", "/files/certificates?filename="+c.query, "").ids(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	w.refusal(400, "invalid_input", "GET", "/files/certificates?filename=", "")
}
