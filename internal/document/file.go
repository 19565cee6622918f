package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"certflow/internal/certificate"
)

// The bounds of what one document may cost. They are far above any certificate and far below what hurts a worker.
const (
	maxStream  = 64 << 20  // bytes of one stream after decoding
	maxDecoded = 256 << 20 // bytes of all streams of one document after decoding
	maxObjects = 1_000_000
	maxPages   = 20_000
	maxNodes   = 60_000 // steps through the page tree
	maxDepth   = 64     // nested objects, pages, forms
	maxTerms   = 1_000_000
	maxFonts   = 4096
	maxMapped  = 1 << 20
	maxParts   = 10_000 // streams of one page's content
	maxInks    = 32     // of one colour: ISO 32000-1 annex C
)

// file is an opened PDF: pdfcpu's object table with accessors that never fail. What is missing or of the wrong kind reads
// as its zero value, because half of the PDFs in the world are broken in places that do not matter.
type file struct {
	x       *model.XRefTable
	budget  int64
	pages   []leaf
	hidden  map[int]bool // object numbers of optional content that is off
	layers  map[int]bool // what layerOff says of objects
	terms   int          // of expressions and lists of optional content that were looked at
	fonts   map[int]*typeface
	built   int  // fonts
	mapped  int  // entries of their character maps and widths
	partial bool // a stream did not decode, or a bound was met: viewers may show what was not followed
}

// leaf is a page with what it inherits from the page tree.
type leaf struct {
	number    int
	ref       int
	dict      types.Dict
	resources types.Dict
	media     rect
	crop      rect
	rotate    int
}

// open parses the cross references and the page tree, trying the empty user password where the document is encrypted.
// What it refuses it refuses as *certificate.Refusal.
func open(pdf []byte) (f *file, err error) {
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, unreadable(fmt.Errorf("parser panic: %v", p))
		}
	}()
	at := header(pdf)
	if at < 0 {
		return nil, &certificate.Refusal{Code: certificate.Unreadable,
			Message: "The file is not a PDF. Export or print the certificate as PDF and upload that file."}
	}
	ctx, err := api.ReadContext(bytes.NewReader(pdf), configuration())
	if err != nil && at > 0 && !errors.Is(err, pdfcpu.ErrWrongPassword) {
		// Offsets count from the header in files that a mail gateway or web server put something in front of.
		ctx, err = api.ReadContext(bytes.NewReader(pdf[at:]), configuration())
	}
	if errors.Is(err, pdfcpu.ErrWrongPassword) {
		return nil, &certificate.Refusal{Code: certificate.PasswordProtected,
			Message: "The PDF needs a password to be opened. Remove the password, or print the certificate to a new PDF, and upload it again."}
	}
	if err != nil {
		return nil, unreadable(err)
	}
	f = &file{x: ctx.XRefTable, budget: maxDecoded, fonts: map[int]*typeface{}, layers: map[int]bool{}}
	f.hidden = f.hiddenLayers()
	if err := f.walkPages(); err != nil {
		return nil, unreadable(err)
	}
	if len(f.pages) == 0 {
		return nil, unreadable(errors.New("no pages"))
	}
	return f, nil
}

// withoutConfigDir keeps pdfcpu from writing to the user's home. It sets a variable of the library, hence once.
var withoutConfigDir = sync.OnceFunc(api.DisableConfigDir)

// configuration is how pdfcpu reads here: relaxed, offline, bounded, with nothing written to the user's home.
func configuration() *model.Configuration {
	withoutConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	conf.ValidationMode = model.ValidationRelaxed
	conf.Limits = model.ResourceLimits{
		MaxStreamBytes:       maxStream,
		MaxDecodeBytes:       maxStream,
		MaxImagePixels:       64 << 20,
		MaxImageBytes:        maxStream,
		MaxObjectCount:       maxObjects,
		MaxObjectStreamCount: 100_000,
		MaxObjectStreamFirst: 4 << 20,
		MaxXRefEntries:       maxObjects,
		MaxRecursionDepth:    maxDepth,
	}
	return conf
}

// unreadable refuses a document that cannot be opened. The cause stays out of the message: it is a library's text.
func unreadable(cause error) error {
	return &refused{cause: cause, Refusal: certificate.Refusal{Code: certificate.Unreadable,
		Message: "The PDF is damaged and cannot be opened. Ask for the certificate again, or print it to a new PDF, and upload that file."}}
}

// refused is a Refusal that remembers what led to it, for logs.
type refused struct {
	certificate.Refusal
	cause error
}

func (r *refused) Unwrap() []error { return []error{&r.Refusal, r.cause} }

// get follows references until something else.
func (f *file) get(o types.Object) types.Object {
	for range maxDepth {
		if _, ok := o.(types.IndirectRef); !ok {
			return o
		}
		next, err := f.x.Dereference(o)
		if err != nil {
			return nil
		}
		o = next
	}
	return nil
}

// ref is the object number of a reference, 0 for a direct object.
func ref(o types.Object) int {
	if r, ok := o.(types.IndirectRef); ok {
		return r.ObjectNumber.Value()
	}
	return 0
}

// dict is o as dictionary; a stream gives its own.
func (f *file) dict(o types.Object) types.Dict {
	switch o := f.get(o).(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	}
	return nil
}

func (f *file) array(o types.Object) types.Array {
	a, _ := f.get(o).(types.Array)
	return a
}

func (f *file) name(o types.Object) string {
	n, _ := f.get(o).(types.Name)
	return string(n)
}

func (f *file) number(o types.Object) (float64, bool) {
	switch o := f.get(o).(type) {
	case types.Integer:
		return float64(o), true
	case types.Float:
		return float64(o), true
	}
	return 0, false
}

func (f *file) integer(o types.Object) int {
	n, _ := f.number(o)
	return clampInt(n)
}

// numbers is the first numbers of an array, so many at most; what is none reads as 0.
func (f *file) numbers(o types.Object, most int) []float64 {
	a := f.array(o)
	a = a[:min(len(a), most)]
	out := make([]float64, len(a))
	for i, v := range a {
		out[i], _ = f.number(v)
	}
	return out
}

// text is a text string (UTF-16 or PDFDocEncoding).
func (f *file) text(o types.Object) string {
	s, err := model.Text(f.get(o))
	if err != nil {
		return ""
	}
	return s
}

// stream is the decoded content of a stream, empty when it does not decode or the document's budget is spent.
func (f *file) stream(o types.Object) []byte {
	sd, ok := f.get(o).(types.StreamDict)
	if !ok {
		return nil
	}
	if sd.Content == nil {
		if f.budget <= 0 {
			f.partial = true
			return nil
		}
		if err := sd.DecodeWithLimit(min(maxStream, f.budget)); err != nil {
			// It may have failed at the limit: count it as if it had.
			f.budget -= maxStream
			f.partial = true
			return nil
		}
	}
	f.budget -= int64(len(sd.Content))
	return sd.Content
}

// hiddenLayers lists the optional content that is off when the document is opened, or that viewers may switch off by themselves: for a
// zoom, a language, or the printer.
func (f *file) hiddenLayers() map[int]bool {
	root, err := f.x.Catalog()
	if err != nil {
		return nil
	}
	config := f.dict(f.dict(root["OCProperties"])["D"])
	off := map[int]bool{}
	if f.name(config["BaseState"]) == "OFF" {
		for _, o := range f.array(f.dict(root["OCProperties"])["OCGs"]) {
			off[ref(o)] = true
		}
		for _, o := range f.array(config["ON"]) {
			delete(off, ref(o))
		}
	}
	for _, o := range f.array(config["OFF"]) {
		off[ref(o)] = true
	}
	for _, o := range f.array(config["AS"]) {
		usage := f.dict(o)
		for _, group := range f.array(usage["OCGs"]) {
			for _, category := range f.array(usage["Category"]) {
				if f.switchedOff(f.dict(f.dict(group)["Usage"]), f.name(category)) {
					off[ref(group)] = true
				}
			}
		}
	}
	delete(off, 0)
	return off
}

// switchedOff reports whether a usage of optional content lets viewers switch it off. A page that is looked at on a screen and printed
// must say the same.
func (f *file) switchedOff(usage types.Dict, category string) bool {
	d := f.dict(usage[category])
	switch category {
	case "View", "Print", "Export":
		return f.name(d[category+"State"]) == "OFF"
	}
	return d != nil
}

// layerOff reports whether content that belongs to the optional content o is not shown.
func (f *file) layerOff(o types.Object) bool {
	if o == nil {
		return false
	}
	n := ref(o)
	off, known := f.layers[n]
	if !known {
		if off = f.off(o); n != 0 {
			f.layers[n] = off
		}
	}
	return off
}

// off is layerOff of what was not looked at.
func (f *file) off(o types.Object) bool {
	d := f.dict(o)
	if f.name(d["Type"]) != "OCMD" {
		return f.hidden[ref(o)]
	}
	if e := f.array(d["VE"]); e != nil {
		return !f.holds(e, 0)
	}
	groups := f.array(d["OCGs"])
	if groups == nil && d["OCGs"] != nil {
		groups = types.Array{d["OCGs"]}
	}
	on, off := 0, 0
	for _, g := range groups {
		if !f.term() {
			return true
		}
		if f.hidden[ref(g)] {
			off++
		} else if f.dict(g) != nil {
			on++
		}
	}
	if on+off == 0 {
		return false
	}
	switch f.name(d["P"]) {
	case "AllOn":
		return off > 0
	case "AnyOff":
		return off == 0
	case "AllOff":
		return on > 0
	}
	return on == 0
}

// holds is the value of a visibility expression (ISO 32000-1 §8.11.2.2). What is none counts as not shown.
func (f *file) holds(e types.Array, depth int) bool {
	if len(e) < 2 || depth > maxDepth || !f.term() {
		return false
	}
	term := func(o types.Object) bool {
		if !f.term() {
			return false
		}
		if inner := f.array(o); inner != nil {
			return f.holds(inner, depth+1)
		}
		return !f.hidden[ref(o)]
	}
	switch f.name(e[0]) {
	case "Not":
		return !term(e[1])
	case "And":
		return !slices.ContainsFunc(e[1:], func(o types.Object) bool { return !term(o) })
	case "Or":
		return slices.ContainsFunc(e[1:], term)
	}
	return false
}

// term counts a term of optional content that is looked at, and reports whether it may be: expressions can refer to one another so that they
// have more terms than anybody can count.
func (f *file) term() bool {
	f.terms++
	f.partial = f.partial || f.terms > maxTerms
	return f.terms <= maxTerms
}

// walkPages lists the pages in order with their inherited attributes.
func (f *file) walkPages() error {
	root, err := f.x.Catalog()
	if err != nil {
		return fmt.Errorf("read the catalogue: %w", err)
	}
	steps := 0
	return f.walk(root["Pages"], leaf{media: rect{0, 0, 612, 792}}, map[int]bool{}, &steps)
}

// walk reads one node of the page tree. A tree that leads back into itself, is too deep or too large is an error.
func (f *file) walk(o types.Object, from leaf, above map[int]bool, steps *int) error {
	if n := ref(o); n != 0 {
		if above[n] {
			return errors.New("the page tree leads back into itself")
		}
		above[n] = true
		defer delete(above, n)
		from.ref = n
	}
	d := f.dict(o)
	if d == nil {
		return nil
	}
	if *steps++; *steps > maxNodes || len(above) > maxDepth || len(f.pages) >= maxPages {
		return errors.New("the page tree is too large")
	}
	if r := f.dict(d["Resources"]); r != nil {
		from.resources = r
	}
	if r, ok := f.rect(d["MediaBox"]); ok {
		from.media = r
	}
	if r, ok := f.rect(d["CropBox"]); ok {
		from.crop = r
	}
	if _, ok := d["Rotate"]; ok {
		from.rotate = ((f.integer(d["Rotate"])/90*90)%360 + 360) % 360
	}
	if kids := f.array(d["Kids"]); kids != nil {
		for _, kid := range kids {
			if err := f.walk(kid, from, above, steps); err != nil {
				return err
			}
		}
		return nil
	}
	if f.name(d["Type"]) == "Pages" {
		return nil
	}
	from.dict = d
	from.number = len(f.pages) + 1
	f.pages = append(f.pages, from)
	return nil
}

// rect is a rectangle with ordered corners; one without area is not ok.
func (f *file) rect(o types.Object) (rect, bool) {
	n := f.numbers(o, 5)
	if len(n) != 4 {
		return rect{}, false
	}
	r := rect{n[0], n[1], n[2], n[3]}.ordered()
	return r, r.x1-r.x0 > 0.01 && r.y1-r.y0 > 0.01
}

// visible is the part of the page that is displayed: the crop box inside the media box.
func (l leaf) visible() rect {
	if l.crop != (rect{}) {
		if r := l.crop.intersect(l.media); !r.empty() {
			return r
		}
	}
	return l.media
}

// display maps user space to points from the top left of the page as displayed, and says its size.
func (l leaf) display() (m matrix, width, height float64) {
	v := l.visible()
	w, h := v.x1-v.x0, v.y1-v.y0
	switch l.rotate {
	case 90:
		return matrix{0, 1, 1, 0, -v.y0, -v.x0}, h, w
	case 180:
		return matrix{-1, 0, 0, 1, v.x1, -v.y0}, w, h
	case 270:
		return matrix{0, -1, -1, 0, v.y1, v.x1}, h, w
	}
	return matrix{1, 0, 0, -1, -v.x0, v.y1}, w, h
}
