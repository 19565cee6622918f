package acord

import (
	"regexp"
	"strings"
)

// What coverages are called, in the order in which they are tried.
var coverageNames = []struct {
	id      labelID
	pattern *regexp.Regexp
}{
	{professionalRow, regexp.MustCompile(`(?i)\bprofessional\b|\berrors?\s*(?:&|and)\s*omissions?\b|\be\s*&\s*o\b|\bmalpractice\b`)},
	{cyberRow, regexp.MustCompile(`(?i)\bcyber\b|\bnetwork security\b|\bdata breach\b`)},
	{crimeRow, regexp.MustCompile(`(?i)\bcrime\b|\bfidelity\b|\bemployee (?:dishonesty|theft)\b`)},
	{liquorRow, regexp.MustCompile(`(?i)\bliquor\b|\bdram shop\b`)},
	{otherRow, regexp.MustCompile(`(?i)\b(?:pollution|environmental|cargo|inland marine|builders'? risk|property insurance|commercial property|garage|garagekeepers|aviation|aircraft|equipment|epli?|employment practices|directors|d&o|bond|flood|hired auto physical|abuse|molestation|installation floater)\b`)},
	{wcRow, regexp.MustCompile(`(?i)\bworke?r?s?'?s?’?\s*'?\s*comp|\bworkm[ae]n'?s?\s+comp|\bemployers?'?s?\s+liab|^wc\b`)},
	{umbrellaRow, regexp.MustCompile(`(?i)\bumbrella\b`)},
	{excessRow, regexp.MustCompile(`(?i)\bexcess\b`)},
	{autoRow, regexp.MustCompile(`(?i)\bauto(?:mobile)?s?\b|\bvehicle liab|\bcommercial fleet\b`)},
	{glRow, regexp.MustCompile(`(?i)\bgeneral\s+liab|\bcommercial\s+general\b|^c?gl\b|\bpublic liability\b`)},
}

// coverageNamed is the coverage that words name, empty where they name none.
func coverageNamed(text string) labelID {
	text = strings.ReplaceAll(text, "’", "'")
	for _, c := range coverageNames {
		if c.pattern.MatchString(text) {
			return c.id
		}
	}
	return ""
}

// What limits are called, as whole phrases without the punctuation around them, in the order in which they are tried.
var limitNames = []struct {
	id      labelID
	pattern *regexp.Regexp
}{
	{productsAggregate, regexp.MustCompile(`(?i)^(?:prod(?:uct)?s?\.?|completed)\b[\s/&,.-]*(?:(?:and|completed|comp|c)\b\.?[\s/&,.-]*)*(?:(?:operations?|ops?|o)\b\.?)?[\s/&,.-]*(?:agg(?:regate)?\.?)?(?:\s*limit)?$`)},
	{personalInjury, regexp.MustCompile(`(?i)^pers(?:onal)?\.?\s*(?:(?:&|and|/)\s*adv(?:ertising)?\.?\s*)?inj(?:ury)?\.?(?:\s*limit)?$`)},
	{damageToRented, regexp.MustCompile(`(?i)^(?:damage\s+to\s+(?:rented\s+premises|premises(?:\s+rented(?:\s+to\s+you)?)?)|rented\s+premises|fire\s+(?:damage|legal)(?:\s+liability)?)(?:\s*\(?(?:ea(?:ch)?\.?\s+occ(?:urrence)?|any\s+one\s+(?:fire|premises?))\)?)?(?:\s*limit)?$`)},
	{medicalExpense, regexp.MustCompile(`(?i)^med(?:ical)?\.?\s*(?:exp(?:enses?)?|pay(?:ments?)?)\.?(?:\s*\(?(?:any\s+one|per|each)\s+person\)?)?(?:\s*limit)?$`)},
	{generalAggregate, regexp.MustCompile(`(?i)^gen(?:eral|'l|l)?\.?\s*agg(?:regate)?\.?(?:\s*limit)?$`)},
	{combinedSingle, regexp.MustCompile(`(?i)^(?:combined\s+single(?:\s+limits?)?|csl|single\s+limit)(?:\s*\(?csl\)?)?(?:[\s-]*\(?(?:ea(?:ch)?|per)\.?\s+accident\)?)?$`)},
	{injuryPerPerson, regexp.MustCompile(`(?i)^(?:bodily\s+injury|bi)[\s(/,-]*(?:per|each|ea\.?)\s+person\)?(?:\s*limit)?$`)},
	{injuryPerAccident, regexp.MustCompile(`(?i)^(?:bodily\s+injury|bi)[\s(/,-]*(?:per|each|ea\.?)\s+(?:accident|occurrence)\)?(?:\s*limit)?$`)},
	{propertyDamage, regexp.MustCompile(`(?i)^(?:property\s+damage|pd)(?:[\s(/,-]*(?:per|each|ea\.?)\s+(?:accident|occurrence)\)?)?(?:\s*limit)?$`)},
	{elPolicy, regexp.MustCompile(`(?i)^(?:e\.?l\.?\s*|employers?'?\s+liability\s*|bodily\s+injury\s+)?[-–:]?\s*(?:by\s+)?disease[\s,–-]*(?:policy(?:\s+limit)?)$`)},
	{elEmployee, regexp.MustCompile(`(?i)^(?:e\.?l\.?\s*|employers?'?\s+liability\s*|bodily\s+injury\s+)?[-–:]?\s*(?:by\s+)?disease[\s,–-]*(?:(?:ea(?:ch)?|per|any\s+one)\.?\s+)?emp(?:loyee)?\.?$`)},
	{elAccident, regexp.MustCompile(`(?i)^(?:e\.?l\.?|employers?'?\s+liability)?[\s:–-]*(?:(?:ea(?:ch)?|per)\.?\s+acc(?:ident|\.)?|accident)(?:\s*limit)?$`)},
	{eachClaim, regexp.MustCompile(`(?i)^(?:(?:limit\s+)?(?:ea(?:ch)?|per|any\s+one)\.?\s+(?:claim|loss|wrongful\s+act|incident))(?:\s*limit)?$`)},
	{eachOccurrence, regexp.MustCompile(`(?i)^(?:limit\s+)?(?:ea(?:ch)?|per|any\s+one)\.?\s+occ(?:urrences?)?\.?(?:\s*/\s*(?:claim|csl|accident))?(?:\s*limit)?$|^occurrence\s+limit$|^occurrence$`)},
	{aggregateLimit, regexp.MustCompile(`(?i)^(?:(?:annual|policy|total)\s+)?agg(?:regate)?\.?(?:\s*limit)?$`)},
	{retentionTick, regexp.MustCompile(`(?i)^(?:self[\s-]insured\s+)?retention$|^sir$|^s\.i\.r\.$|^deductible$`)},
}

// inThe matches what stands before the name of a limit in a sentence: "in the aggregate".
var inThe = regexp.MustCompile(`(?i)^in\s+(?:the\s+)?`)

// limitCalled is the limit that words name, empty where they name none or more than that.
func limitCalled(text string) labelID {
	text = strings.Trim(strings.Join(strings.Fields(strings.ReplaceAll(text, "’", "'")), " "), " :;,.$-–•|/")
	text = inThe.ReplaceAllString(text, "")
	for range 2 {
		text = strings.TrimSpace(text)
		for _, w := range []string{" and", " with", " of", " limits of", " limit of"} {
			text = strings.TrimSuffix(text, w)
		}
	}
	for _, l := range limitNames {
		if l.pattern.MatchString(text) {
			return l.id
		}
	}
	return ""
}
