package acord

import (
	"math"
	"unicode/utf8"

	"certflow/internal/certificate"
)

// The letters of a typewriter are all as wide, its spaces, too. OCR boxes the ink alone, so that a single space looks as wide there as what
// parts two texts in other type, which goes by the height of the letters.
const (
	// samePitch is how far apart as a share the widths of a letter in two words may be that OCR measured: narrow letters at the ends of words
	// leave more free.
	samePitch = 0.08
	// A space is at least and at most so many letters wide between the ink of two words, two spaces are more than two; and at least
	// typewriterSpace in the middle, which the spaces of other type are not.
	leastSpace, mostSpace, typewriterSpace = 0.7, 1.9, 0.9
	// typewriterSides is how much of a letter's width is free left and right of the letters around a space.
	typewriterSides = 0.6
	// longWord is how many letters tell how wide one is.
	longWord = 4
)

// typewritten marks the words of a line that OCR read in the type of a typewriter with the width of its letters.
func typewritten(line []*token) {
	from := 0
	for i := 1; i <= len(line); i++ {
		if i < len(line) && follows(line[from:i], line[i]) {
			continue
		}
		if p, ok := pitchOf(line[from:i]); ok {
			for _, t := range line[from:i] {
				t.pitch = p
			}
		}
		from = i
	}
}

// follows reports whether a word may follow others on a typewriter.
func follows(run []*token, t *token) bool {
	if t.source != certificate.OCR {
		return false
	}
	pitch := letterWidth(t)
	for i := len(run) - 1; i >= 0; i-- {
		if p := letterWidth(run[i]); p > 0 {
			if pitch > 0 && math.Abs(pitch-p) > samePitch*p {
				return false
			}
			pitch = p
			break
		}
	}
	space := t.box.x0 - run[len(run)-1].box.x1
	return pitch == 0 || space >= leastSpace*pitch && space <= mostSpace*pitch
}

// pitchOf is the width of a letter in a run of words that follow each other; ok is false where they are too few to tell, or in other type.
func pitchOf(run []*token) (pitch float64, ok bool) {
	var pitches, spaces []float64
	for i, t := range run {
		if p := letterWidth(t); p > 0 {
			pitches = append(pitches, p)
		}
		if i > 0 {
			spaces = append(spaces, t.box.x0-run[i-1].box.x1)
		}
	}
	if len(pitches) < 2 {
		return 0, false
	}
	pitch = median(pitches)
	return pitch, median(spaces) >= typewriterSpace*pitch
}

// letterWidth is the width of a letter in a long word, 0 in a short one.
func letterWidth(t *token) float64 {
	n := utf8.RuneCountInString(t.text)
	if n < longWord || t.source != certificate.OCR {
		return 0
	}
	return t.box.width() / (float64(n) - 0.25) // the ink ends before the last letter's width does
}
