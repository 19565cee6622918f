package bench

import (
	"os"
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
			got, err := parseStat(line)
			if err != nil {
				t.Fatal(err)
			}
			if got.pid != 42 || got.parent != 7 || got.cpu != 1550*time.Millisecond {
				t.Errorf("got %+v, want 42, child of 7, with 1.55 s", got)
			}
		})
	}
	for name, line := range map[string]string{
		"empty": "", "without a name": "42 S 7", "too short": "42 (x) S 7 1", "not numbers": "42 (x) S y 42 42 0 -1 4194304 1 2 3 4 1 2 3 5 20",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := parseStat(line); err == nil {
				t.Errorf("read as %+v, want an error", got)
			}
		})
	}
}

func TestOnlyDescendantsCount(t *testing.T) {
	t.Parallel()
	all := []stat{{pid: 5, parent: 3}, {pid: 1}, {pid: 2, parent: 1}, {pid: 3, parent: 2}, {pid: 4, parent: 1}}
	var pids []int
	for _, s := range descendants(all, 2) {
		pids = append(pids, s.pid)
	}
	if diff := cmp.Diff([]int{2, 3, 5}, pids); diff != "" {
		t.Error(diff)
	}
}

func TestTheMachinesTimeIsAllButIdling(t *testing.T) {
	t.Parallel()
	got, err := parseMachineCPU("cpu  100 1 50 9999 777 2 3 4 1000 0\ncpu0 1 1 1\n")
	if err != nil || got != 1600*time.Millisecond {
		t.Errorf("got %v (%v), want 1.6 s", got, err)
	}
	if _, err := parseMachineCPU("intr 5\n"); err == nil {
		t.Error("another file was read as /proc/stat")
	}
}

func TestCPUTimeIsSpentByPartAndUnit(t *testing.T) {
	t.Parallel()
	before := map[string]time.Duration{"api": time.Second, "postgres": time.Second}
	used := spent(before, map[string]time.Duration{"api": 2 * time.Second, "postgres": time.Second, "worker": 4 * time.Second})
	if diff := cmp.Diff(map[string]time.Duration{"api": time.Second, "worker": 4 * time.Second}, used); diff != "" {
		t.Error(diff)
	}
	if got, want := perUnit(used, 100), "worker 40.0 ms, api 10.0 ms"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestThisProcessIsMeasured(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("without /proc there is nothing to measure with")
	}
	parts, err := treeCPU(os.Getpid())
	if err != nil || len(parts) == 0 {
		t.Errorf("got %v (%v), want this process", parts, err)
	}
	if n, err := kilobytes("VmPeak:\t  9 kB\nVmHWM:\t    1234 kB\n", "VmHWM"); err != nil || n != 1234<<10 {
		t.Errorf("got %d (%v), want 1234 kB", n, err)
	}
	if _, err := kilobytes("VmPeak:\t  9 kB\n", "VmHWM"); err == nil {
		t.Error("found what is not there")
	}
}
