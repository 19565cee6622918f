package reader

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/grounding"
	"certflow/internal/page"
)

// A certificate can take back in words what its table says. Rules judge the table, so what the words are about is no longer certain: a person
// has to read them.

// retraction is a way of taking something back.
type retraction struct {
	says *regexp.Regexp
	// only, where it is set, matches the sentences that are about insurance: ceilings can be suspended, too.
	only *regexp.Regexp
	// unless matches sentences that say it of something else: of what may happen, or of certificates before this one.
	unless *regexp.Regexp
	// about are the fields of a coverage that it is about, by their names; nil for all, and amounts for every limit.
	about []string
	// rows are the coverages that it can be about; nil for all.
	rows []string
}

const amounts = "limits"

// Parts of the patterns: what limits are called, what becomes of them, and what is said of a waiver or an additional insured that is none.
const (
	limitWords = `(limits?|occurrence|aggregate|accident)`
	altered    = `(reduced|amended|lowered|decreased|eroded|exhausted|depleted|impaired|changed|revised|corrected)`
	withheld   = `(not|excluded|removed|deleted|declined|denied|pending|requested)`
)

func re(s string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + s) }

var (
	insurance = re(`\b(polic(y|ies)|coverages?|insurance|certificate|liability|umbrella|comp(ensation)?|[CG]?GL|WC|BAP)\b`)
	mayHappen = re(`\b(if|should|unless|event|before|prior|until|will|shall|would|may|can|could|must|previous(ly)?|earlier|supersed\w*|replac(e|es|ing|ements?)|days?)\b`)

	// unrelated is a no that denies nothing: of numbers, lists and notices.
	unrelated = re(`\bno\.? ?[:#]? ?\S*\d|\bnot limited to\b|\bnon-payment\b`)

	// ofLimits matches the sentences that are about limits, and amount the amounts in them.
	ofLimits = re(`\b(sub-?limits?|` + limitWords + `|claim)\b`)
	amount   = regexp.MustCompile(`\$\s?\d[\d,]*|\b\d{1,3}(?:,\d{3})+`)

	// ofGeneral matches the limits that general liability alone has.
	ofGeneral = re(`\b(damage to( rented)? premises|premises rented|fire damage|medical (expenses?|payments?)|med\.? exp\w*|personal (and|&) adv\w*|products)\b`)

	// ofEnds matches the sentences that are about how long a policy runs, and dated the dates in them.
	ofEnds = re(`\b(expir\w+|cancel\w*|terminat\w+|ends?|ended|ending|extend\w*|lapses?|supersed\w+|runs?)\b`)
	onlyIf = re(`\b(if|should|unless)\b`)
	dated  = regexp.MustCompile(`\b\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})\b|\b\d{4}-\d{2}-\d{2}\b`)

	// retractions are looked for in the sentences of the description.
	retractions = []retraction{
		{says: re(`\b(cancell?ed|void(ed)?|null and void|terminated|rescinded|non-?renewed|lapsed|expired|suspended|invalid|(not|no longer) (in (force|effect)|valid|active|bound))\b`), only: insurance, unless: mayHappen},
		{says: re(`\bnotices? of (cancell?ation|non-?renewal) (has|have|was|were) (been )?(issued|sent|given|mailed|received)\b`)},
		{says: re(`\b(sample|specimen|draft|quotation|quote|proposal|test) (certificate|copy|only)\b|\bthis (certificate )?is (only )?an? (sample|specimen|draft|test|quot\w+|proposal|example)\b`)},
		{says: re(`\bfor (illustrat\w+|quot\w+|proposal|bid(ding)?|sample|demonstration|training|test(ing)?) (purposes? )?only\b|\bnot valid (until|unless|for)\b`)},
		{says: re(`\bpending (underwriting|issuance|approval|binding|payment|inspection)\b|\bsubject to (underwriting|issuance|payment|receipt)\b`)},
		{says: re(`\b(limits?|aggregate) remaining\b|\bremaining (limits?|aggregate)\b`), unless: re(`\bmay\b`), about: []string{amounts}},
		{says: re(`(\b` + limitWords + `\b|\$ ?\d).*\b` + altered + `\b|\b` + altered + `\b.*(\b` + limitWords + `\b|\$ ?\d)`),
			unless: re(`\b(may|if|should|unless)\b|\bnot (be )?` + altered), about: []string{amounts}},
		{says: re(`\b(limits?|amounts?|figures|values|all)\b.*\b(canadian|CAD|CDN|euros?|EUR|GBP|sterling|pesos?|MXN|AUD|foreign currency)\b`), unless: re(`\bnot in\b`), about: []string{amounts}},
		{says: re(`\b(waivers?|subrogation)\b.*\b(` + withheld + `|except)\b|\b(no|without|excludes|excluding|except)\b.*\b(waivers?|subrogation)\b`),
			unless: unrelated, about: []string{"waiver_of_subrogation"}},
		{says: re(`\badditional insureds?\b.*\b` + withheld + `\b|\b(no|not|without|excludes|excluding|removed|deleted|withdrawn|declined|denied)\b.*\badditional insureds?\b`),
			unless: unrelated, about: []string{"additional_insured"}},
		{says: re(`\b(owned|hired|scheduled) (autos?|automobiles?|vehicles?)\b.*\b(not|no|excluded|except)\b|\b(no|excluding|excludes|except)\b.*\b(owned|hired|scheduled) (autos?|automobiles?|vehicles?)\b`), about: []string{"autos"}},
		{says: re(`\bclaims?[- ]made\b`), about: []string{"occurrence", "claims_made"}, rows: []string{"commercial_general_liability", "umbrella_excess_liability"}},
	}

	// measures are other units than whole US dollars, looked for in every line of every page.
	measures = re(`\b(canadian|australian|hong kong|singapore|new zealand) (dollars|funds|currency|\$)|\bmexican (pesos|currency)\b|\b(pesos|euros|pounds sterling)\b|` +
		`\b(in|are|=) (CAD|CDN|MXN|EUR|GBP|AUD)\b|\b(CAD|CDN|MXN|EUR|GBP|AUD) ?[$\d]|\b(limits|amounts|figures|values)\b.{0,30}(\bthousands|[\s'’]000'?s)\b|\b000'?s? omitted\b`)

	// namedRows say which coverage a sentence is about.
	namedRows = []struct {
		says *regexp.Regexp
		row  string
	}{
		{re(`\bgeneral (liability|aggregate)\b|\bC?GL\b`), "commercial_general_liability"},
		{re(`\bauto(mobile)?s?\b`), "automobile_liability"},
		{re(`\b(umbrella|excess)\b`), "umbrella_excess_liability"},
		{re(`\bworkers\W*s? comp\w*|\bWC\b|\bemployers\W*s? liability\b`), "workers_compensation"},
		{re(`\bprofessional\b|\berrors\b|\bE&O\b`), "professional_liability"},
		{re(`\bcyber\b`), "cyber_liability"},
		{re(`\bliquor\b`), "liquor_liability"},
		{re(`\bpollution\b`), "other"},
	}

	// uncovered are what stands in place of a policy number where there is no policy in force.
	uncovered = re(`\b(not (covered|provided|included|in force)|no coverage|declined|rejected|excluded|cancell?ed|expired|void|lapsed|quot(e|ation))\b`)

	// endings are words that stand alone where somebody ended a policy, and around which these others make a sentence of the form's.
	endings  = re(`^(cancell?ed|canc|void|voided|lapsed|expired|terminated|rescinded|non-?renewed)$`)
	sentence = re(`^(be|is|are|if|or|and|any|not|of|the|should|before|until|unless|by|when|may|been|policies|this|shall|will)$`)

	sentenceEnd = regexp.MustCompile(`[.;!?]\s+|\n`)
)

// What no policy has: a period of more than this many days, and a limit of this many dollars.
const (
	longestPeriod = 10*366 + 31
	leastUnlikely = 1_000_000_000
)

// doubtRetracted takes the certainty from what the words of a certificate take back.
func doubtRetracted(reading *certificate.Reading, pages []page.Page) {
	c := &reading.Certificate
	if c.Description.Text != nil {
		for _, s := range sentenceEnd.Split(*c.Description.Text, -1) {
			for _, r := range retractions {
				if r.says.MatchString(s) && (r.only == nil || r.only.MatchString(s)) && (r.unless == nil || !r.unless.MatchString(s)) {
					r.apply(reading, s)
				}
			}
			doubtOtherLimits(reading, s)
			doubtOtherEnds(reading, s)
		}
	}
	for i := range pages {
		lines := strings.Split(grounding.Text(pages[i:i+1]), "\n")
		for _, l := range lines {
			if said := measures.FindString(l); said != "" {
				retraction{about: []string{amounts}}.apply(reading, said)
			}
			if said := ending(strings.Fields(l)); said != "" {
				retraction{}.apply(reading, said)
			}
		}
	}
	doubtUnlikely(reading)
}

// stated are the values of a type that the coverages at rows have, or all coverages where there are none.
func stated[T comparable](reading *certificate.Reading, rows []string) map[T]bool {
	out := map[T]bool{}
	certificate.Walk(&reading.Certificate, func(path string, value any) {
		row, _, covers := strings.Cut(strings.TrimPrefix(path, "coverages."), ".")
		if v, is := value.(T); is && covers && (len(rows) == 0 || slices.Contains(rows, row)) {
			out[v] = true
		}
	})
	return out
}

// doubtOtherLimits takes the certainty from the limits of a coverage of which a sentence names an amount that the table does not have:
// "GL each occurrence is $500,000 for this project".
func doubtOtherLimits(reading *certificate.Reading, said string) {
	limits := retraction{about: []string{amounts}}
	rows := limits.named(said)
	if len(rows) == 0 && ofGeneral.MatchString(said) {
		rows = []string{"commercial_general_liability"}
	}
	if len(rows) == 0 || !ofLimits.MatchString(said) {
		return
	}
	has := stated[certificate.Dollars](reading, rows)
	for _, text := range amount.FindAllString(said, -1) {
		if v, err := certificate.ParseDollars(text); err == nil && !has[v] {
			limits.applyTo(reading, said, rows)
			return
		}
	}
}

// doubtOtherEnds takes the certainty from the dates of a coverage of which a sentence says that it ends on a day that the table does not have:
// "Auto policy expires 09/30/2026".
func doubtOtherEnds(reading *certificate.Reading, said string) {
	if !ofEnds.MatchString(said) || !insurance.MatchString(said) || onlyIf.MatchString(said) {
		return
	}
	dates := retraction{about: []string{"policy_effective_date", "policy_expiration_date"}}
	rows := dates.named(said)
	has := stated[certificate.Date](reading, rows)
	for _, text := range dated.FindAllString(said, -1) {
		if v, err := certificate.ParseDate(text); err != nil || !has[v] {
			dates.applyTo(reading, said, rows)
			return
		}
	}
}

// ending is a word of a line that says by itself that something ended.
func ending(words []string) string {
	bare := func(i int) string {
		if i < 0 || i >= len(words) {
			return ""
		}
		return strings.Trim(words[i], `*-–—!.,:;"'()[]`)
	}
	for i := range words {
		if endings.MatchString(bare(i)) && !sentence.MatchString(bare(i-1)) && !sentence.MatchString(bare(i+1)) && words[i] == strings.ToUpper(words[i]) {
			return words[i]
		}
	}
	return ""
}

// apply doubts what the retraction is about: the coverages that the sentence names, or else all.
func (r retraction) apply(reading *certificate.Reading, said string) {
	rows := r.named(said)
	if len(r.rows) > 0 && len(rows) == 0 {
		return
	}
	r.applyTo(reading, said, rows)
}

// applyTo doubts what the retraction is about in the coverages at rows, or in all where there are none.
func (r retraction) applyTo(reading *certificate.Reading, said string, rows []string) {
	about := fmt.Sprintf("the certificate says “%s”", short(said))
	agreed := map[string]bool{} // marks that say no, too
	certificate.Walk(&reading.Certificate, func(path string, value any) {
		agreed[path] = value == false && (strings.HasSuffix(path, ".waiver_of_subrogation") || strings.HasSuffix(path, ".additional_insured"))
	})
	doubtWhere(reading, about, func(path string) bool {
		if len(r.about) > 0 && agreed[path] {
			return false
		}
		row, field, ok := strings.Cut(strings.TrimPrefix(path, "coverages."), ".")
		if !strings.HasPrefix(path, "coverages.") || !ok {
			return len(rows) == 0 && len(r.about) == 0
		}
		return (len(rows) == 0 || slices.Contains(rows, row)) && (len(r.about) == 0 || slices.ContainsFunc(r.about, func(name string) bool {
			return name == amounts && strings.Contains(field, ".") || strings.HasSuffix("."+field, "."+name) || strings.HasPrefix(field, name+".")
		}))
	})
}

// named lists the coverages that a sentence names and that the retraction can be about.
func (r retraction) named(said string) []string {
	var rows []string
	for _, n := range namedRows {
		if n.says.MatchString(said) && (len(r.rows) == 0 || slices.Contains(r.rows, n.row)) {
			rows = append(rows, n.row)
		}
	}
	return rows
}

// longestQuote is how many characters of a sentence a message repeats.
const longestQuote = 120

func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if letters := []rune(s); len(letters) > longestQuote {
		return string(letters[:longestQuote]) + "…"
	}
	return s
}

// doubtWhere takes the certainty from the values at the paths that match.
func doubtWhere(reading *certificate.Reading, why string, match func(path string) bool) {
	for path, e := range reading.Evidence {
		if match(path) {
			e.Confidence, e.Doubt = min(e.Confidence, stamped), why
			reading.Evidence[path] = e
		}
	}
}

// doubtUnlikely takes the certainty from rows without a policy, from periods that no policy has and from limits that no policy has.
func doubtUnlikely(reading *certificate.Reading) {
	begins, ends := map[string]certificate.Date{}, map[string]certificate.Date{}
	certificate.Walk(&reading.Certificate, func(path string, value any) {
		row := path[:max(strings.LastIndexByte(path, '.'), 0)]
		in := func(p string) bool { return strings.HasPrefix(p, row+".") }
		switch v := value.(type) {
		case string:
			if strings.HasSuffix(path, ".policy_number_string") && uncovered.MatchString(v) {
				doubtWhere(reading, fmt.Sprintf("the policy number is “%s”", short(v)), in)
			}
		case certificate.Date:
			switch {
			case strings.HasSuffix(path, ".policy_effective_date"):
				begins[row] = v
			case strings.HasSuffix(path, ".policy_expiration_date"):
				ends[row] = v
			}
			if from, ok := begins[row]; ok {
				if to, ok := ends[row]; ok && from.DaysUntil(to) > longestPeriod {
					doubtWhere(reading, fmt.Sprintf("its policy would run from %s to %s", from, to), func(p string) bool { return in(p) && strings.HasSuffix(p, "_date") })
				}
			}
		case certificate.Dollars:
			if v >= leastUnlikely {
				doubtWhere(reading, "hardly any policy has such a limit", func(p string) bool { return p == path })
			}
		}
	})
}
