package acord

import (
	"slices"
	"strings"
	"testing"

	"certflow/internal/certificate"
)

// sureFrom is the confidence from which rules rest on a value.
const sureFrom = 0.85

// What brokers write where a limit stands: an amount that is simply one is sure, one that other words narrow is not, words are none.
func TestLimitsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	const occurrence, single = glPath + ".limits.each_occurrence_dollars", autoPath + ".limits.combined_single_limit_dollars"
	for _, tt := range []struct {
		text, path string
		want       certificate.Dollars // -1 is none
		sure       bool
	}{
		{"1,000,000.00", occurrence, 1_000_000, true},
		{"USD 1,000,000", occurrence, 1_000_000, true},
		{"US$1,000,000", occurrence, 1_000_000, true},
		{"$1,000,000 USD", occurrence, 1_000_000, true},
		{"$ 1,000,000 .", occurrence, 1_000_000, true},
		{"0", occurrence, 0, true},
		{"$1,000,000 CSL", single, 1_000_000, true},
		{"CSL 1,000,000", single, 1_000_000, true},
		{"$1,000,000 CSL", occurrence, -1, false},
		{"$1M", occurrence, -1, false}, // in insurance an M is a thousand as often as a million
		{"1 Million", occurrence, -1, false},
		{"-0-", occurrence, -1, false},
		{"NIL", occurrence, -1, false},
		{"USD", occurrence, -1, false},
		{"Unlimited", occurrence, -1, false},
		{"1,000,000/2,000,000", occurrence, -1, false},
		{"$1,000,000*", occurrence, -1, false},
		{"CAD 1,000,000", occurrence, -1, false},
		{"€1,000,000", occurrence, -1, false},
	} {
		r := newRecord(1)
		var got *certificate.Dollars
		r.dollars(tt.path, &got, block(certificate.Text, tt.text))
		e := r.evidence[tt.path]
		if got == nil && tt.want != -1 || got != nil && *got != tt.want || got != nil && (e.Confidence >= sureFrom) != tt.sure {
			t.Errorf("%q reads as %v with the score %.2f", tt.text, got, e.Confidence)
		}
		if e.Text != tt.text {
			t.Errorf("the evidence of %q is %q", tt.text, e.Text)
		}
	}
}

func TestAnAmountThatWordsBesideItNarrowIsNotSure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Each claim $1,000,000":               false,
		"$1,000,000 each claim":               false,
		"$1,000,000 Aggregate":                false,
		"Limit 250,000 Deductible 1,000":      false,
		"Excess Liability 1,000,000":          false,
		"$500,000 xs $500,000":                true,
		"$1,000,000 excess of $500,000":       true,
		"Not Included - $1,000,000 available": true,
		"1,000,000 Excl. subs":                true,
		"2,000,000 (shared with umbrella)":    true,
		"$1,000,000 (1)":                      true,
		"$1,000,000 *":                        true,
		"$1,000,000 **":                       true,
		"approx. $1,000,000":                  true,
		"estimated at 1,000,000":              true,
		"CAD 1,000,000":                       true,
		"Up to 1,000,000":                     true,
		"1,000,000 euros":                     true,
		"was $500,000":                        true,
		"$1,000,000 if endorsed":              true,
		"$500,000 increasing to $1,000,000":   true,
	} {
		line := block(certificate.Text, text).tokens
		hedgeRun(line)
		if got := slices.ContainsFunc(line, func(t *token) bool { return t.hedged }); got != want {
			t.Errorf("%q is hedged: %t", text, got)
		}
	}
	r := newRecord(1)
	var amount *certificate.Dollars
	narrowed := block(certificate.Text, "1,000,000")
	narrowed.tokens[0].hedged = true
	r.dollars("amount", &amount, narrowed)
	if e := r.evidence["amount"]; e.Confidence >= sureFrom {
		t.Errorf("the amount that words narrow has the score %.2f", e.Confidence)
	}
}

// Words may take a date back in more ways than anybody lists: those that are known to change nothing are the ones that leave it sure.
func TestADateThatWordsInItsCellTakeBackIsNotSure(t *testing.T) {
	t.Parallel()
	for text, sure := range map[string]bool{
		"02/15/2026": true, "12:01 AM 02/15/2026": true, "02/15/2026 12:01 a.m. standard time": true, "eff. 02/15/2026": true, "from 02/15/2026": true, "02/15/2026 EST": true,
		"Cancelled 02/15/2026": false, "CANX 02/15/2026": false, "TBD / 02/15/2026": false, "02/15/2026 (pending)": false, "Renews 02/15/2026": false, "02/15/2026 (est.)": false,
		"was 02/15/2026": false, "10/02/2026 (dd/mm)": false, "02/15/2026 (mm/dd/yyyy)": true, "subject to renewal 02/15/2026": false, "02/15/2026 (Continuous)": false, "02/15/2026 ?": false,
	} {
		dates := datesOf(block(certificate.Text, text))
		if len(dates) != 1 || (dates[0].doubt == 1) != sure {
			t.Errorf("of %q the dates are %+v", text, dates)
		}
	}
}

func TestABoxOfOnePolicyIsReadToItsLastLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"Y\nY": "true", "Y\nif\nreq": "null", "Y": "true", "N\nN": "false", "X\nper endt": "null"} {
		p := rowCells{addl: block(certificate.Text, strings.Split(text, "\n")...), number: block(certificate.Text, "GL-1204")}.policies()[0]
		r := newRecord(1)
		var got *bool
		r.yesNo("box", &got, p.addl)
		if said := map[bool]string{true: "null", false: "false"}[got == nil]; got != nil && *got && want != "true" || (got == nil || !*got) && said != want {
			t.Errorf("%q reads otherwise than %s", text, want)
		}
	}
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1/1/2026":                       "01/01/2026",
		"2026-01-01":                     "01/01/2026",
		"01/01/26":                       "01/01/2026",
		"12:01 AM 01/01/2026":            "01/01/2026",
		"01/01/2026 12:01 a.m.":          "01/01/2026",
		"01/01/2026 at 12:01 AM local":   "01/01/2026",
		"(01/01/2026)":                   "01/01/2026",
		"01-Jan-2026":                    "", // CONTRACT §3 names the formats
		"January 1, 2026":                "",
		"Continuous until cancelled":     "",
		"TBD":                            "",
		"01/01/2026*":                    "",
		"01/01/2026 or 02/01/2026":       "",
		"12:01 AM":                       "",
		"01/01/2026 12:01 AM 01/01/2027": "",
	} {
		r := newRecord(1)
		var got *certificate.Date
		r.date("date", &got, block(certificate.Text, text))
		if read := got != nil; read != (want != "") || read && got.String() != want {
			t.Errorf("%q reads as %v", text, got)
		}
		if r.evidence["date"].Text != text {
			t.Errorf("the evidence of %q is %q", text, r.evidence["date"].Text)
		}
	}
}

func TestWhatIsWrittenInPlaceOfANumberIsNotSureOfOne(t *testing.T) {
	t.Parallel()
	for number, sure := range map[string]bool{
		"GL 77-123456-01": true, "5521007": true, "WC-8/26-99201": true, "CL 25 (A) 1177-2": true, "APP": false, "XS Cat 20077": true, "BAP-1/2026": true,
		"TBD": false, "T.B.D.": false, "To be assigned": false, "Binder 123": false, "Pending - GL 20934": false, "Self-insured": false, "Applied for": false,
		"Renewal of GL-998877": false, "Quote #55123": false, "GL-100200 / GL-100201": false, "12345 and 67890": false, "ABC1234567 (expired)": false,
		"required by contract PL-505664": false, "SUBMISSION 88123": false, "Prev. GL-22871": false, "NONE 0000": false, "000000": false, "XXXX-1234": true, "-": false, "N/A": false, "Various": false, "TBA - 2026": false,
	} {
		r := newRecord(1)
		var got *string
		r.number("number", &got, block(certificate.Text, number))
		if e := r.evidence["number"]; (e.Confidence >= sureFrom) != sure {
			t.Errorf("%q has the score %.2f", number, e.Confidence)
		}
	}
}

func TestABoxWithAFootnoteIsNotSure(t *testing.T) {
	t.Parallel()
	for text, sure := range map[string]bool{"Y": true, "(Y)": true, "X": true, "N": true, "Y*": false, "X*": false, "Y†": false, "Y?": false} {
		r := newRecord(1)
		var got *bool
		r.yesNo("box", &got, block(certificate.Text, text))
		if e := r.evidence["box"]; got == nil || (e.Confidence >= sureFrom) != sure {
			t.Errorf("%q has the score %.2f", text, e.Confidence)
		}
	}
}

func TestANameThatHoldsWordsInPlaceOfOneIsNotSure(t *testing.T) {
	t.Parallel()
	for text, sure := range map[string]bool{
		"Carrier to be determined": false, "Non-admitted carrier TBD": false, "For Proposal Purposes Only": false, "List on file": false, "As per schedule": false, "Quoted - not bound": false,
		"Proof of liability insurance": false, "Certificate holder to be named": false, "Sample Certificate": false, "Uninsured": false, "Insurer A": true, // as the certificates of those who try a program out say
		"Sample Road Builders LLC": true, "Schedule Builders Inc": true, "Insured Titles Co": true, "Master Plumbers Inc": true, "Information Systems LLC": true, "Proof Brewing Co": true,
	} {
		r := newRecord(1)
		r.party("insured", &r.certificate.Insured, block(certificate.Text, text, "12 Mill Road", "Dover, DE 19901"))
		if e := r.evidence["insured.name"]; (e.Confidence >= sureFrom) != sure {
			t.Errorf("%q has the score %.2f", text, e.Confidence)
		}
	}
}

func TestWhatIsWrittenInPlaceOfANameIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"To Whom It May Concern", "For Information Only", "Evidence of Insurance", "TBD", "To be named", "None", "Self-Insured", "See Named Insured Schedule",
		"See attached list", "Various Carriers", "All interested parties", "Same as above", "Named insured on file", "SPECIMEN", "Not applicable", "Insured's copy"} {
		r := newRecord(1)
		r.party("insured", &r.certificate.Insured, block(certificate.Text, text, "12 Mill Road", "Dover, DE 19901"))
		if name := r.certificate.Insured.Name; name != nil {
			t.Errorf("%q names %q", text, *name)
		}
		if got := r.evidence["insured.name"]; got.Text != text || got.Confidence >= sureFrom {
			t.Errorf("the evidence of no name is %q with the score %.2f", got.Text, got.Confidence)
		}
		r.insurer(insurerLine{letter: "A", doubt: 1, label: block(certificate.Text, "INSURER A :").tokens}, block(certificate.Text, text).tokens, 400)
		if name := r.certificate.Insurers[0].Name; name != nil {
			t.Errorf("the insurer %q is called %q", text, *name)
		}
	}
	for _, text := range []string{"See's Candies, Inc.", "Pending Storm LLC", "None Such Foods Co", "Various Artists Management LLC", "Same Day Plumbing", "Blanket Holders Supply Co."} {
		r := newRecord(1)
		r.party("insured", &r.certificate.Insured, block(certificate.Text, text, "12 Mill Road", "Dover, DE 19901"))
		if name := r.certificate.Insured.Name; name == nil || *name != strings.TrimRight(text, " ") {
			t.Errorf("%q is no name", text)
		}
	}
}

func TestAnInsuredOfWhomSomethingElseIsSaidIsNotSurelyOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{ // the least that it must stay below, 0 where nobody may be named
		"Crest Builders Inc. has requested to be named as additional insured.":                                                           0,
		"Should we list Crest Builders Inc. as an additional insured?":                                                                   0,
		"The additional insured endorsement for Crest Builders Inc. was deleted.":                                                        0,
		"Crest Builders Inc. is hereby removed as additional insured.":                                                                   0,
		"Crest Builders Inc. is an additional insured except for completed operations.":                                                  sureFrom,
		"Crest Builders Inc. is an additional insured under the expired policy.":                                                         sureFrom,
		"Crest Builders Inc. is named as additional insured under the policy of Dunmore Estates LLC.":                                    sureFrom,
		"Crest Builders Inc. was an additional insured.":                                                                                 sureFrom,
		"Crest Builders Inc. is an additional insured on auto. Crest Builders Inc. is no longer an additional insured on any other line": sureFrom,
		"Crest Builders Inc. is an additional insured. Dunmore Estates LLC is not.":                                                      1,
	} {
		for _, found := range additionalInsureds(text) {
			if found.sure >= want || want == 1 && found.sure < sureFrom {
				t.Errorf("%q names %q with %.2f", text, found.name, found.sure)
			}
		}
	}
}

func TestAMarkThatStandsAloneIsNoBoxOfWords(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{"x", "☒", "[X]", "☐"} {
		if boxes := boxesIn(block(certificate.Text, mark).tokens); len(boxes) != 0 {
			t.Errorf("%q alone ticks %d words", mark, len(boxes))
		}
	}
}

func TestTheWordForItsNumberIsNoPartOfAnInsurersName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Sable Surplus Lines Insurance Co. (NAIC #":       "Sable Surplus Lines Insurance Co.",
		"Sable Mutual, NAIC No.":                          "Sable Mutual",
		"Sable Mutual (NAIC # 41207)":                     "Sable Mutual",
		"Naicol Insurance Company":                        "Naicol Insurance Company",
		"Sable Mutual (a member of the Sable NAIC Group)": "Sable Mutual (a member of the Sable NAIC Group)",
	} {
		if got := insurerName(text); got != want {
			t.Errorf("%q is called %q", text, got)
		}
	}
}
