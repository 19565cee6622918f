// Package calibration says what the scores of the layout reader are worth. It is pure.
//
// A score is a product of doubts: how sure OCR was of the characters, how near the value stands to its label, whether it looks as such
// values do, whether another value bears it out. It puts values of a kind in order, but it is no probability. What became of it was
// counted on certificates whose truth is known (Earned), and the counts make it a confidence:
//
//   - A confidence is a lower bound: of the values that were read with it at least that share is right.
//   - From Sure on rules rest on a value. A range of scores under Sure reaches it only where no value in it was wrong, nor one of the
//     same kind and source with a higher score, in at least enough of them from at least many documents. By the rule of three less than
//     one in 100 such values is then wrong, with 95 of 100 certainty.
//   - No value whose place or meaning is in doubt is raised to it: those have low scores, whatever their characters.
//
// How the table is made anew is said in CONTRIBUTING.md.
package calibration

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
)

// Sure is the confidence from which an account's rules trust a value unless the account says otherwise.
const Sure = grounding.Certain

const (
	few    = 20   // values; a range with fewer says nothing, and its scores stand
	enough = 300  // values that a range needs before it is sure
	many   = 20   // and the documents that they come from: values of one page are misread together
	lowest = 0.75 // the lowest score that may become sure: under it stand values whose place or meaning is in doubt
	unsure = 0.84 // at most, where a value was wrong or too few were seen
	raised = 0.9  // at most, for scores under Sure
	least  = 0.01 // 0 says that a value does not stand on the page
)

// Range is what became of the values with scores from From up to the next range.
type Range struct {
	From      float64
	All       int // values that were read
	Right     int // of these
	Documents int // that held them
}

// Curve is what became of the values of one kind that were read from one source, by ascending scores.
type Curve struct {
	Source certificate.Source
	Kind   Kind
	Ranges []Range
}

// Table is a curve for each source and kind.
type Table []Curve

// Confidence is what a score is worth. Of a source or kind that was never counted it is the score itself, but not sure.
func (t Table) Confidence(source certificate.Source, kind Kind, score float64) float64 {
	if !(score > 0) { // not on the page, or no number
		return 0
	}
	i := slices.IndexFunc(t, func(c Curve) bool { return c.Source == source && c.Kind == kind })
	if i < 0 {
		return min(score, unsure)
	}
	return math.Round(t[i].at(score)*1e4) / 1e4
}

// at never falls with the score.
func (c Curve) at(score float64) float64 {
	worth := 0.0
	if len(c.Ranges) == 0 || score < c.Ranges[0].From {
		return min(score, unsure)
	}
	for i, r := range c.Ranges {
		if r.From > score {
			break
		}
		top := score
		if i+1 < len(c.Ranges) {
			top = min(score, c.Ranges[i+1].From)
		}
		worth = max(worth, c.worth(i, top))
	}
	return worth
}

// worth is the confidence of a score in a range.
func (c Curve) worth(i int, score float64) float64 {
	r := c.Ranges[i]
	if r.All < few {
		return min(score, unsure)
	}
	wrong := slices.ContainsFunc(c.Ranges[i:], func(r Range) bool { return r.Right < r.All })
	switch {
	case r.From >= Sure:
		return min(r.bound(), score)
	case wrong || !r.tells() || r.From < lowest:
		return min(r.bound(), unsure)
	}
	return min(r.bound(), raised)
}

// tells reports whether a range holds enough values for their share to decide anything.
func (r Range) tells() bool { return r.All >= enough && r.Documents >= many }

// bound is the share of right values that a range has at least, with 95 of 100 certainty: exactly where all are right, by Wilson's
// interval where not.
func (r Range) bound() float64 {
	n, share := float64(r.All), float64(r.Right)/float64(r.All)
	if r.Right == r.All {
		return math.Pow(0.05, 1/n)
	}
	const z = 1.645
	return max(least, (share+z*z/(2*n)-z*math.Sqrt(share*(1-share)/n+z*z/(4*n*n)))/(1+z*z/n))
}

// Apply gives the values of a reading the confidence that their scores have earned. It changes the evidence of r. What stands for no
// value, such as "Included", keeps its score: it is in no reading's way.
func (t Table) Apply(r *certificate.Reading) {
	for path, e := range r.Evidence {
		if _, shown := certificate.Lookup(&r.Certificate, path); !shown {
			continue
		}
		if kind := KindOf(path); kind != "" {
			e.Confidence = t.Confidence(e.Source, kind, e.Confidence)
			r.Evidence[path] = e
		}
	}
	for path, e := range r.Evidence {
		if coverage, is := strings.CutSuffix(path, ".insurer_name"); is {
			if confidence, listed := named(r, coverage); listed {
				e.Confidence = confidence
				r.Evidence[path] = e
			}
		}
	}
}

// named is the confidence in the name of a coverage's insurer where the list of insurers has it under the coverage's letter: that of the
// letter or of the name in the list, whichever is less.
func named(r *certificate.Reading, coverage string) (confidence float64, listed bool) {
	letter, _ := certificate.Lookup(&r.Certificate, coverage+".insurer_letter")
	name, _ := certificate.Lookup(&r.Certificate, coverage+".insurer_name")
	for i, insurer := range r.Certificate.Insurers {
		if insurer.Letter == letter && insurer.Name != nil && *insurer.Name == name {
			return min(r.Evidence[coverage+".insurer_letter"].Confidence, r.Evidence["insurers."+strconv.Itoa(i)+".name"].Confidence), true
		}
	}
	return 0, false
}
