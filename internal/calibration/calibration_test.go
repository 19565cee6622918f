package calibration

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/certificate"
)

// curve is a table of one curve, of amounts that OCR read.
func curve(ranges ...Range) Table { return Table{{certificate.OCR, Amount, ranges}} }

func TestAScoreIsSureOnlyWhereEnoughWereSeenAndNoneWasWrong(t *testing.T) {
	t.Parallel()
	top := Range{Sure, 1000, 1000, 100}
	for name, test := range map[string]struct {
		table Table
		score float64
		sure  bool
	}{
		"all of many were right":                    {curve(Range{lowest, 300, 300, 20}, top), 0.8, true},
		"one of very many was wrong":                {curve(Range{lowest, 5000, 4999, 400}, top), 0.8, false},
		"one with a higher score was wrong":         {curve(Range{lowest, 400, 400, 20}, Range{Sure, 1000, 999, 100}), 0.8, false},
		"one with a lower score was wrong":          {curve(Range{0.3, 50, 40, 20}, Range{lowest, 400, 400, 20}, top), 0.8, true},
		"too few were seen":                         {curve(Range{lowest, 299, 299, 20}, top), 0.8, false},
		"they are of too few documents":             {curve(Range{lowest, 1000, 1000, 19}, top), 0.8, false},
		"scores that low tell of a doubtful place":  {curve(Range{0.6, 1000, 1000, 100}, top), 0.8, false},
		"a score that is sure by itself":            {curve(top), 0.86, true},
		"a high score whose share was counted less": {curve(Range{Sure, 100, 80, 20}), 0.97, false},
		"a kind that was never counted":             {Table{}, 0.97, false},
		"a score under all ranges":                  {curve(top), 0.84, false},
		"no number":                                 {curve(top), math.NaN(), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.table.Confidence(certificate.OCR, Amount, test.score); (got >= Sure) != test.sure {
				t.Errorf("the confidence is %.3f, sure from %.2f on; want sure: %t", got, Sure, test.sure)
			}
		})
	}
}

// The table may not say more than its counts do, whatever range a score is in.
func TestNoConfidenceIsMoreThanWasEarned(t *testing.T) {
	t.Parallel()
	for _, c := range Earned() {
		for i, r := range c.Ranges {
			to := 1.0
			if i+1 < len(c.Ranges) {
				to = c.Ranges[i+1].From
			}
			for score := r.From; score < to; score += 0.004 {
				got := Earned().Confidence(c.Source, c.Kind, score)
				if share := float64(r.Right) / float64(r.All); r.All >= few && got > share {
					t.Errorf("%s %s with a score of %.3f: confidence %.3f, but of %d values %d were right", c.Source, c.Kind, score, got, r.All, r.Right)
				}
				if score >= Sure || got < Sure {
					continue
				}
				wrong := slices.ContainsFunc(c.Ranges[i:], func(r Range) bool { return r.Right < r.All })
				if wrong || r.All < enough || r.Documents < many || score < lowest {
					t.Errorf("%s %s with a score of %.3f: sure, after %d of %d in %d documents were right, and others above: %v", c.Source, c.Kind, score, r.Right, r.All, r.Documents, c.Ranges[i:])
				}
			}
		}
	}
}

func TestConfidenceNeverFallsWithTheScore(t *testing.T) {
	t.Parallel()
	tables := []Table{Earned(), curve(Range{0, 30, 29, 20}, Range{0.3, 5, 0, 5}, Range{lowest, 200, 200, 50}, Range{Sure, 40, 30, 20})}
	for _, table := range tables {
		for _, c := range table {
			before := 0.0
			for score := 0.0; score <= 1; score += 0.002 {
				got := table.Confidence(c.Source, c.Kind, score)
				if got < before || score > 0 && got == 0 || got > 1 {
					t.Fatalf("%s %s: confidence %.4f at a score of %.3f, %.4f before", c.Source, c.Kind, got, score, before)
				}
				before = got
			}
		}
	}
}

// drawn are values whose score says by share how often they are right.
func drawn(seed uint64, n int, share func(score float64) float64) []Sample {
	random := rand.New(rand.NewPCG(seed, 1))
	var out []Sample
	for i := range n {
		score := random.Float64()
		out = append(out, Sample{Document: fmt.Sprint(i / 8), Source: certificate.OCR, Kind: Amount, Score: score, Right: random.Float64() < share(score), Judged: true})
	}
	return out
}

func TestAFitSaysOfOtherValuesNoMoreThanIsTrue(t *testing.T) {
	t.Parallel()
	for name, share := range map[string]func(float64) float64{
		"scores that mean what they say": func(s float64) float64 { return s },
		"scores that say too little":     func(s float64) float64 { return min(1, s+0.3) },
		"scores that say too much":       func(s float64) float64 { return s * s },
		"scores that say nothing":        func(float64) float64 { return 0.9 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := Fit(drawn(7, 6000, share))
			var sum, right, n [20]float64
			for _, s := range drawn(8, 60000, share) {
				c := table.Confidence(s.Source, s.Kind, s.Score)
				bin := min(int(c*20), 19)
				sum[bin], n[bin] = sum[bin]+c, n[bin]+1
				if s.Right {
					right[bin]++
				}
			}
			for i := range n {
				if n[i] > 500 && sum[i]/n[i] > right[i]/n[i]+0.02 {
					t.Errorf("confidence %.3f is right %.3f of %v times", sum[i]/n[i], right[i]/n[i], n[i])
				}
			}
		})
	}
}

func TestAFitRaisesTheScoresThatNeverFailed(t *testing.T) {
	t.Parallel()
	samples := drawn(9, 15000, func(s float64) float64 { return min(1, s/0.7) })
	table := Fit(samples)
	in, left := table.Try(samples), CrossValidate(samples)
	for name, trial := range map[string]Trial{"of its own documents": in, "of others": left} {
		if trial.SureAndWrong > 0 || trial.Unsure >= trial.UnsureScores || trial.Right != in.Right {
			t.Errorf("%s: %+v, want none sure and wrong, and fewer that are right and unsure", name, trial)
		}
	}
	if got := table.Confidence(certificate.OCR, Amount, 0.8); got < Sure || got > raised {
		t.Errorf("a score of 0.8, which never failed, is worth %.3f", got)
	}
	if got := table.Confidence(certificate.OCR, Amount, 0.5); got >= 0.8 || got < 0.5 {
		t.Errorf("a score of 0.5, which is right in 71 of 100, is worth %.3f", got)
	}
	if text := table.Literal(); !strings.HasPrefix(text, "{certificate.OCR, Amount, []Range{{0, ") {
		t.Errorf("the table is written as %s", text)
	}
}

func TestEveryValueHasAKind(t *testing.T) {
	t.Parallel()
	for _, f := range certificate.Fields() {
		if path := strings.ReplaceAll(f.Path, "*", "0"); f.Scalar() && KindOf(path) == "" {
			t.Errorf("%s has no kind", path)
		}
	}
	got := map[string]Kind{}
	for _, path := range []string{"form.name", "certificate_number", "insurers.0.letter", "insurers.0.naic", "coverages.umbrella_excess_liability.form",
		"coverages.umbrella_excess_liability.additional_policies.0.form", "coverages.automobile_liability.autos.1", "coverages.automobile_liability.additional_policies.0.autos",
		"coverages.workers_compensation.proprietor_excluded", "coverages.workers_compensation.per_statute", "description_of_operations.signature",
		"description_of_operations.additional_insured_names.2", "coverages.other.0.limits.1.amount_dollars", "coverages.other.0.label", "no.such.path"} {
		got[path] = KindOf(path)
	}
	want := map[string]Kind{"form.name": Text, "certificate_number": Number, "insurers.0.letter": Letter, "insurers.0.naic": Text, "coverages.umbrella_excess_liability.form": Box,
		"coverages.umbrella_excess_liability.additional_policies.0.form": Box, "coverages.automobile_liability.autos.1": Autos, "coverages.automobile_liability.additional_policies.0.autos": Autos,
		"coverages.workers_compensation.proprietor_excluded": Flag, "coverages.workers_compensation.per_statute": Box, "description_of_operations.signature": Signature,
		"description_of_operations.additional_insured_names.2": Name, "coverages.other.0.limits.1.amount_dollars": Amount, "coverages.other.0.label": Text, "no.such.path": ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestWhatStandsForNoValueKeepsItsScore(t *testing.T) {
	t.Parallel()
	amount := certificate.Dollars(1_000_000)
	r := certificate.Reading{Evidence: map[string]certificate.Evidence{
		"coverages.workers_compensation.limits.each_accident_dollars":        {Page: 1, Source: certificate.OCR, Confidence: 0.8},
		"coverages.workers_compensation.limits.disease_policy_limit_dollars": {Page: 1, Source: certificate.OCR, Confidence: 0.5, Text: "Included"},
		"insured.name": {Source: certificate.OCR},
	}}
	r.Certificate.Coverages.WorkersCompensation = &certificate.WorkersCompensation{Limits: certificate.WorkersCompensationLimits{EachAccident: &amount}}
	name := "Alder Roofing"
	r.Certificate.Insured.Name = &name
	curve(Range{lowest, 400, 400, 20}, Range{Sure, 1000, 1000, 20}).Apply(&r)
	got := map[string]float64{}
	for path, e := range r.Evidence {
		got[path] = e.Confidence
	}
	want := map[string]float64{"coverages.workers_compensation.limits.each_accident_dollars": raised,
		"coverages.workers_compensation.limits.disease_policy_limit_dollars": 0.5, "insured.name": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("confidences (-want +got):\n%s", diff)
	}
}

func TestAnInsurersNameIsAsSureAsItsLetterAndTheList(t *testing.T) {
	t.Parallel()
	table := Table{{certificate.OCR, Letter, []Range{{lowest, 400, 400, 20}, {Sure, 1000, 1000, 20}}}, {certificate.OCR, Name, []Range{{Sure, 100, 100, 20}}}}
	for name, test := range map[string]struct {
		letter, listed, own float64
		printed             string
		want                float64
	}{
		"both are sure":              {0.9, 0.95, 0.2, "Kestrel", 0.9},
		"the letter became sure":     {0.8, 0.95, 0.8, "Kestrel", raised},
		"the listed name is doubted": {0.9, 0.7, 0.7, "Kestrel", 0.7},
		"it is not that of the list": {0.9, 0.95, 0.7, "Harrow", 0.7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			letter, listed := "A", "Kestrel"
			r := certificate.Reading{Evidence: map[string]certificate.Evidence{
				"coverages.workers_compensation.insurer_letter": {Page: 1, Source: certificate.OCR, Confidence: test.letter},
				"coverages.workers_compensation.insurer_name":   {Page: 1, Source: certificate.OCR, Confidence: test.own},
				"insurers.0.name": {Page: 1, Source: certificate.OCR, Confidence: test.listed},
			}}
			r.Certificate.Insurers = []certificate.Insurer{{Letter: letter, Name: &listed}}
			r.Certificate.Coverages.WorkersCompensation = &certificate.WorkersCompensation{Policy: certificate.Policy{InsurerLetter: &letter, InsurerName: &test.printed}}
			table.Apply(&r)
			if got := r.Evidence["coverages.workers_compensation.insurer_name"].Confidence; got != test.want {
				t.Errorf("the confidence is %.3f, want %.3f", got, test.want)
			}
		})
	}
}
