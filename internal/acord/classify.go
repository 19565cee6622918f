package acord

import (
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// kind says what a page seems to be.
type kind struct {
	certificate bool
	what        string // what else it is, for people; empty when it cannot be told
}

// acordForms names ACORD's forms that are taken for certificates of liability insurance, by number.
var acordForms = map[string]string{
	"1": "property loss notice", "2": "automobile loss notice", "3": "general liability notice of occurrence", "4": "workers compensation first report of injury",
	"20": "certificate of aviation liability insurance", "22": "intermodal interchange certificate of insurance",
	"23": "vehicle or equipment certificate of insurance", "24": "certificate of property insurance", "27": "evidence of property insurance",
	"28": "evidence of commercial property insurance", "29": "evidence of flood insurance", "30": "certificate of garage insurance",
	"31": "certificate of marine / energy insurance", "35": "cancellation request", "36": "agent of record change", "37": "statement of no loss",
	"45": "additional interest schedule", "50": "insurance identification card", "75": "insurance binder", "80": "homeowner application",
	"90": "personal auto application", "101": "additional remarks schedule", "125": "commercial insurance application",
	"126": "commercial general liability section of an application", "127": "business auto section of an application", "129": "vehicle schedule",
	"130": "workers compensation application", "131": "umbrella / excess section of an application", "137": "commercial auto section of an application",
	"140": "property section of an application", "175": "commercial policy change request", "823": "additional premises information schedule",
}

// titles are lines that name a document which is no certificate of liability insurance.
var titles = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`^VEHICLE OR EQUIPMENT CERTIFICATE OF INSURANCE`), "an ACORD 23 (vehicle or equipment certificate of insurance)"},
	{regexp.MustCompile(`^CERTIFICATE OF PROPERTY INSURANCE`), "a certificate of property insurance (ACORD 24)"},
	{regexp.MustCompile(`^EVIDENCE OF PROPERTY INSURANCE`), "an evidence of property insurance (ACORD 27)"},
	{regexp.MustCompile(`^EVIDENCE OF COMMERCIAL PROPERTY INSURANCE`), "an evidence of commercial property insurance (ACORD 28)"},
	{regexp.MustCompile(`^ADDITIONAL REMARKS SCHEDULE`), "an additional remarks schedule (ACORD 101) without its certificate"},
	{regexp.MustCompile(`^ADDITIONAL INTEREST( SCHEDULE)?$`), "an additional interest schedule (ACORD 45)"},
	{regexp.MustCompile(`^COMMERCIAL INSURANCE APPLICATION`), "an application for insurance (ACORD 125)"},
	{regexp.MustCompile(`^WORKERS COMPENSATION APPLICATION`), "an application for workers compensation insurance (ACORD 130)"},
	{regexp.MustCompile(`^BINDER(?: [A-Z]+)*$|^INSURANCE BINDER`), "an insurance binder"},
	{regexp.MustCompile(`HEALTH INSURANCE CLAIM FORM`), "a health insurance claim form (CMS-1500)"},
	{regexp.MustCompile(`\bDECLARATIONS?( PAGE)?$|^(COMMON |COMMERCIAL )?(POLICY |GENERAL LIABILITY )?DECLARATIONS?\b`), "a declarations page of a policy"},
	{regexp.MustCompile(`^(TAX |SALES |COMMERCIAL )?INVOICE\b`), "an invoice"},
	{regexp.MustCompile(`^PURCHASE ORDER\b`), "a purchase order"},
	{regexp.MustCompile(`\bLOSS (RUNS?|HISTORY|EXPERIENCE|ANALYSIS)\b|\bCLAIMS? HISTORY\b`), "a loss run"},
	{regexp.MustCompile(`\bDRIVER'?S?'? LICEN[CS]E\b`), "a driver's licence"},
	{regexp.MustCompile(`REQUEST FOR TAXPAYER`), "a tax form (W-9)"},
	{regexp.MustCompile(`^(INSURANCE |COMMERCIAL )?(QUOTE|QUOTATION|PROPOSAL)( FOR .*)?$`), "a quotation"},
	{regexp.MustCompile(`^(RESUME|CURRICULUM VITAE|(PROFESSIONAL |WORK )?EXPERIENCE|WORK HISTORY|PROFESSIONAL SUMMARY)$`), "a résumé"},
	{regexp.MustCompile(`^(POLICY CHANGE |THIS )?ENDORSEMENT\b`), "an endorsement of a policy"},
	{regexp.MustCompile(`\bINSURANCE REQUIREMENTS?\b|^REQUIRED (INSURANCE|COVERAGES?)\b`), "a list of insurance requirements"},
	{regexp.MustCompile(`\bHOW TO READ\b`), "a guide to certificates"},
	{regexp.MustCompile(`^INSURANCE IDENTIFICATION CARD|^AUTO(MOBILE)? ID CARD`), "an insurance identification card"},
}

// kind tells what the page seems to be. A certificate says so in its title or foot, names an insured, and has at least one
// coverage with something that belongs to one.
func (s *sheet) kind() kind {
	k := kind{}
	is25, form := false, ""
	for _, line := range s.lines {
		for _, run := range pieces(line, 1.5) {
			text := strings.ToUpper(strings.TrimSpace(textOf(run)))
			if len(text) < 5 || len(text) > 120 {
				continue
			}
			if g := editionOf(text); g != nil {
				if g[1] == "25" {
					is25 = true
				} else if form == "" {
					form = g[1]
				}
			}
			for _, t := range titles {
				if k.what == "" && len(text) < 80 && t.pattern.MatchString(text) {
					k.what = t.what
				}
			}
		}
	}
	if name := acordForms[form]; name != "" {
		k.what = "an ACORD " + form + " (" + name + ")"
	} else if form != "" && k.what == "" {
		k.what = "an ACORD " + form
	}
	if form != "" && !is25 {
		return k
	}
	title := s.liabilityTitle()
	if !is25 && (k.what != "" && !title || !title && len(s.find(titleLabel)) == 0) {
		return k
	}
	coverages, limits := 0, 0
	for _, a := range s.anchors {
		switch a.id {
		case glRow, autoRow, umbrellaRow, excessRow, wcRow, professionalRow, cyberRow, crimeRow, liquorRow, otherRow:
			coverages++
		case policyColumn, effColumn, expColumn:
			limits++
		}
		if limitLabel(a.id) {
			limits++
		}
		if a.of != "" {
			coverages++
		}
	}
	insured := len(s.find(insuredLabel)) > 0
	k.certificate = coverages > 0 && (limits > 0 || insured) && (insured || is25 || title)
	if _, official := officialFields(s.page, s); official {
		k.certificate = true
	}
	return k
}

// liabilityTitle reports whether the page is headed CERTIFICATE OF LIABILITY INSURANCE.
func (s *sheet) liabilityTitle() bool {
	for _, a := range s.find(titleLabel) {
		if strings.Contains(key(textOf(a.tokens)), "LIABILITY") || a.errors > 0 {
			return true
		}
	}
	return false
}

// twice reports whether one page holds two certificates.
func (s *sheet) twice() bool {
	titles, insureds, holders := s.find(titleLabel), s.find(insuredLabel), s.find(holderLabel)
	if len(titles) < 2 || len(insureds) < 2 || len(holders) < 2 {
		return false
	}
	// The words of a heading stand in the form's own sentences, too: the second certificate begins beside the first title, or under what
	// the first one ends with.
	highest, last := topmost(titles), lowest(titles)
	if last.first.y0 < highest.box.y1+2*s.em {
		return true
	}
	return slices.ContainsFunc(holders, func(h anchor) bool { return h.box.y1 < last.first.y0 && h.first.y0 > topmost(insureds).box.y1 })
}

func topmost(as []anchor) anchor {
	return slices.MinFunc(as, func(a, b anchor) int { return compare(a.first.y0, b.first.y0) })
}

func lowest(as []anchor) anchor {
	return slices.MaxFunc(as, func(a, b anchor) int { return compare(a.first.y0, b.first.y0) })
}

// refusal says why no page is a certificate, and what to do next.
func refusal(sheets []*sheet) *certificate.Refusal {
	words, what := 0, ""
	for _, s := range sheets {
		for _, t := range s.tokens {
			if len(t.key) > 1 {
				words++
			}
		}
		if k := s.kind(); what == "" {
			what = k.what
		}
	}
	switch {
	case words < 5:
		return &certificate.Refusal{Code: certificate.Unreadable,
			Message: "No text could be read on the analysed pages. Scan the certificate again, straight and at 200 dpi or more, or ask for the PDF that the agency printed, and upload that file."}
	case what != "":
		return &certificate.Refusal{Code: certificate.NotACertificate,
			Message: "The document seems to be " + what + ", not a certificate of liability insurance. Ask for a certificate of liability insurance (ACORD 25) and upload it."}
	}
	return &certificate.Refusal{Code: certificate.NotACertificate,
		Message: "The analysed pages do not look like a certificate of liability insurance: they name no insured with liability coverages. Ask for a certificate of liability insurance (ACORD 25) and upload it."}
}

func several() *certificate.Refusal {
	return &certificate.Refusal{Code: certificate.SeveralCertificates,
		Message: "The analysed pages hold more than one certificate. Split the file and upload each certificate by itself."}
}

func blankForm() *certificate.Refusal {
	return &certificate.Refusal{Code: certificate.NotACertificate,
		Message: "The document seems to be a blank certificate form: it names no insured, no insurer and no policy. Ask the insurance agency for the completed certificate and upload it."}
}

// blank reports whether nothing was filled in.
func (r *record) blank() bool {
	c := &r.certificate
	return c.Insured.Name == nil && len(c.Insurers) == 0 && c.Holder.Name == nil && len(r.numbers()) == 0
}

// numbers are the policy numbers of the record by their paths.
func (r *record) numbers() map[string]string {
	out := map[string]string{}
	certificate.Walk(&r.certificate, func(path string, value any) {
		if s, is := value.(string); is && strings.HasSuffix(path, ".policy_number_string") {
			out[path] = s
		}
	})
	return out
}

// other reports whether two pages certify different things: another insured, number, holder or policy. A second print of the
// same certificate is not another one.
func (r *record) other(first *record) bool {
	a, b := &r.certificate, &first.certificate
	if differ(a.Insured.Name, b.Insured.Name) || differ(a.Number, b.Number) || differ(a.Holder.Name, b.Holder.Name) {
		return true
	}
	numbers := first.numbers()
	for path, number := range r.numbers() {
		if also, both := numbers[path]; both && differ(&number, &also) {
			return true
		}
	}
	return false
}

// differ reports whether two printed texts are more unlike than two scans of the same print.
func differ(a, b *string) bool {
	if a == nil || b == nil {
		return false
	}
	ka, kb := key(*a), key(*b)
	limit := max(len(ka), len(kb)) / 8
	return editDistance(ka, kb, limit) > limit
}
