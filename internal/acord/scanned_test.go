package acord_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"certflow/internal/acord"
	"certflow/internal/certificate"
)

// scannedForm is the standard form as OCR read it, with some of its lines otherwise, and what was filled in.
func scannedForm(changed map[string]string, filled string) string {
	var b strings.Builder
	b.WriteString("ocr 0.96\n37,200 Quillan Framing LLC\n77,694 Quillan County\n")
	for _, line := range strings.Split(strings.TrimSpace(standardForm), "\n") {
		if now, is := changed[line]; is {
			line = now
		}
		b.WriteString(line + "\n")
	}
	b.WriteString(filled)
	return b.String()
}

// raisedHeads moves the heads of the coverage table up, as forms have them whose first row is higher, and puts a line in the place of INSD.
func raisedHeads(leftover string) map[string]string {
	changed := map[string]string{}
	for _, line := range strings.Split(standardForm, "\n") {
		at, text, _ := strings.Cut(line, " ")
		x, y, _ := strings.Cut(at, ",")
		if height, err := strconv.ParseFloat(y, 64); err == nil && height >= 291 && height <= 297 {
			changed[line] = fmt.Sprintf("%s,%g %s", x, height-5, text)
		}
	}
	changed["178,297 INSD"] = leftover
	return changed
}

// What OCR makes of the borders, heads and labels around a value is no part of it, and what cannot be told from them is null.
func TestWhatScannersAndOCRLeaveAroundValues(t *testing.T) {
	t.Parallel()
	const gl = "24.5,306 A\n216,306 BS-017\n334,306 01/12/2026\n381,306 01/12/2027\n526,307 1,000,000\n"
	with := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	const path = "coverages.commercial_general_liability."
	tests := []struct {
		name    string
		changed map[string]string
		filled  string
		path    string
		want    string // <nil> is null
		printed string // of the evidence, where it matters
		sure    bool
	}{
		{"the end of the label that ran into the name of an insurer is cut off",
			with("310,176 INSURER A :", "310,174 INSURER A:BECKSIDE MUTUAL"), gl, "insurers.0.name", "BECKSIDE MUTUAL", "", false},
		{"INSURER D is not the label INSURED",
			with("310,212 INSURER D :", "310,212 INSURER D:;"), gl + "352,210 Wold Casualty\n", "insurers.0.letter", "D", "", true},
		{"a second reading of the letter stands before the colon",
			with("310,188 INSURER B :", "310,188 INSURER B 3 :"), gl + "356,186 Wold Casualty\n", "insurers.0.name", "Wold Casualty", "", false},
		{"a letter that is read twice is the one whose line it stands in",
			with("310,188 INSURER B :", "310,188 INSURER E :"), gl + "352,186 Wold Casualty\n352,222 Ledger Surety\n", "insurers.0.letter", "B", "", false},
		{"and the second line keeps its own",
			with("310,188 INSURER B :", "310,188 INSURER E :"), gl + "352,186 Wold Casualty\n352,222 Ledger Surety\n", "insurers.1.name", "Ledger Surety", "", false},
		{"an insurer that is called Insurer B is not the label of its line",
			nil, gl + "352,184.4 Insurer B\n", "insurers.0.name", "Insurer B", "", false},
		{"of six digits the first is the border of the column",
			nil, gl + "352,174 Beckside Mutual\n556,174 112345\n", "insurers.0.naic", "12345", "112345", false},
		{"what is left of the heads of the columns is no mark",
			raisedHeads("181,296.3 ARi"), gl + "183,306 N\n", path + "additional_insured", "false", "N", false},
		{"a head that ran into the mark below it is cut off",
			with("178,297 INSD", ""), gl + "178,302 INSRX X\n", path + "additional_insured", "true", "", false},
		{"a border is no insurer's letter", nil, strings.Replace(gl, "24.5,306 A", "19,306 I,", 1), path + "insurer_letter", "<nil>", "I,", false},
		{"a border above the letter is not the letter", nil, "19,302 I\n" + strings.Replace(gl, "24.5,306 A", "24.5,318 A", 1), path + "insurer_letter", "A", "", false},
		{"a year of two digits among years of four was cut", nil, strings.Replace(gl, "01/12/2027", "01/12/20", 1), path + "policy_expiration_date", "<nil>", "01/12/20", false},
		{"years of two digits throughout are years", nil,
			strings.NewReplacer("01/12/2027", "01/12/27", "01/12/2026", "01/12/26").Replace(gl), path + "policy_expiration_date", "01/12/2027", "", false},
		{"a digit after a dollar sign is no limit", nil, gl + "524,332 $4\n", path + "limits.medical_expense_dollars", "<nil>", "$4", false},
		{"a digit at the border of the table belongs to no amount", nil, gl + "526,332 5,000\n592,331 4\n", path + "limits.medical_expense_dollars", "$5,000", "5,000", false},
		{"and shows no coverage", nil, gl + "524,452 $4\n592,390 4\n", "coverages.umbrella_excess_liability", "<nil>", "", false},
		{"nor in another row", nil, gl + "524,452 $4\n592,390 4\n", "coverages.automobile_liability", "<nil>", "", false},
		{"five digits that end the name of an insurer are its number",
			nil, gl + "352,174 Beckside Mutual 12345\n", "insurers.0.naic", "12345", "", false},
		{"and no part of the name", nil, gl + "352,174 Beckside Mutual 12345\n", "insurers.0.name", "Beckside Mutual", "", false},
		{"a piece of a rule is no letter, however it was read", nil, "rule 18,660,594,661\nocr 0.4\n84,660.6 —\nocr 0.96\n" + gl,
			"certificate_holder.name", "Quillan County", "", true},
		{"dirt above a name is no line of it", nil, "60,660 i\n" + gl, "certificate_holder.name", "Quillan County", "", true},
		{"a dollar sign that was read as a digit is none", nil, strings.Replace(gl, "1,000,000", "51,000,000", 1), path + "limits.each_occurrence_dollars", "$1,000,000", "51,000,000", false},
		{"but where a sign was read, too, the digit is one", nil, strings.Replace(gl, "1,000,000", "$ 51,000,000", 1), path + "limits.each_occurrence_dollars", "$51,000,000", "", false},
		{"an amount with cents that was taken apart is whole", nil, gl + "24.5,535 A\n40,535 Professional Liability\n216,535 PL-1\n428,535 Each Claim\n515,535 $5,000,\n537,535 000.00\n",
			"coverages.professional_liability.limits.each_claim_dollars", "$5,000,000", "", false},
		{"an amount that ends with a comma is not sure", nil, gl + "24.5,535 A\n40,535 Professional Liability\n216,535 PL-1\n428,535 Each Claim\n515,535 $5,000,\n",
			"coverages.professional_liability.limits.each_claim_dollars", "$5,000", "", false},
		{"zeros alone are what is left of an amount", nil, strings.Replace(gl, "1,000,000", "s $00,000", 1), path + "limits.each_occurrence_dollars", "<nil>", "", false},
		{"but one zero is none", nil, strings.Replace(gl, "1,000,000", "$0", 1), path + "limits.each_occurrence_dollars", "$0", "", false},
		{"a sign with the border before it", nil, strings.Replace(gl, "1,000,000", "ls 1 000 000:", 1), path + "limits.each_occurrence_dollars", "$1,000,000", "", false},
		{"a tick that ran into its label", with("54,401 ANY AUTO", "40,401 X_ANY AUTO"), gl + "526,390 1,000,000\n216,390 BA-1\n", "coverages.automobile_liability.autos.0", "any_auto", "", false},
		{"a tick before a label of two lines that was not read", with("443,483 PER", "443,483 bER"), gl + "24.5,490 A\n216,490 WC-8\nframe 428,484.5,441,494.5 0.21\n",
			"coverages.workers_compensation.per_statute", "true", "", false},
		{"a letter in a frame that the frame ran into", nil, gl + "24.5,490 A\n216,490 WC-8\n162,505 iy\n", "coverages.workers_compensation.proprietor_excluded", "true", "iy", false},
		{"a signature over the end of its label", with("310,714 AUTHORIZED REPRESENTATIVE", "310,714 AUTHORIZED REPRE|"), gl + "drawing 376,712,402,742\n",
			"description_of_operations.signature", "true", "", true},
		{"two heads and the labels of limits make a table", with("20,291 INSR", "20,291 Hi)", "21,297 LTR", "", "178,291 ADDL", "178,291 ADDL S$!", "178,297 INSD", "178,297 INAR",
			"195.5,291 SUBR", "", "196,297 WVD", "", "336,291 POLICY EFF", "336,291 MRE", "334,297 (MM/DD/YYYY)", "334,297 nananYY", "383,291 POLICY EXP", "383,291 Rn",
			"381,297 (MM/DD/YYYY)", "", "500,295 LIMITS", "500,295 UMITS|"), gl, path + "policy_expiration_date", "01/12/2027", "", false},
		{"a damaged heading is not the whole one beside it", with("383,291 POLICY EXP", "383,294 POLICY E.", "381,297 (MM/DD/YYYY)", ""), gl, path + "policy_expiration_date", "01/12/2027", "", false},
		{"a Y struck through by dirt is one", nil, gl + "183,306 ¥.\n", path + "additional_insured", "true", "¥.", false},
		{"a digit within the box of an amount is a piece of it", nil, strings.Replace(gl, "1,000,000", "$1,000,000\n527,307 3", 1), path + "limits.each_occurrence_dollars", "$1,000,000", "$1,000,000", true},
		{"of the halves of a letter the surer is kept", nil, gl + "36,590 LIABILITY\nocr 0.5\n66,590 8\nocr 0.96\n69.2,590 & EXCESS\n", "description_of_operations.text", "LIABILITY & EXCESS", "", false},
		{"a dash between words belongs to a description", nil, gl + "36,590 BAY OFFICE - 12 QUAY ST\n", "description_of_operations.text", "BAY OFFICE - 12 QUAY ST", "", false},
		{"a rule beside them does not", nil, gl + "36,590 BAY OFFICE\n90,590 —\n", "description_of_operations.text", "BAY OFFICE", "", false},
		{"a limit with tens of dollars has zeros that were misread, however sure OCR is", nil, strings.Replace(gl, "1,000,000", "$2,000,090", 1),
			path + "limits.each_occurrence_dollars", "$2,000,000", "$2,000,090", false},
		{"an amount that ran into its label is parted from it", with("90,476 RETENTION $", "90,476 RETENTIONs10,000"), gl + "24.5,452 A\n216,452 UM-2\n526,452 1,000,000\n",
			"coverages.umbrella_excess_liability.limits.retention_dollars", "$10,000", "", false},
		{"cents behind a comma are cents", nil, strings.Replace(gl, "1,000,000", "500,000,00", 1), path + "limits.each_occurrence_dollars", "$500,000", "500,000,00", false},
		{"a label of two lines is known by the second", with("428,315 DAMAGE TO RENTED", "428,315 DAMAGE 10 RENIED"), gl + "526,318 100,000\n",
			path + "limits.damage_to_rented_premises_dollars", "$100,000", "", true},
		{"a bracket of a ticked box may be read as a letter", with("133,320 OCCUR", "119,320 IX] OCCUR"), gl, path + "occurrence", "true", "", false},
		{"a dash is no description", nil, gl + "36,590 —____]\n", "description_of_operations.text", "<nil>", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reading, err := acord.Read(draw(t, scannedForm(tt.changed, tt.filled)))
			if err != nil {
				t.Fatal(err)
			}
			value, _ := certificate.Lookup(&reading.Certificate, tt.path)
			if got := fmt.Sprint(value); got != tt.want && !(tt.want == "<nil>" && value == nil) {
				t.Errorf("%s is %v, want %s", tt.path, got, tt.want)
			}
			e := reading.Evidence[tt.path]
			if tt.sure && e.Confidence < 0.85 {
				t.Errorf("%s has confidence %.2f", tt.path, e.Confidence)
			}
			if tt.printed != "" && e.Text != tt.printed {
				t.Errorf("the evidence of %s is %q, want %q", tt.path, e.Text, tt.printed)
			}
		})
	}
}

// OCR boxes a word together with dirt above it; its middle then lies in the line above.
func TestAWordThatOCRBoxedTooHighStaysInItsLine(t *testing.T) {
	t.Parallel()
	pages := draw(t, scannedForm(map[string]string{}, "24.5,306 A\n216,306 BS-017\n381,306 01/12/2027\n77,704 1 Alder Way\n"))
	for i, w := range pages[0].Words {
		if w.Text == "County" {
			pages[0].Words[i].Box[1] -= 1.2 * (w.Box[3] - w.Box[1])
		}
	}
	reading, err := acord.Read(pages)
	if err != nil {
		t.Fatal(err)
	}
	if got := reading.Certificate.Holder.Name; got == nil || *got != "Quillan County" {
		t.Errorf("the holder is %v, with %q for its address", got, reading.Evidence["certificate_holder.address"].Text)
	}
}

// A full stop that OCR made of dirt takes the beginning from a name, which then is not sure.
func TestANameBehindAWordWithAFullStopIsNotSureOnScans(t *testing.T) {
	t.Parallel()
	const path = "description_of_operations.additional_insured_names.0"
	for _, tt := range []struct {
		name, text string
		sure       bool
	}{
		{"a word with a full stop", "Quay. Construction Company is included as additional insured.", false},
		{"dirt behind the name", "Quay Construction Company ts is included as additional insured.", false},
		{"a word in pieces", "Quay Construct ion Company is included as additional insured.", false},
		{"the last word of a name that dirt parted", "Wold Retail Partners LLC and Quay. Homes are included as additional insureds.", false},
		{"small words", "Port of Quay and the City of Dover are included as additional insureds.", true},
		{"no full stop", "Quay Construction Company is included as additional insured.", true},
		{"a sentence", "Work at the northern quay is covered. Quay Construction Company is included as additional insured.", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reading, err := acord.Read(draw(t, scannedForm(nil, "24.5,306 A\n216,306 BS-017\n381,306 01/12/2027\n36,590 "+tt.text+"\n")))
			if err != nil {
				t.Fatal(err)
			}
			if e := reading.Evidence[path]; (e.Confidence >= 0.85) != tt.sure {
				t.Errorf("%v has confidence %.2f", reading.Certificate.Description.AdditionalInsuredNames, e.Confidence)
			}
		})
	}
}

// In running text every word tells where a name begins and ends, so that one that is read badly puts all names in doubt.
func TestANameInATextThatIsReadBadlyIsNotSureOnScans(t *testing.T) {
	t.Parallel()
	for engine, sure := range map[string]bool{"0.96": true, "0.92": false} {
		reading, err := acord.Read(draw(t, scannedForm(nil, "24.5,306 A\n216,306 BS-017\n381,306 01/12/2027\nocr "+engine+"\n36,590 Quay Construction Company is included as additional insured.\n")))
		if err != nil {
			t.Fatal(err)
		}
		if e := reading.Evidence["description_of_operations.additional_insured_names.0"]; (e.Confidence >= 0.85) != sure {
			t.Errorf("read with %s, the name has the score %.3f", engine, e.Confidence)
		}
	}
}
