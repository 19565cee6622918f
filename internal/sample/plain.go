package sample

import (
	"strings"

	"certflow/internal/certificate"
)

// layPlain lays a sample out as lines of a label and its value, as small carriers and web tools print certificates.
func layPlain(s Sample, faces *faces) *sheet {
	p := newPlain(s, faces)
	if p.y > lastLine {
		// More than a page: everything becomes smaller. The length does not shrink in proportion, since narrower
		// type wraps at the same width, but never grows.
		s.Style.Scale = lastLine / p.y
		p = newPlain(s, faces)
	}
	for _, n := range s.Extras.Notes {
		p.text(n.X, n.Y, n.Size, face{Helvetica, false}, n.Text, n.Gray)
	}
	return p.sheet
}

// lastLine is the lowest baseline of a plain certificate, in points.
const lastLine = 755.0

func newPlain(s Sample, faces *faces) *plain {
	p := &plain{sheet: &sheet{faces: faces, style: s.Style}, print: printer{s.Style, s.Printed}, sample: s, y: 50}
	p.text(54, p.y, 15, face{Helvetica, true}, "CERTIFICATE OF LIABILITY INSURANCE", 0)
	p.parties()
	p.coverages()
	p.close()
	return p
}

type plain struct {
	*sheet
	print  printer
	sample Sample
	y      float64
}

// row prints a label and a value on the next line; nothing where there is no value.
func (p *plain) row(label, value string) {
	if value == "" {
		return
	}
	in := face{p.style.typeface(), false}
	for i, l := range p.wrap(in, 9, 330, value) {
		p.y += 12.5
		if i == 0 {
			p.text(66, p.y, 9, face{Helvetica, true}, label+":", 0)
		}
		p.text(230, p.y, 9, in, l, 0)
	}
}

func (p *plain) heading(words string) {
	p.y += 18
	p.text(54, p.y, 10.5, face{Helvetica, true}, words, 0)
}

func (p *plain) parties() {
	c, e := p.sample.Certificate, p.sample.Extras
	p.y += 6
	p.row("Date Issued", p.print.date("certificate_date", c.Date))
	p.row("Certificate Number", p.print.text("certificate_number", c.Number))
	p.heading("PRODUCER")
	p.party("Producer", c.Producer)
	p.row("Phone", e.Phone)
	p.heading("INSURED")
	p.party("Insured", c.Insured)
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
}

func (p *plain) party(label string, party certificate.Party) {
	if party.Name != nil {
		p.row(label, strings.ReplaceAll(*party.Name, "\n", " "))
	}
	if party.Address != nil {
		p.row("Address", *party.Address)
	}
}

func (p *plain) policy(path string, policy certificate.Policy) {
	p.row("Insurer Letter", p.print.text(path+".insurer_letter", policy.InsurerLetter))
	p.row("Policy Number", p.print.text(path+".policy_number_string", policy.Number))
	p.row("Effective Date", p.print.date(path+".policy_effective_date", policy.Effective))
	p.row("Expiration Date", p.print.date(path+".policy_expiration_date", policy.Expiration))
	p.row("Additional Insured", answer(policy.AdditionalInsured))
	p.row("Waiver of Subrogation", answer(policy.WaiverOfSubrogation))
}

func answer(v *bool) string {
	switch {
	case v == nil:
		return ""
	case *v:
		return "Yes"
	}
	return "No"
}

// amount is a limit with the dollar sign that a line without columns needs.
func (p *plain) amount(path string, v *certificate.Dollars) string {
	words := p.print.dollars(path, v)
	if words != "" && words[0] >= '0' && words[0] <= '9' {
		return "$" + words
	}
	return words
}

func (p *plain) trigger(claimsMade, occurrence *bool) {
	if yes(occurrence) {
		p.row("Form", "Occurrence")
	}
	if yes(claimsMade) {
		p.row("Form", "Claims-Made")
	}
}

func (p *plain) coverages() {
	c := p.sample.Certificate.Coverages
	if gl := c.GeneralLiability; gl != nil {
		const path = "coverages.commercial_general_liability"
		p.heading("COMMERCIAL GENERAL LIABILITY")
		p.policy(path, gl.Policy)
		p.trigger(gl.ClaimsMade, gl.Occurrence)
		p.row("Each Occurrence", p.amount(path+".limits.each_occurrence_dollars", gl.Limits.EachOccurrence))
		p.row("Damage to Rented Premises", p.amount(path+".limits.damage_to_rented_premises_dollars", gl.Limits.DamageToRentedPremises))
		p.row("Medical Expense", p.amount(path+".limits.medical_expense_dollars", gl.Limits.MedicalExpense))
		p.row("Personal & Adv Injury", p.amount(path+".limits.personal_and_advertising_injury_dollars", gl.Limits.PersonalAndAdvertising))
		p.row("General Aggregate", p.amount(path+".limits.general_aggregate_dollars", gl.Limits.GeneralAggregate))
		p.row("Products - Comp/Op Agg", p.amount(path+".limits.products_completed_operations_dollars", gl.Limits.ProductsCompletedOperations))
	}
	if auto := c.AutomobileLiability; auto != nil {
		const path = "coverages.automobile_liability"
		p.heading("AUTOMOBILE LIABILITY")
		p.policy(path, auto.Policy)
		p.row("Autos", autoNames(auto.Autos))
		p.row("Combined Single Limit", p.amount(path+".limits.combined_single_limit_dollars", auto.Limits.CombinedSingleLimit))
		p.row("Bodily Injury (Per person)", p.amount(path+".limits.bodily_injury_per_person_dollars", auto.Limits.BodilyInjuryPerPerson))
		p.row("Bodily Injury (Per accident)", p.amount(path+".limits.bodily_injury_per_accident_dollars", auto.Limits.BodilyInjuryPerAccident))
		p.row("Property Damage", p.amount(path+".limits.property_damage_per_accident_dollars", auto.Limits.PropertyDamagePerAccident))
	}
	if umb := c.UmbrellaLiability; umb != nil {
		const path = "coverages.umbrella_excess_liability"
		p.heading(map[bool]string{true: "EXCESS LIABILITY", false: "UMBRELLA LIABILITY"}[umb.Form != nil && *umb.Form == "excess"])
		p.policy(path, umb.Policy)
		p.trigger(umb.ClaimsMade, umb.Occurrence)
		p.row("Each Occurrence", p.amount(path+".limits.each_occurrence_dollars", umb.Limits.EachOccurrence))
		p.row("Aggregate", p.amount(path+".limits.aggregate_dollars", umb.Limits.Aggregate))
		p.row("Retention", p.amount(path+".limits.retention_dollars", umb.Limits.Retention))
	}
	if wc := c.WorkersCompensation; wc != nil {
		const path = "coverages.workers_compensation"
		p.heading("WORKERS COMPENSATION AND EMPLOYERS' LIABILITY")
		p.policy(path, wc.Policy)
		if yes(wc.PerStatute) {
			p.row("Limits", "Statutory")
		}
		p.row("Proprietor Excluded", answer(wc.ProprietorExcluded))
		p.row("E.L. Each Accident", p.amount(path+".limits.each_accident_dollars", wc.Limits.EachAccident))
		p.row("E.L. Disease - Each Employee", p.amount(path+".limits.disease_each_employee_dollars", wc.Limits.DiseaseEachEmployee))
		p.row("E.L. Disease - Policy Limit", p.amount(path+".limits.disease_policy_limit_dollars", wc.Limits.DiseasePolicyLimit))
	}
	for _, r := range freeRows(c) {
		p.heading(strings.ToUpper(r.label))
		p.policy(r.path, r.policy)
		for _, l := range r.limits {
			p.row(l.label, p.amount(l.path, l.amount))
		}
	}
}

func autoNames(autos []string) string {
	words := map[string]string{"any_auto": "Any Auto", "owned_autos_only": "Owned Autos", "scheduled_autos": "Scheduled Autos",
		"hired_autos_only": "Hired Autos", "non_owned_autos_only": "Non-Owned Autos"}
	var out []string
	for _, a := range autos {
		out = append(out, words[a])
	}
	return strings.Join(out, ", ")
}

func (p *plain) close() {
	c, e := p.sample.Certificate, p.sample.Extras
	if d := p.print.text("description_of_operations.text", c.Description.Text); d != "" {
		p.heading("DESCRIPTION OF OPERATIONS")
		in := face{p.style.typeface(), false}
		for _, l := range p.wrap(in, 9, 490, d) {
			p.y += 12.5
			p.text(66, p.y, 9, in, l, 0)
		}
	}
	p.heading("CERTIFICATE HOLDER")
	p.party("Name", c.Holder)
	if e.Signature == TypedName {
		p.y += 6
		p.row("Authorized Representative", e.SignedBy)
	}
	p.text(54, max(772, p.y+15), 6.5, face{Helvetica, false}, "Drawn by certflow for tests and demonstrations; it certifies nothing.", 0)
}
