package rules

import "certflow/internal/certificate"

// Expiry is the end of a policy.
type Expiry struct {
	Coverage string           // the row of the coverage table, such as coverages.automobile_liability, or coverages.other.0
	On       certificate.Date // the policy's last day
}

// FirstExpiry is the earliest end among the policies of a certificate that a requirement asks for: those of the rows that
// its rules name, all that are shown where a rule names the whole table, and the umbrella where a limit may rest on it. The
// earlier row of the table wins a tie. False means that the requirement asks for no coverage that shows an expiration date.
func (j *Judge) FirstExpiry(c *certificate.Certificate, rules []Rule) (Expiry, bool) {
	asked := map[string]bool{}
	for _, r := range rules {
		for _, row := range j.rowsOf(r) {
			asked[row] = true
		}
	}
	var first Expiry
	found := false
	for _, row := range certificate.Rows(c) {
		f, _ := certificate.FieldAt(row)
		if !asked["coverages"] && !asked[row] && !(asked["coverages.other"] && f.Path == "coverages.other.*") {
			continue
		}
		for _, policy := range certificate.Policies(c, row) {
			v, _ := certificate.Lookup(c, policy+".policy_expiration_date")
			if on, isDate := v.(certificate.Date); isDate && (!found || on.Before(first.On)) {
				first, found = Expiry{Coverage: row, On: on}, true
			}
		}
	}
	return first, found
}

// rowsOf are the rows of the coverage table that a rule asks about; "coverages" is all of them.
func (j *Judge) rowsOf(r Rule) []string {
	q, faults := j.question(r)
	if len(faults) > 0 {
		return nil
	}
	switch q := q.(type) {
	case expression:
		return q.program.rows
	case containsName:
		return nil
	case minimum:
		row, _ := split(q.path)
		if q.umbrella {
			return []string{row, umbrellaRow}
		}
		return []string{row}
	}
	if r.Path == "coverages" || r.Path == "coverages.other" {
		return []string{r.Path}
	}
	if row, _ := split(r.Path); row != "" {
		return []string{row}
	}
	return nil
}
