// Package page is what a reader sees of a PDF page: words with boxes, the form fields over them, and marks that are not
// text. Package document makes these values; acord and llm read them; nothing here does I/O.
package page

import "certflow/internal/certificate"

// Page is one page as it is displayed, that is after /Rotate and Turn. Coordinates are points from the top left.
type Page struct {
	Number int // from 1, in the original document
	// Turn says by how many degrees clockwise the page as displayed was turned to make its text stand upright: 0, 90, 180 or
	// 270, nearly always 0. Width, Height and every box are those of the turned page; Displayed takes a box back.
	Turn int
	// Skew says by how many degrees clockwise the scan on the turned page is crooked. Words and marks that were read from it
	// lie where they would if it were straight; Displayed takes that back, too. 0 for printed pages.
	Skew   float64
	Width  float64
	Height float64
	// Words stand in no promised order; readers sort by box. Words of a form field's value are not among them: they stand in Fields.
	Words  []Word
	Fields []Field
	Marks  []Mark
	// Partial pages have something that could not be followed, so that people may see what is not among the words, and not see what is.
	Partial bool
}

// Word is one run of characters without a space.
type Word struct {
	Text       string
	Box        certificate.Box
	Source     certificate.Source // text or ocr
	Confidence float64            // 0–1: 1 for printed text, the engine's own for OCR
	Size       float64            // height of the type in points, 0 when unknown
	Hidden     bool               // drawn invisibly, in white or smaller than can be read: data, but no evidence
	// Typed words of OCR were held against the page's own type: each of their characters looks as it does elsewhere on the page, and as no
	// other does.
	Typed bool
	// Unproven words may show as something else, or not at all: only a look at the page's picture can tell, and none confirmed them.
	Unproven bool
}

// Field is a widget of an interactive form with its value.
type Field struct {
	Name  string // full name, such as F[0].P1[0].Insurer_FullName_A[0]
	Kind  FieldKind
	Value string // of a text field or choice; the export value of a ticked button
	On    bool   // whether a button is ticked, or a signature field signed
	Box   certificate.Box
	// Hidden fields are not displayed, though they hold a value: data, but no evidence.
	Hidden bool
	// Unproven fields may show something else than their value, or nothing, and no look at the page's picture confirmed it. Struck ones are
	// crossed out.
	Unproven, Struck bool
}

// Confidence is that in the field's value being what people see, 0–1.
func (f Field) Confidence() float64 {
	if f.Unproven || f.Struck {
		return Doubtful
	}
	return 1
}

// Doubtful is the confidence at most of what is printed or filled in and may not be what people see there: what is crossed out, written
// over or unproven.
const Doubtful = 0.3

// FieldKind tells text fields from buttons.
type FieldKind string

// The kinds of fields that carry values.
const (
	TextField FieldKind = "text"
	Button    FieldKind = "button"
	Choice    FieldKind = "choice"
	Signature FieldKind = "signature"
)

// Mark is something drawn that is not text: an image, or strokes that may be a tick, a rule of the form or a signature.
type Mark struct {
	Kind MarkKind
	Box  certificate.Box
	// Ink is how much of a frame is inked, 0–1: of a printed area how dark it is, of a frame found in a bitmap the share of dark
	// pixels inside its border. An empty tick box of a scan has nearly none.
	Ink float64
}

// MarkKind tells images from drawings.
type MarkKind string

// The kinds of marks.
const (
	Image   MarkKind = "image"
	Drawing MarkKind = "drawing" // a path that is neither a straight rule nor a rectangle
	Rule    MarkKind = "rule"    // a straight horizontal or vertical line, or a thin rectangle
	Frame   MarkKind = "frame"   // a rectangle, such as a tick box or a table cell
)

// Look is a place of a page read by OCR that a reader of the layout wants to have looked at again, because it knows what may be
// written there. Several lines may stand in it.
type Look struct {
	Box  certificate.Box
	Kind LookKind
}

// LookKind says what a place may hold besides nothing.
type LookKind string

// The kinds of places.
const (
	LookAmount LookKind = "amount" // whole dollars, perhaps with a sign and cents
	LookDate   LookKind = "date"
	LookLetter LookKind = "letter" // an insurer's letter, A to F
	LookMark   LookKind = "mark"   // an X, Y or N
)
