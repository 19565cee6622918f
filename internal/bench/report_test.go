package bench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func report() *Report {
	return &Report{
		Machine: Machine{Cores: 2, CPU: "Some CPU", Memory: "16 kB", OS: "linux/amd64", Go: "go1.26"},
		Started: time.Date(2026, 11, 23, 4, 5, 0, 0, time.UTC), Seed: 7,
		Sections: []Section{
			{Name: "read", Seconds: 12, OthersCores: 0.5, Figures: []Figure{
				{Name: "page", Value: 3.5, Unit: "ms"},
				{Name: "words ÷ tool", Value: 1.25, Unit: "×", Target: atMost(2)},
			}},
			{Name: "bulk", Seconds: 60, Error: "a | b\nc", Notes: []string{"all approved"}, Figures: []Figure{
				{Name: "memory", Value: 150, Unit: "MB", Target: atMost(100)},
				{Name: "of the limit", Value: 79.95, Unit: "%", Target: atLeast(80), Note: "8/s of 10/s"},
				{Name: "worst", Value: 12, Unit: "×"},
			}},
		},
	}
}

func TestTheReportGivesTargetsAndRatiosFirst(t *testing.T) {
	t.Parallel()
	want := `# certflow bench

2026-11-23 04:05 UTC, seed 7. 2 cores (Some CPU), 16 kB of memory, linux/amd64, go1.26.

## Targets, ratios first

| section | figure | measured | target | |
| --- | --- | ---: | ---: | --- |
| read | words ÷ tool | 1.25× | ≤ 2× met |  |
| bulk | of the limit | 80.0% | ≥ 80% **missed** | 8/s of 10/s |
| bulk | memory | 150 MB | ≤ 100 MB **missed** |  |

## Further ratios

| section | figure | measured | target | |
| --- | --- | ---: | ---: | --- |
| bulk | worst | 12× |  |  |

## Absolute figures, of this machine

| section | figure | measured | target | |
| --- | --- | ---: | ---: | --- |
| read | page | 3.50 ms |  |  |

## The run

| section | time | cores kept busy by others | |
| --- | ---: | ---: | --- |
| read | 12 s | 0.50 |  |
| bulk | 60 s | 0.00 | a \| b c |

bulk: all approved
`
	if diff := cmp.Diff(want, report().Markdown()); diff != "" {
		t.Error(diff)
	}
}

func TestASmallRunSaysThatItsFiguresMeanLittle(t *testing.T) {
	t.Parallel()
	r := report()
	r.Small = true
	if !strings.Contains(r.Markdown(), "figures mean little") {
		t.Error("it does not")
	}
}

func TestMissedTargetsAreNamed(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]string{"bulk: memory", "bulk: of the limit"}, report().Missed()); diff != "" {
		t.Error(diff)
	}
}

func TestTheReportForProgramsHoldsAll(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := report().WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report(), &back); diff != "" {
		t.Error(diff)
	}
}

func TestSectionsThatDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	report, err := Run(t.Context(), Options{Only: []string{"read", "speed"}, Progress: func(string) {}})
	if report != nil || err == nil || !strings.Contains(err.Error(), `"speed"`) {
		t.Errorf("got %v and %v, want an error that names it", report, err)
	}
}
