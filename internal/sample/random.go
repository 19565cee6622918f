package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// Random makes a plausible certificate in a random style, the same one for a seed and a date. Firms, people and places are
// invented. The traps of real certificates come with about their own frequency: words where an amount belongs, rows
// that are missing, several policies in a row, letters without an insurer, unticked boxes, names with a DBA, wording that
// names additional insureds and wording that denies them.
func Random(seed uint64, today certificate.Date) Sample {
	g := generator{words: words{Rand: rand.New(rand.NewPCG(seed, 25))}, today: today, s: Sample{Printed: map[string]string{}}}
	g.upper = g.chance(4)
	g.s.Style = g.style()
	g.head()
	g.coverages()
	if g.s.Style.Look == Letter {
		g.byName()
	}
	g.describe()
	g.sign()
	return g.s
}

type generator struct {
	words
	today certificate.Date
	s     Sample
}

func ptr[T any](v T) *T { return &v }

func (g *generator) style() Style {
	s := Style{
		Edition:  []Edition{Edition2016, Edition2016, Edition2016, Edition2014, Edition2010}[g.IntN(5)],
		Typeface: []Typeface{Helvetica, Helvetica, Times, Courier}[g.IntN(4)],
		Runs:     []Runs{Whole, Whole, Whole, Split, Spaced, Remapped}[g.IntN(6)],
		Dates:    g.pick("01/02/2006", "01/02/2006", "01/02/2006", "1/2/2006", "01/02/06", "2006-01-02"),
		Amounts:  []Amounts{Grouped, Grouped, Grouped, Digits, Signed, Cents}[g.IntN(6)],
		Ticks:    []Ticks{LetterX, LetterX, Cross}[g.IntN(3)],
		Scale:    0.93 + 0.07*g.Float64(),
		Widen:    float64(g.IntN(9) - 3),

		Centred: g.chance(3), RightAmounts: g.chance(3), PlainNames: g.chance(3),
		Rotated: g.chance(12),
		Scanner: Scanner{Skew: 2.4*g.Float64() - 1.2, Noise: 0.002 * g.Float64(), Blur: float64(g.IntN(2)),
			Fax: g.chance(3), Seed: g.Uint64()},
	}
	s.ShiftX = 14*g.Float64() - 6
	s.ShiftY = 16 * g.Float64()
	switch g.IntN(10) {
	case 0:
		s.Layout = Plain
		s.Look = []Look{Lines, Lines, Letter, Schedule, Paired}[g.IntN(5)]
	case 1:
		s.Layout = Lookalike
	}
	return s
}

func (g *generator) party(name string) certificate.Party {
	p := certificate.Party{Name: ptr(g.cased(name)), Address: ptr(g.cased(g.address()))}
	return p
}

func (g *generator) head() {
	c := &g.s.Certificate
	if g.s.Style.Layout == Standard {
		c.Form = certificate.Form{Name: ptr("ACORD 25"), Edition: ptr(string(g.s.Style.edition()))}
	}
	if !g.chance(15) {
		c.Date = ptr(g.today.AddDays(-g.IntN(200)))
	}
	if g.chance(2) {
		c.Number = ptr(g.pick("CL", "COI-", "", "25-26 ") + g.digits(6+g.IntN(5)))
	}
	c.Producer = g.party(g.agency())
	c.Insured = g.party(g.firm())
	if g.chance(7) {
		legal, dba := g.cased(g.firm()), g.cased(g.pick("DBA ", "dba ", "DBA: ")+g.root()+" "+g.pick("Builders", "Services", "Contracting"))
		c.Insured.Name = ptr(legal + " " + dba)
		if g.chance(2) {
			g.s.Printed["insured.name"] = legal + "\n" + dba
		}
	}
	c.Holder = g.party(g.owner())
	if g.chance(8) {
		attention := g.cased(g.pick("Attn: Risk Management", "c/o "+g.agency(), "ATTN: Insurance Compliance"))
		c.Holder.Address = ptr(attention + ", " + *c.Holder.Address)
	}
	if g.chance(12) {
		c.Holder = certificate.Party{}
		g.s.Extras.HolderNote = g.pick("For Information Only", "FOR INFORMATIONAL PURPOSES ONLY")
	} else if g.chance(10) {
		g.s.Extras.HolderNote = g.phone()
	}
	e := &g.s.Extras
	e.ContactName, e.Phone = g.cased(g.person()), g.phone()
	if g.chance(2) {
		e.Fax = g.phone()
	}
	e.Email = strings.ToLower(g.pick("certs", "service", "coi")) + "@" + g.pick("agency", "broker", "insure") + ".example"
	if g.chance(5) {
		e.Revision = g.digits(1)
	}
	e.Cover, e.Remarks = g.chance(25), g.chance(12)
	letters := "ABCDEF"
	for i := range 1 + g.IntN(4) {
		if i > 0 && g.chance(10) {
			continue // letters may skip
		}
		in := certificate.Insurer{Letter: letters[i : i+1], Name: ptr(g.cased(g.carrier()))}
		if !g.chance(8) {
			in.NAIC = ptr(g.digits(5))
		}
		c.Insurers = append(c.Insurers, in)
	}
}

// policy makes the columns of a row of the coverage table.
func (g *generator) policy(path, line string) certificate.Policy {
	c := g.s.Certificate
	in := c.Insurers[g.IntN(len(c.Insurers))]
	start := g.today.AddDays(-g.IntN(400))
	end := certificate.DateOf(start.Time().AddDate(1, 0, 0))
	if g.chance(12) {
		end = certificate.DateOf(start.Time().AddDate(0, 6, 0))
	}
	p := certificate.Policy{Number: ptr(g.policyNumber(line)), Effective: &start, Expiration: &end, InsurerLetter: ptr(in.Letter), InsurerName: in.Name}
	switch {
	case g.chance(25):
		p.InsurerLetter, p.InsurerName = ptr("F"), nil // a letter without an insurer
	case g.chance(30):
		p.InsurerLetter, p.InsurerName = nil, nil
	}
	if g.chance(40) {
		p.Expiration = nil
		g.s.Printed[path+".policy_expiration_date"] = g.pick("Continuous", "Until Canc.", "TBD")
	}
	if g.s.Style.Layout != Lookalike {
		p.AdditionalInsured, p.WaiverOfSubrogation = g.box(path+".additional_insured"), g.box(path+".waiver_of_subrogation")
	}
	return p
}

// byName takes the letters off the insurers of a broker's letter, which names them with each policy: they are then lettered as they come.
func (g *generator) byName() {
	g.s.Certificate.Insurers = slices.DeleteFunc(g.s.Certificate.Insurers, func(in certificate.Insurer) bool {
		return in.Name == nil
	})
	c := &g.s.Certificate.Coverages
	var policies []*certificate.Policy
	if c.GeneralLiability != nil {
		policies = append(policies, &c.GeneralLiability.Policy)
	}
	if c.AutomobileLiability != nil {
		policies = append(policies, &c.AutomobileLiability.Policy)
	}
	if c.UmbrellaLiability != nil {
		policies = append(policies, &c.UmbrellaLiability.Policy)
	}
	if c.WorkersCompensation != nil {
		policies = append(policies, &c.WorkersCompensation.Policy)
	}
	for _, row := range []*certificate.ProfessionalLiability{c.ProfessionalLiability, c.CyberLiability, c.CriminalLiability, c.LiquorLiability} {
		if row != nil {
			policies = append(policies, &row.Policy)
		}
	}
	for i := range c.Other {
		policies = append(policies, &c.Other[i].Policy)
	}
	var named []certificate.Insurer
	for _, p := range policies {
		p.InsurerLetter = nil
		if p.InsurerName == nil || slices.ContainsFunc(named, func(in certificate.Insurer) bool { return *in.Name == *p.InsurerName }) {
			continue
		}
		i := slices.IndexFunc(g.s.Certificate.Insurers, func(in certificate.Insurer) bool { return *in.Name == *p.InsurerName })
		in := g.s.Certificate.Insurers[i]
		in.Letter = "ABCDEF"[len(named) : len(named)+1]
		named = append(named, in)
	}
	g.s.Certificate.Insurers = named
}

func (g *generator) box(path string) *bool {
	switch g.IntN(8) {
	case 0, 1:
		return ptr(true)
	case 2:
		if g.s.Style.Layout != Plain {
			g.s.Printed[path] = "Y"
		}
		return ptr(true)
	case 3:
		return ptr(false)
	}
	return nil
}

func (g *generator) amount(from ...certificate.Dollars) *certificate.Dollars {
	return ptr(from[g.IntN(len(from))])
}

// spoken sometimes replaces a limit by a word, which has no value.
func (g *generator) spoken(path string, limit **certificate.Dollars, say ...string) {
	if g.chance(12) {
		*limit = nil
		g.s.Printed[path] = g.pick(say...)
	}
}

func (g *generator) coverages() {
	c := &g.s.Certificate.Coverages
	if !g.chance(20) {
		c.GeneralLiability = g.generalLiability()
	}
	if !g.chance(3) {
		c.AutomobileLiability = g.automobile()
	}
	if g.chance(2) {
		c.UmbrellaLiability = g.umbrella()
	}
	if !g.chance(3) {
		c.WorkersCompensation = g.workersCompensation()
	}
	if g.chance(3) {
		g.free(c)
	}
	if c.GeneralLiability == nil && c.AutomobileLiability == nil && c.UmbrellaLiability == nil {
		c.GeneralLiability = g.generalLiability()
	}
	spare := map[Row]SpareLimit{}
	if c.GeneralLiability != nil && g.chance(6) {
		spare[GeneralRow] = SpareLimit{g.pick("Employee Benefits", "Emp Ben.", "EBL AGGREGATE"), "1,000,000"}
	}
	if c.AutomobileLiability != nil && g.chance(6) {
		spare[AutoRow] = SpareLimit{g.pick("Uninsured motorist", "PIP-Basic", "Comp/Coll Ded"), g.pick("5,000", "10,000", "1,000,000")}
	}
	if c.UmbrellaLiability != nil && g.chance(6) {
		spare[UmbrellaRow] = SpareLimit{"Products/Comp Ops", "3,000,000"}
	}
	if g.s.Style.Layout != Plain {
		g.s.Extras.Spare = spare
	}
	g.s.Extras.Unticked = g.s.Style.Layout == Standard && g.chance(12)
}

func (g *generator) generalLiability() *certificate.GeneralLiability {
	const path = "coverages.commercial_general_liability"
	gl := &certificate.GeneralLiability{Policy: g.policy(path, "GL")}
	switch g.IntN(10) {
	case 0:
		gl.ClaimsMade, gl.Occurrence = ptr(true), ptr(false)
	case 1:
	default:
		gl.ClaimsMade, gl.Occurrence = ptr(false), ptr(true)
	}
	occurrence := g.amount(300_000, 500_000, 1_000_000, 1_000_000, 2_000_000)
	gl.Limits = certificate.GeneralLiabilityLimits{
		EachOccurrence:              occurrence,
		DamageToRentedPremises:      g.amount(50_000, 100_000, 300_000, 500_000),
		MedicalExpense:              g.amount(5_000, 10_000, 15_000),
		PersonalAndAdvertising:      occurrence,
		GeneralAggregate:            ptr(*occurrence * 2),
		ProductsCompletedOperations: g.amount(*occurrence, *occurrence*2),
	}
	g.spoken(path+".limits.medical_expense_dollars", &gl.Limits.MedicalExpense, "Excluded", "EXCLUDED", "N/A")
	g.spoken(path+".limits.personal_and_advertising_injury_dollars", &gl.Limits.PersonalAndAdvertising, "Included", "INCLUDED")
	g.spoken(path+".limits.products_completed_operations_dollars", &gl.Limits.ProductsCompletedOperations, "Included", "Incl.")
	g.spoken(path+".limits.damage_to_rented_premises_dollars", &gl.Limits.DamageToRentedPremises, `\,000`, "See Below")
	if g.chance(15) {
		gl.Limits.MedicalExpense = nil
	}
	g.s.Extras.AggregatePer = g.pick("policy", "policy", "project", "location", "")
	return gl
}

func (g *generator) automobile() *certificate.AutomobileLiability {
	const path = "coverages.automobile_liability"
	a := &certificate.AutomobileLiability{Policy: g.policy(path, "BA")}
	switch g.IntN(5) {
	case 0, 1:
		a.Autos = []string{"any_auto"}
	case 2:
		a.Autos = []string{"scheduled_autos", "hired_autos_only", "non_owned_autos_only"}
	case 3:
		a.Autos = []string{"hired_autos_only", "non_owned_autos_only"}
	case 4:
		a.Autos = []string{"owned_autos_only"}
	}
	if g.chance(5) {
		a.Limits = certificate.AutomobileLiabilityLimits{
			BodilyInjuryPerPerson: g.amount(100_000, 250_000), BodilyInjuryPerAccident: g.amount(300_000, 500_000), PropertyDamagePerAccident: g.amount(50_000, 100_000)}
	} else {
		a.Limits.CombinedSingleLimit = g.amount(500_000, 1_000_000, 1_000_000, 2_000_000)
	}
	return a
}

func (g *generator) umbrella() *certificate.UmbrellaLiability {
	const path = "coverages.umbrella_excess_liability"
	limit := g.amount(1_000_000, 2_000_000, 5_000_000, 10_000_000)
	u := &certificate.UmbrellaLiability{Policy: g.policy(path, "UMB"), Form: ptr(g.pick("umbrella", "umbrella", "excess")),
		Limits: certificate.UmbrellaLiabilityLimits{EachOccurrence: limit, Aggregate: limit}}
	if g.chance(8) {
		u.ClaimsMade, u.Occurrence = ptr(true), ptr(false)
	} else {
		u.ClaimsMade, u.Occurrence = ptr(false), ptr(true)
	}
	if g.chance(2) {
		u.Limits.Retention = g.amount(10_000, 25_000)
	}
	if g.chance(8) && g.s.Style.Layout != Plain && u.Expiration != nil && u.InsurerLetter != nil {
		more := g.policy(path+".additional_policies.0", "XS")
		if more.Expiration != nil && more.InsurerLetter != nil {
			more.AdditionalInsured, more.WaiverOfSubrogation = nil, nil
			delete(g.s.Printed, path+".additional_policies.0.additional_insured")
			delete(g.s.Printed, path+".additional_policies.0.waiver_of_subrogation")
			u.AdditionalPolicies = []certificate.UmbrellaLiability{{Policy: more}}
		}
	}
	return u
}

func (g *generator) workersCompensation() *certificate.WorkersCompensation {
	const path = "coverages.workers_compensation"
	limit := g.amount(100_000, 500_000, 1_000_000, 1_000_000)
	w := &certificate.WorkersCompensation{Policy: g.policy(path, "WC"), PerStatute: ptr(!g.chance(6)),
		Limits: certificate.WorkersCompensationLimits{EachAccident: limit, DiseaseEachEmployee: limit, DiseasePolicyLimit: limit}}
	if *limit == 100_000 {
		w.Limits.DiseasePolicyLimit = ptr(certificate.Dollars(500_000))
	}
	w.AdditionalInsured = nil // the form prints N/A there
	delete(g.s.Printed, path+".additional_insured")
	switch g.IntN(3) {
	case 0:
		w.ProprietorExcluded = ptr(true)
	case 1:
		w.ProprietorExcluded = ptr(false)
	}
	g.spoken(path+".limits.each_accident_dollars", &w.Limits.EachAccident, "Statutory", "STATUTORY")
	return w
}

// free fills the rows below workers compensation: one, or two where the layout is not the official form.
func (g *generator) free(c *certificate.Coverages) {
	rows := 1
	if g.chance(5) {
		rows = 2
	}
	kinds := []string{"professional_liability", "cyber_liability", "criminal_liability", "liquor_liability", "other", "professional_liability", "other"}
	at := g.IntN(len(kinds))
	for i := range rows {
		kind := kinds[(at+i)%len(kinds)]
		path := "coverages." + kind
		if kind == "other" {
			label := g.cased(g.pick("Contractors Pollution Liability", "Installation Floater", "Leased and Rented Equipment", "Builders Risk", "Garagekeepers Legal Liability"))
			path = fmt.Sprintf("coverages.other.%d", len(c.Other))
			c.Other = append(c.Other, certificate.OtherCoverage{Label: &label, Policy: g.policy(path, "IM"), Limits: []certificate.OtherLimit{
				{Label: ptr("Limit"), Amount: g.amount(100_000, 250_000, 1_000_000)}, {Label: ptr("Deductible"), Amount: g.amount(1_000, 2_500)}}})
			continue
		}
		limit := g.amount(1_000_000, 2_000_000, 5_000_000)
		row := &certificate.ProfessionalLiability{Policy: g.policy(path, "EO"),
			Limits: certificate.ProfessionalLiabilityLimits{EachClaim: limit, Aggregate: ptr(*limit * certificate.Dollars(1+g.IntN(2)))}}
		switch kind {
		case "professional_liability":
			c.ProfessionalLiability = row
		case "cyber_liability":
			c.CyberLiability = row
		case "criminal_liability":
			c.CriminalLiability = row
		case "liquor_liability":
			c.LiquorLiability = row
		}
	}
}

// describe writes the description of operations with the names that it makes additional insureds.
func (g *generator) describe() {
	d := &g.s.Certificate.Description
	if g.chance(6) {
		return
	}
	var text []string
	if g.chance(2) {
		text = append(text, "RE: "+g.root()+" "+g.pick("Plaza, Phase 2.", "Tower tenant improvement.", "Elementary School roof replacement.", "Lot 14.")+" Job "+g.digits(5)+".")
	}
	name, other := g.owner(), g.owner()
	switch g.IntN(9) {
	case 0:
		text = append(text, name+" is included as Additional Insured on a primary and non-contributory basis per written contract.")
		d.AdditionalInsuredNames = []string{name}
	case 1:
		text = append(text, name+" and "+other+" are included as additional insureds with respect to general liability.")
		d.AdditionalInsuredNames = []string{name, other}
	case 2:
		text = append(text, "Additional Insured: "+name+".")
		d.AdditionalInsuredNames = []string{name}
	case 3:
		text = append(text, name+" is named as an additional insured as required by written contract.")
		d.AdditionalInsuredNames = []string{name}
	case 4:
		text = append(text, "Additional Insured: None. This certificate does not add "+name+" as an additional insured.")
	case 5:
		text = append(text, name+" is not an additional insured.")
	case 6:
		text = append(text, "Certificate issued for informational purposes only.")
	case 7:
		text = append(text, "Coverage is primary and non-contributory where required by written contract.")
	case 8:
		text = append(text, "30 days notice of cancellation applies except 10 days for non-payment of premium.")
	}
	if g.chance(3) {
		text = append(text, g.pick("Waiver of subrogation applies to general liability and workers compensation.", "No waiver of subrogation is granted.", "Blanket waiver of subrogation applies as required by written contract."))
	}
	for i, n := range d.AdditionalInsuredNames {
		d.AdditionalInsuredNames[i] = g.cased(n)
	}
	d.Text = ptr(g.cased(strings.Join(text, " ")))
}

func (g *generator) sign() {
	e := &g.s.Extras
	e.Signature = []Signature{Unsigned, TypedName, PenStrokes, SignedImage}[g.IntN(4)]
	if g.s.Style.Layout == Plain && e.Signature != Unsigned {
		e.Signature = TypedName
	}
	if e.Signature == TypedName {
		e.SignedBy = g.person()
	}
	g.s.Certificate.Description.Signature = ptr(e.Signature != Unsigned)
}
