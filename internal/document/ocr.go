package document

import (
	"context"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// recogniser reads pages that show as pictures: pdftoppm draws them, our own code straightens them and takes the lines of the form
// away, tesseract reads.
type recogniser struct {
	draw tool
	read tool
	jobs chan struct{}
	// looks names the places of a page that are worth a closer look; nil for none.
	looks func(page.Page) []page.Look
}

func newRecogniser(o Options) *recogniser {
	// A page is drawn in a small part of the time that it takes to read it.
	limits, drawing := bounds{o.Memory, o.OCRTimeout}, bounds{o.Memory, o.OCRTimeout / 4}
	return &recogniser{
		draw: tool{"pdftoppm", "poppler-utils", drawing, maxPixels + 64, 0},
		read: tool{"tesseract", "tesseract-ocr and tesseract-ocr-eng", limits, 64 << 20, o.OCRTimeout / 3},
		jobs: make(chan struct{}, o.OCRJobs),

		looks: o.Looks,
	}
}

// What makes a page a picture: nearly no words, and something else on it; or a picture of most of the page, which may hold what is
// filled in between printed labels as well as the labels. A fax line or a stamp over a scan has fewer than 40 words.
const (
	fewWords     = 40
	fewUnspelt   = 3 // words whose letters the document does not tell: what is filled in may have a font of its own
	someDrawings = 100
	anyImage     = 0.03 // share of the page
	mostOfPage   = 0.5
)

// pictured reports whether a page has to be read by OCR.
func pictured(p *page.Page) bool {
	if p.Partial {
		return true
	}
	legible, unknown, unspelt := 0, 0, 0
	for i := range p.Words {
		switch w := &p.Words[i]; {
		case w.Hidden:
		case illegible(w):
			if unknown++; len([]rune(w.Text)) > 1 {
				unspelt++
			}
		default:
			legible++
		}
	}
	drawings, images := 0, 0.0
	for _, m := range p.Marks {
		switch m.Kind {
		case page.Drawing:
			drawings++
		case page.Image:
			images += box(m.Box).area()
		}
	}
	area := max(p.Width*p.Height, 1)
	switch {
	case unspelt >= fewUnspelt || unknown > legible/2 && unknown > 5:
		return true
	case legible < fewWords:
		return images/area > anyImage || drawings > someDrawings
	}
	return images/area > mostOfPage
}

// illegible reports whether the document does not tell most letters of a word. One that is crossed out is legible, though not to be believed.
func illegible(w *page.Word) bool {
	return w.Confidence < 0.5 && strings.Contains(w.Text, unknownText)
}

// resolution is what tesseract is trained for.
const resolution = 300.0

// errPicture is a page that cannot be drawn.
func errPicture(cause error) error {
	return &refused{cause: cause, Refusal: certificate.Refusal{Code: certificate.Unreadable,
		Message: "A page of the PDF is a picture that is damaged or too large to read. Scan the certificate at 300 dpi and upload that file."}}
}

// turn waits until one page less than OCRJobs is looked at; done ends the turn.
func (r *recogniser) turn(ctx context.Context) (done func(), err error) {
	select {
	case r.jobs <- struct{}{}:
		return func() { <-r.jobs }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// look draws a page, has what is doubted on it confirmed, and adds what OCR reads on it where it is pictured.
func (r *recogniser) look(ctx context.Context, pdf []byte, p *page.Page, doubted, pictured bool) error {
	done, err := r.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	m, err := r.bitmap(ctx, pdf, p)
	if err != nil {
		return err
	}
	if doubted {
		picture := m
		if pictured {
			picture = m.clone()
		}
		if err := r.confirm(ctx, picture, p); err != nil {
			return err
		}
	}
	if pictured {
		return r.page(ctx, m, p)
	}
	return nil
}

// page adds to p what OCR reads on its picture.
func (r *recogniser) page(ctx context.Context, m *bitmap, p *page.Page) error {
	m.fade(p)
	legible := p.Words[:0:0]
	for i := range p.Words {
		if w := &p.Words[i]; w.Hidden || !illegible(w) {
			legible = append(legible, *w)
		}
	}
	p.Words = legible
	seen, err := r.upright(ctx, m, p)
	if err != nil {
		return err
	}
	p.Words = append(p.Words, seen...)
	return nil
}

// bitmap draws the page at 300 dpi, or as large as the bounds allow.
func (r *recogniser) bitmap(ctx context.Context, pdf []byte, p *page.Page) (*bitmap, error) {
	width, height := p.Width, p.Height
	if p.Turn%180 != 0 {
		width, height = height, width
	}
	dpi := min(resolution, 72*math.Sqrt(maxPixels/(max(width, 1)*max(height, 1))))
	n := strconv.Itoa(p.Number)
	out, err := r.draw.run(ctx, pdf[header(pdf):], "-q", "-gray", "-cropbox", "-f", n, "-l", n, "-r", strconv.FormatFloat(dpi, 'f', 2, 64), "-")
	var fault *Fault
	if errors.As(err, &fault) && fault.Kind != NotStarted {
		return nil, errPicture(err)
	}
	if err != nil {
		return nil, err
	}
	m, err := parsePGM(out)
	if err != nil {
		return nil, errPicture(err)
	}
	return m.turned(p.Turn), nil
}

// sureWords is how many confident words make an orientation right without trying the others.
const sureWords = 25

// upright reads the bitmap, turning it until the words make sense, and gives words in points of the turned page.
func (r *recogniser) upright(ctx context.Context, m *bitmap, p *page.Page) ([]page.Word, error) {
	var best view
	var err error
	upended := m.upended()
	score := 0.0
	if !upended {
		if best, err = r.straightened(ctx, m); err != nil {
			return nil, err
		}
		if best.upright() {
			return r.closer(ctx, best, p)
		}
		score = sense(best.words)
	}
	// Small copies tell which way up is right, at a quarter of the cost.
	turn := 0
	for _, t := range orientations(upended) {
		small, err := r.recognise(ctx, sparse, m.turned(t).halved())
		if err != nil {
			return nil, err
		}
		s := sense(small)
		if s > score*1.2 {
			score, turn = s, t
		}
		if s > certain {
			break
		}
	}
	if turn != 0 || upended {
		if best, err = r.straightened(ctx, m.turned(turn)); err != nil {
			return nil, err
		}
	}
	turnPage(p, turn)
	return r.closer(ctx, best, p)
}

// certain is the sense of some hundred letters, which no page has that is held wrongly.
const certain = 300.0

// orientations lists the turns to try, the likely ones first.
func orientations(upended bool) []int {
	if upended {
		return []int{90, 270, 180}
	}
	return []int{180, 90, 270}
}

// sense is how much of what tesseract read looks like words: their letters, weighed with confidence.
func sense(words []seen) float64 {
	sum := 0.0
	for _, w := range words {
		if n := len(essence(w.text)); n >= 3 && w.confidence > 0.5 {
			sum += float64(n) * w.confidence
		}
	}
	return sum
}

// view is what was found on one bitmap.
type view struct {
	width, height int
	skew          float64 // degrees clockwise by which the bitmap was crooked
	words         []seen
	rulings       rulings
	bands         []darkBand
	strokes       []rect  // ink that is neither
	bitmap        *bitmap // straightened, without rulings
	threshold     byte    // below which its pixels are ink
}

// upright reports whether enough of the words were read with confidence. Of a page on its head tesseract believes to know a word here and there, too.
func (v view) upright() bool {
	sure, all := 0, 0
	for _, w := range v.words {
		if len(essence(w.text)) < 3 {
			continue
		}
		if all++; w.confidence > 0.7 {
			sure++
		}
	}
	return sure >= sureWords && 2*sure > all
}

// The page segmentation modes of tesseract that are used.
const (
	sparse  = "11" // text anywhere, as on forms
	block   = "6"  // one piece of text
	oneLine = "7"
)

// leastSkew is the angle in degrees from which straightening is worth its time: a rule of the form's width then falls by 4 pixels.
const leastSkew = 0.1

// straightened straightens a bitmap, takes its rulings and has it read.
func (r *recogniser) straightened(ctx context.Context, m *bitmap) (view, error) {
	threshold := m.threshold()
	v := view{width: m.width, height: m.height, skew: m.skew(threshold)}
	if math.Abs(v.skew) >= leastSkew {
		m = m.rotated(-v.skew)
	} else {
		v.skew = 0
		m = m.clone()
	}
	v.bands = m.bands(threshold)
	v.rulings = m.takeRulings(threshold)
	m.despeckle(threshold)
	var err error
	if v.words, err = r.recognise(ctx, sparse, m); err != nil {
		return v, err
	}
	v.words = parted(slices.DeleteFunc(v.words, flourish))
	for i, w := range v.words {
		if w.box.width() < 1.6*w.box.height() {
			v.words[i].text = single(w.text)
		} else {
			v.words[i].text = capital(w.text)
		}
	}
	v.bitmap, v.threshold = m, threshold
	return v, nil
}

// parted ends the box of a word where the next word of its line begins: tesseract lets the boxes of some reach over what stands behind them,
// which would then be part of the word.
func parted(words []seen) []seen {
	for i := 1; i < len(words); i++ {
		word, next := &words[i-1], words[i]
		if word.line == next.line && word.page == next.page && next.box.x0 > word.box.x0 && next.box.x0 < word.box.x1 {
			word.box.x1 = next.box.x0
		}
	}
	return words
}

// flourish reports whether a word is none: what tesseract reads with little confidence into a signature, together with whatever is printed
// beside or under it. Such ink is looked at again piece by piece.
func flourish(w seen) bool { return w.box.height() > letterHigh && w.confidence < unsure }

// straighten moves what is printed on a page to where it lies over the straightened picture: a line that a fax machine or a signing service
// put on a scan, values over the picture of a form. Boxes keep their size, as page.Page says; Displayed takes them back.
func straighten(p *page.Page, degrees float64) {
	if degrees == 0 {
		return
	}
	sin, cos := math.Sincos(-degrees * math.Pi / 180)
	move := func(b certificate.Box) certificate.Box {
		x, y := (b[0]+b[2]-p.Width)/2, (b[1]+b[3]-p.Height)/2
		dx, dy := x*cos-y*sin-x, x*sin+y*cos-y
		return rect{b[0] + dx, b[1] + dy, b[2] + dx, b[3] + dy}.box()
	}
	for i := range p.Words {
		p.Words[i].Box = move(p.Words[i].Box)
	}
	for i := range p.Fields {
		p.Fields[i].Box = move(p.Fields[i].Box)
	}
	for i := range p.Marks {
		p.Marks[i].Box = move(p.Marks[i].Box)
	}
}

// closer looks again at what the first look left open: ink that no word explains, words that tesseract was unsure of, and the places
// of which a reader of the layout says what they may hold. It adds the rulings to the page and gives the words, both in points.
func (r *recogniser) closer(ctx context.Context, v view, p *page.Page) ([]page.Word, error) {
	m := v.bitmap
	straighten(p, v.skew)
	var err error
	if v.words, err = r.onBands(ctx, v); err != nil {
		return nil, err
	}
	var lines []closer
	if r.looks != nil {
		seen := *p
		seen.Marks = slices.Clone(p.Marks)
		seen.Words = append(slices.Clone(p.Words), v.fill(&seen)...)
		scale := point{float64(v.width) / p.Width, float64(v.height) / p.Height}
		lines = slices.DeleteFunc(m.closers(r.looks(seen), v.words, scale, v.threshold), func(c closer) bool {
			b := c.box
			return overprinted(rect{b.x0 / scale.x, b.y0 / scale.y, b.x1 / scale.x, b.y1 / scale.y}, p.Words)
		})
	}
	places, strokes := m.unread(v.words, v.threshold)
	places = slices.DeleteFunc(places, func(p place) bool {
		return slices.ContainsFunc(lines, func(c closer) bool {
			return c.box.grow(2).contains(p.box.center()) && (p.word < 0 || slices.Contains(c.words, p.word))
		})
	})
	cuts := make([]*bitmap, len(places))
	for i, p := range places {
		cuts[i] = m.cut(p.box)
	}
	parts := make([]*bitmap, len(lines))
	for i, l := range lines {
		parts[i] = m.cut(l.box)
	}
	var second, third []seen
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		second, err = r.recognise(ctx, block, cuts...)
		return err
	})
	g.Go(func() (err error) {
		third, err = r.recognise(ctx, oneLine, parts...)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	v.strokes = strokes
	v.words, strokes = again(v.words, places, second)
	v.strokes = append(v.strokes, strokes...)
	v.words = slices.DeleteFunc(withCloser(v.words, lines, third), func(w seen) bool { return w.text == "" })
	v.words = joinDashes(v.words)
	m.compare(v.words, v.threshold)
	return v.fill(p), nil
}

// recognise has tesseract read bitmaps in one run.
func (r *recogniser) recognise(ctx context.Context, mode string, pages ...*bitmap) ([]seen, error) {
	if len(pages) == 0 || len(pages) == 1 && min(pages[0].width, pages[0].height) < 8 {
		return nil, nil
	}
	out, err := r.read.run(ctx, tiff(pages), "stdin", "stdout", "--psm", mode, "--dpi", "300", "-l", "eng", "tsv")
	if err != nil && strings.Contains(err.Error(), "loading language") {
		return nil, &Unavailable{Tool: "tesseract's English data", Package: "tesseract-ocr-eng"}
	}
	var fault *Fault
	if errors.As(err, &fault) && fault.Kind == Endless {
		return nil, tooMuch(err, fault.Kind)
	}
	if err != nil {
		return nil, err
	}
	words, err := parseTSV(out)
	if err != nil {
		return nil, &Fault{Crashed, r.read.name, err}
	}
	return words, nil
}

// fill adds the rulings to the page and gives the words, both in points.
func (v view) fill(p *page.Page) []page.Word {
	p.Skew = round2(v.skew)
	sx, sy := p.Width/float64(v.width), p.Height/float64(v.height)
	points := func(r rect) certificate.Box {
		return rect{r.x0 * sx, r.y0 * sy, r.x1 * sx, r.y1 * sy}.box()
	}
	for _, r := range v.rulings.rules {
		p.Marks = append(p.Marks, page.Mark{Kind: page.Rule, Box: points(r)})
	}
	for _, b := range v.rulings.boxes {
		p.Marks = append(p.Marks, page.Mark{Kind: page.Frame, Box: points(b.box), Ink: round2(b.ink)})
	}
	for _, s := range v.strokes {
		p.Marks = append(p.Marks, page.Mark{Kind: page.Drawing, Box: points(s)})
	}
	printed := p.Words
	var out []page.Word
	for _, w := range v.words {
		b := points(w.box)
		if overprinted(box(b), printed) {
			continue
		}
		out = append(out, page.Word{Text: w.text, Box: b, Source: certificate.OCR, Confidence: w.confidence, Typed: w.typed, Size: round2(b[3] - b[1])})
	}
	return out
}

// overprinted reports whether printed words say what OCR read in a box: one lies over its middle, or wholly inside.
func overprinted(read rect, printed []page.Word) bool {
	for i := range printed {
		over := box(printed[i].Box)
		if printed[i].Hidden {
			continue
		}
		if over.contains(read.center()) {
			return true
		}
		both := over.intersect(read)
		if len(printed[i].Text) > 1 && both.width() > 0.8*over.width() && both.height() > 0.5*min(over.height(), read.height()) {
			return true
		}
	}
	return false
}

// turnPage turns everything on a page clockwise.
func turnPage(p *page.Page, degrees int) {
	if degrees == 0 {
		return
	}
	w, h := p.Width, p.Height
	turn := func(b certificate.Box) certificate.Box {
		switch degrees {
		case 90:
			return certificate.Box{h - b[3], b[0], h - b[1], b[2]}
		case 180:
			return certificate.Box{w - b[2], h - b[3], w - b[0], h - b[1]}
		}
		return certificate.Box{b[1], w - b[2], b[3], w - b[0]}
	}
	for i := range p.Words {
		p.Words[i].Box = box(turn(p.Words[i].Box)).box()
	}
	for i := range p.Fields {
		p.Fields[i].Box = box(turn(p.Fields[i].Box)).box()
	}
	for i := range p.Marks {
		p.Marks[i].Box = box(turn(p.Marks[i].Box)).box()
	}
	p.Turn = (p.Turn + degrees) % 360
	if degrees != 180 {
		p.Width, p.Height = h, w
	}
}
