package main

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// field is the value of a mapping's key, or nil.
func field(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text is the scalar at a key, or "".
func text(n *yaml.Node, key string) string {
	if value := field(n, key); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}

// pairs calls do for every key and value of a mapping.
func pairs(n *yaml.Node, do func(key, value *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(n.Content[i], n.Content[i+1])
	}
}

// values are those of a mapping, in order.
func values(n *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	pairs(n, func(_, value *yaml.Node) { all = append(all, value) })
	return all
}

// items are those of a sequence; nothing else has any.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// walk calls do for every mapping below n, with its JSON pointer. It stays out of examples, whose content is data.
func walk(n *yaml.Node, pointer string, do func(pointer string, n *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		do(pointer, n)
		pairs(n, func(key, value *yaml.Node) {
			if key.Value == "example" || key.Value == "examples" {
				return
			}
			walk(value, pointer+"/"+escape(key.Value), do)
		})
	case yaml.SequenceNode:
		for i, item := range n.Content {
			walk(item, pointer+"/"+strconv.Itoa(i), do)
		}
	}
}

// escape writes a key as a step of a JSON pointer (RFC 6901) in a URL's fragment.
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "%", "%25", "{", "%7B", "}", "%7D").Replace(key)
}
