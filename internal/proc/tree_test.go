package proc

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestALineOfAProcessIsReadWhateverItsName(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]string{
		"plain":       "42 (postgres) S 7 42 42 0 -1 4194304 1 2 3 4 100 20 30 5 20 0 1 0 99",
		"parentheses": "42 (a) b (c) R 7 42 42 0 -1 4194304 1 2 3 4 100 20 30 5 20 0 1 0 99\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseStat(line)
			if err != nil {
				t.Fatal(err)
			}
			if got.PID != 42 || got.Parent != 7 || got.CPU != 1550*time.Millisecond {
				t.Errorf("got %+v, want 42, child of 7, with 1.55 s", got)
			}
		})
	}
	for name, line := range map[string]string{
		"empty": "", "without a name": "42 S 7", "too short": "42 (x) S 7 1", "not numbers": "42 (x) S y 42 42 0 -1 4194304 1 2 3 4 1 2 3 5 20",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := ParseStat(line); err == nil {
				t.Errorf("read as %+v, want an error", got)
			}
		})
	}
}

func TestOnlyDescendantsCount(t *testing.T) {
	t.Parallel()
	all := []Stat{{PID: 5, Parent: 3}, {PID: 1}, {PID: 2, Parent: 1}, {PID: 3, Parent: 2}, {PID: 4, Parent: 1}}
	var pids []int
	for _, s := range Descendants(all, 2) {
		pids = append(pids, s.PID)
	}
	if diff := cmp.Diff([]int{2, 3, 5}, pids); diff != "" {
		t.Error(diff)
	}
}
