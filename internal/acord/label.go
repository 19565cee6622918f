package acord

// labelID names a printed label of a certificate.
type labelID string

// The labels that a reading rests on.
const (
	titleLabel        labelID = "title"
	boilerplate       labelID = "boilerplate"
	dateLabel         labelID = "date"
	producerLabel     labelID = "producer"
	insuredLabel      labelID = "insured"
	contactLabel      labelID = "contact"
	phoneLabel        labelID = "phone"
	faxLabel          labelID = "fax"
	emailLabel        labelID = "email"
	insurersLabel     labelID = "insurers"
	naicLabel         labelID = "naic"
	coveragesLabel    labelID = "coverages"
	numberLabel       labelID = "certificate number"
	revisionLabel     labelID = "revision number"
	letterColumn      labelID = "column insr ltr"
	typeColumn        labelID = "column type of insurance"
	addlColumn        labelID = "column addl insd"
	subrColumn        labelID = "column subr wvd"
	policyColumn      labelID = "column policy number"
	effColumn         labelID = "column policy eff"
	expColumn         labelID = "column policy exp"
	limitsColumn      labelID = "column limits"
	glRow             labelID = "row general liability"
	autoRow           labelID = "row automobile"
	umbrellaRow       labelID = "row umbrella"
	excessRow         labelID = "row excess"
	garageRow         labelID = "row garage"
	wcRow             labelID = "row workers compensation"
	professionalRow   labelID = "row professional"
	cyberRow          labelID = "row cyber"
	crimeRow          labelID = "row crime"
	liquorRow         labelID = "row liquor"
	employersLabel    labelID = "and employers' liability"
	claimsMadeTick    labelID = "tick claims-made"
	occurTick         labelID = "tick occur"
	anyAutoTick       labelID = "tick any auto"
	ownedTick         labelID = "tick owned autos"
	scheduledTick     labelID = "tick scheduled autos"
	hiredTick         labelID = "tick hired autos"
	nonOwnedTick      labelID = "tick non-owned autos"
	perPolicyTick     labelID = "tick per policy"
	perProjectTick    labelID = "tick per project"
	perLocationTick   labelID = "tick per location"
	otherTick         labelID = "tick other"
	deductibleTick    labelID = "tick ded"
	retentionTick     labelID = "tick retention"
	statuteTick       labelID = "tick per statute"
	statuteOtherTick  labelID = "tick oth-er"
	addlTick          labelID = "tick additional insured"
	waiverTick        labelID = "tick waiver of subrogation"
	aggregatePer      labelID = "aggregate limit applies per"
	proprietorLabel   labelID = "any proprietor excluded"
	yesNoLabel        labelID = "y / n"
	notApplicable     labelID = "n / a"
	describeBelow     labelID = "description of operations below"
	eachOccurrence    labelID = "limit each occurrence"
	damageToRented    labelID = "limit damage to rented premises"
	medicalExpense    labelID = "limit med exp"
	personalInjury    labelID = "limit personal & adv injury"
	generalAggregate  labelID = "limit general aggregate"
	productsAggregate labelID = "limit products - comp/op agg"
	combinedSingle    labelID = "limit combined single limit"
	injuryPerPerson   labelID = "limit bodily injury per person"
	injuryPerAccident labelID = "limit bodily injury per accident"
	propertyDamage    labelID = "limit property damage"
	aggregateLimit    labelID = "limit aggregate"
	elAccident        labelID = "limit e.l. each accident"
	elEmployee        labelID = "limit e.l. disease - ea employee"
	elPolicy          labelID = "limit e.l. disease - policy limit"
	eachClaim         labelID = "limit each claim"
	otherLimit        labelID = "limit"
	descriptionLabel  labelID = "description of operations"
	holderLabel       labelID = "certificate holder"
	cancellationLabel labelID = "cancellation"
	representative    labelID = "authorized representative"
	copyrightLabel    labelID = "copyright"
	footLabel         labelID = "foot" // ACORD 25 (2016/03)
	nameLabel         labelID = "name"
	addressLabel      labelID = "address"
	periodLabel       labelID = "policy period"
	policyLabel       labelID = "policy"
	letterLabel       labelID = "insurer letter"
	insurerLabel      labelID = "insurer"
	formLabel         labelID = "form of the policy"
	autosLabel        labelID = "autos"
	saidLine          labelID = "line of limits in words" // which no label introduces
	boxesLine         labelID = "line of boxes"           // which no label introduces
	tableRow          labelID = "row of a plain table"    // which no label names
	insuredAddress    labelID = "address of the insured"
	holderAddress     labelID = "address of the certificate holder"
	producerAddress   labelID = "address of the producer"
	otherRow          labelID = "row of another coverage"
)

// label is how a label is printed: alternative spellings, each one line or, with a bar, two lines one below the other.
type label struct {
	id        labelID
	spellings []string
	first     bool    // nothing but a tick or an insurer's letter stands before it
	alone     bool    // nothing stands after it, unless a colon ends it
	colon     bool    // a common word, which is a label only before a colon
	strict    bool    // other words differ from it by a letter or two, so that every letter counts
	place     place   // where ACORD 25 (2016/03) has it, zero when the form has it twice or not at all
	places    []place // where the form has it, when it has it more than once
	of        labelID // the coverage that it names with its value: "General Liability Each Occurrence"
}

// place is the left end and the middle of a label's first line in points on the standard form. It only helps to tell
// which of two candidates is meant and to guess a label that could not be read, after the form has been fitted.
type place struct{ x, y float64 }

// labels lists what is looked for. Where two fit the same words the one with more letters wins.
func labels() []label {
	return []label{
		{id: titleLabel, spellings: []string{"CERTIFICATE OF LIABILITY INSURANCE", "CERTIFICATE OF INSURANCE", "EVIDENCE OF LIABILITY INSURANCE", "MEMORANDUM OF INSURANCE", "EVIDENCE OF INSURANCE", "CERTIFICATE OF COVERAGE"}, place: place{162, 36}},
		{id: boilerplate, spellings: []string{"THIS CERTIFICATE IS ISSUED AS A MATTER OF", "THIS CERTIFICATE DOES NOT AFFIRMATIVELY", "CERTIFICATE DOES NOT AFFIRMATIVELY", "IMPORTANT IF THE CERTIFICATE HOLDER IS", "THIS IS TO CERTIFY THAT", "SHOULD ANY OF THE ABOVE DESCRIBED", "AND CONFERS NO RIGHTS UPON THE CERTIFICATE HOLDER"}},
		{id: boilerplate, spellings: []string{"THIS CERTIFICATE DOES NOT AMEND"}, strict: true}, // a description says what it does not add
		{id: dateLabel, spellings: []string{"DATE (MM/DD/YYYY)", "DATE MM/DD/YY", "DATE ISSUED", "ISSUE DATE", "CERTIFICATE DATE", "DATE OF ISSUE"}, place: place{521, 30}},
		{id: dateLabel, spellings: []string{"DATE"}, first: true, alone: true},
		{id: producerLabel, spellings: []string{"PRODUCER"}, first: true, alone: true, place: place{21.6, 126}},
		{id: insuredLabel, spellings: []string{"INSURED", "NAMED INSURED", "NAME OF INSURED", "INSURED NAME"}, first: true, alone: true, place: place{21.6, 186}},
		{id: contactLabel, spellings: []string{"CONTACT|NAME", "CONTACT NAME"}, place: place{309.6, 123.4}},
		{id: phoneLabel, spellings: []string{"PHONE|(A/C, No, Ext)", "PHONE (A/C, No, Ext)"}, place: place{309.6, 135.8}},
		{id: faxLabel, spellings: []string{"FAX|(A/C, No)", "FAX (A/C, No)", "FAX"}, place: place{486, 135.4}},
		{id: emailLabel, spellings: []string{"E-MAIL|ADDRESS", "E-MAIL ADDRESS"}, place: place{309.6, 147.5}},
		{id: insurersLabel, spellings: []string{"INSURER(S) AFFORDING COVERAGE", "INSURERS AFFORDING COVERAGE", "COMPANIES AFFORDING COVERAGE"}, place: place{369, 164}},
		{id: naicLabel, spellings: []string{"NAIC #", "NAIC NO", "NAIC NUMBER", "NAIC CODE", "NAIC"}, first: true, place: place{557, 164}},
		{id: coveragesLabel, spellings: []string{"COVERAGES", "COVERAGE"}, first: true, alone: true, place: place{21.6, 246.7}},
		{id: numberLabel, spellings: []string{"CERTIFICATE NUMBER"}, place: place{158.4, 246.7}},
		{id: numberLabel, spellings: []string{"CERTIFICATE NO", "CERTIFICATE #"}, strict: true},
		{id: revisionLabel, spellings: []string{"REVISION NUMBER"}, place: place{424.8, 246.7}},
		{id: letterColumn, spellings: []string{"INSR|LTR", "INSR LTR", "CO|LTR"}, place: place{20, 291}},
		{id: typeColumn, spellings: []string{"TYPE OF INSURANCE", "TYPE OF COVERAGE", "COVERAGE TYPE"}, place: place{75.4, 295.4}},
		{id: addlColumn, spellings: []string{"ADDL|INSD", "ADDL|INSR", "ADDL INSD", "ADDL INSR", "ADDL|INSRD"}, place: place{177.4, 291}},
		{id: subrColumn, spellings: []string{"SUBR|WVD", "SUBR WVD"}, place: place{195.2, 291}},
		{id: policyColumn, spellings: []string{"POLICY NUMBER", "POLICY NO", "POLICY #", "POLICY NUMBERS"}, place: place{247.2, 296.4}},
		{id: effColumn, spellings: []string{"POLICY EFF|(MM/DD/YYYY)", "POLICY EFFECTIVE|DATE (MM/DD/YYYY)", "POLICY EFFECTIVE DATE", "POLICY EFFECTIVE", "POLICY EFF", "EFF (MM/DD/YYYY)", "EFFECTIVE DATE", "EFF DATE", "EFFECTIVE"}, place: place{337.3, 291.4}},
		{id: expColumn, spellings: []string{"POLICY EXP|(MM/DD/YYYY)", "POLICY EXPIRATION|DATE (MM/DD/YYYY)", "POLICY EXPIRATION DATE", "POLICY EXPIRATION", "POLICY EXP", "EXP (MM/DD/YYYY)", "EXPIRATION DATE", "EXP DATE", "EXPIRATION", "EXPIRES"}, place: place{383.7, 291.4}},
		{id: limitsColumn, spellings: []string{"LIMITS", "LIMITS OF LIABILITY"}, first: true, alone: true, place: place{499.7, 295.4}},

		{id: glRow, spellings: []string{"COMMERCIAL GENERAL LIABILITY"}, place: place{54, 306}},
		{id: glRow, spellings: []string{"GENERAL LIABILITY"}, first: true},
		{id: autoRow, spellings: []string{"AUTOMOBILE LIABILITY", "COMMERCIAL AUTOMOBILE LIABILITY", "COMMERCIAL AUTO LIABILITY", "BUSINESS AUTO LIABILITY", "AUTO LIABILITY", "COMMERCIAL AUTO", "BUSINESS AUTO"}, first: true, place: place{39.6, 389.9}},
		{id: umbrellaRow, spellings: []string{"UMBRELLA LIAB", "UMBRELLA LIABILITY", "UMBRELLA / EXCESS LIABILITY", "EXCESS / UMBRELLA LIABILITY", "COMMERCIAL UMBRELLA"}, first: true, place: place{54, 449.9}},
		{id: excessRow, spellings: []string{"EXCESS LIAB", "EXCESS LIABILITY"}, first: true, place: place{54, 461.9}},
		{id: garageRow, spellings: []string{"GARAGE LIABILITY"}, first: true},
		{id: wcRow, spellings: []string{"WORKERS COMPENSATION|AND EMPLOYERS' LIABILITY", "WORKERS COMPENSATION AND|EMPLOYERS' LIABILITY", "WORKERS COMPENSATION", "WORKERS' COMPENSATION AND EMPLOYERS' LIABILITY"}, first: true, place: place{37.8, 484.7}},
		{id: employersLabel, spellings: []string{"AND EMPLOYERS' LIABILITY"}, first: true},

		{id: claimsMadeTick, spellings: []string{"CLAIMS-MADE", "CLAIMS MADE"}, first: true, places: []place{{68.4, 319.8}, {133.2, 463.8}}},
		{id: occurTick, spellings: []string{"OCCUR", "OCCURRENCE"}, first: true, alone: true, places: []place{{133.2, 319.8}, {133.2, 452.3}}},
		{id: anyAutoTick, spellings: []string{"ANY AUTO"}, first: true, place: place{54, 401.4}},
		{id: ownedTick, spellings: []string{"OWNED|AUTOS ONLY", "OWNED AUTOS ONLY", "ALL OWNED|AUTOS", "ALL OWNED AUTOS", "OWNED AUTOS"}, first: true, place: place{54, 411.4}},
		{id: scheduledTick, spellings: []string{"SCHEDULED|AUTOS", "SCHEDULED AUTOS", "SCHEDULED"}, first: true, place: place{122.4, 411.4}},
		{id: hiredTick, spellings: []string{"HIRED|AUTOS ONLY", "HIRED AUTOS ONLY", "HIRED AUTOS"}, first: true, place: place{54, 423.4}},
		{id: nonOwnedTick, spellings: []string{"NON-OWNED|AUTOS ONLY", "NON-OWNED AUTOS ONLY", "NON-OWNED|AUTOS", "NON-OWNED AUTOS", "NON-OWNED"}, first: true, place: place{122.4, 423.2}},
		{id: aggregatePer, spellings: []string{"GEN'L AGGREGATE LIMIT APPLIES PER", "GENERAL AGGREGATE LIMIT APPLIES PER"}, place: place{39.6, 355.9}},
		{id: perPolicyTick, spellings: []string{"POLICY"}, first: true, alone: true, place: place{54, 367.8}},
		{id: perProjectTick, spellings: []string{"PRO-|JECT", "PROJECT"}, first: true, alone: true, place: place{97.2, 363.9}},
		{id: perLocationTick, spellings: []string{"LOC"}, first: true, alone: true, place: place{140.4, 367.8}},
		{id: otherTick, spellings: []string{"OTHER"}, first: true, alone: true, place: place{54, 380.3}},
		{id: deductibleTick, spellings: []string{"DED"}, first: true, place: place{54, 476.3}},
		{id: retentionTick, spellings: []string{"RETENTION $", "RETENTION", "SELF-INSURED RETENTION"}, first: true, place: place{90, 476.3}},
		{id: statuteTick, spellings: []string{"PER|STATUTE", "PER STATUTE", "WC STATU-|TORY LIMITS", "STATUTORY LIMITS", "WC STATUTORY LIMITS"}, first: true, place: place{442.8, 483.4}},
		{id: statuteOtherTick, spellings: []string{"OTH-|ER"}, first: true, place: place{493.1, 483.4}},
		{id: addlTick, spellings: []string{"ADDITIONAL INSURED"}, first: true},
		{id: waiverTick, spellings: []string{"WAIVER OF SUBROGATION"}, first: true},
		{id: proprietorLabel, spellings: []string{"ANY PROPRIETOR/PARTNER/EXECUTIVE|OFFICER/MEMBER EXCLUDED?", "ANY PROPRIETOR/PARTNER/EXECUTIVE"}, place: place{37.8, 499.4}},
		{id: yesNoLabel, spellings: []string{"Y / N"}, place: place{158.9, 494.2}},
		{id: notApplicable, spellings: []string{"N / A"}, place: place{178.6, 503.9}},
		{id: describeBelow, spellings: []string{"DESCRIPTION OF OPERATIONS below"}, place: place{37.8, 524.3}},

		{id: eachOccurrence, spellings: []string{"EACH OCCURRENCE", "EACH OCCURRENCE LIMIT", "PER OCCURRENCE", "OCCURRENCE LIMIT"}, first: true, places: []place{{428.4, 307.8}, {428.4, 451.8}}},
		{id: damageToRented, spellings: []string{"DAMAGE TO RENTED|PREMISES (Ea occurrence)", "DAMAGE TO RENTED PREMISES|(Ea occurrence)", "DAMAGE TO RENTED PREMISES (Ea occurrence)", "DAMAGE TO RENTED PREMISES", "DAMAGE TO PREMISES RENTED TO YOU", "FIRE DAMAGE (ANY ONE FIRE)", "FIRE DAMAGE", "DAMAGE TO RENTED"}, first: true, place: place{428.4, 315}},
		{id: damageToRented, spellings: []string{"PREMISES (Ea occurrence)"}, first: true}, // the second line, where the first was misread
		{id: medicalExpense, spellings: []string{"MED EXP (Any one person)", "MEDICAL EXPENSE (Any one person)", "MED EXP", "MEDICAL EXPENSE", "MEDICAL EXPENSES", "MEDICAL PAYMENTS"}, first: true, place: place{428.4, 331.8}},
		{id: personalInjury, spellings: []string{"PERSONAL & ADV INJURY", "PERSONAL AND ADV INJURY", "PERSONAL & ADVERTISING INJURY", "PERSONAL AND ADVERTISING INJURY"}, first: true, place: place{428.4, 343.8}},
		{id: generalAggregate, spellings: []string{"GENERAL AGGREGATE", "GENERAL AGGREGATE LIMIT"}, first: true, place: place{428.4, 355.8}},
		{id: productsAggregate, spellings: []string{"PRODUCTS - COMP/OP AGG", "PRODUCTS & COMP/OP AGG", "PRODUCTS - COMPLETED OPERATIONS AGGREGATE", "PRODUCTS COMPLETED OPERATIONS", "PRODUCTS AGGREGATE", "PRODUCTS-COMP/OPS AGGREGATE"}, first: true, place: place{428.4, 367.8}},
		{id: combinedSingle, spellings: []string{"COMBINED SINGLE LIMIT|(Ea accident)", "COMBINED SINGLE LIMIT (Ea accident)", "COMBINED SINGLE LIMIT", "CSL"}, first: true, place: place{428.4, 387.4}},
		{id: injuryPerPerson, spellings: []string{"BODILY INJURY (Per person)", "BODILY INJURY|(Per person)", "BODILY INJURY EACH PERSON"}, first: true, place: place{428.4, 401.9}},
		{id: injuryPerAccident, spellings: []string{"BODILY INJURY (Per accident)", "BODILY INJURY|(Per accident)", "BODILY INJURY EACH ACCIDENT"}, first: true, place: place{428.4, 413.9}},
		{id: propertyDamage, spellings: []string{"PROPERTY DAMAGE|(Per accident)", "PROPERTY DAMAGE (Per accident)", "PROPERTY DAMAGE"}, first: true, place: place{428.4, 423.4}},
		{id: aggregateLimit, spellings: []string{"AGGREGATE", "AGGREGATE LIMIT", "ANNUAL AGGREGATE", "POLICY AGGREGATE"}, first: true, place: place{428.4, 463.8}},
		{id: elAccident, spellings: []string{"E.L. EACH ACCIDENT", "EMPLOYERS LIABILITY EACH ACCIDENT", "EACH ACCIDENT"}, first: true, place: place{428.4, 499.8}},
		{id: elEmployee, spellings: []string{"E.L. DISEASE - EA EMPLOYEE", "E.L. DISEASE - EACH EMPLOYEE", "DISEASE - EACH EMPLOYEE", "DISEASE - EA EMPLOYEE"}, first: true, place: place{428.4, 511.8}},
		{id: elPolicy, spellings: []string{"E.L. DISEASE - POLICY LIMIT", "DISEASE - POLICY LIMIT"}, first: true, place: place{428.4, 523.8}},
		{id: eachClaim, spellings: []string{"EACH CLAIM", "PER CLAIM", "EACH CLAIM LIMIT"}, first: true},

		{id: descriptionLabel, spellings: []string{"DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES", "DESCRIPTION OF OPERATIONS/LOCATIONS/VEHICLES/RESTRICTIONS/SPECIAL ITEMS", "DESCRIPTION OF OPERATIONS/LOCATIONS/VEHICLES/SPECIAL ITEMS", "DESCRIPTION OF OPERATIONS/LOCATIONS/VEHICLES/EXCLUSIONS ADDED BY ENDORSEMENT/SPECIAL PROVISIONS", "DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES (ACORD 101, Additional Remarks Schedule, may be attached if more space is required)", "DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES (Attach ACORD 101, Additional Remarks Schedule, if more space is required)", "DESCRIPTION OF OPERATIONS"}, first: true, place: place{21.6, 569.9}},
		{id: holderLabel, spellings: []string{"CERTIFICATE HOLDER", "CERTIFICATE HOLDER NAME AND ADDRESS"}, first: true, alone: true, place: place{21.6, 655}},
		{id: cancellationLabel, spellings: []string{"CANCELLATION"}, first: true, alone: true, place: place{309.6, 655}},
		{id: representative, spellings: []string{"AUTHORIZED REPRESENTATIVE", "AUTHORIZED SIGNATURE", "AUTHORISED REPRESENTATIVE"}, first: true, place: place{309.6, 713.9}},
		{id: copyrightLabel, spellings: []string{"ACORD CORPORATION. All rights reserved", "The ACORD name and logo are registered marks of ACORD", "ACORD CORPORATION"}},
	}
}
