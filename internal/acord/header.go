package acord

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// formEdition matches the foot of an ACORD form; OCR takes the slash for a digit or a letter.
var formEdition = regexp.MustCompile(`ACORD[™®]?\s*(\d{2,3})(?:\s*-?[A-Z]{0,2})?\s*\(?(\d{4})\s*([/1lI|\\-])\s*(\d{2})\)?`)

// formName reads the form's number and edition, as "ACORD 25 (2016/03)".
func (r *record) formName(s *sheet) {
	for _, line := range s.lines {
		for _, run := range pieces(line, 1.5) {
			g := editionOf(textOf(run))
			if g == nil || !knownEdition(g[2]+"/"+g[4]) {
				continue
			}
			c := cellOf(run)
			for _, t := range run {
				t.label = true
			}
			s.anchors = append(s.anchors, anchor{id: footLabel, tokens: run, first: boundsOf(run), box: boundsOf(run)})
			if g[3] != "/" {
				c.doubt = inferred
			}
			name, edition := "ACORD "+g[1], g[2]+"/"+g[4]
			r.say("form.name", &r.certificate.Form.Name, c, name)
			r.say("form.edition", &r.certificate.Form.Edition, c, edition)
			return
		}
	}
}

// knownEdition reports whether ACORD may have issued a form in that month.
func knownEdition(edition string) bool {
	year, month, _ := strings.Cut(edition, "/")
	return year >= "1990" && year <= "2039" && month >= "01" && month <= "12"
}

// header reads what stands above the coverage table: date, certificate number, producer and insured.
func (r *record) header(s *sheet, o official) {
	date := s.dateCell()
	o.override(&date, "Form_CompletionDate_A")
	r.date("certificate_date", &r.certificate.Date, date)
	number := s.numberCell()
	o.override(&number, "CertificateOfInsurance_CertificateNumberIdentifier_A")
	r.number("certificate_number", &r.certificate.Number, number)

	producer := o.block(s.block(producerLabel), "Producer_FullName_A", "Producer_MailingAddress")
	r.party("producer", &r.certificate.Producer, producer)
	insured := o.block(s.block(insuredLabel), "NamedInsured_FullName_A", "NamedInsured_MailingAddress")
	r.party("insured", &r.certificate.Insured, insured)
}

// dateCell is what stands under or right of the label DATE (MM/DD/YYYY).
func (s *sheet) dateCell() cell {
	label, ok := s.one(dateLabel)
	if !ok {
		return cell{doubt: 1}
	}
	var first cell
	for i, reach := range []float64{3, 8} { // a tall box may hold it at its foot
		under := rect{label.box.x0 - 2*s.em, label.box.cy() - 0.6*s.em, s.page.Width * 2, label.box.y1 + reach*s.em}
		for _, below := range s.anchors {
			if below.first.y0 > label.box.y1 && below.box.x1 > under.x0 {
				under.y1 = math.Min(under.y1, below.first.y0)
			}
		}
		lines := lineCells(cellOf(s.in(under, written)), wordy)
		for _, c := range lines {
			if _, err := certificate.ParseDate(bare(c)); err == nil {
				return c
			}
		}
		if i == 0 {
			first = nth(lines, 0)
		}
	}
	return first
}

// numberCell is what stands between CERTIFICATE NUMBER: and REVISION NUMBER:.
func (s *sheet) numberCell() cell {
	label, ok := s.one(numberLabel)
	if !ok {
		return s.numberByPlace()
	}
	h := label.box.height()
	right := rect{label.box.x1 - 0.2*h, label.box.y0 - 0.4*h, s.page.Width * 2, label.box.y1 + 0.3*h}
	if revision, ok := s.one(revisionLabel); ok && revision.box.x0 > label.box.x1 {
		right.x1 = revision.box.x0
	}
	lines := lineCells(cellOf(s.in(right, written)), wordy)
	return nth(lines, 0)
}

// numberByPlace finds the certificate number of a scan whose label OCR ran together with it.
func (s *sheet) numberByPlace() cell {
	revision, ok := s.one(revisionLabel)
	if !ok || !s.form.ok || s.source() != certificate.OCR {
		return cell{doubt: 1}
	}
	box := rect{s.form.x(213), revision.box.cy() - s.em, revision.box.x0, revision.box.cy() + s.em}
	c := cellOf(s.in(box, func(t *token) bool { return written(t) && wordy(t) }))
	for len(c.tokens) > 0 && strings.HasPrefix("NUMBER", strings.TrimRight(c.tokens[0].key, "#")) {
		c.tokens = c.tokens[1:]
	}
	for i, t := range c.tokens {
		if rest, cut := strings.CutPrefix(t.text, "NUMBER"); cut && i == 0 {
			number := *t
			number.text = strings.TrimLeft(rest, ":;. ")
			number.key = key(number.text)
			c.tokens = append([]*token{&number}, c.tokens[1:]...)
		}
	}
	c.doubt = inferred
	return c
}

// block is what is written in the box that a label heads: down to the next label below it, right to the next label beside it.
func (s *sheet) block(id labelID) cell {
	label, ok := s.one(id)
	if !ok {
		return cell{doubt: 1}
	}
	box := rect{label.box.x0 - 2.5*s.em, label.box.y0 - 0.5*s.em, s.page.Width * 2, s.page.Height * 2}
	for _, a := range s.anchors {
		switch {
		case a.first.x0 > label.box.x1+2*s.em && a.first.x0 < box.x1 && beside(id, a.id):
			box.x1 = a.first.x0 - 0.3*s.em
		case under(id, a.id) && a.first.y0 > label.box.y1 && a.first.y0 < box.y1:
			box.y1 = a.first.y0 - 0.2*s.em
		}
	}
	if id == producerLabel || id == insuredLabel {
		for _, line := range s.letters {
			if line.box.x0 > label.box.x1+2*s.em {
				box.x1 = math.Min(box.x1, line.box.x0-0.3*s.em)
			}
		}
	}
	box.y1 = min(box.y1, s.floor(label, box))
	return together(cellOf(s.in(box, func(t *token) bool { return written(t) && (wordy(t) || len(t.text) > 1) })))
}

// floor is the lowest horizontal line that is drawn under a label and that could bound its box below, or the foot of the page.
func (s *sheet) floor(label anchor, box rect) float64 {
	lowest := math.Inf(-1)
	for _, m := range s.marks {
		for _, y := range []float64{m.box.y0, m.box.y1} {
			if (m.kind == page.Rule || m.kind == page.Frame) && m.box.width() > 60 && m.box.x0 < label.box.x1 && m.box.x1 > label.box.x0+40 &&
				y > label.box.y1+s.em && y < box.y1+s.em {
				lowest = math.Max(lowest, y)
			}
		}
	}
	if math.IsInf(lowest, -1) {
		return box.y1
	}
	return lowest
}

// together keeps the lines of a block, without dirt above them, up to the first wide gap: what stands far below it is something else.
func together(c cell) cell {
	lines := rowsOf(c.tokens)
	for len(lines) > 1 && scribble(lines[0]) {
		lines = lines[1:] // the rest of a rule under the label
		c.tokens = slices.Concat(lines...)
	}
	for i := 1; i < len(lines); i++ {
		above, below := boundsOf(lines[i-1]), boundsOf(lines[i])
		if below.y0-above.y1 > 3.5*max(above.height(), below.height()) {
			return cell{tokens: slices.Concat(lines[:i]...), doubt: c.doubt}
		}
	}
	return c
}

// beside reports whether a label bounds a box on its right.
func beside(box, other labelID) bool {
	switch box {
	case producerLabel, insuredLabel:
		return other == contactLabel || other == phoneLabel || other == emailLabel || other == insurersLabel
	case holderLabel:
		return other == cancellationLabel || other == representative
	}
	return false
}

// under reports whether a label bounds a box below.
func under(box, other labelID) bool {
	switch box {
	case producerLabel:
		return other == insuredLabel || other == coveragesLabel || other == numberLabel
	case insuredLabel:
		return other == coveragesLabel || other == numberLabel || other == boilerplate || other == letterColumn || other == typeColumn
	case holderLabel:
		return other == copyrightLabel || other == footLabel
	}
	return false
}

// namedInsurers puts the named fields of insurers over what the layout found.
func (r *record) namedInsurers(o official) {
	insurers := []certificate.Insurer{}
	kept := map[string]certificate.Evidence{}
	for path, e := range r.evidence {
		if !strings.HasPrefix(path, "insurers.") {
			kept[path] = e
		}
	}
	old, oldEvidence := r.certificate.Insurers, r.evidence
	r.evidence = kept
	for letter := 'A'; letter <= 'Z'; letter++ {
		l := string(letter)
		name, naic := o.cells["Insurer_FullName_"+l], o.cells["Insurer_NAICCode_"+l]
		path := insurerPath(len(insurers))
		i := slices.IndexFunc(old, func(was certificate.Insurer) bool { return was.Letter == l })
		insurer := certificate.Insurer{Letter: l}
		keep := func(leaf, field string) {
			if e, ok := oldEvidence[insurerPath(i)+leaf]; ok {
				if !about(o.fields[field], e.Box) {
					e.Confidence = round(e.Confidence * misplaced)
				}
				r.evidence[path+leaf] = e
			}
		}
		if i >= 0 {
			insurer = old[i]
			keep(".letter", "")
		}
		if !name.empty() || !naic.empty() {
			r.prove(path+".letter", with(name, naic), formField)
		}
		if name.doubt = 1; noName(cleanName(name.text())) {
			insurer.Name = nil
			r.prove(path+".name", name, nothingRead)
		} else if !name.empty() {
			if standsIn.MatchString(name.text()) {
				name.doubt *= inferred
			}
			r.say(path+".name", &insurer.Name, name, cleanName(name.text()))
		} else if i >= 0 {
			keep(".name", "Insurer_FullName_"+l)
		}
		if naic.doubt = 1; !naic.empty() {
			r.text(path+".naic", &insurer.NAIC, naic)
		} else if i >= 0 {
			keep(".naic", "Insurer_NAICCode_"+l)
		}
		if insurer.Name != nil || insurer.NAIC != nil {
			insurers = append(insurers, insurer)
		}
	}
	r.certificate.Insurers = insurers
}

// foot reads what stands below the coverage table: description, holder and signature.
func (r *record) foot(s *sheet, o official) {
	holder := o.block(s.block(holderLabel), "CertificateHolder_FullName_A", "CertificateHolder_MailingAddress")
	r.party("certificate_holder", &r.certificate.Holder, holder)
	description := s.descriptionCell()
	o.override(&description, "CertificateOfLiabilityInsurance_ACORDForm_RemarkText_A")
	r.description(description)
	r.signature(s)
}

// editionOf matches the foot of an ACORD form in a text; most texts do not even name ACORD.
func editionOf(text string) []string {
	if !strings.Contains(text, "ACORD") {
		return nil
	}
	return formEdition.FindStringSubmatch(text)
}
