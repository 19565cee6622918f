package sample

import (
	"bytes"
	"fmt"
	"strings"

	"certflow/internal/certificate"
)

// widget writes a form field with its appearance and gives its number.
func (d *document) widget(f field, page int, s *sheet) int {
	x0, y0, x1, y1 := f.box[0], pageHeight-f.box[3], f.box[2], pageHeight-f.box[1]
	turn := ""
	if d.style.Rotated {
		x0, y0, x1, y1 = pageHeight-y1, x0, pageHeight-y0, x1
		turn = "/R 90 "
	}
	rect := fmt.Sprintf("[%s %s %s %s]", num(x0), num(y0), num(x1), num(y1))
	name := f.name + "[0]"
	if d.style.PlainNames {
		name = f.name
	}
	common := fmt.Sprintf("/Type /Annot /Subtype /Widget /F 4 /P %d 0 R /Rect %s /T %s", page, rect, quote([]byte(name)))
	if f.button {
		state := "Off"
		if f.on {
			state = "1"
		}
		on, off := d.appearance(f, s, true), d.appearance(f, s, false)
		return d.add(fmt.Sprintf("<< %s /FT /Btn /V /%s /AS /%s /MK << %s/CA (8) >> /DA (/ZaDb 0 Tf 0 g) /AP << /N << /1 %d 0 R /Off %d 0 R >> >> >>", common, state, state, turn, on, off))
	}
	flags := 0
	if strings.Contains(f.value, "\n") || strings.HasSuffix(f.name, "RemarkText_A") {
		flags = 1 << 12 // Multiline
	}
	font := d.font(fontKey{face: face{d.style.typeface(), false}})
	if turn != "" {
		common += " /MK << " + turn + ">>"
	}
	return d.add(fmt.Sprintf("<< %s /FT /Tx /Ff %d /DA (/%s %s Tf 0 g) /V %s /AP << /N %d 0 R >> >>",
		common, flags, font.name, num(f.size), quote(winAnsi(strings.ReplaceAll(f.value, "\n", "\r"))), d.appearance(f, s, true)))
}

// appearance is what a viewer shows of a field: its text, or the mark of a ticked box.
func (d *document) appearance(f field, s *sheet, on bool) int {
	width, height := f.box[2]-f.box[0], f.box[3]-f.box[1]
	part := &sheet{faces: s.faces, style: s.style}
	f.box = certificate.Box{0, 0, width, height}
	if f.button {
		if f.on = on; on {
			part.mark(f)
		}
	} else {
		part.lines = part.set(f, face{d.style.typeface(), false})
	}
	var c bytes.Buffer
	c.WriteString("/Tx BMC q\n")
	for _, st := range part.strokes {
		p := st.points
		fmt.Fprintf(&c, "%s w %s %s m %s %s l S\n", num(st.width), num(p[0][0]), num(height-p[0][1]), num(p[1][0]), num(height-p[1][1]))
	}
	for _, l := range part.lines {
		font := d.font(fontKey{face: l.face})
		fmt.Fprintf(&c, "BT /%s %s Tf 0 g %s Tc %s %s Td %s Tj ET\n", font.name, num(l.size), num(l.spacing), num(l.x), num(height-l.y), quote(winAnsi(l.text)))
	}
	c.WriteString("Q EMC")
	matrix := ""
	if d.style.Rotated {
		matrix = fmt.Sprintf(" /Matrix [0 1 -1 0 %s 0]", num(height))
	}
	return d.stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 %s %s]%s /Resources << /Font %s >>", num(width), num(height), matrix, d.fontDict()), c.Bytes())
}

// acroForm is the form dictionary. The official names are a tree of F[0], P1[0] and the field.
func (d *document) acroForm(fields []string) string {
	resources := fmt.Sprintf("/DR << /Font %s >> /DA (/F1 8 Tf 0 g)", d.fontDict())
	if d.style.PlainNames {
		return fmt.Sprintf("<< /Fields [%s] %s >>", strings.Join(fields, " "), resources)
	}
	root, page := d.reserve(), d.reserve()
	d.objects[page-1] = fmt.Sprintf("<< /T (P1[0]) /Parent %d 0 R /Kids [%s] >>", root, strings.Join(fields, " "))
	d.objects[root-1] = fmt.Sprintf("<< /T (F[0]) /Kids [%d 0 R] >>", page)
	for _, f := range fields {
		var n int
		fmt.Sscanf(f, "%d", &n)
		d.objects[n-1] = strings.TrimSuffix(d.objects[n-1], " >>") + fmt.Sprintf(" /Parent %d 0 R >>", page)
	}
	return fmt.Sprintf("<< /Fields [%d 0 R] %s >>", root, resources)
}
