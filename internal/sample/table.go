package sample

import (
	"fmt"
	"strings"

	"certflow/internal/certificate"
)

// table lays a sample out as the official form and its look-alikes do: parties, insurers, the coverage table,
// description, holder.
type table struct {
	*sheet
	print  printer
	sample Sample
	cols   columns
}

// columns are the left borders of the coverage table's columns, in points of the drawing.
type columns struct {
	letter, kind, addl, subr, number, effective, expiration, limits, amounts, end float64
}

func tableColumns(style Style) columns {
	w := style.Widen
	if style.Layout == Lookalike {
		// No boxes for additional insured and waiver; the policy number stands further left.
		return columns{letter: 18, kind: 40, addl: 186, subr: 186, number: 186 + w, effective: 316 + w, expiration: 368 + w, limits: 420 + w, amounts: 520, end: 594}
	}
	return columns{letter: 18, kind: 36, addl: 176 + w/2, subr: 194 + w/2, number: 212 + w, effective: 331 + w, expiration: 378 + w, limits: 425 + w, amounts: 515, end: 594}
}

const (
	left  = 18.0
	right = 594.0
	mid   = 306.0
)

func layTable(s Sample, faces *faces) *sheet {
	t := &table{
		sheet:  &sheet{faces: faces, style: s.Style},
		print:  printer{s.Style, s.Printed},
		sample: s,
		cols:   tableColumns(s.Style),
	}
	t.head()
	t.parties()
	t.insurers()
	t.tableHead()
	y := t.generalLiability(300)
	y = t.automobile(y)
	y = t.umbrella(y)
	y = t.workersCompensation(y)
	y = t.free(y)
	t.description(y)
	t.foot()
	t.notes()
	return t.sheet
}

func (t *table) notes() {
	for _, n := range t.sample.Extras.Notes {
		t.text(n.X, n.Y, n.Size, face{Helvetica, false}, n.Text, n.Gray)
	}
}

func (t *table) lookalike() bool { return t.style.Layout == Lookalike }

func (t *table) head() {
	c := t.sample.Certificate
	if t.lookalike() {
		t.label(left+4, 40, 17, true, 380, "Certificate of Liability Insurance")
		t.label(500, 30, 6, true, 90, "ISSUE DATE (MM/DD/YYYY)")
	} else {
		t.label(162, 40, 14, true, 300, "CERTIFICATE OF LIABILITY INSURANCE")
		t.frame(508, 24, right, 48)
		t.label(521, 31, 5.5, true, 70, "DATE (MM/DD/YYYY)")
	}
	t.fill("Form_CompletionDate_A", 512, 33, 590, 47, t.print.date("certificate_date", c.Date), false)
	t.rule(left, 48, right, 48)
	for i, l := range []string{
		"THIS CERTIFICATE IS ISSUED FOR INFORMATION ONLY AND GIVES THE CERTIFICATE HOLDER NO RIGHTS. IT DOES NOT CHANGE, EXTEND OR",
		"REPLACE THE COVERAGE OF THE POLICIES BELOW, AND IT IS NO CONTRACT BETWEEN THE ISSUING INSURERS, THE PRODUCER AND THE HOLDER.",
		"IMPORTANT: If the certificate holder is an ADDITIONAL INSURED, the policies must say so or be endorsed. If SUBROGATION IS WAIVED, the",
		"terms of the policy may require an endorsement. A statement on this certificate alone does not give the holder such rights.",
	} {
		t.label(left+8, 61+float64(i)*15, 7, true, 560, l)
	}
	t.rule(left, 84, right, 84)
}

func (t *table) parties() {
	c, e := t.sample.Certificate, t.sample.Extras
	t.frame(left, 119, mid, 239)
	t.rule(left, 180, mid, 180)
	t.label(left+3, 127, 5.5, true, 80, "PRODUCER")
	t.label(left+3, 188, 5.5, true, 80, "INSURED")
	t.party("Producer", "producer", c.Producer, left+20, 130, 264, 48)
	t.party("NamedInsured", "insured", c.Insured, left+20, 190, 264, 48)

	t.label(mid+3, 125, 5, true, 30, "CONTACT")
	t.label(mid+3, 130, 5, true, 30, "NAME:")
	t.fill("Producer_ContactPerson_FullName_A", mid+34, 119.5, right-2, 131, e.ContactName, false)
	t.rule(mid, 131, right, 131)
	t.label(mid+3, 137, 5, true, 30, "PHONE")
	t.label(mid+3, 142.5, 5, true, 44, "(A/C, No, Ext):")
	t.fill("Producer_ContactPerson_PhoneNumber_A", mid+48, 131.5, 480, 143, e.Phone, false)
	t.label(484, 137, 5, true, 30, "FAX")
	t.label(484, 142.5, 5, true, 30, "(A/C, No):")
	t.fill("Producer_FaxNumber_A", 514, 131.5, right-2, 143, e.Fax, false)
	t.rule(mid, 143.5, right, 143.5)
	t.label(mid+3, 149, 5, true, 30, "E-MAIL")
	t.label(mid+3, 154.5, 5, true, 32, "ADDRESS:")
	t.fill("Producer_ContactPerson_EmailAddress_A", mid+36, 144, right-2, 155, e.Email, false)
	t.rule(mid, 155.5, right, 155.5)
}

// party places a block of name and address; the official form has one field for each part of the address.
func (t *table) party(stem, path string, p certificate.Party, x, y, width, height float64) {
	leading := height / 5
	value := func(row int, suffix, v string) {
		top := y + float64(row)*leading
		t.fill(stem+suffix, x, top, x+width, top+leading, v, false)
	}
	name := strings.Split(t.print.text(path+".name", p.Name), "\n")
	address := postal(p.Address)
	lines := append(append([]string{}, name[1:]...), address...)
	city, state, code := "", "", ""
	if n := len(address); n > 0 {
		city, state, code = cityLine(address[n-1])
		if state != "" {
			lines = lines[:len(lines)-1]
		}
	}
	for len(lines) < 2 {
		lines = append(lines, "")
	}
	value(0, "_FullName_A", name[0])
	value(1, "_MailingAddress_LineOne_A", lines[0])
	value(2, "_MailingAddress_LineTwo_A", strings.Join(lines[1:], ", "))
	row := 3
	if lines[1] == "" {
		row = 2
	}
	top := y + float64(row)*leading
	t.fill(stem+"_MailingAddress_CityName_A", x, top, x+80, top+leading, city, false)
	t.fill(stem+"_MailingAddress_StateOrProvinceCode_A", x+80, top, x+100, top+leading, state, false)
	t.fill(stem+"_MailingAddress_PostalCode_A", x+100, top, x+160, top+leading, code, false)
	if city != "" {
		// As text the three stand on one line.
		n := len(t.fields)
		t.fields[n-3].flat, t.fields[n-2].flat, t.fields[n-1].flat = ptr(city+", "+state+" "+code), ptr(""), ptr("")
	}
}

// cityLine splits "Springfield, IL 62701"; state and code are empty where the line is not of that shape.
func cityLine(line string) (city, state, code string) {
	city, rest, ok := strings.Cut(line, ", ")
	if !ok {
		return "", "", ""
	}
	state, code, ok = strings.Cut(rest, " ")
	if !ok || len(state) != 2 {
		return "", "", ""
	}
	return city, state, code
}

func (t *table) insurers() {
	word := "INSURER"
	heading := "INSURER(S) AFFORDING COVERAGE"
	if t.lookalike() {
		word, heading = "COMPANY", "COMPANIES AFFORDING COVERAGE"
	}
	t.label(370, 164, 5.5, true, 120, heading)
	t.label(556, 164, 5.5, true, 30, "NAIC #")
	t.rule(540, 155.5, 540, 239)
	byLetter := map[string]int{}
	for i, in := range t.sample.Certificate.Insurers {
		byLetter[in.Letter] = i
	}
	for i, letter := range strings.Split("ABCDEF", "") {
		top := 167.5 + float64(i)*11.9
		t.rule(mid, top, right, top)
		t.label(mid+3, top+8.5, 5.5, true, 40, word+" "+letter+" :")
		name, naic := "", ""
		if at, ok := byLetter[letter]; ok {
			in := t.sample.Certificate.Insurers[at]
			path := fmt.Sprintf("insurers.%d", at)
			name, naic = t.print.text(path+".name", in.Name), t.print.text(path+".naic", in.NAIC)
		}
		t.fill("Insurer_FullName_"+letter, mid+44, top+0.5, 539, top+11.4, name, false)
		t.fill("Insurer_NAICCode_"+letter, 541, top+0.5, right-1, top+11.4, naic, false)
	}
	t.rule(left, 239, right, 239)
	t.frame(mid, 119, right, 239)
}

func (t *table) tableHead() {
	c, k := t.sample.Certificate, t.cols
	t.label(left+3, 247, 7.5, true, 80, "COVERAGES")
	t.label(158, 247, 7.5, true, 120, "CERTIFICATE NUMBER:")
	t.fill("CertificateOfInsurance_CertificateNumberIdentifier_A", 252, 239.5, 420, 250, t.print.text("certificate_number", c.Number), false)
	t.label(425, 247, 7.5, true, 100, "REVISION NUMBER:")
	t.fill("CertificateOfInsurance_RevisionNumberIdentifier_A", 505, 239.5, right-2, 250, t.sample.Extras.Revision, false)
	t.rule(left, 251, right, 251)
	for i, l := range []string{
		"THE POLICIES LISTED BELOW HAVE BEEN ISSUED TO THE INSURED NAMED ABOVE FOR THE POLICY PERIOD SHOWN, WHATEVER ANY OTHER",
		"CONTRACT OR DOCUMENT MAY REQUIRE. THE INSURANCE IS SUBJECT TO ALL THE TERMS, EXCLUSIONS AND CONDITIONS OF THE POLICIES.",
		"LIMITS SHOWN MAY HAVE BEEN REDUCED BY PAID CLAIMS.",
	} {
		t.label(left+8, 260+float64(i)*9, 6.5, false, 560, l)
	}
	t.rule(left, 284, right, 284)
	headings := []struct {
		x, width     float64
		upper, lower string
	}{
		{k.letter + 1, 17, "INSR", "LTR"}, {k.kind + 40, 80, "", "TYPE OF INSURANCE"},
		{k.addl + 1, 17, "ADDL", "INSD"}, {k.subr + 1, 17, "SUBR", "WVD"},
		{k.number + 32, 70, "", "POLICY NUMBER"},
		{k.effective + 2, 44, "POLICY EFF", "(MM/DD/YYYY)"}, {k.expiration + 2, 44, "POLICY EXP", "(MM/DD/YYYY)"},
		{k.amounts - 14, 40, "", "LIMITS"},
	}
	if t.lookalike() {
		headings[0].upper = "CO"
		headings[2].upper, headings[2].lower, headings[3].upper, headings[3].lower = "", "", "", ""
		headings[5].upper, headings[5].lower = "POLICY EFFECTIVE", "DATE (MM/DD/YY)"
		headings[6].upper, headings[6].lower = "POLICY EXPIRATION", "DATE (MM/DD/YY)"
	} else if t.style.edition() == Edition2010 {
		headings[2].lower = "INSR"
	}
	for _, h := range headings {
		t.label(h.x, 290.5, 5.5, true, h.width, h.upper)
		t.label(h.x, 297, 5.5, true, h.width, h.lower)
	}
	t.rule(left, 299, right, 299)
}

// policy places what a coverage row prints in its columns. The stems are those of the official field names.
func (t *table) policy(y0, y1 float64, row policyRow, letter, addl, subr, policy string) {
	k := t.cols
	for _, x := range []float64{k.letter, k.kind, k.addl, k.subr, k.number, k.effective, k.expiration, k.limits, k.end} {
		t.rule(x, y0, x, y1)
	}
	t.rule(left, y1, right, y1)
	t.fill(letter, k.letter+1, y0+1, k.kind-1, y1-1, stacked(row.letters), false)
	if !t.lookalike() {
		if addl != "" {
			t.fill(addl, k.addl+2, y0+1, k.subr-1, y1-1, stacked(row.additional), false)
		}
		t.fill(subr, k.subr+2, y0+1, k.number-1, y1-1, stacked(row.subrogation), false)
	}
	t.fill(policy+"_PolicyNumberIdentifier_A", k.number+3, y0+1, k.effective-1, y1-1, stacked(row.numbers), false)
	t.fill(policy+"_EffectiveDate_A", k.effective+1, y0+1, k.expiration-0.5, y1-1, stacked(row.effective), false)
	t.fill(policy+"_ExpirationDate_A", k.expiration+1, y0+1, k.limits-0.5, y1-1, stacked(row.expiration), false)
}

// limit places one line of the column "Limits"; y is its top.
func (t *table) limit(y float64, upper, lower, name, amount string) {
	k := t.cols
	t.rule(k.limits, y, k.end, y)
	t.rule(k.amounts, y, k.amounts, y+12)
	width := k.amounts - k.limits - 4
	if lower == "" {
		t.label(k.limits+3, y+8.5, 5.5, false, width, upper)
	} else {
		t.label(k.limits+3, y+5.5, 5, false, width, upper)
		t.label(k.limits+3, y+10.8, 5, false, width, lower)
	}
	if t.style.Amounts != Signed {
		t.label(k.amounts+3, y+8.5, 5.5, false, 8, "$")
	}
	t.fill(name, k.amounts+9, y+0.5, k.end-1, y+11.5, amount, t.style.RightAmounts)
}

// spare places the empty limit line of a row, with what somebody wrote there.
func (t *table) spare(y float64, row Row, label, amount string) {
	written := t.sample.Extras.Spare[row]
	t.limit(y, "", "", amount, written.Amount)
	t.fill(label, t.cols.limits+2, y+0.5, t.cols.amounts-1, y+11.5, written.Label, false)
}

// choice places a tick box with the words after it; a word of two lines is separated by \n.
func (t *table) choice(name string, x, y, width float64, bold bool, words string, on bool) {
	t.tick(name, x, y+1.5, on)
	upper, lower, two := strings.Cut(words, "\n")
	if two {
		t.label(x+12, y+5.5, 5, bold, width, upper)
		t.label(x+12, y+10.8, 5, bold, width, lower)
		return
	}
	t.label(x+12, y+8.5, 5.5, bold, width, upper)
}

func (t *table) generalLiability(y float64) float64 {
	const path = "coverages.commercial_general_liability"
	x := t.cols.kind
	gl := t.sample.Certificate.Coverages.GeneralLiability
	shown := gl != nil
	if !shown {
		gl = &certificate.GeneralLiability{}
	}
	var row policyRow
	row.add(t.print, path, gl.Policy)
	for i, more := range gl.AdditionalPolicies {
		row.add(t.print, fmt.Sprintf("%s.additional_policies.%d", path, i), more.Policy)
	}
	ticked := shown && !t.sample.Extras.Unticked
	top := y
	if t.style.edition() == Edition2010 || t.lookalike() {
		t.label(x+4, y+8.5, 5.5, true, 120, "GENERAL LIABILITY")
		y += 11
	}
	t.choice("GeneralLiability_CoverageIndicator_A", x+2, y, 110, true, "COMMERCIAL GENERAL LIABILITY", ticked)
	t.choice("GeneralLiability_ClaimsMadeIndicator_A", x+16, y+11.5, 40, false, "CLAIMS-MADE", yes(gl.ClaimsMade))
	t.choice("GeneralLiability_OccurrenceIndicator_A", x+78, y+11.5, 40, false, "OCCUR", yes(gl.Occurrence))
	if top == y {
		t.tick("GeneralLiability_OtherCoverageIndicator_A", x+2, y+25, false)
		t.rule(x+16, y+34, x+120, y+34)
		t.fill("GeneralLiability_OtherCoverageDescription_A", x+16, y+24, x+130, y+34, "", false)
	}
	per := t.sample.Extras.AggregatePer
	t.label(x+3, y+53, 5.5, false, 120, "GEN'L AGGREGATE LIMIT APPLIES PER:")
	t.choice("GeneralLiability_GeneralAggregate_LimitAppliesPerPolicyIndicator_A", x+2, y+54.5, 26, false, "POLICY", per == "policy")
	t.choice("GeneralLiability_GeneralAggregate_LimitAppliesPerProjectIndicator_A", x+45, y+54.5, 26, false, "PRO-\nJECT", per == "project")
	t.choice("GeneralLiability_GeneralAggregate_LimitAppliesPerLocationIndicator_A", x+86, y+54.5, 26, false, "LOC", per == "location")
	if top == y {
		t.choice("GeneralLiability_GeneralAggregate_LimitAppliesToOtherIndicator_A", x+2, y+70, 30, false, "OTHER:", false)
		t.fill("GeneralLiability_GeneralAggregate_LimitAppliesToCode_A", x+50, y+70, x+130, y+82, "", false)
	}
	l := gl.Limits
	lines := []struct {
		upper, lower, name, key string
		amount                  *certificate.Dollars
	}{
		{"EACH OCCURRENCE", "", "GeneralLiability_EachOccurrence_LimitAmount_A", "each_occurrence_dollars", l.EachOccurrence},
		{"DAMAGE TO RENTED", "PREMISES (Ea occurrence)", "GeneralLiability_FireDamageRentedPremises_EachOccurrenceLimitAmount_A", "damage_to_rented_premises_dollars", l.DamageToRentedPremises},
		{"MED EXP (Any one person)", "", "GeneralLiability_MedicalExpense_EachPersonLimitAmount_A", "medical_expense_dollars", l.MedicalExpense},
		{"PERSONAL & ADV INJURY", "", "GeneralLiability_PersonalAndAdvertisingInjury_LimitAmount_A", "personal_and_advertising_injury_dollars", l.PersonalAndAdvertising},
		{"GENERAL AGGREGATE", "", "GeneralLiability_GeneralAggregate_LimitAmount_A", "general_aggregate_dollars", l.GeneralAggregate},
		{"PRODUCTS - COMP/OP AGG", "", "GeneralLiability_ProductsAndCompletedOperations_AggregateLimitAmount_A", "products_completed_operations_dollars", l.ProductsCompletedOperations},
	}
	for i, l := range lines {
		t.limit(top+float64(i)*12, l.upper, l.lower, l.name, t.print.dollars(path+".limits."+l.key, l.amount))
	}
	t.spare(top+72, GeneralRow, "GeneralLiability_OtherCoverageLimitDescription_A", "GeneralLiability_OtherCoverageLimitAmount_A")
	t.policy(top-1, top+84, row, "GeneralLiability_InsurerLetterCode_A", "CertificateOfInsurance_GeneralLiability_AdditionalInsuredCode_A",
		"Policy_GeneralLiability_SubrogationWaivedCode_A", "Policy_GeneralLiability")
	return top + 84
}

func (t *table) automobile(y float64) float64 {
	const path = "coverages.automobile_liability"
	x := t.cols.kind
	auto := t.sample.Certificate.Coverages.AutomobileLiability
	if auto == nil {
		auto = &certificate.AutomobileLiability{}
	}
	var row policyRow
	row.add(t.print, path, auto.Policy)
	for i, more := range auto.AdditionalPolicies {
		row.add(t.print, fmt.Sprintf("%s.additional_policies.%d", path, i), more.Policy)
	}
	ticked := map[string]bool{}
	for _, a := range auto.Autos {
		ticked[a] = true
	}
	owned, hired, nonOwned := "OWNED\nAUTOS ONLY", "HIRED\nAUTOS ONLY", "NON-OWNED\nAUTOS ONLY"
	if t.style.edition() != Edition2016 || t.lookalike() {
		owned, hired, nonOwned = "ALL OWNED\nAUTOS", "HIRED AUTOS", "NON-OWNED\nAUTOS"
	}
	t.label(x+3, y+8.5, 5.5, true, 100, "AUTOMOBILE LIABILITY")
	t.choice("Vehicle_AnyAutoIndicator_A", x+2, y+11.5, 40, false, "ANY AUTO", ticked["any_auto"])
	t.choice("Vehicle_AllOwnedAutosIndicator_A", x+2, y+23.5, 50, false, owned, ticked["owned_autos_only"])
	t.choice("Vehicle_ScheduledAutosIndicator_A", x+70, y+23.5, 50, false, "SCHEDULED\nAUTOS", ticked["scheduled_autos"])
	t.choice("Vehicle_HiredAutosIndicator_A", x+2, y+35.5, 50, false, hired, ticked["hired_autos_only"])
	t.choice("Vehicle_NonOwnedAutosIndicator_A", x+70, y+35.5, 50, false, nonOwned, ticked["non_owned_autos_only"])
	l := auto.Limits
	t.limit(y, "COMBINED SINGLE LIMIT", "(Ea accident)", "Vehicle_CombinedSingleLimit_EachAccidentAmount_A", t.print.dollars(path+".limits.combined_single_limit_dollars", l.CombinedSingleLimit))
	t.limit(y+12, "BODILY INJURY (Per person)", "", "Vehicle_BodilyInjury_PerPersonLimitAmount_A", t.print.dollars(path+".limits.bodily_injury_per_person_dollars", l.BodilyInjuryPerPerson))
	t.limit(y+24, "BODILY INJURY (Per accident)", "", "Vehicle_BodilyInjury_PerAccidentLimitAmount_A", t.print.dollars(path+".limits.bodily_injury_per_accident_dollars", l.BodilyInjuryPerAccident))
	t.limit(y+36, "PROPERTY DAMAGE", "(Per accident)", "Vehicle_PropertyDamage_PerAccidentLimitAmount_A", t.print.dollars(path+".limits.property_damage_per_accident_dollars", l.PropertyDamagePerAccident))
	t.spare(y+48, AutoRow, "Vehicle_OtherCoverage_CoverageDescription_A", "Vehicle_OtherCoverage_LimitAmount_A")
	t.policy(y, y+60, row, "Vehicle_InsurerLetterCode_A", "CertificateOfInsurance_AutomobileLiability_AdditionalInsuredCode_A",
		"Policy_AutomobileLiability_SubrogationWaivedCode_A", "Policy_AutomobileLiability")
	return y + 60
}

func (t *table) umbrella(y float64) float64 {
	const path = "coverages.umbrella_excess_liability"
	x := t.cols.kind
	umb := t.sample.Certificate.Coverages.UmbrellaLiability
	if umb == nil {
		umb = &certificate.UmbrellaLiability{}
	}
	var row policyRow
	row.add(t.print, path, umb.Policy)
	for i, more := range umb.AdditionalPolicies {
		row.add(t.print, fmt.Sprintf("%s.additional_policies.%d", path, i), more.Policy)
	}
	is := func(form string) bool { return umb.Form != nil && *umb.Form == form }
	retention := t.print.dollars(path+".limits.retention_dollars", umb.Limits.Retention)
	t.choice("Policy_PolicyType_UmbrellaIndicator_A", x+2, y+0.5, 50, true, "UMBRELLA LIAB", is("umbrella"))
	t.choice("ExcessUmbrella_OccurrenceIndicator_A", x+80, y+0.5, 44, false, "OCCUR", yes(umb.Occurrence))
	t.choice("Policy_PolicyType_ExcessIndicator_A", x+2, y+12, 50, true, "EXCESS LIAB", is("excess"))
	t.choice("ExcessUmbrella_ClaimsMadeIndicator_A", x+80, y+12, 44, false, "CLAIMS-MADE", yes(umb.ClaimsMade))
	t.choice("ExcessUmbrella_DeductibleIndicator_A", x+2, y+24, 18, false, "DED", false)
	t.choice("ExcessUmbrella_RetentionIndicator_A", x+34, y+24, 40, false, "RETENTION $", retention != "")
	t.fill("ExcessUmbrella_Umbrella_DeductibleOrRetentionAmount_A", x+86, y+24.5, x+138, y+35.5, retention, false)
	t.limit(y, "EACH OCCURRENCE", "", "ExcessUmbrella_Umbrella_EachOccurrenceAmount_A", t.print.dollars(path+".limits.each_occurrence_dollars", umb.Limits.EachOccurrence))
	t.limit(y+12, "AGGREGATE", "", "ExcessUmbrella_Umbrella_AggregateAmount_A", t.print.dollars(path+".limits.aggregate_dollars", umb.Limits.Aggregate))
	t.spare(y+24, UmbrellaRow, "ExcessUmbrella_OtherCoverageDescription_A", "ExcessUmbrella_OtherCoverageLimitAmount_A")
	t.policy(y, y+36, row, "ExcessUmbrella_InsurerLetterCode_A", "CertificateOfInsurance_ExcessLiability_AdditionalInsuredCode_A",
		"Policy_ExcessLiability_SubrogationWaivedCode_A", "Policy_ExcessLiability")
	return y + 36
}

func (t *table) workersCompensation(y float64) float64 {
	const path = "coverages.workers_compensation"
	x, k := t.cols.kind, t.cols
	wc := t.sample.Certificate.Coverages.WorkersCompensation
	if wc == nil {
		wc = &certificate.WorkersCompensation{}
	}
	var row policyRow
	row.add(t.print, path, wc.Policy)
	for i, more := range wc.AdditionalPolicies {
		row.add(t.print, fmt.Sprintf("%s.additional_policies.%d", path, i), more.Policy)
	}
	t.label(x+2, y+6, 5, true, 110, "WORKERS COMPENSATION")
	t.label(x+2, y+12, 5, true, 110, "AND EMPLOYERS' LIABILITY")
	t.label(x+122, y+15, 5, true, 16, "Y / N")
	t.label(x+2, y+20, 5, false, 116, "ANY PROPRIETOR/PARTNER/EXECUTIVE")
	t.label(x+2, y+26, 5, false, 116, "OFFICER/MEMBER EXCLUDED?")
	t.label(x+2, y+32, 5, true, 116, "(Mandatory in NH)")
	t.label(x+2, y+38, 5, false, 116, "If yes, describe under")
	t.label(x+2, y+44, 5, false, 116, "DESCRIPTION OF OPERATIONS below")
	t.frame(x+122, y+17, x+137, y+29)
	excluded := ""
	if wc.ProprietorExcluded != nil {
		excluded = map[bool]string{true: "Y", false: "N"}[*wc.ProprietorExcluded]
	}
	t.fill("WorkersCompensationEmployersLiability_AnyPersonsExcludedIndicator_A", x+124, y+17.5, x+136, y+28.5, excluded, false)
	addl := ""
	if !t.lookalike() {
		t.label(k.addl+2, y+26, 6, true, 15, "N / A")
	}
	statute, other := "PER\nSTATUTE", "OTH-\nER"
	if t.style.edition() == Edition2010 || t.lookalike() {
		statute = "WC STATU-\nTORY LIMITS"
	}
	t.choice("WorkersCompensationEmployersLiability_WorkersCompensationStatutoryLimitIndicator_A", k.limits+4, y, 34, false, statute, yes(wc.PerStatute))
	t.choice("WorkersCompensationEmployersLiability_OtherCoverageIndicator_A", k.limits+56, y, 24, false, other, false)
	l := wc.Limits
	t.limit(y+12, "E.L. EACH ACCIDENT", "", "WorkersCompensationEmployersLiability_EmployersLiability_EachAccidentLimitAmount_A", t.print.dollars(path+".limits.each_accident_dollars", l.EachAccident))
	t.limit(y+24, "E.L. DISEASE - EA EMPLOYEE", "", "WorkersCompensationEmployersLiability_EmployersLiability_DiseaseEachEmployeeLimitAmount_A", t.print.dollars(path+".limits.disease_each_employee_dollars", l.DiseaseEachEmployee))
	t.limit(y+36, "E.L. DISEASE - POLICY LIMIT", "", "WorkersCompensationEmployersLiability_EmployersLiability_DiseasePolicyLimitAmount_A", t.print.dollars(path+".limits.disease_policy_limit_dollars", l.DiseasePolicyLimit))
	t.policy(y, y+48, row, "WorkersCompensationEmployersLiability_InsurerLetterCode_A", addl,
		"Policy_WorkersCompensation_SubrogationWaivedCode_A", "Policy_WorkersCompensationAndEmployersLiability")
	return y + 48
}

// free places the rows below workers compensation; the official form has fields for one.
func (t *table) free(y float64) float64 {
	const height = 36.0
	k := t.cols
	rows := freeRows(t.sample.Certificate.Coverages)
	if len(rows) == 0 {
		rows = []freeRow{{}}
	}
	each := height / float64(len(rows))
	for i, r := range rows {
		top := y + float64(i)*each
		var row policyRow
		row.add(t.print, r.path, r.policy)
		suffix := string(rune('A' + i))
		for _, x := range []float64{k.letter, k.kind, k.addl, k.subr, k.number, k.effective, k.expiration, k.limits, k.end} {
			t.rule(x, top, x, top+each)
		}
		t.rule(k.amounts, top, k.amounts, top+each)
		t.fill("OtherPolicy_InsurerLetterCode_"+suffix, k.letter+1, top+1, k.kind-1, top+11.5, stacked(row.letters), false)
		t.fill("OtherPolicy_OtherPolicyDescription_"+suffix, k.kind+2, top+1, k.addl-1, top+11.5, r.label, false)
		if !t.lookalike() {
			t.fill("CertificateOfInsurance_OtherPolicy_AdditionalInsuredCode_"+suffix, k.addl+2, top+1, k.subr-1, top+11.5, stacked(row.additional), false)
			t.fill("OtherPolicy_SubrogationWaivedCode_"+suffix, k.subr+2, top+1, k.number-1, top+11.5, stacked(row.subrogation), false)
		}
		t.fill("OtherPolicy_PolicyNumberIdentifier_"+suffix, k.number+3, top+1, k.effective-1, top+11.5, stacked(row.numbers), false)
		t.fill("OtherPolicy_PolicyEffectiveDate_"+suffix, k.effective+1, top+1, k.expiration-0.5, top+11.5, stacked(row.effective), false)
		t.fill("OtherPolicy_PolicyExpirationDate_"+suffix, k.expiration+1, top+1, k.limits-0.5, top+11.5, stacked(row.expiration), false)
		for j := range max(len(r.limits), int(each/12)) {
			label, amount := "", ""
			if j < len(r.limits) {
				label, amount = r.limits[j].label, t.print.dollars(r.limits[j].path, r.limits[j].amount)
				if amount != "" && !strings.HasPrefix(amount, "$") {
					amount = "$" + amount
				}
			}
			line := top + float64(j)*min(11.5, each/float64(max(1, len(r.limits))))
			limit := string(rune('A' + i*3 + j))
			t.fill("OtherPolicy_CoverageCode_"+limit, k.limits+2, line+0.5, k.amounts-1, line+min(11.5, each/2), label, false)
			t.fill("OtherPolicy_CoverageLimitAmount_"+limit, k.amounts+4, line+0.5, k.end-1, line+min(11.5, each/2), amount, false)
		}
	}
	t.rule(left, y+height, right, y+height)
	return y + height
}

func (t *table) description(y float64) {
	t.label(left+3, y+8, 5.5, true, 560, "DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES (Additional Remarks Schedule, may be attached if more space is required)")
	in := face{t.style.typeface(), false}
	words := t.print.text("description_of_operations.text", t.sample.Certificate.Description.Text)
	lines := t.wrap(in, 8, right-left-12, words)
	t.fill("CertificateOfLiabilityInsurance_ACORDForm_RemarkText_A", left+3, y+11, right-3, 646, strings.Join(lines, "\n"), false)
	t.fields[len(t.fields)-1].flowing = true
	t.frame(left, 239, right, 648)
}

func (t *table) foot() {
	c, e := t.sample.Certificate, t.sample.Extras
	t.label(left+3, 657, 7.5, true, 150, "CERTIFICATE HOLDER")
	t.label(mid+3, 657, 7.5, true, 150, "CANCELLATION")
	t.frame(left, 660, mid, 744)
	t.frame(mid, 660, right, 744)
	t.party("CertificateHolder", "certificate_holder", c.Holder, left+20, 672, 264, 55)
	if e.HolderNote != "" {
		t.text(left+21, 735, 8, face{t.style.typeface(), false}, e.HolderNote, 0)
	}
	t.label(mid+12, 678, 6.5, true, 270, "IF ONE OF THE POLICIES ABOVE IS CANCELLED BEFORE IT EXPIRES,")
	t.label(mid+12, 687, 6.5, true, 270, "NOTICE WILL BE DELIVERED AS THE POLICY PROVIDES.")
	t.rule(mid, 708, right, 708)
	t.label(mid+3, 716, 5.5, true, 150, "AUTHORIZED REPRESENTATIVE")
	signed := ""
	switch e.Signature {
	case TypedName:
		signed = e.SignedBy
	case PenStrokes:
		t.sign(mid+30, 724)
	case SignedImage:
		b := t.box(mid+30, 719, mid+130, 741)
		t.image = &b
	}
	t.fill("Producer_AuthorizedRepresentative_Signature_A", mid+20, 719, right-10, 742, signed, false)
	name := "ACORD 25 (" + string(t.style.edition()) + ")"
	if t.lookalike() {
		name = ""
		if f := c.Form.Name; f != nil {
			name = *f
			if c.Form.Edition != nil {
				name += " (" + *c.Form.Edition + ")"
			}
		}
	}
	t.label(left+3, 764, 8, true, 120, name)
	t.label(187, 764, 6.5, false, 380, "A drawing by certflow for tests and demonstrations; it certifies nothing.")
}

// sign draws a scribble that starts at the place given.
func (t *table) sign(x, y float64) {
	for _, s := range scribble() {
		points := make([][2]float64, len(s))
		for i, p := range s {
			px, py := t.at(x+p[0], y+p[1])
			points[i] = [2]float64{px, py}
		}
		t.strokes = append(t.strokes, stroke{width: 1, points: points})
	}
}
