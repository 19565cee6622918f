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
	var items []json.RawMessage
	if trimmed := bytes.TrimSpace(data); len(trimmed) == 0 || trimmed[0] != '[' || json.Unmarshal(data, &items) != nil {
		return nil, []Fault{{Position: "rules", Message: "rules is a list of rules"}}
	}
	if len(items) > maxRules {
		return nil, []Fault{{Position: "rules", Message: fmt.Sprintf("a requirement has at most %d rules", maxRules)}}
	}
	var out []Rule
	var faults []Fault
	for i, raw := range items {
		r, wrong := decodeRule(raw)
		for _, f := range wrong {
			faults = append(faults, f.within(i))
		}
		out = append(out, r)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return out, nil
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
