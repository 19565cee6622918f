package certificate

import (
	"reflect"
	"strconv"
)

// Walk calls visit for every scalar that the certificate shows, in the order of CONTRACT §3, with its dotted path and its
// value: a string, Date, Dollars or bool. Items of lists are named by number, as in insurers.0.name. Nulls are passed over.
func Walk(c *Certificate, visit func(path string, value any)) {
	walk(schema(), "", reflect.ValueOf(c).Elem(), visit)
}

func walk(f *Field, path string, v reflect.Value, visit func(path string, value any)) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	switch {
	case f.Scalar():
		visit(path, v.Interface())
	case f.item != nil:
		for i := range v.Len() {
			walk(f.item, path+"."+strconv.Itoa(i), v.Index(i), visit)
		}
	default:
		for _, child := range f.fields {
			at := child.Name
			if path != "" {
				at = path + "." + child.Name
			}
			walk(child, at, v.FieldByIndex(child.index), visit)
		}
	}
}
