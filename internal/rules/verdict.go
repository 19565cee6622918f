package rules

import "certflow/internal/certificate"

// Input is everything that a verdict follows from. It is stored with the audit, so that the verdict can be given again.
type Input struct {
	Certificate certificate.Certificate         `json:"certificate"`
	Evidence    map[string]certificate.Evidence `json:"evidence"`
	Requirement Requirement                     `json:"requirement"`
	Contractor  Contractor                      `json:"contractor"`
	Today       certificate.Date                `json:"today"` // the evaluation date in the account's time zone
	Settings    Settings                        `json:"settings"`
}

// Contractor is the snapshot of the contractor whose certificate is judged.
type Contractor struct {
	FirstName   string `json:"first_name"`
	MiddleName  string `json:"middle_name"`
	LastName    string `json:"last_name"`
	CompanyName string `json:"company_name"`
	Placeholder bool   `json:"placeholder"` // made by a bulk upload (CONTRACT §6)
}

// Settings are the account's settings that a verdict depends on.
type Settings struct {
	// ConfidenceThreshold is the confidence, 0–1, that a value needs to carry a rule. A value with confidence 0 carries none,
	// whatever the threshold.
	ConfidenceThreshold float64 `json:"confidence_threshold"`
	// WithoutEvidence takes every value as read with certainty. It is for trying rules on a parse that was given by hand
	// (POST /insurance_requirements/{id}/try) and has no page to stand on; no certificate may be approved with it.
	WithoutEvidence bool `json:"without_evidence,omitempty"`
}

// Status is the end state that a verdict gives a certificate.
type Status string

// The end states of CONTRACT §2 that rules lead to.
const (
	Approved Status = "approved" // every rule passed
	Flagged  Status = "flagged"  // at least one failed: a person decides
	Denied   Status = "denied"   // a rule failed whose severity is critical
)

// Outcome is what became of one rule.
type Outcome string

// The outcomes of CONTRACT §2.
const (
	Pass Outcome = "pass"
	Fail Outcome = "fail"
)

// Verdict is the judgement of a certificate, with one result for each rule in the order of the requirement.
type Verdict struct {
	Status  Status   `json:"status"`
	Results []Result `json:"results"`
}

// Result is what became of one rule. Message says what was required, what was found and where, and for a failed rule what
// to do next. Confidence is the lowest among the values that the result rests on, nil when it rests on none that has
// evidence. EvidencePaths name those values' evidence, in the order in which they were looked at.
type Result struct {
	RuleName      string   `json:"rule_name"`
	RulePath      string   `json:"rule_path"`
	Result        Outcome  `json:"result"`
	Message       string   `json:"message"`
	Confidence    *float64 `json:"confidence"`
	EvidencePaths []string `json:"evidence_paths"`
}
