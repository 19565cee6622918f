package acord_test

import (
	"bufio"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// drawn is a document that a case file describes. Its lines are
//
//	page                            begins the next page, 612 × 792 points
//	ocr 0.95                        what follows is read by OCR with that confidence
//	hidden | visible                what follows is drawn invisibly, or no longer so
//	form                            the printed labels of the standard form
//	X,Y text                        words from X, with Y in the middle of their height
//	field X0,Y0,X1,Y1 name = value  a text field; \n breaks its lines
//	box X0,Y0,X1,Y1 name = on|off   a button
//	rule|frame|drawing|image X0,Y0,X1,Y1 [ink]
//
// and lines that begin with # say what the case is about.
type drawn struct {
	pages      []page.Page
	source     certificate.Source
	confidence float64
	hidden     bool
}

func draw(t *testing.T, text string) []page.Page {
	t.Helper()
	d := &drawn{source: certificate.Text, confidence: 1}
	d.begin()
	scanner := bufio.NewScanner(strings.NewReader(text))
	for scanner.Scan() {
		if err := d.line(strings.TrimSpace(scanner.Text())); err != nil {
			t.Fatalf("%q: %v", scanner.Text(), err)
		}
	}
	return d.pages
}

func (d *drawn) begin() {
	d.pages = append(d.pages, page.Page{Number: len(d.pages) + 1, Width: 612, Height: 792})
}

func (d *drawn) page() *page.Page { return &d.pages[len(d.pages)-1] }

func (d *drawn) line(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "", "#":
	case "page":
		if p := d.page(); len(p.Words)+len(p.Fields) > 0 {
			d.begin()
		}
	case "ocr":
		confidence, err := strconv.ParseFloat(rest, 64)
		d.source, d.confidence = certificate.OCR, confidence
		return err
	case "hidden", "visible":
		d.hidden = verb == "hidden"
	case "form":
		for _, label := range strings.Split(strings.TrimSpace(standardForm), "\n") {
			if err := d.line(strings.TrimSpace(label)); err != nil {
				return err
			}
		}
	case "field", "box":
		at, rest, _ := strings.Cut(rest, " ")
		name, value, _ := strings.Cut(rest, " = ")
		box, err := numbers(at, 4)
		if err != nil {
			return err
		}
		f := page.Field{Name: name, Kind: page.TextField, Value: strings.ReplaceAll(value, `\n`, "\n"), Box: certificate.Box(box)}
		if verb == "box" {
			f = page.Field{Name: name, Kind: page.Button, On: value == "on", Box: certificate.Box(box)}
		}
		d.page().Fields = append(d.page().Fields, f)
	case "rule", "frame", "drawing", "image":
		at, ink, _ := strings.Cut(rest, " ")
		box, err := numbers(at, 4)
		if err != nil {
			return err
		}
		m := page.Mark{Kind: page.MarkKind(verb), Box: certificate.Box(box)}
		m.Ink, _ = strconv.ParseFloat(ink, 64)
		d.page().Marks = append(d.page().Marks, m)
	default:
		at, err := numbers(verb, 2)
		if err != nil {
			return err
		}
		d.words(at[0], at[1], rest)
	}
	return nil
}

// words places a line of text in the type of a form: letters half as wide as high.
func (d *drawn) words(x, y float64, text string) {
	const letter, height = 3.2, 6.6
	for _, word := range strings.Fields(text) {
		end := x + letter*float64(len([]rune(word)))
		d.page().Words = append(d.page().Words, page.Word{Text: word, Box: certificate.Box{x, y - height/2, end, y + height/2},
			Source: d.source, Confidence: d.confidence, Size: height, Hidden: d.hidden})
		x = end + 0.6*letter
	}
}

func numbers(s string, n int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("%q is not %d numbers", s, n)
	}
	out := make([]float64, n)
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// moved is a page as a careless scanner gives it: larger, shifted and turned by some degrees.
func moved(p page.Page, scale, dx, dy, degrees float64) page.Page {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	move := func(b certificate.Box) certificate.Box {
		w, h := (b[2]-b[0])*scale, (b[3]-b[1])*scale
		x, y := (b[0]+b[2])/2*scale, (b[1]+b[3])/2*scale
		x, y = x*cos-y*sin+dx, x*sin+y*cos+dy
		return certificate.Box{x - w/2, y - h/2, x + w/2, y + h/2}
	}
	out := page.Page{Number: p.Number, Width: p.Width, Height: p.Height}
	for _, w := range p.Words {
		w.Box = move(w.Box)
		out.Words = append(out.Words, w)
	}
	for _, f := range p.Fields {
		f.Box = move(f.Box)
		out.Fields = append(out.Fields, f)
	}
	for _, m := range p.Marks {
		m.Box = move(m.Box)
		out.Marks = append(out.Marks, m)
	}
	return out
}

// standardForm is the printed part of a certificate laid out as ACORD 25 (2016/03), without its legal text.
const standardForm = `
521,30 DATE (MM/DD/YYYY)
162,36 CERTIFICATE OF LIABILITY INSURANCE
29,54 THIS CERTIFICATE IS ISSUED AS A MATTER OF INFORMATION ONLY
310,123 CONTACT
310,129 NAME:
21.6,126 PRODUCER
310,136 PHONE
310,141 (A/C, No, Ext):
486,135 FAX
486,141 (A/C, No):
310,147 E-MAIL
310,153 ADDRESS:
369,164 INSURER(S) AFFORDING COVERAGE
557,164 NAIC #
310,176 INSURER A :
21.6,186 INSURED
310,188 INSURER B :
310,200 INSURER C :
310,212 INSURER D :
310,224 INSURER E :
310,236 INSURER F :
21.6,247 COVERAGES
158,247 CERTIFICATE NUMBER:
425,247 REVISION NUMBER:
20,291 INSR
21,297 LTR
75,295 TYPE OF INSURANCE
178,291 ADDL
178,297 INSD
195.5,291 SUBR
196,297 WVD
247,296 POLICY NUMBER
336,291 POLICY EFF
334,297 (MM/DD/YYYY)
383,291 POLICY EXP
381,297 (MM/DD/YYYY)
500,295 LIMITS
54,306 COMMERCIAL GENERAL LIABILITY
68,320 CLAIMS-MADE
133,320 OCCUR
40,356 GEN'L AGGREGATE LIMIT APPLIES PER:
54,368 POLICY
97,364 PRO-
97,369 JECT
140,368 LOC
54,380 OTHER:
428,308 EACH OCCURRENCE
428,315 DAMAGE TO RENTED
428,321 PREMISES (Ea occurrence)
428,332 MED EXP (Any one person)
428,344 PERSONAL & ADV INJURY
428,356 GENERAL AGGREGATE
428,368 PRODUCTS - COMP/OP AGG
40,390 AUTOMOBILE LIABILITY
54,401 ANY AUTO
54,411 OWNED
54,417 AUTOS ONLY
54,423 HIRED
54,429 AUTOS ONLY
122,411 SCHEDULED
122,417 AUTOS
122,423 NON-OWNED
122,429 AUTOS ONLY
428,387 COMBINED SINGLE LIMIT
428,393 (Ea accident)
428,402 BODILY INJURY (Per person)
428,414 BODILY INJURY (Per accident)
428,423 PROPERTY DAMAGE
428,429 (Per accident)
54,450 UMBRELLA LIAB
54,462 EXCESS LIAB
133,452 OCCUR
133,464 CLAIMS-MADE
54,476 DED
90,476 RETENTION $
428,452 EACH OCCURRENCE
428,464 AGGREGATE
38,485 WORKERS COMPENSATION
38,492 AND EMPLOYERS' LIABILITY
159,494 Y / N
38,499 ANY PROPRIETOR/PARTNER/EXECUTIVE
38,505 OFFICER/MEMBER EXCLUDED?
178.5,504 N / A
38,524 DESCRIPTION OF OPERATIONS below
443,483 PER
443,489 STATUTE
493,483 OTH-
493,489 ER
428,500 E.L. EACH ACCIDENT
428,512 E.L. DISEASE - EA EMPLOYEE
428,524 E.L. DISEASE - POLICY LIMIT
21.6,570 DESCRIPTION OF OPERATIONS / LOCATIONS / VEHICLES
21.6,655 CERTIFICATE HOLDER
310,655 CANCELLATION
310,714 AUTHORIZED REPRESENTATIVE
21.6,762 ACORD 25 (2016/03)
`
