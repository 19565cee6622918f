package certificate

// Box is a rectangle on a page in PDF points (1/72 inch) from the top left of the page as it is displayed:
// [x0, y0, x1, y1] with x0 ≤ x1 and y0 ≤ y1.
type Box [4]float64

// Source says where a value was read from.
type Source string

// The sources of CONTRACT §3.
const (
	FormField Source = "form_field"
	Text      Source = "text"
	OCR       Source = "ocr"
	Model     Source = "model"
)

// Evidence says where on which page a value stands, what is printed there and how sure the reader is of the value.
// A value that cannot be found on a page has confidence 0, page 0 and an empty box; no rule may rest on it.
type Evidence struct {
	Page       int     `json:"page"` // from 1
	Box        Box     `json:"box"`
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"` // 0–1: of values with it at least this share is right, counted where the truth is known
	Source     Source  `json:"source"`
	// Doubt says why the value is not certain whatever the threshold, where that lies in the page or in its readers, as the end of "but …".
	Doubt string `json:"doubt,omitempty"`
}

// Parser names what read a certificate.
type Parser struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Reading is a certificate with the evidence for each of its values, keyed by the value's dotted path in the JSON form, such as
// coverages.commercial_general_liability.limits.each_occurrence_dollars; list items stand as insurers.0.name. A null
// value has evidence when something was printed that is not a value of its kind ("Included"): then the text says what.
type Reading struct {
	Certificate Certificate         `json:"parsed_certificate_json"`
	Evidence    map[string]Evidence `json:"evidence"`
	Parser      Parser              `json:"parser"`
}
