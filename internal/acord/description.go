package acord

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"certflow/internal/certificate"
)

// description reads the box "Description of operations / locations / vehicles" and the names of additional insureds in it.
func (r *record) description(c cell) {
	text := strings.Join(strings.Fields(c.text()), " ")
	if key(text) == "" || unfilled(text) {
		return // a dash or a row of dots is no description
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
		conf := sourced(c) * found.sure
		if c.source() == certificate.OCR && (sentence.MatchString(found.name) || fragmented(found.name) || len(strings.Fields(found.name)) == 1) {
			conf *= uncommon
		}
		if c.source() == certificate.OCR && found.cut {
			conf *= disagreeing
		}
		if c.source() == certificate.OCR && conf < plainlySaid {
			conf = min(conf, unproven)
		}
		r.prove(path, c, conf)
		d.AdditionalInsuredNames = append(d.AdditionalInsuredNames, found.name)
	}
}

// plainlySaid is the score from which a name in running text of OCR is sure: of a text with worse words nobody knows where its names begin.
const plainlySaid = 0.87

// sentence matches names that hold the end of what was said before them, since OCR lost the full stop between, or dirt that it took for a
// letter or for a full stop inside a name.
var sentence = regexp.MustCompile(`(?i)^re\b|\b(job|project|phase|lot)\b|\d{3}|^.{64}|(^|\s)(?-i:[a-z])($|\s)|[a-z]{3}\.[a-z]{3}`)

// paragraphs is the text of a cell with a line break wherever the author broke the line: where it ends well before the
// longest line does.
func paragraphs(c cell) string {
	lines := rowsOf(c.tokens)
	ends := make([]float64, len(lines)) // where the author's lines end, of a form field as if none were broken by us
	right, left := 0.0, math.Inf(1)
	for i, line := range lines {
		b := boundsOf(line)
		ends[i] = b.x1
		if first := line[0]; i > 0 && first.field != 0 && !first.begins {
			ends[i] = ends[i-1] + b.width()
		}
		right, left = math.Max(right, ends[i]), math.Min(left, b.x0)
	}
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			above := boundsOf(lines[i-1])
			first := line[0].box
			// A word that would have fitted on the line above was put below on purpose. Lines of a form field are broken by us, but for
			// those that its author began.
			apart := ends[i-1]+first.width()+0.5*first.height() < right-0.02*(right-left) || first.y0-above.y1 > 1.2*first.height()
			if apart && (line[0].begins || line[0].field == 0) {
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteString(textOf(line))
	}
	return b.String()
}

// descriptionBox is the space of the description of operations: from under its label to the certificate holder.
func (s *sheet) descriptionBox() (rect, bool) {
	label, ok := s.one(descriptionLabel)
	if !ok {
		return rect{}, false
	}
	box := rect{-s.page.Width, label.box.cy() + 0.3*s.em, s.page.Width * 2, s.page.Height * 2}
	if s.form.ok {
		box.y0 = label.box.y1 + 0.1*s.em // what stands beside the label is the rest of it
	}
	for _, a := range s.anchors {
		ends := s.heads(a) || !s.form.ok && sectionLabel(a.id) && a.id != descriptionLabel
		if ends && a.first.y0 > label.box.y1 {
			box.y1 = min(box.y1, a.first.y0-0.1*s.em)
		}
	}
	return box, true
}

// heads reports whether an anchor is the heading that follows the description, and not the same words in it.
func (s *sheet) heads(a anchor) bool {
	switch a.id {
	case holderLabel, cancellationLabel, copyrightLabel, footLabel:
		best, _ := s.one(a.id)
		return !s.form.ok || best.first == a.first
	}
	return false
}

// setDescriptionApart takes back the labels that were found inside the description: there they are the author's words.
func (s *sheet) setDescriptionApart() {
	box, ok := s.descriptionBox()
	if !ok {
		return
	}
	s.dropAnchors(func(a anchor) bool { return a.id != descriptionLabel && box.holds(a.first) })
}

// descriptionCell is what is written in the description of operations, without the rest of the label's own line.
func (s *sheet) descriptionCell() cell {
	box, ok := s.descriptionBox()
	if !ok {
		return cell{doubt: 1}
	}
	all := cellOf(s.in(box, func(t *token) bool { return !t.label }))
	var kept []*token
	for i, t := range all.tokens {
		if wordy(t) || utf8.RuneCountInString(t.text) > 1 || between(all.tokens, i) {
			kept = append(kept, t)
		}
	}
	return cell{tokens: kept, doubt: 1}
}

// between reports whether the i-th token is a dash that stands between the words of a line as a dash does; rules have none beside them.
func between(ts []*token, i int) bool {
	if i == 0 || i+1 == len(ts) || strings.Trim(ts[i].text, "-–—") != "" || !wordy(ts[i-1]) || !wordy(ts[i+1]) {
		return false
	}
	before, after := ts[i-1], ts[i+1]
	h := 1.5 * min(before.box.height(), after.box.height()) // typewriters put them far apart
	return gap(before, ts[i]) > 0 && gap(before, ts[i]) < h && gap(ts[i], after) > 0 && gap(ts[i], after) < h
}
