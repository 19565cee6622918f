package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// official is a page's form fields that carry the names of ACORD's own fillable form, such as
// F[0].P1[0].GeneralLiability_EachOccurrence_LimitAmount_A[0] or the same without the brackets.
type official struct {
	fields map[string]page.Field
	cells  map[string]cell
}

// minOfficial is how many official names make a form ACORD's own.
const minOfficial = 20

// baseName is the name of a field without the form and page that it stands in, and without the index that XFA adds.
func baseName(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	name, _, _ = strings.Cut(name, "[")
	return name
}

// officialFields collects the fields with official names; ok is false when there are too few for ACORD's form, or when none is filled in:
// many programs print over the form and leave its fields empty.
func officialFields(p page.Page, s *sheet) (official, bool) {
	o := official{fields: map[string]page.Field{}, cells: map[string]cell{}}
	known, filled := 0, false
	for i, f := range p.Fields {
		name := baseName(f.Name)
		if _, twice := o.fields[name]; twice || f.Hidden {
			continue
		}
		if _, is := officialNames[name]; is {
			known++
			filled = filled || f.Value != "" || f.On
		}
		o.fields[name] = f
		o.cells[name] = s.fieldCell(i)
	}
	return o, known >= minOfficial && filled
}

// override replaces what the layout found by what the named field holds. Where the field is empty, what is printed in it stays, as on a
// form of which a part was flattened; what is printed beside it stays, too, but not as sure.
func (o official) override(c *cell, name string) {
	f, is := o.fields[name]
	if !is {
		return
	}
	if value := o.cells[name]; !value.empty() {
		*c = value.within(*c)
	} else if !c.empty() && !slices.ContainsFunc(c.tokens, func(t *token) bool { return !printedIn(f, t) }) {
		return
	} else if !c.empty() {
		c.doubt *= misplaced
	}
}

// within is the value of a named field, which is not sure where the layout has no word of it in the place that the name says: somebody moved
// the field, and who looks at the page sees the value beside another label.
func (c cell) within(place cell) cell {
	if slices.ContainsFunc(c.tokens, func(t *token) bool { return !slices.Contains(place.tokens, t) }) {
		c.doubt *= misplaced
	}
	return c
}

// printedIn reports whether a word is printed where a field stands, and is not a field's value.
func printedIn(f page.Field, t *token) bool {
	return t.field == 0 && about(f, t.at)
}

// about reports whether the middle of a box lies in a field.
func about(f page.Field, at certificate.Box) bool {
	b := rectOf(f.Box)
	return rect{b.x0 - printedSlip, b.y0 - printedSlip, b.x1 + printedSlip, b.y1 + printedSlip}.holds(rectOf(at))
}

// printedSlip is how far in points the middle of a word that was printed into a field may lie outside it.
const printedSlip = 2

// officialNames are the names by which ACORD's form is recognised: those that carry what a reading needs.
var officialNames = names()

func names() map[string]bool {
	out := map[string]bool{}
	for _, n := range []string{"Form_CompletionDate_A", "Producer_FullName_A", "NamedInsured_FullName_A", "Insurer_FullName_A", "Insurer_FullName_B",
		"Insurer_NAICCode_A", "CertificateOfInsurance_CertificateNumberIdentifier_A", "CertificateOfLiabilityInsurance_ACORDForm_RemarkText_A",
		"CertificateHolder_FullName_A", "CertificateHolder_MailingAddress_LineOne_A", "Policy_PolicyType_UmbrellaIndicator_A"} {
		out[n] = true
	}
	for _, row := range officialRows() {
		for _, n := range []string{row.letter, row.number, row.effective, row.expiration, row.addl, row.subr} {
			out[n] = true
		}
		for _, n := range row.limits {
			out[n] = true
		}
		for _, n := range row.ticks {
			out[n] = true
		}
	}
	return out
}

// officialRow names the fields of one row of the table.
type officialRow struct {
	letter, addl, subr, number, effective, expiration string
	limits                                            map[labelID]string
	ticks                                             map[labelID]string
}

func officialRows() map[labelID]officialRow {
	return map[labelID]officialRow{
		glRow: {"GeneralLiability_InsurerLetterCode_A", "CertificateOfInsurance_GeneralLiability_AdditionalInsuredCode_A", "Policy_GeneralLiability_SubrogationWaivedCode_A",
			"Policy_GeneralLiability_PolicyNumberIdentifier_A", "Policy_GeneralLiability_EffectiveDate_A", "Policy_GeneralLiability_ExpirationDate_A",
			map[labelID]string{eachOccurrence: "GeneralLiability_EachOccurrence_LimitAmount_A", damageToRented: "GeneralLiability_FireDamageRentedPremises_EachOccurrenceLimitAmount_A",
				medicalExpense: "GeneralLiability_MedicalExpense_EachPersonLimitAmount_A", personalInjury: "GeneralLiability_PersonalAndAdvertisingInjury_LimitAmount_A",
				generalAggregate: "GeneralLiability_GeneralAggregate_LimitAmount_A", productsAggregate: "GeneralLiability_ProductsAndCompletedOperations_AggregateLimitAmount_A"},
			map[labelID]string{claimsMadeTick: "GeneralLiability_ClaimsMadeIndicator_A", occurTick: "GeneralLiability_OccurrenceIndicator_A"}},
		autoRow: {"Vehicle_InsurerLetterCode_A", "CertificateOfInsurance_AutomobileLiability_AdditionalInsuredCode_A", "Policy_AutomobileLiability_SubrogationWaivedCode_A",
			"Policy_AutomobileLiability_PolicyNumberIdentifier_A", "Policy_AutomobileLiability_EffectiveDate_A", "Policy_AutomobileLiability_ExpirationDate_A",
			map[labelID]string{combinedSingle: "Vehicle_CombinedSingleLimit_EachAccidentAmount_A", injuryPerPerson: "Vehicle_BodilyInjury_PerPersonLimitAmount_A",
				injuryPerAccident: "Vehicle_BodilyInjury_PerAccidentLimitAmount_A", propertyDamage: "Vehicle_PropertyDamage_PerAccidentLimitAmount_A"},
			map[labelID]string{anyAutoTick: "Vehicle_AnyAutoIndicator_A", ownedTick: "Vehicle_AllOwnedAutosIndicator_A", scheduledTick: "Vehicle_ScheduledAutosIndicator_A",
				hiredTick: "Vehicle_HiredAutosIndicator_A", nonOwnedTick: "Vehicle_NonOwnedAutosIndicator_A"}},
		umbrellaRow: {"ExcessUmbrella_InsurerLetterCode_A", "CertificateOfInsurance_ExcessLiability_AdditionalInsuredCode_A", "Policy_ExcessLiability_SubrogationWaivedCode_A",
			"Policy_ExcessLiability_PolicyNumberIdentifier_A", "Policy_ExcessLiability_EffectiveDate_A", "Policy_ExcessLiability_ExpirationDate_A",
			map[labelID]string{eachOccurrence: "ExcessUmbrella_Umbrella_EachOccurrenceAmount_A", aggregateLimit: "ExcessUmbrella_Umbrella_AggregateAmount_A",
				retentionTick: "ExcessUmbrella_Umbrella_DeductibleOrRetentionAmount_A"},
			map[labelID]string{umbrellaRow: "Policy_PolicyType_UmbrellaIndicator_A", excessRow: "Policy_PolicyType_ExcessIndicator_A",
				occurTick: "ExcessUmbrella_OccurrenceIndicator_A", claimsMadeTick: "ExcessUmbrella_ClaimsMadeIndicator_A"}},
		wcRow: {"WorkersCompensationEmployersLiability_InsurerLetterCode_A", "", "Policy_WorkersCompensation_SubrogationWaivedCode_A",
			"Policy_WorkersCompensationAndEmployersLiability_PolicyNumberIdentifier_A", "Policy_WorkersCompensationAndEmployersLiability_EffectiveDate_A",
			"Policy_WorkersCompensationAndEmployersLiability_ExpirationDate_A",
			map[labelID]string{elAccident: "WorkersCompensationEmployersLiability_EmployersLiability_EachAccidentLimitAmount_A",
				elEmployee: "WorkersCompensationEmployersLiability_EmployersLiability_DiseaseEachEmployeeLimitAmount_A",
				elPolicy:   "WorkersCompensationEmployersLiability_EmployersLiability_DiseasePolicyLimitAmount_A"},
			map[labelID]string{statuteTick: "WorkersCompensationEmployersLiability_WorkersCompensationStatutoryLimitIndicator_A"}},
	}
}

const proprietorField = "WorkersCompensationEmployersLiability_AnyPersonsExcludedIndicator_A"

// row puts the named fields of a row over what the layout found there.
func (o official) row(id labelID, cells rowCells) rowCells {
	names := officialRows()[id]
	o.override(&cells.letter, names.letter)
	o.override(&cells.addl, names.addl)
	o.override(&cells.subr, names.subr)
	o.override(&cells.number, names.number)
	effective, expiration := columnOf(cells.dates, 0), columnOf(cells.dates, 1)
	o.override(&effective, names.effective)
	o.override(&expiration, names.expiration)
	if _, is := o.fields[names.effective]; is {
		if from, to, both := periodIn(effective); both && !slices.ContainsFunc(expiration.tokens, func(t *token) bool { return !slices.Contains(effective.tokens, t) }) {
			effective, expiration = from, to
		}
		effectives, expirations := dayLines(effective), dayLines(expiration)
		cells.dates = nil
		for i := range max(len(effectives), len(expirations)) {
			cells.dates = append(cells.dates, [2]cell{nth(effectives, i), nth(expirations, i)})
		}
	}
	return cells
}

// dayLines are the lines of a field for dates, one for each policy; a date and its time of day are one.
func dayLines(c cell) []cell {
	if isDate(dayIn(c)) {
		return []cell{c}
	}
	return lineCells(c, wordy)
}

// periodIn gives the two dates of a cell that holds a period, "01/01/2026 - 01/01/2027", and nothing else.
func periodIn(c cell) (from, to cell, both bool) {
	dates := datesOf(c)
	if len(dates) != 2 || !period.MatchString(c.text()) {
		return cell{}, cell{}, false
	}
	return dates[0], dates[1], true
}

// period matches two dates with what parts the ends of a period.
var period = regexp.MustCompile(`(?i)^[\d/-]+\s+(?:-|–|—|to|thru|through)\s+[\d/-]+$`)

// columnOf is one column of the dates of a row as a cell.
func columnOf(dates [][2]cell, i int) cell {
	c := cell{doubt: 1}
	for _, line := range dates {
		c = with(c, line[i])
	}
	return c
}

func (o official) limits(id labelID, limits map[labelID]cell) map[labelID]cell {
	for limit, name := range officialRows()[id].limits {
		c, found := limits[limit]
		if !found {
			c.doubt = 1
		}
		if o.override(&c, name); !c.empty() {
			limits[limit] = c
		}
	}
	return limits
}

// tick tells whether the named button of a box is on; known is false where the form has no such button.
func (o official) tick(row, id labelID) (mark cell, ticked, known bool) {
	name := officialRows()[row].ticks[id]
	f, known := o.fields[name]
	if !known {
		return cell{doubt: 1}, false, false
	}
	at := certificate.Box(f.Box)
	text := "☐"
	if f.On {
		text = "X"
	}
	return cell{tokens: []*token{{text: text, key: key(text), box: rectOf(at), at: at, source: certificate.FormField, conf: f.Confidence()}}, doubt: 1}, f.On, true
}

// block is the cells of a name and its address in the form's own fields: name, two lines, then city, state and ZIP on one.
func (o official) block(layout cell, name, address string) cell {
	if _, known := o.fields[name]; !known {
		return layout
	}
	var party cell
	filled := false
	for _, n := range []string{name, address + "_LineOne_A", address + "_LineTwo_A", address + "_CityName_A", address + "_StateOrProvinceCode_A", address + "_PostalCode_A"} {
		if value := o.cells[n]; !value.empty() {
			filled = true
			party.tokens = append(party.tokens, value.tokens...)
			continue
		}
		for _, t := range layout.tokens {
			if printedIn(o.fields[n], t) {
				party.tokens = append(party.tokens, t)
			}
		}
	}
	party = cell{tokens: party.tokens, doubt: 1}.within(layout)
	if !filled {
		if len(party.tokens) < len(layout.tokens) {
			layout.doubt *= misplaced
		}
		return layout
	}
	return party
}
