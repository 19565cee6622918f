package eval

import (
	"fmt"
	"slices"
	"strings"

	"certflow/internal/calibration"
	"certflow/internal/certificate"
)

// Finding is the comparison of one field.
type Finding struct {
	Path       string             `json:"path"`
	Verdict    Verdict            `json:"verdict"`
	Want       string             `json:"want"`
	Got        string             `json:"got"`
	Confidence float64            `json:"confidence"` // of what was read; 0 where it has no evidence, since no rule rests on such a value
	Printed    string             `json:"printed"`    // the evidence's text
	Source     certificate.Source `json:"source,omitempty"`
	Kind       calibration.Kind   `json:"kind,omitempty"` // of the value; of several parts that of the least sure, like all of the evidence
	Judged     bool               `json:"judged"`         // as Judged says
	Presence   bool               `json:"presence"`       // whether a row of the table is there; its confidence is the best below it
}

// Verdict says how a field was read.
type Verdict string

// The verdicts.
const (
	Right    Verdict = "right"
	Wrong    Verdict = "wrong"    // another value than the page has
	Missing  Verdict = "missing"  // the page has a value, the reading none
	Invented Verdict = "invented" // the reading has a value, the page none
)

// Compare gives a finding for every field for which the page or the reading has a value.
func Compare(want Expected, reading *certificate.Reading) []Finding {
	wanted := map[string]leaf{}
	if want.Refused == "" {
		wanted = leaves(&want.Certificate)
	}
	got := leaves(&reading.Certificate)
	matchFreeRows(wanted, got)
	var paths []string
	for p := range wanted {
		paths = append(paths, p)
	}
	for p := range got {
		if _, both := wanted[p]; !both {
			paths = append(paths, p)
		}
	}
	slices.Sort(paths)
	var out []Finding
	for _, p := range paths {
		w, wok := wanted[p]
		g, gok := got[p]
		if want.open(p) || excused(p, w, wok, g, gok) {
			continue
		}
		f := Finding{Path: p, Judged: Judged(p), Presence: w.presence || g.presence}
		if wok {
			f.Want = show(w.value)
		}
		if gok {
			f.Got = show(g.value)
			path, e := evidence(reading.Evidence, g)
			f.Confidence, f.Printed, f.Source, f.Kind = e.Confidence, e.Text, e.Source, calibration.KindOf(path)
		}
		switch {
		case !gok:
			f.Verdict = Missing
			if e, ok := reading.Evidence[w.path]; ok {
				f.Printed = e.Text
			}
		case !wok:
			f.Verdict = Invented
		case Same(p, w.value, g.value):
			f.Verdict = Right
		default:
			f.Verdict = Wrong
		}
		out = append(out, f)
	}
	return out
}

// excused lets an empty tick box be false or null. The boxes that hold letters (ADDL INSD, SUBR WVD, Y/N) are told
// apart: an N is false, an empty one null.
func excused(path string, w leaf, wok bool, g leaf, gok bool) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "claims_made", "occurrence", "per_statute", "signature":
		return wok && !gok && w.value == false || gok && !wok && g.value == false
	}
	return false
}

// leaf is a value of a certificate with the path that it has in the JSON form, which is where its evidence stands.
type leaf struct {
	path     string
	value    any
	presence bool
	parts    []string // the paths of which the value was put together, where it was
}

// evidence gives the evidence of a value and the path at which it stands; of several parts that of the least sure one, of a row that of
// the surest value in it. Its confidence is 0 where no rule can rest on the value.
func evidence(all map[string]certificate.Evidence, l leaf) (path string, e certificate.Evidence) {
	if l.presence {
		for _, p := range l.parts {
			if part := all[p]; part.Page > 0 && part.Confidence >= e.Confidence {
				path, e = p, part
			}
		}
		return path, e
	}
	parts := l.parts
	if len(parts) == 0 {
		parts = []string{l.path}
	}
	e.Confidence = 1
	for _, p := range parts {
		part, ok := certificate.EvidenceAt(all, p)
		if !ok || part.Page == 0 {
			part.Confidence = 0
			return p, part
		}
		if part.Confidence <= e.Confidence {
			path, e = p, part
		}
	}
	return path, e
}

// leaves gives the values of a certificate by a path that does not depend on the order of lists: insurers stand under
// their letter, lists of names as one value, and free rows of the table under free.0, free.1, ….
func leaves(c *certificate.Certificate) map[string]leaf {
	out := map[string]leaf{}
	lists := map[string]*leaf{}
	certificate.Walk(c, func(path string, value any) {
		parts := strings.Split(path, ".")
		switch {
		case parts[0] == "insurers":
			var at int
			fmt.Sscanf(parts[1], "%d", &at)
			if parts[2] == "letter" {
				return
			}
			out["insurers."+c.Insurers[at].Letter+"."+parts[2]] = leaf{path: path, value: value}
		case free(path):
		case isItem(parts[len(parts)-1]):
			list := strings.Join(parts[:len(parts)-1], ".")
			l, ok := lists[list]
			if !ok {
				l = &leaf{path: list, value: []string(nil)}
				lists[list] = l
			}
			l.value = append(l.value.([]string), value.(string))
			l.parts = append(l.parts, path)
		default:
			out[path] = leaf{path: path, value: value}
		}
	})
	for p, l := range lists {
		out[p] = *l
	}
	for _, row := range []string{"commercial_general_liability", "automobile_liability", "umbrella_excess_liability", "workers_compensation"} {
		if proofs := proofs(out, "coverages."+row); len(proofs) > 0 {
			out["coverages."+row] = leaf{path: "coverages." + row, value: true, presence: true, parts: proofs}
		}
	}
	for i, r := range freeRows(c) {
		for key, l := range r.leaves {
			out[fmt.Sprintf("coverages.free.%d%s", i, key)] = l
		}
	}
	return out
}

// proofs are the paths of values that show that a row of the table is used: a policy number, a date or a limit. A letter or a
// tick alone does not, and no rule takes it for a coverage.
func proofs(all map[string]leaf, row string) []string {
	var out []string
	for p, l := range all {
		name, ok := strings.CutPrefix(p, row+".")
		if ok && (strings.HasPrefix(name, "policy_") || strings.HasPrefix(name, "limits.")) {
			out = append(out, l.path)
		}
	}
	return out
}

func isItem(part string) bool { return part != "" && part[0] >= '0' && part[0] <= '9' }

// show prints a value for people.
func show(v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(list, " | ")
	}
	return fmt.Sprint(v)
}
