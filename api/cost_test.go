package api_test

import (
	"net/http"
	"strings"
	"testing"

	"certflow/schema"
	"certflow/schema/schematest"
)

// TestAnUploadAsksTheDatabaseForLittle holds an upload, for a contractor without a job, to the statements that it may make, BEGIN and COMMIT among
// them: ten with the backlog, whose count many uploads share, and one more for the limit of requests, which this API has not.
func TestAnUploadAsksTheDatabaseForLittle(t *testing.T) {
	var asked schematest.Statements
	w := setupOn(t, func(t testing.TB) *schema.DB { return schematest.Open(t, schematest.URL(t), &asked) })
	contractor := w.contractor("fern@example.com")
	w.requirement(true)
	asked.Take()
	if got := w.upload("/files/certificates", []part{text("contractor", contractor), pdf("certificate", "a.pdf")}); got.status != http.StatusCreated {
		t.Fatalf("answered %d: %s", got.status, got.body)
	}
	const most = 10
	if said := asked.Take(); len(said) > most {
		t.Errorf("an upload takes %d statements, allowed are %d:\n%s", len(said), most, strings.Join(said, "\n"))
	}
}
