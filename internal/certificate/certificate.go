// Package certificate says what a parsed certificate of insurance is: its types, dates, money, and the evidence
// that each value was read from a page. It imports nothing of certflow; readers produce these values, rules judge
// them, and the API shows them as parsed_certificate_json (CONTRACT §3).
package certificate

// Certificate is everything that is read from one certificate of liability insurance. A value that the page does not
// show, or that is not what its field asks for, is null; a coverage that the certificate does not show is absent.
type Certificate struct {
	Form        Form        `json:"form"`
	Date        *Date       `json:"certificate_date"`
	Number      *string     `json:"certificate_number"`
	Producer    Party       `json:"producer"`
	Insured     Party       `json:"insured"`
	Insurers    []Insurer   `json:"insurers"`
	Coverages   Coverages   `json:"coverages"`
	Description Description `json:"description_of_operations"`
	Holder      Party       `json:"certificate_holder"`
}

// Form names the printed form, such as "ACORD 25" and its edition "2016/03".
type Form struct {
	Name    *string `json:"name"`
	Edition *string `json:"edition"`
}

// Party is a name with its postal address on one line: the producer, the insured or the certificate holder.
type Party struct {
	Name    *string `json:"name"`
	Address *string `json:"address"`
}

// Insurer is one of the companies affording coverage; rows of the coverage table refer to it by letter.
type Insurer struct {
	Letter string  `json:"letter"`
	Name   *string `json:"name"`
	NAIC   *string `json:"naic"`
}

// Description is the box "Description of operations / locations / vehicles" and the signature below it.
type Description struct {
	Text                   *string  `json:"text"`
	Signature              *bool    `json:"signature"`
	AdditionalInsuredNames []string `json:"additional_insured_names"`
}
