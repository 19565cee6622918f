package rules

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"certflow/internal/certificate"
)

// sight is what one run of an expression sees. What is absent or in doubt is unknown to CEL, and so is everything that
// follows from it: an expression is true only where it is true whatever the unknown values are.
type sight struct {
	look     *lookup
	chosen   map[string]string // the policy that stands for a row that shows several
	read     []value           // the scalars that were read, each once
	missing  []value           // those of them that were unknown
	nameless string            // a name of the contractor that was read and is not there
}

// ResolveName gives the variables of an expression.
func (s *sight) ResolveName(name string) (any, bool) {
	switch name {
	case "certificate":
		return &part{sight: s}, true
	case "contractor":
		return &celContractor{sight: s, contractor: s.look.in.Contractor}, true
	case "today":
		return types.Timestamp{Time: s.look.in.Today.Time()}, true
	}
	return nil, false
}

// Parent is nil: a sight stands alone.
func (s *sight) Parent() cel.Activation { return nil }

// unknown is what CEL is given in the place of a value that is absent or in doubt.
func (s *sight) unknown(v value) ref.Val {
	s.missing = note(s.missing, v)
	return types.NewUnknown(1, nil)
}

// note adds a value that is not there yet.
func note(values []value, v value) []value {
	for _, known := range values {
		if known.path == v.path {
			return values
		}
	}
	return append(values, v)
}

// scalar reads the scalar at a path.
func (s *sight) scalar(path string) ref.Val {
	v := s.look.at(path)
	s.read = note(s.read, v)
	if !v.sure {
		return s.unknown(v)
	}
	switch c := v.content.(type) {
	case string:
		return types.String(c)
	case bool:
		return types.Bool(c)
	case certificate.Dollars:
		return types.Int(c)
	case certificate.Date:
		return types.Timestamp{Time: c.Time()}
	}
	return types.NewErr("%s holds a %T", path, v.content)
}

// list reads the list at a path. It is unknown when it is empty, and when an item shows nothing without doubt: then nobody
// knows how many items there are.
func (s *sight) list(path string) ref.Val {
	var items []ref.Val
	for i := 0; ; i++ {
		at := path + "." + strconv.Itoa(i)
		if _, found := certificate.Lookup(&s.look.in.Certificate, at); !found {
			break
		}
		f, _ := certificate.FieldAt(at)
		var item ref.Val = &part{sight: s, path: at}
		if f.Scalar() {
			item = s.scalar(at)
		} else if known := s.present(at); types.IsUnknown(known) {
			item = known
		}
		if types.IsUnknown(item) {
			return item
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return s.unknown(value{path: path})
	}
	return types.NewRefValList(types.DefaultTypeAdapter, items)
}

// present is true where something is shown at a path without doubt, and unknown elsewhere: an expression cannot pass
// because something is not there. Of a coverage that is its number, its dates or a limit.
func (s *sight) present(path string) ref.Val {
	f, _ := certificate.FieldAt(path)
	proofs := []string{path}
	if f.Kind == certificate.KindCoverage {
		proofs = coverageProof(path)
	}
	best, found := s.look.proof(proofs...)
	if !found {
		return s.unknown(value{path: path})
	}
	s.look.restOn(best)
	if !best.sure {
		return s.unknown(best)
	}
	return types.True
}

// part is a value of the certificate that holds fields.
type part struct {
	opaque
	sight *sight
	path  string // empty for the certificate itself
}

// field reads a field. A coverage is read from the policy chosen for its row.
func (p *part) field(name string) ref.Val {
	path := name
	if p.path != "" {
		path = p.path + "." + name
	}
	f, _ := certificate.FieldAt(path)
	switch {
	case f.Scalar():
		return p.sight.scalar(path)
	case f.Kind == certificate.KindList:
		return p.sight.list(path)
	}
	if policy, ok := p.sight.chosen[path]; ok {
		path = policy
	}
	return &part{sight: p.sight, path: path}
}

// Value is the part itself, from which fields are read.
func (p *part) Value() any { return p }

// celContractor is the contractor as an expression sees it. A name that the contractor does not have is unknown.
type celContractor struct {
	opaque
	sight      *sight
	contractor Contractor
}

func (c *celContractor) field(name string) ref.Val {
	text := ""
	switch name {
	case "placeholder":
		return types.Bool(c.contractor.Placeholder)
	case "first_name":
		text = c.contractor.FirstName
	case "middle_name":
		text = c.contractor.MiddleName
	case "last_name":
		text = c.contractor.LastName
	case "company_name":
		text = c.contractor.CompanyName
	}
	if strings.TrimSpace(text) == "" || (c.contractor.nameless() && name != "company_name") {
		c.sight.nameless = strings.ReplaceAll(name, "_", " ")
		return types.NewUnknown(1, nil)
	}
	return types.String(text)
}

// Value is the contractor itself, from which fields are read.
func (c *celContractor) Value() any { return c }

// opaque is what parts and the contractor have in common: they hold fields, and nothing else can be done with them. The
// compiler refuses to compare them.
type opaque struct{}

func (opaque) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a part of a certificate cannot become a %v", t)
}

func (opaque) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("a part of a certificate cannot become a %s", t.TypeName())
}

func (opaque) Equal(ref.Val) ref.Val {
	return types.NewErr("parts of a certificate cannot be compared")
}

func (opaque) Type() ref.Type { return types.NewObjectType("part of a certificate") }
