package activities_test

import (
	"strings"
	"testing"
	"time"

	"certflow/activities"
	"certflow/schema/schematest"
)

// TestAReviewAsksTheDatabaseForLittle holds each step of a review without endpoints to the statements that it may make, BEGIN and COMMIT
// among them. They are most of what a certificate costs PostgreSQL.
func TestAReviewAsksTheDatabaseForLittle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.upload(standard)
	var asked schematest.Statements
	review := w.review()
	review.DB = schematest.Open(t, w.serving, &asked)
	allow := func(step string, most int, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if said := asked.Take(); len(said) > most {
			t.Errorf("%s takes %d statements, allowed are %d:\n%s", step, len(said), most, strings.Join(said, "\n"))
		}
	}
	validated, err := review.ValidateDocument(t.Context(), named(c))
	allow("ValidateDocument", 7, err)
	trimmed, err := review.TrimPages(t.Context(),
		activities.TrimInput{CertificateRef: named(c), Key: validated.Key, Pages: validated.Pages, Analysed: validated.Analysed})
	allow("TrimPages", 0, err)
	_, err = perform[activities.ParseResult](t, review.ParseCertificate, activities.ParseInput{CertificateRef: named(c), Key: trimmed.Key})
	allow("ParseCertificate", 3, err)
	_, err = review.EvaluateRules(t.Context(), activities.EvaluateInput{CertificateRef: named(c), At: time.Now()})
	allow("EvaluateRules", 13, err)
}
