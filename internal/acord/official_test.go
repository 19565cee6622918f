package acord_test

import (
	"os"
	"strings"
	"testing"

	"certflow/internal/certificate"
)

// Who looks at a form sees its values beside the labels where they stand, whatever the fields are called.
func TestAMovedFieldOfTheFormIsNotSure(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/official_form_fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	form, _, _ := strings.Cut(string(file), "----------")
	const gl = "coverages.commercial_general_liability."
	tests := []struct{ name, from, to, path string }{
		{"a limit to the label of another", "526,301,590,313", "526,337,590,349", gl + "limits.each_occurrence_dollars"},
		{"a limit to another coverage", "526,446,590,457", "526,389,590,400", "coverages.umbrella_excess_liability.limits.each_occurrence_dollars"},
		{"a tick before another label", "115,314,130,325", "51,314,65,325", gl + "occurrence"},
		{"a policy number out of its column", "213,301,330,380", "213,389,330,440", gl + "policy_number_string"},
		{"an expiration date into the other column", "379,301,425,380", "331,389,378,440", gl + "policy_expiration_date"},
		{"the additional insured's mark into the waiver's column", "178,301,195,380", "195,389,212,440", gl + "additional_insured"},
		{"the name of the insured to the holder", "22,192,300,204", "22,688,300,700", "insured.name"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if whole := readPlain(t, form).Evidence[tt.path]; whole.Confidence < 0.85 || whole.Source != certificate.FormField {
				t.Fatalf("%s is %+v where no field was moved, want it sure", tt.path, whole)
			}
			moved := strings.Replace(form, " "+tt.from+" ", " "+tt.to+" ", 1)
			if moved == form {
				t.Fatalf("the form has no field at %s", tt.from)
			}
			if e := readPlain(t, moved).Evidence[tt.path]; e.Confidence >= 0.85 {
				t.Errorf("%s is %q with confidence %.2f, want it not sure", tt.path, e.Text, e.Confidence)
			}
		})
	}
}
