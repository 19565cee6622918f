package certificate

import (
	"maps"
	"slices"
	"strings"
)

// EvidenceAt is the evidence for the scalar at a path. An item of a list of texts, such as autos.0, may rest on evidence
// that was given for its list as a whole.
func EvidenceAt(evidence map[string]Evidence, path string) (Evidence, bool) {
	if e, ok := evidence[path]; ok {
		return e, true
	}
	cut := strings.LastIndexByte(path, '.')
	if cut < 0 {
		return Evidence{}, false
	}
	if _, isItem := itemNumber(path[cut+1:]); !isItem {
		return Evidence{}, false
	}
	e, ok := evidence[path[:cut]]
	return e, ok
}

// EvidenceUnder are the paths that have evidence and stand at a path or anywhere below it, sorted.
func EvidenceUnder(evidence map[string]Evidence, path string) []string {
	var out []string
	for at := range maps.Keys(evidence) {
		if at == path || strings.HasPrefix(at, path+".") {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}
