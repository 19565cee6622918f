package acord

import (
	"math"
	"strconv"
	"strings"
)

// description reads the box "Description of operations / locations / vehicles" and the names of additional insureds in it.
func (r *record) description(c cell) {
	text := strings.Join(strings.Fields(c.text()), " ")
	if text == "" || noName(text) {
		return
	}
	d := &r.certificate.Description
	r.say("description_of_operations.text", &d.Text, c, text)
	for _, found := range additionalInsureds(paragraphs(c)) {
		path := "description_of_operations.additional_insured_names." + strconv.Itoa(len(d.AdditionalInsuredNames))
		if found.holder {
			holder := r.certificate.Holder.Name
			if holder == nil {
				continue
			}
			e := r.evidence["certificate_holder.name"]
			e.Confidence = round(min(e.Confidence, sourced(c)) * found.sure)
			r.evidence[path] = e
			d.AdditionalInsuredNames = append(d.AdditionalInsuredNames, *holder)
			continue
		}
		r.prove(path, c, sourced(c)*found.sure)
		d.AdditionalInsuredNames = append(d.AdditionalInsuredNames, found.name)
	}
}

// paragraphs is the text of a cell with a line break wherever the author broke the line: where it ends well before the
// longest line does.
func paragraphs(c cell) string {
	lines := rowsOf(c.tokens)
	right, left := 0.0, math.Inf(1)
	for _, line := range lines {
		b := boundsOf(line)
		right, left = math.Max(right, b.x1), math.Min(left, b.x0)
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			above := boundsOf(lines[i-1])
			first := line[0].box
			// A word that would have fitted on the line above was put below on purpose.
			if above.x1+first.width()+0.5*first.height() < right-0.02*(right-left) || first.y0-above.y1 > 1.2*first.height() {
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(textOf(line))
	}
	return b.String()
}
