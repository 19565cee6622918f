package acord

import (
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// typedRules takes the borders of tables that are made of characters, as typewriters and mainframes print them, out of the words of a page
// and gives them as rules: rows of "+-----+-----+", and bars that stand one below the other.
func typedRules(ts []*token) (words []*token, rules []mark) {
	bars := map[int][]*token{} // by their place across the page, in points
	for _, t := range ts {
		switch {
		case t.source != certificate.Text:
		case len(t.text) > 3 && strings.Trim(t.text, "+-=_|─━═┌┐└┘├┤┬┴┼") == "" && strings.Trim(t.text, "_") != "":
			b := t.box
			rules = append(rules, mark{kind: page.Rule, box: rect{b.x0, b.cy() - 0.25, b.x1, b.cy() + 0.25}, at: t.at})
			continue
		case t.text == "|" || t.text == "│" || t.text == "║":
			at := int(t.box.cx() + 0.5)
			bars[at] = append(bars[at], t)
		}
		words = append(words, t)
	}
	drawn := map[*token]bool{}
	for _, column := range bars {
		if len(column) < leastBars {
			continue
		}
		slices.SortFunc(column, func(a, b *token) int { return compare(a.box.cy(), b.box.cy()) })
		for _, t := range column {
			drawn[t] = true
			b := t.box
			rules = append(rules, mark{kind: page.Rule, box: rect{b.cx() - 0.25, b.y0 - 0.6*b.height(), b.cx() + 0.25, b.y1 + 0.6*b.height()}, at: t.at})
		}
	}
	return slices.DeleteFunc(words, func(t *token) bool { return drawn[t] }), rules
}

// leastBars is how many bars one below the other are a border; fewer part what stands on their lines.
const leastBars = 3
