package llm

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"certflow/internal/certificate"
)

// tree is the JSON form of a certificate in the making, whose values are set by path. Lists are trees too, keyed by number, until
// the certificate is made.
type tree map[string]any

// set puts a scalar at a path.
func (t tree) set(path string, v any) {
	at := t
	for {
		name, rest, more := strings.Cut(path, ".")
		if !more {
			at[name] = v
			return
		}
		next, ok := at[name].(tree)
		if !ok {
			next = tree{}
			at[name] = next
		}
		at, path = next, rest
	}
}

// certificate makes the certificate.
func (t tree) certificate() (*certificate.Certificate, error) {
	b, err := json.Marshal(t.plain(""))
	if err != nil {
		return nil, fmt.Errorf("write a merged certificate: %w", err)
	}
	var c certificate.Certificate
	if err := json.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("read a merged certificate: %w", err)
	}
	if c.Insurers == nil {
		c.Insurers = []certificate.Insurer{}
	}
	if c.Description.AdditionalInsuredNames == nil {
		c.Description.AdditionalInsuredNames = []string{}
	}
	return &c, nil
}

// plain turns the trees at paths of lists into slices.
func (t tree) plain(path string) any {
	if f, ok := certificate.FieldAt(path); ok && f.Kind == certificate.KindList {
		out := []any{}
		for i := range len(t) {
			if v, ok := t[strconv.Itoa(i)]; ok {
				out = append(out, plainValue(v, path+"."+strconv.Itoa(i)))
			}
		}
		return out
	}
	out := map[string]any{}
	for name, v := range t {
		at := name
		if path != "" {
			at = path + "." + name
		}
		out[name] = plainValue(v, at)
	}
	return out
}

func plainValue(v any, path string) any {
	if t, ok := v.(tree); ok {
		return t.plain(path)
	}
	return v
}
