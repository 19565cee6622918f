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

func (p *plain) coverages() {
	for _, c := range p.covers() {
		heading := strings.ToUpper(c.heading)
		if c.path == "coverages.workers_compensation" {
			heading += " AND EMPLOYERS' LIABILITY"
		}
		p.heading(heading)
		p.policy(c.path, c.policy)
		p.row("Form", c.form)
		p.row("Autos", c.autos)
		if c.statutory {
			p.row("Limits", "Statutory")
		}
		p.row("Proprietor Excluded", answer(c.proprietor))
		for _, l := range c.limits {
			p.row(l.label, l.amount)
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
