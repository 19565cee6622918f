package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// lookup is what one rule sees of the input. It notes which evidence the rule's answer rests on.
type lookup struct {
	in         *evaluation
	paths      []string
	confidence *float64
}

// value is what stands at a path, and how far it may be trusted.
type value struct {
	path     string
	content  any // as certificate.Lookup gives it; nil unless shown
	shown    bool
	evidence certificate.Evidence
	known    bool   // whether there is evidence
	sure     bool   // whether a rule may rest on it: shown, and without doubt
	printed  string // the answer of reading, made once; empty for a value that was not read
	in       *evaluation
}

// peek gives the scalar at a path without resting on it.
func (l *lookup) peek(path string) value {
	if v, ok := l.in.values[path]; ok {
		return v
	}
	v := l.in.read(path)
	l.in.values[path] = v
	return v
}

// read finds the scalar at a path.
func (e *evaluation) read(path string) value {
	v := value{path: path, in: e}
	v.content, v.shown = certificate.Lookup(&e.Certificate, path)
	if text, isText := v.content.(string); isText && strings.TrimSpace(text) == "" {
		v.content, v.shown = nil, false
	}
	v.evidence, v.known = certificate.EvidenceAt(e.Evidence, path)
	v.sure = v.shown && (e.Settings.WithoutEvidence || v.trusted())
	v.printed = v.print()
	return v
}

// trusted reports whether the evidence carries the value. The comparisons are such that a confidence that is not a number
// does not.
func (v value) trusted() bool {
	e := v.evidence
	return v.known && e.Page > 0 && e.Doubt == "" && e.Confidence > 0 && e.Confidence >= v.in.Settings.ConfidenceThreshold
}

// restOn notes that the answer rests on a value.
func (l *lookup) restOn(v value) {
	if !v.known {
		return
	}
	at := v.path
	if _, own := l.in.Evidence[at]; !own {
		at = at[:strings.LastIndexByte(at, '.')] // the list's, as certificate.EvidenceAt has it
	}
	if slices.Contains(l.paths, at) {
		return
	}
	l.paths = append(l.paths, at)
	if !v.shown || math.IsNaN(v.evidence.Confidence) {
		return
	}
	if c := v.evidence.Confidence; l.confidence == nil || c < *l.confidence {
		l.confidence = &c
	}
}

// at gives the scalar at a path and rests the answer on it.
func (l *lookup) at(path string) value {
	v := l.peek(path)
	l.restOn(v)
	return v
}

// proof is the scalar that best shows that something stands at or below one of the paths: the one that is read with most
// confidence, the first among equals. False means that nothing is shown there.
func (l *lookup) proof(paths ...string) (value, bool) {
	var best value
	for _, p := range paths {
		f, ok := certificate.FieldAt(p)
		if !ok {
			continue
		}
		for _, at := range scalars(&l.in.Certificate, f, p) {
			v := l.peek(at)
			if !v.shown {
				continue
			}
			if best.path == "" || v.weight() > best.weight() {
				best = v
			}
		}
	}
	return best, best.path != ""
}

// weight orders values by how far they may be trusted.
func (v value) weight() float64 {
	switch {
	case !v.known || v.evidence.Page < 1 || math.IsNaN(v.evidence.Confidence):
		return -1
	default:
		return v.evidence.Confidence
	}
}

// scalars are the paths of the scalars at or below a path.
func scalars(c *certificate.Certificate, f certificate.Field, path string) []string {
	if f.Scalar() {
		return []string{path}
	}
	if f.Kind == certificate.KindList {
		var out []string
		for i := 0; ; i++ {
			at := path + "." + strconv.Itoa(i)
			if _, found := certificate.Lookup(c, at); !found {
				return out
			}
			item, _ := certificate.FieldAt(at)
			out = append(out, scalars(c, item, at)...)
		}
	}
	var out []string
	for _, child := range f.Fields() {
		if child.Name != "additional_policies" {
			out = append(out, scalars(c, child, path+"."+child.Name)...)
		}
	}
	return out
}

// policies are the paths at which the value of a rule's path stands: one for each policy where the path leads into a row of
// the coverage table, and otherwise the path itself. The list is empty when the certificate does not show the row.
func (l *lookup) policies(path string) []string {
	row, rest := split(path)
	if row == "" {
		return []string{path}
	}
	policies := l.in.policiesOf(row)
	if rest == "" {
		return policies
	}
	out := make([]string, len(policies))
	for i, p := range policies {
		out[i] = p + rest
	}
	return out
}

// split divides a path into the row of the coverage table that it leads into and the rest with its dot. The row is empty
// for a path that leads elsewhere.
func split(path string) (row, rest string) {
	inside, ok := strings.CutPrefix(path, "coverages.")
	name, _, _ := strings.Cut(inside, ".")
	if !ok || name == "other" {
		return "", path
	}
	row = path[:len("coverages.")+len(name)]
	return row, path[len(row):]
}
