package main

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	methods       = []string{"get", "put", "post", "delete", "patch", "head", "options"}
	pathParameter = regexp.MustCompile(`\{([^}]+)\}`)
	operationName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]+$`)
)

// rules are what this project asks of a description beyond the specification.
func (d *description) rules() {
	tags := map[string]*yaml.Node{}
	for _, tag := range items(field(d.root, "tags")) {
		tags[text(tag, "name")] = tag
		if text(tag, "description") == "" {
			d.fault(tag, "tag %s has no description", text(tag, "name"))
		}
	}
	used := map[string]bool{}
	ids := map[string]bool{}
	pairs(field(d.root, "paths"), func(path, item *yaml.Node) {
		pairs(item, func(method, operation *yaml.Node) {
			if slices.Contains(methods, method.Value) {
				d.operation(path.Value, method, operation, item, ids)
				for _, tag := range items(field(operation, "tags")) {
					used[tag.Value] = true
					if tags[tag.Value] == nil {
						d.fault(tag, "tag %s is not declared", tag.Value)
					}
				}
			}
		})
	})
	for name, tag := range tags {
		if !used[name] {
			d.fault(tag, "tag %s is not used", name)
		}
	}
	d.references()
}

func (d *description) operation(path string, method, operation, item *yaml.Node, ids map[string]bool) {
	id := text(operation, "operationId")
	switch {
	case !operationName.MatchString(id):
		d.fault(method, "the operationId %q should be in words like UploadCertificate: it names a function", id)
	case ids[id]:
		d.fault(method, "the operationId %s is given twice", id)
	}
	ids[id] = true
	if n := len(items(field(operation, "tags"))); n != 1 {
		d.fault(method, "%s has %d tags, which should be one: it says where the documentation lists it", id, n)
	}
	summary := text(operation, "summary")
	if summary == "" || strings.HasSuffix(summary, ".") {
		d.fault(method, "%s needs a summary, which is a heading and ends without a full stop", id)
	}

	success, refusal := false, false
	pairs(field(operation, "responses"), func(status, _ *yaml.Node) {
		success = success || strings.HasPrefix(status.Value, "2") || strings.HasPrefix(status.Value, "3")
		refusal = refusal || strings.HasPrefix(status.Value, "4") || strings.HasPrefix(status.Value, "5")
	})
	if !success || !refusal {
		d.fault(method, "%s should say both how it succeeds and how it fails", id)
	}

	declared := map[string]bool{}
	for _, list := range []*yaml.Node{field(item, "parameters"), field(operation, "parameters")} {
		for _, parameter := range items(list) {
			if parameter = d.resolve(parameter); parameter == nil {
				continue // references says so
			}
			if text(parameter, "in") == "path" {
				declared[text(parameter, "name")] = true
			}
			if text(parameter, "description") == "" {
				d.fault(parameter, "parameter %s has no description", text(parameter, "name"))
			}
		}
	}
	for _, found := range pathParameter.FindAllStringSubmatch(path, -1) {
		if !declared[found[1]] {
			d.fault(method, "%s does not declare the path's parameter %s", id, found[1])
		}
		delete(declared, found[1])
	}
	for name := range declared {
		d.fault(method, "%s declares a path parameter %s that %s does not have", id, name, path)
	}
}

// references finds those that lead nowhere and the components that none leads to.
func (d *description) references() {
	used := map[string]bool{}
	walk(d.root, "", func(_ string, n *yaml.Node) {
		target := text(n, "$ref")
		if target == "" {
			return
		}
		used[target] = true
		if d.resolve(n) == nil {
			d.fault(n, "%s does not exist", target)
		}
	})
	pairs(field(d.root, "components"), func(kind, components *yaml.Node) {
		if kind.Value == "securitySchemes" {
			return
		}
		pairs(components, func(name, _ *yaml.Node) {
			if !used["#/components/"+kind.Value+"/"+name.Value] {
				d.fault(name, "nothing refers to %s %s", kind.Value, name.Value)
			}
		})
	})
}

// resolve follows a reference within the file; what is none is returned as it is, and nil is what does not exist.
func (d *description) resolve(n *yaml.Node) *yaml.Node {
	for range 10 {
		target := text(n, "$ref")
		if target == "" {
			return n
		}
		path, ok := strings.CutPrefix(target, "#/")
		if !ok {
			return nil
		}
		n = d.root
		for _, step := range strings.Split(path, "/") {
			n = field(n, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		}
	}
	return n
}
