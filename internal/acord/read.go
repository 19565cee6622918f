// Package acord reads a certificate of liability insurance from the words of its pages. It knows ACORD 25 in the editions
// 2010/05, 2014/01 and 2016/03, forms that carriers made in its likeness, and plain certificates of labels and values.
//
//	reading, err := acord.Read(pages)
//
// The reader finds the printed labels wherever they stand, takes the columns and rows of the coverage table from them, and
// reads what is written beside and below them; a form with ACORD's field names it reads by those names. It does no I/O and
// depends on nothing but its argument: the same words give the same reading. What the page says is data to it: no wording
// changes how it reads.
//
// Confidence is the heart of it. A value is given 0.85 or more only where its characters, its place and its look leave no
// doubt; the rest is given less, or is null.
package acord

import (
	"slices"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Version changes whenever the same words may give another reading.
const Version = "1"

// Read reads the certificate on the pages of a document. The error is always a *certificate.Refusal: unreadable where the
// pages hold no words, or pictures too coarse to read them, not_a_certificate where they hold something else,
// several_certificates where they hold more than one.
func Read(pages []page.Page) (*certificate.Reading, error) {
	var found []*record
	var sheets []*sheet
	for _, p := range pages {
		sheets = append(sheets, newSheet(p))
	}
	from, to := joinedPages(sheets)
	joined := readJoined(pages[from:to])
	for i, s := range sheets {
		switch {
		case joined != nil && i >= from && i < to:
			if i == from {
				found = append(found, joined)
			}
		case s.kind().certificate:
			found = append(found, readSheet(s))
		}
	}
	coarse := slices.ContainsFunc(sheets, (*sheet).coarse)
	if len(found) == 0 {
		if coarse && !slices.ContainsFunc(sheets, func(s *sheet) bool { return s.kind().what != "" }) {
			return nil, tooCoarse()
		}
		return nil, refusal(sheets)
	}
	if slices.ContainsFunc(found[1:], func(r *record) bool { return r.other(found[0]) }) || slices.ContainsFunc(sheets, (*sheet).twice) {
		return nil, several()
	}
	r := found[0]
	if r.blank() {
		if coarse {
			return nil, tooCoarse()
		}
		return nil, blankForm()
	}
	return &certificate.Reading{Certificate: r.certificate, Evidence: r.evidence, Parser: certificate.Parser{Name: "acord", Version: Version}}, nil
}

// readSheet reads the certificate on one page.
func readSheet(s *sheet) *record {
	r := newRecord(s.page.Number)
	r.longYears = s.longYears()
	o, isForm := officialFields(s.page, s)
	if !isForm {
		o = official{}
	}
	r.formName(s)
	t, tabular := findTable(s)
	s.setDescriptionApart()
	if !tabular && !isForm {
		r.plain(s)
		r.corroborate()
		return r
	}
	s.dropAnchors(func(a anchor) bool { return t.free.holds(a.first.cy()) && a.first.x0 < t.columns[limitsColumn].from })
	s.guessLabels(t)
	marks := findTicks(s)
	r.header(s, o)
	r.insurers(s)
	if isForm {
		r.namedInsurers(o)
	}
	if len(t.rows) == 0 {
		t.rows = []row{{id: glRow}, {id: autoRow}, {id: umbrellaRow}, {id: wcRow}}
	}
	tableReader{record: r, s: s, t: t, ticks: marks, official: o}.coverages()
	r.foot(s, o)
	r.corroborate()
	return r
}
