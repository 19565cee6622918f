package bench

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAQuantileIsTheValueThatItsShareDoesNotExceed(t *testing.T) {
	t.Parallel()
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(100 - i)
	}
	for name, test := range map[string]struct {
		values []float64
		q      float64
		want   float64
	}{
		"the median of one":            {[]float64{7}, 0.5, 7},
		"the lower middle of two":      {[]float64{9, 3}, 0.5, 3},
		"the median of three":          {[]float64{9, 3, 5}, 0.5, 5},
		"the 99th of a hundred":        {hundred, 0.99, 99},
		"the 95th of a hundred":        {hundred, 0.95, 95},
		"the largest":                  {hundred, 1, 100},
		"the smallest":                 {hundred, 0, 1},
		"the 99th of few is the worst": {[]float64{1, 2, 40}, 0.99, 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := quantile(test.values, test.q); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	if got := quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v, want NaN", got)
	}
	values := []float64{3, 1, 2}
	median(values)
	if diff := cmp.Diff([]float64{3, 1, 2}, values); diff != "" {
		t.Error("the values were put in another order:", diff)
	}
	if diff := cmp.Diff([]float64{1500, 0.5}, milliseconds([]time.Duration{1500 * time.Millisecond, 500 * time.Microsecond})); diff != "" {
		t.Error(diff)
	}
}

func TestTheLimitIsCoresOverTheCPUOfTheParts(t *testing.T) {
	t.Parallel()
	if got := limit(2, 0.06, 0.04); math.Abs(got-20) > 1e-9 {
		t.Errorf("2 cores at 60 + 40 ms allow %v/s, want 20", got)
	}
	if got := limit(2, 0, 0); got != 0 {
		t.Errorf("parts that were not measured predict %v, want 0", got)
	}
	if got := share(16, 20); got != 80 {
		t.Errorf("16 of 20 is %v %%, want 80", got)
	}
	if got := share(16, 0); got != 0 {
		t.Errorf("a part of nothing is %v %%, want 0", got)
	}
}
