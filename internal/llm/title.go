package llm

import (
	"slices"
	"strings"
	"unicode"

	"certflow/internal/grounding"
	"certflow/internal/page"
)

// titled reports whether a page is headed as a certificate of liability insurance, and none as one of the forms that look like it and
// are not. The layout reader knows forms by more than their title; this only decides whether a form that it does not know is worth a
// model's time, and keeps a model from making a liability certificate of a document that says what else it is.
func titled(pages []page.Page) bool {
	found := false
	for _, line := range strings.FieldsFunc(grounding.Text(pages), func(r rune) bool { return r == '\n' || r == '\f' }) {
		words := strings.FieldsFunc(strings.ToUpper(line), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		heading := strings.Join(words, " ")
		is := func(title string) bool { return strings.HasPrefix(heading, title) && len(heading) < len(title)+30 }
		if slices.ContainsFunc(otherTitles(), is) {
			return false
		}
		found = found || slices.ContainsFunc(liabilityTitles(), is)
	}
	return found
}

func liabilityTitles() []string {
	return []string{"CERTIFICATE OF LIABILITY INSURANCE", "CERTIFICATE OF INSURANCE", "CERTIFICATE OF GENERAL LIABILITY", "EVIDENCE OF LIABILITY INSURANCE",
		"MEMORANDUM OF INSURANCE", "EVIDENCE OF INSURANCE", "CERTIFICATE OF COVERAGE", "INSURANCE CERTIFICATE", "CERTIFICATE OF COMMERCIAL LIABILITY INSURANCE"}
}

func otherTitles() []string {
	return []string{"CERTIFICATE OF PROPERTY INSURANCE", "EVIDENCE OF PROPERTY INSURANCE", "EVIDENCE OF COMMERCIAL PROPERTY INSURANCE",
		"VEHICLE OR EQUIPMENT CERTIFICATE OF INSURANCE", "COMMERCIAL INSURANCE APPLICATION", "WORKERS COMPENSATION APPLICATION",
		"ADDITIONAL INTEREST SCHEDULE", "INSURANCE BINDER", "POLICY DECLARATIONS", "COMMON POLICY DECLARATIONS"}
}
