package bench

import (
	"math"
	"slices"
	"time"
)

// quantile is the smallest of the values that at least the share q of them do not exceed (nearest rank); NaN of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median is the middle value, the lower one of two.
func median(values []float64) float64 { return quantile(values, 0.5) }

// milliseconds are durations as numbers.
func milliseconds(durations []time.Duration) []float64 {
	out := make([]float64, len(durations))
	for i, d := range durations {
		out[i] = d.Seconds() * 1000
	}
	return out
}
