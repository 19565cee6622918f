package eval

import (
	"fmt"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// slots are the places of a certificate for what is printed in the free part of the coverage table.
func slots() []string {
	return []string{"professional_liability", "cyber_liability", "criminal_liability", "liquor_liability", "other"}
}

// free reports whether a path stands in one of the slots.
func free(path string) bool {
	for _, s := range slots() {
		if under(path, "coverages."+s) {
			return true
		}
	}
	return false
}

// freeRow is a row of the free part: its values by the end of their path, such as .policy_number_string. The row
// itself stands at the empty key with the slot's name as its value.
type freeRow struct {
	leaves map[string]leaf
}

// freeRows lists the rows of the free part wherever they stand. Limits of coverages.other are one value, the amounts in
// ascending order: how their labels are cut is not compared. A limit of which no amount was read makes them as unsure as its words are.
func freeRows(c *certificate.Certificate) []freeRow {
	rows := map[string]*freeRow{}
	var order []string
	certificate.Walk(c, func(path string, value any) {
		if !free(path) {
			return
		}
		parts := strings.Split(path, ".")
		at := strings.Join(parts[:2], ".")
		if parts[1] == "other" {
			at = strings.Join(parts[:3], ".")
		}
		r, ok := rows[at]
		if !ok {
			r = &freeRow{leaves: map[string]leaf{"": {path: at, value: parts[1], presence: true}}}
			rows[at] = r
			order = append(order, at)
		}
		key := strings.TrimPrefix(path, at)
		if parts[1] == "other" && strings.HasPrefix(key, ".limits.") {
			r.addOtherLimit(c, at, path, value)
			return
		}
		r.leaves[key] = leaf{path: path, value: value}
	})
	out := make([]freeRow, 0, len(order))
	for _, at := range order {
		rows[at].finish()
		out = append(out, *rows[at])
	}
	return out
}

// addOtherLimit takes a value of a limit of the row of coverages.other at a path: its amount, or its label where no amount was read.
func (r *freeRow) addOtherLimit(c *certificate.Certificate, at, path string, value any) {
	l := r.leaves[".limits"]
	if amount, ok := value.(certificate.Dollars); ok {
		l.path = at + ".limits"
		l.parts = append(l.parts, path)
		amounts, _ := l.value.([]string)
		l.value = ascending(append(amounts, amount.String()))
		r.leaves[".limits"] = l
		return
	}
	limit, isLabel := strings.CutSuffix(path, ".label")
	if !isLabel {
		return
	}
	if _, read := certificate.Lookup(c, limit+".amount_dollars"); !read {
		l.parts = append(l.parts, path)
		r.leaves[".limits"] = l
	}
}

// finish drops limits without an amount and lets the row itself rest on everything in it.
func (r *freeRow) finish() {
	if r.leaves[".limits"].value == nil {
		delete(r.leaves, ".limits")
	}
	row := r.leaves[""]
	for _, l := range r.leaves {
		if !l.presence {
			row.parts = append(row.parts, append(l.parts, l.path)...)
		}
	}
	r.leaves[""] = row
}

// ascending orders amounts such as $1,000 and $250,000: by length, then by digits.
func ascending(amounts []string) []string {
	slices.SortFunc(amounts, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return amounts
}

// matchFreeRows renames the free rows that were read after those on the page that they are most like. Where one stands
// among coverages.other and the other in a slot of its own, their limits are compared as amounts.
func matchFreeRows(want, got map[string]leaf) {
	wanted, read := takeRows(want), takeRows(got)
	used := make([]bool, len(read))
	for i, w := range wanted {
		best, score := -1, 1
		for j, g := range read {
			if s := likeness(w, g); !used[j] && s > score {
				best, score = j, s
			}
		}
		if best >= 0 {
			used[best] = true
			if g := read[best]; w.leaves[""].value != g.leaves[""].value {
				w, g = w.amounts(), g.amounts()
				read[best] = g
			}
			place(got, i, read[best])
		}
		place(want, i, w)
	}
	next := len(wanted)
	for j, g := range read {
		if !used[j] {
			place(got, next, g)
			next++
		}
	}
}

func takeRows(all map[string]leaf) []freeRow {
	var rows []freeRow
	for i := 0; ; i++ {
		prefix := fmt.Sprintf("coverages.free.%d", i)
		r := freeRow{leaves: map[string]leaf{}}
		for p, l := range all {
			if p == prefix || strings.HasPrefix(p, prefix+".") {
				r.leaves[strings.TrimPrefix(p, prefix)] = l
				delete(all, p)
			}
		}
		if len(r.leaves) == 0 {
			return rows
		}
		rows = append(rows, r)
	}
}

func place(all map[string]leaf, i int, r freeRow) {
	for key, l := range r.leaves {
		all[fmt.Sprintf("coverages.free.%d%s", i, key)] = l
	}
}

// amounts gives the row with all limits as one value, and without a label, which only coverages.other has.
func (r freeRow) amounts() freeRow {
	out := freeRow{leaves: map[string]leaf{}}
	var all leaf
	for key, l := range r.leaves {
		switch {
		case key == ".label":
		case strings.HasPrefix(key, ".limits"):
			amounts, _ := all.value.([]string)
			if d, ok := l.value.(certificate.Dollars); ok {
				amounts = append(amounts, d.String())
				all.parts = append(all.parts, l.path)
			} else if several, ok := l.value.([]string); ok {
				amounts = append(amounts, several...)
				all.parts = append(all.parts, l.parts...)
			}
			all.path, all.value = l.path, ascending(amounts)
		default:
			out.leaves[key] = l
		}
	}
	if all.value != nil {
		out.leaves[".limits"] = all
	}
	return out
}

// likeness is at least 2 for rows that speak of the same policy.
func likeness(a, b freeRow) int {
	score := 0
	same := func(key string, weight int) {
		x, y := a.leaves[key], b.leaves[key]
		if x.value != nil && y.value != nil && (key == "" && x.value == y.value || key != "" && Same(key, x.value, y.value)) {
			score += weight
		}
	}
	same(".policy_number_string", 4)
	same(".label", 3)
	same("", 2)
	same(".insurer_letter", 1)
	same(".policy_effective_date", 1)
	return score
}
