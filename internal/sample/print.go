package sample

import (
	"fmt"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// printer turns values into what is printed, by the sample's style and its overrides.
type printer struct {
	style   Style
	printed map[string]string
}

func (p printer) text(path string, value *string) string {
	if words, ok := p.printed[path]; ok {
		return words
	}
	if value == nil {
		return ""
	}
	return *value
}

func (p printer) date(path string, value *certificate.Date) string {
	if words, ok := p.printed[path]; ok {
		return words
	}
	if value == nil {
		return ""
	}
	layout := p.style.Dates
	if layout == "" {
		layout = "01/02/2006"
	}
	return value.Time().Format(layout)
}

func (p printer) dollars(path string, value *certificate.Dollars) string {
	if words, ok := p.printed[path]; ok {
		return words
	}
	if value == nil {
		return ""
	}
	switch p.style.Amounts {
	case Digits:
		return strconv.FormatInt(int64(*value), 10)
	case Signed:
		return value.String()
	case Cents:
		return strings.TrimPrefix(value.String(), "$") + ".00"
	}
	return strings.TrimPrefix(value.String(), "$")
}

// box prints ADDL INSD and SUBR WVD.
func (p printer) box(path string, value *bool) string {
	if words, ok := p.printed[path]; ok {
		return words
	}
	switch {
	case value == nil:
		return ""
	case *value:
		return "X"
	}
	return "N"
}

func yes(value *bool) bool { return value != nil && *value }

// postal splits an address on one line into the lines of an envelope: the last is city, state and code.
func postal(address *string) []string {
	if address == nil {
		return nil
	}
	parts := strings.Split(*address, ", ")
	if len(parts) < 3 {
		return parts
	}
	n := len(parts)
	return append(parts[:n-2:n-2], parts[n-2]+", "+parts[n-1])
}

// block is a party as it stands in its box, a line each.
func block(p printer, path string, party certificate.Party) []string {
	var lines []string
	if name := p.text(path+".name", party.Name); name != "" {
		lines = append(lines, strings.Split(name, "\n")...)
	}
	return append(lines, postal(party.Address)...)
}

// policyRow is what every row of the coverage table prints in its columns; a row of several policies has several entries.
type policyRow struct {
	letters, additional, subrogation, numbers, effective, expiration []string
}

func (r *policyRow) add(p printer, path string, policy certificate.Policy) {
	r.letters = append(r.letters, p.text(path+".insurer_letter", policy.InsurerLetter))
	r.additional = append(r.additional, p.box(path+".additional_insured", policy.AdditionalInsured))
	r.subrogation = append(r.subrogation, p.box(path+".waiver_of_subrogation", policy.WaiverOfSubrogation))
	r.numbers = append(r.numbers, p.text(path+".policy_number_string", policy.Number))
	r.effective = append(r.effective, p.date(path+".policy_effective_date", policy.Effective))
	r.expiration = append(r.expiration, p.date(path+".policy_expiration_date", policy.Expiration))
}

func stacked(values []string) string {
	return strings.TrimRight(strings.Join(values, "\n"), "\n")
}

// freeRow is a row of the free part of the coverage table.
type freeRow struct {
	path   string
	label  string
	policy certificate.Policy
	limits []freeLimit
}

type freeLimit struct {
	label, path string
	amount      *certificate.Dollars
}

// freeRows lists the rows below workers compensation in the order in which they are printed.
func freeRows(c certificate.Coverages) []freeRow {
	var rows []freeRow
	for _, named := range []struct {
		key, label string
		row        *certificate.ProfessionalLiability
	}{
		{"professional_liability", "Professional Liability", c.ProfessionalLiability},
		{"cyber_liability", "Cyber Liability", c.CyberLiability},
		{"criminal_liability", "Crime", c.CriminalLiability},
		{"liquor_liability", "Liquor Liability", c.LiquorLiability},
	} {
		if named.row == nil {
			continue
		}
		path := "coverages." + named.key
		rows = append(rows, freeRow{path: path, label: named.label, policy: named.row.Policy, limits: []freeLimit{
			{"Each Claim", path + ".limits.each_claim_dollars", named.row.Limits.EachClaim},
			{"Aggregate", path + ".limits.aggregate_dollars", named.row.Limits.Aggregate},
		}})
	}
	for i, other := range c.Other {
		path := fmt.Sprintf("coverages.other.%d", i)
		row := freeRow{path: path, label: *other.Label, policy: other.Policy}
		for j, l := range other.Limits {
			row.limits = append(row.limits, freeLimit{*l.Label, fmt.Sprintf("%s.limits.%d.amount_dollars", path, j), l.Amount})
		}
		rows = append(rows, row)
	}
	return rows
}
