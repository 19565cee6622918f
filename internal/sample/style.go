package sample

// Style is how a sample looks; it changes nothing of what is certified. The zero Style is the 2016/03 edition in
// Helvetica.
type Style struct {
	Layout   Layout
	Look     Look // of the layout Plain
	Edition  Edition
	Typeface Typeface // of what is filled in; labels are always Helvetica
	Runs     Runs
	Dates    string  // a layout of package time; MM/DD/YYYY when empty
	Amounts  Amounts // how whole dollars are printed
	Ticks    Ticks
	// Shift moves everything by points to the right and down, Scale enlarges it (0 counts as 1), Widen moves the
	// borders between the columns of the coverage table to the right, in points.
	ShiftX, ShiftY, Scale, Widen float64
	Centred                      bool // values stand in the middle of tall cells and not at their top
	RightAmounts                 bool // amounts are aligned to the right
	PlainNames                   bool // form fields are named X_A and not F[0].P1[0].X_A[0]
	Rotated                      bool // the page is stored sideways and shown upright by /Rotate
	Scanner                      Scanner
}

// Layout is the arrangement of the page.
type Layout string

// The layouts: the official form's, that of carriers who print their own table in the same spirit, and lines of labels and values.
const (
	Standard  Layout = ""
	Lookalike Layout = "lookalike"
	Plain     Layout = "plain"
)

// Edition is the edition printed in the foot of the form, such as 2014/01.
type Edition string

// The editions in circulation; an empty Edition is the latest.
const (
	Edition2010 Edition = "2010/05"
	Edition2014 Edition = "2014/01"
	Edition2016 Edition = "2016/03"
)

// Typeface is one of the families that every PDF reader has.
type Typeface string

// The typefaces; an empty Typeface is Helvetica.
const (
	Helvetica Typeface = "Helvetica"
	Times     Typeface = "Times"
	Courier   Typeface = "Courier"
)

// Runs is how the characters of a line are stored in the page's content.
type Runs string

// The ways of storing a line.
const (
	Whole    Runs = ""
	Split    Runs = "split"    // a few characters at a time, each placed by itself
	Spaced   Runs = "spaced"   // with additional space between all letters
	Remapped Runs = "remapped" // with character codes of the font's own, fi and fl as ligatures
)

// Amounts is how whole dollars are printed.
type Amounts string

// The ways of printing $1,000,000.
const (
	Grouped Amounts = ""       // 1,000,000
	Digits  Amounts = "digits" // 1000000
	Signed  Amounts = "signed" // $1,000,000
	Cents   Amounts = "cents"  // 1,000,000.00
)

// Ticks is how a tick box is marked.
type Ticks string

// The marks.
const (
	LetterX Ticks = ""
	Cross   Ticks = "cross" // two strokes
)

// Scanner is what happened to the paper between printer and file.
type Scanner struct {
	DPI   int     // dots per inch; 0 counts as 200
	Skew  float64 // degrees, clockwise
	Noise float64 // share of pixels that are specks, 0–0.01 is plausible
	Blur  float64 // radius in pixels
	Fax   bool    // black and white only
	Seed  uint64

	Quality int    // of the JPEG picture, 1–100; 0 counts as 70
	Turn    int    // degrees clockwise by which the page lies turned: 0, 90, 180 or 270
	Righted bool   // and /Rotate shows it upright
	Layer   bool   // the scanner's own reading lies invisibly over the picture, with its mistakes
	Stamp   string // a printed line over the picture, as signing services put there
}

func (s Style) edition() Edition {
	if s.Edition == "" {
		return Edition2016
	}
	return s.Edition
}

func (s Style) typeface() Typeface {
	if s.Typeface == "" {
		return Helvetica
	}
	return s.Typeface
}
