package rules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// member is one key of a JSON object with its value.
type member struct {
	key   string
	value json.RawMessage
}

// members reads a JSON object with its keys in order. A key that stands twice is an error: which one counts would be a guess.
func members(raw json.RawMessage) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("it is not an object")
	}
	var out []member
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("it is not valid JSON")
		}
		m := member{key: key.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("it is not valid JSON")
		}
		if _, twice := find(out, m.key); twice {
			return nil, fmt.Errorf("%s stands twice", strconv.Quote(clip(m.key)))
		}
		out = append(out, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("it is not valid JSON")
	}
	return out, nil
}

func find(all []member, key string) (json.RawMessage, bool) {
	for _, m := range all {
		if m.key == key {
			return m.value, true
		}
	}
	return nil, false
}
