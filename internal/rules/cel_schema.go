package rules

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"certflow/internal/certificate"
)

// celSchema gives CEL the types of the certificate and the contractor, read from the certificate's schema. It adds to the
// standard provider, which knows the built-in types.
type celSchema struct {
	types.Provider
	structs map[string]*celStruct
}

// celStruct is the type of something that holds fields.
type celStruct struct {
	typ    *types.Type
	order  []string
	fields map[string]*types.FieldType
}

// The names of struct types hold a space, so that no expression can name one or make a value of one.
const (
	certificateType = "certificate type"
	coveragesType   = "coverages type"
	contractorType  = "contractor type"
)

// newCELSchema reads the types. The further policies of a row are left out: an expression is judged once for each policy
// of the rows that it names.
func newCELSchema(standard types.Provider) *celSchema {
	s := &celSchema{Provider: standard, structs: map[string]*celStruct{}}
	var top []certificate.Field
	for _, f := range certificate.Fields() {
		if !strings.Contains(f.Path, ".") {
			top = append(top, f)
		}
	}
	s.declare(certificateType, top)
	s.declareContractor()
	return s
}

// declare makes the type of a holder of fields, and the types of what they hold.
func (s *celSchema) declare(name string, fields []certificate.Field) *types.Type {
	st := &celStruct{typ: types.NewObjectType(name), fields: map[string]*types.FieldType{}}
	s.structs[name] = st
	for _, f := range fields {
		if f.Name == "additional_policies" {
			continue
		}
		st.add(f.Name, s.typeOf(f, f.Kind), func(target any) (any, error) {
			p, ok := target.(*part)
			if !ok {
				return nil, fmt.Errorf("%s is not a field of %T", f.Name, target)
			}
			return p.field(f.Name), nil
		})
	}
	return st.typ
}

// add declares a field. What it is read from may be unknown, and so is the field then.
func (st *celStruct) add(name string, t *types.Type, get ref.FieldGetter) {
	st.order = append(st.order, name)
	st.fields[name] = &types.FieldType{
		Type:  t,
		IsSet: func(any) bool { return true },
		GetFrom: func(target any) (any, error) {
			if types.IsUnknown(asVal(target)) {
				return target, nil
			}
			return get(target)
		},
	}
}

// asVal is a target as a CEL value, nil for one that is none.
func asVal(target any) ref.Val {
	v, _ := target.(ref.Val)
	return v
}

// typeOf is the CEL type of a field: amounts are int, dates are timestamps at midnight UTC.
func (s *celSchema) typeOf(f certificate.Field, k certificate.Kind) *types.Type {
	switch k {
	case certificate.KindText:
		return types.StringType
	case certificate.KindDate:
		return types.TimestampType
	case certificate.KindDollars:
		return types.IntType
	case certificate.KindBool:
		return types.BoolType
	case certificate.KindList:
		return types.NewListType(s.typeOf(f, f.Item))
	}
	return s.declare(f.Path+" type", f.Fields())
}

// declareContractor makes the type of the contractor.
func (s *celSchema) declareContractor() {
	st := &celStruct{typ: types.NewObjectType(contractorType), fields: map[string]*types.FieldType{}}
	s.structs[contractorType] = st
	for _, name := range []string{"first_name", "middle_name", "last_name", "company_name", "placeholder"} {
		t := types.StringType
		if name == "placeholder" {
			t = types.BoolType
		}
		st.add(name, t, func(target any) (any, error) {
			p, ok := target.(*celContractor)
			if !ok {
				return nil, fmt.Errorf("%s is not a field of %T", name, target)
			}
			return p.field(name), nil
		})
	}
}

// FindStructType finds the type of a holder of fields.
func (s *celSchema) FindStructType(name string) (*types.Type, bool) {
	if st, ok := s.structs[name]; ok {
		return types.NewTypeTypeWithParam(st.typ), true
	}
	return s.Provider.FindStructType(name)
}

// FindStructFieldNames lists the fields of a type in the order of CONTRACT §3.
func (s *celSchema) FindStructFieldNames(name string) ([]string, bool) {
	if st, ok := s.structs[name]; ok {
		return st.order, true
	}
	return s.Provider.FindStructFieldNames(name)
}

// FindStructFieldType finds a field of a type.
func (s *celSchema) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if st, ok := s.structs[name]; ok {
		f, found := st.fields[field]
		return f, found
	}
	return s.Provider.FindStructFieldType(name, field)
}

// NewValue refuses to make a part of a certificate.
func (s *celSchema) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if _, ok := s.structs[name]; ok {
		return types.NewErr("an expression cannot make a %s", name)
	}
	return s.Provider.NewValue(name, fields)
}
