package eval

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
)

// analysed is how many pages of a document are read by default (CONTRACT §2).
const analysed = 2

// Folder gives the cases of a folder that holds certificates/NAME.pdf and truth/NAME.json.
func Folder(dir string) ([]Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil {
		return nil, fmt.Errorf("looking for truth files: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no truth files in %s", filepath.Join(dir, "truth"))
	}
	slices.Sort(files)
	var cases []Case
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("reading a truth file: %w", err)
		}
		var t truth
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, fmt.Errorf("reading %s: %w", f, err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".json") + ".pdf"
		cases = append(cases, Case{
			Name: name, Kind: t.kind(), Pages: min(analysed, t.PageCount), Expected: t.expected(),
			Open: func() ([]byte, error) { return os.ReadFile(filepath.Join(dir, "certificates", name)) },
		})
	}
	return cases, nil
}

// truth is a file of truth as people transcribe it: its names are those that stand on the paper.
type truth struct {
	Form        string                  `json:"form"`
	Edition     *string                 `json:"form_edition"`
	PageCount   int                     `json:"page_count"`
	Kind        string                  `json:"kind"`
	DateIssued  *certificate.Date       `json:"date_issued"`
	Number      *string                 `json:"certificate_number"`
	Producer    certificate.Party       `json:"producer"`
	Insured     certificate.Party       `json:"insured"`
	Insurers    map[string]truthInsurer `json:"insurers"`
	Coverages   truthCoverages          `json:"coverages"`
	Description *string                 `json:"description_of_operations"`
	Holder      certificate.Party       `json:"certificate_holder"`
	Signature   bool                    `json:"signature_present"`
	// Boxes for the whole certificate, on pages that have no table: to which rows they belong is not said.
	AdditionalInsuredBox *bool `json:"additional_insured_box"`
	WaiverBox            *bool `json:"waiver_box"`
}

type truthInsurer struct {
	Name *string `json:"name"`
	NAIC *string `json:"naic"`
}

type truthCoverages struct {
	General      *truthRow  `json:"commercial_general_liability"`
	Automobile   *truthRow  `json:"automobile_liability"`
	Umbrella     *truthRow  `json:"umbrella_liability"`
	Workers      *truthRow  `json:"workers_compensation"`
	Professional *truthRow  `json:"professional_liability"`
	Other        []truthRow `json:"other"`
}

type truthRow struct {
	Letter        *string                         `json:"insr_ltr"`
	LetterRaw     *string                         `json:"insr_ltr_raw"`
	Description   *string                         `json:"description"`
	Number        *string                         `json:"policy_number"`
	Numbers       []string                        `json:"policy_numbers"`
	Effective     *certificate.Date               `json:"effective_date"`
	Expiration    *certificate.Date               `json:"expiration_date"`
	Additional    *bool                           `json:"addl_insd"`
	Subrogation   *bool                           `json:"subr_wvd"`
	Form          *string                         `json:"form"`
	Box           *string                         `json:"box"`
	Autos         []string                        `json:"autos"`
	PerStatute    *bool                           `json:"per_statute"`
	AnyProprietor *bool                           `json:"any_proprietor_excluded"`
	Limits        map[string]*certificate.Dollars `json:"limits"`
	LimitsText    *string                         `json:"limits_text"`
	Deductible    *certificate.Dollars            `json:"deductible"`
	Retention     *certificate.Dollars            `json:"retention"`
}

// UnmarshalJSON tolerates that limits hold the raw letters and numbers of a double row beside the amounts.
func (r *truthRow) UnmarshalJSON(raw []byte) error {
	type plain truthRow
	var loose struct {
		plain
		Limits map[string]json.RawMessage `json:"limits"`
	}
	if err := json.Unmarshal(raw, &loose); err != nil {
		return err
	}
	*r = truthRow(loose.plain)
	r.Limits = map[string]*certificate.Dollars{}
	for key, value := range loose.Limits {
		switch key {
		case "insr_ltr_raw":
			if err := json.Unmarshal(value, &r.LetterRaw); err != nil {
				return fmt.Errorf("limits.%s: %w", key, err)
			}
		case "policy_numbers":
			if err := json.Unmarshal(value, &r.Numbers); err != nil {
				return fmt.Errorf("limits.%s: %w", key, err)
			}
		default:
			var amount *certificate.Dollars
			if err := json.Unmarshal(value, &amount); err != nil {
				return fmt.Errorf("limits.%s: %w", key, err)
			}
			r.Limits[key] = amount
		}
	}
	return nil
}

func (t truth) kind() Kind {
	switch t.Kind {
	case "acroform":
		return Form
	case "digital":
		return Text
	}
	return Scan
}

// otherForm recognises the numbered forms that are no certificates of liability insurance.
var otherForm = regexp.MustCompile(`^ACORD (\d+)`)

func (t truth) expected() Expected {
	if m := otherForm.FindStringSubmatch(t.Form); m != nil && m[1] != "25" {
		return Expected{Refused: certificate.NotACertificate}
	}
	// Truth files do not say whom the description makes an additional insured.
	e := Expected{Open: []string{"description_of_operations.additional_insured_names"}}
	c := &e.Certificate
	if t.Form == "ACORD 25" {
		c.Form = certificate.Form{Name: &t.Form, Edition: t.Edition}
	} else {
		e.Open = append(e.Open, "form") // what an imitation calls itself is a matter of taste
	}
	c.Date, c.Number, c.Producer, c.Insured, c.Holder = t.DateIssued, t.Number, t.Producer, t.Insured, t.Holder
	c.Description = certificate.Description{Text: t.Description, Signature: &t.Signature}
	for letter, in := range t.Insurers {
		c.Insurers = append(c.Insurers, certificate.Insurer{Letter: letter, Name: in.Name, NAIC: in.NAIC})
	}
	if t.AdditionalInsuredBox != nil || t.WaiverBox != nil {
		e.Open = append(e.Open, "coverages.*.additional_insured", "coverages.*.waiver_of_subrogation")
	}
	t.rows(&e)
	return e
}

func (t truth) rows(e *Expected) {
	c := &e.Certificate.Coverages
	if r := t.filled(e, "commercial_general_liability", t.Coverages.General); r != nil {
		claims, occurrence := r.trigger()
		c.GeneralLiability = &certificate.GeneralLiability{Policy: t.policy(*r), ClaimsMade: claims, Occurrence: occurrence,
			Limits: certificate.GeneralLiabilityLimits{
				EachOccurrence: r.Limits["each_occurrence"], DamageToRentedPremises: r.Limits["damage_to_rented_premises"],
				MedicalExpense: r.Limits["medical_expense"], PersonalAndAdvertising: r.Limits["personal_adv_injury"],
				GeneralAggregate: r.Limits["general_aggregate"], ProductsCompletedOperations: r.Limits["products_completed_operations"]}}
	}
	if r := t.filled(e, "automobile_liability", t.Coverages.Automobile); r != nil {
		c.AutomobileLiability = &certificate.AutomobileLiability{Policy: t.policy(*r), Autos: autos(r.Autos),
			Limits: certificate.AutomobileLiabilityLimits{
				CombinedSingleLimit: r.Limits["combined_single_limit"], BodilyInjuryPerPerson: r.Limits["bodily_injury_per_person"],
				BodilyInjuryPerAccident: r.Limits["bodily_injury_per_accident"], PropertyDamagePerAccident: r.Limits["property_damage"]}}
	}
	if r := t.filled(e, "umbrella_excess_liability", t.Coverages.Umbrella); r != nil {
		claims, occurrence := r.trigger()
		retention := r.Retention
		if retention == nil {
			retention = r.Deductible // the paper has one amount for both boxes
		}
		c.UmbrellaLiability = &certificate.UmbrellaLiability{Policy: t.policy(*r), Form: r.Box, ClaimsMade: claims, Occurrence: occurrence,
			Limits:             certificate.UmbrellaLiabilityLimits{EachOccurrence: r.Limits["each_occurrence"], Aggregate: r.Limits["aggregate"], Retention: retention},
			AdditionalPolicies: t.furtherUmbrellas(e, *r)}
	}
	if r := t.filled(e, "workers_compensation", t.Coverages.Workers); r != nil {
		c.WorkersCompensation = &certificate.WorkersCompensation{Policy: t.policy(*r), PerStatute: r.PerStatute, ProprietorExcluded: r.AnyProprietor,
			Limits: certificate.WorkersCompensationLimits{
				EachAccident: r.Limits["e_l_each_accident"], DiseaseEachEmployee: r.Limits["e_l_disease_each_employee"],
				DiseasePolicyLimit: r.Limits["e_l_disease_policy_limit"]}}
	}
	if r := t.Coverages.Professional; r != nil {
		c.ProfessionalLiability = &certificate.ProfessionalLiability{Policy: t.policy(*r),
			Limits: certificate.ProfessionalLiabilityLimits{EachClaim: r.Limits["each_occurrence"], Aggregate: r.Limits["aggregate"]}}
		e.Open = append(e.Open, "coverages.free.*.claims_made", "coverages.free.*.occurrence")
	}
	for _, r := range t.Coverages.Other {
		c.Other = append(c.Other, certificate.OtherCoverage{Label: r.Description, Policy: t.policy(r), Limits: r.freeLimits()})
	}
}

// filled gives a row that says more than its insurer's letter. A lone letter is no coverage; whether a reader mentions it
// is left open.
func (t truth) filled(e *Expected, name string, r *truthRow) *truthRow {
	if r == nil {
		return nil
	}
	for _, amount := range r.Limits {
		if amount != nil {
			return r
		}
	}
	if r.Number != nil || r.Effective != nil || r.Expiration != nil || r.Form != nil || r.Box != nil || len(r.Autos) > 0 || r.PerStatute != nil && *r.PerStatute {
		return r
	}
	path := "coverages." + name
	e.Open = append(e.Open, path+".insurer_letter", path+".insurer_name", path)
	return nil
}

func (t truth) policy(r truthRow) certificate.Policy {
	p := certificate.Policy{Number: r.Number, Effective: r.Effective, Expiration: r.Expiration, InsurerLetter: r.Letter,
		AdditionalInsured: r.Additional, WaiverOfSubrogation: r.Subrogation}
	if r.Letter != nil {
		p.InsurerName = t.Insurers[*r.Letter].Name
	}
	return p
}

// furtherUmbrellas gives the policies that stand below the first one in its row. Only their numbers and letters are known.
func (t truth) furtherUmbrellas(e *Expected, r truthRow) []certificate.UmbrellaLiability {
	if len(r.Numbers) < 2 {
		return nil
	}
	var letters []string
	if r.LetterRaw != nil {
		letters = strings.FieldsFunc(*r.LetterRaw, func(c rune) bool { return c == '/' || c == ' ' || c == ',' })
	}
	var out []certificate.UmbrellaLiability
	for i, n := range r.Numbers[1:] {
		u := certificate.UmbrellaLiability{}
		u.Number = &n
		if i+1 < len(letters) {
			u.InsurerLetter, u.InsurerName = &letters[i+1], t.Insurers[letters[i+1]].Name
		}
		out = append(out, u)
	}
	for _, unknown := range []string{"policy_effective_date", "policy_expiration_date", "additional_insured", "waiver_of_subrogation", "form", "claims_made", "occurrence", "limits"} {
		e.Open = append(e.Open, "coverages.umbrella_excess_liability.additional_policies.*."+unknown)
	}
	return out
}

func (r truthRow) trigger() (claimsMade, occurrence *bool) {
	if r.Form == nil {
		return nil, nil
	}
	c, o := *r.Form == "claims_made", *r.Form == "occur"
	return &c, &o
}

// autos gives the boxes the names of the latest edition.
func autos(ticked []string) []string {
	latest := map[string]string{"owned_autos": "owned_autos_only", "all_owned_autos": "owned_autos_only", "hired_autos": "hired_autos_only", "non_owned_autos": "non_owned_autos_only"}
	var out []string
	for _, a := range ticked {
		if l, ok := latest[a]; ok {
			a = l
		}
		out = append(out, a)
	}
	return out
}

// printedAmount finds amounts in running text: those with a dollar sign or with groups of three digits.
var printedAmount = regexp.MustCompile(`\$\s?\d[\d,]*|\d{1,3}(?:,\d{3})+`)

func (r truthRow) freeLimits() []certificate.OtherLimit {
	var out []certificate.OtherLimit
	for _, key := range slices.Sorted(maps.Keys(r.Limits)) {
		if amount := r.Limits[key]; amount != nil {
			out = append(out, certificate.OtherLimit{Label: &key, Amount: amount})
		}
	}
	if len(out) > 0 || r.LimitsText == nil {
		return out
	}
	for _, printed := range printedAmount.FindAllString(*r.LimitsText, -1) {
		if amount, err := certificate.ParseDollars(printed); err == nil {
			out = append(out, certificate.OtherLimit{Amount: &amount})
		}
	}
	return out
}
