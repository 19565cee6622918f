package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// heed takes the certainty from what the description of operations takes back in words: a limit that it says was reduced, a policy that it
// says was cancelled, a waiver that it says does not apply. What stands in the table is then printed, but not what holds.
func (r *record) heed() {
	text := r.certificate.Description.Text
	if text == nil {
		return
	}
	for _, sentence := range sentences(*text) {
		for _, d := range denials {
			if d.says.MatchString(sentence) && !d.unless.MatchString(sentence) {
				r.doubt(coveragesNamed(sentence), d.of)
			}
		}
		r.otherLimits(sentence)
	}
}

// otherLimits takes the certainty from the limits of a coverage of which a sentence says another amount: "GL each occurrence is $500,000 for
// this project". An amount that the table has, too, contradicts nothing.
func (r *record) otherLimits(sentence string) {
	named := coveragesNamed(sentence)
	if named[0] == "coverages" || !ofLimits.MatchString(sentence) {
		return
	}
	has := map[certificate.Dollars]bool{}
	certificate.Walk(&r.certificate, func(path string, value any) {
		if amount, is := value.(certificate.Dollars); is && slices.ContainsFunc(named, func(at string) bool { return strings.HasPrefix(path, at+".") }) {
			has[amount] = true
		}
	})
	for _, text := range amountInText.FindAllString(sentence, -1) {
		if amount, err := certificate.ParseDollars(text); err == nil && !has[amount] {
			r.doubt(named, limitsOnly)
			return
		}
	}
}

var (
	ofLimits     = regexp.MustCompile(`(?i)\b(?:sub-?limits?|limits?|occurrence|aggregate|accident|claim)\b`)
	amountInText = regexp.MustCompile(`\$\s?\d[\d,]*|\b\d{1,3}(?:,\d{3})+`)
	limitsOnly   = regexp.MustCompile(`\.limits\.`)
)

// denials are the kinds of sentences that take something back, with what they are about.
var denials = []struct {
	says, unless *regexp.Regexp
	of           *regexp.Regexp // the paths below a coverage
}{
	{ // "GL each occurrence reduced to $500,000"
		regexp.MustCompile(`(?i)(?:limits?|occurrence|aggregate|accident|\$\s?\d[\d,]*)\b.*\b(?:reduced|amended|lowered|decreased|eroded|exhausted|impaired|changed|revised|corrected)\b|\b(?:reduced|amended|lowered|decreased|eroded|exhausted|impaired|changed|revised|corrected)\b.*(?:limits?\b|occurrence\b|aggregate\b|accident\b|\$\s?\d)`),
		regexp.MustCompile(`(?i)\b(?:may have been|may be|if|should|unless)\b|\bnot\s+(?:be\s+)?(?:reduced|amended|changed|eroded)`),
		regexp.MustCompile(`\.limits\.`),
	},
	{ // "All limits are in Canadian dollars"
		regexp.MustCompile(`(?i)\b(?:limits?|amounts?|figures|values|all)\b.*\b(?:canadian|CAD|CDN|euros?|EUR|GBP|sterling|pesos?|MXN|AUD|foreign currency)\b`),
		regexp.MustCompile(`(?i)\bnot in\b`),
		regexp.MustCompile(`\.limits\.`),
	},
	{ // "Policy GL cancelled effective 02/15/2026"
		regexp.MustCompile(`(?i)\b(?:polic(?:y|ies)|coverages?|insurance|liability|compensation|GL|CGL|WC|auto|umbrella)\b.*\b(?:cancell?ed|terminated|lapsed|rescinded|voided|non-?renewed|expired)\b`),
		regexp.MustCompile(`(?i)\b(?:if|should|unless|before|prior|until|may|shall|will|would|when|notices?|event|not|never|days|any)\b`),
		regexp.MustCompile(`\.policy_(?:effective|expiration)_date$`),
	},
	{ // "Quote only, coverage is not bound"
		regexp.MustCompile(`(?i)\b(?:no longer|not)\s+(?:in force|in effect|bound|valid)\b|\bquot(?:e|ation) only\b|\bvoid\b`),
		regexp.MustCompile(`(?i)\b(?:if|unless|without|until|where|when|should)\b`),
		regexp.MustCompile(`\.policy_(?:effective|expiration)_date$`),
	},
	{ // "Waiver of subrogation does not apply to WC"
		regexp.MustCompile(`(?i)\b(?:waivers?|subrogation)\b.*\b(?:not|excluded|except|removed|deleted|declined|denied|pending|requested)\b|\b(?:no|without|excludes|excluding|except)\b.*\b(?:waivers?|subrogation)\b`),
		regexp.MustCompile(`(?i)\bno\.\s*[:#]?\s*\S*\d|\bnot limited to\b|\bnon-payment\b`),
		regexp.MustCompile(`\.waiver_of_subrogation$`),
	},
	{ // "Additional insured does not apply to auto"
		regexp.MustCompile(`(?i)\badditional insureds?\b.*\b(?:not|excluded|removed|deleted|declined|denied|pending|requested)\b|\b(?:no|not|without|excludes|excluding)\b.*\badditional insureds?\b`),
		regexp.MustCompile(`(?i)\bno\.\s*[:#]?\s*\S*\d|\bnot limited to\b|\bnon-payment\b`),
		regexp.MustCompile(`\.additional_insured$`),
	},
}

// coveragesNamed are the paths of the coverages that a sentence names, those of all where it names none.
func coveragesNamed(sentence string) []string {
	var out []string
	for _, c := range spokenOf {
		if c.name.MatchString(sentence) {
			out = append(out, c.path)
		}
	}
	if len(out) == 0 {
		return []string{"coverages"}
	}
	return out
}

// spokenOf is what people call the coverages in running text.
var spokenOf = []struct {
	name *regexp.Regexp
	path string
}{
	{regexp.MustCompile(`(?i)\b(?:c?gl|general (?:liability|aggregate))\b`), glPath},
	{regexp.MustCompile(`(?i)\b(?:auto|autos|automobile|vehicles?)\b`), autoPath},
	{regexp.MustCompile(`(?i)\b(?:umbrella|excess)\b`), umbrellaPath},
	{regexp.MustCompile(`(?i)\b(?:wc|workers['’]?s? comp\w*|employers['’]? liability)\b|\bworker['’]s comp\w*`), wcPath},
	{regexp.MustCompile(`(?i)\b(?:professional|e\s?&\s?o|errors)\b`), "coverages.professional_liability"},
}

// doubt makes unsure what stands below some of the paths, as far as it matches.
func (r *record) doubt(paths []string, of *regexp.Regexp) {
	for at, e := range r.evidence {
		for _, path := range paths {
			if strings.HasPrefix(at, path+".") && of.MatchString(at) {
				e.Confidence = round(min(e.Confidence, disagreeing))
				r.evidence[at] = e
			}
		}
	}
}
