package acord

import (
	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Looks gives the places of a page read by OCR whose contents are of a known kind: the cells of the coverage table that hold an
// amount, a date, an insurer's letter or a mark. Tesseract overlooks single letters in narrow columns and takes amounts apart;
// told what to expect it reads them better. It gives nothing for a page without a table.
func Looks(p page.Page) []page.Look {
	s := newSheet(p)
	if s.source() != certificate.OCR || !s.kind().certificate {
		return nil
	}
	var out []page.Look
	add := func(kind page.LookKind, r rect) {
		if r.x1-r.x0 > 4 && r.y1-r.y0 > 4 {
			out = append(out, page.Look{Box: certificate.Box{r.x0, r.y0, r.x1, r.y1}, Kind: kind})
		}
	}
	t, ok := findTable(s)
	if !ok {
		for _, g := range s.grids() {
			for _, r := range g.rows {
				for _, c := range g.columns {
					for _, column := range lookedColumns() {
						if column.id == c.id {
							add(column.kind, rect{c.from, r.from, min(c.to, s.page.Width), r.to})
						}
					}
				}
			}
		}
		return out
	}
	s.guessLabels(t)
	rows := t.rows
	if !t.free.empty() {
		rows = append(rows[:len(rows):len(rows)], row{span: t.free})
	}
	for _, r := range rows {
		for _, column := range lookedColumns() {
			c := t.columns[column.id]
			add(column.kind, rect{c.from, r.from, c.to, r.to})
		}
		if r.id != "" {
			add(page.LookAmount, rect{t.amounts, r.from, t.columns[limitsColumn].to, r.to})
		}
		switch r.id {
		case umbrellaRow:
			if box, ok := s.retentionBox(t, r.span); ok {
				add(page.LookAmount, box)
			}
		case wcRow:
			if box, ok := s.proprietorBox(t, r.span); ok {
				add(page.LookMark, box)
			}
		}
	}
	return out
}

// lookedColumn is a column whose cells hold one kind of thing.
type lookedColumn struct {
	id   labelID
	kind page.LookKind
}

func lookedColumns() []lookedColumn {
	return []lookedColumn{{letterColumn, page.LookLetter}, {addlColumn, page.LookMark}, {subrColumn, page.LookMark},
		{effColumn, page.LookDate}, {expColumn, page.LookDate}}
}
