package certificate

// Coverages holds the rows of the coverage table that the certificate shows.
type Coverages struct {
	GeneralLiability      *GeneralLiability      `json:"commercial_general_liability,omitempty"`
	AutomobileLiability   *AutomobileLiability   `json:"automobile_liability,omitempty"`
	UmbrellaLiability     *UmbrellaLiability     `json:"umbrella_excess_liability,omitempty"`
	WorkersCompensation   *WorkersCompensation   `json:"workers_compensation,omitempty"`
	ProfessionalLiability *ProfessionalLiability `json:"professional_liability,omitempty"`
	CyberLiability        *ProfessionalLiability `json:"cyber_liability,omitempty"`
	CriminalLiability     *ProfessionalLiability `json:"criminal_liability,omitempty"`
	LiquorLiability       *ProfessionalLiability `json:"liquor_liability,omitempty"`
	Other                 []OtherCoverage        `json:"other,omitempty"`
}

// Policy is what every row of the coverage table has. AdditionalInsured and WaiverOfSubrogation are the boxes
// ADDL INSD and SUBR WVD: X or Y is true, N is false, an empty box is null.
type Policy struct {
	Number              *string `json:"policy_number_string"`
	Effective           *Date   `json:"policy_effective_date"`
	Expiration          *Date   `json:"policy_expiration_date"`
	InsurerLetter       *string `json:"insurer_letter"`
	InsurerName         *string `json:"insurer_name"`
	AdditionalInsured   *bool   `json:"additional_insured"`
	WaiverOfSubrogation *bool   `json:"waiver_of_subrogation"`
}

// GeneralLiability is the row "Commercial general liability". A row that shows several policies keeps the first and
// lists the rest in AdditionalPolicies; so do the other coverages.
type GeneralLiability struct {
	Policy
	ClaimsMade         *bool                  `json:"claims_made"`
	Occurrence         *bool                  `json:"occurrence"`
	Limits             GeneralLiabilityLimits `json:"limits"`
	AdditionalPolicies []GeneralLiability     `json:"additional_policies,omitempty"`
}

// GeneralLiabilityLimits are the limits of a general liability policy.
type GeneralLiabilityLimits struct {
	EachOccurrence              *Dollars `json:"each_occurrence_dollars"`
	DamageToRentedPremises      *Dollars `json:"damage_to_rented_premises_dollars"`
	MedicalExpense              *Dollars `json:"medical_expense_dollars"`
	PersonalAndAdvertising      *Dollars `json:"personal_and_advertising_injury_dollars"`
	GeneralAggregate            *Dollars `json:"general_aggregate_dollars"`
	ProductsCompletedOperations *Dollars `json:"products_completed_operations_dollars"`
}

// AutomobileLiability is the row "Automobile liability". Autos lists the ticked boxes in the order of the form:
// any_auto, owned_autos_only (earlier editions: all owned), scheduled_autos, hired_autos_only, non_owned_autos_only.
type AutomobileLiability struct {
	Policy
	Autos              []string                  `json:"autos"`
	Limits             AutomobileLiabilityLimits `json:"limits"`
	AdditionalPolicies []AutomobileLiability     `json:"additional_policies,omitempty"`
}

// AutomobileLiabilityLimits are the limits of an automobile policy.
type AutomobileLiabilityLimits struct {
	CombinedSingleLimit       *Dollars `json:"combined_single_limit_dollars"`
	BodilyInjuryPerPerson     *Dollars `json:"bodily_injury_per_person_dollars"`
	BodilyInjuryPerAccident   *Dollars `json:"bodily_injury_per_accident_dollars"`
	PropertyDamagePerAccident *Dollars `json:"property_damage_per_accident_dollars"`
}

// UmbrellaLiability is the row "Umbrella liability / excess liability".
type UmbrellaLiability struct {
	Policy
	Form               *string                 `json:"form"` // umbrella or excess
	ClaimsMade         *bool                   `json:"claims_made"`
	Occurrence         *bool                   `json:"occurrence"`
	Limits             UmbrellaLiabilityLimits `json:"limits"`
	AdditionalPolicies []UmbrellaLiability     `json:"additional_policies,omitempty"`
}

// UmbrellaLiabilityLimits are the limits of an umbrella or excess policy. Retention also holds a deductible: the form
// prints one amount for both boxes.
type UmbrellaLiabilityLimits struct {
	EachOccurrence *Dollars `json:"each_occurrence_dollars"`
	Aggregate      *Dollars `json:"aggregate_dollars"`
	Retention      *Dollars `json:"retention_dollars"`
}

// WorkersCompensation is the row "Workers compensation and employers' liability".
type WorkersCompensation struct {
	Policy
	PerStatute         *bool                     `json:"per_statute"`
	ProprietorExcluded *bool                     `json:"proprietor_excluded"`
	Limits             WorkersCompensationLimits `json:"limits"`
	AdditionalPolicies []WorkersCompensation     `json:"additional_policies,omitempty"`
}

// WorkersCompensationLimits are the employers' liability limits.
type WorkersCompensationLimits struct {
	EachAccident        *Dollars `json:"each_accident_dollars"`
	DiseaseEachEmployee *Dollars `json:"disease_each_employee_dollars"`
	DiseasePolicyLimit  *Dollars `json:"disease_policy_limit_dollars"`
}

// ProfessionalLiability is a row of the free part of the table that was recognised as professional liability (errors
// and omissions); cyber, crime and liquor liability have the same shape.
type ProfessionalLiability struct {
	Policy
	ClaimsMade         *bool                       `json:"claims_made"`
	Occurrence         *bool                       `json:"occurrence"`
	Limits             ProfessionalLiabilityLimits `json:"limits"`
	AdditionalPolicies []ProfessionalLiability     `json:"additional_policies,omitempty"`
}

// ProfessionalLiabilityLimits are the limits of a professional, cyber, crime or liquor policy.
type ProfessionalLiabilityLimits struct {
	EachClaim *Dollars `json:"each_claim_dollars"`
	Aggregate *Dollars `json:"aggregate_dollars"`
}

// OtherCoverage is a row of the free part of the table that no named coverage fits.
type OtherCoverage struct {
	Label *string `json:"label"`
	Policy
	Limits []OtherLimit `json:"limits"`
}

// OtherLimit is one printed limit of an OtherCoverage with the words before it.
type OtherLimit struct {
	Label  *string  `json:"label"`
	Amount *Dollars `json:"amount_dollars"`
}
