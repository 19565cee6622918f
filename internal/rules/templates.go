package rules

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
)

// Template is a ready-made requirement to start from (GET /insurance_requirement_templates).
type Template struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Rules       []Rule `json:"rules"`
}

//go:embed templates/*.json
var templateFiles embed.FS

// Templates are the ready-made requirements, ordered by ID. The error is a fault in an embedded file, which the tests rule
// out.
func Templates() ([]Template, error) {
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, fmt.Errorf("list the templates: %w", err)
	}
	var out []Template
	for _, e := range entries {
		data, err := templateFiles.ReadFile(path.Join("templates", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the template %s: %w", e.Name(), err)
		}
		var file struct {
			Template
			Rules json.RawMessage `json:"rules"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			return nil, fmt.Errorf("decode the template %s: %w", e.Name(), err)
		}
		rules, faults := Decode(file.Rules)
		if len(faults) > 0 {
			return nil, fmt.Errorf("decode the template %s: %s: %s", e.Name(), faults[0].Position, faults[0].Message)
		}
		file.Template.Rules = rules
		out = append(out, file.Template)
	}
	return out, nil
}
