package acord

import (
	"math"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// fieldTokens are the values of a page's form fields as words where the fields stand, with the index of each word's field.
// A ticked button is an X.
func fieldTokens(p page.Page, straight func(certificate.Box) rect) []*token {
	var out []*token
	for i, f := range p.Fields {
		if f.Hidden || !sane(f.Box) || len(out) > maxTokens {
			continue
		}
		add := func(text string, at certificate.Box, begins bool) {
			out = append(out, &token{text: text, key: key(text), box: straight(at), at: at, source: certificate.FormField, conf: f.Confidence(),
				begins: begins, field: i + 1, order: len(p.Words) + len(out)})
		}
		switch f.Kind {
		case page.Button:
			if f.On {
				add("X", f.Box, false)
			}
		case page.TextField, page.Choice:
			layField(f, add)
		}
	}
	return out
}

// layField places the words of a field's value as a viewer would show them: broken at the width of the field where it has room for
// several lines, in the middle of its height where it has not.
func layField(f page.Field, add func(text string, at certificate.Box, begins bool)) {
	width, height := f.Box[2]-f.Box[0], f.Box[3]-f.Box[1]
	size := math.Min(9, math.Max(4, 0.7*height))
	advance := 0.5 * size
	var lines [][]string
	begins := map[int]bool{} // the lines that the author began
	for _, paragraph := range strings.FieldsFunc(strings.ReplaceAll(f.Value, "\r\n", "\n"), func(r rune) bool { return r == '\n' || r == '\r' }) {
		var line []string
		used := 0.0
		begins[len(lines)] = true
		for _, word := range strings.Fields(strings.Map(printable, paragraph)) {
			w := float64(len(word)+1) * advance
			if len(line) > 0 && used+w > width && height > 2.4*size {
				lines, line, used = append(lines, line), nil, 0
			}
			line, used = append(line, word), used+w
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
	}
	pitch := 1.2 * size
	top := f.Box[1] + 1
	if n := float64(len(lines)); n*pitch > height {
		pitch = height / n
	}
	if len(lines) == 1 && height <= 2.4*size {
		top = f.Box[1] + (height-size)/2
	}
	for i, line := range lines {
		letters := 0
		for _, word := range line {
			letters += len(word) + 1
		}
		step := math.Min(advance, width/float64(letters))
		x, y := f.Box[0]+1, top+float64(i)*pitch
		for j, word := range line {
			end := x + float64(len(word))*step
			add(word, certificate.Box{x, y, end, y + math.Min(size, pitch)}, j == 0 && begins[i])
			x = end + step
		}
	}
}

// overprinted tells tokens of the page that stand inside a field with a value from the rest: a flattened copy of the value,
// which adds nothing, or other words, which contradict it. Fields that are contradicted lose their certainty.
func overprinted(p page.Page, words []*token, fields []*token) (kept []*token, contradicted map[int][]*token) {
	contradicted = map[int][]*token{}
	values := map[int]string{}
	for _, t := range fields {
		values[t.field] += t.key
	}
	inside := map[int][]*token{}
	for _, w := range words {
		owner := 0
		for _, f := range fields {
			if rectOf(p.Fields[f.field-1].Box).holds(rectOf(w.at)) && p.Fields[f.field-1].Kind != page.Button {
				owner = f.field
				break
			}
		}
		if owner == 0 || w.label || w.key == "" {
			kept = append(kept, w)
			continue
		}
		inside[owner] = append(inside[owner], w)
	}
	for owner, ws := range inside {
		text := ""
		for _, line := range rowsOf(ws) {
			for _, t := range line {
				text += t.key
			}
		}
		if text != values[owner] {
			contradicted[owner] = ws
		}
	}
	return kept, contradicted
}
