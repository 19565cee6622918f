package sample

import (
	"strings"

	"certflow/internal/certificate"
)

// US letter, in points.
const (
	pageWidth  = 612.0
	pageHeight = 792.0
)

// sheet is a page before it becomes a PDF or a picture: coordinates are points from the top left.
type sheet struct {
	faces   *faces
	style   Style
	lines   []line
	strokes []stroke
	fields  []field
	image   *certificate.Box // where a picture of a signature stands
}

// line is one line of text; y is its baseline.
type line struct {
	x, y, size float64
	face       face
	text       string
	spacing    float64 // added after every letter, in points
	gray       float64
}

// stroke is an open path, drawn in black.
type stroke struct {
	width  float64
	points [][2]float64
}

// field is a place that is filled in: a widget of a form, or text at the same place.
type field struct {
	name   string
	button bool
	on     bool
	value  string  // lines are separated by \n
	flat   *string // what stands there instead where there is no form
	box    certificate.Box
	size   float64
	right  bool // aligned to the right
	// flowing text, such as the description, always begins at the top.
	flowing bool
}

// at maps a place of the drawing to the page, with the style's shift and scale.
func (s *sheet) at(x, y float64) (float64, float64) {
	k := s.scale()
	return x*k + s.style.ShiftX, y*k + s.style.ShiftY
}

func (s *sheet) scale() float64 {
	if s.style.Scale == 0 {
		return 1
	}
	return s.style.Scale
}

func (s *sheet) text(x, y, size float64, in face, text string, gray float64) {
	px, py := s.at(x, y)
	size *= s.scale()
	spacing := 0.0
	if s.style.Runs == Spaced {
		spacing = size * letterSpace
	}
	s.lines = append(s.lines, line{x: px, y: py, size: size, face: in, text: text, spacing: spacing, gray: gray})
}

// letterSpace is what the style Spaced adds between letters, as a share of the size.
const letterSpace = 0.12

// label prints words of the form itself; they shrink to the width, in points, where they are too long for it.
func (s *sheet) label(x, y, size float64, bold bool, width float64, text string) {
	in := face{Helvetica, bold}
	s.text(x, y, s.fit(in, size, width, text), in, text, 0)
}

// fit is the largest size up to the wanted one at which the text is no wider than width.
func (s *sheet) fit(in face, size, width float64, text string) float64 {
	for ; size > smallest; size -= 0.25 {
		spacing := 0.0
		if s.style.Runs == Spaced {
			spacing = size * letterSpace
		}
		if s.faces.width(in, size, spacing, text) <= width {
			break
		}
	}
	return size
}

const smallest = 3.5 // points; below that nobody could read a form

func (s *sheet) rule(x0, y0, x1, y1 float64) {
	ax, ay := s.at(x0, y0)
	bx, by := s.at(x1, y1)
	s.strokes = append(s.strokes, stroke{width: 0.5, points: [][2]float64{{ax, ay}, {bx, by}}})
}

func (s *sheet) frame(x0, y0, x1, y1 float64) {
	s.rule(x0, y0, x1, y0)
	s.rule(x0, y1, x1, y1)
	s.rule(x0, y0, x0, y1)
	s.rule(x1, y0, x1, y1)
}

// fill places a value; the box is [x0, y0, x1, y1] of the drawing. The text shrinks where it is too long.
func (s *sheet) fill(name string, x0, y0, x1, y1 float64, value string, right bool) {
	size := 8.0
	in := face{s.style.typeface(), false}
	for l := range strings.SplitSeq(value, "\n") {
		size = min(size, s.fit(in, size, x1-x0-2, l))
	}
	rows := float64(strings.Count(value, "\n") + 1)
	size = min(size, (y1-y0)/rows/1.05)
	s.fields = append(s.fields, field{name: name, value: value, box: s.box(x0, y0, x1, y1), size: size * s.scale(), right: right})
}

// tick places a tick box with its frame.
func (s *sheet) tick(name string, x, y float64, on bool) {
	const side = 8.5
	s.frame(x, y, x+side, y+side)
	s.fields = append(s.fields, field{name: name, button: true, on: on, box: s.box(x, y, x+side, y+side), size: 8 * s.scale()})
}

func (s *sheet) box(x0, y0, x1, y1 float64) certificate.Box {
	ax, ay := s.at(x0, y0)
	bx, by := s.at(x1, y1)
	return certificate.Box{ax, ay, bx, by}
}

// flatten turns the places that are filled in into text and strokes.
func (s *sheet) flatten() {
	in := face{s.style.typeface(), false}
	for _, f := range s.fields {
		if f.button {
			if f.on {
				s.mark(f)
			}
			continue
		}
		if f.flat != nil {
			f.value = *f.flat
		}
		s.lines = append(s.lines, s.set(f, in)...)
	}
}

// set gives the lines of a text field's value where a viewer of the form would show them.
func (s *sheet) set(f field, in face) []line {
	if f.value == "" {
		return nil
	}
	texts := strings.Split(f.value, "\n")
	leading := f.size * 1.15
	height := f.box[3] - f.box[1]
	top := f.box[1] + max(0, (height-leading*float64(len(texts)))/2)
	if !s.style.Centred && (len(texts) > 1 || height > 2*leading) || f.flowing {
		top = f.box[1] + 0.5
	}
	spacing := 0.0
	if s.style.Runs == Spaced {
		spacing = f.size * letterSpace
	}
	var lines []line
	for i, t := range texts {
		if t == "" {
			continue
		}
		x := f.box[0] + 1
		if f.right {
			x = f.box[2] - 1 - s.faces.width(in, f.size, spacing, t)
		}
		lines = append(lines, line{x: x, y: top + leading*float64(i) + f.size*0.92, size: f.size, face: in, text: t, spacing: spacing})
	}
	return lines
}

func (s *sheet) mark(f field) {
	if s.style.Ticks == Cross {
		b := f.box
		s.strokes = append(s.strokes,
			stroke{width: 1.1, points: [][2]float64{{b[0] + 1.5, b[1] + 1.5}, {b[2] - 1.5, b[3] - 1.5}}},
			stroke{width: 1.1, points: [][2]float64{{b[0] + 1.5, b[3] - 1.5}, {b[2] - 1.5, b[1] + 1.5}}})
		return
	}
	in := face{Helvetica, true}
	width := s.faces.width(in, f.size, 0, "X")
	s.lines = append(s.lines, line{x: (f.box[0] + f.box[2] - width) / 2, y: f.box[3] - 1.4, size: f.size, face: in, text: "X"})
}

// wrap breaks text into lines that are no longer than width points at the size; \n in the text stays a break.
func (s *sheet) wrap(in face, size, width float64, text string) []string {
	spacing := 0.0
	if s.style.Runs == Spaced {
		spacing = size * letterSpace
	}
	var out []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		current := ""
		for word := range strings.FieldsSeq(paragraph) {
			longer := strings.TrimSpace(current + " " + word)
			if current != "" && s.faces.width(in, size, spacing, longer) > width {
				out = append(out, current)
				longer = word
			}
			current = longer
		}
		out = append(out, current)
	}
	return out
}
