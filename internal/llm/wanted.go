package llm

import (
	"strings"

	"certflow/internal/certificate"
)

// Wanted reports whether the model should be asked after what the layout reader made of a document: one that it does not take for a
// certificate that it knows, and in mode auto one whose reading leaves a doubt that a rule may stumble on. Refusals for other
// reasons stand: a model does not open what cannot be opened, nor merge several certificates.
func (m *Model) Wanted(reading *certificate.Reading, refused *certificate.Refusal) bool {
	if refused != nil {
		return refused.Code == certificate.NotACertificate
	}
	return m.options.Mode == Always || reading == nil || !doubted(reading) && unsure(reading, m.options.Threshold)
}

// doubted reports whether nothing of a reading may be certain, whoever reads: as on a page that is stamped as void.
func doubted(r *certificate.Reading) bool {
	for _, e := range r.Evidence {
		if e.Doubt == "" {
			return false
		}
	}
	return len(r.Evidence) > 0
}

// unsure reports whether a value that rules commonly judge was read with less confidence than the threshold, or is missing
// although certificates have it: the insured, and the number, dates and limits of every policy that is shown.
func unsure(r *certificate.Reading, threshold float64) bool {
	c := &r.Certificate
	doubt := false
	certificate.Walk(c, func(path string, _ any) {
		if e, _ := certificate.EvidenceAt(r.Evidence, path); judged(path) && !(e.Confidence >= threshold) {
			doubt = true
		}
	})
	rows := certificate.Rows(c)
	if doubt || len(rows) == 0 {
		return true
	}
	missing := func(path string) bool {
		_, shown := certificate.Lookup(c, path)
		return !shown
	}
	for _, row := range rows {
		for _, policy := range certificate.Policies(c, row) {
			if missing(policy+".policy_number_string") || missing(policy+".policy_effective_date") || missing(policy+".policy_expiration_date") {
				return true
			}
		}
		if len(limitsShown(c, row)) == 0 && len(certificate.EvidenceUnder(r.Evidence, row+".limits")) == 0 {
			return true
		}
	}
	return missing("insured.name") || missing("certificate_holder.name")
}

// limitsShown are the paths of the amounts of a row.
func limitsShown(c *certificate.Certificate, row string) []string {
	var out []string
	certificate.Walk(c, func(path string, v any) {
		if _, isAmount := v.(certificate.Dollars); isAmount && strings.HasPrefix(path, row+".") {
			out = append(out, path)
		}
	})
	return out
}

// judged reports whether requirements commonly ask after a path.
func judged(path string) bool {
	switch {
	case path == "insured.name", path == "certificate_holder.name", strings.HasPrefix(path, "description_of_operations."):
		return true
	case strings.HasSuffix(path, ".insurer_letter"), strings.HasSuffix(path, ".insurer_name"):
		return false
	}
	return strings.HasPrefix(path, "coverages.")
}
