package acord

import (
	"strings"
)

// takeSaidBeside takes what stands behind the name of a coverage on its line: "(Insurer A)", "Policy GL-12", "04/01/2026 - 04/01/2027"; it
// reports whether there is any. Dates are a period where a dash or "to" joins them.
func (c *plainCoverage) takeSaidBeside(ts []*token) bool {
	found := false
	for i := 0; i < len(ts); i++ {
		switch k := ts[i].key; {
		case (k == "INSURER" || k == "INSR" || k == "CARRIER" || k == "COMPANY") && i+1 < len(ts) && isLetter(ts[i+1]) && len(ts[i+1].key) == 1 && gap(ts[i], ts[i+1]) < 2*ts[i].box.height():
			take(&c.policy.letter, cell{tokens: ts[i+1 : i+2], doubt: 1})
			found = true
			i++
		case k == "POLICY" || k == "POLICY#" || k == "POL":
			from := i + 1
			for from < len(ts) && (ts[from].key == "NO" || ts[from].key == "NUMBER" || ts[from].key == "#" || ts[from].key == "") {
				from++
			}
			to := from
			for to < len(ts) && to < from+4 && !isDate(strings.Trim(ts[to].text, around)) && (to == from || adjacent(ts[to-1], ts[to])) && ts[to].text != "-" && ts[to].text != "|" {
				if to++; strings.ContainsAny(ts[to-1].text[len(ts[to-1].text)-1:], ",;)") {
					break
				}
			}
			if to > from && strings.ContainsAny(textOf(ts[from:to]), "0123456789") {
				take(&c.policy.number, cell{tokens: ts[from:to], doubt: 1})
				found = true
				i = to - 1
			}
		case isDate(strings.Trim(ts[i].text, around)) && i+2 < len(ts) && isDate(strings.Trim(ts[i+2].text, around)) && joinsDates(ts[i+1]):
			take(&c.policy.effective, cell{tokens: ts[i : i+1], doubt: 1})
			take(&c.policy.expiration, cell{tokens: ts[i+2 : i+3], doubt: 1})
			found = true
			i += 2
		}
	}
	return found
}

// joinsDates reports whether a word between two dates makes them a period.
func joinsDates(t *token) bool {
	switch strings.ToLower(t.text) {
	case "-", "–", "—", "to", "thru", "through", "until":
		return true
	}
	return false
}
