package grounding_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/grounding/groundingtest"
	"certflow/internal/page"
)

// paper is a certificate as it may be printed, invented from end to end.
const paper = `
CERTIFICATE OF LIABILITY INSURANCE                                    DATE (MM/DD/YYYY)
                                                                         03/02/2026
PRODUCER                                   CONTACT NAME:
  Hollowell Agency Inc                     PHONE:
  12 Quay Road                             INSURER(S) AFFORDING COVERAGE          NAIC #
  Port Maren, OR 97999                     INSURER A : Alder Mutual Company       10001
INSURED                                    INSURER B : Brant Casualty             10002
  Larkspur Masonry &                       INSURER C :
  Tile LLC
  9 Kiln Lane, Port Maren, OR 97999
COVERAGES               CERTIFICATE NUMBER: CN-77120
INSR                        ADDL SUBR                   POLICY EFF   POLICY EXP
LTR  TYPE OF INSURANCE      INSD WVD   POLICY NUMBER    (MM/DD/YYYY) (MM/DD/YYYY)   LIMITS
 A X COMMERCIAL GENERAL LIABILITY      GL 550-1234      01/15/2026   01/15/2027   EACH OCCURRENCE       $ 1,000,000
        CLAIMS-MADE  X OCCUR   X                                                  MED EXP (Any one person) $ 5,000
                                                                                  GENERAL AGGREGATE     $ 2,000,000
                                                                                  PRODUCTS - COMP/OP AGG $ Included
 B   AUTOMOBILE LIABILITY              BA 99-8           02/01/2026   02/01/2027   COMBINED SINGLE LIMIT $ 500,000
     X ANY AUTO
     UMBRELLA LIAB     OCCUR           UM-42001          01/15/2026   01/15/2027   EACH OCCURRENCE       $3,000,000
     EXCESS LIAB       CLAIMS-MADE                                                AGGREGATE             $3,000,000
DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES
  Fernhill Estates is an additional insured. Commercial General Liability
  EACH OCCURRENCE $ 9,000,000 as of 05/05/2026
CERTIFICATE HOLDER                         CANCELLATION
  Fernhill Estates Holdings
  1 Fern Hill
                                           AUTHORIZED REPRESENTATIVE
ACORD 25 (2016/03)
`

const (
	gl       = "coverages.commercial_general_liability"
	auto     = "coverages.automobile_liability"
	umbrella = "coverages.umbrella_excess_liability"
)

func date(t *testing.T, s string) certificate.Date {
	t.Helper()
	d, err := certificate.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAValueIsSureOnlyWhereItStandsBesideItsLabel(t *testing.T) {
	t.Parallel()
	probe := grounding.NewProbe(&certificate.Certificate{Insurers: []certificate.Insurer{{Letter: "A"}, {Letter: "B"}}},
		[]page.Page{groundingtest.Typed(paper)})
	const sure, unsure, nowhere = "sure", "unsure", "nowhere"
	for _, tt := range []struct {
		name, path string
		value      any
		want       string
	}{
		{"a limit beside its label in its row", gl + ".limits.each_occurrence_dollars", certificate.Dollars(1_000_000), sure},
		{"a limit whose label has a remark", gl + ".limits.medical_expense_dollars", certificate.Dollars(5_000), sure},
		{"the same label in the row of another coverage", umbrella + ".limits.each_occurrence_dollars", certificate.Dollars(3_000_000), sure},
		{"an amount without a space after its sign", umbrella + ".limits.aggregate_dollars", certificate.Dollars(3_000_000), sure},
		{"a limit of the row above", umbrella + ".limits.each_occurrence_dollars", certificate.Dollars(1_000_000), unsure},
		{"a limit of the row below", gl + ".limits.each_occurrence_dollars", certificate.Dollars(3_000_000), unsure},
		{"another limit of the same row", gl + ".limits.each_occurrence_dollars", certificate.Dollars(2_000_000), unsure},
		{"a number beside no label of the coverage", gl + ".limits.general_aggregate_dollars", certificate.Dollars(500_000), unsure},
		{"a limit that free text claims", gl + ".limits.each_occurrence_dollars", certificate.Dollars(9_000_000), unsure},
		{"a limit where Included is printed", gl + ".limits.products_completed_operations_dollars", certificate.Dollars(2_000_000), unsure},
		{"a number that is not printed", gl + ".limits.each_occurrence_dollars", certificate.Dollars(1_500_000), nowhere},
		{"digits of a policy number", gl + ".limits.medical_expense_dollars", certificate.Dollars(42001), nowhere},
		{"a number that is the part of another", gl + ".limits.each_occurrence_dollars", certificate.Dollars(1), unsure},

		{"a date in its row and column", gl + ".policy_effective_date", date(t, "01/15/2026"), sure},
		{"a date in the other column", gl + ".policy_effective_date", date(t, "01/15/2027"), unsure},
		{"a date of another row", gl + ".policy_expiration_date", date(t, "02/01/2027"), unsure},
		{"a date of free text", gl + ".policy_expiration_date", date(t, "05/05/2026"), unsure},
		{"a date that is not printed", gl + ".policy_expiration_date", date(t, "01/16/2027"), nowhere},
		{"the certificate's date under its label", "certificate_date", date(t, "03/02/2026"), sure},
		{"a policy's date as the certificate's", "certificate_date", date(t, "01/15/2026"), unsure},

		{"a policy number in its row", gl + ".policy_number_string", "GL 550-1234", sure},
		{"a policy number written another way", gl + ".policy_number_string", "GL5501234", sure},
		{"a part of a policy number", gl + ".policy_number_string", "550-1234", unsure},
		{"a policy number of another row", gl + ".policy_number_string", "BA 99-8", unsure},
		{"a policy number that is not printed", gl + ".policy_number_string", "GL 550-1235", nowhere},
		{"the letter of the row's insurer", gl + ".insurer_letter", "A", sure},
		{"the letter of another insurer", gl + ".insurer_letter", "B", unsure},

		{"an insurer's name after its letter", "insurers.0.name", "Alder Mutual Company", sure},
		{"another insurer's name", "insurers.0.name", "Brant Casualty", unsure},
		{"an insurer's number", "insurers.1.naic", "10002", sure},
		{"another insurer's number", "insurers.1.naic", "10001", unsure},
		{"a name across two lines", "insured.name", "Larkspur Masonry & Tile LLC", sure},
		{"a name in other letters and punctuation", "insured.name", "LARKSPUR MASONRY AND TILE, L.L.C.", sure},
		{"the holder's name in its box", "certificate_holder.name", "Fernhill Estates Holdings", sure},
		{"a part of the holder's name", "certificate_holder.name", "Fernhill Estates", unsure},
		{"the insured as holder", "certificate_holder.name", "Larkspur Masonry & Tile LLC", unsure},
		{"a name that is not printed", "certificate_holder.name", "Larch Estates", nowhere},
		{"the producer's address", "producer.address", "12 Quay Road, Port Maren, OR 97999", sure},
		{"the form", "form.name", "ACORD 25", sure},
		{"the edition", "form.edition", "2016/03", sure},
		{"another edition", "form.edition", "2014/01", nowhere},
		{"the certificate's number", "certificate_number", "CN-77120", sure},

		{"a ticked box", gl + ".occurrence", true, unsure},
		{"a box without a mark", gl + ".claims_made", true, unsure},
		{"a ticked box in a column", gl + ".waiver_of_subrogation", true, unsure},
		{"a list of ticked boxes", auto + ".autos.0", "any_auto", unsure},
		{"a box that is not printed", "coverages.workers_compensation.per_statute", true, nowhere},
		{"free text", "description_of_operations.text", "Fernhill Estates is an additional insured.", unsure},
		{"a name in free text", "description_of_operations.additional_insured_names.0", "Fernhill Estates", unsure},
		{"free text that is not printed", "description_of_operations.text", "Blanket additional insured applies to all parties.", nowhere},
		{"a text of nothing", "certificate_holder.name", " - ", nowhere},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := probe.At(tt.path, tt.value)
			got := unsure
			switch {
			case e.Confidence >= grounding.Certain:
				got = sure
			case e.Confidence == 0:
				got = nowhere
			}
			if got != tt.want {
				t.Errorf("%s = %v is %s (%+v), want %s", tt.path, tt.value, got, e, tt.want)
			}
			if empty := (certificate.Evidence{Source: certificate.Model}); got == nowhere && e != empty {
				t.Errorf("evidence of what stands nowhere: %+v", e)
			}
			if got != nowhere && (e.Page != 1 || e.Box[0] >= e.Box[2] || e.Box[1] >= e.Box[3] || e.Text == "" || e.Source != certificate.Text) {
				t.Errorf("evidence does not say where: %+v", e)
			}
		})
	}
}

func TestATickedBoxWeighsMoreThanOneWithoutAMark(t *testing.T) {
	t.Parallel()
	probe := grounding.NewProbe(&certificate.Certificate{}, []page.Page{groundingtest.Typed(paper)})
	with, without := probe.At(gl+".occurrence", true), probe.At(umbrella+".occurrence", true)
	if with.Confidence <= without.Confidence {
		t.Errorf("ticked %v, not ticked %v", with.Confidence, without.Confidence)
	}
}

// one is a certificate that claims a single limit.
func one(amount certificate.Dollars) *certificate.Certificate {
	c := &certificate.Certificate{}
	c.Coverages.GeneralLiability = &certificate.GeneralLiability{Limits: certificate.GeneralLiabilityLimits{EachOccurrence: &amount}}
	return c
}

const eachOccurrence = gl + ".limits.each_occurrence_dollars"

func TestAmountsArePrintedInManyWays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, print string
		sure, found bool
	}{
		{"plain digits", "1000000", true, true},
		{"cents that are zero", "$1,000,000.00", true, true},
		{"a sign of its own", "$ 1,000,000", true, true},
		{"a full stop after it", "1,000,000.", true, true},
		{"the label glued to it", "LIMIT:$1,000,000", true, true},
		{"what it is for after it", "$1,000,000/accident", true, true},
		{"two limits in one", "1,000,000/2,000,000", false, false},
		{"groups apart", "1 000 000", false, true},
		{"millions", "$1M", false, true},
		{"millions in words", "1 million", false, true},
		{"cents that are not zero", "1,000,000.50", false, false},
		{"broken groups", "1,00,0000", false, false},
		{"a letter among the digits", "1,0O0,000", false, false},
		{"a longer number", "11,000,000", false, false},
		{"a negative number", "-1,000,000", false, false},
		{"a word", "Included", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   " + tt.print)
			e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]
			if (e.Confidence >= grounding.Certain) != tt.sure || (e.Confidence > 0) != tt.found {
				t.Errorf("%q gives %+v", tt.print, e)
			}
		})
	}
}

func TestDatesArePrintedInManyWays(t *testing.T) {
	t.Parallel()
	want := date(t, "02/03/2026")
	for _, tt := range []struct {
		name, print string
		sure, found bool
	}{
		{"as the form asks", "02/03/2026", true, true},
		{"without zeros", "2/3/2026", true, true},
		{"a short year", "02/03/26", true, true},
		{"the year first", "2026-02-03", true, true},
		{"a month in words", "Feb 3, 2026", true, true},
		{"the day first, the month in words", "3-Feb-2026", true, true},
		{"spaces around the slashes", "02/ 03/2026", true, true},
		{"dots, where day and month may be the other way round", "02.03.2026", false, true},
		{"another day", "02/04/2026", false, false},
		{"no day of the calendar", "02/30/2026", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY\nEffective Date: " + tt.print)
			c := one(1)
			c.Coverages.GeneralLiability.Effective = &want
			e := grounding.Ground(c, []page.Page{p})[gl+".policy_effective_date"]
			if (e.Confidence >= grounding.Certain) != tt.sure || (e.Confidence > 0) != tt.found {
				t.Errorf("%q gives %+v", tt.print, e)
			}
		})
	}
}

func TestWhatIsHiddenGroundsNothing(t *testing.T) {
	t.Parallel()
	const text = "COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   $ 1,000,000"
	for _, tt := range []struct {
		name string
		hide func(*page.Page)
	}{
		{"words drawn invisibly", func(p *page.Page) {
			for i := range p.Words {
				p.Words[i].Hidden = true
			}
		}},
		{"type that is too small to read", func(p *page.Page) {
			for i := range p.Words {
				p.Words[i].Size = 1
			}
		}},
		{"words beside the page", func(p *page.Page) {
			for i := range p.Words {
				p.Words[i].Box[0] += 1000
				p.Words[i].Box[2] += 1000
			}
		}},
		{"a hidden form field", func(p *page.Page) {
			p.Words = p.Words[:5]
			p.Fields = []page.Field{{Name: "limit", Kind: page.TextField, Value: "1,000,000", Hidden: true, Box: certificate.Box{280, 20, 340, 30}}}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := groundingtest.Typed(text)
			if e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]; e.Confidence < grounding.Certain {
				t.Fatalf("when shown: %+v", e)
			}
			tt.hide(&p)
			e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]
			if diff := cmp.Diff(certificate.Evidence{Source: certificate.Model}, e); diff != "" {
				t.Errorf("evidence (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFormFieldGroundsItsValue(t *testing.T) {
	t.Parallel()
	p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   $")
	p.Fields = []page.Field{{Name: "limit", Kind: page.TextField, Value: "1,000,000", Box: certificate.Box{280, 18, 340, 30}}}
	e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]
	if e.Source != certificate.FormField || e.Confidence < grounding.Certain || e.Text != "1,000,000" {
		t.Errorf("evidence %+v", e)
	}
}

func TestPrintAndFieldThatDisagreeLeaveNeitherSure(t *testing.T) {
	t.Parallel()
	p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   $ 2,000,000")
	p.Fields = []page.Field{{Name: "limit", Kind: page.TextField, Value: "1,000,000", Box: certificate.Box{275, 18, 330, 30}}}
	for _, amount := range []certificate.Dollars{1_000_000, 2_000_000} {
		e := grounding.Ground(one(amount), []page.Page{p})[eachOccurrence]
		if e.Confidence >= grounding.Certain || e.Page != 1 {
			t.Errorf("%v: %+v", amount, e)
		}
	}
}

func TestTheEnginesDoubtIsTheValues(t *testing.T) {
	t.Parallel()
	p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   $ 1,000,000")
	for i := range p.Words {
		p.Words[i].Source, p.Words[i].Confidence = certificate.OCR, 0.7
	}
	e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]
	if e.Source != certificate.OCR || e.Confidence > 0.7 || e.Confidence == 0 {
		t.Errorf("evidence %+v", e)
	}
}

func TestALineAcrossThePageEndsARow(t *testing.T) {
	t.Parallel()
	p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY\n\n   EACH OCCURRENCE   $ 1,000,000")
	if e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]; e.Confidence < grounding.Certain {
		t.Fatalf("without a line: %+v", e)
	}
	p.Marks = []page.Mark{{Kind: page.Rule, Box: certificate.Box{20, 36, 590, 36.5}}}
	if e := grounding.Ground(one(1_000_000), []page.Page{p})[eachOccurrence]; e.Confidence >= grounding.Certain {
		t.Errorf("with a line: %+v", e)
	}
}

func TestCoveragesWithNamesOfTheirOwnAreGroundedByThem(t *testing.T) {
	t.Parallel()
	label, limit, amount := "Installation Risk", "Any one job", certificate.Dollars(250_000)
	c := &certificate.Certificate{}
	c.Coverages.Other = []certificate.OtherCoverage{{Label: &label, Limits: []certificate.OtherLimit{{Label: &limit, Amount: &amount}}}}
	p := groundingtest.Typed("WORKERS COMPENSATION   E.L. EACH ACCIDENT  $ 250,000\nINSTALLATION RISK      Any one job  $ 250,000")
	got := grounding.Ground(c, []page.Page{p})
	if e := got["coverages.other.0.limits.0.amount_dollars"]; e.Confidence < grounding.Certain || e.Box[1] < 30 {
		t.Errorf("amount %+v", e)
	}
	if e := got["coverages.other.0.label"]; e.Confidence < grounding.Certain {
		t.Errorf("label %+v", e)
	}
}

func TestGroundGivesEvidenceForEveryValueAndNoOther(t *testing.T) {
	t.Parallel()
	c := one(1_000_000)
	want := map[string]bool{}
	certificate.Walk(c, func(path string, _ any) { want[path] = true })
	for path := range grounding.Ground(c, nil) {
		if !want[path] {
			t.Errorf("evidence for %s", path)
		}
		delete(want, path)
	}
	if len(want) > 0 {
		t.Errorf("no evidence for %v", want)
	}
}

func TestAnAmountOfAnyReadersThatNoWordShowsIsNotCertain(t *testing.T) {
	t.Parallel()
	p := groundingtest.Typed("COMMERCIAL GENERAL LIABILITY   EACH OCCURRENCE   $ 1,000,000")
	for amount, want := range map[certificate.Dollars]float64{1_000_000: 0.97, 2_000_000: 0.5} {
		evidence := certificate.Evidence{Page: 1, Box: certificate.Box{1, 2, 3, 4}, Text: "print", Confidence: 0.97, Source: certificate.Text}
		r := &certificate.Reading{Certificate: *one(amount), Evidence: map[string]certificate.Evidence{eachOccurrence: evidence}}
		grounding.Confirm(r, []page.Page{p})
		evidence.Confidence = want
		if diff := cmp.Diff(evidence, r.Evidence[eachOccurrence]); diff != "" {
			t.Errorf("%v (-want +got):\n%s", amount, diff)
		}
	}
}
