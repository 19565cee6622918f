package certificate

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Kind says what stands at a path of a certificate's JSON form (CONTRACT §3).
type Kind string

// The kinds of scalars, which Lookup gives as string, Date, Dollars and bool.
const (
	KindText    Kind = "text"
	KindDate    Kind = "date"
	KindDollars Kind = "dollars"
	KindBool    Kind = "bool"
)

// The kinds of what holds other fields.
const (
	KindPart      Kind = "part"      // form and description_of_operations
	KindParty     Kind = "party"     // producer, insured, certificate_holder: a name and an address
	KindCoverages Kind = "coverages" // the table of coverages
	KindCoverage  Kind = "coverage"  // a row of the table, a further policy of a row, or an item of coverages.other
	KindLimits    Kind = "limits"    // the limits of a coverage, each of KindDollars
	KindInsurer   Kind = "insurer"   // an item of insurers
	KindLimit     Kind = "limit"     // an item of the limits of an item of coverages.other
	KindList      Kind = "list"      // items stand at 0, 1, …
)

// Field is one place of the schema. Fields come from Fields and FieldAt.
type Field struct {
	Path string // as in CONTRACT §3; a list's item has * in the place of its number, as in insurers.*.name
	Name string // the last part of Path
	Kind Kind
	Item Kind // what a list holds; empty for every other kind

	index  []int // from the Go struct that holds it, through embedded structs
	fields []*Field
	item   *Field
}

// Scalar reports whether the field is a single value: text, a date, dollars or a box that may be ticked.
func (f Field) Scalar() bool {
	return f.Kind == KindText || f.Kind == KindDate || f.Kind == KindDollars || f.Kind == KindBool
}

// Fields are the fields directly inside f, in the order of CONTRACT §3; those of a list are the fields of its items.
func (f Field) Fields() []Field {
	holder := &f
	if f.item != nil {
		holder = f.item
	}
	out := make([]Field, len(holder.fields))
	for i, child := range holder.fields {
		out[i] = *child
	}
	return out
}

// child is the field called name directly inside f, or nil.
func (f *Field) child(name string) *Field {
	for _, c := range f.fields {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// schema is the tree of fields, whose root is the certificate itself. It is read from the Go types, so that the two
// cannot disagree, and never changes after it was made.
var schema = sync.OnceValue(func() *Field {
	root := &Field{Kind: KindPart}
	root.fields = fieldsOf(reflect.TypeFor[Certificate](), "", nil, root)
	return root
})

// fieldsOf reads the fields of a struct type. The items of additional_policies are holder itself: a further policy of a
// row has the fields of the row.
func fieldsOf(t reflect.Type, prefix string, index []int, holder *Field) []*Field {
	var out []*Field
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		if sf.Anonymous {
			out = append(out, fieldsOf(sf.Type, prefix, at, holder)...)
			continue
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		f := &Field{Path: prefix + name, Name: name, index: at}
		typ := sf.Type
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		f.Kind = kindOf(typ)
		switch {
		case f.Kind == KindList && name == "additional_policies":
			f.Item, f.item = KindCoverage, holder
		case f.Kind == KindList:
			f.item = &Field{Path: f.Path + ".*", Name: "*", Kind: kindOf(typ.Elem())}
			f.Item = f.item.Kind
			if !f.item.Scalar() {
				f.item.fields = fieldsOf(typ.Elem(), f.item.Path+".", nil, f.item)
			}
		case !f.Scalar():
			f.fields = fieldsOf(typ, f.Path+".", nil, f)
		}
		out = append(out, f)
	}
	return out
}

// kindOf names the kind of a Go type of this package.
func kindOf(t reflect.Type) Kind {
	switch t {
	case reflect.TypeFor[Date]():
		return KindDate
	case reflect.TypeFor[Dollars]():
		return KindDollars
	case reflect.TypeFor[Party]():
		return KindParty
	case reflect.TypeFor[Coverages]():
		return KindCoverages
	case reflect.TypeFor[Insurer]():
		return KindInsurer
	case reflect.TypeFor[OtherLimit]():
		return KindLimit
	}
	switch {
	case t.Kind() == reflect.Slice:
		return KindList
	case t.Kind() == reflect.String:
		return KindText
	case t.Kind() == reflect.Bool:
		return KindBool
	case strings.HasSuffix(t.Name(), "Limits"):
		return KindLimits
	}
	if f, ok := t.FieldByName("Policy"); ok && f.Anonymous {
		return KindCoverage
	}
	return KindPart
}

// Fields are all places of the schema, each before what it holds, in the order of CONTRACT §3. The items of
// additional_policies are left out: they have the fields of their row.
func Fields() []Field {
	var out []Field
	var add func(f *Field)
	add = func(f *Field) {
		out = append(out, *f)
		for _, c := range f.fields {
			add(c)
		}
		if f.item != nil && f.Name != "additional_policies" {
			add(f.item)
		}
	}
	for _, f := range schema().fields {
		add(f)
	}
	return out
}

// FieldAt is the field at a path, in which items of lists are named by number, as in insurers.0.name. The Path of what
// it gives for a further policy of a row is the row's. False means that the schema has no such path.
func FieldAt(path string) (Field, bool) {
	f := schema()
	for rest, more := path, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		if f.item != nil {
			if _, ok := itemNumber(part); !ok {
				return Field{}, false
			}
			f = f.item
		} else {
			f = f.child(part)
		}
		if f == nil {
			return Field{}, false
		}
	}
	return *f, true
}

// itemNumber reads the place of an item in a list: digits without a sign or leading zeros.
func itemNumber(part string) (int, bool) {
	n, err := strconv.Atoi(part)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == part
}

// Lookup gives what stands at a path: a string, Date, Dollars or bool for a scalar, a pointer to a struct of this package
// for what holds fields, a slice for a list. It reports false where the certificate shows nothing: a null value, an absent
// coverage, an empty list, a list that ends before, or a path that the schema does not have.
func Lookup(c *Certificate, path string) (any, bool) {
	f, v := schema(), reflect.ValueOf(c).Elem()
	for rest, more := path, true; more; {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		if f.item != nil {
			n, ok := itemNumber(part)
			if !ok || n >= v.Len() {
				return nil, false
			}
			f, v = f.item, v.Index(n)
		} else {
			if f = f.child(part); f == nil {
				return nil, false
			}
			v = v.FieldByIndex(f.index)
		}
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return nil, false
			}
			v = v.Elem()
		}
	}
	switch {
	case f.Kind == KindList:
		return v.Interface(), v.Len() > 0
	case f.Scalar():
		return v.Interface(), true
	}
	return v.Addr().Interface(), true
}

// Policies are the paths of all policies in a row of the coverage table: the row itself, then its further policies. The
// list is empty when the certificate does not show the row, or when no row of the table has the path.
func Policies(c *Certificate, row string) []string {
	f, ok := FieldAt(row)
	if !ok || f.Kind != KindCoverage {
		return nil
	}
	if _, shown := Lookup(c, row); !shown {
		return nil
	}
	out := []string{row}
	further, shown := Lookup(c, row+".additional_policies")
	if !shown {
		return out
	}
	for i := range reflect.ValueOf(further).Len() {
		out = append(out, Policies(c, row+".additional_policies."+strconv.Itoa(i))...)
	}
	return out
}

// Rows are the paths of the rows of the coverage table that the certificate shows, those of coverages.other last.
func Rows(c *Certificate) []string {
	var out []string
	for _, f := range schema().child("coverages").fields {
		if f.Kind == KindList {
			for i := range c.Coverages.Other {
				out = append(out, f.Path+"."+strconv.Itoa(i))
			}
		} else if _, shown := Lookup(c, f.Path); shown {
			out = append(out, f.Path)
		}
	}
	return out
}
