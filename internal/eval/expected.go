package eval

import (
	"strings"

	"certflow/internal/certificate"
)

// Expected is what is known about a document.
type Expected struct {
	Certificate certificate.Certificate
	// Refused is the refusal that the document deserves when it is no certificate: then every value that is read is
	// invented.
	Refused certificate.RefusalCode
	// Open are paths about which nothing is known; what is read there and below counts nowhere. A * stands for one part of a path.
	Open []string
}

func (e Expected) open(path string) bool {
	for _, o := range e.Open {
		if under(path, o) {
			return true
		}
	}
	return false
}

// under reports whether a path stands at a pattern or below it.
func under(path, pattern string) bool {
	parts, wanted := strings.Split(path, "."), strings.Split(pattern, ".")
	if len(parts) < len(wanted) {
		return false
	}
	for i, w := range wanted {
		if w != "*" && w != parts[i] {
			return false
		}
	}
	return true
}

// Judged reports whether rules usually judge the value at a path: everything about coverages (limits, dates, numbers,
// boxes, the insurer, and that a row is there at all: by a policy number, a date or a limit), the names of insured and holder, the additional insureds and the signature. Addresses, the
// producer, the table of insurers, the date and number of the certificate, the form's name and the free text are read for
// people.
func Judged(path string) bool {
	return strings.HasPrefix(path, "coverages.") || path == "insured.name" || path == "certificate_holder.name" ||
		path == "description_of_operations.signature" || strings.HasPrefix(path, "description_of_operations.additional_insured_names")
}
