package llm

import (
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
)

// relation is how two readers' values for one field stand to each other.
type relation int

const (
	agrees relation = iota
	unclear
	disagrees
)

// compare holds a model's value against the layout reader's.
func compare(path string, layout, model any) relation {
	a, aText := layout.(string)
	b, bText := model.(string)
	if !aText || !bText {
		if layout == model {
			return agrees
		}
		return disagrees
	}
	field, _ := certificate.FieldAt(path)
	switch {
	case same(a, b):
		return agrees
	case strings.HasPrefix(path, "form.") && (strings.Contains(folded(a), folded(b)) || strings.Contains(folded(b), folded(a))):
		return unclear
	case (field.Name == "address" || path == "description_of_operations.text") && alike(a, b) >= 0.8:
		return unclear // two readers part and order the lines of a text differently
	}
	return disagrees
}

// folded is a text without case, accents, spaces and punctuation.
func folded(s string) string { return grounding.Fold(s) }

// alike is the share of words that two texts have in common, 0–1.
func alike(a, b string) float64 {
	count := map[string]int{}
	total, common := 0, 0
	for _, w := range strings.Fields(a) {
		if k := folded(w); k != "" {
			count[k]++
			total++
		}
	}
	for _, w := range strings.Fields(b) {
		k := folded(w)
		switch {
		case k == "":
		case count[k] > 0:
			count[k]--
			common++
		default:
			total++
		}
	}
	if total == 0 {
		return 1
	}
	return float64(common) / float64(total)
}
