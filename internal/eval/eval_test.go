package eval

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/calibration"
	"certflow/internal/certificate"
	"certflow/internal/sample"
)

func someDay() certificate.Date {
	return certificate.DateOf(time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC))
}

func ptr[T any](v T) *T { return &v }

// sure gives every value of a certificate the same confidence.
func sure(c certificate.Certificate, confidence float64) *certificate.Reading {
	r := &certificate.Reading{Certificate: c, Evidence: map[string]certificate.Evidence{}}
	certificate.Walk(&c, func(path string, _ any) {
		r.Evidence[path] = certificate.Evidence{Page: 1, Confidence: confidence, Source: certificate.Text}
	})
	return r
}

func TestAReadingThatIsTheTruthHasOnlyRightFields(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		s := sample.Random(seed, someDay())
		for _, f := range Compare(Expected{Certificate: s.Certificate, Open: openOf(s)}, sure(s.Certificate, 1)) {
			if f.Verdict != Right {
				t.Errorf("seed %d: %+v", seed, f)
			}
		}
	}
}

func TestEveryChangedValueIsFoundWithItsVerdict(t *testing.T) {
	t.Parallel()
	date, err := certificate.ParseDate("01/02/2026")
	if err != nil {
		t.Fatal(err)
	}
	truth := func() certificate.Certificate {
		return certificate.Certificate{
			Insured:  certificate.Party{Name: ptr("Alder Roofing, LLC"), Address: ptr("1 Mill St, Ashford, OR 97120")},
			Insurers: []certificate.Insurer{{Letter: "A", Name: ptr("Kestrel Mutual")}, {Letter: "C", Name: ptr("Harrow Casualty")}},
			Coverages: certificate.Coverages{
				GeneralLiability: &certificate.GeneralLiability{
					Policy:     certificate.Policy{Number: ptr("GL 12-3"), Effective: &date, InsurerLetter: ptr("A"), AdditionalInsured: ptr(false)},
					Occurrence: ptr(true), ClaimsMade: ptr(false),
					Limits: certificate.GeneralLiabilityLimits{EachOccurrence: ptr(certificate.Dollars(1_000_000))},
				},
				AutomobileLiability: &certificate.AutomobileLiability{Autos: []string{"hired_autos_only", "non_owned_autos_only"}},
				CyberLiability:      &certificate.ProfessionalLiability{Policy: certificate.Policy{Number: ptr("CY-9")}, Limits: certificate.ProfessionalLiabilityLimits{EachClaim: ptr(certificate.Dollars(5_000))}},
				Other:               []certificate.OtherCoverage{{Label: ptr("Builders Risk"), Policy: certificate.Policy{Number: ptr("BR-1")}, Limits: []certificate.OtherLimit{{Label: ptr("Limit"), Amount: ptr(certificate.Dollars(250_000))}}}},
			},
			Description: certificate.Description{Signature: ptr(false), AdditionalInsuredNames: []string{"Wexley County"}},
		}
	}
	tests := map[string]struct {
		change func(*certificate.Certificate)
		want   string // verdict and path, empty where nothing may be found
	}{
		"a limit of another amount is wrong": {func(c *certificate.Certificate) {
			c.Coverages.GeneralLiability.Limits.EachOccurrence = ptr(certificate.Dollars(100_000))
		}, "wrong coverages.commercial_general_liability.limits.each_occurrence_dollars"},
		"a limit in the wrong box is invented": {func(c *certificate.Certificate) {
			c.Coverages.GeneralLiability.Limits.GeneralAggregate = ptr(certificate.Dollars(1))
		}, "invented coverages.commercial_general_liability.limits.general_aggregate_dollars"},
		"a date that was not read is missing":     {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.Effective = nil }, "missing coverages.commercial_general_liability.policy_effective_date"},
		"an N taken for an empty box is missing":  {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.AdditionalInsured = nil }, "missing coverages.commercial_general_liability.additional_insured"},
		"an empty box taken for an N is invented": {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.WaiverOfSubrogation = ptr(false) }, "invented coverages.commercial_general_liability.waiver_of_subrogation"},
		"an empty tick box may be null":           {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.ClaimsMade = nil }, ""},
		"a ticked box may not be null":            {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.Occurrence = nil }, "missing coverages.commercial_general_liability.occurrence"},
		"a row that is not on the page is invented": {func(c *certificate.Certificate) {
			c.Coverages.UmbrellaLiability = &certificate.UmbrellaLiability{Policy: certificate.Policy{Number: ptr("U")}}
		}, "invented coverages.umbrella_excess_liability; invented coverages.umbrella_excess_liability.policy_number_string"},
		"a row of nothing is none":                       {func(c *certificate.Certificate) { c.Coverages.UmbrellaLiability = &certificate.UmbrellaLiability{} }, ""},
		"spaces of a policy number do not count":         {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.Number = ptr("GL12-3") }, ""},
		"another letter in a policy number counts":       {func(c *certificate.Certificate) { c.Coverages.GeneralLiability.Number = ptr("GL 12-B") }, "wrong coverages.commercial_general_liability.policy_number_string"},
		"case and commas of a name do not count":         {func(c *certificate.Certificate) { c.Insured.Name = ptr("ALDER ROOFING LLC") }, ""},
		"another name is wrong":                          {func(c *certificate.Certificate) { c.Insured.Name = ptr("Alder Roofing") }, "wrong insured.name"},
		"a line break in an address may be a space":      {func(c *certificate.Certificate) { c.Insured.Address = ptr("1 Mill St Ashford OR 97120") }, ""},
		"the order of insurers does not count":           {func(c *certificate.Certificate) { c.Insurers[0], c.Insurers[1] = c.Insurers[1], c.Insurers[0] }, ""},
		"an insurer under another letter is an exchange": {func(c *certificate.Certificate) { c.Insurers[1].Letter = "B" }, "invented insurers.B.name; missing insurers.C.name"},
		"the order of ticked autos does not count":       {func(c *certificate.Certificate) { a := c.Coverages.AutomobileLiability.Autos; a[0], a[1] = a[1], a[0] }, ""},
		"one auto too few is wrong":                      {func(c *certificate.Certificate) { c.Coverages.AutomobileLiability.Autos = []string{"hired_autos_only"} }, "wrong coverages.automobile_liability.autos"},
		"a signature that is not there is wrong":         {func(c *certificate.Certificate) { c.Description.Signature = ptr(true) }, "wrong description_of_operations.signature"},
		"an additional insured too many is wrong": {func(c *certificate.Certificate) {
			c.Description.AdditionalInsuredNames = []string{"Wexley County", "Harrow"}
		}, "wrong description_of_operations.additional_insured_names"},
		"a free row in the wrong slot is wrong": {func(c *certificate.Certificate) {
			c.Coverages.LiquorLiability, c.Coverages.CyberLiability = c.Coverages.CyberLiability, nil
		}, "wrong coverages.free.0"},
		"a free limit of another amount is wrong": {func(c *certificate.Certificate) {
			c.Coverages.Other[0].Limits[0].Amount = ptr(certificate.Dollars(25_000))
		}, "wrong coverages.free.1.limits"},
		"how a free limit's label is cut does not count": {func(c *certificate.Certificate) { c.Coverages.Other[0].Limits[0].Label = ptr("Builders Risk Limit") }, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := truth()
			tc.change(&read)
			var got []string
			for _, f := range Compare(Expected{Certificate: truth()}, sure(read, 1)) {
				if f.Verdict != Right {
					got = append(got, string(f.Verdict)+" "+f.Path)
				}
			}
			if diff := cmp.Diff(tc.want, strings.Join(got, "; ")); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAValueWithoutEvidenceHasNoConfidence(t *testing.T) {
	t.Parallel()
	c := certificate.Certificate{Insured: certificate.Party{Name: ptr("Somebody Else")}}
	want := Expected{Certificate: certificate.Certificate{Insured: certificate.Party{Name: ptr("Alder Roofing")}}}
	found := Compare(want, &certificate.Reading{Certificate: c})
	if len(found) != 1 || found[0].Confidence != 0 || found[0].Verdict != Wrong {
		t.Errorf("found %+v, want one wrong value at confidence 0", found)
	}
}

// knowing is a reader that gives the readings by the bytes of the document.
func knowing(readings map[string]*certificate.Reading, refusals map[string]error) Reader {
	return func(_ context.Context, pdf []byte) (*certificate.Reading, error) {
		if err, ok := refusals[string(pdf)]; ok {
			return nil, err
		}
		return readings[string(pdf)], nil
	}
}

func TestAFolderOfCertificatesWithTruthIsMeasured(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("certificates/one.pdf", "one")
	write("truth/one.json", `{"form": "ACORD 25", "form_edition": "2014/01", "page_count": 1, "kind": "scanned", "date_issued": "01/02/2026", "certificate_number": null,
		"producer": {"name": "Agency", "address": null}, "insured": {"name": "Alder Roofing", "address": null},
		"insurers": {"A": {"name": "Kestrel", "naic": "12345"}, "B": {"name": "Harrow", "naic": null}}, "signature_present": false, "description_of_operations": null,
		"certificate_holder": {"name": null, "address": null, "raw": "For Information Only"},
		"coverages": {"commercial_general_liability": {"insr_ltr": "A", "checked": true, "form": "occur", "policy_number": "GL-1", "effective_date": "01/01/2026", "expiration_date": "01/01/2027",
			"addl_insd": true, "subr_wvd": null, "limits": {"each_occurrence": 1000000, "personal_adv_injury": null}},
		"automobile_liability": {"insr_ltr": "B", "autos": [], "policy_number": null, "limits": {"combined_single_limit": null}},
		"umbrella_liability": {"insr_ltr": "A", "box": "umbrella", "form": "occur", "policy_number": "U-1", "effective_date": null, "expiration_date": null,
			"limits": {"each_occurrence": 5000000, "insr_ltr_raw": "A / B", "policy_numbers": ["U-1", "X-2"]}, "deductible": 10000},
		"workers_compensation": null, "professional_liability": null,
		"other": [{"insr_ltr": "A", "description": "Third Party Crime", "policy_number": "C-1", "limits_text": "$500 Ded  $500,000/accident"}]}}`)
	write("certificates/two.pdf", "two")
	write("truth/two.json", `{"form": "ACORD 28", "page_count": 1, "kind": "digital", "insured": {"name": "Somebody"}, "coverages": {}}`)

	day := func(s string) *certificate.Date {
		d, err := certificate.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return &d
	}
	second := certificate.UmbrellaLiability{Policy: certificate.Policy{Number: ptr("X-2"), Effective: day("01/01/2026"), InsurerLetter: ptr("B"), InsurerName: ptr("Harrow")}}
	read := certificate.Certificate{
		Form: certificate.Form{Name: ptr("ACORD 25"), Edition: ptr("2014/01")}, Date: day("01/02/2026"),
		Producer: certificate.Party{Name: ptr("Agency")}, Insured: certificate.Party{Name: ptr("Alder Roofing")},
		Insurers: []certificate.Insurer{{Letter: "A", Name: ptr("Kestrel"), NAIC: ptr("12345")}, {Letter: "B", Name: ptr("Harrow")}},
		Coverages: certificate.Coverages{
			GeneralLiability: &certificate.GeneralLiability{Policy: certificate.Policy{Number: ptr("GL-1"), Effective: day("01/01/2026"), Expiration: day("01/01/2027"),
				InsurerLetter: ptr("A"), InsurerName: ptr("Kestrel"), AdditionalInsured: ptr(true)}, Occurrence: ptr(true),
				Limits: certificate.GeneralLiabilityLimits{EachOccurrence: ptr(certificate.Dollars(1_000_000))}},
			AutomobileLiability: &certificate.AutomobileLiability{Policy: certificate.Policy{InsurerLetter: ptr("B"), InsurerName: ptr("Harrow")}},
			UmbrellaLiability: &certificate.UmbrellaLiability{Policy: certificate.Policy{Number: ptr("U-1"), InsurerLetter: ptr("A"), InsurerName: ptr("Kestrel")}, Form: ptr("umbrella"),
				Occurrence: ptr(true), Limits: certificate.UmbrellaLiabilityLimits{EachOccurrence: ptr(certificate.Dollars(5_000_000)), Retention: ptr(certificate.Dollars(10_000))},
				AdditionalPolicies: []certificate.UmbrellaLiability{second}},
			CriminalLiability: &certificate.ProfessionalLiability{Policy: certificate.Policy{Number: ptr("C-1"), InsurerLetter: ptr("A"), InsurerName: ptr("Kestrel")},
				Limits: certificate.ProfessionalLiabilityLimits{EachClaim: ptr(certificate.Dollars(500_000)), Aggregate: ptr(certificate.Dollars(500))}},
		},
		Description: certificate.Description{AdditionalInsuredNames: []string{"nobody said so"}},
	}
	run := func(reader Reader) Report {
		t.Helper()
		var out strings.Builder
		report, err := Run(t.Context(), Options{Dir: dir}, reader, &out)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), "one.pdf") {
			t.Errorf("the tables do not name the document:\n%s", out.String())
		}
		return report
	}
	refusal := &certificate.Refusal{Code: certificate.NotACertificate, Message: "ACORD 28"}
	good := run(knowing(map[string]*certificate.Reading{"one": sure(read, 0.9)}, map[string]error{"two": refusal}))
	// The truth calls the crime row "other": its label has no counterpart in a slot.
	for _, f := range good.Files {
		for _, found := range f.Faults {
			t.Errorf("%s: %+v", f.Name, found)
		}
	}
	if err := good.Check(Thresholds{ScanRight: 1, TextRight: 1, FormRight: 1}); err != nil {
		t.Errorf("everything was right, and yet: %v", err)
	}

	read.Coverages.GeneralLiability.Limits.EachOccurrence = ptr(certificate.Dollars(2_000_000))
	read.Holder.Name = ptr("For Information Only")
	bad := run(knowing(map[string]*certificate.Reading{"one": sure(read, 0.9), "two": sure(certificate.Certificate{Insured: certificate.Party{Name: ptr("Somebody")}}, 0.9)}, nil))
	if got := bad.All.Sure; got != 3 {
		t.Errorf("%d values are sure and wrong, want the limit, the holder and what was read from a document that is none", got)
	}
	if got := bad.All.Mistaken; got != 1 {
		t.Errorf("%d documents are mistaken, want the one that is no certificate", got)
	}
	err := bad.Check(Thresholds{ScanRight: 1})
	if err == nil || !strings.Contains(err.Error(), "no text layer") || !strings.Contains(err.Error(), "3 values") {
		t.Errorf("the thresholds say %v", err)
	}
	if b := bad.Reliability[4]; b.All == 0 || b.Right != b.All-3 || b.From != 0.9 {
		t.Errorf("the bin of confidence 0.90 holds %+v, want three values that are not right", b)
	}
}

func TestACertificateThatIsRefusedIsMistakenAndItsFieldsAreMissing(t *testing.T) {
	t.Parallel()
	report, err := Measure(t.Context(), Generated(7, 1, 0, someDay())[:1], func(context.Context, []byte) (*certificate.Reading, error) {
		return nil, errors.New("no such page")
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.All.Mistaken != 1 || report.All.Fields.Right != 0 || report.All.Fields.Missing < 20 {
		t.Errorf("counted %+v, want one mistaken document with all fields missing", report.All)
	}
}

func TestAnEvaluationEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Measure(ctx, Generated(7, 1, 0, someDay()), knowing(nil, nil), Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want that of the context", err)
	}
}

func TestConfidenceThatPromisesMoreThanItHoldsIsNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		bin  Bin
		want string
	}{
		"as right as it says":         {Bin{Mean: 0.9, Right: 95, All: 100}, ""},
		"less right than it says":     {Bin{Mean: 0.9, Right: 80, All: 100}, "by 0.100, 0.020 is allowed"},
		"too few to say":              {Bin{Mean: 0.9, Right: 8, All: 10}, ""},
		"wrong by less than is asked": {Bin{Mean: 0.9, Right: 89, All: 100}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for where, report := range map[string]Report{
				"of all":        {Reliability: []Bin{test.bin}},
				"of one source": {Reliability: []Bin{{Mean: 0.9, Right: 9999, All: 10000}}, Sources: []Reliability{{certificate.OCR, []Bin{test.bin}}}},
			} {
				err := report.Check(Thresholds{Overconfident: 0.02})
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("%s: the thresholds say %v, want %q", where, err, test.want)
				}
			}
		})
	}
}

func TestReliabilityIsCountedBySourceAndSamplesAreWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"certificates/one.pdf": "one", "truth/one.json": `{"form": "ACORD 25", "page_count": 1, "kind": "scanned",
		"insured": {"name": "Alder Roofing"}, "insurers": {"A": {"name": "Kestrel"}}, "coverages": {"workers_compensation": {"insr_ltr": "A", "policy_number": "WC-1", "limits": {}}}}`} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	read := certificate.Certificate{Insured: certificate.Party{Name: ptr("Alder Roofing")}, Insurers: []certificate.Insurer{{Letter: "A", Name: ptr("Kestrel")}}}
	read.Coverages.WorkersCompensation = &certificate.WorkersCompensation{Policy: certificate.Policy{Number: ptr("WC-7"), InsurerLetter: ptr("A"), InsurerName: ptr("Kestrel")}}
	reading := sure(read, 0.9)
	number := "coverages.workers_compensation.policy_number_string"
	reading.Evidence[number] = certificate.Evidence{Page: 1, Confidence: 0.8, Source: certificate.OCR}
	var tables, samples strings.Builder
	report, err := Run(t.Context(), Options{Dir: dir, Samples: &samples}, knowing(map[string]*certificate.Reading{"one": reading}, nil), &tables)
	if err != nil {
		t.Fatal(err)
	}
	got := map[certificate.Source][2]int{}
	for _, s := range report.Sources {
		for _, b := range s.Bins {
			got[s.Source] = [2]int{got[s.Source][0] + b.Right, got[s.Source][1] + b.All}
		}
	}
	if diff := cmp.Diff(map[certificate.Source][2]int{certificate.FormField: {}, certificate.Text: {4, 4}, certificate.OCR: {0, 1}}, got); diff != "" {
		t.Errorf("right and all by source (-want +got):\n%s", diff)
	}
	if !strings.Contains(tables.String(), "ocr   0.70–0.85") {
		t.Errorf("the table does not tell sources apart:\n%s", tables.String())
	}
	want := calibration.Sample{Document: "one.pdf", Source: certificate.OCR, Kind: calibration.Number, Score: 0.8, Judged: true}
	all := report.Samples()
	if len(all) != 4 || !slices.Contains(all, want) || strings.Count(samples.String(), "\n") != 4 {
		t.Errorf("the samples are %+v, written as %s; want four, without the name of the coverage's insurer, and %+v among them", all, samples.String(), want)
	}
}
