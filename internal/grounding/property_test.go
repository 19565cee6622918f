package grounding_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/page"
)

// words are what random pages are made of: labels, amounts, dates, and noise.
func words(amounts []certificate.Dollars) []string {
	out := []string{"COMMERCIAL", "GENERAL", "LIABILITY", "EACH", "OCCURRENCE", "AGGREGATE", "UMBRELLA", "LIAB", "$", "X", "A", ":", "|", "(",
		"DESCRIPTION", "OF", "OPERATIONS", "POLICY", "EFF", "01/15/2026", "Included", "$1M", "GL-1000000", "1,00", "٣", "ﬁn", "\u200b", "9,999,999,999,999"}
	for _, a := range amounts {
		out = append(out, a.String(), strings.TrimPrefix(a.String(), "$"), fmt.Sprintf("%d.00", a))
	}
	return out
}

// TestAnAmountThatNoWordShowsIsNeverSure draws pages of any words in any place, hidden ones among them, and claims an amount that no
// visible word holds.
func TestAnAmountThatNoWordShowsIsNeverSure(t *testing.T) {
	t.Parallel()
	coordinate := rapid.OneOf(rapid.Float64Range(0, 700), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), -5, 0}))
	rapid.Check(t, func(t *rapid.T) {
		printed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) certificate.Dollars {
			return certificate.Dollars(rapid.Int64Range(1, 9_999).Draw(t, "thousands") * 1000)
		}), 0, 4).Draw(t, "printed")
		claimed := certificate.Dollars(rapid.Int64Range(1, 9_999).Draw(t, "claimed")*1000 + 137)
		text := rapid.SampledFrom(words(printed))
		p := page.Page{Number: 1, Width: 612, Height: 792}
		for range rapid.IntRange(0, 60).Draw(t, "words") {
			x, y := coordinate.Draw(t, "x"), coordinate.Draw(t, "y")
			p.Words = append(p.Words, page.Word{Text: text.Draw(t, "text"), Box: certificate.Box{x, y, x + 30, y + 8}, Source: certificate.Text, Confidence: 1})
		}
		if rapid.Bool().Draw(t, "hidden") {
			p.Words = append(p.Words,
				page.Word{Text: "EACH", Box: certificate.Box{10, 10, 40, 18}, Source: certificate.Text, Confidence: 1},
				page.Word{Text: "OCCURRENCE", Box: certificate.Box{42, 10, 90, 18}, Source: certificate.Text, Confidence: 1},
				page.Word{Text: claimed.String(), Box: certificate.Box{95, 10, 140, 18}, Source: certificate.Text, Confidence: 1, Hidden: true})
		}
		if e := grounding.Ground(one(claimed), []page.Page{p})[eachOccurrence]; e.Confidence != 0 {
			t.Fatalf("%v is not printed and has %+v", claimed, e)
		}
	})
}

// FuzzGround has any words ground any texts: nothing may panic, and confidence stays within its bounds.
func FuzzGround(f *testing.F) {
	f.Add("EACH OCCURRENCE $ 1,000,000", "Larkspur Masonry LLC", int64(1_000_000))
	f.Add("INSURED: Larkspur\tMasonry", "Larkspur Masonry", int64(0))
	f.Add("01/02/2026-01/02/2027 1 000 000 $1M ((( |||", "&", int64(-1))
	f.Fuzz(func(t *testing.T, text, name string, amount int64) {
		c := one(certificate.Dollars(amount))
		c.Insured.Name = &name
		c.Description.AdditionalInsuredNames = []string{name}
		c.Coverages.GeneralLiability.Number = &name
		c.Coverages.Other = []certificate.OtherCoverage{{Label: &name}}
		p := page.Page{Number: 1, Width: 612, Height: 792, Fields: []page.Field{{Kind: page.TextField, Value: text, Box: certificate.Box{10, 200, 300, 260}},
			{Kind: page.TextField, Value: text, Box: certificate.Box{10, 300, 11, 301}}}}
		for i, w := range slices.Collect(strings.FieldsSeq(text)) {
			x, y := float64(i%9)*60, float64(i/9)*12
			p.Words = append(p.Words, page.Word{Text: w, Box: certificate.Box{x, y, x + 50, y + 8}, Source: certificate.OCR, Confidence: 0.9})
		}
		for path, e := range grounding.Ground(c, []page.Page{p}) {
			if !(e.Confidence >= 0 && e.Confidence <= 1) || (e.Confidence == 0) != (e.Page == 0) {
				t.Errorf("%s: %+v", path, e)
			}
		}
	})
}

// TestAPageThatRepeatsItselfIsGroundedSoon takes the pages that cost a search most.
func TestAPageThatRepeatsItselfIsGroundedSoon(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"A", "EACH OCCURRENCE $1,000,000", "COMMERCIAL GENERAL LIABILITY 01/01/2026", "A 01/01/2026 1,000,000"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			p := page.Page{Number: 1, Width: 612, Height: 792}
			repeated := strings.Fields(strings.Repeat(text+" ", 6000/len(strings.Fields(text))))
			for i, w := range repeated {
				x, y := float64(i%60)*10, float64(i/60)*7.5
				p.Words = append(p.Words, page.Word{Text: w, Box: certificate.Box{x, y, x + 9, y + 7}, Source: certificate.Text, Confidence: 1})
			}
			name := strings.Repeat("A ", 4000)
			c := one(1_000_000)
			c.Description.Text, c.Insured.Name = &name, &name
			day := date(t, "01/01/2026")
			for range 8 {
				more := *one(1_000_000).Coverages.GeneralLiability
				more.Effective, more.Number = &day, &text
				c.Coverages.GeneralLiability.AdditionalPolicies = append(c.Coverages.GeneralLiability.AdditionalPolicies, more)
			}
			began := time.Now()
			grounding.Ground(c, []page.Page{p})
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}
