package document

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"certflow/internal/page"
)

// Annotation flags of ISO 32000-1 §12.5.3.
const (
	hiddenFlag = 1 << 1
	noViewFlag = 1 << 5
)

// Field flags of ISO 32000-1 §12.7.4.2.
const (
	multilineFlag = 1 << 12
	passwordFlag  = 1 << 13
	radioFlag     = 1 << 15
	pushFlag      = 1 << 16
	richFlag      = 1 << 25
)

// maxAnnotations bounds the annotations of one page; an ACORD form has some 300. maxWritten bounds the bytes of all names and values of its fields,
// and maxOptions the options of a choice that are looked through.
const (
	maxAnnotations = 10_000
	maxWritten     = 4 << 20
	maxOptions     = 1000
)

// widgets is what the annotations of a page add to it.
type widgets struct {
	fields      []page.Field
	painted     []painted // of the fields
	appearances []span
}

// span is the glyphs that one appearance painted.
type span struct{ from, to int }

// widgets reads the annotations of a page: fields with their values whether or not the catalogue's /AcroForm lists them, and the
// appearances of all other annotations, which are printed text like any other. A field's own appearance counts only where it
// shows something else than its value. More of them than any form has are an error.
func (f *file) widgets(ctx context.Context, l leaf, in *interpreter, display matrix, view rect) (widgets, error) {
	var out widgets
	redraw := f.redraws()
	written := 0
	for i, o := range f.array(l.dict["Annots"]) {
		if i >= maxAnnotations || written > maxWritten || in.operators > maxOperators || in.pixels > maxImages {
			return out, errTooMuch
		}
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		a := f.dict(o)
		box, ok := f.rect(a["Rect"])
		if !ok {
			continue
		}
		flags := f.integer(a["F"])
		hidden := flags&(hiddenFlag|noViewFlag) != 0 || f.layerOff(a["OC"])
		subtype := f.name(a["Subtype"])
		if subtype == "Popup" {
			continue
		}
		if subtype != "Widget" {
			if hidden {
				continue
			}
			before := in.out.order
			if out.paint(f, in, a, box, display, view); in.out.order == before || crosses(subtype) || subtype == "Link" {
				in.annotated(a, subtype, box, display, view)
			}
			continue
		}
		field, kind := f.field(a)
		field.Box = display.bounds(box).box()
		field.Hidden = hidden
		switch kind {
		case "Btn":
			field.Kind = page.Button
			if f.inherited(a, "Ff") != nil && f.integer(f.inherited(a, "Ff"))&pushFlag != 0 {
				continue
			}
			field.On, field.Value = f.button(a)
			field.Unproven = !hidden && in.contrary(a, field.On, box, display, view)
		case "Ch":
			field.Kind = page.Choice
			field.Value = f.chosen(a)
		case "Sig":
			field.Kind = page.Signature
			field.On = f.dict(f.inherited(a, "V")) != nil
		default:
			field.Kind = page.TextField
			field.Value = f.value(f.inherited(a, "V"))
		}
		written += len(field.Name) + len(field.Value)
		show := painted{redrawn: redraw, plain: true}
		if field.Kind != page.Button && !hidden {
			from := len(out.appearances)
			show.glyphs.from = len(in.out.glyphs)
			if f.dict(f.dict(a["AP"])["N"]) == nil {
				show.redrawn = true
			}
			out.paint(f, in, a, box, display, view)
			show.glyphs.to = len(in.out.glyphs)
			if show.redrawn {
				show.plain = f.plain(a, field.Value, box)
			}
			if len(out.appearances) > from {
				s := out.appearances[from]
				if says(in.out.glyphs[s.from:s.to], field.Value) {
					out.appearances = out.appearances[:from]
				}
			}
		}
		if f.integer(f.inherited(a, "Ff"))&passwordFlag != 0 && field.Kind == page.TextField {
			field.Hidden = true
		}
		show.order = in.out.order
		out.fields, out.painted = append(out.fields, field), append(out.painted, show)
	}
	return out, nil
}

// crosses reports whether an annotation crosses out what is under it, however it is drawn.
func crosses(subtype string) bool {
	return subtype == "StrikeOut" || subtype == "Squiggly" || subtype == "Redact"
}

// redraws reports whether the form asks viewers to draw its fields anew from their values.
func (f *file) redraws() bool {
	root, err := f.x.Catalog()
	if err != nil {
		return false
	}
	need, _ := f.get(f.dict(root["AcroForm"])["NeedAppearances"]).(types.Boolean)
	return bool(need)
}

// paint interprets the normal appearance of an annotation.
func (w *widgets) paint(f *file, in *interpreter, a types.Dict, box rect, display matrix, view rect) {
	o := f.dict(a["AP"])["N"]
	if _, ok := f.get(o).(types.StreamDict); !ok {
		o = f.dict(o)[f.name(a["AS"])]
		if _, ok := f.get(o).(types.StreamDict); !ok {
			return
		}
	}
	d := f.dict(o)
	m := identity
	if n := f.numbers(d["Matrix"], 7); len(n) == 6 {
		m = matrix(n)
	}
	inner, ok := f.rect(d["BBox"])
	if !ok {
		return
	}
	// The algorithm of ISO 32000-1 §12.5.5: the transformed BBox is fitted into Rect.
	outer := m.bounds(inner)
	if outer.empty() {
		return
	}
	sx, sy := box.width()/outer.width(), box.height()/outer.height()
	fit := matrix{sx, 0, 0, sy, box.x0 - outer.x0*sx, box.y0 - outer.y0*sy}
	from := len(in.out.glyphs)
	g := graphics{ctm: fit.mul(display), clip: view, fillAlpha: 1, strokeAlpha: 1, scale: 1, lineWidth: 1, group: group{alpha: 1}}
	if err := in.form(g, o, d, nil, 0); err != nil {
		in.out.glyphs = in.out.glyphs[:from]
		f.partial = true
		return
	}
	if to := len(in.out.glyphs); to > from {
		w.appearances = append(w.appearances, span{from, to})
	}
}

// field names a widget's field, and says its kind.
func (f *file) field(a types.Dict) (page.Field, string) {
	var parts []string
	d := a
	for range maxDepth {
		if t := f.text(d["T"]); t != "" {
			parts = append(parts, t)
		}
		parent := f.dict(d["Parent"])
		if parent == nil {
			break
		}
		d = parent
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return page.Field{Name: plain(strings.Join(parts, "."))}, f.name(f.inherited(a, "FT"))
}

// inherited is an entry of a field or of its nearest ancestor that has it.
func (f *file) inherited(d types.Dict, key string) types.Object {
	for range maxDepth {
		if o, ok := d[key]; ok && f.get(o) != nil {
			return o
		}
		if d = f.dict(d["Parent"]); d == nil {
			return nil
		}
	}
	return nil
}

// value is a field's value as text: a string, a stream of text, a name, or the lines of a list.
func (f *file) value(o types.Object) string {
	switch v := f.get(o).(type) {
	case types.StringLiteral, types.HexLiteral:
		return plain(f.text(v))
	case types.StreamDict:
		return plain(string(f.stream(v)))
	case types.Name:
		return plain(f.name(v))
	case types.Array:
		lines := make([]string, 0, len(v))
		for i, item := range v {
			if i < maxDepth {
				lines = append(lines, plain(f.text(item)))
			}
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

// chosen is the value of a choice as it is shown: its options may be pairs of a value and what viewers show for it.
func (f *file) chosen(a types.Dict) string {
	value := f.value(f.inherited(a, "V"))
	options := f.array(f.inherited(a, "Opt"))
	for _, o := range options[:min(len(options), maxOptions)] {
		if pair := f.array(o); len(pair) == 2 && f.value(pair[0]) == value {
			return f.value(pair[1])
		}
	}
	return value
}

// button says whether a tick box or radio button is on, and its export value. The appearance state decides, since that is
// what a viewer shows; without one the field's value does.
func (f *file) button(a types.Dict) (bool, string) {
	if state := f.name(a["AS"]); state != "" {
		if state == "Off" {
			return false, ""
		}
		return true, plain(state)
	}
	v := f.value(f.inherited(a, "V"))
	if v == "" || v == "Off" {
		return false, ""
	}
	states := f.dict(f.dict(a["AP"])["N"])
	if len(states) == 0 {
		return true, v
	}
	if _, ok := states[v]; ok {
		return true, v
	}
	return false, ""
}

// plain makes a field's value text without surprises: ligatures as letters, line ends as "\n", white space as spaces, and
// no characters that have no width.
func plain(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteByte('\n')
		case r == 0xad:
		case r == 0xfffd:
		default:
			b.WriteString(clean(string(r)))
		}
	}
	return strings.TrimSpace(b.String())
}

// says reports whether an appearance shows the value, spaces and punctuation aside: scripts format
// numbers. Long values may lack their end, which viewers cut off at the border of the field.
func says(glyphs []glyph, value string) bool {
	var b strings.Builder
	for _, g := range glyphs {
		b.WriteString(g.text)
	}
	shown, want := essence(b.String()), essence(value)
	return shown == want || shown == "" || len(shown) >= cutOff && strings.HasPrefix(want, shown)
}

// cutOff is the number of letters from which the beginning of a value stands for the whole.
const cutOff = 30

// essence is the letters and digits of s in lower case.
func essence(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// withoutValues leaves out the printed words that repeat the value of a field in its place, as flattened copies under
// live fields do. Words that say something else stay: then field and print disagree, and the reader has to know.
func withoutValues(words []page.Word, fields []page.Field, view rect, e *effort) []page.Word {
	var filled []filledIn
	for i := range fields {
		if fd := &fields[i]; fd.Value != "" && !fd.Hidden && (fd.Kind == page.TextField || fd.Kind == page.Choice) {
			filled = append(filled, filledIn{box: box(fd.Box), value: fd.Value})
		}
	}
	at := newStrips(view, len(filled), func(i int) rect { return filled[i].box })
	return slices.DeleteFunc(words, func(w page.Word) bool {
		c := box(w.Box).center()
		return slices.ContainsFunc(at.lists[at.at(c.y)], func(i int32) bool {
			return e.more() && filled[i].box.contains(c) && filled[i].has(w.Text)
		})
	})
}

// filledIn is the value of a field.
type filledIn struct {
	box      rect
	value    string
	words    map[string]bool
	essences map[string]bool
}

// has reports whether a word is one of the value's, but for case and marks.
func (f *filledIn) has(word string) bool {
	if f.words == nil {
		f.words, f.essences = map[string]bool{}, map[string]bool{"": false}
		for token := range strings.FieldsSeq(f.value) {
			f.words[token] = true
			if e := essence(token); e != "" {
				f.essences[e] = true
			}
		}
	}
	return f.words[word] || f.essences[essence(word)]
}
