package eval

import (
	"slices"
	"strings"
	"unicode"
)

// Same reports whether a value that was read is the one on the page.
//
//   - Dates, dollars, boxes and insurer letters must be equal.
//   - Policy numbers, NAIC codes and certificate numbers: equal without their spaces.
//   - Names, addresses and labels: case, commas, full stops and the width of spaces do not count, nor the shape of quotation marks;
//     a truth file writes a line break in an address as ", " or as a space.
//   - The description: at least 98 of 100 words in the same order. Its lines are wrapped, and a scan may lose a comma.
//   - Lists of names: the same members.
//   - The kind of a free row: any, where the page's is coverages.other: truth files know no cyber, crime or liquor slot.
func Same(path string, want, got any) bool {
	if w, ok := want.([]string); ok {
		g, ok := got.([]string)
		return ok && sameMembers(w, g)
	}
	w, ok := want.(string)
	if !ok {
		return want == got
	}
	g, ok := got.(string)
	if !ok {
		return false
	}
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "policy_number_string", "naic", "certificate_number":
		return squeeze(w) == squeeze(g)
	case "insurer_letter", "form":
		return w == g
	case "text":
		return similarity(strings.Fields(fold(w)), strings.Fields(fold(g))) >= 0.98
	}
	if _, row, ok := strings.Cut(path, "coverages.free."); ok && !strings.Contains(row, ".") {
		return w == g || w == "other"
	}
	return fold(w) == fold(g)
}

func sameMembers(a, b []string) bool {
	fa, fb := make([]string, len(a)), make([]string, len(b))
	for i, s := range a {
		fa[i] = fold(s)
	}
	for i, s := range b {
		fb[i] = fold(s)
	}
	slices.Sort(fa)
	slices.Sort(fb)
	return slices.Equal(fa, fb)
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// fold gives the text in lower case with one space between words; commas and full stops count as spaces.
func fold(s string) string {
	s = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, ",", " ", ".", " ", "–", "-").Replace(s)
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// similarity is the share of words that two texts have in the same order, of the longer one.
func similarity(a, b []string) float64 {
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return float64(row[len(b)]) / float64(max(len(a), len(b)))
}
