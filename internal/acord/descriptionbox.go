package acord

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
		ends := a.id == holderLabel || a.id == cancellationLabel || a.id == copyrightLabel || a.id == footLabel ||
			!s.form.ok && sectionLabel(a.id) && a.id != descriptionLabel
		if ends && a.first.y0 > label.box.y1 {
			box.y1 = min(box.y1, a.first.y0-0.1*s.em)
		}
	}
	return box, true
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
	return cellOf(s.in(box, func(t *token) bool { return !t.label && (wordy(t) || len(t.text) > 1) }))
}
