package reader

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// sureReading is a reading whose values are all certain, with a description.
func sureReading(t *testing.T, description string) *certificate.Reading {
	t.Helper()
	r := &certificate.Reading{Evidence: map[string]certificate.Evidence{}}
	yes, no, text, number := true, false, description, "GL-100"
	from, to, limit := day(t, "01/01/2026"), day(t, "01/01/2027"), certificate.Dollars(1_000_000)
	policy := certificate.Policy{Number: &number, Effective: &from, Expiration: &to, AdditionalInsured: &yes, WaiverOfSubrogation: &yes}
	r.Certificate.Coverages.GeneralLiability = &certificate.GeneralLiability{Policy: policy, ClaimsMade: &no, Occurrence: &yes,
		Limits: certificate.GeneralLiabilityLimits{EachOccurrence: &limit}}
	other := "WC-200"
	policy.Number = &other
	r.Certificate.Coverages.WorkersCompensation = &certificate.WorkersCompensation{Policy: policy, Limits: certificate.WorkersCompensationLimits{EachAccident: &limit}}
	r.Certificate.Insured.Name = &number
	if description != "" {
		r.Certificate.Description.Text = &text
	}
	sure(r)
	return r
}

func sure(r *certificate.Reading) {
	certificate.Walk(&r.Certificate, func(path string, _ any) { r.Evidence[path] = certificate.Evidence{Page: 1, Confidence: 0.97} })
}

func day(t *testing.T, s string) certificate.Date {
	t.Helper()
	d, err := certificate.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// doubted are the paths of a reading that are no longer certain, without the name of the coverages.
func doubted(r *certificate.Reading) []string {
	var out []string
	for path, e := range r.Evidence {
		if e.Confidence <= stamped {
			out = append(out, strings.NewReplacer("coverages.commercial_general_liability.", "GL ", "coverages.workers_compensation.", "WC ").Replace(path))
		}
	}
	slices.Sort(out)
	return out
}

func TestWhatTheDescriptionTakesBackIsNotCertain(t *testing.T) {
	t.Parallel()
	everything := doubted(func() *certificate.Reading {
		r := sureReading(t, "x")
		doubtWhere(r, "", func(string) bool { return true })
		return r
	}())
	starting := func(with string) []string {
		return slices.DeleteFunc(slices.Clone(everything), func(p string) bool { return !strings.HasPrefix(p, with) })
	}
	limits := []string{"GL limits.each_occurrence_dollars", "WC limits.each_accident_dollars"}
	for said, want := range map[string][]string{
		"This certificate is void.":                                                             everything,
		"General liability policy cancelled 10/01/2026 for non-payment.":                        starting("GL "),
		"Workers compensation has been non-renewed and is no longer in force.":                  starting("WC "),
		"Notice of cancellation has been issued for the above policies.":                        everything,
		"This is a sample for illustration purposes only.":                                      everything,
		"Coverage is bound for 30 days pending underwriting approval.":                          everything,
		"All limits are shown in Canadian dollars.":                                             limits,
		"GL each occurrence reduced to $500,000.":                                               limits[:1],
		"Effective 03/01/2026 the general aggregate is amended to $500,000.":                    limits[:1],
		"Limits have been reduced by paid claims.":                                              limits,
		"GL each occurrence is $500,000 for this project.":                                      limits[:1],
		"Sublimit of $250,000 applies to general liability each occurrence.":                    limits[:1],
		"GL each occurrence is $1,000,000 for this project.":                                    nil,
		"Damage to premises sublimit 25,000 applies in lieu of the above.":                      limits[:1],
		"Workers comp policy expires 09/30/2026 by agreement.":                                  {"WC policy_effective_date", "WC policy_expiration_date"},
		"Coverage ends 9/30/26.":                                                                {"GL policy_effective_date", "GL policy_expiration_date", "WC policy_effective_date", "WC policy_expiration_date"},
		"The GL policy expires 01/01/2027.":                                                     nil,
		"If the GL policy is extended to 03/01/2027, notice will be sent.":                      nil,
		"Vale County was removed as additional insured on GL.":                                  {"GL additional_insured"},
		"The WC policy was cancelled flat and replaced by policy WC-9.":                         starting("WC "),
		"Lease ends 09/30/2026.":                                                                nil,
		"Limits are not in Canadian dollars.":                                                   nil,
		"Quote only - coverage is not bound.":                                                   everything,
		"Waiver of subrogation is pending on the workers compensation policy.":                  {"WC waiver_of_subrogation"},
		"The GL policy expired.":                                                                starting("GL "),
		"Additional insured does not apply to WC.":                                              {"WC additional_insured"},
		"Vale County is an additional insured on the general liability. Job No. 2207.":          nil,
		"Coverage is primary and non-contributory; limits apply per project.":                   nil,
		"Waiver of subrogation applies to GL and WC. Policy No. 4471 is primary.":               nil,
		"General aggregate limit has been exhausted by paid claims.":                            limits[:1],
		"No waiver of subrogation is given.":                                                    {"GL waiver_of_subrogation", "WC waiver_of_subrogation"},
		"Waiver of subrogation does not apply to workers compensation.":                         {"WC waiver_of_subrogation"},
		"Additional insured status does not extend to general liability.":                       {"GL additional_insured"},
		"General liability is written on a claims-made basis.":                                  {"GL claims_made", "GL occurrence"},
		"Professional liability is claims made.":                                                nil,
		"30 days notice of cancellation will be given, 10 days for non-payment.":                nil,
		"Should any policy be cancelled, notice will be sent.":                                  nil,
		"This certificate replaces and voids all previously issued certificates.":               nil,
		"All certificates issued before this one are void.":                                     nil,
		"Installation of suspended ceilings; void filling; terminated cables.":                  nil,
		"Umbrella follows form over general liability. Limits may be impaired by loss.":         nil,
		"Waiver of subrogation applies where required by written contract.":                     nil,
		"Wren LLC is additional insured on general liability, except for workers compensation.": nil,
		"Draft beer systems and sample preparation.":                                            nil,
		"Tamarack Commons LLC is included as additional insured.":                               nil,
	} {
		t.Run(said, func(t *testing.T) {
			t.Parallel()
			r := sureReading(t, said)
			doubtRetracted(r, nil)
			if diff := cmp.Diff(want, doubted(r)); diff != "" {
				t.Errorf("doubted (-want +got):\n%s", diff)
			}
		})
	}
}

// lineOf is a page with one line of words.
func lineOf(text string) []page.Page {
	p := page.Page{Number: 1, Width: 612, Height: 792}
	for i, w := range strings.Fields(text) {
		x := 40 + float64(i)*50
		p.Words = append(p.Words, page.Word{Text: w, Box: certificate.Box{x, 100, x + 45, 108}, Source: certificate.Text, Confidence: 1, Size: 8})
	}
	return []page.Page{p}
}

func TestWhatALineOfThePageTakesBackIsNotCertain(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"A GL-100 01/01/2026 01/01/2027 CANCELLED": "all",
		"*** VOID ***":                                      "all",
		"POLICIES BE CANCELLED BEFORE THE":                  "nothing",
		"IF ONE OF THESE IS CANCELLED":                      "nothing",
		"the contract was cancelled":                        "nothing",
		"CANCELLATION":                                      "nothing",
		"ALL LIMITS ARE IN CANADIAN DOLLARS":                "limits",
		"LIMITS SHOWN IN CAD":                               "limits",
		"MXN 1,000,000":                                     "limits",
		"CAD DESIGN SERVICES LLC":                           "nothing",
		"LIMITS ARE SHOWN IN THOUSANDS":                     "limits",
		"LIMITS SHOWN MAY HAVE BEEN REDUCED BY PAID CLAIMS": "nothing",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			r := sureReading(t, "")
			doubtRetracted(r, lineOf(line))
			got := "nothing"
			switch n := len(doubted(r)); {
			case n == len(r.Evidence):
				got = "all"
			case n == 2:
				got = "limits"
			case n > 0:
				got = strings.Join(doubted(r), ", ")
			}
			if got != want {
				t.Errorf("doubted is %s, want %s", got, want)
			}
		})
	}
}

func TestWhatNoPolicyHasIsNotCertain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*certificate.GeneralLiability)
		want   []string
	}{
		"no policy in place of its number": {func(g *certificate.GeneralLiability) { s := "NOT COVERED"; g.Number = &s },
			[]string{"GL additional_insured", "GL claims_made", "GL limits.each_occurrence_dollars", "GL occurrence", "GL policy_effective_date", "GL policy_expiration_date",
				"GL policy_number_string", "GL waiver_of_subrogation"}},
		"a number that is still to come": {func(g *certificate.GeneralLiability) { s := "TBD"; g.Number = &s }, nil},
		"a hundred years": {func(g *certificate.GeneralLiability) { d := day(t, "01/01/2126"); g.Expiration = &d },
			[]string{"GL policy_effective_date", "GL policy_expiration_date"}},
		"a project of ten years": {func(g *certificate.GeneralLiability) { d := day(t, "01/01/2036"); g.Expiration = &d }, nil},
		"two billion dollars": {func(g *certificate.GeneralLiability) {
			v := certificate.Dollars(2_000_000_000)
			g.Limits.EachOccurrence = &v
		},
			[]string{"GL limits.each_occurrence_dollars"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sureReading(t, "")
			test.change(r.Certificate.Coverages.GeneralLiability)
			doubtRetracted(r, nil)
			if diff := cmp.Diff(test.want, doubted(r)); diff != "" {
				t.Errorf("doubted (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAMarkThatSaysNoAgreesWithWordsThatSayNo(t *testing.T) {
	t.Parallel()
	r := sureReading(t, "No waiver of subrogation is given.")
	no := false
	r.Certificate.Coverages.GeneralLiability.WaiverOfSubrogation = &no
	doubtRetracted(r, nil)
	if diff := cmp.Diff([]string{"WC waiver_of_subrogation"}, doubted(r)); diff != "" {
		t.Errorf("doubted (-want +got):\n%s", diff)
	}
}

func TestStampsMayBeSpacedOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"V O I D": "VOID", "NOT VALID": "NOTVALID", "QUOTE": "QUOTE", "VALID": "", "CERTIFICATE OF LIABILITY INSURANCE": "", "A VOID": "VOID", "S AMPLER": ""} {
		p := lineOf(text)
		for i := range p[0].Words {
			p[0].Words[i].Size = 40
		}
		if got := stampOf(&p[0]); got != want {
			t.Errorf("%q is stamped %q, want %q", text, got, want)
		}
	}
}
