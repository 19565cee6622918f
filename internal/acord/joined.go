package acord

import (
	"slices"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// joinedPages finds a plain certificate that goes on over several pages, as lists of labels and values do that are longer than a page: from
// its first page to the one behind its last, 0 and 0 where there is none. The form's further pages hold remarks, and pictures are read page
// by page, since each is turned and scaled otherwise.
func joinedPages(sheets []*sheet) (from, to int) {
	first := slices.IndexFunc(sheets, func(s *sheet) bool {
		k := s.kind()
		return k.certificate || k.what == "" && len(s.find(titleLabel)) > 0
	})
	if first < 0 {
		return 0, 0
	}
	last := first
	for last+1 < len(sheets) && sheets[last+1].goesOnFromAbove() {
		last++
	}
	if last == first || slices.ContainsFunc(sheets[first:last+1], func(s *sheet) bool {
		_, tabular := findTable(s)
		_, isForm := officialFields(s.page, s)
		return tabular || isForm || s.looked()
	}) {
		return 0, 0
	}
	return first, last + 1
}

// readJoined reads pages as if they stood one below the other. It is nil where they are no certificate together.
func readJoined(pages []page.Page) *record {
	if len(pages) < 2 {
		return nil
	}
	whole := pages[0]
	whole.Words, whole.Marks = slices.Clone(whole.Words), slices.Clone(whole.Marks)
	tops := []float64{0}
	for _, p := range pages[1:] {
		top := whole.Height
		tops = append(tops, top)
		for _, w := range p.Words {
			w.Box = movedDown(w.Box, top)
			whole.Words = append(whole.Words, w)
		}
		for _, m := range p.Marks {
			m.Box = movedDown(m.Box, top)
			whole.Marks = append(whole.Marks, m)
		}
		whole.Height += p.Height
		whole.Width = max(whole.Width, p.Width)
	}
	s := newSheet(whole)
	if !s.kind().certificate {
		return nil
	}
	if _, tabular := findTable(s); tabular {
		return nil
	}
	r := readSheet(s)
	for path, e := range r.evidence {
		for i, top := range slices.Backward(tops) {
			if e.Box[1] >= top {
				p := pages[i]
				e.Page = p.Number
				e.Box = movedDown(e.Box, -top)
				e.Box[3] = min(e.Box[3], p.Height)
				break
			}
		}
		r.evidence[path] = e
	}
	return r
}

// movedDown is a box moved down.
func movedDown(b certificate.Box, by float64) certificate.Box {
	return certificate.Box{b[0], b[1] + by, b[2], b[3] + by}
}

// goesOnFromAbove reports whether a page is no certificate by itself and no other document, and has labels of one.
func (s *sheet) goesOnFromAbove() bool {
	if k := s.kind(); k.certificate || k.what != "" || len(s.find(titleLabel)) > 0 || len(s.find(boilerplate)) > 1 {
		return false
	}
	n := 0
	for _, a := range s.anchors {
		switch a.id {
		case policyColumn, effColumn, expColumn, periodLabel, holderLabel, insuredLabel, producerLabel, descriptionLabel:
			n++
		}
		if coverageRow(a.id) || limitLabel(a.id) {
			n++
		}
	}
	return n > 1
}
