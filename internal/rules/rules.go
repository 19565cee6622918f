// Package rules judges a certificate by an insurance requirement (CONTRACT §5). It is pure: a verdict follows from the
// reading, the requirement, the contractor, the date and the account's settings alone, and the same input gives the same
// bytes. It knows no clock, no database and no network.
//
// A wrong approval is the worst that can happen, so three principles hold for every check:
//
//   - A value that the certificate does not show never makes a rule pass.
//   - A value whose evidence is missing, or whose confidence is under the account's threshold, makes no rule pass either.
//   - Where a row of the coverage table shows several policies, a rule passes only if it would pass for each of them: nobody
//     can tell from the page which of them would pay. Policies of a row are never added up.
//
// It follows that taking a value away, or trusting one less, never turns a failed rule into a passed one.
package rules

import (
	"encoding/json"
	"fmt"
)

// Check is what a rule does with the value at its path.
type Check string

// The checks of CONTRACT §5.
const (
	Required     Check = "required"
	Minimum      Check = "minimum"
	NotExpired   Check = "not_expired"
	Effective    Check = "effective"
	NameMatches  Check = "name_matches"
	ContainsName Check = "contains_name"
	Equals       Check = "equals"
	Expression   Check = "expression"
)

// Severity says what a failed rule does to a certificate: Standard leaves it to a person, Critical denies it.
type Severity string

// The severities of CONTRACT §5. A rule without one is Standard.
const (
	Standard Severity = "standard"
	Critical Severity = "critical"
)

// Place is where contains_name looks for a name.
type Place string

// The places of CONTRACT §5.
const (
	Names  Place = "names"  // description_of_operations.additional_insured_names
	Text   Place = "text"   // description_of_operations.text
	Holder Place = "holder" // certificate_holder.name
)

// Places are one or more places, written in JSON as text or as a list.
type Places []Place

// UnmarshalJSON reads one place or a list of places, and does not judge them.
func (p *Places) UnmarshalJSON(b []byte) error {
	var one Place
	if json.Unmarshal(b, &one) == nil {
		*p = Places{one}
		return nil
	}
	var several []Place
	if err := json.Unmarshal(b, &several); err != nil {
		return fmt.Errorf("where is neither text nor a list of texts: %w", err)
	}
	*p = several
	return nil
}

// MarshalJSON writes a single place as text.
func (p Places) MarshalJSON() ([]byte, error) {
	if len(p) == 1 {
		return json.Marshal(p[0])
	}
	return json.Marshal([]Place(p))
}

// Rule is one rule as its author wrote it. Judge.Validate says whether it is sound.
type Rule struct {
	Name     string          `json:"name"`
	Path     string          `json:"path"`
	Check    Check           `json:"check"`
	Value    json.RawMessage `json:"value,omitempty"`
	Days     int             `json:"days,omitempty"`     // not_expired: how many days the date must lie ahead
	Umbrella bool            `json:"umbrella,omitempty"` // minimum: whether an umbrella in force adds its limit
	Where    Places          `json:"where,omitempty"`    // contains_name: none is Names
	Severity Severity        `json:"severity,omitempty"`
}

// Requirement is one version of an insurance requirement.
type Requirement struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
	Rules   []Rule `json:"rules"`
}

// Fault is something wrong with a requirement: where, as in rules[2].value.each_occurrence_dollars, and what.
type Fault struct {
	Position string `json:"position"`
	Message  string `json:"message"`
}

// Limits on the size of a requirement.
const (
	maxRules  = 500
	maxName   = 200    // characters of a rule's name or path
	maxNames  = 200    // names in a list
	maxDays   = 10_000 // days that a policy may be asked to last
	maxAmount = 999_999_999_999
)
