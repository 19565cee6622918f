package acord

import (
	"slices"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// The paths of the named coverages.
const (
	glPath       = "coverages.commercial_general_liability"
	autoPath     = "coverages.automobile_liability"
	umbrellaPath = "coverages.umbrella_excess_liability"
	wcPath       = "coverages.workers_compensation"
)

// tableReader reads the rows of one table into a record.
type tableReader struct {
	*record
	s        *sheet
	t        table
	ticks    ticks
	official official // the form's own fields, none where the page has no official form
}

// coverages reads the named rows and the free part of the table.
func (tr tableReader) coverages() {
	for _, row := range tr.t.rows {
		policies := tr.official.row(row.id, tr.s.rowCells(tr.t, row.span)).policies()
		limits := tr.s.limitCells(tr.t, row.span)
		if row.id == umbrellaRow {
			limits[retentionTick] = tr.retention(row.span)
		}
		limits = tr.official.limits(row.id, limits)
		switch row.id {
		case glRow:
			tr.certificate.Coverages.GeneralLiability = tr.generalLiability(row, policies, limits)
		case autoRow:
			tr.certificate.Coverages.AutomobileLiability = tr.automobile(row, policies, limits)
		case umbrellaRow:
			tr.certificate.Coverages.UmbrellaLiability = tr.umbrella(row, policies, limits)
		case wcRow:
			tr.certificate.Coverages.WorkersCompensation = tr.workers(row, policies, limits)
		case garageRow:
			tr.garage(row, policies[0])
		}
	}
	tr.freeRows()
}

// garage reads the row of older editions that has no place of its own. Its limits are as the issuer words them.
func (tr tableReader) garage(r row, policy policyCells) {
	if policy.number.empty() && policy.effective.empty() {
		return
	}
	label := cell{doubt: 1}
	for _, a := range tr.s.find(garageRow) {
		if r.holds(a.first.cy()) {
			label = cellOf(a.tokens)
		}
	}
	tr.freeRow(freeRow{label: label, policy: policy, limits: tr.s.freeLimits(tr.t, r.span)})
}

// additional is the path of the i-th policy of a coverage; the first is the coverage itself.
func additional(path string, i int) string {
	if i == 0 {
		return path
	}
	return path + ".additional_policies." + strconv.Itoa(i-1)
}

// withPolicies reads the policies of a coverage's row: the first is the coverage's own, the others are further ones of its kind. A row that
// shows nothing is no coverage.
func withPolicies[C any](tr tableReader, path string, c *C, further *[]C, policies []policyCells, policy func(*C) *certificate.Policy) *C {
	for i, cells := range policies {
		p, at := c, additional(path, i)
		if i > 0 {
			*further = append(*further, *new(C))
			p = &(*further)[i-1]
		}
		tr.policy(at, policy(p), cells)
		tr.named(at, policy(p))
	}
	if !tr.shown(path) {
		tr.forget(path)
		return nil
	}
	return c
}

func (tr tableReader) generalLiability(row row, policies []policyCells, limits map[labelID]cell) *certificate.GeneralLiability {
	c := &certificate.GeneralLiability{}
	tr.form(glPath, row, &c.ClaimsMade, &c.Occurrence)
	tr.generalLimits(glPath+".limits", &c.Limits, limits)
	return withPolicies(tr, glPath, c, &c.AdditionalPolicies, policies, func(p *certificate.GeneralLiability) *certificate.Policy { return &p.Policy })
}

func (r *record) generalLimits(path string, l *certificate.GeneralLiabilityLimits, cells map[labelID]cell) {
	r.dollars(path+".each_occurrence_dollars", &l.EachOccurrence, cells[eachOccurrence])
	r.dollars(path+".damage_to_rented_premises_dollars", &l.DamageToRentedPremises, cells[damageToRented])
	r.dollars(path+".medical_expense_dollars", &l.MedicalExpense, cells[medicalExpense])
	r.dollars(path+".personal_and_advertising_injury_dollars", &l.PersonalAndAdvertising, cells[personalInjury])
	r.dollars(path+".general_aggregate_dollars", &l.GeneralAggregate, cells[generalAggregate])
	r.dollars(path+".products_completed_operations_dollars", &l.ProductsCompletedOperations, cells[productsAggregate])
}

func (tr tableReader) automobile(row row, policies []policyCells, limits map[labelID]cell) *certificate.AutomobileLiability {
	c := &certificate.AutomobileLiability{Autos: []string{}}
	tr.autos(autoPath, row, &c.Autos)
	tr.autoLimits(autoPath+".limits", &c.Limits, limits)
	return withPolicies(tr, autoPath, c, &c.AdditionalPolicies, policies, func(p *certificate.AutomobileLiability) *certificate.Policy {
		if p.Autos == nil {
			p.Autos = []string{}
		}
		return &p.Policy
	})
}

func (r *record) autoLimits(path string, l *certificate.AutomobileLiabilityLimits, cells map[labelID]cell) {
	r.dollars(path+".combined_single_limit_dollars", &l.CombinedSingleLimit, cells[combinedSingle])
	r.dollars(path+".bodily_injury_per_person_dollars", &l.BodilyInjuryPerPerson, cells[injuryPerPerson])
	r.dollars(path+".bodily_injury_per_accident_dollars", &l.BodilyInjuryPerAccident, cells[injuryPerAccident])
	r.dollars(path+".property_damage_per_accident_dollars", &l.PropertyDamagePerAccident, cells[propertyDamage])
}

func (tr tableReader) autos(path string, r row, autos *[]string) {
	type box struct {
		name        string
		mark, label cell
	}
	var on []box
	sure := 1.0
	for _, kind := range autoKinds() {
		switch mark, ticked, label := tr.ticked(kind.id, r); {
		case ticked:
			on = append(on, box{kind.name, mark, label})
			sure = min(sure, sourced(mark))
		default:
			// The list is only as sure as the emptiness of the boxes that are not on it.
			sure = min(sure, tr.untickedConfidence(label))
		}
	}
	for _, b := range on {
		tr.prove(path+".autos."+strconv.Itoa(len(*autos)), with(b.mark, b.label), sure)
		*autos = append(*autos, b.name)
	}
}

func (tr tableReader) umbrella(row row, policies []policyCells, limits map[labelID]cell) *certificate.UmbrellaLiability {
	c := &certificate.UmbrellaLiability{}
	tr.umbrellaForm(row, &c.Form)
	tr.form(umbrellaPath, row, &c.ClaimsMade, &c.Occurrence)
	tr.umbrellaLimits(umbrellaPath+".limits", &c.Limits, limits)
	return withPolicies(tr, umbrellaPath, c, &c.AdditionalPolicies, policies, func(p *certificate.UmbrellaLiability) *certificate.Policy { return &p.Policy })
}

func (r *record) umbrellaLimits(path string, l *certificate.UmbrellaLiabilityLimits, cells map[labelID]cell) {
	r.dollars(path+".each_occurrence_dollars", &l.EachOccurrence, cells[eachOccurrence])
	r.dollars(path+".aggregate_dollars", &l.Aggregate, cells[aggregateLimit])
	r.dollars(path+".retention_dollars", &l.Retention, cells[retentionTick])
}

func (tr tableReader) umbrellaForm(r row, form **string) {
	umbrella, isUmbrella, umbrellaName := tr.ticked(umbrellaRow, r)
	excess, isExcess, excessName := tr.ticked(excessRow, r)
	set := func(value string, mark, label, other cell) {
		*form = &value
		tr.prove(umbrellaPath+".form", with(mark, label), sourced(mark)*unblotted(other))
	}
	switch {
	case isUmbrella && isExcess:
		tr.prove(umbrellaPath+".form", with(with(umbrella, umbrellaName), with(excess, excessName)), nothingRead)
	case isUmbrella:
		set("umbrella", umbrella, umbrellaName, excessName)
	case isExcess:
		set("excess", excess, excessName, umbrellaName)
	}
}

// retention is the amount after RETENTION $ in the row's own column.
func (tr tableReader) retention(r span) cell {
	box, ok := tr.s.retentionBox(tr.t, r)
	if !ok {
		return cell{doubt: 1}
	}
	return cellOf(tr.s.in(box, func(t *token) bool {
		return written(t) && wordy(t) && (t.source != certificate.OCR || strings.ContainsAny(t.text, "$0123456789"))
	}))
}

// retentionBox is the place right of RETENTION $ in the column of types.
func (s *sheet) retentionBox(t table, r span) (box rect, ok bool) {
	for _, a := range s.find(retentionTick) {
		if r.holds(a.box.cy()) {
			return rect{a.box.x1, a.box.cy() - 0.5*t.pitch, t.columns[typeColumn].to, a.box.cy() + 0.5*t.pitch}, true
		}
	}
	return rect{}, false
}

func (tr tableReader) workers(row row, policies []policyCells, limits map[labelID]cell) *certificate.WorkersCompensation {
	c := &certificate.WorkersCompensation{}
	if mark, ticked, label := tr.ticked(statuteTick, row); ticked {
		tr.flag(wcPath+".per_statute", &c.PerStatute, true, mark, sourced(mark))
	} else if !label.empty() {
		tr.flag(wcPath+".per_statute", &c.PerStatute, false, label, tr.untickedConfidence(label))
	}
	excluded := tr.proprietor(row.span)
	tr.official.override(&excluded, proprietorField)
	tr.yesNo(wcPath+".proprietor_excluded", &c.ProprietorExcluded, excluded)
	tr.workersLimits(wcPath+".limits", &c.Limits, limits)
	return withPolicies(tr, wcPath, c, &c.AdditionalPolicies, policies, func(p *certificate.WorkersCompensation) *certificate.Policy { return &p.Policy })
}

func (r *record) workersLimits(path string, l *certificate.WorkersCompensationLimits, cells map[labelID]cell) {
	r.dollars(path+".each_accident_dollars", &l.EachAccident, cells[elAccident])
	r.dollars(path+".disease_each_employee_dollars", &l.DiseaseEachEmployee, cells[elEmployee])
	r.dollars(path+".disease_policy_limit_dollars", &l.DiseasePolicyLimit, cells[elPolicy])
}

// proprietor is the box under Y / N, which holds Y or N.
func (tr tableReader) proprietor(r span) cell {
	box, ok := tr.s.proprietorBox(tr.t, r)
	if !ok {
		return cell{doubt: 1}
	}
	return cellOf(tr.s.in(box, func(t *token) bool {
		return written(t) && (len(t.key) == 1 || t.source == certificate.OCR && len(markAmongRuling(t.key)) == 1)
	}))
}

// proprietorBox is the place under Y / N in the column of types.
func (s *sheet) proprietorBox(t table, r span) (box rect, ok bool) {
	for _, a := range s.find(yesNoLabel) {
		if r.holds(a.box.cy()) {
			return rect{a.box.x0 - 0.8*t.pitch, a.box.cy() + 0.4*t.pitch, t.columns[typeColumn].to, a.box.cy() + 1.8*t.pitch}, true
		}
	}
	return rect{}, false
}

// ticked tells whether the box of a label in a row holds a mark, and gives the mark; label is the label itself, empty where
// the row does not print it.
func (tr tableReader) ticked(id labelID, r row) (mark cell, ticked bool, label cell) {
	button, on, known := tr.official.tick(r.id, id)
	if on {
		if i, ok := tr.s.boxOwner(tr.s.straight(button.tokens[0].at)); ok && (tr.s.anchors[i].id != id || !r.holds(tr.s.anchors[i].first.cy())) {
			button.doubt *= misplaced // it was moved before another label
		}
		return button, true, button
	}
	for i, a := range tr.s.anchors {
		if a.id != id || !r.holds(a.first.cy()) {
			continue
		}
		if mark, ticked := tr.ticks[i]; ticked {
			if a.guessed {
				mark.doubt *= guessedPlace
			}
			if known {
				mark.doubt *= misplaced // the button says something else
			}
			return mark, true, cellOf(a.tokens)
		}
		if known {
			continue
		}
		if label = cellOf(a.tokens); a.guessed {
			label.doubt = guessedPlace
		}
		if blot, is := tr.s.blot(i); is && tr.s.source() != certificate.OCR {
			label.tokens = append(label.tokens, blot)
			label.doubt *= misplaced
			return cell{doubt: 1}, false, label
		}
		if box, seen := tr.s.emptyBox(i); seen {
			label.tokens = append(label.tokens, &token{text: "☐", box: box.box, at: box.at, source: label.source(), conf: 1})
		}
	}
	if known {
		return button, false, button
	}
	return cell{doubt: 1}, false, label
}

// untickedConfidence is how sure it is that a box holds no mark: OCR overlooks single letters in frames, also where it reads the pictures
// of a page of text.
func (tr tableReader) untickedConfidence(label cell) float64 {
	if label.empty() {
		return inferred
	}
	if tr.s.looked() && !slices.ContainsFunc(label.tokens, func(t *token) bool { return t.text == "☐" }) {
		return inferred
	}
	return unticked * label.doubt
}

// unblotted lowers what rests on an unticked box in which something stands that is no known mark.
func unblotted(label cell) float64 {
	if label.doubt <= misplaced {
		return misplaced
	}
	return 1
}

// form reads the boxes CLAIMS-MADE and OCCUR, of which one is ticked.
func (tr tableReader) form(path string, r row, claimsMade, occurrence **bool) {
	cm, isClaims, cmLabel := tr.ticked(claimsMadeTick, r)
	oc, isOccur, ocLabel := tr.ticked(occurTick, r)
	if !isClaims && !isOccur {
		return
	}
	doubt := 1.0
	if isClaims && isOccur {
		doubt = disagreeing
	}
	set := func(path string, to **bool, mark cell, ticked bool, label, other cell) {
		switch {
		case ticked:
			tr.flag(path, to, true, mark, sourced(mark)*doubt)
		case !label.empty():
			tr.flag(path, to, false, label, sourced(other)*unticked/formField*unblotted(label))
		}
	}
	set(path+".claims_made", claimsMade, cm, isClaims, cmLabel, oc)
	set(path+".occurrence", occurrence, oc, isOccur, ocLabel, cm)
}
