package grounding

import (
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// kind says what a label labels.
type kind int

const (
	rowLabel     kind = iota // a row of the coverage table; named by the path of its coverage
	limitLabel               // a limit; named by the last part of its path, or by its whole path in coverages.other
	sectionLabel             // a part of the page
	columnLabel              // a column of the coverage table, or the same word before a value
	boxLabel                 // a box that may be ticked
	noteLabel                // words that hold another label and mean something else
)

// The names of sections, columns and boxes.
const (
	producer    = "producer"
	insured     = "insured"
	holder      = "certificate_holder"
	description = "description_of_operations"
	issued      = "certificate_date"
	number      = "certificate_number"
	signature   = "signature"
	insurers    = "insurers"
	aside       = "aside" // contact, phone, cancellation: parts that hold nothing of a certificate

	addlColumn   = "additional_insured"
	waiverColumn = "waiver_of_subrogation"
	effColumn    = "policy_effective_date"
	expColumn    = "policy_expiration_date"
	periodColumn = "policy period"
	policyColumn = "policy_number_string"

	foreign = "foreign" // a row of the table that is no coverage of the schema's own
)

// label is how a label is printed.
type label struct {
	kind      kind
	name      string
	spellings []string
}

// labelled is a label where it stands on a sheet. Rows that are printed alike, such as a row of coverages.other and one that
// the table knows, share it.
type labelled struct {
	kind   kind
	names  []string
	limit  *string // the first name of a limit
	tokens []*token
	box    certificate.Box
}

func (l *labelled) is(k kind, name string) bool { return l.kind == k && slices.Contains(l.names, name) }

func (l *labelled) holds(t *token) bool { return slices.Contains(l.tokens, t) }

const coverages = "coverages."

// labelsOf are the labels that are looked for on behalf of a certificate: those of printed forms, and those that it names itself
// in coverages.other.
func labelsOf(c *certificate.Certificate) []label {
	out := printed()
	for i, o := range c.Coverages.Other {
		path := coverages + "other." + strconv.Itoa(i)
		if o.Label != nil {
			out = append(out, label{rowLabel, path, []string{*o.Label}})
		}
		for j, l := range o.Limits {
			if l.Label != nil {
				out = append(out, label{limitLabel, path + ".limits." + strconv.Itoa(j) + ".amount_dollars", []string{*l.Label}})
			}
		}
	}
	return out
}

// printed are the labels of ACORD 25 and of certificates that look like it.
func printed() []label {
	return []label{
		{rowLabel, coverages + "commercial_general_liability", []string{"COMMERCIAL GENERAL LIABILITY", "GENERAL LIABILITY", "COMMERCIAL GENERAL LIAB", "GENERAL LIAB"}},
		{rowLabel, coverages + "automobile_liability", []string{"AUTOMOBILE LIABILITY", "COMMERCIAL AUTOMOBILE LIABILITY", "COMMERCIAL AUTO LIABILITY", "BUSINESS AUTO LIABILITY", "AUTO LIABILITY", "COMMERCIAL AUTO", "COMMERCIAL AUTOMOBILE", "BUSINESS AUTO"}},
		{rowLabel, coverages + "umbrella_excess_liability", []string{"UMBRELLA LIAB", "UMBRELLA LIABILITY", "EXCESS LIAB", "EXCESS LIABILITY", "UMBRELLA / EXCESS LIABILITY", "EXCESS / UMBRELLA LIABILITY", "UMBRELLA EXCESS", "COMMERCIAL UMBRELLA", "UMBRELLA"}},
		{rowLabel, coverages + "workers_compensation", []string{"WORKERS COMPENSATION", "WORKER'S COMPENSATION", "WORKERS COMP", "WORKERS COMPENSATION AND EMPLOYERS LIABILITY", "EMPLOYERS LIABILITY"}},
		{rowLabel, coverages + "professional_liability", []string{"PROFESSIONAL LIABILITY", "PROFESSIONAL LIAB", "ERRORS AND OMISSIONS", "ERRORS & OMISSIONS", "PROFESSIONAL LIABILITY E&O", "E&O"}},
		{rowLabel, coverages + "cyber_liability", []string{"CYBER LIABILITY", "CYBER", "CYBER LIAB", "NETWORK SECURITY"}},
		{rowLabel, coverages + "criminal_liability", []string{"CRIME", "COMMERCIAL CRIME", "CRIMINAL LIABILITY", "EMPLOYEE DISHONESTY"}},
		{rowLabel, coverages + "liquor_liability", []string{"LIQUOR LIABILITY", "LIQUOR LIAB"}},
		{rowLabel, foreign, []string{"POLLUTION", "POLLUTION LIABILITY", "CONTRACTORS POLLUTION", "INLAND MARINE", "BUILDERS RISK", "GARAGE LIABILITY", "PROPERTY", "COMMERCIAL PROPERTY", "BUSINESS PERSONAL PROPERTY", "EQUIPMENT", "EQUIPMENT FLOATER", "INSTALLATION FLOATER", "CONTRACTORS EQUIPMENT", "CARGO", "MOTOR TRUCK CARGO", "BAILEE", "EMPLOYMENT PRACTICES", "DIRECTORS AND OFFICERS", "FIDUCIARY"}},

		{limitLabel, "each_occurrence_dollars", []string{"EACH OCCURRENCE", "EACH OCCURRENCE LIMIT", "PER OCCURRENCE", "PER OCCURRENCE LIMIT", "OCCURRENCE LIMIT", "EACH OCC"}},
		{limitLabel, "damage_to_rented_premises_dollars", []string{"DAMAGE TO RENTED PREMISES", "DAMAGE TO RENTED", "PREMISES (EA OCCURRENCE)", "DAMAGE TO PREMISES RENTED TO YOU", "FIRE DAMAGE", "RENTED PREMISES", "DAMAGE TO RENTED PREMISES (EA OCCURRENCE)"}},
		{limitLabel, "medical_expense_dollars", []string{"MED EXP", "MED EXP (ANY ONE PERSON)", "MEDICAL EXPENSE", "MEDICAL EXPENSES", "MEDICAL EXPENSE (ANY ONE PERSON)", "MEDICAL PAYMENTS"}},
		{limitLabel, "personal_and_advertising_injury_dollars", []string{"PERSONAL & ADV INJURY", "PERSONAL AND ADVERTISING INJURY", "PERSONAL & ADVERTISING INJURY"}},
		{limitLabel, "general_aggregate_dollars", []string{"GENERAL AGGREGATE", "GENERAL AGGREGATE LIMIT"}},
		{limitLabel, "products_completed_operations_dollars", []string{"PRODUCTS - COMP/OP AGG", "PRODUCTS - COMPLETED OPERATIONS", "PRODUCTS - COMPLETED OPERATIONS AGGREGATE", "PRODUCTS COMP OPS AGGREGATE", "PRODUCTS & COMPLETED OPERATIONS", "PRODUCTS & COMPLETED OPERATIONS AGGREGATE", "PRODUCTS AGGREGATE", "PRODUCTS & COMP/OP AGG", "PRODUCTS/COMPLETED OPERATIONS AGGREGATE LIMIT"}},
		{limitLabel, "combined_single_limit_dollars", []string{"COMBINED SINGLE LIMIT", "COMBINED SINGLE LIMIT (EA ACCIDENT)", "COMBINED SINGLE LIMIT (EACH ACCIDENT)", "CSL"}},
		{limitLabel, "bodily_injury_per_person_dollars", []string{"BODILY INJURY (PER PERSON)", "BODILY INJURY EACH PERSON"}},
		{limitLabel, "bodily_injury_per_accident_dollars", []string{"BODILY INJURY (PER ACCIDENT)", "BODILY INJURY EACH ACCIDENT"}},
		{limitLabel, "property_damage_per_accident_dollars", []string{"PROPERTY DAMAGE", "PROPERTY DAMAGE (PER ACCIDENT)"}},
		{limitLabel, "aggregate_dollars", []string{"AGGREGATE", "AGGREGATE LIMIT", "ANNUAL AGGREGATE", "POLICY AGGREGATE"}},
		{limitLabel, "retention_dollars", []string{"RETENTION", "SELF-INSURED RETENTION", "DED RETENTION", "DEDUCTIBLE", "SIR"}},
		{limitLabel, "each_accident_dollars", []string{"E.L. EACH ACCIDENT", "EACH ACCIDENT", "EMPLOYERS LIABILITY EACH ACCIDENT", "BODILY INJURY BY ACCIDENT"}},
		{limitLabel, "disease_each_employee_dollars", []string{"E.L. DISEASE - EA EMPLOYEE", "E.L. DISEASE - EACH EMPLOYEE", "DISEASE - EACH EMPLOYEE", "DISEASE - EA EMPLOYEE"}},
		{limitLabel, "disease_policy_limit_dollars", []string{"E.L. DISEASE - POLICY LIMIT", "DISEASE - POLICY LIMIT"}},
		{limitLabel, "each_claim_dollars", []string{"EACH CLAIM", "PER CLAIM", "EACH CLAIM LIMIT", "EACH WRONGFUL ACT"}},

		{sectionLabel, producer, []string{"PRODUCER", "PRODUCER NAME", "AGENCY", "BROKER", "INSURANCE AGENCY"}},
		{sectionLabel, insured, []string{"INSURED", "NAMED INSURED", "NAME OF INSURED", "INSURED NAME"}},
		{sectionLabel, holder, []string{"CERTIFICATE HOLDER", "CERTIFICATE HOLDER NAME AND ADDRESS"}},
		{sectionLabel, description, []string{"DESCRIPTION OF OPERATIONS", "DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES", "ADDITIONAL REMARKS", "SPECIAL PROVISIONS", "REMARKS"}},
		{sectionLabel, issued, []string{"DATE (MM/DD/YYYY)", "DATE MM/DD/YY", "DATE ISSUED", "ISSUE DATE", "ISSUE DATE (MM/DD/YYYY)", "ISSUE DATE (MM/DD/YY)", "CERTIFICATE DATE", "DATE OF ISSUE", "DATE"}},
		{sectionLabel, number, []string{"CERTIFICATE NUMBER", "CERTIFICATE NO"}},
		{sectionLabel, signature, []string{"AUTHORIZED REPRESENTATIVE", "AUTHORIZED SIGNATURE"}},
		{sectionLabel, insurers, []string{"INSURER(S) AFFORDING COVERAGE", "INSURERS AFFORDING COVERAGE", "COMPANIES AFFORDING COVERAGE"}},
		{sectionLabel, aside, []string{"CONTACT NAME", "CONTACT", "PHONE", "FAX", "E-MAIL ADDRESS", "E-MAIL", "CANCELLATION", "COVERAGES", "REVISION NUMBER", "IMPORTANT", "NAIC #"}},

		{columnLabel, addlColumn, []string{"ADDL INSD", "ADDL INSR", "ADDL INSRD", "ADDITIONAL INSURED"}},
		{columnLabel, waiverColumn, []string{"SUBR WVD", "WAIVER OF SUBROGATION"}},
		{columnLabel, effColumn, []string{"POLICY EFF", "POLICY EFFECTIVE", "POLICY EFFECTIVE DATE", "EFFECTIVE DATE", "EFF DATE", "EFFECTIVE", "EFF"}},
		{columnLabel, expColumn, []string{"POLICY EXP", "POLICY EXPIRATION", "POLICY EXPIRATION DATE", "EXPIRATION DATE", "EXP DATE", "EXPIRATION", "EXPIRES", "EXP"}},
		{columnLabel, periodColumn, []string{"POLICY PERIOD", "POLICY TERM", "COVERAGE PERIOD"}},
		{columnLabel, policyColumn, []string{"POLICY NUMBER", "POLICY NO"}},

		{boxLabel, "claims_made", []string{"CLAIMS-MADE", "CLAIMS MADE"}},
		{boxLabel, "occurrence", []string{"OCCUR", "OCCURRENCE"}},
		{boxLabel, "per_statute", []string{"PER STATUTE", "WC STATUTORY LIMITS", "WC STATU- TORY LIMITS", "STATUTORY LIMITS"}},
		{boxLabel, "proprietor_excluded", []string{"ANY PROPRIETOR/PARTNER/EXECUTIVE", "OFFICER/MEMBER EXCLUDED"}},
		{boxLabel, "any_auto", []string{"ANY AUTO"}},
		{boxLabel, "owned_autos_only", []string{"OWNED AUTOS ONLY", "ALL OWNED AUTOS", "OWNED AUTOS", "ALL OWNED"}},
		{boxLabel, "scheduled_autos", []string{"SCHEDULED AUTOS", "SCHEDULED"}},
		{boxLabel, "hired_autos_only", []string{"HIRED AUTOS ONLY", "HIRED AUTOS"}},
		{boxLabel, "non_owned_autos_only", []string{"NON-OWNED AUTOS ONLY", "NON-OWNED AUTOS", "NON-OWNED"}},
		{boxLabel, "umbrella", []string{"UMBRELLA LIAB", "UMBRELLA LIABILITY"}},
		{boxLabel, "excess", []string{"EXCESS LIAB", "EXCESS LIABILITY"}},

		{noteLabel, "", []string{"DESCRIPTION OF OPERATIONS BELOW", "GEN'L AGGREGATE LIMIT APPLIES PER", "GENERAL AGGREGATE LIMIT APPLIES PER", "AND EMPLOYERS' LIABILITY", "UNDER DESCRIPTION OF OPERATIONS", "OTH-ER", "EXCESS OF", "NUMBER OF EMPLOYEES"}},
	}
}

// label finds the labels of a sheet. Of two that share words the longer one is meant, unless they are of different kinds and
// the same words.
func (s *sheet) label(wanted []label) {
	for _, w := range wanted {
		for _, spelling := range w.spellings {
			for _, m := range s.phrase(Fold(spelling)) {
				if s.fits(w, m) {
					s.add(w, m)
				}
			}
		}
	}
	kept := s.labels[:0:0]
	for _, l := range s.labels {
		longer := slices.ContainsFunc(s.labels, func(o labelled) bool {
			return len(o.tokens) > len(l.tokens) && slices.ContainsFunc(l.tokens, o.holds) && (o.kind != boxLabel || l.kind == boxLabel)
		})
		if !longer {
			kept = append(kept, l)
		}
	}
	s.labels = kept
	s.freeText, s.firstRow = s.height, s.height
	for _, l := range s.labels {
		if l.is(sectionLabel, description) {
			s.freeText = min(s.freeText, l.box[1])
		}
	}
	s.labels = slices.DeleteFunc(s.labels, func(l labelled) bool { return l.kind == rowLabel && l.box[1] > s.freeText })
	for _, l := range s.labels {
		if l.kind == rowLabel {
			s.firstRow = min(s.firstRow, l.box[1])
		}
	}
	s.headings()
}

// maxLabels bounds the labels of a page; a certificate has some 80.
const maxLabels = 600

func (s *sheet) add(w label, m match) {
	for i, l := range s.labels {
		if l.kind == w.kind && slices.Equal(l.tokens, m.tokens) {
			if !slices.Contains(l.names, w.name) {
				s.labels[i].names = append(l.names, w.name)
			}
			return
		}
	}
	if len(s.labels) >= maxLabels {
		return
	}
	l := labelled{kind: w.kind, names: []string{w.name}, tokens: m.tokens, box: bounds(m.tokens)}
	if w.kind == limitLabel {
		l.limit = &w.name
	}
	s.labels = append(s.labels, l)
}

// fits reports whether words that spell a label stand as that label does: a row begins its line but for a tick and a letter, and a
// section's label stands alone or ends in a colon. Values of form fields are no labels, but for the whole value of one that names a
// row or a limit of the free part of the table.
func (s *sheet) fits(w label, m match) bool {
	first, last := m.tokens[0], m.tokens[len(m.tokens)-1]
	if first.field > 0 && (m.cut || w.kind != rowLabel && w.kind != limitLabel) {
		return false
	}
	switch w.kind {
	case rowLabel:
		for _, t := range s.lines[first.line].tokens[:first.pos] {
			switch t.key {
			case "COVERAGE", "COVERAGES", "TYPE", "OF", "INSURANCE", "LINE", "POLICY":
			default:
				if len(t.key) > 2 {
					return false
				}
			}
		}
	case sectionLabel:
		if strings.HasSuffix(last.text, ":") {
			return first.pos == 0 || gap(s.lines[first.line].tokens[first.pos-1], first) > 0.9*first.height()
		}
		return !m.cut || len(m.tokens) > 2
	}
	return true
}

// rowAt is the row of the coverage table that something belongs to: the one whose label is the nearest above it, or on its line,
// with no line ruled across the page between them and no other part of the page begun. Nil where that cannot be said.
func (s *sheet) rowAt(t *token) *labelled {
	if t.middle() > s.freeText {
		return nil
	}
	var best *labelled
	for i := range s.labels {
		l := &s.labels[i]
		if l.kind != rowLabel {
			continue
		}
		if l.box[0] > 0.45*s.width {
			return nil // two tables side by side
		}
		if l.box[1]-2 <= t.middle() && (best == nil || l.box[1] > best.box[1]) {
			best = l
		}
	}
	if best == nil {
		return nil
	}
	for _, r := range s.rules {
		if y := (r[1] + r[3]) / 2; y > best.box[3]+3 && y < t.middle() {
			return nil
		}
	}
	for i := range s.labels {
		if l := &s.labels[i]; l.kind == sectionLabel && l.box[1] > best.box[3]-2 && l.box[1] < t.middle() && l.box[0] < best.box[2] {
			return nil
		}
	}
	return best
}
