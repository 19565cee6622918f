package acord

import "slices"

// plainLabels are further labels of certificates that are lines of labels and values, as people word them who do not draw the form.
func plainLabels() []label {
	return append([]label{
		{id: glRow, spellings: []string{"COMMERCIAL GENERAL", "CGL"}, first: true},
		{id: glRow, spellings: []string{"GL"}, first: true, alone: true},
		{id: autoRow, spellings: []string{"COMMERCIAL AUTOMOBILE", "BUSINESS AUTOMOBILE", "AUTOMOBILE LIABILITY INSURANCE", "AUTO INSURANCE", "AUTOMOBILE INSURANCE"}, first: true},
		{id: autoRow, spellings: []string{"AUTOMOBILE", "AUTO"}, first: true, alone: true, strict: true},
		{id: umbrellaRow, spellings: []string{"UMBRELLA / EXCESS LIAB", "UMBRELLA / EXCESS", "EXCESS / UMBRELLA", "UMBRELLA COVERAGE", "UMBRELLA INSURANCE", "UMBRELLA POLICY"}, first: true},
		{id: umbrellaRow, spellings: []string{"UMBRELLA"}, first: true, alone: true},
		{id: excessRow, spellings: []string{"EXCESS"}, first: true, alone: true, strict: true},
		{id: wcRow, spellings: []string{"WORKERS COMPENSATION AND EMPLOYERS LIABILITY", "WORKERS COMPENSATION & EMPLOYERS LIABILITY", "WORKERS COMPENSATION / EMPLOYERS LIABILITY", "WORKERS COMP & EMPLOYERS LIABILITY", "WORKERS COMP", "WORKERS COMP / EL", "WORKMENS COMPENSATION", "WORKER COMPENSATION", "EMPLOYERS LIABILITY", "EMPLOYER LIABILITY"}, first: true},
		{id: professionalRow, spellings: []string{"PROFESSIONAL LIABILITY", "ERRORS AND OMISSIONS", "ERRORS & OMISSIONS", "PROFESSIONAL LIABILITY E&O", "PROFESSIONAL LIABILITY ERRORS & OMISSIONS", "TECHNOLOGY ERRORS & OMISSIONS", "TECHNOLOGY ERRORS AND OMISSIONS", "TECH E&O", "E&O LIABILITY"}, first: true},
		{id: cyberRow, spellings: []string{"CYBER LIABILITY", "CYBER"}, first: true},
		{id: crimeRow, spellings: []string{"CRIME", "COMMERCIAL CRIME", "CRIMINAL LIABILITY"}, first: true},
		{id: liquorRow, spellings: []string{"LIQUOR LIABILITY"}, first: true},
		{id: otherRow, spellings: []string{"POLLUTION LIABILITY", "CONTRACTORS POLLUTION LIABILITY", "ENVIRONMENTAL LIABILITY", "CARGO INSURANCE", "MOTOR TRUCK CARGO", "CARGO LIABILITY", "INLAND MARINE", "BUILDERS RISK", "PROPERTY INSURANCE", "COMMERCIAL PROPERTY", "GARAGE LIABILITY", "GARAGEKEEPERS LIABILITY"}, first: true},
		{id: insuredLabel, spellings: []string{"POLICYHOLDER", "POLICY HOLDER", "INSURED PARTY", "NAME OF THE INSURED", "NAMED INSURED NAME", "INSURED COMPANY", "NAMED INSURED AND ADDRESS", "NAMED INSURED AND MAILING ADDRESS"}, first: true, alone: true, strict: true},
		{id: insuredAddress, spellings: []string{"INSURED ADDRESS", "INSUREDS ADDRESS", "NAMED INSURED ADDRESS", "ADDRESS OF INSURED", "ADDRESS OF THE INSURED", "INSURED MAILING ADDRESS", "POLICYHOLDER ADDRESS"}, first: true, alone: true},
		{id: holderLabel, spellings: []string{"CERTIFICATE HOLDER NAME", "HOLDER NAME", "NAME OF CERTIFICATE HOLDER", "CERTHOLDER"}, first: true, alone: true},
		{id: holderLabel, spellings: []string{"HOLDER", "ISSUED TO", "CERTIFICATE ISSUED TO"}, first: true, colon: true, strict: true},
		{id: holderAddress, spellings: []string{"HOLDER ADDRESS", "CERTIFICATE HOLDER ADDRESS", "ADDRESS OF CERTIFICATE HOLDER", "CERTIFICATE HOLDERS ADDRESS"}, first: true, alone: true},
		{id: producerLabel, spellings: []string{"AGENCY", "BROKER", "AGENT", "INSURANCE AGENCY", "PRODUCER NAME", "PRODUCER AGENCY", "INSURANCE BROKER", "INSURANCE AGENT", "AGENCY NAME", "BROKER NAME", "BROKERAGE"}, first: true, colon: true},
		{id: producerLabel, spellings: []string{"AGENCY", "BROKER", "AGENT", "AGENT/BROKER", "PRODUCER/BROKER", "PRODUCING AGENCY", "INSURANCE AGENCY", "INSURANCE BROKER"}, first: true, alone: true, strict: true},
		{id: producerAddress, spellings: []string{"PRODUCER ADDRESS", "PRODUCERS ADDRESS", "AGENCY ADDRESS", "BROKER ADDRESS", "AGENT ADDRESS", "ADDRESS OF PRODUCER"}, first: true, alone: true},
		{id: producerLabel, spellings: []string{"INSURANCE AGENT / BROKER", "PRODUCER / AGENCY", "AGENCY / BROKER", "PRODUCER / AGENT", "BROKER / AGENT", "PRODUCING BROKER", "INSURANCE PRODUCER", "AGENCY NAME", "BROKER NAME", "PRODUCER NAME"}, first: true, alone: true, strict: true},
		{id: producerLabel, spellings: []string{"ISSUED BY", "PREPARED BY"}, first: true, colon: true, strict: true},
		{id: descriptionLabel, spellings: []string{"REMARKS", "ADDITIONAL REMARKS", "SPECIAL PROVISIONS", "SPECIAL CONDITIONS", "SPECIAL PROVISIONS / DESCRIPTION", "DESCRIPTION", "DESCRIPTION / REMARKS", "REMARKS / DESCRIPTION OF OPERATIONS", "COMMENTS", "ADDITIONAL COMMENTS", "PROJECT DESCRIPTION", "OPERATIONS"}, first: true, alone: true, strict: true},
		{id: nameLabel, spellings: []string{"COMPANY NAME", "BUSINESS NAME", "LEGAL NAME", "NAME OF COMPANY", "FULL NAME", "ENTITY NAME", "FIRM NAME"}, first: true, alone: true, strict: true},
		{id: nameLabel, spellings: []string{"NAME"}, first: true, alone: true},
		{id: addressLabel, spellings: []string{"ADDRESS", "MAILING ADDRESS", "STREET ADDRESS", "BUSINESS ADDRESS"}, first: true, alone: true},
		{id: phoneLabel, spellings: []string{"PHONE", "TELEPHONE", "PHONE NUMBER", "INSURED PHONE", "PRODUCER PHONE", "CONTACT PHONE", "BROKER PHONE", "AGENT PHONE"}, first: true, alone: true},
		{id: emailLabel, spellings: []string{"EMAIL", "E-MAIL", "EMAIL ADDRESS", "INSURED EMAIL", "PRODUCER EMAIL", "CONTACT EMAIL", "BROKER EMAIL", "AGENT EMAIL"}, first: true, alone: true},
		{id: contactLabel, spellings: []string{"CONTACT", "CONTACT PERSON", "CONTACT INFORMATION"}, first: true, alone: true},
		{id: dateLabel, spellings: []string{"DATE OF CERTIFICATE", "CERTIFICATE ISSUE DATE", "ISSUED ON", "GENERATED ON", "DATE GENERATED"}, first: true},
		{id: dateLabel, spellings: []string{"ISSUED"}, first: true, colon: true},
		{id: numberLabel, spellings: []string{"CERTIFICATE ID", "COI NUMBER", "COI NO"}, first: true, strict: true},
		{id: periodLabel, spellings: []string{"POLICY PERIOD", "POLICY TERM", "COVERAGE PERIOD", "POLICY DATES", "PERIOD OF INSURANCE", "COVERAGE DATES", "EFFECTIVE DATES", "INSURANCE PERIOD", "TERM", "PERIOD"}, first: true, alone: true},
		{id: effColumn, spellings: []string{"START DATE", "POLICY START DATE", "COVERAGE START DATE", "COVERAGE START", "EFFECTIVE FROM", "INCEPTION DATE", "DATE EFFECTIVE", "VALID FROM"}, first: true, alone: true},
		{id: expColumn, spellings: []string{"END DATE", "POLICY END DATE", "COVERAGE END DATE", "COVERAGE END", "EXPIRY DATE", "EXPIRY", "EXPIRATION", "VALID UNTIL", "VALID TO", "VALID THROUGH"}, first: true, alone: true},
		{id: policyLabel, spellings: []string{"POLICY"}, first: true, alone: true},
		{id: policyLabel, spellings: []string{"POLICY"}, alone: true},
		{id: letterLabel, spellings: []string{"INSURER LETTER", "INSR LTR", "INSURER LTR"}, first: true, alone: true},
		{id: insurerLabel, spellings: []string{"INSURER", "CARRIER", "INSURANCE CARRIER", "INSURANCE COMPANY"}, first: true, colon: true, strict: true},
		{id: insurerLabel, spellings: []string{"INSURER", "CARRIER", "INSURANCE CARRIER", "INSURANCE COMPANY", "INSURER NAME", "CARRIER NAME", "ISSUING COMPANY", "INSURANCE COMPANY NAME", "UNDERWRITER", "UNDERWRITTEN BY"}, first: true, alone: true, strict: true},
		{id: formLabel, spellings: []string{"FORM", "POLICY FORM", "COVERAGE FORM", "BASIS", "COVERAGE BASIS"}, first: true, colon: true},
		{id: autosLabel, spellings: []string{"AUTOS", "COVERED AUTOS"}, first: true, alone: true},
		{id: proprietorLabel, spellings: []string{"PROPRIETOR EXCLUDED", "PROPRIETORS EXCLUDED", "OFFICERS EXCLUDED", "EXCLUDED OFFICERS"}, first: true, alone: true},
		{id: otherLimit, spellings: []string{"LIMIT", "LIMIT OF LIABILITY", "LIMIT OF INSURANCE", "COVERAGE LIMIT", "POLICY LIMIT"}, first: true, alone: true},
		{id: retentionTick, spellings: []string{"RETENTION", "SELF-INSURED RETENTION", "DEDUCTIBLE / RETENTION", "DEDUCTIBLE", "SIR"}, first: true, alone: true},
		{id: eachOccurrence, spellings: []string{"OCCURRENCE LIMIT", "LIMIT PER OCCURRENCE", "PER OCCURRENCE LIMIT", "EACH OCC", "EA OCC", "EA OCCURRENCE", "PER OCC", "EACH OCCURRENCE BI & PD", "ANY ONE OCCURRENCE"}, first: true},
		{id: damageToRented, spellings: []string{"DAMAGE TO PREMISES RENTED", "DAMAGE TO PREMISES", "RENTED PREMISES", "FIRE LEGAL LIABILITY"}, first: true, alone: true},
		{id: medicalExpense, spellings: []string{"MED PAY", "MEDICAL PAY", "MED PAYMENTS", "MEDICAL EXPENSES (Any one person)", "MEDICAL PAYMENTS (Any one person)", "MED EXPENSE", "MED EXPENSE (Any one person)"}, first: true},
		{id: personalInjury, spellings: []string{"PERS & ADV INJURY", "PERSONAL/ADVERTISING INJURY", "PERSONAL & ADV INJ", "PERS & ADV INJ", "PERSONAL INJURY", "PERSONAL/ADV INJURY"}, first: true},
		{id: generalAggregate, spellings: []string{"GEN AGGREGATE", "GEN AGG", "GEN'L AGGREGATE", "GENERAL AGG", "GENERAL AGGREGATE LIMIT"}, first: true},
		{id: aggregateLimit, spellings: []string{"AGGREGATE LIMIT", "ANNUAL AGGREGATE LIMIT", "AGG", "LIMIT AGGREGATE", "TOTAL AGGREGATE"}, first: true},
		{id: productsAggregate, spellings: []string{"PRODUCTS/COMPLETED OPS", "PRODUCTS/COMP OPS", "PRODUCTS/COMP OPS AGG", "PRODUCTS/COMP OP AGG", "PRODUCTS & COMPLETED OPERATIONS AGGREGATE", "PRODUCTS AND COMPLETED OPERATIONS AGGREGATE", "PRODUCTS AND COMPLETED OPERATIONS", "PRODUCTS/COMPLETED OPERATIONS AGG", "PRODUCTS/COMPLETED OPS AGGREGATE", "PRODUCTS/COMPLETED OPS AGG", "PROD/COMP OPS AGG", "PROD/COMP OPS", "PROD/COMP OP AGG", "PROD/CO AGG", "COMPLETED OPERATIONS AGGREGATE", "PRODUCTS-COMPLETED OPERATIONS AGGREGATE LIMIT"}, first: true},
		{id: combinedSingle, spellings: []string{"COMBINED SINGLE LIMIT (CSL)", "COMBINED SINGLE LIMIT EACH ACCIDENT", "COMBINED SINGLE LIMIT PER ACCIDENT", "COMBINED SINGLE", "SINGLE LIMIT", "CSL (EACH ACCIDENT)"}, first: true},
		{id: injuryPerPerson, spellings: []string{"BI PER PERSON", "BI EACH PERSON", "BODILY INJURY PER PERSON LIMIT"}, first: true},
		{id: injuryPerAccident, spellings: []string{"BI PER ACCIDENT", "BI EACH ACCIDENT", "BODILY INJURY PER ACCIDENT LIMIT"}, first: true},
		{id: propertyDamage, spellings: []string{"PROPERTY DAMAGE PER ACCIDENT", "PD PER ACCIDENT", "PROPERTY DAMAGE LIMIT"}, first: true},
		{id: elAccident, spellings: []string{"EL ACCIDENT", "EACH ACCIDENT LIMIT", "PER ACCIDENT", "BODILY INJURY BY ACCIDENT", "BODILY INJURY BY ACCIDENT EACH ACCIDENT", "BI BY ACCIDENT EACH ACCIDENT", "BODILY INJURY BY ACCIDENT (EACH ACCIDENT)"}, first: true},
		{id: elEmployee, spellings: []string{"DISEASE PER EMPLOYEE", "EL DISEASE EMPLOYEE", "EL DISEASE EMP", "EL DISEASE PER EMPLOYEE", "EL EACH EMPLOYEE", "BODILY INJURY BY DISEASE EACH EMPLOYEE", "BI BY DISEASE EACH EMPLOYEE"}, first: true},
		{id: elPolicy, spellings: []string{"DISEASE POLICY", "EL DISEASE POLICY", "EL POLICY LIMIT", "BODILY INJURY BY DISEASE POLICY LIMIT", "BI BY DISEASE POLICY LIMIT"}, first: true},
		{id: eachClaim, spellings: []string{"EACH LOSS", "PER LOSS", "LIMIT PER CLAIM", "PER CLAIM LIMIT", "EACH WRONGFUL ACT"}, first: true},
		{id: waiverTick, spellings: []string{"WAIVER OF SUBROGATION INCLUDED", "SUBROGATION WAIVED", "SUBROGATION WAIVER"}, first: true, alone: true, strict: true},
	}, namedLabels()...)
}

// wording is what people call a value, behind the name of its coverage.
type wording struct {
	id    labelID
	words []string
}

// namedLabels are labels that name the coverage with its value, as forms do that are one list: "General Liability Each Occurrence".
func namedLabels() []label {
	occurrence := wording{eachOccurrence, []string{"EACH OCCURRENCE", "PER OCCURRENCE", "OCCURRENCE", "OCCURRENCE LIMIT", "EACH OCCURRENCE LIMIT", "PER OCCURRENCE LIMIT"}}
	claim := wording{eachClaim, []string{"EACH CLAIM", "PER CLAIM", "EACH OCCURRENCE", "PER OCCURRENCE"}}
	aggregate := wording{aggregateLimit, []string{"AGGREGATE", "AGGREGATE LIMIT", "ANNUAL AGGREGATE"}}
	coverages := []struct {
		id     labelID
		names  []string
		limits []wording
	}{
		{glRow, []string{"GENERAL LIABILITY", "COMMERCIAL GENERAL LIABILITY", "GL", "CGL"}, []wording{occurrence, aggregate, {generalAggregate, []string{"GENERAL AGGREGATE", "GENERAL AGGREGATE LIMIT"}}}},
		{autoRow, []string{"AUTO LIABILITY", "AUTOMOBILE LIABILITY", "AUTO", "AUTOMOBILE", "COMMERCIAL AUTO", "BUSINESS AUTO", "COMMERCIAL AUTO LIABILITY"}, []wording{
			{combinedSingle, []string{"COMBINED SINGLE LIMIT", "CSL", "COMBINED SINGLE LIMIT (CSL)"}}}},
		{umbrellaRow, []string{"UMBRELLA", "UMBRELLA LIABILITY", "UMBRELLA/EXCESS", "UMBRELLA/EXCESS LIABILITY"}, []wording{occurrence, aggregate}},
		{excessRow, []string{"EXCESS", "EXCESS LIABILITY"}, []wording{occurrence, aggregate}},
		{wcRow, []string{"WORKERS COMPENSATION", "WORKERS COMP", "EMPLOYERS LIABILITY", "WC"}, []wording{{elAccident, []string{"EACH ACCIDENT", "PER ACCIDENT", "EL EACH ACCIDENT"}},
			{elEmployee, []string{"DISEASE EACH EMPLOYEE", "EACH EMPLOYEE", "DISEASE EMPLOYEE"}}, {elPolicy, []string{"DISEASE POLICY LIMIT", "DISEASE POLICY"}}}},
		{professionalRow, []string{"PROFESSIONAL LIABILITY", "E&O", "ERRORS & OMISSIONS"}, []wording{claim, aggregate}},
		{cyberRow, []string{"CYBER LIABILITY", "CYBER"}, []wording{claim, aggregate}},
	}
	policy := []wording{
		{policyColumn, []string{"POLICY NUMBER", "POLICY NO", "POLICY #", "POLICY"}},
		{effColumn, []string{"EFFECTIVE DATE", "EFFECTIVE", "POLICY EFFECTIVE DATE", "START DATE"}},
		{expColumn, []string{"EXPIRATION DATE", "EXPIRATION", "EXPIRES", "EXPIRY", "EXPIRY DATE", "POLICY EXPIRATION DATE", "END DATE"}},
		{insurerLabel, []string{"CARRIER", "INSURER", "INSURANCE COMPANY"}},
		{periodLabel, []string{"POLICY PERIOD", "POLICY TERM"}},
	}
	var out []label
	for _, c := range coverages {
		for _, name := range c.names {
			for _, value := range slices.Concat(c.limits, policy) {
				l := label{id: value.id, of: c.id, first: true, strict: true, alone: len(name) < 5 || !limitLabel(value.id)}
				for _, w := range value.words {
					l.spellings = append(l.spellings, name+" "+w)
				}
				out = append(out, l)
			}
		}
	}
	return out
}
