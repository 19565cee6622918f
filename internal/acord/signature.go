package acord

import (
	"math"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// signature tells whether something stands in the box of the authorized representative: an image, a drawing, script or a
// typed name.
func (r *record) signature(s *sheet) {
	label, ok := s.one(representative)
	if !ok {
		label, ok = s.overwrittenRepresentative()
	}
	if !ok {
		return
	}
	box := s.signatureBox(label)
	path, to := "description_of_operations.signature", &r.certificate.Description.Signature
	for _, m := range s.marks {
		w, h := m.box.width(), m.box.height()
		if (m.kind == page.Image || m.kind == page.Drawing) && box.holds(m.box) && w > 8 && h > 3 && w < 1.3*(box.x1-box.x0) && h < 2*(box.y1-box.y0) {
			mark := &token{text: "(" + string(m.kind) + ")", box: m.box, at: m.at, source: s.source(), conf: 1}
			r.flag(path, to, true, cell{tokens: []*token{mark}, doubt: 1}, printed)
			return
		}
	}
	typed := cellOf(s.in(box, func(t *token) bool { return written(t) && t.key != "" }))
	switch {
	case typed.empty():
		// On a scan, too: ink that is no letter is a drawing, so that none is left in the box.
		r.flag(path, to, false, cellOf(label.tokens), unticked)
	case strings.Contains(strings.ToLower(typed.text()), "signature"):
		r.flag(path, to, false, typed, inferred)
	case typed.source() == certificate.OCR:
		// Whatever letters OCR makes of it, it is ink where a signature stands.
		r.flag(path, to, true, typed, max(sourced(typed), scribbled))
	default:
		r.flag(path, to, true, typed, sourced(typed))
	}
}

// overwrittenRepresentative finds the label AUTHORIZED REPRESENTATIVE of a scan on which the signature runs over its end: its first word,
// below the heads of the form's foot.
func (s *sheet) overwrittenRepresentative() (anchor, bool) {
	head, ok := s.one(cancellationLabel)
	if !ok || s.source() != certificate.OCR {
		return anchor{}, false
	}
	for _, line := range s.lines {
		for i, t := range line {
			if t.label || t.box.y0 < head.box.y1 || math.Abs(t.box.x0-head.box.x0) > 2*s.em || editDistance("AUTHORIZED", t.key, 1) > 1 || !begins(line, i) {
				continue
			}
			a := anchor{id: representative, tokens: []*token{t}}
			for _, next := range line[i+1:] {
				if !strings.HasPrefix(next.key, "REP") && len(next.key) > 3 {
					break // a name that is typed beside the label
				}
				a.tokens = append(a.tokens, next)
			}
			for _, word := range a.tokens {
				word.label = true
			}
			a.first = boundsOf(a.tokens)
			a.box = a.first
			return a, true
		}
	}
	return anchor{}, false
}

// tallBox is the height in ems up to which the space above the foot of the form belongs to the signature.
const tallBox = 14

// signatureBox is the space under the label AUTHORIZED REPRESENTATIVE, down to the foot of the form.
func (s *sheet) signatureBox(label anchor) rect {
	box := rect{label.box.x0 - 2*s.em, label.box.y0 - 0.3*s.em, s.page.Width * 2, label.box.y1 + 5*s.em}
	foot := math.Inf(1)
	for _, a := range s.find(copyrightLabel) {
		if a.box.y0 > label.box.y1 {
			foot = min(foot, a.box.y0-0.1*s.em)
		}
	}
	if foot < label.box.y1+tallBox*s.em {
		box.y1 = foot
	}
	return box
}
