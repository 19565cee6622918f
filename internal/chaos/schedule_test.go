package chaos

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestASeedReproducesItsScheduleAndAnotherDoesNot(t *testing.T) {
	t.Parallel()
	first := Schedule(7, 3*time.Minute)
	if diff := cmp.Diff(first, Schedule(7, 3*time.Minute)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(first, Schedule(8, 3*time.Minute)) {
		t.Error("two seeds gave one schedule")
	}
	which := map[int]bool{}
	for _, f := range Schedule(7, time.Hour) {
		if f.Kind == Crash {
			which[f.Which] = true
		}
	}
	if len(which) < 10 {
		t.Errorf("crashes end %d different backends in an hour", len(which))
	}
}

func TestThreeMinutesBreakEverythingInEveryWay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		const lasting = 3 * time.Minute
		faults := Schedule(seed, lasting)
		if len(faults) < 100 {
			t.Errorf("seed %d gives %d faults, want 100", seed, len(faults))
		}
		type way struct {
			kind   Kind
			target string
		}
		missing := map[way]bool{}
		for _, f := range everyFault() {
			missing[way{f.Kind, f.Target}] = true
		}
		for i, f := range faults {
			delete(missing, way{f.Kind, f.Target})
			if f.At < 0 || f.For < 0 || f.At+f.For > lasting {
				t.Errorf("seed %d: %+v is not within %s", seed, f, lasting)
			}
			if i > 0 && f.At < faults[i-1].At {
				t.Errorf("seed %d: %+v comes after a later one", seed, f)
			}
		}
		if len(missing) > 0 {
			t.Errorf("seed %d leaves out %v", seed, missing)
		}
	}
}

func TestARunWithoutAFaultIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, lasting := range []time.Duration{-time.Second, 0, 400 * time.Millisecond} {
		if report, err := Run(t.Context(), Options{Seed: 1, For: lasting, Dir: dir}); err == nil || !strings.Contains(err.Error(), "choose a longer time") {
			t.Errorf("a run of %v is answered with %+v, %v", lasting, report, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("what was refused left %v, %v", left, err)
	}
}
