package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Report is one run.
type Report struct {
	Machine  Machine   `json:"machine"`
	Started  time.Time `json:"started"`
	Seed     uint64    `json:"seed"`
	Small    bool      `json:"small"` // sizes that only show that it works
	Sections []Section `json:"sections"`
}

// Machine is what absolute figures belong to.
type Machine struct {
	Cores  int    `json:"cores"`
	CPU    string `json:"cpu"`
	Memory string `json:"memory"`
	OS     string `json:"os"`
	Go     string `json:"go"`
}

// Section is one part of a run.
type Section struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	Seconds float64 `json:"seconds"`
	// OthersCores is how many cores processes that are not of this run kept busy meanwhile: what they took was missing here.
	OthersCores float64  `json:"others_cores"`
	Error       string   `json:"error,omitempty"`
	Figures     []Figure `json:"figures"`
	Notes       []string `json:"notes,omitempty"`
}

// Figure is something measured. One with a target is met when it lies within it.
type Figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"` // "×" and "%" mark ratios; all others belong to the machine
	Target *Target `json:"target,omitempty"`
	Note   string  `json:"note,omitempty"`
}

// Target is what a figure is held to.
type Target struct {
	AtLeast bool    `json:"at_least"` // else at most
	Bound   float64 `json:"bound"`
}

func atMost(bound float64) *Target  { return &Target{Bound: bound} }
func atLeast(bound float64) *Target { return &Target{AtLeast: true, Bound: bound} }

// Met reports whether a value lies within the target.
func (t Target) Met(value float64) bool {
	if t.AtLeast {
		return value >= t.Bound
	}
	return value <= t.Bound
}

// ratio reports whether a figure says something beyond its machine.
func (f Figure) ratio() bool { return f.Unit == "×" || f.Unit == "%" }

// Missed lists the figures that miss their targets, as "section: name".
func (r *Report) Missed() []string {
	var missed []string
	for _, s := range r.Sections {
		for _, f := range s.Figures {
			if f.Target != nil && !f.Target.Met(f.Value) {
				missed = append(missed, s.Name+": "+f.Name)
			}
		}
	}
	return missed
}

// WriteJSON writes the report for programs.
func (r *Report) WriteJSON(w io.Writer) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// Markdown is the report for people: ratios and targets first, then what belongs to the machine.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# certflow bench\n\n%s, seed %d. %d cores (%s), %s of memory, %s, %s.\n", r.Started.Format("2006-01-02 15:04 UTC"), r.Seed,
		r.Machine.Cores, orUnknown(r.Machine.CPU), orUnknown(r.Machine.Memory), r.Machine.OS, r.Machine.Go)
	if r.Small {
		b.WriteString("\nSmall sizes: this run shows that the measurements work; its figures mean little.\n")
	}
	b.WriteString("\n## Targets, ratios first\n\n")
	r.table(&b, func(f Figure) bool { return f.ratio() && f.Target != nil }, func(f Figure) bool { return !f.ratio() && f.Target != nil })
	b.WriteString("\n## Further ratios\n\n")
	r.table(&b, func(f Figure) bool { return f.ratio() && f.Target == nil })
	b.WriteString("\n## Absolute figures, of this machine\n\n")
	r.table(&b, func(f Figure) bool { return !f.ratio() && f.Target == nil })
	b.WriteString("\n## The run\n\n| section | time | cores kept busy by others | |\n| --- | ---: | ---: | --- |\n")
	for _, s := range r.Sections {
		fmt.Fprintf(&b, "| %s | %.0f s | %.2f | %s |\n", s.Name, s.Seconds, s.OthersCores, cell(s.Error))
	}
	for _, s := range r.Sections {
		for _, note := range s.Notes {
			fmt.Fprintf(&b, "\n%s: %s\n", s.Name, note)
		}
	}
	return b.String()
}

// table prints the figures of all sections that are wanted, the first kind before the second.
func (r *Report) table(b *strings.Builder, kinds ...func(Figure) bool) {
	b.WriteString("| section | figure | measured | target | |\n| --- | --- | ---: | ---: | --- |\n")
	for _, wanted := range kinds {
		for _, s := range r.Sections {
			for _, f := range s.Figures {
				if wanted(f) {
					fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", s.Name, cell(f.Name), withUnit(f.Value, f.Unit), f.target(), cell(f.Note))
				}
			}
		}
	}
}

func (f Figure) target() string {
	if f.Target == nil {
		return ""
	}
	sign, verdict := "≤", "met"
	if f.Target.AtLeast {
		sign = "≥"
	}
	if !f.Target.Met(f.Value) {
		verdict = "**missed**"
	}
	return fmt.Sprintf("%s %s %s", sign, withUnit(f.Target.Bound, f.Unit), verdict)
}

// withUnit writes a value with about three digits.
func withUnit(value float64, unit string) string {
	digits := 0
	switch {
	case value == float64(int64(value)):
	case value < 10:
		digits = 2
	case value < 100:
		digits = 1
	}
	text := fmt.Sprintf("%.*f", digits, value)
	if unit == "" || unit == "×" || unit == "%" {
		return text + unit
	}
	return text + " " + unit
}

// cell keeps text within a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}
