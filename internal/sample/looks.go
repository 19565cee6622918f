package sample

import (
	"strings"

	"certflow/internal/certificate"
)

// Look is the arrangement of a plain certificate.
type Look string

// The looks of plain certificates: a label and its value on each line, a broker's letter that says the limits in words, a table with
// one row for each coverage, and two columns of labels and values under each coverage.
const (
	Lines    Look = ""
	Letter   Look = "letter"
	Schedule Look = "schedule"
	Paired   Look = "paired"
)

// newPlain lays a sample out in its look.
func newPlain(s Sample, faces *faces) *plain {
	p := &plain{sheet: &sheet{faces: faces, style: s.Style}, print: printer{s.Style, s.Printed}, sample: s, y: 50}
	switch s.Style.Look {
	case Letter:
		p.letter()
	case Schedule:
		p.schedule()
	case Paired:
		p.paired()
	default:
		p.text(54, p.y, 15, face{Helvetica, true}, "CERTIFICATE OF LIABILITY INSURANCE", 0)
		p.parties()
		p.coverages()
	}
	p.close()
	return p
}

// plainCover is a coverage with what a plain certificate prints of it.
type plainCover struct {
	path, heading string
	policy        certificate.Policy
	form          string // "Occurrence" or "Claims-Made"
	autos         string
	statutory     bool
	proprietor    *bool
	limits        []plainLimit
}

// plainLimit is a limit by its label and as it is printed.
type plainLimit struct{ label, amount string }

// covers lists the coverages in the order of the form.
func (p *plain) covers() []plainCover {
	var out []plainCover
	c := p.sample.Certificate.Coverages
	limit := func(label, path string, v *certificate.Dollars) plainLimit {
		return plainLimit{label, p.amount(path, v)}
	}
	if gl := c.GeneralLiability; gl != nil {
		const path = "coverages.commercial_general_liability"
		out = append(out, plainCover{path: path, heading: "Commercial General Liability", policy: gl.Policy, form: triggered(gl.ClaimsMade, gl.Occurrence), limits: []plainLimit{
			limit("Each Occurrence", path+".limits.each_occurrence_dollars", gl.Limits.EachOccurrence),
			limit("Damage to Rented Premises", path+".limits.damage_to_rented_premises_dollars", gl.Limits.DamageToRentedPremises),
			limit("Medical Expense", path+".limits.medical_expense_dollars", gl.Limits.MedicalExpense),
			limit("Personal & Adv Injury", path+".limits.personal_and_advertising_injury_dollars", gl.Limits.PersonalAndAdvertising),
			limit("General Aggregate", path+".limits.general_aggregate_dollars", gl.Limits.GeneralAggregate),
			limit("Products - Comp/Op Agg", path+".limits.products_completed_operations_dollars", gl.Limits.ProductsCompletedOperations)}})
	}
	if auto := c.AutomobileLiability; auto != nil {
		const path = "coverages.automobile_liability"
		out = append(out, plainCover{path: path, heading: "Automobile Liability", policy: auto.Policy, autos: autoNames(auto.Autos), limits: []plainLimit{
			limit("Combined Single Limit", path+".limits.combined_single_limit_dollars", auto.Limits.CombinedSingleLimit),
			limit("Bodily Injury (Per person)", path+".limits.bodily_injury_per_person_dollars", auto.Limits.BodilyInjuryPerPerson),
			limit("Bodily Injury (Per accident)", path+".limits.bodily_injury_per_accident_dollars", auto.Limits.BodilyInjuryPerAccident),
			limit("Property Damage", path+".limits.property_damage_per_accident_dollars", auto.Limits.PropertyDamagePerAccident)}})
	}
	if umb := c.UmbrellaLiability; umb != nil {
		const path = "coverages.umbrella_excess_liability"
		heading := "Umbrella Liability"
		if umb.Form != nil && *umb.Form == "excess" {
			heading = "Excess Liability"
		}
		out = append(out, plainCover{path: path, heading: heading, policy: umb.Policy, form: triggered(umb.ClaimsMade, umb.Occurrence), limits: []plainLimit{
			limit("Each Occurrence", path+".limits.each_occurrence_dollars", umb.Limits.EachOccurrence),
			limit("Aggregate", path+".limits.aggregate_dollars", umb.Limits.Aggregate),
			limit("Retention", path+".limits.retention_dollars", umb.Limits.Retention)}})
	}
	if wc := c.WorkersCompensation; wc != nil {
		const path = "coverages.workers_compensation"
		out = append(out, plainCover{path: path, heading: "Workers Compensation", policy: wc.Policy, statutory: yes(wc.PerStatute), proprietor: wc.ProprietorExcluded, limits: []plainLimit{
			limit("E.L. Each Accident", path+".limits.each_accident_dollars", wc.Limits.EachAccident),
			limit("E.L. Disease - Each Employee", path+".limits.disease_each_employee_dollars", wc.Limits.DiseaseEachEmployee),
			limit("E.L. Disease - Policy Limit", path+".limits.disease_policy_limit_dollars", wc.Limits.DiseasePolicyLimit)}})
	}
	for _, r := range freeRows(c) {
		cover := plainCover{path: r.path, heading: r.label, policy: r.policy}
		for _, l := range r.limits {
			cover.limits = append(cover.limits, limit(l.label, l.path, l.amount))
		}
		out = append(out, cover)
	}
	return out
}

func triggered(claimsMade, occurrence *bool) string {
	switch {
	case yes(occurrence):
		return "Occurrence"
	case yes(claimsMade):
		return "Claims-Made"
	}
	return ""
}

// shown are the limits that are printed.
func (c plainCover) shown() []plainLimit {
	var out []plainLimit
	for _, l := range c.limits {
		if l.amount != "" {
			out = append(out, l)
		}
	}
	return out
}

// block prints a heading with name and address below it, without labels, and gives the baseline of its last line.
func (p *plain) block(x float64, heading string, party certificate.Party) float64 {
	y := p.y
	in := face{p.style.typeface(), false}
	p.text(x, y, 8.5, face{Helvetica, true}, heading, 0)
	var lines []string
	if party.Name != nil {
		lines = p.wrap(in, 9, 230, strings.ReplaceAll(*party.Name, "\n", " "))
	}
	if party.Address != nil {
		lines = append(lines, addressLines(*party.Address)...)
	}
	for _, l := range lines {
		y += 11.5
		p.text(x, y, 9, in, l, 0)
	}
	return y
}

// addressLines breaks an address before its town.
func addressLines(address string) []string {
	parts := strings.Split(address, ", ")
	if len(parts) < 3 {
		return []string{address}
	}
	return []string{strings.Join(parts[:len(parts)-2], ", "), strings.Join(parts[len(parts)-2:], ", ")}
}

// blocks prints producer and insured beside one another.
func (p *plain) blocks(producer, insured string) {
	p.y += 20
	c := p.sample.Certificate
	left := p.block(54, producer, c.Producer)
	p.y = max(left, p.block(330, insured, c.Insured))
}

// pair prints a label and its value beside it on the current line.
func (p *plain) pair(x, value float64, label, words string) {
	p.text(x, p.y, 9, face{Helvetica, true}, label, 0)
	p.text(value, p.y, 9, face{p.style.typeface(), false}, words, 0)
}

// letter is a broker's letter: periods with "to", insurers by their names alone, limits in words behind their amounts.
func (p *plain) letter() {
	c := p.sample.Certificate
	p.text(54, p.y, 14, face{Helvetica, true}, "CERTIFICATE OF INSURANCE", 0)
	p.y += 6
	p.row("Date Issued", p.print.date("certificate_date", c.Date))
	p.row("Certificate No", p.print.text("certificate_number", c.Number))
	p.blocks("Broker:", "Named Insured:")
	p.y += 8
	p.prose("This is to certify that the policies of insurance listed below have been issued to the insured named above.")
	for _, cover := range p.covers() {
		p.heading(cover.heading)
		p.row("Insurer", p.insurer(cover.policy))
		p.row("Policy Number", p.print.text(cover.path+".policy_number_string", cover.policy.Number))
		from, to := p.print.date(cover.path+".policy_effective_date", cover.policy.Effective), p.print.date(cover.path+".policy_expiration_date", cover.policy.Expiration)
		p.row("Policy Period", from+" to "+to)
		p.boxes(cover)
		var said []string
		for _, l := range cover.shown() {
			said = append(said, l.amount+" "+strings.ToLower(l.label))
		}
		p.row("Limits of Liability", strings.Join(said, " / "))
	}
}

// insurer is the name of a policy's insurer with its NAIC number.
func (p *plain) insurer(policy certificate.Policy) string {
	if policy.InsurerName == nil {
		return ""
	}
	for _, in := range p.sample.Certificate.Insurers {
		if in.Name != nil && *in.Name == *policy.InsurerName && in.NAIC != nil {
			return *in.Name + " (NAIC # " + *in.NAIC + ")"
		}
	}
	return *policy.InsurerName
}

// boxes prints what other forms have tick boxes for.
func (p *plain) boxes(c plainCover) {
	p.row("Additional Insured", answer(c.policy.AdditionalInsured))
	p.row("Waiver of Subrogation", answer(c.policy.WaiverOfSubrogation))
	p.row("Form", c.form)
	p.row("Autos", c.autos)
	if c.statutory {
		p.row("Limits", "Statutory")
	}
	p.row("Proprietor Excluded", answer(c.proprietor))
}

func (p *plain) prose(text string) {
	in := face{p.style.typeface(), false}
	for _, l := range p.wrap(in, 9, 490, text) {
		p.y += 12
		p.text(54, p.y, 9, in, l, 0)
	}
}

// schedule is a table with one row for each coverage.
func (p *plain) schedule() {
	c := p.sample.Certificate
	p.text(54, p.y, 14, face{Helvetica, true}, "CERTIFICATE OF INSURANCE", 0)
	p.y += 6
	p.row("Date Issued", p.print.date("certificate_date", c.Date))
	p.row("Certificate Number", p.print.text("certificate_number", c.Number))
	p.blocks("PRODUCER", "INSURED")
	p.heading("INSURERS AFFORDING COVERAGE")
	for _, in := range c.Insurers {
		if in.Name == nil {
			continue
		}
		value := *in.Name
		if in.NAIC != nil {
			value += " (NAIC # " + *in.NAIC + ")"
		}
		p.row("Insurer "+in.Letter, value)
	}
	p.y += 22
	columns := []struct {
		x     float64
		label string
	}{{40, "INSR LTR"}, {84, "TYPE OF INSURANCE"}, {214, "POLICY NUMBER"}, {304, "EFFECTIVE"}, {360, "EXPIRATION"}, {424, "LIMITS"}}
	for _, column := range columns {
		p.text(column.x, p.y, 7.5, face{Helvetica, true}, column.label, 0)
	}
	in := face{p.style.typeface(), false}
	for _, cover := range p.covers() {
		p.y += 9
		p.rule(38, p.y-2, 580, p.y-2)
		p.y += 9
		top := p.y
		p.text(46, top, 8, in, p.print.text(cover.path+".insurer_letter", cover.policy.InsurerLetter), 0)
		p.label(84, top, 7.5, true, 126, strings.ToUpper(cover.heading))
		number := p.print.text(cover.path+".policy_number_string", cover.policy.Number)
		p.text(214, top, p.fit(in, 8, 86, number), in, number, 0)
		p.text(304, top, 8, in, p.print.date(cover.path+".policy_effective_date", cover.policy.Effective), 0)
		p.text(360, top, 8, in, p.print.date(cover.path+".policy_expiration_date", cover.policy.Expiration), 0)
		left := top
		for _, words := range cover.said() {
			left += 11
			p.text(84, left, 8, in, words, 0)
		}
		for i, l := range cover.shown() {
			if i > 0 {
				p.y += 11
			}
			words := l.label + ": " + l.amount
			p.text(424, p.y, p.fit(in, 8, 150, words), in, words, 0)
		}
		p.y = max(p.y, left)
	}
}

// said is what stands under the name of a coverage in a table without columns for it.
func (c plainCover) said() []string {
	var out []string
	if c.form != "" {
		out = append(out, c.form)
	}
	if c.autos != "" {
		out = append(out, strings.Split(c.autos, ", ")...)
	}
	if c.statutory {
		out = append(out, "Statutory Limits")
	}
	if words := answer(c.policy.AdditionalInsured); words != "" {
		out = append(out, "Additional Insured: "+words)
	}
	if words := answer(c.policy.WaiverOfSubrogation); words != "" {
		out = append(out, "Waiver of Subrogation: "+words)
	}
	if words := answer(c.proprietor); words != "" {
		out = append(out, "Proprietor Excluded: "+words)
	}
	return out
}

// paired prints two columns under each coverage: the policy at the left, its limits at the right.
func (p *plain) paired() {
	c := p.sample.Certificate
	p.text(54, p.y, 14, face{Helvetica, true}, "CERTIFICATE OF LIABILITY INSURANCE", 0)
	p.y += 6
	p.row("Issue Date", p.print.date("certificate_date", c.Date))
	p.row("Certificate Number", p.print.text("certificate_number", c.Number))
	p.blocks("Agency:", "Insured:")
	p.heading("Insurers Affording Coverage")
	for _, in := range c.Insurers {
		if in.Name == nil {
			continue
		}
		value := *in.Name
		if in.NAIC != nil {
			value += ", NAIC " + *in.NAIC
		}
		p.row("Insurer "+in.Letter, value)
	}
	for _, cover := range p.covers() {
		p.heading(cover.heading)
		var left []plainLimit
		add := func(label, value string) {
			if value != "" {
				left = append(left, plainLimit{label, value})
			}
		}
		add("Insurer Letter:", p.print.text(cover.path+".insurer_letter", cover.policy.InsurerLetter))
		add("Policy No.:", p.print.text(cover.path+".policy_number_string", cover.policy.Number))
		add("Effective:", p.print.date(cover.path+".policy_effective_date", cover.policy.Effective))
		add("Expires:", p.print.date(cover.path+".policy_expiration_date", cover.policy.Expiration))
		add("Additional Insured:", answer(cover.policy.AdditionalInsured))
		add("Waiver of Subrogation:", answer(cover.policy.WaiverOfSubrogation))
		add("Form:", cover.form)
		add("Autos:", cover.autos)
		if cover.statutory {
			add("Limits:", "Statutory")
		}
		add("Proprietor Excluded:", answer(cover.proprietor))
		right := cover.shown()
		for i := range max(len(left), len(right)) {
			p.y += 11.5
			if i < len(left) {
				p.pair(66, 190, left[i].label, left[i].amount)
			}
			if i < len(right) {
				p.pair(330, 490, right[i].label, right[i].amount)
			}
		}
	}
}
