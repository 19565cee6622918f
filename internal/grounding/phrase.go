package grounding

import "strings"

// match is where a text stands, whole.
type match struct {
	sheet  *sheet
	tokens []*token
	cut    bool // more words stand right beside it, so that it may be a part of something else
}

// farthest is how wide a space may be, in heights of the type, between two words of one text.
const farthest = 4

// sameRun is how wide a space is at most, in heights of the type, between two words that nobody takes for parts of two texts.
const sameRun = 0.9

// maxSteps bounds the words that one search follows.
const maxSteps = 50_000

// phrase finds all places where a text stands, by its letters and digits: across spaces, hyphens and line breaks of one block.
//
// A page that repeats one word a thousand times is not searched to its end: what it holds is no certificate.
func (s *sheet) phrase(folded string) []match {
	var out []match
	if folded == "" {
		return nil
	}
	steps := maxSteps
	for _, t := range s.initials[folded[0]] {
		if !strings.HasPrefix(folded, t.key) {
			continue
		}
		if ts := s.consume(folded, t, &steps); ts != nil {
			out = append(out, match{s, ts, s.cutAt(ts)})
		}
	}
	return out
}

// consume follows a text from its first word to its last; nil when the words of the page say something else.
func (s *sheet) consume(folded string, first *token, steps *int) []*token {
	out := []*token{first}
	rest := folded[len(first.key):]
	at := first
	for rest != "" {
		var next *token
		for _, t := range s.following(at, first) {
			if t.key == "" || strings.HasPrefix(rest, t.key) {
				next = t
				break
			}
		}
		if *steps--; next == nil || *steps < 0 || len(out) > 4*len(folded) {
			return nil
		}
		rest = rest[len(next.key):]
		out = append(out, next)
		at = next
	}
	return out
}

// following are the words that may come next in reading order after t, in a block that begins with first.
func (s *sheet) following(t, first *token) []*token {
	if t.field > 0 {
		if t.next == nil {
			return s.fieldAfter(t, first)
		}
		return []*token{t.next}
	}
	var out []*token
	if l := s.lines[t.line]; t.pos+1 < len(l.tokens) {
		if next := l.tokens[t.pos+1]; next.field == 0 && gap(t, next) < farthest*max(t.height(), next.height()) {
			out = append(out, next)
			if next.key != "" && gap(t, next) < sameRun*t.height() {
				return out // a text breaks only where its line ends
			}
		}
	}
	for i := t.line + 1; i < len(s.lines) && s.lines[i].box[1]-t.box[3] < 0.8*first.height(); i++ {
		for _, next := range s.lines[i].tokens {
			if off := next.box[0] - first.box[0]; next.field == 0 && next.box[1] >= t.middle() && off > -14 && off < 14 {
				out = append(out, next)
			}
		}
	}
	return out
}

// fieldAfter are the first words of the form fields that go on where one ends: right of it on its line, or below it at the left end
// of the text. Forms have a field for each line of an address, and several for city, state and postal code.
func (s *sheet) fieldAfter(t, first *token) []*token {
	var out []*token
	for i := t.line; i < len(s.lines) && s.lines[i].box[1]-t.box[3] < 1.3*t.height(); i++ {
		for _, next := range s.lines[i].tokens {
			if next.field == 0 || next.field == t.field || next.opens != next.field {
				continue
			}
			off := next.box[0] - first.box[0]
			if i == t.line && next.pos > t.pos || i > t.line && next.box[1] >= t.middle() && off > -14 && off < 14 {
				out = append(out, next)
				if i == t.line {
					break
				}
			}
		}
	}
	return out
}

// cutAt reports whether words stand right before or after the tokens, as parts of one text do.
func (s *sheet) cutAt(ts []*token) bool {
	first, last := ts[0], ts[len(ts)-1]
	if last.field > 0 {
		if last.next != nil && last.next.key != "" {
			return true
		}
	} else if l := s.lines[last.line]; last.pos+1 < len(l.tokens) {
		if next := l.tokens[last.pos+1]; next.key != "" && next.field == 0 && gap(last, next) < sameRun*last.height() {
			return true
		}
	}
	if first.pos == 0 {
		return false
	}
	before := s.lines[first.line].tokens[first.pos-1]
	if first.field > 0 {
		return before.field == first.field && before.next == first && before.key != ""
	}
	return before.key != "" && before.field == 0 && gap(before, first) < sameRun*first.height() && !strings.HasSuffix(before.text, ":")
}
