package eval

import (
	"errors"
	"fmt"
	"strings"

	"certflow/internal/calibration"
	"certflow/internal/certificate"
)

// Report is the outcome of an evaluation.
type Report struct {
	Confidence  float64         `json:"confidence"` // from which a value may decide
	Files       []FileResult    `json:"files"`
	Kinds       map[Kind]*Total `json:"kinds"`
	All         Total           `json:"all"`
	Reliability []Bin           `json:"reliability"`
	Sources     []Reliability   `json:"reliability_by_source"`
}

// Reliability is what confidence is worth for values from one source.
type Reliability struct {
	Source certificate.Source `json:"source"`
	Bins   []Bin              `json:"bins"`
}

// FileResult is the outcome for one document.
type FileResult struct {
	Name         string  `json:"name"`
	Kind         Kind    `json:"kind"`
	Pages        int     `json:"pages"`
	Milliseconds float64 `json:"milliseconds"`
	Refusal      string  `json:"refusal,omitempty"`
	// Mistaken says that a certificate was refused, or a document that is none was read or refused for another reason.
	Mistaken string    `json:"mistaken,omitempty"`
	Total    Total     `json:"total"`
	Faults   []Finding `json:"faults"`
	values   []Finding // that were read: the material of the reliability table
}

// Total counts fields: all of them, those that rules judge, and the worst, which are wrong or invented values that rules
// judge and that the reader was sure of.
type Total struct {
	Documents int    `json:"documents"`
	Mistaken  int    `json:"mistaken"`
	Fields    Counts `json:"fields"`
	Judged    Counts `json:"judged"`
	Sure      int    `json:"sure_and_wrong"`
	Unsure    int    `json:"right_but_unsure"` // right, judged by rules, and of no use to them: below the threshold

	pages        int
	milliseconds float64
}

// Counts are numbers of fields by verdict.
type Counts struct {
	Right    int `json:"right"`
	Wrong    int `json:"wrong"`
	Missing  int `json:"missing"`
	Invented int `json:"invented"`
}

// Share is the share of fields that are right, 1 where there are none.
func (c Counts) Share() float64 {
	all := c.Right + c.Wrong + c.Missing + c.Invented
	if all == 0 {
		return 1
	}
	return float64(c.Right) / float64(all)
}

func (c *Counts) add(o Counts) {
	c.Right += o.Right
	c.Wrong += o.Wrong
	c.Missing += o.Missing
	c.Invented += o.Invented
}

func (c *Counts) count(v Verdict) {
	switch v {
	case Right:
		c.Right++
	case Wrong:
		c.Wrong++
	case Missing:
		c.Missing++
	case Invented:
		c.Invented++
	}
}

// Overconfident is by how much the confidence in a range of the reliability table, of all values or of those from one source, exceeds
// the share of its values that are right, at most; ranges with few values say nothing. It is 0 where confidence promises no more than it holds anywhere.
func (r Report) Overconfident() float64 {
	worst := 0.0
	for _, bins := range append(bySource(r.Sources), r.Reliability) {
		for _, b := range bins {
			if b.All >= telling {
				worst = max(worst, b.Mean-float64(b.Right)/float64(b.All))
			}
		}
	}
	return worst
}

func bySource(sources []Reliability) [][]Bin {
	var out [][]Bin
	for _, s := range sources {
		out = append(out, s.Bins)
	}
	return out
}

// telling is how many values a range of confidence must hold for its share to mean something.
const telling = 50

// Bin is a range of confidence and how often the values in it were right.
type Bin struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Right int     `json:"right"`
	All   int     `json:"all"`
	Mean  float64 `json:"mean_confidence"`
}

func (f *FileResult) count(found Finding, threshold float64) {
	f.Total.Fields.count(found.Verdict)
	if found.Judged {
		f.Total.Judged.count(found.Verdict)
		if (found.Verdict == Wrong || found.Verdict == Invented) && found.Confidence >= threshold {
			f.Total.Sure++
		}
		if found.Verdict == Right && found.Confidence < threshold {
			f.Total.Unsure++
		}
	}
	if found.Verdict != Right {
		f.Faults = append(f.Faults, found)
	}
	if found.Verdict != Missing && !found.Presence {
		f.values = append(f.values, found)
	}
}

func (t *Total) add(f FileResult) {
	t.Documents++
	if f.Mistaken != "" {
		t.Mistaken++
	}
	t.Fields.add(f.Total.Fields)
	t.Judged.add(f.Total.Judged)
	t.Sure += f.Total.Sure
	t.Unsure += f.Total.Unsure
	t.pages += f.Pages
	t.milliseconds += f.Milliseconds
}

// perPage is the mean time that a page took, in milliseconds.
func (t Total) perPage() float64 {
	if t.pages == 0 {
		return 0
	}
	return t.milliseconds / float64(t.pages)
}

func summarise(files []FileResult, threshold float64) Report {
	r := Report{Confidence: threshold, Files: files, Kinds: map[Kind]*Total{}}
	r.Reliability = bins()
	for _, source := range []certificate.Source{certificate.FormField, certificate.Text, certificate.OCR} {
		r.Sources = append(r.Sources, Reliability{source, bins()})
	}
	for i := range files {
		f := &files[i]
		f.Total.Documents, f.Total.pages, f.Total.milliseconds = 1, f.Pages, f.Milliseconds
		if f.Mistaken != "" {
			f.Total.Mistaken = 1
		}
		if r.Kinds[f.Kind] == nil {
			r.Kinds[f.Kind] = &Total{}
		}
		r.Kinds[f.Kind].add(*f)
		r.All.add(*f)
		for _, v := range f.values {
			put(r.Reliability, v)
			for _, s := range r.Sources {
				if s.Source == v.Source {
					put(s.Bins, v)
				}
			}
		}
	}
	return r
}

// bins are the ranges of confidence that are told apart.
func bins() []Bin {
	edges := []float64{0, 0.5, 0.7, 0.85, 0.9, 0.95, 0.98, 0.99, 1}
	out := make([]Bin, len(edges)-1)
	for i := range out {
		out[i].From, out[i].To = edges[i], edges[i+1]
	}
	return out
}

// put counts a value in the range of its confidence.
func put(bins []Bin, v Finding) {
	for i := range bins {
		b := &bins[i]
		if v.Confidence < b.From || v.Confidence >= b.To && i+1 < len(bins) {
			continue
		}
		b.All++
		b.Mean += (v.Confidence - b.Mean) / float64(b.All)
		if v.Verdict == Right {
			b.Right++
		}
	}
}

// Samples are the values that were read, for calibration.Fit: the report has to be of scores, not of confidences. The insurers' names of
// coverages are not among them, which rest on a letter and on the list of insurers, nor are the limits of a free row, which are compared
// together: that one is missing says nothing of the others.
func (r Report) Samples() []calibration.Sample {
	var out []calibration.Sample
	for _, f := range r.Files {
		for _, v := range f.values {
			if v.Kind != "" && v.Source != "" && !strings.HasSuffix(v.Path, ".insurer_name") && !strings.HasSuffix(v.Path, ".limits") {
				out = append(out, calibration.Sample{Document: f.Name, Source: v.Source, Kind: v.Kind, Score: v.Confidence, Right: v.Verdict == Right, Judged: v.Judged})
			}
		}
	}
	return out
}

// Thresholds are what an evaluation must reach. Shares are between 0 and 1.
type Thresholds struct {
	FormRight, TextRight, ScanRight float64
	Sure                            int // wrong or invented values that rules judge and that the reader was sure of
	Mistaken                        int // documents refused or read by mistake
	// Overconfident is by how much confidence may exceed the share of values that are right, 0–1; 0 does not ask.
	Overconfident float64
}

// Check gives an error that names every threshold the report does not reach.
func (r Report) Check(t Thresholds) error {
	var faults []error
	for _, k := range []struct {
		kind Kind
		want float64
	}{{Form, t.FormRight}, {Text, t.TextRight}, {Scan, t.ScanRight}} {
		total, ok := r.Kinds[k.kind]
		if !ok {
			continue
		}
		if got := total.Fields.Share(); got < k.want {
			faults = append(faults, fmt.Errorf("%s: %.2f %% of fields are right, %.2f %% are required", k.kind, 100*got, 100*k.want))
		}
	}
	if r.All.Sure > t.Sure {
		faults = append(faults, fmt.Errorf("%d values that rules judge are wrong or invented at confidence %.2f and above, %d are allowed", r.All.Sure, r.Confidence, t.Sure))
	}
	if over := r.Overconfident(); t.Overconfident > 0 && over > t.Overconfident {
		faults = append(faults, fmt.Errorf("confidence exceeds the share of values that are right by %.3f, %.3f is allowed", over, t.Overconfident))
	}
	if r.All.Mistaken > t.Mistaken {
		faults = append(faults, fmt.Errorf("%d documents were refused or read by mistake, %d are allowed", r.All.Mistaken, t.Mistaken))
	}
	return errors.Join(faults...)
}
