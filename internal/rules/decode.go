package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Decode reads the rules of a requirement from JSON: a list of objects with the keys of CONTRACT §5 and no others, none of
// them twice. It judges their form only; Judge.Validate judges the rest. The rules are nil where there are faults.
func Decode(data []byte) ([]Rule, []Fault) {
	list, _, faults := decode(data)
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}

// Read is Decode and Validate in one: the rules whose form is right are judged even where others are malformed, so that an author hears of
// everything at once.
func (j *Judge) Read(data []byte) ([]Rule, []Fault) {
	list, malformed, faults := decode(data)
	if len(list) > 0 || len(faults) == 0 {
		faults = append(faults, j.validate(list, malformed)...)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return list, nil
}

// decode reads the rules, and says which of them are malformed: of these not all may have been read.
func decode(data []byte) (list []Rule, malformed []bool, faults []Fault) {
	var items []json.RawMessage
	if trimmed := bytes.TrimSpace(data); len(trimmed) == 0 || trimmed[0] != '[' || json.Unmarshal(data, &items) != nil {
		return nil, nil, []Fault{{Position: "rules", Message: "rules is a list of rules"}}
	}
	if len(items) > maxRules {
		return nil, nil, []Fault{{Position: "rules", Message: fmt.Sprintf("a requirement has at most %d rules", maxRules)}}
	}
	for i, raw := range items {
		r, wrong := decodeRule(raw)
		for _, f := range wrong {
			faults = append(faults, f.within(i))
		}
		list, malformed = append(list, r), append(malformed, len(wrong) > 0)
	}
	return list, malformed, faults
}

// within puts a fault of a rule at its place among the rules.
func (f Fault) within(i int) Fault {
	position := fmt.Sprintf("rules[%d]", i)
	if f.Position != "" {
		position += "." + f.Position
	}
	return Fault{Position: position, Message: f.Message}
}

func decodeRule(raw json.RawMessage) (Rule, []Fault) {
	all, err := members(raw)
	if err != nil {
		return Rule{}, []Fault{{Message: "a rule is an object: " + err.Error()}}
	}
	r := Rule{Severity: Standard}
	var faults []Fault
	for _, m := range all {
		var into any
		expected := "text"
		switch m.key {
		case "name":
			into = &r.Name
		case "path":
			into = &r.Path
		case "check":
			into = &r.Check
		case "severity":
			into = &r.Severity
		case "days":
			into, expected = &r.Days, "a whole number of days"
		case "umbrella":
			into, expected = &r.Umbrella, "true or false"
		case "where":
			into, expected = &r.Where, "text or a list of texts"
		case "value":
			var b bytes.Buffer
			if err := json.Compact(&b, m.value); err != nil {
				faults = append(faults, Fault{Position: "value", Message: "it is not valid JSON"})
			}
			r.Value = b.Bytes()
			continue
		default:
			faults = append(faults, Fault{Position: clip(m.key), Message: strconv.Quote(clip(m.key)) + " is not a key of a rule"})
			continue
		}
		if string(m.value) == "null" || json.Unmarshal(m.value, into) != nil {
			faults = append(faults, Fault{Position: m.key, Message: m.key + " is " + expected})
		}
	}
	return r, faults
}
