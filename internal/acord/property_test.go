package acord_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"certflow/internal/acord"
	"certflow/internal/certificate"
	"certflow/internal/page"
)

// FuzzRead reads what case files can describe. Seeds are the case files themselves.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		text, _, _ := strings.Cut(string(raw), separator+"\n")
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := &drawn{source: certificate.Text, confidence: 1}
		d.begin()
		for line := range strings.SplitSeq(text, "\n") {
			if len(d.pages) < 4 && len(d.page().Words) < 1500 {
				_ = d.line(strings.TrimSpace(line)) // what is no line of a case file draws nothing
			}
		}
		for _, p := range d.pages {
			acord.Looks(p)
		}
		r, err := acord.Read(d.pages)
		check(t, r, err)
	})
}

// TestAnyWordsGiveAReadingOrARefusal throws words of certificates, amounts and noise on pages at random.
func TestAnyWordsGiveAReadingOrARefusal(t *testing.T) {
	t.Parallel()
	vocabulary := strings.Fields(standardForm + " $ 1,000,000 X x Y N A B 01/02/2026 2026-01-02 02/30/2026 Included 1 000 000 LLC , . | [X] \u0000 é ☒ DBA @ 5/5")
	rapid.Check(t, func(rt *rapid.T) {
		pages := make([]page.Page, rapid.IntRange(0, 3).Draw(rt, "pages"))
		for i := range pages {
			p := page.Page{Number: i + 1, Width: 612, Height: 792}
			for range rapid.IntRange(0, 120).Draw(rt, "words") {
				x, y := rapid.Float64Range(-50, 700).Draw(rt, "x"), rapid.Float64Range(-50, 900).Draw(rt, "y")
				source := rapid.SampledFrom([]certificate.Source{certificate.Text, certificate.OCR}).Draw(rt, "source")
				p.Words = append(p.Words, page.Word{Text: rapid.SampledFrom(vocabulary).Draw(rt, "word"), Source: source,
					Box:        certificate.Box{x, y, x + rapid.Float64Range(0, 80).Draw(rt, "width"), y + rapid.Float64Range(0, 20).Draw(rt, "height")},
					Confidence: rapid.Float64Range(-1, 2).Draw(rt, "confidence"), Hidden: rapid.Bool().Draw(rt, "hidden")})
			}
			pages[i] = p
		}
		r, err := acord.Read(pages)
		check(rt, r, err)
	})
}

// failer is what check needs of a test.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
}

// check holds for every outcome: either a refusal that says what to do, or a reading in which every value has evidence that
// shows it, in a place, with a confidence.
func check(t failer, r *certificate.Reading, err error) {
	t.Helper()
	if err != nil {
		var refusal *certificate.Refusal
		if !errors.As(err, &refusal) || refusal.Code == "" || refusal.Message == "" || r != nil {
			t.Errorf("reading fails with %#v and gives %v", err, r)
		}
		return
	}
	for path, e := range r.Evidence {
		if !(e.Confidence >= 0 && e.Confidence <= 1) || e.Page < 1 || e.Source == "" {
			t.Errorf("evidence for %s is %+v", path, e)
		}
	}
	certificate.Walk(&r.Certificate, func(path string, value any) {
		e, ok := certificate.EvidenceAt(r.Evidence, path)
		if !ok {
			t.Errorf("%s = %v has no evidence", path, value)
			return
		}
		if !shows(path, value, e) {
			t.Errorf("%s = %v, but its evidence says %q (%s)", path, value, e.Text, e.Source)
		}
	})
}

// shows reports whether an evidence's text shows a value.
func shows(path string, value any, e certificate.Evidence) bool {
	switch v := value.(type) {
	case certificate.Dollars:
		return v > 0 && strings.Contains(digits(e.Text), digits(v.String())) || v == 0 && strings.Contains(e.Text, "0") ||
			e.Source == certificate.OCR && e.Confidence < 0.85 // a letter was taken for a digit
	case certificate.Date:
		for _, word := range strings.Fields(e.Text) {
			if d, err := certificate.ParseDate(strings.Trim(word, "|[]{}()_;:.,'`‘’\"—-")); err == nil && d == v {
				return true
			}
		}
		return e.Source == certificate.OCR && e.Confidence < 0.85
	case bool:
		return e.Text != ""
	case string:
		last := path[strings.LastIndexByte(path, '.')+1:]
		if last == "letter" || strings.Contains(path, ".autos.") || last == "form" {
			return e.Text != "" // the label that was ticked, or a field's own name, says it in other words
		}
		for _, word := range strings.FieldsFunc(v, separates) {
			if !strings.Contains(strings.ToUpper(e.Text), strings.ToUpper(word)) {
				return false
			}
		}
		return true
	}
	return false
}

// separates reports whether a rune parts words; the reader sets commas and spaces of its own.
func separates(r rune) bool { return unicode.IsSpace(r) || r == ',' }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
