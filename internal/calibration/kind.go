package calibration

import (
	"strings"

	"certflow/internal/certificate"
)

// Kind is what values have in common that are misread in the same ways.
type Kind string

// The kinds of values.
const (
	Amount    Kind = "amount" // dollars
	Date      Kind = "date"
	Number    Kind = "number" // of a policy or certificate: letters and digits that nothing can be checked against
	Letter    Kind = "letter" // of an insurer
	Box       Kind = "box"    // ticked or not
	Flag      Kind = "flag"   // a place for X, Y or N
	Autos     Kind = "autos"  // the boxes that say which autos are covered: a list, wrong when one box is
	Signature Kind = "signature"
	Name      Kind = "name" // of a firm or person
	Text      Kind = "text" // all else: addresses, labels, NAIC numbers, the description of operations
)

// Kinds are all kinds, in the order of tables.
func Kinds() []Kind {
	return []Kind{Amount, Date, Number, Letter, Box, Flag, Autos, Signature, Name, Text}
}

// KindOf is the kind of the value at a path of a reading, empty where none can stand.
func KindOf(path string) Kind {
	field, ok := certificate.FieldAt(path)
	if !ok {
		return ""
	}
	switch field.Kind {
	case certificate.KindDollars:
		return Amount
	case certificate.KindDate:
		return Date
	case certificate.KindBool:
		return boxKind(field.Name)
	case certificate.KindText, certificate.KindList:
		return textKind(field)
	}
	return ""
}

func boxKind(name string) Kind {
	switch name {
	case "additional_insured", "waiver_of_subrogation", "proprietor_excluded":
		return Flag
	case "signature":
		return Signature
	}
	return Box
}

// textKind tells texts and lists of texts apart by what they are called.
func textKind(field certificate.Field) Kind {
	list := strings.TrimSuffix(field.Path, ".*")
	switch {
	case strings.HasSuffix(list, ".autos"):
		return Autos
	case strings.HasSuffix(list, ".additional_insured_names"):
		return Name
	case strings.HasPrefix(field.Path, "form."):
		return Text
	}
	switch field.Name {
	case "policy_number_string", "certificate_number":
		return Number
	case "insurer_letter", "letter":
		return Letter
	case "form": // umbrella or excess
		return Box
	case "name", "insurer_name":
		return Name
	}
	return Text
}
