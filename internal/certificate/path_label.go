package certificate

import "strings"

// Label says in words what stands at a path, as a certificate's own form has it: "each occurrence" for
// coverages.commercial_general_liability.limits.each_occurrence_dollars. It does not name what holds the field; for a
// place that the schema does not have it gives the path itself.
func Label(path string) string {
	f, ok := FieldAt(path)
	if !ok {
		return path
	}
	switch f.Path {
	case "form.name":
		return "form"
	case "form.edition":
		return "edition of the form"
	case "producer.name", "insured.name", "certificate_holder.name":
		return strings.ReplaceAll(strings.TrimSuffix(f.Path, ".name"), "_", " ")
	case "producer.address", "insured.address", "certificate_holder.address":
		return strings.ReplaceAll(strings.TrimSuffix(f.Path, ".address"), "_", " ") + "'s address"
	case "description_of_operations.text":
		return "description of operations"
	case "description_of_operations.additional_insured_names":
		return "names of additional insureds"
	case "coverages":
		return "coverages"
	case "coverages.other.*":
		return "other coverage"
	case "coverages.other.*.limits.*":
		return "limit"
	case "coverages.automobile_liability.autos.*":
		return "auto"
	case "description_of_operations.additional_insured_names.*":
		return "name of an additional insured"
	case "insurers.*":
		return "insurer"
	case "coverages.umbrella_excess_liability":
		return "umbrella/excess liability"
	case "coverages.criminal_liability":
		return "crime coverage"
	case "coverages.umbrella_excess_liability.form":
		return "form (umbrella or excess)"
	}
	switch f.Name {
	case "naic":
		return "NAIC number"
	case "additional_insured":
		return "box ADDL INSD (additional insured)"
	case "waiver_of_subrogation":
		return "box SUBR WVD (waiver of subrogation)"
	case "personal_and_advertising_injury_dollars":
		return "personal & advertising injury"
	case "products_completed_operations_dollars":
		return "products - completed operations aggregate"
	}
	name := strings.TrimSuffix(strings.TrimSuffix(f.Name, "_dollars"), "_string")
	return strings.ReplaceAll(name, "_", " ")
}
