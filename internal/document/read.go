package document

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// Words reads the words, fields and marks of the first n pages of a PDF, or of all pages when n is 0, in this process and
// without OCR. Untrusted documents belong into a Child. It refuses what cannot be opened with a *certificate.Refusal, and
// returns the context's error when that ends first.
func Words(ctx context.Context, pdf []byte, n int) ([]page.Page, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	if n <= 0 || n > len(f.pages) {
		n = len(f.pages)
	}
	out := make([]page.Page, 0, n)
	for _, l := range f.pages[:n] {
		p, err := f.page(ctx, l)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if refusal(err) != nil {
			return nil, err
		}
		if errors.Is(err, errTooMuch) {
			return nil, tooMuch(err, TimedOut)
		}
		if err != nil {
			return nil, unreadable(fmt.Errorf("page %d: %w", l.number, err))
		}
		out = append(out, p)
	}
	if f.partial && !slices.ContainsFunc(out, func(p page.Page) bool { return len(p.Words)+len(p.Fields)+len(p.Marks) > 0 }) {
		return nil, unreadable(errors.New("pages are bare and streams do not unpack"))
	}
	return out, nil
}

// page reads one page. A panic of a library on a hostile object is an error of the page.
func (f *file) page(ctx context.Context, l leaf) (p page.Page, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	display, width, height := l.display()
	p = page.Page{Number: l.number, Width: round2(width), Height: round2(height)}
	var c canvas
	view := rect{0, 0, width, height}
	in := newInterpreter(ctx, f, &c)
	if err := in.run(f.content(l.dict["Contents"]), l.resources, display, view); err != nil {
		return p, err
	}
	printed := len(c.glyphs)
	fields, err := f.widgets(ctx, l, in, display, view)
	if err != nil {
		return p, err
	}
	columns := newBoxes(partings(c.shapes), view, &c.effort)
	runs := assemble(c.glyphs[:printed], &columns)
	for _, a := range fields.appearances {
		runs = append(runs, assemble(c.glyphs[a.from:a.to], &columns)...)
	}
	over := newOverlay(&c, view)
	over.conceal(runs)
	over.strike(runs)
	over.doubt(runs)
	p.Fields = fields.fields
	for i := range p.Fields {
		vouch(&p.Fields[i], fields.painted[i], &c, over)
	}
	contend(p.Fields, view, &c.effort)
	if p.Partial = f.partial; p.Partial {
		for i := range runs {
			runs[i].unsure = true
		}
		for i := range p.Fields {
			p.Fields[i].Unproven = true
		}
	}
	p.Words = withoutValues(words(runs), p.Fields, view, &c.effort)
	if c.effort > maxEffort {
		return p, errTooMuch
	}
	p.Marks = marks(c.shapes, view)
	turnPage(&p, uprightTurn(runs))
	inOrder(p.Words)
	return p, nil
}

// someLetters is how many letters it takes to tell how a page is meant to be held.
const someLetters = 20

// uprightTurn is by how much a page must be turned clockwise for nearly all of its visible text to run from left to right.
func uprightTurn(runs []run) int {
	letters, total := map[int16]int{}, 0
	for i := range runs {
		if !runs[i].unseen {
			letters[runs[i].angle] += runs[i].letters
			total += runs[i].letters
		}
	}
	for angle, turn := range map[int16]int{90: 270, -90: 90, 180: 180} {
		if total >= someLetters && letters[angle]*10 > total*8 {
			return turn
		}
	}
	return 0
}

// content joins the content streams of a page; tokens do not run across their borders.
func (f *file) content(o types.Object) []byte {
	a := f.array(o)
	if a == nil {
		return f.stream(o)
	}
	var out []byte
	for i, part := range a {
		if len(out) > maxStream || i >= maxParts {
			f.partial = true
			break
		}
		// A comment that no end of a line ends goes on in the next stream for some viewers.
		data := f.stream(part)
		if i+1 < len(a) && bytes.IndexByte(data[bytes.LastIndexAny(data, "\r\n")+1:], '%') >= 0 {
			f.partial = true
		}
		out = append(out, data...)
		out = append(out, '\n')
	}
	return out
}

// marks are the shapes of a page that a reader may need. Light areas are backgrounds.
func marks(shapes []shape, view rect) []page.Mark {
	out := make([]page.Mark, 0, len(shapes))
	for i, s := range shapes {
		if s.light > 0.97 {
			continue
		}
		m := page.Mark{Box: s.box.intersect(view).box()}
		switch s.kind {
		case imageShape:
			m.Kind = page.Image
			if min(s.box.width(), s.box.height()) <= thinnest && max(s.box.width(), s.box.height()) > 4*thinnest {
				m.Kind = page.Rule
			}
		case curveShape:
			m.Kind = page.Drawing
		case lineShape:
			m.Kind = page.Rule
		case frameShape:
			m.Kind = page.Frame
		case areaShape:
			m.Kind = page.Frame
			m.Ink = round2((1 - s.light) * (1 - blanked(s, shapes[i+1:])))
		}
		out = append(out, m)
	}
	return out
}

// The largest side in points of an area that may be a tick box, and how many shapes later its white inside is painted at most: some
// programs draw a frame as a black area with a white one on it.
const (
	smallArea = 30
	soonAfter = 4
)

// blanked is the share of a small area that a white one covers which was painted soon after it.
func blanked(s shape, later []shape) float64 {
	if max(s.box.width(), s.box.height()) > smallArea || s.box.area() == 0 {
		return 0
	}
	most := 0.0
	for _, l := range later[:min(soonAfter, len(later))] {
		if l.kind == areaShape && l.light > 0.97 && l.opaque {
			most = max(most, l.box.intersect(s.box).area()/s.box.area())
		}
	}
	return most
}

func box(b certificate.Box) rect { return rect{b[0], b[1], b[2], b[3]} }
