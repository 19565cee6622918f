package document

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"certflow/internal/certificate"
	"certflow/internal/page"
)

// seeds are small PDFs of every kind that the tests draw.
func seeds(f *testing.F) [][]byte {
	f.Helper()
	var composite drawing
	u := composite.stream("", "1 beginbfchar <0010> <0050> endbfchar")
	c := composite.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Odd /DW 500 /W [16 [700 500]] >>")
	n := composite.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", c, u))
	composite.page("BT /G 10 Tf 100 700 Td <00100010> Tj ET", "/Rotate 90", fmt.Sprintf("/G %d 0 R", n))
	return [][]byte{
		onePage(sentence), onePage(tableForm), threePages(), loop(), manyKids(), composite.bytes(),
		widget("/FT /Btn /AS /Yes", "", sentence), widget("/FT /Tx /V (a)", "BT /F1 9 Tf (b) Tj ET", sentence),
		[]byte("%PDF-1.7"), nil,
	}
}

// FuzzWords feeds whole files: whatever comes in, words or a refusal come out, soon.
func FuzzWords(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pdf []byte) { sane(t, pdf) })
}

// FuzzIntake feeds whole files to what a worker does with them before they are read: a document or a refusal comes out, soon, and what was
// trimmed can be opened again and has the pages that were asked for.
func FuzzIntake(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, 1)
		f.Add(s, 2)
	}
	f.Add(append([]byte("a mail's header\r\n"), threePages()...), 2)
	f.Fuzz(func(t *testing.T, pdf []byte, n int) {
		if n < 1 || n > 100 {
			return // the account's page_limit is within these
		}
		start := time.Now()
		info, err := Inspect(pdf)
		if err != nil && refusal(err) == nil {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		trimmed, trimErr := pdfcpuEngine{}.Trim(t.Context(), pdf, n)
		if took := time.Since(start); took > 15*time.Second {
			t.Fatalf("took %v", took)
		}
		if trimErr != nil {
			if refusal(trimErr) == nil {
				t.Fatalf("an error that is no refusal: %v", trimErr)
			}
			return
		}
		if err != nil || info.Pages < 1 {
			t.Fatalf("trimmed although it is %+v, %v", info, err)
		}
		again, err := Inspect(trimmed)
		if err != nil {
			t.Fatalf("what was trimmed cannot be opened: %v", err)
		}
		if want := min(info.Pages, n); again.Pages != want || again.Encrypted {
			t.Fatalf("%+v of %+v trimmed to %d", again, info, n)
		}
	})
}

// FuzzContent feeds content streams in a sound file.
func FuzzContent(f *testing.F) {
	for _, s := range []string{sentence, tableForm, "BI /W 1 ID x EI", "q Q BT ET [ ( <", "/X Do 1 0 0 1 0 0 cm 0 0 1 1 re W n", "1e9 Tf (x) ' (y) \" 9 Tr"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) { sane(t, onePage(content)) })
}

// FuzzToUnicode feeds character maps.
func FuzzToUnicode(f *testing.F) {
	f.Add("1 begincodespacerange <00> <ffff> endcodespacerange 1 beginbfrange <00> <ffff> <0041> endbfrange", []byte("abc"))
	f.Add("1 begincidrange <00> <ff> 1 endcidrange 1 begincidchar <01> 7 endcidchar", []byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, text string, codes []byte) {
		parseToUnicode([]byte(text), func() bool { return true })
		c := parseCMap([]byte(text))
		for len(codes) > 0 {
			v, n := c.next(codes)
			if n < 1 || n > 4 {
				t.Fatalf("a code of %d bytes", n)
			}
			c.cid(v, n)
			codes = codes[n:]
		}
	})
}

// FuzzTSV feeds what tesseract may print.
func FuzzTSV(f *testing.F) {
	f.Add([]byte("level\tpage_num\n5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tword\n"))
	f.Fuzz(func(t *testing.T, table []byte) {
		words, err := parseTSV(table)
		for _, w := range words {
			if err != nil || w.text == "" || w.confidence < 0 || w.confidence > 1 {
				t.Errorf("%+v, %v", w, err)
			}
		}
	})
}

// FuzzBitmap feeds pictures of any size and content to what looks for lines, boxes and letters.
func FuzzBitmap(f *testing.F) {
	f.Add(40, 30, []byte{0, 255, 0})
	f.Add(200, 200, []byte{255, 255, 255, 255, 255, 0})
	f.Add(1, 900, []byte{0})
	f.Fuzz(func(t *testing.T, width, height int, pattern []byte) {
		if width < 1 || height < 1 || width > 1000 || height > 1000 || len(pattern) == 0 {
			return
		}
		m := &bitmap{width, height, make([]byte, width*height)}
		for i := range m.pix {
			m.pix[i] = pattern[i%len(pattern)]
		}
		threshold := m.threshold()
		m.upended()
		m = m.rotated(m.skew(threshold)).turned(90)
		for _, b := range m.takeRulings(threshold).boxes {
			if b.ink < 0 || b.ink > 1 || b.box.empty() {
				t.Errorf("%+v", b)
			}
		}
		places, _ := m.unread([]seen{{text: "1", box: rect{0, 0, 9, 9}}}, threshold)
		for _, p := range places {
			m.cut(p.box)
		}
		beyond := []page.Look{{Box: certificate.Box{-5, -5, float64(width), float64(height) + 9}, Kind: page.LookAmount}, {Box: certificate.Box{1, 1, 50, 40}, Kind: page.LookMark}}
		for _, scale := range []point{{1, 1}, {4, 2}, {math.Inf(1), math.NaN()}} {
			for _, c := range m.closers(beyond, nil, scale, threshold) {
				m.cut(c.box)
			}
		}
		m.halved()
	})
}

// sane reads a file and checks what must hold of any result.
func sane(t *testing.T, pdf []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	start := time.Now()
	pages, err := Words(ctx, pdf, 2)
	if took := time.Since(start); took > 15*time.Second {
		t.Fatalf("took %v", took)
	}
	if err != nil {
		if refusal(err) == nil {
			t.Fatalf("an error that is no refusal: %v", err)
		}
		return
	}
	for _, p := range pages {
		for _, w := range p.Words {
			for _, v := range w.Box {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%+v", w)
				}
			}
			if w.Text == "" || w.Box[0] > w.Box[2] || w.Box[1] > w.Box[3] {
				t.Fatalf("%+v", w)
			}
		}
	}
}
