package bench

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
