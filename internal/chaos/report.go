package chaos

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Report is what a run found.
type Report struct {
	Seed     uint64
	For      time.Duration
	Injected []Fault
	// Settled, Repeated and Drained are how long after the last fault everything was healthy, the clients had their answers and nothing
	// was under way; Took is the whole run.
	Settled, Repeated, Drained, Took time.Duration
	Load                             []Count
	Exits                            []string
	Verdict
	Dir string // what is kept of a run that failed
}

// of takes what the world says.
func (r *Report) of(w *World) {
	r.Verdict = Check(w)
	r.Exits = w.Exits
	singles, bulks, files, tries, silent, repeated, replayed, accepted, abandoned := 0, 0, 0, 0, 0, 0, 0, 0, 0
	for _, u := range w.Uploads {
		if u.Bulk {
			bulks++
		} else {
			singles++
		}
		if u.Abandoned {
			abandoned++
		}
		files += len(u.Files)
		tries += len(u.Answers)
		if len(u.Answers) > 1 {
			repeated++
		}
		for _, a := range u.Answers {
			switch {
			case a.Status == 0:
				silent++
			case a.Status == http.StatusAccepted:
				accepted++
			case a.Replayed:
				replayed++
			}
		}
	}
	r.Load = []Count{{"single uploads", singles}, {"bulk uploads", bulks}, {"files", files}, {"tries", tries}, {"uploads that were repeated", repeated},
		{"tries without an answer", silent}, {"answers 202", accepted}, {"answers replayed", replayed}, {"uploads abandoned", abandoned}}
	codes := map[string]int{}
	for _, u := range w.Uploads {
		for _, a := range u.Answers {
			if a.Status >= 400 {
				codes[fmt.Sprintf("answers %d %s", a.Status, a.Code)]++
			}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		r.Load = append(r.Load, Count{code, codes[code]})
	}
	twice := map[string]int{}
	for _, a := range w.Arrivals {
		twice[a.Header["webhook-id"]]++
	}
	again := 0
	for _, n := range twice {
		again += n - 1
	}
	r.Load = append(r.Load, Count{"webhooks that came in again", again})
}

// Text is the report for people.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Chaos, seed %d, faults for %s.\n\n%d faults were injected:\n\n", r.Seed, r.For, len(r.Injected))
	kinds := []Kind{Kill, Crash, Restart, Pause, Cut, Hold, Refuse}
	counts, totals := map[string]map[Kind]int{}, map[Kind]int{}
	for _, f := range r.Injected {
		if counts[f.Target] == nil {
			counts[f.Target] = map[Kind]int{}
		}
		counts[f.Target][f.Kind]++
		totals[f.Kind]++
	}
	row := func(name string, of map[Kind]int) {
		fmt.Fprintf(&b, "  %-22s", name)
		for _, k := range kinds {
			fmt.Fprintf(&b, "%10s", dash(of[k]))
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintf(&b, "  %-22s", "")
	for _, k := range kinds {
		fmt.Fprintf(&b, "%10s", k)
	}
	fmt.Fprintln(&b)
	for _, target := range append(processes(), links()...) {
		row(target, counts[target])
	}
	row("all", totals)
	fmt.Fprintln(&b, "\nMeanwhile:")
	list(&b, r.Load)
	for _, exit := range r.Exits {
		fmt.Fprintf(&b, "  %s\n", exit)
	}
	fmt.Fprintf(&b, "\nAfter the last fault everything was healthy in %.1f s, the clients had their answers in %.1f s, and nothing was under way after %.1f s.\n",
		r.Settled.Seconds(), r.Repeated.Seconds(), r.Drained.Seconds())
	fmt.Fprintln(&b, "\nChecked:")
	list(&b, r.Checked)
	if len(r.Leftover) > 0 {
		fmt.Fprintf(&b, "\n%d uploads are left that nothing refers to, which the sweep removes when they are a day old:\n", len(r.Leftover))
		for _, what := range r.Leftover {
			fmt.Fprintf(&b, "  %s\n", what)
		}
	}
	if len(r.Violations) == 0 {
		fmt.Fprintf(&b, "\n0 violations: nothing lost, nothing stuck, nothing doubled, in %s.\n", r.Took.Round(time.Second))
		return b.String()
	}
	fmt.Fprintf(&b, "\n%d violations:\n", len(r.Violations))
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "  %s\n", v)
	}
	fmt.Fprintf(&b, "\nLogs, blobs and everything that was checked are kept in %s.\n", r.Dir)
	return b.String()
}

func list(b *strings.Builder, counts []Count) {
	for _, c := range counts {
		fmt.Fprintf(b, "  %7d %s\n", c.N, c.What)
	}
}

func dash(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}
